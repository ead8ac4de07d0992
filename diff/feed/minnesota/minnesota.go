// Package minnesota reads the media files of the Minnesota Secretary of State:
// sixteen columns, separated by semicolons, without a header.
//
// It promises that a row belongs to exactly one race, and that "all precincts
// in" is never called more than an unofficial count: the numbers go on
// changing. It refuses rows of another shape, and a file in which the rows of
// one race disagree. Names of precincts come from pctstats.txt.
package minnesota

import (
	"bytes"
	"path"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// Format is "minnesota".
//
// Stamps: the order of receipt, since the files hold no time. The scope is the
// file's name; allracesbycounty.txt, which is rewritten less often, gives way to
// files that state the same race.
//
// Keys: units "mn", "cd-1" (congressional district), "ld-1A" (legislative
// district), "county-07" and "county-07-0005" (precinct); contests the office id ("0101"), with the county
// before it where the office is local ("county-07-0391"); choices the candidate
// code.
func Format() feed.Format {
	return feed.Format{
		Name:       "minnesota",
		Doc:        "Minnesota Secretary of State: media text files, one row a candidate",
		Stamps:     "the order of receipt",
		Zone:       "America/Chicago",
		Concurrent: true,
		New:        func(o feed.Options) (feed.Decoder, error) { return decoder{o}, nil },
	}
}

type decoder struct{ opts feed.Options }

// The columns of a file of results.
const (
	colState = iota
	colCounty
	colPrecinct
	colOffice
	colOfficeName
	colDistrict
	colCode
	colName
	colSuffix
	colIncumbent
	colParty
	colIn
	colTotal
	colVotes
	colPercent
	colRaceVotes
	columns

	colPrecinctName = colOffice // in pctstats.txt
)

// row is one line: one choice in one place.
type row struct {
	line int
	col  [columns][]byte
}

// text is a column as it stands.
func (r *row) text(column int) string { return string(r.col[column]) }

// Decode implements feed.Decoder: one file is one update.
func (d decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	base := path.Base(p.Name)
	body, err := feed.Load(p, d.opts, feed.UTF8, feed.Windows1252)
	if err != nil {
		return nil, err
	}
	width, read := columns, results
	if strings.EqualFold(base, "pctstats.txt") {
		width, read = precinctColumns, precincts
	}
	rows, err := split(p, body, width)
	if err != nil {
		return nil, err
	}
	u, err := read(p, rows)
	if err != nil {
		return nil, err
	}
	u.Scope, u.Stamp = base, p.Receipt()
	if !strings.EqualFold(base, "allracesbycounty.txt") {
		u.Rank = 1
	}
	return []snapshot.Update{u}, nil
}

// results reads a file of results.
func results(p feed.Payload, rows []row) (snapshot.Update, error) {
	b := newBuilder(p)
	name := strings.ToLower(path.Base(p.Name))
	b.byDistrict = strings.HasSuffix(name, "cg.txt") || strings.HasSuffix(name, "lg.txt")
	for i := range rows {
		if err := b.add(&rows[i]); err != nil {
			return snapshot.Update{}, err
		}
	}
	return b.update(), nil
}

// split cuts a file into rows. Quotes have no meaning here: names hold them. A
// file that does not end in a line end was cut off.
func split(p feed.Payload, body []byte, width int) ([]row, error) {
	rows := make([]row, 0, bytes.Count(body, []byte("\n")))
	for line := 1; len(body) > 0; line++ {
		text, rest, ended := bytes.Cut(body, []byte("\n"))
		if !ended {
			return nil, refuse(p, line, "", "E_TRUNCATED", "the last line has no end")
		}
		body = rest
		if text = bytes.TrimSuffix(text, []byte("\r")); len(text) == 0 {
			continue
		}
		r := row{line: line}
		got := bytes.Count(text, []byte(";")) + 1
		if got != width {
			return nil, refuse(p, line, "", "E_CSV", "%d columns where %d are expected", got, width)
		}
		for i := range width {
			r.col[i], text, _ = bytes.Cut(text, []byte(";"))
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return nil, p.Refuse("E_EMPTY", "no rows")
	}
	return rows, nil
}

func refuse(p feed.Payload, line int, field, code, format string, args ...any) *feed.Refusal {
	r := p.Refuse(code, format, args...)
	r.Line, r.Field = line, field
	return r
}
