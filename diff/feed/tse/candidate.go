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

// readCandidate takes one item of `cand`. In the files of 2018, which alone
// have `v`, the votes are `v`, and `vap` holds those under appeal; since then
// `vap` holds everybody's. In 2018 `nv` comes once for each of a senator's two
// substitutes, `ns1` and `ns2`, in either order.
func (doc *document) readCandidate(r *feed.JSON) {
	var c candidate
	var plain snapshot.Count
	var ballotName, coalition, vice, first, second string
	old := false
	r.Repeats = "nv"
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "sqcand":
			c.key = code(r)
		case "n":
			c.number = code(r)
		case "nm":
			c.name = r.Text(feed.MaxName)
		case "nmu":
			ballotName = r.Text(feed.MaxName)
		case "vap":
			c.votes = r.Count(either)
		case "v":
			plain, old = r.Count(either), true
		case "st":
			c.status = doc.phrase(r)
		case "dvt":
			c.destination = doc.phrase(r)
		case "cc":
			coalition = r.Text(feed.MaxDetail)
		case "nv":
			vice = r.Text(feed.MaxName)
		case "ns1":
			first = r.Text(feed.MaxName)
		case "ns2":
			second = r.Text(feed.MaxName)
		case "vs":
			vice = readRunningMates(r)
		case "seq", "e", "dt", "pvap", "pvapn", "dsit", "svnom":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Repeats = ""
	r.Require("n", "nm", "vap")
	if c.detail = vice; first != "" || second != "" {
		c.detail = join(first, second)
	}
	if old {
		doc.old = true
		c.votes, c.appeal = plain, c.votes
	}
	if ballotName != "" {
		c.name = ballotName
	}
	if c.name == "" {
		r.Refuse("E_MISSING", "candidate %q has no name", c.number)
	}
	if coalition != "" {
		var others string
		c.party, others, _ = strings.Cut(coalition, " - ")
		c.detail = join(c.detail, others)
	}
	doc.candidates = append(doc.candidates, c)
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
