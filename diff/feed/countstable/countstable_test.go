package countstable

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

// motions is a referendum of two motions: the first is counted in two channels
// and their total is not stated, the second in one number.
const motions = `{
 "election": "2026-05-harbour", "name": "Harbour referendum", "test": true,
 "kind": "intermediate", "as_of": "2026-05-10T20:15:00+02:00", "sequence": 7, "row_count": 10,
 "rows": [
  {"contest": "m1", "contest_name": "Night ferries", "contest_type": "ballot-measure", "choice": "yes", "choice_name": "Yes", "channel": "online", "votes": 40},
  {"contest": "m1", "choice": "yes", "channel": "on site", "votes": 2},
  {"contest": "m1", "choice": "no", "choice_name": "No", "channel": "online", "votes": 30},
  {"contest": "m1", "choice": "no", "channel": "on site", "votes": "8"},
  {"contest": "m1", "choice": "none", "choice_name": "Abstention", "what": "abstention", "channel": "online", "votes": 5},
  {"contest": "m1", "choice": "none", "what": "abstention", "channel": "on site", "votes": null},
  {"contest": "m1", "what": "ballots", "channel": "online", "votes": 75},
  {"contest": "m1", "what": "ballots", "channel": "on site", "votes": 11},
  {"contest": "m1", "what": "electorate", "votes": 900},
  {"contest": "m2", "unit": "east", "unit_name": "East side", "choice": "yes", "votes": 0}
 ]}`

// motionsCSV is the same table.
const motionsCSV = `election,name,test,kind,as_of,sequence,row_count,contest,contest_name,contest_type,unit,unit_name,choice,choice_name,what,channel,votes
2026-05-harbour,Harbour referendum,true,intermediate,2026-05-10T20:15:00+02:00,7,10,m1,Night ferries,ballot-measure,,,yes,Yes,choice,online,40
2026-05-harbour,Harbour referendum,true,intermediate,2026-05-10T20:15:00+02:00,7,10,m1,,,,,yes,Yes,,on site,2
2026-05-harbour,Harbour referendum,true,intermediate,2026-05-10T20:15:00+02:00,7,10,m1,,,,,no,No,,online,30
2026-05-harbour,Harbour referendum,true,intermediate,2026-05-10T20:15:00+02:00,7,10,m1,,,,,no,,,on site,8
2026-05-harbour,Harbour referendum,true,intermediate,2026-05-10T20:15:00+02:00,7,10,m1,,,,,none,Abstention,abstention,online,5
2026-05-harbour,Harbour referendum,true,intermediate,2026-05-10T20:15:00+02:00,7,10,m1,,,,,none,,abstention,on site,
2026-05-harbour,Harbour referendum,true,intermediate,2026-05-10T20:15:00+02:00,7,10,m1,,,,,,,ballots,online,75
2026-05-harbour,Harbour referendum,true,intermediate,2026-05-10T20:15:00+02:00,7,10,m1,,,,,,,ballots,on site,11
2026-05-harbour,Harbour referendum,true,intermediate,2026-05-10T20:15:00+02:00,7,10,m1,,,,,,,electorate,,900
2026-05-harbour,Harbour referendum,true,intermediate,2026-05-10T20:15:00+02:00,7,10,m2,,,east,East side,yes,,,,0
`

