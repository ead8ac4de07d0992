package tse

import "github.com/heraldresults/herald/diff/snapshot"

// examine notes what is odd about a result that could be read.
func (doc *document) examine(c *check) {
	if doc.phase != "o" {
		c.note("F_TEST", "the file calls itself phase %q, not official", doc.phase)
	}
	if doc.show == "n" {
		c.note("F_WITHHELD", "the source says that this result must not be shown; its counts are absent")
	}
	if doc.annulled == "s" {
		c.note("F_ANNULLED", "the source says that nobody is elected because votes were annulled")
	}
	c.sum("st + snt = s", doc.units, doc.in, doc.out)
	if n, ok := doc.votes.Get(); ok && n > 0 && !doc.begun() {
		c.note("F_EARLY", "%d votes are stated before the count has begun; they are absent", n)
	}
	if !doc.shown() {
		return
	}
	if doc.old {
		c.sum("vv + vb + vn + vp + van = tv", doc.votes, doc.valid, doc.blank, doc.spoiled, doc.pending, doc.void)
	} else {
		c.sum("vv + vb + tvn + van + vansj = tv", doc.votes, doc.valid, doc.blank, doc.null, doc.void, doc.appeal)
	}
	doc.examineCandidates(c)
}

// examineCandidates adds the candidates up: their votes, and those for lists
// where there are lists, make `vvc`, in 2018 `vnom`.
func (doc *document) examineCandidates(c *check) {
	votes := make([]snapshot.Count, 0, len(doc.candidates)+1)
	appeal, notValid := 0, 0
	for _, x := range doc.candidates {
		votes = append(votes, x.votes)
		if n, _ := x.appeal.Get(); n > 0 {
			appeal++
		}
		if len(x.destination) >= len("Anulado") && x.destination[:len("Anulado")] == "Anulado" {
			notValid++
		}
	}
	if doc.old {
		c.sum("sum of v = vnom", doc.nominal, votes...)
	} else {
		if doc.list.Present() {
			votes = append(votes, doc.list)
		}
		c.sum("sum of vap (and vl) = vvc", doc.toPeople, votes...)
	}
	if appeal > 0 {
		c.note("F_APPEAL", "%d candidates have votes under appeal, which are not among their votes", appeal)
	}
	if notValid > 0 {
		c.note("F_NOT_VALID", "%d candidates have votes that the source calls annulled; they are shown and not valid", notValid)
	}
}

// sum notes F_SUM unless the parts make the whole. Absent numbers say nothing.
func (c *check) sum(rule string, whole snapshot.Count, parts ...snapshot.Count) {
	if !whole.Present() {
		return
	}
	total, err := snapshot.Sum(parts...)
	switch {
	case err != nil:
		c.note("F_SUM", "%s does not hold: the parts exceed every count", rule)
	case total.Present() && total != whole:
		c.note("F_SUM", "%s does not hold: %s against %s", rule, total, whole)
	}
}
