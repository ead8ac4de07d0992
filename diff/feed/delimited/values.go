package delimited

import (
	"cmp"
	"slices"
	"strings"
)

// everyOther is the key of a table of values that stands for all values the
// table does not list, and as a value for the value as it is. At the end of a
// key it stands for all values that begin so.
const everyOther = "*"

// valueTable is one [values.NAME]: what stands in the file and what it means.
type valueTable struct {
	to     map[string][]byte
	starts []string // beginnings of values, the longest first
}

func newValueTable(text map[string]string) *valueTable {
	t := &valueTable{to: map[string][]byte{}}
	for from, to := range text {
		t.to[from] = []byte(to)
		if start, ok := strings.CutSuffix(from, everyOther); ok && start != "" {
			t.starts = append(t.starts, start)
		}
	}
	slices.SortFunc(t.starts, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return t
}

// of is what a value means: as it is listed, else by its longest beginning
// that is listed, else as every other one. The empty value is only what the
// table says of it.
func (t *valueTable) of(v []byte) (to []byte, ok bool) {
	if to, ok = t.to[string(v)]; ok || len(v) == 0 {
		return to, ok
	}
	for _, start := range t.starts {
		if len(v) >= len(start) && string(v[:len(start)]) == start {
			return t.to[start+everyOther], true
		}
	}
	to, ok = t.to[everyOther]
	return to, ok
}
