// Package tse reads the files of Brazil's Tribunal Superior Eleitoral, named
// here as the TSE numbers them ("EA"), learned from its descriptions of 2022 to
// 2026 and from public files of these years:
//
//	EA20  -u.json        one office in one place or zone, since 2024
//	EA04  -r.json        the same, flat, 2020 and 2022
//	      -w.js          the same, older, 2018
//	EA01  -f.json        names of an office, 2020 and 2022: the fixed file
//	EA02  -v.json        votes by ballot number, for EA01: the variable file
//	EA11  ele-c.json     elections and their offices
//	EA12  mun-…-cm.json  municipalities
//	EA14  br-…-ab.json   how far each state is; EA15, how far each municipality
//	EA09  -i.json        files of a state and their times, 2020 and 2022
//
// It promises that before the count, and where the TSE says that a result must
// not be shown, every vote is absent; the zeros that stand there then are
// placeholders. A variable file gets its names from the one version of the
// fixed file that it names, and waits for that. Progress files make no result:
// they may be ahead of the results or behind them, and say what to fetch.
//
// It refuses a file whose name and body speak of different elections, places
// or offices. A feed holds one round of voting: both rounds give a contest the
// same key.
package tse

import (
	"slices"
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
	f := feed.Format{
		Name:       "tse",
		Doc:        "Brazil, Tribunal Superior Eleitoral: EA20, EA01 with EA02, EA04, EA12 and the files of 2018",
		Stamps:     "idg, else the time of generation dg+hg; of 2018 the time of the count dt+ht",
		Zone:       "America/Sao_Paulo",
		Concurrent: true,
		Settings: []feed.Setting{
			{Name: "elections", Doc: "codes of elections, as \"6257, 6259\": the only ones taken, and those that are followed"},
			{Name: "offices", Doc: "codes of offices that are followed, as \"1, 3\"; all by default"},
			{Name: "levels", Doc: "places that are followed: br, uf, mu, zona; \"br, uf, mu\" by default"},
		},
	}
	f.New = func(o feed.Options) (feed.Decoder, error) {
		if err := f.CheckSettings(o); err != nil {
			return nil, err
		}
		return decoderFor(o)
	}
	return f
}

type decoder struct {
	opts   feed.Options
	zone   *time.Location
	chosen selection
	keys   []publicKey
	pairs  pairs
	route  route
}

func decoderFor(o feed.Options) (*decoder, error) {
	d := &decoder{opts: o, zone: time.FixedZone("-03", -3*60*60)}
	var err error
	if d.chosen, err = newSelection(o.Settings); err != nil {
		return nil, err
	}
	if d.keys, err = parseKeys(o.SignatureKey); err != nil {
		return nil, err
	}
	d.route.on = len(d.chosen.elections) > 0
	return d, nil
}

// Decode implements feed.Decoder. Results give one update, a fixed file one
// more for each file that waited for it; progress and configuration give none
// unless there is something to note or to name, and files of the same folders
// that are not read give one with the finding F_SKIPPED.
func (d *decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	name := parseName(p.Name)
	if name.skipped() {
		return []snapshot.Update{skip(p, name)}, nil
	}
	inner, unverified, err := d.open(p, name)
	if err != nil {
		return nil, err
	}
	updates, err := d.decode(inner, name)
	if err != nil {
		return nil, err
	}
	if unverified && len(updates) > 0 {
		updates[0].Findings = append([]snapshot.Finding{{Code: "F_UNVERIFIED",
			Text: "the file is signed, and no key is configured to verify it with"}}, updates[0].Findings...)
	}
	return updates, nil
}

// decode reads what is inside an envelope, or has none.
func (d *decoder) decode(p feed.Payload, name fileName) ([]snapshot.Update, error) {
	switch d.kindOf(p, name) {
	case fixedKind:
		return d.fixed(p, name)
	case variableKind:
		return one(d.variable(p, name))
	case municipalitiesKind:
		return one(d.municipalities(p, name))
	case configurationKind:
		return one(d.configuration(p))
	case progressKind:
		return one(d.progress(p, name))
	case indexKind:
		return one(d.index(p, name))
	case skippedKind:
		return one(skip(p, name), nil)
	}
	return one(d.result(p, name))
}

// one is a list of one update, or of none when that says nothing.
func one(u snapshot.Update, err error) ([]snapshot.Update, error) {
	if err != nil || u.Name == "" && len(u.Units)+len(u.Contests)+len(u.Results)+len(u.Findings) == 0 {
		return nil, err
	}
	return []snapshot.Update{u}, nil
}

func skip(p feed.Payload, name fileName) snapshot.Update {
	return snapshot.Update{Scope: name.base, Stamp: p.Receipt(),
		Findings: []snapshot.Finding{{Code: "F_SKIPPED", Text: "a file that is not read: " + name.base}}}
}

// ours refuses files of elections that were not chosen.
func (d *decoder) ours(p feed.Payload, election string) error {
	if len(d.chosen.elections) == 0 || slices.Contains(d.chosen.elections, election) {
		return nil
	}
	return p.Refuse("E_IDENTITY", "election %q is none of those configured: %s", election, strings.Join(d.chosen.elections, ", "))
}
