package tse

import (
	"bytes"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// typicalCandidate is how many bytes a file has for each candidate, or more.
const typicalCandidate = 300

// Every number may come as a string or as a number.
const either = feed.AsNumber | feed.AsText

// document is what a file says, still in the TSE's terms. The three layouts of
// results share most keys; `carg` makes it EA20.
type document struct {
	election, round, phase string
	level, place           string // tpabr, cdabr in lower case
	generated, counted     moment // dg+hg, dt+ht
	seq                    string // idg
	show, full, progress   string // dv, tf, and
	annulled, reason       string // esae, mnae
	decided                string // md

	office, officeName     string
	seats                  snapshot.Count
	offices                int            // items of carg, EA20
	unified                bool           // EA20
	fixed                  bool           // EA01: candidates without votes
	old                    bool           // 2018
	units, in, out         snapshot.Count // s, st, snt
	electorate, voters     snapshot.Count // e, c
	votes, valid, toPeople snapshot.Count // tv, vv, vvc
	blank, null, list      snapshot.Count // vb, tvn, vl
	void, appeal           snapshot.Count // van, vansj
	spoiled, pending       snapshot.Count // vn, vp (2018)
	nominal                snapshot.Count // vnom

	candidates []candidate
	phrases    []string
}

type moment struct{ day, clock string }

func (m moment) text() string { return m.day + " " + m.clock }

// read takes a result in, whatever its layout.
func (d *decoder) read(p feed.Payload) (*document, []snapshot.Finding, error) {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return nil, nil, err
	}
	r.Entities = true
	doc := &document{candidates: make([]candidate, 0, len(p.Body)/typicalCandidate)}
	for r.Object(); r.NextKey(); {
		doc.field(r)
	}
	if doc.unified {
		r.Require("ele", "t", "f", "tpabr", "cdabr", "dg", "hg", "dt", "ht", "dv", "tf", "s", "e", "v")
	} else {
		r.Require("ele", "t", "f", "tpabr", "cdabr", "carper", "cand", "dt", "ht", "dv", "tf", "s", "st", "snt", "e", "tv", "vb", "vn", "vv")
	}
	findings, err := r.Finish(doc.place)
	if err != nil {
		return nil, nil, err
	}
	return doc, findings, nil
}

// field takes one key of the outermost object.
func (doc *document) field(r *feed.JSON) {
	switch string(r.Key()) {
	case "ele":
		doc.election = word(r)
	case "t":
		doc.round = word(r)
	case "f":
		doc.phase = word(r)
	case "tpabr":
		doc.level = word(r)
	case "cdabr":
		doc.place = word(r)
	case "carper":
		doc.office = word(r)
	case "carg":
		doc.unified = true
		for r.List(); r.NextItem(); {
			doc.offices++
			doc.readOffice(r)
		}
	case "cand":
		for r.List(); r.NextItem(); {
			doc.readCandidate(r)
		}
	case "s", "e", "v":
		doc.group(r)
	case "sup":
		r.Skip()
	default:
		doc.progressField(r)
	}
}

// progressField takes a key that says how far the count is, or a total.
func (doc *document) progressField(r *feed.JSON) {
	switch string(r.Key()) {
	case "dg":
		doc.generated.day = word(r)
	case "hg":
		doc.generated.clock = word(r)
	case "dt":
		doc.counted.day = word(r)
	case "ht":
		doc.counted.clock = word(r)
	case "idg":
		doc.seq = word(r)
	case "dv":
		doc.show = word(r)
	case "tf":
		doc.full = word(r)
	case "and":
		doc.progress = word(r)
	case "esae":
		doc.annulled = word(r)
	case "mnae":
		doc.reason = reason(r)
	case "md":
		doc.decided = word(r)
	default:
		doc.total(r)
	}
}

// reason takes `mnae`, why nobody is elected: a text, or a list of texts.
func reason(r *feed.JSON) string {
	if r.Kind() != '[' {
		return r.Text(feed.MaxDetail)
	}
	all := ""
	for r.List(); r.NextItem(); {
		all = join(all, r.Text(feed.MaxDetail))
	}
	return all
}

