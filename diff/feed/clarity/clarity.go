// Package clarity reads the files of a Clarity election-night site (SOE, later
// Scytl), which US states and counties publish under a number of a version:
// current_ver.txt, summary.json, electionsettings.json, detail.xml plain or
// zipped, and summary.csv zipped.
//
// It promises that the summary and the details of one site lead to the same
// races and choices, and that what is said of one version is never joined with
// what is said of another. It refuses to guess: contests, places and choices
// that cannot be told apart, another place or another election than the
// address says, and zones of time it does not know are refused; zeros from
// where nothing is counted yet, and over- and under-votes of a site that does
// not count them, are absent. It was learned from the files of Georgia,
// Arkansas, Kentucky, New Jersey, California and Florida; there is no published
// specification.
package clarity

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strconv"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// Format is "clarity". One feed reads one site: a state or a county.
//
// Stamps: the version in the address, else Timestamp of the details and the
// time of the website in the settings, else Last-Modified or the receipt, for
// the summary. Scopes: the place and "summary", "detail" or "settings"; where a
// feed brings both summary and details, the details rule.
//
// Keys: the place, "GA" or "GA-Atkinson", with "-" and the name of a county or
// precinct for the places in it and with "-" and the site's key for contests.
// Choices are named by their text, the one thing that all files share: the
// summary has no ids, and those of the details are running numbers.
func Format() feed.Format {
	return feed.Format{
		Name:   "clarity",
		Doc:    "Clarity election-night sites of US states and counties: current_ver.txt, summary.json, electionsettings.json, detail.xml",
		Stamps: "the number of the version, else the time inside, else Last-Modified",
		Settings: []feed.Setting{
			{Name: "detail", Doc: `what current_ver.txt leads to: "none" is summary.json (default), "xml" is reports/detailxml.zip`},
			{Name: "region", Doc: `the place, "GA" or "GA/Atkinson", for files whose address does not say it`},
		},
		New: newDecoder,
	}
}

func newDecoder(o feed.Options) (feed.Decoder, error) {
	d := &decoder{opts: o}
	switch v := o.Settings["detail"]; v {
	case "", "none":
	case "xml":
		d.detail = true
	default:
		return nil, fmt.Errorf("setting detail is %q, want none or xml", v)
	}
	if v, ok := o.Settings["region"]; ok {
		if d.region, ok = parseRegion(v); !ok {
			return nil, fmt.Errorf(`setting region is %q, want a state like "GA" or a county like "GA/Atkinson"`, v)
		}
	}
	if d.opts.Location == time.UTC {
		d.opts.Location = nil // no place in the United States counts in it
	}
	return d, nil
}

// decoder remembers the settings that came last.
type decoder struct {
	opts     feed.Options
	detail   bool
	region   region
	settings settings
}

// Decode implements feed.Decoder.
func (d *decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	var u snapshot.Update
	var err error
	switch s := d.site(p); kindOf(p.Body) {
	case markup:
		u, err = d.readDetail(p, s)
	case table:
		u, err = d.readTable(p, s)
	case packed:
		if u, err = d.readJSON(p, s); isMarkup(err) {
			u, err = d.readDetail(p, s)
		}
	default:
		u, err = d.readJSON(p, s)
	}
	if err != nil || u.Scope == "" {
		return nil, err
	}
	return []snapshot.Update{u}, nil
}

// Follow implements feed.Follower: current_ver.txt leads to the files of the
// version it names.
func (d *decoder) Follow(p feed.Payload) []feed.Want {
	if kindOf(p.Body) != plain {
		return nil
	}
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil || r.Kind() != '0' {
		return nil
	}
	version := readVersion(r)
	if _, err := r.Finish(""); err != nil {
		return nil
	}
	below := func(name string) feed.Want {
		return feed.Want{Name: path.Join(path.Dir(p.Name), version, name), Version: version}
	}
	if d.detail {
		return []feed.Want{below("json/en/electionsettings.json"), below("reports/detailxml.zip")}
	}
	return []feed.Want{below("json/en/electionsettings.json"), below("json/en/summary.json")}
}

// readJSON tells the files in JSON from each other by their first character.
func (d *decoder) readJSON(p feed.Payload, s site) (snapshot.Update, error) {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return snapshot.Update{}, err
	}
	switch r.Kind() {
	case '0':
		readVersion(r)
		_, err := r.Finish("")
		return snapshot.Update{}, err
	case '{':
		return d.readSettings(p, s, r)
	}
	return d.readSummary(p, s, r)
}

// readVersion takes current_ver.txt, which holds nothing but a number.
func readVersion(r *feed.JSON) string {
	b, _ := r.Scalar()
	version := string(b)
	if _, err := strconv.ParseUint(version, 10, 64); err != nil {
		r.Refuse("E_IDENTITY", "%q is no number of a version", version)
	}
	return version
}

type kind int

const (
	plain  kind = iota
	packed      // gzip, of anything
	markup
	table
)

// kindOf looks at the first bytes, and into the first entry of a zip.
func kindOf(body []byte) kind {
	const zipName = 30 // where the name of the first entry starts
	switch b := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n"); {
	case bytes.HasPrefix(body, []byte("\x1f\x8b")):
		return packed
	case bytes.HasPrefix(body, []byte("PK")):
		if len(body) > zipName && bytes.HasPrefix(body[zipName:], []byte(tableName)) {
			return table
		}
		return markup
	case bytes.HasPrefix(b, []byte("<")):
		return markup
	case bytes.HasPrefix(b, []byte(`"line number"`)), bytes.HasPrefix(b, []byte("line number")):
		return table
	}
	return plain
}

func isMarkup(err error) bool {
	var r *feed.Refusal
	return errors.As(err, &r) && r.Code == "E_NOT_FEED"
}

// join gives an update what the settings of the same version say.
func (d *decoder) join(u *snapshot.Update, s site) {
	if s.version == 0 || s.version != d.settings.version {
		return
	}
	u.Phase = d.settings.phase
	if u.Name == "" {
		u.Name = d.settings.name
	}
}

// stamp is the order of what p says, which was counted at the time given.
func (s site) stamp(p feed.Payload, at time.Time) snapshot.Stamp {
	if at.IsZero() {
		at = p.LastModified
	}
	switch {
	case at.IsZero() && s.version == 0:
		return p.Receipt()
	case at.IsZero():
		at = p.Received
	}
	return snapshot.Stamp{Seq: s.version, Time: at}
}

// located gives a refusal the payload and the field it is about.
func located(p feed.Payload, r *feed.Refusal, field string) error {
	r.Feed, r.File, r.Field = p.Feed, p.Name, field
	return r
}
