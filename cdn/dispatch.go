package cdn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// DispatcherConfig is what a Dispatcher needs.
type DispatcherConfig struct {
	Edge     string // name of the edge, for the log
	Purger   Purger
	Deadline time.Duration // for one request with all its retries
	MaxKeys  int           // most keys that wait; the oldest are dropped first
	Log      *slog.Logger
}

func (c DispatcherConfig) check() error {
	switch {
	case c.Edge == "":
		return errors.New("the edge has no name")
	case c.Purger == nil:
		return errors.New("there is no purger")
	case c.Deadline <= 0:
		return fmt.Errorf("deadline of %v: want more than 0", c.Deadline)
	case c.MaxKeys < 1:
		return fmt.Errorf("at most %d waiting keys: want 1 or more", c.MaxKeys)
	case c.Log == nil:
		return errors.New("there is no log")
	}
	return nil
}

// Tally counts what became of requests since the start.
type Tally struct {
	Submitted   uint64 // requests handed in
	Merged      uint64 // of these, joined to one that was waiting
	Done        uint64 // purges the edge accepted
	Failed      uint64 // purges it did not
	DroppedKeys uint64 // keys that waited in vain: too many, or after Close
}

// Dispatcher runs purges beside the publishing, one at a time. While one is
// under way, later requests become one waiting request: its keys are the
// newest request's first, each once, and its Ref is the newest. A failed purge
// is a warning in the log and a count; the keys are not kept, since their TTL
// ends soon. Every method may be called by many at once.
type Dispatcher struct {
	cfg  DispatcherConfig
	stop context.CancelFunc
	wake chan struct{} // holds one token while a request waits
	done chan struct{}

	mu      sync.Mutex
	waiting Request
	closed  bool
	tally   Tally
}

// NewDispatcher checks c and starts the dispatcher. Close ends it.
func NewDispatcher(c DispatcherConfig) (*Dispatcher, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("purge dispatcher: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	d := &Dispatcher{cfg: c, stop: stop, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go d.run(ctx)
	return d, nil
}

// Submit hands in a request and returns at once. A request without keys is
// nothing to do. After Close the keys are dropped and counted.
func (d *Dispatcher) Submit(r Request) {
	if len(r.Keys) == 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tally.Submitted++
	if d.closed {
		d.tally.DroppedKeys += uint64(len(r.Keys))
		return
	}
	if len(d.waiting.Keys) > 0 {
		d.tally.Merged++
	}
	keys := make([]string, 0, len(r.Keys)+len(d.waiting.Keys))
	keys = unique(append(append(keys, r.Keys...), d.waiting.Keys...))
	if over := len(keys) - d.cfg.MaxKeys; over > 0 {
		d.tally.DroppedKeys += uint64(over)
		keys = keys[:d.cfg.MaxKeys]
	}
	d.waiting = Request{Keys: keys, Ref: r.Ref}
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Tally returns the counts so far.
func (d *Dispatcher) Tally() Tally {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.tally
}

// Close takes no more requests and waits for the purge under way and the one
// that waits. When ctx ends first it cuts them off and says so. It may be
// called again.
func (d *Dispatcher) Close(ctx context.Context) error {
	d.mu.Lock()
	if !d.closed {
		d.closed = true
		close(d.wake)
	}
	d.mu.Unlock()
	defer d.stop()
	select {
	case <-d.done:
		return nil
	case <-ctx.Done():
	}
	d.stop()
	<-d.done
	return fmt.Errorf("purge of %s cut off: %w", d.cfg.Edge, ctx.Err())
}

func (d *Dispatcher) run(ctx context.Context) {
	defer close(d.done)
	for range d.wake {
		d.purge(ctx)
	}
}

func (d *Dispatcher) purge(ctx context.Context) {
	d.mu.Lock()
	r := d.waiting
	d.waiting = Request{}
	d.mu.Unlock()
	if len(r.Keys) == 0 {
		return // its token was left between the last token and its request
	}

	ctx, cancel := context.WithTimeout(ctx, d.cfg.Deadline)
	defer cancel()
	start := time.Now()
	err := d.cfg.Purger.Purge(ctx, r)

	d.mu.Lock()
	if err == nil {
		d.tally.Done++
	} else {
		d.tally.Failed++
	}
	d.mu.Unlock()
	if err != nil {
		d.cfg.Log.WarnContext(ctx, "purge not confirmed; the edge follows when its TTL ends",
			"edge", d.cfg.Edge, "ref", r.Ref, "keys", len(r.Keys), "took", time.Since(start), "err", err)
	}
}
