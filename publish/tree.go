package publish

import (
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
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
	races, reporting, complete, intermediate, changed int
	asOf                                              time.Time
}

// homeID is the unit id of a home page made for an election with several
// roots. "--" never stands in a slug, so no unit can have it.
const homeID = "home--page"

// newTree builds the places. An election with one root has that root as its
// home page; one with several gets a home page named after the election.
func newTree(s *snapshot.Snapshot, name string) *tree {
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
	for i, r := range s.Races {
		p := add(r.Unit)
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

// top reports whether the page of place i stands in the release rather than
// in a group's index: home, and what has no races of its own or holds other
// places directly below home.
func (t *tree) top(i int) bool {
	p := &t.places[i]
	return i == 0 || len(p.races) == 0 || p.depth == 1 && len(p.children) > 0
}

// sums adds up what every place holds, children into parents.
func (t *tree) sums(s *snapshot.Snapshot, races []raceState) []sums {
	out := make([]sums, len(t.places))
	for i, r := range s.Races {
		v := &out[t.of[i]]
		v.races++
		if r.Result.HasVotes() {
			v.reporting++
		}
		if r.Result.Complete() {
			v.complete++
		}
		if r.Result.Kind == snapshot.IntermediateCount {
			v.intermediate++
		}
		v.changed = max(v.changed, races[i].changed)
		v.asOf = later(v.asOf, r.AsOf)
	}
	for i := len(out) - 1; i > 0; i-- { // parents come before their children
		up := &out[t.places[i].parent]
		up.races += out[i].races
		up.reporting += out[i].reporting
		up.complete += out[i].complete
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
