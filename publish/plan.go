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
	sites   []*templates.Site // one a language, the default one first
	layout  shard.Layout
	enc     *shard.Encoder
	look    look
	groupBy snapshot.UnitType
	// full renders everything again, not only what changed. The bytes are the
	// same; it is for a changed look, and for the proof.
	full   bool
	states map[string]shard.Hash // by feed, for the release to name
	emit   func(put) error       // called by many at once

	old, next   *state
	number      int
	changes     diff.Changes
	moved       []int          // races with a new version, in definition order
	reset       []int          // races whose page alone changes
	kind        map[int]string // of those: why
	changed     map[int]diff.RaceChange
	restated    map[int]bool // races whose definition changed, their result too or not
	redefined   map[int]bool // groups whose definitions changed
	retrailed   []bool       // places whose pages lie elsewhere or below others than before
	drawn       []int        // races whose page is made again: moved and reset, or all
	recorrected bool         // corrections, or races among them, changed
	relooked    bool         // pages are made another way than those of the release before
	cards       *manifest.Cards
	painting    map[int][]picture // by group, -1 for those of the election
	sums        []sums

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

// prepare finds out what the release has to show anew. The next state is nil
// when there is nothing to publish.
func (p *planner) prepare(snap *snapshot.Snapshot) {
	p.changes = diff.Compare(p.old.snap, snap)
	if p.changes.Empty() && !p.full {
		return
	}
	p.number = p.old.number() + 1
	p.relooked = p.old.release == nil || p.old.release.Look != p.look.hash
	p.next = &state{snap: snap, races: make([]raceState, len(snap.Races))}
	copy(p.next.races, p.old.races)
	p.mark()
	p.assign()
	p.next.book = p.old.book
	if p.old.book == nil || !sameShape(p.old.snap, snap) {
		p.next.book = newBook(snap, p.next.groups, p.sites)
	}
	p.resetRaces()
}

// told lists the races of the release before whose history and corrections
// this one shows.
func (p *planner) told() []int {
	if p.next == nil {
		return nil
	}
	list := slices.Clone(p.drawn)
	if p.next.book != p.old.book {
		for _, sh := range p.next.book.sheets {
			if sh.kind == choicesSheet {
				list = append(list, sh.of)
			}
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	n, _ := slices.BinarySearch(list, len(p.old.races))
	return list[:n]
}

// run makes the release that was prepared.
func (p *planner) run() error {
	for _, i := range p.told() {
		s, old := &p.next.races[i], &p.old.races[i]
		s.history, s.corrections, s.recalled = old.history, old.corrections, old.recalled
	}
	p.record()
	for _, step := range []func() error{p.renderRaces, p.renderSheets, p.renderKept, p.renderFiles, p.renderGroups, p.renderRelease} {
		if err := step(); err != nil {
			return err
		}
	}
	p.sortAliases()
	return nil
}

// sameShape reports whether two snapshots have the same races of the same
// contests in the same units, so that the book of one is that of the other.
func sameShape(a, b *snapshot.Snapshot) bool {
	return a != nil && slices.EqualFunc(a.Races, b.Races, func(x, y *snapshot.Race) bool {
		return x == y || x.ID == y.ID && x.Unit == y.Unit && x.Contest == y.Contest
	})
}

// mark lists the races that get a new version and says why.
func (p *planner) mark() {
	p.kind, p.restated = map[int]string{}, map[int]bool{}
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
		p.restated[at[r.ID]] = true
	}
	for _, c := range p.changes.Changed {
		i := at[c.Next.ID]
		p.changed[i] = c
		p.kind[i] = "result"
		if c.Redefined {
			p.restated[i] = true
		}
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
// and units that are fewer or gone, totals that are fewer, and seats that were
// won in a complete count: before that, lists take them from each other with
// every step. A total that a source states at one release and not at the next
// has not fallen.
func fallen(c diff.RaceChange) []templates.Change {
	var out []templates.Change
	for _, n := range c.Counts {
		total := n.Field == diff.Valid || n.Field == diff.Ballots
		counted := n.Field == diff.Votes || n.Field == diff.UnitsIn || n.Field == diff.Seats && c.Prev.Result.Complete()
		if !counted && !total || !n.Fell() || total && !n.To.Present() {
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
// is stored already, and returns its name and size. The addresses are to
// follow it.
func (p *planner) store(raw []byte, prev shard.Hash, contentType string, key func(shard.Hash) string, to ...address) (manifest.Shard, error) {
	ref := manifest.Shard{Hash: shard.HashOf(raw), Size: len(raw)}
	if ref.Hash == prev {
		return ref, nil
	}
	body := p.enc.EncodeNamed(raw, ref.Hash)
	err := p.emit(put{key(ref.Hash), contentType, body})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report.Puts++
	p.report.Bytes += body.StoredSize()
	for _, a := range to {
		p.aliases = append(p.aliases, alias{key: a.key, contentType: contentType, body: body, rank: a.rank,
			added: prev.IsZero() && a.key != p.layout.Alias("", templates.HomePath)})
	}
	return ref, err
}

// segment of the addresses in the language of site n.
func (p *planner) segment(n int) string { return segment(p.sites, n) }

func segment(sites []*templates.Site, n int) string {
	if n == 0 {
		return ""
	}
	return shard.Segment(sites[n].Lang.Code)
}

// page stores a page in every language, after what was published of it, and
// returns what is published of it then.
func (p *planner) page(path string, old pageState, render func([]byte, *templates.Site) []byte, buf []byte) (pageState, []byte, error) {
	next := pageState{html: make([]manifest.Shard, len(p.sites)), changed: old.changed}
	for n, site := range p.sites {
		var prev shard.Hash
		if n < len(old.html) {
			prev = old.html[n].Hash
		}
		buf = render(buf[:0], site)
		var err error
		next.html[n], err = p.store(buf, prev, typeHTML, func(h shard.Hash) string { return p.layout.Page(path, h) }, at(p.layout, p.segment(n), path))
		if err != nil {
			return next, buf, err
		}
		if next.html[n].Hash != prev {
			next.changed = p.number
		}
	}
	return next, buf, nil
}

// byLanguage are the shards of a page as manifests name them. A language in
// which there is no page yet is left out.
func byLanguage(sites []*templates.Site, html []manifest.Shard) map[string]manifest.Shard {
	out := make(map[string]manifest.Shard, len(html))
	for n, s := range html {
		if !s.Hash.IsZero() {
			out[sites[n].Lang.Code] = s
		}
	}
	return out
}

// sortAliases puts new addresses first, since the others link to them, then
// the home page, places, races and the rest, so that what is read most is
// fresh first.
func (p *planner) sortAliases() {
	sortAliases(p.aliases, func(a alias) alias { return a })
	p.report.Aliases = len(p.aliases)
}

func sortAliases[T any](list []T, of func(T) alias) {
	rank := func(a alias) int {
		if a.added {
			return 0
		}
		return a.rank
	}
	slices.SortStableFunc(list, func(x, y T) int {
		a, b := of(x), of(y)
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a.key, b.key)
	})
}
