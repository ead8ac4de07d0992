package ap

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/feedtest"
	"github.com/heraldresults/herald/diff/snapshot"
)

const (
	// primary is an invented response: a primary with two townships.
	primary = `{"electionDate":"2099-03-01","timestamp":"2099-03-02T01:02:03.456Z","races":[{"test":false,"raceID":"77","raceType":"Primary","raceTypeID":"R","officeID":"P","officeName":"President","party":"GOP","national":true,"numWinners":1,"reportingUnits":[
{"statePostal":"MA","stateName":"Massachusetts","level":"state","electTotal":3,"lastUpdated":"2099-03-02T01:00:00Z","precinctsReporting":8,"precinctsTotal":9,"precinctsReportingPct":88.9,"candidates":[
 {"first":"Bo","last":"Blue","party":"GOP","candidateID":"502","polID":"12","ballotOrder":2,"polNum":"902","voteCount":70,"winner":"X","incumbent":true,"infoUpdated":true},
 {"first":"Al","middle":"Q.","last":"Ash","suffix":"Jr.","party":"GOP","candidateID":"501","polID":"0","ballotOrder":1,"polNum":"901","voteCount":30,"winner":"N"}]},
{"statePostal":"MA","reportingunitName":"Abton","reportingunitID":"22001","level":"subunit","fipsCode":"25023","lastUpdated":"2099-03-02T00:30:00Z","precinctsReporting":5,"precinctsTotal":5,"precinctsReportingPct":100.0,"candidates":[
 {"first":"Bo","last":"Blue","party":"GOP","candidateID":"502","ballotOrder":2,"polNum":"902","voteCount":70,"winner":"X"},{"first":"Al","last":"Ash","party":"GOP","candidateID":"501","ballotOrder":1,"polNum":"901","voteCount":30}]},
{"statePostal":"MA","reportingunitName":"Acville","reportingunitID":"22002","level":"subunit","fipsCode":"25017","lastUpdated":"2099-03-01T12:00:00Z","precinctsReporting":0,"precinctsTotal":4,"precinctsReportingPct":0.0,"candidates":[
 {"first":"Bo","last":"Blue","party":"GOP","candidateID":"502","ballotOrder":2,"polNum":"902","voteCount":0,"winner":"X"},{"first":"Al","last":"Ash","party":"GOP","candidateID":"501","ballotOrder":1,"polNum":"901","voteCount":0}]}]}],
"nextrequest":"http://api.ap.org/v2/elections/2099-03-01?format=json&apiKey=SECRET&level=ru&minDateTime=2099-03-02T01%3a00%3a00.000Z"}`
	// measure is a question, units without ids, and a race before its first units.
	measure = `{"electionDate":"2099-03-01","timestamp":"2099-03-02T01:02:03Z","races":[
{"raceID":"5","raceType":"Ballot Issue","officeID":"I","officeName":"Question","seatName":"1 - Honey","description":"Bees","test":false,"reportingUnits":[
 {"statePostal":"CO","stateName":"Colorado","level":"state","candidates":[{"last":"Yes","party":"Yes","candidateID":"1","ballotOrder":1,"voteCount":4},{"last":"No","party":"No","candidateID":"2","ballotOrder":2,"voteCount":6,"winner":"X"}]},
 {"statePostal":"CO","reportingunitName":"Adams","level":"FIPSCode","fipsCode":"8001","candidates":[{"last":"Yes","party":"Yes","candidateID":"1","ballotOrder":1,"voteCount":4},{"last":"No","party":"No","candidateID":"2","ballotOrder":2,"voteCount":6,"winner":"X"}]},
 {"statePostal":"CO","reportingunitName":"District 1","level":"district","districtType":"CD","candidates":[]}]},
{"raceID":"6","officeID":"G","officeName":"Governor","statePostal":"CO","uncontested":true,"candidates":[{"first":"Cy","last":"Cone","party":"Dem","candidateID":"9","polNum":"99","ballotOrder":1}]}]}`
)

func of(n int64) snapshot.Count { return snapshot.Of(n) }

