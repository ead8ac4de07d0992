// Package edge is the built-in edge: a caching HTTP handler in front of a
// store, for a demonstration, a rehearsal or a small authority without a CDN.
//
// It promises what the caching table of package cdn says and RFC 9111 and RFC
// 5861 mean by it: max-age, then stale-while-revalidate in the background,
// then stale-if-error while the store fails; one fetch at a time for a key,
// however many ask; and bounded memory. It refuses methods other than GET and
// HEAD, objects that are not in one of the table's public classes, and query
// strings as part of a key.
package edge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Object is what the store holds under a key, as readers get it.
type Object struct {
	ContentType     string
	ContentEncoding string // "gzip" or ""
	CacheControl    string
	ETag            string            // with quotes; empty to have one made from Body
	Meta            map[string]string // sent as x-amz-meta-*
	Body            []byte            // as stored; neither side changes it
}

// Origin reads the object under a key. found is false, without an error, when
// there is none. It is called by many at once and obeys ctx.
type Origin func(ctx context.Context, key string) (o Object, found bool, err error)

// Config is what an Edge needs.
type Config struct {
	Origin Origin
	Log    *slog.Logger
	// Home is the key that readers of "/" are sent to, "E/index.html"; empty
	// for none. "/robots.txt" is then that of the same folder.
	Home string
	// MaxBytes bounds the memory of what is kept; 0 for 256 MiB.
	MaxBytes int64
	// FetchTimeout is for one read of the store; 0 for 5 s.
	FetchTimeout time.Duration
	// Fetches is the most reads of the store under way; 0 for 64.
	Fetches int
	// HSTS is the max-age of Strict-Transport-Security; 0 sends none.
	HSTS time.Duration
	// PurgeFromLoopback takes PURGE from the same machine. Leave it off where
	// a proxy on this machine passes on requests from elsewhere.
	PurgeFromLoopback bool
}

func (c *Config) fill() error {
	if c.MaxBytes == 0 {
		c.MaxBytes = 256 << 20
	}
	if c.FetchTimeout == 0 {
		c.FetchTimeout = 5 * time.Second
	}
	if c.Fetches == 0 {
		c.Fetches = 64
	}
	switch {
	case c.Origin == nil:
		return errors.New("there is no origin")
	case c.Log == nil:
		return errors.New("there is no log")
	case c.Home != "" && !validKey(c.Home):
		return fmt.Errorf("home %q is not a key", c.Home)
	case c.MaxBytes < 0:
		return fmt.Errorf("%d bytes of memory: want more than 0", c.MaxBytes)
	case c.FetchTimeout < 0 || c.HSTS < 0:
		return fmt.Errorf("a negative time: %v for a fetch, %v of HSTS", c.FetchTimeout, c.HSTS)
	case c.Fetches < 0:
		return fmt.Errorf("%d fetches at once: want more than 0", c.Fetches)
	}
	return nil
}

// Edge is an http.Handler. Every method may be called by many at once.
type Edge struct {
	cfg   Config
	slots chan struct{} // one for each fetch under way
	tally tally
	under sync.WaitGroup // fetches
	down  atomic.Bool    // the last fetch failed

	mu      sync.Mutex // guards what follows and failed and purged of copies
	kept    *lru
	flights map[string]*flight
}

// New checks c and returns an edge that holds nothing yet.
func New(c Config) (*Edge, error) {
	if err := c.fill(); err != nil {
		return nil, fmt.Errorf("edge: %w", err)
	}
	return &Edge{
		cfg:     c,
		slots:   make(chan struct{}, c.Fetches),
		kept:    newLRU(c.MaxBytes),
		flights: map[string]*flight{},
	}, nil
}

// Tally counts what became of requests since the start.
type Tally struct {
	Hits    uint64 // answered from a fresh copy
	Misses  uint64 // answered after a fetch
	Stale   uint64 // answered from an expired copy
	Missing uint64 // answered 404
	Errors  uint64 // answered 5xx
	Fetches uint64 // reads of the store
	Failed  uint64 // of these, without an answer
}

type tally struct {
	hits, misses, stale, missing, errors, fetches, failed atomic.Uint64
}

// Tally returns the counts so far.
func (e *Edge) Tally() Tally {
	t := &e.tally
	return Tally{
		Hits: t.hits.Load(), Misses: t.misses.Load(), Stale: t.stale.Load(), Missing: t.missing.Load(),
		Errors: t.errors.Load(), Fetches: t.fetches.Load(), Failed: t.failed.Load(),
	}
}

// Wait waits for the fetches under way. Call it when no more requests come.
func (e *Edge) Wait() { e.under.Wait() }
