package swiss

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/feedtest"
	"github.com/heraldresults/herald/diff/snapshot"
)

// vote is an invented vote in two cantons: one counted but for a city, one that
// has sent nothing.
const vote = `{"abstimmtag":"20990601","timestamp":"2099-06-01T14:16:04","spatial_reference":[{"spatial_unit":"kant","spatial_date":"2022-01-01"}],
"schweiz":{"geoLevelnummer":0,"geoLevelname":"Schweiz","nochKeineInformation":false,"vorlagen":[
{"vorlagenId":9990,"reihenfolgeAnzeige":3,"vorlagenTitel":[{"langKey":"fr","text":"Des pommes"},{"langKey":"de","text":"Volksinitiative «Äpfel»"}],
 "vorlageBeendet":false,"provisorisch":true,"vorlageAngenommen":null,"vorlagenArtId":3,"hauptvorlagenId":0,"reserveInfoText":null,"doppeltesMehr":true,
 "staende":{"jaStaendeGanz":1,"neinStaendeGanz":0,"anzahlStaendeGanz":1,"jaStaendeHalb":0,"neinStaendeHalb":0,"anzahlStaendeHalb":0},
 "resultat":{"anzahlKantoneAusgezaehlt":0,"anzahlKantone":2,"anzahlBezirkeAusgezaehlt":0,"anzahlBezirke":1,"anzahlGemeindenAusgezaehlt":1,"anzahlGemeinden":3,"gebietAusgezaehlt":false,
  "jaStimmenInProzent":60.0,"jaStimmenAbsolut":60,"neinStimmenAbsolut":40,"stimmbeteiligungInProzent":51.5,"eingelegteStimmzettel":103,"anzahlStimmberechtigte":200,"gueltigeStimmen":100},
 "kantone":[
 {"geoLevelnummer":"1","geoLevelname":"Oben","resultat":{"vorlageBeendet":false,"anzahlGemeindenAusgezaehlt":1,"anzahlGemeinden":2,"gebietAusgezaehlt":false,"jaStimmenInProzent":60.0,"jaStimmenAbsolut":60,"neinStimmenAbsolut":40,"stimmbeteiligungInProzent":51.5,"eingelegteStimmzettel":103,"anzahlStimmberechtigte":200,"gueltigeStimmen":100},
  "gemeinden":[
   {"geoLevelnummer":"7","geoLevelname":"Dorf","geoLevelParentnummer":"101","resultat":{"gebietAusgezaehlt":true,"jaStimmenInProzent":75.0,"jaStimmenAbsolut":45,"neinStimmenAbsolut":15,"stimmbeteiligungInProzent":50.0,"eingelegteStimmzettel":61,"anzahlStimmberechtigte":120,"gueltigeStimmen":60}},
   {"geoLevelnummer":"8","geoLevelname":"Stadt","geoLevelParentnummer":"101","resultat":{"gebietAusgezaehlt":false,"jaStimmenInProzent":37.5,"jaStimmenAbsolut":15,"neinStimmenAbsolut":25,"stimmbeteiligungInProzent":52.5,"eingelegteStimmzettel":42,"anzahlStimmberechtigte":80,"gueltigeStimmen":40}}],
  "zaehlkreise":[{"geoLevelnummer":"10008","geoLevelname":"Altstadt","geoLevelParentnummer":"8","resultat":{"gebietAusgezaehlt":true,"jaStimmenAbsolut":15,"neinStimmenAbsolut":25,"gueltigeStimmen":40}}],
  "bezirke":[{"geoLevelnummer":"101","geoLevelname":"Bezirk Oben","resultat":{"anzahlGemeindenAusgezaehlt":1,"anzahlGemeinden":2,"gebietAusgezaehlt":false,"jaStimmenAbsolut":60,"neinStimmenAbsolut":40,"gueltigeStimmen":100}}]},
 {"resultat":{"gebietAusgezaehlt":false,"jaStimmenInProzent":null,"jaStimmenAbsolut":null,"neinStimmenAbsolut":null,"eingelegteStimmzettel":null,"anzahlStimmberechtigte":null,"gueltigeStimmen":null},"bezirke":[],
  "gemeinden":[{"geoLevelnummer":"9","geoLevelname":"Au","resultat":{"gebietAusgezaehlt":false,"jaStimmenAbsolut":null,"neinStimmenAbsolut":null}}],"geoLevelname":"Unten","geoLevelnummer":"2"}],
 "raumgliederungen":[{"sprachregId":"1","resultat":{"jaStimmenAbsolut":1}}]}
]}}`

