package publish

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/publish/store/memstore"
	"github.com/heraldresults/herald/publish/verify"
)

// state gives one town the result that change makes.
func (n *night) state(town string, change func(*snapshot.RaceResult)) *snapshot.Snapshot {
	n.apply(func(u *snapshot.Update) {
		r := snapshot.RaceResult{Contest: "mayor-" + town, Unit: town}
		change(&r)
		u.Results = append(u.Results, r)
	})
	return n.asm.Snapshot()
}

// checked reads a release as a stranger does and returns one race of it.
func checked(t *testing.T, st *memstore.Store, id string) verify.Race {
	t.Helper()
	r, err := verify.NewReader(verify.Config{Fetch: seen(st), Election: "made-2026"})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := r.Check(t.Context(), nil)
	if err != nil || len(rep.Problems)+len(rep.Late) > 0 {
		t.Fatalf("verify: %+v, %v", rep, err)
	}
	res, err := r.Results(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, race := range res.Races {
		if race.ID == id {
			return race
		}
	}
	t.Fatalf("no race %s", id)
	return verify.Race{}
}

func TestSeatsRoundsAndConditionsStandInEveryFile(t *testing.T) {
	const town, id = "s0-t1", "s0-t1--mayor-s0-t1"
	st, n := memstore.New(), newNight(2)
	p := open(t, st)
	mustPublish(t, p, n.state(town, func(r *snapshot.RaceResult) {
		r.Condition, r.Status = snapshot.Annulled, snapshot.Recount
		r.Votes = []snapshot.ChoiceVotes{{Key: "1", Votes: snapshot.Of(40), Seats: snapshot.Of(1), Outcome: snapshot.Lot}, {Key: "2", Votes: snapshot.Of(40), Outcome: snapshot.Tie}}
		r.Rounds = []snapshot.RoundVotes{{Votes: []snapshot.ChoiceVotes{{Key: "1", Votes: snapshot.Of(40)}, {Key: "3", Votes: snapshot.Of(2), Outcome: snapshot.NotElected}}, Exhausted: snapshot.Of(0)}}
	}))
	race := checked(t, st, id)
	if race.Condition != snapshot.Annulled || race.Seats[0] != snapshot.Of(1) || race.Seats[1].Present() || len(race.Rounds) != 1 || race.Rounds[0].Outcomes[2] != snapshot.NotElected {
		t.Errorf("a reader sees %+v", race)
	}
	r, err := verify.NewReader(verify.Config{Fetch: seen(st), Election: "made-2026"})
	if err != nil {
		t.Fatal(err)
	}
	res, err := r.Results(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	group, layout := res.Release.Groups[0], mustLayout()
	const round = `"votes":[40,null,2],"exhausted":0,"outcomes":["","","not-elected"]}]`
	for key, want := range map[string]string{
		layout.Counts(group.ID, group.Counts):                    `"conditions":["","annulled"],"seats":[` + "\n" + `{"race":1,"seats":[1,null,null]}],"rounds":[` + "\n" + `{"race":1,` + round,
		layout.Index(group.ID, group.Index):                      `"status":"recount","condition":"annulled","outcomes":{"1":"lot","2":"tie"}`,
		layout.Delta(res.Release.Delta):                          `"condition":"annulled","seats":[1,null,null],"rounds":[{` + round,
		layout.Alias("", shard.RaceFile("s0-t1", "mayor-s0-t1")): `"status":"recount","condition":"annulled","rounds":[{`,
	} {
		raw, err := seen(st)(t.Context(), key)
		if err != nil || !strings.Contains(string(raw), want) {
			t.Errorf("%s does not say %s: %v\n%s", key, want, err, raw)
		}
	}
}

// anyResult draws what a source may state of a race of three choices.
func anyResult() *rapid.Generator[snapshot.RaceResult] {
	count := rapid.OneOf(rapid.Just(snapshot.Count{}), rapid.Map(rapid.Int64Range(0, 50), snapshot.Of))
	outcome := rapid.SampledFrom([]snapshot.Outcome{"", snapshot.Elected, snapshot.NotElected, snapshot.Tie, snapshot.Lot})
	return rapid.Custom(func(t *rapid.T) snapshot.RaceResult {
		votes := func() (out []snapshot.ChoiceVotes) {
			for i := range 3 {
				out = append(out, snapshot.ChoiceVotes{Key: fmt.Sprint(i + 1), Votes: count.Draw(t, "votes"), Outcome: outcome.Draw(t, "outcome")})
			}
			return out
		}
		r := snapshot.RaceResult{Votes: votes(),
			Status:    rapid.SampledFrom([]snapshot.Status{"", snapshot.UnofficialPartial, snapshot.Recount, snapshot.Certified}).Draw(t, "status"),
			Condition: rapid.SampledFrom([]snapshot.Condition{"", snapshot.Uncontested, snapshot.Withheld, snapshot.Annulled, snapshot.Postponed}).Draw(t, "condition")}
		for i := range r.Votes {
			r.Votes[i].Seats = count.Draw(t, "seats")
		}
		for range rapid.IntRange(0, 2).Draw(t, "rounds") {
			r.Rounds = append(r.Rounds, snapshot.RoundVotes{Votes: votes(), Exhausted: count.Draw(t, "exhausted")})
		}
		return r
	})
}

func TestAnyResultSurvivesARestart(t *testing.T) {
	const towns = 40
	st, n, any := memstore.New(), newNight(towns), anyResult()
	for release := range 3 {
		p := open(t, st)
		if known := p.Published(); known != nil {
			n.asm = diff.NewAssembler(known)
		}
		n.apply(func(u *snapshot.Update) {
			for i := range 2 * towns {
				town := fmt.Sprintf("s%d-t%d", i/towns, i%towns)
				r := any.Example(release*2*towns + i)
				r.Contest, r.Unit = "mayor-"+town, town
				u.Results = append(u.Results, r)
			}
		})
		snap := n.asm.Snapshot()
		mustPublish(t, p, snap)
		checked(t, st, "s0-t1--mayor-s0-t1")
		again := open(t, st)
		for _, want := range snap.Races {
			if got := race(again.Published(), want.ID); got == nil || !got.Result.Equal(want.Result) {
				t.Fatalf("release %d: after a restart race %s is\n%+v\nwant\n%+v", release, want.ID, got, want.Result)
			}
		}
		if r := mustPublish(t, again, snap); r.Published || r.Puts > 0 {
			t.Errorf("release %d: the same snapshot was published again: %+v", release, r)
		}
	}
}

func TestSeatsThatFallAreACorrectionOnceTheCountIsComplete(t *testing.T) {
	const town = "s0-t1"
	p, n := open(t, memstore.New()), newNight(2)
	give := func(status snapshot.Status, seats int64) Report {
		return mustPublish(t, p, n.state(town, func(r *snapshot.RaceResult) {
			r.Status, r.Votes = status, []snapshot.ChoiceVotes{{Key: "1", Votes: snapshot.Of(40), Seats: snapshot.Of(seats)}}
		}))
	}
	for i, row := range []struct {
		status      snapshot.Status
		seats       int64
		corrections int
	}{{snapshot.UnofficialPartial, 5, 0}, {snapshot.UnofficialPartial, 4, 0}, {snapshot.UnofficialFull, 6, 0}, {snapshot.UnofficialFull, 5, 1}, {snapshot.Certified, 5, 0}} {
		if r := give(row.status, row.seats); r.Corrections != row.corrections || !r.Published {
			t.Errorf("step %d: %+v, want %d corrections", i, r, row.corrections)
		}
	}
}

func TestNumbersLeaveTheCorrectionsOfARaceThatWasEmptyBeforeItWasWithheld(t *testing.T) {
	const town = "s0-t1"
	st, n := memstore.New(), newNight(2)
	p := open(t, st)
	mustPublish(t, p, n.count(town, 55123, 4, 3))
	mustPublish(t, p, n.state(town, func(r *snapshot.RaceResult) { r.Votes = nil })) // the source takes the numbers back
	r := mustPublish(t, p, n.state(town, func(r *snapshot.RaceResult) { r.Condition, r.Votes = snapshot.Withheld, nil }))
	if r.Corrections != 0 {
		t.Errorf("report %+v: nothing fell", r)
	}
	check := func(when string) {
		t.Helper()
		for _, path := range []string{"corrections.json", "corrections.html"} {
			raw, err := seen(st)(t.Context(), mustLayout().Alias("", path))
			if err != nil || strings.Contains(strings.ReplaceAll(string(raw), ",", ""), "55123") {
				t.Errorf("%s: %s shows what is withheld: %v", when, path, err)
			}
			if want := fmt.Sprint(r.Number); !strings.Contains(string(raw), `"changed_release":`+want+",") && !strings.Contains(string(raw), `data-release="`+want+`"`) {
				t.Errorf("%s: %s does not say that release %s changed it", when, path, want)
			}
		}
	}
	check("at once")
	p = open(t, st)
	mustPublish(t, p, n.count("s0-t0", 1, 1, 1))
	check("after a restart")
}

func TestARaceThatIsWithheldIsPublishedWithoutItsNumbers(t *testing.T) {
	const town, id = "s0-t1", "s0-t1--mayor-s0-t1"
	st, n := memstore.New(), newNight(2)
	p := open(t, st)
	mustPublish(t, p, n.count(town, 55123, 4, 3))
	mustPublish(t, p, n.count(town, -122, 0, 0)) // which is a correction
	if r := mustPublish(t, p, n.state(town, func(r *snapshot.RaceResult) {
		r.Condition, r.Votes = snapshot.Withheld, []snapshot.ChoiceVotes{{Key: "1", Votes: snapshot.Of(77123)}}
	})); r.Corrections != 1 {
		t.Errorf("report %+v: numbers that are taken back are a correction", r)
	}
	for _, v := range checked(t, st, id).Votes {
		if v.Present() {
			t.Errorf("a reader sees %v votes", v)
		}
	}
	for _, path := range []string{shard.RaceFile("s0-t1", "mayor-s0-t1"), shard.RacePage("s0-t1", "mayor-s0-t1"), "corrections.json", "corrections.html"} {
		raw, err := seen(st)(t.Context(), mustLayout().Alias("", path))
		if err != nil {
			t.Fatal(err)
		}
		page := string(raw)
		for _, number := range []string{"77123", "55123", "55,123", "55001", "55,001"} {
			if strings.Contains(page, number) {
				t.Errorf("%s shows %s, which is withheld", path, number)
			}
		}
		told := strings.Count(page, `"reason":"source"`) + strings.Count(page, `"reason":"withheld"`) +
			strings.Count(page, "The official source stated less") + strings.Count(page, "The authority withheld the numbers of this race.</p>")
		if want := 2; told != want {
			t.Errorf("%s tells of %d corrections, want %d", path, told, want)
		}
	}
}
