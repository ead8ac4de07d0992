package publish

import (
	"slices"
	"strconv"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/templates"
)

// How much a page holds at most; what is more goes to further parts. A page of
// so much weighs less than 40 KB as transferred.
const (
	placeRaces = 400
	typeRaces  = 400
	unitRows   = 200
	choiceRows = 800
	liteRaces  = 600
	findRows   = 300
)

// maxTop is how many places, and how many contest types, the release names
// itself: readers fetch it each time, so that it must stay small. Of more, the
// pages stand in the indexes of groups.
const maxTop = 64

// book is which pages there are beside those of races, and which of them show
// a race. It is a function of the definitions in the order of groups, which a
// restart keeps, and never changes.
type book struct {
	tree   *tree
	order  []int // all races, in the order of groups
	sheets []sheet
	at     map[string]int // sheets by path

	types  []heading
	typed  []int // of each race: the sheet of the contest type that lists it, or -1
	listed []int // of each race: the sheet of lite.html that lists it
	above  []int // of each race: that of the same contest in the nearest unit above, or -1
	inside [][]int
	find   []map[string]templates.FindView // of each language: by path
}

// sheet is one page.
type sheet struct {
	path        string
	kind        sheetKind
	of          int // place, type or race that it is about
	part, parts int // part from 1
	group       int // in whose index it stands, -1 for the release
}

type sheetKind int

const (
	placeSheet sheetKind = iota
	typeSheet
	liteSheet
	breakdownSheet
	choicesSheet
	findSheet
	updatesSheet
	correctionsSheet
	dataSheet
	plainSheet // says nothing of races
)

// heading is a contest type: the races of its contests in the largest places
// that they are counted in.
type heading struct {
	name, path string
	races      []int
}

// newBook lists the pages of a snapshot whose races are in these groups.
func newBook(s *snapshot.Snapshot, groups []groupState, sites []*templates.Site) *book {
	b := &book{at: map[string]int{}}
	in := make([]int, len(s.Races))
	for g := range groups {
		b.order = append(b.order, groups[g].races...)
		for _, i := range groups[g].races {
			in[i] = g
		}
	}
	b.tree = newTree(s, b.order, sites[0].Name)
	b.addPlaces(in)
	b.relate(s)
	b.addTypes(s, in)
	b.addParts(templates.LitePath, liteSheet, 0, -1, len(b.order), liteRaces)
	b.listed = make([]int, len(s.Races))
	for n, i := range b.order {
		b.listed[i] = b.at[templates.LitePath] + n/liteRaces
	}
	for _, i := range b.order {
		if r := s.Races[i]; b.broken(i) {
			b.addParts(shard.BreakdownPage(r.Unit.ID, r.Contest.ID), breakdownSheet, i, in[i], len(b.inside[i]), unitRows)
		}
	}
	for _, i := range b.order {
		if path := choices(s.Races[i]); path != "" {
			b.addParts(path, choicesSheet, i, in[i], len(s.Races[i].Contest.Choices), choiceRows)
		}
	}
	b.addFind(s, sites)
	b.add(sheet{path: templates.UpdatesPath, kind: updatesSheet, group: -1})
	b.add(sheet{path: templates.CorrectionsPath, kind: correctionsSheet, group: -1})
	b.add(sheet{path: templates.DataPath, kind: dataSheet, group: -1})
	for _, path := range []string{templates.AboutPath, templates.StatusPath, templates.EmbedPath, templates.NotFoundPath} {
		b.add(sheet{path: path, kind: plainSheet, group: -1})
	}
	return b
}

func (b *book) add(sh sheet) {
	b.at[sh.path] = len(b.sheets)
	b.sheets = append(b.sheets, sh)
}

// addParts adds a page of n lines, at most so many on each part. The parts
// stand one after the other.
func (b *book) addParts(path string, kind sheetKind, of, group, n, most int) {
	parts := max(1, (n+most-1)/most)
	for part := 1; part <= parts; part++ {
		b.add(sheet{path: shard.Part(path, part), kind: kind, of: of, part: part, parts: parts, group: group})
	}
}

// addPlaces adds the pages of places.
func (b *book) addPlaces(in []int) {
	for i, group := range b.tree.homes(in) {
		b.addParts(b.tree.path(i), placeSheet, i, group, len(b.tree.places[i].races), placeRaces)
	}
}

// relate finds, for every race, the same contest in the nearest unit above.
func (b *book) relate(s *snapshot.Snapshot) {
	type counted struct {
		contest string
		unit    *snapshot.Unit
	}
	races := make(map[counted]int, len(s.Races))
	for _, i := range b.order {
		races[counted{s.Races[i].Contest.ID, s.Races[i].Unit}] = i
	}
	b.above = make([]int, len(s.Races))
	b.inside = make([][]int, len(s.Races))
	for _, i := range b.order {
		b.above[i] = -1
		for u := s.Races[i].Unit.Parent; u != nil; u = u.Parent {
			if up, ok := races[counted{s.Races[i].Contest.ID, u}]; ok {
				b.above[i] = up
				b.inside[up] = append(b.inside[up], i)
				break
			}
		}
	}
}

