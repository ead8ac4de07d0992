package delimited

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
)

// blocks are the blocks of a language on the page for operators.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/feeds/delimited.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, b := range strings.Split(string(page), "```"+language+"\n")[1:] {
		b, _, _ = strings.Cut(b, "```")
		out = append(out, b)
	}
	return out
}

func TestTheCountyOnThePageIsReadAsThePageSays(t *testing.T) {
	mappings, files := blocks(t, "toml"), blocks(t, "csv")
	if len(mappings) != 4 || len(files) != 3 {
		t.Fatalf("%d blocks of toml, %d of csv", len(mappings), len(files))
	}
	d := decoderOf(t, mappings[1])
	us, err := d.Decode(payload("oak-2130.csv", files[0]))
	if err != nil {
		t.Fatal(err)
	}
	want := `contest Mayor "Mayor" candidate | Fern, Ada "Fern, Ada" GRN | Moss, Bo "Moss, Bo" BLU | Write-in "Write-in" write-in
unit oak "Oak County" county in ""
unit oak/101 Mill Road "101 Mill Road" precinct in "oak"
unit oak/102 Town Hall "102 Town Hall" precinct in "oak"
Mayor in oak/101 Mill Road: Fern, Ada=1204 Moss, Bo=800 Write-in=0 electorate 2500 [By mail Fern, Ada=400 Moss, Bo=100 Write-in=0]
Mayor in oak/102 Town Hall: Fern, Ada=absent Moss, Bo=absent Write-in=absent electorate 1800`
	if got := text(us[0]); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if at := us[0].Stamp.Time.UTC().Format("2006-01-02 15:04"); at != "2026-11-04 03:30" || us[0].Scope != "oak" || us[0].Contests[0].Seats != 1 {
		t.Errorf("stamp %s, scope %q", at, us[0].Scope)
	}
	for what, body := range map[string]string{"E_INCOMPLETE": strings.TrimSuffix(files[0], "END OF REPORT\n"), "E_CSV": strings.Replace(files[0], "Party", "Partei", 1)} {
		if _, err := d.Decode(payload("oak-2130.csv", body)); err == nil || err.(*feed.Refusal).Code != what {
			t.Errorf("got %v, want %s", err, what)
		}
	}
}

func TestTheOtherShapesOnThePageAreReadAsThePageSays(t *testing.T) {
	mappings, files := blocks(t, "toml")[2:], blocks(t, "csv")[1:]
	blocks, err := decoderOf(t, mappings[0]).Decode(payload("juniper-1.csv", files[0]))
	if err != nil {
		t.Fatal(err)
	}
	want := `contest Sheriff (Vote for 1) "Sheriff (Vote for 1)" candidate | DOE, JANE "JD" "DOE, JANE \"JD\"" REP | ROE, RICK "ROE, RICK" DEM | Write-in "Write-in" write-in
contest Measure 4: Library "Measure 4: Library" ballot-measure | Yes "Yes" | No "No"
unit juniper "Juniper County" county in ""
Sheriff (Vote for 1) in juniper: DOE, JANE "JD"=1504 ROE, RICK=1550 Write-in=15 valid 3069 [Absentee DOE, JANE "JD"=300 ROE, RICK=450 Write-in=3]
Measure 4: Library in juniper: Yes=1800 No=1140 valid 2940 [Absentee Yes=500 No=240]`
	if got := text(blocks[0]); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	wide, err := decoderOf(t, mappings[1]).Decode(payload("pine-1.csv", files[1]))
	if err != nil {
		t.Fatal(err)
	}
	want = `contest Sheriff "Sheriff" candidate | Ada Fern "Ada Fern" GRN | Bo Moss "Bo Moss" BLU
unit pine "Pine County" county in ""
unit pine-101 "Elm School" precinct in "pine"
unit pine-102 "Fire House" precinct in "pine"
Sheriff in pine-101: Ada Fern=500 Bo Moss=380 electorate 1500 [Mail Ada Fern=100 Bo Moss=80]
Sheriff in pine-102: Ada Fern=340 Bo Moss=340 electorate 1100 [Mail Ada Fern=90 Bo Moss=60]
Sheriff in pine: Ada Fern=840 Bo Moss=720 electorate 2600 [Mail Ada Fern=190 Bo Moss=140]`
	if got := text(wide[0]); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// allSettings are the names of the settings of a table and of those inside it.
func allSettings(table reflect.Type, seen map[reflect.Type]bool) []string {
	if table = inner(table); seen[table] {
		return nil
	}
	seen[table] = true
	out := tags(table)
	for i := range out {
		out = append(out, allSettings(table.Field(i).Type, seen)...)
	}
	return out
}

func TestThePageExplainsEverySetting(t *testing.T) {
	page, err := os.ReadFile("../../../docs/feeds/delimited.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range allSettings(reflect.TypeFor[mapping](), map[reflect.Type]bool{}) {
		known := regexp.MustCompile("`" + name + "\\b|\\[\\[?([a-z]+\\.)?" + name + "\\b|\\b" + name + " = ")
		if !known.Match(page) {
			t.Errorf("the page says nothing of the setting %s", name)
		}
	}
}
