package verify

import (
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/manifest"
)

func TestARaceThatSaysOtherSeatsRoundsOrConditionsThanTheCountsIsFound(t *testing.T) {
	n := snapshot.Of
	r := Race{Contest: &manifest.Contest{Choices: []manifest.Choice{{ID: "a"}, {ID: "b"}}}, Votes: []snapshot.Count{n(4), n(3)}, Condition: snapshot.Annulled,
		Seats: []snapshot.Count{n(2), {}}, Rounds: []snapshot.Round{
			{Votes: []snapshot.Count{n(4), n(3)}, Outcomes: []snapshot.Outcome{"", snapshot.NotElected}}, {Votes: []snapshot.Count{n(6), {}}, Exhausted: n(1)}}}
	const good = `{"result":{"choices":[{"id":"a","votes":4,"seats":2},{"id":"b","votes":3}],"condition":"annulled","rounds":[` +
		`{"choices":[{"id":"a","votes":4},{"id":"b","votes":3,"outcome":"not-elected"}],"exhausted":null},{"choices":[{"id":"a","votes":6},{"id":"b","votes":null}],"exhausted":1}]}}`
	if err := r.compare([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, swap := range [][2]string{
		{`"seats":2`, `"seats":3`},
		{`,"seats":2`, ``},
		{`"votes":3}],"cond`, `"votes":3,"seats":0}],"cond`},
		{`"annulled"`, `"withheld"`},
		{`"condition":"annulled",`, ``},
		{`"votes":6`, `"votes":7`},
		{`"votes":null}],"exhausted":1`, `"votes":0}],"exhausted":1`},
		{`"exhausted":1`, `"exhausted":null`},
		{`,"outcome":"not-elected"`, ``},
		{`"rounds":[`, `"rounds":[{},`},
	} {
		bad := strings.Replace(good, swap[0], swap[1], 1)
		if bad == good {
			t.Fatalf("the sample has no %s", swap[0])
		}
		if r.compare([]byte(bad)) == nil {
			t.Errorf("%s is taken for %s", swap[1], swap[0])
		}
	}
}
