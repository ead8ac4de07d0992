package california

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
	// governor is one contest of the whole state, as a recorder kept it.
	governor = `{"Reporting":"95.1% (1,312 of 1,380) precincts reporting","ReportingTime":"November 9, 2099, 8:05 a.m.",
"candidates":[{"Name":"Ann Apple","Party":"Dem","Percent":"57.6","Votes":"1,147,753","incumbent":true},{"Name":"Bob \"Bo\" Berry","Party":"P&F","Percent":"42.4","Votes":"815,880","incumbent":false}],
"raceTitle":"Governor (Full Term) - Statewide Results","scraped_datetime":"2099-11-09T08:31:28-08:00","slug":"governor","url":"https://api.sos.ca.gov/returns/governor"}`
	// list is a list of contests, one of them before its first precinct.
	list = `[{"raceTitle":"U.S. House of Representatives District 1 - Districtwide Results","Reporting":"0% (0 of 713) precincts reporting","ReportingTime":"June 1, 2099, 8:16 p.m.","candidates":[{"Name":"Cy Cherry","Party":"Rep","Votes":"0","Percent":"0.0","incumbent":false},{"Name":"Di Date","Party":"NPP","Votes":"0","Percent":"0.0","incumbent":false}]},
{"raceTitle":"State Senate District 2 - Districtwide Results","Reporting":"0% (0 of 484) precincts reporting","ReportingTime":"June 2, 2099, 12:54 a.m.","candidates":[{"Name":"Ed Elder","Party":"Dem","Votes":"132","Percent":"100.0","incumbent":true},{"Name":"Flo Fig","Party":"Rep","Votes":"0","Percent":"0.0","incumbent":false}]},
{"raceTitle":"Governor (Full Term) - Alameda County Results","Reporting":"100% (7 of 7) precincts reporting","ReportingTime":"June 2, 2099, 8:10 p.m.","candidates":[{"Name":"Ann Apple","Party":"Dem","Votes":"1,234","Percent":"100.0","incumbent":true}]}]`
	measures = `{"Reporting":"100.0% (25,554 of 25,554) precincts reporting","ReportingTime":"December 6, 2099, 6:27 p.m.","raceTitle":"Ballot Measures - Statewide Results","ballot-measures":[
{"Name":"Free Apples","Number":"01","noPercent":"33.3","noVotes":"1000","yesPercent":"66.7","yesVotes":"2000"},
{"Name":"Tax on Pears","Number":"26","noPercent":"","noVotes":"","yesPercent":"","yesVotes":""}]}`
	// courts is a list of two courts, as a recorder wraps lists.
	courts = `{"races":[{"Reporting":"12.0% (3 of 25) precincts reporting","ReportingTime":"June 2, 2099, 8:10 p.m.","raceTitle":"Supreme Court Justice - Statewide Results",
"supreme-court":[{"Name":"Gus Grape","noPercent":"25.0","noVotes":"10","yesPercent":"75.0","yesVotes":"30"},{"Name":"Hal Hazel","noPercent":"50.0","noVotes":"20","yesPercent":"50.0","yesVotes":"20"}]},
{"Reporting":"0.0% (0 of 12) precincts reporting","ReportingTime":"June 2, 2099, 8:10 p.m.","raceTitle":"Courts of Appeal District 6 - Districtwide Results",
"courts-of-appeal":[{"Name":"Ivy Iris","noPercent":"0.0","noVotes":"0","yesPercent":"0.0","yesVotes":"0"}]}],
"scraped_datetime":"2099-06-02T20:23:42-07:00","slug":"courts","url":"https://api.sos.ca.gov/returns/courts"}`
)

func of(n int64) snapshot.Count { return snapshot.Of(n) }