func decoderOf(t *testing.T) feed.Follower {
	t.Helper()
	d, err := Format().New(feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d.(feed.Follower)
}

func decode(t *testing.T, body string) []snapshot.Update {
	t.Helper()
	updates, err := decoderOf(t).Decode(feed.Payload{Feed: "ap", Name: "v2/elections/2099-03-01", Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	return updates
}

func codes(updates []snapshot.Update) string {
	var all []string
	for _, u := range updates {
		for _, f := range u.Findings {
			all = append(all, f.Code)
		}
	}
	return strings.Join(all, " ")
}

func TestAPrimaryIsReadWhole(t *testing.T) {
	updates := decode(t, primary)
	if len(updates) != 1 || codes(updates) != "" {
		t.Fatalf("%d updates, findings %q", len(updates), codes(updates))
	}
	u := updates[0]
	if !u.Partial || u.Scope != "2099-03-01 MA-77" || u.Election != "2099-03-01" || u.Phase != snapshot.PhaseLive || !u.Stamp.Time.Equal(time.Date(2099, 3, 2, 1, 2, 3, 456e6, time.UTC)) {
		t.Errorf("scope %q, election %q, phase %q, stamp %v", u.Scope, u.Election, u.Phase, u.Stamp)
	}
	units := []snapshot.UnitDef{
		{Key: "US", Name: "United States", Type: snapshot.Country},
		{Key: "MA", Parent: "US", Name: "Massachusetts", Type: snapshot.State},
		{Key: "MA-22001", Parent: "MA", Name: "Abton", Type: snapshot.Municipality},
		{Key: "MA-22002", Parent: "MA", Name: "Acville", Type: snapshot.Municipality},
	}
	if !slices.Equal(u.Units, units) {
		t.Errorf("units = %v", u.Units)
	}
	want := snapshot.ContestDef{Key: "MA-77", Name: "President (GOP Primary)", Type: snapshot.CandidateContest, Seats: 1, Heading: "Massachusetts", CountUnit: snapshot.Precincts,
		Choices: []snapshot.ChoiceDef{{Key: "901", Name: "Al Q. Ash Jr.", Party: "GOP"}, {Key: "902", Name: "Bo Blue", Party: "GOP"}}}
	if !reflect.DeepEqual(u.Contests, []snapshot.ContestDef{want}) {
		t.Errorf("contests = %+v", u.Contests)
	}
	results := []snapshot.RaceResult{
		{Contest: "MA-77", Unit: "MA", Status: snapshot.UnofficialPartial, AsOf: time.Date(2099, 3, 2, 1, 0, 0, 0, time.UTC), Totals: snapshot.Totals{UnitsIn: of(8), UnitsTotal: of(9)},
			Votes: []snapshot.ChoiceVotes{{Key: "902", Votes: of(70), Outcome: snapshot.Elected}, {Key: "901", Votes: of(30)}}},
		{Contest: "MA-77", Unit: "MA-22001", Status: snapshot.UnofficialPartial, AsOf: time.Date(2099, 3, 2, 0, 30, 0, 0, time.UTC), Totals: snapshot.Totals{UnitsIn: of(5), UnitsTotal: of(5)},
			Votes: []snapshot.ChoiceVotes{{Key: "902", Votes: of(70)}, {Key: "901", Votes: of(30)}}},
		{Contest: "MA-77", Unit: "MA-22002", Status: snapshot.PreElection, Totals: snapshot.Totals{UnitsIn: of(0), UnitsTotal: of(4)},
			Votes: []snapshot.ChoiceVotes{{Key: "902"}, {Key: "901"}}},
	}
	if !reflect.DeepEqual(u.Results, results) {
		t.Errorf("results = %+v", u.Results)
	}
}

func TestAMeasureIsToldOfYesAndARaceWithoutUnitsIsADefinition(t *testing.T) {
	updates := decode(t, measure)
	if len(updates) != 2 || codes(updates) != "" {
		t.Fatalf("%d updates, findings %q", len(updates), codes(updates))
	}
	u := updates[0]
	c := u.Contests[0]
	if c.Key != "CO-5" || c.Name != "Question, 1 - Honey" || c.Type != snapshot.BallotMeasureContest || !slices.Equal(c.Choices, []snapshot.ChoiceDef{{Key: "c1", Name: "Yes"}, {Key: "c2", Name: "No"}}) {
		t.Errorf("contest = %+v", c)
	}
	if v := u.Results[0].Votes; v[0].Outcome != snapshot.Failed || v[1].Outcome != snapshot.NoOutcome {
		t.Errorf("votes = %v", v)
	}
	units := []snapshot.UnitDef{{Key: "CO-fips-08001", Parent: "CO", Name: "Adams", Type: snapshot.County}, {Key: "CO-District 1", Parent: "CO", Name: "District 1", Type: snapshot.CongressionalDistrict}}
	if !slices.Equal(u.Units[2:], units) || u.Phase != snapshot.PhaseUnknown {
		t.Errorf("units %v, phase %q", u.Units, u.Phase)
	}
	if u := updates[1]; len(u.Results) != 0 || u.Contests[0].Key != "CO-6" || u.Contests[0].Choices[0] != (snapshot.ChoiceDef{Key: "99", Name: "Cy Cone", Party: "Dem"}) {
		t.Errorf("definitions = %+v", u)
	}
	passed := decode(t, strings.Replace(strings.Replace(measure, `"voteCount":6,"winner":"X"`, `"voteCount":6`, 1), `"voteCount":4`, `"voteCount":4,"winner":"X"`, 1))[0]
	if v := passed.Results[0].Votes; v[0].Outcome != snapshot.Passed || v[1].Outcome != snapshot.NoOutcome {
		t.Errorf("votes = %v", v)
	}
}

func TestOneTestRaceMakesTheResponseATest(t *testing.T) {
	updates := decode(t, strings.Replace(measure, `"test":false`, `"test":true`, 1))
	if updates[0].Phase != snapshot.PhaseTest || updates[1].Phase != snapshot.PhaseTest || codes(updates) != "F_TEST" || len(updates[0].Findings) != 1 {
		t.Errorf("phases %q and %q, findings %q", updates[0].Phase, updates[1].Phase, codes(updates))
	}
}

func TestARaceWithoutOpponentsHasNoVotes(t *testing.T) {
	body := strings.NewReplacer(`"test":false`, `"test":false,"uncontested":true`, `"voteCount":70`, `"voteCount":0`, `"voteCount":30`, `"voteCount":0`).Replace(primary)
	r := decode(t, body)[0].Results[0]
	if r.Status != snapshot.StatusUnknown || r.Condition != snapshot.Uncontested || r.Votes[0].Votes.Present() || r.Votes[0].Outcome != snapshot.Elected {
		t.Errorf("result = %+v", r)
	}
}

func TestARunoffIsStated(t *testing.T) {
	if v := decode(t, strings.Replace(primary, `"winner":"X"`, `"winner":"R"`, 1))[0].Results[0].Votes; v[0].Outcome != snapshot.Runoff {
		t.Errorf("votes = %v", v)
	}
}

func TestAnEmptyDeltaSaysNothing(t *testing.T) {
	updates := decode(t, `{"electionDate":"2099-03-01","timestamp":"2099-03-02T01:02:03Z","races":[],"nextrequest":""}`)
	if updates != nil {
		t.Errorf("updates = %+v", updates)
	}
}

func TestOddResponsesAreReadAndNoted(t *testing.T) {
	for name, c := range map[string]struct{ old, new, codes string }{
		"units do not add up": {`"polNum":"901","voteCount":30}`, `"polNum":"901","voteCount":31}`, "F_SUM"},
		"a part of the units": {`"precinctsTotal":4`, `"precinctsTotal":3`, ""},
		"unknown winner":      {`"winner":"X"`, `"winner":"Q"`, "F_UNKNOWN_VALUE"},
		"unknown level":       {`"level":"subunit"`, `"level":"moon"`, "F_UNKNOWN_VALUE"},
		"new key":             {`"incumbent":true`, `"incumbent":true,"shoeSize":44`, "F_UNKNOWN_KEY"},
		"no precincts":        {`"precinctsReporting":5,"precinctsTotal":5,`, ``, ""},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(primary, c.old, c.new, 1)
			if body == primary {
				t.Fatal("nothing replaced")
			}
			if got := codes(decode(t, body)); got != c.codes {
				t.Errorf("findings %q, want %q", got, c.codes)
			}
		})
	}
}

func TestTheNextRequestIsFollowedWithoutTheKey(t *testing.T) {
	d := decoderOf(t)
	want := []feed.Want{{Name: "v2/elections/2099-03-01?format=json&level=ru&minDateTime=2099-03-02T01%3a00%3a00.000Z"}}
	if got := d.Follow(feed.Payload{Body: []byte(primary)}); !slices.Equal(got, want) {
		t.Errorf("wants %v", got)
	}
	for next, name := range map[string]string{
		"https://api.ap.org/v2/elections/2099-03-01?APIKEY=SECRET": "v2/elections/2099-03-01",
		"https://api.ap.org/v2/x?api%4Bey=SECRET&a=1":              "v2/x?a=1",
		"https://api.ap.org/v2/x?%zz=SECRET&a=1":                   "v2/x?a=1",
		"https://api.ap.org/":                                      "",
		":":                                                        "",
		"":                                                         "",
	} {
		got := d.Follow(feed.Payload{Body: []byte(`{"nextrequest":"` + next + `"}`)})
		if name == "" && len(got) != 0 || name != "" && (len(got) != 1 || got[0] != feed.Want{Name: name}) {
			t.Errorf("%q leads to %v", next, got)
		}
	}
	for _, body := range []string{measure, `{"nextrequest":{}}`, `{"nextrequest":"http://a/b"`, `[]`, ``} {
		if got := d.Follow(feed.Payload{Body: []byte(body)}); len(got) != 0 {
			t.Errorf("%.30q leads to %v", body, got)
		}
	}
}

func TestTheKeyIsInNoRefusal(t *testing.T) {
	for _, name := range []string{"v2/elections/2099-03-01?apikey=SECRET&level=ru", "v2/elections/2099-03-01?apiKey=SECRET"} {
		for _, body := range []string{`{"electionDate":1}`, `<html>`, strings.Replace(primary, `456Z`, `456`, 1)} {
			_, err := decoderOf(t).Decode(feed.Payload{Feed: "ap", Name: name, Body: []byte(body)})
			if err == nil || strings.Contains(fmt.Sprintf("%+v %v", err, err), "SECRET") || !strings.Contains(err.Error(), "2099-03-01") {
				t.Errorf("%v", err)
			}
		}
	}
}

func TestWhatCannotBeBelievedIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ old, new, code, field string }{
		"votes as text":           {`"voteCount":70`, `"voteCount":"70"`, "E_NUMBER", "races[0].reportingUnits[0].candidates[0].voteCount"},
		"votes below zero":        {`"voteCount":70`, `"voteCount":-70`, "E_NEGATIVE", "races[0].reportingUnits[0].candidates[0].voteCount"},
		"misspelt votes":          {`"voteCount":70`, `"votecount":70`, "E_MISSING", "races[0].reportingUnits[0].candidates[0]"},
		"a candidate twice":       {`"polNum":"902"`, `"polNum":"901"`, "E_DUPID", "polNum"},
		"a candidate without id":  {`"candidateID":"502"`, `"candidateID":""`, "E_MISSING", "races[0].reportingUnits[0].candidates[0]"},
		"a unit twice":            {`"22002"`, `"22001"`, "E_DUPID", "reportingunitID"},
		"a unit without state":    {`"statePostal":"MA","reportingunitName":"Abton"`, `"statePostal":"","reportingunitName":"Abton"`, "E_MISSING", "races[0].reportingUnits[1]"},
		"a race without id":       {`"raceID":"77"`, `"raceID":""`, "E_MISSING", "races[0]"},
		"no zone":                 {`456Z`, `456`, "E_TIME", "timestamp"},
		"an update without zone":  {`01:00:00Z`, `01:00:00`, "E_TIME", "lastUpdated"},
		"delegates":               {primary, `{"delSuper":{"Test":"1","del":[]}}`, "E_VERSION", ""},
		"delegates in short":      {primary, `{"delSum":{"Test":"1","del":[]}}`, "E_VERSION", ""},
		"the index of elections":  {primary, `{"guides":[],"elections":[{"electionDate":"2099-03-01"}]}`, "E_VERSION", ""},
		"cut short":               {`%3a00.000Z"}`, `%3a00.000Z"`, "E_TRUNCATED", "nextrequest"},
		"a test flag that is not": {`"test":false`, `"test":"no"`, "E_TYPE", "races[0].test"},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(primary, c.old, c.new, 1)
			if body == primary {
				t.Fatal("nothing replaced")
			}
			updates, err := decoderOf(t).Decode(feed.Payload{Feed: "ap", Name: "f.json", Body: []byte(body)})
			var r *feed.Refusal
			if !errors.As(err, &r) || updates != nil {
				t.Fatalf("got %v, %v", updates, err)
			}
			if r.Code != c.code || r.Field != c.field {
				t.Errorf("%s at %q (%s), want %s at %q", r.Code, r.Field, r.Text, c.code, c.field)
			}
		})
	}
	race := primary[strings.Index(primary, `{"test"`):strings.Index(primary, "],\n\"nextrequest")]
	if _, err := decoderOf(t).Decode(feed.Payload{Body: []byte(strings.Replace(primary, race, race+","+race, 1))}); err == nil || !strings.HasPrefix(err.Error(), "E_DUPID") {
		t.Errorf("a race twice: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, body := range []string{primary, measure, primary[:500], `{"delSum":{}}`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		feedtest.Holds(t, Format(), feed.Options{}, feed.Payload{Feed: "ap", Name: "f.json", Body: body})
	})
}
