package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/templates"
)

// load reads head, release, definitions, counts and indexes, checks their
// hashes, and makes of them the state and the snapshot that were published.
func (p *Publisher) load(ctx context.Context) error {
	head, tag, err := readHead(ctx, p.cfg.Store, p.layout.Head())
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the head: %w", err)
	}
	if head.Election != p.cfg.Site.Election || head.Mode != string(p.cfg.Site.Mode) {
		return fmt.Errorf("the head is of election %q in mode %q, the configuration says %q in mode %q",
			head.Election, head.Mode, p.cfg.Site.Election, p.cfg.Site.Mode)
	}
	switch {
	case head.Note != "" && p.cfg.Verifier == nil:
		return errors.New("the published head is signed, and this publisher has no key")
	case head.Note != "":
		if err := head.Verify(p.cfg.Verifier); err != nil {
			return err
		}
	}
	p.head.current, p.head.tag = head, tag
	s := &state{hash: head.Release}
	if s.release, err = readJSON[manifest.Release](ctx, p, p.layout.Release(head.Release), head.Release); err != nil {
		return err
	}
	if err := p.sameLanguages(s.release.Languages); err != nil {
		return err
	}
	if err := p.loadGroups(ctx, s); err != nil {
		return err
	}
	if s.updates, err = readJSON[manifest.Updates](ctx, p, p.layout.Log(updatesLog, s.release.Updates), s.release.Updates); err != nil {
		return err
	}
	if s.corrections, err = readJSON[manifest.Corrections](ctx, p, p.layout.Log(correctionsLog, s.release.Corrections), s.release.Corrections); err != nil {
		return err
	}
	s.snap.AsOf, _ = time.Parse(time.RFC3339, head.SourceAsOf)
	p.state = s
	p.readThrough(ctx)
	return nil
}

// sameLanguages refuses settings under which pages that are published in a
// language would be left behind with old results.
func (p *Publisher) sameLanguages(published []string) error {
	var have []string
	for _, l := range p.cfg.Languages {
		have = append(have, l.Code)
	}
	for n, code := range published {
		if n == 0 && have[0] != code {
			return fmt.Errorf("the default language of what is published is %q, the configuration says %q; addresses depend on it", code, have[0])
		}
		if !slices.Contains(have, code) {
			return fmt.Errorf("pages are published in %q, which the configuration leaves out; they would stay behind with old results", code)
		}
	}
	return nil
}

