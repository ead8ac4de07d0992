package aec

import (
	"archive/zip"
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/feedtest"
	"github.com/heraldresults/herald/diff/snapshot"
)

// message wraps elections in a results message.
func feedMessage(verbosity, phase, updated, elections string) string {
	return `<?xml version="1.0" encoding="utf-8"?><MediaFeed Id="m" Created="2099-05-03T20:15:00" SchemaVersion="3" EmlVersion="5" xmlns="http://www.aec.gov.au/xml/schema/mediafeed" xmlns:eml="urn:oasis:names:tc:evs:schema:eml">
<ManagingAuthority><eml:AuthorityIdentifier Id="AEC">Commission</eml:AuthorityIdentifier></ManagingAuthority><Cycle Created="2099-05-03T20:14:00">c</Cycle>
<Results Updated="` + updated + `" Phase="` + phase + `" Verbosity="` + verbosity + `" Granularity="Standard"><eml:EventIdentifier Id="77"><eml:EventName>2099 Federal Election</eml:EventName></eml:EventIdentifier>` +
		elections + `</Results></MediaFeed>`
}

// candidate has votes of two types; named ones have a name and a party.
func candidate(id, name, party, votes, ordinary, postal, elected string) string {
	out := `<Candidate><eml:CandidateIdentifier Id="` + id + `">`
	if name != "" {
		out += `<eml:CandidateName>` + name + `</eml:CandidateName>`
	}
	out += `</eml:CandidateIdentifier>`
	if party != "" {
		out += `<eml:AffiliationIdentifier Id="3" ShortCode="T"><eml:RegisteredName>` + party + `</eml:RegisteredName></eml:AffiliationIdentifier>`
	}
	return out + `<BallotPosition>1</BallotPosition><Elected>` + elected + `</Elected><Votes MatchedHistoric="9">` + votes +
		`</Votes><VotesByType><Votes Type="Ordinary">` + ordinary + `</Votes><Votes Type="Postal">` + postal + `</Votes></VotesByType></Candidate>`
}

func sums(formal, informal, total string) string {
	v := func(n string) string { return `<Votes>` + n + `</Votes>` }
	return `<Formal>` + v(formal) + `</Formal><Informal>` + v(informal) + `</Informal><Total>` + v(total) + `</Total>`
}

func house(contest, district, first, preferred string) string {
	return `<Election><eml:ElectionIdentifier Id="H"><eml:ElectionName>House</eml:ElectionName></eml:ElectionIdentifier><House><Contests><Contest` + contest +
		`><eml:ContestIdentifier Id="101"><eml:ContestName>Birch</eml:ContestName></eml:ContestIdentifier>` + district + `<Enrolment>100</Enrolment>` + first + preferred +
		`</Contest></Contests><Analysis><National/></Analysis></House></Election>`
}

const district = `<PollingDistrictIdentifier Id="11" ShortCode="B"><Name>Birch</Name><StateIdentifier Id="ACT"><StateName>Capital</StateName></StateIdentifier></PollingDistrictIdentifier>`

const senateNames = `<Election><eml:ElectionIdentifier Id="S"><eml:ElectionName>Senate</eml:ElectionName></eml:ElectionIdentifier><Senate><Contests><Contest><eml:ContestIdentifier Id="ACT"/><StateIdentifier Id="ACT"/><Enrolment>100</Enrolment><NumberOfPositions>2</NumberOfPositions><Quota Provisional="true">0</Quota>
<FirstPreferences><Group><GroupIdentifier Id="5"><Ticket>A</Ticket><GroupName>Trees</GroupName></GroupIdentifier><Candidate><eml:CandidateIdentifier Id="8"/><Votes>3</Votes></Candidate><TicketVotes><Votes>4</Votes></TicketVotes><Unapportioned><Votes>0</Votes></Unapportioned><GroupVotes><Votes>7</Votes></GroupVotes></Group>
<UngroupedCandidate><eml:CandidateIdentifier Id="9"><eml:CandidateName>OAK, Bo</eml:CandidateName></eml:CandidateIdentifier><Votes>2</Votes></UngroupedCandidate>`

