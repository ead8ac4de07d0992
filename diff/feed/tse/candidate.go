package tse

import (
	"html"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// candidate is one that can be voted for.
type candidate struct {
	key, number   string // sqcand, n
	name          string // as on the voting machine
	party, detail string
	votes         snapshot.Count // vap; v in the files of 2018
	appeal        snapshot.Count // vap in the files of 2018
	status        string         // st
	destination   string         // dvt
}

// readCandidate takes one item of `cand`.
func (doc *document) readCandidate(r *feed.JSON) {
	var c candidate
	var x extra
	r.Repeats = "nv"
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "sqcand":
			c.key = code(r)
		case "n":
			c.number = code(r)
		case "nm":
			c.name = r.Text(feed.MaxName)
		case "vap":
			c.votes = r.Count(either)
		case "st":
			c.status = doc.phrase(r)
		case "dvt":
			c.destination = doc.phrase(r)
		case "seq", "e", "dt", "pvap", "pvapn", "dsit", "svnom", "s":
			r.Skip()
		default:
			x.field(r)
		}
	}
	r.Repeats = ""
	if doc.fixed {
		r.Require("n", "nm", "sqcand")
	} else {
		r.Require("n", "nm", "vap")
	}
	x.complete(&c)
	if c.name == "" {
		r.Refuse("E_MISSING", "candidate %q has no name", c.number)
	}
	doc.old = doc.old || x.old
	doc.candidates = append(doc.candidates, c)
}

// extra is what one layout says of a candidate and another does not.
type extra struct {
	ballotName    string         // nmu, EA20
	mates         string         // vs in EA20, nv in EA04
	parties       string         // cc: the party, " - ", its coalition
	first, second string         // ns1, ns2: a senator's substitutes in 2018
	votes         snapshot.Count // v, 2018
	old           bool           // whether v was there
}

func (x *extra) field(r *feed.JSON) {
	switch string(r.Key()) {
	case "nmu":
		x.ballotName = r.Text(feed.MaxName)
	case "vs":
		x.mates = readRunningMates(r)
	case "nv":
		x.mates = r.Text(feed.MaxName)
	case "ns1":
		x.first = r.Text(feed.MaxName)
	case "ns2":
		x.second = r.Text(feed.MaxName)
	case "cc":
		x.parties = r.Text(feed.MaxDetail)
	case "v":
		x.votes, x.old = r.Count(either), true
	default:
		r.Unknown()
	}
}

// complete joins both. In the files of 2018, which alone have `v`, the votes
// are `v`, and `vap` holds those under appeal; since then `vap` holds
// everybody's. In 2018 `nv` comes once for each of a senator's substitutes, in
// either order, so `ns1` and `ns2` count.
func (x *extra) complete(c *candidate) {
	if x.ballotName != "" {
		c.name = x.ballotName
	}
	if c.detail = x.mates; x.first != "" || x.second != "" {
		c.detail = join(x.first, x.second)
	}
	if x.parties != "" {
		var others string
		c.party, others, _ = strings.Cut(x.parties, " - ")
		c.detail = join(c.detail, others)
	}
	if x.old {
		c.votes, c.appeal = x.votes, c.votes
	}
}

// phrase takes a fixed phrase. A file repeats a few of them for hundreds of
// candidates, so each is kept once.
func (doc *document) phrase(r *feed.JSON) string {
	b, _ := r.Scalar()
	for _, known := range doc.phrases {
		if string(b) == known {
			return known
		}
	}
	text := html.UnescapeString(string(b))
	if len(doc.phrases) < 16 && text == string(b) {
		doc.phrases = append(doc.phrases, text)
	}
	return text
}

// readRunningMates takes `vs`: the vice or the substitutes.
func readRunningMates(r *feed.JSON) string {
	all := ""
	for r.List(); r.NextItem(); {
		name, ballotName := "", ""
		for r.Object(); r.NextKey(); {
			switch string(r.Key()) {
			case "nm":
				name = r.Text(feed.MaxName)
			case "nmu":
				ballotName = r.Text(feed.MaxName)
			case "tp", "sqcand", "sgp":
				r.Skip()
			default:
				r.Unknown()
			}
		}
		r.Require("nm")
		if ballotName != "" {
			name = ballotName
		}
		all = join(all, name)
	}
	return all
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// outcome reads `st`. The letter in `e` says too little: it is "s" also for
// those who go into the second round.
func outcome(st string) (o snapshot.Outcome, known bool) {
	st = strings.ToLower(st)
	switch {
	case st == "":
		return snapshot.NoOutcome, true
	case strings.HasPrefix(st, "eleit"): // Eleito, Eleita, Eleito por QP, Eleito por média
		return snapshot.Elected, true
	case strings.HasPrefix(st, "não eleit"):
		return snapshot.NotElected, true
	case st == "2º turno":
		return snapshot.Runoff, true
	case st == "suplente":
		return snapshot.Substitute, true
	}
	return snapshot.NoOutcome, false
}
