package edge

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// queue is how many fetches wait for one that is under way, at most.
const queue = 16

// flight is one fetch under way, which any number of readers wait for. got and
// how are set when done is closed.
type flight struct {
	done chan struct{}
	got  *held
	how  how
}

// how a copy came to be the answer.
type how int

const (
	hit how = iota
	miss
	stale
)

// String is the value of Cache-Status (RFC 9211).
func (h how) String() string {
	switch h {
	case hit:
		return "herald; hit"
	case miss:
		return "herald; fwd=miss"
	}
	return "herald; hit; detail=stale"
}

// plan says what to do with the copy at hand: answer with it, or wait for a
// fetch.
type plan struct {
	serve, fetch bool
	how          how // of serve
}

// decide is the rule of caching. A copy that is neither fresh nor inside its
// stale-while-revalidate makes its reader wait; but after a fetch has failed,
// nobody waits for the next one as long as the copy may stand in, and there is
// at most one fetch in errorTTL.
func decide(c *held, now time.Time) plan {
	if c == nil {
		return plan{fetch: true}
	}
	age := now.Sub(c.got)
	switch {
	case age < c.life.fresh && !c.purged:
		return plan{serve: true, how: hit}
	case !c.life.standsIn(age):
		return plan{fetch: true}
	case !c.failed.IsZero():
		return plan{serve: true, how: stale, fetch: now.Sub(c.failed) >= errorTTL}
	default:
		return plan{serve: !c.purged && c.life.revalidates(age), how: stale, fetch: true}
	}
}

// lookup finds the copy to answer with and fetches when it must. The error is
// that of ctx.
func (e *Edge) lookup(ctx context.Context, key string) (*held, how, error) {
	e.mu.Lock()
	c := e.kept.get(key)
	p := decide(c, time.Now())
	var f *flight
	if p.fetch {
		f = e.fetch(ctx, key)
	}
	e.mu.Unlock()
	if p.serve {
		return c, p.how, nil
	}
	if f == nil {
		return newNothing(key, http.StatusServiceUnavailable, time.Now(), e.cfg.HSTS), miss, nil
	}
	select {
	case <-f.done:
		return f.got, f.how, nil
	case <-ctx.Done():
		return nil, miss, ctx.Err()
	}
}

// fetch joins the fetch of key that is under way, or starts one that outlives
// its reader. It is nil when too many wait for their turn already: invented
// names, asked for faster than the store answers. The lock is held.
func (e *Edge) fetch(ctx context.Context, key string) *flight {
	if f := e.flights[key]; f != nil {
		return f
	}
	if len(e.flights) >= queue*e.cfg.Fetches {
		return nil
	}
	f := &flight{done: make(chan struct{})}
	e.flights[key] = f
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.cfg.FetchTimeout)
	e.under.Go(func() {
		defer cancel()
		c, err := e.read(ctx, key)
		if e.down.Swap(err != nil) != (err != nil) {
			e.report(ctx, key, err)
		}
		e.land(key, f, c, err)
	})
	return f
}

// read asks the store once.
func (e *Edge) read(ctx context.Context, key string) (*held, error) {
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for one of %d reads: %w", e.cfg.Fetches, ctx.Err())
	}
	e.tally.fetches.Add(1)
	o, found, err := e.cfg.Origin(ctx, key)
	if err != nil {
		e.tally.failed.Add(1)
		return nil, err
	}
	now := time.Now()
	if !found {
		return newNothing(key, http.StatusNotFound, now, e.cfg.HSTS), nil
	}
	c, err := newHeld(key, o, now, e.cfg.HSTS)
	if err != nil {
		e.cfg.Log.WarnContext(ctx, "object kept from readers", "key", key, "err", err)
		return newNothing(key, http.StatusNotFound, now, e.cfg.HSTS), nil
	}
	return c, nil
}

// report logs when the store begins to fail and when it is back.
func (e *Edge) report(ctx context.Context, key string, err error) {
	if err != nil {
		e.cfg.Log.WarnContext(ctx, "store does not answer; serving the last copies", "key", key, "err", err)
		return
	}
	e.cfg.Log.InfoContext(ctx, "store answers again", "key", key)
}

// land ends a fetch: its readers get the new copy, or the old one where that
// may stand in, or 503. A fetch that began before a purge is not kept.
func (e *Edge) land(key string, f *flight, c *held, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer close(f.done)
	now := time.Now()
	f.got, f.how = c, miss
	if err != nil {
		f.got = newNothing(key, http.StatusServiceUnavailable, now, e.cfg.HSTS)
		if old := e.kept.get(key); old != nil && old.life.standsIn(now.Sub(old.got)) {
			old.failed = now
			f.got, f.how = old, stale
		}
	}
	if e.flights[key] != f {
		return
	}
	delete(e.flights, key)
	if f.how == miss {
		e.kept.put(f.got)
	}
}

// purge makes the next reader of key wait for the store. The copy stays, for
// the case that the store fails.
func (e *Edge) purge(key string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.flights, key)
	if c := e.kept.get(key); c != nil {
		c.purged = true
		c.failed = time.Time{}
	}
}

// grew counts the unpacked bytes of c.
func (e *Edge) grew(c *held, by int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.kept.grow(c, by)
}
