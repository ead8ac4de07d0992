package publish

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/source"
)

// Feed is one official source with the format that reads it.
type Feed struct {
	Name       string
	Source     source.Source
	Decoder    feed.Decoder
	Concurrent bool // the decoder may be called by many at once
	// Precedence settles races that two feeds state: the higher one owns them.
	Precedence int
	// CountUnit is what progress is stated in, in place of what the format
	// says; "" leaves that.
	CountUnit snapshot.CountUnit
}

// LoopConfig is what a Loop needs. Spool and Quarantine may be nil.
type LoopConfig struct {
	Publisher  *Publisher
	Feeds      []Feed
	Spool      *source.Spool
	Quarantine *source.Quarantine
	Log        *slog.Logger
	// Definitions were laid down before the night; nil when none were. Pinned
	// says that feeds may not add to them.
	Definitions *diff.Definitions
	Pinned      bool
	// Recorded says that the feeds are recorded nights, whose times of receipt
	// need not be true.
	Recorded bool
	// EndWithFeeds ends Run when every feed is over, as recorded nights are.
	EndWithFeeds bool
}

// Loop brings payloads from the feeds to the publisher: spool, decode,
// assemble, publish. While a publish runs, newer snapshots replace the one
// that waits.
type Loop struct {
	cfg   LoopConfig
	dirty chan struct{}

	mu    sync.Mutex // guards all below
	asm   *diff.Assembler
	ready map[string]bool // feeds whose first moment is complete
	over  int             // feeds that have ended
	taken int             // payloads in the snapshot last published
	// decoding counts the batches that are being decoded.
	decoding int
	stats    Stats
	said     map[string]bool // findings that were logged
	memory   Memory          // of incremental feeds, as of what was merged in
	// failing is why the last publish did not commit; nil when it did.
	failing error
}

// NewLoop starts from what the publisher has published.
func NewLoop(cfg LoopConfig) (*Loop, error) {
	if cfg.Publisher == nil || cfg.Log == nil || len(cfg.Feeds) == 0 {
		return nil, errors.New("loop: a publisher, a log and at least one feed are needed")
	}
	l := &Loop{cfg: cfg, dirty: make(chan struct{}, 1), asm: diff.NewAssembler(cfg.Publisher.Published()),
		ready: map[string]bool{}, said: map[string]bool{}}
	l.stats.Refusals, l.stats.Findings, l.stats.RefusedBy = map[string]int{}, map[string]int{}, map[FeedCode]int{}
	l.stats.Release = cfg.Publisher.Release()
	l.asm.Expect(phase(cfg.Publisher.cfg.Site.Mode))
	if cfg.Definitions != nil {
		if err := l.asm.Define(*cfg.Definitions, cfg.Pinned); err != nil {
			return nil, fmt.Errorf("take the definitions: %w", err)
		}
	}
	for _, f := range cfg.Feeds {
		if _, keeps := f.Decoder.(feed.Keeper); keeps && cfg.Publisher.cfg.Private == nil {
			return nil, fmt.Errorf("feed %s: its payloads do not repeat what earlier ones said; what is remembered of them needs a [private] store", f.Name)
		}
	}
	return l, nil
}

// Run publishes until ctx ends. A publish under way is then finished, and the
// stable addresses with it, before Run returns nil. Any other return is an
// error after which this process must not go on.
func (l *Loop) Run(ctx context.Context) error {
	if err := l.recall(ctx); err != nil {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	for _, f := range l.cfg.Feeds {
		g.Go(func() error { return l.read(gctx, f) })
	}
	g.Go(func() error { return l.publishing(gctx) })
	g.Go(func() error { return l.refreshing(gctx) })
	err := g.Wait()
	if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, errOver) {
		return err
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return l.finish(last)
}

// Once publishes the first moment of every feed and returns.
func (l *Loop) Once(ctx context.Context) error {
	if err := l.first(ctx); err != nil {
		return err
	}
	if err := l.publish(ctx); err != nil {
		return err
	}
	return l.finish(ctx)
}

// Look reads the first moment of every feed and publishes nothing. It returns
// what the feeds say, and by which ids they call the election.
func (l *Loop) Look(ctx context.Context) (*snapshot.Snapshot, []string, error) {
	if err := l.first(ctx); err != nil {
		return nil, nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asm.Snapshot(), l.asm.Elections(), nil
}

// first takes the first moment of every feed.
func (l *Loop) first(ctx context.Context) error {
	if err := l.recall(ctx); err != nil {
		return err
	}
	for _, f := range l.cfg.Feeds {
		for more := true; more; {
			b, err := nextOrLost(ctx, f.Source)
			if err != nil && !errors.Is(err, io.EOF) {
				return fmt.Errorf("read feed %s: %w", f.Name, err)
			}
			l.take(ctx, f, b)
			more = b.More && err == nil
		}
	}
	return nil
}

// nextOrLost is Next, but does not wait for a source that cannot be read.
func nextOrLost(ctx context.Context, s source.Source) (source.Batch, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if lost := s.State().Lost; lost != "" {
					cancel(errors.New(lost))
				}
			}
		}
	}()
	b, err := s.Next(ctx)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	cancel(nil)
	<-watched
	return b, err
}

// Step publishes each moment of the only feed before it asks for the next,
// and returns when the recorded night is over. after is called after each.
func (l *Loop) Step(ctx context.Context, after func() error) error {
	if err := l.recall(ctx); err != nil {
		return err
	}
	f := l.cfg.Feeds[0]
	for {
		b, err := f.Source.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read feed %s: %w", f.Name, err)
		}
		l.take(ctx, f, b)
		if b.More {
			continue
		}
		if err := l.publish(ctx); err != nil {
			return err
		}
		if err := l.finish(ctx); err != nil {
			return err
		}
		if err := after(); err != nil {
			return err
		}
	}
}

