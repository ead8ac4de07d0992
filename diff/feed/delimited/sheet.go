package delimited

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
)

// sheet is one payload, opened: its header is known and its rows come one by
// one.
type sheet struct {
	file    *file
	p       feed.Payload
	lines   lines
	names   []string // of the columns
	row     row
	carried [][]byte // of each column of carry, the text that stands for empty cells
	notes   feed.Findings
}

// row is one line of data.
type row struct {
	line   int
	cells  [][]byte
	at     []int    // slot → column; -1 for none
	fixed  [][]byte // slot → what holds for the whole file, where at is -1
	buffer []byte
}

func (r *row) cell(slot int) []byte {
	if i := r.at[slot]; i >= 0 {
		return r.cells[i]
	}
	return r.fixed[slot]
}

// refuse completes a refusal with where it happened.
func (s *sheet) refuse(r *feed.Refusal) *feed.Refusal {
	r.Feed, r.File = s.p.Feed, s.p.Name
	if r.Line == 0 {
		r.Line = s.row.line
	}
	return r
}

// open reads everything above the data.
func open(f *file, p feed.Payload, opts feed.Options) (*sheet, error) {
	opts.ZipEntry = f.load.ZipEntry
	body, err := feed.Load(p, opts, f.load.Encodings...)
	if err != nil {
		return nil, err
	}
	s := &sheet{file: f, p: p, lines: lines{rest: body}}
	n := len(f.slots.names)
	s.row.at, s.row.fixed = make([]int, n), make([][]byte, n)
	for i := range s.row.at {
		s.row.at[i] = -1
	}
	captures, _ := f.match(path.Base(p.Name))
	for name, value := range captures {
		s.fix(name, value)
	}
	if refusal := s.head(); refusal != nil {
		return nil, s.refuse(refusal)
	}
	if refusal := s.bind(); refusal != nil {
		return nil, s.refuse(refusal)
	}
	return s, nil
}

// fix gives a column one value for the whole file.
func (s *sheet) fix(name, value string) {
	if slot, ok := s.file.slots.at[name]; ok {
		s.row.fixed[slot] = []byte(value)
	}
}

// maxPreamble is how many lines are looked at for a header.
const maxPreamble = 1000

// head reads the preamble and the header.
func (s *sheet) head() *feed.Refusal {
	f := s.file
	if f.header == 0 && f.headerStarts == "" {
		s.names = f.columns
		return nil
	}
	var preamble [][]byte
	for {
		line, ok := s.lines.next()
		s.row.line = s.lines.at
		switch {
		case !ok && f.headerStarts != "" || len(preamble) == maxPreamble:
			return malformed("no line begins with %q, as the header does", f.headerStarts)
		case !ok:
			return malformed("there is no line %d, where the header is expected", f.header)
		}
		if f.headerStarts != "" && starts(line, f.headerStarts, f.split.separator) || f.headerStarts == "" && s.lines.at == f.header {
			refusal := s.header(preamble, line)
			if refusal != nil {
				return refusal
			}
			break
		}
		preamble = append(preamble, line)
	}
	return s.above(preamble)
}

// header names the columns by the last line of the header and the lines above
// it that belong to it.
func (s *sheet) header(above [][]byte, line []byte) *feed.Refusal {
	last, refusal := s.file.split.split(nil, line, &s.lines)
	if refusal != nil {
		return refusal
	}
	n := s.file.headerLines - 1
	if n > len(above) {
		return malformed("the header has %d lines, and only %d stand above this one", n+1, len(above))
	}
	var upper [][][]byte
	for _, line := range above[len(above)-n:] {
		cells, refusal := s.file.split.line(line)
		if refusal != nil {
			return refusal
		}
		upper = append(upper, cells)
	}
	names, ok := headerNames(upper, last)
	if !ok {
		return malformed("a line of the header is longer than the last one")
	}
	s.names = names
	return nil
}

// starts reports whether the first cell of a line is text.
func starts(line []byte, text string, separator byte) bool {
	first, _, _ := bytes.Cut(line, []byte{separator})
	return string(bytes.Trim(first, `" `)) == text
}

// begins reports whether a line begins with text, in quotation marks or not.
func begins(line []byte, text string) bool {
	return bytes.HasPrefix(line, []byte(text)) || bytes.HasPrefix(bytes.TrimPrefix(line, []byte(`"`)), []byte(text))
}

// hint says what may be wrong with a text that is no line of its own.
func (p *preambleCell) hint(line string) string {
	if p.Cell == 0 && strings.HasPrefix(line, `"`) {
		return " (cell = 1 takes the first cell without its quotation marks)"
	}
	return ""
}

// above finds the values of the preamble.
func (s *sheet) above(preamble [][]byte) *feed.Refusal {
	for _, p := range s.file.preamble {
		i := p.Line - 1
		if p.Starts != "" {
			i = slices.IndexFunc(preamble, func(line []byte) bool { return begins(line, p.Starts) })
		}
		if i < 0 || i >= len(preamble) {
			return &feed.Refusal{Code: "E_MISSING", Field: p.column, Line: 1, Text: "its line above the header is not there"}
		}
		text := string(preamble[i])
		if p.Cell > 0 {
			cells, refusal := s.file.split.line(preamble[i])
			if refusal != nil {
				refusal.Line, refusal.Field = i+1, p.column
				return refusal
			}
			if p.Cell > len(cells) {
				return &feed.Refusal{Code: "E_MISSING", Field: p.column, Line: i + 1, Text: fmt.Sprintf("the line has no cell %d", p.Cell)}
			}
			text = string(cells[p.Cell-1])
		}
		text = strings.Join(strings.Fields(text), " ")
		if p.like == nil {
			s.fix(p.column, text)
			continue
		}
		captures, ok := p.like.match(text)
		if !ok {
			return &feed.Refusal{Code: "E_MISSING", Field: p.column, Line: i + 1, Text: fmt.Sprintf("%s is not like %q%s", quote([]byte(text)), p.like.text, p.hint(text))}
		}
		for j, name := range p.like.names {
			s.fix(name, captures[j])
		}
	}
	return nil
}

