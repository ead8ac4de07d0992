package lacounty

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

const election = `{ "Data": { "ID": 77, "Date": "2024-11-05T00:00:00-08:00", "Title": "Invented Election", "VBMCount": 1, "PrecinctCount": 2,
 "RegistrationCount": 500, "Presidential": false, "Primary": false, "Major": true, "VBM": false, "Locked": true, "CandidateList": true,
 "ContestGroups": [
  { "Name": "Cities", "Order": 39, "Contests": [
   { "ID": 10, "Title": "ANYTOWN CITY Member of the City Council", "Type": "Candidate", "AdditionalText": "", "MeasureText": "", "MeasurePassRate": "",
     "PrecinctCount": 0, "NonPartisan": true, "VoterNominated": false, "VoteFor": "Vote for no more than two", "Candidates": [
     { "ID": 101, "Name": "ZOE \"Z\" ADAMS", "Party": "Non Partisan", "Winner": false, "Votes": 0 },
     { "ID": 102, "Name": "AL BAKER", "Party": "Non Partisan", "Winner": false, "Votes": 0 } ] },
   { "ID": 11, "Title": "ANYTOWN CITY - MEASURE A", "Type": "Measure", "AdditionalText": "", "MeasureText": "Shall it?", "MeasurePassRate": "2/3 of votes cast",
     "PrecinctCount": 0, "NonPartisan": true, "VoterNominated": false, "VoteFor": "", "Candidates": [
     { "ID": 111, "Name": "YES", "Party": "Non Partisan", "Winner": false, "Votes": 0 },
     { "ID": 112, "Name": "NO", "Party": "Non Partisan", "Winner": false, "Votes": 0 } ] } ] } ], "Parties": [] } }`

const counts = `{ "Data": [
 { "Number": 1, "ReferenceID": 101, "ReferenceType": "CAND", "Value": 30 }, { "Number": 2, "ReferenceID": 102, "ReferenceType": "CAND", "Value": 20 },
 { "Number": 3, "ReferenceID": 111, "ReferenceType": "CAND", "Value": 25 }, { "Number": 4, "ReferenceID": 112, "ReferenceType": "CAND", "Value": 15 },
 { "Number": 5, "ReferenceID": 10, "ReferenceType": "CBLT", "Value": 45 }, { "Number": 6, "ReferenceID": 10, "ReferenceType": "COV", "Value": 1 },
 { "Number": 7, "ReferenceID": 10, "ReferenceType": "CUV", "Value": 2 }, { "Number": 8, "ReferenceID": 10, "ReferenceType": "WRTN-01", "Value": 3 },
 { "Number": 9, "ReferenceID": 10, "ReferenceType": "WRTN-02", "Value": 4 },
 { "Number": 10, "ReferenceID": 11, "ReferenceType": "CBLT", "Value": 45 }, { "Number": 11, "ReferenceID": 11, "ReferenceType": "COV", "Value": 2 },
 { "Number": 12, "ReferenceID": 11, "ReferenceType": "CUV", "Value": 3 }, { "Number": 13, "ReferenceID": 77, "ReferenceType": "MBLT", "Value": 90 } ],
 "TimeStamp": "11/5/2024 8:36:34 PM" }`

const readable = `{ "Election": { "ID": 77, "Date": "2024-11-05T00:00:00-08:00", "Title": "Invented Election", "ContestGroups": [ { "Name": "Cities", "Contests": [
 { "Title": "ANYTOWN CITY Member of the City Council", "Type": "Candidate", "AdditionalText": "", "MeasureText": "", "MeasurePassRate": "", "VoteFor": "Vote for no more than two",
   "Candidates": [ { "Name": "AL BAKER", "Party": "Non Partisan", "Votes": 20 }, { "Name": "ZOE \"Z\" ADAMS", "Party": "Non Partisan", "Votes": 30 } ] },
 { "Title": "ANYTOWN CITY - MEASURE A", "Type": "Measure", "AdditionalText": "", "MeasureText": "", "MeasurePassRate": "", "VoteFor": "",
   "Candidates": [ { "Name": "YES", "Party": "Non Partisan", "Votes": 25 }, { "Name": "NO", "Party": "Non Partisan", "Votes": 15 } ] } ] } ] },
 "Timestamp": "2024-11-05T20:36:34.57" }`

var released = time.Date(2024, 11, 6, 4, 36, 34, 0, time.UTC)

