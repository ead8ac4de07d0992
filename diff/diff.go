// Package diff merges what feeds say into snapshots and tells what is new.
//
// It promises that an update is taken over whole or not at all, that an older
// stamp never replaces a newer one, that ids and the order of races stay as
// they were first seen, and that a race no payload mentions any more keeps its
// last good result. It refuses to guess a missing number and to remove
// anything. It is pure: no clock, no network, no disk.
package diff

import (
	"slices"

	"github.com/heraldresults/herald/diff/snapshot"
)

// Changes is what differs between two snapshots, in the order of the newer
// one; Removed is in the order of the older.
type Changes struct {
	Added   []*snapshot.Race
	Changed []RaceChange
	Removed []*snapshot.Race
	// Redefined are races whose names, choices or unit changed while their
	// result did not; one whose result changed, too, is among the others.
	Redefined []*snapshot.Race
}

// Empty reports whether nothing differs.
func (c Changes) Empty() bool {
	return len(c.Added)+len(c.Changed)+len(c.Removed)+len(c.Redefined) == 0
}

// RaceChange is a race whose result differs.
type RaceChange struct {
	Prev, Next *snapshot.Race
	Counts     []CountChange
	// Redefined says that names, choices or unit differ, too.
	Redefined bool
}

// Field names a count of a race.
type Field string

// The counts of a race, as they are named in public files.
const (
	Votes      Field = "votes"
	Seats      Field = "seats"
	Valid      Field = "valid"
	Blank      Field = "blank"
	Null       Field = "null"
	Ballots    Field = "ballots"
	Electorate Field = "electorate"
	UnitsIn    Field = "units_in"
	UnitsTotal Field = "units_total"
)

// CountChange is one count before and after. Choice is the index of the
// choice in the newer contest for Votes and Seats, else -1.
type CountChange struct {
	Field    Field
	Choice   int
	From, To snapshot.Count
}

// Fell reports whether a number that was stated is now lower or gone.
func (c CountChange) Fell() bool {
	from, had := c.From.Get()
	to, has := c.To.Get()
	return had && (!has || to < from)
}

// Compare tells what next says that prev did not. A nil prev has nothing.
// Races that are the same pointer in the same place cost one comparison.
func Compare(prev, next *snapshot.Snapshot) Changes {
	var c Changes
	if prev == nil {
		prev = &snapshot.Snapshot{}
	}
	byID := index(prev, next)
	for i, r := range next.Races {
		var old *snapshot.Race
		if byID == nil {
			if i < len(prev.Races) {
				old = prev.Races[i]
			}
		} else {
			old = byID[r.ID]
			delete(byID, r.ID)
		}
		c.add(old, r)
	}
	if byID != nil {
		for _, r := range prev.Races {
			if byID[r.ID] != nil {
				c.Removed = append(c.Removed, r)
			}
		}
	}
	return c
}

// index returns nil when prev's races are the beginning of next's, which is
// the rule, since races are only ever appended.
func index(prev, next *snapshot.Snapshot) map[string]*snapshot.Race {
	if len(prev.Races) <= len(next.Races) {
		same := true
		for i, r := range prev.Races {
			if next.Races[i] != r && next.Races[i].ID != r.ID {
				same = false
				break
			}
		}
		if same {
			return nil
		}
	}
	byID := make(map[string]*snapshot.Race, len(prev.Races))
	for _, r := range prev.Races {
		byID[r.ID] = r
	}
	return byID
}

func (c *Changes) add(old, r *snapshot.Race) {
	if old == r {
		return
	}
	if old == nil {
		c.Added = append(c.Added, r)
		return
	}
	redefined := !sameContest(old.Contest, r.Contest) || !sameUnit(old.Unit, r.Unit)
	switch {
	case !old.Result.Equal(r.Result):
		c.Changed = append(c.Changed, RaceChange{old, r, countChanges(old, r), redefined})
	case redefined:
		c.Redefined = append(c.Redefined, r)
	}
}

// sameContest and sameUnit compare what is said, at the cost of one
// comparison where both snapshots share the definition.
func sameContest(a, b *snapshot.Contest) bool {
	if a == b {
		return true
	}
	return a.ID == b.ID && a.Key == b.Key && a.Name == b.Name && a.Type == b.Type && a.Seats == b.Seats &&
		a.Order == b.Order && a.Heading == b.Heading && a.CountUnit == b.CountUnit && slices.Equal(a.Choices, b.Choices)
}

func sameUnit(a, b *snapshot.Unit) bool {
	for ; a != b; a, b = a.Parent, b.Parent {
		if a == nil || b == nil || a.ID != b.ID || a.Key != b.Key || a.Name != b.Name || a.Type != b.Type {
			return false
		}
	}
	return true
}

// countChanges lists the counts of one race that differ, votes first. Choices
// are matched by id, so that an appended or reordered choice is no change of
// the others.
func countChanges(old, r *snapshot.Race) []CountChange {
	var out []CountChange
	at := choiceIndex(old.Contest, r.Contest)
	each := func(f Field, before, now []snapshot.Count) {
		for i := range r.Result.Votes {
			var from, to snapshot.Count
			if j := at(i); j >= 0 && j < len(before) {
				from = before[j]
			}
			if i < len(now) {
				to = now[i]
			}
			if from != to {
				out = append(out, CountChange{f, i, from, to})
			}
		}
	}
	each(Votes, old.Result.Votes, r.Result.Votes)
	if old.Result.Seats != nil || r.Result.Seats != nil {
		each(Seats, old.Result.Seats, r.Result.Seats)
	}
	add := func(f Field, from, to snapshot.Count) {
		if from != to {
			out = append(out, CountChange{f, -1, from, to})
		}
	}
	a, b := old.Result.Totals, r.Result.Totals
	add(Valid, a.Valid, b.Valid)
	add(Blank, a.Blank, b.Blank)
	add(Null, a.Null, b.Null)
	add(Ballots, a.Ballots, b.Ballots)
	add(Electorate, a.Electorate, b.Electorate)
	add(UnitsIn, a.UnitsIn, b.UnitsIn)
	add(UnitsTotal, a.UnitsTotal, b.UnitsTotal)
	return out
}

// choiceIndex maps a place in next's choices to the place in prev's, or -1.
func choiceIndex(prev, next *snapshot.Contest) func(int) int {
	if prev == next {
		return func(i int) int { return i }
	}
	byID := make(map[string]int, len(prev.Choices))
	for i, c := range prev.Choices {
		byID[c.ID] = i
	}
	return func(i int) int {
		if j, ok := byID[next.Choices[i].ID]; ok {
			return j
		}
		return -1
	}
}