func decode(t *testing.T, body string) (snapshot.Update, error) {
	t.Helper()
	d, err := Format().New(feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	updates, err := d.Decode(feed.Payload{Feed: "tally", Name: "counts", Body: []byte(body)})
	if err != nil {
		if updates != nil {
			t.Fatalf("updates beside %v", err)
		}
		return snapshot.Update{}, err
	}
	if len(updates) != 1 {
		t.Fatalf("%d updates, want 1", len(updates))
	}
	return updates[0], nil
}

func codes(u snapshot.Update) string {
	var out []string
	for _, f := range u.Findings {
		out = append(out, f.Code)
	}
	return strings.Join(out, " ")
}

func TestATableOfMotionsAndChannelsIsReadFromJSONAndFromCSV(t *testing.T) {
	n := snapshot.Of
	votes := func(c ...snapshot.Count) []snapshot.ChoiceVotes {
		return []snapshot.ChoiceVotes{{Key: "yes", Votes: c[0]}, {Key: "no", Votes: c[1]}, {Key: "none", Votes: c[2]}}
	}
	want := snapshot.Update{
		Scope: "all", Stamp: snapshot.Stamp{Seq: 7, Time: time.Date(2026, 5, 10, 18, 15, 0, 0, time.UTC)},
		Name: "Harbour referendum", Election: "2026-05-harbour", Phase: snapshot.PhaseTest,
		Units: []snapshot.UnitDef{{Key: "all", Name: "Harbour referendum", Type: snapshot.OtherUnit}, {Key: "east", Parent: "all", Name: "East side", Type: snapshot.OtherUnit}},
		Contests: []snapshot.ContestDef{
			{Key: "m1", Name: "Night ferries", Type: snapshot.BallotMeasureContest, Choices: []snapshot.ChoiceDef{
				{Key: "yes", Name: "Yes"}, {Key: "no", Name: "No"}, {Key: "none", Name: "Abstention", Type: snapshot.Abstention}}},
			{Key: "m2", Name: "m2", Choices: []snapshot.ChoiceDef{{Key: "yes", Name: "yes"}}},
		},
		Results: []snapshot.RaceResult{
			{Contest: "m1", Unit: "all", Kind: snapshot.IntermediateCount,
				Votes:  []snapshot.ChoiceVotes{{Key: "yes", Votes: n(42)}, {Key: "no", Votes: n(38)}},
				Totals: snapshot.Totals{Ballots: n(86), Electorate: n(900)},
				Channels: []snapshot.ChannelVotes{
					{Name: "online", Votes: votes(n(40), n(30), n(5)), Totals: snapshot.Totals{Ballots: n(75)}},
					{Name: "on site", Votes: votes(n(2), n(8), snapshot.Count{}), Totals: snapshot.Totals{Ballots: n(11)}},
				}},
			{Contest: "m2", Unit: "east", Kind: snapshot.IntermediateCount, Votes: []snapshot.ChoiceVotes{{Key: "yes", Votes: n(0)}}},
		},
		Findings: []snapshot.Finding{{Code: "F_DERIVED", Text: "the totals of 1 race are the sums of their channels, which the table states alone"}},
	}
	for name, body := range map[string]string{"JSON": motions, "CSV": motionsCSV, "CSV with CRLF and a mark": "\ufeff" + strings.ReplaceAll(motionsCSV, "\n", "\r\n")} {
		got, err := decode(t, body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !reflect.DeepEqual(got, want) {
			t.Errorf("%s reads as\n%+v\nwant\n%+v", name, got, want)
		}
	}
}

// small is a valid table with the head and the rows given.
func small(head, rows string) string {
	return fmt.Sprintf(`{"kind":"final","as_of":"2026-05-10T20:15:00Z"%s,"rows":[{"contest":"m1","choice":"yes","votes":3}%s]}`, head, rows)
}

func TestEveryQuirkOfATableHasItsFinding(t *testing.T) {
	for name, row := range map[string]struct{ body, codes string }{
		"nothing unusual":     {small("", ""), ""},
		"an unknown key":      {small(`,"author":"x"`, `,{"contest":"m1","choice":"no","votes":4,"weight":2}`), "F_UNKNOWN_KEY F_UNKNOWN_KEY"},
		"an unknown column":   {"contest,choice,votes,kind,as_of,weight\nm1,yes,3,final,2026-05-10T20:15:00Z,1\nm1,no,3,final,2026-05-10T20:15:00Z,2\n", "F_UNKNOWN_KEY"},
		"channels differ":     {small("", `,{"contest":"m1","choice":"yes","channel":"a","votes":1},{"contest":"m1","choice":"yes","channel":"b","votes":1}`), "F_SUM"},
		"channels agree":      {small("", `,{"contest":"m1","choice":"yes","channel":"a","votes":1},{"contest":"m1","choice":"yes","channel":"b","votes":2}`), ""},
		"one channel alone":   {small("", `,{"contest":"m1","choice":"no","channel":"a","votes":1},{"contest":"m1","choice":"yes","channel":"b","votes":3}`), ""},
		"choices make valid":  {small("", `,{"contest":"m1","choice":"-","what":"abstention","votes":9},{"contest":"m1","what":"valid","votes":3}`), ""},
		"choices do not":      {small("", `,{"contest":"m1","choice":"other","what":"write-in","votes":9},{"contest":"m1","what":"valid","votes":3}`), "F_SUM"},
		"more than electors":  {small("", `,{"contest":"m1","what":"ballots","votes":9},{"contest":"m1","what":"electorate","votes":8}`), "F_SUM"},
		"read while written":  {small(`,"torn":true`, ""), "F_TORN"},
		"nulls in the head":   {small(`,"test":null,"sequence":null,"name":null,"row_count":null`, ""), ""},
		"a derived blank sum": {small("", `,{"contest":"m1","what":"blank","channel":"a","votes":1},{"contest":"m1","what":"blank","channel":"b","votes":1}`), "F_DERIVED"},
	} {
		u, err := decode(t, row.body)
		if err != nil || codes(u) != row.codes {
			t.Errorf("%s: findings %q, error %v; want %q", name, codes(u), err, row.codes)
		}
	}
}

func TestWhatATableDoesNotStateIsAbsent(t *testing.T) {
	u, err := decode(t, small("", `,{"contest":"m1","choice":"no","votes":null},{"contest":"m1","choice":"maybe","votes":""},{"contest":"m1","what":"ballots","votes":null},
		{"contest":"m1","what":"electorate","channel":"a","votes":5},{"contest":"m1","choice":"no","channel":"a","votes":5},{"contest":"m1","what":"blank","channel":"b","votes":5}`))
	if err != nil {
		t.Fatal(err)
	}
	r := u.Results[0]
	want := []snapshot.ChoiceVotes{{Key: "yes", Votes: snapshot.Of(3)}, {Key: "no"}, {Key: "maybe"}}
	if !slices.Equal(r.Votes, want) || r.Totals != (snapshot.Totals{}) {
		t.Errorf("votes %v and totals %+v; what one channel states is no total", r.Votes, r.Totals)
	}
	if u.Phase != snapshot.PhaseUnknown || u.Stamp.Seq != 0 || u.Name != "" || u.Units[0].Name != "all" {
		t.Errorf("phase %q, sequence %d, name %q, unit %q", u.Phase, u.Stamp.Seq, u.Name, u.Units[0].Name)
	}
	live, err := decode(t, small(`,"test":false,"scope":"east side"`, ""))
	if err != nil || live.Phase != snapshot.PhaseLive || live.Scope != "east side" {
		t.Errorf("phase %q of scope %q, %v", live.Phase, live.Scope, err)
	}
}

func TestATableThatCannotBeBelievedIsRefused(t *testing.T) {
	const head = "contest,choice,votes,kind,as_of\n"
	const line = "m1,yes,3,final,2026-05-10T20:15:00Z\n"
	many := ""
	for i := range maxChannels + 1 {
		many += fmt.Sprintf(`,{"contest":"m1","choice":"yes","channel":"c%d","votes":1}`, i)
	}
	for name, row := range map[string]struct{ body, code, field string }{
		"no rows":                 {`{"kind":"final","as_of":"2026-05-10T20:15:00Z","rows":[]}`, "E_EMPTY", "rows"},
		"no rows in CSV":          {head, "E_EMPTY", "rows"},
		"rows missing":            {`{"kind":"final","as_of":"2026-05-10T20:15:00Z"}`, "E_MISSING", ""},
		"kind missing":            {`{"as_of":"2026-05-10T20:15:00Z","rows":[]}`, "E_MISSING", ""},
		"kind empty":              {strings.Replace(small("", ""), `"final"`, `null`, 1), "E_MISSING", "kind"},
		"kind unknown":            {strings.Replace(small("", ""), `"final"`, `"Final"`, 1), "E_TYPE", "kind"},
		"time missing":            {strings.Replace(small("", ""), `"2026-05-10T20:15:00Z"`, `""`, 1), "E_MISSING", "as_of"},
		"time without zone":       {strings.Replace(small("", ""), `:00Z`, `:00`, 1), "E_TIME", "as_of"},
		"fewer rows":              {small(`,"row_count":2`, ""), "E_INCOMPLETE", "row_count"},
		"more rows":               {small(`,"row_count":0`, ""), "E_INCOMPLETE", "row_count"},
		"sequence of nothing":     {small(`,"sequence":0`, ""), "E_RANGE", "sequence"},
		"sequence below zero":     {small(`,"sequence":-1`, ""), "E_NEGATIVE", "sequence"},
		"sequence with fraction":  {small(`,"sequence":1.0`, ""), "E_NUMBER", "sequence"},
		"test of another type":    {small(`,"test":"yes"`, ""), "E_TYPE", "test"},
		"a key twice":             {small(`,"kind":"final"`, ""), "E_DUPKEY", "kind"},
		"votes missing":           {small("", `,{"contest":"m1","choice":"no"}`), "E_MISSING", "rows[1]"},
		"votes below zero":        {small("", `,{"contest":"m1","choice":"no","votes":-4}`), "E_NEGATIVE", "rows[1].votes"},
		"votes of a fraction":     {small("", `,{"contest":"m1","choice":"no","votes":4.0}`), "E_NUMBER", "rows[1].votes"},
		"votes beyond all":        {small("", `,{"contest":"m1","choice":"no","votes":10000000000}`), "E_RANGE", "rows[1].votes"},
		"votes of another type":   {small("", `,{"contest":"m1","choice":"no","votes":{}}`), "E_TYPE", "rows[1].votes"},
		"contest missing":         {small("", `,{"choice":"no","votes":4}`), "E_MISSING", "rows[1]"},
		"contest empty":           {small("", `,{"contest":"","choice":"no","votes":4}`), "E_MISSING", "rows[1]"},
		"choice missing":          {small("", `,{"contest":"m1","votes":4}`), "E_MISSING", "rows[1]"},
		"choice of a total":       {small("", `,{"contest":"m1","choice":"yes","what":"ballots","votes":4}`), "E_TYPE", "rows[1]"},
		"what unknown":            {small("", `,{"contest":"m1","choice":"no","what":"vote","votes":4}`), "E_TYPE", "rows[1]"},
		"contest_type unknown":    {small("", `,{"contest":"m1","contest_type":"motion","choice":"no","votes":4}`), "E_TYPE", "rows[1]"},
		"a number twice":          {small("", `,{"contest":"m1","choice":"yes","votes":3}`), "E_DUPID", "rows[1]"},
		"a null and a number":     {small("", `,{"contest":"m1","what":"valid","votes":null},{"contest":"m1","what":"valid","votes":3}`), "E_DUPID", "rows[2]"},
		"twice in a channel":      {small("", `,{"contest":"m1","choice":"yes","channel":"a","votes":3},{"contest":"m1","choice":"yes","channel":"a","votes":3}`), "E_DUPID", "rows[2]"},
		"a contest of two names":  {small("", `,{"contest":"m1","contest_name":"A","choice":"b","votes":3},{"contest":"m1","contest_name":"B","choice":"c","votes":3}`), "E_IDENTITY", "rows[2]"},
		"a contest of two types":  {small("", `,{"contest":"m1","contest_type":"party","choice":"b","votes":3},{"contest":"m1","contest_type":"candidate","choice":"c","votes":3}`), "E_IDENTITY", "rows[2]"},
		"a unit of two names":     {small("", `,{"contest":"m1","unit":"u","unit_name":"A","choice":"b","votes":3},{"contest":"m1","unit":"u","unit_name":"B","choice":"c","votes":3}`), "E_IDENTITY", "rows[2]"},
		"a choice of two names":   {small("", `,{"contest":"m1","unit":"u","choice":"yes","choice_name":"A","votes":3},{"contest":"m1","unit":"v","choice":"yes","choice_name":"B","votes":3}`), "E_IDENTITY", "rows[2]"},
		"a choice of two types":   {small("", `,{"contest":"m1","unit":"u","choice":"yes","what":"abstention","votes":3}`), "E_IDENTITY", "rows[1]"},
		"too many channels":       {small("", many), "E_COUNT", "rows[17]"},
		"channels beyond all":     {small("", `,{"contest":"m1","choice":"no","channel":"a","votes":9999999999},{"contest":"m1","choice":"no","channel":"b","votes":1}`), "E_RANGE", "no"},
		"cut in the middle":       {motions[:len(motions)-9], "E_TRUNCATED", "rows[9].choice"},
		"text behind":             {small("", "") + "{}", "E_TRAILING", ""},
		"an error page":           {"<!doctype html><html>", "E_NOT_FEED", ""},
		"CSV cut in a number":     {strings.TrimSuffix(head+line, "\n"), "E_TRUNCATED", ""},
		"CSV cut at a line":       {strings.Join(strings.SplitAfter(motionsCSV, "\n")[:10], ""), "E_INCOMPLETE", "row_count"},
		"a column missing":        {"contest,choice,votes,kind\nm1,yes,3,final\n", "E_MISSING", "as_of"},
		"a column twice":          {"votes," + head + "3," + line, "E_CSV", "votes"},
		"columns in capitals":     {strings.ToUpper(head) + line, "E_MISSING", "contest"},
		"semicolons":              {strings.ReplaceAll(head+line, ",", ";"), "E_MISSING", "contest"},
		"a ragged row":            {head + line + "m1,no,3,final\n", "E_CSV", ""},
		"an open quotation mark":  {head + "\"m1,yes,3,final,x\n", "E_CSV", ""},
		"a line end in a cell":    {head + "\"m\n1\",yes,3,final,2026-05-10T20:15:00Z\n", "E_CSV", "contest"},
		"a head that changes":     {head + line + strings.Replace(strings.Replace(line, "yes", "no", 1), "final", "intermediate", 1), "E_CSV", "kind"},
		"CSV votes with a space":  {head + strings.Replace(line, ",3,", ", 3,", 1), "E_NUMBER", "votes"},
		"CSV votes in thousands":  {head + strings.Replace(line, ",3,", ",\"3,000\",", 1), "E_NUMBER", "votes"},
		"CSV without a contest":   {head + strings.Replace(line, "m1", "", 1), "E_MISSING", "contest"},
		"a name that is no text":  {head + strings.Replace(line, "m1", "m\uFFFD", 1), "E_UTF8", "contest"},
		"a name that is too long": {head + strings.Replace(line, "m1", strings.Repeat("m", 201), 1), "E_TEXT", "contest"},
	} {
		_, err := decode(t, row.body)
		var r *feed.Refusal
		if !errors.As(err, &r) {
			t.Errorf("%s: error %v, want %s", name, err, row.code)
			continue
		}
		if r.Code != row.code || r.Field != row.field || r.Feed != "tally" || r.File != "counts" {
			t.Errorf("%s: %v, want %s at %q", name, err, row.code, row.field)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, body := range []string{motions, motionsCSV, ranked, rankedCSV, small("", ""), small(`,"test":1`, ""), motions[:300], motionsCSV[:400]} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		feedtest.Holds(t, Format(), feed.Options{}, feed.Payload{Name: "counts", Body: body})
	})
}
