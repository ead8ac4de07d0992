package source

import (
	"container/heap"
	"context"
	"time"

	"golang.org/x/time/rate"
)

// host is one server, what it is to be asked for, and how fast. The poller's
// mutex guards it, but for slots, pace and wake.
type host struct {
	name  string
	slots chan struct{} // one for each request at once
	pace  *rate.Limiter
	wake  chan struct{} // holds one token when something may be due earlier

	due   [ranks]queue
	turns int // pages taken
	// quiet is until when the host asked to be left alone, which goes for all
	// its pages.
	quiet time.Time
	full  float64   // requests a second when all is well
	eased time.Time // since when the host is asked at the present rate
	gaps  gaps
}

func newHost(name string, cfg PollerConfig, burst int) *host {
	return &host{name: name, slots: make(chan struct{}, cfg.PerHost), wake: make(chan struct{}, 1),
		pace: rate.NewLimiter(rate.Limit(cfg.Rate), burst), full: cfg.Rate}
}

// drive fetches what a host's queues hold until ctx ends.
func (p *Poller) drive(ctx context.Context, h *host) {
	for {
		select {
		case <-ctx.Done():
			return
		case h.slots <- struct{}{}:
		}
		pg := p.nextPage(ctx, h)
		if pg == nil {
			return
		}
		p.running.Go(func() {
			defer func() { <-h.slots }()
			ans, err := p.fetch(ctx, pg)
			if ctx.Err() == nil {
				p.settle(pg, ans, err)
			}
		})
	}
}

// nextPage waits for a page that is due and for the host's pace; nil when ctx
// ends. Which page it is is decided last, so that what comes meanwhile may go
// first.
func (p *Poller) nextPage(ctx context.Context, h *host) *page {
	for {
		if p.awaitDue(ctx, h) != nil || h.pace.Wait(ctx) != nil {
			return nil
		}
		p.mu.Lock()
		pg := p.take(h, time.Now())
		p.mu.Unlock()
		if pg != nil {
			return pg
		}
	}
}

// awaitDue returns when a page of the host is due, or ctx's error.
func (p *Poller) awaitDue(ctx context.Context, h *host) error {
	for {
		p.mu.Lock()
		at, ok := p.earliest(h)
		p.mu.Unlock()
		var timer <-chan time.Time
		if ok {
			wait := time.Until(at)
			if wait <= 0 {
				return ctx.Err()
			}
			timer = time.After(wait)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer:
		case <-h.wake:
		}
	}
}

// maxHeld bounds the bytes that wait for the caller: beyond it only entries and
// what leads further are fetched.
const maxHeld = 64 << 20

// open returns from when on a queue may be served.
func (p *Poller) open(h *host, rank int) (time.Time, bool) {
	if rank == leading {
		return h.quiet, true
	}
	if h.gaps.until.After(h.quiet) {
		return h.gaps.until, p.held < maxHeld
	}
	return h.quiet, p.held < maxHeld
}

// earliest returns when the next page may be fetched.
func (p *Poller) earliest(h *host) (at time.Time, found bool) {
	for rank, q := range h.due {
		from, ok := p.open(h, rank)
		if !ok || len(q) == 0 {
			continue
		}
		if q[0].due.After(from) {
			from = q[0].due
		}
		if !found || from.Before(at) {
			at, found = from, true
		}
	}
	return at, found
}

// take removes the page that is to be fetched now from its queue. Every fourth
// turn begins with the fresh ones, so that entries that are always due do not
// starve them.
func (p *Poller) take(h *host, now time.Time) *page {
	order := [ranks]int{leading, fresh, again}
	if h.turns%4 == 3 {
		order = [ranks]int{fresh, leading, again}
	}
	for _, rank := range order {
		from, ok := p.open(h, rank)
		q := &h.due[rank]
		if !ok || now.Before(from) || len(*q) == 0 || now.Before((*q)[0].due) {
			continue
		}
		h.turns++
		pg := heap.Pop(q).(*page)
		pg.flying, pg.asked = true, pg.version
		return pg
	}
	return nil
}