// finish brings the stable addresses and the heartbeat up to date.
func (l *Loop) finish(ctx context.Context) error {
	if err := l.cfg.Publisher.Refresh(ctx); err != nil {
		return fmt.Errorf("refresh stable addresses: %w", err)
	}
	return l.heartbeat(ctx)
}

// read hands the moments of one feed over until ctx ends. A recorded night
// that is over leaves the loop running.
func (l *Loop) read(ctx context.Context, f Feed) error {
	for {
		b, err := f.Source.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			l.cfg.Log.InfoContext(ctx, "the recorded night is over", "feed", f.Name)
			l.mu.Lock()
			l.over++
			l.mu.Unlock()
			l.take(ctx, f, source.Batch{})
			return nil
		case err != nil && ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return fmt.Errorf("read feed %s: %w", f.Name, err)
		}
		l.take(ctx, f, b)
	}
}

// publishing publishes whenever something is new, and keeps the heartbeat.
func (l *Loop) publishing(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	pause := time.Second
	var retry <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.dirty:
		case <-retry:
		case <-tick.C:
			if err := l.heartbeat(context.WithoutCancel(ctx)); errors.Is(err, ErrFenced) {
				return err
			} else if err != nil {
				l.cfg.Log.WarnContext(ctx, "heartbeat", "err", err)
			}
			continue
		}
		if !l.allReady() {
			continue
		}
		if err := l.gather(ctx); err != nil {
			return err
		}
		retry = nil
		err := l.publish(context.WithoutCancel(ctx))
		switch {
		case errors.Is(err, ErrFenced):
			return err
		case err != nil:
			l.cfg.Log.ErrorContext(ctx, "not published, trying again; the last release is still current", "err", err, "in", pause)
			retry = time.After(pause)
			pause = min(2*pause, 15*time.Second)
		case l.ended():
			return errOver
		default:
			pause = time.Second
		}
	}
}

// A burst is many payloads at once. It is gathered until nothing comes for
// burstQuiet, at most burstMax, so that it makes one release rather than a
// small one now and the rest a second later.
const (
	burst      = 8 // payloads
	burstQuiet = 60 * time.Millisecond
	burstMax   = 500 * time.Millisecond
)

// gather waits for the end of a burst, and until a release begun now would
// not have to wait for its turn to write the head: what comes meanwhile is
// part of it.
func (l *Loop) gather(ctx context.Context) error {
	end := time.Now().Add(burstMax)
	for l.waiting() >= burst && time.Now().Before(end) {
		t := time.NewTimer(burstQuiet)
		select {
		case <-l.dirty:
			t.Stop()
			continue
		case <-t.C:
			if l.reading() {
				continue
			}
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		}
		break
	}
	if early := l.cfg.Publisher.turn() - l.lastTook(); early > 0 {
		return pause(ctx, early)
	}
	return nil
}

// reading reports whether payloads that came are being decoded.
func (l *Loop) reading() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.decoding > 0
}

// waiting is how many payloads came since the snapshot last published.
func (l *Loop) waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stats.Payloads - l.taken
}

func (l *Loop) lastTook() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stats.LastTook
}

// errOver ends Run when all feeds have ended and are published.
var errOver = errors.New("every feed is over")

func (l *Loop) ended() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cfg.EndWithFeeds && l.over == len(l.cfg.Feeds) && len(l.dirty) == 0
}

// refreshing keeps the stable addresses fresh.
func (l *Loop) refreshing(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.cfg.Publisher.Stale():
		}
		for {
			err := l.cfg.Publisher.Refresh(ctx)
			if err == nil {
				break
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			l.cfg.Log.WarnContext(ctx, "some stable addresses are late, trying again", "err", err)
			if err := pause(ctx, time.Second); err != nil {
				return err
			}
		}
	}
}

// allReady reports whether every feed was read once, or cannot be read: one
// feed that is lost does not hold up the others.
func (l *Loop) allReady() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.cfg.Feeds {
		if !l.ready[f.Name] && f.Source.State().Lost == "" {
			return false
		}
	}
	return true
}

// publish publishes the newest snapshot.
func (l *Loop) publish(ctx context.Context) error {
	l.mu.Lock()
	snap, moments, memory := l.asm.Snapshot(), l.stats.Moments, maps.Clone(l.memory)
	l.taken = l.stats.Payloads
	l.mu.Unlock()
	if len(snap.Races) == 0 {
		return nil
	}
	began := time.Now()
	r, err := l.cfg.Publisher.PublishWith(ctx, snap, memory)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stats.count(snap)
	if l.failing = err; err != nil {
		l.stats.Failures++
		return err
	}
	l.stats.MomentsPublished = moments
	if r.Published {
		l.stats.published(r, time.Since(began))
	}
	return nil
}

func (l *Loop) heartbeat(ctx context.Context) error {
	sources := make([]manifest.Source, len(l.cfg.Feeds))
	for i, f := range l.cfg.Feeds {
		st := f.Source.State()
		sources[i] = manifest.Source{Feed: f.Name, State: "ok", LastRead: rfc3339(st.LastRead), LastChange: rfc3339(st.LastNew)}
		switch {
		case st.Lost != "":
			sources[i].State = "lost"
		case st.LastNew.IsZero():
			sources[i].State = "waiting"
		}
	}
	return l.cfg.Publisher.Heartbeat(ctx, sources)
}

// counted are the races of a snapshot by how far they are.
func counted(s *snapshot.Snapshot) (reporting, full int) {
	for _, r := range s.Races {
		if r.Result.HasVotes() {
			reporting++
		}
		if r.Result.Complete() {
			full++
		}
	}
	return reporting, full
}
