package kerg2

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
	header2021 = "Wahlart;Wahltag;Gebietsart;Gebietsnummer;Gebietsname;UegGebietsart;UegGebietsnummer;Gruppenart;Gruppenname;Gruppenreihenfolge;Stimme;Anzahl;Prozent;VorpAnzahl;VorpProzent;DiffProzent;DiffProzentPkt;Bemerkung"
	header2025 = header2021 + ";Gewählt"
	bund       = "Bund;99;Bundesgebiet;;"
	land       = "Land;07;Hügelland;BUND;99"
	kreis      = "Wahlkreis;001;Waldau – See;LAND;07"
)

// area is the rows of one area: electorate, voters, invalid and valid first and
// second votes, and the votes of two parties.
func area(where, elected string, n ...any) string {
	var b strings.Builder
	line := func(group, name, vote string, count any) {
		fmt.Fprintf(&b, "BT;01.02.2026;%s;%s;%s;1;%s;%v;;9;1,5;;;;%s\n", where, group, name, vote, count, elected)
	}
	line("System-Gruppe", "Wahlberechtigte", "", n[0])
	line("System-Gruppe", "Wählende", "", n[1])
	line("System-Gruppe", "Ungültige", "1", n[2])
	line("System-Gruppe", "Ungültige", "2", n[3])
	line("System-Gruppe", "Gültige", "1", n[4])
	line("System-Gruppe", "Gültige", "2", n[5])
	line("Partei", "ROT", "1", n[6])
	line("Partei", "ROT", "2", n[7])
	line("Partei", "BLAU", "1", n[8])
	line("Partei", "BLAU", "2", n[9])
	if strings.HasPrefix(where, "Wahlkreis") {
		line("Einzelbewerber/Wählergruppe", "EB:Moor", "1", n[10])
		line("Einzelbewerber/Wählergruppe", "EB:Moor", "2", "")
	} else {
		line("Einzelbewerber/Wählergruppe", "Einzelbewerber/Wählergruppe", "1", n[10])
	}
	line("System-Gruppe", "Übrige", "1", "")
	line("System-Gruppe", "Übrige", "2", "")
	return b.String()
}

// file is a whole kerg2.csv. The layout of 2021 has no last column.
func file(header, status string, areas ...string) string {
	pad := strings.Repeat(";", strings.Count(header, ";")-2)
	body := "\xef\xbb\xbf(c) Amt" + pad + "\nErgebnisse\nStatus:;" + status + pad + "\nStand:;02.02.2026;04:08" + pad + "\n" + pad + "\n" + header + "\n" + strings.Join(areas, "")
	if header == header2021 {
		lines := strings.Split(body, "\n")
		for i, l := range lines {
			if strings.HasPrefix(l, "BT;") {
				lines[i] = l[:strings.LastIndex(l, ";")]
			}
		}
		body = strings.Join(lines, "\n")
	}
	return body
}

func whole(header, status string) string {
	return file(header, status,
		area(bund, "", 20, 12, 1, 2, 11, 10, 5, 6, 4, 4, 2),
		area(land, "", 20, 12, 1, 2, 11, 10, 5, 6, 4, 4, 2),
		area(kreis, "ROT", 20, 12, 1, 2, 11, 10, 5, 6, 4, 4, 2))
}

