package canada

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/feedtest"
	"github.com/heraldresults/herald/diff/snapshot"
)

const (
	refreshed = "These results were downloaded and refreshed on May   4, 2031 at 9:25 p.m. ET. / Ces résultats ont été téléchargés et rafraichis le 4 mai 2031 à 21h25 HE.\t\t\t\t\t\t\t\t\t\t\t\t\t\r\n"
	header    = "Electoral district number - Numéro de la circonscription\tElectoral district name\tNom de la circonscription\tType of results*\tType de résultats**\tSurname - Nom de famille\tMiddle name(s) - Autre(s) prénom(s)\tGiven name - Prénom\tPolitical affiliation\tAppartenance politique\tVotes obtained - Votes obtenus\t% Votes obtained - Votes obtenus %\tRejected ballots - Bulletins rejetés***\tTotal number of ballots cast - Nombre total de votes déposés\r\n"
	notes     = "*Type of results: explained \"here.\t\t\t\t\t\t\t\t\t\t\t\t\t\r\n**Type de résultats : expliqué.\t\r\n"
)

func row(riding int, kind, surname, middle, given, party string, votes, rejected, ballots any) string {
	return fmt.Sprintf("%d\tLake %d\tLac %d\t%s\tx\t%s\t%s\t%s\t%s\tx\t%v\t.5\t%v\t%v\r\n", riding, riding, riding, kind, surname, middle, given, party, votes, rejected, ballots)
}

func file(rows ...string) string { return refreshed + header + strings.Join(rows, "") + notes }

