package delimited

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
)

func TestAMappingIsCheckedWholeBeforeTheFirstPayload(t *testing.T) {
	for mapping, want := range map[string]string{
		"":                      "none is named",
		"x = 1":                 `line 1, column 1: there is no setting "x"`,
		"[[file]]\nnmae = \"\"": `line 2, column 1: there is no setting "file.nmae"; did you mean "name"?`,
		"[[file]]\nname = \"*\"\n[[file.row]]\nunit = { kee = \"x\" }": `line 4, column 10: there is no setting "file.row.kee"; did you mean "key"?`,
		"zone = 3":                                  "line 1, column 8: zone takes another kind of value than a integer",
		"zone = \"Mars/Olympus\"":                   `line 1, column 9: zone: "Mars/Olympus" is no time zone`,
		"zone = \"":                                 "line 1",
		"zone = \"UTC\"":                            "there is no [[file]]",
		"phase = \"tst\"":                           `line 1, column 10: phase: "tst" is not allowed; did you mean "test"?`,
		"[[unit]]\nname = \"N\"":                    `line 2, column 9: unit.key: a [[unit]] needs a key`,
		"[[unit]]\nkey = \"k\"\ntype = \"city\"":    `line 3, column 9: unit.type: "city" is not allowed; allowed are "country"`,
		"[[contest]]\nname = \"N\"":                 "contest.key",
		"[[contest]]\nkey = \"k\"\ntype = \"x\"":    `contest.type: "x" is not allowed`,
		"[[contest]]\nkey = \"k\"\nseats = \"two\"": `line 3, column 10: contest: "two" is no number`,
		"[[contest]]\nkey = \"k\"\n[[contest.choice]]\nname = \"N\"":       "contest.choice.key",
		"[values.kind]\n\"*\" = \"x\"\nzone = \"America/Boise\"\n[[file]]": "line 3, column 9: zone: it stands in the table [values.kind]; what stands in no table comes first",
		"[[file]]": "[[file]] 1, name: a [[file]] needs a name",
	} {
		checkMapping(t, mapping, want)
	}
	for settings, want := range map[string]string{
		`role = "result"`:                   `line 4, column 9: [[file]] 1, role: "result" is not allowed; did you mean "results"?`,
		`separator = "||"`:                  `separator: "||" is no separator; allowed is one character`,
		`encodings = ["latin"]`:             `encodings: "latin" is not an encoding; known are utf-8`,
		`zip = "["`:                         `zip: "[" is no pattern`,
		`header = -1`:                       "header: -1 is no line",
		`header = 0`:                        "a file without a header needs columns",
		"header = 1\nheader_starts = \"x\"": "exclude each other",
		"header = 0\ncolumns = [\"a\"]\noptional = [\"a\"]":               "no optional columns",
		`columns = ["a", "a"]`:                                            `the name "a" is empty or there twice`,
		`columns = ["place", "office", "name", "vote"]`:                   `there is no column "votes"; did you mean "vote"?`,
		`ignore = ["{x"]`:                                                 `ignore: "{x" has a "{" without a name`,
		`preamble = { a = {} }`:                                           "preamble: a needs either line or starts",
		`preamble = { a = { line = 1, like = "{" } }`:                     "has a \"{\" without",
		`preamble = { a = { line = 1 }, b = { line = 2, like = "{a}" } }`: `"a" would stand for two things`,
		`counts = { thousands = "x" }`:                                    `counts.thousands: "x" is not allowed`,
		`counts = { decimal = ";" }`:                                      `counts.decimal: ";" is not allowed`,
		`counts = { decimal = ",", thousands = "," }`:                     `both ","`,
		`counts = { negative = "0" }`:                                     `counts.negative: "0" is not allowed`,
		`stamp = { from = "now" }`:                                        `stamp.from: allowed are "receipt"`,
		`stamp = { from = "receipt", layout = "YYYY" }`:                   "layout and row belong to a stamp that stands in the file",
		`stamp = { from = "{votes}" }`:                                    "has no part of a time",
		`stamp = { from = "{votes}", layout = "YYYY-QQ" }`:                `"QQ" is none of YYYY`,
		`stamp = { from = "{votes}", layout = "YYYY", row = "last" }`:     `stamp.row: "last" is not allowed`,
		`agree = "x"`: "can only agree in a stamp that stands in them",
		"agree = \"x\"\nstamp = { from = \"{votes}\", layout = \"YYYY\" }": "no other [[file]] has agree",
		`best = { of = "{votes}" }`:                                        "best needs of and order",
		`zeros = "none"`:                                                   `zeros: "none" is not allowed`,
		`sums = ["votes"]`:                                                 `a sum is written like`,
		`sums = ["vote = valid"]`:                                          `"vote" is no count; did you mean "votes"?`,
		`complete = { group = "{place}" }`:                                 "group goes with groups, equal or both",
		`complete = { last = { name = 3 } }`:                               "name takes a text or a list of texts",
		`scope = "{place"`:                                                 `has a "{" without "}"`,
		`scope = "a]"`:                                                     "bracket that does not fit",
		`scope = "[a"`:                                                     `has a "[" without "]"`,
		`scope = "{}"`:                                                     "names no column",
		`scope = "{place|x}"`:                                              `there is no table [values.x]`,
	} {
		checkMapping(t, fmt.Sprintf(simple, settings, ""), want)
	}
	for row, want := range map[string]string{
		`status = "final"`: `[[file]] 1, [[file.row]] 1, status: "final" is not allowed`,
		`outcome = "{name|o}"` + "\n[values.o]\nx = \"won\"":                        `outcome: "won" is not allowed`,
		"[[file.row]]\nvotes = \"{votes}\"":                                         "[[file.row]] 2, unit: the rule names neither a unit nor a contest",
		"[[file.row]]\nskip = true\nvotes = \"{votes}\"":                            "a rule that skips rows says nothing else",
		"[[file.row]]\nunit = { name = \"x\" }":                                     "unit.key: there is no key",
		"[[file.row]]\nunit = { key = \"{place}{name}\" }":                          "two columns need a text between them",
		"[[file.row]]\nunit = { key = \"x\", type = \"town\" }":                     `unit.type: "town" is not allowed`,
		"[[file.row]]\nunit = { key = \"x\" }\nchoice = { key = \"y\" }":            "a choice needs its contest",
		"[[file.row]]\nunit = { key = \"x\" }\nvotes = \"{votes}\"":                 "votes need a unit, a contest and a choice",
		"[[file.row]]\nunit = { key = \"x\" }\nstatus = \"by units\"":               "a status needs a unit and a contest",
		"[[file.row]]\ncontest = { key = \"x\" }\ntotals = { valid = \"{votes}\" }": "totals need a unit",
		"[[file.row]]\ncontest = { key = \"x\", choice = [ { key = \"y\" } ] }":     "choices of a row stand in choice",
		"channels = [ { name = \"x\" } ]":                                           "channel 1 needs name and votes",
	} {
		checkMapping(t, fmt.Sprintf(simple, "", row), want)
	}
	checkMapping(t, fmt.Sprintf(simple, `role = "definitions"`, ""), "a file of definitions has no votes")
	checkMapping(t, "[[file]]\nname = \"x\"", "there is no [[file.row]]")
}

