package publish

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/publish/store/memstore"
	"github.com/heraldresults/herald/publish/verify"
	"github.com/heraldresults/herald/templates"
)

// growing is a night whose definitions come bit by bit: units, contests,
// names and headings change between counts.
type growing struct {
	night
	rng      *rand.Rand
	units    []string
	contests []string
	defs     map[string]snapshot.UnitDef
	ballots  map[string]snapshot.ContestDef
	races    [][2]string // contest and unit
}

func newGrowing(seed uint64) *growing {
	g := &growing{night: night{asm: diff.NewAssembler(nil), votes: map[string][]int64{}}, defs: map[string]snapshot.UnitDef{}, ballots: map[string]snapshot.ContestDef{}, rng: rand.New(rand.NewPCG(seed, 9))}
	g.apply(func(u *snapshot.Update) {
		g.unit(u)
		g.race(u)
	})
	return g
}

func (g *growing) pick(list []string) string { return list[g.rng.IntN(len(list))] }

// unit adds a unit, or says something else of one that there is.
func (g *growing) unit(u *snapshot.Update) {
	n := len(g.units)
	def := snapshot.UnitDef{Key: fmt.Sprintf("u%d", n), Type: snapshot.Municipality}
	if n > 1 && g.rng.IntN(3) == 0 {
		def.Key = g.pick(g.units)
	} else {
		g.units = append(g.units, def.Key)
	}
	def.Name = fmt.Sprintf("%c unit %d", 'A'+g.rng.IntN(4), g.rng.IntN(3))
	if n > 0 && g.rng.IntN(4) > 0 {
		if up := g.pick(g.units); up < def.Key {
			def.Parent = up
		}
	}
	if g.rng.IntN(3) == 0 {
		def.Type = snapshot.State
	}
	g.defs[def.Key] = def
	u.Units = append(u.Units, def)
}

// contest adds a contest, or says something else of one that there is.
func (g *growing) contest(u *snapshot.Update) string {
	key := fmt.Sprintf("c%d", len(g.contests))
	if len(g.contests) > 1 && g.rng.IntN(2) == 0 {
		key = g.pick(g.contests)
	} else {
		g.contests = append(g.contests, key)
	}
	def := snapshot.ContestDef{Key: key, Name: fmt.Sprintf("Contest %d", g.rng.IntN(3)), Type: snapshot.CandidateContest,
		Heading: []string{"", "Mayors", "Councils"}[g.rng.IntN(3)]}
	for i := range 2 + g.rng.IntN(2)*g.rng.IntN(2)*900 {
		def.Choices = append(def.Choices, snapshot.ChoiceDef{Key: fmt.Sprint(i + 1), Name: fmt.Sprintf("Choice %d", i)})
	}
	g.ballots[key] = def
	u.Contests = append(u.Contests, def)
	return key
}

func (g *growing) race(u *snapshot.Update) {
	r := [2]string{"", g.pick(g.units)}
	if len(g.contests) == 0 || g.rng.IntN(4) == 0 {
		r[0] = g.contest(u)
	} else {
		r[0] = g.pick(g.contests)
	}
	g.races = append(g.races, r)
	u.Results = append(u.Results, snapshot.RaceResult{Contest: r[0], Unit: r[1]})
	u.Contests = append(u.Contests, g.ballots[r[0]]) // a start forgets what no race needs
	for key := r[1]; key != ""; key = g.defs[key].Parent {
		u.Units = append([]snapshot.UnitDef{g.defs[key]}, u.Units...)
	}
}

func (g *growing) next() *snapshot.Snapshot {
	g.apply(func(u *snapshot.Update) {
		switch g.rng.IntN(8) {
		case 0:
			g.unit(u)
		case 1:
			g.contest(u)
		case 2, 3:
			g.unit(u)
			g.race(u)
		case 4:
			g.race(u)
		default:
			r := g.races[g.rng.IntN(len(g.races))]
			n := snapshot.Of(g.rng.Int64N(50))
			u.Results = append(u.Results, snapshot.RaceResult{Contest: r[0], Unit: r[1], Status: snapshot.UnofficialPartial, AsOf: u.Stamp.Time,
				Votes: []snapshot.ChoiceVotes{{Key: "1", Votes: n}, {Key: "2", Votes: snapshot.Of(g.rng.Int64N(50))}}})
		}
	})
	return g.asm.Snapshot()
}