func newDecoder(t testing.TB) feed.Decoder {
	t.Helper()
	d, err := Format().New(feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// decode gives d a payload and returns its one update.
func decode(t *testing.T, d feed.Decoder, body string) snapshot.Update {
	t.Helper()
	updates, err := d.Decode(feed.Payload{Feed: "la", Name: "x.json", Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	if len(updates) != 1 {
		t.Fatalf("%d updates, want 1", len(updates))
	}
	return updates[0]
}

func refused(t *testing.T, d feed.Decoder, body string) *feed.Refusal {
	t.Helper()
	updates, err := d.Decode(feed.Payload{Feed: "la", Name: "x.json", Body: []byte(body)})
	var r *feed.Refusal
	if !errors.As(err, &r) || updates != nil {
		t.Fatalf("got %v, %v; want a *Refusal and nothing else", updates, err)
	}
	return r
}

func codes(u snapshot.Update) string {
	var all []string
	for _, f := range u.Findings {
		all = append(all, f.Code)
	}
	return strings.Join(all, " ")
}

// sameResults reports whether two updates state the same of every race.
func sameResults(a, b snapshot.Update) bool {
	return a.Scope == b.Scope && a.Stamp.Compare(b.Stamp) == 0 && slices.EqualFunc(a.Results, b.Results, func(x, y snapshot.RaceResult) bool {
		return x.Contest == y.Contest && x.Totals == y.Totals && x.Status == y.Status && x.AsOf.Equal(y.AsOf) && slices.Equal(x.Votes, y.Votes)
	})
}

func TestDefinitionsAloneStateEveryRaceWithoutANumber(t *testing.T) {
	u := decode(t, newDecoder(t), election)
	if u.Scope != "los-angeles" || u.Name != "Invented Election" || !u.Stamp.Time.IsZero() || codes(u) != "" {
		t.Errorf("update = %+v", u)
	}
	if want := []snapshot.UnitDef{{Key: "los-angeles", Name: "Los Angeles County", Type: snapshot.County}}; !slices.Equal(u.Units, want) {
		t.Errorf("units = %v", u.Units)
	}
	council, measure := u.Contests[0], u.Contests[1]
	if council.Key != "10" || council.Seats != 2 || council.Heading != "Cities" || council.Order != 39 || council.Type != snapshot.CandidateContest {
		t.Errorf("council = %+v", council)
	}
	if measure.Key != "11" || measure.Type != snapshot.BallotMeasureContest || measure.Choices[0] != (snapshot.ChoiceDef{Key: "111", Name: "YES", Party: "Non Partisan"}) {
		t.Errorf("measure = %+v", measure)
	}
	for _, r := range u.Results {
		if r.Status != snapshot.PreElection || r.Totals != (snapshot.Totals{}) || slices.ContainsFunc(r.Votes, func(v snapshot.ChoiceVotes) bool { return v.Votes.Present() }) {
			t.Errorf("race %s = %+v", r.Contest, r)
		}
	}
}

func TestCountersStateVotesAndBallots(t *testing.T) {
	d := newDecoder(t)
	decode(t, d, election)
	u := decode(t, d, counts)
	if !u.Stamp.Time.Equal(released) || codes(u) != "" {
		t.Errorf("stamp %v, findings %v", u.Stamp, u.Findings)
	}
	council := u.Results[0]
	wantVotes := []snapshot.ChoiceVotes{{Key: "101", Votes: snapshot.Of(30)}, {Key: "102", Votes: snapshot.Of(20)}}
	wantTotals := snapshot.Totals{Valid: snapshot.Of(57), Blank: snapshot.Of(2), Null: snapshot.Of(1), Ballots: snapshot.Of(45)}
	if !slices.Equal(council.Votes, wantVotes) || council.Totals != wantTotals || council.Status != snapshot.UnofficialPartial || !council.AsOf.Equal(released) {
		t.Errorf("council = %+v", council)
	}
	wantTotals = snapshot.Totals{Valid: snapshot.Of(40), Blank: snapshot.Of(3), Null: snapshot.Of(2), Ballots: snapshot.Of(45)}
	if got := u.Results[1].Totals; got != wantTotals {
		t.Errorf("measure = %v", got)
	}
}

func TestResultsAreMatchedByTitleAndName(t *testing.T) {
	d := newDecoder(t)
	decode(t, d, election)
	u := decode(t, d, readable)
	wantVotes := []snapshot.ChoiceVotes{{Key: "101", Votes: snapshot.Of(30)}, {Key: "102", Votes: snapshot.Of(20)}}
	if !u.Stamp.Time.Equal(released) || !slices.Equal(u.Results[0].Votes, wantVotes) || u.Results[0].Totals != (snapshot.Totals{}) || codes(u) != "" {
		t.Errorf("update = %+v", u)
	}
}

func TestTheTwoFilesOfAReleaseEndTheSameInEitherOrder(t *testing.T) {
	a, b := newDecoder(t), newDecoder(t)
	decode(t, a, election)
	decode(t, b, election)
	full := decode(t, a, counts)
	if again := decode(t, a, readable); !sameResults(full, again) {
		t.Errorf("results after counters changed something:\n%+v\n%+v", full, again)
	}
	decode(t, b, readable)
	if last := decode(t, b, counts); !sameResults(full, last) {
		t.Errorf("counters after results state something else:\n%+v\n%+v", full, last)
	}
}

func TestNumbersThatComeBeforeDefinitionsAreStatedWithThem(t *testing.T) {
	full := func() snapshot.Update {
		d := newDecoder(t)
		decode(t, d, election)
		return decode(t, d, counts)
	}()
	d := newDecoder(t)
	for _, body := range []string{readable, counts} {
		if u := decode(t, d, body); codes(u) != "F_WAITING" || len(u.Results)+len(u.Contests) != 0 {
			t.Errorf("before definitions: %+v", u)
		}
	}
	if u := decode(t, d, election); !sameResults(full, u) {
		t.Errorf("with definitions:\n%+v\nwant\n%+v", u, full)
	}
}

func TestFilesOfOneReleaseThatDisagreeAreNoted(t *testing.T) {
	d := newDecoder(t)
	decode(t, d, election)
	decode(t, d, strings.Replace(readable, `"Votes": 25`, `"Votes": 26`, 1))
	u := decode(t, d, counts)
	if codes(u) != "F_DIFFER" || u.Results[1].Votes[0].Votes != snapshot.Of(25) {
		t.Errorf("findings %v, votes %v", u.Findings, u.Results[1].Votes)
	}
}

func TestAnOlderReleaseKeepsItsOwnStamp(t *testing.T) {
	d := newDecoder(t)
	decode(t, d, election)
	decode(t, d, strings.Replace(counts, "8:36:34", "9:36:34", 1))
	u := decode(t, d, readable)
	if !u.Stamp.Time.Equal(released) {
		t.Errorf("stamp = %v", u.Stamp)
	}
	if u := decode(t, d, election); !u.Stamp.Time.Equal(released.Add(time.Hour)) {
		t.Errorf("definitions came with the numbers of %v", u.Stamp)
	}
}

func TestAFileOfZerosIsNoCount(t *testing.T) {
	for _, body := range []string{counts, readable} {
		for _, n := range []string{"30", "20", "25", "15"} {
			body = strings.NewReplacer(`"Value": `+n, `"Value": 0`, `"Votes": `+n, `"Votes": 0`).Replace(body)
		}
		d := newDecoder(t)
		decode(t, d, election)
		for _, r := range decode(t, d, body).Results {
			if r.Status != snapshot.PreElection || r.Votes[0].Votes.Present() || r.Totals.Ballots.Present() {
				t.Errorf("race %s = %+v", r.Contest, r)
			}
		}
	}
}

func TestOddNumbersAreReadAndNoted(t *testing.T) {
	for name, c := range map[string]struct{ body, old, new, code string }{
		"ballots that do not add up":    {counts, `"ReferenceID": 11, "ReferenceType": "CBLT", "Value": 45`, `"ReferenceID": 11, "ReferenceType": "CBLT", "Value": 46`, "F_SUM"},
		"a candidate nobody defined":    {counts, `"ReferenceID": 102`, `"ReferenceID": 999`, "F_UNDEFINED"},
		"a contest nobody defined":      {readable, "MEASURE A", "MEASURE B", "F_UNDEFINED"},
		"a name nobody defined":         {readable, "AL BAKER", "AL BECKER", "F_UNDEFINED"},
		"a key nobody described":        {readable, `"Timestamp"`, `"Extra": 1, "Timestamp"`, "F_UNKNOWN_KEY"},
		"a key deep inside the numbers": {counts, `"Number": 1,`, `"Number": 1, "Extra": [],`, "F_UNKNOWN_KEY"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDecoder(t)
			decode(t, d, election)
			body := strings.Replace(c.body, c.old, c.new, 1)
			if body == c.body {
				t.Fatalf("%q does not occur", c.old)
			}
			if u := decode(t, d, body); codes(u) != c.code {
				t.Errorf("findings %v, want %s", u.Findings, c.code)
			}
		})
	}
}

func TestBrokenFilesAreRefusedAndForgotten(t *testing.T) {
	for name, c := range map[string]struct{ body, old, new, code string }{
		"results of another election":  {readable, `"ID": 77`, `"ID": 78`, "E_IDENTITY"},
		"counters of another election": {counts, `"ReferenceType": "CAND"`, `"ReferenceType": "CANT"`, "E_IDENTITY"},
		"a counter twice":              {counts, `"ReferenceID": 102`, `"ReferenceID": 101`, "E_DUPID"},
		"a contest twice":              {readable, "ANYTOWN CITY - MEASURE A", "ANYTOWN CITY Member of the City Council", "E_DUPID"},
		"a name twice":                 {readable, `"Name": "NO"`, `"Name": "YES"`, "E_DUPID"},
		"an id twice":                  {election, `"ID": 102`, `"ID": 101`, "E_DUPID"},
		"two of one name":              {election, `"Name": "NO"`, `"Name": "YES"`, "E_DUPID"},
		"no contests":                  {election, election, `{"Data":{"ID":1,"Title":"x","ContestGroups":[]}}`, "E_EMPTY"},
		"votes as text":                {readable, `"Votes": 20`, `"Votes": "20"`, "E_NUMBER"},
		"votes missing":                {readable, `"Votes": 20`, `"Vote": 20`, "E_MISSING"},
		"a fraction":                   {counts, `"Value": 20`, `"Value": 20.0`, "E_NUMBER"},
		"below zero":                   {counts, `"Value": 20`, `"Value": -20`, "E_NEGATIVE"},
		"no time":                      {counts, `"TimeStamp": "11/5/2024 8:36:34 PM"`, `"Time": 1`, "E_MISSING"},
		"an hour that was skipped":     {counts, "11/5/2024 8:36:34 PM", "3/10/2024 2:36:34 AM", "E_TIME"},
		"an id that is a name":         {election, `"ID": 102`, `"ID": "x"`, "E_IDENTITY"},
		"the layout of 2018":           {election, election, `[{"record_number":"001"}]`, "E_VERSION"},
		"something else":               {election, election, `{}`, "E_MISSING"},
		"cut off":                      {counts, `"TimeStamp": "11/5/2024 8:36:34 PM" }`, "", "E_TRUNCATED"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDecoder(t)
			decode(t, d, election)
			full := decode(t, d, counts)
			times := 1
			if c.code == "E_IDENTITY" {
				times = -1
			}
			body := strings.Replace(c.body, c.old, c.new, times)
			if body == c.body {
				t.Fatalf("%q does not occur", c.old)
			}
			if r := refused(t, d, body); r.Code != c.code || r.File != "x.json" {
				t.Errorf("got %v, want %s", r, c.code)
			}
			if again := decode(t, d, counts); !sameResults(full, again) {
				t.Errorf("after the refusal: %+v", again)
			}
		})
	}
}

func TestDefinitionsOfAnotherElectionDropTheNumbersKnown(t *testing.T) {
	d := newDecoder(t)
	decode(t, d, election)
	decode(t, d, counts)
	u := decode(t, d, strings.NewReplacer(`"ID": 1`, `"ID": 9`, `"ID": 77`, `"ID": 78`).Replace(election))
	if codes(u) != "F_WAITING" || u.Results[0].Votes[0].Votes.Present() {
		t.Errorf("update = %+v", u)
	}
}

// FuzzDecode holds that no payload makes the decoder panic, that an error is a
// *Refusal that stands alone, and that every vote stands in a payload.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{election, counts, readable} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d := newDecoder(t)
		for _, b := range [][]byte{[]byte(election), body, []byte(election)} {
			updates, err := d.Decode(feed.Payload{Name: "x.json", Body: b})
			if err != nil {
				var r *feed.Refusal
				if !errors.As(err, &r) || r.Code == "" || updates != nil {
					t.Fatalf("got %v, %v", updates, err)
				}
				continue
			}
			for _, r := range updates[0].Results {
				for _, v := range r.Votes {
					if v.Votes.Present() && !strings.Contains(string(body), v.Votes.String()) {
						t.Errorf("votes %v do not stand in the payload", v.Votes)
					}
				}
			}
		}
	})
}
