package delimited

import (
	"fmt"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
)

// reads decodes one payload and returns the results and the codes of findings,
// or the refusal.
func reads(t *testing.T, mapping, name, body string) string {
	t.Helper()
	us, err := decoderOf(t, mapping).Decode(payload(name, body))
	if err != nil {
		return err.Error()
	}
	return results1(us[0])
}

// blocksOf is a report in which contest and place stand in the first row of
// their block only.
const blocksOf = `
[[file]]
name  = "r*.csv"
carry = ["place", "office"]
[[file.row]]
unit    = { key = "{place}" }
contest = { key = "{office}" }
choice  = { key = "{name}" }
votes   = "{votes}"
`

func TestAnEmptyCellOfACarriedColumnRepeatsTheOneAbove(t *testing.T) {
	for body, want := range map[string]string{
		"P,M,A,1\n,,B,2\n,,,\n ,N,A,3\n,,B,4\n": "M in P: A=1 B=2; N in P: A=3 B=4",
		"P,M,A,1\nQ,M,A,2\n,,B,3\n":             "M in P: A=1; M in Q: A=2 B=3",
		"P,M,A,1\nP,,B,2\n":                     "M in P: A=1 B=2",
		"P,,A,1\n":                              `nothing identifies the contest`,
		"P,M,A,1\nQ,,A,2\n":                     `line 3 place "Q" field "office": nothing identifies the contest`, // not Q's own
	} {
		if got := reads(t, blocksOf, "r.csv", head+body); !strings.HasSuffix(got, want) {
			t.Errorf("%q:\n got %s\nwant %s", body, got, want)
		}
	}
}

