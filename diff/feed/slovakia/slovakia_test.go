package slovakia

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
	okresy    = "KRAJ|NKRAJ|OBVOD|NOBVOD|OKRES|NOKRES|P_ALL_OKRSOK\n1|\"Horný kraj\"|101|\"Mesto\"|101|\"Mesto I\"|4\n1|\"Horný kraj\"|101|\"Mesto\"|102|\"Mesto II\"|6\n"
	psubjekty = "PS|NPS|P_STR|P_KAN|POZNAMKA\n1|\"Prvá\"|1|2|\n2|\"Druhá\"|3|1|\n"
	kandidati = "PS|PC_HL|MENO|PRIEZVISKO|POZNAMKA\n1|1|\"Eva\"|\"Malá\"|\n1|2|\"Ján\"|\"Nový\"|\n2|1|\"Oto\"|\"Kos\"|\n"
	sumaHead  = "P_ALL_OKRSOK|P_OKRSOK|P_OKRSOK_PCT|P_ZAP|P_ZUC|UCAST|P_OO|P_OO_PCT|P_HL|P_HL_PCT|P_HL_PS01|P_HL_PS01_PCT|P_HL_PS02|P_HL_PS02_PCT|DAT_AKT\n"
)

func suma(at string) string {
	return sumaHead + "10|3|30,00|900|500|55,55|499|99,80|480|96,19|300|62,50|180|37,50|" + at + "\n"
}

func turnout(at string) string {
	return "OKRES|P_OKRSOK|P_ZAP|P_ZUC|P_OO|P_HL|DAT_AKT\n101|2|600|300|299|290|" + at + "\n102|1|300|200|200|190|\n"
}

func votes(at string) string {
	return "OKRES|PS|P_HL_PS|DAT_AKT\n101|1|200|" + at + "\n101|2|90|\n102|1|100|\n102|2|90|\n"
}

func preferences(at string) string {
	return "PS|PC_HL|P_HL_KAN|DAT_AKT\n1|1|40|" + at + "\n1|2|2|\n2|1|0|\n"
}

