package templates

import (
	"github.com/heraldresults/herald/diff/snapshot"
)

const (
	// firstRows are shown at once; the others open on demand when there are
	// more than splitRows in all.
	firstRows, splitRows = 20, 25
	// maxNames is how many names a sentence holds.
	maxNames = 8
	// wideVotes and more need a wider column.
	wideVotes = 10_000_000
	// minDrawn is the share of the first, in thousandths, from which bars
	// tell something.
	minDrawn = 50
)

// mark stands before what was won.
const mark markup = `<span class="mark" aria-hidden="true">✓</span> `

// AppendRacePage appends the page of one race: complete without script, and
// the same bytes for the same view and site.
func AppendRacePage(dst []byte, v RaceView, s *Site) []byte {
	p := newPage(dst, s)
	c := v.Race.Contest
	sh := shell{
		title: [2]string{c.Name, v.Race.Unit.Name},
		path:  v.Path, json: v.JSON, trail: v.Trail, changed: v.Changed,
	}
	p.open(sh)
	p.raw("<h1>")
	p.name(c.Name)
	p.raw(" <span class=\"where\">")
	p.name(v.Race.Unit.Name)
	p.raw("</span></h1>\n")

	var buf [64]int
	order := ranked(buf[:0], v.Race)
	p.raw("<p id=\"outcome\" class=\"lede\" data-live>")
	p.sentence(v.Race, order)
	p.raw("</p>\n")
	p.fresh(v.AsOf, v.Race.Result.HasVotes())
	p.raw("<div id=\"results\" data-live>\n")
	if v.Race.Result.Kind == snapshot.IntermediateCount {
		p.notice(p.w.Intermediate)
	}
	p.correctionNotice(v)
	p.progress(v.Race)
	p.table(v.Race, order)
	p.facts(v.Race.Result)
	p.channels(v.Race, order)
	p.corrections(v)
	p.moved(v)
	p.raw("</div>\n")
	return p.close(sh)
}

// sentence appends what is known of the outcome: what the source states, else
// who leads.
func (p *page) sentence(race *snapshot.Race, order []int) {
	r := race.Result
	said := false
	for _, o := range [...]struct {
		outcome snapshot.Outcome
		phrase  markup
	}{{snapshot.Elected, p.w.Elected}, {snapshot.Passed, p.w.Passed}, {snapshot.Runoff, p.w.Runoff}} {
		n := 0
		for _, i := range order {
			if outcome(r, i) != o.outcome {
				continue
			}
			if n == 0 {
				if said {
					p.raw(". ")
				}
				if o.outcome != snapshot.Runoff {
					p.raw(mark)
				}
				p.raw(o.phrase)
			}
			p.listed(&race.Contest.Choices[i], n)
			n++
		}
		p.unlisted(n)
		said = said || n > 0
	}
	if said {
		return
	}
	for _, i := range order {
		if outcome(r, i) == snapshot.Failed {
			p.raw(p.w.Failed)
			return
		}
	}
	p.lead(race, order)
}

// lead appends who leads, and that this decides nothing.
func (p *page) lead(race *snapshot.Race, order []int) {
	if lacksVotes(race) {
		p.raw(p.w.SomeMissing)
		return
	}
	n := leaders(race, order)
	if n == 0 {
		p.raw(p.w.NoResult)
		return
	}
	r := race.Result
	complete := r.Complete()
	switch {
	case n > 1 && votes(r, order[0]) == votes(r, order[n-1]):
		p.raw(p.w.Level)
	case complete:
		p.raw(p.w.Most)
	default:
		p.raw(p.w.Leading)
	}
	for k, i := range order[:n] {
		p.listed(&race.Contest.Choices[i], k)
	}
	p.unlisted(n)
	if complete {
		p.raw(p.w.NotStated)
	} else {
		p.raw(p.w.NotDecided)
	}
}

// listed appends the name at place n of a list, as long as there is room.
func (p *page) listed(c *snapshot.Choice, n int) {
	if n >= maxNames {
		return
	}
	if n > 0 {
		p.raw(p.w.Comma)
	}
	p.name(c.Name)
}

// unlisted appends how many of n names had no room.
func (p *page) unlisted(n int) {
	if n > maxNames {
		p.say(p.w.More, int64(n-maxNames))
	}
}

func (p *page) progress(race *snapshot.Race) {
	r := race.Result
	p.raw("<div class=\"progress\"><p id=\"progress\">")
	sep := markup("")
	if r.Totals.UnitsIn.Present() || r.Totals.UnitsTotal.Present() {
		p.raw("<b>")
		p.units(r.Totals)
		p.raw("</b>")
		sep = " · "
	}
	for _, m := range [...]markup{p.w.status(r.Status), p.w.kind(r.Kind)} {
		if m != "" {
			p.raw(sep)
			p.raw(m)
			sep = " · "
		}
	}
	if n := race.Contest.Seats; n > 1 {
		p.raw(sep)
		p.say(p.w.Seats, int64(n))
	}
	p.raw("</p>")
	if total, ok := r.Totals.UnitsTotal.Get(); ok && total > 0 {
		in, _ := r.Totals.UnitsIn.Get()
		p.bar(in, total)
	}
	p.raw("</div>\n")
}

