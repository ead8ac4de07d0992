package main

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/heraldresults/herald/cmd/internal/config"
	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/definitions"
	"github.com/heraldresults/herald/diff/feed/formats"
	"github.com/heraldresults/herald/diff/snapshot"
)

// inspection is what `herald inspect` found, and the form of its JSON.
type inspection struct {
	// Format reads most of the files; empty when none reads any. Ties are others
	// that read as much.
	Format    string       `json:"format"`
	Ties      []string     `json:"ties"`
	Files     []fileReport `json:"files"`
	Name      string       `json:"name"`
	Elections []string     `json:"elections"` // the source's own ids
	Contests  int          `json:"contests"`
	Units     int          `json:"units"`
	Choices   int          `json:"choices"`
	Races     []raceReport `json:"races"`
}

type fileReport struct {
	File    string         `json:"file"`
	Bytes   int            `json:"bytes"`
	Formats []string       `json:"formats"` // that read it
	Refused bool           `json:"refused"`
	Says    []updateReport `json:"says"`
	// Problems are the refusal and the findings.
	Problems []problem `json:"problems"`
}

// updateReport is one update of a file.
type updateReport struct {
	Scope    string         `json:"scope"`
	Seq      uint64         `json:"seq,omitempty"`
	Stamp    string         `json:"stamp,omitempty"` // RFC 3339
	Election string         `json:"election,omitempty"`
	Phase    snapshot.Phase `json:"phase,omitempty"`
	Units    int            `json:"units"`
	Contests int            `json:"contests"`
	Results  int            `json:"results"`
}

type problem struct {
	Code    string `json:"code"`
	Text    string `json:"text"`
	Line    int    `json:"line,omitempty"`
	Place   string `json:"place,omitempty"`
	Field   string `json:"field,omitempty"`
	Contest string `json:"contest,omitempty"`
	Race    string `json:"race,omitempty"`
}

// raceReport is one race with the sum of its choices beside what is stated.
type raceReport struct {
	Race    string          `json:"race"`
	Contest string          `json:"contest"`
	Unit    string          `json:"unit"`
	Choices int             `json:"choices"`
	Votes   snapshot.Count  `json:"votes"` // of all choices that have a count
	Valid   snapshot.Count  `json:"valid"`
	Blank   snapshot.Count  `json:"blank"`
	Null    snapshot.Count  `json:"null"`
	Ballots snapshot.Count  `json:"ballots"`
	In      snapshot.Count  `json:"units_in"`
	Total   snapshot.Count  `json:"units_total"`
	Status  snapshot.Status `json:"status,omitempty"`
	AsOf    string          `json:"as_of,omitempty"` // RFC 3339
}

// definitionsFormat is what inspect calls Herald's own definitions file.
const definitionsFormat = "definitions"

// reading is what one format makes of all files.
type reading struct {
	format string
	files  []fileReport
	read   int // files
	races  int
	asm    *diff.Assembler
}

// inspect reads files as one feed: with the format that base names, else with
// the one that reads most of them.
func inspect(base config.Feed, list []feed.Payload) (*inspection, error) {
	names := []string{base.Format}
	if base.Format == "" {
		names = nil
		for _, f := range formats.All() {
			names = append(names, f.Name)
		}
	}
	laid := make([]*diff.Definitions, len(list))
	for i, p := range list {
		if d, err := definitions.Read(p); err == nil {
			laid[i] = &d
		}
	}
	var all []*reading
	for _, name := range names {
		base.Format = name
		made, err := newFeed(base, nil)
		if err != nil && len(names) == 1 {
			return nil, usage(err)
		}
		if err != nil {
			continue // it needs a mapping, or does not take a setting
		}
		all = append(all, readAs(name, made.Decoder, list, laid))
	}
	return choose(all, list), nil
}

// readAs reads files with one decoder, in their order, definitions first.
func readAs(format string, dec feed.Decoder, list []feed.Payload, laid []*diff.Definitions) *reading {
	r := &reading{format: format, files: make([]fileReport, len(list)), asm: diff.NewAssembler(nil)}
	for i, p := range list {
		f := &r.files[i]
		f.File, f.Bytes, f.Formats, f.Says, f.Problems = p.Name, len(p.Body), []string{}, []updateReport{}, []problem{}
		if laid[i] != nil {
			f.define(r.asm, laid[i])
		}
	}
	var last *fileReport
	for i, p := range list {
		if laid[i] != nil {
			continue
		}
		f := &r.files[i]
		last = f
		updates, err := dec.Decode(p)
		said := false
		for _, u := range updates {
			if err == nil {
				said = f.say(r.asm, u, &err) || said
			}
		}
		if err != nil {
			f.refuse(err)
		} else if said {
			r.read++
			f.Formats = append(f.Formats, format)
		}
	}
	if last != nil {
		last.note(r.asm.Settled(""))
	}
	r.races = len(r.asm.Snapshot().Races)
	return r
}

