package delimited

import (
	"slices"
	"strings"
)

// used checks that every column the mapping reads can be there, and that no
// name stands for two things.
func (c *compiler) used(f *file, t *fileText) error {
	fixed := map[string]string{} // name → where it gets its value
	for _, p := range f.names {
		for _, name := range p.names {
			fixed[name] = "the name of the file"
		}
	}
	for _, p := range f.preamble {
		names := []string{p.column}
		if p.like != nil {
			names = p.like.names
		}
		for _, name := range names {
			if where := fixed[name]; where != "" {
				return c.wrong("preamble", name, "%q would stand for two things: for a piece of %s and of the preamble", name, where)
			}
			fixed[name] = "the preamble"
		}
	}
	if err := c.given(f, fixed); err != nil {
		return err
	}
	if len(f.columns) == 0 {
		return nil
	}
	known := append(append(keysOf(fixed, "file"), f.columns...), keysOf(t.Alias)...)
	for _, r := range f.rules {
		known = append(known, r.gives()...)
	}
	for _, name := range f.slots.names {
		if !slices.Contains(known, name) {
			return c.wrong("columns", "{"+name, "there is no column %q%s", name, suggest(name, known))
		}
	}
	return nil
}

// gives are the names that a rule over columns has for itself.
func (r *rule) gives() []string {
	if r.columns == nil {
		return nil
	}
	return append(slices.Clone(r.columns.names), "cell")
}

// given checks the names that rules over columns give. Several rules may give
// the same ones, each for itself; elsewhere they stand for nothing.
func (c *compiler) given(f *file, fixed map[string]string) error {
	defer func() { c.row = 0 }()
	for i, r := range f.rules {
		c.row = i + 1
		for j, name := range r.gives() {
			if where := fixed[name]; where != "" {
				return c.wrong("columns", r.columns.text, "%q would stand for two things: for a piece of %s and of columns", name, where)
			}
			if slices.Contains(r.gives()[:j], name) {
				return c.wrong("columns", r.columns.text, "%q would stand for two things in one text", name)
			}
		}
		for _, name := range r.asked {
			if f.given(name) && !slices.Contains(r.gives(), name) {
				return c.wrong("columns", "{"+name, "{%s} is known in a rule whose columns has it, and this rule's has not", name)
			}
		}
	}
	for _, name := range f.carry {
		if f.given(name) || fixed[name] != "" {
			return c.wrong("carry", name, "%q is no column", name)
		}
	}
	return nil
}

// given reports whether a name is filled while rules run over columns.
func (f *file) given(name string) bool {
	return slices.ContainsFunc(f.rules, func(r *rule) bool { return slices.Contains(r.gives(), name) })
}

// headerNames are the names of the columns: what stands in the lines of the
// header below one another. An empty cell of an upper line goes on with the
// cell before it, as far as the cell above it goes.
func headerNames(upper [][][]byte, last [][]byte) ([]string, bool) {
	names := make([]string, len(last))
	over := make([]string, len(upper)) // the present cell of each upper line
	for i := range names {
		for j, line := range upper {
			if i < len(line) && len(line[i]) > 0 {
				over[j] = string(line[i])
				clear(over[j+1:])
			}
		}
		var parts []string
		for _, text := range append(slices.Clone(over), string(last[i])) {
			if text != "" {
				parts = append(parts, text)
			}
		}
		names[i] = strings.Join(parts, headerJoint)
	}
	for _, line := range upper {
		if len(line) > len(last) && !blank(line[len(last):]) {
			return nil, false
		}
	}
	return names, true
}

// headerJoint stands between the lines of a header in the name of a column.
const headerJoint = " / "
