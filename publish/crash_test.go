package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/publish/store/memstore"
)

// faulty fails one write of the head: lost, or done but unacknowledged.
type faulty struct {
	store.Store
	key   string
	fail  int
	after bool
}

var errCut = errors.New("connection cut")

func (f *faulty) Swap(ctx context.Context, o store.Object, old store.Tag) (store.Tag, error) {
	return f.write(o, func() (store.Tag, error) { return f.Store.Swap(ctx, o, old) })
}

func (f *faulty) Create(ctx context.Context, o store.Object) (store.Tag, error) {
	return f.write(o, func() (store.Tag, error) { return f.Store.Create(ctx, o) })
}

func (f *faulty) write(o store.Object, do func() (store.Tag, error)) (store.Tag, error) {
	if o.Key != f.key || f.fail == 0 {
		return do()
	}
	f.fail--
	if f.after {
		if _, err := do(); err != nil {
			return "", err
		}
	}
	return "", errCut
}

func TestALostAnswerToTheHeadIsFoundOut(t *testing.T) {
	for _, after := range []bool{false, true} {
		for _, key := range []string{"made-2026/head.json", "made-2026/index.html", "made-2026/race/s0-t0/mayor-s0-t0.json"} {
			t.Run(fmt.Sprintf("%s done=%v", key, after), func(t *testing.T) {
				n := newNight(2)
				mem := memstore.New()
				f := &faulty{Store: mem, key: key, after: after}
				p := open(t, f)
				for step := range 4 {
					f.fail = step % 3
					r := mustPublish(t, p, n.count("s0-t0", 1, 2, 3))
					if r.Number != step+2 || p.head.current.Number != step+2 {
						t.Fatalf("step %d: release %d, head says %d", step, r.Number, p.head.current.Number)
					}
					if got := p.AliasesThrough(); got != step+2 {
						t.Errorf("aliases are fresh through release %d", got)
					}
				}
				obj, _, err := mem.Get(t.Context(), "made-2026/race/s0-t0/mayor-s0-t0.json")
				if err != nil {
					t.Fatal(err)
				}
				raw, err := shard.Decode(obj.Body)
				if err != nil || !strings.Contains(string(raw), `"votes":12`) {
					t.Errorf("the alias holds %s, %v; want the fourth count", raw, err)
				}
			})
		}
	}
}

func TestAddressesLeftBehindByACrashAreHealed(t *testing.T) {
	n := newNight(2)
	st := memstore.New()
	p := open(t, st)
	mustPublish(t, p, n.count("s0-t0", 1, 1, 1))
	if err := p.Heartbeat(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Publish(t.Context(), n.count("s0-t0", 1, 1, 1)); err != nil { // and no Refresh: the crash
		t.Fatal(err)
	}
	again := open(t, st)
	st.ResetWrites()
	if err := again.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := st.Writes()
	slices.Sort(got)
	want := []string{"made-2026/type/contests.html", "made-2026/lite.html", "made-2026/updates.html", "made-2026/updates.json", "made-2026/in/s0-t0.html", "made-2026/in/s0.html", "made-2026/index.html", "made-2026/race/s0-t0/mayor-s0-t0.html", "made-2026/race/s0-t0/mayor-s0-t0.json"}
	for _, f := range again.look.schemas { // which release brought them is not known
		want = append(want, f.key)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("healed %v, want %v", got, want)
	}
	obj, _, _ := st.Get(t.Context(), "made-2026/race/s0-t0/mayor-s0-t0.json")
	raw, _ := shard.Decode(obj.Body)
	if shard.HashOf(raw) != again.state.races[slices.IndexFunc(again.state.snap.Races, func(r *snapshot.Race) bool { return r.Unit.ID == "s0-t0" })].json.Hash {
		t.Error("the healed address does not hold the shard's bytes")
	}
}
