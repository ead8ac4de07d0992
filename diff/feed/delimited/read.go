package delimited

import (
	"strconv"
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// piece is what one payload says.
type piece struct {
	file     *file
	name     string // base name of the payload
	scope    string
	stamp    snapshot.Stamp
	rows     int
	title    string
	election string
	phase    snapshot.Phase
	book     *book
	races    []*race
	notes    *feed.Findings
}

// reader reads the rows of one sheet.
type reader struct {
	sheet *sheet
	part  *piece
	races map[at]*race
	whole wholeness
	place [2]string // unit and contest of the present row, for refusals
}

// value is a template in the present row.
func (r *reader) value(t *template) ([]byte, *feed.Refusal) {
	if t == nil {
		return nil, nil
	}
	return t.value(&r.sheet.row)
}

// read reads all rows of a sheet.
func read(s *sheet, zone *time.Location) (*piece, error) {
	r := &reader{sheet: s, races: map[at]*race{}, part: &piece{file: s.file, book: newBook(), notes: &s.notes}}
	for {
		r.place = [2]string{}
		ok, refusal := s.next()
		if refusal == nil && ok {
			refusal = r.row(zone)
		}
		if refusal == nil && !ok {
			refusal = r.finish()
		}
		if refusal != nil {
			refusal.Place = strings.TrimSpace(r.place[0] + " " + r.place[1])
			return nil, s.refuse(refusal)
		}
		if !ok {
			return r.part, nil
		}
	}
}

// row takes one row.
func (r *reader) row(zone *time.Location) *feed.Refusal {
	r.part.rows++
	if refusal := r.stamp(zone); refusal != nil {
		return refusal
	}
	if refusal := r.about(); refusal != nil {
		return refusal
	}
	if refusal := r.whole.row(r); refusal != nil {
		return refusal
	}
	taken := false
	for _, rule := range r.sheet.file.rules {
		took, refusal := r.apply(rule)
		if refusal != nil || took && rule.skip {
			return refusal
		}
		taken = taken || took
	}
	if !taken {
		return &feed.Refusal{Code: "E_TYPE", Text: "no [[file.row]] of the mapping fits this row: " + shown(r.sheet.row.cells)}
	}
	return nil
}

func shown(cells [][]byte) string {
	var b strings.Builder
	for i, c := range cells {
		if i > 0 {
			b.WriteString(", ")
		}
		if b.Len() > 200 {
			return b.String() + "…"
		}
		b.WriteString(quote(c))
	}
	return b.String()
}

// apply takes what a rule says, once for each column it runs over, and reports
// whether the rule fits the row.
func (r *reader) apply(rule *rule) (took bool, refusal *feed.Refusal) {
	row := &r.sheet.row
	if !rule.byColumn {
		if took, refusal = rule.takes(row); !took || refusal != nil || rule.skip {
			return took, refusal
		}
	}
	if rule.columns == nil {
		return true, r.once(rule)
	}
	for i, name := range r.sheet.names {
		captures, ok := rule.columns.match(name)
		if !ok {
			continue
		}
		for j, slot := range rule.each {
			row.fixed[slot] = []byte(captures[j])
		}
		row.fixed[rule.cell] = row.cells[i]
		if rule.byColumn {
			fits, refusal := rule.takes(row)
			if refusal != nil {
				return false, refusal
			}
			if !fits {
				continue
			}
			took = true
		}
		if refusal := r.once(rule); refusal != nil {
			if refusal.Field == "" || refusal.Field == "cell" {
				refusal.Field = name
			}
			return false, refusal
		}
	}
	return took, nil
}

func (r *reader) once(rule *rule) *feed.Refusal {
	var u *unit
	var c *contest
	var x *choice
	var refusal *feed.Refusal
	if rule.unit != nil {
		if u, refusal = r.unit(rule.unit); refusal != nil {
			return refusal
		}
		r.place[0] = u.Key
	}
	if rule.contest != nil {
		if c, refusal = r.contest(rule.contest); refusal != nil {
			return refusal
		}
		r.place[1] = c.Key
	}
	if rule.choice != nil {
		if x, refusal = r.choice(rule.choice, c); refusal != nil {
			return refusal
		}
	}
	switch {
	case u == nil:
		return nil
	case c == nil:
		return r.totals(rule, &u.totals)
	case r.sheet.file.role == definitions:
		return nil
	}
	race := r.race(c, u)
	if r.sheet.file.best != nil {
		if worse, refusal := r.better(race); worse || refusal != nil {
			return refusal
		}
	}
	return r.state(rule, race, x)
}

// better compares the type of result of the present row with the best one of
// its race so far.
func (r *reader) better(x *race) (worse bool, refusal *feed.Refusal) {
	f := r.sheet.file
	v, refusal := r.value(f.best)
	if refusal != nil {
		return false, refusal
	}
	rank := 0
	for i, name := range f.bestOrder {
		if string(v) == name {
			rank = i + 1
		}
	}
	switch {
	case rank == 0:
		return false, &feed.Refusal{Code: "E_TYPE", Field: f.best.column(), Text: quote(v) + " is none of " + strings.Join(quoteAll(f.bestOrder), ", ")}
	case rank > x.rank:
		x.reset(rank)
	}
	return rank < x.rank, nil
}

// text is a template as text for people.
func (r *reader) text(t *template, most int) (string, *feed.Refusal) {
	v, refusal := r.value(t)
	if refusal != nil || len(v) == 0 {
		return "", refusal
	}
	s, refusal := feed.CleanText(string(v), most)
	if refusal != nil {
		refusal.Field = t.column()
	}
	return s, refusal
}

// word is a template that gives one of a few words.
func (r *reader) word(t *template, allowed []string) (string, *feed.Refusal) {
	return r.one(t, "", allowed)
}

// whole number of a definition: seats, order.
func (r *reader) number(t *template) (int, *feed.Refusal) {
	v, refusal := r.value(t)
	if refusal != nil || len(v) == 0 {
		return 0, refusal
	}
	n, err := strconv.Atoi(string(v))
	if err != nil || n < -1_000_000 || n > 1_000_000 {
		return 0, &feed.Refusal{Code: "E_TYPE", Field: t.column(), Text: quote(v) + " is no number"}
	}
	return n, nil
}

// finish checks what can be checked at the end only.
func (r *reader) finish() *feed.Refusal {
	f := r.sheet.file
	if r.part.rows == 0 && !f.empty {
		return &feed.Refusal{Code: "E_EMPTY", Text: "no rows"}
	}
	if r.part.rows == 0 {
		if refusal := r.about(); refusal != nil {
			return refusal
		}
	}
	if refusal := r.whole.finish(r); refusal != nil {
		return refusal
	}
	if f.placeholders {
		r.placeholders()
	}
	return nil
}

// placeholders makes the counts of a file in which nothing was counted absent.
func (r *reader) placeholders() {
	if r.part.voted() {
		return
	}
	for _, x := range r.part.races {
		x.byUnits, x.status, x.channels = false, snapshot.PreElection, nil
		x.totals = snapshot.Totals{Electorate: x.totals.Electorate, UnitsTotal: x.totals.UnitsTotal}
		for i := range x.votes {
			x.votes[i].count, x.votes[i].seats, x.votes[i].outcome = snapshot.Count{}, snapshot.Count{}, snapshot.NoOutcome
		}
	}
}
