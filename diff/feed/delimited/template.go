package delimited

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
)

// template is a text with places for columns: "county-{county}[-{ward}]". What
// stands in brackets is left out when a place in it is empty, and the whole is
// empty when it has places outside brackets and all of its places are empty.
type template struct {
	text   string
	parts  []part
	places int
	needed bool // a place stands outside brackets
}

// part is literal text or one place.
type part struct {
	literal string
	slot    int // of the column; -1 for literal text
	column  string
	filters []filter
	group   int // of brackets, from 1; 0 outside
}

// filter changes what stands in a column: a table of values, or "number".
type filter struct {
	name  string
	table *valueTable // nil for "number"
}

// slots numbers the columns that the templates of one file name.
type slots struct {
	names  []string
	at     map[string]int
	values map[string]*valueTable
	asked  map[string]bool // since it was set; nil when nobody wants to know
}

func (s *slots) of(name string) int {
	if s.asked != nil {
		s.asked[name] = true
	}
	i, ok := s.at[name]
	if !ok {
		i = len(s.names)
		s.at[name] = i
		s.names = append(s.names, name)
	}
	return i
}

// template reads a template. nil for an empty text.
func (s *slots) template(text string) (*template, error) {
	if text == "" {
		return nil, nil
	}
	t := &template{text: text}
	group, groups, opened := 0, 0, 0
	for rest := text; rest != ""; {
		i := strings.IndexAny(rest, "{[]")
		switch {
		case i < 0:
			t.literal(rest, group)
			rest = ""
		case i > 0:
			t.literal(rest[:i], group)
			rest = rest[i:]
		case strings.HasPrefix(rest, "{{") || strings.HasPrefix(rest, "[[") || strings.HasPrefix(rest, "]]"):
			t.literal(rest[:1], group)
			rest = rest[2:]
		case rest[0] == '[' && group == 0:
			groups++
			group, opened, rest = groups, t.places, rest[1:]
		case rest[0] == ']' && group > 0:
			if t.places == opened {
				return nil, fmt.Errorf(`%q has brackets without a column in them (a bracket itself is written twice)`, text)
			}
			group, rest = 0, rest[1:]
		case rest[0] == '{':
			inner, after, ok := strings.Cut(rest[1:], "}")
			if !ok {
				return nil, fmt.Errorf(`%q has a "{" without "}" (a brace itself is written "{{")`, text)
			}
			if err := s.place(t, inner, group); err != nil {
				return nil, fmt.Errorf("%q: %w", text, err)
			}
			rest = after
		default:
			return nil, fmt.Errorf(`%q has a bracket that does not fit (a bracket itself is written twice)`, text)
		}
	}
	if group != 0 {
		return nil, fmt.Errorf(`%q has a "[" without "]" (a bracket itself is written twice)`, text)
	}
	return t, nil
}

func (t *template) literal(text string, group int) {
	if n := len(t.parts); n > 0 && t.parts[n-1].slot < 0 && t.parts[n-1].group == group {
		t.parts[n-1].literal += text
		return
	}
	t.parts = append(t.parts, part{literal: text, slot: -1, group: group})
}

func (s *slots) place(t *template, inner string, group int) error {
	names := strings.Split(inner, "|")
	if names[0] == "" {
		return fmt.Errorf("{%s} names no column", inner)
	}
	p := part{slot: s.of(names[0]), column: names[0], group: group}
	for _, name := range names[1:] {
		table, ok := s.values[name]
		if !ok && name != "number" {
			return fmt.Errorf("there is no table [values.%s]%s", name, suggest(name, keysOf(s.values, "number")))
		}
		p.filters = append(p.filters, filter{name, table})
	}
	t.parts = append(t.parts, p)
	t.places++
	t.needed = t.needed || group == 0
	return nil
}

