package templates

import (
	"slices"

	"github.com/heraldresults/herald/diff/snapshot"
)

// breakColumns is how many choices have a column of their own. One more has,
// too, rather than a column that holds it alone.
const breakColumns = 5

// breakdown is what the rows of a breakdown have in common.
type breakdown struct {
	contest *snapshot.Contest
	shown   []int // choices with a column, first by the votes of the whole race
	others  []int // choices in the column of all others
}

// AppendBreakdownPage appends the page that shows a race by the places inside
// its own: a row a place, a column for each of the first choices.
func AppendBreakdownPage(dst []byte, v BreakdownView, s *Site) []byte {
	p := newPage(dst, s)
	c := v.Race.Contest
	sh := shell{path: v.Path, trail: v.Trail, changed: v.Changed, slow: true}
	sh.title[0], sh.title[1] = c.Name, v.Race.Unit.Name
	if part := partOf(v.Part); part != "" {
		sh.title[0] += " " + part
	}
	p.open(sh)
	p.raceHeading(v.Race)
	p.raw("<p class=\"lede\">")
	p.raw(p.w.ByPlaces)
	p.raw(" ")
	p.to(v.RacePath, p.w.WholeRace)
	p.raw("</p>\n")
	p.fresh(v.AsOf, v.Race.Result.HasVotes() || anyVotes(v.Units))
	v.Map = v.Map.of(len(v.Units), func(i int) string { return v.Units[i].Race.Unit.ID })
	p.mapSlot(v.Map, v.Part)
	p.raw("<div id=\"results\" data-live>\n")
	if anyIntermediate(v.Units) || v.Race.Result.Kind == snapshot.IntermediateCount {
		p.notice(p.w.IntermediateSome)
	}
	p.breakTable(&v)
	p.partsBelow(v.Part)
	p.raw("</div>\n")
	return p.close(sh)
}

func anyVotes(races []RaceLine) bool {
	for i := range races {
		if races[i].Race.Result.HasVotes() {
			return true
		}
	}
	return false
}

func (p *page) breakTable(v *BreakdownView) {
	b := breakdown{contest: v.Race.Contest}
	var buf [64]int
	order := ranked(buf[:0], v.Race)
	b.shown = order
	if len(order) > breakColumns+1 {
		b.shown, b.others = order[:breakColumns], order[breakColumns:]
	}
	p.mapKey(v.Map, b.heads())
	p.parts(v.Part)
	p.raw("<table class=\"many break\">\n<caption class=\"away\">")
	p.raw(p.w.ByPlaces)
	p.raw("</caption>\n<thead><tr>")
	p.column(p.w.Place)
	for _, i := range b.shown {
		p.raw("<th scope=\"col\">")
		p.choiceHead(&b.contest.Choices[i])
		p.raw("</th>")
	}
	if len(b.others) > 0 {
		p.column(p.w.Others)
	}
	p.column(p.w.Counted)
	p.raw("</tr></thead>\n<tbody>\n")
	p.breakRow(&b, &RaceLine{Race: v.Race, Path: v.RacePath, AsOf: v.AsOf}, true)
	for i := range v.Units {
		p.breakRow(&b, &v.Units[i], false)
	}
	p.raw("</tbody>\n</table>\n")
	if len(b.others) > 0 {
		p.raw("<p class=\"note\">")
		p.raw(p.w.OthersMore)
		p.raw("</p>\n")
	}
}

// choiceHead appends the head of a choice's column.
func (p *page) choiceHead(c *snapshot.Choice) {
	p.name(c.Name)
	if c.Party != "" && c.Party != c.Name {
		p.raw(" <i>")
		p.name(c.Party)
		p.raw("</i>")
	}
}

// breakRow appends what was counted in one place, or in all of them as the
// source states it.
func (p *page) breakRow(b *breakdown, l *RaceLine, whole bool) {
	race := l.Race
	p.raw("<tr")
	if whole {
		p.raw(` class="all"`)
	} else {
		p.mapRow(race.Unit.ID, b.class(race))
	}
	p.raw("><th scope=\"row\">")
	p.link(Link{Text: race.Unit.Name, Path: l.Path})
	p.labels(l)
	p.raw("</th>")
	basis := basisOf(race)
	for _, i := range b.shown {
		c := &b.contest.Choices[i]
		p.raw("<td")
		p.attr("data-channel", c.Name)
		p.raw(">")
		p.breakCell(race, i, basis)
		p.raw("</td>")
	}
	if len(b.others) > 0 {
		p.raw("<td")
		p.datum(` data-channel="`, p.w.Others)
		p.raw(">")
		p.cell(b.rest(race))
		p.raw("</td>")
	}
	p.raw("<td")
	p.datum(` data-channel="`, p.w.Counted)
	p.raw(">")
	p.reach(race)
	p.raw("</td></tr>\n")
}

// breakCell appends the votes of a choice in a place with their share.
func (p *page) breakCell(race *snapshot.Race, i int, b basis) {
	if i >= len(race.Result.Votes) {
		p.cell(snapshot.Count{})
		return
	}
	n := race.Result.Votes[i]
	p.cell(n)
	if n, ok := n.Get(); ok && b.of(n) && !isAbstention(race, i) {
		p.raw(" <i>")
		p.share(n, b.n)
		p.raw("</i>")
	}
}

// rest is the sum of the choices without a column, absent when one of them is
// not stated. Abstentions are no choice to add.
func (b *breakdown) rest(race *snapshot.Race) snapshot.Count {
	list := make([]snapshot.Count, 0, len(b.others))
	for _, i := range b.others {
		if i >= len(race.Result.Votes) {
			return snapshot.Count{}
		}
		if !isAbstention(race, i) {
			list = append(list, race.Result.Votes[i])
		}
	}
	sum, err := snapshot.Sum(list...)
	if err != nil {
		return snapshot.Count{}
	}
	return sum
}

// reach appends how far the count in a place is, in the fewest words.
func (p *page) reach(race *snapshot.Race) {
	r := &race.Result
	switch {
	case p.condition(race) && !r.HasVotes():
	case r.Totals.UnitsIn.Present():
		in, _ := r.Totals.UnitsIn.Get()
		if total, stated := r.Totals.UnitsTotal.Get(); stated {
			p.say(p.w.Fraction, in, total) // in a column that says of what
		} else {
			p.number(in)
		}
	case !r.HasVotes():
		p.raw(p.w.NothingYet)
	case r.Complete():
		p.raw(p.complete(r))
	default:
		p.raw(p.w.Partial)
	}
}

// class tells who leads in a place, for its area on the map.
func (b *breakdown) class(race *snapshot.Race) markup {
	if !race.Result.HasVotes() || lacksVotes(race) {
		return mapNothing
	}
	var buf [64]int
	order := ranked(buf[:0], race)
	if leaders(race, order) == 0 || len(order) > 1 && votes(race.Result, order[0]) == votes(race.Result, order[1]) {
		return mapLevel
	}
	return mapChoice(slices.Index(b.shown, order[0]))
}

// heads are the names of the choices with a column.
func (b *breakdown) heads() []string {
	out := make([]string, len(b.shown))
	for k, i := range b.shown {
		out[k] = b.contest.Choices[i].Name
	}
	return out
}
