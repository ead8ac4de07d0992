package diff

import (
	"cmp"
	"math"
	"slices"

	"github.com/heraldresults/herald/diff/snapshot"
)

// units is the tree of reporting units by key, in order of first sight.
type units struct {
	order []*snapshot.Unit
	at    map[string]int // key → place in order
	ids   map[string]string
	defs  []snapshot.UnitDef
	by    []int // beside order: precedence of the feed that defined it
	dirty bool

	laid   map[string]snapshot.UnitDef // by key; see Define
	pinned bool
}

func newUnits() *units { return &units{at: map[string]int{}, ids: map[string]string{}} }

func (s *units) has(key string) bool { _, ok := s.at[key]; return ok }

func (s *units) get(key string) *snapshot.Unit { return s.order[s.at[key]] }

func (s *units) restore(list []*snapshot.Unit) {
	for _, u := range list {
		def := snapshot.UnitDef{Key: u.Key, Name: u.Name, Type: u.Type}
		if u.Parent != nil {
			def.Parent = u.Parent.Key
		}
		s.at[u.Key], s.ids[u.ID] = len(s.order), u.Key
		s.order, s.defs, s.by = append(s.order, u), append(s.defs, def), append(s.by, 0)
	}
}

func (s *units) check(defs []snapshot.UnitDef) error {
	keys := make([]string, 0, 2*len(defs))
	for _, d := range defs {
		if d.Parent == d.Key && d.Key != "" {
			return refuse("E_UNIT_LOOP", "unit %q is its own parent", d.Key)
		}
		if keys = append(keys, d.Key); d.Parent != "" {
			keys = append(keys, d.Parent)
		}
	}
	return checkIDs("unit", s.ids, keys)
}

// checkIDs refuses keys that have no id or share one with another key.
func checkIDs(what string, ids map[string]string, keys []string) error {
	fresh := map[string]string{}
	for _, key := range keys {
		id, err := snapshot.Slug(key)
		if err != nil {
			return refuse("E_ID", "%s: %v", what, err)
		}
		other, taken := ids[id]
		if !taken {
			other, taken = fresh[id]
		}
		if taken && other != key {
			return refuse("E_ID_COLLISION", "%s keys %q and %q both make the id %q", what, other, key, id)
		}
		fresh[id] = key
	}
	return nil
}

// merge adds what is new. A definition without a name or parent leaves the
// known one alone, and so does that of a feed of lower precedence. check must
// have passed.
func (s *units) merge(defs []snapshot.UnitDef, precedence int, out *Applied) {
	var left []string
	for _, d := range defs {
		if !s.takes(d.Key) {
			left = append(left, quoted(d.Key))
			continue
		}
		if d.Parent != "" && !s.has(d.Parent) {
			if s.takes(d.Parent) {
				s.add(snapshot.UnitDef{Key: d.Parent, Type: snapshot.OtherUnit}, precedence)
			} else {
				d.Parent = ""
			}
		}
		i, known := s.at[d.Key]
		if !known {
			s.add(d, precedence)
			continue
		}
		old, first, then := s.defs[i], d, s.defs[i]
		if precedence < s.by[i] {
			first, then = then, first
		}
		laid := s.laid[d.Key]
		s.by[i] = max(s.by[i], precedence)
		next := snapshot.UnitDef{Key: d.Key, Name: cmp.Or(laid.Name, first.Name, then.Name), Parent: cmp.Or(laid.Parent, first.Parent, then.Parent),
			Type: cmp.Or(definite(laid.Type), definite(first.Type), definite(then.Type), first.Type, then.Type)}
		if next != old {
			s.defs[i], s.dirty = next, true
		}
	}
	if len(left) > 0 {
		out.note("F_UNIT_NEW", "not pinned, their results are left out: %s", list(left))
	}
}

// definite is a type that says something, else "".
func definite(t snapshot.UnitType) snapshot.UnitType {
	if t == snapshot.OtherUnit {
		return ""
	}
	return t
}

func (s *units) add(d snapshot.UnitDef, precedence int) {
	id, _ := snapshot.Slug(d.Key) // checked
	u := &snapshot.Unit{ID: id, Key: d.Key, Name: cmp.Or(d.Name, d.Key), Type: d.Type}
	if d.Parent != "" {
		u.Parent = s.get(d.Parent)
	}
	s.at[d.Key], s.ids[id] = len(s.order), d.Key
	s.order, s.defs, s.by = append(s.order, u), append(s.defs, d), append(s.by, precedence)
}

// link makes new units where a definition or an ancestor changed, so that
// those handed out stay as they were. It reports whether it made any.
func (s *units) link() bool {
	if !s.dirty {
		return false
	}
	s.dirty = false
	made := make([]*snapshot.Unit, len(s.order))
	var build func(i, depth int) *snapshot.Unit
	build = func(i, depth int) *snapshot.Unit {
		if made[i] != nil {
			return made[i]
		}
		old, d := s.order[i], s.defs[i]
		var parent *snapshot.Unit
		if d.Parent != "" && depth < len(s.order) {
			parent = build(s.at[d.Parent], depth+1)
		}
		u := &snapshot.Unit{ID: old.ID, Key: d.Key, Name: cmp.Or(d.Name, d.Key), Type: d.Type, Parent: parent}
		if *u == *old {
			u = old
		}
		made[i] = u
		return u
	}
	for i := range s.order {
		build(i, 0)
	}
	s.order = made
	return true
}