// schedule puts a page into its host's queue, or moves it there. One that is
// being fetched is put there when its fetch is over.
func (p *Poller) schedule(pg *page, due time.Time) {
	p.unschedule(pg)
	if pg.flying {
		return
	}
	switch {
	case pg.entry || !pg.missing && (pg.polled() || len(pg.children) > 0):
		pg.rank = leading
	case pg.got != pg.version && !pg.missing:
		pg.rank = fresh
	default:
		pg.rank = again
	}
	p.orders++
	pg.due, pg.order, pg.status.Next = due, p.orders, due
	heap.Push(&pg.host.due[pg.rank], pg)
	pg.host.rouse()
}

// unschedule takes a page out of its queue.
func (p *Poller) unschedule(pg *page) {
	if pg.slot >= 0 {
		heap.Remove(&pg.host.due[pg.rank], pg.slot)
	}
}

func (h *host) rouse() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// wake lets every host look again.
func (p *Poller) wake() {
	for _, h := range p.hosts {
		h.rouse()
	}
}

// silence leaves the host alone until a time, and asks it half as often from
// then on: once for all the requests that were under way.
func (h *host) silence(until, now time.Time) {
	if !now.Before(h.quiet) {
		h.pace.SetLimit(max(h.pace.Limit()/2, rate.Limit(h.full/16)))
	}
	if until.After(h.quiet) {
		h.quiet, h.eased = until, until
	}
}

// recoverAfter is how long a host must have answered well before it is asked a
// quarter more often again.
const recoverAfter = time.Minute

// speedUp goes back towards the full rate.
func (h *host) speedUp(now time.Time) {
	if h.pace.Limit() >= rate.Limit(h.full) || now.Sub(h.eased) < recoverAfter {
		return
	}
	h.pace.SetLimit(min(h.pace.Limit()*5/4, rate.Limit(h.full)))
	h.eased = now
}

// gaps watches how many wanted pages of a host are not there. Hosts block who
// asks for many such names.
type gaps struct {
	row    int       // in a row
	last   [100]bool // the last answers, in a ring
	count  int       // of true among them
	seen   int       // answers, up to a whole ring
	at     int       // next place in the ring
	pauses int       // one after another
	until  time.Time // wanted pages are left alone
	why    string
}

// A run of missing pages, and a share of the last hundred.
const (
	missingRow   = 20
	missingShare = 50
)

// The pause after a run of missing pages, doubled with each further one.
const (
	gapPause    = time.Minute
	gapPauseMax = 30 * time.Minute
)

// note records whether a wanted page was missing, and reports whether that was
// one too many. After a pause the next missing page is.
func (g *gaps) note(missing bool, now time.Time) bool {
	if g.seen == len(g.last) && g.last[g.at] {
		g.count--
	}
	g.last[g.at] = missing
	g.at = (g.at + 1) % len(g.last)
	g.seen = min(g.seen+1, len(g.last))
	if !missing {
		g.row = 0
		if g.seen == len(g.last) && g.count <= missingShare {
			g.pauses = 0
		}
		return false
	}
	g.row++
	g.count++
	share := g.seen == len(g.last) && g.count > missingShare
	if now.Before(g.until) || g.row < missingRow && !share {
		return false
	}
	g.why = "more than half of the last 100 wanted addresses are not there (404 or 403)"
	if g.row >= missingRow {
		g.why = "wanted addresses, one after another, are not there (404 or 403)"
	}
	pause := min(gapPause<<min(g.pauses, 10), gapPauseMax)
	*g = gaps{row: missingRow - 1, pauses: g.pauses + 1, until: now.Add(pause), why: g.why}
	return true
}

// rest waits for a time, or returns ctx's error.
func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