// readJSON reads one object named by its hash.
func readJSON[T any](ctx context.Context, p *Publisher, key string, h shard.Hash) (*T, error) {
	raw, err := p.read(ctx, key, h)
	if err != nil {
		return nil, err
	}
	v, err := manifest.Read[T](raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return v, nil
}

func (p *Publisher) read(ctx context.Context, key string, h shard.Hash) ([]byte, error) {
	return get(ctx, p.cfg.Store, key, h)
}

// get reads one object named by its hash.
func get(ctx context.Context, st store.Store, key string, h shard.Hash) ([]byte, error) {
	obj, _, err := st.Get(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	raw, err := shard.Decode(obj.Body)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	if shard.HashOf(raw) != h {
		return nil, fmt.Errorf("read %s: %w", key, errCorrupt)
	}
	return raw, nil
}

// groupFiles are the objects of a group. Files is nil when it has none.
type groupFiles struct {
	defs   *manifest.Definitions
	counts *manifest.Counts
	index  *manifest.Index
	files  *manifest.Files
}

func (p *Publisher) loadGroups(ctx context.Context, s *state) error {
	files := make([]groupFiles, len(s.release.Groups))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(min(p.cfg.Concurrency, 16))
	for i, ref := range s.release.Groups {
		g.Go(func() (err error) {
			f := &files[i]
			if f.defs, err = readJSON[manifest.Definitions](gctx, p, p.layout.Definitions(ref.ID, ref.Definitions), ref.Definitions); err != nil {
				return err
			}
			if f.counts, err = readJSON[manifest.Counts](gctx, p, p.layout.Counts(ref.ID, ref.Counts), ref.Counts); err != nil {
				return err
			}
			if f.index, err = readJSON[manifest.Index](gctx, p, p.layout.Index(ref.ID, ref.Index), ref.Index); err != nil || ref.Files.IsZero() {
				return err
			}
			f.files, err = readJSON[manifest.Files](gctx, p, p.layout.Files(ref.ID, ref.Files), ref.Files)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	r := restorer{sites: p.sites, state: s, units: map[string]*snapshot.Unit{}, contests: map[string]*snapshot.Contest{}}
	s.snap = &snapshot.Snapshot{}
	for i, f := range files {
		if err := r.group(s.release.Groups[i], f); err != nil {
			return fmt.Errorf("group %s: %w", s.release.Groups[i].ID, err)
		}
	}
	r.pages(files)
	return nil
}

// restorer makes the snapshot and the state from the groups of a release. The
// order of races is that of the groups.
type restorer struct {
	sites    []*templates.Site
	state    *state
	units    map[string]*snapshot.Unit
	contests map[string]*snapshot.Contest
}

func (r *restorer) group(ref manifest.Group, f groupFiles) error {
	n := len(f.defs.Races)
	if len(f.index.Races) != n || f.counts.Definitions != ref.Definitions {
		return fmt.Errorf("definitions, counts and index do not belong together")
	}
	snap := r.state.snap
	for _, u := range f.defs.Units {
		if r.units[u.ID] == nil {
			unit := &snapshot.Unit{ID: u.ID, Key: orDefault(u.Key, u.ID), Name: u.Name, Type: u.Type, Parent: r.units[u.Parent]}
			r.units[u.ID] = unit
			snap.Units = append(snap.Units, unit)
		}
	}
	for _, c := range f.defs.Contests {
		if r.contests[c.ID] == nil {
			contest := restoreContest(c)
			r.contests[c.ID] = contest
			snap.Contests = append(snap.Contests, contest)
		}
	}
	choices := make([]int, n)
	for i, def := range f.defs.Races {
		if c := r.contests[def.Contest]; c != nil {
			choices[i] = len(c.Choices)
		}
	}
	results, err := f.counts.Results(choices)
	if err != nil {
		return err
	}
	gr := groupState{ref: ref}
	if f.files != nil {
		gr.files = f.files.Files
	}
	for i, def := range f.defs.Races {
		race, err := r.race(def, results[i], f.index.Races[i])
		if err != nil {
			return fmt.Errorf("race %s: %w", def.ID, err)
		}
		entry := f.index.Races[i]
		gr.races = append(gr.races, len(snap.Races))
		snap.Races = append(snap.Races, race)
		r.state.races = append(r.state.races, raceState{rev: entry.Rev, changed: entry.ChangedRelease,
			json: entry.JSON, html: r.html(entry.HTML), group: len(r.state.groups), corrected: entry.Corrected})
	}
	r.state.groups = append(r.state.groups, gr)
	return nil
}

func restoreContest(c manifest.Contest) *snapshot.Contest {
	out := &snapshot.Contest{ID: c.ID, Key: orDefault(c.Key, c.ID), Name: c.Name, Type: c.Type, Seats: c.Seats,
		Order: c.Order, Heading: c.Heading, CountUnit: c.CountUnit, Choices: make([]snapshot.Choice, len(c.Choices))}
	for i, ch := range c.Choices {
		out.Choices[i] = snapshot.Choice{ID: ch.ID, ChoiceDef: snapshot.ChoiceDef{Key: orDefault(ch.Key, ch.ID),
			Name: ch.Name, Party: ch.Party, Number: ch.Number, Detail: ch.Detail, Type: ch.Type}}
	}
	return out
}

func (r *restorer) race(def manifest.RaceDef, result snapshot.Result, e manifest.RaceEntry) (*snapshot.Race, error) {
	contest, unit := r.contests[def.Contest], r.units[def.Unit]
	if contest == nil || unit == nil || e.ID != def.ID {
		return nil, errors.New("it names a contest or unit that is not defined")
	}
	if result.Kind != e.Kind {
		return nil, fmt.Errorf("its count is of the kind %q, the index says %q", result.Kind, e.Kind)
	}
	if result.Condition != e.Condition {
		return nil, fmt.Errorf("its condition is %q, the index says %q", result.Condition, e.Condition)
	}
	result.Status = e.Status
	if len(e.Outcomes) > 0 {
		result.Outcomes = make([]snapshot.Outcome, len(contest.Choices))
		for i, c := range contest.Choices {
			result.Outcomes[i] = e.Outcomes[c.ID]
		}
	}
	race := &snapshot.Race{ID: def.ID, Contest: contest, Unit: unit, Result: result}
	if e.AsOf != "" {
		var err error
		if race.AsOf, err = time.Parse(time.RFC3339, e.AsOf); err != nil {
			return nil, err
		}
	}
	return race, nil
}

// html are the pages of all languages in their order.
func (r *restorer) html(byLanguage map[string]manifest.Shard) []manifest.Shard {
	out := make([]manifest.Shard, len(r.sites))
	for n, site := range r.sites {
		out[n] = byLanguage[site.Lang.Code]
	}
	return out
}

// pages lists the pages that there are and puts beside each what is published
// of it.
func (r *restorer) pages(files []groupFiles) {
	s := r.state
	s.book = newBook(s.snap, s.groups, r.sites)
	s.pages = make([]pageState, len(s.book.sheets))
	s.files = s.release.Files
	take := func(pages []manifest.Page) {
		for _, pg := range pages {
			page := pageState{r.html(pg.HTML), pg.ChangedRelease}
			if i, listed := s.book.at[pg.Path]; listed {
				s.pages[i] = page
			} else {
				s.kept = append(s.kept, keptPage{pg.Path, page})
			}
		}
	}
	take(s.release.Pages)
	for _, f := range files {
		take(f.index.Pages)
	}
	slices.SortFunc(s.kept, keptPage.compare)
}

// recall reads back history and corrections of these races, which after a
// start are in the store alone.
func (p *Publisher) recall(ctx context.Context, races []int) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(p.cfg.Concurrency)
	for _, i := range races {
		s, old := &p.state.races[i], p.state.snap.Races[i]
		if s.recalled {
			continue
		}
		g.Go(func() error {
			raw, err := p.read(gctx, p.layout.RaceJSON(old.ID, s.json.Hash), s.json.Hash)
			if err != nil {
				return err
			}
			known, err := templates.ReadRace(raw)
			if err != nil {
				return fmt.Errorf("race %s: %w", old.ID, err)
			}
			s.history, s.corrections, s.recalled = known.History, known.Corrections, true
			return nil
		})
	}
	return g.Wait()
}