// maxColumns is how many columns a file may have.
const maxColumns = 4096

// bind checks the header and finds the columns that the mapping names.
func (s *sheet) bind() *feed.Refusal {
	f := s.file
	if len(s.names) > maxColumns {
		return &feed.Refusal{Code: "E_COUNT", Text: fmt.Sprintf("%d columns, more than the %d allowed", len(s.names), maxColumns)}
	}
	seen := map[string]bool{}
	for _, name := range s.names {
		if name != "" && seen[name] {
			return malformed("the header has the column %q twice", name)
		}
		seen[name] = true
	}
	if len(f.columns) > 0 {
		if refusal := s.exact(); refusal != nil {
			return refusal
		}
	}
	used := make([]bool, len(s.names))
	for slot, name := range f.slots.names {
		if s.row.fixed[slot] != nil || f.given(name) {
			continue
		}
		i := s.column(name)
		switch {
		case i >= 0:
			s.row.at[slot], used[i] = i, true
		case name == "file":
			s.fix(name, path.Base(s.p.Name))
		case !slices.Contains(f.optional, name):
			return malformed("the header has no column %q%s", name, suggest(name, s.names))
		}
	}
	if len(f.columns) == 0 {
		s.strangers(used)
	}
	return nil
}

// exact compares the header with the columns the mapping lists.
func (s *sheet) exact() *feed.Refusal {
	i := 0
	for _, want := range s.file.columns {
		switch {
		case i < len(s.names) && s.names[i] == want:
			i++
		case slices.Contains(s.file.optional, want):
		case i < len(s.names):
			return malformed("column %d of the header is %q where %q is expected", i+1, s.names[i], want)
		default:
			return malformed("the header ends before the column %q", want)
		}
	}
	if i < len(s.names) {
		return malformed("column %d of the header is %q, which is not expected", i+1, s.names[i])
	}
	return nil
}

// column is the place of a column by its name or one of its aliases; -1 when
// there is none.
func (s *sheet) column(name string) int {
	for _, n := range append([]string{name}, s.file.alias[name]...) {
		if i := slices.Index(s.names, n); i >= 0 {
			return i
		}
	}
	return -1
}

// strangers notes columns that nothing in the mapping speaks of.
func (s *sheet) strangers(used []bool) {
	for i, name := range s.names {
		known := used[i] || slices.Contains(s.file.optional, name)
		for _, p := range s.file.ignore {
			_, ok := p.match(name)
			known = known || ok
		}
		for _, r := range s.file.rules {
			if r.columns != nil {
				_, ok := r.columns.match(name)
				known = known || ok
			}
		}
		if !known {
			s.notes.Note("F_UNKNOWN_KEY", "column %q is not known to the mapping and is not read", name)
		}
	}
}

// next reads the next row. ok is false at the end of the data.
func (s *sheet) next() (ok bool, refusal *feed.Refusal) {
	f := s.file
	for {
		line, ok := s.lines.next()
		if !ok {
			return false, s.ended()
		}
		s.row.line = s.lines.at
		if f.end != nil && s.isEnd(line) {
			return false, nil
		}
		if len(line) == 0 {
			continue
		}
		s.row.cells, refusal = f.split.split(s.row.cells[:0], line, &s.lines)
		switch {
		case refusal != nil:
			return false, refusal
		case s.lines.open && !f.openEnd:
			return false, &feed.Refusal{Code: "E_TRUNCATED", Text: "the last line has no end (final_newline = false allows that)"}
		case len(s.row.cells) != len(s.names):
			return false, malformed("%d columns where %d are expected", len(s.row.cells), len(s.names))
		case blank(s.row.cells):
			continue
		}
		s.carryDown()
		return true, nil
	}
}

// carryDown fills the empty cells of carried columns with what stood above. A
// new text in one of them ends those after it in the list.
func (s *sheet) carryDown() {
	if len(s.file.carry) > 0 && s.carried == nil {
		s.carried = make([][]byte, len(s.file.carry))
	}
	for i, name := range s.file.carry {
		at := s.row.at[s.file.slots.at[name]]
		switch {
		case at < 0:
		case len(bytes.TrimSpace(s.row.cells[at])) == 0:
			s.row.cells[at] = s.carried[i]
		case !bytes.Equal(s.row.cells[at], s.carried[i]):
			s.carried[i] = bytes.Clone(s.row.cells[at])
			clear(s.carried[i+1:])
		}
	}
}

// isEnd reports whether a line stands behind the data.
func (s *sheet) isEnd(line []byte) bool {
	if *s.file.end == "" {
		return len(bytes.Trim(line, string(s.file.split.separator)+" \t")) == 0
	}
	return begins(line, *s.file.end)
}

func (s *sheet) ended() *feed.Refusal {
	if s.file.end == nil {
		return nil
	}
	what := "the empty line"
	if *s.file.end != "" {
		what = fmt.Sprintf("the line that begins with %q", *s.file.end)
	}
	return &feed.Refusal{Code: "E_INCOMPLETE", Text: what + " that ends the data is not there"}
}