// TestDefinitionsMayComeAtAnyTime plays nights on which places, contests and
// names are added and changed, and publishers start again, into two stores.
// One publisher renders everything each time; both publish the same.
func TestDefinitionsMayComeAtAnyTime(t *testing.T) {
	for seed := range uint64(8) {
		a, b := memstore.New(), memstore.New()
		start := func() (pa, pb *Publisher) {
			cfg := func(st *memstore.Store) Config {
				c := bilingual(t, st)
				if seed%2 == 0 {
					c.GroupBy = snapshot.State
				}
				return c
			}
			pa, pb = openWith(t, cfg(a)), openWith(t, cfg(b))
			pb.full = true
			return pa, pb
		}
		pa, pb := start()
		g := newGrowing(seed)
		for step := range 30 {
			s := g.next()
			mustPublish(t, pa, s)
			if pa.state.snap != s { // nothing new
				continue
			}
			mustPublish(t, pb, s)
			if pa.head.current.Release != pb.head.current.Release {
				t.Fatalf("seed %d, step %d: release %d differs from rendering everything:\n%s", seed, step, pa.Release(), onlyInOne(a, b))
			}
			if g.rng.IntN(8) == 0 {
				pa, pb = start()
				g.asm = diff.NewAssembler(pa.Published())
			}
		}
		check(t, a)
	}
}

func TestADefinitionThatChangesTogetherWithTheCountIsPublished(t *testing.T) {
	st := memstore.New()
	p := open(t, st)
	n := newNight(1)
	mustPublish(t, p, n.count("s0-t0", 1, 2, 3))
	n.apply(func(u *snapshot.Update) {
		u.Contests = []snapshot.ContestDef{{Key: "mayor-s0-t0", Choices: []snapshot.ChoiceDef{{Key: "1"}, {Key: "2"}, {Key: "3"}, {Key: "4", Name: "Dora"}}}}
		u.Results = []snapshot.RaceResult{{Contest: "mayor-s0-t0", Unit: "s0-t0", Votes: []snapshot.ChoiceVotes{{Key: "1", Votes: snapshot.Of(5)}, {Key: "4", Votes: snapshot.Of(9)}}}}
	})
	mustPublish(t, p, n.asm.Snapshot())
	race := checked(t, st, "s0-t0--mayor-s0-t0")
	if len(race.Contest.Choices) != 4 || race.Contest.Choices[3].Name != "Dora" || race.Votes[3] != snapshot.Of(9) {
		t.Errorf("a reader sees %+v with the choices %+v", race, race.Contest.Choices)
	}
}

