package publish

import (
	"time"

	"github.com/heraldresults/herald/templates"
)

// view is what a page shows, ready to be appended in any language.
func (p *planner) view(sh *sheet) render {
	switch sh.kind {
	case placeSheet:
		v := p.placeView(sh)
		return func(b []byte, s *templates.Site) []byte { return templates.AppendPlacePage(b, v, s) }
	case typeSheet:
		v := p.typeView(sh)
		return func(b []byte, s *templates.Site) []byte { return templates.AppendTypePage(b, v, s) }
	case liteSheet:
		v := p.liteView(sh)
		return func(b []byte, s *templates.Site) []byte { return templates.AppendLitePage(b, v, s) }
	case breakdownSheet:
		v := p.breakdownView(sh)
		return func(b []byte, s *templates.Site) []byte { return templates.AppendBreakdownPage(b, v, s) }
	case choicesSheet:
		v := templates.ChoicesView{RaceView: p.raceView(sh.of), Path: sh.path, Part: p.partOf(sh),
			From: (sh.part - 1) * choiceRows, To: sh.part * choiceRows}
		return func(b []byte, s *templates.Site) []byte { return templates.AppendChoicesPage(b, v, s) }
	case findSheet:
		return func(b []byte, s *templates.Site) []byte { return templates.AppendFindPage(b, p.findView(sh, s), s) }
	case updatesSheet:
		return func(b []byte, s *templates.Site) []byte { return templates.AppendUpdatesPage(b, p.updatesView(s), s) }
	case correctionsSheet:
		v := p.correctionsView()
		return func(b []byte, s *templates.Site) []byte { return templates.AppendCorrectionsPage(b, v, s) }
	case dataSheet:
		v := p.dataView()
		return func(b []byte, s *templates.Site) []byte { return templates.AppendDataPage(b, v, s) }
	}
	return plainPage(sh.path)
}

// plainPage is a page that says nothing of races.
func plainPage(path string) render {
	switch path {
	case templates.AboutPath:
		return templates.AppendAboutPage
	case templates.StatusPath:
		return templates.AppendStatusPage
	case templates.EmbedPath:
		return templates.AppendEmbedPage
	}
	return templates.AppendNotFoundPage
}

// cut is what part n, from 1, of a list shows.
func cut[T any](list []T, n, most int) []T {
	return list[(n-1)*most : min(n*most, len(list))]
}

// partOf says where a page stands among the parts of its list.
func (p *planner) partOf(sh *sheet) templates.Part {
	if sh.parts < 2 {
		return templates.Part{}
	}
	b := p.next.book
	first := b.at[sh.path] - sh.part + 1
	part := templates.Part{Number: sh.part, Of: sh.parts}
	for i := range sh.parts {
		part.Paths = append(part.Paths, b.sheets[first+i].path)
	}
	return part
}

// lines show races in a list, with the latest count and the newest release of
// any of them.
func (p *planner) lines(races []int) (lines []templates.RaceLine, asOf time.Time, changed int) {
	lines = make([]templates.RaceLine, len(races))
	for n, i := range races {
		lines[n] = raceLine(p.next.snap.Races[i])
		lines[n].Corrected = p.next.races[i].corrected
		asOf = later(asOf, lines[n].AsOf)
		changed = max(changed, p.next.races[i].changed)
	}
	return lines, asOf, changed
}

func (p *planner) placeView(sh *sheet) templates.PlaceView {
	t := p.next.book.tree
	pl, sum := &t.places[sh.of], p.sums[sh.of]
	v := templates.PlaceView{Unit: pl.unit, Home: sh.of == 0, Path: sh.path, Part: p.partOf(sh),
		Sums: p.placeLine(sh.of), AsOf: sum.asOf, Changed: sum.changed}
	v.Map = p.look.overrides.Map(pl.unit.ID, p.look.addresses)
	v.Races, _, _ = p.lines(cut(pl.races, sh.part, placeRaces))
	if sh.of > 0 {
		v.Trail = p.trail(pl.parent)
	}
	if sh.part > 1 {
		return v
	}
	v.Places = make([]templates.PlaceLine, len(pl.children))
	for n, j := range pl.children {
		v.Places[n] = p.placeLine(j)
	}
	if v.Home {
		v.Types = p.next.book.typeLines(p.next.snap)
	}
	return v
}

func (p *planner) placeLine(i int) templates.PlaceLine {
	t, v := p.next.book.tree, p.sums[i]
	return templates.PlaceLine{Unit: t.places[i].unit, Path: t.path(i), Tally: v.Tally,
		Intermediate: v.intermediate, Changed: v.changed, AsOf: v.asOf}
}

func (p *planner) typeView(sh *sheet) templates.TypeView {
	h := &p.next.book.types[sh.of]
	v := templates.TypeView{Name: h.name, Trail: p.trail(0), Path: sh.path, Part: p.partOf(sh)}
	v.Races, v.AsOf, v.Changed = p.lines(cut(h.races, sh.part, typeRaces))
	return v
}

func (p *planner) liteView(sh *sheet) templates.LiteView {
	v := templates.LiteView{Path: sh.path, Part: p.partOf(sh)}
	v.Races, v.AsOf, v.Changed = p.lines(cut(p.next.book.order, sh.part, liteRaces))
	return v
}

func (p *planner) breakdownView(sh *sheet) templates.BreakdownView {
	b, r := p.next.book, p.next.snap.Races[sh.of]
	race := p.raceView(sh.of)
	v := templates.BreakdownView{Race: r, RacePath: race.Path, Trail: race.Trail, Path: sh.path, Part: p.partOf(sh)}
	v.Units, v.AsOf, v.Changed = p.lines(cut(b.inside[sh.of], sh.part, unitRows))
	v.Map = p.look.overrides.Map(r.Unit.ID, p.look.addresses)
	v.AsOf, v.Changed = later(v.AsOf, r.AsOf), max(v.Changed, p.next.races[sh.of].changed)
	return v
}

// findView is the A to Z of one language. A language that divides its letters
// in another way shows all of them where it has no page of its own.
func (p *planner) findView(sh *sheet, site *templates.Site) templates.FindView {
	for n := range p.sites {
		if p.sites[n] != site {
			continue
		}
		if v, own := p.next.book.find[n][sh.path]; own {
			return v
		}
		v := p.next.book.find[n][templates.FindPath]
		v.Path = sh.path
		return v
	}
	return templates.FindView{Path: sh.path}
}

func (p *planner) dataView() templates.DataView {
	v := templates.DataView{Path: templates.DataPath}
	for _, g := range p.next.groups {
		v.Groups = append(v.Groups, templates.GroupLine{ID: g.ref.ID, Region: g.ref.Region, Races: len(g.races)})
	}
	return v
}
