package portugal

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/feedtest"
	"github.com/heraldresults/herald/diff/snapshot"
)

// district is an invented constituency, its lists by votes.
const district = `{"territoryKey":"LOCAL-990000","territoryName":"Inventada","territoryFullName":"Círculo de Inventada","timeOnServer":4070908799411,"time":"09:59","refreshTimeout":20,
"displayMessage":null,"foreignCounterMessage":null,"nationalCounterMessage":null,"territoryMessage":null,"warningMessage":null,"totalConsulates":3,"totalConsulatesApproved":0,"totalParishes":90,"totalParishesApproved":40,
"currentResults":{"availableMandates":1,"blankVotes":7,"blankVotesPercentage":1.0,"compensation":false,"displayMessage":null,"hasNoVoting":false,"nullVotes":3,"nullVotesPercentage":0.5,"numberParishes":12,"numberVoters":610,"percentageVoters":61,
 "resultsParty":[{"absoluteMajority":null,"acronym":"PX/PY.PZ","constituenctyCounter":1,"imageKey":"x","mandates":2,"percentage":57.3,"presidents":null,"validVotesPercentage":58.0,"votes":350},
  {"acronym":"A","mandates":0,"percentage":40.9,"votes":250}],
 "subscribedVoters":1000,"tie":false,"tieMessage":null,"totalBoycotts":0,"totalForeignBoycotts":0,"totalLocalBoycotts":0,"totalMandates":3,"totalParishesApproved":11,"totalVoters":610},
"previousResults":{"blankVotes":-1,"resultsParty":[{"acronym":"OLD","votes":99}]}}`

func of(n int64) snapshot.Count { return snapshot.Of(n) }

