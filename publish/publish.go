// Package publish has the hands of Herald: it takes snapshots to a store and
// moves the head.
//
// It promises that the head's conditional PUT is the only commit, that
// everything a head names was stored before it, that one lost answer never
// makes two histories, and that what was published last stays when anything
// goes wrong. It refuses to go on after another publisher has taken the head.
// The stores are the only state: a Publisher that starts from nothing carries
// on from them.
package publish

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/sync/errgroup"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/templates"
)

// ErrFenced says that another publisher has written the head since this one
// read it. This one must stop.
var ErrFenced = errors.New("another publisher has taken over")

// Config is what a Publisher needs. Fields without a default must be set.
type Config struct {
	Store store.Store
	// Private is read by Herald alone. It keeps what incremental feeds need to
	// go on after a restart; nil when there is none of these.
	Private store.Store
	// Site holds the election's slug and name, mode, time zone, poll interval,
	// the address of the host and the key that verifies heads; the rest is
	// filled in.
	Site templates.Site
	// Languages are those of the pages, the default one first; none means
	// English. Once published, a language stays, and the default one stays the
	// default.
	Languages []*templates.Language
	// Schedule are the moments at which the authority has announced to publish,
	// for readers to know when to look again.
	Schedule []time.Time
	// Cards makes pictures for links to pages; they need Site.Origin.
	Cards bool
	// Overrides are what the authority makes its own; nil overrides nothing.
	// The languages were made with its words.
	Overrides *templates.Overrides
	// GroupBy is the type of unit that regions are; "" makes one region.
	GroupBy snapshot.UnitType
	// Signer and Verifier are of one key; both nil leaves heads unsigned.
	Signer   note.Signer
	Verifier note.Verifier
	// Purge hands addresses to the edges as a hint. It must not block; nil
	// sends none.
	Purge func(cdn.Request)
	Log   *slog.Logger

	// Quiet leaves the head alone until there is something to publish, so that
	// looking does not fence off a publisher that runs.
	Quiet bool

	Concurrency int           // requests in flight; default 64
	HeadEvery   time.Duration // least time between two writes of the head; default 1 s
	StatusEvery time.Duration // least time between two heartbeats; default 15 s
	NextUpdate  time.Duration // a head is renewed at the latest after; default 5 min
	Deadline    time.Duration // for one publish up to its commit; default 2 min

	// Now is the wall clock, for times that people read; default time.Now.
	Now func() time.Time
}

func (c *Config) check() error {
	if c.Store == nil || c.Log == nil || c.Site.Location == nil {
		return errors.New("publish: Config needs a store, a log and a time zone")
	}
	if (c.Signer == nil) != (c.Verifier == nil) {
		return errors.New("publish: Config has half a key")
	}
	if err := c.checkSite(); err != nil {
		return err
	}
	c.Concurrency = orDefault(c.Concurrency, 64)
	c.HeadEvery = orDefault(c.HeadEvery, time.Second)
	c.StatusEvery = orDefault(c.StatusEvery, 15*time.Second)
	c.NextUpdate = orDefault(c.NextUpdate, 5*time.Minute)
	c.Deadline = orDefault(c.Deadline, 2*time.Minute)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Purge == nil {
		c.Purge = func(cdn.Request) {}
	}
	return nil
}

// checkSite completes what pages depend on.
func (c *Config) checkSite() error {
	switch {
	case c.Verifier == nil:
		c.Site.Key = ""
	case c.Site.Key == "":
		c.Site.Key = c.Verifier.Name() // readers cannot check with a name alone
	}
	return c.checkLanguages()
}