func (f *fileReport) define(asm *diff.Assembler, d *diff.Definitions) {
	f.Formats = append(f.Formats, definitionsFormat)
	f.Says = append(f.Says, updateReport{Units: len(d.Units), Contests: len(d.Contests)})
	if err := asm.Define(*d, false); err != nil {
		f.refuse(err)
	}
}

// say takes an update over and reports whether it says anything of an
// election.
func (f *fileReport) say(asm *diff.Assembler, u snapshot.Update, err *error) bool {
	out, refused := asm.Apply(u)
	if *err = refused; refused != nil {
		return false
	}
	f.Says = append(f.Says, updateReport{u.Scope, u.Stamp.Seq, rfc3339(u.Stamp.Time), u.Election, u.Phase, len(u.Units), len(u.Contests), len(u.Results)})
	f.note(out.Findings)
	waits := slices.ContainsFunc(out.Findings, func(n snapshot.Finding) bool { return n.Code == "F_WAITING" })
	return waits || u.Name != "" || len(u.Units)+len(u.Contests)+len(u.Results) > 0
}

func (f *fileReport) note(findings []snapshot.Finding) {
	for _, n := range findings {
		f.Problems = append(f.Problems, problem{Code: n.Code, Text: n.Text, Contest: n.Contest, Race: n.Race})
	}
}

func (f *fileReport) refuse(err error) {
	f.Refused = true
	p := problem{Code: "E_REFUSED", Text: err.Error()}
	var refusal *feed.Refusal
	var contradiction *diff.Refusal
	switch {
	case errors.As(err, &refusal):
		p = problem{Code: refusal.Code, Text: refusal.Text, Line: refusal.Line, Place: refusal.Place, Field: refusal.Field}
	case errors.As(err, &contradiction):
		p = problem{Code: contradiction.Code, Text: contradiction.Text}
	}
	f.Problems = append([]problem{p}, f.Problems...)
}

// choose takes the reading with most files, then most races.
func choose(all []*reading, list []feed.Payload) *inspection {
	compare := func(a, b *reading) int { return cmp.Or(cmp.Compare(b.read, a.read), cmp.Compare(b.races, a.races)) }
	slices.SortStableFunc(all, compare)
	x := &inspection{Ties: []string{}, Elections: []string{}, Races: []raceReport{}}
	if len(all) == 0 {
		return x
	}
	best := all[0]
	x.Files = best.files
	for _, r := range all[1:] {
		for i, f := range r.files {
			if len(f.Formats) > 0 && f.Formats[0] != definitionsFormat {
				x.Files[i].Formats = append(x.Files[i].Formats, r.format)
			}
		}
		if best.read > 0 && compare(best, r) == 0 {
			x.Ties = append(x.Ties, r.format)
		}
	}
	if best.read == 0 {
		x.nothing(len(all) > 1)
	} else {
		x.Format = best.format
	}
	x.hold(best.asm)
	return x
}

// nothing says that no format reads the files. What a single one says of them
// does not matter when several were tried, unless they all say the same.
func (x *inspection) nothing(several bool) {
	for i := range x.Files {
		f := &x.Files[i]
		if several && len(f.Formats) == 0 {
			f.Refused, f.Says = true, []updateReport{}
			f.Problems = []problem{{Code: "E_NOT_FEED", Text: "no format reads it; with --format NAME one says why. Formats that need a setting were not tried without; for CSV and other text in columns write a mapping, docs/feeds/delimited.md, and name it with --mapping FILE"}}
		}
	}
}

// hold reports what was assembled.
func (x *inspection) hold(asm *diff.Assembler) {
	s := asm.Snapshot()
	x.Name, x.Units, x.Contests = s.Name, len(s.Units), len(s.Contests)
	x.Elections = append(x.Elections, asm.Elections()...)
	for _, c := range s.Contests {
		x.Choices += len(c.Choices)
	}
	for _, r := range s.Races {
		t := r.Result.Totals
		votes, err := snapshot.SumPresent(r.Result.Votes...)
		if err != nil {
			votes = snapshot.Count{} // beyond every electorate; a finding says so
		}
		x.Races = append(x.Races, raceReport{r.ID, r.Contest.Name, r.Unit.Name, len(r.Contest.Choices), votes, t.Valid, t.Blank, t.Null, t.Ballots,
			t.UnitsIn, t.UnitsTotal, r.Result.Status, rfc3339(r.AsOf)})
	}
}

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// where says where in its file a problem stands.
func (p problem) where() string {
	text := ""
	if p.Line > 0 {
		text += " line " + strconv.Itoa(p.Line)
	}
	if p.Place != "" {
		text += " place " + strconv.Quote(p.Place)
	}
	if p.Field != "" {
		text += " field " + strconv.Quote(p.Field)
	}
	return text
}
