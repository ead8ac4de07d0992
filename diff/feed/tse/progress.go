package tse

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// progressFile is EA14, the progress of the country and its states, or EA15,
// that of a state and its municipalities.
type progressFile struct {
	election, round, phase, seq string
	generated                   moment
	stamp                       snapshot.Stamp
	places                      []progressOf
}

// progressOf is how far one place is.
type progressOf struct {
	level, code string // "br", "uf", "mu"; cdabr
	counted     moment
	done        string         // and: "f" when the count is over
	in          snapshot.Count // st: sections counted
}

// version tells one state of a place from another; never empty.
func (a progressOf) version() string {
	in := ""
	if a.in.Present() {
		in = a.in.String()
	}
	return cmp.Or(strings.Join(strings.Fields(a.counted.text()+" "+in), " "), "none")
}

func (d *decoder) readProgress(p feed.Payload, name fileName) (*progressFile, []snapshot.Finding, error) {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return nil, nil, err
	}
	r.Entities = true
	f := &progressFile{}
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "ele":
			f.election = word(r)
		case "t":
			f.round = word(r)
		case "f":
			f.phase = word(r)
		case "dg":
			f.generated.day = word(r)
		case "hg":
			f.generated.clock = word(r)
		case "idg":
			f.seq = word(r)
		case "abr":
			for r.List(); r.NextItem(); {
				f.places = append(f.places, readProgressOf(r))
			}
		default:
			r.Unknown()
		}
	}
	r.Require("ele", "t", "f", "dg", "hg", "abr")
	findings, err := r.Finish("")
	if err != nil {
		return nil, nil, err
	}
	if err := d.ours(p, f.election); err != nil {
		return nil, nil, err
	}
	for _, a := range f.places {
		if _, err := d.at(p, a.counted); err != nil {
			return nil, nil, err
		}
	}
	if f.stamp, err = d.stamp(p, &document{generated: f.generated, seq: f.seq}, p.Received); err != nil {
		return nil, nil, err
	}
	return f, findings, f.check(p, name)
}

// readProgressOf reads an item of `abr`. Since 2024 its numbers of sections and
// of voters stand in groups; what begins with p is a percentage.
func readProgressOf(r *feed.JSON) progressOf {
	var a progressOf
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "tpabr":
			a.level = word(r)
		case "cdabr":
			a.code = word(r)
		case "dt":
			a.counted.day = word(r)
		case "ht":
			a.counted.clock = word(r)
		case "and":
			a.done = word(r)
		case "s", "e":
			if r.Kind() != '{' {
				r.Count(either)
				continue
			}
			for r.Object(); r.NextKey(); {
				a.number(r)
			}
		default:
			a.number(r)
		}
	}
	r.Require("tpabr", "cdabr", "dt", "ht", "and")
	if a.level == "mun" {
		a.level = "mu"
	}
	return a
}

func (a *progressOf) number(r *feed.JSON) {
	switch string(r.Key()) {
	case "st":
		a.in = r.Count(either)
	case "ts", "te", "tf", "snt", "si", "sni", "sa", "sna", "est", "esnt", "esi", "esni", "esa", "esna", "ea", "ena", "c", "a",
		"munnr", "munpt", "munf", "ufsnr", "ufspt", "ufsf":
		r.Skip()
	default:
		if bytes.HasPrefix(r.Key(), []byte("p")) {
			r.Skip()
		} else {
			r.Unknown()
		}
	}
}

// progress turns EA14 and EA15 into an update without results and remembers
// them for Follow.
func (d *decoder) progress(p feed.Payload, name fileName) (snapshot.Update, error) {
	f, findings, err := d.readProgress(p, name)
	if err != nil {
		return snapshot.Update{}, err
	}
	d.route.progressed(f, name.uf)
	return snapshot.Update{Scope: "progress " + name.stem, Stamp: f.stamp, Election: f.election, Phase: phase(f.phase), Findings: findings}, nil
}

// check refuses a name that speaks of another election or state than the body,
// and places that are none.
func (f *progressFile) check(p feed.Payload, name fileName) error {
	refuse := func(a progressOf, code, format string, args ...any) error {
		r := p.Refuse(code, format, args...)
		r.Place, r.Field = a.code, "abr[].cdabr"
		return r
	}
	if name.election != "" && name.election != f.election {
		return refuse(progressOf{}, "E_IDENTITY", "the name says election %s, the body %s", name.election, f.election)
	}
	seen := map[string]bool{}
	for _, a := range f.places {
		switch {
		case seen[a.level+a.code]:
			return refuse(a, "E_DUPID", "place %s stands there twice", a.code)
		case a.level == "br" && a.code == "br":
		case a.level == "uf" && stateName(a.code) != "":
			if name.uf != "" && name.uf != "br" && name.uf != a.code {
				return refuse(a, "E_IDENTITY", "the name says place %q, the body %q", name.uf, a.code)
			}
		case a.level == "mu" && len(a.code) <= 5 && digits(a.code):
		default:
			return refuse(a, "E_IDENTITY", "level %q of %q", a.level, a.code)
		}
		seen[a.level+a.code] = true
	}
	return nil
}

// indexFile is EA09: the files of a state.
type indexFile struct {
	place string
	files []indexed
}

// indexed is a file and the time at which it was made.
type indexed struct{ name, made string }

func (d *decoder) readIndex(p feed.Payload, name fileName) (*indexFile, []snapshot.Finding, error) {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return nil, nil, err
	}
	f := &indexFile{}
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "cdabr":
			f.place = word(r)
		case "arq":
			for r.List(); r.NextItem(); {
				f.files = append(f.files, readIndexed(r))
			}
		default:
			r.Unknown()
		}
	}
	r.Require("cdabr", "arq")
	findings, err := r.Finish(f.place)
	if err != nil {
		return nil, nil, err
	}
	if name.uf != "" && name.uf != f.place {
		r := p.Refuse("E_IDENTITY", "the name says place %q, the body %q", name.uf, f.place)
		r.Place = f.place
		return nil, nil, r
	}
	if name.election != "" {
		if err := d.ours(p, name.election); err != nil {
			return nil, nil, err
		}
	}
	return f, findings, nil
}

func readIndexed(r *feed.JSON) indexed {
	var x indexed
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "nm":
			x.name = code(r)
		case "dh":
			x.made = code(r)
		default:
			r.Unknown()
		}
	}
	r.Require("nm", "dh")
	return x
}

// index turns EA09, which has no time of its own, into an update without
// results.
func (d *decoder) index(p feed.Payload, name fileName) (snapshot.Update, error) {
	_, findings, err := d.readIndex(p, name)
	return snapshot.Update{Scope: "index " + name.stem, Stamp: p.Receipt(), Election: name.election, Findings: findings}, err
}