func decode(t *testing.T, body string) ([]snapshot.Update, error) {
	t.Helper()
	d, err := Format().New(feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d.Decode(feed.Payload{Name: "EventResults.txt", Body: []byte(body), Seq: 1})
}

func TestTheBestTypeOfResultOfARidingIsTaken(t *testing.T) {
	us, err := decode(t, file(
		row(7, "preliminary", "Roe", "", "Ann", "Blue", 10, 0, 14),
		row(7, "preliminary", "Doe", "J. K.", "Bo \"Z\"", "Red", 4, 0, 14),
		row(7, "validated", "Doe", "J. K.", "Bo \"Z\"", "Red", 5, 2, 18),
		row(7, "validated", "Roe", "", "Ann", "Blue", 11, 2, 18),
		row(8, "judicially certified", "Poe", "", "Cy", "Red", 6, 1, 7),
		row(8, "validated", "Poe", "", "Cy", "Red", 7, 1, 8),
		row(9, "preliminary", "Moe", "", "Di", "Red", 3, 0, 3)))
	if err != nil || len(us) != 1 {
		t.Fatal(us, err)
	}
	u := us[0]
	if len(u.Findings) != 0 || u.Scope != "EventResults" || !u.Stamp.Time.Equal(time.Date(2031, 5, 5, 1, 25, 0, 0, time.UTC)) {
		t.Errorf("findings %v, scope %q, stamp %v", u.Findings, u.Scope, u.Stamp.Time)
	}
	n := snapshot.Of
	want := []snapshot.RaceResult{
		{Contest: "7", Unit: "7", Votes: []snapshot.ChoiceVotes{{Key: "Doe, Bo \"Z\" J. K.", Votes: n(5)}, {Key: "Roe, Ann", Votes: n(11)}},
			Totals: snapshot.Totals{Null: n(2), Ballots: n(18)}, Status: snapshot.Certified},
		{Contest: "8", Unit: "8", Votes: []snapshot.ChoiceVotes{{Key: "Poe, Cy", Votes: n(6)}}, Totals: snapshot.Totals{Null: n(1), Ballots: n(7)}, Status: snapshot.Certified},
		{Contest: "9", Unit: "9", Votes: []snapshot.ChoiceVotes{{Key: "Moe, Di", Votes: n(3)}}, Totals: snapshot.Totals{Ballots: n(3)}, Status: snapshot.UnofficialPartial},
	}
	if fmt.Sprintf("%+v", u.Results) != fmt.Sprintf("%+v", want) {
		t.Errorf("got  %+v\nwant %+v", u.Results, want)
	}
	choices := u.Contests[0].Choices
	if len(choices) != 2 || choices[0].Name != `Bo "Z" J. K. Doe` || choices[0].Party != "Red" || choices[1].Name != "Ann Roe" {
		t.Errorf("choices %+v", choices)
	}
	if fmt.Sprint(u.Units[:2]) != "[{ca  Canada country} {7 ca Lake 7 district}]" || u.Contests[0].Seats != 1 || u.Contests[0].Name != "Lake 7" {
		t.Errorf("units %v, contest %+v", u.Units, u.Contests[0])
	}
}

func TestZerosBeforeTheCountAreAbsent(t *testing.T) {
	us, err := decode(t, file(row(7, "preliminary", "Roe", "", "Ann", "Blue", 0, 0, 0)))
	if err != nil {
		t.Fatal(err)
	}
	if r := us[0].Results[0]; r.Votes[0].Votes.Present() || r.Totals.Ballots.Present() || r.Status != snapshot.PreElection {
		t.Errorf("%+v", r)
	}
}

func TestBallotsThatAreNotTheVotesAreNoted(t *testing.T) {
	us, err := decode(t, file(row(7, "validated", "Roe", "", "Ann", "Blue", 5, 1, 9)))
	if err != nil || len(us[0].Findings) != 1 || us[0].Findings[0].Code != "F_SUM" {
		t.Errorf("%+v, %v", us, err)
	}
}

func TestADamagedFileIsRefused(t *testing.T) {
	good := file(row(7, "validated", "Roe", "", "Ann", "Blue", 5, 1, 6), row(7, "validated", "Doe", "", "Bo", "Red", 0, 1, 6))
	for name, x := range map[string]struct{ body, code, field string }{
		"cut at a line end":   {strings.TrimSuffix(good, notes), "E_INCOMPLETE", ""},
		"cut in a line":       {good[:strings.Index(good, "\tRed")], "E_TRUNCATED", ""},
		"another type":        {strings.Replace(good, "validated", "guessed", 1), "E_TYPE", "type"},
		"totals that differ":  {strings.Replace(good, "\t6\r", "\t7\r", 1), "E_CSV", "ballots"},
		"no time":             {strings.Replace(good, " at 9:25 p.m. ET", "", 1), "E_MISSING", "refreshed"},
		"a time that is none": {strings.Replace(good, "9:25", "19:75", 1), "E_TIME", "date"},
		"a column renamed":    {strings.Replace(good, "Political affiliation", "Party", 1), "E_CSV", ""},
		"a candidate twice":   {strings.ReplaceAll(strings.ReplaceAll(good, "Doe", "Roe"), "\tBo\t", "\tAnn\t"), "E_DUPID", "surname"},
		"a riding renamed":    {strings.Replace(good, "Lake 7", "Pond 7", 1), "E_IDENTITY", "Electoral district name"},
		"a wrong number":      {strings.Replace(good, "\t5\t.5", "\t5.0\t.5", 1), "E_NUMBER", "votes"},
		"a web page":          {"<html>", "E_NOT_FEED", ""},
	} {
		us, err := decode(t, x.body)
		var r *feed.Refusal
		if !errors.As(err, &r) || r.Code != x.code || r.Field != x.field || us != nil {
			t.Errorf("%s: %v, want %s in %q", name, err, x.code, x.field)
		}
	}
}

func FuzzDecode(f *testing.F) {
	good := file(row(7, "preliminary", "Roe", "", "Ann", "Blue", 5, 0, 5), row(7, "validated", "Roe", "", "Ann", "Blue", 5, 1, 6))
	f.Add([]byte(good))
	f.Add([]byte(good[:len(good)-200]))
	f.Add([]byte(strings.ReplaceAll(good, "\t", ",")))
	f.Fuzz(func(t *testing.T, body []byte) {
		feedtest.Holds(t, Format(), feed.Options{}, feed.Payload{Name: "EventResults.txt", Body: body, Seq: 1})
	})
}

func TestThePageShowsTheMapping(t *testing.T) {
	page, err := os.ReadFile("../../../docs/feeds/canada.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "```toml\n"+string(mapping)+"```\n") {
		t.Error("docs/feeds/canada.md does not hold mapping.toml as it is")
	}
}
