package publish

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/czech"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/source"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/publish/store/memstore"
)

// batches is a format whose payloads never repeat what earlier ones said:
// "DISTRICT VOTES VOTES" adds a district to the town.
type batches struct{ districts map[string][2]int64 }

func (b *batches) Decode(p feed.Payload) ([]snapshot.Update, error) {
	var district string
	var v [2]int64
	if _, err := fmt.Sscanf(string(p.Body), "%s %d %d", &district, &v[0], &v[1]); err != nil {
		return nil, p.Refuse("E_SYNTAX", "not a district and two numbers")
	}
	if b.districts == nil {
		b.districts = map[string][2]int64{}
	}
	b.districts[district] = v
	var sum [2]int64
	for _, d := range b.districts {
		sum[0], sum[1] = sum[0]+d[0], sum[1]+d[1]
	}
	return []snapshot.Update{{Scope: "town", Stamp: snapshot.Stamp{Time: p.Received},
		Units:    []snapshot.UnitDef{{Key: "town"}},
		Contests: []snapshot.ContestDef{{Key: "mayor", Choices: []snapshot.ChoiceDef{{Key: "a"}, {Key: "b"}}}},
		Results: []snapshot.RaceResult{{Contest: "mayor", Unit: "town", Totals: snapshot.Totals{UnitsIn: snapshot.Of(int64(len(b.districts)))},
			Votes: []snapshot.ChoiceVotes{{Key: "a", Votes: snapshot.Of(sum[0])}, {Key: "b", Votes: snapshot.Of(sum[1])}}}}}}, nil
}

func (b *batches) State() []byte { return fmt.Append(nil, b.districts) } // sorted by key

func (b *batches) Restore(state []byte) error {
	b.districts = map[string][2]int64{}
	text := strings.TrimSuffix(strings.TrimPrefix(string(state), "map["), "]")
	for text != "" {
		name, rest, ok := strings.Cut(text, ":[")
		numbers, after, ok2 := strings.Cut(rest, "]")
		var v [2]int64
		if _, err := fmt.Sscan(numbers, &v[0], &v[1]); err != nil || !ok || !ok2 {
			return errors.New("not what State wrote")
		}
		b.districts[name], text = v, strings.TrimPrefix(after, " ")
	}
	return nil
}

