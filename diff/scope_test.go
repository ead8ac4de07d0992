package diff

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

func TestAnUpdateOfAnotherElectionOrPhaseIsRefused(t *testing.T) {
	of := func(minute int, election string, phase snapshot.Phase, votes ...int64) snapshot.Update {
		u := official(minute, votes...)
		u.Election, u.Phase = election, phase
		return u
	}
	const live, test, silent = snapshot.PhaseLive, snapshot.PhaseTest, snapshot.PhaseUnknown
	for name, row := range map[string]struct {
		expect      snapshot.Phase
		first, then snapshot.Update
		code        string
	}{
		"an election that is not in the definitions": {live, of(1, "e1", live, 1, 2), of(2, "e2", live, 3, 4), "E_IDENTITY"},
		"an election that is not stated again":       {live, of(1, "e1", live, 1, 2), of(2, "", live, 3, 4), ""},
		"a test in a live election":                  {live, of(1, "e1", live, 1, 2), of(2, "e1", test, 3, 4), "E_MODE"},
		"live numbers in a test":                     {test, of(1, "e1", test, 1, 2), of(2, "e1", live, 3, 4), "E_MODE"},
		"a replay takes both":                        {silent, of(1, "e1", test, 1, 2), of(2, "e1", live, 3, 4), ""},
		"a phase that is stated no more":             {live, of(1, "e1", live, 1, 2), of(2, "e1", silent, 3, 4), "E_MODE"},
		"a phase that was never stated":              {live, of(1, "e1", silent, 1, 2), of(2, "e1", silent, 3, 4), ""},
		"also when it is older":                      {live, of(2, "e1", live, 1, 2), of(1, "e1", test, 3, 4), "E_MODE"},
	} {
		t.Run(name, func(t *testing.T) {
			a := defined(t, false)
			a.Expect(row.expect)
			apply(t, a, row.first)
			_, err := a.Apply(row.then)
			want := "land--c[3 4]"
			if row.code != "" {
				want = "land--c[1 2]"
			}
			if got := refusalCode(err); got != row.code || votes(a.Snapshot()) != want {
				t.Errorf("Apply = %v, votes %s; want %q and %s", err, votes(a.Snapshot()), row.code, want)
			}
		})
	}
}