func (c *Config) checkLanguages() error {
	if len(c.Languages) == 0 {
		english, err := templates.NewLanguage("en", nil)
		if err != nil {
			return err
		}
		c.Languages = []*templates.Language{english}
	}
	seen := map[string]bool{c.Site.Election: true}
	for _, l := range c.Languages {
		s := shard.Segment(l.Code)
		if seen[s] {
			return fmt.Errorf("publish: language %q is there twice, or is the name of the election", l.Code)
		}
		seen[s] = true
	}
	return nil
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

// Publisher publishes one election. Publish and Heartbeat are called one at a
// time; Refresh may run beside them.
type Publisher struct {
	cfg    Config
	layout shard.Layout
	sites  []*templates.Site // one a language, the default one first
	look   look
	enc    shard.Encoder
	head   *headWriter
	alias  *aliases
	state  *state
	full   bool // render everything at each publish; for proofs
	// stored are the keys that attempts at the next release have stored, so that
	// one that ran out of time is carried on rather than begun again.
	stored sync.Map
	// mapsCompared says that the maps were held against the units once.
	mapsCompared bool

	beat time.Time // monotonic: last heartbeat
	// leading is set by the first head that this publisher wrote; through is
	// the release up to which addresses were fresh when it started.
	leading bool
	through int
}

// newSites makes a site for each language.
func newSites(cfg Config) []*templates.Site {
	var langs []templates.Alternate
	for n, l := range cfg.Languages {
		base := "/" + cfg.Site.Election + "/"
		if n > 0 {
			base = "/" + shard.Segment(l.Code) + base
		}
		langs = append(langs, templates.Alternate{Code: l.Code, Name: l.Name, Base: base})
	}
	sites := make([]*templates.Site, len(langs))
	for n, l := range cfg.Languages {
		site := cfg.Site
		site.Cards = cfg.Cards && cfg.Site.Origin != ""
		site.Lang, site.Langs, site.Base, site.Root = l, langs, langs[n].Base, langs[0].Base
		sites[n] = &site
	}
	return sites
}

// Open reads and verifies what the store holds and, unless it is to be quiet,
// takes the head over: it writes it again with the next term, so that an older
// publisher that still runs is fenced off. A quiet one does so with its first
// release. An empty store is left empty.
func Open(ctx context.Context, cfg Config) (*Publisher, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	layout, err := shard.NewLayout(cfg.Site.Election)
	if err != nil {
		return nil, err
	}
	p := &Publisher{cfg: cfg, layout: layout, sites: newSites(cfg), state: &state{}}
	p.look = newLook(p.sites, p.cfg.Overrides)
	if p.look.gallery, err = newGallery(p.sites[0], p.cfg.Overrides.Font()); err != nil {
		return nil, err
	}
	p.head = &headWriter{cfg: &p.cfg, key: layout.Head(), term: 1}
	p.alias = newAliases(&p.cfg, layout)
	if err := p.load(ctx); err != nil {
		return nil, fmt.Errorf("read what is published: %w", err)
	}
	if p.head.current == nil {
		return p, nil
	}
	p.sayLook(ctx)
	p.head.term = p.head.current.Term + 1
	if cfg.Quiet {
		return p, nil
	}
	landed, err := p.head.commit(ctx, &attempt{})
	if err != nil {
		return nil, fmt.Errorf("take the head over: %w", err)
	}
	p.adopt(ctx, landed)
	p.cfg.Log.InfoContext(ctx, "carrying on", "release", p.state.number(), "seq", p.head.current.Seq,
		"term", p.head.term, "races", len(p.state.races), "signed", p.cfg.Signer != nil)
	return p, nil
}

// Published is the snapshot last committed, nil before the first. The
// assembler starts from it.
func (p *Publisher) Published() *snapshot.Snapshot { return p.state.snap }

// Release is the number of the release last committed, 0 before the first.
func (p *Publisher) Release() int { return p.state.number() }

// Publish makes snap the current release, if it says anything new. The first
// release of an election holds definitions and no counts, so that every
// address exists before the first result. When Publish returns without an
// error the release is committed; aliases follow with Refresh. After an error
// other than ErrFenced the last release is still current, or the outcome is
// known at the next call; call again with the newest snapshot.
func (p *Publisher) Publish(ctx context.Context, snap *snapshot.Snapshot) (Report, error) {
	return p.PublishWith(ctx, snap, nil)
}

// PublishWith is Publish, and the release names what is remembered of feeds
// beside snap: it is stored in Config.Private, which must be set then, before
// the head. Nil keeps what the release before names.
func (p *Publisher) PublishWith(ctx context.Context, snap *snapshot.Snapshot, memory Memory) (Report, error) {
	if err := p.settleHead(ctx); err != nil {
		return Report{}, err
	}
	if p.state.release == nil && snap.HasVotes() {
		if r, err := p.publish(ctx, snap.WithoutCounts(), nil); err != nil {
			return r, err
		}
	}
	return p.publish(ctx, snap, memory)
}

// settleHead finds out what became of a head whose answer was lost.
func (p *Publisher) settleHead(ctx context.Context) error {
	landed, err := p.head.settle(ctx)
	p.adopt(ctx, landed)
	return err
}

func (p *Publisher) publish(ctx context.Context, snap *snapshot.Snapshot, memory Memory) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Deadline)
	defer cancel()
	p.compareMaps(ctx, snap)
	plan := &planner{sites: p.sites, layout: p.layout, enc: &p.enc, look: p.look, groupBy: p.cfg.GroupBy, old: p.state}
	plan.full = p.full || p.state.release != nil && p.state.release.Look != p.look.hash
	plan.states = p.states(memory)
	plan.prepare(snap)
	if plan.next == nil {
		return Report{Number: p.state.number()}, nil
	}
	if err := p.recall(ctx, plan.told()); err != nil {
		return Report{}, fmt.Errorf("read the history of races: %w", err)
	}
	puts, putCtx := errgroup.WithContext(ctx)
	puts.SetLimit(p.cfg.Concurrency)
	plan.emit = func(o put) error {
		puts.Go(func() error { return p.put(putCtx, o) })
		return putCtx.Err()
	}
	planErr := plan.run()
	if planErr == nil {
		p.remember(putCtx, puts, memory)
	}
	if err := puts.Wait(); err != nil {
		return plan.report, fmt.Errorf("store release %d: %w", plan.number, err)
	}
	if planErr != nil {
		return plan.report, fmt.Errorf("make release %d: %w", plan.number, planErr)
	}
	landed, err := p.head.commit(ctx, &attempt{state: plan.next, aliases: plan.aliases, report: plan.report})
	p.adopt(ctx, landed)
	if err != nil {
		return plan.report, fmt.Errorf("commit release %d: %w", plan.number, err)
	}
	return plan.report, nil
}

