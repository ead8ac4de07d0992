package countstable

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// ranked is a contest for two seats, decided in two rounds that alone state its
// votes, and one that is uncontested.
const ranked = `{
 "kind": "final", "as_of": "2026-05-10T20:15:00+02:00", "rows": [
  {"contest": "council", "contest_name": "Council", "contest_seats": 2, "choice": "a", "round": 1, "votes": 40},
  {"contest": "council", "choice": "b", "round": 1, "votes": 30, "outcome": "not-elected"},
  {"contest": "council", "choice": "c", "round": 1, "votes": 31},
  {"contest": "council", "choice": "c", "round": 2, "votes": 55, "outcome": "elected"},
  {"contest": "council", "choice": "a", "round": 2, "votes": 42},
  {"contest": "council", "what": "exhausted", "round": 2, "votes": 4},
  {"contest": "council", "choice": "c", "what": "seats", "votes": 1, "outcome": "lot"},
  {"contest": "clerk", "choice": "d", "condition": "uncontested", "votes": null}
 ]}`

const rankedCSV = `kind,as_of,contest,contest_name,contest_seats,choice,what,round,outcome,condition,votes
final,2026-05-10T20:15:00+02:00,council,Council,2,a,,1,,,40
final,2026-05-10T20:15:00+02:00,council,,2,b,,1,not-elected,,30
final,2026-05-10T20:15:00+02:00,council,,2,c,,1,,,31
final,2026-05-10T20:15:00+02:00,council,,2,c,,2,elected,,55
final,2026-05-10T20:15:00+02:00,council,,2,a,,2,,,42
final,2026-05-10T20:15:00+02:00,council,,2,,exhausted,2,,,4
final,2026-05-10T20:15:00+02:00,council,,2,c,seats,,lot,,1
final,2026-05-10T20:15:00+02:00,clerk,,,d,,,,uncontested,
`

func TestSeatsRoundsOutcomesAndConditionsOfATableAreRead(t *testing.T) {
	n := snapshot.Of
	council := snapshot.RaceResult{Contest: "council", Unit: "all", Kind: snapshot.FinalCount,
		Votes: []snapshot.ChoiceVotes{{Key: "a", Votes: n(40)}, {Key: "b", Votes: n(30)}, {Key: "c", Votes: n(31), Seats: n(1), Outcome: snapshot.Lot}},
		Rounds: []snapshot.RoundVotes{
			{Votes: []snapshot.ChoiceVotes{{Key: "a", Votes: n(40)}, {Key: "b", Votes: n(30), Outcome: snapshot.NotElected}, {Key: "c", Votes: n(31)}}},
			{Votes: []snapshot.ChoiceVotes{{Key: "a", Votes: n(42)}, {Key: "c", Votes: n(55), Outcome: snapshot.Elected}}, Exhausted: n(4)}}}
	clerk := snapshot.RaceResult{Contest: "clerk", Unit: "all", Kind: snapshot.FinalCount, Condition: snapshot.Uncontested, Votes: []snapshot.ChoiceVotes{{Key: "d"}}}
	for name, body := range map[string]string{"JSON": ranked, "CSV": rankedCSV} {
		u, err := decode(t, body)
		if err != nil || u.Findings != nil || u.Contests[0].Seats != 2 || u.Contests[1].Seats != 0 {
			t.Errorf("%s: %v, findings %v, contests %+v", name, err, u.Findings, u.Contests)
			continue
		}
		if !reflect.DeepEqual(u.Results, []snapshot.RaceResult{council, clerk}) {
			t.Errorf("%s reads as\n%+v\nwant\n%+v", name, u.Results, []snapshot.RaceResult{council, clerk})
		}
	}
}

