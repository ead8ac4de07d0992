package templates

import (
	"github.com/heraldresults/herald/diff/snapshot"
)

const (
	// firstRows are shown at once; the others open on demand when there are
	// more than splitRows in all.
	firstRows, splitRows = 20, 25
	// From so many votes on their column is wider, and wider still.
	broadVotes = 1_000_000
	wideVotes  = 10_000_000
	// minDrawn is the share of the first, in thousandths, from which bars
	// tell something.
	minDrawn = 50
)

// table appends the results, one row a choice.
// Of a large contest, whose choices have a page of their own, it shows the
// first ones.
func (p *page) table(v RaceView, order []int) {
	race := v.Race
	t := tableOf(race, order)
	p.raw(t.class)
	p.raw("<caption>")
	p.caption(race, &t)
	p.raw("</caption>\n")
	n := len(order)
	if n > splitRows {
		n = firstRows
	}
	p.rows(race, order[:n], t)
	p.raw("</table>\n")
	rest := order[n:]
	if v.Choices != "" {
		rest = order[n:min(PageChoices, len(order))]
	}
	if len(rest) > 0 {
		p.rest(race, rest, t)
	}
	if v.Choices != "" {
		p.raw("<p class=\"ways\"><a")
		p.path("href", v.Choices)
		p.raw(">")
		p.say(p.w.AllChoices, int64(len(order)))
		p.raw("</a></p>\n")
	}
}

// rest appends further rows, which open on demand.
func (p *page) rest(race *snapshot.Race, rest []int, t table) {
	p.raw("<details id=\"rest\"><summary id=\"rest-open\">")
	p.say(p.w.RestSummary, int64(len(rest)))
	p.raw("</summary>\n")
	p.raw(t.class)
	p.raw("<caption class=\"away\">")
	p.raw(p.w.RestCaption)
	p.raw("</caption>\n")
	p.rows(race, rest, t)
	p.raw("</table>\n</details>\n")
}

// table is how the results of a race are set.
type table struct {
	basis
	class  markup
	counts bool // whether there are, or will be, numbers to show
	shares bool // before the first count there are none
	seats  bool
}

func tableOf(race *snapshot.Race, order []int) table {
	r := race.Result
	t := table{basis: basisOf(race), counts: r.Countable(), shares: r.HasVotes(), class: "<table class=\"votes\">\n"}
	if len(order) > 0 {
		first := votes(r, order[0])
		t.drawn = permille(first, t.n) >= minDrawn
		switch {
		case first >= wideVotes:
			t.class = "<table class=\"votes wide\">\n"
		case first >= broadVotes:
			t.class = "<table class=\"votes broad\">\n"
		}
	}
	for _, c := range r.Seats {
		if c.Present() {
			t.seats, t.class = true, "<table class=\"votes seated\">\n"
			break
		}
	}
	return t
}

func (p *page) caption(race *snapshot.Race, t *table) {
	if !t.counts {
		p.raw(p.w.ChoicesTitle)
		return
	}
	p.raw(p.w.Results)
	switch {
	case !t.shares:
		p.raw(" <span>")
		p.raw(p.w.NoResultMore)
		p.raw("</span>")
	case t.n > 0 && t.name == "valid":
		p.raw(" <span>")
		p.say(p.w.ShareValid, t.n)
		p.raw("</span>")
	case t.n > 0:
		p.raw(" <span>")
		p.say(p.w.ShareVotes, t.n)
		p.raw("</span>")
	}
}

// rows appends the head and the rows of a table. One of names alone has no
// head.
func (p *page) rows(race *snapshot.Race, order []int, t table) {
	if t.counts || t.seats {
		p.heads(&t)
	}
	p.raw("<tbody>\n")
	for _, i := range order {
		p.row(race, i, &t)
	}
	p.raw("</tbody>\n")
}

func (p *page) heads(t *table) {
	p.raw("<thead><tr><th scope=\"col\">")
	p.raw(p.w.Choice)
	for _, col := range [...]struct {
		shown bool
		name  markup
	}{{t.counts, p.w.Votes}, {t.shares, p.w.Share}, {t.seats, p.w.Won}} {
		if col.shown {
			p.raw("</th><th scope=\"col\">")
			p.raw(col.name)
		}
	}
	p.raw("</th></tr></thead>\n")
}

// row appends a choice with its numbers.
func (p *page) row(race *snapshot.Race, i int, t *table) {
	c, o, n := &race.Contest.Choices[i], outcome(race.Result, i), race.Result.Votes[i]
	b := t.basis
	if isAbstention(race, i) {
		b = basis{}
	}
	p.raw(`<tr id="c-`)
	p.text(c.ID)
	if won(o) || o == snapshot.Runoff {
		p.raw(`" class="won`)
	}
	p.raw(`"><th scope="row">`)
	p.name(c.Name)
	p.tag(o)
	p.about(c)
	if n, ok := n.Get(); ok && b.drawn && b.of(n) {
		p.bar(n, b.n)
	}
	p.raw("</th>")
	switch {
	case t.shares:
		p.votes(n, b)
		p.raw("</td>")
	case t.counts:
		p.raw("<td class=\"none\">")
		p.raw(p.w.NothingYet)
		p.raw("</td>")
	}
	if t.seats {
		p.raw("<td>")
		p.cell(race.Result.Seats[i])
		p.raw("</td>")
	}
	p.raw("</tr>\n")
}

// votes appends the votes of a choice and their share, and leaves the last
// cell open.
func (p *page) votes(v snapshot.Count, b basis) {
	p.raw("<td>")
	p.cell(v)
	p.raw("</td><td>")
	if n, ok := v.Get(); ok && b.of(n) {
		p.share(n, b.n)
	}
}

// about appends what stands under a choice's name.
func (p *page) about(c *snapshot.Choice) {
	if c.Party == "" && c.Number == "" && c.Detail == "" {
		return
	}
	p.raw(`<span class="party">`)
	sep := markup("")
	if c.Party != "" {
		p.party(c.Party)
		sep = " · "
	}
	if c.Number != "" {
		p.raw(sep)
		p.raw(p.w.Number)
		p.name(c.Number)
		sep = " · "
	}
	if c.Detail != "" {
		p.raw(sep)
		p.name(c.Detail)
	}
	p.raw("</span>")
}

// party appends the name of a party, after its colour where the authority gave
// it one.
func (p *page) party(name string) {
	if class, ok := p.s.Parties[name]; ok {
		p.raw(`<i class="chip `)
		p.raw(class)
		p.raw(`" aria-hidden="true"></i>`)
	}
	p.name(name)
}

// cell appends a count in a table.
func (p *page) cell(c snapshot.Count) {
	if c.Present() {
		p.count(c)
		return
	}
	p.raw(`<span aria-hidden="true">–</span><span class="away">`)
	p.raw(p.w.Absent)
	p.raw("</span>")
}
