package clarity

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

func TestRefusals(t *testing.T) {
	swap := func(body string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(body) }
	one := func(more string) string { return `[{"K":"1","C":"X","CH":["A"],"V":[5]` + more + `}]` }
	for name, row := range map[string]struct{ file, body, code string }{
		"nothing":                      {"summary.json", "", "E_EMPTY"},
		"a web page":                   {"summary.json", "<!DOCTYPE html><html><body>Not found</body></html>", "E_NOT_FEED"},
		"another document":             {"detail.xml", "<Results/>", "E_NOT_FEED"},
		"a bucket's error":             {"detail.xml", "<Error><Code>AccessDenied</Code></Error>", "E_NOT_FEED"},
		"a version that is none":       {"current_ver.txt", "12.5", "E_IDENTITY"},
		"a version and more":           {"current_ver.txt", "12 13", "E_TRAILING"},
		"no contests":                  {"summary.json", "[]", "E_EMPTY"},
		"no contests in details":       {"detail.xml", swap(countyFile[:strings.Index(countyFile, "<Contest")], "\n", "") + "</ElectionResult>", "E_EMPTY"},
		"an older layout":              {"sum.json", `{"Contests":[]}`, "E_VERSION"},
		"a cut summary":                {"summary.json", sumFile[:300], "E_TRUNCATED"},
		"cut details":                  {"detail.xml", stateFile[:1500], "E_TRUNCATED"},
		"a missing key":                {"summary.json", `[{"C":"X","CH":["A"],"V":[5]}]`, "E_MISSING"},
		"a choice without a name":      {"summary.json", `[{"K":"1","C":"X","CH":[""],"V":[5]}]`, "E_MISSING"},
		"fewer votes than choices":     {"summary.json", `[{"K":"1","C":"X","CH":["A","B"],"V":[5]}]`, "E_COUNT"},
		"fewer parties than choices":   {"summary.json", one(`,"P":["A","B"]`), "E_COUNT"},
		"a contest twice":              {"summary.json", `[{"K":"1","C":"X","CH":["A"],"V":[5]},{"K":"1","C":"Y","CH":["A"],"V":[5]}]`, "E_DUPID"},
		"a negative count":             {"summary.json", swap(sumFile, "[60,40]", "[60,-4]"), "E_NEGATIVE"},
		"a fraction of a vote":         {"summary.json", swap(sumFile, "[60,40]", "[60,4.5]"), "E_NUMBER"},
		"a flag that is none":          {"summary.json", one(`,"IsRCV":"maybe"`), "E_TYPE"},
		"a key twice":                  {"summary.json", one(`,"K":"2"`), "E_DUPKEY"},
		"settings of another election": {"ZZ/778/42/json/en/electionsettings.json", settingsFile, "E_IDENTITY"},
		"settings of another place":    {"YY/777/42/json/en/electionsettings.json", settingsFile, "E_IDENTITY"},
		"details of another place":     {"YY/777/42/reports/detail.xml", stateFile, "E_IDENTITY"},
		"a county twice":               {"x.json", swap(settingsFile, "Clay|", "Big Elk|"), "E_DUPID"},
		"a time without a zone":        {"detail.xml", swap(stateFile, " EST", ""), "E_TIME"},
		"a zone nobody knows":          {"detail.xml", swap(stateFile, " EST", " LMT"), "E_TIME"},
		"no time":                      {"detail.xml", swap(stateFile, "9:05:06", "29:05:06"), "E_TIME"},
		"no timestamp":                 {"detail.xml", swap(stateFile, "<Timestamp>11/7/2028 9:05:06 PM EST</Timestamp>", ""), "E_MISSING"},
		"a timestamp twice":            {"detail.xml", swap(stateFile, "</Timestamp>", "</Timestamp><Timestamp>x</Timestamp>"), "E_DUP"},
		"no votes of a place":          {"detail.xml", swap(stateFile, `"Big Elk" votes="25"`, `"Big Elk" vots="25"`), "E_MISSING"},
		"a place twice":                {"detail.xml", swap(stateFile, `"Clay" votes`, `"Big Elk" votes`), "E_DUPID"},
		"two places of one key":        {"detail.xml", swap(countyFile, `"A 2"`, `"A-1"`), "E_ID_COLLISION"},
		"a type twice":                 {"detail.xml", swap(stateFile, `name="Day"`, `name="Early"`), "E_DUPID"},
		"under-votes twice":            {"detail.xml", swap(countyFile, "Overvotes", "Undervotes"), "E_DUPID"},
		"a contest twice in details":   {"detail.xml", swap(countyFile, `key="2"`, `key="1"`), "E_DUPID"},
		"a count with a separator":     {"detail.xml", swap(stateFile, `totalVotes="60"`, `totalVotes="1,060"`), "E_NUMBER"},
		"counties and precincts":       {"detail.xml", swap(countyFile, `<Precinct name="A 2" votes="0"/>`, `<County name="A 2" votes="0"/>`), "E_VERSION"},
		"a question that is none":      {"detail.xml", swap(countyFile, `isQuestion="true"`, `isQuestion="perhaps"`), "E_TYPE"},
		"a DOCTYPE":                    {"detail.xml", "<!DOCTYPE x>" + countyFile, "E_DTD"},
		"another file in the zip":      {"detailxml.zip", zipped(t, "other.xml", stateFile), "E_ZIP"},
		"a sum above every count":      {"detail.xml", swap(stateFile, `"Big Elk" votes="25"`, `"Big Elk" votes="9999999999"`), "E_RANGE"},
		"no rows":                      {"summary.csv", strings.SplitAfter(tableFile, "\n")[0], "E_EMPTY"},
		"a row that is missing":        {"summary.csv", swap(tableFile, "2,\"Surveyor\"", "3,\"Surveyor\""), "E_CSV"},
		"a ragged row":                 {"summary.csv", tableFile + "4,\"X\"\n", "E_CSV"},
		"rows that disagree":           {"summary.csv", swap(tableFile, "40.00,0,0,4,3", "40.00,0,0,4,4"), "E_CSV"},
		"a name twice":                 {"summary.csv", tableFile + "4,\"Surveyor\",\"C\",\"\",1,1.0,0,0,4,3,\"0\",\"0\"\n", "E_DUPID"},
		"a choice twice":               {"summary.csv", swap(tableFile, "YES", "Bo Elm", "Measure Q", "Surveyor", "1,0,\"0\",\"0\"", "4,3,\"0\",\"0\""), "E_DUPID"},
		"a missing column":             {"summary.csv", swap(tableFile, "total votes", "votes"), "E_MISSING"},
		"a column twice":               {"summary.csv", swap(tableFile, "under votes", "over votes"), "E_DUPKEY"},
		"votes that are none":          {"summary.csv", swap(tableFile, ",60,60.00", ",x,60.00"), "E_NUMBER"},
	} {
		t.Run(name, func(t *testing.T) {
			updates, err := newDecoderFor(t, nil).Decode(payload(row.file, row.body))
			var r *feed.Refusal
			if !errors.As(err, &r) || updates != nil {
				t.Fatalf("got %v, %v; want a *Refusal and nothing else", updates, err)
			}
			if r.Code != row.code || r.Feed != "made" || r.File != row.file || r.Text == "" {
				t.Errorf("refused with %v, want %s", r, row.code)
			}
		})
	}
}

