package publish

import (
	rand2 "crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/publish/store/memstore"
	"github.com/heraldresults/herald/templates"
)

// night is a made election in a tree of country, states and towns.
type night struct {
	asm   *diff.Assembler
	towns int
	step  int
	votes map[string][]int64
}

func newNight(towns int) *night {
	n := &night{asm: diff.NewAssembler(nil), towns: towns, votes: map[string][]int64{}}
	n.apply(func(u *snapshot.Update) {
		u.Name = "Made election"
		u.Units = append(u.Units, snapshot.UnitDef{Key: "br", Name: "Brazil", Type: snapshot.Country})
		for s := range 2 {
			state := fmt.Sprintf("s%d", s)
			u.Units = append(u.Units, snapshot.UnitDef{Key: state, Parent: "br", Name: "State " + state, Type: snapshot.State})
			for t := range towns {
				town := fmt.Sprintf("%s-t%d", state, t)
				u.Units = append(u.Units, snapshot.UnitDef{Key: town, Parent: state, Name: "Town <" + town + ">", Type: snapshot.Municipality})
				u.Contests = append(u.Contests, snapshot.ContestDef{Key: "mayor-" + town, Name: "Mayor", Type: snapshot.CandidateContest, Seats: 1,
					Choices: []snapshot.ChoiceDef{{Key: "1", Name: "Ana & Co"}, {Key: "2", Name: "Bia"}, {Key: "3", Name: "Caio"}}})
				u.Results = append(u.Results, snapshot.RaceResult{Contest: "mayor-" + town, Unit: town, Status: snapshot.PreElection,
					Totals: snapshot.Totals{UnitsIn: snapshot.Of(0), UnitsTotal: snapshot.Of(10)}})
			}
		}
	})
	return n
}

func (n *night) apply(f func(*snapshot.Update)) {
	n.step++
	u := snapshot.Update{Feed: "made", Scope: "all", Stamp: snapshot.Stamp{Time: time.Date(2026, 11, 3, 18, n.step, 0, 0, time.UTC)}}
	f(&u)
	if _, err := n.asm.Apply(u); err != nil {
		panic(err)
	}
}

// count adds (or, negative, takes away) votes in a town and returns everything
// known.
func (n *night) count(town string, add ...int64) *snapshot.Snapshot {
	n.apply(func(u *snapshot.Update) {
		v := n.votes[town]
		if v == nil {
			v = make([]int64, 3)
		}
		r := snapshot.RaceResult{Contest: "mayor-" + town, Unit: town, Status: snapshot.UnofficialPartial}
		var sum int64
		for i := range v {
			v[i] += add[i]
			sum += v[i]
			r.Votes = append(r.Votes, snapshot.ChoiceVotes{Key: fmt.Sprint(i + 1), Votes: snapshot.Of(v[i])})
		}
		n.votes[town] = v
		r.Totals = snapshot.Totals{Valid: snapshot.Of(sum), UnitsIn: snapshot.Of(1), UnitsTotal: snapshot.Of(10)}
		u.Results = append(u.Results, r)
	})
	return n.asm.Snapshot()
}

func testConfig(t testing.TB, st store.Store) Config {
	t.Helper()
	return Config{
		Store: st, Log: slog.New(slog.DiscardHandler), HeadEvery: time.Nanosecond, StatusEvery: time.Nanosecond, GroupBy: snapshot.State,
		Site: templates.Site{Election: "made-2026", Name: "Made election", Mode: templates.Test, Location: time.UTC, PollSeconds: 20},
		Now:  func() time.Time { return time.Date(2026, 11, 3, 20, 0, 0, 0, time.UTC) },
	}
}

