package templates

import (
	"cmp"
	"slices"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

// AppendPlacePage appends the page of a place: the races counted in it and the
// places inside it. The page of the root is the home page.
func AppendPlacePage(dst []byte, v PlaceView, s *Site) []byte {
	p := newPage(dst, s)
	sh := shell{path: v.Path, trail: v.Trail, changed: v.Changed}
	head := s.Name
	if v.Home {
		sh.above = v.Unit.Name
	} else {
		head = v.Unit.Name
		sh.title[0] = head
	}
	p.open(sh)
	p.raw("<h1>")
	p.name(head)
	p.raw("</h1>\n<p id=\"outcome\" class=\"lede\" data-live>")
	counted := p.placeSentence(v)
	p.raw("</p>\n")
	p.fresh(v.AsOf, counted)
	p.raw("<div id=\"results\" data-live>\n")
	if v.intermediate() {
		p.notice(p.w.IntermediateSome)
	}
	p.raceGroups(v.Races)
	p.placeTable(v.Places, v.AsOf)
	p.raw("</div>\n")
	return p.close(sh)
}

// intermediate reports whether a number on the page belongs to an intermediate
// count.
func (v *PlaceView) intermediate() bool {
	return slices.ContainsFunc(v.Races, func(l RaceLine) bool { return l.Race.Result.Kind == snapshot.IntermediateCount }) ||
		slices.ContainsFunc(v.Places, func(l PlaceLine) bool { return l.Intermediate > 0 })
}

// placeSentence appends how far the count in a place is, and reports whether
// anything was counted.
func (p *page) placeSentence(v PlaceView) (counted bool) {
	var some, done, places int64
	for i := range v.Races {
		if r := v.Races[i].Race.Result; r.HasVotes() {
			some++
			if r.Complete() {
				done++
			}
		}
	}
	for i := range v.Places {
		if v.Places[i].Reporting > 0 {
			places++
		}
	}
	if some == 0 && places == 0 {
		p.raw(p.w.Nothing)
		return false
	}
	if n := int64(len(v.Races)); n > 0 {
		p.say(p.w.RacesSome, some, n)
		p.say(p.w.RacesDone, done)
		p.raw(". ")
	}
	if n := int64(len(v.Places)); n > 0 {
		p.say(p.w.PlacesSome, places, n)
		p.raw(".")
	}
	return true
}

// raceGroups appends the races under their headings, headings and races in
// the order in which they are first seen.
func (p *page) raceGroups(races []RaceLine) {
	next := make([]int, len(races)) // next race of the same heading, 0 for none
	last := make(map[string]int)
	var heads []int
	for i := range races {
		h := races[i].Race.Contest.Heading
		if before, ok := last[h]; ok {
			next[before] = i
		} else {
			heads = append(heads, i)
		}
		last[h] = i
	}
	for _, i := range heads {
		p.raw("<section>\n<h2>")
		if h := races[i].Race.Contest.Heading; h != "" {
			p.name(h)
		} else {
			p.raw(p.w.AllRaces)
		}
		p.raw("</h2>\n<ul class=\"races\">\n")
		for {
			p.raceLine(&races[i])
			if i = next[i]; i == 0 {
				break
			}
		}
		p.raw("</ul>\n</section>\n")
	}
}

// raceLine appends a race with its first two.
func (p *page) raceLine(l *RaceLine) {
	r := l.Race.Result
	p.raw("<li><h3>")
	p.link(Link{Text: l.Race.Contest.Name, Path: l.Path})
	p.raw("</h3>")
	if r.HasVotes() {
		p.firstTwo(l.Race)
	}
	p.raw("<p>")
	p.raceState(l.Race)
	if r.Kind == snapshot.IntermediateCount {
		p.label(p.w.IntermediateMark)
	}
	if l.Corrected {
		p.label(p.w.CorrectedMark)
	}
	p.raw("</p></li>\n")
}

// label appends a word beside what it is about.
func (p *page) label(word markup) {
	p.raw(" <b class=\"tag\">")
	p.raw(word)
	p.raw("</b>")
}

func (p *page) firstTwo(race *snapshot.Race) {
	r := race.Result
	b := basisOf(race)
	var buf [64]int
	order := ranked(buf[:0], race)
	p.raw("<table><tbody>")
	for _, i := range order[:min(2, len(order))] {
		if !r.HasVotes() || isAbstention(race, i) {
			break
		}
		c := &race.Contest.Choices[i]
		p.raw("<tr><th scope=\"row\">")
		p.name(c.Name)
		if c.Party != "" {
			p.raw(" <i>")
			p.name(c.Party)
			p.raw("</i>")
		}
		if o := outcome(r, i); o == snapshot.Elected || o == snapshot.Passed || o == snapshot.Runoff {
			p.tag(o)
		}
		p.raw("</th>")
		p.votes(r.Votes[i], b)
		p.raw("</td></tr>")
	}
	p.raw("</tbody></table>")
}

// raceState appends how far a race is, in a few words.
func (p *page) raceState(race *snapshot.Race) {
	r := race.Result
	if !r.HasVotes() {
		p.raw(p.w.NoResult)
		return
	}
	sep := markup("")
	if r.Totals.UnitsIn.Present() {
		p.units(r.Totals)
		sep = " · "
	}
	if r.Complete() {
		m := p.w.status(r.Status)
		if m == "" || r.Status == snapshot.UnofficialPartial {
			m = cmp.Or(p.w.kind(r.Kind), p.w.Full)
		}
		p.raw(sep)
		p.raw(m)
		sep = " · "
	}
	if lacksVotes(race) {
		p.raw(sep)
		p.raw(p.w.SomeMissing)
		return
	}
	if !r.Complete() && !slices.ContainsFunc(r.Outcomes, func(o snapshot.Outcome) bool { return o != snapshot.NoOutcome }) {
		p.raw(sep)
		p.raw(p.w.Undecided)
	}
}

// placeTable appends the places inside a place. The day of a count stands
// where it is not that of the latest.
func (p *page) placeTable(places []PlaceLine, latest time.Time) {
	if len(places) == 0 {
		return
	}
	p.raw("<section>\n<h2>")
	p.raw(p.w.Places)
	p.raw("</h2>\n<table class=\"places\">\n<caption class=\"away\">")
	p.raw(p.w.PlacesCaption)
	p.raw("</caption>\n<thead><tr><th scope=\"col\">")
	p.raw(p.w.Place)
	p.raw("</th><th scope=\"col\">")
	p.raw(p.w.Reporting)
	p.raw("</th><th scope=\"col\">")
	p.raw(p.w.Complete)
	p.raw("</th><th scope=\"col\">")
	p.raw(p.w.Last)
	p.raw("</th></tr></thead>\n<tbody>\n")
	for i := range places {
		l := &places[i]
		p.raw("<tr><th scope=\"row\">")
		p.link(Link{Text: l.Unit.Name, Path: l.Path})
		if l.Intermediate > 0 {
			p.label(p.w.IntermediateMark)
		}
		p.raw("</th><td>")
		p.say(p.w.Fraction, int64(l.Reporting), int64(l.Races))
		p.raw("</td><td>")
		p.number(int64(l.Complete))
		p.raw("</td><td>")
		if l.Reporting > 0 && !l.AsOf.IsZero() {
			p.clock(l.AsOf, latest)
		} else {
			p.raw(p.w.NothingYet)
		}
		p.raw("</td></tr>\n")
	}
	p.raw("</tbody>\n</table>\n</section>\n")
}
