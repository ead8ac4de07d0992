package templates

import "github.com/heraldresults/herald/diff/snapshot"

// AppendLitePage appends the page of all races as lines of text, as light as
// can be.
func AppendLitePage(dst []byte, v LiteView, s *Site) []byte {
	p := newPage(dst, s)
	sh := shell{path: v.Path, heading: p.w.LiteTitle, changed: v.Changed, slow: true}
	sh.title[0] = partOf(v.Part)
	p.open(sh)
	p.raw("<h1>")
	p.raw(sh.heading)
	p.raw("</h1>\n")
	p.raceList("<table class=\"many lite\">\n", v.Races, v.Part, v.AsOf, [4]markup{p.w.Race, p.w.Place, p.w.First, p.w.Counted}, p.liteRow)
	return p.close(sh)
}

// liteRow appends a race with its first two, or with those of whom the source
// states an outcome.
func (p *page) liteRow(l *RaceLine) {
	race := standing(l.Race)
	p.raw("<tr><th scope=\"row\">")
	p.link(Link{Text: race.Contest.Name, Path: l.Path})
	p.raw("<td>")
	p.name(race.Unit.Name)
	p.raw("<td>")
	var buf [64]int
	order := ranked(buf[:0], race)
	switch {
	case race.Result.HasVotes():
		p.liteFront(race, order)
	case stated(race.Result):
		p.statedOutcome(race, order)
	}
	p.raw("<td>")
	p.raceState(l.Race)
	p.labels(l)
	p.raw("\n")
}

func (p *page) liteFront(race *snapshot.Race, order []int) {
	var buf [64]int
	list, won := foremost(buf[:0], race, order)
	b := basisOf(race)
	for n, i := range list {
		if n > 0 {
			p.raw(p.w.Semicolon)
		}
		p.short(race, i)
		p.raw(" ")
		p.count(race.Result.Votes[i])
		if v, ok := race.Result.Votes[i].Get(); ok && b.of(v) {
			p.raw(" ")
			p.share(v, b.n)
		}
	}
	if won > len(list) {
		p.say(p.w.More, int64(won-len(list)))
	}
}