// group takes `s`, `e` or `v`: a group of totals in EA20, one number in the
// flat layouts.
func (doc *document) group(r *feed.JSON) {
	name := r.Key()[0]
	if r.Kind() == '{' {
		for r.Object(); r.NextKey(); {
			doc.total(r)
		}
		switch name {
		case 's':
			r.Require("ts", "st", "snt")
		case 'e':
			r.Require("te", "c")
		case 'v':
			r.Require("tv", "vvc", "vv", "vb", "tvn", "van", "vansj")
		}
		return
	}
	switch c := r.Count(either); name {
	case 's':
		doc.units = c
	case 'e':
		doc.electorate = c
	case 'v':
		doc.seats = c
	}
}

// total takes one total. What begins with p is a percentage of another.
func (doc *document) total(r *feed.JSON) {
	var to *snapshot.Count
	switch string(r.Key()) {
	case "ts":
		to = &doc.units
	case "st":
		to = &doc.in
	case "snt":
		to = &doc.out
	case "te":
		to = &doc.electorate
	case "c":
		to = &doc.voters
	case "tv":
		to = &doc.votes
	case "vv":
		to = &doc.valid
	case "vvc":
		to = &doc.toPeople
	case "vb":
		to = &doc.blank
	case "tvn":
		to = &doc.null
	case "vl":
		to = &doc.list
	case "van":
		to = &doc.void
	case "vansj":
		to = &doc.appeal
	case "vn":
		to = &doc.spoiled
	case "vp":
		to = &doc.pending
	case "vnom":
		to = &doc.nominal
	case "si", "sni", "sa", "sna", "est", "esnt", "esi", "esni", "esa", "esna", "ea", "ena", "a", "vnt", "vsan", "vscv":
		r.Count(either)
		return
	default:
		if bytes.HasPrefix(r.Key(), []byte("p")) {
			r.Skip()
		} else {
			r.Unknown()
		}
		return
	}
	*to = r.Count(either)
}

// word takes a code or a time, in lower case: the TSE writes letters of codes
// in either.
func word(r *feed.JSON) string { return strings.ToLower(code(r)) }

// code takes a code as it is, but for spaces at its ends.
func code(r *feed.JSON) string {
	b, _ := r.Scalar()
	return string(bytes.TrimSpace(b))
}

// readOffice takes one item of `carg`.
func (doc *document) readOffice(r *feed.JSON) {
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "cd":
			doc.office = word(r)
		case "nmn":
			doc.officeName = r.Text(feed.MaxName)
		case "nv":
			doc.seats = r.Count(either)
		case "agr":
			for r.List(); r.NextItem(); {
				doc.readAlliance(r)
			}
		case "fed", "nmm", "nmf", "qe", "vqe":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("cd", "agr")
}

// readAlliance takes one item of `agr`: a party by itself, a coalition or a
// federation. What it is called may stand after its parties.
func (doc *document) readAlliance(r *feed.JSON) {
	first := len(doc.candidates)
	kind, parties := "", ""
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "tp":
			kind = word(r)
		case "com":
			parties = r.Text(feed.MaxDetail)
		case "par":
			for r.List(); r.NextItem(); {
				doc.readParty(r)
			}
		case "n", "nm", "vag", "tvtn", "tvan", "tvtl", "tval", "vl":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("par")
	if kind != "i" && parties != "" {
		for i := first; i < len(doc.candidates); i++ {
			doc.candidates[i].detail = join(doc.candidates[i].detail, parties)
		}
	}
}

func (doc *document) readParty(r *feed.JSON) {
	first := len(doc.candidates)
	party := ""
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "sg":
			party = r.Text(feed.MaxName)
		case "cand":
			for r.List(); r.NextItem(); {
				doc.readCandidate(r)
			}
		case "n", "nm", "nfed", "tvtn", "tvan", "tvtl", "tval", "vag", "vl":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("sg")
	for i := first; i < len(doc.candidates); i++ {
		doc.candidates[i].party = party
	}
}