// broken reports whether race i has a page that shows it by the places inside
// its own.
func (b *book) broken(i int) bool { return len(b.inside[i]) > 1 }

// breakdown is the path of that page, "" for none.
func (b *book) breakdown(r *snapshot.Race, i int) string {
	if !b.broken(i) {
		return ""
	}
	return shard.BreakdownPage(r.Unit.ID, r.Contest.ID)
}

// noHeading is the slug of the contests without a heading.
const noHeading = "contests"

// choices is the path of the page that shows every choice of a race, "" where
// the page of the race has room for them.
func choices(r *snapshot.Race) string {
	if len(r.Contest.Choices) <= templates.PageChoices {
		return ""
	}
	return shard.ChoicesPage(r.Unit.ID, r.Contest.ID)
}

// addTypes adds the pages of contest types, in the order in which they are
// first seen.
func (b *book) addTypes(s *snapshot.Snapshot, in []int) {
	known, taken := map[string]int{}, map[string]bool{}
	for _, i := range b.order {
		c := s.Races[i].Contest
		if b.above[i] >= 0 {
			continue
		}
		t, ok := known[c.Heading]
		if !ok {
			t = len(b.types)
			known[c.Heading] = t
			b.types = append(b.types, heading{name: c.Heading, path: shard.TypePage(typeSlug(c.Heading, taken))})
		}
		b.types[t].races = append(b.types[t].races, i)
	}
	b.typed = slices.Repeat([]int{-1}, len(s.Races))
	for t, h := range b.types {
		first, group := len(b.sheets), -1
		if len(b.types) > maxTop {
			group = in[h.races[0]]
		}
		b.addParts(h.path, typeSheet, t, group, len(h.races), typeRaces)
		for n, i := range h.races {
			b.typed[i] = first + n/typeRaces
		}
	}
}

// typeSlug is the slug of a heading. Of two headings that have the same, the
// later one gets a number.
func typeSlug(heading string, taken map[string]bool) string {
	slug, err := snapshot.Slug(heading)
	if err != nil { // there is none
		slug = noHeading
	}
	for n := 2; taken[slug]; n++ {
		base, _ := snapshot.Slug(heading)
		slug = orDefault(base, noHeading) + "-" + strconv.Itoa(n)
	}
	taken[slug] = true
	return slug
}

// addFind adds the pages from which readers without script find a race. A
// language may divide the letters in its own way; a page that it lacks shows
// the same as the first one.
func (b *book) addFind(s *snapshot.Snapshot, sites []*templates.Site) {
	entries := templates.FindEntries(b.findable(s), b.typeLines(nil))
	for _, site := range sites {
		views := map[string]templates.FindView{}
		for _, v := range templates.FindPages(entries, site.Lang, findRows) {
			if _, known := b.at[v.Path]; !known {
				b.add(sheet{path: v.Path, kind: findSheet, group: -1})
			}
			views[v.Path] = v
		}
		b.find = append(b.find, views)
	}
}

// findable are all places with the races counted in them.
func (b *book) findable(s *snapshot.Snapshot) []templates.Findable {
	out := make([]templates.Findable, len(b.tree.places))
	for i := range b.tree.places {
		pl := &b.tree.places[i]
		out[i] = templates.Findable{Unit: pl.unit, Path: b.tree.path(i), Up: pl.parent, Races: make([]templates.RaceLine, len(pl.races))}
		for n, j := range pl.races {
			out[i].Races[n] = raceLine(s.Races[j])
		}
	}
	return out
}

func raceLine(r *snapshot.Race) templates.RaceLine {
	return templates.RaceLine{Race: r, Path: shard.RacePage(r.Unit.ID, r.Contest.ID), AsOf: r.AsOf}
}

// typeLines are the contest types with how far they are; s may be nil where
// that is not asked for.
func (b *book) typeLines(s *snapshot.Snapshot) []templates.TypeLine {
	out := make([]templates.TypeLine, len(b.types))
	for t, h := range b.types {
		out[t] = templates.TypeLine{Name: h.name, Path: h.path}
		if s == nil {
			continue
		}
		for _, i := range h.races {
			out[t].Add(&s.Races[i].Result)
		}
	}
	return out
}

// path of the page of place i.
func (t *tree) path(i int) string {
	if i == 0 {
		return templates.HomePath
	}
	return shard.PlacePage(t.places[i].unit.ID)
}
