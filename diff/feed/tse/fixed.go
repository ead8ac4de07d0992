package tse

import (
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// fixedFile is what a fixed file (EA01) names: a contest, and by ballot number
// the candidates in the order of its choices.
type fixedFile struct {
	contest    snapshot.ContestDef
	candidates []candidate
	made       time.Time
}

// fixed turns EA01 into an update of names, and one of each variable file that
// waited for it.
func (d *decoder) fixed(p feed.Payload, name fileName) ([]snapshot.Update, error) {
	doc, version, unknown, err := d.readFixed(p)
	if err != nil {
		return nil, err
	}
	where, err := d.locate(p, name, doc)
	if err != nil {
		return nil, err
	}
	if name.version != "" && name.version != version {
		r := p.Refuse("E_IDENTITY", "the name says version %s, the body %s", name.version, version)
		r.Place = doc.place
		return nil, r
	}
	contest, err := contestOf(p, where, doc)
	if err != nil {
		return nil, err
	}
	for i := 1; i < len(doc.candidates); i++ {
		if doc.candidates[i].number == doc.candidates[i-1].number {
			r := p.Refuse("E_DUPID", "ballot number %q stands there twice, and votes go by it", doc.candidates[i].number)
			r.Place, r.Field = doc.place, "n"
			return nil, r
		}
	}
	notes := &feed.Findings{}
	doc.describe(notes)
	u := doc.update(where, "names of ")
	if u.Stamp, err = d.stamp(p, doc, time.Time{}); err != nil {
		return nil, err
	}
	u.Contests = []snapshot.ContestDef{contest}
	u.Findings = append(unknown, notes.List()...)
	f := &fixedFile{contest: contest, candidates: doc.candidates, made: u.Stamp.Time}
	updates := []snapshot.Update{u}
	f, waited := d.pairs.name(fixedName(where, doc, version), f)
	for _, v := range waited {
		joined, err := d.join(v, f)
		if err != nil {
			updates[0].Findings = append(updates[0].Findings, snapshot.Finding{Code: "F_UNDEFINED",
				Text: "votes of " + v.update.Scope + ", which name this file, are of another contest and left out"})
			continue
		}
		updates = append(updates, joined)
	}
	return updates, nil
}

// fixedName is how variable files name a fixed file: "es-c0001-e000544-005-f".
func fixedName(at place, doc *document, version string) string {
	return at.uf + at.mun + "-c" + pad(doc.office, 4) + "-e" + pad(doc.election, 6) + "-" + version + "-f"
}

func (d *decoder) readFixed(p feed.Payload) (doc *document, version string, unknown []snapshot.Finding, err error) {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return nil, "", nil, err
	}
	r.Entities = true
	doc = &document{fixed: true}
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "v":
			version = pad(word(r), 3)
		case "carg":
			doc.readOffice(r)
		case "ele", "t", "f", "cdabr", "dg", "hg":
			doc.field(r)
		case "nmabr", "s", "br", "idg": // sections and electorate stand in the results
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("ele", "cdabr", "t", "f", "dg", "hg", "v", "carg")
	if unknown, err = r.Finish(doc.place); err != nil {
		return nil, "", nil, err
	}
	doc.level = "uf"
	switch {
	case doc.place == "br":
		doc.level = "br"
	case digits(doc.place):
		doc.level = "mu"
	}
	return doc, version, unknown, nil
}
