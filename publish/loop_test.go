package publish

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/source"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/publish/store/memstore"
)

// script is a source that hands over what a test sends it.
type script struct {
	batches chan source.Batch
	mu      sync.Mutex
	state   source.State
}

func newScript() *script { return &script{batches: make(chan source.Batch)} }

func (s *script) Next(ctx context.Context) (source.Batch, error) {
	select {
	case b, ok := <-s.batches:
		if !ok {
			return source.Batch{}, io.EOF
		}
		return b, nil
	case <-ctx.Done():
		return source.Batch{}, ctx.Err()
	}
}

func (s *script) State() source.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// towns is a format of one line: "TOWN VOTES VOTES".
type towns struct{}

func (towns) Decode(p feed.Payload) ([]snapshot.Update, error) {
	var town string
	var a, b int64
	if _, err := fmt.Sscanf(string(p.Body), "%s %d %d", &town, &a, &b); err != nil {
		return nil, p.Refuse("E_SYNTAX", "not a town and two numbers")
	}
	return []snapshot.Update{{Scope: town, Stamp: p.Receipt(),
		Units:    []snapshot.UnitDef{{Key: "land", Type: snapshot.Country}, {Key: town, Parent: "land", Type: snapshot.Municipality}},
		Contests: []snapshot.ContestDef{{Key: "mayor-" + town, Name: "Mayor", Choices: []snapshot.ChoiceDef{{Key: "a"}, {Key: "b"}}}},
		Results: []snapshot.RaceResult{{Contest: "mayor-" + town, Unit: town, Votes: []snapshot.ChoiceVotes{
			{Key: "a", Votes: snapshot.Of(a)}, {Key: "b", Votes: snapshot.Of(b)}}}},
	}}, nil
}

func batch(lines ...string) source.Batch {
	var b source.Batch
	for i, l := range lines {
		b.Payloads = append(b.Payloads, source.Payload{Feed: "made", Name: fmt.Sprintf("%d.txt", i), Body: []byte(l), Received: time.Now()})
	}
	return b
}

func newLoop(t *testing.T, st store.Store, srcs ...source.Source) (*Loop, string) {
	t.Helper()
	dir := t.TempDir()
	q, err := source.OpenQuarantine(source.QuarantineConfig{Dir: filepath.Join(dir, "quarantine")})
	if err != nil {
		t.Fatal(err)
	}
	spool, err := source.OpenSpool(source.SpoolConfig{Dir: filepath.Join(dir, "spool")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { spool.Close() })
	cfg := LoopConfig{Publisher: open(t, st), Quarantine: q, Spool: spool, Log: slog.New(slog.DiscardHandler)}
	for i, s := range srcs {
		cfg.Feeds = append(cfg.Feeds, Feed{Name: fmt.Sprint("made", i), Source: s, Decoder: towns{}, Concurrent: true})
	}
	l, err := NewLoop(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return l, dir
}

// eventually polls until a loop's counts are as wanted.
func eventually(t *testing.T, l *Loop, what string, ok func(Stats) bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for !ok(l.Stats()) {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain for: %s; counts are %+v", what, l.Stats())
		}
	}
}

func TestNothingIsPublishedBeforeEveryFeedWasReadOnce(t *testing.T) {
	one, two := newScript(), newScript()
	st := memstore.New()
	l, _ := newLoop(t, st, one, two)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- l.Run(ctx) }()
	first := batch("oslo 1 2")
	first.More = true
	one.batches <- first
	one.batches <- batch("bergen 3 4")
	eventually(t, l, "two payloads", func(s Stats) bool { return s.Payloads == 2 })
	if keys := st.Keys(); len(keys) != 0 {
		t.Errorf("published %v while one feed was not read", keys)
	}
	two.batches <- batch("tromso 5 6")
	eventually(t, l, "a release", func(s Stats) bool { return s.Release == 2 && s.Moments == s.MomentsPublished })
	if s := l.Stats(); s.Races != 3 || s.Reporting != 3 {
		t.Errorf("counts = %+v", s)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v", err)
	}
	if got := l.cfg.Publisher.AliasesThrough(); got != 2 {
		t.Errorf("addresses are fresh through %d when Run returns", got)
	}
}

