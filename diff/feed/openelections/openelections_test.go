package openelections

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/feedtest"
	"github.com/heraldresults/herald/diff/snapshot"
)

const general = "county,precinct,office,district,party,candidate,votes,election_day,mail\n" +
	"Elm,01 North,Registered Voters,,,,900,,\n" +
	"Elm,01 North,Ballots Cast,,,,\"1,005\",,\n" +
	"Elm,01 North,U.S. House,2,GRN,\"Fern, Ada\",300,200,100\n" +
	"Elm,01 North,U.S. House,2,,Write-ins,5,5,0\n" +
	"Elm,01 North,U.S. House,2,,Over Votes,2,,\n" +
	"Elm,01 North,U.S. House,2,,Under Votes,8,,\n" +
	"Elm,01 North,U.S. House,2,,Total,315,,\n" +
	"Elm,02 South,U.S. House,2,GRN,\"Fern, Ada\",7,7,0\n" +
	"Elm,Total,U.S. House,2,GRN,\"Fern, Ada\",307,207,100\n"

func decode(t *testing.T, name, body string) ([]snapshot.Update, error) {
	t.Helper()
	d, err := Format().New(feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d.Decode(feed.Payload{Name: name, Body: []byte(body), Seq: 1})
}

func TestPrecinctsCountiesAndChannelsAreRead(t *testing.T) {
	us, err := decode(t, "x/20261103__oh__general__elm__precinct.csv", general)
	if err != nil || len(us) != 1 {
		t.Fatal(us, err)
	}
	u := us[0]
	if len(u.Findings) != 0 || u.Election != "20261103__oh" {
		t.Errorf("findings %v, election %q", u.Findings, u.Election)
	}
	if got := fmt.Sprint(u.Units); got != "[{oh  oh state} {oh/Elm oh Elm county} {oh/Elm/01 North oh/Elm 01 North precinct} {oh/Elm/02 South oh/Elm 02 South precinct}]" {
		t.Errorf("units %s", got)
	}
	if len(u.Contests) != 1 || u.Contests[0].Key != "U.S. House/2" || u.Contests[0].Name != "U.S. House, 2" || len(u.Contests[0].Choices) != 2 || u.Contests[0].Choices[1].Type != snapshot.WriteIn {
		t.Errorf("contests %+v", u.Contests)
	}
	n := snapshot.Of
	first := snapshot.RaceResult{Contest: "U.S. House/2", Unit: "oh/Elm/01 North",
		Votes:  []snapshot.ChoiceVotes{{Key: "Fern, Ada/GRN", Votes: n(300)}, {Key: "Write-ins", Votes: n(5)}},
		Totals: snapshot.Totals{Null: n(2), Blank: n(8), Ballots: n(1005), Electorate: n(900)},
		Channels: []snapshot.ChannelVotes{{Name: "Election day", Votes: []snapshot.ChoiceVotes{{Key: "Fern, Ada/GRN", Votes: n(200)}, {Key: "Write-ins", Votes: n(5)}}},
			{Name: "Mail", Votes: []snapshot.ChoiceVotes{{Key: "Fern, Ada/GRN", Votes: n(100)}, {Key: "Write-ins", Votes: n(0)}}}}}
	if len(u.Results) != 3 || fmt.Sprintf("%+v", u.Results[0]) != fmt.Sprintf("%+v", first) {
		t.Errorf("got  %+v\nwant %+v", u.Results, first)
	}
	if r := u.Results[2]; r.Unit != "oh/Elm" || r.Votes[0].Votes != n(307) {
		t.Errorf("county %+v", r)
	}
}

func TestFilesOfOtherShapesAreRead(t *testing.T) {
	for name, x := range map[string]struct{ file, body, contest, unit, choice string }{
		"county level":         {"20021105__ga__general.csv", "county,office,district,party,candidate,votes\nOAK,Governor,,X,Ann Roe,5\n", "Governor", "ga/OAK", "Ann Roe/X"},
		"a primary":            {"20260301__tx__primary__oak__precinct.csv", "county,precinct,office,district,candidate,party,votes\nOak,1,Governor,,Ann Roe,DEM,5\n", "Governor/primary/DEM", "tx/Oak/1", "Ann Roe/DEM"},
		"a state-wide row":     {"20021105__ga__general.csv", "county,office,party,candidate,votes\nTotal,Governor,X,Ann Roe,5\n", "Governor", "ga", "Ann Roe/X"},
		"single underscores":   {"20000307_ga_primary_president.csv", "county,office,district,party,candidate,votes\nOak,President,,DEM,Ann Roe,5\n", "President/primary/DEM", "ga/Oak", "Ann Roe/DEM"},
		"a name without state": {"oak.csv", "county,precinct,office,candidate,votes\nOak,1,Governor,Ann Roe,5\n", "Governor", "us/Oak/1", "Ann Roe"},
		"wards":                {"20180814__wi__general__ward.csv", "county,ward,office,district,total votes,party,candidate,votes\nOak,Town Of Elm Wards 1-3,Governor,,133,X,Ann Roe,5\n", "Governor", "wi/Oak/Town Of Elm Wards 1-3", "Ann Roe/X"},
		"a town":               {"20121106__ma__general.csv", "county,town,office,candidate,votes\nOak,Elm,Governor,Ann Roe,5\n", "Governor", "ma/Oak/Elm", "Ann Roe"},
		"Windows-1252":         {"20021105__ga__general.csv", "county,office,candidate,total\nOak,Governor,Jos\xe9,5.0\n", "Governor", "ga/Oak", "José"},
	} {
		us, err := decode(t, x.file, x.body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		r := us[0].Results[0]
		if r.Contest != x.contest || r.Unit != x.unit || r.Votes[0].Key != x.choice || r.Votes[0].Votes != snapshot.Of(5) || len(us[0].Findings) != 0 {
			t.Errorf("%s: %+v, %v", name, r, us[0].Findings)
		}
	}
}

func TestPrecinctsOfTownsAreToldApart(t *testing.T) {
	us, err := decode(t, "20121106__ma__general__precinct.csv", "county,town,precinct,office,candidate,votes\n"+
		"Oak,Elm,1,Governor,Ann Roe,5\nOak,Ash,1,Governor,Ann Roe,7\nOak,Ash,Total,Governor,Ann Roe,7\nOak,Total,,Governor,Ann Roe,12\n")
	if err != nil {
		t.Fatal(err)
	}
	want := "[{ma  ma state} {ma/Oak ma Oak county} {ma/Oak/Elm ma/Oak Elm municipality} {ma/Oak/Elm/1 ma/Oak/Elm 1 precinct} {ma/Oak/Ash ma/Oak Ash municipality} {ma/Oak/Ash/1 ma/Oak/Ash 1 precinct}]"
	if got := fmt.Sprint(us[0].Units); got != want || len(us[0].Findings) != 0 {
		t.Errorf("units %s, findings %v", got, us[0].Findings)
	}
	got := ""
	for _, r := range us[0].Results {
		got += fmt.Sprint(r.Unit, "=", r.Votes[0].Votes, " ")
	}
	if got != "ma/Oak/Elm/1=5 ma/Oak/Ash/1=7 ma/Oak/Ash=7 ma/Oak=12 " {
		t.Errorf("races %s", got)
	}
}

func TestBlankAndSpoiltVotesAreNoChoice(t *testing.T) {
	us, err := decode(t, "20020212__ny__special__general.csv", "county,office,district,party,candidate,votes\n"+
		"Oak,State Senate,2,REP,Ann Roe,5\nOak,State Senate,2,,Scattering,1\nOak,State Senate,2,,Blank Void Scattering,9\n"+
		"Elm,State Senate,2,REP,Ann Roe,5\nElm,State Senate,2,,\"Blank, Void, Scattering\",9\n")
	if err != nil {
		t.Fatal(err)
	}
	c := us[0].Contests[0].Choices
	if len(c) != 2 || c[0].Name != "Ann Roe" || c[1].Type != snapshot.WriteIn || len(us[0].Results) != 2 {
		t.Errorf("choices %+v, %d races", c, len(us[0].Results))
	}
}

func TestACountyThatIsNotItsPrecinctsIsNoted(t *testing.T) {
	us, err := decode(t, "20261103__oh__general.csv", strings.Replace(general, "307,207", "308,207", 1))
	if err != nil || len(us[0].Findings) != 1 || us[0].Findings[0].Code != "F_SUM" {
		t.Errorf("%+v, %v", us, err)
	}
}

func TestADamagedFileIsRefused(t *testing.T) {
	for name, x := range map[string]struct{ body, code, field string }{
		"no votes":           {"county,office,candidate\nOak,Governor,Ann\n", "E_CSV", ""},
		"a candidate twice":  {"county,office,candidate,votes\nOak,Governor,Ann,1\nOak,Governor,Ann,1\n", "E_DUPID", "candidate"},
		"no candidate":       {"county,office,candidate,votes\nOak,Governor,,1\n", "E_MISSING", "candidate"},
		"no office":          {"county,office,candidate,votes\nOak,,Ann,1\n", "E_MISSING", "office"},
		"a wrong number":     {"county,office,candidate,votes\nOak,Governor,Ann,1.5\n", "E_NUMBER", "votes"},
		"cut off":            {"county,office,candidate,votes\nOak,Governor,Ann,1", "E_TRUNCATED", ""},
		"two registrations":  {"county,office,candidate,votes\nOak,Registered Voters,,1\nOak,Registered Voters,,2\n", "E_CSV", "votes"},
		"a ragged row":       {"county,office,candidate,votes\nOak,Governor,Ann\n", "E_CSV", ""},
		"a page of an error": {"<html>", "E_NOT_FEED", ""},
	} {
		us, err := decode(t, "20261103__oh__general.csv", x.body)
		var r *feed.Refusal
		if !errors.As(err, &r) || r.Code != x.code || r.Field != x.field || us != nil {
			t.Errorf("%s: %v, want %s in %q", name, err, x.code, x.field)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("20261103__oh__general.csv", []byte(general))
	f.Add("x.csv", []byte("county,office,candidate,votes\nOak,Governor,Ann,1\n"))
	f.Add("1_a_primary.csv", []byte(general[:200]))
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		feedtest.Holds(t, Format(), feed.Options{}, feed.Payload{Name: name, Body: body, Seq: 1})
	})
}

func TestThePageShowsTheMapping(t *testing.T) {
	page, err := os.ReadFile("../../../docs/feeds/openelections.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "```toml\n"+string(mapping)+"```\n") {
		t.Error("docs/feeds/openelections.md does not hold mapping.toml as it is")
	}
}