func decoder(t *testing.T) feed.Decoder {
	t.Helper()
	d, err := Format().New(feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range [][2]string{{"okresy", okresy}, {"psubjekty", psubjekty}, {"kandidati", kandidati}} {
		if _, err := d.Decode(payload(f[0], f[1])); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func payload(name, body string) feed.Payload {
	return feed.Payload{Name: "nrsr2023_med_" + name + ".csv", Body: []byte(body), Seq: 1}
}

func TestFourFilesOfOneMomentAreOneUpdate(t *testing.T) {
	d := decoder(t)
	const now, before = "01.10.2023 01:10:00", "01.10.2023 01:00:00"
	var u snapshot.Update
	for i, f := range [][2]string{{"suma_sr", suma(now)}, {"sv_okr", turnout(now)}, {"kan_sr", preferences(before)}, {"ps_okr", votes(now)}, {"kan_sr", preferences(now)}} {
		us, err := d.Decode(payload(f[0], f[1]))
		if err != nil || len(us) != 1 {
			t.Fatal(us, err)
		}
		if u = us[0]; i < 4 && (len(u.Results) > 0 || len(u.Findings) != 1 || u.Findings[0].Code != "F_WAITING") {
			t.Errorf("payload %d: %+v", i, u)
		}
	}
	if len(u.Findings) != 0 || !u.Stamp.Time.Equal(time.Date(2023, 9, 30, 23, 10, 0, 0, time.UTC)) {
		t.Errorf("findings %v, stamp %v", u.Findings, u.Stamp.Time)
	}
	n, v := snapshot.Of, func(list ...any) []snapshot.ChoiceVotes {
		var out []snapshot.ChoiceVotes
		for i := 0; i < len(list); i += 2 {
			out = append(out, snapshot.ChoiceVotes{Key: list[i].(string), Votes: snapshot.Of(int64(list[i+1].(int)))})
		}
		return out
	}
	partial := snapshot.UnofficialPartial
	want := []snapshot.RaceResult{
		{Contest: "nr", Unit: "sk", Votes: v("1", 300, "2", 180), Status: partial,
			Totals: snapshot.Totals{Valid: n(480), Ballots: n(500), Electorate: n(900), UnitsIn: n(3), UnitsTotal: n(10)}},
		{Contest: "nr", Unit: "okres-101", Votes: v("1", 200, "2", 90), Status: partial,
			Totals: snapshot.Totals{Valid: n(290), Ballots: n(300), Electorate: n(600), UnitsIn: n(2), UnitsTotal: n(4)}},
		{Contest: "nr", Unit: "okres-102", Votes: v("1", 100, "2", 90), Status: partial,
			Totals: snapshot.Totals{Valid: n(190), Ballots: n(200), Electorate: n(300), UnitsIn: n(1), UnitsTotal: n(6)}},
		{Contest: "prednostne-1", Unit: "sk", Votes: v("1", 40, "2", 2)},
		{Contest: "prednostne-2", Unit: "sk", Votes: v("1", 0)},
	}
	if fmt.Sprintf("%+v", u.Results) != fmt.Sprintf("%+v", want) {
		t.Errorf("got  %+v\nwant %+v", u.Results, want)
	}
	if got := fmt.Sprint(u.Units); got != "[{sk  Slovensko country} {kraj-1 sk Horný kraj district} {okres-101 kraj-1 Mesto I district} {okres-102 kraj-1 Mesto II district}]" {
		t.Errorf("units %s", got)
	}
	if c := u.Contests; len(c) != 3 || c[0].Seats != 150 || c[0].Choices[1].Name != "Druhá" || c[1].Name != "Prednostné hlasy: Prvá" || c[1].Choices[1].Name != "Ján Nový" {
		t.Errorf("contests %+v", c)
	}
}

func TestBeforeTheCountAloneTheSumHasARow(t *testing.T) {
	d := decoder(t)
	cut := func(s string) string { return s[:strings.Index(s, "\n")+1] }
	var u snapshot.Update
	for _, f := range [][2]string{{"sv_okr", cut(turnout(""))}, {"ps_okr", cut(votes(""))}, {"kan_sr", cut(preferences(""))},
		{"suma_sr", sumaHead + "10|0|0,00||||||||||||12.09.2023 08:50:00\n"}} {
		us, err := d.Decode(payload(f[0], f[1]))
		if err != nil {
			t.Fatal(err)
		}
		u = us[0]
	}
	want := snapshot.RaceResult{Contest: "nr", Unit: "sk", Votes: []snapshot.ChoiceVotes{{Key: "1"}, {Key: "2"}}, Status: snapshot.PreElection,
		Totals: snapshot.Totals{UnitsIn: snapshot.Of(0), UnitsTotal: snapshot.Of(10)}}
	if len(u.Results) != 1 || fmt.Sprintf("%+v", u.Results[0]) != fmt.Sprintf("%+v", want) {
		t.Errorf("got %+v\nwant %+v", u.Results, want)
	}
}

func TestResultsWaitForTheCodeLists(t *testing.T) {
	d, err := Format().New(feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	us, err := d.Decode(payload("suma_sr", suma("01.10.2023 01:10:00")))
	if err != nil || len(us[0].Results) > 0 || us[0].Findings[0].Code != "F_WAITING" {
		t.Errorf("%+v, %v", us, err)
	}
}

func TestADamagedFileIsRefused(t *testing.T) {
	const at = "01.10.2023 01:10:00"
	for name, x := range map[string]struct{ file, body, code, field string }{
		"cut in a line":      {"kan_sr", strings.TrimSuffix(preferences(at), "\n"), "E_TRUNCATED", ""},
		"a header alone":     {"suma_sr", sumaHead, "E_EMPTY", ""},
		"no stamp":           {"ps_okr", votes(""), "E_MISSING", "DAT_AKT"},
		"a wrong stamp":      {"ps_okr", votes("31.02.2023 01:00:00"), "E_TIME", "DAT_AKT"},
		"the lost hour":      {"ps_okr", votes("26.03.2023 02:30:00"), "E_TIME", "DAT_AKT"},
		"a column more":      {"sv_okr", strings.Replace(turnout(at), "|P_OO|", "|P_OX|P_OO|", 1), "E_CSV", ""},
		"a list twice":       {"ps_okr", strings.Replace(votes(at), "101|2|", "101|1|", 1), "E_DUPID", "PS"},
		"a district twice":   {"sv_okr", strings.Replace(turnout(at), "\n102|", "\n101|", 1), "E_CSV", "P_HL"},
		"votes below zero":   {"kan_sr", strings.Replace(preferences(at), "|40|", "|-4|", 1), "E_NEGATIVE", "P_HL_KAN"},
		"votes of a list":    {"suma_sr", strings.Replace(suma(at), "|300|", "|3 0|", 1), "E_NUMBER", "P_HL_PS01"},
		"an unknown file":    {"obce", "a|b\n", "E_IDENTITY", ""},
		"a page of an error": {"suma_sr", "<html>", "E_NOT_FEED", ""},
	} {
		us, err := decoder(t).Decode(payload(x.file, x.body))
		var r *feed.Refusal
		if !errors.As(err, &r) || r.Code != x.code || r.Field != x.field || us != nil {
			t.Errorf("%s: %v, want %s in %q", name, err, x.code, x.field)
		}
	}
}

func FuzzDecode(f *testing.F) {
	const at = "01.10.2023 01:10:00"
	for i, body := range []string{okresy, psubjekty, kandidati, suma(at), turnout(at), votes(at), preferences(at), votes(at)[:40]} {
		f.Add(byte(i), []byte(body))
	}
	names := []string{"okresy", "psubjekty", "kandidati", "suma_sr", "sv_okr", "ps_okr", "kan_sr", "x"}
	f.Fuzz(func(t *testing.T, which byte, body []byte) {
		feedtest.Holds(t, Format(), feed.Options{}, payload(names[int(which)%len(names)], string(body)))
	})
}

func TestThePageShowsTheMapping(t *testing.T) {
	page, err := os.ReadFile("../../../docs/feeds/slovakia.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "```toml\n"+string(mapping)+"```\n") {
		t.Error("docs/feeds/slovakia.md does not hold mapping.toml as it is")
	}
}
