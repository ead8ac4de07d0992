package templates

import (
	"unicode/utf8"

	"github.com/heraldresults/herald/diff/snapshot"
)

// AppendRacePage appends the page of one race: complete without script, and
// the same bytes for the same view and site. Its order is that of what readers
// need: what is decided, how old and how far the count is, the numbers, what
// is not in them, how they came about, where there is more.
func AppendRacePage(dst []byte, v RaceView, s *Site) []byte {
	p := newPage(dst, s)
	c := v.Race.Contest
	sh := shell{
		title: [2]string{c.Name, v.Race.Unit.Name},
		path:  v.Path, json: v.JSON, trail: v.Trail, changed: v.Changed,
		final: v.Race.Result.Status == snapshot.Certified,
	}
	p.open(sh)
	p.raceHeading(v.Race)
	p.scope(v.Race)

	var buf [64]int
	order := ranked(buf[:0], v.Race)
	p.raw("<p id=\"outcome\" class=\"lede\" data-live>")
	p.sentence(v.Race, order)
	p.raw("</p>\n<p id=\"progress\" class=\"state\" data-live>")
	p.state(v.Race)
	p.raw("</p>\n")
	p.fresh(v.AsOf, v.Race.Result.HasVotes() || !v.Race.Result.Countable())
	p.raw("<div id=\"results\" data-live>\n")
	p.notices(v.Race.Result)
	p.correctionNotice(v, "")
	p.table(v, order)
	p.rounds(v.Race)
	p.progress(v.Race.Result)
	p.channels(v.Race, order)
	p.notCounted()
	p.corrections(v)
	p.moved(v)
	p.raw("</div>\n")
	p.take(v)
	return p.close(sh)
}

// longTitle is the number of letters from which a title is set smaller, as
// questions of ballot measures are.
const longTitle = 60

// raceHeading appends the heading of a page about one race.
func (p *page) raceHeading(race *snapshot.Race) {
	if utf8.RuneCountInString(race.Contest.Name) < longTitle {
		p.raw("<h1>")
	} else {
		p.raw("<h1 class=\"long\">")
	}
	p.name(race.Contest.Name)
	p.raw(" <span class=\"where\">")
	p.name(race.Unit.Name)
	p.raw("</span></h1>\n")
}

// scope appends what is being decided and by how many: definitions, which do
// not tell how far the count is.
func (p *page) scope(race *snapshot.Race) {
	p.raw("<p id=\"scope\" class=\"state\" data-live>")
	sep := markup("")
	if n := race.Contest.Seats; n > 0 && fillsSeats(race.Contest) {
		p.say(p.w.Seats, int64(n))
		sep = " · "
	}
	if n, ok := race.Result.Totals.Electorate.Get(); ok {
		p.raw(sep)
		p.say(p.w.Voters, n)
	}
	p.raw("</p>\n")
}

// fillsSeats reports whether a contest is about seats, not about a question
// that is answered.
func fillsSeats(c *snapshot.Contest) bool {
	return c.Type != snapshot.BallotMeasureContest && c.Type != snapshot.RetentionContest
}

// state appends how far the count is, in the source's own unit, and what kind
// of count it is.
func (p *page) state(race *snapshot.Race) {
	r := race.Result
	sep := markup("")
	if r.Countable() && (r.Totals.UnitsIn.Present() || r.Totals.UnitsTotal.Present()) {
		p.raw("<b>")
		p.units(race)
		p.raw("</b>")
		sep = " · "
	}
	status := p.w.status(r.Status)
	if r.Condition != snapshot.NoCondition && r.Status == snapshot.PreElection {
		status = "" // the condition says more
	}
	for _, m := range [...]markup{p.w.condition(r.Condition), status, p.w.kind(r.Kind)} {
		if m != "" {
			p.raw(sep)
			p.raw(m)
			sep = " · "
		}
	}
}

// notices appends what must not be overlooked, before the numbers.
func (p *page) notices(r snapshot.Result) {
	if r.Kind == snapshot.IntermediateCount {
		p.notice(p.w.Intermediate)
	}
	if r.Condition == snapshot.Withheld && stated(r) {
		p.notice(p.w.Withheld) // else it is the sentence at the head
	}
}

// notice appends a sentence that must not be overlooked.
func (p *page) notice(sentence markup) {
	p.raw("<p class=\"notice\">")
	p.raw(sentence)
	p.raw("</p>\n")
}

// notCounted appends what the authority says is not in the numbers.
func (p *page) notCounted() {
	if p.w.NotCounted == "" {
		return
	}
	p.raw("<section id=\"not-counted\">\n<h2>")
	p.raw(p.w.NotCountedTitle)
	p.raw("</h2>\n")
	p.paragraphs(p.w.NotCounted)
	p.raw("</section>\n")
}
