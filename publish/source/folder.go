package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Whole says how a folder knows that a file has been written to its end.
type Whole string

// The ways to know. No system has a portable event for the end of a write.
const (
	// Renamed: files are moved into place whole and read at once.
	Renamed Whole = "rename"
	// Stable: size, mtime and hash are equal twice, StableFor apart.
	Stable Whole = "stable"
	// Sidecar: NAME.sha256 lies beside the file and its digest matches, or
	// NAME.done does and is not older than the file.
	Sidecar Whole = "sidecar"
)

// FolderConfig describes a drop folder. Zero values mean the default.
type FolderConfig struct {
	Feed string // name put on the payloads
	Dir  string // may not exist yet; may itself be a link
	// Whole is how the end of a write is known; default Renamed.
	Whole     Whole
	StableFor time.Duration // only Stable; default 1 s
	// Rescan is how often the whole folder is listed even when no event came:
	// network shares send none. Default 2 s.
	Rescan time.Duration
	// Settle is how long it must be quiet before a burst of events is read,
	// SettleMax the longest that it may go on. Default 10 ms and 100 ms.
	Settle, SettleMax time.Duration
	// Include and Exclude are path.Match patterns: without a slash for the last
	// element of a name, with one for the whole name. An empty Include takes
	// everything.
	Include, Exclude []string
	MaxBytes         int64 // of one file; default 64 MiB
	BatchBytes       int64 // of one batch, exceeded by at most one file; default 32 MiB
	// NoEvents relies on Rescan alone.
	NoEvents bool
	Log      *slog.Logger // default: discarded
}

func (c *FolderConfig) check() error {
	if c.Feed == "" || c.Dir == "" {
		return errors.New("open drop folder: feed and folder must be named")
	}
	byDefault(&c.Whole, Renamed)
	byDefault(&c.StableFor, time.Second)
	byDefault(&c.Rescan, 2*time.Second)
	byDefault(&c.Settle, 10*time.Millisecond)
	byDefault(&c.SettleMax, 100*time.Millisecond)
	byDefault(&c.MaxBytes, 64<<20)
	byDefault(&c.BatchBytes, 32<<20)
	c.Log = logger(c.Log).With("feed", c.Feed)
	switch c.Whole {
	case Renamed, Stable, Sidecar:
	default:
		return fmt.Errorf("open drop folder %s: whole is %q, not rename, stable or sidecar", c.Dir, c.Whole)
	}
	if min(c.StableFor, c.Rescan, c.Settle, c.SettleMax) < 0 || min(c.MaxBytes, c.BatchBytes) < 0 {
		return fmt.Errorf("open drop folder %s: a negative time or size", c.Dir)
	}
	if err := (patterns{c.Include, c.Exclude}).check(); err != nil {
		return fmt.Errorf("open drop folder %s: %w", c.Dir, err)
	}
	return nil
}

