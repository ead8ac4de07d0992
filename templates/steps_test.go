package templates_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/templates"
)

// stepped is a council race with seats, two rounds and a condition.
func stepped() *snapshot.Race {
	n := snapshot.Of
	r := race(councilSamples()[:3], true)
	r.Result.Condition, r.Result.Status = snapshot.Annulled, snapshot.Recount
	r.Result.Outcomes = []snapshot.Outcome{snapshot.Lot, snapshot.Tie, snapshot.NoOutcome}
	r.Result.Seats = []snapshot.Count{n(2), {}, n(0)}
	r.Result.Rounds = []snapshot.Round{
		{Votes: []snapshot.Count{n(4), n(3), n(1)}, Outcomes: []snapshot.Outcome{"", "", snapshot.NotElected}},
		{Votes: []snapshot.Count{n(5), n(3), {}}, Exhausted: n(0)}}
	return r
}

func TestRaceJSONSaysSeatsRoundsAndConditionWhereTheyAreStated(t *testing.T) {
	b := templates.AppendRaceJSON(nil, view(stepped(), 2), site(t))
	if err := validate(schema(t), b); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		`"seats":2,"outcome":"lot"}`, `"seats":0,"outcome":null}`, `"status":"recount","condition":"annulled","rounds":[{"choices":[`,
		`"votes":1,"outcome":"not-elected"}],"exhausted":null},{"choices":[`, `"votes":null}],"exhausted":0}]}`,
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("JSON lacks %s\n%s", want, b)
		}
	}
	if n := strings.Count(string(b), `"seats":`); n != 3 { // the contest's, and two
		t.Errorf("%d numbers of seats, want 3", n)
	}
}

func TestTheSchemaRefusesSeatsRoundsAndConditionsThatAreNone(t *testing.T) {
	s, good := schema(t), string(templates.AppendRaceJSON(nil, view(stepped(), 2), site(t)))
	for _, swap := range [][2]string{
		{`"seats":0,"outcome"`, `"seats":null,"outcome"`},
		{`"seats":0,"outcome"`, `"seats":-1,"outcome"`},
		{`"condition":"annulled"`, `"condition":"cancelled"`},
		{`"condition":"annulled"`, `"condition":""`},
		{`],"exhausted":0}`, `]}`},
		{`"outcome":"not-elected"`, `"outcome":null`},
		{`"exhausted":0}]`, `"exhausted":0,"more":1}]`},
	} {
		bad := strings.Replace(good, swap[0], swap[1], 1)
		if bad == good {
			t.Fatalf("sample does not hold %s", swap[0])
		}
		if validate(s, []byte(bad)) == nil {
			t.Errorf("schema takes %s for %s", swap[1], swap[0])
		}
	}
}

func TestAnySeatsAndRoundsAreReadBackAsTheyWereWritten(t *testing.T) {
	s, where := schema(t), site(t)
	count := rapid.OneOf(rapid.Just(snapshot.Count{}), rapid.Map(rapid.Int64Range(0, snapshot.MaxCount), snapshot.Of))
	outcome := rapid.SampledFrom([]snapshot.Outcome{"", snapshot.Elected, snapshot.NotElected, snapshot.Tie, snapshot.Lot})
	rapid.Check(t, func(t *rapid.T) {
		r := race(councilSamples()[:3], true)
		res := &r.Result
		res.Condition = rapid.SampledFrom([]snapshot.Condition{"", snapshot.Uncontested, snapshot.Withheld, snapshot.Annulled, snapshot.Postponed}).Draw(t, "condition")
		res.Votes = rapid.SliceOfN(count, 3, 3).Draw(t, "votes")
		res.Outcomes = rapid.SliceOfN(outcome, 3, 3).Draw(t, "outcomes")
		res.Seats = rapid.SliceOfN(count, 3, 3).Draw(t, "seats")
		for range rapid.IntRange(0, 3).Draw(t, "rounds") {
			res.Rounds = append(res.Rounds, snapshot.Round{Votes: rapid.SliceOfN(count, 3, 3).Draw(t, "round"),
				Outcomes: rapid.SliceOfN(outcome, 3, 3).Draw(t, "of round"), Exhausted: count.Draw(t, "exhausted")})
		}
		v := view(r, 2)
		b := templates.AppendRaceJSON(nil, v, where)
		if err := validate(s, b); err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		got, err := templates.ReadRace(b)
		if err != nil || got.Rev != v.Rev || !reflect.DeepEqual(got.History, v.History) {
			t.Fatalf("read back %+v, %v", got, err)
		}
		r.Result = *res
		if again := templates.AppendRaceJSON(nil, v, where); !bytes.Equal(again, b) {
			t.Fatalf("written again:\n%s\n%s", again, b)
		}
	})
}
