package delimited

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
)

// joined has two lists of definitions and two files that agree.
const joined = `
zone     = "Europe/Bratislava"
patience = 2
title    = "Trial"
election = "t1"
phase    = "test"

[[unit]]
key  = "top"
name = "The whole"
type = "country"

[[contest]]
key   = "c"
name  = "Council"
type  = "party"
seats = "9"
order = "3"

[[contest.choice]]
key  = "none"
name = "Against all"
type = "abstention"

[[file]]
name = "places.csv"
role = "definitions"
[[file.row]]
unit   = { key = "{id}", name = "{name}", type = "district", parent = { key = "top" } }
totals = { units_total = "{parts}" }

[[file]]
name = "lists.csv"
role = "definitions"
[[file.row]]
contest = { key = "c" }
choice  = { key = "{id}", name = "{name}", party = "{short}", number = "{id}", detail = "{more}", order = "{id}" }

[[file]]
name  = "sum-*.csv"
agree = "night"
rank  = 2
stamp = { from = "{at}", layout = "D.M.YYYY hh:mm", row = "first" }
ignore = ["*_pct"]
sums  = ["votes = valid", "parts"]
[[file.row]]
unit    = { key = "top" }
contest = { key = "c" }
totals  = { valid = "{valid}" }
[[file.row]]
columns = "list{no:digits}"
unit    = { key = "top" }
contest = { key = "c" }
choice  = { key = "{no|number}" }
votes   = "{cell}"

[[file]]
name  = "part-{when}.csv"
agree = "night"
empty = true
stamp = { from = "{at}", layout = "D.M.YYYY hh:mm", row = "first" }
[[file.row]]
unit    = { key = "{id}" }
contest = { key = "c" }
choice  = { key = "{list}" }
votes   = "{votes}"
`

const (
	placesCSV = "id,name,parts\n11,North,4\n12,South,5\n"
	listsCSV  = "id,short,name,more\n10,T,Tens,x\n2,W,Twos,\n"
)

func sums(at string, valid, ten, two int) string {
	return fmt.Sprintf("valid,list010,list002,list002_pct,at\n%d,%d,%d,99,%s\n", valid, ten, two, at)
}

func parts(at string, votes ...int) string {
	return fmt.Sprintf("id,list,votes,at\n11,10,%d,%s\n12,10,%d,\n12,2,%d,\n", votes[0], at, votes[1], votes[2])
}

// play hands payloads to a decoder and shows what each of them gave: results
// and codes of findings.
func play(t *testing.T, d feed.Decoder, files ...[2]string) []string {
	t.Helper()
	var out []string
	for _, f := range files {
		us, err := d.Decode(payload(f[0], f[1]))
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, u := range us {
			said = append(said, results1(u))
		}
		out = append(out, strings.Join(said, " / "))
	}
	return out
}

func TestFilesOfOneSetAreTakenTogetherAndNeverMixed(t *testing.T) {
	d := decoderOf(t, joined)
	got := play(t, d,
		[2]string{"places.csv", placesCSV},
		[2]string{"sum-1.csv", sums("1.10.2023 01:00", 6, 3, 3)},
		[2]string{"lists.csv", listsCSV},
		[2]string{"part-1.csv", parts("1.10.2023 01:00", 1, 2, 3)},
		[2]string{"sum-2.csv", sums("1.10.2023 01:10", 8, 4, 4)},
		[2]string{"sum-1.csv", sums("1.10.2023 01:00", 6, 3, 3)}, // from a slow cache
		[2]string{"sum-3.csv", sums("1.10.2023 01:20", 9, 4, 5)},
		[2]string{"part-3.csv", parts("1.10.2023 01:20", 2, 2, 4)},
	)
	for i, want := range []string{
		"F_WAITING",
		"F_WAITING",
		" / F_WAITING",
		"c in top: 10=3 2=3 valid 6; c in 11: 10=1 units_total 4; c in 12: 10=2 2=3 units_total 5",
		"F_WAITING",
		"I_OLD",
		"F_WAITING",
		"c in top: 10=4 2=5 valid 9; c in 11: 10=2 units_total 4; c in 12: 10=2 2=4 units_total 5; F_SUM",
	} {
		if got[i] != want {
			t.Errorf("payload %d gave\n %s\nwant\n %s", i, got[i], want)
		}
	}
}

