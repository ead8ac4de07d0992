package publish

import (
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/templates"
)

// tree is the places of a snapshot: units that contain races, parents before
// their children. It is made once and kept while units and races stay the
// same.
type tree struct {
	places []place
	of     []int // beside the snapshot's races: the place each is counted in
}

// place is a unit with what lies in it.
type place struct {
	unit     *snapshot.Unit
	parent   int // -1 for the home page
	depth    int
	children []int
	races    []int // counted in this very unit
}

// sums of a place: its own races and those of everything inside it.
type sums struct {
	templates.Tally
	intermediate, changed int
	asOf                  time.Time
}

// homeID is the unit id of a home page made for an election with several
// roots. "--" never stands in a slug, so no unit can have it.
const homeID = "home--page"

// newTree builds the places from the races in this order. An election with one
// root has that root as its home page; one with several gets a home page named
// after the election.
func newTree(s *snapshot.Snapshot, order []int, name string) *tree {
	t := &tree{of: make([]int, len(s.Races))}
	at := map[*snapshot.Unit]int{}
	var add func(u *snapshot.Unit) int
	add = func(u *snapshot.Unit) int {
		if i, ok := at[u]; ok {
			return i
		}
		parent := 0
		if u.Parent != nil {
			parent = add(u.Parent)
		}
		i := len(t.places)
		at[u] = i
		t.places = append(t.places, place{unit: u, parent: parent})
		t.places[parent].children = append(t.places[parent].children, i)
		return i
	}
	t.places = append(t.places, place{unit: &snapshot.Unit{ID: homeID, Key: homeID, Name: name, Type: snapshot.OtherUnit}, parent: -1})
	for _, i := range order {
		p := add(s.Races[i].Unit)
		t.of[i] = p
		t.places[p].races = append(t.places[p].races, i)
	}
	if roots := t.places[0].children; len(roots) == 1 {
		t.promote()
	}
	for i := 1; i < len(t.places); i++ {
		t.places[i].depth = t.places[t.places[i].parent].depth + 1
	}
	return t
}

// promote makes the only root the home page.
func (t *tree) promote() {
	t.places = t.places[1:]
	for i := range t.places {
		p := &t.places[i]
		p.parent--
		for j := range p.children {
			p.children[j]--
		}
	}
	for i := range t.of {
		t.of[i]--
	}
}

// homes gives every place the group in whose index its page stands: that of
// its first race, or of the first one inside it; -1 for those that stand in the
// release. These are home and, if they are few, the places directly below it
// that hold others. In gives the group of each race.
func (t *tree) homes(in []int) []int {
	out := make([]int, len(t.places))
	top := 0
	for i := len(t.places) - 1; i >= 0; i-- { // children come after their parents
		pl := &t.places[i]
		switch {
		case len(pl.races) > 0:
			out[i] = in[pl.races[0]]
		case len(pl.children) > 0:
			out[i] = out[pl.children[0]]
		}
		if t.above(i) {
			top++
		}
	}
	for i := range t.places {
		if i == 0 || top <= maxTop && t.above(i) {
			out[i] = -1
		}
	}
	return out
}

// above reports whether a place lies directly below home and holds others.
func (t *tree) above(i int) bool { return t.places[i].depth == 1 && len(t.places[i].children) > 0 }

// moved says of each place whether its page, or one above it, has another
// address or name than in an older tree.
func (t *tree) moved(before *tree) []bool {
	at := make(map[string]int, len(before.places))
	for j := range before.places {
		at[before.places[j].unit.ID] = j
	}
	out := make([]bool, len(t.places))
	for i := range t.places { // parents come before their children
		pl := &t.places[i]
		j, known := at[pl.unit.ID]
		switch {
		case !known || before.path(j) != t.path(i) || before.places[j].unit.Name != pl.unit.Name:
			out[i] = true
		case pl.parent < 0 || before.places[j].parent < 0:
			out[i] = pl.parent != before.places[j].parent
		default:
			out[i] = out[pl.parent] || before.places[before.places[j].parent].unit.ID != t.places[pl.parent].unit.ID
		}
	}
	return out
}

// sums adds up what every place holds, children into parents.
func (t *tree) sums(s *snapshot.Snapshot, races []raceState) []sums {
	out := make([]sums, len(t.places))
	for i, r := range s.Races {
		v := &out[t.of[i]]
		v.Add(&r.Result)
		if r.Result.Kind == snapshot.IntermediateCount && r.Result.Countable() {
			v.intermediate++
		}
		v.changed = max(v.changed, races[i].changed)
		v.asOf = later(v.asOf, r.AsOf)
	}
	for i := len(out) - 1; i > 0; i-- { // parents come before their children
		up := &out[t.places[i].parent]
		up.Join(out[i].Tally)
		up.intermediate += out[i].intermediate
		up.changed = max(up.changed, out[i].changed)
		up.asOf = later(up.asOf, out[i].asOf)
	}
	return out
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
