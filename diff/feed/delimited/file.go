package delimited

import (
	"path"
	"slices"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
)

// The roles of a file.
const (
	results     = "results"
	definitions = "definitions"
	ignored     = "ignore"
)

// file is one [[file]], checked.
type file struct {
	index        int
	names        []*pattern
	role         string
	load         feed.Options
	split        splitter
	header       int // line of the header; 0 when there is none
	headerStarts string
	headerLines  int
	columns      []string
	optional     []string
	ignore       []*pattern
	carry        []string // columns whose empty cells repeat the one above
	alias        map[string][]string
	preamble     []preambleCell
	end          *string
	openEnd      bool // the last line may be without an end
	empty        bool
	complete     complete
	absent       []string
	counts       counts
	stamp        stamp
	agree        string
	scope        *template
	rank         int
	title        *template
	election     *template
	phase        *template
	placeholders bool
	best         *template
	bestOrder    []string
	sums         []sum
	parts        bool
	rules        []*rule
	slots        slots
}

type preambleCell struct {
	column string
	cellText
	like *pattern
}

type complete struct {
	last    []condition
	minRows int
	rows    *template
	group   *template
	groups  int
	equal   bool
}

type counts struct {
	feed.CountRule
	comma bool   // "," stands before a fraction
	like  string // further characters that set thousands apart
}

type stamp struct {
	from   *template // nil: receipt or lastModified
	layout string
	dotted bool // "a.m."
	first  bool // the first row alone
	source string
}

