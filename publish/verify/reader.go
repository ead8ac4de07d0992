// Package verify reads a published election as a stranger: from the head to
// every object it names, checking each against its hash.
//
// It promises that numbers it returns are those that the head's signature
// covers, that one sequence number never stands for two heads and that it
// never goes back to an older one. It refuses an object whose bytes differ
// from its name. It is what `herald verify` runs, and the Go library with
// which a newsroom follows a count; it needs nothing but HTTP.
package verify

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/sync/errgroup"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
)

// The ways in which a site can be wrong as a whole.
var (
	// ErrDamaged: an object's bytes are not those its name, or the head, says.
	ErrDamaged = errors.New("other bytes than its name says")
	// ErrRollback: the head is older than one seen before, or another head
	// with the same number.
	ErrRollback = errors.New("the head went back")
	// ErrFrozen: the head promised to be renewed by a time that has passed.
	ErrFrozen = errors.New("the head is older than it promised to be")
)

// Config is what a Reader needs.
type Config struct {
	Fetch    Fetch
	Election string // slug
	// Verifier is the authority's key; nil takes heads unsigned.
	Verifier note.Verifier
	// Concurrency is how many objects are fetched at once; default 16.
	Concurrency int
}

// Reader follows one election. It keeps what it has read by hash, so that
// reading again fetches the head and what moved. It may be used by one
// goroutine at a time.
type Reader struct {
	cfg    Config
	layout shard.Layout
	last   *manifest.Head

	mu   sync.Mutex
	defs map[shard.Hash]*manifest.Definitions
	nums map[shard.Hash]*manifest.Counts
}

// NewReader returns a Reader that has seen nothing yet.
func NewReader(cfg Config) (*Reader, error) {
	layout, err := shard.NewLayout(cfg.Election)
	if err != nil {
		return nil, err
	}
	if cfg.Fetch == nil {
		return nil, errors.New("verify: Config needs a Fetch")
	}
	if cfg.Concurrency == 0 {
		cfg.Concurrency = 16
	}
	return &Reader{cfg: cfg, layout: layout, defs: map[shard.Hash]*manifest.Definitions{}, nums: map[shard.Hash]*manifest.Counts{}}, nil
}

// Head reads the head and checks its signature, when a key was given, and
// that it is not older than the last one read.
func (r *Reader) Head(ctx context.Context) (*manifest.Head, error) {
	raw, err := r.cfg.Fetch(ctx, r.layout.Head())
	if err != nil {
		return nil, err
	}
	if len(raw) > manifest.MaxHead {
		return nil, fmt.Errorf("%s has %d bytes, at most %d are taken", r.layout.Head(), len(raw), manifest.MaxHead)
	}
	h, err := manifest.Read[manifest.Head](raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.layout.Head(), err)
	}
	if h.Election != r.layout.Election() {
		return nil, fmt.Errorf("%s is of election %q", r.layout.Head(), h.Election)
	}
	if r.cfg.Verifier != nil {
		if err := h.Verify(r.cfg.Verifier); err != nil {
			return nil, fmt.Errorf("%s: %w", r.layout.Head(), err)
		}
	}
	if old := r.last; old != nil && (h.Seq < old.Seq || h.Seq == old.Seq && h.Nonce != old.Nonce) {
		return nil, fmt.Errorf("%w: seq %d (release %d) after seq %d (release %d)", ErrRollback, h.Seq, h.Number, old.Seq, old.Number)
	}
	r.last = h
	return h, nil
}

// Fresh returns ErrFrozen when the head promised a newer one before now.
func Fresh(h *manifest.Head, now time.Time) error {
	by, err := time.Parse(time.RFC3339, h.NextUpdateBy)
	if err != nil {
		return fmt.Errorf("next_update_by: %w", err)
	}
	if now.After(by) {
		return fmt.Errorf("%w: it is %s old", ErrFrozen, now.Sub(by).Round(time.Second))
	}
	return nil
}

// Release reads a release.
func (r *Reader) Release(ctx context.Context, h shard.Hash) (*manifest.Release, error) {
	return object[manifest.Release](ctx, r, r.layout.Release(h), h)
}

// Delta reads what changed between two releases.
func (r *Reader) Delta(ctx context.Context, h shard.Hash) (*manifest.Delta, error) {
	return object[manifest.Delta](ctx, r, r.layout.Delta(h), h)
}