func newDecoder(t testing.TB) feed.Decoder {
	t.Helper()
	d, err := Format().New(feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func decode(t *testing.T, body string) snapshot.Update {
	t.Helper()
	updates, err := newDecoder(t).Decode(feed.Payload{Feed: "ch", Name: "eidgAbstimmung.json", Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	if len(updates) != 1 {
		t.Fatalf("%d updates, want 1", len(updates))
	}
	return updates[0]
}

func race(t *testing.T, u snapshot.Update, unit string) snapshot.RaceResult {
	t.Helper()
	for _, r := range u.Results {
		if r.Unit == unit {
			return r
		}
	}
	t.Fatalf("no race in %q", unit)
	return snapshot.RaceResult{}
}

func of(n int64) snapshot.Count { return snapshot.Of(n) }

func TestAVoteIsReadWhole(t *testing.T) {
	u := decode(t, vote)
	if len(u.Findings) != 0 {
		t.Errorf("findings: %v", u.Findings)
	}
	if want := time.Date(2099, 6, 1, 12, 16, 4, 0, time.UTC); !u.Stamp.Time.Equal(want) || u.Stamp.Seq != 0 || u.Scope != "schweiz" || u.Election != "20990601" {
		t.Errorf("stamp %v, scope %q, election %q", u.Stamp, u.Scope, u.Election)
	}
	wantUnits := []snapshot.UnitDef{
		{Key: "schweiz", Name: "Schweiz", Type: snapshot.Country},
		{Key: "kanton-1", Parent: "schweiz", Name: "Oben", Type: snapshot.State},
		{Key: "kanton-2", Parent: "schweiz", Name: "Unten", Type: snapshot.State},
		{Key: "bezirk-101", Parent: "kanton-1", Name: "Bezirk Oben", Type: snapshot.District},
		{Key: "gemeinde-7", Parent: "bezirk-101", Name: "Dorf", Type: snapshot.Municipality},
		{Key: "gemeinde-8", Parent: "bezirk-101", Name: "Stadt", Type: snapshot.Municipality},
		{Key: "gemeinde-9", Parent: "kanton-2", Name: "Au", Type: snapshot.Municipality},
		{Key: "zaehlkreis-10008", Parent: "gemeinde-8", Name: "Altstadt", Type: snapshot.Precinct},
	}
	if !slices.Equal(u.Units, wantUnits) {
		t.Errorf("units = %v", u.Units)
	}
	c := u.Contests[0]
	if c.Key != "9990" || c.Name != "Volksinitiative «Äpfel»" || c.Heading != "Volksinitiative (doppeltes Mehr)" || c.Order != 3 || c.Type != snapshot.BallotMeasureContest {
		t.Errorf("contest = %+v", c)
	}
	if want := []snapshot.ChoiceDef{{Key: "ja", Name: "Ja"}, {Key: "nein", Name: "Nein"}}; !slices.Equal(c.Choices, want) {
		t.Errorf("choices = %v", c.Choices)
	}
	r := race(t, u, "schweiz")
	wantVotes := []snapshot.ChoiceVotes{{Key: "ja", Votes: of(60)}, {Key: "nein", Votes: of(40)}}
	want := snapshot.Totals{Valid: of(100), Ballots: of(103), Electorate: of(200), UnitsIn: of(1), UnitsTotal: of(3)}
	if r.Totals != want || !slices.Equal(r.Votes, wantVotes) || r.Contest != "9990" {
		t.Errorf("result = %+v", r)
	}
}

func TestThePlaceSaysHowFarItIs(t *testing.T) {
	u := decode(t, vote)
	for unit, want := range map[string]snapshot.Status{
		"schweiz": snapshot.UnofficialPartial, "kanton-1": snapshot.UnofficialPartial, "gemeinde-7": snapshot.UnofficialFull,
		"gemeinde-8": snapshot.UnofficialPartial, "kanton-2": snapshot.PreElection, "gemeinde-9": snapshot.PreElection,
	} {
		if got := race(t, u, unit).Status; got != want {
			t.Errorf("%s is %q, want %q", unit, got, want)
		}
	}
	for _, unit := range []string{"kanton-2", "gemeinde-9"} {
		r := race(t, u, unit)
		if r.Totals != (snapshot.Totals{}) || r.Votes[0].Votes.Present() || r.Votes[1].Votes.Present() {
			t.Errorf("%s has numbers: %+v", unit, r)
		}
	}
	final := decode(t, strings.Replace(vote, `"provisorisch":true`, `"provisorisch":false`, 1))
	if got := race(t, final, "gemeinde-7").Status; got != snapshot.Certified {
		t.Errorf("a final result is %q", got)
	}
}

func TestAQuestionIsAcceptedOnlyWhenTheFileSaysSo(t *testing.T) {
	for stated, want := range map[string]snapshot.Outcome{"null": snapshot.NoOutcome, "true": snapshot.Passed, "false": snapshot.Failed} {
		u := decode(t, strings.Replace(vote, `"vorlageAngenommen":null`, `"vorlageAngenommen":`+stated, 1))
		r, place := race(t, u, "schweiz"), race(t, u, "kanton-1")
		if r.Votes[0].Outcome != want || r.Votes[1].Outcome != snapshot.NoOutcome || place.Votes[0].Outcome != snapshot.NoOutcome {
			t.Errorf("%s: %v and %v", stated, r.Votes, place.Votes)
		}
	}
}

func TestAnInitiativeItsCounterProposalAndTheTieBreakAreThreeContests(t *testing.T) {
	_, rest, _ := strings.Cut(vote, `"vorlagen":[`)
	question := strings.TrimSuffix(rest, "\n]}}")
	second := strings.Replace(strings.Replace(question, `"vorlagenId":9990`, `"vorlagenId":9991`, 1), `"vorlagenArtId":3,"hauptvorlagenId":0`, `"vorlagenArtId":4,"hauptvorlagenId":9990`, 1)
	third := strings.Replace(strings.Replace(question, `"vorlagenId":9990`, `"vorlagenId":9992`, 1), `"vorlagenArtId":3,"hauptvorlagenId":0`, `"vorlagenArtId":5,"hauptvorlagenId":9990`, 1)
	u := decode(t, strings.Replace(vote, question, question+","+second+","+third, 1))
	if len(u.Contests) != 3 || len(u.Units) != 8 || len(u.Results) != 24 {
		t.Fatalf("%d contests, %d units, %d races", len(u.Contests), len(u.Units), len(u.Results))
	}
	for i, want := range []string{"Volksinitiative (doppeltes Mehr)", "Gegenentwurf (doppeltes Mehr)", "Stichfrage (doppeltes Mehr)"} {
		if u.Contests[i].Heading != want {
			t.Errorf("heading %q, want %q", u.Contests[i].Heading, want)
		}
	}
}

func TestOddFilesAreReadAndNoted(t *testing.T) {
	for name, c := range map[string]struct{ old, new, codes string }{
		"place does not add up":       {`"gueltigeStimmen":60}`, `"gueltigeStimmen":61}`, "F_SUM F_SUM"},
		"canton does not add up":      {`"jaStimmenAbsolut":45,"neinStimmenAbsolut":15`, `"jaStimmenAbsolut":44,"neinStimmenAbsolut":16`, "F_SUM F_SUM"},
		"cantons' votes":              {`"jaStaendeGanz":1`, `"jaStaendeGanz":2`, "F_SUM"},
		"unknown kind":                {`"vorlagenArtId":3`, `"vorlagenArtId":12`, "F_UNKNOWN_VALUE"},
		"new key":                     {`"doppeltesMehr":true`, `"doppeltesMehr":true,"dreifachesMehr":1`, "F_UNKNOWN_KEY"},
		"votes before the first hour": {`"nochKeineInformation":false`, `"nochKeineInformation":true`, "F_EARLY"},
		"no cantons' votes":           {`"staende":{"jaStaendeGanz":1,"neinStaendeGanz":0,"anzahlStaendeGanz":1,"jaStaendeHalb":0,"neinStaendeHalb":0,"anzahlStaendeHalb":0}`, `"staende":null`, ""},
		"one language":                {`{"langKey":"fr","text":"Des pommes"},`, ``, ""},
		"no order":                    {`"reihenfolgeAnzeige":3,`, ``, ""},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(vote, c.old, c.new, 1)
			if body == vote {
				t.Fatal("nothing replaced")
			}
			var got []string
			for _, f := range decode(t, body).Findings {
				got = append(got, f.Code)
			}
			if strings.Join(got, " ") != c.codes {
				t.Errorf("findings %v, want %q", got, c.codes)
			}
		})
	}
}

func TestNumbersBeforeTheFirstHourAreAbsent(t *testing.T) {
	u := decode(t, strings.Replace(vote, `"nochKeineInformation":false`, `"nochKeineInformation":true`, 1))
	for _, r := range u.Results {
		if r.Votes[0].Votes.Present() || r.Totals.Valid.Present() || r.Totals.Ballots.Present() || r.Status != snapshot.PreElection {
			t.Errorf("%+v", r)
		}
	}
}

func TestWhatCannotBeBelievedIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ old, new, code, field string }{
		"a count as text":         {`"jaStimmenAbsolut":45`, `"jaStimmenAbsolut":"45"`, "E_NUMBER", "schweiz.vorlagen[0].kantone[0].gemeinden[0].resultat.jaStimmenAbsolut"},
		"a count with a fraction": {`"jaStimmenAbsolut":45`, `"jaStimmenAbsolut":45.0`, "E_NUMBER", "schweiz.vorlagen[0].kantone[0].gemeinden[0].resultat.jaStimmenAbsolut"},
		"a count below zero":      {`"eingelegteStimmzettel":61`, `"eingelegteStimmzettel":-61`, "E_NEGATIVE", "schweiz.vorlagen[0].kantone[0].gemeinden[0].resultat.eingelegteStimmzettel"},
		"a misspelt count":        {`"jaStimmenAbsolut":45`, `"jaStimmenAbsolute":45`, "E_MISSING", "schweiz.vorlagen[0].kantone[0].gemeinden[0].resultat"},
		"a key twice":             {`"jaStimmenAbsolut":45`, `"jaStimmenAbsolut":45,"jaStimmenAbsolut":46`, "E_DUPKEY", "schweiz.vorlagen[0].kantone[0].gemeinden[0].resultat.jaStimmenAbsolut"},
		"a commune twice":         {`"geoLevelnummer":"8"`, `"geoLevelnummer":"7"`, "E_DUPID", "geoLevelnummer"},
		"an unknown district":     {`"geoLevelParentnummer":"101"`, `"geoLevelParentnummer":"102"`, "E_UNKNOWN_UNIT", "geoLevelParentnummer"},
		"no title":                {`[{"langKey":"fr","text":"Des pommes"},{"langKey":"de","text":"Volksinitiative «Äpfel»"}]`, `[]`, "E_MISSING", "schweiz.vorlagen[0]"},
		"no time":                 {`"timestamp":"2099-06-01T14:16:04",`, ``, "E_MISSING", ""},
		"a time that is none":     {`T14:16:04"`, `T24:16:04"`, "E_TIME", "timestamp"},
		"an hour that is skipped": {`2099-06-01T14:16:04`, `2025-03-30T02:30:00`, "E_TIME", "timestamp"},
		"a flag that is none":     {`"provisorisch":true`, `"provisorisch":"true"`, "E_TYPE", "schweiz.vorlagen[0].provisorisch"},
		"cut short":               {"\n]}}", "\n", "E_TRUNCATED", "schweiz.vorlagen[0]"},
		"something behind it":     {"\n]}}", "\n]}}{}", "E_TRAILING", ""},
		"cantonal votes":          {`"schweiz":{"geoLevelnummer":0`, `"kantone":[],"land":{"geoLevelnummer":0`, "E_VERSION", ""},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(vote, c.old, c.new, 1)
			if body == vote {
				t.Fatal("nothing replaced")
			}
			updates, err := newDecoder(t).Decode(feed.Payload{Feed: "ch", Name: "f.json", Body: []byte(body)})
			var r *feed.Refusal
			if !errors.As(err, &r) || updates != nil {
				t.Fatalf("got %v, %v", updates, err)
			}
			if r.Code != c.code || r.Field != c.field {
				t.Errorf("%s at %q, want %s at %q", r.Code, r.Field, c.code, c.field)
			}
		})
	}
	for body, code := range map[string]string{
		`{"abstimmtag":"1","timestamp":"2099-06-01T14:16:04","schweiz":{"geoLevelname":"S","vorlagen":[]}}`: "E_EMPTY",
		`<!doctype html><html>`: "E_NOT_FEED", ``: "E_EMPTY", `[]`: "E_TYPE",
	} {
		if _, err := newDecoder(t).Decode(feed.Payload{Body: []byte(body)}); err == nil || !strings.HasPrefix(err.Error(), code) {
			t.Errorf("%q: %v, want %s", body, err, code)
		}
	}
	_, rest, _ := strings.Cut(vote, `"vorlagen":[`)
	question := strings.TrimSuffix(rest, "\n]}}")
	if _, err := newDecoder(t).Decode(feed.Payload{Body: []byte(strings.Replace(vote, question, question+","+question, 1))}); err == nil || !strings.HasPrefix(err.Error(), "E_DUPID") {
		t.Errorf("a question twice: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(vote))
	f.Add([]byte(vote[:len(vote)/2]))
	f.Add([]byte(`{"abstimmtag":"20990601","timestamp":"2099-06-01T14:16:04","schweiz":{"geoLevelname":"S","vorlagen":[{"vorlagenId":1,"vorlagenTitel":[{"langKey":"it","text":"A"}],"resultat":{"gebietAusgezaehlt":true,"jaStimmenAbsolut":1,"neinStimmenAbsolut":2},"kantone":[]}]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		feedtest.Holds(t, Format(), feed.Options{}, feed.Payload{Feed: "ch", Name: "f.json", Body: body})
	})
}
