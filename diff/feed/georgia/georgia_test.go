package georgia

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/feedtest"
	"github.com/heraldresults/herald/diff/snapshot"
)

// export is an invented state of two counties: one with precincts, which has
// reported, one that has not, with a contest of its own.
const export = `{"electionDate":"2099-06-18","electionName":"Made Runoff ","createdAt":"2099-06-19T02:59:45.4822574Z",
"results":{"id":"s-1","name":"Peachland","reportingStatuses":[],"ballotItems":[
 {"type":"State","id":"100","name":"Senate","voteFor":1,"ballotOrder":2,"precinctsParticipating":null,"precinctsReporting":null,"contestType":"Candidate","rankedChoiceResults":null,"ballotOptions":[
  {"id":"5","name":"Bo (Dem)","ballotOrder":2,"voteCount":30,"politicalParty":"DEM","precinctResults":null,"groupResults":[{"groupName":"Election Day","voteCount":20,"isFromVirtualPrecinct":false},{"groupName":"Absentee","voteCount":10,"isFromVirtualPrecinct":true}]},
  {"id":"4","name":"Al (Rep)","ballotOrder":1,"voteCount":25,"politicalParty":null,"precinctResults":null,"groupResults":[{"groupName":"Election Day","voteCount":25,"isFromVirtualPrecinct":false},{"groupName":"Absentee","voteCount":0,"isFromVirtualPrecinct":true}]}]},
 {"type":"State","id":"200","name":"Question 1","voteFor":1,"ballotOrder":3,"contestType":"Question","ballotOptions":[{"id":"1","name":"Yes","ballotOrder":1,"voteCount":0,"groupResults":null}]}]},
"localResults":[
 {"id":"c-1","name":"Ash County","reportingStatuses":[{"groupName":"Election Day","status":"Fully Reported"}],"ballotItems":[
  {"type":"Local","id":"100","name":"Senate","voteFor":1,"ballotOrder":9,"precinctsParticipating":2,"precinctsReporting":2,"contestType":"Candidate","ballotOptions":[
   {"id":"4","name":"Al (Rep)","ballotOrder":1,"voteCount":25,"precinctResults":[{"id":"001","name":"North","isVirtual":false,"voteCount":20,"reportingStatus":"Fully Reported","groupResults":[{"groupName":"Election Day","voteCount":20}]},{"id":"002","name":"South","voteCount":5,"reportingStatus":"Partially Reported","groupResults":[]}],"groupResults":[{"groupName":"Election Day","voteCount":25}]},
   {"id":"5","name":"Bo (Dem)","ballotOrder":2,"voteCount":30,"precinctResults":[{"id":"001","name":"North","voteCount":30,"reportingStatus":"Fully Reported","groupResults":[]},{"id":"002","name":"South","voteCount":0,"reportingStatus":"Partially Reported","groupResults":[]}],"groupResults":[{"groupName":"Election Day","voteCount":30}]}]}]},
 {"id":"c-2","name":"Birch County","reportingStatuses":null,"ballotItems":[
  {"type":"Local","id":"100","name":"Senate","voteFor":1,"precinctsParticipating":0,"precinctsReporting":0,"contestType":"Candidate","ballotOptions":[
   {"id":"4","name":"Al (Rep)","voteCount":0,"precinctResults":[],"groupResults":[{"groupName":"Election Day","voteCount":0}]},{"id":"5","name":"Bo (Dem)","voteCount":0,"precinctResults":[],"groupResults":[]}]},
  {"type":"Local","id":"300","name":"Sheriff","voteFor":2,"ballotOrder":4,"contestType":"Candidate","ballotOptions":[{"id":"1","name":"Cy","voteCount":null,"groupResults":[]}]}]}]}`

func of(n int64) snapshot.Count { return snapshot.Of(n) }