func TestAFeedThatIsLostDoesNotHoldUpTheOthers(t *testing.T) {
	one, lost := newScript(), newScript()
	lost.state.Lost = "no such folder"
	st := memstore.New()
	l, _ := newLoop(t, st, one, lost)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- l.Run(ctx) }()
	one.batches <- batch("oslo 1 2")
	eventually(t, l, "a release", func(s Stats) bool { return s.Release == 2 })
	if err := l.Healthy(); err == nil || !strings.Contains(err.Error(), "made1 cannot be read") {
		t.Errorf("Healthy = %v", err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	again, _ := newLoop(t, st, one, lost)
	if got := again.Stats().Release; got != 2 {
		t.Errorf("after a start the counts say release %d", got)
	}
	go func() { one.batches <- batch("oslo 1 2") }()
	if err := again.Once(t.Context()); err == nil || !strings.Contains(err.Error(), "no such folder") {
		t.Errorf("Once = %v", err)
	}
}

func TestARefusedPayloadIsQuarantinedAndTheRestPublished(t *testing.T) {
	src := newScript()
	st := memstore.New()
	l, dir := newLoop(t, st, src)
	go func() {
		src.batches <- batch("oslo 1 2", "bergen three 4")
		close(src.batches)
	}()
	if err := l.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := l.Stats()
	if s.Refusals["E_SYNTAX"] != 1 || s.Races != 1 || s.Release != 2 {
		t.Errorf("counts = %+v", s)
	}
	reasons, err := filepath.Glob(filepath.Join(dir, "quarantine", "*", "reason.json"))
	if err != nil || len(reasons) != 1 {
		t.Fatalf("quarantine holds %v, %v", reasons, err)
	}
	raw, err := os.ReadFile(reasons[0])
	if err != nil || !strings.Contains(string(raw), `E_SYNTAX feed \"made0\" file \"1.txt\"`) {
		t.Errorf("reason = %s, %v", raw, err)
	}
	body, err := os.ReadFile(filepath.Join(filepath.Dir(reasons[0]), "payload"))
	if err != nil || string(body) != "bergen three 4" {
		t.Errorf("kept payload = %q, %v", body, err)
	}
	spooled := 0
	for p, err := range source.ReadSpool(filepath.Join(dir, "spool")) {
		if err != nil || p.Seq == 0 {
			t.Errorf("spool: %+v, %v", p, err)
		}
		spooled++
	}
	if spooled != 2 {
		t.Errorf("%d payloads in the spool, want both", spooled)
	}
}

func TestWhileAPublishRunsTheNewestSnapshotReplacesTheWaitingOne(t *testing.T) {
	src := newScript()
	mem := memstore.New()
	gate := &gated{Store: mem, enter: make(chan struct{}), leave: make(chan struct{})}
	l, _ := newLoop(t, gate, src)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error)
	go func() { ended <- l.Run(ctx) }()
	src.batches <- batch("oslo 1 1")
	eventually(t, l, "the first release", func(s Stats) bool { return s.Release == 2 })
	gate.arm("made-2026/head.json")
	src.batches <- batch("oslo 2 2")
	<-gate.enter // the publish of 2 2 is under way
	for i := range 5 {
		src.batches <- batch(fmt.Sprintf("oslo %d %d", 3+i, 3+i))
	}
	eventually(t, l, "all moments", func(s Stats) bool { return s.Moments == 7 })
	close(gate.leave)
	eventually(t, l, "the last moment", func(s Stats) bool { return s.MomentsPublished == 7 })
	if s := l.Stats(); s.Releases != 3 {
		t.Errorf("%d publishes, want the first, the one under way and one for the five that waited", s.Releases)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestAPublishThatFailsIsTriedAgainWithTheNewestSnapshot(t *testing.T) {
	src := newScript()
	mem := memstore.New()
	refusing := &refuse{Store: mem}
	l, _ := newLoop(t, refusing, src)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error)
	go func() { ended <- l.Run(ctx) }()
	src.batches <- batch("oslo 1 1")
	eventually(t, l, "the first release", func(s Stats) bool { return s.Release == 2 })
	refusing.arm(3)
	src.batches <- batch("oslo 2 2")
	eventually(t, l, "a failure", func(s Stats) bool { return s.Failures > 0 })
	if l.Healthy() == nil {
		t.Error("healthy while nothing can be published")
	}
	eventually(t, l, "the release after it", func(s Stats) bool { return s.Release == 3 })
	if err := l.Healthy(); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestAFencedLoopEnds(t *testing.T) {
	src := newScript()
	st := memstore.New()
	l, _ := newLoop(t, st, src)
	ended := make(chan error)
	go func() { ended <- l.Run(t.Context()) }()
	src.batches <- batch("oslo 1 1")
	eventually(t, l, "the first release", func(s Stats) bool { return s.Release == 2 })
	open(t, st) // another publisher takes over
	src.batches <- batch("oslo 2 2")
	if err := <-ended; !errors.Is(err, ErrFenced) {
		t.Errorf("Run = %v, want ErrFenced", err)
	}
}

// gated holds one write of a key until it is let go.
type gated struct {
	store.Store
	mu    sync.Mutex
	key   string
	enter chan struct{}
	leave chan struct{}
}

func (g *gated) arm(key string) {
	g.mu.Lock()
	g.key = key
	g.mu.Unlock()
}

func (g *gated) Swap(ctx context.Context, o store.Object, old store.Tag) (store.Tag, error) {
	g.mu.Lock()
	hit := o.Key == g.key
	if hit {
		g.key = ""
	}
	g.mu.Unlock()
	if hit {
		g.enter <- struct{}{}
		<-g.leave
	}
	return g.Store.Swap(ctx, o, old)
}

// refuse turns down as many shards as it is armed for.
type refuse struct {
	store.Store
	mu   sync.Mutex
	left int
}

func (r *refuse) arm(times int) {
	r.mu.Lock()
	r.left = times
	r.mu.Unlock()
}

func (r *refuse) Create(ctx context.Context, o store.Object) (store.Tag, error) {
	r.mu.Lock()
	refused := r.left > 0 && o.Class == cdn.Shard // stable addresses are another matter
	if refused {
		r.left--
	}
	r.mu.Unlock()
	if refused {
		return "", fmt.Errorf("create %s: %w", o.Key, store.ErrRefused)
	}
	return r.Store.Create(ctx, o)
}
