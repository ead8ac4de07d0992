package nist

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/feedtest"
	"github.com/heraldresults/herald/diff/snapshot"
)

// v2XML is a small report of version 2: a county of two precincts, one contest
// with a candidate and a write-in, one measure.
const v2XML = `<?xml version="1.0" encoding="UTF-8"?>
<ElectionReport xmlns="http://itl.nist.gov/ns/voting/1500-100/v2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <Election>
  <Candidate ObjectId="c1"><BallotName><Text Language="en">Ada Birch</Text><Text Language="es">Ada B.</Text></BallotName>
   <ExternalIdentifier><Type>local-level</Type><Value>cand-7</Value></ExternalIdentifier><PartyId>p1</PartyId><PostElectionStatus>winner</PostElectionStatus></Candidate>
  <Contest ObjectId="k1" xsi:type="CandidateContest">
   <ContestSelection ObjectId="s1" xsi:type="CandidateSelection">
    <VoteCounts><GpUnitId>u1</GpUnitId><Type>total</Type><Count>30</Count></VoteCounts>
    <VoteCounts><GpUnitId>u1</GpUnitId><Type>early</Type><Count>10.0</Count></VoteCounts>
    <VoteCounts><GpUnitId>u1</GpUnitId><Type>election-day</Type><Count>20</Count></VoteCounts>
    <VoteCounts><GpUnitId>u2</GpUnitId><Type>total</Type><Count>30</Count></VoteCounts>
    <CandidateIds>c1</CandidateIds>
   </ContestSelection>
   <ContestSelection ObjectId="s2" xsi:type="CandidateSelection">
    <VoteCounts><GpUnitId>u1</GpUnitId><Type>total</Type><Count>0</Count></VoteCounts><IsWriteIn>true</IsWriteIn>
   </ContestSelection>
   <ElectionDistrictId>u1</ElectionDistrictId>
   <ExternalIdentifier><Type>state-level</Type><Value>mayor</Value></ExternalIdentifier>
   <Name>Mayor</Name><OtherCounts><GpUnitId>u1</GpUnitId><Overvotes>1</Overvotes><Undervotes>2</Undervotes></OtherCounts>
   <SubUnitsReported>1</SubUnitsReported><TotalSubUnits>2</TotalSubUnits><NumberElected>1</NumberElected><VotesAllowed>1</VotesAllowed>
  </Contest>
  <Contest ObjectId="k2" xsi:type="BallotMeasureContest">
   <ContestSelection ObjectId="s3" xsi:type="BallotMeasureSelection"><VoteCounts><GpUnitId>u2</GpUnitId><Type>total</Type><Count>5</Count></VoteCounts>
    <Selection><Text Language="en">Yes</Text></Selection></ContestSelection>
   <ElectionDistrictId>u1</ElectionDistrictId><Name>Measure 1</Name>
  </Contest>
  <ElectionScopeId>u1</ElectionScopeId><EndDate>2026-11-03</EndDate><Name><Text Language="en">City Election</Text></Name>
  <StartDate>2026-11-03</StartDate><Type>general</Type>
 </Election>
 <Format>precinct-level</Format><GeneratedDate>2026-11-03T20:15:00-07:00</GeneratedDate>
 <GpUnit ObjectId="u1" xsi:type="ReportingUnit"><ComposingGpUnitIds>u2 u3</ComposingGpUnitIds>
  <ExternalIdentifier><Type>fips</Type><Value>99001</Value></ExternalIdentifier><Name><Text Language="en">Birch County</Text></Name>
  <TotalSubUnits>2</TotalSubUnits><Type>county</Type><VotersRegistered>100</VotersRegistered></GpUnit>
 <GpUnit ObjectId="u2" xsi:type="ReportingUnit"><Name><Text Language="en">Precinct 1</Text></Name><Type>precinct</Type></GpUnit>
 <GpUnit ObjectId="u3" xsi:type="ReportingUnit"><Name><Text Language="en">Precinct 2</Text></Name><Type>precinct</Type></GpUnit>
 <Issuer>Birch County</Issuer><IssuerAbbreviation>BC</IssuerAbbreviation><IsTest>false</IsTest>
 <Party ObjectId="p1"><Abbreviation><Text Language="en">TRE</Text></Abbreviation><Name><Text Language="en">Tree Party</Text></Name></Party>
 <SequenceStart>1</SequenceStart><SequenceEnd>1</SequenceEnd><Status>unofficial-partial</Status><VendorApplicationId>made</VendorApplicationId>
</ElectionReport>`