func TestACarriedCellWithAliasAndQuotesIsKept(t *testing.T) {
	m := strings.Replace(blocksOf, "[[file.row]]", "[file.alias]\noffice = [\"Contest\"]\n[[file.row]]", 1)
	if got, want := reads(t, m, "r.csv", "place,Contest,name,votes\nP,\"M \"\"x\"\"\",A,1\n,,\"B \"\"y\"\" and more\",2\n"), `M "x" in P: A=1 B "y" and more=2`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// wide is a statement of votes: a block of columns for each candidate, whose
// name stands above the first of them.
const wide = `
[[file]]
name = "r*.csv"
header = 3
header_lines = 2
[[file.row]]
columns = "{name} / Total"
unit    = { key = "{place}" }
contest = { key = "m" }
choice  = { key = "{name}" }
votes   = "{cell}"
[[file.row]]
columns  = "{name} / {channel}"
unless   = { channel = "Total" }
unit     = { key = "{place}" }
contest  = { key = "m" }
choice   = { key = "{name}" }
channels = [{ name = "{channel}", votes = "{cell}" }]
`

func TestAColumnIsNamedByAllLinesOfItsHeader(t *testing.T) {
	const top = "Report\n,Ada,,Bo,,\nplace,Mail,Total,Mail,Total\n"
	for body, want := range map[string]string{
		top + "P,1,5,2,6\n": "m in P: Ada=5 Bo=6 [Mail Ada=1 Bo=2]",
		strings.Replace(top, ",Bo,,", ",,,", 1) + "P,1,5,2,6\n":     `the header has the column "Ada / Mail" twice`,
		strings.Replace(top, ",Bo,,", ",Bo,,Cy", 1) + "P,1,5,2,6\n": "a line of the header is longer than the last one",
		strings.Replace(top, "Ada", "\"Ada", 1) + "P,1,5,2,6\n":     "a quotation mark is not closed",
	} {
		if got := reads(t, wide, "r.csv", body); !strings.Contains(got, want) {
			t.Errorf("%q:\n got %s\nwant %s", body, got, want)
		}
	}
	twice := strings.Replace(wide, `name = "{channel}"`, `name = "Cast"`, 1)
	if got, want := reads(t, twice, "r.csv", strings.Replace(top, "Mail,Total,Mail", "Mail,Early,Mail", 1)+"P,1,5,2,6\n"), `choice "Ada" twice in channel "Cast" of one race`; !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	for n, want := range map[int]string{16: "m in P: Ada=5 ", 17: `E_COUNT feed "f" file "in/r.csv" line 4 place "P m" field "Ada / c16": channel "c16" is one more than the 16`} {
		var upper, last, cells string
		for i := range n {
			upper, last, cells = upper+",", fmt.Sprintf("%s,c%d", last, i), cells+",1"
		}
		if got := reads(t, wide, "r.csv", "Report\n,Ada"+upper+"\nplace,Total"+last+"\nP,5"+cells+"\n"); !strings.HasPrefix(got, want) {
			t.Errorf("%d channels: %s", n, got)
		}
	}
	found := strings.Replace(wide, "header = 3", `header_starts = "place"`, 1)
	if got, want := reads(t, found, "r.csv", top+"P,1,5,2,6\n"), "m in P: Ada=5 Bo=6 [Mail Ada=1 Bo=2]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := reads(t, found, "r.csv", "place,a\nP,1\n"), "the header has 2 lines, and only 0 stand above"; !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestACellAboveEndsWithTheOneOverIt(t *testing.T) {
	row := func(s string) (out [][]byte) {
		for _, c := range strings.Split(s, ",") {
			out = append(out, []byte(c))
		}
		return out
	}
	names, ok := headerNames([][][]byte{row(",Sheriff,,,Coroner,"), row(",Ada,,Bo,,Cy")}, row("no,ED,Mail,ED,Cast,ED"))
	want := "no|Sheriff / Ada / ED|Sheriff / Ada / Mail|Sheriff / Bo / ED|Coroner / Cast|Coroner / Cy / ED"
	if got := strings.Join(names, "|"); !ok || got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestRulesOverColumnsMayGiveTheSameNames(t *testing.T) {
	for mapping, want := range map[string]string{
		strings.Replace(wide, "{channel} ", "{name} ", 1): "",
		wide: "",
		strings.Replace(wide, `"r*.csv"`, `"r{name}.csv"`, 1):                        `"name" would stand for two things: for a piece of the name of the file and of columns`,
		strings.Replace(wide, "{name} / Total", "{name} / {name}", 1):                `[[file.row]] 1, columns: "name" would stand for two things in one text`,
		strings.Replace(wide, `columns = "{name} / Total"`, "", 1):                   `[[file.row]] 1, columns: {cell} is known in a rule whose columns has it, and this rule's has not`,
		strings.Replace(wide, `"m"`, `"{channel}"`, 1):                               `{channel} is known in a rule whose columns has it`,
		strings.Replace(wide, "header = 3", "header = 3\ncarry = [\"name\"]", 1):     `carry: "name" is no column`,
		strings.Replace(wide, "header = 3", "header = 3\ncarry = [\"p\", \"p\"]", 1): `carry: the name "p" is empty or there twice`,
		strings.Replace(wide, "header = 3", "header = 1", 1):                         "header_lines: 2 is not possible",
		strings.Replace(wide, "header_lines = 2", "header_lines = 99", 1):            "header_lines: 99 is not possible",
		strings.Replace(wide, `key = "m"`, `key = "m[x]"`, 1):                        "brackets without a column in them",
	} {
		if want == "" {
			decoderOf(t, mapping)
			continue
		}
		checkMapping(t, mapping, want)
	}
}

// A column of the file that is called like a name of columns is another thing.
func TestAColumnNamedLikeAPieceOfColumnsIsNotTakenForIt(t *testing.T) {
	m := strings.NewReplacer("header = 3", "", "header_lines = 2", "").Replace(wide)
	if got, want := reads(t, m, "r.csv", "place,name,Ada / Total\nP,wrong,5\n"), "m in P: Ada=5; F_UNKNOWN_KEY"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAStarAtTheEndOfATextStandsForTheRest(t *testing.T) {
	table := "type = \"{name|t}\" }\n[values.t]\n\"Write*\" = \"write-in\"\n\"Write off\" = \"\"\n\"Writ*\" = \"abstention\"\n\"*\" = \"\""
	m := strings.Replace(fmt.Sprintf(simple, "", ""), `name = "{name}" }`, `name = "{name}", `+table, 1)
	m = strings.Replace(m, "[values.t]", "", 1) // the table goes to the end
	m = strings.Replace(m, strings.TrimPrefix(table, "type = \"{name|t}\" }\n[values.t]\n"), "", 1) + "\n[values.t]\n" + strings.TrimPrefix(table, "type = \"{name|t}\" }\n[values.t]\n")
	us, err := decoderOf(t, m).Decode(payload("r.csv", head+"P,M,Write-ins: 3,1\nP,M,Write off,2\nP,M,Writ of none,4\nP,M,Ada,5\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range us[0].Contests[0].Choices {
		got = append(got, string(c.Type))
	}
	if strings.Join(got, "|") != "write-in||abstention|" {
		t.Errorf("types %q", got)
	}
}

func TestAConditionMayEndWithAStar(t *testing.T) {
	const rule = "[[file.row]]\nwhen = { name = %q }\nunit = { key = \"{place}\" }\ncontest = { key = \"{office}\" }\ntotals = { valid = \"{votes}\" }"
	for text, want := range map[string]string{
		"Total*":      "valid 9",
		"Total votes": "valid 9",
		"Total":       "",
		"T*l votes":   "", // only at the end
	} {
		got := reads(t, fmt.Sprintf(simple, "", fmt.Sprintf(rule, text)), "r.csv", head+"P,M,Total votes,9\n")
		if !strings.HasSuffix(got, strings.TrimSuffix("M in P: Total votes=9 "+want, " ")) {
			t.Errorf("%s: %s", text, got)
		}
	}
	skip := "[[file.row]]\nskip = true\nunless = { place = \"*\" }\n"
	m := strings.Replace(fmt.Sprintf(simple, "", ""), "[[file.row]]", skip+"[[file.row]]", 1)
	if got, want := reads(t, m, "r.csv", head+",M,A,1\nP,M,A,2\n"), "M in P: A=2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	m = strings.Replace(fmt.Sprintf(simple, "", ""), "[[file.row]]", "[[file.row]]\nwhen = { office = \"M [[x]]\" }", 1)
	if got, want := reads(t, m, "r.csv", head+"P,M [x],A,2\n"), "M [x] in P: A=2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A spreadsheet fills every line up with separators, and sets a line with a
// comma in quotation marks.
func TestThePreambleOfASpreadsheetIsReadByCells(t *testing.T) {
	const m = `
header = 3
stamp = { from = "{time}", layout = "YYYY-MM-DD hh:mm" }
title = "{title}"
[file.preamble]
title = { line = 1, cell = 1 }
run   = { starts = "Run", cell = 1, like = "Run, {time}" }
`
	const body = "Report,,,\n\"Run, 2026-11-03 21:00\",,,\n" + head + "P,M,A,1\n"
	us, err := decoderOf(t, fmt.Sprintf(simple, m, "")).Decode(payload("r.csv", body))
	if err != nil || us[0].Name != "Report" || us[0].Stamp.Time.Format("15:04") != "21:00" {
		t.Fatal(us, err)
	}
	want := "is not like \"Run, {time}\" (cell = 1 takes the first cell without its quotation marks)"
	if got := reads(t, fmt.Sprintf(simple, strings.Replace(m, `starts = "Run", cell = 1`, `starts = "Run"`, 1), ""), "r.csv", body); !strings.HasSuffix(got, want) {
		t.Errorf("got %s", got)
	}
	if got := reads(t, fmt.Sprintf(simple, m, ""), "r.csv", strings.Replace(body, `21:00"`, "21:00", 1)); !strings.Contains(got, `E_CSV`) || !strings.Contains(got, "line 2") {
		t.Errorf("got %s", got)
	}
}

func TestAMappingThatIsNotThereIsSaidToBeMissing(t *testing.T) {
	_, err := New(feed.Options{})
	if err == nil || !strings.Contains(err.Error(), "none is named (mapping in [[feed]], or --mapping)") {
		t.Error(err)
	}
}

func TestALaterRuleAddsWhatAnEarlierOneLeftOpen(t *testing.T) {
	const more = `
[[file.row]]
unit    = { key = "{place}" }
contest = { key = "{office}", type = "party", seats = "2", heading = "Council", order = "3" }
choice  = { key = "{name}", party = "P", number = "7", detail = "D", type = "write-in" }
`
	us, err := decoderOf(t, "count_unit = \"ward\"\n"+fmt.Sprintf(simple, "", more)).Decode(payload("r.csv", head+"P,M,A,1\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := us[0].Contests[0]
	x := c.Choices[0]
	if c.Name != "M" || c.Type != "party" || c.Seats != 2 || c.Heading != "Council" || c.Order != 3 || c.CountUnit != "ward" {
		t.Errorf("contest %+v", c)
	}
	if x.Name != "A" || x.Party != "P" || x.Number != "7" || x.Detail != "D" || x.Type != "write-in" {
		t.Errorf("choice %+v", x)
	}
}