func preload() string {
	return feedMessage("Preload", "Preload", "2099-04-20T12:00:00", house("", district, `<FirstPreferences PollingPlacesReturned="0" PollingPlacesExpected="4">`+
		candidate("1", "BIRCH, Ada", "Tree Party", "0", "0", "0", "false")+candidate("2", "OAK, Bo", "", "0", "0", "0", "false")+sums("0", "0", "0")+`</FirstPreferences>`,
		`<TwoCandidatePreferred Restricted="true" PollingPlacesReturned="0" PollingPlacesExpected="4"/>`)+senateNames+sums("9", "1", "10")+`</FirstPreferences></Contest></Contests></Senate></Election>`)
}

func light() string {
	return feedMessage("Light", "ElectionNight", "2099-05-03T20:10:00", house("", "", `<FirstPreferences Updated="2099-05-03T20:09:00" PollingPlacesReturned="1" PollingPlacesExpected="4">`+
		candidate("1", "", "", "30", "20", "10", "false")+candidate("2", "", "", "20", "20", "0", "false")+sums("50", "3", "53")+`</FirstPreferences>`,
		`<TwoCandidatePreferred Updated="2099-05-03T20:09:00" PollingPlacesReturned="1" PollingPlacesExpected="4">`+
			candidate("1", "", "", "28", "28", "0", "false")+candidate("2", "", "", "22", "22", "0", "false")+`</TwoCandidatePreferred>`))
}

func options(t testing.TB) feed.Options {
	t.Helper()
	zone, err := time.LoadLocation("Australia/Sydney")
	if err != nil {
		t.Fatal(err)
	}
	return feed.Options{Location: zone}
}

