// Package tse reads the result files of Brazil's Tribunal Superior Eleitoral:
// EA20 (`-u.json`, since 2024), EA04 (`-r.json`, 2020 and 2022), the `-w.js` of
// 2018, and EA12 (`mun-…-cm.json`), which names the municipalities.
//
// It promises that before the count, and where the TSE says that a result must
// not be shown, every vote is absent; the zeros that stand there then are
// placeholders. It refuses a file whose name and body speak of different
// elections, places or offices. A feed holds one round of voting: both rounds
// give a contest the same key.
package tse

import (
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// Format is "tse".
//
// Stamps: `idg`, where the file has one, and the time of generation `dg`+`hg`;
// the files of 2018 have neither, so it is the time of the count `dt`+`ht`, and
// zero before the count, which is older than any count. Times are those of
// Brasília, UTC-3: no election since 2018 fell into daylight saving time.
//
// Keys: units "br", "sp", "zz" (abroad), "71072" (the TSE's code of a
// municipality) and "71072-z0008"; contests "c0001" (president), "c0003-sp" and
// "c0011-71072", after the place in which the office is decided; choices
// `sqcand`, else the ballot number.
func Format() feed.Format {
	return feed.Format{
		Name:       "tse",
		Doc:        "Brazil, Tribunal Superior Eleitoral: EA20, EA04, EA12 and the files of 2018",
		Zone:       "America/Sao_Paulo",
		Concurrent: true,
		New: func(o feed.Options) (feed.Decoder, error) {
			return &decoder{opts: o, zone: time.FixedZone("-03", -3*60*60)}, nil
		},
	}
}

type decoder struct {
	opts feed.Options
	zone *time.Location
}

// Decode implements feed.Decoder. One payload gives one update: its result, the
// names of municipalities, or nothing but the finding F_SKIPPED for files of
// the same folders that hold no results (signatures, indexes, follow-up).
func (d *decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	name := parseName(p.Name)
	switch {
	case skipped(name):
		return []snapshot.Update{{
			Scope:    name.base,
			Stamp:    p.Receipt(),
			Findings: []snapshot.Finding{{Code: "F_SKIPPED", Text: "a file without results: " + name.base}},
		}}, nil
	case name.kind == "v" || name.kind == "f" || name.kind == "e":
		return nil, p.Refuse("E_VERSION", "the -%s layout is not read: point the feed at the -u or -r files", name.kind)
	}
	doc, findings, err := d.read(p)
	if err != nil {
		return nil, err
	}
	var u snapshot.Update
	if doc.areas != nil {
		u, err = d.municipalities(p, doc)
	} else {
		u, err = d.result(p, name, doc)
	}
	if err != nil {
		return nil, err
	}
	u.Findings = append(findings, u.Findings...)
	return []snapshot.Update{u}, nil
}

// skipped reports whether a file stands beside the results and holds none.
func skipped(n fileName) bool {
	switch n.kind {
	case "i", "ab", "cs":
		return true
	}
	if n.base == "ele-c.json" {
		return true
	}
	for _, ext := range []string{".sig", ".jws", ".cer"} {
		if strings.HasSuffix(n.base, ext) {
			return true
		}
	}
	return false
}