// adopt makes a committed attempt the current state; nil, and one that only
// renewed the head, change nothing.
func (p *Publisher) adopt(ctx context.Context, a *attempt) {
	if a == nil {
		return
	}
	if !p.leading && p.state.release != nil {
		p.heal()
	}
	p.leading = true
	if a.state == nil {
		return
	}
	p.state = a.state
	p.stored.Clear()
	h := p.head.current
	p.cfg.Purge(cdn.Request{Keys: []string{p.layout.Head()}, Ref: ref(h)})
	if h.Number == 1 {
		p.announce(ctx)
	}
	p.alias.enqueue(a.aliases, turn(h), h.Number, h.Published)
	p.cfg.Log.InfoContext(ctx, "published", "release", h.Number, "seq", h.Seq, "term", h.Term, "signed", h.Note != "",
		"added", a.report.Added, "changed", a.report.Changed, "corrections", a.report.Corrections,
		"puts", a.report.Puts, "bytes", a.report.Bytes, "aliases", a.report.Aliases, "source_as_of", h.SourceAsOf)
}

func turn(h *manifest.Head) shard.Turn { return shard.Turn{Term: h.Term, Seq: h.Seq} }

// ref names a commit for purges.
func ref(h *manifest.Head) string { return fmt.Sprintf("%d-%d", h.Term, h.Seq) }

// put stores one object under its hash, unless an attempt before this one did.
func (p *Publisher) put(ctx context.Context, o put) error {
	if _, done := p.stored.Load(o.key); done {
		return nil
	}
	err := create(ctx, p.cfg.Store, o, cdn.Shard)
	if err == nil {
		p.stored.Store(o.key, true)
	}
	return err
}

// create stores one object under its hash. Found there already, it is read
// back: the same content is a success, other content means that the store or
// the hash cannot be trusted. Its size proves nothing.
func create(ctx context.Context, st store.Store, o put, class cdn.Class) error {
	obj := store.Object{Key: o.key, Class: class, ContentType: o.contentType, ContentEncoding: "gzip", Body: o.body.Shard()}
	_, err := st.Create(ctx, obj)
	if !errors.Is(err, store.ErrExists) {
		return err
	}
	stored, _, err := st.Get(ctx, o.key)
	if err != nil {
		return fmt.Errorf("look at %s, which exists already: %w", o.key, err)
	}
	if raw, err := shard.Decode(stored.Body); err != nil || shard.HashOf(raw) != o.body.Hash {
		return fmt.Errorf("%s exists with other content than its name says: %w", o.key, errors.Join(errCorrupt, err))
	}
	return nil
}

var errCorrupt = errors.New("the store holds damaged bytes")

// nonce makes a head's bytes unlike any other's.
func nonce() string { return rand.Text() }
