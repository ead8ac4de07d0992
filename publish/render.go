package publish

import (
	"slices"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/templates"
)

// renderRaces makes the JSON and the page of every race that has a new
// version, or of every race when all is rendered again.
func (p *planner) renderRaces() error {
	return each(len(p.drawn), func(n int, buf []byte) ([]byte, error) { return p.renderRace(p.drawn[n], buf) })
}

// resetRaces finds the races that did not move and yet have another page: one
// that links to a breakdown that there was not before, or lies elsewhere.
func (p *planner) resetRaces() {
	b, before := p.next.book, p.old.book
	if b != before && before != nil {
		p.retrailed = b.tree.moved(before.tree)
		for i := range p.old.races {
			if _, moved := p.kind[i]; !moved && (b.broken(i) != before.broken(i) || p.retrailed[b.tree.of[i]]) {
				p.reset = append(p.reset, i)
			}
		}
	}
	if p.drawn = slices.Concat(p.moved, p.reset); p.full {
		p.drawn = make([]int, len(p.next.races))
		for i := range p.drawn {
			p.drawn[i] = i
		}
	}
}

// renderRace is safe for many at once, each with another race.
func (p *planner) renderRace(i int, buf []byte) ([]byte, error) {
	r, s := p.next.snap.Races[i], &p.next.races[i]
	if kind, moved := p.kind[i]; moved {
		p.advance(s, r, i, kind)
	}
	view := p.raceView(i)
	buf = templates.AppendRaceJSON(buf, view, p.sites[0])
	var err error
	s.json, err = p.store(buf, s.json.Hash, typeJSON, func(h shard.Hash) string { return p.layout.RaceJSON(r.ID, h) }, at(p.layout, "", view.JSON))
	if err != nil {
		return buf, err
	}
	var page pageState
	page, buf, err = p.page(view.Path, pageState{html: s.html}, func(b []byte, site *templates.Site) []byte {
		return templates.AppendRacePage(b, view, site)
	}, buf)
	s.html = page.html
	return buf, err
}

func (p *planner) raceView(i int) templates.RaceView {
	r, s := p.next.snap.Races[i], &p.next.races[i]
	return templates.RaceView{
		Race: r, Rev: s.rev, Changed: s.changed, AsOf: r.AsOf,
		History: s.history, Corrections: s.corrections,
		Trail: p.trail(p.next.book.tree.of[i]),
		Path:  shard.RacePage(r.Unit.ID, r.Contest.ID), JSON: shard.RaceFile(r.Unit.ID, r.Contest.ID),
		Breakdown: p.next.book.breakdown(r, i), Choices: choices(r),
	}
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
			templates.Correction{Release: p.number, AsOf: r.AsOf, Reason: reason(c), Changes: told(c)})
	}
	if r.Result.Condition == snapshot.Withheld {
		s.history, s.corrections = nil, withoutNumbers(s.corrections)
	}
}

// withoutNumbers are the corrections of a race that is withheld now: that there
// were some stays, and what they said of its progress.
func withoutNumbers(list []templates.Correction) []templates.Correction {
	list = slices.Clone(list)
	for i := range list {
		list[i].Changes = slices.DeleteFunc(slices.Clone(list[i].Changes), func(c templates.Change) bool { return !isProgress(c.What) })
	}
	return list
}

// told are the numbers that fell and that a correction tells: of a race that is
// withheld its progress alone.
func told(c diff.RaceChange) []templates.Change {
	list := fallen(c)
	if c.Next.Result.Condition != snapshot.Withheld {
		return list
	}
	return slices.DeleteFunc(list, func(c templates.Change) bool { return !isProgress(c.What) })
}

// isProgress reports whether a number that changed says how far a count is,
// which is told of races that are withheld, too.
func isProgress(what string) bool { return what == string(diff.UnitsIn) }

// reason says why a number fell: it is withheld, the final count replaced an
// intermediate one, or the source states less than before.
func reason(c diff.RaceChange) string {
	if c.Next.Result.Condition == snapshot.Withheld && c.Prev.Result.Condition != snapshot.Withheld {
		return "withheld"
	}
	if c.Prev.Result.Kind == snapshot.IntermediateCount && c.Next.Result.Kind == snapshot.FinalCount {
		return "final"
	}
	return "source"
}

// trail leads from the home page to place i, both included.
func (p *planner) trail(i int) []templates.Link {
	t := p.next.book.tree
	n := 0
	for j := i; j >= 0; j = t.places[j].parent {
		n++
	}
	links := make([]templates.Link, n)
	for j := i; j >= 0; j = t.places[j].parent {
		n--
		links[n] = templates.Link{Text: t.places[j].unit.Name, Path: t.path(j)}
	}
	return links
}