func byDefault[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// Folder is a drop folder, watched with all its sub-folders. It starts no
// goroutine of its own: all work is done inside Next, so what changes twice
// while the caller is busy is read once, in its latest state.
type Folder struct {
	cfg     FolderConfig
	names   patterns
	events  *fsnotify.Watcher // nil when there are none
	known   map[string]*file  // by name: what was last read
	passed  map[string]string // by name: why it was passed over at the last scan or since
	told    map[string]string // the same at the scan before
	unread  map[string]error  // by name: why it could not be read
	listed  error             // why the last scan was not complete
	queue   []string          // names to read, sorted
	waiting map[string]time.Time
	moment  time.Time // Received of the payloads read from the queue
	rescan  time.Time // when the next one is due
	owed    bool      // the caller waits for the end of a scan
	held    bool      // the folder once held payloads

	mu    sync.Mutex
	state State
}

// NewFolder prepares to watch; the folder is first read by Next. When the
// system has no events to give, the folder lives by rescanning and says so in
// the log.
func NewFolder(cfg FolderConfig) (*Folder, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	f := &Folder{
		cfg: cfg, names: patterns{cfg.Include, cfg.Exclude}, owed: true,
		known: map[string]*file{}, passed: map[string]string{},
		unread: map[string]error{}, waiting: map[string]time.Time{},
	}
	if cfg.NoEvents {
		return f, nil
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		cfg.Log.Warn("no file events, rescanning only", "folder", cfg.Dir, "error", err)
		return f, nil
	}
	f.events = w
	return f, nil
}

// Close stops watching. A Next under way returns fs.ErrClosed.
func (f *Folder) Close() error {
	if f.events == nil {
		return nil
	}
	return f.events.Close()
}

// State may be called at any time.
func (f *Folder) State() State {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

func (f *Folder) update(change func(*State)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.state)
}

// Next implements Source.
func (f *Folder) Next(ctx context.Context) (Batch, error) {
	for {
		if err := ctx.Err(); err != nil {
			return Batch{}, err
		}
		if len(f.queue) == 0 && !time.Now().Before(f.rescan) {
			f.scan()
		}
		f.wake(time.Now())
		if len(f.queue) > 0 {
			b := Batch{Payloads: f.read(f.take())}
			b.More = len(f.queue) > 0 || f.owed && f.settling()
			if len(b.Payloads) > 0 {
				f.owed = b.More
				f.update(func(s *State) { s.delivered(len(b.Payloads), f.moment) })
				return b, nil
			}
			if len(f.queue) > 0 {
				continue
			}
		}
		if f.owed && f.found() && !f.settling() {
			f.owed = false
			return Batch{}, nil
		}
		if err := f.wait(ctx); err != nil {
			return Batch{}, err
		}
	}
}

// found reports whether the folder could be read at the last scan.
func (f *Folder) found() bool { return f.State().Lost == "" }

// settling reports whether files wait for their second look. One that changed
// between two looks is being written, and not waited for.
func (f *Folder) settling() bool {
	for name := range f.waiting {
		if k := f.known[name]; k != nil && !k.unstable {
			return true
		}
	}
	return false
}

// enqueue adds names to be read, as of now.
func (f *Folder) enqueue(names ...string) {
	f.moment = time.Now().UTC()
	f.queue = append(f.queue, names...)
	slices.Sort(f.queue)
	f.queue = slices.Compact(f.queue)
}

// wake moves to the queue the names whose second look is due.
func (f *Folder) wake(now time.Time) {
	var due []string
	for name, at := range f.waiting {
		if !now.Before(at) {
			due = append(due, name)
			delete(f.waiting, name)
		}
	}
	if len(due) > 0 {
		f.enqueue(due...)
	}
}

// wait returns when there is something to do: an event, a rescan, a second look.
func (f *Folder) wait(ctx context.Context) error {
	until := f.rescan
	for _, at := range f.waiting {
		if at.Before(until) {
			until = at
		}
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	events, errs := f.channels()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	case err, open := <-errs:
		return f.broken(err, open)
	case e, open := <-events:
		if !open {
			return fmt.Errorf("watch drop folder %s: %w", f.cfg.Dir, fs.ErrClosed)
		}
		return f.settle(ctx, e)
	}
}

func (f *Folder) channels() (<-chan fsnotify.Event, <-chan error) {
	if f.events == nil {
		return nil, nil
	}
	return f.events.Events, f.events.Errors
}

// broken answers an error of the watcher with a rescan: on an overflow events
// are lost, and on any other error they may be.
func (f *Folder) broken(err error, open bool) error {
	if !open {
		return fmt.Errorf("watch drop folder %s: %w", f.cfg.Dir, fs.ErrClosed)
	}
	f.cfg.Log.Warn("file events lost, rescanning", "folder", f.cfg.Dir, "error", err)
	f.rescan = time.Time{}
	return nil
}

// settle gathers a burst of events and queues what they name.
func (f *Folder) settle(ctx context.Context, first fsnotify.Event) error {
	touched := map[string]bool{}
	f.note(first, touched)
	events, errs := f.channels()
	limit := time.NewTimer(f.cfg.SettleMax)
	defer limit.Stop()
	quiet := time.NewTimer(f.cfg.Settle)
	defer quiet.Stop()
	for collecting := true; collecting; {
		select {
		case <-ctx.Done():
			collecting = false // what was gathered is queued for the next call
		case <-limit.C:
			collecting = false
		case <-quiet.C:
			collecting = false
		case err, open := <-errs:
			if err := f.broken(err, open); err != nil {
				return err
			}
			collecting = false
		case e, open := <-events:
			if !open {
				collecting = false
				break
			}
			f.note(e, touched)
			quiet.Reset(f.cfg.Settle)
		}
	}
	f.enter(touched)
	return nil
}

// note translates an event into names to look at.
func (f *Folder) note(e fsnotify.Event, touched map[string]bool) {
	rel, err := filepath.Rel(f.cfg.Dir, e.Name)
	if err != nil || e.Op == fsnotify.Chmod {
		return
	}
	if e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
		if rel == "." {
			f.rescan = time.Time{}
		}
		return
	}
	if rel != "." {
		touched[filepath.ToSlash(rel)] = true
	}
}

// enter queues the files among the touched names, those whose side-car was
// touched, and what new sub-folders hold.
func (f *Folder) enter(touched map[string]bool) {
	var names []string
	for name := range touched {
		if base, ok := sidecarOf(name); ok && f.cfg.Whole == Sidecar {
			name = base
		}
		info, err := os.Lstat(filepath.Join(f.cfg.Dir, filepath.FromSlash(name)))
		switch {
		case err != nil: // gone again: the rescan knows
		case info.IsDir():
			names = append(names, f.walk(name)...)
		case f.candidate(name, info):
			if _, later := f.waiting[name]; !later {
				names = append(names, name)
			}
		}
	}
	if len(names) > 0 {
		f.enqueue(names...)
	}
}

// readers is how many files are read at once: reading is mostly waiting, more
// so on a network share.
func readers() int { return max(4, runtime.GOMAXPROCS(0)) }