func newDecoder(t testing.TB) feed.Decoder {
	t.Helper()
	d, err := Format().New(feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func decode(t *testing.T, body string) []snapshot.Update {
	t.Helper()
	updates, err := newDecoder(t).Decode(feed.Payload{Feed: "ca", Name: "returns.json", Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	return updates
}

func TestAContestOfTheStateIsReadWhole(t *testing.T) {
	u := decode(t, governor)[0]
	if len(u.Findings) != 0 || u.Scope != "Governor (Full Term) - Statewide Results" {
		t.Errorf("scope %q, findings %v", u.Scope, u.Findings)
	}
	if want := time.Date(2099, 11, 9, 16, 5, 0, 0, time.UTC); !u.Stamp.Time.Equal(want) {
		t.Errorf("stamp %v, want %v", u.Stamp.Time, want)
	}
	if want := []snapshot.UnitDef{{Key: "california", Name: "California", Type: snapshot.State}}; !slices.Equal(u.Units, want) {
		t.Errorf("units = %v", u.Units)
	}
	c := u.Contests[0]
	want := []snapshot.ChoiceDef{{Key: "Ann Apple", Name: "Ann Apple", Party: "Dem"}, {Key: `Bob "Bo" Berry`, Name: `Bob "Bo" Berry`, Party: "P&F"}}
	if c.Key != "Governor (Full Term)" || c.Heading != c.Key || c.Type != snapshot.CandidateContest || !slices.Equal(c.Choices, want) {
		t.Errorf("contest = %+v", c)
	}
	r := u.Results[0]
	votes := []snapshot.ChoiceVotes{{Key: "Ann Apple", Votes: of(1147753)}, {Key: `Bob "Bo" Berry`, Votes: of(815880)}}
	if r.Unit != "california" || !slices.Equal(r.Votes, votes) || r.Totals != (snapshot.Totals{UnitsIn: of(1312), UnitsTotal: of(1380)}) || r.Status != snapshot.UnofficialPartial {
		t.Errorf("result = %+v", r)
	}
}

func TestAListGivesOneUpdateForEachTitle(t *testing.T) {
	updates := decode(t, list)
	if len(updates) != 3 {
		t.Fatalf("%d updates", len(updates))
	}
	for i, want := range []struct {
		unit    snapshot.UnitDef
		contest string
		heading string
		votes   []snapshot.Count
		status  snapshot.Status
		at      time.Time
	}{
		{snapshot.UnitDef{Key: "U.S. House of Representatives District 1", Parent: "california", Name: "U.S. House of Representatives District 1", Type: snapshot.CongressionalDistrict},
			"U.S. House of Representatives District 1", "U.S. House of Representatives", []snapshot.Count{{}, {}}, snapshot.PreElection, time.Date(2099, 6, 2, 3, 16, 0, 0, time.UTC)},
		{snapshot.UnitDef{Key: "State Senate District 2", Parent: "california", Name: "State Senate District 2", Type: snapshot.District},
			"State Senate District 2", "State Senate", []snapshot.Count{of(132), of(0)}, snapshot.UnofficialPartial, time.Date(2099, 6, 2, 7, 54, 0, 0, time.UTC)},
		{snapshot.UnitDef{Key: "Alameda County", Parent: "california", Name: "Alameda County", Type: snapshot.County},
			"Governor (Full Term)", "Governor (Full Term)", []snapshot.Count{of(1234)}, snapshot.UnofficialPartial, time.Date(2099, 6, 3, 3, 10, 0, 0, time.UTC)},
	} {
		u := updates[i]
		if len(u.Units) != 2 || u.Units[1] != want.unit || u.Results[0].Unit != want.unit.Key {
			t.Errorf("units = %v, race in %q", u.Units, u.Results[0].Unit)
		}
		if u.Contests[0].Key != want.contest || u.Contests[0].Heading != want.heading || u.Results[0].Status != want.status || !u.Stamp.Time.Equal(want.at) {
			t.Errorf("contest %q under %q, status %q at %v", u.Contests[0].Key, u.Contests[0].Heading, u.Results[0].Status, u.Stamp.Time)
		}
		for k, v := range u.Results[0].Votes {
			if v.Votes != want.votes[k] {
				t.Errorf("%s has %v votes, want %v", v.Key, v.Votes, want.votes[k])
			}
		}
	}
}

func TestMeasuresAreContestsOfTheirNumber(t *testing.T) {
	u := decode(t, measures)[0]
	if len(u.Contests) != 2 || len(u.Results) != 2 {
		t.Fatalf("%d contests, %d results", len(u.Contests), len(u.Results))
	}
	c := u.Contests[0]
	if c.Key != "measure-01" || c.Name != "1: Free Apples" || c.Heading != "Ballot Measures" || c.Order != 1 || c.Type != snapshot.BallotMeasureContest {
		t.Errorf("contest = %+v", c)
	}
	if want := []snapshot.ChoiceVotes{{Key: "yes", Votes: of(2000)}, {Key: "no", Votes: of(1000)}}; !slices.Equal(u.Results[0].Votes, want) || u.Results[0].Totals.UnitsIn != of(25554) {
		t.Errorf("result = %+v", u.Results[0])
	}
	if v := u.Results[1].Votes; v[0].Votes.Present() || v[1].Votes.Present() {
		t.Errorf("empty votes are %v", v)
	}
}

func TestJusticesStandForAnotherTerm(t *testing.T) {
	updates := decode(t, courts)
	if len(updates) != 2 || len(updates[0].Contests) != 2 || len(updates[0].Findings) != 0 {
		t.Fatalf("updates = %+v", updates)
	}
	c, r := updates[0].Contests[0], updates[0].Results[0]
	if c.Key != "Supreme Court Justice: Gus Grape" || c.Name != c.Key || c.Heading != "Supreme Court Justice" || c.Type != snapshot.RetentionContest {
		t.Errorf("contest = %+v", c)
	}
	if want := []snapshot.ChoiceVotes{{Key: "yes", Votes: of(30)}, {Key: "no", Votes: of(10)}}; !slices.Equal(r.Votes, want) || r.Unit != "california" || r.Totals.UnitsIn != of(3) {
		t.Errorf("result = %+v", r)
	}
	c, r = updates[1].Contests[0], updates[1].Results[0]
	if c.Key != "Courts of Appeal District 6: Ivy Iris" || r.Unit != "Courts of Appeal District 6" || r.Status != snapshot.PreElection || r.Votes[0].Votes.Present() {
		t.Errorf("contest %+v, result %+v", c, r)
	}
}

func TestProseIsReadStrictly(t *testing.T) {
	for prose, want := range map[string][2]snapshot.Count{
		"0.9% (3 of 340) precincts reporting":               {of(3), of(340)},
		"100% (25,554 of 25,554) precincts reporting":       {of(25554), of(25554)},
		"95.1% (24312 of 25554) precincts reporting":        {of(24312), of(25554)},
		"95.1% (24,31 of 25,554) precincts reporting":       {},
		"95.1% (24,312 of 25,554) ballots counted":          {},
		"95.1% (24,312 of 25,554) precincts reporting soon": {},
		"about 95% (24,312 of 25,554) precincts reporting":  {},
		"95.1% ( of 25,554) precincts reporting":            {},
		"no precincts reporting":                            {},
		"":                                                  {},
	} {
		u := decode(t, strings.Replace(governor, "95.1% (1,312 of 1,380) precincts reporting", prose, 1))[0]
		if got := u.Results[0].Totals; got.UnitsIn != want[0] || got.UnitsTotal != want[1] {
			t.Errorf("%q is %v of %v", prose, got.UnitsIn, got.UnitsTotal)
		}
		if noted := len(u.Findings) == 1 && u.Findings[0].Code == "F_UNKNOWN_VALUE"; noted != !want[0].Present() {
			t.Errorf("%q: findings %v", prose, u.Findings)
		}
	}
}

func TestTimesAreThoseOfCalifornia(t *testing.T) {
	for prose, want := range map[string]string{
		"June 1, 2099, 8:16 p.m.":     "2099-06-02T03:16:00Z",
		"June 1, 2099, 8:16 p.m. PT":  "2099-06-02T03:16:00Z",
		"June 3, 2099, 12:05 a.m.":    "2099-06-03T07:05:00Z",
		"December 6, 2099, 6:27 p.m.": "2099-12-07T02:27:00Z",
		"":                            "0001-01-01T00:00:00Z",
	} {
		u := decode(t, strings.Replace(governor, "November 9, 2099, 8:05 a.m.", prose, 1))[0]
		if got := u.Stamp.Time.UTC().Format(time.RFC3339); got != want {
			t.Errorf("%q is %s, want %s", prose, got, want)
		}
	}
}

func TestAnUnknownKeyIsNoted(t *testing.T) {
	u := decode(t, strings.Replace(governor, `"incumbent":true`, `"incumbent":true,"endorsed":1`, 1))[0]
	if len(u.Findings) != 1 || u.Findings[0].Code != "F_UNKNOWN_KEY" || !strings.Contains(u.Findings[0].Text, "candidates[].endorsed") {
		t.Errorf("findings = %v", u.Findings)
	}
}

func TestWhatCannotBeBelievedIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ body, old, new, code, field string }{
		"wrong groups":             {governor, `"1,147,753"`, `"1,14,753"`, "E_NUMBER", "candidates[0].Votes"},
		"a decimal comma":          {governor, `"815,880"`, `"815,88"`, "E_NUMBER", "candidates[1].Votes"},
		"votes as a number":        {governor, `"815,880"`, `815880`, "E_NUMBER", "candidates[1].Votes"},
		"votes below zero":         {governor, `"815,880"`, `"-815,880"`, "E_NEGATIVE", "candidates[1].Votes"},
		"misspelt votes":           {governor, `"Votes":"815,880"`, `"Vots":"815,880"`, "E_MISSING", "candidates[1]"},
		"a name twice":             {governor, `Bob \"Bo\" Berry`, `Ann Apple`, "E_DUPID", "Name"},
		"no name":                  {governor, `Bob \"Bo\" Berry`, ` `, "E_MISSING", "candidates[1]"},
		"a time that is none":      {governor, `8:05 a.m.`, `8:05`, "E_TIME", "ReportingTime"},
		"an hour that is skipped":  {governor, `November 9, 2099, 8:05 a.m.`, `March 9, 2025, 2:30 a.m.`, "E_TIME", "ReportingTime"},
		"no place":                 {governor, ` - Statewide Results`, ``, "E_IDENTITY", "raceTitle"},
		"an unknown place":         {governor, ` - Statewide Results`, ` - Somewhere Results`, "E_IDENTITY", "raceTitle"},
		"no candidates":            {governor, `"candidates"`, `"persons"`, "E_MISSING", ""},
		"a title twice":            {list, `State Senate District 2 -`, `U.S. House of Representatives District 1 -`, "E_DUPID", "raceTitle"},
		"a measure twice":          {measures, `"26"`, `"01"`, "E_DUPID", "Number"},
		"a measure without number": {measures, `"26"`, `""`, "E_MISSING", "ballot-measures[1]"},
		"cut short":                {measures, `]}`, ``, "E_TRUNCATED", "ballot-measures[1]"},
		"empty list":               {list, list, `[]`, "E_EMPTY", ""},
		"no measures":              {`{"Reporting":"","ReportingTime":"","raceTitle":"A - Statewide Results","ballot-measures":[1]}`, `1`, ``, "E_EMPTY", ""},
		"both kinds":               {governor, `"candidates":`, `"ballot-measures":[{"Name":"A","Number":"1","yesVotes":"1","noVotes":"2"}],"candidates":`, "E_IDENTITY", ""},
		"a justice twice":          {courts, `Hal Hazel`, `Gus Grape`, "E_DUPID", "Name"},
		"a justice without a name": {courts, `Hal Hazel`, ` `, "E_MISSING", "races[0].supreme-court[1]"},
		"a justice without votes":  {courts, `"noVotes":"10"`, `"novotes":"10"`, "E_MISSING", "races[0].supreme-court[0]"},
		"two courts in one":        {courts, `"courts-of-appeal":`, `"supreme-court":[],"courts-of-appeal":`, "E_IDENTITY", "races[1]"},
		"races beside an answer":   {courts, `"slug":`, `"raceTitle":"A - Statewide Results","slug":`, "E_IDENTITY", ""},
		"races inside races":       {courts, `{"races":[`, `{"races":[{"races":[]},`, "E_VERSION", "races[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(c.body, c.old, c.new, 1)
			if body == c.body {
				t.Fatal("nothing replaced")
			}
			updates, err := newDecoder(t).Decode(feed.Payload{Feed: "ca", Name: "f.json", Body: []byte(body)})
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
	for _, body := range []string{governor, list, measures, courts, governor[:90], `{"raceTitle":"A - B County Results","Reporting":"","ReportingTime":"","candidates":[{"Name":"x","Votes":"1,000"}]}`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		feedtest.Holds(t, Format(), feed.Options{}, feed.Payload{Feed: "ca", Name: "f.json", Body: body})
	})
}