func refusalCode(err error) string {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

func TestAnElectionThatChangesInTheNightIsRefusedWithoutDefinitionsToo(t *testing.T) {
	a := NewAssembler(nil)
	u := update("s", 1, 1, 2)
	u.Election = "619"
	apply(t, a, u)
	other := update("s", 2, 3, 4)
	other.Election = "620"
	if _, err := a.Apply(other); refusalCode(err) != "E_IDENTITY" || !strings.Contains(err.Error(), `"620"`) || !strings.Contains(err.Error(), `"619"`) {
		t.Errorf("Apply = %v", err)
	}
	other.Scope = "another file"
	apply(t, a, other)
}

func TestAnUpdateThatSaysNothingIsRefused(t *testing.T) {
	none := update("s", 1)
	for name, row := range map[string]struct {
		u    snapshot.Update
		code string
	}{
		"nothing at all":          {snapshot.Update{Feed: "f", Scope: "s"}, "E_EMPTY"},
		"results without choices": {none, "E_EMPTY"},
		"names alone":             {snapshot.Update{Units: []snapshot.UnitDef{{Key: "land"}}}, ""},
		"a finding alone":         {snapshot.Update{Findings: []snapshot.Finding{{Code: "F_SKIPPED"}}}, ""},
		"one choice":              {update("s", 1, 5), ""},
	} {
		if _, err := NewAssembler(nil).Apply(row.u); refusalCode(err) != row.code {
			t.Errorf("%s: Apply = %v, want %q", name, err, row.code)
		}
	}
}

func TestOtherDefinitionsThanThePinnedOnesAreRefused(t *testing.T) {
	other := update("s", 2, 10, 20)
	other.Contests[0].Key, other.Results[0].Contest = "other", "other"
	strangers := official(2, 10, 20)
	strangers.Contests = []snapshot.ContestDef{{Key: "c", Choices: []snapshot.ChoiceDef{{Key: "x"}, {Key: "y"}}}}
	bare := official(2, 10, 20)
	bare.Contests = nil
	for name, row := range map[string]struct {
		u    snapshot.Update
		code string
	}{"no contest in common": {other, "E_DEFINITION"}, "no choice in common": {strangers, "E_DEFINITION"}, "results alone": {bare, ""}, "names alone": {snapshot.Update{Units: laidDown().Units}, ""}} {
		a := defined(t, true)
		apply(t, a, official(1, 1, 2))
		if _, err := a.Apply(row.u); refusalCode(err) != row.code {
			t.Errorf("%s: Apply = %v, want %q", name, err, row.code)
		}
	}
	if _, err := defined(t, false).Apply(other); err != nil {
		t.Errorf("without a pin: %v", err)
	}
}

func TestOneNumberOfASequenceSaysOneThing(t *testing.T) {
	numbered := func(seq uint64, votes ...int64) snapshot.Update {
		u := update("s", int(seq), votes...)
		u.Stamp.Seq = seq
		return u
	}
	a := NewAssembler(nil)
	apply(t, a, numbered(7, 10, 20))
	apply(t, a, numbered(7, 10, 20))
	ballots := numbered(7, 10, 20)
	ballots.Results[0].Totals.Ballots = snapshot.Of(40) // said before by nobody
	apply(t, a, ballots)
	for _, fork := range []snapshot.Update{numbered(7, 10, 21), func() snapshot.Update {
		u := numbered(7, 10, 20)
		u.Results[0].Totals.Ballots = snapshot.Of(41)
		return u
	}()} {
		if _, err := a.Apply(fork); refusalCode(err) != "E_SEQ_FORK" || !strings.Contains(err.Error(), "land--c") {
			t.Errorf("Apply = %v, want E_SEQ_FORK", err)
		}
	}
	if got := votes(a.Snapshot()); got != "land--c[10 20]" {
		t.Errorf("votes = %s", got)
	}
	late := numbered(7, 10, 22)
	late.Partial = true
	apply(t, a, late)
	apply(t, a, numbered(8, 10, 21))
	if got := votes(a.Snapshot()); got != "land--c[10 21]" {
		t.Errorf("votes = %s", got)
	}
}

// from is an update of a feed with a precedence.
func from(feed string, precedence, minute int, votes ...int64) snapshot.Update {
	u := update("s", minute, votes...)
	u.Feed, u.Precedence = feed, precedence
	return u
}

func TestTheFeedOfHigherPrecedenceOwnsARaceOnceItStatesIt(t *testing.T) {
	a := NewAssembler(nil)
	apply(t, a, from("county", 1, 1, 10, 20))
	if got := votes(a.Snapshot()); got != "land--c[10 20]" {
		t.Errorf("before the higher one speaks: %s", got)
	}
	if out := apply(t, a, from("state", 2, 2, 11, 20)); codes(out) != "" {
		t.Errorf("findings %v", out.Findings)
	}
	out := apply(t, a, from("county", 1, 3, 15, 20))
	if codes(out) != "F_DIFFER" || out.Findings[0].Race != "land--c" || !strings.Contains(out.Findings[0].Text, `choice "a": 11 and 15`) {
		t.Errorf("findings %+v", out.Findings)
	}
	if out := apply(t, a, from("county", 1, 4, 11, 20)); codes(out) != "" {
		t.Errorf("equal numbers are a finding: %v", out.Findings)
	}
	// Hours later the owner has said nothing more: nothing switches by itself.
	apply(t, a, from("county", 1, 400, 90, 90))
	if got := votes(a.Snapshot()); got != "land--c[11 20]" {
		t.Errorf("votes = %s, want those of the state", got)
	}
	apply(t, a, from("state", 2, 401, 91, 90))
	if got := votes(a.Snapshot()); got != "land--c[91 90]" {
		t.Errorf("votes = %s", got)
	}
}

func TestPrecedenceComesBeforeRank(t *testing.T) {
	a := NewAssembler(nil)
	specific := from("county", 0, 1, 10, 20)
	specific.Rank = 5
	apply(t, a, specific)
	apply(t, a, from("state", 1, 2, 11, 20))
	apply(t, a, specific)
	if got := votes(a.Snapshot()); got != "land--c[11 20]" {
		t.Errorf("votes = %s", got)
	}
}

func TestAFeedThatGivesWayDoesNotRename(t *testing.T) {
	a := NewAssembler(nil)
	apply(t, a, from("state", 1, 1, 10, 20))
	u := from("county", 0, 2, 10, 20, 5)
	u.Units[0].Name, u.Contests[0].Name, u.Contests[0].Choices[0].Name = "Other land", "Other contest", "Other"
	u.Contests[0].Heading = "Offices"
	if out := apply(t, a, u); codes(out) != "" {
		t.Errorf("findings %v", out.Findings)
	}
	r := a.Snapshot().Races[0]
	if r.Unit.Name != "Land" || r.Contest.Name != "Contest" || r.Contest.Choices[0].Name != "A" || len(r.Contest.Choices) != 2 || r.Contest.Heading != "Offices" {
		t.Errorf("%q, %+v", r.Unit.Name, r.Contest)
	}
}

func TestARaceThatAScopeStatesNoMoreIsSaidOnce(t *testing.T) {
	both := func(minute int, units ...string) snapshot.Update {
		u := update("s", minute, 10, 20)
		votes := u.Results[0].Votes
		u.Results = nil
		for _, unit := range units {
			u.Units = append(u.Units, snapshot.UnitDef{Key: unit, Parent: "land"})
			u.Results = append(u.Results, snapshot.RaceResult{Contest: "c", Unit: unit, Votes: votes})
		}
		return u
	}
	a := NewAssembler(nil)
	apply(t, a, both(1, "t2", "t1"))
	a.Snapshot() // puts the races into their order
	partial := both(2, "t1")
	partial.Partial = true
	if out := apply(t, a, partial); codes(out) != "" {
		t.Errorf("an increment leaves out what did not move: %v", out.Findings)
	}
	out := apply(t, a, both(3, "t1"))
	if codes(out) != "F_VANISH" || out.Findings[0].Race != "t2--c" {
		t.Errorf("findings %+v", out.Findings)
	}
	if out := apply(t, a, both(4, "t1")); codes(out) != "" {
		t.Errorf("said again: %v", out.Findings)
	}
	if got := votes(a.Snapshot()); got != "t2--c[10 20] t1--c[10 20]" {
		t.Errorf("votes = %s, want the last good ones", got)
	}
}

func TestIncrementsOfPrecinctsWorkSideBySide(t *testing.T) {
	precinct := func(n, minute int, votes ...int64) snapshot.Update {
		u := update(fmt.Sprint("precinct ", n), minute, votes...)
		key := fmt.Sprint("p", n)
		u.Units = append(u.Units, snapshot.UnitDef{Key: key, Parent: "land", Type: snapshot.Precinct})
		u.Results[0].Unit = key
		u.Partial = true
		return u
	}
	a := NewAssembler(nil)
	apply(t, a, precinct(1, 10, 1, 2))
	apply(t, a, precinct(2, 20, 3, 4))
	apply(t, a, precinct(1, 15, 5, 6)) // older than what precinct 2 said, and newer than its own
	if out := apply(t, a, precinct(2, 12, 9, 9)); !out.Old {
		t.Error("an older increment of precinct 2 was taken")
	}
	apply(t, a, precinct(3, 1, 7, 8))
	if got := votes(a.Snapshot()); got != "p1--c[5 6] p2--c[3 4] p3--c[7 8]" {
		t.Errorf("votes = %s", got)
	}
}

func TestUpdatesOfOneRaceInAnyOrderGiveTheNewestOfEachScope(t *testing.T) {
	list := []snapshot.Update{update("a", 1, 1, 1), update("a", 2, 2, 2), update("a", 3, 3, 3)}
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}, {2, 0, 1}} {
		a := NewAssembler(nil)
		for _, i := range order {
			apply(t, a, list[i])
		}
		if s := a.Snapshot(); votes(s) != "land--c[3 3]" || !s.AsOf.Equal(noon.Add(3*time.Minute)) {
			t.Errorf("order %v: %s as of %v", order, votes(s), s.AsOf)
		}
	}
	if slices.Equal(list[0].Results[0].Votes, list[1].Results[0].Votes) {
		t.Error("an update was changed")
	}
}