// possible lists what a template can give, where the mapping alone decides it:
// plain text, or one place through a table of values.
func (t *template) possible() []string {
	switch {
	case t == nil:
	case t.places == 0:
		return []string{t.plain()}
	case len(t.parts) == 1 && len(t.parts[0].filters) > 0:
		var out []string
		table := t.parts[0].filters[len(t.parts[0].filters)-1].table
		for _, key := range keysOf(table.to) {
			if v := string(table.to[key]); v != everyOther {
				out = append(out, v)
			}
		}
		return out
	}
	return nil
}

// plain is the text of a template without places.
func (t *template) plain() string {
	var b strings.Builder
	for _, p := range t.parts {
		b.WriteString(p.literal)
	}
	return b.String()
}

// column names the column to blame for what the template gave.
func (t *template) column() string {
	for _, p := range t.parts {
		if p.slot >= 0 {
			return p.column
		}
	}
	return ""
}

// value is what a template gives in a row. It holds until the next call with
// the same buffer.
func (t *template) value(r *row) ([]byte, *feed.Refusal) {
	if t == nil {
		return nil, nil
	}
	if len(t.parts) == 1 && t.needed {
		return t.parts[0].value(r)
	}
	out, any := r.buffer[:0], false
	for i := 0; i < len(t.parts); {
		group, mark, filled, gap := t.parts[i].group, len(out), false, false
		for ; i < len(t.parts) && t.parts[i].group == group; i++ {
			p := &t.parts[i]
			if p.slot < 0 {
				out = append(out, p.literal...)
				continue
			}
			v, refusal := p.value(r)
			if refusal != nil {
				return nil, refusal
			}
			filled, gap = filled || len(v) > 0, gap || len(v) == 0
			out = append(out, v...)
		}
		if group > 0 && gap {
			out, filled = out[:mark], false
		}
		any = any || filled
	}
	r.buffer = out
	if t.needed && !any {
		return nil, nil
	}
	return out, nil
}

// value is the cell of a place after its filters.
func (p *part) value(r *row) ([]byte, *feed.Refusal) {
	v := r.cell(p.slot)
	for _, f := range p.filters {
		if f.table == nil {
			if len(v) > 0 && len(bytes.Trim(v, "0123456789")) > 0 {
				return nil, &feed.Refusal{Code: "E_TYPE", Field: p.column, Text: fmt.Sprintf("%s is no number", quote(v))}
			}
			for len(v) > 1 && v[0] == '0' {
				v = v[1:]
			}
			continue
		}
		to, ok := f.table.of(v)
		if !ok && len(v) > 0 {
			return nil, &feed.Refusal{Code: "E_TYPE", Field: p.column,
				Text: fmt.Sprintf("%s is not in [values.%s], which has %s", quote(v), f.name, strings.Join(quoteAll(keysOf(f.table.to)), ", "))}
		}
		if ok && string(to) != everyOther {
			v = to
		}
	}
	return v, nil
}

// tuple is the values behind a template of several places, apart: two rows
// with one key must have one tuple. What brackets leave out is empty.
func (t *template) tuple(r *row) string {
	var b strings.Builder
	for i := range t.parts {
		if p := &t.parts[i]; p.slot >= 0 {
			b.Write(t.shown(p, r))
			b.WriteByte(0)
		}
	}
	return b.String()
}

// gave reports whether the values behind t in a row are those of a tuple.
func (t *template) gave(r *row, tuple string) bool {
	for i := range t.parts {
		p := &t.parts[i]
		if p.slot < 0 {
			continue
		}
		v := t.shown(p, r)
		if len(tuple) <= len(v) || tuple[:len(v)] != string(v) || tuple[len(v)] != 0 {
			return false
		}
		tuple = tuple[len(v)+1:]
	}
	return true
}

// shown is what a place adds to the text of t, which was asked before and so
// was not refused: nothing in brackets where another place is empty.
func (t *template) shown(p *part, r *row) []byte {
	for i := range t.parts {
		if o := &t.parts[i]; p.group > 0 && o.group == p.group && o.slot >= 0 {
			if v, _ := o.value(r); len(v) == 0 {
				return nil
			}
		}
	}
	v, _ := p.value(r)
	return v
}