// incremental starts a publisher from nothing but its stores, with one feed of
// batches that hands over lines.
func incremental(t *testing.T, public, private store.Store, lines ...string) (*Loop, *batches) {
	t.Helper()
	cfg := testConfig(t, public)
	cfg.Private = private
	p, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	src := newScript()
	src.batches = make(chan source.Batch, 1)
	src.batches <- batch(lines...)
	dec := &batches{}
	l, err := NewLoop(LoopConfig{Publisher: p, Feeds: []Feed{{Name: "cz", Source: src, Decoder: dec}}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return l, dec
}

func published(t *testing.T, public store.Store) (string, *manifest.Release) {
	t.Helper()
	p, err := Open(t.Context(), testConfig(t, public))
	if err != nil {
		t.Fatal(err)
	}
	if p.Published() == nil {
		return "nothing", nil
	}
	r := p.Published().Races[0].Result
	return fmt.Sprint(r.Votes, r.Totals.UnitsIn), p.state.release
}

func TestAnIncrementalFeedGoesOnAfterAnEmptyDisk(t *testing.T) {
	public, private := memstore.New(), memstore.New()
	l, _ := incremental(t, public, private, "d1 1 2", "d2 10 20")
	if err := l.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	if keys := private.Keys(); len(keys) != 1 || !strings.HasPrefix(keys[0], "made-2026/states/") {
		t.Errorf("private store holds %v", keys)
	}
	if info, err := private.Stat(t.Context(), private.Keys()[0]); err != nil || info.CacheControl != "no-store" {
		t.Errorf("Stat = %+v, %v", info, err)
	}
	l, _ = incremental(t, public, private, "d3 100 200")
	if err := l.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, rel := published(t, public)
	if got != "[111 222] 3" || len(rel.States) != 1 {
		t.Errorf("published %s, states %v; want all three districts", got, rel.States)
	}
	for _, k := range public.Keys() {
		if strings.Contains(k, "states") {
			t.Errorf("%s is public", k)
		}
	}
}

func TestWhatIsRememberedIsWrittenOnlyWhenItChanged(t *testing.T) {
	public, private := memstore.New(), memstore.New()
	for _, lines := range [][]string{{"d1 1 2"}, {"d1 1 2"}, {"d1 1 2", "d1 1 2"}} {
		l, _ := incremental(t, public, private, lines...)
		if err := l.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := private.Writes(); len(got) != 1 {
		t.Errorf("writes %v, want one", got)
	}
	if _, rel := published(t, public); rel.Number != 2 || len(rel.States) != 1 {
		t.Errorf("release %d names %v", rel.Number, rel.States)
	}
}

func TestTheFirstReleaseWhichHasNoCountsRemembersNothing(t *testing.T) {
	public, private := memstore.New(), memstore.New()
	l, _ := incremental(t, public, private, "d1 1 2")
	if err := l.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, rel := published(t, public)
	if first := readRelease(t, public, *rel.Previous); first.Number != 1 || first.States != nil {
		t.Errorf("release %d names %v", first.Number, first.States)
	}
}

func TestAKillBetweenTheMemoryAndTheHeadLeavesTheReleaseBefore(t *testing.T) {
	public, private := memstore.New(), memstore.New()
	l, _ := incremental(t, public, private, "d1 1 2")
	if err := l.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	killed := &headless{Store: public}
	l, _ = incremental(t, killed, private, "d2 10 20")
	killed.dead = true
	if err := l.Once(t.Context()); !errors.Is(err, store.ErrRefused) {
		t.Fatalf("Once = %v", err)
	}
	if len(private.Keys()) != 2 {
		t.Fatalf("private store holds %v, want the new memory too", private.Keys())
	}
	if got, _ := published(t, public); got != "[1 2] 1" {
		t.Errorf("published %s", got)
	}
	l, dec := incremental(t, public, private, "d2 10 20", "d3 100 200")
	if err := l.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, _ := published(t, public); got != "[111 222] 3" || len(dec.districts) != 3 {
		t.Errorf("published %s", got)
	}
}

// headless is a public store of a process that dies before it writes the head.
type headless struct {
	store.Store
	dead bool
}

func (h *headless) Swap(ctx context.Context, o store.Object, old store.Tag) (store.Tag, error) {
	if h.dead && strings.HasSuffix(o.Key, "head.json") {
		return "", fmt.Errorf("swap %s: %w", o.Key, store.ErrRefused)
	}
	return h.Store.Swap(ctx, o, old)
}

func TestAMemoryWhoseWriteFailsIsWrittenAgain(t *testing.T) {
	for name, row := range map[string]struct{ done bool }{"lost": {false}, "done but unacknowledged": {true}} {
		t.Run(name, func(t *testing.T) {
			public, private := memstore.New(), memstore.New()
			l, _ := incremental(t, public, &flaky{Store: private, done: row.done, left: 1}, "d1 1 2")
			if err := l.Once(t.Context()); err == nil {
				t.Fatal("published without knowing that the memory is kept")
			}
			if got, _ := published(t, public); got != "[absent absent] absent" {
				t.Errorf("published %s before the memory was kept", got)
			}
			again, _ := incremental(t, public, private, "d1 1 2")
			if err := again.Once(t.Context()); err != nil {
				t.Fatal(err)
			}
			got, rel := published(t, public)
			if got != "[1 2] 1" || len(rel.States) != 1 || len(private.Keys()) != 1 {
				t.Errorf("published %s, states %v, private %v", got, rel.States, private.Keys())
			}
		})
	}
}

// flaky loses the answers to its first writes, and the writes unless done.
type flaky struct {
	store.Store
	done bool
	left int
}

func (f *flaky) Create(ctx context.Context, o store.Object) (store.Tag, error) {
	if f.left == 0 {
		return f.Store.Create(ctx, o)
	}
	f.left--
	if f.done {
		if _, err := f.Store.Create(ctx, o); err != nil {
			return "", err
		}
	}
	return "", errors.New("the line is dead")
}

func TestAMemoryThatCannotBeReadStopsTheStart(t *testing.T) {
	public, private := memstore.New(), memstore.New()
	l, _ := incremental(t, public, private, "d1 1 2")
	if err := l.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	key := private.Keys()[0]
	good, _, err := private.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	replace := func(body []byte) *memstore.Store {
		good.Body = body
		st := memstore.New()
		if _, err := st.Create(t.Context(), good); err != nil {
			t.Fatal(err)
		}
		return st
	}
	other := l.cfg.Publisher.enc.Encode([]byte("map[d1:[7 7]]"))
	for name, row := range map[string]struct {
		private store.Store
		say     string
	}{
		"missing":     {memstore.New(), "put it back from a copy of that store, or give the feed another name"},
		"cut":         {replace(good.Body[:len(good.Body)/2]), "decompress"},
		"other bytes": {replace(other.Shard()), "the store holds damaged bytes"},
	} {
		l, dec := incremental(t, public, row.private, "d2 10 20")
		for entry, start := range map[string]func(context.Context) error{"run": l.Run, "once": l.Once, "step": func(ctx context.Context) error { return l.Step(ctx, func() error { return nil }) }} {
			err := start(t.Context())
			if err == nil || !strings.Contains(err.Error(), row.say) || !strings.Contains(err.Error(), "feed cz") {
				t.Errorf("%s, %s: %v, want %q", name, entry, err, row.say)
			}
		}
		if got, _ := published(t, public); got != "[1 2] 1" || dec.districts != nil {
			t.Errorf("%s: published %s", name, got)
		}
	}
}

func TestAnIncrementalFeedNeedsAPrivateStore(t *testing.T) {
	_, err := NewLoop(LoopConfig{Publisher: open(t, memstore.New()), Log: slog.New(slog.DiscardHandler),
		Feeds: []Feed{{Name: "cz", Source: newScript(), Decoder: &batches{}}}})
	if err == nil || !strings.Contains(err.Error(), "feed cz") || !strings.Contains(err.Error(), "[private]") {
		t.Errorf("NewLoop = %v", err)
	}
}

// council is a batch of a municipal election with one district of a place.
func council(number, district, votes int) string {
	return fmt.Sprintf(`<VYSLEDKY_OKRSKY xmlns="http://www.volby.cz/kv/" DATUM_CAS_GENEROVANI="2024-10-07T16:%02d:00">
<DAVKA DATUMVOLEB="20241006" PORADI_DAVKY="%d" OKRSKY_DAVKA="1" OKRSKY_CELKEM="9" OKRSKY_ZPRAC="%d"/>
<OKRSEK CIS_OBEC="500" CIS_OKRSEK="%d" KODZASTUP="500" CIS_OBVODU="1" OZNAC_TYPU="OBEC" PORADI_ZPRAC="1" DATUM_CAS_ZPRAC="2024-10-07T15:00:00" OPAKOVANE="0">
<UCAST_OKRSEK ZAPSANI_VOLICI="100" VYDANE_OBALKY="61" ODEVZDANE_OBALKY="60" PLATNE_HLASY="%d"/><HLASY_OKRSEK POR_STR_HLAS_LIST="1" HLASY="%d"/></OKRSEK>
</VYSLEDKY_OKRSKY>`, number, number, number, district, votes, votes)
}

func TestCzechBatchesGoOnAfterAnEmptyDisk(t *testing.T) {
	public, private := memstore.New(), memstore.New()
	for n, votes := range []int{30, 12} {
		cfg := testConfig(t, public)
		cfg.Private = private
		p, err := Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		dec, err := czech.Format().New(feed.Options{})
		if err != nil {
			t.Fatal(err)
		}
		src := newScript()
		src.batches = make(chan source.Batch, 1)
		src.batches <- batch(council(n+1, n+1, votes))
		l, err := NewLoop(LoopConfig{Publisher: p, Feeds: []Feed{{Name: "cz", Source: src, Decoder: dec}}, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Once(t.Context()); err != nil || len(l.Stats().Refusals) > 0 {
			t.Fatalf("batch %d: %v, %v", n+1, err, l.Stats().Refusals)
		}
	}
	if got, rel := published(t, public); got != "[42] 2" || len(rel.States) != 1 || len(private.Keys()) != 2 {
		t.Errorf("published %s, states %v, private %v", got, rel.States, private.Keys())
	}
}

func TestAnUpdateThatContradictsTheNightNamesFeedAndFile(t *testing.T) {
	one, two, many := laid("oslo", "a"), laid("bergen", "a"), laid("oslo", "x")
	for name, row := range map[string]struct {
		phase snapshot.Phase
		defs  *diff.Definitions
		code  string
	}{
		"live numbers in a test": {snapshot.PhaseLive, nil, "E_MODE"},
		"what is pinned":         {snapshot.PhaseTest, &one, ""},
		"another contest":        {snapshot.PhaseTest, &two, "E_DEFINITION"},
		"other choices":          {snapshot.PhaseTest, &many, "E_DEFINITION"},
	} {
		t.Run(name, func(t *testing.T) {
			src := newScript()
			st := memstore.New()
			l, dir := newLoop(t, st, src)
			l.cfg.Definitions, l.cfg.Pinned = row.defs, true
			l.cfg.Feeds[0].Decoder = phased{row.phase}
			made, err := NewLoop(l.cfg)
			if err != nil {
				t.Fatal(err)
			}
			go func() { src.batches <- batch("oslo 1 2") }()
			if err := made.Once(t.Context()); err != nil {
				t.Fatal(err)
			}
			reasons, err := filepath.Glob(filepath.Join(dir, "quarantine", "*", "reason.json"))
			if err != nil {
				t.Fatal(err)
			}
			if row.code == "" {
				if len(reasons) > 0 || made.Stats().Races != 1 {
					t.Errorf("quarantine %v, %d races", reasons, made.Stats().Races)
				}
				return
			}
			if len(reasons) != 1 || len(st.Keys()) != 0 || made.Stats().RefusedBy[FeedCode{"made0", row.code}] != 1 {
				t.Fatalf("quarantine %v, public %v, counts %+v", reasons, st.Keys(), made.Stats())
			}
			raw, err := os.ReadFile(reasons[0])
			if err != nil || !strings.Contains(string(raw), row.code+` feed \"made0\" file \"0.txt\"`) {
				t.Errorf("reason = %s, %v", raw, err)
			}
		})
	}
}

// laid are definitions of towns' contest in a town, with one choice.
func laid(town, choice string) diff.Definitions {
	return diff.Definitions{Contests: []snapshot.ContestDef{{Key: "mayor-" + town, Choices: []snapshot.ChoiceDef{{Key: choice}}}}}
}

// phased is towns with a phase.
type phased struct{ phase snapshot.Phase }

func (d phased) Decode(p feed.Payload) ([]snapshot.Update, error) {
	updates, err := towns{}.Decode(p)
	for i := range updates {
		updates[i].Phase = d.phase
	}
	return updates, err
}

func TestAPayloadFromTheFutureIsRefused(t *testing.T) {
	for name, row := range map[string]struct {
		ahead    time.Duration
		recorded bool
		refused  int
	}{"six minutes": {6 * time.Minute, false, 1}, "four minutes": {4 * time.Minute, false, 0}, "a recorded night": {time.Hour, true, 0}} {
		src := newScript()
		l, _ := newLoop(t, memstore.New(), src)
		l.cfg.Recorded = row.recorded
		l.cfg.Feeds[0].Decoder, l.cfg.Feeds[0].Concurrent = hasty{row.ahead}, false
		go func() { src.batches <- batch("oslo 1 2") }()
		if err := l.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s := l.Stats(); s.Refusals["E_TIME"] != row.refused || s.RefusedBy[FeedCode{"made0", "E_TIME"}] != row.refused || s.Races != 1-row.refused {
			t.Errorf("%s: counts = %+v", name, s)
		}
	}
}

// hasty is towns with a clock that is ahead.
type hasty struct{ ahead time.Duration }

func (h hasty) Decode(p feed.Payload) ([]snapshot.Update, error) {
	updates, err := towns{}.Decode(p)
	for i := range updates {
		updates[i].Results[0].AsOf = p.Received.Add(h.ahead)
	}
	return updates, err
}
