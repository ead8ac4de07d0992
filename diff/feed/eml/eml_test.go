package eml

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

const head = `<EML xmlns="urn:oasis:names:tc:evs:schema:eml" xmlns:kr="http://www.kiesraad.nl/extensions" xmlns:xnl="urn:oasis:names:tc:ciq:xsdschema:xNL:2.0" SchemaVersion="5" Id="`

const election = `<ElectionIdentifier Id="TK2099"><ElectionName>Kamer 2099</ElectionName><ElectionCategory>TK</ElectionCategory><kr:ElectionDate>2099-03-17</kr:ElectionDate></ElectionIdentifier>`

// message wraps a body of one kind for one authority.
func message(kind, authority, element, body string) string {
	return head + kind + `"><TransactionId>1</TransactionId><ManagingAuthority><AuthorityIdentifier Id="` + authority +
		`">Berkdam</AuthorityIdentifier></ManagingAuthority><kr:CreationDateTime>2099-03-17T23:10:05.5</kr:CreationDateTime><` +
		element + `><EventIdentifier/><Election>` + election + body + `</Election></` + element + `></EML>`
}

// votes is the inside of a TotalVotes: list 1 with two candidates, list 2 with one.
func votes(a, a1, a2, b, b1, cast, counted, blank, invalid string) string {
	sel := func(inner, n string) string {
		return `<Selection>` + inner + `<ValidVotes>` + n + `</ValidVotes></Selection>`
	}
	list := func(id, name string) string {
		return `<AffiliationIdentifier Id="` + id + `"><RegisteredName>` + name + `</RegisteredName></AffiliationIdentifier>`
	}
	person := func(id string) string { return `<Candidate><CandidateIdentifier Id="` + id + `"/></Candidate>` }
	return sel(list("1", "Bomen"), a) + sel(person("1"), a1) + sel(person("2"), a2) + sel(list("2", ""), b) + sel(person("1"), b1) +
		`<Cast>` + cast + `</Cast><TotalCounted>` + counted + `</TotalCounted><RejectedVotes ReasonCode="ongeldig">` + invalid +
		`</RejectedVotes><RejectedVotes ReasonCode="blanco">` + blank + `</RejectedVotes><UncountedVotes ReasonCode="toegelaten kiezers">12</UncountedVotes>` +
		`<UncountedVotes ReasonCode="geen verklaring">0</UncountedVotes>`
}

func municipality() string {
	return message("510b", "0099", "Count", `<Contests><Contest><ContestIdentifier Id="9"><ContestName>Berkdam</ContestName></ContestIdentifier><TotalVotes>`+
		votes("6", "4", "2", "3", "3", "20", "9", "1", "2")+`</TotalVotes><ReportingUnitVotes><ReportingUnitIdentifier Id="0099::SB1">Stembureau School</ReportingUnitIdentifier>`+
		votes("6", "4", "2", "3", "3", "20", "9", "1", "2")+`</ReportingUnitVotes></Contest></Contests>`)
}

const definition = `<Contest><ContestIdentifier Id="alle"/><VotingMethod>SPV</VotingMethod></Contest><kr:NumberOfSeats>150</kr:NumberOfSeats><kr:ElectionTree>
<kr:Region RegionNumber="1" RegionCategory="STAAT"><kr:RegionName>Nederland</kr:RegionName><kr:Committee CommitteeCategory="CSB"/></kr:Region>
<kr:Region RegionNumber="9" RegionCategory="KIESKRING" SuperiorRegionNumber="1" SuperiorRegionCategory="STAAT"><kr:RegionName>Berkdam</kr:RegionName></kr:Region>
<kr:Region RegionNumber="99" RegionCategory="GEMEENTE" SuperiorRegionNumber="9" SuperiorRegionCategory="KIESKRING"><kr:RegionName>Berkdam</kr:RegionName></kr:Region></kr:ElectionTree>`

const lists = `<Contest><ContestIdentifier Id="9"><ContestName>Berkdam</ContestName></ContestIdentifier><Affiliation><AffiliationIdentifier Id="1"><RegisteredName>Bomen</RegisteredName></AffiliationIdentifier><Type>op zichzelf staande lijst</Type>
<Candidate><CandidateIdentifier Id="1"/><CandidateFullName><xnl:PersonName><xnl:NameLine NameType="Initials">A.</xnl:NameLine><xnl:FirstName>Ada</xnl:FirstName><xnl:NamePrefix>van</xnl:NamePrefix><xnl:LastName>Berk</xnl:LastName></xnl:PersonName></CandidateFullName><Gender>female</Gender></Candidate></Affiliation></Contest>`