// contests are the contests by key, in order of first sight.
type contests struct {
	order []*snapshot.Contest
	at    map[string]int
	ids   map[string]string
	by    []int // beside order: precedence of the feed that defined it
	dirty bool

	laid   map[string]laidContest // by key; see Define
	pinned bool
}

func newContests() *contests { return &contests{at: map[string]int{}, ids: map[string]string{}} }

func (s *contests) has(key string) bool { _, ok := s.at[key]; return ok }

func (s *contests) get(key string) *snapshot.Contest { return s.order[s.at[key]] }

func (s *contests) moved() bool {
	d := s.dirty
	s.dirty = false
	return d
}

func (s *contests) list() []*snapshot.Contest { return slices.Clone(s.order) }

func (s *contests) restore(list []*snapshot.Contest) {
	for _, c := range list {
		s.at[c.Key], s.ids[c.ID] = len(s.order), c.Key
		s.order, s.by = append(s.order, c), append(s.by, noFeed)
	}
}

// noFeed is the precedence of what was published before: every feed's is
// higher.
const noFeed = math.MinInt

func (s *contests) check(defs []snapshot.ContestDef) error {
	keys := make([]string, len(defs))
	for i, d := range defs {
		keys[i] = d.Key
		choices := make([]string, len(d.Choices))
		ids := map[string]string{}
		for j, c := range d.Choices {
			choices[j] = c.Key
		}
		if s.has(d.Key) {
			for _, c := range s.get(d.Key).Choices {
				ids[c.ID] = c.Key
			}
		}
		if err := checkIDs("choice of contest "+d.Key, ids, choices); err != nil {
			return err
		}
		slices.Sort(choices)
		for j := 1; j < len(choices); j++ {
			if choices[j] == choices[j-1] {
				return refuse("E_DUPID", "contest %q has the choice %q twice", d.Key, choices[j])
			}
		}
	}
	return checkIDs("contest", s.ids, keys)
}

// merge adds what is new and makes a new Contest where a definition changed.
// Choices keep their place; new ones are appended. check must have passed.
func (s *contests) merge(defs []snapshot.ContestDef, precedence int, out *Applied) {
	var left []string
	for _, d := range defs {
		i, known := s.at[d.Key]
		laid, isLaid := s.laid[d.Key]
		switch {
		case s.pinned && !isLaid:
			left = append(left, quoted(d.Key)+" ("+quoted(d.Name)+")")
			continue
		case s.pinned:
			laid.compare(s.order[i], d, out)
			continue
		case !known:
			s.add(d, precedence)
			continue
		}
		if isLaid {
			d = laid.over(d)
		}
		switch {
		case precedence < s.by[i]:
			d = yield(s.order[i], d)
		case precedence == s.by[i]:
			d.CountUnit = cmp.Or(d.CountUnit, s.order[i].CountUnit)
		}
		s.by[i] = max(s.by[i], precedence)
		if next := redefine(s.order[i], d, out); next != nil {
			s.order[i], s.dirty = next, true
		}
	}
	if len(left) > 0 {
		out.note("F_CONTEST_NEW", "not pinned, their results are left out: %s", list(left))
	}
}

func (s *contests) add(d snapshot.ContestDef, precedence int) {
	id, _ := snapshot.Slug(d.Key) // checked
	s.at[d.Key], s.ids[id] = len(s.order), d.Key
	c := &snapshot.Contest{ID: id, Key: d.Key, Name: d.Name, Type: d.Type, Seats: d.Seats, Order: d.Order, Heading: d.Heading, CountUnit: d.CountUnit}
	c.Choices = make([]snapshot.Choice, len(d.Choices))
	for j, def := range d.Choices {
		choice, _ := snapshot.Slug(def.Key)
		c.Choices[j] = snapshot.Choice{ID: choice, ChoiceDef: def}
	}
	s.order, s.by = append(s.order, c), append(s.by, precedence)
}