// v1XML says the same contest in version 1.
const v1XML = `<ElectionReport xmlns="NIST_V1_election_results.xsd" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <Election>
  <CandidateCollection><Candidate objectId="x1"><BallotName><Text language="en">Ada Birch</Text></BallotName>
   <ExternalIdentifiers><ExternalIdentifier><Type>local-level</Type><Value>cand-7</Value></ExternalIdentifier></ExternalIdentifiers></Candidate></CandidateCollection>
  <ContestCollection><Contest objectId="x2" xsi:type="CandidateContest">
   <BallotSelection objectId="x3" xsi:type="CandidateSelection"><VoteCountsCollection>
     <VoteCounts><GpUnitId>x4</GpUnitId><Type>total</Type><Count>30</Count></VoteCounts></VoteCountsCollection><CandidateIds>x1</CandidateIds></BallotSelection>
   <ElectoralDistrictId>x4</ElectoralDistrictId>
   <ExternalIdentifiers><ExternalIdentifier><Type>state-level</Type><Value>mayor</Value></ExternalIdentifier></ExternalIdentifiers>
   <Name>Mayor</Name><VotesAllowed>1</VotesAllowed></Contest></ContestCollection>
  <ElectionScopeId>x4</ElectionScopeId><Name><Text language="en">City Election</Text></Name><StartDate>2026-11-03</StartDate><EndDate>2026-11-03</EndDate><Type>general</Type>
 </Election>
 <Format>summary-contest</Format><GeneratedDate>2026-11-03T20:15:00</GeneratedDate>
 <GpUnitCollection><GpUnit objectId="x4" xsi:type="ReportingUnit">
  <ExternalIdentifiers><ExternalIdentifier><Type>fips</Type><Value>99001</Value></ExternalIdentifier></ExternalIdentifiers><Name>Birch County</Name><Type>county</Type></GpUnit></GpUnitCollection>
 <Issuer>BC</Issuer><IssuerAbbreviation>BC</IssuerAbbreviation><SequenceStart>1</SequenceStart><SequenceEnd>1</SequenceEnd>
 <Status>certified</Status><VendorApplicationId>made</VendorApplicationId>
</ElectionReport>`

// v2JSON says the same contest in version 2, in JSON.
const v2JSON = `{"@type":"ElectionResults.ElectionReport","Format":"summary-contest","GeneratedDate":"2026-11-03T20:15:00-07:00",
"Issuer":"BC","IssuerAbbreviation":"BC","SequenceStart":1,"SequenceEnd":1,"Status":"certified","VendorApplicationId":"made","IsTest":true,
"GpUnit":[{"@type":"ElectionResults.ReportingUnit","@id":"y4","Type":"county","Name":{"@type":"ElectionResults.InternationalizedText","Text":[{"@type":"ElectionResults.LanguageString","Language":"en","Content":"Birch County"}]},
 "ExternalIdentifier":[{"@type":"ElectionResults.ExternalIdentifier","Type":"fips","Value":"99001"}]}],
"Election":[{"@type":"ElectionResults.Election","ElectionScopeId":"y4","StartDate":"2026-11-03","EndDate":"2026-11-03","Type":"general",
 "Name":{"@type":"ElectionResults.InternationalizedText","Text":[{"@type":"ElectionResults.LanguageString","Language":"en","Content":"City Election"}]},
 "Candidate":[{"@type":"ElectionResults.Candidate","@id":"y1","BallotName":{"@type":"ElectionResults.InternationalizedText","Text":[{"@type":"ElectionResults.LanguageString","Language":"en","Content":"Ada Birch"}]},
  "ExternalIdentifier":[{"@type":"ElectionResults.ExternalIdentifier","Type":"local-level","Value":"cand-7"}]}],
 "Contest":[{"ContestSelection":[{"VoteCounts":[{"@type":"ElectionResults.VoteCounts","GpUnitId":"y4","Type":"total","Count":30}],
   "@type":"ElectionResults.CandidateSelection","@id":"y3","CandidateIds":["y1"]}],
  "@type":"ElectionResults.CandidateContest","@id":"y2","Name":"Mayor","ElectionDistrictId":"y4","VotesAllowed":1,
  "ExternalIdentifier":[{"@type":"ElectionResults.ExternalIdentifier","Type":"state-level","Value":"mayor"}]}]}]}`