func (c *compiler) compileFile(t *fileText) (*file, error) {
	f := &file{role: t.Role, headerStarts: t.HeaderStarts, columns: t.Columns, optional: t.Optional, carry: t.Carry, alias: t.Alias, end: t.End,
		openEnd: t.FinalNewline != nil && !*t.FinalNewline, empty: t.Empty, absent: t.Absent, agree: t.Agree, rank: t.Rank,
		slots: slots{at: map[string]int{}, values: c.values}}
	names, ok := texts(t.Name)
	if !ok || len(names) == 0 {
		return nil, c.wrong("name", "name", "a [[file]] needs a name or a list of names, for example %q", "results*.csv")
	}
	for _, name := range names {
		p, err := newPattern(name)
		if err != nil {
			return nil, c.wrong("name", name, "%v", err)
		}
		f.names = append(f.names, p)
	}
	if f.role == "" {
		f.role = results
	}
	if err := c.word("role", f.role, []string{results, definitions, ignored}); err != nil {
		return nil, err
	}
	if f.role == ignored {
		return f, nil
	}
	for _, step := range []func(*file, *fileText) error{c.form, c.head, c.numbers, c.order, c.about, c.rules, c.wholeness, c.used} {
		if err := step(f, t); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// match returns what the names in the pattern of the file's name stand for.
func (f *file) match(name string) (map[string]string, bool) {
	for _, p := range f.names {
		captures, ok := p.match(name)
		if !ok {
			continue
		}
		out := map[string]string{}
		for _, other := range f.names {
			for _, n := range other.names {
				out[n] = ""
			}
		}
		for i, n := range p.names {
			out[n] = captures[i]
		}
		return out, true
	}
	return nil, false
}

// texts reads a setting that takes a text or a list of texts.
func texts(v any) ([]string, bool) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, x := range list {
		s, ok := x.(string)
		if !ok || s == "" {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}

// form reads how the text is written down.
func (c *compiler) form(f *file, t *fileText) error {
	f.split = splitter{separator: ',', quotes: t.Quotes == nil || *t.Quotes, multiline: t.Multiline, trim: t.Trim}
	if t.Separator != "" {
		f.split.separator = t.Separator[0]
	}
	if len(t.Separator) > 1 || strings.ContainsAny(t.Separator, "\"\r\n") || len(t.Separator) == 1 && t.Separator[0] >= 0x80 {
		return c.wrong("separator", t.Separator, `%q is no separator; allowed is one character such as ",", ";", "|", "\t"`, t.Separator)
	}
	var err error
	if f.load.Encodings, err = c.encodings(t.Encodings); err != nil {
		return err
	}
	if _, err := path.Match(t.Zip, "x"); err != nil {
		return c.wrong("zip", t.Zip, "%q is no pattern", t.Zip)
	}
	f.load.ZipEntry = t.Zip
	return nil
}

// maxHeader is how many lines a header may have.
const maxHeader = 8

// head reads where the header stands and what the columns are called.
func (c *compiler) head(f *file, t *fileText) error {
	f.header = 1
	if t.Header != nil {
		f.header = *t.Header
	}
	switch {
	case t.HeaderStarts != "" && t.Header != nil:
		return c.wrong("header", t.HeaderStarts, "header and header_starts exclude each other")
	case t.HeaderStarts == "" && (f.header < 0 || f.header > 1000):
		return c.wrong("header", "header", "%d is no line; 0 says that there is no header", f.header)
	case t.HeaderLines < 0 || t.HeaderLines > maxHeader || t.HeaderStarts == "" && t.HeaderLines > max(f.header, 1):
		return c.wrong("header_lines", "header_lines", "%d is not possible: header is the last line of the header, which has 1 to %d", t.HeaderLines, maxHeader)
	case f.header == 0 && len(t.Columns) == 0:
		return c.wrong("columns", "header", "a file without a header needs columns: the names of all columns in their order")
	case f.header == 0 && len(t.Optional) > 0:
		return c.wrong("optional", t.Optional[0], "a file without a header has no optional columns")
	}
	f.headerLines = max(t.HeaderLines, 1)
	for k, list := range [][]string{t.Columns, t.Optional, t.Carry} {
		for i, name := range list {
			if name == "" || slices.Contains(list[:i], name) {
				return c.wrong([]string{"columns", "optional", "carry"}[k], name, "the name %q is empty or there twice", name)
			}
		}
	}
	for _, name := range t.Carry {
		f.slots.of(name)
	}
	for _, text := range t.Ignore {
		p, err := newPattern(text)
		if err != nil {
			return c.wrong("ignore", text, "%v", err)
		}
		f.ignore = append(f.ignore, p)
	}
	for _, name := range keysOf(t.Preamble) {
		cell := preambleCell{column: name, cellText: t.Preamble[name]}
		if (cell.Line > 0) == (cell.Starts != "") {
			return c.wrong("preamble", name, "%s needs either line or starts", name)
		}
		if cell.Like != "" {
			p, err := newPattern(cell.Like)
			if err != nil {
				return c.wrong("preamble", cell.Like, "%v", err)
			}
			cell.like = p
		}
		f.preamble = append(f.preamble, cell)
	}
	return nil
}

// numbers reads how counts are written.
func (c *compiler) numbers(f *file, t *fileText) error {
	n := t.Counts
	f.counts = counts{CountRule: feed.CountRule{Plus: n.Plus, Padded: n.Padded, Float: n.Decimal == "."}, comma: n.Decimal == ","}
	if err := c.word("counts.thousands", n.Thousands, []string{",", ".", " ", "'"}); err != nil {
		return err
	}
	if err := c.word("counts.decimal", n.Decimal, []string{",", "."}); err != nil {
		return err
	}
	if err := c.word("counts.negative", n.Negative, []string{"absent"}); err != nil {
		return err
	}
	switch n.Thousands {
	case "":
	case " ":
		f.counts.Thousands, f.counts.like = ' ', "\u00a0\u202f\u2009"
	case "'":
		f.counts.Thousands, f.counts.like = '\'', "’"
	default:
		f.counts.Thousands = n.Thousands[0]
	}
	if n.Thousands != "" && n.Thousands == n.Decimal {
		return c.wrong("counts", n.Decimal, "thousands and decimal are both %q", n.Decimal)
	}
	f.counts.Negative = n.Negative == "absent"
	return nil
}

// order reads the stamp and the best type of a result.
func (c *compiler) order(f *file, t *fileText) error {
	s := t.Stamp
	switch s.From {
	case "", "receipt", "last-modified":
		f.stamp.source = s.From
		if f.stamp.source == "" {
			f.stamp.source = "receipt"
		}
		if s.Layout != "" || s.Row != "" {
			return c.wrong("stamp", s.From, "layout and row belong to a stamp that stands in the file")
		}
		if t.Agree != "" {
			return c.wrong("agree", t.Agree, "files can only agree in a stamp that stands in them")
		}
	default:
		var err error
		if f.stamp.from, err = c.template(f, "stamp.from", s.From); err != nil {
			return err
		}
		if f.stamp.from.places == 0 {
			return c.wrong("stamp.from", s.From, `allowed are "receipt", "last-modified" and a column in braces`)
		}
		layout := s.Layout
		if strings.Contains(layout, "a.m.") || strings.Contains(layout, "am") || strings.Contains(layout, "AM") {
			layout = strings.ReplaceAll(layout, "hh", "h")
		}
		if f.stamp.layout, err = goLayout(layout); err != nil {
			return c.wrong("stamp.layout", s.Layout, "%v", err)
		}
		f.stamp.dotted = strings.Contains(layout, "a.m.")
		if err := c.word("stamp.row", s.Row, []string{"first", "every"}); err != nil {
			return err
		}
		f.stamp.first = s.Row == "first"
	}
	if (t.Best.Of == "") != (len(t.Best.Order) == 0) {
		return c.wrong("best", "best", "best needs of and order")
	}
	var err error
	if f.best, err = c.template(f, "best.of", t.Best.Of); err != nil {
		return err
	}
	f.bestOrder = t.Best.Order
	return nil
}

// about reads what holds for the whole file.
func (c *compiler) about(f *file, t *fileText) error {
	for _, x := range []struct {
		name, text string
		to         **template
	}{{"scope", t.Scope, &f.scope}, {"title", t.Title, &f.title}, {"election", t.Election, &f.election}, {"phase", t.Phase, &f.phase}} {
		var err error
		if *x.to, err = c.template(f, x.name, x.text); err != nil {
			return err
		}
	}
	if err := c.possible("phase", f.phase, append(phases(), "")); err != nil {
		return err
	}
	if err := c.word("zeros", t.Zeros, []string{"counts", "placeholders"}); err != nil {
		return err
	}
	f.placeholders = t.Zeros == "placeholders"
	for _, text := range t.Sums {
		if text == "parts" {
			f.parts = true
			continue
		}
		s, err := parseSum(text)
		if err != nil {
			return c.wrong("sums", text, "%v", err)
		}
		f.sums = append(f.sums, s)
	}
	return nil
}

// wholeness reads how a file shows that it is whole.
func (c *compiler) wholeness(f *file, t *fileText) error {
	x := t.Complete
	f.complete = complete{minRows: x.MinRows, groups: x.Groups, equal: x.Equal}
	var err error
	if f.complete.last, err = c.conditions(f, "complete.last", x.Last); err != nil {
		return err
	}
	if f.complete.rows, err = c.template(f, "complete.rows", x.Rows); err != nil {
		return err
	}
	if f.complete.group, err = c.template(f, "complete.group", x.Group); err != nil {
		return err
	}
	if x.Group == "" && (x.Groups > 0 || x.Equal) || x.Group != "" && x.Groups == 0 && !x.Equal {
		return c.wrong("complete", "complete", "group goes with groups, equal or both")
	}
	return nil
}

func (c *compiler) template(f *file, setting, text string) (*template, error) {
	t, err := f.slots.template(text)
	if err != nil {
		return nil, c.wrong(setting, text, "%v", err)
	}
	return t, nil
}

// possible checks what a template can give against the words allowed.
func (c *compiler) possible(setting string, t *template, allowed []string) error {
	for _, v := range t.possible() {
		if !slices.Contains(allowed, v) {
			return c.wrong(setting, t.text, "%q is not allowed%s", v, suggest(v, allowed))
		}
	}
	return nil
}
