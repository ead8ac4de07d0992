package delimited

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// simple is a mapping of one file: place,office,name,votes.
const simple = `
[[file]]
name = "r*.csv"
%s
[[file.row]]
unit    = { key = "{place}", name = "{place}", type = "precinct" }
contest = { key = "{office}", name = "{office}" }
choice  = { key = "{name}", name = "{name}" }
votes   = "{votes}"
%s
`

const head = "place,office,name,votes\n"

func decoderOf(t *testing.T, mapping string) feed.Decoder {
	t.Helper()
	d, err := New(feed.Options{Mapping: []byte(mapping)})
	if err != nil {
		t.Fatalf("%v\n%s", err, mapping)
	}
	return d
}

func payload(name, body string) feed.Payload {
	return feed.Payload{Feed: "f", Name: "in/" + name, Body: []byte(body), Seq: 7, Received: time.Unix(1000, 0).UTC()}
}

// text shows everything an update says, a line each, in a fixed form.
func text(u snapshot.Update) string {
	var b strings.Builder
	for _, c := range u.Contests {
		fmt.Fprintf(&b, "contest %s %q %s", c.Key, c.Name, c.Type)
		for _, x := range c.Choices {
			fmt.Fprintf(&b, " | %s %q", x.Key, x.Name)
			if x.Party+string(x.Type) != "" {
				fmt.Fprintf(&b, " %s%s", x.Party, x.Type)
			}
		}
		b.WriteString("\n")
	}
	for _, x := range u.Units {
		fmt.Fprintf(&b, "unit %s %q %s in %q\n", x.Key, x.Name, x.Type, x.Parent)
	}
	for _, r := range u.Results {
		b.WriteString(result(r) + "\n")
	}
	for _, f := range u.Findings {
		fmt.Fprintf(&b, "%s %s\n", f.Code, f.Text)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func result(r snapshot.RaceResult) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s in %s:", r.Contest, r.Unit)
	for _, v := range r.Votes {
		fmt.Fprintf(&b, " %s=%s%s", v.Key, v.Votes, v.Outcome)
	}
	for i, n := range places(&r.Totals) {
		if n.Present() {
			fmt.Fprintf(&b, " %s %s", totalNames()[i], n)
		}
	}
	if r.Status != "" {
		fmt.Fprintf(&b, " %s", r.Status)
	}
	if r.Kind != "" {
		fmt.Fprintf(&b, " %s", r.Kind)
	}
	for _, ch := range r.Channels {
		fmt.Fprintf(&b, " [%s", ch.Name)
		for _, v := range ch.Votes {
			fmt.Fprintf(&b, " %s=%s", v.Key, v.Votes)
		}
		b.WriteString("]")
	}
	return b.String()
}

func results1(u snapshot.Update) string {
	var out []string
	for _, r := range u.Results {
		out = append(out, result(r))
	}
	for _, f := range u.Findings {
		out = append(out, f.Code)
	}
	return strings.Join(out, "; ")
}

func TestARowBecomesAChoiceInARace(t *testing.T) {
	d := decoderOf(t, fmt.Sprintf(simple, `scope = "night"`, ""))
	us, err := d.Decode(payload("r1.csv", head+"P 1,Mayor,Ada,3\nP 1,Mayor,Bo,\nP 2,Mayor,Bo,0\n"))
	if err != nil || len(us) != 1 {
		t.Fatal(us, err)
	}
	want := `contest Mayor "Mayor" candidate | Ada "Ada" | Bo "Bo"
unit P 1 "P 1" precinct in ""
unit P 2 "P 2" precinct in ""
Mayor in P 1: Ada=3 Bo=absent
Mayor in P 2: Bo=0`
	if got := text(us[0]); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if u := us[0]; u.Scope != "night" || u.Stamp.Seq != 7 || !u.Stamp.Time.Equal(time.Unix(1000, 0)) {
		t.Errorf("scope %q, stamp %+v", u.Scope, u.Stamp)
	}
}

// Each row: settings of the file, further settings of its row, the body, and
// the results and the codes of the findings.
func TestTheTextIsReadAsTheMappingSays(t *testing.T) {
	for name, x := range map[string]struct{ file, row, body, want string }{
		"semicolons":              {`separator = ";"`, "", "place;office;name;votes\nP;M;A, B;3\n", "M in P: A, B=3"},
		"tabs and CRLF":           {`separator = "\t"`, "", "place\toffice\tname\tvotes\r\nP\tM\tA\t3\r\n", "M in P: A=3"},
		"quotes":                  {"", "", head + "P,M,\"A \"\"Z\"\", b\",3\n", `M in P: A "Z", b=3`},
		"no quotes":               {"quotes = false", "", head + "P,M,A \"Z\" b,3\n", `M in P: A "Z" b=3`},
		"byte order mark":         {"", "", "\xef\xbb\xbf" + head + "P,M,A,3\n", "M in P: A=3"},
		"Windows-1252":            {`encodings = ["utf-8", "windows-1252"]`, "", head + "P,M,Jos\xe9,3\n", "M in P: José=3"},
		"line ends in quotes":     {"multiline = true", "", head + "P,M,\"A\nB\",3\nP,M,C,4\n", "M in P: A\nB=3 C=4"},
		"spaces around cells":     {"trim = true", "", head + "P , M, A , 3\n", "M in P: A=3"},
		"columns in any order":    {"", "", "votes,name,office,place\n3,A,M,P\n", "M in P: A=3"},
		"columns nobody knows":    {"", "", "place,office,name,votes,x,y_pct\nP,M,A,3,9,9\n", "M in P: A=3; F_UNKNOWN_KEY; F_UNKNOWN_KEY"},
		"columns to ignore":       {`ignore = ["x", "*_pct"]`, "", "place,office,name,votes,x,y_pct\nP,M,A,3,9,9\n", "M in P: A=3"},
		"declared columns":        {`columns = ["place","office","name","votes","more"]` + "\n" + `optional = ["more"]`, "", head + "P,M,A,3\n", "M in P: A=3"},
		"no header":               {"header = 0\n" + `columns = ["place","office","name","votes"]`, "", "P,M,A,3\n", "M in P: A=3"},
		"header below a preamble": {`header_starts = "place"`, "", "Report\nof 5 o'clock \"x\n" + head + "P,M,A,3\n", "M in P: A=3"},
		"header in a line":        {"header = 3", "", "Report\n\n" + head + "P,M,A,3\n", "M in P: A=3"},
		"another name of a column": {"", "", "place,office,name,Votes cast\nP,M,A,3\n",
			"M in P: A=3"},
		"empty lines":              {"", "", head + "\nP,M,A,3\n\n,,,\n", "M in P: A=3"},
		"footnotes":                {`end = "*"`, "", head + "P,M,A,3\n*: not final, \"yet\n", "M in P: A=3"},
		"footnotes after a gap":    {`end = ""`, "", head + "P,M,A,3\n\nnotes\n", "M in P: A=3"},
		"no end of the last line":  {"final_newline = false", "", head + "P,M,A,3", "M in P: A=3"},
		"thousands":                {`counts = { thousands = "," }`, "", head + "P,M,A,\"1,234,567\"\nP,M,B,12\n", "M in P: A=1234567 B=12"},
		"thousands with spaces":    {`counts = { thousands = " " }`, "", head + "P,M,A,1\u00a0234\n", "M in P: A=1234"},
		"thousands, apostrophes":   {`counts = { thousands = "'" }`, "", head + "P,M,A,1’234\n", "M in P: A=1234"},
		"European numbers":         {`counts = { thousands = ".", decimal = "," }`, "", head + "P,M,A,\"1.234,00\"\n", "M in P: A=1234"},
		"decimals":                 {`counts = { decimal = "." }`, "", head + "P,M,A,12.0\n", "M in P: A=12"},
		"padded, with a sign":      {`counts = { padded = true, plus = true }`, "", head + "P,M,A,007\nP,M,B,+1\n", "M in P: A=7 B=1"},
		"words for no number":      {`absent = ["-", "n/a"]`, "", head + "P,M,A,-\nP,M,B,n/a\n", "M in P: A=absent B=absent"},
		"estimates below zero":     {`counts = { negative = "absent" }`, "", head + "P,M,A,-5\n", "M in P: A=absent; F_DERIVED"},
		"zeros before the count":   {`zeros = "placeholders"`, "", head + "P,M,A,0\nP,M,B,0\n", "M in P: A=absent B=absent pre-election"},
		"zeros in the count":       {`zeros = "placeholders"`, "", head + "P,M,A,0\nP,M,B,1\n", "M in P: A=0 B=1"},
		"a status and a kind":      {"", `status = "certified"` + "\n" + `kind = "final"`, head + "P,M,A,1\n", "M in P: A=1 certified final"},
		"sums that hold":           {`sums = ["votes = valid"]`, `totals = { valid = "{votes}" }`, head + "P,M,A,1\n", "M in P: A=1 valid 1"},
		"sums that do not":         {`sums = ["votes = ballots"]`, `totals = { ballots = "9" }`, head + "P,M,A,1\n", "M in P: A=1 ballots 9; F_SUM"},
		"channels":                 {"", `channels = [ { name = "post", votes = "{votes}" } ]`, head + "P,M,A,1\n", "M in P: A=1 [post A=1]"},
		"enough rows":              {`complete = { min_rows = 2, group = "{place}", groups = 2, equal = true, last = { name = ["A", "Z"] } }`, "", head + "P,M,A,1\nQ,M,A,2\n", "M in P: A=1; M in Q: A=2"},
		"status by units, none in": {"", "status = \"by units\"\ntotals = { units_in = \"0\", units_total = \"4\" }", head + "P,M,A,0\n", "M in P: A=0 units_in 0 units_total 4 pre-election"},
		"status by units, some in": {"", "status = \"by units\"\ntotals = { units_in = \"1\", units_total = \"4\" }", head + "P,M,A,0\n", "M in P: A=0 units_in 1 units_total 4 unofficial-partial"},
		"status by units, all in":  {"", "status = \"by units\"\ntotals = { units_in = \"4\", units_total = \"4\" }", head + "P,M,A,0\n", "M in P: A=0 units_in 4 units_total 4 unofficial-complete"},
		"no rows, allowed":         {"empty = true", "", head, ""},
		"rows of two rules":        {"", "[[file.row]]\nwhen = { name = \"A\" }\nunit = { key = \"{place}\" }\ncontest = { key = \"{office}\" }\ntotals = { null = \"{votes}\" }", head + "P,M,A,1\nP,M,B,2\n", "M in P: A=1 B=2 null 1"},
		"rows about a place":       {"", "[[file.row]]\nwhen = { name = \"A\" }\nunit = { key = \"{place}\" }\ntotals = { electorate = \"50\" }", head + "P,M,A,1\nP,N,B,2\n", "M in P: A=1 electorate 50; N in P: B=2 electorate 50"},
		"conditions on columns":    {"", "[[file.row]]\nwhen = { name = \"{place}\" }\nunit = { key = \"{place}\" }\ncontest = { key = \"{office}\" }\nchoice = { key = \"{name}\" }\noutcome = \"elected\"", head + "A,M,A,1\nA,M,B,2\n", "M in A: A=1elected B=2"},
	} {
		if name == "another name of a column" {
			x.row = "[file.alias]\nvotes = [\"Votes cast\"]"
			x.file, x.row = x.row, x.file
		}
		us, err := decoderOf(t, fmt.Sprintf(simple, x.file, x.row)).Decode(payload("r.csv", x.body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := results1(us[0]); got != x.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, x.want)
		}
	}
}

func TestWhatTheMappingDoesNotForeseeIsRefused(t *testing.T) {
	for name, x := range map[string]struct {
		file, row, body, code, field string
		line                         int
		text                         string
	}{
		"an empty file":            {"", "", "", "E_EMPTY", "", 0, "white space"},
		"a web page":               {"", "", "<html>", "E_NOT_FEED", "", 0, "HTML"},
		"a header alone":           {"", "", head, "E_EMPTY", "", 1, "no rows"},
		"no header":                {`header_starts = "Place"`, "", head, "E_CSV", "", 1, `"Place"`},
		"a header further up":      {"header = 9", "", head, "E_CSV", "", 1, "line 9"},
		"a column missing":         {"", "", "place,office,nane,votes\nP,M,A,3\n", "E_CSV", "", 1, `no column "name"; did you mean "nane"?`},
		"a column twice":           {"", "", "place,office,name,votes,votes\nP,M,A,3,4\n", "E_CSV", "", 1, `"votes" twice`},
		"declared columns moved":   {`columns = ["place","office","name","votes"]`, "", "place,name,office,votes\nP,M,A,3\n", "E_CSV", "", 1, `column 2 of the header is "name" where "office" is expected`},
		"declared columns short":   {`columns = ["place","office","name","votes","x"]`, "", head, "E_CSV", "", 1, `ends before the column "x"`},
		"declared columns long":    {`columns = ["place","office","name","votes"]`, "", "place,office,name,votes,x\n", "E_CSV", "", 1, `column 5 of the header is "x"`},
		"a wrong separator":        {"", "", "place;office;name;votes\n", "E_CSV", "", 1, "no column"},
		"a ragged row":             {"", "", head + "P,M,A,3\nP,M,B\n", "E_CSV", "", 3, "3 columns where 4"},
		"an open quote":            {"", "", head + "P,M,\"A,3\nP,M,B,4\n", "E_CSV", "", 2, "not closed"},
		"a quote inside":           {"", "", head + "P,M,A\"b,3\n", "E_CSV", "", 2, "inside a cell"},
		"text after a quote":       {"", "", head + "P,M,\"A\"b,3\n", "E_CSV", "", 2, "after a closing"},
		"a line end in a cell":     {"", "", head + "P,M,A\rB,3\n", "E_CSV", "", 2, "line end"},
		"an end inside quotes":     {"multiline = true", "", head + "P,M,\"A\n", "E_TRUNCATED", "", 2, "quotation"},
		"no end of the last line":  {"", "", head + "P,M,A,3", "E_TRUNCATED", "", 2, "final_newline"},
		"no footnotes":             {`end = "*"`, "", head + "P,M,A,3\n", "E_INCOMPLETE", "", 2, `begins with "*"`},
		"no gap":                   {`end = ""`, "", head + "P,M,A,3\n", "E_INCOMPLETE", "", 2, "empty line"},
		"too few rows":             {"complete = { min_rows = 2 }", "", head + "P,M,A,3\n", "E_INCOMPLETE", "", 2, "at least 2"},
		"another number of rows":   {`complete = { rows = "{votes}" }`, "", head + "P,M,A,3\n", "E_INCOMPLETE", "", 2, `says "3"`},
		"another last row":         {`complete = { last = { name = "Z" } }`, "", head + "P,M,A,3\n", "E_INCOMPLETE", "", 2, `name = "Z"`},
		"too few groups":           {`complete = { group = "{place}", groups = 2 }`, "", head + "P,M,A,3\n", "E_INCOMPLETE", "", 2, "1 groups"},
		"unequal groups":           {`complete = { group = "{place}", equal = true }`, "", head + "P,M,A,3\nP,M,B,3\nQ,M,A,1\n", "E_INCOMPLETE", "", 4, `"P" has 2 rows and "Q" has 1`},
		"a letter among digits":    {"", "", head + "P,M,A,3x\n", "E_NUMBER", "votes", 2, `"3x"`},
		"a space before digits":    {"", "", head + "P,M,A, 3\n", "E_NUMBER", "votes", 2, ""},
		"a thousand by itself":     {"", "", head + "P,M,A,\"1,000\"\n", "E_NUMBER", "votes", 2, ""},
		"groups of two":            {`counts = { thousands = "," }`, "", head + "P,M,A,\"1,00\"\n", "E_NUMBER", "votes", 2, ""},
		"a fraction":               {`counts = { decimal = "," }`, "", head + "P,M,A,\"1,5\"\n", "E_NUMBER", "votes", 2, ""},
		"a vote below zero":        {"", "", head + "P,M,A,-3\n", "E_NEGATIVE", "votes", 2, ""},
		"more than any electorate": {"", "", head + "P,M,A,99999999999\n", "E_RANGE", "votes", 2, ""},
		"a choice twice":           {"", "", head + "P,M,A,3\nP,M,A,3\n", "E_DUPID", "name", 3, `"A" twice`},
		"no place":                 {"", "", head + ",M,A,3\n", "E_MISSING", "place", 2, "unit"},
		"no contest":               {"", "", head + "P,,A,3\n", "E_MISSING", "office", 2, "contest"},
		"no choice":                {"", "", head + "P,M,,3\n", "E_MISSING", "name", 2, "choice"},
		"a control character":      {"", "", head + "P,M,A\x01,3\n", "E_CONTROL", "", 2, ""},
		"a name too long":          {"", "", head + "P,M," + strings.Repeat("a", 201) + ",3\n", "E_TEXT", "name", 2, ""},
		"totals that disagree":     {"", `totals = { ballots = "{votes}" }`, head + "P,M,A,3\nP,M,B,4\n", "E_CSV", "votes", 3, "disagree on ballots"},
		"a word not in its table":  {"", "status = \"{name|s}\"\n[values.s]\nB = \"certified\"", head + "P,M,A,3\n", "E_TYPE", "name", 2, `[values.s], which has "B"`},
		"a word that is no status": {"", `status = "{name}"`, head + "P,M,A,3\n", "E_TYPE", "name", 2, "not allowed"},
		"no rule for a row":        {"", `when = { place = "Q" }`, head + "P,M,A,3\n", "E_TYPE", "", 2, "no [[file.row]]"},
		"a stamp that is none":     {`stamp = { from = "{votes}", layout = "YYYY" }`, "", head + "P,M,A,3\n", "E_TIME", "votes", 2, ""},
		"two stamps":               {`stamp = { from = "{votes}", layout = "YYYY" }`, "", head + "P,M,A,2020\nP,M,B,2021\n", "E_CSV", "votes", 3, "stamp"},
		"no stamp":                 {`stamp = { from = "{votes}", layout = "YYYY" }`, "", head + "P,M,A,\n", "E_MISSING", "votes", 2, "stamp"},
		"no Last-Modified":         {`stamp = { from = "last-modified" }`, "", head + "P,M,A,1\n", "E_MISSING", "", 0, "Last-Modified"},
		"a phase nobody knows":     {`phase = "{votes}"`, "", head + "P,M,A,1\n", "E_TYPE", "votes", 2, ""},
		"two elections":            {`election = "{votes}"`, "", head + "P,M,A,1\nP,M,B,2\n", "E_CSV", "votes", 3, ""},
		"a type out of order":      {`best = { of = "{office}", order = ["X"] }`, "", head + "P,M,A,1\n", "E_TYPE", "office", 2, `none of "X"`},
	} {
		us, err := decoderOf(t, fmt.Sprintf(simple, x.file, x.row)).Decode(payload("r.csv", x.body))
		var r *feed.Refusal
		if !errors.As(err, &r) || us != nil {
			t.Errorf("%s: %v, %v; want %s", name, us, err, x.code)
			continue
		}
		if r.Code != x.code || r.Field != x.field || x.line > 0 && r.Line != x.line || !strings.Contains(r.Text, x.text) || r.Feed != "f" || r.File != "in/r.csv" {
			t.Errorf("%s: %v (line %d); want %s field %q line %d: …%s…", name, r, r.Line, x.code, x.field, x.line, x.text)
		}
	}
}

func TestAPayloadThatNoFileReadsIsRefusedOrLeftAlone(t *testing.T) {
	d := decoderOf(t, fmt.Sprintf(simple, "", "")+"\n[[file]]\nname = \"*.pdf\"\nrole = \"ignore\"\n")
	var r *feed.Refusal
	if _, err := d.Decode(payload("x.csv", "a,b\n")); !errors.As(err, &r) || r.Code != "E_IDENTITY" {
		t.Error(err)
	}
	if _, err := d.Decode(payload("x.csv", "<html>")); !errors.As(err, &r) || r.Code != "E_NOT_FEED" {
		t.Error(err)
	}
	us, err := d.Decode(payload("x.pdf", "some text"))
	if err != nil || len(us) != 1 || len(us[0].Findings) != 1 || us[0].Findings[0].Code != "F_SKIPPED" || us[0].Results != nil {
		t.Errorf("%+v, %v", us, err)
	}
}
