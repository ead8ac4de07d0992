package manifest

import (
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/shard"
)

// steppedRaces are a ranked race with seats and one that is withheld.
func steppedRaces() []*snapshot.Race {
	n := snapshot.Of
	races := countedRaces()
	races[0].Result.Seats = []snapshot.Count{n(2), {}, n(0)}
	races[0].Result.Rounds = []snapshot.Round{
		{Votes: []snapshot.Count{n(4), n(3), n(0)}, Outcomes: []snapshot.Outcome{"", "", snapshot.NotElected}},
		{Votes: []snapshot.Count{n(5), {}, n(0)}, Exhausted: n(2)}}
	races[1].Result.Condition = snapshot.Withheld
	return races
}

func TestSeatsRoundsAndConditionsReadBack(t *testing.T) {
	raw := AppendCounts(nil, "e", "all-1", shard.Hash{}, steppedRaces())
	want := `,"conditions":["","withheld"],"seats":[
{"race":0,"seats":[2,null,0]}],"rounds":[
{"race":0,"votes":[4,3,0],"exhausted":null,"outcomes":["","","not-elected"]},
{"race":0,"votes":[5,null,0],"exhausted":2}]}
`
	if !strings.HasSuffix(string(raw), want) {
		t.Errorf("counts are\n%swant the end\n%s", raw, want)
	}
	back, err := Read[Counts](raw)
	if err != nil {
		t.Fatal(err)
	}
	results, err := back.Results([]int{3, 3})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range steppedRaces() {
		if !results[i].Equal(r.Result) {
			t.Errorf("race %d reads back as %+v, want %+v", i, results[i], r.Result)
		}
	}
}

func TestSeatsAndRoundsThatDoNotBelongToTheirDefinitionsAreRefused(t *testing.T) {
	good := func() *Counts {
		three := func() []snapshot.Count { return make([]snapshot.Count, 3) }
		return &Counts{Races: [][]snapshot.Count{make([]snapshot.Count, 10)}, Conditions: []snapshot.Condition{"annulled"},
			Seats:  []RaceSeats{{Race: 0, Seats: three()}},
			Rounds: []RaceRound{{Race: 0, Round: Round{Votes: three(), Outcomes: make([]snapshot.Outcome, 3)}}}}
	}
	if _, err := good().Results([]int{3}); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Counts){
		"a condition too many":      func(c *Counts) { c.Conditions = append(c.Conditions, "") },
		"seats of another race":     func(c *Counts) { c.Seats[0].Race = 1 },
		"seats before the first":    func(c *Counts) { c.Seats[0].Race = -1 },
		"seats too short":           func(c *Counts) { c.Seats[0].Seats = c.Seats[0].Seats[:2] },
		"seats twice":               func(c *Counts) { c.Seats = append(c.Seats, c.Seats[0]) },
		"a round of another race":   func(c *Counts) { c.Rounds[0].Race = 1 },
		"a round before the first":  func(c *Counts) { c.Rounds[0].Race = -1 },
		"a round too short":         func(c *Counts) { c.Rounds[0].Votes = nil },
		"outcomes of another round": func(c *Counts) { c.Rounds[0].Outcomes = c.Rounds[0].Outcomes[:1] },
	} {
		c := good()
		change(c)
		if got, err := c.Results([]int{3}); err == nil {
			t.Errorf("%s was taken: %+v", name, got)
		}
	}
}
