package diff

import (
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/snapshot"
)

// conditionOf is the condition of the only race.
func conditionOf(t *testing.T, a *Assembler) snapshot.Condition {
	t.Helper()
	races := a.Snapshot().Races
	if len(races) != 1 {
		t.Fatalf("%d races, want 1", len(races))
	}
	return races[0].Result.Condition
}

func withCondition(u snapshot.Update, c snapshot.Condition) snapshot.Update {
	u.Results[0].Condition = c
	return u
}

// laidWith lays down the condition c of every race of contest "c", or of the one in unit.
func laidWith(t *testing.T, base *snapshot.Snapshot, unit string, c snapshot.Condition) *Assembler {
	t.Helper()
	a, d := NewAssembler(base), laidDown()
	d.Conditions = []RaceCondition{{Contest: "c", Unit: unit, Condition: c}}
	if err := a.Define(d, false); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAConditionIsStatedByItsSourceAndGoesWithItsWord(t *testing.T) {
	a := NewAssembler(nil)
	apply(t, a, withCondition(update("s", 1, 10, 20), snapshot.Annulled))
	if got := conditionOf(t, a); got != snapshot.Annulled || votes(a.Snapshot()) != "land--c[10 20]" {
		t.Errorf("condition %q, %s", got, votes(a.Snapshot()))
	}
	if out := apply(t, a, update("s", 2, 10, 20)); out.Changed != 1 || conditionOf(t, a) != snapshot.NoCondition {
		t.Errorf("%d changed, condition %q", out.Changed, conditionOf(t, a))
	}
}

func TestWhatTheAuthorityLaysDownOfARaceStandsBeforeAnyFeed(t *testing.T) {
	for _, unit := range []string{"", "land"} {
		a := laidWith(t, nil, unit, snapshot.Postponed)
		apply(t, a, withCondition(update("s", 1, 10, 20), snapshot.Annulled))
		if got := conditionOf(t, a); got != snapshot.Postponed {
			t.Errorf("laid down of unit %q: %q", unit, got)
		}
	}
}

func TestARaceThatNoFeedStatesExistsByItsCondition(t *testing.T) {
	a := laidWith(t, nil, "land", snapshot.Uncontested)
	r := a.Snapshot().Races
	if len(r) != 1 || r[0].ID != "land--c" || r[0].Result.Condition != snapshot.Uncontested || len(r[0].Result.Votes) != len(r[0].Contest.Choices) || r[0].Result.HasVotes() || !r[0].Result.Complete() {
		t.Fatalf("races %+v", r)
	}
	if n := len(laidWith(t, nil, "", snapshot.Uncontested).Snapshot().Races); n != 0 {
		t.Errorf("a condition of a whole contest makes %d races, though nobody says where it is counted", n)
	}
}

func TestAConditionCanBeTakenBack(t *testing.T) {
	published := laidWith(t, nil, "land", snapshot.Postponed).Snapshot()
	if got := conditionOf(t, NewAssembler(published)); got != snapshot.Postponed {
		t.Errorf("after a restart without definitions: %q, want the last word", got)
	}
	a := laidWith(t, published, "land", snapshot.NoCondition)
	if got := conditionOf(t, a); got != snapshot.NoCondition {
		t.Errorf("taken back: %q", got)
	}
	apply(t, a, withCondition(update("s", 1, 10, 20), snapshot.Annulled))
	if got := conditionOf(t, a); got != snapshot.Annulled {
		t.Errorf("the feed's word: %q", got)
	}
}

func TestARaceThatIsWithheldShowsNoNumberAndSaysSo(t *testing.T) {
	full := update("s", 1, 10, 20)
	r := &full.Results[0]
	r.Condition = snapshot.Withheld
	r.Votes[0].Seats, r.Votes[0].Outcome = snapshot.Of(1), snapshot.Elected
	r.Totals = snapshot.Totals{Valid: snapshot.Of(30), Ballots: snapshot.Of(31), Electorate: snapshot.Of(90), UnitsIn: snapshot.Of(1), UnitsTotal: snapshot.Of(2)}
	r.Channels = []snapshot.ChannelVotes{{Name: "post", Votes: r.Votes}}
	r.Rounds = []snapshot.RoundVotes{{Votes: r.Votes}}
	a := NewAssembler(nil)
	if out := apply(t, a, full); codes(out) != "F_WITHHELD" || out.Findings[0].Race != "land--c" {
		t.Errorf("findings %+v", out.Findings)
	}
	got := a.Snapshot().Races[0].Result
	if got.HasVotes() || got.Seats != nil || got.Channels != nil || got.Rounds != nil || got.Outcomes[0] != snapshot.Elected ||
		got.Totals != (snapshot.Totals{Electorate: snapshot.Of(90), UnitsIn: snapshot.Of(1), UnitsTotal: snapshot.Of(2)}) {
		t.Errorf("shows %+v", got)
	}
	bare := withCondition(update("s", 2), snapshot.Withheld)
	bare.Contests[0].Choices, bare.Results[0].Totals = full.Contests[0].Choices, snapshot.Totals{Electorate: snapshot.Of(90)}
	if out := apply(t, a, bare); codes(out) != "" {
		t.Errorf("a source that states none is odd: %+v", out.Findings)
	}
}

func TestAnAuthorityThatWithholdsTakesPublishedNumbersBack(t *testing.T) {
	a := NewAssembler(nil)
	apply(t, a, update("s", 1, 10, 20))
	published := a.Snapshot()
	next := laidWith(t, published, "land", snapshot.Withheld)
	c := Compare(published, next.Snapshot())
	if r := next.Snapshot().Races[0]; r.Result.HasVotes() || !r.AsOf.IsZero() {
		t.Errorf("still shows %+v", r)
	}
	if len(c.Changed) != 1 || len(c.Changed[0].Counts) != 2 || !c.Changed[0].Counts[0].Fell() {
		t.Errorf("changes %+v", c)
	}
	if out := apply(t, next, update("s", 2, 11, 21)); codes(out) != "F_WITHHELD" || next.Snapshot().HasVotes() {
		t.Errorf("findings %+v, %s", out.Findings, votes(next.Snapshot()))
	}
}

func withSeats(u snapshot.Update, seats ...int64) snapshot.Update {
	for i, n := range seats {
		u.Results[0].Votes[i].Seats = snapshot.Of(n)
	}
	return u
}

func TestSeatsAndRoundsFindTheirChoices(t *testing.T) {
	u := withSeats(update("s", 1, 10, 20, 5), 2, 3)
	r := &u.Results[0]
	r.Votes[0], r.Votes[1] = r.Votes[1], r.Votes[0] // another order than the ballot's
	r.Rounds = []snapshot.RoundVotes{
		{Votes: []snapshot.ChoiceVotes{{Key: "b", Votes: snapshot.Of(20)}, {Key: "a", Votes: snapshot.Of(10)}, {Key: "c", Votes: snapshot.Of(5), Outcome: snapshot.NotElected}}},
		{Votes: []snapshot.ChoiceVotes{{Key: "a", Votes: snapshot.Of(14)}, {Key: "b", Votes: snapshot.Of(20)}}, Exhausted: snapshot.Of(1)}}
	a := NewAssembler(nil)
	apply(t, a, u)
	n := snapshot.Of
	want := snapshot.Result{Votes: []snapshot.Count{n(10), n(20), n(5)}, Seats: []snapshot.Count{n(2), n(3), {}}, Rounds: []snapshot.Round{
		{Votes: []snapshot.Count{n(10), n(20), n(5)}, Outcomes: []snapshot.Outcome{"", "", snapshot.NotElected}},
		{Votes: []snapshot.Count{n(14), n(20), {}}, Exhausted: n(1)}}}
	if got := a.Snapshot().Races[0].Result; !got.Equal(want) {
		t.Errorf("result %+v\nwant %+v", got, want)
	}
	more := withSeats(update("s", 2, 10, 20, 5, 7), 2, 3)
	more.Results = nil
	apply(t, a, more) // a choice is appended
	got := a.Snapshot().Races[0].Result
	for name, n := range map[string]int{"votes": len(got.Votes), "seats": len(got.Seats), "round": len(got.Rounds[1].Votes), "outcomes": len(got.Rounds[0].Outcomes)} {
		if n != 4 {
			t.Errorf("%s has %d places for 4 choices", name, n)
		}
	}
	if got.Rounds[1].Outcomes != nil || got.Outcomes != nil {
		t.Error("widening stated outcomes")
	}
}

func TestSeatsThatFallAreToldAndMoreThanThereAreIsAFinding(t *testing.T) {
	a := NewAssembler(nil)
	first := withSeats(update("s", 1, 10, 20), 2, 3)
	first.Contests[0].Seats = 5
	if out := apply(t, a, first); codes(out) != "" {
		t.Errorf("findings %+v", out.Findings)
	}
	prev := a.Snapshot()
	out := apply(t, a, withSeats(update("s", 2, 10, 20), 1, 5))
	if codes(out) != "F_SEATS" || !strings.Contains(out.Findings[0].Text, "6 seats, and there are 5") {
		t.Errorf("findings %+v", out.Findings)
	}
	counts := Compare(prev, a.Snapshot()).Changed[0].Counts
	if len(counts) != 2 || counts[0] != (CountChange{Seats, 0, snapshot.Of(2), snapshot.Of(1)}) || !counts[0].Fell() || counts[1].Fell() {
		t.Errorf("changes %+v", counts)
	}
	prev = a.Snapshot()
	apply(t, a, update("s", 3, 10, 20))
	if counts := Compare(prev, a.Snapshot()).Changed[0].Counts; len(counts) != 2 || counts[0] != (CountChange{Seats, 0, snapshot.Of(1), snapshot.Count{}}) {
		t.Errorf("seats that are stated no more: %+v", counts)
	}
}

func TestOneNumberOfASequenceGivesSeatsOnce(t *testing.T) {
	numbered := func(seats int64) snapshot.Update {
		u := withSeats(update("s", 1, 10, 20), seats)
		u.Stamp.Seq = 7
		return u
	}
	a := NewAssembler(nil)
	apply(t, a, numbered(2))
	if _, err := a.Apply(numbered(3)); refusalCode(err) != "E_SEQ_FORK" || !strings.Contains(err.Error(), "seats of choice") {
		t.Errorf("Apply = %v", err)
	}
}
