package publish

import (
	"strings"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/templates"
)

// renderRaces makes the JSON and the page of every race that has a new
// version, or of every race when all is rendered again.
func (p *planner) renderRaces() error {
	list := p.moved
	if p.full {
		list = make([]int, len(p.next.races))
		for i := range list {
			list[i] = i
		}
	}
	return each(len(list), func(n int, buf []byte) ([]byte, error) { return p.renderRace(list[n], buf) })
}

// renderRace is safe for many at once, each with another race.
func (p *planner) renderRace(i int, buf []byte) ([]byte, error) {
	r, s := p.next.snap.Races[i], &p.next.races[i]
	if kind, moved := p.kind[i]; moved {
		p.advance(s, r, i, kind)
	}
	page, data := p.layout.AliasRace(r.Unit.ID, r.Contest.ID), p.layout.AliasRaceJSON(r.Unit.ID, r.Contest.ID)
	view := templates.RaceView{
		Race: r, Rev: s.rev, Changed: s.changed, AsOf: r.AsOf,
		History: s.history, Corrections: s.corrections,
		Trail: p.trail(p.next.tree.of[i]),
		Path:  p.below(page), JSON: p.below(data),
	}
	buf = templates.AppendRaceJSON(buf, view, p.site)
	var err error
	s.json, err = p.store(buf, s.json, typeJSON, func(h shard.Hash) string { return p.layout.RaceJSON(r.ID, h) }, data)
	if err != nil {
		return buf, err
	}
	buf = templates.AppendRacePage(buf[:0], view, p.site)
	s.html, err = p.store(buf, s.html, typeHTML, func(h shard.Hash) string { return p.layout.RaceHTML(r.ID, h) }, page)
	return buf, err
}

// advance gives a race its next version: number, history, corrections.
func (p *planner) advance(s *raceState, r *snapshot.Race, i int, kind string) {
	s.rev++
	s.changed = p.number
	s.recalled = true
	c, changed := p.changed[i]
	if (changed || kind == "added") && r.Result.HasVotes() {
		s.history = templates.AddPoint(s.history, templates.PointOf(r))
	}
	if kind == "correction" {
		s.corrected = true
		// A new list: the old one belongs to the release before.
		s.corrections = append(s.corrections[:len(s.corrections):len(s.corrections)],
			templates.Correction{Release: p.number, AsOf: r.AsOf, Reason: reason(c), Changes: fallen(c)})
	}
}

// reason says why a number fell: the final count replaced an intermediate one,
// or the source states less than before.
func reason(c diff.RaceChange) string {
	if c.Prev.Result.Kind == snapshot.IntermediateCount && c.Next.Result.Kind == snapshot.FinalCount {
		return "final"
	}
	return "source"
}

// trail leads from the home page to place i, both included.
func (p *planner) trail(i int) []templates.Link {
	t := p.next.tree
	n := 0
	for j := i; j >= 0; j = t.places[j].parent {
		n++
	}
	links := make([]templates.Link, n)
	for j := i; j >= 0; j = t.places[j].parent {
		n--
		links[n] = templates.Link{Text: t.places[j].unit.Name, Path: p.below(p.placeAlias(j))}
	}
	return links
}

func (p *planner) placeAlias(i int) string {
	if i == 0 {
		return p.layout.AliasHome()
	}
	return p.layout.AliasPlace(p.next.tree.places[i].unit.ID)
}

// renderPlaces makes the pages of the places that hold a race with a new
// version, up to the home page.
func (p *planner) renderPlaces() error {
	t := p.next.tree
	p.sums = t.sums(p.next.snap, p.next.races)
	p.next.pages = make([]manifest.Page, len(t.places))
	if t == p.old.tree {
		copy(p.next.pages, p.old.pages)
	} else {
		p.keepPages()
	}
	touched := make([]bool, len(t.places))
	for _, i := range p.moved {
		for j := t.of[i]; j >= 0 && !touched[j]; j = t.places[j].parent {
			touched[j] = true
		}
	}
	var list []int
	for i := range t.places {
		if touched[i] || p.full || p.next.pages[i].Hash.IsZero() {
			list = append(list, i)
		}
	}
	return each(len(list), func(n int, buf []byte) ([]byte, error) { return p.renderPlace(list[n], buf) })
}

// keepPages carries over by unit what the old tree had.
func (p *planner) keepPages() {
	byUnit := make(map[string]manifest.Page, len(p.old.pages))
	for _, page := range p.old.pages {
		byUnit[page.Unit] = page
	}
	for i, pl := range p.next.tree.places {
		p.next.pages[i] = byUnit[pl.unit.ID]
	}
}

func (p *planner) renderPlace(i int, buf []byte) ([]byte, error) {
	t := p.next.tree
	pl := &t.places[i]
	view := templates.PlaceView{
		Unit: pl.unit, Home: i == 0, AsOf: p.sums[i].asOf,
		Path: p.below(p.placeAlias(i)),
	}
	if i > 0 {
		view.Trail = p.trail(pl.parent)
	}
	view.Races = make([]templates.RaceLine, len(pl.races))
	for n, j := range pl.races {
		r := p.next.snap.Races[j]
		view.Races[n] = templates.RaceLine{Race: r, AsOf: r.AsOf, Corrected: p.next.races[j].corrected,
			Path: p.below(p.layout.AliasRace(r.Unit.ID, r.Contest.ID))}
	}
	view.Places = make([]templates.PlaceLine, len(pl.children))
	for n, j := range pl.children {
		v := p.sums[j]
		view.Places[n] = templates.PlaceLine{Unit: t.places[j].unit, Path: p.below(p.placeAlias(j)),
			Races: v.races, Reporting: v.reporting, Complete: v.complete, Intermediate: v.intermediate, Changed: v.changed, AsOf: v.asOf}
	}
	view.Changed = p.sums[i].changed
	buf = templates.AppendPlacePage(buf, view, p.site)
	old := p.next.pages[i]
	ref, err := p.store(buf, manifest.Shard{Hash: old.Hash, Size: old.Size}, typeHTML,
		func(h shard.Hash) string { return p.layout.PlaceHTML(pl.unit.ID, h) }, p.placeAlias(i))
	if ref.Hash != old.Hash {
		p.next.pages[i] = manifest.Page{Unit: pl.unit.ID, Hash: ref.Hash, Size: ref.Size, ChangedRelease: p.number}
	}
	return buf, err
}

// below is an address without the election that begins it.
func (p *planner) below(key string) string { return strings.TrimPrefix(key, p.layout.Election()+"/") }
