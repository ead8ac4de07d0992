package oregon

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

const (
	// statewide is a race of the state with its write-ins first.
	statewide = `{"d":[
{"__type":"MapData:#ORResultsWebService","AreaNum":"Statewide Partisan","AreaType":null,"BallotOrder":97,"CandidateID":"9901","CountyID":"","CountyName":"","CurrentDateTime":null,"Delegates":"","IsCountywide":false,"IsReported":false,"OfficeSeqNo":"112008","PartyCode":"","PartyName":"","PrecinctName":null,"PrecinctsPartial":0,"PrecinctsReporting":0,"RaceID":900,"RaceName":"Beekeeper General","RecountPercent":0,"RecountVotes":0,"StatePrecinctID":null,"TotalPrecincts":1314,"VoteFor":1,"Winner":false,"calcCandidate":"Write-in","calcCandidatePercentage":0.01,"calcCandidateVotes":7},
{"__type":"MapData:#ORResultsWebService","AreaNum":"Statewide Partisan","BallotOrder":2,"CandidateID":"31","OfficeSeqNo":"112008","PartyCode":"DEM","PartyName":"Democrat, Working Families","PrecinctsReporting":0,"RaceID":900,"RaceName":"Beekeeper General","TotalPrecincts":1314,"VoteFor":1,"Winner":true,"calcCandidate":"Bea Bloom","calcCandidatePercentage":0.5,"calcCandidateVotes":402},
{"__type":"MapData:#ORResultsWebService","AreaNum":"Statewide Partisan","BallotOrder":1,"CandidateID":"30","OfficeSeqNo":"112008","PartyCode":"REP","PartyName":"Republican","PrecinctsReporting":0,"RaceID":900,"RaceName":"Beekeeper General","TotalPrecincts":1314,"VoteFor":1,"Winner":false,"calcCandidate":"Abe Ash","calcCandidatePercentage":0.49,"calcCandidateVotes":391}]}`
	// measures are two measures, their rows mixed.
	measures = `{"d":[
{"AreaNum":"State Measure","BallotOrder":2,"CandidateID":"2","OfficeSeqNo":"217080","PrecinctsReporting":3,"RaceID":702,"RaceName":"Measure 2 Bees","TotalPrecincts":5,"VoteFor":1,"Winner":false,"calcCandidate":"No","calcCandidateVotes":8},
{"AreaNum":"State Measure","BallotOrder":1,"CandidateID":"1","OfficeSeqNo":"217079","PrecinctsReporting":0,"RaceID":701,"RaceName":"Measure 1 Honey","TotalPrecincts":5,"VoteFor":1,"Winner":false,"calcCandidate":"Yes","calcCandidateVotes":0},
{"AreaNum":"State Measure","BallotOrder":1,"CandidateID":"1","OfficeSeqNo":"217080","PrecinctsReporting":3,"RaceID":702,"RaceName":"Measure 2 Bees","TotalPrecincts":5,"VoteFor":1,"Winner":false,"calcCandidate":"Yes","calcCandidateVotes":9},
{"AreaNum":"State Measure","BallotOrder":2,"CandidateID":"2","OfficeSeqNo":"217079","PrecinctsReporting":0,"RaceID":701,"RaceName":"Measure 1 Honey","TotalPrecincts":5,"VoteFor":1,"Winner":false,"calcCandidate":"No","calcCandidateVotes":0}]}`
	// places are one race by district, county and precinct.
	places = `{"d":[
{"AreaNum":"SD 30","BallotOrder":1,"CandidateID":"40","CountyID":"","CountyName":"","RaceID":800,"RaceName":"Senator","PrecinctsReporting":1,"TotalPrecincts":3,"calcCandidate":"Cy Cone","calcCandidateVotes":30},
{"AreaNum":"SD 30","BallotOrder":1,"CandidateID":"40","CountyID":"14","CountyName":"Fern","RaceID":800,"RaceName":"Senator","PrecinctsReporting":1,"TotalPrecincts":2,"calcCandidate":"Cy Cone","calcCandidateVotes":20},
{"AreaNum":"SD 30","BallotOrder":1,"CandidateID":"40","CountyID":"15","CountyName":"Gorse","RaceID":800,"RaceName":"Senator","PrecinctsReporting":0,"TotalPrecincts":1,"calcCandidate":"Cy Cone","calcCandidateVotes":10},
{"AreaNum":"SD 30","BallotOrder":1,"CandidateID":"40","CountyID":"14","CountyName":"Fern","PrecinctName":"PREC 2","StatePrecinctID":2005,"RaceID":800,"RaceName":"Senator","calcCandidate":"Cy Cone","calcCandidateVotes":12}]}`
)

func of(n int64) snapshot.Count { return snapshot.Of(n) }

