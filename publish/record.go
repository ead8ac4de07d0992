package publish

import (
	"slices"
	"strconv"
	"time"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/templates"
)

// The names of the lists of what happened, and the folder of the pages that
// hold older updates, a hundred each.
const (
	updatesLog     = "updates"
	correctionsLog = "corrections"
	updatesFolder  = "updates/"
)

// namedPlaces is how many places an update names.
const namedPlaces = 8

// record adds this release to the lists of what happened.
func (p *planner) record() {
	u := manifest.Update{Release: p.number, AsOf: rfc3339(p.next.snap.AsOf), Added: p.report.Added, Changed: p.report.Changed,
		Corrections: p.report.Corrections}
	for _, i := range p.moved {
		if p.next.snap.Races[i].Result.Complete() && (i >= len(p.old.races) || !p.old.snap.Races[i].Result.Complete()) {
			u.Completed++
		}
	}
	u.Places, u.MorePlaces = p.where()
	p.next.updates = &manifest.Updates{V: manifest.Version, Election: p.layout.Election(), Updates: []manifest.Update{u}}
	if p.old.updates != nil {
		before := p.old.updates.Updates
		p.next.updates.Updates = append(p.next.updates.Updates, before[:min(len(before), manifest.MaxUpdates-1)]...)
	}
	p.recordCorrections()
}

// where names the places of the races that moved: those themselves when they
// are few, else those above them on the lowest level of the tree on which they
// are few, else the first of the highest.
func (p *planner) where() (ids []string, more int) {
	t := p.next.book.tree
	at := map[int]bool{}
	level := 0
	for _, i := range p.moved {
		if pl := t.of[i]; pl > 0 {
			at[pl] = true
			level = max(level, t.places[pl].depth)
		}
	}
	for ; level > 1 && len(at) > namedPlaces; level-- {
		up := map[int]bool{}
		for pl := range at {
			if t.places[pl].depth == level {
				pl = t.places[pl].parent
			}
			up[pl] = true
		}
		at = up
	}
	list := make([]int, 0, len(at))
	for pl := range at {
		list = append(list, pl)
	}
	slices.Sort(list)
	for _, pl := range list[:min(len(list), namedPlaces)] {
		ids = append(ids, t.places[pl].unit.ID)
	}
	return ids, len(list) - len(ids)
}

// recordCorrections puts the corrections of this release before the others, and
// takes the numbers of races that are withheld now out of all of them.
func (p *planner) recordCorrections() {
	c := &manifest.Corrections{V: manifest.Version, Election: p.layout.Election(), ChangedRelease: p.number, Corrections: []manifest.Correction{}}
	withheld := map[string]bool{}
	for _, i := range p.moved {
		r := p.next.snap.Races[i]
		withheld[r.ID] = r.Result.Condition == snapshot.Withheld
		if p.kind[i] == "correction" {
			c.Corrections = append(c.Corrections, p.correction(p.changed[i]))
		}
	}
	changed := len(c.Corrections) > 0
	p.recorrected = changed
	if old := p.old.corrections; old != nil {
		p.recorrected = changed || p.shows(old)
		c.More = old.More
		for _, one := range old.Corrections {
			if n := len(one.Changes); withheld[one.Race] && n > 0 {
				one.Changes = slices.DeleteFunc(slices.Clone(one.Changes), func(m manifest.Change) bool { return !isProgress(m.What) })
				changed = changed || len(one.Changes) < n
			}
			c.Corrections = append(c.Corrections, one)
		}
		if !changed {
			c.ChangedRelease = old.ChangedRelease
		}
	}
	if over := len(c.Corrections) - manifest.MaxCorrections; over > 0 {
		c.More += over
		c.Corrections = c.Corrections[:manifest.MaxCorrections]
	}
	p.next.corrections = c
}

// correction is what is told of a race with numbers that fell.
func (p *planner) correction(c diff.RaceChange) manifest.Correction {
	one := manifest.Correction{Race: c.Next.ID, Release: p.number, AsOf: rfc3339(c.Next.AsOf), Reason: reason(c), Changes: []manifest.Change{}}
	for _, f := range told(c) {
		m := manifest.Change{What: f.What, From: f.From, To: f.To}
		if f.Choice >= 0 {
			m.Choice = &f.Choice
		}
		one.Changes = append(one.Changes, m)
	}
	return one
}