func open(t *testing.T, st store.Store) *Publisher {
	t.Helper()
	p, err := Open(t.Context(), testConfig(t, st))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func mustPublish(t *testing.T, p *Publisher, s *snapshot.Snapshot) Report {
	t.Helper()
	r, err := p.Publish(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

func kinds(keys []string) map[string]int {
	out := map[string]int{}
	for _, k := range keys {
		k = strings.TrimPrefix(k, "made-2026/")
		first, rest, _ := strings.Cut(k, "/")
		switch {
		case first == "groups":
			first += "/" + strings.Split(rest, "/")[1]
		case first == "races" || first == "race":
			first += k[strings.LastIndex(k, "."):]
		}
		out[first]++
	}
	return out
}

func TestOneChangedRaceInThreeLevelsCostsTwentyTwoWritesAndADelta(t *testing.T) {
	n := newNight(4)
	st := memstore.New()
	p := open(t, st)
	mustPublish(t, p, n.asm.Snapshot())
	mustPublish(t, p, n.count("s0-t1", 5, 3, 1))
	st.ResetWrites()

	mustPublish(t, p, n.count("s0-t1", 2, 0, 0))

	want := map[string]int{"races.json": 1, "races.html": 1, "units": 2, "pages": 4, "groups/counts": 1, "groups/index": 1, "updates": 1,
		"releases": 1, "head.json": 1, "deltas": 1,
		"race.html": 1, "race.json": 1, "in": 2, "index.html": 1, "type": 1, "lite.html": 1, "updates.html": 1, "updates.json": 1}
	got := kinds(st.Writes())
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("writes = %v\nwant %v", got, want)
	}
	if len(st.Writes()) != 23 {
		t.Errorf("%d writes, want twenty-two and a delta", len(st.Writes()))
	}
}

func TestUnchangedSnapshotWritesNothing(t *testing.T) {
	n := newNight(2)
	st := memstore.New()
	p := open(t, st)
	mustPublish(t, p, n.count("s0-t1", 5, 3, 1))
	st.ResetWrites()
	r := mustPublish(t, p, n.count("s0-t1", 0, 0, 0)) // a newer stamp, the same numbers
	if r.Published || len(st.Writes()) != 0 {
		t.Errorf("published %v, wrote %v", r.Published, st.Writes())
	}
}

func TestFirstReleaseHoldsDefinitionsAndNoCounts(t *testing.T) {
	n := newNight(2)
	st := memstore.New()
	p := open(t, st)
	r := mustPublish(t, p, n.count("s0-t1", 5, 3, 1))
	if r.Number != 2 {
		t.Fatalf("release %d is current, want 2", r.Number)
	}
	rel2 := readRelease(t, st, p.head.current.Release)
	rel1 := readRelease(t, st, *rel2.Previous)
	if rel1.Number != 1 || rel1.Previous != nil {
		t.Fatalf("release before is %+v", rel1)
	}
	for _, g := range rel1.Groups {
		if g.Reporting != 0 {
			t.Errorf("group %s of release 1 has %d races with counts", g.ID, g.Reporting)
		}
		counts, err := readJSON[manifest.Counts](t.Context(), p, p.layout.Counts(g.ID, g.Counts), g.Counts)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range counts.Races {
			for i, c := range v[:len(v)-1] { // the last is the total of units
				if c.Present() {
					t.Errorf("group %s of release 1 has count %d = %v", g.ID, i, c)
				}
			}
		}
	}
}

func readRelease(t *testing.T, st store.Store, h shard.Hash) *manifest.Release {
	t.Helper()
	p := &Publisher{cfg: Config{Store: st}, layout: mustLayout()}
	rel, err := readJSON[manifest.Release](t.Context(), p, p.layout.Release(h), h)
	if err != nil {
		t.Fatal(err)
	}
	return rel
}

func mustLayout() shard.Layout {
	l, err := shard.NewLayout("made-2026")
	if err != nil {
		panic(err)
	}
	return l
}

func TestFallingVotesArePublishedAsACorrection(t *testing.T) {
	n := newNight(2)
	st := memstore.New()
	p := open(t, st)
	mustPublish(t, p, n.count("s0-t1", 50, 30, 10))
	if r := mustPublish(t, p, n.count("s0-t1", -20, 0, 0)); r.Corrections != 1 {
		t.Fatalf("report %+v, want one correction", r)
	}
	i := slices.IndexFunc(p.state.snap.Races, func(r *snapshot.Race) bool { return r.Unit.ID == "s0-t1" })
	c := p.state.races[i].corrections
	want := templates.Change{Choice: 0, What: "votes", From: snapshot.Of(50), To: snapshot.Of(30)}
	if len(c) != 1 || c[0].Release != 3 || !slices.Contains(c[0].Changes, want) {
		t.Errorf("corrections = %+v, want %+v in release 3", c, want)
	}
	raw, err := p.read(t.Context(), p.layout.RaceJSON(p.state.snap.Races[i].ID, p.state.races[i].json.Hash), p.state.races[i].json.Hash)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(raw), `"from":50,"to":30`) {
		t.Errorf("race JSON does not tell the correction:\n%s", raw)
	}
}

// TestRenderingEverythingGivesTheBytesOfRenderingWhatChanged plays one night
// into two stores.
func TestRenderingEverythingGivesTheBytesOfRenderingWhatChanged(t *testing.T) {
	a, b := memstore.New(), memstore.New()
	pa, pb := open(t, a), open(t, b)
	pb.full = true
	n := newNight(6)
	rng := rand.New(rand.NewPCG(1, 2))
	for step := range 60 {
		s := n.count(fmt.Sprintf("s%d-t%d", rng.IntN(2), rng.IntN(6)), rng.Int64N(90), rng.Int64N(90), rng.Int64N(9))
		ra, rb := mustPublish(t, pa, s), mustPublish(t, pb, s)
		if ra.Number != rb.Number || pa.head.current.Release != pb.head.current.Release {
			t.Fatalf("step %d: release %d %v, rendering everything gives %d %v", step, ra.Number, pa.head.current.Release, rb.Number, pb.head.current.Release)
		}
		if step%20 == 7 { // both start again, with nothing but their stores
			pa, pb = open(t, a), open(t, b)
			pb.full = true
		}
	}
	if got := len(pa.state.release.Rollups); got != 6 {
		t.Errorf("%d roll-ups after %d releases, want one for each ten", got, pa.state.number())
	}
}

func TestPublisherCarriesOnFromTheStoreAlone(t *testing.T) {
	n := newNight(3)
	st := memstore.New()
	p := open(t, st)
	mustPublish(t, p, n.count("s1-t0", 7, 8, 9))
	before := p.state
	again := open(t, st)
	if got := again.head.current; got.Release != p.head.current.Release || got.Term != p.head.current.Term+1 || got.Seq != p.head.current.Seq+1 {
		t.Errorf("head after start = %+v", got)
	}
	for i, r := range before.snap.Races {
		got := again.state.snap.Races[slices.IndexFunc(again.state.snap.Races, func(o *snapshot.Race) bool { return o.ID == r.ID })]
		if !got.Result.Equal(r.Result) || !got.AsOf.Equal(r.AsOf) {
			t.Errorf("race %d reads back as %+v at %v, want %+v at %v", i, got.Result, got.AsOf, r.Result, r.AsOf)
		}
	}
	n.asm = diff.NewAssembler(again.Published())
	st.ResetWrites()
	if r := mustPublish(t, again, n.count("s1-t0", 0, 0, 0)); r.Published {
		t.Errorf("the same numbers after a start made release %d with %v", r.Number, st.Writes())
	}
}

func TestLookingQuietlyLeavesTheHeadAndARunningPublisherAlone(t *testing.T) {
	n := newNight(2)
	st := memstore.New()
	running := open(t, st)
	mustPublish(t, running, n.count("s0-t0", 1, 0, 0))
	st.ResetWrites()
	cfg := testConfig(t, st)
	cfg.Quiet = true
	quiet, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	mustPublish(t, quiet, n.count("s0-t0", 0, 0, 0))
	if err := quiet.Heartbeat(t.Context(), nil); err != nil || len(st.Writes()) != 0 {
		t.Errorf("nothing new wrote %v, %v", st.Writes(), err)
	}
	mustPublish(t, running, n.count("s0-t0", 1, 0, 0))
	quiet, err = Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	mustPublish(t, quiet, n.count("s0-t0", 1, 0, 0))
	if got := quiet.head.current; got.Term != running.head.current.Term+1 || got.Number != 4 {
		t.Errorf("head after something new = %+v", got)
	}
	if _, err := running.Publish(t.Context(), n.count("s0-t0", 1, 0, 0)); !errors.Is(err, ErrFenced) {
		t.Errorf("Publish of the other = %v, want ErrFenced", err)
	}
}

func TestASignedElectionIsNotContinuedWithoutItsKey(t *testing.T) {
	n := newNight(2)
	st := memstore.New()
	key := func() (c Config) {
		c = testConfig(t, st)
		skey, vkey, err := note.GenerateKey(rand2.Reader, "made")
		if err != nil {
			t.Fatal(err)
		}
		if c.Signer, err = note.NewSigner(skey); err != nil {
			t.Fatal(err)
		}
		if c.Verifier, err = note.NewVerifier(vkey); err != nil {
			t.Fatal(err)
		}
		return c
	}
	signed := key()
	p, err := Open(t.Context(), signed)
	if err != nil {
		t.Fatal(err)
	}
	mustPublish(t, p, n.count("s0-t0", 1, 0, 0))
	if err := p.head.current.Verify(signed.Verifier); err != nil {
		t.Error(err)
	}
	before := st.Keys()
	for name, cfg := range map[string]Config{"no key": testConfig(t, st), "another key": key()} {
		if _, err := Open(t.Context(), cfg); err == nil || len(st.Keys()) != len(before) {
			t.Errorf("%s: Open = %v", name, err)
		}
	}
	if _, err := Open(t.Context(), signed); err != nil {
		t.Errorf("the right key: Open = %v", err)
	}
}

func TestAnOlderPublisherIsFencedOff(t *testing.T) {
	n := newNight(2)
	st := memstore.New()
	old := open(t, st)
	mustPublish(t, old, n.count("s0-t0", 1, 0, 0))
	open(t, st) // takes over
	if _, err := old.Publish(t.Context(), n.count("s0-t0", 1, 0, 0)); !errors.Is(err, ErrFenced) {
		t.Errorf("Publish = %v, want ErrFenced", err)
	}
}

func TestADamagedObjectUnderARightNameIsNeverReferredTo(t *testing.T) {
	undisturbed, st := memstore.New(), memstore.New()
	for _, s := range []store.Store{undisturbed, st} {
		p, n := open(t, s), newNight(2)
		mustPublish(t, p, n.count("s0-t0", 1, 0, 0))
		if s == store.Store(undisturbed) {
			mustPublish(t, p, n.count("s0-t0", 5, 4, 3))
			continue
		}
		// The second release will want objects that an earlier try left
		// behind, one of them damaged, with its size kept.
		for _, key := range undisturbed.Keys() {
			if !strings.Contains(key, "/races/s0-t0") {
				continue
			}
			o, _, err := undisturbed.Get(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			o.Body[len(o.Body)/2] ^= 1
			if _, err := s.Create(t.Context(), o); err != nil && !errors.Is(err, store.ErrExists) {
				t.Fatal(err)
			}
		}
		before := p.head.current.Seq
		if _, err := p.Publish(t.Context(), n.count("s0-t0", 5, 4, 3)); !errors.Is(err, errCorrupt) || p.head.current.Seq != before {
			t.Errorf("Publish = %v, the head has seq %d; want a refusal and seq %d", err, p.head.current.Seq, before)
		}
	}
}

func TestGroupsHoldAtMostFiveHundredRacesAndNeverReshuffle(t *testing.T) {
	n := newNight(700)
	st := memstore.New()
	p := open(t, st)
	mustPublish(t, p, n.asm.Snapshot())
	var sizes []int
	before := map[string]string{}
	for _, g := range p.state.groups {
		sizes = append(sizes, len(g.races))
		for _, i := range g.races {
			before[p.state.snap.Races[i].ID] = g.ref.ID
		}
	}
	if !slices.Equal(sizes, []int{500, 200, 500, 200}) {
		t.Errorf("groups hold %v races", sizes)
	}
	n.apply(func(u *snapshot.Update) {
		u.Units = []snapshot.UnitDef{{Key: "a-late-town", Parent: "s0", Name: "Late", Type: snapshot.Municipality}}
		u.Contests = []snapshot.ContestDef{{Key: "late", Name: "Late", Choices: []snapshot.ChoiceDef{{Key: "1"}}}}
		u.Results = []snapshot.RaceResult{{Contest: "late", Unit: "a-late-town"}}
	})
	mustPublish(t, p, n.asm.Snapshot())
	for _, g := range p.state.groups {
		for _, i := range g.races {
			if id := p.state.snap.Races[i].ID; before[id] != "" && before[id] != g.ref.ID {
				t.Errorf("race %s went from group %s to %s", id, before[id], g.ref.ID)
			}
		}
	}
	if got := p.state.groups[1].ref.Races; got != 201 {
		t.Errorf("the late race is not in the last chunk of its region: %d races there", got)
	}
}