func decode(t testing.TB, body string, o feed.Options) (snapshot.Update, error) {
	t.Helper()
	d, err := Format().New(o)
	if err != nil {
		t.Fatal(err)
	}
	updates, err := d.Decode(feed.Payload{Feed: "f", Name: "report", Body: []byte(body)})
	if err != nil {
		return snapshot.Update{}, err
	}
	if len(updates) != 1 {
		t.Fatalf("%d updates, want one", len(updates))
	}
	return updates[0], nil
}

func must(t testing.TB, body string, o feed.Options) snapshot.Update {
	t.Helper()
	u, err := decode(t, body, o)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func find(t *testing.T, u snapshot.Update, contest, unit string) snapshot.RaceResult {
	t.Helper()
	for _, r := range u.Results {
		if r.Contest == contest && r.Unit == unit {
			return r
		}
	}
	t.Fatalf("no result of %q in %q among %d", contest, unit, len(u.Results))
	return snapshot.RaceResult{}
}

func codes(u snapshot.Update) string {
	var out []string
	for _, f := range u.Findings {
		out = append(out, f.Code)
	}
	return strings.Join(out, " ")
}

func TestAReportOfVersion2IsReadWhole(t *testing.T) {
	u := must(t, v2XML, feed.Options{})
	if want := time.Date(2026, 11, 4, 3, 15, 0, 0, time.UTC); !u.Stamp.Time.Equal(want) || u.Scope != "report" || u.Name != "City Election" ||
		u.Election != "2026-11-03 general" || u.Phase != snapshot.PhaseLive {
		t.Errorf("stamp %v, scope %q, name %q, election %q, phase %q", u.Stamp, u.Scope, u.Name, u.Election, u.Phase)
	}
	units := []snapshot.UnitDef{
		{Key: "99001", Name: "Birch County", Type: snapshot.County},
		{Key: "u2", Parent: "99001", Name: "Precinct 1", Type: snapshot.Precinct},
	}
	if !reflect.DeepEqual(u.Units, units) {
		t.Errorf("units = %+v", u.Units)
	}
	mayor := u.Contests[0]
	if mayor.Key != "mayor" || mayor.Name != "Mayor" || mayor.Seats != 1 || len(mayor.Choices) != 2 ||
		mayor.Choices[0] != (snapshot.ChoiceDef{Key: "cand-7", Name: "Ada Birch", Party: "TRE"}) || mayor.Choices[1].Type != snapshot.WriteIn {
		t.Errorf("mayor = %+v", mayor)
	}
	r := find(t, u, "mayor", "99001")
	want := snapshot.Totals{Null: snapshot.Of(1), Blank: snapshot.Of(2), Electorate: snapshot.Of(100), UnitsIn: snapshot.Of(1), UnitsTotal: snapshot.Of(2)}
	if r.Votes[0] != (snapshot.ChoiceVotes{Key: "cand-7", Votes: snapshot.Of(30), Outcome: snapshot.Elected}) || r.Votes[1].Votes != snapshot.Of(0) ||
		r.Totals != want || r.Status != snapshot.UnofficialPartial {
		t.Errorf("mayor in the county = %+v", r)
	}
	if len(r.Channels) != 2 || r.Channels[0].Name != "early" || r.Channels[0].Votes[0].Votes != snapshot.Of(10) || r.Channels[1].Votes[1].Votes.Present() {
		t.Errorf("channels = %+v", r.Channels)
	}
	if p := find(t, u, "mayor", "u2"); p.Votes[1].Votes.Present() || p.Votes[0].Outcome != snapshot.NoOutcome {
		t.Errorf("a missing count and an outcome in a precinct: %+v", p)
	}
	if m := find(t, u, "k2", "99001"); m.Votes[0].Votes.Present() {
		t.Errorf("a district's sum was made up: %+v", m)
	}
	if got := codes(u); got != "F_NO_TOTAL F_UNSTABLE_ID" {
		t.Errorf("findings %q", got)
	}
}

func TestSumsAreMadeOnlyWhereConfigured(t *testing.T) {
	u := must(t, v2XML, feed.Options{Settings: map[string]string{"sum": "parts,units"}})
	if m := find(t, u, "k2", "99001"); m.Votes[0].Votes != snapshot.Of(5) || !strings.Contains(codes(u), "F_DERIVED") {
		t.Errorf("measure %+v, findings %s", m, codes(u))
	}
	parts := strings.Replace(v2XML, "<VoteCounts><GpUnitId>u1</GpUnitId><Type>total</Type><Count>30</Count></VoteCounts>", "", 1)
	parts = strings.Replace(parts, "<VoteCounts><GpUnitId>u1</GpUnitId><Type>total</Type><Count>0</Count></VoteCounts>", "", 1)
	if r := find(t, must(t, parts, feed.Options{}), "mayor", "99001"); r.Votes[0].Votes.Present() {
		t.Errorf("without the setting: %+v", r)
	}
	u = must(t, parts, feed.Options{Settings: map[string]string{"sum": "parts"}})
	if r := find(t, u, "mayor", "99001"); r.Votes[0].Votes != snapshot.Of(30) {
		t.Errorf("with the setting: %+v", r)
	}
}

func TestTheThreeVersionsSayTheSame(t *testing.T) {
	zone := time.FixedZone("", -7*60*60)
	a, b := must(t, v1XML, feed.Options{Location: zone}), must(t, v2JSON, feed.Options{})
	if b.Phase != snapshot.PhaseTest || codes(b) != "F_TEST" || a.Phase != snapshot.PhaseUnknown {
		t.Errorf("phases %q and %q, findings %q", a.Phase, b.Phase, codes(b))
	}
	a.Findings, b.Findings, b.Phase = nil, nil, a.Phase
	if !reflect.DeepEqual(a, b) {
		t.Errorf("version 1 says %+v\nversion 2 says %+v", a, b)
	}
	civics := strings.Replace(v1XML, ` xmlns="NIST_V1_election_results.xsd"`, "", 1)
	c := must(t, civics, feed.Options{Location: zone})
	if c.Findings = nil; !reflect.DeepEqual(a, c) {
		t.Errorf("without a namespace: %+v", c)
	}
}

func TestWhatAReportCannotMeanIsRefused(t *testing.T) {
	edit := func(old, new string) string {
		if !strings.Contains(v2XML, old) {
			t.Fatalf("the sample has no %q", old)
		}
		return strings.Replace(v2XML, old, new, 1)
	}
	for name, c := range map[string]struct{ body, code, field string }{
		"a count of an unknown unit":   {edit("<GpUnitId>u2<", "<GpUnitId>u9<"), "E_REFERENCE", "GpUnitId"},
		"an unknown candidate":         {edit("<CandidateIds>c1<", "<CandidateIds>c9<"), "E_REFERENCE", "CandidateIds"},
		"an unknown party":             {edit("<PartyId>p1<", "<PartyId>p9<"), "E_REFERENCE", "PartyId"},
		"an unknown district":          {edit("<ElectionDistrictId>u1<", "<ElectionDistrictId>u9<"), "E_REFERENCE", "ElectionDistrictId"},
		"two units of one id":          {edit(`ObjectId="u3"`, `ObjectId="u2"`), "E_DUPID", "ObjectId"},
		"two counts of one cell":       {edit("<Type>early</Type>", "<Type>total</Type>"), "E_DUPID", "VoteCounts"},
		"a unit inside itself":         {edit(`xsi:type="ReportingUnit"><Name><Text Language="en">Precinct 1`, `xsi:type="ReportingUnit"><ComposingGpUnitIds>u1</ComposingGpUnitIds><Name><Text Language="en">Precinct 1`), "E_UNIT_LOOP", "ComposingGpUnitIds"},
		"half a vote":                  {edit("<Count>30<", "<Count>30.5<"), "E_NUMBER", ""},
		"a negative count":             {edit("<Count>30<", "<Count>-30<"), "E_NEGATIVE", ""},
		"a count without a number":     {edit("<Count>30</Count>", ""), "E_MISSING", ""},
		"no time":                      {edit("<GeneratedDate>2026-11-03T20:15:00-07:00</GeneratedDate>", ""), "E_MISSING", "GeneratedDate"},
		"a time without a zone":        {edit("20:15:00-07:00", "20:15:00"), "E_TIME", "GeneratedDate"},
		"part 3 of 2":                  {edit("<SequenceStart>1", "<SequenceStart>3"), "E_RANGE", "SequenceStart"},
		"a type of contest not known":  {edit(`xsi:type="CandidateContest"`, `xsi:type="Lottery"`), "E_TYPE", "Contest"},
		"another vocabulary":           {`<Report xmlns="http://itl.nist.gov/ns/voting/1500-100/v2"/>`, "E_NOT_FEED", ""},
		"another namespace":            {edit("1500-100/v2", "1500-100/v9"), "E_NS", ""},
		"IsTest that is no truth":      {edit("<IsTest>false", "<IsTest>maybe"), "E_TYPE", "IsTest"},
		"cut in the middle":            {v2XML[:len(v2XML)/2], "E_TRUNCATED", ""},
		"JSON cut in the middle":       {v2JSON[:len(v2JSON)/2], "E_TRUNCATED", ""},
		"JSON with a key twice":        {strings.Replace(v2JSON, `"Count":30`, `"Count":30,"Count":31`, 1), "E_DUPKEY", ""},
		"a report without an election": {`{"@type":"ElectionResults.ElectionReport","GeneratedDate":"2026-11-03T20:15:00-07:00"}`, "E_COUNT", "Election"},
	} {
		_, err := decode(t, c.body, feed.Options{})
		var r *feed.Refusal
		if !errors.As(err, &r) || r.Code != c.code || c.field != "" && r.Field != c.field {
			t.Errorf("%s: %v, want %s at %q", name, err, c.code, c.field)
		}
	}
}

func TestWrongSettingsAreRefusedInWords(t *testing.T) {
	for name, settings := range map[string]map[string]string{
		"format nist has no setting":   {"sums": "parts"},
		`setting sum is "all"`:         {"sum": "all"},
		`setting identifiers: "names"`: {"identifiers": "fips, names"},
	} {
		if _, err := Format().New(feed.Options{Settings: settings}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v: %v, want %q", settings, err, name)
		}
	}
}

// FuzzDecode holds what every decoder promises.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{v2XML, v1XML, v2JSON, v2XML[:900], withCounts(of("2", "total", "35")+of("", "seats", "7"), of("2", "total", "2")), `{"Election":[{}]}`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		feedtest.Holds(t, Format(), feed.Options{Location: time.UTC, Settings: map[string]string{"sum": "parts,units"}}, feed.Payload{Feed: "f", Name: "x", Body: body})
	})
}
