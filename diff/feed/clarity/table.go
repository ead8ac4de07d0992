package clarity

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

const tableName = "summary.csv"

// columns of summary.csv that are read; -1 where the file has none. The parts
// that are counted are counties, areas or precincts.
type columns struct {
	line, contest, choice, party, votes, total, in, over, under int
}

// readTable takes summary.csv, alone or in summary.zip: a row for each choice,
// contests one after the other, without any id. Contests are named by their
// text, which no other file of the site shares.
func (d *decoder) readTable(p feed.Payload, s site) (snapshot.Update, error) {
	opts := d.opts
	opts.ZipEntry = tableName
	body, err := feed.Load(p, opts, feed.UTF8, feed.Windows1252)
	if err != nil {
		return snapshot.Update{}, err
	}
	in := csv.NewReader(bytes.NewReader(body))
	header, err := in.Read()
	if err != nil {
		return snapshot.Update{}, unreadable(p, err)
	}
	t := rows{payload: p}
	t.readHeader(header)
	for t.err == nil {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return snapshot.Update{}, unreadable(p, err)
		}
		t.row, _ = in.FieldPos(0)
		t.readRow(row)
	}
	switch {
	case t.err != nil:
		return snapshot.Update{}, t.err
	case len(t.contests) == 0:
		return snapshot.Update{}, p.Refuse("E_EMPTY", "no rows")
	}
	for i := range t.contests {
		choiceKeys(t.contests[i].choices)
	}
	return d.summarise(p, s, t.contests, t.unknown)
}

func unreadable(p feed.Payload, err error) error {
	r := p.Refuse("E_CSV", "read a row")
	var bad *csv.ParseError
	if errors.As(err, &bad) {
		r.Line = bad.Line
	}
	r.Err = err
	return r
}

// rows is what was read of a table so far.
type rows struct {
	payload  feed.Payload
	at       columns
	contests []summary
	names    map[string]bool             // of the contests
	choices  map[snapshot.ChoiceDef]bool // of the present contest
	read     int                         // rows
	row      int                         // line of the present row
	unknown  []snapshot.Finding
	err      error
}

func (t *rows) refuse(code, field, format string, args ...any) {
	if t.err == nil {
		r := t.payload.Refuse(code, format, args...)
		r.Line, r.Field = t.row, field
		t.err = r
	}
}

func (t *rows) readHeader(header []string) {
	t.row, t.names = 1, map[string]bool{}
	known := []string{"line number", "contest name", "choice name", "party name", "total votes", "percent of votes",
		"registered voters", "ballots cast", "over votes", "under votes"}
	for _, part := range []string{"County", "Area", "Precinct"} {
		known = append(known, "num "+part+" total", "num "+part+" rptg")
	}
	at := map[string]int{}
	for i, name := range header {
		if _, twice := at[name]; twice {
			t.refuse("E_DUPKEY", name, "a column twice")
		}
		if at[name] = i; !slices.Contains(known, name) {
			t.unknown = append(t.unknown, snapshot.Finding{Code: "F_UNKNOWN_KEY", Text: "column " + strconv.Quote(name) + " is not known to this format"})
		}
	}
	find := func(names ...string) int {
		for _, name := range names {
			if i, ok := at[name]; ok {
				return i
			}
		}
		return -1
	}
	t.at = columns{line: find("line number"), contest: find("contest name"), choice: find("choice name"), party: find("party name"), votes: find("total votes"),
		total: find("num Precinct total", "num Area total", "num County total"),
		in:    find("num Precinct rptg", "num Area rptg", "num County rptg"),
		over:  find("over votes"), under: find("under votes")}
	if min(t.at.line, t.at.contest, t.at.choice, t.at.votes) < 0 {
		t.refuse("E_MISSING", "", "no column of line number, contest name, choice name or total votes")
	}
}

func (t *rows) readRow(row []string) {
	t.read++
	if n := t.count(row, t.at.line, "line number"); n != snapshot.Of(int64(t.read)) {
		t.refuse("E_CSV", "line number", "line number %s where %d is expected", n, t.read)
	}
	name, choice := t.text(row, t.at.contest, "contest name"), t.text(row, t.at.choice, "choice name")
	if name == "" || choice == "" {
		t.refuse("E_MISSING", "", "a row without a contest or a choice")
	}
	last := len(t.contests) - 1
	if last < 0 || t.contests[last].name != name {
		if t.names[name] {
			t.refuse("E_DUPID", "contest name", "contest %q stands there twice", name)
		}
		t.names[name] = true
		t.contests = append(t.contests, summary{key: name, name: name, total: t.count(row, t.at.total, "total"), in: t.count(row, t.at.in, "rptg"),
			over: t.count(row, t.at.over, "over votes"), under: t.count(row, t.at.under, "under votes")})
		t.choices = map[snapshot.ChoiceDef]bool{}
		last++
	}
	c := &t.contests[last]
	if c.total != t.count(row, t.at.total, "total") || c.in != t.count(row, t.at.in, "rptg") {
		t.refuse("E_CSV", "rptg", "rows of contest %q disagree", name)
	}
	def := snapshot.ChoiceDef{Name: choice, Party: party(t.text(row, t.at.party, "party name"))}
	if t.choices[def] {
		t.refuse("E_DUPID", "choice name", "choice %q stands twice in contest %q", choice, name)
	}
	t.choices[def] = true
	c.choices = append(c.choices, def)
	c.votes = append(c.votes, t.count(row, t.at.votes, "total votes"))
}

func (t *rows) text(row []string, at int, field string) string {
	if at < 0 {
		return ""
	}
	s, refusal := feed.CleanText(strings.TrimSpace(row[at]), feed.MaxDetail)
	if refusal != nil {
		t.refuse(refusal.Code, field, "%s", refusal.Text)
	}
	return s
}

func (t *rows) count(row []string, at int, field string) snapshot.Count {
	if at < 0 {
		return snapshot.Count{}
	}
	c, refusal := feed.ParseCount([]byte(row[at]))
	if refusal != nil {
		t.refuse(refusal.Code, field, "%s", refusal.Text)
	}
	return c
}