func TestARaceThatGetsABreakdownAfterAStartKeepsItsHistory(t *testing.T) {
	st := memstore.New()
	p := open(t, st)
	n := broad(1)
	for votes := range int64(3) {
		mustPublish(t, p, n.elect("s0", 10-votes, 5))
	}
	p = open(t, st)
	n.asm = diff.NewAssembler(p.Published())
	mustPublish(t, p, n.late("late")) // the second place inside s0
	if !slices.Contains(st.Keys(), "made-2026/breakdown/s0/president.html") {
		t.Fatal("there is no breakdown")
	}
	raw, err := seen(st)(t.Context(), "made-2026/race/s0/president.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := templates.ReadRace(raw)
	if err != nil || len(r.History) != 3 || len(r.Corrections) != 2 {
		t.Errorf("%d points and %d corrections, %v; want three and two", len(r.History), len(r.Corrections), err)
	}
	check(t, st)
}

// tired is a store that answers so many writes of shards, then none.
type tired struct {
	store.Store
	left atomic.Int64
}

func (s *tired) Create(ctx context.Context, o store.Object) (store.Tag, error) {
	if s.left.Add(-1) < 0 {
		return "", context.DeadlineExceeded
	}
	return s.Store.Create(ctx, o)
}

func TestAPublishThatRanOutOfTimeIsCarriedOn(t *testing.T) {
	mem := memstore.New()
	st := &tired{Store: mem}
	p := open(t, st)
	n := newNight(20)
	snap, tries := n.asm.Snapshot(), 0
	for ; tries < 100 && p.Release() == 0; tries++ {
		st.left.Store(30)
		if r, err := p.Publish(t.Context(), snap); err != nil && p.Release() > 0 {
			t.Fatalf("release %d, %v", r.Number, err)
		}
	}
	written := len(mem.Writes())
	if p.Release() != 1 || tries > written/30+2 {
		t.Errorf("release %d after %d tries for %d writes", p.Release(), tries, written)
	}
}

func TestAReleaseStaysSmallHoweverManyPlacesThereAre(t *testing.T) {
	for name, own := range map[string]bool{"places with races": true, "places without": false} {
		st := memstore.New()
		p := openWith(t, bilingual(t, st))
		n := newNight(0)
		n.apply(func(u *snapshot.Update) {
			u.Contests = append(u.Contests, president("President"))
			for i := range 300 {
				town, heading := fmt.Sprintf("town-%d", i), fmt.Sprintf("Heading %d", i)
				u.Contests = append(u.Contests, snapshot.ContestDef{Key: "c-" + town, Name: "Mayor", Heading: heading, Choices: []snapshot.ChoiceDef{{Key: "1"}}})
				u.Units = append(u.Units, snapshot.UnitDef{Key: town, Parent: "br", Name: town, Type: snapshot.Municipality},
					snapshot.UnitDef{Key: town + "-w", Parent: town, Name: "Ward", Type: snapshot.Precinct})
				u.Results = append(u.Results, snapshot.RaceResult{Contest: "c-" + town, Unit: town + "-w"})
				if own {
					u.Results = append(u.Results, snapshot.RaceResult{Contest: "president", Unit: town})
				}
			}
		})
		mustPublish(t, p, n.asm.Snapshot())
		if got := len(p.state.release.Pages); got > 32 {
			t.Errorf("%s: the release names %d pages", name, got)
		}
		check(t, st)
		again := openWith(t, bilingual(t, st))
		for i := range p.state.pages {
			if fmt.Sprint(p.state.pages[i]) != fmt.Sprint(again.state.pages[i]) {
				t.Fatalf("%s: %s is not found again after a start", name, p.state.book.sheets[i].path)
			}
		}
	}
}

func TestCardsOfWhatIsRenamedArePaintedInTurn(t *testing.T) {
	st := memstore.New()
	p := openWith(t, bilingual(t, st))
	n := newNight(2)
	mustPublish(t, p, n.asm.Snapshot())
	p.look.gallery.later = 1
	n.apply(func(u *snapshot.Update) {
		u.Units = []snapshot.UnitDef{{Key: "s0-t1", Parent: "s0", Name: "Renamed", Type: snapshot.Municipality}}
		u.Contests = []snapshot.ContestDef{{Key: "mayor-s0-t0", Choices: []snapshot.ChoiceDef{{Key: "1", Name: "Other"}, {Key: "2"}, {Key: "3"}}}}
	})
	for _, want := range [][]string{{"card/s0-t1.png"}, {"card/s0-t1/mayor-s0-t1.png"}, nil} {
		st.ResetWrites()
		mustPublish(t, p, n.asm.Snapshot())
		var got []string
		for _, key := range st.Writes() {
			if path, ok := strings.CutPrefix(key, "made-2026/card/"); ok {
				got = append(got, "card/"+path)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("release %d paints %v, want %v", p.Release(), got, want)
		}
		check(t, st)
		n.count("s1-t0", 1, 1, 1)
	}
}

// TestVerifyReadsEverythingThatReadersAreLedTo holds every key of a store
// against those that a check of the release reads.
func TestVerifyReadsEverythingThatReadersAreLedTo(t *testing.T) {
	st := memstore.New()
	p := openWith(t, bilingual(t, st))
	n := broad(3)
	mustPublish(t, p, n.elect("br", 9, 8)) // two releases
	if err := p.Heartbeat(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	read := map[string]bool{}
	r, err := verify.NewReader(verify.Config{Election: "made-2026", Fetch: func(ctx context.Context, key string) ([]byte, error) {
		mu.Lock()
		read[key] = true
		mu.Unlock()
		return seen(st)(ctx, key)
	}})
	if err != nil {
		t.Fatal(err)
	}
	if rep, err := r.Check(t.Context(), nil); err != nil || len(rep.Problems)+len(rep.Late) > 0 {
		t.Fatalf("%+v, %v", rep, err)
	}
	stable := 0
	for _, key := range st.Keys() {
		if hashed.MatchString(key) || strings.HasPrefix(key, "schema/") || key == "made-2026/status.json" {
			continue // the shards of a stable address are read with it
		}
		if stable++; !read[key] {
			t.Errorf("verify does not read %s", key)
		}
	}
	if stable < 120 {
		t.Errorf("only %d stable addresses", stable)
	}
}

var hashed = regexp.MustCompile(`[0-9a-f]{64}\.`)
