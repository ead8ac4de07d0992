package clarity

import (
	"archive/zip"
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/feedtest"
	"github.com/heraldresults/herald/diff/snapshot"
)

const sumFile = `[{"CATKEY":"C_0","CAT":"Offices","C":"Surveyor","K":"30","AggID":null,"VF":1,"TP":4,"PR":3,"CH":["Ann Oak (I)","Bo Elm"],
 "P":["NP","GRN"],"PCT":[60.0,40.0],"V":[60,40],"T":100,"W":[0,0],"IsRCV":false,"RCVAwaitingResults":false,"IsContestNoChoice":0},
 {"CAT":"Questions","C":"Measure Q","K":"7","VF":1,"TP":4,"PR":3,"CH":["YES","NO"],"P":["",""],"V":[51,49],"W":[0,0]}]`

const stateFile = `<?xml version="1.0"?>
<!--a comment-->
<ElectionResult>
 <Timestamp>11/7/2028 9:05:06 PM EST</Timestamp><ElectionName>Made Election</ElectionName><ElectionDate>11/7/2028</ElectionDate><Region>ZZ</Region>
 <ElectionVoterTurnout totalVoters="500" ballotsCast="400" voterTurnout="80.00"><Counties>
  <County name="Big Elk" precinctsParticipating="3" precinctsReported="3" precinctsReportingPercent="100.00"/>
  <County name="Clay" precinctsParticipating="1" precinctsReported="0" precinctsReportingPercent="0.00"/></Counties></ElectionVoterTurnout>
 <Contest key="30" text="Surveyor" voteFor="1" isQuestion="false" countiesParticipating="2" countiesReported="1" precinctsParticipating="4" precinctsReported="3" precinctsReportingPercent="75.00">
  <ParticipatingCounties><County name="Big Elk" precinctsParticipating="3" precinctsReported="3" precinctsReportingPercent="100.00"/><County name="Clay" precinctsParticipating="1" precinctsReported="0" precinctsReportingPercent="0.00"/></ParticipatingCounties>
  <Choice key="1" text="Ann Oak (I)" party="NP" totalVotes="60">
   <VoteType name="Early" votes="25"><County name="Big Elk" votes="25"/><County name="Clay" votes="0"/></VoteType>
   <VoteType name="Day" votes="35"><County name="Big Elk" votes="35"/><County name="Clay" votes="0"/></VoteType></Choice>
  <Choice key="2" text="Bo Elm" party="GRN" totalVotes="40">
   <VoteType name="Early" votes="40"><County name="Big Elk" votes="40"/><County name="Clay" votes="0"/></VoteType>
   <VoteType name="Day" votes="0"><County name="Big Elk" votes="0"/><County name="Clay" votes="0"/></VoteType></Choice>
 </Contest>
</ElectionResult>`

const countyFile = `<ElectionResult>
 <Timestamp>11/7/2028 9:05:06 PM PST</Timestamp><ElectionName>Made Election</ElectionName><Region>Big Elk</Region>
 <VoterTurnout totalVoters="50" ballotsCast="40" voterTurnout="80.00"><Precincts>
  <Precinct name="A 1" totalVoters="25" ballotsCast="20" voterTurnout="80.00" percentReporting="4"/><Precinct name="A 2" totalVoters="25" ballotsCast="20" voterTurnout="80.00" percentReporting="4"/></Precincts></VoterTurnout>
 <Contest key="1" text="Council" voteFor="2" isQuestion="false" precinctsReporting="2" precinctsReported="1">
  <VoteType name="underVotes" votes="3"><Precinct name="A 1" votes="3"/><Precinct name="A 2" votes="0"/></VoteType>
  <VoteType name="Overvotes" votes="1"><Precinct name="A 1" votes="1"/><Precinct name="A 2" votes="0"/></VoteType>
  <Choice key="001" text="Ann Oak" totalVotes="20"><VoteType name="Total Votes" votes="20"><Precinct name="A 1" votes="20"/><Precinct name="A 2" votes="0"/></VoteType></Choice>
  <Choice key="002" text="Write-in" totalVotes="2"><VoteType name="Total Votes" votes="2"><Precinct name="A 1" votes="2"/><Precinct name="A 2" votes="0"/></VoteType></Choice>
 </Contest>
 <Contest key="2" text="Question 1" voteFor="1" isQuestion="true" precinctsReporting="1" precinctsReported="1">
  <Choice key="1" text="Yes" totalVotes="9"><VoteType name="Total Votes" votes="9"><Precinct name="A 1" votes="9"/></VoteType></Choice>
  <Choice key="2" text="No" totalVotes="0"><VoteType name="Total Votes" votes="0"><Precinct name="A 1" votes="0"/></VoteType></Choice>
 </Contest>
</ElectionResult>`

