package publish

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/publish/store"
)

// aliases keeps the stable addresses fresh after commits. Of one address only
// the newest content waits; it is written once at a time.
type aliases struct {
	cfg    *Config
	layout shard.Layout

	mu      sync.Mutex
	order   []string          // keys that wait, first come first served
	waiting map[string]*fresh // by key
	tags    map[string]store.Tag
	last    int // release up to which everything was enqueued
	through int // release up to which everything is written
	signal  chan struct{}
}

// fresh is what an address is to hold.
type fresh struct {
	alias
	from      string // key of the shard to copy, when body is not in memory
	turn      shard.Turn
	published string
}

func newAliases(cfg *Config, layout shard.Layout) *aliases {
	return &aliases{cfg: cfg, layout: layout, waiting: map[string]*fresh{}, tags: map[string]store.Tag{}, signal: make(chan struct{}, 1)}
}

// enqueue takes what release number made; it replaces what waits for the same
// addresses.
func (a *aliases) enqueue(list []alias, t shard.Turn, number int, published string) {
	all := make([]*fresh, len(list))
	for i, al := range list {
		all[i] = &fresh{alias: al, turn: t, published: published}
	}
	a.add(all, number)
}

func (a *aliases) add(list []*fresh, number int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range list {
		if before := a.waiting[f.key]; before == nil {
			a.order = append(a.order, f.key)
		} else {
			f.added = f.added || before.added
		}
		a.waiting[f.key] = f
	}
	if a.last = number; len(a.waiting) == 0 {
		a.through = number
	}
	select {
	case a.signal <- struct{}{}:
	default:
	}
}

// take removes the next address to be written. After a new address it hands
// out new ones only: the pages that link to them wait for the next round.
func (a *aliases) take(after *fresh) *fresh {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.order) == 0 || after != nil && after.added && !a.waiting[a.order[0]].added {
		return nil
	}
	key := a.order[0]
	a.order = a.order[1:]
	f := a.waiting[key]
	delete(a.waiting, key)
	return f
}

// giveBack puts an address that was not written behind the others, unless
// newer content waits by now.
func (a *aliases) giveBack(f *fresh) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.waiting[f.key] == nil {
		a.waiting[f.key] = f
		a.order = append(a.order, f.key)
	}
}

// Refresh writes the addresses that wait and returns when none is left. An
// error says that some could not be written; they still wait.
func (p *Publisher) Refresh(ctx context.Context) error {
	for {
		err := p.alias.drain(ctx)
		if err != nil || p.alias.settled() {
			return err
		}
	}
}

// Stale is signalled when addresses wait for Refresh.
func (p *Publisher) Stale() <-chan struct{} { return p.alias.signal }

// AliasesThrough is the release up to which all stable addresses are fresh.
func (p *Publisher) AliasesThrough() int {
	p.alias.mu.Lock()
	defer p.alias.mu.Unlock()
	return p.alias.through
}

// settled notes that nothing waits any more, if that is so.
func (a *aliases) settled() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.waiting) > 0 {
		return false
	}
	a.through = a.last
	return true
}

// drain writes what waits. Since it is called by one goroutine and waits for
// all its writes, no address is written twice at once.
func (a *aliases) drain(ctx context.Context) error {
	var g errgroup.Group
	g.SetLimit(a.cfg.Concurrency)
	var mu sync.Mutex
	var done []string
	var last string
	busy := map[string]bool{}
	for f := (*fresh)(nil); ctx.Err() == nil; {
		if f = a.take(f); f == nil {
			break
		}
		if busy[f.key] { // newer content for an address of this very round
			a.giveBack(f)
			break
		}
		busy[f.key] = true
		last = fmt.Sprintf("%d-%d-aliases", f.turn.Term, f.turn.Seq)
		g.Go(func() error {
			if err := a.refresh(ctx, f); err != nil {
				a.giveBack(f)
				return fmt.Errorf("refresh %s: %w", f.key, err)
			}
			mu.Lock()
			done = append(done, f.key)
			mu.Unlock()
			return nil
		})
	}
	err := g.Wait()
	if len(done) > 0 {
		a.cfg.Purge(cdn.Request{Keys: done, Ref: last})
	}
	return errors.Join(err, ctx.Err())
}

// refresh writes one address, whatever is there: its version is looked up
// when it is not known, or no longer right. A newer publisher's content is
// left alone.
func (a *aliases) refresh(ctx context.Context, f *fresh) error {
	obj, err := a.object(ctx, f)
	if err != nil {
		return err
	}
	a.mu.Lock()
	tag, known := a.tags[f.key]
	a.mu.Unlock()
	for try := 0; ; try++ {
		if known {
			tag, err = a.cfg.Store.Swap(ctx, obj, tag)
		} else {
			tag, err = a.cfg.Store.Create(ctx, obj)
		}
		if err == nil {
			a.mu.Lock()
			a.tags[f.key] = tag
			a.mu.Unlock()
			return nil
		}
		if errors.Is(err, store.ErrRefused) || try == 4 {
			return err
		}
		if try > 0 {
			if err := pause(ctx, 50*time.Millisecond<<try); err != nil {
				return err
			}
		}
		switch newer, found, at, err := a.look(ctx, f); {
		case err != nil:
			return err
		case newer:
			return nil
		default:
			tag, known = at, found
		}
	}
}

// look reads what an address holds now: whether that is newer than f, whether
// there is anything, and its version.
func (a *aliases) look(ctx context.Context, f *fresh) (newer, found bool, tag store.Tag, err error) {
	stored, tag, err := a.cfg.Store.Get(ctx, f.key)
	if errors.Is(err, store.ErrNotFound) {
		return false, false, "", nil
	}
	if err != nil {
		return false, false, "", err
	}
	t, ok := shard.TurnOf(stored.Body)
	newer = ok && (t.Term > f.turn.Term || t.Term == f.turn.Term && t.Seq > f.turn.Seq)
	if newer || t == f.turn { // t == f.turn: an earlier try of ours landed
		a.mu.Lock()
		a.tags[f.key] = tag
		a.mu.Unlock()
	}
	return newer || ok && t == f.turn, true, tag, nil
}

func (a *aliases) object(ctx context.Context, f *fresh) (store.Object, error) {
	if f.body.IsZero() {
		stored, _, err := a.cfg.Store.Get(ctx, f.from)
		if err != nil {
			return store.Object{}, fmt.Errorf("read %s: %w", f.from, err)
		}
		if f.body, err = shard.Parse(stored.Body); err != nil {
			return store.Object{}, fmt.Errorf("read %s: %w", f.from, err)
		}
	}
	return store.Object{Key: f.key, Class: cdn.Alias, ContentType: f.contentType, ContentEncoding: "gzip", Body: f.body.Alias(f.turn),
		Meta: map[string]string{"seq": strconv.FormatUint(f.turn.Seq, 10), "published": f.published}}, nil
}
