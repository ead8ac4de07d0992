package delimited

import (
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// seatsMapping reads votes, seats and what became of races from one file.
const seatsMapping = `zone = "UTC"
[values.state]
"U" = "uncontested"
"A" = "annulled"
"*" = "*"
[[file]]
name = "*"
separator = ","
stamp = { from = "receipt" }
[[file.row]]
unit      = { key = "land", name = "Land", type = "country" }
contest   = { key = "{contest}", name = "{contest}", type = "party", seats = "5" }
choice    = { key = "{list}", name = "{list}" }
votes     = "{votes}"
seats     = "{seats}"
outcome   = "{outcome}"
condition = "{state|state}"
`

func TestSeatsAndConditionsAreReadAsAMappingSays(t *testing.T) {
	us, err := decoderOf(t, seatsMapping).Decode(payload("a.csv", "contest,list,votes,seats,outcome,state\nc,a,30,3,,A\nc,b,20,,tie,\nd,e,,0,lot,U\n"))
	if err != nil {
		t.Fatal(err)
	}
	n := snapshot.Of
	c, d := us[0].Results[0], us[0].Results[1]
	if c.Condition != snapshot.Annulled || c.Votes[0] != (snapshot.ChoiceVotes{Key: "a", Votes: n(30), Seats: n(3)}) || c.Votes[1] != (snapshot.ChoiceVotes{Key: "b", Votes: n(20), Outcome: snapshot.Tie}) {
		t.Errorf("c = %+v", c)
	}
	if d.Condition != snapshot.Uncontested || d.Votes[0] != (snapshot.ChoiceVotes{Key: "e", Seats: n(0), Outcome: snapshot.Lot}) {
		t.Errorf("d = %+v", d)
	}
}

func TestRowsThatDisagreeOnSeatsAndConditionsAreRefused(t *testing.T) {
	again := strings.Replace(seatsMapping, `votes     = "{votes}"`+"\n", "", 1)
	for body, code := range map[string]string{
		"c,a,,3,,\nc,a,,3,,\n":   "",
		"c,a,,3,,\nc,a,,,,\n":    "",
		"c,a,,3,,\nc,a,,4,,\n":   "E_CSV",
		"c,a,,x,,\n":             "E_NUMBER",
		"c,a,,3,,A\nc,b,,1,,U\n": "E_CSV",
		"c,a,,3,,gone\n":         "E_TYPE",
	} {
		_, err := decoderOf(t, again).Decode(payload("a.csv", "contest,list,votes,seats,outcome,state\n"+body))
		got := ""
		if r, ok := err.(*feed.Refusal); ok {
			got = r.Code
		}
		if got != code || err != nil && code == "" {
			t.Errorf("%q: %v, want %q", body, err, code)
		}
	}
}
