package templates

import (
	"slices"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

// AppendTypePage appends the page of a contest type: every race of it as one
// line.
func AppendTypePage(dst []byte, v TypeView, s *Site) []byte {
	p := newPage(dst, s)
	sh := shell{path: v.Path, trail: v.Trail, changed: v.Changed, slow: true}
	sh.title[0], sh.title[1] = v.Name, partOf(v.Part)
	p.open(sh)
	p.raw("<h1>")
	if v.Name != "" {
		p.name(v.Name)
	} else {
		p.raw(p.w.AllRaces)
	}
	p.raw("</h1>\n")
	p.raceList("<table class=\"many lines\">\n", v.Races, v.Part, v.AsOf, [4]markup{p.w.Race, p.w.First, p.w.Votes, p.w.Counted},
		func(l *RaceLine) { p.typeRow(l, v.Name) })
	return p.close(sh)
}

// raceList appends a part of a long list of races, a row each: how far they
// are, and the way to the other parts.
func (p *page) raceList(table markup, races []RaceLine, part Part, asOf time.Time, columns [4]markup, row func(*RaceLine)) {
	counted := p.listSentence(races, part)
	p.fresh(asOf, counted)
	p.raw("<div id=\"results\" data-live>\n")
	if anyIntermediate(races) {
		p.notice(p.w.IntermediateSome)
	}
	p.parts(part)
	p.raw(table)
	p.raw("<caption class=\"away\">")
	p.raw(p.w.RacesCaption)
	p.raw("</caption>\n")
	p.columns(columns[:]...)
	p.raw("<tbody>\n")
	for i := range races {
		row(&races[i])
	}
	p.raw("</tbody>\n</table>\n")
	p.partsBelow(part)
	p.raw("</div>\n")
}

// listSentence appends how far the races of a list are, and reports whether
// anything was counted that can be. A part of a list says it of the part.
func (p *page) listSentence(races []RaceLine, part Part) (counted bool) {
	var sums Tally
	for i := range races {
		sums.Add(&races[i].Race.Result)
	}
	p.raw("<p id=\"outcome\" class=\"lede\" data-live>")
	if part.Of > 1 {
		p.say(p.w.PartOf, int64(part.Number), int64(part.Of))
		p.raw(p.w.Stop)
	}
	if sums.Reporting == 0 {
		p.raw(p.nothing(sums, len(races)))
	} else {
		p.say(p.w.RacesSome, int64(sums.Reporting), int64(sums.Races))
		p.say(p.w.RacesDone, int64(sums.Complete))
		p.raw(p.w.End)
	}
	p.raw("</p>\n")
	return sums.begun(len(races))
}

// typeRow appends a race: where it is, who is first, with how many votes, and
// how far the count is.
func (p *page) typeRow(l *RaceLine, of string) {
	p.raw("<tr><th scope=\"row\">")
	name, unit := l.Race.Contest.Name, l.Race.Unit.Name
	if name == of {
		name, unit = unit, ""
	}
	p.link(Link{Text: name, Path: l.Path})
	if unit != "" {
		p.raw(" <i>")
		p.name(unit)
		p.raw("</i>")
	}
	p.raw("</th>")
	var buf [64]int
	now := standing(l.Race)
	order := ranked(buf[:0], now)
	p.raw("<td>")
	first := p.front(now, order)
	p.raw("</td><td>")
	if first >= 0 {
		n := now.Result.Votes[first]
		p.cell(n)
		if n, ok := n.Get(); ok {
			if b := basisOf(now); b.of(n) {
				p.raw(" <i>")
				p.share(n, b.n)
				p.raw("</i>")
			}
		}
	}
	p.raw("</td><td>")
	p.raceState(l.Race)
	p.ahead(l.Race, order)
	p.labels(l)
	p.raw("</td></tr>\n")
}

// maxFront is how many of those in front a line names.
const maxFront = 3

// front appends who is in front: those of whom the source states an outcome,
// else those who lead. It returns the only one, -1 when there are none or
// several.
func (p *page) front(race *snapshot.Race, order []int) int {
	var buf [16]int
	list := buf[:0]
	for _, i := range order {
		if shownInLists(outcome(race.Result, i)) {
			list = append(list, i)
		}
	}
	if len(list) == 0 && (len(race.Result.Rounds) > 0 || !lacksVotes(race)) {
		list = append(list, order[:leaders(race, order)]...)
	}
	for n, i := range list[:min(maxFront, len(list))] {
		if n > 0 {
			p.raw("<br>")
		}
		p.short(race, i)
	}
	if n := len(list) - maxFront; n > 0 {
		p.say(p.w.More, int64(n))
	}
	if len(list) == 1 && race.Result.HasVotes() {
		return list[0]
	}
	return -1
}

func anyIntermediate(races []RaceLine) bool {
	return slices.ContainsFunc(races, func(l RaceLine) bool { return l.Race.Result.Kind == snapshot.IntermediateCount })
}