func decode(t testing.TB, body string, settings map[string]string) (snapshot.Update, error) {
	t.Helper()
	d, err := Format().New(feed.Options{Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	updates, err := d.Decode(feed.Payload{Feed: "f", Name: "x.eml.xml", Body: []byte(body)})
	if err != nil {
		return snapshot.Update{}, err
	}
	return updates[0], nil
}

func must(t testing.TB, body string, settings map[string]string) snapshot.Update {
	t.Helper()
	u, err := decode(t, body, settings)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestAMunicipalityCountsItselfAndItsStations(t *testing.T) {
	u := must(t, municipality(), nil)
	if want := time.Date(2099, 3, 17, 22, 10, 5, 5e8, time.UTC); !u.Stamp.Time.Equal(want) || u.Scope != "510b 0099" || u.Rank != 1 || u.Election != "TK2099" {
		t.Errorf("stamp %v, scope %q, rank %d, election %q", u.Stamp.Time, u.Scope, u.Rank, u.Election)
	}
	units := []snapshot.UnitDef{{Key: "0099", Name: "Berkdam", Type: snapshot.Municipality},
		{Key: "0099::SB1", Parent: "0099", Name: "Stembureau School", Type: snapshot.Precinct}}
	if !reflect.DeepEqual(u.Units, units) {
		t.Errorf("units = %+v", u.Units)
	}
	choices := []snapshot.ChoiceDef{{Key: "1", Name: "Bomen", Number: "1"}, {Key: "2", Name: "Lijst 2", Number: "2"}}
	if len(u.Contests) != 1 || u.Contests[0].Key != "TK2099" || !reflect.DeepEqual(u.Contests[0].Choices, choices) {
		t.Errorf("contests = %+v", u.Contests)
	}
	totals := snapshot.Totals{Valid: snapshot.Of(9), Blank: snapshot.Of(1), Null: snapshot.Of(2), Ballots: snapshot.Of(12), Electorate: snapshot.Of(20)}
	for _, r := range u.Results {
		if r.Votes[0].Votes != snapshot.Of(6) || r.Votes[1].Votes != snapshot.Of(3) || r.Totals != totals {
			t.Errorf("%s: %+v", r.Unit, r)
		}
	}
	if len(u.Results) != 2 || len(u.Findings) != 0 {
		t.Errorf("%d results, findings %v", len(u.Results), u.Findings)
	}
}

func TestCandidatesAreReadWhereConfigured(t *testing.T) {
	yes := map[string]string{"candidates": "yes"}
	u := must(t, municipality(), yes)
	if len(u.Contests) != 3 || u.Contests[1].Key != "TK2099/9/1" || len(u.Results) != 6 {
		t.Fatalf("%d contests, %d results", len(u.Contests), len(u.Results))
	}
	if r := u.Results[1]; r.Contest != "TK2099/9/1" || r.Unit != "0099" || r.Votes[1] != (snapshot.ChoiceVotes{Key: "2", Votes: snapshot.Of(2)}) || r.Totals.Valid != snapshot.Of(6) {
		t.Errorf("the first list: %+v", r)
	}
	named := must(t, message("230b", "CSB", "CandidateList", lists), yes)
	if c := named.Contests[1]; c.Key != "TK2099/9/1" || c.Choices[0] != (snapshot.ChoiceDef{Key: "1", Number: "1", Name: "A. (Ada) van Berk"}) {
		t.Errorf("the list with names: %+v", c)
	}
}

func TestTheDefinitionGivesTheTreeOfRegions(t *testing.T) {
	u := must(t, message("110a", "CSB", "ElectionEvent", definition), nil)
	want := []snapshot.UnitDef{{Key: "STAAT", Name: "Nederland", Type: snapshot.Country}, {Key: "HSB9", Parent: "STAAT", Name: "Berkdam", Type: snapshot.District},
		{Key: "0099", Parent: "HSB9", Name: "Berkdam", Type: snapshot.Municipality}}
	if !reflect.DeepEqual(u.Units, want) || len(u.Contests) != 1 || u.Contests[0].Seats != 150 {
		t.Errorf("units %+v, contests %+v", u.Units, u.Contests)
	}
}

func TestTheNationStatesADistrictFromThenOn(t *testing.T) {
	body := strings.NewReplacer(`"510b"`, `"510d"`, `"0099"`, `"CSB"`, "0099::SB1", "HSB9").Replace(municipality())
	u := must(t, body, nil)
	if u.Rank != 3 || u.Units[0].Key != "STAAT" || u.Units[1] != (snapshot.UnitDef{Key: "HSB9", Parent: "STAAT", Name: "Stembureau School", Type: snapshot.District}) {
		t.Errorf("rank %d, units %+v", u.Rank, u.Units)
	}
	domain := strings.Replace(body, "<kr:ElectionDate>", `<kr:ElectionDomain Id="0099">Berkdam</kr:ElectionDomain><kr:ElectionDate>`, 1)
	if u := must(t, domain, nil); u.Units[0].Key != "0099" || u.Units[0].Name != "Berkdam" {
		t.Errorf("of a municipal election: %+v", u.Units[0])
	}
}

func TestTheResultNamesTheElected(t *testing.T) {
	elected := `<Contest><ContestIdentifier Id="alle"/><Selection><AffiliationIdentifier Id="1"><RegisteredName>Bomen</RegisteredName></AffiliationIdentifier><Elected>yes</Elected></Selection>
<Selection><Candidate><CandidateIdentifier Id="2"/><CandidateFullName><xnl:PersonName><xnl:LastName>Berk</xnl:LastName></xnl:PersonName></CandidateFullName><QualifyingAddress/></Candidate><Votes>7</Votes><Ranking>1</Ranking><Elected>yes</Elected></Selection></Contest>`
	body := strings.Replace(message("520", "CSB", "Result", elected), "<EventIdentifier/>", "", 1)
	u := must(t, body, nil)
	if len(u.Contests) != 1 || u.Contests[0].Key != "TK2099/elected" || u.Contests[0].Choices[0] != (snapshot.ChoiceDef{Key: "1/2", Name: "Berk", Party: "Bomen"}) {
		t.Errorf("contests = %+v", u.Contests)
	}
	if r := u.Results[0]; r.Unit != "STAAT" || r.Votes[0] != (snapshot.ChoiceVotes{Key: "1/2", Votes: snapshot.Of(7), Outcome: snapshot.Elected}) {
		t.Errorf("result = %+v", r)
	}
}

func TestAResultKnowsCandidatesByShortCodeSinceItsNumbersAreTheOrderOfSeats(t *testing.T) {
	elected := `<Contest><ContestIdentifier Id="alle"/><Selection><AffiliationIdentifier Id="1"><RegisteredName>Bomen</RegisteredName></AffiliationIdentifier><Elected>yes</Elected></Selection>
<Selection><Candidate><CandidateIdentifier Id="1" ShortCode="BerkA"/></Candidate><Elected>yes</Elected></Selection></Contest>`
	u := must(t, message("520", "CSB", "Result", elected), nil)
	if c := u.Contests[0].Choices[0]; c.Key != "1/BerkA" || c.Number != "" {
		t.Errorf("choice = %+v", c)
	}
}

func TestTheNationKnowsCandidatesByShortCode(t *testing.T) {
	body := strings.NewReplacer(`"510b"`, `"510d"`, `"0099"`, `"CSB"`, "0099::SB1", "HSB9", `Id="9"><ContestName>Berkdam</ContestName>`, `Id="alle">`).Replace(municipality())
	total, units, _ := strings.Cut(body, "</TotalVotes>")
	for _, c := range []struct{ number, code string }{{"1", "BerkA"}, {"2", "OlmB"}} {
		id := `<CandidateIdentifier Id="` + c.number + `"/>`
		total = strings.ReplaceAll(total, id, `<CandidateIdentifier ShortCode="`+c.code+`"/>`)
		units = strings.ReplaceAll(units, id, `<CandidateIdentifier Id="`+c.number+`" ShortCode="`+c.code+`"/>`)
	}
	u := must(t, total+"</TotalVotes>"+units, map[string]string{"candidates": "yes"})
	if len(u.Findings) != 0 || len(u.Contests) != 3 {
		t.Fatalf("contests %+v, findings %v", u.Contests, u.Findings)
	}
	want := []snapshot.ChoiceDef{{Key: "BerkA", Name: "BerkA"}, {Key: "OlmB", Name: "OlmB"}}
	if c := u.Contests[1]; c.Key != "TK2099/alle/1" || !reflect.DeepEqual(c.Choices, want) {
		t.Errorf("contest = %+v", c)
	}
	for _, r := range u.Results {
		if r.Contest == "TK2099/alle/1" && (r.Votes[1] != snapshot.ChoiceVotes{Key: "OlmB", Votes: snapshot.Of(2)}) {
			t.Errorf("%s: %+v", r.Unit, r)
		}
	}
	if _, err := decode(t, strings.ReplaceAll(municipality(), `<CandidateIdentifier Id="2"/>`, `<CandidateIdentifier ShortCode="OlmB"/>`), nil); err == nil {
		t.Error("a municipality may not leave out the numbers of its lists")
	}
}

func TestEachDistrictHasListsOfItsOwn(t *testing.T) {
	for _, kind := range []string{"230b", "230c"} {
		if u := must(t, message(kind, "CSB", "CandidateList", lists), nil); u.Scope != kind+" CSB 9" {
			t.Errorf("scope = %q", u.Scope)
		}
	}
}

// provincial turns a message of the nation into one of a province, whose domain
// has a name and no number.
func provincial(body string) string {
	return strings.NewReplacer("<ElectionCategory>TK<", "<ElectionCategory>PS<", "<kr:ElectionDate>", "<kr:ElectionDomain>Berkland</kr:ElectionDomain><kr:ElectionDate>",
		`RegionNumber="1" RegionCategory="STAAT"><kr:RegionName>Nederland`, `RegionNumber="12" RegionCategory="PROVINCIE"><kr:RegionName>Berkland`,
		`SuperiorRegionNumber="1" SuperiorRegionCategory="STAAT"`, `SuperiorRegionNumber="12" SuperiorRegionCategory="PROVINCIE"`).Replace(body)
}

func TestAProvinceIsNotTheNation(t *testing.T) {
	count := must(t, provincial(strings.NewReplacer(`"510b"`, `"510d"`, `"0099"`, `"CSB"`, "0099::SB1", "HSB9").Replace(municipality())), nil)
	province := snapshot.UnitDef{Key: "Berkland", Name: "Berkland", Type: snapshot.State}
	if count.Scope != "510d CSB Berkland" || count.Units[0] != province || count.Units[1].Parent != "Berkland" || count.Results[0].Unit != "Berkland" {
		t.Errorf("scope %q, units %+v", count.Scope, count.Units)
	}
	tree := must(t, provincial(message("110a", "CSB", "ElectionEvent", definition)), nil)
	if tree.Units[0] != province || tree.Units[1].Key != "HSB9" || tree.Units[1].Parent != "Berkland" || tree.Units[2].Parent != "HSB9" {
		t.Errorf("tree = %+v", tree.Units)
	}
}

func TestAnElectionWithoutDistrictsHasNoneInItsTree(t *testing.T) {
	body := strings.NewReplacer("<ElectionCategory>TK<", "<ElectionCategory>AB<", "<kr:ElectionDate>", `<kr:ElectionDomain Id="25">Berkwater</kr:ElectionDomain><kr:ElectionDate>`,
		`Id="alle"`, `Id="geen"`, `RegionNumber="1" RegionCategory="STAAT"><kr:RegionName>Nederland`, `RegionNumber="25" RegionCategory="WATERSCHAP"><kr:RegionName>Berkwater`,
		`SuperiorRegionNumber="1" SuperiorRegionCategory="STAAT"`, `SuperiorRegionNumber="25" SuperiorRegionCategory="WATERSCHAP"`).Replace(message("110a", "CSB", "ElectionEvent", definition))
	want := []snapshot.UnitDef{{Key: "25", Name: "Berkwater", Type: snapshot.District}, {Key: "0099", Parent: "25", Name: "Berkdam", Type: snapshot.Municipality}}
	if u := must(t, body, nil); !reflect.DeepEqual(u.Units, want) || u.Scope != "110a CSB 25" {
		t.Errorf("scope %q, units %+v", u.Scope, u.Units)
	}
}

func TestNumbersThatARecountReplacedAreLeftOut(t *testing.T) {
	body := strings.NewReplacer("<ValidVotes>6<", "<kr:PreviousValidVotes>5</kr:PreviousValidVotes><ValidVotes>6<", "<Cast>", "<kr:PreviousCast>1</kr:PreviousCast><Cast>",
		"<TotalCounted>", `<kr:PreviousTotalCounted>8</kr:PreviousTotalCounted><kr:PreviousRejectedVotes ReasonCode="blanco">4</kr:PreviousRejectedVotes><TotalCounted>`).Replace(municipality())
	if u, plain := must(t, body, nil), must(t, municipality(), nil); len(u.Findings) != 0 || !reflect.DeepEqual(u.Results, plain.Results) {
		t.Errorf("findings %v, results %+v", u.Findings, u.Results)
	}
}

func TestSumsThatDoNotHoldAreFound(t *testing.T) {
	body := strings.Replace(municipality(), "<TotalCounted>9<", "<TotalCounted>8<", 1)
	u := must(t, body, nil)
	if len(u.Findings) != 2 || u.Findings[0].Code != "F_SUM" || !strings.Contains(u.Findings[0].Text, "unit 0099: lists = TotalCounted") {
		t.Errorf("findings %v", u.Findings)
	}
}

func TestWhatADocumentCannotMeanIsRefused(t *testing.T) {
	good := municipality()
	edit := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the sample has no %q", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, c := range map[string]struct{ body, code, field string }{
		"a candidate before any list": {edit(`<AffiliationIdentifier Id="1"><RegisteredName>Bomen</RegisteredName></AffiliationIdentifier>`, `<Candidate><CandidateIdentifier Id="7"/></Candidate>`), "E_REFERENCE", "TotalVotes"},
		"a selection of nothing":      {edit(`<Candidate><CandidateIdentifier Id="1"/></Candidate>`, ""), "E_MISSING", "TotalVotes"},
		"votes that are missing":      {edit("<ValidVotes>6</ValidVotes>", ""), "E_MISSING", "TotalVotes"},
		"votes twice":                 {edit("<ValidVotes>6</ValidVotes>", "<ValidVotes>6</ValidVotes><ValidVotes>7</ValidVotes>"), "E_DUP", "ValidVotes"},
		"a sign":                      {edit("<ValidVotes>6<", "<ValidVotes>+6<"), "E_NUMBER", "ValidVotes"},
		"a station without an id":     {edit(` Id="0099::SB1"`, ""), "E_MISSING", "ReportingUnitIdentifier"},
		"another schema":              {edit(`SchemaVersion="5"`, `SchemaVersion="7"`), "E_VERSION", ""},
		"another message":             {edit(`Id="510b"`, `Id="210"`), "E_VERSION", ""},
		"no time":                     {edit("<kr:CreationDateTime>2099-03-17T23:10:05.5</kr:CreationDateTime>", ""), "E_MISSING", ""},
		"an hour that spring skips":   {edit("2099-03-17T23:10:05.5", "2099-03-29T02:30:00"), "E_TIME", ""},
		"a DOCTYPE":                   {"<!DOCTYPE EML>" + good, "E_DTD", ""},
		"another root":                {`<Count xmlns="urn:oasis:names:tc:evs:schema:eml"/>`, "E_NOT_FEED", ""},
		"a foreign element":           {edit("<Cast>", `<x:Cast xmlns:x="urn:x"/><Cast>`), "E_NS", ""},
		"cut in the middle":           {good[:len(good)-40], "E_TRUNCATED", ""},
	} {
		_, err := decode(t, c.body, nil)
		var r *feed.Refusal
		if !errors.As(err, &r) || r.Code != c.code || !strings.Contains(r.Field, c.field) {
			t.Errorf("%s: %v, want %s at %q", name, err, c.code, c.field)
		}
	}
	if _, err := Format().New(feed.Options{Settings: map[string]string{"candidates": "some"}}); err == nil {
		t.Error("a wrong setting was taken")
	}
}

// FuzzDecode holds what every decoder promises.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{municipality(), message("110a", "CSB", "ElectionEvent", definition), message("230b", "CSB", "CandidateList", lists), head} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		feedtest.Holds(t, Format(), feed.Options{Settings: map[string]string{"candidates": "yes"}}, feed.Payload{Feed: "f", Name: "x", Body: body})
	})
}