const settingsFile = `{"settings":{"anything":{"at":["all"]},"electiondetails":{"electionid":"777","internalname":"Made Election","istestmode":false,
 "participatingcounties":["Big_Elk|778|4|11/7/2028 9:05:06 PM EST|16","Clay|779|5|11/7/2028 8:00:00 PM EST|16"]}},
 "websiteupdatedat":"11/7/2028 9:06:00 PM EST","entityname":"ZZ","parententityname":"null"}`

const tableFile = `"line number","contest name","choice name","party name","total votes","percent of votes","registered voters","ballots cast","num Area total","num Area rptg","over votes","under votes"
1,"Surveyor","Ann Oak","GRN",60,60.00,0,0,4,3,"0","2"
2,"Surveyor","Bo Elm","",40,40.00,0,0,4,3,"0","2"
3,"Measure Q","YES","",0,0.00,0,0,1,0,"0","0"
`

const at = "ZZ/777/42/"

var received = time.Date(2028, 11, 8, 3, 0, 0, 0, time.UTC)

func newDecoderFor(t testing.TB, settings map[string]string) feed.Decoder {
	t.Helper()
	d, err := Format().New(feed.Options{Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func payload(name, body string) feed.Payload {
	return feed.Payload{Feed: "made", Name: name, Body: []byte(body), Seq: 9, Received: received}
}

// decode gives d a payload and returns its one update.
func decode(t *testing.T, d feed.Decoder, name, body string) snapshot.Update {
	t.Helper()
	updates, err := d.Decode(payload(name, body))
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
		if r.Contest == contest && r.Unit == unit {
			return r
		}
	}
	t.Fatalf("no race of %s in %s", contest, unit)
	return snapshot.RaceResult{}
}

func codes(u snapshot.Update) string {
	var all []string
	for _, f := range u.Findings {
		all = append(all, f.Code)
	}
	return strings.Join(all, " ")
}

func votes(pairs ...any) []snapshot.ChoiceVotes {
	var out []snapshot.ChoiceVotes
	for i := 0; i < len(pairs); i += 2 {
		v := snapshot.ChoiceVotes{Key: pairs[i].(string)}
		if n, ok := pairs[i+1].(int); ok {
			v.Votes = snapshot.Of(int64(n))
		}
		out = append(out, v)
	}
	return out
}

func zipped(t testing.TB, name, body string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write([]byte(body))
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestASummaryStatesEveryContestOfThePlace(t *testing.T) {
	u := decode(t, newDecoderFor(t, nil), at+"json/en/summary.json", sumFile)
	if u.Scope != "ZZ 777 summary" || u.Stamp != (snapshot.Stamp{Seq: 42, Time: received}) || u.Election != "777" || u.Rank != 0 || codes(u) != "" {
		t.Errorf("update = %+v", u)
	}
	if want := []snapshot.UnitDef{{Key: "ZZ", Name: "ZZ", Type: snapshot.State}}; !slices.Equal(u.Units, want) {
		t.Errorf("units = %v", u.Units)
	}
	c := u.Contests[0]
	want := []snapshot.ChoiceDef{{Key: "Ann Oak (I)", Name: "Ann Oak (I)"}, {Key: "Bo Elm", Name: "Bo Elm", Party: "GRN"}}
	if c.Key != "ZZ-30" || c.Name != "Surveyor" || c.Heading != "Offices" || c.Seats != 1 || c.Type != "" || !slices.Equal(c.Choices, want) {
		t.Errorf("contest = %+v", c)
	}
	r := race(t, u, "ZZ-30", "ZZ")
	if !slices.Equal(r.Votes, votes("Ann Oak (I)", 60, "Bo Elm", 40)) || r.Status != snapshot.UnofficialPartial ||
		r.Totals != (snapshot.Totals{Valid: snapshot.Of(100), UnitsIn: snapshot.Of(3), UnitsTotal: snapshot.Of(4)}) {
		t.Errorf("race = %+v", r)
	}
	if r := race(t, u, "ZZ-7", "ZZ"); r.Totals.Valid.Present() {
		t.Errorf("a total that is not stated is %s", r.Totals.Valid)
	}
}

func TestDetailsOfAStateStateEveryCounty(t *testing.T) {
	u := decode(t, newDecoderFor(t, nil), at+"reports/detailxml.zip", zipped(t, "detail.xml", stateFile))
	counted := time.Date(2028, 11, 8, 2, 5, 6, 0, time.UTC)
	if u.Scope != "ZZ 777 detail" || u.Stamp.Seq != 42 || !u.Stamp.Time.Equal(counted) || u.Rank != 1 || u.Name != "Made Election" || codes(u) != "F_DERIVED" {
		t.Errorf("update = %+v", u)
	}
	want := []snapshot.UnitDef{{Key: "ZZ", Name: "ZZ", Type: snapshot.State}, {Key: "ZZ-Big-Elk", Parent: "ZZ", Name: "Big Elk", Type: snapshot.County}, {Key: "ZZ-Clay", Parent: "ZZ", Name: "Clay", Type: snapshot.County}}
	if !slices.Equal(u.Units, want) {
		t.Errorf("units = %v", u.Units)
	}
	whole := race(t, u, "ZZ-30", "ZZ")
	if !slices.Equal(whole.Votes, votes("Ann Oak (I)", 60, "Bo Elm", 40)) || whole.Totals != (snapshot.Totals{UnitsIn: snapshot.Of(3), UnitsTotal: snapshot.Of(4)}) ||
		len(whole.Channels) != 2 || whole.Channels[1].Name != "Day" || !slices.Equal(whole.Channels[1].Votes, votes("Ann Oak (I)", 35, "Bo Elm", 0)) {
		t.Errorf("the state = %+v", whole)
	}
	elk := race(t, u, "ZZ-30", "ZZ-Big-Elk")
	if !slices.Equal(elk.Votes, votes("Ann Oak (I)", 60, "Bo Elm", 40)) || elk.Status != snapshot.UnofficialFull ||
		elk.Channels[0].Name != "Early" || !slices.Equal(elk.Channels[0].Votes, votes("Ann Oak (I)", 25, "Bo Elm", 40)) {
		t.Errorf("a county = %+v", elk)
	}
	clay := race(t, u, "ZZ-30", "ZZ-Clay")
	if !slices.Equal(clay.Votes, votes("Ann Oak (I)", nil, "Bo Elm", nil)) || clay.Channels != nil || clay.Status != snapshot.PreElection || clay.Totals.UnitsIn != snapshot.Of(0) {
		t.Errorf("a county with nothing counted = %+v", clay)
	}
}

func TestDetailsOfACountyStateEveryPrecinct(t *testing.T) {
	u := decode(t, newDecoderFor(t, map[string]string{"region": "ZZ/Big Elk"}), "detail.xml", countyFile)
	if u.Scope != "ZZ-Big-Elk detail" || u.Stamp.Seq != 0 || codes(u) != "" || u.Units[0].Type != snapshot.County || u.Units[2].Key != "ZZ-Big-Elk-A-2" || u.Units[2].Type != snapshot.Precinct {
		t.Errorf("update = %+v", u)
	}
	council := race(t, u, "ZZ-Big-Elk-1", "ZZ-Big-Elk")
	if council.Channels != nil || council.Totals != (snapshot.Totals{Blank: snapshot.Of(3), Null: snapshot.Of(1), UnitsIn: snapshot.Of(1), UnitsTotal: snapshot.Of(2)}) {
		t.Errorf("the county = %+v", council)
	}
	if one := race(t, u, "ZZ-Big-Elk-1", "ZZ-Big-Elk-A-1"); !slices.Equal(one.Votes, votes("Ann Oak", 20, "Write-in", 2)) || one.Totals.Blank != snapshot.Of(3) || one.Status != snapshot.UnofficialPartial {
		t.Errorf("a precinct with votes = %+v", one)
	}
	if two := race(t, u, "ZZ-Big-Elk-1", "ZZ-Big-Elk-A-2"); hasCount(two) || two.Status != snapshot.PreElection {
		t.Errorf("a precinct with zeros in a count under way = %+v", two)
	}
	if c := u.Contests[1]; c.Type != snapshot.BallotMeasureContest || c.Seats != 0 || u.Contests[0].Seats != 2 || u.Contests[0].Type != snapshot.CandidateContest {
		t.Errorf("contests = %+v", u.Contests)
	}
	if q := race(t, u, "ZZ-Big-Elk-2", "ZZ-Big-Elk-A-1"); !slices.Equal(q.Votes, votes("Yes", 9, "No", 0)) || q.Status != snapshot.UnofficialFull || q.Totals.Blank.Present() {
		t.Errorf("a precinct of a complete count = %+v", q)
	}
}

func hasCount(r snapshot.RaceResult) bool {
	return r.Totals.Blank.Present() || r.Totals.Null.Present() || slices.ContainsFunc(r.Votes, func(v snapshot.ChoiceVotes) bool { return v.Votes.Present() })
}

func TestSummaryAndDetailsLeadToTheSameRacesAndChoices(t *testing.T) {
	d := newDecoderFor(t, nil)
	summary := decode(t, d, at+"json/en/summary.json", sumFile)
	detail := decode(t, d, at+"reports/detailxml.zip", zipped(t, "detail.xml", stateFile))
	a, b := race(t, summary, "ZZ-30", "ZZ"), race(t, detail, "ZZ-30", "ZZ")
	if !slices.Equal(a.Votes, b.Votes) || !slices.Equal(summary.Contests[0].Choices, detail.Contests[0].Choices) {
		t.Errorf("summary %+v %+v\ndetails %+v %+v", a.Votes, summary.Contests[0].Choices, b.Votes, detail.Contests[0].Choices)
	}
}

func TestATableStatesEveryContestByItsName(t *testing.T) {
	for name, body := range map[string]string{"summary.csv": tableFile, "summary.zip": zipped(t, "summary.csv", tableFile)} {
		u := decode(t, newDecoderFor(t, nil), "ZZ/Big_Elk/777/42/reports/"+name, body)
		if u.Scope != "ZZ-Big-Elk 777 summary" || len(u.Contests) != 2 || codes(u) != "" {
			t.Errorf("%s: update = %+v", name, u)
		}
		r := race(t, u, "ZZ-Big-Elk-Surveyor", "ZZ-Big-Elk")
		if !slices.Equal(r.Votes, votes("Ann Oak", 60, "Bo Elm", 40)) || r.Totals != (snapshot.Totals{Null: snapshot.Of(0), Blank: snapshot.Of(2), UnitsIn: snapshot.Of(3), UnitsTotal: snapshot.Of(4)}) {
			t.Errorf("%s: race = %+v", name, r)
		}
		if q := race(t, u, "ZZ-Big-Elk-Measure-Q", "ZZ-Big-Elk"); hasCount(q) || q.Status != snapshot.PreElection {
			t.Errorf("%s: nothing counted = %+v", name, q)
		}
	}
}

func TestSettingsAreJoinedWithTheirOwnVersionOnly(t *testing.T) {
	d := newDecoderFor(t, nil)
	test := strings.Replace(settingsFile, `"istestmode":false`, `"istestmode":true`, 1)
	u := decode(t, d, at+"json/en/electionsettings.json", test)
	if u.Scope != "ZZ 777 settings" || u.Phase != snapshot.PhaseTest || u.Name != "Made Election" || u.Election != "777" || len(u.Results) != 0 ||
		!u.Stamp.Time.Equal(time.Date(2028, 11, 8, 2, 6, 0, 0, time.UTC)) || u.Stamp.Seq != 42 {
		t.Errorf("settings = %+v", u)
	}
	if want := (snapshot.UnitDef{Key: "ZZ-Big-Elk", Parent: "ZZ", Name: "Big Elk", Type: snapshot.County}); len(u.Units) != 3 || u.Units[1] != want {
		t.Errorf("units = %v", u.Units)
	}
	if own := decode(t, d, at+"json/en/summary.json", sumFile); own.Phase != snapshot.PhaseTest || own.Name != "Made Election" {
		t.Errorf("of the same version: %q %q", own.Phase, own.Name)
	}
	if other := decode(t, d, "ZZ/777/43/json/en/summary.json", sumFile); other.Phase != "" || other.Name != "" {
		t.Errorf("of another version: %q %q", other.Phase, other.Name)
	}
}

func TestTheNumberOfAVersionLeadsToItsFiles(t *testing.T) {
	for detail, want := range map[string]string{
		"":     "ZZ/777/43/json/en/electionsettings.json ZZ/777/43/json/en/summary.json",
		"none": "ZZ/777/43/json/en/electionsettings.json ZZ/777/43/json/en/summary.json",
		"xml":  "ZZ/777/43/json/en/electionsettings.json ZZ/777/43/reports/detailxml.zip",
	} {
		settings := map[string]string{"detail": detail}
		if detail == "" {
			settings = nil
		}
		d := newDecoderFor(t, settings)
		p := payload("ZZ/777/current_ver.txt", "43\n")
		if updates, err := d.Decode(p); err != nil || updates != nil {
			t.Errorf("decoded to %v, %v", updates, err)
		}
		var names []string
		for _, w := range d.(feed.Follower).Follow(p) {
			if names = append(names, w.Name); w.Version != "43" {
				t.Errorf("version %q", w.Version)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("detail %q leads to %s", detail, got)
		}
	}
	for _, body := range []string{sumFile, stateFile, "4x", "", `"43"`, "<html>", zipped(t, "detail.xml", stateFile)} {
		if got := newDecoderFor(t, nil).(feed.Follower).Follow(payload("ZZ/777/current_ver.txt", body)); got != nil {
			t.Errorf("%.20q leads to %v", body, got)
		}
	}
}

func TestPlaceAndVersionComeFromTheAddress(t *testing.T) {
	type says struct {
		unit, election string
		version        uint64
	}
	nothing := says{unit: "made"} // the name of the feed
	for name, want := range map[string]says{
		"ZZ/777/42/json/en/summary.json":             {"ZZ", "777", 42},
		"//ZZ//777/42/json/en/summary.json":          {"ZZ", "777", 42},
		"ZZ/Big_Elk/778/9/json/en/summary.json":      {"ZZ-Big-Elk", "778", 9},
		"archive/ZZ/777/42/reports/detailxml.zip":    {"ZZ", "777", 42},
		"ZZ/777/current_ver.txt":                     {"ZZ", "777", 0},
		"777/42/json/en/summary.json":                {"made", "777", 42},
		"summary.json":                               nothing,
		"2028/summary.json":                          nothing,
		"ZZ/777/042/json/en/summary.json":            nothing,
		"ZZ/777/99999999999999999999/x/summary.json": nothing,
	} {
		p := payload(name, "")
		s := newDecoderFor(t, nil).(*decoder).site(p)
		unit, err := s.unit(p, "")
		if got := (says{unit.Key, s.election, s.version}); err != nil || got != want {
			t.Errorf("%s says %v, %v; want %v", name, got, err, want)
		}
	}
}

func TestQuirks(t *testing.T) {
	swap := strings.NewReplacer
	for name, row := range map[string]struct {
		file, body string
		codes      string
		check      func(snapshot.Update) bool
	}{
		"zeros before the first unit are placeholders": {"summary.json", `[{"K":"1","C":"X","CH":["A","B"],"V":[0,0],"TP":4,"PR":0,"T":0}]`, "", func(u snapshot.Update) bool {
			r := u.Results[0]
			return !hasCount(r) && !r.Totals.Valid.Present() && r.Status == snapshot.PreElection && r.Totals.UnitsTotal == snapshot.Of(4)
		}},
		"zeros after the first unit are counts": {"summary.json", `[{"K":"1","C":"X","CH":["A"],"V":[0],"TP":4,"PR":1}]`, "", func(u snapshot.Update) bool {
			return u.Results[0].Votes[0].Votes == snapshot.Of(0)
		}},
		"votes before the first unit are counts": {"summary.json", `[{"K":"1","C":"X","CH":["A"],"V":[5],"TP":4,"PR":0}]`, "", func(u snapshot.Update) bool {
			return u.Results[0].Votes[0].Votes == snapshot.Of(5) && u.Results[0].Status == snapshot.UnofficialPartial
		}},
		"null is absent":             {"summary.json", `[{"K":"1","C":"X","CH":["A","B"],"V":[5,null],"P":null}]`, "", func(u snapshot.Update) bool { return !u.Results[0].Votes[1].Votes.Present() }},
		"a total that does not hold": {"summary.json", strings.Replace(sumFile, `"T":100`, `"T":101`, 1), "F_SUM", nil},
		"an unknown key":             {"summary.json", `[{"K":"1","C":"X","CH":["A"],"V":[5],"NEW":[1]}]`, "F_UNKNOWN_KEY", nil},
		"a flag of a winner":         {"summary.json", strings.Replace(sumFile, `"W":[0,0]`, `"W":[1,0]`, 1), "F_UNKNOWN_VALUE", func(u snapshot.Update) bool { return u.Results[0].Votes[0].Outcome == snapshot.NoOutcome }},
		"ranking":                    {"summary.json", swap(`"IsRCV":false`, `"IsRCV":true`, `Results":false`, `Results":1`).Replace(sumFile), "F_RANKED F_RANKED", nil},
		"a contest without choices":  {"summary.json", `[{"K":"1","C":"X","CH":[],"V":[]},{"K":"2","C":"Y","CH":["A"],"V":[1]}]`, "F_SKIPPED", func(u snapshot.Update) bool { return len(u.Contests) == 1 && len(u.Results) == 1 }},
		"one category is no heading": {"summary.json", strings.Replace(sumFile, "Questions", "Offices", 1), "", func(u snapshot.Update) bool { return u.Contests[0].Heading == "" }},
		"several seats have a type": {"summary.json", `[{"K":"1","C":"X","VF":3,"CH":["A"],"V":[5]}]`, "", func(u snapshot.Update) bool {
			return u.Contests[0].Type == snapshot.CandidateContest && u.Contests[0].Seats == 3
		}},
		"one name under two parties": {"summary.json", `[{"K":"1","C":"X","CH":["A","A"],"P":["DEM","WOR"],"V":[5,6]}]`, "", func(u snapshot.Update) bool {
			return slices.Equal(u.Results[0].Votes, votes("A / DEM", 5, "A / WOR", 6))
		}},
		"two lines for write-ins": {"summary.json", `[{"K":"1","C":"X","CH":["Write-in","Write-in"],"V":[5,6]}]`, "", func(u snapshot.Update) bool {
			return slices.Equal(u.Results[0].Votes, votes("Write-in", 5, "Write-in 2", 6))
		}},
		"types that do not make the total": {"detail.xml", strings.Replace(stateFile, `totalVotes="60"`, `totalVotes="61"`, 1), "F_DERIVED F_SUM", nil},
		"places that do not make the type": {"detail.xml", strings.Replace(stateFile, `"Big Elk" votes="25"`, `"Big Elk" votes="24"`, 1), "F_DERIVED F_SUM", func(u snapshot.Update) bool {
			return u.Results[1].Votes[0].Votes == snapshot.Of(59)
		}},
		"a type of vote that a place lacks": {"detail.xml", strings.Replace(stateFile, `<County name="Big Elk" votes="0"/>`, "", 1), "F_DERIVED F_SUM", func(u snapshot.Update) bool {
			return slices.Equal(u.Results[1].Votes, votes("Ann Oak (I)", 60, "Bo Elm", nil))
		}},
		"over- and under-votes that nobody counts": {"detail.xml", swap(`votes="3"`, `votes="0"`, `votes="1"`, `votes="0"`).Replace(countyFile), "", func(u snapshot.Update) bool {
			return !u.Results[0].Totals.Blank.Present() && !u.Results[0].Totals.Null.Present() && !u.Results[1].Totals.Blank.Present()
		}},
		"votes of no choice that are neither": {"detail.xml", strings.Replace(countyFile, "Overvotes", "Exhausted", 1), "F_UNKNOWN_VALUE", nil},
		"an unknown element":                  {"detail.xml", strings.Replace(countyFile, "<Region>", "<Motto>x</Motto><Region>", 1), "F_UNKNOWN_KEY", nil},
		"entities":                            {"detail.xml", strings.Replace(countyFile, `"Ann Oak"`, `"O&apos;Ann &amp; Oak"`, 1), "", func(u snapshot.Update) bool { return u.Contests[0].Choices[0].Name == "O'Ann & Oak" }},
		"a place from the file":               {"detail.xml", countyFile, "", func(u snapshot.Update) bool { return u.Units[0].Key == "Big-Elk" && u.Units[0].Type == snapshot.County }},
		"a summary of no place": {"summary.json", sumFile, "", func(u snapshot.Update) bool {
			return u.Units[0] == snapshot.UnitDef{Key: "made", Name: "made", Type: snapshot.OtherUnit} && u.Stamp.Seq == 9
		}},
		"a county's settings":            {"x.json", swap(`"ZZ"`, `"Big Elk"`, `"null"`, `"ZZ"`).Replace(settingsFile), "", func(u snapshot.Update) bool { return u.Units[0].Key == "ZZ-Big-Elk" }},
		"settings without anything else": {"x.json", `{"settings":{"electiondetails":{"participatingcounties":null,"istestmode":null}}}`, "", func(u snapshot.Update) bool { return u.Phase == "" && len(u.Units) == 1 }},
		"an unknown column":              {"summary.csv", strings.Replace(tableFile, `"party name"`, `"slogan"`, 1), "F_UNKNOWN_KEY", nil},
	} {
		t.Run(name, func(t *testing.T) {
			u := decode(t, newDecoderFor(t, nil), row.file, row.body)
			if codes(u) != row.codes || row.check != nil && !row.check(u) {
				t.Errorf("findings %v; %+v", u.Findings, u)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, body := range []string{sumFile, stateFile, countyFile, settingsFile, tableFile, "271066", stateFile[:900], sumFile[:200], "<ElectionResult/>", `[{}]`, "\x1f\x8b", "PK\x03\x04"} {
		f.Add(at+"json/en/summary.json", body)
		f.Add("", body)
	}
	f.Fuzz(func(t *testing.T, name, body string) {
		if strings.Contains(body, "&#") {
			return // digits by number do not stand in the payload as such
		}
		feedtest.Holds(t, Format(), feed.Options{}, payload(name, body))
	})
}