func newDecoder(t testing.TB) feed.Decoder {
	t.Helper()
	d, err := Format().New(options(t))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func decode(t testing.TB, d feed.Decoder, body string) []snapshot.Update {
	t.Helper()
	updates, err := d.Decode(feed.Payload{Feed: "f", Name: "x.zip", Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	return updates
}

func packed(t testing.TB, names []string, body string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range names {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestPreloadNamesWhatIsVotedFor(t *testing.T) {
	u := decode(t, newDecoder(t), preload())
	if len(u) != 1 || u[0].Election != "77" || u[0].Name != "2099 Federal Election" {
		t.Fatalf("updates = %+v", u)
	}
	want := []snapshot.ChoiceDef{{Key: "1", Name: "BIRCH, Ada", Party: "Tree Party"}, {Key: "2", Name: "OAK, Bo"}}
	if c := u[0].Contests[0]; c.Key != "H-101" || c.Name != "Birch" || !reflect.DeepEqual(c.Choices, want) {
		t.Errorf("contest = %+v", c)
	}
	if c := u[0].Contests[2]; c.Key != "S-ACT" || c.Seats != 2 || c.Choices[0] != (snapshot.ChoiceDef{Key: "group-5", Name: "Trees"}) {
		t.Errorf("senate = %+v", c)
	}
	for _, r := range u[0].Results {
		for _, v := range r.Votes {
			if v.Votes.Present() {
				t.Errorf("%s: a count in a Preload message: %+v", r.Contest, r)
			}
		}
		if r.Status != snapshot.PreElection || r.Totals.Valid.Present() {
			t.Errorf("%s: %+v", r.Contest, r)
		}
	}
}

func checkNight(t *testing.T, u snapshot.Update) {
	t.Helper()
	if want := time.Date(2099, 5, 3, 10, 10, 0, 0, time.UTC); !u.Stamp.Time.Equal(want) || len(u.Contests) != 0 || len(u.Results) != 2 || len(u.Findings) != 0 {
		t.Fatalf("update = %+v", u)
	}
	r := u.Results[0]
	totals := snapshot.Totals{Valid: snapshot.Of(50), Null: snapshot.Of(3), Ballots: snapshot.Of(53), Electorate: snapshot.Of(100), UnitsIn: snapshot.Of(1), UnitsTotal: snapshot.Of(4)}
	if r.Contest != "H-101" || r.Unit != "div-11" || r.Totals != totals || r.Votes[0] != (snapshot.ChoiceVotes{Key: "1", Votes: snapshot.Of(30)}) ||
		r.Status != snapshot.UnofficialPartial || !r.AsOf.Equal(time.Date(2099, 5, 3, 10, 9, 0, 0, time.UTC)) {
		t.Errorf("first preferences = %+v", r)
	}
	if len(r.Channels) != 2 || r.Channels[1].Name != "Postal" || r.Channels[1].Votes[1].Votes != snapshot.Of(0) {
		t.Errorf("channels = %+v", r.Channels)
	}
	if p := u.Results[1]; p.Contest != "H-101-tcp" || p.Unit != "div-11" || p.Votes[1].Votes != snapshot.Of(22) {
		t.Errorf("two candidates preferred = %+v", p)
	}
}

func TestVotesAreJoinedWithNamesInAnyOrder(t *testing.T) {
	d := newDecoder(t)
	decode(t, d, preload())
	checkNight(t, decode(t, d, light())[0])

	d = newDecoder(t)
	waiting := decode(t, d, light())
	if len(waiting) != 1 || len(waiting[0].Results) != 0 || waiting[0].Findings[0].Code != "F_WAITING" {
		t.Fatalf("votes without names: %+v", waiting)
	}
	both := decode(t, d, preload())
	if len(both) != 2 {
		t.Fatalf("%d updates after the names", len(both))
	}
	checkNight(t, both[1])
}

func TestACountOfNothingIsAbsent(t *testing.T) {
	d := newDecoder(t)
	decode(t, d, preload())
	senate := strings.NewReplacer("<Votes>7<", "<Votes>0<", "<Votes>2<", "<Votes>0<").Replace(senateNames) + sums("0", "0", "0") + `</FirstPreferences></Contest></Contests></Senate></Election>`
	r := decode(t, d, feedMessage("Light", "ElectionNight", "2099-05-03T19:00:00", senate))[0].Results[0]
	if r.Contest != "S-ACT" || len(r.Votes) != 2 || r.Votes[0].Votes.Present() || r.Totals.Ballots.Present() {
		t.Errorf("a Senate count that nobody entered: %+v", r)
	}
	counted := decode(t, d, feedMessage("Light", "ElectionNight", "2099-05-03T20:00:00", senateNames+sums("9", "1", "10")+`</FirstPreferences></Contest></Contests></Senate></Election>`))[0].Results[0]
	if counted.Unit != "ACT" || counted.Votes[0] != (snapshot.ChoiceVotes{Key: "group-5", Votes: snapshot.Of(7)}) || counted.Votes[1] != (snapshot.ChoiceVotes{Key: "9", Votes: snapshot.Of(2)}) {
		t.Errorf("a Senate count: %+v", counted)
	}
}

func TestADeclaredContestHasAWinner(t *testing.T) {
	d := newDecoder(t)
	decode(t, d, preload())
	body := strings.Replace(strings.Replace(light(), "<Contest>", `<Contest Declared="2099-05-20T00:00:00">`, 1), "<Elected>false", "<Elected>true", 1)
	r := decode(t, d, body)[0].Results[0]
	if r.Votes[0].Outcome != snapshot.Elected || r.Votes[1].Outcome != snapshot.NotElected {
		t.Errorf("outcomes = %+v", r.Votes)
	}
}

func TestAReferendumIsCountedByDivision(t *testing.T) {
	option := func(id, name, votes string) string {
		return `<Option><eml:ReferendumOptionIdentifier Id="` + id + `">` + name + `</eml:ReferendumOptionIdentifier><Votes>` + votes + `</Votes></Option>`
	}
	body := feedMessage("Verbose", "ElectionNight", "2099-05-03T20:10:00", `<Election><eml:ElectionIdentifier Id="Q1"><eml:ElectionName>Trees</eml:ElectionName></eml:ElectionIdentifier><Referendum><Contests><Contest><eml:ContestIdentifier Id="1"/><eml:ProposalIdentifier Id="1"><eml:ProposalName>Plant more</eml:ProposalName></eml:ProposalIdentifier><Enrolment>200</Enrolment>
<ProposalResults>`+option("y", "Yes", "60")+option("n", "No", "40")+sums("100", "1", "101")+`</ProposalResults><PollingDistricts><PollingDistrict>`+district+`<Enrolment>100</Enrolment><ProposalResults PollingPlacesExpected="4" PollingPlacesReturned="2">`+option("y", "Yes", "31")+option("n", "No", "20")+sums("50", "1", "51")+`</ProposalResults></PollingDistrict></PollingDistricts></Contest></Contests></Referendum></Election>`)
	u := decode(t, newDecoder(t), body)[0]
	if c := u.Contests[0]; c.Key != "Q1-1" || c.Name != "Plant more" || c.Type != snapshot.BallotMeasureContest || len(c.Choices) != 2 {
		t.Errorf("contest = %+v", c)
	}
	if len(u.Results) != 2 || u.Results[0].Unit != "AU" || u.Results[0].Votes[0].Votes != snapshot.Of(60) || u.Results[1].Unit != "div-11" || u.Results[1].Totals.UnitsIn != snapshot.Of(2) {
		t.Errorf("results = %+v", u.Results)
	}
	if len(u.Findings) != 1 || u.Findings[0].Code != "F_SUM" {
		t.Errorf("findings = %v", u.Findings)
	}
}

func TestMessagesComePacked(t *testing.T) {
	body := packed(t, []string{"xml/aec-mediafeed-results-standard-preload-77.xml"}, preload())
	if u := decode(t, newDecoder(t), string(body)); len(u) != 1 || len(u[0].Contests) != 3 {
		t.Errorf("updates = %+v", u)
	}
	two := packed(t, []string{"aec-mediafeed-results-standard-preload-77.xml", "aec-mediafeed-results-standard-light-77.xml"}, preload())
	_, err := newDecoder(t).Decode(feed.Payload{Name: "two.zip", Body: two})
	var r *feed.Refusal
	if !errors.As(err, &r) || r.Code != "E_ZIP" {
		t.Errorf("two messages in one zip: %v", err)
	}
}

func TestTheRestOfAPreloadArchiveIsPassedOver(t *testing.T) {
	body := packed(t, []string{"xml/eml-110-event-77.xml", "xml/aec-mediafeed-results-standard-preload-77.xml", "Schema/AEC/aec-mediafeed-core-v3-0.xsd"}, preload())
	if u := decode(t, newDecoder(t), string(body)); len(u) != 1 || len(u[0].Contests) != 3 {
		t.Errorf("updates = %+v", u)
	}
}

func TestWhatAMessageCannotMeanIsRefused(t *testing.T) {
	good := preload()
	edit := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the sample has no %q", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, c := range map[string]struct{ body, code string }{
		"another schema":          {edit(`SchemaVersion="3"`, `SchemaVersion="4"`), "E_VERSION"},
		"an embargoed message":    {edit(`Verbosity="Preload"`, `Verbosity="Embargo"`), "E_VERSION"},
		"no event":                {edit(`<eml:EventIdentifier Id="77">`, `<eml:EventIdentifier>`), "E_MISSING"},
		"a choice without an id":  {edit(`<eml:CandidateIdentifier Id="1">`, `<eml:CandidateIdentifier>`), "E_MISSING"},
		"no votes":                {edit(`<Votes MatchedHistoric="9">0</Votes>`, ""), "E_MISSING"},
		"votes with a fraction":   {edit(`"9">0</Votes>`, `"9">0.5</Votes>`), "E_NUMBER"},
		"a time that is none":     {edit("2099-04-20T12:00:00", "noon"), "E_TIME"},
		"another document":        {`<Results xmlns="http://www.aec.gov.au/xml/schema/mediafeed"/>`, "E_NOT_FEED"},
		"an element of elsewhere": {edit("<Cycle", `<Cycle xmlns="urn:x"`), "E_NS"},
		"cut in the middle":       {good[:len(good)/2], "E_TRUNCATED"},
	} {
		_, err := newDecoder(t).Decode(feed.Payload{Feed: "f", Name: "x", Body: []byte(c.body)})
		var r *feed.Refusal
		if !errors.As(err, &r) || r.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	d := newDecoder(t)
	decode(t, d, good)
	_, err := d.Decode(feed.Payload{Name: "x", Body: []byte(edit(`<eml:EventIdentifier Id="77">`, `<eml:EventIdentifier Id="78">`))})
	var r *feed.Refusal
	if !errors.As(err, &r) || r.Code != "E_IDENTITY" {
		t.Errorf("another event: %v", err)
	}
}

// FuzzDecode holds what every decoder promises.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{preload(), light(), preload()[:700]} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		feedtest.Holds(t, Format(), options(t), feed.Payload{Feed: "f", Name: "x", Body: body})
	})
}