// shows reports whether a race that moved is among these corrections.
func (p *planner) shows(c *manifest.Corrections) bool {
	moved := make(map[string]bool, len(p.moved))
	for _, i := range p.moved {
		moved[p.next.snap.Races[i].ID] = true
	}
	return slices.ContainsFunc(c.Corrections, func(c manifest.Correction) bool { return moved[c.Race] })
}

// renderLogs stores both lists, and the page of a hundred updates when this
// release makes it full.
func (p *planner) renderLogs(rel *manifest.Release) error {
	log := func(name string, v any, prev shard.Hash) (shard.Hash, error) {
		ref, err := p.store(manifest.Append(nil, v), prev, typeJSON, func(h shard.Hash) string { return p.layout.Log(name, h) }, at(p.layout, "", name+".json"))
		return ref.Hash, err
	}
	var old manifest.Release
	if p.old.release != nil {
		old = *p.old.release
	}
	var err error
	if rel.Updates, err = log(updatesLog, p.next.updates, old.Updates); err != nil {
		return err
	}
	if rel.Corrections, err = log(correctionsLog, p.next.corrections, old.Corrections); err != nil {
		return err
	}
	if p.number%manifest.MaxUpdates != 0 {
		return nil
	}
	full := keptPage{path: olderUpdates(p.number / manifest.MaxUpdates)}
	full.pageState, _, err = p.page(full.path, pageState{}, func(b []byte, site *templates.Site) []byte {
		v := p.updatesView(site)
		v.Path = full.path
		return templates.AppendUpdatesPage(b, v, site)
	}, nil)
	p.next.kept = append(p.next.kept[:len(p.next.kept):len(p.next.kept)], full)
	slices.SortFunc(p.next.kept, keptPage.compare)
	return err
}

// olderUpdates is the page of the n-th hundred releases, from 1.
func olderUpdates(n int) string { return updatesFolder + strconv.Itoa(n) + ".html" }

// updatesView is the page of the newest updates.
func (p *planner) updatesView(site *templates.Site) templates.UpdatesView {
	t := p.next.book.tree
	at := make(map[string]int, len(t.places))
	for i := range t.places {
		at[t.places[i].unit.ID] = i
	}
	v := templates.UpdatesView{Path: templates.UpdatesPath, Changed: p.number, Older: p.older(site)}
	for _, u := range p.next.updates.Updates {
		one := templates.Update{Release: u.Release, AsOf: moment(u.AsOf), Added: u.Added, Changed: u.Changed,
			Corrections: u.Corrections, Completed: u.Completed, MorePlaces: u.MorePlaces}
		for _, id := range u.Places {
			if i, known := at[id]; known {
				one.Places = append(one.Places, templates.Link{Text: t.places[i].unit.Name, Path: t.path(i)})
			}
		}
		v.Updates = append(v.Updates, one)
	}
	return v
}

// older is the newest page of older updates that there is in a language and
// that says something else than the list itself.
func (p *planner) older(site *templates.Site) string {
	path := olderUpdates((p.number - 1) / manifest.MaxUpdates)
	n := slices.Index(p.sites, site)
	for _, k := range p.next.kept {
		if k.path == path && n < len(k.html) && !k.html[n].Hash.IsZero() {
			return path
		}
	}
	return ""
}

func (p *planner) correctionsView() templates.CorrectionsView {
	races := make(map[string]*snapshot.Race, len(p.next.snap.Races))
	for _, r := range p.next.snap.Races {
		races[r.ID] = r
	}
	v := templates.CorrectionsView{Path: templates.CorrectionsPath, More: p.next.corrections.More, Changed: p.next.corrections.ChangedRelease}
	for _, c := range p.next.corrections.Corrections {
		r := races[c.Race]
		if r == nil {
			continue
		}
		one := templates.RaceCorrection{Race: r, Path: shard.RacePage(r.Unit.ID, r.Contest.ID),
			Correction: templates.Correction{Release: c.Release, AsOf: moment(c.AsOf), Reason: c.Reason}}
		for _, ch := range c.Changes {
			choice := -1
			if ch.Choice != nil && *ch.Choice < len(r.Contest.Choices) {
				choice = *ch.Choice
			}
			one.Changes = append(one.Changes, templates.Change{Choice: choice, What: ch.What, From: ch.From, To: ch.To})
		}
		v.Corrections = append(v.Corrections, one)
	}
	return v
}

// moment reads back what rfc3339 wrote; what is not a time is none.
func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}