func checkMapping(t *testing.T, mapping, want string) {
	t.Helper()
	_, err := New(feed.Options{Mapping: []byte(mapping)})
	if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "read the mapping: ") {
		t.Errorf("got %v\nwant …%s…\nof %s", err, want, mapping)
	}
}

func TestTemplatesLeaveOutWhatIsEmpty(t *testing.T) {
	s := slots{at: map[string]int{}, values: map[string]*valueTable{"t": newValueTable(map[string]string{"x": "X", "y": "", "*": "*"}), "e": newValueTable(map[string]string{"": "E"})}}
	for _, c := range []struct{ template, a, b, want string }{
		{"plain", "", "", "plain"},
		{"{a}", "1", "", "1"},
		{"{a}-{b}", "1", "2", "1-2"},
		{"{a}-{b}", "1", "", "1-"},
		{"{a}-{b}", "", "", ""},
		{"k-{a}[-{b}]", "1", "", "k-1"},
		{"k-{a}[-{b}]", "1", "2", "k-1-2"},
		{"k[-{b}]", "", "", "k"},
		{"{a|e}", "", "", "E"},
		{"k[-{a}/{b}]", "1", "", "k"},
		{"{{{a}}", "1", "", "{1}"},
		{"[[{a}]]", "1", "", "[1]"},
		{"{a|number}", "0070", "", "70"},
		{"{a|number}", "000", "", "0"},
		{"{a|t}", "x", "", "X"},
		{"{a|t}", "y", "", ""},
		{"{a|t}", "z", "", "z"},
		{"n{a|t}", "x", "", "nX"},
	} {
		tpl, err := s.template(c.template)
		if err != nil {
			t.Fatal(err)
		}
		s.of("a")
		s.of("b")
		r := row{at: []int{-1, -1}, fixed: make([][]byte, 2)}
		r.fixed[s.at["a"]], r.fixed[s.at["b"]] = []byte(c.a), []byte(c.b)
		if got, refusal := tpl.value(&r); refusal != nil || string(got) != c.want {
			t.Errorf("%s of %q, %q is %q, %v; want %q", c.template, c.a, c.b, got, refusal, c.want)
		}
	}
}

func TestLayoutsOfTimesAreWrittenInWords(t *testing.T) {
	for layout, value := range map[string]string{
		"DD.MM.YYYY hh:mm:ss": "03.02.2026 04:05:06", "YYYY-MM-DDThh:mm:ssZ": "2026-02-03T04:05:06Z", "M/D/YY h:mm am": "2/3/26 4:05 am",
		"MON DD YYYY h:mm AM": "Feb 03 2026 4:05 AM", "MONTH D, YYYY hh:mm": "February 3, 2026 04:05",
	} {
		l, err := goLayout(layout)
		if err != nil {
			t.Fatal(err)
		}
		got, err := time.Parse(l, value)
		if err != nil || got.Truncate(time.Minute) != time.Date(2026, 2, 3, 4, 5, 0, 0, time.UTC) {
			t.Errorf("%s reads %q as %v, %v", layout, value, got, err)
		}
	}
}

func TestAPresetTakesNoOtherMapping(t *testing.T) {
	f := Preset(feed.Format{Name: "p", Doc: "d", Zone: "UTC"}, []byte(joined))
	if _, err := f.New(feed.Options{Mapping: []byte("x")}); err == nil || !strings.Contains(err.Error(), "brings its own mapping") {
		t.Error(err)
	}
	if _, err := f.New(feed.Options{}); err != nil {
		t.Error(err)
	}
}

func TestTheOrderOfChoicesDoesNotDependOnTheRows(t *testing.T) {
	for _, c := range []struct {
		x, y string
		want int
	}{{"2", "10", -1}, {"b", "a", 1}, {"", "1", 1}, {"1", "", -1}, {"", "", 0}, {"5", "a", -1}, {"a", "5", 1}, {"-1", "0", -1}} {
		if got := byOrder(c.x, c.y); got != c.want {
			t.Errorf("%q and %q: %d, want %d", c.x, c.y, got, c.want)
		}
	}
}