// object reads one object named by its hash.
func object[T any](ctx context.Context, r *Reader, key string, h shard.Hash) (*T, error) {
	raw, err := r.bytes(ctx, key, h)
	if err != nil {
		return nil, err
	}
	v, err := manifest.Read[T](raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return v, nil
}

func (r *Reader) bytes(ctx context.Context, key string, h shard.Hash) ([]byte, error) {
	raw, err := r.cfg.Fetch(ctx, key)
	if err != nil {
		return nil, err
	}
	if got := shard.HashOf(raw); got != h {
		return nil, fmt.Errorf("%s holds %w: its hash is %s", key, ErrDamaged, got)
	}
	return raw, nil
}

// Results are all numbers of one release.
type Results struct {
	Head    *manifest.Head
	Release *manifest.Release
	Races   []Race // in the order of groups and definitions
}

// Race is one contest counted in one unit. Votes are in the order of the
// contest's choices.
type Race struct {
	ID      string
	Contest *manifest.Contest
	Unit    *manifest.Unit
	Votes   []snapshot.Count
	Totals  snapshot.Totals
	// Kind says whether the count is intermediate, and so may contain
	// duplicates, or final.
	Kind snapshot.CountKind
	// Condition is what became of the race beside its count; a race that is
	// withheld has no numbers.
	Condition snapshot.Condition
	// Seats are what each choice has won, nil where the source states none.
	Seats []snapshot.Count
	// Rounds are the steps of a ranked count.
	Rounds []snapshot.Round
	// Channels are the same votes by the way they were cast.
	Channels []snapshot.Channel
}

// Leader returns the choice with most votes, abstentions apart. It is false when nothing is
// counted yet or when two share the lead.
func (r Race) Leader() (manifest.Choice, snapshot.Count, bool) {
	best, tied := -1, false
	var most int64 = -1
	for i, v := range r.Votes {
		n, ok := v.Get()
		switch {
		case !ok || r.Contest.Choices[i].Type == snapshot.Abstention:
		case n > most:
			best, most, tied = i, n, false
		case n == most:
			tied = true
		}
	}
	if best < 0 || tied {
		return manifest.Choice{}, snapshot.Count{}, false
	}
	return r.Contest.Choices[best], r.Votes[best], true
}

// Results reads every number of the current release: the head, the release,
// and of each group the definitions and counts whose hash it has not read
// before.
func (r *Reader) Results(ctx context.Context) (*Results, error) {
	head, err := r.Head(ctx)
	if err != nil {
		return nil, err
	}
	rel, err := r.Release(ctx, head.Release)
	if err != nil {
		return nil, err
	}
	if rel.Number != head.Number || rel.Election != head.Election || rel.Mode != head.Mode {
		return nil, fmt.Errorf("release %s says it is number %d of %q, the head says %d: %w", head.Release, rel.Number, rel.Election, head.Number, ErrDamaged)
	}
	groups := make([][]Race, len(rel.Groups))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(r.cfg.Concurrency)
	for i, ref := range rel.Groups {
		g.Go(func() (err error) {
			groups[i], err = r.group(gctx, ref)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	out := &Results{Head: head, Release: rel}
	for _, races := range groups {
		out.Races = append(out.Races, races...)
	}
	r.forget(rel)
	return out, nil
}

// forget drops what the release does not name any more.
func (r *Reader) forget(rel *manifest.Release) {
	defs, nums := map[shard.Hash]*manifest.Definitions{}, map[shard.Hash]*manifest.Counts{}
	for _, g := range rel.Groups {
		defs[g.Definitions], nums[g.Counts] = r.defs[g.Definitions], r.nums[g.Counts]
	}
	r.defs, r.nums = defs, nums
}

func (r *Reader) group(ctx context.Context, g manifest.Group) ([]Race, error) {
	defs, err := cached(ctx, r, r.defs, r.layout.Definitions(g.ID, g.Definitions), g.Definitions)
	if err != nil {
		return nil, err
	}
	counts, err := cached(ctx, r, r.nums, r.layout.Counts(g.ID, g.Counts), g.Counts)
	if err != nil {
		return nil, err
	}
	if counts.Definitions != g.Definitions {
		return nil, fmt.Errorf("the counts of group %s belong to other definitions: %w", g.ID, ErrDamaged)
	}
	units, contests := map[string]*manifest.Unit{}, map[string]*manifest.Contest{}
	for i := range defs.Units {
		units[defs.Units[i].ID] = &defs.Units[i]
	}
	for i := range defs.Contests {
		contests[defs.Contests[i].ID] = &defs.Contests[i]
	}
	choices := make([]int, len(defs.Races))
	for i, d := range defs.Races {
		if c := contests[d.Contest]; c != nil {
			choices[i] = len(c.Choices)
		}
	}
	results, err := counts.Results(choices)
	if err != nil {
		return nil, fmt.Errorf("group %s: %w: %w", g.ID, err, ErrDamaged)
	}
	out := make([]Race, len(defs.Races))
	for i, d := range defs.Races {
		c, u := contests[d.Contest], units[d.Unit]
		if c == nil || u == nil {
			return nil, fmt.Errorf("race %s of group %s names a contest or unit that is not defined: %w", d.ID, g.ID, ErrDamaged)
		}
		result := results[i]
		out[i] = Race{ID: d.ID, Contest: c, Unit: u, Votes: result.Votes, Totals: result.Totals, Kind: result.Kind,
			Condition: result.Condition, Seats: result.Seats, Rounds: result.Rounds, Channels: result.Channels}
	}
	return out, nil
}

func cached[T any](ctx context.Context, r *Reader, cache map[shard.Hash]*T, key string, h shard.Hash) (*T, error) {
	r.mu.Lock()
	v := cache[h]
	r.mu.Unlock()
	if v != nil {
		return v, nil
	}
	v, err := object[T](ctx, r, key, h)
	if err == nil {
		r.mu.Lock()
		cache[h] = v
		r.mu.Unlock()
	}
	return v, err
}
