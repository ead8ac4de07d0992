package templates

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/unicode/norm"
)

// digits and others are the groups of names that begin with no letter.
const digitsGroup, othersGroup = "0–9", "#"

// deepest is how many letters of a name are looked at to divide a letter.
const deepest = 8

// FindPages sorts entries as the language does and makes the pages of the A to
// Z: one page when it holds all of them, else find.html with the letters and a
// page for each letter, or for a part of a letter, of at most so many entries
// where their names allow it. Most is 0 for what fits.
func FindPages(entries []FindEntry, l *Language, most int) []FindView {
	if most <= 0 {
		most = wholeFind
	}
	a := alphabet{order: collate.New(l.tag), loose: collate.New(l.tag, collate.Loose), known: map[rune]rune{}}
	entries = a.lettered(a.sorted(entries))
	if len(entries) <= most {
		return []FindView{{Path: FindPath, Entries: entries}}
	}
	var pages []FindView
	var links []Link
	used := map[string]int{}
	for _, part := range a.divide(entries, most) {
		slug := letterSlug(part.label)
		if used[slug]++; used[slug] > 1 {
			slug += "-" + strconv.Itoa(used[slug])
		}
		path := "find/" + slug + ".html"
		links = append(links, Link{Text: part.label, Path: path})
		pages = append(pages, FindView{Path: path, Letter: part.label, Entries: part.entries})
	}
	for i := range pages {
		pages[i].Letters = links
	}
	return append([]FindView{{Path: FindPath, Letters: links}}, pages...)
}

// alphabet sorts names and tells their letters as one language does.
type alphabet struct {
	order, loose *collate.Collator
	known        map[rune]rune // letters of letters
}

// part is what stands on one page.
type part struct {
	label   string
	entries []FindEntry
}

// sorted is a copy of the entries that have a name, in order.
func (a *alphabet) sorted(entries []FindEntry) []FindEntry {
	var buf collate.Buffer
	type keyed struct {
		key []byte
		FindEntry
	}
	list := make([]keyed, 0, len(entries))
	for _, e := range entries {
		if e.Name != "" {
			list = append(list, keyed{a.order.KeyFromString(&buf, e.Name), e})
		}
	}
	slices.SortStableFunc(list, func(x, y keyed) int {
		return cmp.Or(bytes.Compare(x.key, y.key), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Context, y.Context), cmp.Compare(x.Path, y.Path))
	})
	out := make([]FindEntry, len(list))
	for i := range list {
		out[i] = list[i].FindEntry
	}
	return out
}

// lettered sets the letters, and moves entries to the others of their letter
// where the order of the language puts something between them.
func (a *alphabet) lettered(entries []FindEntry) []FindEntry {
	at := map[rune]int{}
	rank := func(e FindEntry) int { return at[a.first(e.Name)] }
	for i := range entries {
		r := a.first(entries[i].Name)
		if _, ok := at[r]; !ok {
			at[r] = len(at)
		}
		if !wide(r) {
			entries[i].Letter = group(r)
		}
	}
	slices.SortStableFunc(entries, func(x, y FindEntry) int { return cmp.Compare(rank(x), rank(y)) })
	return entries
}

// divide cuts sorted entries by their first letter, and letters with too many
// entries by more of their letters. Letters stay apart; parts of a letter, and
// scripts with thousands of letters, are put together as long as they fit.
func (a *alphabet) divide(entries []FindEntry, most int) []part {
	var out []part
	for _, run := range a.runs(entries, 1) {
		label := a.label(run[0].Name, 1)
		han := wide(a.first(run[0].Name))
		if last := len(out) - 1; han && last >= 0 && wide([]rune(out[last].label)[0]) && len(out[last].entries)+len(run) <= most {
			out[last] = joined(out[last], part{label, run})
			continue
		}
		out = append(out, a.cut(part{label, run}, 1, most)...)
	}
	return out
}

// cut divides a part that has too many entries by one letter more.
func (a *alphabet) cut(p part, depth, most int) []part {
	if len(p.entries) <= most || depth == deepest {
		return []part{p}
	}
	var out []part
	for _, run := range a.runs(p.entries, depth+1) {
		for _, q := range a.cut(part{a.label(run[0].Name, depth+1), run}, depth+1, most) {
			if last := len(out) - 1; last >= 0 && len(out[last].entries)+len(q.entries) <= most {
				out[last] = joined(out[last], q)
				continue
			}
			out = append(out, q)
		}
	}
	return out
}

func joined(a, b part) part {
	from, _, _ := strings.Cut(a.label, "–")
	to := b.label
	if _, after, ok := strings.Cut(to, "–"); ok {
		to = after
	}
	label := from
	if to != from {
		label += "–" + to
	}
	return part{label, append(a.entries[:len(a.entries):len(a.entries)], b.entries...)}
}

// runs are neighbours whose first letters are the same.
func (a *alphabet) runs(entries []FindEntry, depth int) [][]FindEntry {
	var out [][]FindEntry
	from, last := 0, ""
	for i := range entries {
		l := a.label(entries[i].Name, depth)
		if i > 0 && l != last {
			out = append(out, entries[from:i])
			from = i
		}
		last = l
	}
	return append(out, entries[from:])
}

// label is the first letters of a name as a heading: "S", "Sa".
func (a *alphabet) label(name string, depth int) string {
	if depth == 1 {
		return group(a.first(name))
	}
	var b strings.Builder
	n := 0
	for _, r := range name {
		if n == 0 && !unicode.IsLetter(r) && !unicode.IsNumber(r) || unicode.Is(unicode.Mn, r) {
			continue
		}
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			r = ' '
		} else {
			r = a.letter(r)
			if n > 0 {
				r = unicode.ToLower(r)
			}
		}
		b.WriteRune(r)
		if n++; n == depth {
			break
		}
	}
	return strings.TrimSpace(b.String())
}

// first is the letter that a name stands under, 0 when it has none.
func (a *alphabet) first(name string) rune {
	for _, r := range name {
		if unicode.IsLetter(r) {
			return a.letter(r)
		}
		if unicode.IsNumber(r) {
			return '0'
		}
	}
	return 0
}

func group(letter rune) string {
	switch letter {
	case 0:
		return othersGroup
	case '0':
		return digitsGroup
	}
	return string(letter)
}

// wide reports whether a letter belongs to a script that has thousands.
func wide(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hangul) }

// letter is the capital that a letter is sorted under: E for É, and Ø for Ø
// where that is a letter of its own, else O.
func (a *alphabet) letter(r rune) rune {
	if l, ok := a.known[r]; ok {
		return l
	}
	up := unicode.ToUpper(r)
	base := up
	if d := []rune(norm.NFKD.String(string(up))); !wide(up) && len(d) > 0 && unicode.IsLetter(d[0]) {
		base = unicode.ToUpper(d[0])
	}
	if base == up && up > unicode.MaxASCII && unicode.Is(unicode.Latin, up) {
		base = a.below(up)
	}
	if base != up && a.loose.CompareString(string(base)+"zzzz", string(up)) < 0 {
		base = up // after everything that begins with the plain letter
	}
	a.known[r] = base
	return base
}

// below is the last letter of the basic alphabet that is not after r.
func (a *alphabet) below(r rune) rune {
	out := r
	for c := 'A'; c <= 'Z'; c++ {
		if a.loose.CompareString(string(c), string(r)) <= 0 {
			out = c
		}
	}
	return out
}

func hex(r rune) string { return strconv.FormatInt(int64(r), 16) }
