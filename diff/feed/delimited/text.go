package delimited

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
)

func malformed(format string, args ...any) *feed.Refusal {
	return &feed.Refusal{Code: "E_CSV", Text: fmt.Sprintf(format, args...)}
}

// quote shows what a source sent, shortened.
func quote(b []byte) string {
	if len(b) > 40 {
		return strconv.Quote(string(b[:40])) + "…"
	}
	return strconv.Quote(string(b))
}

func quoteAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strconv.Quote(s)
	}
	return out
}

// keysOf lists the keys of a table and further words, sorted.
func keysOf[V any](table map[string]V, more ...string) []string {
	out := more
	for k := range table {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// suggest is a clause about what is allowed: the nearest word when one is near,
// and all of them when they are few.
func suggest(word string, allowed []string) string {
	near := nearest(word, allowed)
	switch {
	case near != "":
		return fmt.Sprintf("; did you mean %q?", near)
	case len(allowed) == 0 || len(allowed) > 40:
		return ""
	}
	return "; allowed are " + strings.Join(quoteAll(allowed), ", ")
}

// nearest is the word at most two letters away; "" when there is none.
func nearest(word string, allowed []string) string {
	best, distance := "", 3
	for _, a := range allowed {
		if d := edits(strings.ToLower(word), strings.ToLower(a)); d < distance && d < len(a) {
			best, distance = a, d
		}
	}
	return best
}

// edits is the number of letters to change, add or drop to get from a to b;
// words longer than 64 bytes are never near.
func edits(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost = 1 + min(last, row[j], row[j+1])
			}
			last, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