// table appends the results, one row a choice.
func (p *page) table(race *snapshot.Race, order []int) {
	b := basisOf(race)
	if len(order) > 0 {
		b.drawn = permille(votes(race.Result, order[0]), b.n) >= minDrawn
	}
	class := markup("<table class=\"votes\">\n")
	if len(order) > 0 && votes(race.Result, order[0]) >= wideVotes {
		class = "<table class=\"votes wide\">\n"
	}
	p.raw(class)
	p.raw("<caption>")
	p.raw(p.w.Results)
	switch {
	case !race.Result.HasVotes():
		p.raw(" <span>")
		p.raw(p.w.NoResultMore)
		p.raw("</span>")
	case b.n > 0 && b.name == "valid":
		p.raw(" <span>")
		p.say(p.w.ShareValid, b.n)
		p.raw("</span>")
	case b.n > 0:
		p.raw(" <span>")
		p.say(p.w.ShareVotes, b.n)
		p.raw("</span>")
	}
	p.raw("</caption>\n")
	n := len(order)
	if n > splitRows {
		n = firstRows
	}
	p.rows(race, order[:n], b)
	p.raw("</table>\n")
	if rest := order[n:]; len(rest) > 0 {
		p.raw("<details id=\"rest\"><summary id=\"rest-open\">")
		p.say(p.w.RestSummary, int64(len(rest)))
		p.raw("</summary>\n")
		p.raw(class)
		p.raw("<caption class=\"away\">")
		p.raw(p.w.RestCaption)
		p.raw("</caption>\n")
		p.rows(race, rest, b)
		p.raw("</table>\n</details>\n")
	}
}

// rows appends the head and the rows of a table. Before the first count there
// are no shares to show.
func (p *page) rows(race *snapshot.Race, order []int, b basis) {
	p.raw("<thead><tr><th scope=\"col\">")
	p.raw(p.w.Choice)
	p.raw("</th><th scope=\"col\">")
	p.raw(p.w.Votes)
	counted := race.Result.HasVotes()
	if counted {
		p.raw("</th><th scope=\"col\">")
		p.raw(p.w.Share)
	}
	p.raw("</th></tr></thead>\n<tbody>\n")
	for _, i := range order {
		n := race.Result.Votes[i]
		b := b
		if isAbstention(race, i) {
			b = basis{}
		}
		p.choice(&race.Contest.Choices[i], n, outcome(race.Result, i), b)
		if counted {
			p.votes(n, b)
		} else {
			p.raw("<td class=\"none\">")
			p.raw(p.w.NothingYet)
		}
		p.raw("</td></tr>\n")
	}
	p.raw("</tbody>\n")
}

// choice opens a row with who or what it is about.
func (p *page) choice(c *snapshot.Choice, v snapshot.Count, o snapshot.Outcome, b basis) {
	p.raw(`<tr id="c-`)
	p.text(c.ID)
	switch o {
	case snapshot.Elected, snapshot.Passed, snapshot.Runoff:
		p.raw(`" class="won`)
	}
	p.raw(`"><th scope="row">`)
	p.name(c.Name)
	p.tag(o)
	p.about(c)
	if n, ok := v.Get(); ok && b.drawn && b.of(n) {
		p.bar(n, b.n)
	}
	p.raw("</th>")
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

// tag appends what the source says became of a choice.
func (p *page) tag(o snapshot.Outcome) {
	m := p.w.tag(o)
	if m == "" {
		return
	}
	p.raw(` <b class="tag">`)
	if o == snapshot.Elected || o == snapshot.Passed {
		p.raw(mark)
	}
	p.raw(m)
	p.raw("</b>")
}

// about appends what stands under a choice's name.
func (p *page) about(c *snapshot.Choice) {
	if c.Party == "" && c.Number == "" && c.Detail == "" {
		return
	}
	p.raw(`<span class="party">`)
	sep := markup("")
	if c.Party != "" {
		p.name(c.Party)
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

// facts appends the totals that the source states. Turnout is shown once all
// is counted: before that, ballots and registered voters speak of different
// places.
func (p *page) facts(r snapshot.Result) {
	t := r.Totals
	if (snapshot.Totals{UnitsIn: t.UnitsIn, UnitsTotal: t.UnitsTotal}) == t {
		return
	}
	p.raw("<h2 class=\"away\">")
	p.raw(p.w.Facts)
	p.raw("</h2>\n<dl class=\"facts\">")
	for _, f := range [...]struct {
		name markup
		c    snapshot.Count
	}{
		{p.w.Valid, t.Valid}, {p.w.Blank, t.Blank}, {p.w.Null, t.Null},
		{p.w.Ballots, t.Ballots}, {p.w.Electorate, t.Electorate},
	} {
		if n, ok := f.c.Get(); ok {
			p.raw("<div><dt>")
			p.raw(f.name)
			p.raw("</dt><dd>")
			p.number(n)
			p.raw("</dd></div>")
		}
	}
	ballots, isBallots := t.Ballots.Get()
	electorate, _ := t.Electorate.Get()
	if isBallots && electorate >= ballots && electorate > 0 && r.Complete() {
		p.raw("<div><dt>")
		p.raw(p.w.Turnout)
		p.raw("</dt><dd>")
		p.share(ballots, electorate)
		p.raw("</dd></div>")
	}
	p.raw("</dl>\n")
}