func TestFilesThatDoNotAgreeForLongAreReported(t *testing.T) {
	d := decoderOf(t, joined)
	play(t, d, [2]string{"places.csv", placesCSV}, [2]string{"lists.csv", listsCSV}, [2]string{"part-1.csv", parts("1.10.2023 01:00", 1, 2, 3)})
	got := play(t, d,
		[2]string{"sum-1.csv", sums("1.10.2023 01:10", 6, 3, 3)},
		[2]string{"sum-2.csv", sums("1.10.2023 01:20", 6, 3, 3)},
		[2]string{"part-1.csv", parts("1.10.2023 01:20", 1, 2, 3)},
		[2]string{"sum-2.csv", sums("1.10.2023 01:30", 6, 3, 3)})
	if want := "[F_WAITING F_DIFFER c in top: 10=3 2=3 valid 6; c in 11: 10=1 units_total 4; c in 12: 10=2 2=3 units_total 5 F_WAITING]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestAnUpdateOfASetHoldsAllDefinitions(t *testing.T) {
	d := decoderOf(t, joined)
	play(t, d, [2]string{"places.csv", placesCSV}, [2]string{"lists.csv", listsCSV}, [2]string{"part-1.csv", "id,list,votes,at\n"})
	if got := play(t, d, [2]string{"sum-1.csv", sums("1.10.2023 00:50", 6, 3, 3)}); got[0] != "F_WAITING" {
		t.Errorf("votes and a file without rows gave %s", got[0])
	}
	us, err := d.Decode(payload("sum-1.csv", sums("1.10.2023 01:00", 0, 0, 0)))
	if err != nil {
		t.Fatal(err)
	}
	want := `contest c "Council" party | 2 "Twos" W | 10 "Tens" T | none "Against all" abstention
unit top "The whole" country in ""
unit 11 "North" district in "top"
unit 12 "South" district in "top"
c in top: 10=0 2=0 valid 0`
	if got := text(us[0]); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	u := us[0]
	at, c := time.Date(2023, 9, 30, 23, 0, 0, 0, time.UTC), u.Contests[0]
	if u.Scope != "night" || u.Rank != 2 || !u.Stamp.Time.Equal(at) || u.Stamp.Seq != 0 || u.Name != "Trial" || u.Election != "t1" || u.Phase != "test" {
		t.Errorf("update %q %d %v %q %q %q", u.Scope, u.Rank, u.Stamp, u.Name, u.Election, u.Phase)
	}
	if c.Seats != 9 || c.Order != 3 || c.Choices[1].Number != "10" || c.Choices[1].Detail != "x" {
		t.Errorf("contest %+v", c)
	}
}

func TestOfSeveralTypesOfResultTheBestIsTaken(t *testing.T) {
	mapping := `
[[file]]
name = "*"
best = { of = "{type}", order = ["early", "late"] }
[[file.row]]
unit    = { key = "u" }
contest = { key = "{c}" }
choice  = { key = "{x}" }
votes   = "{v}"
status  = "{type|status}"
totals  = { ballots = "{b}" }
[values.status]
early = "unofficial-partial"
late  = "certified"
`
	got := play(t, decoderOf(t, mapping), [2]string{"a", "type,c,x,v,b\nearly,1,A,5,9\nlate,1,B,7,8\nlate,1,A,1,8\nearly,1,B,6,9\nearly,2,A,3,3\n"})
	if want := "1 in u: B=7 A=1 ballots 8 certified; 2 in u: A=3 ballots 3 unofficial-partial"; got[0] != want {
		t.Errorf("got %s, want %s", got[0], want)
	}
}

func TestTwoPlacesNeverShareAKey(t *testing.T) {
	mapping := `
[[file]]
name = "*"
[[file.row]]
unit    = { key = "{county}-{precinct}" }
contest = { key = "c" }
choice  = { key = "x" }
votes   = "{v}"
`
	d := decoderOf(t, mapping)
	if got := play(t, d, [2]string{"a", "county,precinct,v\n1,2,3\n1-2,3,4\n"}); got[0] != "c in 1-2: x=3; c in 1-2-3: x=4" {
		t.Error(got)
	}
	_, err := d.Decode(payload("a", "county,precinct,v\n1-2,3,3\n1,2-3,4\n"))
	var r *feed.Refusal
	if !errors.As(err, &r) || r.Code != "E_ID_COLLISION" || r.Field != "county" || r.Line != 3 {
		t.Errorf("got %v", err)
	}
}

func TestOnePlaceHasOneNameAndOneParent(t *testing.T) {
	mapping := `
[[file]]
name = "*"
[[file.row]]
unit    = { key = "{p}", name = "{name}", parent = { key = "{up}" } }
contest = { key = "c" }
choice  = { key = "{x}" }
votes   = "{v}"
`
	d := decoderOf(t, mapping)
	if got := play(t, d, [2]string{"a", "p,name,up,x,v\n1,,,A,3\n1,One,u,B,4\n"}); got[0] != "c in 1: A=3 B=4" {
		t.Error(got)
	}
	for body, field := range map[string]string{"p,name,up,x,v\n1,One,u,A,3\n1,Two,u,B,4\n": "name", "p,name,up,x,v\n1,One,u,A,3\n1,One,w,B,4\n": "up"} {
		_, err := d.Decode(payload("a", body))
		var r *feed.Refusal
		if !errors.As(err, &r) || r.Code != "E_IDENTITY" || r.Field != field || r.Line != 3 {
			t.Errorf("got %v, want E_IDENTITY in %s", err, field)
		}
	}
}

