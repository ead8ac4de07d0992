package templates

import (
	"slices"
	"strconv"

	"github.com/heraldresults/herald/diff/snapshot"
)

// column appends the head of a column.
func (p *page) column(name markup) {
	p.raw("<th scope=\"col\">")
	p.raw(name)
	p.raw("</th>")
}

// attrFragment appends the address of the nth heading of the page.
func (p *page) attrFragment(n int) {
	p.raw(` href="#`)
	p.headID(n)
	p.raw(`"`)
}

func (p *page) headID(n int) {
	p.raw("h-")
	p.b = strconv.AppendInt(p.b, int64(n), 10)
}

// partOf is the number of a part for the title of its page, "" for a list that
// is whole.
func partOf(part Part) string {
	if part.Of < 2 {
		return ""
	}
	return strconv.Itoa(part.Number) + "/" + strconv.Itoa(part.Of)
}

// parts appends the way to the other parts of a list, above it.
func (p *page) parts(part Part) {
	if part.Of < 2 || len(part.Paths) != part.Of {
		return
	}
	p.raw("<nav class=\"letters\"")
	p.datum(` aria-label="`, p.w.Parts)
	p.raw(">")
	p.partLinks(part)
	p.raw("</nav>\n")
}

// partsBelow appends the same below the list, where it is no landmark of its
// own: two of one name could not be told apart.
func (p *page) partsBelow(part Part) {
	if part.Of < 2 || len(part.Paths) != part.Of {
		return
	}
	p.raw("<div class=\"letters\">")
	p.partLinks(part)
	p.raw("</div>\n")
}

func (p *page) partLinks(part Part) {
	p.raw("<p>")
	p.say(p.w.PartOf, int64(part.Number), int64(part.Of))
	p.raw("</p><ul>")
	if part.Number > 1 {
		p.partLink(part.Paths[part.Number-2], `<a rel="prev"`, p.w.PartBefore)
	}
	for i, path := range part.Paths {
		p.raw("<li><a")
		p.path("href", path)
		if i+1 == part.Number {
			p.raw(` aria-current="page"`)
		}
		p.raw(">")
		p.number(int64(i + 1))
		p.raw("</a></li>")
	}
	if part.Number < part.Of {
		p.partLink(part.Paths[part.Number], `<a rel="next"`, p.w.PartAfter)
	}
	p.raw("</ul>")
}

func (p *page) partLink(path string, open, text markup) {
	p.raw("<li>")
	p.raw(open)
	p.path("href", path)
	p.raw(">")
	p.raw(text)
	p.raw("</a></li>")
}

// raceLine appends a race with who is first.
func (p *page) raceLine(l *RaceLine) {
	p.raw("<li><h3>")
	p.link(Link{Text: l.Race.Contest.Name, Path: l.Path})
	p.raw("</h3>")
	var buf [64]int
	now := standing(l.Race)
	order := ranked(buf[:0], now)
	switch {
	case l.Race.Result.HasVotes():
		p.firsts(now, order)
	case stated(l.Race.Result):
		p.raw("<p>")
		p.statedOutcome(l.Race, order)
		p.raw("</p>")
	}
	p.raw("<p>")
	p.raceState(l.Race)
	p.ahead(l.Race, order)
	p.labels(l)
	p.raw("</p></li>\n")
}

// standing is a race as its last round left it: who is out of a ranked count
// has no votes any more, and there are no shares.
func standing(race *snapshot.Race) *snapshot.Race {
	n := len(race.Result.Rounds)
	if n == 0 {
		return race
	}
	last := *race
	last.Result.Votes = race.Result.Rounds[n-1].Votes
	last.Result.Totals.Valid = snapshot.Count{}
	return &last
}

// labels appends what a reader must know of a count beside its numbers.
func (p *page) labels(l *RaceLine) {
	if l.Race.Result.Kind == snapshot.IntermediateCount {
		p.label(p.w.IntermediateMark)
	}
	if l.Corrected {
		p.label(p.w.CorrectedMark)
	}
}

// label appends a word beside what it is about.
func (p *page) label(word markup) {
	p.raw(" <b class=\"tag\">")
	p.raw(word)
	p.raw("</b>")
}

// firsts appends the first two of a race, or more who are elected.
func (p *page) firsts(race *snapshot.Race, order []int) {
	var buf [64]int
	list, won := foremost(buf[:0], race, order)
	b := basisOf(race)
	p.raw("<table>") // without the tags that HTML lets one leave out: there are many
	for n, i := range list {
		p.raw("<tr><th scope=\"row\">")
		p.short(race, i)
		if rest := won - len(list); rest > 0 && n+1 == len(list) {
			p.say(p.w.More, int64(rest))
		}
		p.votes(race.Result.Votes[i], b)
	}
	p.raw("</table>")
}

