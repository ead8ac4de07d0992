package tse

import (
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// variableFile is what a variable file (EA02) says: votes by ballot number, in
// a place and, where that is a municipality, in each of its zones.
type variableFile struct {
	fixed  string // `nadf`: the fixed file that has the names
	update snapshot.Update
	parts  []part
	from   feed.Payload // without its body
}

// part is one place of a variable file.
type part struct {
	doc     *document
	unit    string
	contest string
}

// variable turns EA02 into an update, of results when the fixed file is there.
func (d *decoder) variable(p feed.Payload, name fileName) (snapshot.Update, error) {
	v, unknown, err := d.readVariable(p, name)
	if err != nil {
		return snapshot.Update{}, err
	}
	names := d.pairs.wait(v)
	if names == nil {
		u := v.update
		u.Units, u.Partial = nil, true
		u.Findings = append(unknown, snapshot.Finding{Code: "F_WAITING",
			Text: "votes of " + u.Scope + " wait for their names in " + v.fixed + ", which has not arrived"})
		return u, nil
	}
	u, err := d.join(v, names)
	if err != nil {
		return snapshot.Update{}, err
	}
	u.Findings = append(unknown, u.Findings...)
	return u, nil
}

// join gives the votes of a variable file the names of its fixed file.
func (d *decoder) join(v *variableFile, f *fixedFile) (snapshot.Update, error) {
	u := v.update
	u.Contests = []snapshot.ContestDef{f.contest}
	notes := &feed.Findings{}
	for i, part := range v.parts {
		if part.contest != f.contest.Key {
			r := v.from.Refuse("E_IDENTITY", "votes of contest %s name a fixed file of contest %s", part.contest, f.contest.Key)
			r.Place = part.unit
			return snapshot.Update{}, r
		}
		doc := part.doc.named(f, notes)
		if i == 0 { // the same for all
			doc.describe(notes)
		}
		race, err := d.race(v.from, doc, part.contest, part.unit, notes)
		if err != nil {
			return snapshot.Update{}, err
		}
		u.Results = append(u.Results, race)
	}
	u.Findings = notes.List()
	return u, nil
}

// named is a copy of a part's document with the candidates of a fixed file, in
// their order. Those without votes have none; votes for others are left out.
func (doc *document) named(f *fixedFile, notes *feed.Findings) *document {
	votes := make(map[string]candidate, len(doc.candidates))
	for _, c := range doc.candidates {
		votes[c.number] = c
	}
	out := *doc
	out.candidates = make([]candidate, len(f.candidates))
	for i, c := range f.candidates {
		c.votes, c.status = votes[c.number].votes, votes[c.number].status
		out.candidates[i] = c
		delete(votes, c.number)
	}
	for _, c := range doc.candidates {
		if _, left := votes[c.number]; left {
			notes.Note("F_UNDEFINED", "votes in %s for ballot number %s, which the fixed file does not name, are left out", doc.place, c.number)
		}
	}
	return &out
}

// readVariable reads EA02 and finds its places.
func (d *decoder) readVariable(p feed.Payload, name fileName) (*variableFile, []snapshot.Finding, error) {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return nil, nil, err
	}
	r.Entities = true
	head := &document{}
	v := &variableFile{from: p}
	v.from.Body = nil
	var docs []*document
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "nadf":
			v.fixed = word(r)
		case "abr":
			for r.List(); r.NextItem(); {
				docs = append(docs, head.readPart(r))
			}
		case "ele", "carper", "md", "t", "f", "esae", "mnae", "dg", "hg", "dv", "idg":
			head.field(r)
		default:
			r.Unknown()
		}
	}
	r.Require("ele", "carper", "t", "f", "dg", "hg", "dv", "nadf", "abr")
	findings, err := r.Finish(name.uf + name.mun)
	if err != nil {
		return nil, nil, err
	}
	for _, doc := range docs {
		doc.inherit(head)
	}
	if err := d.place(p, name, v, head, docs); err != nil {
		return nil, nil, err
	}
	return v, findings, nil
}

// readPart reads one item of `abr`.
func (doc *document) readPart(r *feed.JSON) *document {
	at := &document{phrases: doc.phrases}
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "cand":
			at.readAllVotes(r)
		case "tpabr", "cdabr", "s", "e":
			at.field(r)
		case "agr", "parf": // votes of lists
			r.Skip()
		default:
			at.progressField(r)
		}
	}
	r.Require("tpabr", "cdabr", "dt", "ht", "tf", "s", "st", "snt", "e", "tv", "vb", "vn", "vv", "cand")
	doc.phrases = at.phrases
	return at
}

// readAllVotes reads `cand`.
func (doc *document) readAllVotes(r *feed.JSON) {
	seen := map[string]bool{}
	for r.List(); r.NextItem(); {
		number := doc.readVotes(r)
		if seen[number] {
			r.Refuse("E_DUPID", "ballot number %q stands there twice", number)
		}
		seen[number] = true
	}
}

// readVotes reads one item of `cand`: votes of a ballot number.
func (doc *document) readVotes(r *feed.JSON) (number string) {
	var c candidate
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "n":
			c.number = code(r)
		case "vap":
			c.votes = r.Count(either)
		case "st":
			c.status = doc.phrase(r)
		case "seq", "e", "pvap", "pvapn", "sqcand":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("n", "vap")
	doc.candidates = append(doc.candidates, c)
	return c.number
}

// inherit takes over what the file says once for all its places.
func (doc *document) inherit(head *document) {
	doc.election, doc.office, doc.round, doc.phase = head.election, head.office, head.round, head.phase
	doc.generated, doc.show, doc.seq = head.generated, head.show, head.seq
	doc.annulled, doc.reason, doc.decided = head.annulled, head.reason, head.decided
}

// place finds the places of a variable file: one, and zones if that is a
// municipality.
func (d *decoder) place(p feed.Payload, name fileName, v *variableFile, head *document, docs []*document) error {
	refuse := func(code, place, format string, args ...any) error {
		r := p.Refuse(code, format, args...)
		r.Place, r.Field = place, "abr[].cdabr"
		return r
	}
	seen := map[string]bool{}
	var zones []snapshot.UnitDef
	for _, doc := range docs {
		in, zone := name, doc.level == "zona"
		switch {
		case zone && (name.mun == "" || len(doc.place) > 4 || !digits(doc.place)):
			return refuse("E_IDENTITY", doc.place, "%q is no zone of a municipality", doc.place)
		case zone:
			in.zone = pad(doc.place, 4)
		case v.update.Scope != "":
			return refuse("E_IDENTITY", doc.place, "a second place that is no zone")
		}
		where, err := d.locate(p, in, doc)
		if err != nil {
			return err
		}
		if seen[where.unit] {
			return refuse("E_DUPID", where.unit, "place %s stands there twice", where.unit)
		}
		seen[where.unit] = true
		contest, err := contestKey(p, where, doc.office)
		if err != nil {
			return err
		}
		if _, err := d.at(p, doc.counted); err != nil {
			return err
		}
		v.parts = append(v.parts, part{doc: doc, unit: where.unit, contest: contest})
		if zone {
			zones = append(zones, where.units[len(where.units)-1])
		} else {
			v.update = doc.update(where, "")
		}
	}
	if v.update.Scope == "" {
		return refuse("E_IDENTITY", name.uf+name.mun, "%d zones without their municipality", len(zones))
	}
	v.update.Units = append(v.update.Units, zones...)
	var err error
	v.update.Stamp, err = d.stamp(p, head, time.Time{})
	return err
}
