package countstable

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// readJSON reads the form with one object: the head, and `rows`.
func (t *table) readJSON(p feed.Payload, opts feed.Options) ([]snapshot.Finding, error) {
	r, err := feed.OpenJSON(p, opts)
	if err != nil {
		return nil, err
	}
	for r.Object(); r.NextKey(); {
		switch key := string(r.Key()); key {
		case "rows":
			for r.List(); r.NextItem(); {
				t.readRow(r)
			}
		case "test", "torn":
			value := ""
			if yes, present := r.Bool(); present {
				value = strconv.FormatBool(yes)
			}
			t.setHead(r, key, value)
		case "election", "name", "scope", "kind", "as_of", "sequence", "row_count":
			t.setHead(r, key, r.Text(feed.MaxName))
		default:
			r.Unknown()
		}
	}
	r.Require("kind", "as_of", "rows")
	return r.Finish("")
}

func (t *table) setHead(r *feed.JSON, key, value string) {
	if _, refusal := t.head.set(key, value); refusal != nil {
		r.Refuse(refusal.Code, "%s", refusal.Text)
	}
}

func (t *table) readRow(r *feed.JSON) {
	var line row
	for r.Object(); r.NextKey(); {
		switch key := string(r.Key()); {
		case key == "votes":
			line.votes = r.Count(feed.AsNumber | feed.AsText)
		case line.set(key, ""):
			line.set(key, r.Text(feed.MaxName))
		default:
			r.Unknown()
		}
	}
	r.Require("contest", "votes")
	if r.Failed() {
		return
	}
	if refusal := t.add(&line); refusal != nil {
		r.Refuse(refusal.Code, "%s", refusal.Text)
	}
}

// readCSV reads the form with one header: every row repeats the head. The last
// line must end, since a table cut inside its last number would look whole.
func (t *table) readCSV(p feed.Payload, body []byte) ([]snapshot.Finding, error) {
	if !bytes.HasSuffix(body, []byte("\n")) {
		return nil, p.Refuse("E_TRUNCATED", "the last line does not end")
	}
	in := csv.NewReader(bytes.NewReader(body))
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		return nil, badCSV(p, in, err)
	}
	columns := slices.Clone(header)
	unknown, refusal := checkColumns(columns)
	if refusal != nil {
		refusal.Feed, refusal.File, refusal.Line = p.Feed, p.Name, 1
		return nil, refusal
	}
	first := make([]string, len(columns)) // the head as the first row states it
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return unknown, nil
		}
		if err != nil {
			return nil, badCSV(p, in, err)
		}
		if refusal := t.addCells(columns, cells, first); refusal != nil {
			refusal.Feed, refusal.File = p.Feed, p.Name
			refusal.Line, _ = in.FieldPos(0)
			return nil, refusal
		}
	}
}

func badCSV(p feed.Payload, in *csv.Reader, err error) error {
	r := p.Refuse("E_CSV", "read the rows")
	r.Err = err
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		r.Line, r.Err = parse.Line, parse.Err
	}
	return r
}

// checkColumns refuses a header in which a column is missing or stands twice,
// and returns the findings of columns that are not known.
func checkColumns(columns []string) ([]snapshot.Finding, *feed.Refusal) {
	for _, must := range []string{"contest", "choice", "votes", "kind", "as_of"} {
		if !slices.Contains(columns, must) {
			return nil, refuse("E_MISSING", must, "there is no column %q", must)
		}
	}
	var unknown []snapshot.Finding
	for i, c := range columns {
		if slices.Contains(columns[:i], c) {
			return nil, refuse("E_CSV", c, "column %q twice", c)
		}
		inHead, _ := new(head).set(c, "")
		if c != "votes" && !inHead && !new(row).set(c, "") && len(unknown) < 16 {
			unknown = append(unknown, snapshot.Finding{Code: "F_UNKNOWN_KEY", Text: fmt.Sprintf("column %.64q is not known to this format", c)})
		}
	}
	return unknown, nil
}

// addCells takes a row of cells. The head must be the same in every row.
func (t *table) addCells(columns, cells, first []string) *feed.Refusal {
	var line row
	for i, c := range columns {
		if strings.ContainsAny(cells[i], "\r\n") {
			return refuse("E_CSV", c, "a line end inside a cell")
		}
		if c == "votes" {
			var r *feed.Refusal
			if line.votes, r = feed.ParseCount([]byte(cells[i])); r != nil {
				r.Field = c
				return r
			}
			continue
		}
		text, r := feed.CleanText(cells[i], feed.MaxName)
		if r != nil {
			r.Field = c
			return r
		}
		if line.set(c, text) {
			continue
		}
		if t.rows > 0 && text != first[i] {
			if known, _ := new(head).set(c, ""); known {
				return refuse("E_CSV", c, "this row says %q, the first %q", text, first[i])
			}
			continue
		}
		first[i] = text
		if _, r := t.head.set(c, text); r != nil {
			return r
		}
	}
	return t.add(&line)
}
