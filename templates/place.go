package templates

import (
	"slices"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

// fewRaces is how many races a home page shows before the way to all others.
const fewRaces = 12

// AppendPlacePage appends the page of a place: the races counted in it and the
// places inside it. The page of the root is the home page.
func AppendPlacePage(dst []byte, v PlaceView, s *Site) []byte {
	p := newPage(dst, s)
	sh := shell{path: v.Path, trail: v.Trail, changed: v.Changed, slow: true}
	head := s.Name
	if v.Home {
		sh.above = v.Unit.Name
	} else {
		head = v.Unit.Name
		sh.title[0] = head
	}
	sh.title[1] = partOf(v.Part)
	p.open(sh)
	p.raw("<h1>")
	p.name(head)
	p.raw("</h1>\n<p id=\"outcome\" class=\"lede\" data-live>")
	counted := p.placeSentence(&v)
	if sums := v.sums(); counted {
		p.bar(int64(sums.Complete), int64(sums.Races))
	}
	p.raw("</p>\n")
	p.fresh(v.AsOf, v.sums().begun(len(v.Races)+len(v.Places)))
	if v.Home && len(v.Races) > fewRaces {
		p.findSection()
	}
	p.raw("<div id=\"results\" data-live>\n")
	if v.intermediate() {
		p.notice(p.w.IntermediateSome)
	}
	p.placeTurnout(&v)
	p.parts(v.Part)
	p.raceGroups(v.Races)
	p.partsBelow(v.Part)
	p.raw("</div>\n")
	if v.Home && len(v.Races) <= fewRaces {
		p.findSection()
	}
	if v.Home {
		p.typeTable(v.Types)
	}
	p.placeTable(&v)
	return p.close(sh)
}

// findSection appends the way to any race of the election.
func (p *page) findSection() {
	p.raw("<section class=\"way\">\n<h2>")
	p.raw(p.w.FindTitle)
	p.raw("</h2>\n")
	p.findSlot()
	p.raw("<p>")
	p.to(FindPath, p.w.FindAll)
	p.raw("</p>\n</section>\n")
}

// intermediate reports whether a number on the page belongs to an intermediate
// count.
func (v *PlaceView) intermediate() bool {
	return anyIntermediate(v.Races) ||
		slices.ContainsFunc(v.Places, func(l PlaceLine) bool { return l.Intermediate > 0 })
}

// sums are of the place and everything inside it, counted here when the view
// does not state them.
func (v *PlaceView) sums() PlaceLine {
	if v.Sums.Races > 0 {
		return v.Sums
	}
	var out PlaceLine
	for i := range v.Races {
		out.Add(&v.Races[i].Race.Result)
	}
	for i := range v.Places {
		out.Join(v.Places[i].Tally)
	}
	return out
}

// nothing says why none of the races listed has a count.
func (p *page) nothing(t Tally, listed int) markup {
	if t.Races == 0 && listed > 0 {
		return p.w.NothingToCount
	}
	return p.w.Nothing
}

// placeSentence appends how far the count in a place is, and reports whether
// anything was counted.
func (p *page) placeSentence(v *PlaceView) (counted bool) {
	sums := v.sums()
	places, n := int64(0), int64(0)
	for i := range v.Places {
		if v.Places[i].Races > 0 {
			n++
		}
		if v.Places[i].Reporting > 0 {
			places++
		}
	}
	if sums.Reporting == 0 {
		p.raw(p.nothing(sums.Tally, len(v.Races)+len(v.Places)))
		return false
	}
	p.say(p.w.RacesSome, int64(sums.Reporting), int64(sums.Races))
	p.say(p.w.RacesDone, int64(sums.Complete))
	if n > 0 {
		p.raw(p.w.Stop)
		p.say(p.w.PlacesSome, places, n)
	}
	p.raw(p.w.End)
	return true
}

// placeTurnout appends the turnout where all races in the place state the same
// one.
func (p *page) placeTurnout(v *PlaceView) {
	if v.Part.Of > 1 {
		return // the other parts may say something else
	}
	if ballots, electorate, ok := turnout(v.Races); ok {
		p.raw("<dl class=\"facts\"><div><dt>")
		p.raw(p.w.Turnout)
		p.raw("</dt><dd>")
		p.share(ballots, electorate)
		p.raw("</dd></div><div><dt>")
		p.raw(p.w.Ballots)
		p.raw("</dt><dd>")
		p.number(ballots)
		p.raw("</dd></div><div><dt>")
		p.raw(p.w.Electorate)
		p.raw("</dt><dd>")
		p.number(electorate)
		p.raw("</dd></div></dl>\n")
	}
}

// turnout is what every race of a place that is voted on states, when all of
// them are complete and say the same. Before that, ballots and registered
// voters may speak of different parts of the place.
func turnout(races []RaceLine) (ballots, electorate int64, ok bool) {
	for i := range races {
		r := &races[i].Race.Result
		if !r.Countable() {
			continue
		}
		b, isB := r.Totals.Ballots.Get()
		e, isE := r.Totals.Electorate.Get()
		if !isB || !isE || e < b || e == 0 || !r.Complete() || ok && (b != ballots || e != electorate) {
			return 0, 0, false
		}
		ballots, electorate, ok = b, e, true
	}
	return ballots, electorate, ok
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
	p.headings(races, heads)
	for n, i := range heads {
		p.raw("<section>\n<h2 id=\"")
		p.headID(n)
		p.raw("\">")
		p.heading(races[i].Race.Contest)
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

// headings appends the way to the headings of a long list.
func (p *page) headings(races []RaceLine, heads []int) {
	if len(races) <= fewRaces || len(heads) < 2 {
		return
	}
	p.raw("<nav class=\"letters\"")
	p.datum(` aria-label="`, p.w.OnThisPage)
	p.raw("><ul>")
	for n, i := range heads {
		p.raw("<li><a")
		p.attrFragment(n)
		p.raw(">")
		p.heading(races[i].Race.Contest)
		p.raw("</a></li>")
	}
	p.raw("</ul></nav>\n")
}

func (p *page) heading(c *snapshot.Contest) {
	if c.Heading != "" {
		p.name(c.Heading)
	} else {
		p.raw(p.w.AllRaces)
	}
}

// typeTable appends the contest types of the election.
func (p *page) typeTable(types []TypeLine) {
	p.raw("<section id=\"types\" data-live>")
	if len(types) == 0 {
		p.raw("</section>\n")
		return
	}
	p.raw("\n<h2>")
	p.raw(p.w.Types)
	p.raw("</h2>\n<table class=\"places\">\n<caption class=\"away\">")
	p.raw(p.w.TypesCaption)
	p.raw("</caption>\n")
	p.columns(p.w.Type, p.w.Reporting, p.w.Complete)
	p.raw("<tbody>\n")
	for i := range types {
		t := &types[i]
		p.raw("<tr><th scope=\"row\">")
		if t.Name != "" {
			p.link(Link{Text: t.Name, Path: t.Path})
		} else {
			p.to(t.Path, p.w.AllRaces)
		}
		p.howFar(t.Tally)
		p.raw("\n")
	}
	p.raw("</tbody>\n</table>\n</section>\n")
}

// howFar appends how many of some races have a count, and how many are
// complete. Tags that HTML lets one leave out are: there may be a thousand
// rows.
func (p *page) howFar(t Tally) {
	if t.Races == 0 {
		p.raw("<td>–<td>–")
		return
	}
	p.raw("<td>")
	p.say(p.w.Fraction, int64(t.Reporting), int64(t.Races))
	p.raw("<td>")
	p.number(int64(t.Complete))
}

// placeTable appends the places inside a place. The day of a count stands
// where it is not that of the latest.
func (p *page) placeTable(v *PlaceView) {
	v.Map = v.Map.of(len(v.Places), func(i int) string { return v.Places[i].Unit.ID })
	if len(v.Places) > 0 {
		p.raw("<h2>")
		p.raw(p.w.Places)
		p.raw("</h2>\n")
		p.mapSlot(v.Map, Part{})
	}
	p.raw("<div id=\"inside\" data-live>")
	if len(v.Places) == 0 {
		p.raw("</div>\n")
		return
	}
	p.mapKey(v.Map, nil)
	p.raw("\n<table class=\"places\">\n<caption class=\"away\">")
	p.raw(p.w.PlacesCaption)
	p.raw("</caption>\n")
	p.columns(p.w.Place, p.w.Reporting, p.w.Complete, p.w.Last)
	p.raw("<tbody>\n")
	for i := range v.Places {
		p.placeRow(v, &v.Places[i])
	}
	p.raw("</tbody>\n</table>\n</div>\n")
}

func (p *page) placeRow(v *PlaceView, l *PlaceLine) {
	p.raw("<tr")
	if v.Map != nil {
		p.mapRow(l.Unit.ID, l.class())
	}
	p.raw("><th scope=\"row\">")
	p.link(Link{Text: l.Unit.Name, Path: l.Path})
	if l.Intermediate > 0 {
		p.label(p.w.IntermediateMark)
	}
	p.howFar(l.Tally)
	p.raw("<td>")
	p.lastCounted(l, v.AsOf)
	p.raw("\n")
}

func (p *page) lastCounted(l *PlaceLine, latest time.Time) {
	switch {
	case l.Races == 0:
		p.raw("–")
	case l.Reporting > 0 && !l.AsOf.IsZero():
		p.clock(l.AsOf, latest)
	default:
		p.raw(p.w.NothingYet)
	}
}

// class tells how far a place is, for its area on the map.
func (l *PlaceLine) class() markup {
	switch {
	case l.Reporting == 0:
		return mapNothing
	case l.Complete >= l.Races:
		return mapDone
	}
	return mapSome
}