func try(t *testing.T, body string) ([]snapshot.Update, error) {
	t.Helper()
	d, err := Format().New(feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d.Decode(feed.Payload{Feed: "ga", Name: "export.json", Body: []byte(body)})
}

func decode(t *testing.T, body string) snapshot.Update {
	t.Helper()
	updates, err := try(t, body)
	if err != nil {
		t.Fatal(err)
	}
	if len(updates) != 1 {
		t.Fatalf("%d updates, want 1", len(updates))
	}
	return updates[0]
}

func race(t *testing.T, u snapshot.Update, contest, unit string) snapshot.RaceResult {
	t.Helper()
	for _, r := range u.Results {
		if r.Unit == unit && r.Contest == contest {
			return r
		}
	}
	t.Fatalf("no race of %q in %q", contest, unit)
	return snapshot.RaceResult{}
}

func TestAnExportIsReadWhole(t *testing.T) {
	u := decode(t, export)
	if len(u.Findings) != 0 || len(u.Results) != 7 {
		t.Errorf("%d results, findings %v", len(u.Results), u.Findings)
	}
	if want := time.Date(2099, 6, 19, 2, 59, 45, 482257400, time.UTC); !u.Stamp.Time.Equal(want) || u.Scope != "export" || u.Name != "Made Runoff" || u.Election != "2099-06-18" {
		t.Errorf("stamp %v, scope %q, name %q, election %q", u.Stamp, u.Scope, u.Name, u.Election)
	}
	units := []snapshot.UnitDef{
		{Key: "s-1", Name: "Peachland", Type: snapshot.State},
		{Key: "c-1", Parent: "s-1", Name: "Ash County", Type: snapshot.County},
		{Key: "c-1-001", Parent: "c-1", Name: "North", Type: snapshot.Precinct},
		{Key: "c-1-002", Parent: "c-1", Name: "South", Type: snapshot.Precinct},
		{Key: "c-2", Parent: "s-1", Name: "Birch County", Type: snapshot.County},
	}
	if !slices.Equal(u.Units, units) {
		t.Errorf("units = %v", u.Units)
	}
	contests := []snapshot.ContestDef{
		{Key: "100", Name: "Senate", Type: snapshot.CandidateContest, Seats: 1, Order: 2, CountUnit: snapshot.Precincts, Choices: []snapshot.ChoiceDef{{Key: "4", Name: "Al (Rep)"}, {Key: "5", Name: "Bo (Dem)", Party: "DEM"}}},
		{Key: "200", Name: "Question 1", Type: snapshot.BallotMeasureContest, Seats: 1, Order: 3, CountUnit: snapshot.Precincts, Choices: []snapshot.ChoiceDef{{Key: "1", Name: "Yes"}}},
		{Key: "c-2-300", Name: "Sheriff", Type: snapshot.CandidateContest, Seats: 2, Order: 4, Heading: "Birch County", CountUnit: snapshot.Precincts, Choices: []snapshot.ChoiceDef{{Key: "1", Name: "Cy"}}},
	}
	if !reflect.DeepEqual(u.Contests, contests) {
		t.Errorf("contests = %+v", u.Contests)
	}
	want := snapshot.RaceResult{Contest: "100", Unit: "s-1", Status: snapshot.UnofficialPartial,
		Votes: []snapshot.ChoiceVotes{{Key: "4", Votes: of(25)}, {Key: "5", Votes: of(30)}},
		Channels: []snapshot.ChannelVotes{
			{Name: "Election Day", Votes: []snapshot.ChoiceVotes{{Key: "4", Votes: of(25)}, {Key: "5", Votes: of(20)}}},
			{Name: "Absentee (virtual precinct)", Votes: []snapshot.ChoiceVotes{{Key: "4", Votes: of(0)}, {Key: "5", Votes: of(10)}}}}}
	if got := race(t, u, "100", "s-1"); !reflect.DeepEqual(got, want) {
		t.Errorf("state = %+v", got)
	}
}

func TestAPlaceSaysHowFarItIs(t *testing.T) {
	u := decode(t, export)
	for _, c := range []struct {
		contest, unit string
		status        snapshot.Status
		first         snapshot.Count
		in            snapshot.Count
	}{
		{"100", "c-1", snapshot.UnofficialFull, of(25), of(2)},
		{"100", "c-1-001", snapshot.UnofficialFull, of(20), snapshot.Count{}},
		{"100", "c-1-002", snapshot.UnofficialPartial, of(5), snapshot.Count{}},
		{"100", "c-2", snapshot.PreElection, snapshot.Count{}, snapshot.Count{}},
		{"200", "s-1", snapshot.PreElection, snapshot.Count{}, snapshot.Count{}},
		{"c-2-300", "c-2", snapshot.PreElection, snapshot.Count{}, snapshot.Count{}},
	} {
		r := race(t, u, c.contest, c.unit)
		if r.Status != c.status || r.Votes[0].Votes != c.first || r.Totals.UnitsIn != c.in {
			t.Errorf("%s in %s: %+v", c.contest, c.unit, r)
		}
	}
	official := decode(t, strings.Replace(export, `"createdAt"`, `"isOfficial":true,"createdAt"`, 1))
	if r := race(t, official, "100", "c-2"); r.Status != snapshot.Certified || r.Votes[0].Votes != of(0) {
		t.Errorf("official: %+v", r)
	}
}

func TestOddExportsAreReadAndNoted(t *testing.T) {
	for name, c := range map[string]struct{ old, new, codes string }{
		"ways do not add up": {`"groupName":"Election Day","voteCount":25}]},
   {"id":"5"`, `"groupName":"Election Day","voteCount":24}]},
   {"id":"5"`, "F_SUM"},
		"counties do not add up":  {`"ballotOrder":1,"voteCount":25,"politicalParty":null,"precinctResults":null,"groupResults":[{"groupName":"Election Day","voteCount":25`, `"ballotOrder":1,"voteCount":26,"politicalParty":null,"precinctResults":null,"groupResults":[{"groupName":"Election Day","voteCount":26`, "F_SUM"},
		"precincts do not add up": {`"voteCount":5,"reportingStatus"`, `"voteCount":6,"reportingStatus"`, "F_SUM"},
		"other options":           {`"id":"5","name":"Bo (Dem)","voteCount":0`, `"id":"5","name":"Di (Dem)","voteCount":0`, "F_DIFFER"},
		"unknown status":          {`"status":"Fully Reported"`, `"status":"Somewhat"`, "F_UNKNOWN_VALUE"},
		"unknown kind":            {`"contestType":"Question"`, `"contestType":"Riddle"`, "F_UNKNOWN_VALUE"},
		"ranked":                  {`"rankedChoiceResults":null`, `"rankedChoiceResults":[]`, "F_RANKED"},
		"new key":                 {`"rankedChoiceResults":null`, `"rankedChoiceResults":null,"rounds":1`, "F_UNKNOWN_KEY"},
		"no counties":             {export[strings.Index(export, `"localResults"`):], `"localResults":null}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(export, c.old, c.new, 1)
			if body == export {
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

func TestAContestWithOtherOptionsStandsByItself(t *testing.T) {
	u := decode(t, strings.Replace(export, `"id":"5","name":"Bo (Dem)","voteCount":0`, `"id":"5","name":"Di (Dem)","voteCount":0`, 1))
	if r := race(t, u, "c-2-100", "c-2"); len(r.Votes) != 2 {
		t.Errorf("race = %+v", r)
	}
	if i := slices.IndexFunc(u.Contests, func(c snapshot.ContestDef) bool { return c.Key == "100" }); u.Contests[i].Choices[1].Name != "Bo (Dem)" {
		t.Errorf("contest = %+v", u.Contests[i])
	}
}

func TestWhatCannotBeBelievedIsRefused(t *testing.T) {
	many := `"groupResults":[`
	for i := range 65 {
		many += `{"voteCount":0,"groupName":"` + strings.Repeat("x", i+1) + `"},`
	}
	for name, c := range map[string]struct{ old, new, code, field string }{
		"votes as text":         {`"voteCount":30,"politicalParty"`, `"voteCount":"30","politicalParty"`, "E_NUMBER", "results.ballotItems[0].ballotOptions[0].voteCount"},
		"votes below zero":      {`"voteCount":30,"politicalParty"`, `"voteCount":-30,"politicalParty"`, "E_NEGATIVE", "results.ballotItems[0].ballotOptions[0].voteCount"},
		"misspelt votes":        {`"voteCount":30,"politicalParty"`, `"votecount":30,"politicalParty"`, "E_MISSING", "results.ballotItems[0].ballotOptions[0]"},
		"no zone":               {`4822574Z`, `4822574`, "E_TIME", "createdAt"},
		"a county twice":        {`"id":"c-2"`, `"id":"c-1"`, "E_DUPID", "id"},
		"a contest twice":       {`"id":"200"`, `"id":"100"`, "E_DUPID", "id"},
		"an option twice":       {`"id":"4","name":"Al (Rep)","ballotOrder":1,"voteCount":25,"politicalParty"`, `"id":"5","name":"Al (Rep)","ballotOrder":1,"voteCount":25,"politicalParty"`, "E_DUPID", "id"},
		"a precinct twice":      {`"id":"002"`, `"id":"001"`, "E_DUPID", "id"},
		"a way twice":           {`"groupName":"Absentee","voteCount":10,"isFromVirtualPrecinct":true`, `"groupName":"Election Day","voteCount":10`, "E_DUPID", "groupName"},
		"too many ways":         {`"groupResults":[{"groupName":"Election Day","voteCount":20,`, many + `{"groupName":"Election Day","voteCount":20,`, "E_COUNT", "groupResults"},
		"no state":              {`"results":`, `"result":`, "E_MISSING", ""},
		"a place without id":    {`"id":"c-1"`, `"id":""`, "E_MISSING", "localResults[0]"},
		"a contest without id":  {`"id":"300"`, `"id":null`, "E_MISSING", "localResults[1].ballotItems[1]"},
		"an option without id":  {`"id":"1","name":"Cy"`, `"id":"","name":"Cy"`, "E_MISSING", "localResults[1].ballotItems[1].ballotOptions[0]"},
		"a precinct without id": {`"id":"002"`, `"id":""`, "E_MISSING", "localResults[0].ballotItems[0].ballotOptions[0].precinctResults[1]"},
		"cut short":             {`]}]}]}]}`, `]}]}`, "E_TRUNCATED", "localResults[1].ballotItems[1]"},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(export, c.old, c.new, 1)
			if body == export {
				t.Fatal("nothing replaced")
			}
			updates, err := try(t, body)
			var r *feed.Refusal
			if !errors.As(err, &r) || updates != nil {
				t.Fatalf("got %v, %v", updates, err)
			}
			if r.Code != c.code || r.Field != c.field {
				t.Errorf("%s at %q (%s), want %s at %q", r.Code, r.Field, r.Text, c.code, c.field)
			}
		})
	}
	if _, err := try(t, `{"electionDate":"","createdAt":"2099-06-19T02:59:45Z","results":{"id":"s","name":"S","ballotItems":null}}`); err == nil || !strings.HasPrefix(err.Error(), "E_EMPTY") {
		t.Errorf("no contests: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, body := range []string{export, export[:700], `{"electionDate":"","createdAt":"2099-06-19T02:59:45Z","results":{"id":"s","name":"S","ballotItems":[{"id":"1","name":"A","ballotOptions":[{"id":"2","name":"B","voteCount":7}]}]}}`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		feedtest.Holds(t, Format(), feed.Options{}, feed.Payload{Feed: "ga", Name: "f.json", Body: body})
	})
}