func decode(t *testing.T, body string) ([]snapshot.Update, error) {
	t.Helper()
	d, err := Format().New(feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d.Decode(feed.Payload{Name: "kerg2.csv", Body: []byte(body), Seq: 1})
}

func TestBothLayoutsStateFirstAndSecondVotes(t *testing.T) {
	for header, elected := range map[string]snapshot.Outcome{header2021: "", header2025: snapshot.Elected} {
		us, err := decode(t, whole(header, "Vorläufig"))
		if err != nil || len(us) != 1 {
			t.Fatal(us, err)
		}
		u := us[0]
		if len(u.Findings) != 0 || u.Election != "BT 01.02.2026" || u.Scope != "kerg2" || !u.Stamp.Time.Equal(time.Date(2026, 2, 2, 3, 8, 0, 0, time.UTC)) {
			t.Errorf("findings %v, election %q, scope %q, stamp %v", u.Findings, u.Election, u.Scope, u.Stamp.Time)
		}
		units := fmt.Sprint(u.Units)
		if want := "[{bund-99  Bundesgebiet country} {land-07 bund-99 Hügelland state} {wahlkreis-001 land-07 Waldau – See district}]"; units != want {
			t.Errorf("units %s, want %s", units, want)
		}
		if len(u.Results) != 6 || len(u.Contests) != 2 || len(u.Contests[0].Choices) != 4 || len(u.Contests[1].Choices) != 2 {
			t.Fatalf("%d races, contests %+v", len(u.Results), u.Contests)
		}
		first := u.Results[4]
		totals := snapshot.Totals{Valid: snapshot.Of(11), Null: snapshot.Of(1), Ballots: snapshot.Of(12), Electorate: snapshot.Of(20)}
		if first.Contest != "erststimme" || first.Unit != "wahlkreis-001" || first.Totals != totals || first.Status != snapshot.UnofficialPartial {
			t.Errorf("%+v", first)
		}
		want := []snapshot.ChoiceVotes{{Key: "ROT", Votes: snapshot.Of(5), Outcome: elected}, {Key: "BLAU", Votes: snapshot.Of(4)}, {Key: "001-EB:Moor", Votes: snapshot.Of(2)}}
		if fmt.Sprint(first.Votes) != fmt.Sprint(want) {
			t.Errorf("votes %v, want %v", first.Votes, want)
		}
		if second := u.Results[5]; second.Contest != "zweitstimme" || second.Totals.Null != snapshot.Of(2) || second.Votes[0].Votes != snapshot.Of(6) || second.Votes[0].Outcome != "" {
			t.Errorf("%+v", second)
		}
	}
}

func TestAFinalResultIsCertified(t *testing.T) {
	us, err := decode(t, whole(header2021, "Endgültig"))
	if err != nil || us[0].Results[0].Status != snapshot.Certified {
		t.Error(us, err)
	}
}

func TestBeforeTheCountNumbersAreAbsent(t *testing.T) {
	us, err := decode(t, file(header2025, "Vorläufig", area(bund, "", 20, "", "", "", "", "", "", "", "", "", "")))
	if err != nil || len(us[0].Results) != 2 {
		t.Fatal(us, err)
	}
	for _, v := range us[0].Results[0].Votes {
		if v.Votes.Present() {
			t.Errorf("%+v", v)
		}
	}
}

func TestSumsThatDoNotHoldAreNoted(t *testing.T) {
	us, err := decode(t, file(header2025, "Vorläufig", area(bund, "", 20, 12, 1, 2, 11, 10, 5, 6, 4, 4, 3)))
	if err != nil || len(us[0].Findings) != 1 || us[0].Findings[0].Code != "F_SUM" {
		t.Errorf("%v, %v", us[0].Findings, err)
	}
}

func TestADamagedFileIsRefused(t *testing.T) {
	good := whole(header2025, "Vorläufig")
	rows := strings.SplitAfter(good, "\n")
	for name, x := range map[string]struct{ body, code, field string }{
		"cut at a line end": {strings.Join(rows[:len(rows)-3], ""), "E_INCOMPLETE", ""},
		"cut in a line":     {good[:len(good)-5], "E_TRUNCATED", ""},
		"another header":    {strings.Replace(good, "Anzahl", "Zahl", 1), "E_CSV", ""},
		"another status":    {whole(header2025, "Geschätzt"), "E_TYPE", "stand"},
		"no status":         {strings.Replace(good, "Status:", "Stadium:", 1), "E_MISSING", "stand"},
		"no time":           {strings.Replace(good, "04:08", "4 Uhr", 1), "E_TIME", "tag"},
		"another area":      {strings.ReplaceAll(good, "Land;07", "Insel;07"), "E_TYPE", "Gebietsart"},
		"another group":     {strings.Replace(good, "Gültige", "Geltende", 1), "E_TYPE", ""},
		"a broken number":   {strings.Replace(good, "Wählende;1;;12", "Wählende;1;;1 2", 1), "E_NUMBER", "Anzahl"},
		"a party twice":     {strings.Replace(good, "BLAU", "ROT", 1), "E_DUPID", "Gruppenname"},
		"two elections":     {strings.Replace(good, "01.02.2026;Land", "08.02.2026;Land", 1), "E_CSV", "Wahlart"},
	} {
		us, err := decode(t, x.body)
		var r *feed.Refusal
		if !errors.As(err, &r) || r.Code != x.code || r.Field != x.field || us != nil {
			t.Errorf("%s: %v, want %s in %q", name, err, x.code, x.field)
		}
	}
}

func FuzzDecode(f *testing.F) {
	good := whole(header2025, "Vorläufig")
	f.Add([]byte(good))
	f.Add([]byte(whole(header2021, "Endgültig")))
	f.Add([]byte(good[:len(good)/2]))
	f.Add([]byte(strings.ReplaceAll(good, ";", ",")))
	f.Fuzz(func(t *testing.T, body []byte) {
		feedtest.Holds(t, Format(), feed.Options{}, feed.Payload{Name: "kerg2.csv", Body: body, Seq: 1})
	})
}

// night is a file of 300 areas.
func night() []byte {
	areas := []string{area(bund, "", 20, 12, 1, 2, 11, 10, 5, 6, 4, 4, 2)}
	for i := range 300 {
		areas = append(areas, area(fmt.Sprintf("Wahlkreis;%03d;Kreis %d;BUND;99", i+1, i+1), "ROT", 20, 12, 1, 2, 11, 10, 5, 6, 4, 4, 2))
	}
	return []byte(file(header2025, "Vorläufig", areas...))
}

func BenchmarkDecode(b *testing.B) {
	body := night()
	d, err := Format().New(feed.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Decode(feed.Payload{Name: "kerg2.csv", Body: body, Seq: 1}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestThePageShowsTheMapping(t *testing.T) {
	page, err := os.ReadFile("../../../docs/feeds/kerg2.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "```toml\n"+string(mapping)+"```\n") {
		t.Error("docs/feeds/kerg2.md does not hold mapping.toml as it is")
	}
}
