package tse

import (
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// describe notes what a file says of itself as a whole.
func (doc *document) describe(c *feed.Findings) {
	if doc.phase != "o" {
		c.Note("F_TEST", "the file calls itself phase %q, not official", doc.phase)
	}
	if doc.show == "n" {
		c.Note("F_WITHHELD", "the source says that this result must not be shown; its counts are absent")
	}
	if doc.annulled == "s" {
		c.Note("F_ANNULLED", "the source says that nobody is elected because votes were annulled: %q", doc.reason)
	}
	switch doc.decided {
	case "", "n", "e", "s": // no; elected; second round
	default:
		c.Note("F_UNKNOWN_VALUE", "md %q is not known to this format", doc.decided)
	}
}

// examine notes what is odd about a result that could be read.
func (doc *document) examine(c *feed.Findings) {
	c.Sum("st + snt = s", doc.units, doc.in, doc.out)
	if n, ok := doc.votes.Get(); ok && n > 0 && !doc.begun() {
		c.Note("F_EARLY", "%d votes are stated before the count has begun; they are absent", n)
	}
	if !doc.shown() {
		return
	}
	if doc.old {
		c.Sum("vv + vb + vn + vp + van = tv", doc.votes, doc.valid, doc.blank, doc.spoiled, doc.pending, doc.void)
	} else {
		c.Sum("vv + vb + tvn + van + vansj = tv", doc.votes, doc.valid, doc.blank, doc.null, doc.void, doc.appeal)
		c.Sum("vv + van + vansj = vvc", doc.toPeople, doc.valid, doc.void, doc.appeal)
	}
	doc.examineCandidates(c)
}

// examineCandidates adds the candidates up. Where there are votes for lists,
// those for annulled lists are stated nowhere, and those for candidates whose
// destination is the list (legenda) are among those for lists: only candidates
// whose votes are valid can be added up.
func (doc *document) examineCandidates(c *feed.Findings) {
	all := make([]snapshot.Count, 0, len(doc.candidates))
	valid := make([]snapshot.Count, 0, len(doc.candidates))
	appeal, notValid := 0, 0
	for i := range doc.candidates {
		x := &doc.candidates[i]
		all = append(all, x.votes)
		switch where, known := destinationOf(x.destination); {
		case !known:
			c.Note("F_UNKNOWN_VALUE", "dvt %q of candidate %s is not known to this format", x.destination, x.number)
		case where == annulled:
			notValid++
		case where == toCandidate:
			valid = append(valid, x.votes)
		}
		if n, _ := x.appeal.Get(); n > 0 {
			appeal++
		}
	}
	switch {
	case doc.old:
		c.Sum("sum of v = vnom", doc.nominal, all...)
	case doc.list.Present():
		c.Sum("sum of vap of valid candidates = vnom", doc.nominal, valid...)
		c.Sum("vnom + vl = vv", doc.valid, doc.nominal, doc.list)
	default:
		c.Sum("sum of vap = vvc", doc.toPeople, all...)
	}
	if appeal > 0 {
		c.Note("F_APPEAL", "%d candidates have votes under appeal, which are not among their votes", appeal)
	}
	if notValid > 0 {
		c.Note("F_NOT_VALID", "%d candidates have votes that the source calls annulled; they are shown and not valid", notValid)
	}
}

// destination is what becomes of a candidate's votes.
type destination int

const (
	toCandidate destination = iota
	toList
	annulled
)

// destinationOf reads `dvt`, which is absent before election day and in 2018.
func destinationOf(dvt string) (where destination, known bool) {
	switch {
	case dvt == "", dvt == "Válido":
		return toCandidate, true
	case dvt == "Válido (legenda)":
		return toList, true
	case strings.HasPrefix(dvt, "Anulado"):
		return annulled, true
	}
	return toCandidate, false
}
