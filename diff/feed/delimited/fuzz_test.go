package delimited

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/feedtest"
)

// everyday is a mapping that uses most settings at once.
const everyday = `
[values.status]
final = "certified"
"*"   = "unofficial-partial"

[[file]]
name   = "r*.csv"
ignore = ["*_pct"]
counts = { thousands = ",", decimal = ".", negative = "absent" }
absent = ["-"]
sums   = ["votes + blank = ballots", "parts"]
best   = { of = "{kind}", order = ["early", "late"] }
zeros  = "placeholders"

[[file.row]]
when   = { name = "BLANK" }
unit   = { key = "{place}[-{ward}]" }
contest = { key = "{office}" }
totals = { blank = "{votes}" }

[[file.row]]
unless  = { name = "BLANK" }
unit    = { key = "{place}[-{ward}]", name = "{place} {ward}", type = "precinct", parent = { key = "{place}" } }
contest = { key = "{office}", name = "{office}" }
choice  = { key = "{name}", name = "{name}", order = "{name}" }
votes   = "{votes}"
status  = "{state|status}"
totals  = { ballots = "{ballots}" }
channels = [ { name = "post", votes = "{post}" } ]
`

const everydayCSV = "place,ward,office,name,votes,post,ballots,kind,state,votes_pct\n" +
	"P,1,M,\"A, \"\"x\"\"\",\"1,000\",-,2.0,early,,1\nP,1,M,BLANK,-3,,,early,,\nP,,M,A,5,5,5,late,final,\n"

func FuzzDecode(f *testing.F) {
	for _, body := range []string{everydayCSV, everydayCSV[:90], strings.ReplaceAll(everydayCSV, "\n", "\r\n"), "place,ward\n", "\"", "a\rb\n"} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		feedtest.Holds(t, Format(), feed.Options{Mapping: []byte(everyday)}, payload("r.csv", string(body)))
	})
}

// FuzzReport reads reports in blocks, with a header of two lines and a block of
// columns for each choice.
func FuzzReport(f *testing.F) {
	const mapping = `
[[file]]
name          = "r*.csv"
header_starts = "place"
header_lines  = 2
carry         = ["place", "office"]
multiline     = true

[file.preamble]
when = { line = 1, cell = 2, like = "as of {time}*" }

[[file.row]]
columns  = "{name} / {way}"
unless   = { way = "All*" }
unit     = { key = "{place}" }
contest  = { key = "{office}" }
choice   = { key = "{name}" }
channels = [{ name = "{way}", votes = "{cell}" }]

[[file.row]]
columns = "{name} / All"
unit    = { key = "{place}", type = "precinct" }
contest = { key = "{office}", seats = "2" }
choice  = { key = "{name}", party = "{way}" }
votes   = "{cell}"
`
	good := strings.Replace(mapping, `, party = "{way}"`, "", 1)
	for _, body := range []string{"x,as of now\n,,Ada,,Bo\nplace,office,Mail,All,All\nP,M,1,2,3\n,N,4,5,6\n", "x,\"as of\n", "a,as of b,\"\n,\"\nplace\n"} {
		f.Add([]byte(body))
	}
	if _, err := New(feed.Options{Mapping: []byte(mapping)}); err == nil {
		f.Fatal("a rule names what another rule's columns give")
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		feedtest.Holds(t, Format(), feed.Options{Mapping: []byte(good)}, payload("r.csv", string(body)))
	})
}

// FuzzMapping reads any text as a mapping: it is taken or refused with a
// sentence, and what is taken decodes without a fall.
func FuzzMapping(f *testing.F) {
	for _, m := range []string{everyday, joined, fmt.Sprintf(simple, "", ""), "[[file]]\nname = \"{\"", "[[file.row]]", "x", "\xff", "zone = \"Local\""} {
		f.Add([]byte(m), []byte(everydayCSV))
	}
	f.Fuzz(func(t *testing.T, mapping, body []byte) {
		d, err := New(feed.Options{Mapping: mapping})
		if err != nil {
			if text := err.Error(); !strings.HasPrefix(text, "read the mapping: ") || !utf8.ValidString(text) {
				t.Errorf("%q", text)
			}
			return
		}
		if us, err := d.Decode(feed.Payload{Name: "r.csv", Body: body, Seq: 1}); err != nil && us != nil {
			t.Errorf("%v with %v", us, err)
		}
	})
}

// FuzzSplit compares lines without line ends in cells with encoding/csv.
func FuzzSplit(f *testing.F) {
	for _, line := range []string{"", "a,b", `"a","b ""c"""`, `a"b`, `"a"b`, `"`, ",,", `"",`} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if strings.ContainsAny(line, "\r\n") || !utf8.ValidString(line) || line == "" {
			return
		}
		want, err := csv.NewReader(strings.NewReader(line)).Read()
		s := splitter{separator: ',', quotes: true}
		l := lines{}
		got, refusal := s.split(nil, []byte(line), &l)
		if (err != nil) != (refusal != nil) {
			t.Fatalf("%q: %v, encoding/csv says %v", line, refusal, err)
		}
		if err == nil && string(bytes.Join(got, []byte{0})) != strings.Join(want, "\x00") {
			t.Errorf("%q: %q, encoding/csv says %q", line, got, want)
		}
	})
}

// big is a plain file of about 1 MB.
func big() []byte {
	var b strings.Builder
	b.WriteString(head)
	for i := 0; b.Len() < 1<<20; i++ {
		fmt.Fprintf(&b, "Precinct %d,Member of the council,Candidate %d,%d\n", i/20, i%20, i)
	}
	return []byte(b.String())
}

func BenchmarkDecode(b *testing.B) {
	body := big()
	d, err := New(feed.Options{Mapping: []byte(fmt.Sprintf(simple, "", ""))})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Decode(feed.Payload{Name: "r.csv", Body: body, Seq: 1}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodingCSV(b *testing.B) {
	body := big()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		r := csv.NewReader(bytes.NewReader(body))
		r.ReuseRecord = true
		for {
			if _, err := r.Read(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}