func decode(t *testing.T, p feed.Payload) []snapshot.Update {
	t.Helper()
	d, err := Format().New(feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	updates, err := d.Decode(p)
	if err != nil {
		t.Fatal(err)
	}
	return updates
}

func read(t *testing.T, body string) []snapshot.Update {
	t.Helper()
	return decode(t, feed.Payload{Feed: "or", Name: "GetMapData", Body: []byte(body), Seq: 4, Received: time.Unix(5000, 0)})
}

func TestTheRowsOfARaceMakeOneResult(t *testing.T) {
	u := read(t, statewide)[0]
	c := u.Contests[0]
	want := []snapshot.ChoiceDef{
		{Key: "30", Name: "Abe Ash", Party: "Republican"},
		{Key: "31", Name: "Bea Bloom", Party: "Democrat, Working Families"},
		{Key: "9901", Name: "Write-in", Type: snapshot.WriteIn},
	}
	if c.Key != "900" || c.Name != "Beekeeper General" || c.Type != snapshot.CandidateContest || c.Order != 112008 || c.Seats != 1 || !slices.Equal(c.Choices, want) {
		t.Errorf("contest = %+v", c)
	}
	r := u.Results[0]
	votes := []snapshot.ChoiceVotes{{Key: "30", Votes: of(391)}, {Key: "31", Votes: of(402), Outcome: snapshot.Elected}, {Key: "9901", Votes: of(7)}}
	if r.Unit != "oregon" || !slices.Equal(r.Votes, votes) || r.Status != snapshot.UnofficialPartial {
		t.Errorf("result = %+v", r)
	}
	if r.Totals != (snapshot.Totals{UnitsTotal: of(1314)}) || len(u.Findings) != 1 || u.Findings[0].Code != "F_NO_PROGRESS" {
		t.Errorf("totals %v, findings %v", r.Totals, u.Findings)
	}
	if u.Scope != "900 state" || u.Stamp.Seq != 4 || !u.Stamp.Time.Equal(time.Unix(5000, 0)) {
		t.Errorf("scope %q, stamp %v", u.Scope, u.Stamp)
	}
}

func TestLastModifiedIsTheStamp(t *testing.T) {
	at := time.Date(2099, 11, 6, 4, 0, 0, 0, time.UTC)
	u := decode(t, feed.Payload{Body: []byte(statewide), Seq: 9, Received: at.Add(time.Hour), LastModified: at})[0]
	if u.Stamp != (snapshot.Stamp{Time: at}) {
		t.Errorf("stamp = %v", u.Stamp)
	}
}

func TestMeasuresAreSortedAndTheirZerosWait(t *testing.T) {
	updates := read(t, measures)
	if len(updates) != 2 {
		t.Fatalf("%d updates", len(updates))
	}
	first, second := updates[0], updates[1]
	if c := first.Contests[0]; c.Key != "701" || c.Type != snapshot.BallotMeasureContest || c.Choices[0].Name != "Yes" || c.Choices[1].Name != "No" {
		t.Errorf("contest = %+v", c)
	}
	r := first.Results[0]
	if r.Status != snapshot.PreElection || r.Votes[0].Votes.Present() || r.Votes[1].Votes.Present() || r.Totals != (snapshot.Totals{UnitsTotal: of(5)}) || len(first.Findings) != 0 {
		t.Errorf("result = %+v, findings %v", r, first.Findings)
	}
	r = second.Results[0]
	if want := []snapshot.ChoiceVotes{{Key: "1", Votes: of(9)}, {Key: "2", Votes: of(8)}}; !slices.Equal(r.Votes, want) || r.Totals.UnitsIn != of(3) {
		t.Errorf("result = %+v", r)
	}
}

func TestTheWinnerOfAMeasureIsToldOfYes(t *testing.T) {
	for _, c := range []struct {
		old  string
		want snapshot.Outcome
	}{
		{`"Winner":false,"calcCandidate":"Yes","calcCandidateVotes":9`, snapshot.Passed},
		{`"Winner":false,"calcCandidate":"No","calcCandidateVotes":8`, snapshot.Failed},
	} {
		u := read(t, strings.Replace(measures, c.old, strings.Replace(c.old, "false", "true", 1), 1))[1]
		if v := u.Results[0].Votes; v[0].Outcome != c.want || v[1].Outcome != snapshot.NoOutcome {
			t.Errorf("votes = %+v, want yes %q", v, c.want)
		}
	}
}

func TestARaceIsReadAtEveryLevel(t *testing.T) {
	updates := read(t, places)
	want := map[string]struct {
		units []snapshot.UnitDef
		votes []snapshot.Count
	}{
		"800 state":     {[]snapshot.UnitDef{{Key: "SD 30", Parent: "oregon", Name: "SD 30", Type: snapshot.District}}, []snapshot.Count{of(30)}},
		"800 county-14": {[]snapshot.UnitDef{{Key: "county-14", Parent: "oregon", Name: "Fern", Type: snapshot.County}}, []snapshot.Count{of(20)}},
		"800 county-15": {[]snapshot.UnitDef{{Key: "county-15", Parent: "oregon", Name: "Gorse", Type: snapshot.County}}, []snapshot.Count{of(10)}},
		"800 precincts of county-14": {[]snapshot.UnitDef{{Key: "county-14", Parent: "oregon", Name: "Fern", Type: snapshot.County},
			{Key: "precinct-14-2005", Parent: "county-14", Name: "PREC 2", Type: snapshot.Precinct}}, []snapshot.Count{of(12)}},
	}
	if len(updates) != 4 {
		t.Fatalf("%d updates", len(updates))
	}
	for _, u := range updates {
		w := want[u.Scope]
		if !slices.Equal(u.Units[1:], w.units) || len(u.Results) != len(w.votes) {
			t.Fatalf("%s: units %v, %d results", u.Scope, u.Units, len(u.Results))
		}
		for i, r := range u.Results {
			if r.Votes[0].Votes != w.votes[i] || r.Unit != w.units[len(w.units)-len(w.votes)+i].Key {
				t.Errorf("%s: %+v", u.Scope, r)
			}
		}
	}
}

func TestRowsThatDisagreeOnPrecinctsLoseThem(t *testing.T) {
	u := read(t, strings.Replace(statewide, `"TotalPrecincts":1314`, `"TotalPrecincts":1315`, 1))[0]
	if u.Results[0].Totals != (snapshot.Totals{}) || u.Findings[0].Code != "F_DIFFER" {
		t.Errorf("totals %v, findings %v", u.Results[0].Totals, u.Findings)
	}
}

func TestAnUnknownKeyIsNoted(t *testing.T) {
	u := read(t, strings.Replace(measures, `"VoteFor":1`, `"VoteFor":1,"VoteAgainst":1`, 1))[0]
	if len(u.Findings) != 1 || u.Findings[0].Code != "F_UNKNOWN_KEY" || !strings.Contains(u.Findings[0].Text, "d[].VoteAgainst") {
		t.Errorf("findings = %v", u.Findings)
	}
}

func TestWhatCannotBeBelievedIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ old, new, code, field string }{
		"votes as text":      {`"calcCandidateVotes":402`, `"calcCandidateVotes":"402"`, "E_NUMBER", "d[1].calcCandidateVotes"},
		"hidden votes":       {`"calcCandidateVotes":402`, `"calcCandidateVotes":"*"`, "E_NUMBER", "d[1].calcCandidateVotes"},
		"votes below zero":   {`"calcCandidateVotes":402`, `"calcCandidateVotes":-402`, "E_NEGATIVE", "d[1].calcCandidateVotes"},
		"votes in parts":     {`"calcCandidateVotes":402`, `"calcCandidateVotes":402.5`, "E_NUMBER", "d[1].calcCandidateVotes"},
		"misspelt votes":     {`"calcCandidateVotes":402`, `"CalcCandidateVotes":402`, "E_MISSING", "d[1]"},
		"a choice twice":     {`"CandidateID":"31"`, `"CandidateID":"30"`, "E_DUPID", "CandidateID"},
		"no name":            {`"calcCandidate":"Bea Bloom"`, `"calcCandidate":null`, "E_MISSING", "d[1]"},
		"no id":              {`"CandidateID":"31"`, `"CandidateID":""`, "E_MISSING", "d[1]"},
		"a list without key": {`{"d":[`, `[`, "E_TYPE", ""},
		"another key":        {`{"d":[`, `{"e":[`, "E_MISSING", ""},
		"no rows":            {statewide, `{"d":[]}`, "E_EMPTY", ""},
		"null":               {statewide, `{"d":null}`, "E_TYPE", "d"},
		"cut short":          {`391}]}`, `391`, "E_TRUNCATED", "d[2].calcCandidateVotes"},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(statewide, c.old, c.new, 1)
			if body == statewide {
				t.Fatal("nothing replaced")
			}
			d, err := Format().New(feed.Options{})
			if err != nil {
				t.Fatal(err)
			}
			updates, err := d.Decode(feed.Payload{Feed: "or", Name: "f.json", Body: []byte(body)})
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
	for _, body := range []string{statewide, measures, places, statewide[:400], `{"d":[{}]}`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		feedtest.Holds(t, Format(), feed.Options{}, feed.Payload{Feed: "or", Name: "f.json", Body: body, Seq: 1})
	})
}