func TestProgressIsStatedInTheUnitOfTheFeedThatDecides(t *testing.T) {
	in := func(feed string, precedence int, minute int, unit snapshot.CountUnit) snapshot.Update {
		u := from(feed, precedence, minute, 10, 20)
		u.Contests[0].CountUnit = unit
		return u
	}
	a := NewAssembler(nil)
	for i, step := range []struct {
		update snapshot.Update
		want   snapshot.CountUnit
	}{
		{in("county", 0, 1, snapshot.Precincts), snapshot.Precincts},
		{in("county", 0, 2, ""), snapshot.Precincts}, // says nothing of it
		{in("state", 1, 3, ""), ""},                  // owns the races and does not say of what
		{in("county", 0, 4, snapshot.Precincts), ""},
		{in("state", 1, 5, snapshot.Counties), snapshot.Counties},
	} {
		apply(t, a, step.update)
		if got := a.Snapshot().Contests[0].CountUnit; got != step.want {
			t.Errorf("step %d: progress is stated in %q, want %q", i+1, got, step.want)
		}
	}
	a = NewAssembler(a.Snapshot())
	if apply(t, a, in("county", 0, 6, "")); a.Snapshot().Contests[0].CountUnit != "" {
		t.Error("after a restart a unit that nobody states stays")
	}
}
