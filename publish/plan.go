package publish

import (
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/templates"
)

// planner makes the next release from the one before and a snapshot. It is
// pure: what it hands to emit depends on its fields alone, in any order.
type planner struct {
	site    *templates.Site
	layout  shard.Layout
	enc     *shard.Encoder
	look    look
	groupBy snapshot.UnitType
	// full renders everything again, not only what changed. The bytes are the
	// same; it is for a changed look, and for the proof.
	full   bool
	states map[string]shard.Hash // by feed, for the release to name
	emit   func(put) error       // called by many at once

	old, next *state
	number    int
	changes   diff.Changes
	moved     []int          // races with a new version, in definition order
	kind      map[int]string // of those: why
	changed   map[int]diff.RaceChange
	redefined map[int]bool // groups whose definitions changed
	sums      []sums

	mu      sync.Mutex
	aliases []alias
	report  Report
}

// Report says what a publish did.
type Report struct {
	Number      int // of the release; unchanged when nothing was to be published
	Published   bool
	Added       int // races seen for the first time
	Changed     int // races with another result or definition
	Corrections int // races with a number that fell
	Puts        int // objects stored under new names
	Bytes       int // of those, stored bytes
	Aliases     int // stable addresses to be refreshed
}

// run plans the release. The next state is nil when there is nothing to
// publish.
func (p *planner) run(snap *snapshot.Snapshot) error {
	p.changes = diff.Compare(p.old.snap, snap)
	if p.changes.Empty() && !p.full {
		return nil
	}
	p.number = p.old.number() + 1
	p.next = &state{snap: snap, races: make([]raceState, len(snap.Races))}
	copy(p.next.races, p.old.races)
	p.next.tree = p.old.tree
	if p.old.tree == nil || !sameShape(p.old.snap, snap) {
		p.next.tree = newTree(snap, p.site.Name)
	}
	p.mark()
	p.assign()
	for _, step := range []func() error{p.renderRaces, p.renderPlaces, p.renderGroups, p.renderRelease} {
		if err := step(); err != nil {
			return err
		}
	}
	p.sortAliases()
	return nil
}

// sameShape reports whether two snapshots have the same races in the same
// units, so that the tree of one is that of the other.
func sameShape(a, b *snapshot.Snapshot) bool {
	return a != nil && slices.EqualFunc(a.Races, b.Races, func(x, y *snapshot.Race) bool { return x == y || x.ID == y.ID && x.Unit == y.Unit })
}

// mark lists the races that get a new version and says why.
func (p *planner) mark() {
	p.kind = map[int]string{}
	p.changed = map[int]diff.RaceChange{}
	at := make(map[string]int)
	if !p.changes.Empty() {
		for i, r := range p.next.snap.Races {
			at[r.ID] = i
		}
	}
	for _, r := range p.changes.Added {
		p.kind[at[r.ID]] = "added"
	}
	for _, r := range p.changes.Redefined {
		p.kind[at[r.ID]] = "definition"
	}
	for _, c := range p.changes.Changed {
		i := at[c.Next.ID]
		p.changed[i] = c
		p.kind[i] = "result"
		if len(fallen(c)) > 0 {
			p.kind[i] = "correction"
			p.report.Corrections++
		}
	}
	for i := range p.kind {
		p.moved = append(p.moved, i)
	}
	slices.Sort(p.moved)
	p.report.Added = len(p.changes.Added)
	p.report.Changed = len(p.changes.Changed) + len(p.changes.Redefined)
}

// fallen are the numbers of a race that fell and are worth a correction: votes
// and units that are fewer or gone, totals that are fewer. A total that a
// source states at one release and not at the next has not fallen.
func fallen(c diff.RaceChange) []templates.Change {
	var out []templates.Change
	for _, n := range c.Counts {
		total := n.Field == diff.Valid || n.Field == diff.Ballots
		if n.Field != diff.Votes && n.Field != diff.UnitsIn && !total || !n.Fell() || total && !n.To.Present() {
			continue
		}
		out = append(out, templates.Change{Choice: n.Choice, What: string(n.Field), From: n.From, To: n.To})
	}
	return out
}

// each runs f for the numbers below n on all cores and returns the first
// error. f is handed a buffer to append to, which it hands back for reuse.
func each(n int, f func(i int, buf []byte) ([]byte, error)) error {
	workers := min(n, runtime.GOMAXPROCS(0))
	var g errgroup.Group
	for w := range workers {
		g.Go(func() error {
			buf := make([]byte, 0, 64<<10)
			for i := w; i < n; i += workers {
				var err error
				if buf, err = f(i, buf[:0]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// store emits raw under the key that its hash makes, unless prev says that it
// is stored already, and returns its name and size. Aliases named follow it.
func (p *planner) store(raw []byte, prev manifest.Shard, contentType string, key func(shard.Hash) string, aliases ...string) (manifest.Shard, error) {
	ref := manifest.Shard{Hash: shard.HashOf(raw), Size: len(raw)}
	if ref.Hash == prev.Hash {
		return ref, nil
	}
	body := p.enc.EncodeNamed(raw, ref.Hash)
	err := p.emit(put{key(ref.Hash), contentType, body})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report.Puts++
	p.report.Bytes += body.StoredSize()
	for _, a := range aliases {
		p.aliases = append(p.aliases, alias{a, contentType, body, prev.Hash.IsZero() && a != p.layout.AliasHome()})
	}
	return ref, err
}

// sortAliases puts new addresses first, since the others link to them, and the
// home page, places and races behind, so that what is read most is fresh first.
func (p *planner) sortAliases() {
	home, places := p.layout.AliasHome(), strings.TrimSuffix(p.layout.AliasPlace(""), ".html")
	rank := func(a alias) int {
		switch {
		case a.added:
			return 0
		case a.key == home:
			return 1
		case strings.HasPrefix(a.key, places):
			return 2
		}
		return 3
	}
	slices.SortStableFunc(p.aliases, func(a, b alias) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a.key, b.key)
	})
	p.report.Aliases = len(p.aliases)
}