// redefine returns c as d defines it, or nil when that says nothing new. What
// d leaves empty stays as it was.
func redefine(c *snapshot.Contest, d snapshot.ContestDef, out *Applied) *snapshot.Contest {
	next := *c
	next.Name, next.Heading = cmp.Or(d.Name, c.Name), cmp.Or(d.Heading, c.Heading)
	next.Type, next.Seats, next.Order = cmp.Or(d.Type, c.Type), cmp.Or(d.Seats, c.Seats), cmp.Or(d.Order, c.Order)
	next.CountUnit = d.CountUnit // that of the feed that decides, even if it says none
	changed := next.CountUnit != c.CountUnit || next.Name != c.Name || next.Heading != c.Heading ||
		next.Type != c.Type || next.Seats != c.Seats || next.Order != c.Order
	if renamed(c.Name, next.Name, c.Key) || differ(c.Type, next.Type) || differ(c.Seats, next.Seats) || differ(c.CountUnit, next.CountUnit) {
		was := snapshot.ContestDef{Name: c.Name, Type: c.Type, Seats: c.Seats, CountUnit: c.CountUnit}
		out.about(c, "F_CONTEST_CHANGED", "contest %s is now %s, was %s", c.ID, contestText(d), contestText(was))
	}
	next.Choices = slices.Clone(c.Choices)
	var moved []change // what was said and is said no more
	for j, def := range d.Choices {
		at := j
		if at >= len(c.Choices) || c.Choices[at].Key != def.Key {
			at = slices.IndexFunc(next.Choices, func(o snapshot.Choice) bool { return o.Key == def.Key })
		}
		if at < 0 {
			id, _ := snapshot.Slug(def.Key)
			next.Choices = append(next.Choices, snapshot.Choice{ID: id, ChoiceDef: def})
			out.about(c, "F_CHOICE_NEW", "contest %s: choice %s (%q) appeared", c.ID, id, def.Name)
			changed = true
			continue
		}
		if old := next.Choices[at].ChoiceDef; old != def {
			if (change{old, def}).takesAway() {
				moved = append(moved, change{old, def})
			}
			next.Choices[at].ChoiceDef = def
			changed = true
		}
	}
	if swapped(moved) {
		out.about(c, "F_CHOICE_SWAPPED", "contest %s: %s", c.ID, swapText(moved))
	} else {
		for _, m := range moved {
			out.about(c, "F_CHOICE_CHANGED", "contest %s: choice %q is now %s, was %s", c.ID, m.to.Key, choiceText(m.to), choiceText(m.from))
		}
	}
	if !changed {
		return nil
	}
	return &next
}

// result puts votes into the order of the contest's choices.
func (s *contests) result(c *snapshot.Contest, r *snapshot.RaceResult, out *Applied) snapshot.Result {
	p := placer{contest: c, unit: r.Unit, out: out}
	all := p.votes(r.Votes)
	res := snapshot.Result{Votes: all.votes, Outcomes: all.outcomes, Totals: r.Totals, Seats: all.seats,
		Status: r.Status, Kind: r.Kind, Condition: r.Condition}
	for _, ch := range r.Channels {
		res.Channels = append(res.Channels, snapshot.Channel{Name: ch.Name, Votes: p.votes(ch.Votes).votes, Totals: ch.Totals})
	}
	for _, d := range r.Rounds {
		round := p.votes(d.Votes)
		res.Rounds = append(res.Rounds, snapshot.Round{Votes: round.votes, Outcomes: round.outcomes, Exhausted: d.Exhausted})
	}
	return res
}

// pin orders the races once: units from the root downwards, contests by their
// order, everything else by first sight.
func (a *Assembler) pin() {
	rank := a.units.depthFirst()
	place := make(map[*snapshot.Contest]int, len(a.contests.order))
	for i, c := range a.contests.order {
		place[c] = i
	}
	idx := make([]int, len(a.races))
	for i := range idx {
		idx[i] = i
	}
	slices.SortStableFunc(idx, func(x, y int) int {
		r, o := a.races[x], a.races[y]
		return cmp.Or(
			cmp.Compare(rank[r.Unit], rank[o.Unit]),
			cmp.Compare(r.Contest.Order, o.Contest.Order),
			cmp.Compare(place[r.Contest], place[o.Contest]))
	})
	races, owners, moved := make([]*snapshot.Race, len(idx)), make([]owner, len(idx)), make([]int, len(idx))
	for to, from := range idx {
		races[to], owners[to], moved[from] = a.races[from], a.owner[from], to
		a.at[raceKey{races[to].Contest.Key, races[to].Unit.Key}] = to
	}
	for _, s := range a.scopes {
		for i, from := range s.races {
			s.races[i] = moved[from]
		}
	}
	a.races, a.owner, a.pinned = races, owners, true
}

// depthFirst numbers the units: a parent before its children, siblings in
// order of first sight.
func (s *units) depthFirst() map[*snapshot.Unit]int {
	children := map[*snapshot.Unit][]*snapshot.Unit{}
	for _, u := range s.order {
		children[u.Parent] = append(children[u.Parent], u)
	}
	rank := make(map[*snapshot.Unit]int, len(s.order))
	var walk func(*snapshot.Unit)
	walk = func(u *snapshot.Unit) {
		if _, seen := rank[u]; seen {
			return
		}
		rank[u] = len(rank)
		for _, c := range children[u] {
			walk(c)
		}
	}
	for _, u := range children[nil] {
		walk(u)
	}
	for _, u := range s.order { // units in a loop of parents come last
		walk(u)
	}
	return rank
}