func TestSeatsAreReadWithoutVotesAndBesideThem(t *testing.T) {
	u, err := decode(t, small("", `,{"contest":"m1","choice":"list","what":"seats","votes":4},{"contest":"m1","choice":"none","what":"abstention","votes":2},{"contest":"m1","choice":"none","what":"seats","votes":null}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []snapshot.ChoiceVotes{{Key: "yes", Votes: snapshot.Of(3)}, {Key: "list", Seats: snapshot.Of(4)}, {Key: "none", Votes: snapshot.Of(2)}}
	if got := u.Results[0].Votes; !reflect.DeepEqual(got, want) {
		t.Errorf("votes %+v, want %+v", got, want)
	}
}

func TestATableWhoseStepsContradictThemselvesIsRefused(t *testing.T) {
	for name, row := range map[string]struct{ rows, code string }{
		"a condition of no meaning":     {`,{"contest":"m1","choice":"no","condition":"cancelled","votes":1}`, "E_TYPE"},
		"two conditions of one race":    {`,{"contest":"m1","choice":"no","condition":"withheld","votes":1},{"contest":"m1","choice":"maybe","condition":"annulled","votes":1}`, "E_IDENTITY"},
		"an outcome of no meaning":      {`,{"contest":"m1","choice":"no","outcome":"won","votes":1}`, "E_TYPE"},
		"two outcomes of one choice":    {`,{"contest":"m1","choice":"no","outcome":"elected","votes":1},{"contest":"m1","choice":"no","channel":"a","outcome":"failed","votes":1}`, "E_IDENTITY"},
		"an outcome of a total":         {`,{"contest":"m1","what":"ballots","outcome":"elected","votes":1}`, "E_TYPE"},
		"seats twice":                   {`,{"contest":"m1","choice":"no","what":"seats","votes":1},{"contest":"m1","choice":"no","what":"seats","votes":1}`, "E_DUPID"},
		"seats of nobody":               {`,{"contest":"m1","what":"seats","votes":1}`, "E_MISSING"},
		"seats of a channel":            {`,{"contest":"m1","choice":"no","what":"seats","channel":"a","votes":1}`, "E_TYPE"},
		"seats of a round":              {`,{"contest":"m1","choice":"no","what":"seats","round":1,"votes":1}`, "E_TYPE"},
		"a round of a channel":          {`,{"contest":"m1","choice":"no","round":1,"channel":"a","votes":1}`, "E_TYPE"},
		"a round without a number":      {`,{"contest":"m1","choice":"no","round":"last","votes":1}`, "E_NUMBER"},
		"round nought":                  {`,{"contest":"m1","choice":"no","round":0,"votes":1}`, "E_NUMBER"},
		"a round beyond all":            {`,{"contest":"m1","choice":"no","round":201,"votes":1}`, "E_NUMBER"},
		"a choice twice in a round":     {`,{"contest":"m1","choice":"no","round":1,"votes":1},{"contest":"m1","choice":"no","round":1,"votes":1}`, "E_DUPID"},
		"a total of a round":            {`,{"contest":"m1","what":"ballots","round":1,"votes":1}`, "E_TYPE"},
		"exhausted ballots of a choice": {`,{"contest":"m1","choice":"no","what":"exhausted","round":1,"votes":1}`, "E_TYPE"},
		"exhausted ballots of no round": {`,{"contest":"m1","what":"exhausted","votes":1}`, "E_NUMBER"},
		"the first round is missing":    {`,{"contest":"m1","choice":"no","round":2,"votes":1}`, "E_INCOMPLETE"},
		"a round without votes":         {`,{"contest":"m1","what":"exhausted","round":1,"votes":1}`, "E_INCOMPLETE"},
		"no seats to fill":              {`,{"contest":"m1","contest_seats":0,"choice":"no","votes":1}`, "E_NUMBER"},
		"two numbers of seats":          {`,{"contest":"m1","contest_seats":2,"choice":"no","votes":1},{"contest":"m1","contest_seats":3,"choice":"maybe","votes":1}`, "E_IDENTITY"},
	} {
		_, err := decode(t, small("", row.rows))
		var r *feed.Refusal
		if !errors.As(err, &r) || r.Code != row.code {
			t.Errorf("%s: %v, want %s", name, err, row.code)
		}
	}
}

func TestRoundsMayComeInAnyOrder(t *testing.T) {
	lines := strings.SplitAfter(rankedCSV, "\n")
	lines[1], lines[2], lines[3], lines[4] = lines[4], lines[1], lines[2], lines[3]
	u, err := decode(t, strings.Join(lines, ""))
	if err != nil {
		t.Fatal(err)
	}
	if r := u.Results[0].Rounds; len(r) != 2 || len(r[0].Votes) != 3 || len(r[1].Votes) != 2 {
		t.Errorf("rounds %+v", r)
	}
}