func try(t *testing.T, name, body string) ([]snapshot.Update, error) {
	t.Helper()
	d, err := Format().New(feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d.Decode(feed.Payload{Feed: "pt", Name: name, Body: []byte(body), Seq: 3, Received: time.Unix(77, 0)})
}

func decode(t *testing.T, body string) snapshot.Update {
	t.Helper()
	updates, err := try(t, "LOCAL-990000.json", body)
	if err != nil {
		t.Fatal(err)
	}
	if len(updates) != 1 {
		t.Fatalf("%d updates, want 1", len(updates))
	}
	return updates[0]
}

func TestATerritoryIsReadWhole(t *testing.T) {
	u := decode(t, district)
	if len(u.Findings) != 0 || u.Scope != "LOCAL-990000" || !u.Stamp.Time.Equal(time.UnixMilli(4070908799411)) {
		t.Errorf("scope %q, stamp %v, findings %v", u.Scope, u.Stamp, u.Findings)
	}
	units := []snapshot.UnitDef{{Key: "LOCAL-500000", Name: "Portugal", Type: snapshot.Country}, {Key: "LOCAL-990000", Parent: "LOCAL-500000", Name: "Inventada", Type: snapshot.District}}
	if !slices.Equal(u.Units, units) {
		t.Errorf("units = %v", u.Units)
	}
	c := u.Contests[0]
	if want := []snapshot.ChoiceDef{{Key: "A", Name: "A"}, {Key: "PX/PY.PZ", Name: "PX/PY.PZ"}}; c.Key != "LOCAL-990000" || c.Name != "Círculo de Inventada" || c.Type != snapshot.PartyContest || c.Seats != 3 || !slices.Equal(c.Choices, want) {
		t.Errorf("contest = %+v", c)
	}
	r := u.Results[0]
	votes := []snapshot.ChoiceVotes{{Key: "A", Votes: of(250), Seats: of(0)}, {Key: "PX/PY.PZ", Votes: of(350), Seats: of(2)}}
	totals := snapshot.Totals{Blank: of(7), Null: of(3), Ballots: of(610), Electorate: of(1000), UnitsIn: of(11), UnitsTotal: of(12)}
	if r.Unit != "LOCAL-990000" || !slices.Equal(r.Votes, votes) || r.Totals != totals || r.Status != snapshot.UnofficialPartial {
		t.Errorf("result = %+v", r)
	}
}

func TestTheStatusFollowsTheParishes(t *testing.T) {
	if r := decode(t, strings.Replace(district, `"totalParishesApproved":11`, `"totalParishesApproved":12`, 1)).Results[0]; r.Status != snapshot.UnofficialFull {
		t.Errorf("all parishes: %q", r.Status)
	}
	empty := strings.NewReplacer(`"totalParishesApproved":11`, `"totalParishesApproved":0`, `"votes":350`, `"votes":0`, `"votes":250`, `"votes":0`,
		`"blankVotes":7`, `"blankVotes":0`, `"nullVotes":3`, `"nullVotes":0`, `610`, `0`).Replace(district)
	r := decode(t, empty).Results[0]
	if r.Status != snapshot.PreElection || r.Votes[0].Votes.Present() || r.Votes[1].Seats.Present() {
		t.Errorf("no parish: %+v", r)
	}
	if want := (snapshot.Totals{Electorate: of(1000), UnitsIn: of(0), UnitsTotal: of(12)}); r.Totals != want {
		t.Errorf("totals = %v", r.Totals)
	}
}

func TestBeforeTheNightATerritoryIsANameAlone(t *testing.T) {
	u := decode(t, `{"territoryKey":"LOCAL-990000","territoryName":"Inventada","timeOnServer":4070908799411,"currentResults":null}`)
	if len(u.Units) != 2 || len(u.Contests)+len(u.Results) != 0 {
		t.Errorf("update = %+v", u)
	}
}

func TestTheListOfTerritoriesGivesNames(t *testing.T) {
	updates, err := try(t, "locals.json", `[{"compensation":false,"name":"Um","territoryKey":"LOCAL-010000"},{"name":"Dois","territoryKey":"LOCAL-010200"},{"name":"Três","territoryKey":"LOCAL-010203"},{"name":"Fora","territoryKey":"FOREIGN-600000"},{"name":"Tudo","territoryKey":"LOCAL-500000"}]`)
	if err != nil {
		t.Fatal(err)
	}
	want := []snapshot.UnitDef{
		{Key: "LOCAL-500000", Name: "Portugal", Type: snapshot.Country},
		{Key: "LOCAL-010000", Parent: "LOCAL-500000", Name: "Um", Type: snapshot.District},
		{Key: "LOCAL-010200", Parent: "LOCAL-010000", Name: "Dois", Type: snapshot.Municipality},
		{Key: "LOCAL-010203", Parent: "LOCAL-010200", Name: "Três", Type: snapshot.Precinct},
		{Key: "FOREIGN-600000", Parent: "LOCAL-500000", Name: "Fora", Type: snapshot.Abroad},
	}
	if u := updates[0]; !slices.Equal(u.Units, want) || u.Scope != "territories" || u.Stamp.Seq != 3 || len(u.Results) != 0 {
		t.Errorf("update = %+v", u)
	}
}

func TestOddDocumentsAreReadAndNoted(t *testing.T) {
	for name, c := range map[string]struct{ old, new, codes string }{
		"votes do not add up": {`"votes":250`, `"votes":251`, "F_SUM"},
		"voters differ":       {`"numberVoters":610`, `"numberVoters":611`, "F_DIFFER"},
		"too many seats":      {`"mandates":2`, `"mandates":4`, "F_SUM"},
		"new key":             {`"tie":false`, `"tie":false,"draw":false`, "F_UNKNOWN_KEY"},
		"no voters":           {`,"totalVoters":610`, ``, ""},
		"no seats":            {`"mandates":2,`, ``, ""},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(district, c.old, c.new, 1)
			if body == district {
				t.Fatal("nothing replaced")
			}
			var got []string
			for _, f := range decode(t, body).Findings {
				got = append(got, f.Code)
			}
			if strings.Join(got, " ") != c.codes {
				t.Errorf("findings %v, want %q", got, c.codes)
			}
		})
	}
}

func TestWhatCannotBeBelievedIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ file, old, new, code, field string }{
		"votes as text":      {"x", `"votes":350`, `"votes":"350"`, "E_NUMBER", "currentResults.resultsParty[0].votes"},
		"votes below zero":   {"x", `"votes":350`, `"votes":-350`, "E_NEGATIVE", "currentResults.resultsParty[0].votes"},
		"misspelt votes":     {"x", `"votes":350`, `"vots":350`, "E_MISSING", "currentResults.resultsParty[0]"},
		"no acronym":         {"x", `"acronym":"A"`, `"acronym":""`, "E_MISSING", "currentResults.resultsParty[1]"},
		"a list twice":       {"x", `"acronym":"A"`, `"acronym":"PX/PY.PZ"`, "E_DUPID", "acronym"},
		"another territory":  {"a/LOCAL-110000.json", `"time":"09:59"`, `"time":"10:00"`, "E_IDENTITY", "territoryKey"},
		"another address":    {"TerritoryResults?territoryKey=LOCAL-110000&x=1", `"time":"09:59"`, `"time":"10:00"`, "E_IDENTITY", "territoryKey"},
		"a key that is none": {"x", `LOCAL-990000`, `../../x`, "E_IDENTITY", "territoryKey"},
		"a time as prose":    {"x", `4070908799411`, `"10 o'clock"`, "E_TIME", "timeOnServer"},
		"a time too late":    {"x", `4070908799411`, `407090879941199`, "E_TIME", "timeOnServer"},
		"no results":         {"x", `"currentResults"`, `"results"`, "E_MISSING", ""},
		"cut short":          {"x", `"votes":99}]}}`, `"votes":99}]`, "E_TRUNCATED", "previousResults.resultsParty"},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(district, c.old, c.new, 1)
			if body == district {
				t.Fatal("nothing replaced")
			}
			updates, err := try(t, c.file, body)
			var r *feed.Refusal
			if !errors.As(err, &r) || updates != nil {
				t.Fatalf("got %v, %v", updates, err)
			}
			if r.Code != c.code || r.Field != c.field {
				t.Errorf("%s at %q (%s), want %s at %q", r.Code, r.Field, r.Text, c.code, c.field)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, body := range []string{district, district[:300], `[{"name":"Um","territoryKey":"LOCAL-010000"}]`} {
		f.Add("LOCAL-990000.json", []byte(body))
	}
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		feedtest.Holds(t, Format(), feed.Options{}, feed.Payload{Feed: "pt", Name: name, Body: body, Seq: 1})
	})
}

func TestTheThreeLocalBodiesOfATerritoryAreThreeContests(t *testing.T) {
	for name, want := range map[string][2]string{
		"territory-results-LOCAL-990000-AR.json":                     {"LOCAL-990000", "LOCAL-990000"},
		"territory-results-LOCAL-990000-CM.json":                     {"LOCAL-990000 CM", "LOCAL-990000-CM"},
		"TERRITORY-RESULTS-LOCAL-990000-AM.json":                     {"LOCAL-990000 AM", "LOCAL-990000-AM"},
		"TerritoryResults?territoryKey=LOCAL-990000&electionId=AF":   {"LOCAL-990000 AF", "LOCAL-990000-AF"},
		"TerritoryResults?territoryKey=LOCAL-990000&electionId=AR":   {"LOCAL-990000", "LOCAL-990000"},
		"TerritoryResults?electionId=CM&territoryKey=LOCAL-990000&x": {"LOCAL-990000 CM", "LOCAL-990000-CM"},
		"anything.json": {"LOCAL-990000", "LOCAL-990000"},
	} {
		updates, err := try(t, name, district)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if u := updates[0]; u.Scope != want[0] || u.Contests[0].Key != want[1] || u.Results[0].Contest != want[1] || u.Results[0].Unit != "LOCAL-990000" {
			t.Errorf("%s: scope %q, contest %q, result %q in %q", name, u.Scope, u.Contests[0].Key, u.Results[0].Contest, u.Results[0].Unit)
		}
	}
	for _, name := range []string{"territory-results-LOCAL-980000-AR.json", "TerritoryResults?territoryKey=LOCAL-980000&electionId=CM"} {
		var r *feed.Refusal
		if _, err := try(t, name, district); !errors.As(err, &r) || r.Code != "E_IDENTITY" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheWholeResultLiesInNoCountry(t *testing.T) {
	updates, err := try(t, "x.json", strings.Replace(district, "LOCAL-990000", "GLOBAL-990000", 1))
	if err != nil {
		t.Fatal(err)
	}
	if u := updates[0].Units[1]; u.Key != "GLOBAL-990000" || u.Parent != "" {
		t.Errorf("unit = %+v", u)
	}
}