func TestTheNameOfAFileAndItsPreambleAreColumns(t *testing.T) {
	mapping := `
zone = "America/New_York"
[[file]]
name = ["{date:digits}-*{round:primary}*.csv", "{date:digits}-*.csv", "*.csv"]
scope = "{state}"
election = "[{date}]"
header_starts = "x"
stamp = { from = "{day} {time}", layout = "MONTH D, YYYY hh:mm a.m." }
[file.preamble]
state = { starts = "State", cell = 2 }
line  = { line = 2, like = "As of {day} at {time} ET*" }
[[file.row]]
unit    = { key = "u" }
contest = { key = "c[-{round}]" }
choice  = { key = "{x}" }
votes   = "{v}"
`
	body := "State;Ohio\nAs of November   3, 2026 at 9:05 p.m. ET.\n\nx,v\nA,1\n"
	for name, want := range map[string]string{"20261103-our-primary.csv": "20261103 c-primary", "20261103-x.csv": "20261103 c", "z.csv": " c"} {
		us, err := decoderOf(t, strings.Replace(mapping, `header_starts = "x"`, "header_starts = \"x\"\n", 1)).Decode(payload(name, strings.ReplaceAll(body, "State;", "State,")))
		if err != nil {
			t.Fatal(name, err)
		}
		u := us[0]
		if got := u.Election + " " + u.Results[0].Contest; got != want || u.Scope != "Ohio" || !u.Stamp.Time.Equal(time.Date(2026, 11, 4, 2, 5, 0, 0, time.UTC)) {
			t.Errorf("%s: %q, scope %q, stamp %v", name, got, u.Scope, u.Stamp.Time)
		}
	}
	for body, field := range map[string]string{"State,Ohio\nNothing\nx,v\nA,1\n": "line", "State,Ohio\nx,v\nA,1\n": "line", "State\nAs of November 3, 2026 at 9:05 p.m. ET\nx,v\nA,1\n": "state"} {
		_, err := decoderOf(t, mapping).Decode(payload("z.csv", body))
		var r *feed.Refusal
		if !errors.As(err, &r) || r.Code != "E_MISSING" || r.Field != field {
			t.Errorf("%q: %v, want E_MISSING in %s", body, err, field)
		}
	}
}

func TestWhatTheMappingNamesComesBeforeAColumn(t *testing.T) {
	d := decoderOf(t, `
[[file]]
name = "{day}.csv"
scope = "{file}"
election = "{day}"
[[file.row]]
unit = { key = "{p}" }
contest = { key = "c" }
choice = { key = "x" }
votes = "{v}"
`)
	us, err := d.Decode(payload("monday.csv", "p,v,day\n1,2,tuesday\n"))
	if err != nil || us[0].Election != "monday" || us[0].Scope != "monday.csv" || results1(us[0]) != "c in 1: x=2; F_UNKNOWN_KEY" {
		t.Errorf("%+v, %v", us, err)
	}
}

func TestLastModifiedIsAStampWhereTheMappingSaysSo(t *testing.T) {
	p := payload("r.csv", head+"P,M,A,1\n")
	p.LastModified = time.Unix(5000, 0)
	us, err := decoderOf(t, fmt.Sprintf(simple, `stamp = { from = "last-modified" }`, "")).Decode(p)
	if err != nil || !us[0].Stamp.Time.Equal(p.LastModified) || us[0].Stamp.Seq != 0 {
		t.Errorf("%+v, %v", us, err)
	}
}

func TestARaceMayHaveManyChoices(t *testing.T) {
	body := head
	for i := range 40 {
		body += fmt.Sprintf("P,M,C%d,%d\n", i, i)
	}
	d := decoderOf(t, fmt.Sprintf(simple, "", ""))
	us, err := d.Decode(payload("r.csv", body))
	if err != nil || len(us[0].Results) != 1 || len(us[0].Results[0].Votes) != 40 {
		t.Fatal(us, err)
	}
	for i, v := range us[0].Results[0].Votes {
		if n, _ := v.Votes.Get(); v.Key != fmt.Sprintf("C%d", i) || n != int64(i) {
			t.Errorf("vote %d is %+v", i, v)
		}
	}
	for _, again := range []string{"C3", "C39"} {
		_, err := d.Decode(payload("r.csv", body+"P,M,"+again+",1\n"))
		var r *feed.Refusal
		if !errors.As(err, &r) || r.Code != "E_DUPID" || r.Line != 42 {
			t.Errorf("%s again: %v", again, err)
		}
	}
}
