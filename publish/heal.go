package publish

import (
	"context"
	"errors"

	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/templates"
)

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
// are to hold, in the order in which they are to be fresh.
func (p *Publisher) lateSince(through int) []*fresh {
	l := late{p: p, through: through, turn: turn(p.head.current), published: p.head.current.Published}
	for _, f := range p.look.schemas {
		l.add(&fresh{alias: alias{key: f.key, contentType: f.contentType, body: p.enc.EncodeNamed(f.raw, f.hash)}})
	}
	s := p.state
	for i, pg := range s.pages {
		l.page(s.book.sheets[i].path, pg)
	}
	for _, k := range s.kept {
		l.page(k.path, k.pageState)
	}
	for i := range s.races {
		race, r := &s.races[i], s.snap.Races[i]
		path := shard.RaceFile(r.Unit.ID, r.Contest.ID)
		l.page(shard.RacePage(r.Unit.ID, r.Contest.ID), pageState{race.html, race.changed})
		l.line(at(p.layout, "", path), p.layout.RaceJSON(r.ID, race.json.Hash), typeJSON, race.changed)
	}
	for _, f := range s.files {
		l.file(f)
	}
	for _, g := range s.groups {
		for _, f := range g.files {
			l.file(f)
		}
	}
	l.line(at(p.layout, "", updatesLog+".json"), p.layout.Log(updatesLog, s.release.Updates), typeJSON, s.number())
	l.line(at(p.layout, "", correctionsLog+".json"), p.layout.Log(correctionsLog, s.release.Corrections), typeJSON, s.corrections.ChangedRelease)
	sortAliases(l.list, func(f *fresh) alias { return f.alias })
	return l.list
}

// late collects addresses that may be behind.
type late struct {
	p         *Publisher
	through   int
	turn      shard.Turn
	published string
	list      []*fresh
}

func (l *late) add(f *fresh) {
	f.added = l.through == 0 && f.key != l.p.layout.Alias("", templates.HomePath)
	f.turn, f.published = l.turn, l.published
	l.list = append(l.list, f)
}

// line adds an address that is to hold a shard which a release changed.
func (l *late) line(to address, from, contentType string, changed int) {
	if changed > l.through {
		l.add(&fresh{alias: alias{key: to.key, contentType: contentType, rank: to.rank}, from: from})
	}
}

func (l *late) page(path string, pg pageState) {
	for n, s := range pg.html {
		if !s.Hash.IsZero() {
			l.line(at(l.p.layout, segment(l.p.sites, n), path), l.p.layout.Page(path, s.Hash), typeHTML, pg.changed)
		}
	}
}

func (l *late) file(f manifest.File) {
	l.line(at(l.p.layout, "", f.Path), l.p.layout.File(f.Path, f.Hash), typeOf(f.Path), f.ChangedRelease)
}
