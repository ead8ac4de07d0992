package publish

import (
	"context"
	"errors"
	"fmt"
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
	if err := p.loadGroups(ctx, s); err != nil {
		return err
	}
	s.snap.AsOf, _ = time.Parse(time.RFC3339, head.SourceAsOf)
	s.tree = newTree(s.snap, p.cfg.Site.Name)
	p.state = s
	p.readThrough(ctx)
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

// groupFiles are the three objects of a group.
type groupFiles struct {
	defs   *manifest.Definitions
	counts *manifest.Counts
	index  *manifest.Index
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
			f.index, err = readJSON[manifest.Index](gctx, p, p.layout.Index(ref.ID, ref.Index), ref.Index)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	r := restorer{lang: p.cfg.Site.Lang.Code, state: s, units: map[string]*snapshot.Unit{}, contests: map[string]*snapshot.Contest{}}
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
	lang     string
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
	for i, def := range f.defs.Races {
		race, err := r.race(def, results[i], f.index.Races[i])
		if err != nil {
			return fmt.Errorf("race %s: %w", def.ID, err)
		}
		entry := f.index.Races[i]
		gr.races = append(gr.races, len(snap.Races))
		snap.Races = append(snap.Races, race)
		r.state.races = append(r.state.races, raceState{rev: entry.Rev, changed: entry.ChangedRelease,
			json: entry.JSON, html: entry.HTML[r.lang], group: len(r.state.groups), corrected: entry.Corrected})
	}
	r.state.groups = append(r.state.groups, gr)
	return nil
}

func restoreContest(c manifest.Contest) *snapshot.Contest {
	out := &snapshot.Contest{ID: c.ID, Key: orDefault(c.Key, c.ID), Name: c.Name, Type: c.Type, Seats: c.Seats,
		Order: c.Order, Heading: c.Heading, Choices: make([]snapshot.Choice, len(c.Choices))}
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

// pages puts every page beside its place in the tree.
func (r *restorer) pages(files []groupFiles) {
	byUnit := map[string]manifest.Page{}
	for _, f := range files {
		for _, pg := range f.index.Pages {
			byUnit[pg.Unit] = pg
		}
	}
	for _, pg := range r.state.release.Pages {
		byUnit[pg.Unit] = pg
	}
	t := newTree(r.state.snap, "")
	r.state.pages = make([]manifest.Page, len(t.places))
	for i, pl := range t.places {
		r.state.pages[i] = byUnit[pl.unit.ID]
	}
}

// recall reads back history and corrections of the races that snap changes,
// which after a start are in the store alone.
func (p *Publisher) recall(ctx context.Context, snap *snapshot.Snapshot, all bool) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(p.cfg.Concurrency)
	for i := range p.state.races {
		s := &p.state.races[i]
		old := p.state.snap.Races[i]
		if s.recalled || !all && i < len(snap.Races) && (old == snap.Races[i] || old.Result.Equal(snap.Races[i].Result) && old.Contest == snap.Races[i].Contest && old.Unit == snap.Races[i].Unit) {
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

// readThrough reads up to which release the last heartbeat says that the
// addresses are fresh.
func (p *Publisher) readThrough(ctx context.Context) {
	obj, _, err := p.cfg.Store.Get(ctx, p.layout.Status())
	if err == nil {
		var st *manifest.Status
		var raw []byte
		if raw, err = shard.Decode(obj.Body); err == nil {
			st, err = manifest.Read[manifest.Status](raw)
		}
		if err == nil {
			p.through = st.AliasesThrough
		}
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		p.cfg.Log.WarnContext(ctx, "status.json is not readable, refreshing every address", "err", err)
	}
	p.alias.add(nil, p.through)
}

// heal lines up the addresses that a crash may have left behind: those of
// everything that changed after the release up to which they were fresh. Their
// bytes are read from the shards.
func (p *Publisher) heal() {
	var late []*fresh
	if p.through < p.state.number() {
		late = p.lateSince(p.through)
	}
	p.alias.add(late, p.state.number())
}

// lateSince is what the addresses of everything that changed after a release
// are to hold. Addresses that may be new come
// before the home page, which links to them all.
func (p *Publisher) lateSince(through int) []*fresh {
	var list []*fresh
	t, published := turn(p.head.current), p.head.current.Published
	line := func(key, from, contentType string) {
		list = append(list, &fresh{alias: alias{key: key, contentType: contentType, added: through == 0}, from: from, turn: t, published: published})
	}
	for _, f := range p.look.schemas {
		list = append(list, &fresh{alias: alias{key: f.key, contentType: f.contentType, body: p.enc.EncodeNamed(f.raw, f.hash), added: through == 0}, turn: t, published: published})
	}
	for i, pg := range p.state.pages {
		if i > 0 && pg.ChangedRelease > through {
			line(p.layout.AliasPlace(pg.Unit), p.layout.PlaceHTML(pg.Unit, pg.Hash), typeHTML)
		}
	}
	for i, s := range p.state.races {
		r := p.state.snap.Races[i]
		if s.changed > through {
			line(p.layout.AliasRace(r.Unit.ID, r.Contest.ID), p.layout.RaceHTML(r.ID, s.html.Hash), typeHTML)
			line(p.layout.AliasRaceJSON(r.Unit.ID, r.Contest.ID), p.layout.RaceJSON(r.ID, s.json.Hash), typeJSON)
		}
	}
	home := p.state.pages[0]
	line(p.layout.AliasHome(), p.layout.PlaceHTML(home.Unit, home.Hash), typeHTML)
	list[len(list)-1].added = false
	return list
}
