package publish

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/publish/store/memstore"
	"github.com/heraldresults/herald/templates"
)

// watched calls hook before each write of an address.
type watched struct {
	*memstore.Store
	hook func(key string)
}

func (w *watched) Create(ctx context.Context, o store.Object) (store.Tag, error) {
	w.hook(o.Key)
	return w.Store.Create(ctx, o)
}

func (w *watched) Swap(ctx context.Context, o store.Object, old store.Tag) (store.Tag, error) {
	w.hook(o.Key)
	return w.Store.Swap(ctx, o, old)
}

func TestARefreshCutShortForgetsNoAddress(t *testing.T) {
	for cut := range 5 {
		n := newNight(2)
		st := &watched{Store: memstore.New(), hook: func(string) {}}
		cfg := testConfig(t, st)
		cfg.Concurrency = 1
		p, err := Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		mustPublish(t, p, n.count("s0-t0", 1, 1, 1))
		if _, err := p.Publish(t.Context(), n.count("s0-t0", 1, 1, 1)); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var writes atomic.Int64
		st.hook = func(string) {
			if writes.Add(1) == int64(cut+1) {
				cancel()
			}
		}
		if err := p.Refresh(ctx); err == nil && cut < 4 {
			t.Errorf("cut at address %d: Refresh says that all are written", cut+1)
		}
		cancel()
		st.ResetWrites()
		st.hook = func(string) {}
		if err := p.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i, r := range p.state.snap.Races {
			for key, want := range map[string]shard.Hash{
				p.layout.Alias("", shard.RacePage(r.Unit.ID, r.Contest.ID)): p.state.races[i].html[0].Hash,
				p.layout.Alias("", shard.RaceFile(r.Unit.ID, r.Contest.ID)): p.state.races[i].json.Hash,
			} {
				if got := holds(t, st, key); got != want {
					t.Errorf("cut at address %d: %s holds %s, want %s", cut+1, key, got, want)
				}
			}
		}
		for i, pg := range p.state.pages {
			key := p.layout.Alias("", p.state.book.sheets[i].path)
			if got := holds(t, st, key); got != pg.html[0].Hash {
				t.Errorf("cut at address %d: %s holds %s, want %s", cut+1, key, got, pg.html[0].Hash)
			}
		}
	}
}

// holds is the hash of what lies under a key.
func holds(t *testing.T, st store.Store, key string) shard.Hash {
	t.Helper()
	o, _, err := st.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := shard.Decode(o.Body)
	if err != nil {
		t.Fatal(err)
	}
	return shard.HashOf(raw)
}

func TestTheHomePageIsWrittenAfterEveryNewAddress(t *testing.T) {
	for _, crash := range []bool{false, true} {
		n := newNight(40)
		st := &watched{Store: memstore.New(), hook: func(string) {}}
		p := open(t, st)
		if _, err := p.Publish(t.Context(), n.asm.Snapshot()); err != nil {
			t.Fatal(err)
		}
		if crash {
			p = open(t, st)
		}
		st.ResetWrites()
		if err := p.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := st.Writes()
		if last := got[len(got)-1]; last != p.layout.Alias("", templates.HomePath) {
			t.Errorf("after a crash %v: the last of %d addresses is %s", crash, len(got), last)
		}
		if kinds := kinds(got); kinds["race.html"] != 80 || kinds["in"] != 82 {
			t.Errorf("after a crash %v: wrote %v", crash, kinds)
		}
		for _, f := range p.look.schemas {
			if !strings.Contains(strings.Join(got, " "), f.key) {
				t.Errorf("after a crash %v: %s is missing", crash, f.key)
			}
		}
	}
}

func TestTheStatusIsThereBeforeThePagesThatLinkToIt(t *testing.T) {
	st, n := memstore.New(), newNight(1)
	p := open(t, st)
	if _, err := p.Publish(t.Context(), n.count("s0-t0", 1, 2, 3)); err != nil {
		t.Fatal(err)
	}
	if _, err := seen(st)(t.Context(), mustLayout().Status()); err != nil {
		t.Errorf("the status after the first release: %v", err)
	}
	if _, err := seen(st)(t.Context(), mustLayout().Alias("", "index.html")); err == nil {
		t.Error("the home page stands before anything was refreshed: the test shows nothing")
	}
}
