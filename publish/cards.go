package publish

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/templates"
	"github.com/heraldresults/herald/templates/card"
)

// How many cards one release paints at most. A card takes some milliseconds,
// and numbers must not wait for pictures: only the first release, which has
// none, takes its time.
const (
	cardsAtFirst = 4000
	cardsLater   = 200
)

// gallery paints cards; nil paints none.
type gallery struct {
	painter *card.Painter
	warning string     // stands on every card
	hash    shard.Hash // of how cards look
	// At most so many are painted in the first release, and in later ones.
	first, later int
}

// newGallery returns nil when no cards are wanted.
func newGallery(site *templates.Site, font []byte) (*gallery, error) {
	if !site.Cards {
		return nil, nil
	}
	g := &gallery{warning: site.Warning(), first: cardsAtFirst, later: cardsLater}
	mode := ""
	if site.Mode != templates.Live {
		mode = strings.ToUpper(string(site.Mode))
	}
	var err error
	if g.painter, err = card.New(card.Config{Name: site.Name, Mode: mode, Font: font}); err != nil {
		return nil, fmt.Errorf("prepare the cards: %w", err)
	}
	sample, err := g.painter.Card("Mayor", "Unit", g.warning)
	if err != nil {
		return nil, fmt.Errorf("paint a card to see how it looks: %w", err)
	}
	g.hash = shard.HashOf(sample)
	return g, nil
}

// picture is a card to be painted.
type picture struct{ path, title, subtitle string }

// planCards chooses the cards that this release paints, by group, -1 for those
// of the election: some of those that are not there yet, look as they no
// longer do, or bear other names. One with another name that has to wait is
// listed no more until its turn comes.
func (p *planner) planCards() {
	if p.look.gallery == nil {
		return
	}
	p.cards = &manifest.Cards{Look: p.look.gallery.hash, Since: p.number}
	if old := p.old.release; old != nil && old.Cards != nil && old.Cards.Look == p.cards.Look {
		p.cards.Since = old.Cards.Since
	}
	p.painting = map[int][]picture{}
	left := p.look.gallery.later
	if p.number == 1 {
		left = p.look.gallery.first
	}
	want := func(group int, page, title, subtitle string, renamed bool) {
		path := templates.CardPath(page)
		files := p.filesOf(group)
		i, there := findFile(*files, path)
		switch {
		case !renamed && there && (*files)[i].ChangedRelease >= p.cards.Since:
		case left > 0:
			left--
			p.painting[group] = append(p.painting[group], picture{path, title, subtitle})
		case renamed && there:
			*files = slices.Delete(slices.Clone(*files), i, i+1)
		}
	}
	names := p.namesBefore()
	for _, sh := range p.next.book.sheets {
		if sh.kind != placeSheet || sh.part > 1 {
			continue
		}
		title, subtitle := p.next.book.tree.places[sh.of].unit.Name, p.sites[0].Name
		if sh.of == 0 {
			title, subtitle = subtitle, title
		}
		unit := p.next.book.tree.places[sh.of].unit
		before, known := names[unit.ID]
		want(sh.group, sh.path, title, subtitle, known && before != unit.Name)
	}
	for _, i := range p.next.book.order {
		r, old := p.next.snap.Races[i], p.next.snap.Races[i]
		if i < len(p.old.races) {
			old = p.old.snap.Races[i]
		}
		want(p.next.races[i].group, shard.RacePage(r.Unit.ID, r.Contest.ID), r.Contest.Name, r.Unit.Name,
			r.Contest.Name != old.Contest.Name || r.Unit.Name != old.Unit.Name)
	}
}

// namesBefore are the names of places by id in the release before, when they
// may be others now.
func (p *planner) namesBefore() map[string]string {
	out := map[string]string{}
	if p.old.book != nil && p.old.book != p.next.book {
		for _, pl := range p.old.book.tree.places {
			out[pl.unit.ID] = pl.unit.Name
		}
	}
	return out
}

// filesOf is the list of the files of a group, or of the election.
func (p *planner) filesOf(group int) *[]manifest.File {
	if group < 0 {
		return &p.next.files
	}
	return &p.next.groups[group].files
}

// paint paints the cards of one group. Each counts as new even if it looks as
// before, so that its turn is over.
func (p *planner) paint(s *fileSet, group int) error {
	for _, c := range p.painting[group] {
		raw, err := p.look.gallery.painter.Card(c.title, c.subtitle, p.look.gallery.warning)
		if err != nil {
			return fmt.Errorf("paint %s: %w", c.path, err)
		}
		if err := s.put(c.path, raw); err != nil {
			return err
		}
		f := s.next[c.path]
		f.ChangedRelease = p.number
		s.next[c.path] = f
	}
	return nil
}