func TestARefusedFileLeavesTheSettingsAlone(t *testing.T) {
	d := newDecoderFor(t, nil)
	decode(t, d, at+"json/en/electionsettings.json", settingsFile)
	if _, err := d.Decode(payload("ZZ/777/43/json/en/electionsettings.json", strings.Replace(settingsFile, `"777"`, `"778"`, 1))); err == nil {
		t.Fatal("settings of another election were read")
	}
	if u := decode(t, d, at+"json/en/summary.json", sumFile); u.Phase != snapshot.PhaseLive {
		t.Errorf("phase = %q", u.Phase)
	}
}

func TestZonesAreReadByTheirLettersAndCheckedAgainstTheConfiguredOne(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"11/7/2028 9:05:06 PM EST": "2028-11-08T02:05:06Z", "7/7/2028 12:05:06 AM EDT": "2028-07-07T04:05:06Z", "7/7/2028 9:05:06 AM": "2028-07-07T13:05:06Z",
		"11/7/2028 9:05:06 PM CST": "", "7/7/2028 9:05:06 PM EST": "", "3/12/2028 2:30:00 AM": "", "11/7/2028 21:05:06 EST": "", "": "",
	} {
		got, refusal := parseTime(in, zone)
		if want == "" {
			if refusal == nil || refusal.Code != "E_TIME" {
				t.Errorf("%q was read as %v", in, got)
			}
		} else if refusal != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%q is %v, %v; want %s", in, got, refusal, want)
		}
	}
	for in, want := range map[string]int{"AST": -4, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8, "AKDT": -8, "AKST": -9, "HST": -10} {
		got, refusal := parseTime("1/2/2028 12:00:00 PM "+in, nil)
		if refusal != nil || got.Hour() != (12-want)%24 {
			t.Errorf("noon in %s is %v, %v", in, got, refusal)
		}
	}
}

func TestSettingsOfTheFormatAreChecked(t *testing.T) {
	for _, s := range []map[string]string{{"detail": "json"}, {"region": "Georgia"}, {"region": "GA/"}, {"region": "GA/a/b"}, {"region": ""}} {
		if _, err := Format().New(feed.Options{Settings: s}); err == nil {
			t.Errorf("%v was taken", s)
		}
	}
	if err := Format().CheckSettings(feed.Options{Settings: map[string]string{"region": "GA", "detail": "xml"}}); err != nil {
		t.Error(err)
	}
}
