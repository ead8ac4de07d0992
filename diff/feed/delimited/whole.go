package delimited

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// wholeness collects while rows come in what shows that a file is whole.
type wholeness struct {
	stamp  string // as it stands there
	about  [4]string
	groups map[string]int // rows of each
	first  string         // group
	last   bool           // the present row may be the last
	stated string         // number of rows
}

// row takes one row.
func (w *wholeness) row(r *reader) *feed.Refusal {
	c := &r.sheet.file.complete
	if c.rows != nil && r.part.rows == 1 {
		v, refusal := r.value(c.rows)
		if refusal != nil {
			return refusal
		}
		w.stated = string(v)
	}
	if c.group != nil {
		v, refusal := r.value(c.group)
		if refusal != nil {
			return refusal
		}
		if w.groups == nil {
			w.groups, w.first = map[string]int{}, string(v)
		}
		w.groups[string(v)]++
	}
	if len(c.last) == 0 {
		return nil
	}
	var refusal *feed.Refusal
	w.last, refusal = fits(&r.sheet.row, c.last)
	return refusal
}

// finish says whether rows are missing. A file that may be empty is whole
// without rows.
func (w *wholeness) finish(r *reader) *feed.Refusal {
	c, rows := &r.sheet.file.complete, r.part.rows
	missing := func(format string, args ...any) *feed.Refusal {
		return &feed.Refusal{Code: "E_INCOMPLETE", Text: fmt.Sprintf(format, args...)}
	}
	if rows == 0 {
		return nil
	}
	switch {
	case rows < c.minRows:
		return missing("%d rows where there are at least %d", rows, c.minRows)
	case c.rows != nil && w.stated != strconv.Itoa(rows):
		return missing("%d rows where the file says %q", rows, w.stated)
	case len(c.last) > 0 && !w.last:
		return missing("the last row does not have %s", conditionsText(c.last))
	case c.groups > 0 && len(w.groups) != c.groups:
		return missing("%d groups of %s where there are %d", len(w.groups), c.group.text, c.groups)
	}
	if c.equal {
		for _, group := range keysOf(w.groups) {
			if n := w.groups[group]; n != w.groups[w.first] {
				return missing("%q has %d rows and %q has %d", w.first, w.groups[w.first], group, n)
			}
		}
	}
	return nil
}

func conditionsText(list []condition) string {
	var out []string
	for _, c := range list {
		out = append(out, fmt.Sprintf("%s = %s", c.column.text, strings.Join(quoteAll(c.texts), " or ")))
	}
	return strings.Join(out, ", ")
}

// stamp reads the stamp that stands in the file.
func (r *reader) stamp(zone *time.Location) *feed.Refusal {
	s := &r.sheet.file.stamp
	if s.from == nil || s.first && r.part.rows > 1 {
		return nil
	}
	v, refusal := r.value(s.from)
	switch {
	case refusal != nil:
		return refusal
	case r.part.rows > 1 && string(v) == r.whole.stamp:
		return nil
	case r.part.rows > 1:
		refusal := malformed("rows of one file disagree on its stamp: %q and %s", r.whole.stamp, quote(v))
		refusal.Field = s.from.column()
		return refusal
	case len(v) == 0:
		return &feed.Refusal{Code: "E_MISSING", Field: s.from.column(), Text: "the stamp of the file is empty"}
	}
	r.whole.stamp = string(v)
	text := r.whole.stamp
	if s.dotted {
		text = strings.NewReplacer("a.m.", "am", "p.m.", "pm").Replace(text)
	}
	if r.part.stamp.Time, refusal = feed.ParseLocal(s.layout, text, zone); refusal != nil {
		refusal.Field = s.from.column()
	}
	return refusal
}

// about reads what holds for the whole file, and checks that all rows say it.
func (r *reader) about() *feed.Refusal {
	f := r.sheet.file
	for i, t := range []*template{f.scope, f.title, f.election, f.phase} {
		if t == nil {
			continue
		}
		v, refusal := r.aboutFile(t)
		if refusal != nil {
			return refusal
		}
		if r.part.rows > 1 && string(v) != r.whole.about[i] {
			refusal := malformed("rows of one file disagree: %q and %s", r.whole.about[i], quote(v))
			refusal.Field = t.column()
			return refusal
		}
		if r.part.rows <= 1 {
			r.whole.about[i] = string(v)
		}
	}
	if r.part.rows > 1 {
		return nil
	}
	r.part.scope, r.part.election, r.part.phase = r.whole.about[0], r.whole.about[2], snapshot.Phase(r.whole.about[3])
	var refusal *feed.Refusal
	r.part.title, refusal = feed.CleanText(r.whole.about[1], feed.MaxName)
	return refusal
}

// aboutFile is a template of the file. In a file without rows its columns are
// empty.
func (r *reader) aboutFile(t *template) ([]byte, *feed.Refusal) {
	if r.part.rows == 0 {
		r.sheet.row.cells = make([][]byte, len(r.sheet.names))
	}
	if t == r.sheet.file.phase {
		word, refusal := r.word(t, phases())
		return []byte(word), refusal
	}
	return r.value(t)
}