// foremost appends the choices that a line of a list shows: those of whom the
// source states an outcome, at most maxFront, else those with most votes, two
// in all. It returns of how many an outcome is stated.
func foremost(dst []int, race *snapshot.Race, order []int) (list []int, won int) {
	for _, i := range order {
		if shownInLists(outcome(race.Result, i)) {
			if won++; won <= maxFront {
				dst = append(dst, i)
			}
		}
	}
	for _, i := range order {
		if len(dst) < 2 && !isAbstention(race, i) && !slices.Contains(dst, i) {
			dst = append(dst, i)
		}
	}
	return dst, won
}

// short appends a choice with its party, what became of it, and the seats that
// it has won.
func (p *page) short(race *snapshot.Race, i int) {
	r := &race.Result
	c := &race.Contest.Choices[i]
	p.name(c.Name)
	if c.Party != "" && c.Party != c.Name {
		p.raw(" <i>")
		p.name(c.Party)
		p.raw("</i>")
	}
	if n := seats(*r, i); n >= 0 {
		p.raw(" <i>")
		p.say(p.w.Seats, n)
		p.raw("</i>")
	}
	if o := outcome(*r, i); shownInLists(o) {
		p.tag(o)
	}
}

// shownInLists are the outcomes that lists of races show.
func shownInLists(o snapshot.Outcome) bool {
	switch o {
	case snapshot.Elected, snapshot.Passed, snapshot.Runoff, snapshot.Tie, snapshot.Lot:
		return true
	}
	return false
}

// raceState appends how far a race is, in a few words.
func (p *page) raceState(race *snapshot.Race) {
	r := &race.Result
	said := p.condition(race)
	if !r.HasVotes() {
		if !said {
			p.raw(p.w.NoResult)
		}
		return
	}
	l := lister{p: p, some: said}
	if n := len(r.Rounds); n > 0 {
		l.sep()
		p.say(p.w.Round, int64(n))
	}
	if r.Totals.UnitsIn.Present() {
		l.sep()
		p.units(race)
	}
	if r.Complete() && !said || r.Status == snapshot.Recount {
		l.word(p.complete(r))
	}
	switch {
	case said:
	case lacksVotes(race):
		l.word(p.w.SomeMissing)
	case !r.Complete() && !stated(*r):
		l.word(p.w.Undecided)
	}
}

// ahead appends by how much the first is ahead, after the state of a race,
// unless that decides nothing: both go to a run-off, or a lot decides. Where
// outcomes bring others to the front than the votes, it would be about
// somebody who is not shown.
func (p *page) ahead(race *snapshot.Race, order []int) {
	var buf [64]int
	if list, _ := foremost(buf[:0], race, order); len(list) == 0 || list[0] != order[0] {
		return
	}
	if o := outcome(race.Result, order[0]); o == snapshot.Runoff || o == snapshot.Tie || o == snapshot.Lot {
		return
	}
	if n, ok := margin(race, order); ok {
		p.raw(" · ")
		p.say(p.w.Ahead, n)
	}
}

// lister puts a dot between words.
type lister struct {
	p    *page
	some bool
}

func (l *lister) sep() {
	if l.some {
		l.p.raw(" · ")
	}
	l.some = true
}

func (l *lister) word(m markup) {
	l.sep()
	l.p.raw(m)
}

// complete says in which sense all is counted.
func (p *page) complete(r *snapshot.Result) markup {
	if m := p.w.status(r.Status); m != "" && r.Status != snapshot.UnofficialPartial {
		return m
	}
	if m := p.w.kind(r.Kind); m != "" {
		return m
	}
	return p.w.Full
}

// condition appends what became of a race beside its count, and reports
// whether there is anything to say.
func (p *page) condition(race *snapshot.Race) bool {
	switch race.Result.Condition {
	case snapshot.Uncontested:
		p.raw(p.w.Uncontested)
		for i := range race.Contest.Choices {
			p.listed(&race.Contest.Choices[i], i)
		}
		p.unlisted(len(race.Contest.Choices))
	case snapshot.Withheld:
		p.raw(p.w.WithheldMark)
	case snapshot.Annulled:
		p.raw(p.w.AnnulledMark)
	case snapshot.Postponed:
		p.raw(p.w.PostponedMark)
	default:
		return false
	}
	return true
}

// margin is by how many votes the first is ahead of the second, where one of
// them can win and nothing but these votes decides. Level is no margin.
func margin(race *snapshot.Race, order []int) (int64, bool) {
	r := &race.Result
	many := race.Contest.Type == snapshot.CandidateContest && race.Contest.Seats > 1 || race.Contest.Type == snapshot.PartyContest
	if many || r.Condition != snapshot.NoCondition || len(r.Rounds) > 0 || len(order) < 2 || lacksVotes(race) ||
		isAbstention(race, order[0]) || isAbstention(race, order[1]) {
		return 0, false
	}
	a, b := votes(*r, order[0]), votes(*r, order[1])
	return a - b, a > b && b >= 0
}
