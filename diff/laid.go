package diff

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/heraldresults/herald/diff/snapshot"
)

// Definitions are what an authority laid down before the night: names, regions
// and choices, by the source's own keys.
type Definitions struct {
	// Elections are the source's own ids of the election; empty: any.
	Elections []string
	Name      string
	Units     []snapshot.UnitDef
	Contests  []snapshot.ContestDef
	// Conditions are what became of races beside their count.
	Conditions []RaceCondition
}

// Define lays d down, before the first Apply. No update changes what d gives;
// updates add what it leaves open. Pinned, they add nothing either: units,
// contests and choices that are not in d are left out with their results, and
// every difference is a finding. Pinned definitions without units leave units
// open, those without contests leave contests open. An error is a *Refusal.
func (a *Assembler) Define(d Definitions, pinned bool) error {
	if err := a.units.check(d.Units); err != nil {
		return err
	}
	if err := a.contests.check(d.Contests); err != nil {
		return err
	}
	a.elections, a.name, a.named = d.Elections, cmp.Or(d.Name, a.name), d.Name != ""
	var out Applied // a base that says something else is corrected, not reported
	a.units.merge(d.Units, 0, &out)
	a.contests.merge(d.Contests, 0, &out)
	a.units.lay(d.Units, pinned)
	a.contests.lay(d.Contests, pinned)
	a.layConditions(d.Conditions)
	return nil
}

func (s *units) lay(defs []snapshot.UnitDef, pinned bool) {
	s.laid, s.pinned = make(map[string]snapshot.UnitDef, len(defs)), pinned && len(defs) > 0
	for _, d := range defs {
		s.laid[d.Key] = d
	}
}

// takes reports whether results of a unit may be taken over.
func (s *units) takes(key string) bool {
	_, laid := s.laid[key]
	return laid || !s.pinned
}

// laidContest is a contest as it was laid down.
type laidContest struct {
	def     snapshot.ContestDef
	choices map[string]snapshot.ChoiceDef
}

func (s *contests) lay(defs []snapshot.ContestDef, pinned bool) {
	s.laid, s.pinned = make(map[string]laidContest, len(defs)), pinned && len(defs) > 0
	for _, d := range defs {
		l := laidContest{d, make(map[string]snapshot.ChoiceDef, len(d.Choices))}
		for _, c := range d.Choices {
			l.choices[c.Key] = c
		}
		s.laid[d.Key] = l
	}
}

// takes reports whether results of a contest may be taken over.
func (s *contests) takes(key string) bool {
	_, laid := s.laid[key]
	return laid || !s.pinned
}

// over returns d with what was laid down in the place of what d says.
func (l laidContest) over(d snapshot.ContestDef) snapshot.ContestDef {
	d.Name, d.Heading = cmp.Or(l.def.Name, d.Name), cmp.Or(l.def.Heading, d.Heading)
	d.Type, d.Seats, d.Order = cmp.Or(l.def.Type, d.Type), cmp.Or(l.def.Seats, d.Seats), cmp.Or(l.def.Order, d.Order)
	d.CountUnit = cmp.Or(l.def.CountUnit, d.CountUnit)
	d.Choices = slices.Clone(d.Choices)
	for i, c := range d.Choices {
		d.Choices[i] = overChoice(l.choices[c.Key], c)
	}
	return d
}

func overChoice(l, c snapshot.ChoiceDef) snapshot.ChoiceDef {
	return snapshot.ChoiceDef{Key: c.Key, Name: cmp.Or(l.Name, c.Name), Party: cmp.Or(l.Party, c.Party),
		Number: cmp.Or(l.Number, c.Number), Detail: cmp.Or(l.Detail, c.Detail), Type: cmp.Or(l.Type, c.Type)}
}

// yield returns d with what is known of c in the place of what d says, and
// without choices that c does not have: d is of a feed that gives way.
func yield(c *snapshot.Contest, d snapshot.ContestDef) snapshot.ContestDef {
	known := laidContest{snapshot.ContestDef{Name: c.Name, Type: c.Type, Seats: c.Seats, Order: c.Order, Heading: c.Heading, CountUnit: c.CountUnit},
		make(map[string]snapshot.ChoiceDef, len(c.Choices))}
	for _, ch := range c.Choices {
		known.choices[ch.Key] = ch.ChoiceDef
	}
	d = known.over(d)
	d.CountUnit = c.CountUnit // also when the other feed says of what, and this one's races are counted in something else
	d.Choices = slices.DeleteFunc(d.Choices, func(ch snapshot.ChoiceDef) bool {
		_, has := known.choices[ch.Key]
		return !has
	})
	return d
}

// compare says where d differs from what is pinned. Nothing of d is taken
// over.
func (l laidContest) compare(c *snapshot.Contest, d snapshot.ContestDef, out *Applied) {
	if renamed(l.def.Name, d.Name, d.Key) || differ(l.def.Type, d.Type) || differ(l.def.Seats, d.Seats) || differ(l.def.CountUnit, d.CountUnit) {
		out.about(c, "F_CONTEST_CHANGED", "contest %s is pinned as %s, a feed says %s", c.ID, contestText(l.def), contestText(d))
	}
	if len(d.Choices) == 0 {
		return
	}
	var changed []change
	fresh := false
	for _, ch := range d.Choices {
		pinned, has := l.choices[ch.Key]
		switch {
		case !has:
			fresh = true
			out.about(c, "F_CHOICE_NEW", "contest %s: choice %q (%q) is not pinned; its votes are left out", c.ID, ch.Key, ch.Name)
		case renamed(pinned.Name, ch.Name, ch.Key) || differ(pinned.Party, ch.Party) || differ(pinned.Number, ch.Number):
			changed = append(changed, change{pinned, ch})
		}
	}
	if swapped(changed) {
		out.about(c, "F_CHOICE_SWAPPED", "contest %s: %s; its results are left out", c.ID, swapText(changed))
		out.dispute(c.Key)
	} else {
		for _, ch := range changed {
			out.about(c, "F_CHOICE_CHANGED", "contest %s: choice %q is pinned as %s, a feed says %s", c.ID, ch.to.Key, choiceText(ch.from), choiceText(ch.to))
		}
	}
	for _, pinned := range l.def.Choices {
		if slices.ContainsFunc(d.Choices, func(ch snapshot.ChoiceDef) bool { return ch.Key == pinned.Key }) {
			continue
		}
		instead := ""
		if fresh { // where names are keys, a respelled one looks like this
			instead = ", and has one that is not pinned; the results of the contest are left out"
			out.dispute(c.Key)
		}
		out.about(c, "F_CHOICE_GONE", "contest %s: choice %q (%q) is pinned, a feed does not have it%s", c.ID, pinned.Key, pinned.Name, instead)
	}
}

// CompareDefinitions says where now differs from laid, as if laid were pinned,
// and what of laid is not there any more. An error is a *Refusal: laid
// contradicts itself.
func CompareDefinitions(laid, now Definitions) ([]snapshot.Finding, error) {
	a := NewAssembler(nil)
	if err := a.Define(laid, true); err != nil {
		return nil, err
	}
	var out Applied
	for _, e := range now.Elections {
		if len(laid.Elections) > 0 && !slices.Contains(laid.Elections, e) {
			out.note("E_IDENTITY", "election %q is not in the definitions; what is of it is refused", e)
		}
	}
	a.units.merge(now.Units, 0, &out)
	a.contests.merge(now.Contests, 0, &out)
	units, contests := map[string]bool{}, map[string]bool{}
	for _, u := range now.Units {
		units[u.Key] = true
	}
	for _, c := range now.Contests {
		contests[c.Key] = true
	}
	var gone []string
	for _, u := range laid.Units {
		if !units[u.Key] {
			gone = append(gone, quoted(u.Key))
		}
	}
	if len(gone) > 0 {
		out.note("F_UNIT_GONE", "in the definitions, and no feed has them: %s", list(gone))
	}
	for _, l := range laid.Contests {
		if !contests[l.Key] {
			c := a.contests.get(l.Key)
			out.about(c, "F_CONTEST_GONE", "contest %s (%q) is in the definitions, and no feed has it", c.ID, c.Name)
		}
	}
	return out.Findings, nil
}

// change is a choice before and after, under one key.
type change struct{ from, to snapshot.ChoiceDef }

// takesAway reports whether something that was said is said no more. A field
// that was empty may be filled.
func (c change) takesAway() bool {
	return overChoice(c.from, c.to) != c.to
}

// swapped reports whether a name now stands under the key that another of the
// changed choices had.
func swapped(changed []change) bool {
	for i, a := range changed {
		for j, b := range changed {
			if i != j && a.to.Name != "" && a.to.Name == b.from.Name {
				return true
			}
		}
	}
	return false
}

func swapText(changed []change) string {
	var parts []string
	for _, ch := range changed {
		parts = append(parts, "choice "+quoted(ch.to.Key)+" is now "+quoted(ch.to.Name)+", was "+quoted(ch.from.Name))
	}
	return "names stand under other keys: " + list(parts)
}

// renamed reports whether a name differs from the one before. A name that is
// the key, as formats without names write it, says nothing.
func renamed(before, now, key string) bool { return now != key && differ(before, now) }

// differ reports whether both say something, and not the same.
func differ[T comparable](a, b T) bool {
	var nothing T
	return a != nothing && b != nothing && a != b
}

func contestText(d snapshot.ContestDef) string {
	text := quoted(d.Name)
	if d.Type != "" {
		text += ", " + string(d.Type)
	}
	if d.Seats > 0 {
		text += ", seats " + strconv.Itoa(d.Seats)
	}
	if d.CountUnit != "" {
		text += ", counted by " + string(d.CountUnit)
	}
	return text
}

func choiceText(d snapshot.ChoiceDef) string {
	return strings.Join(slices.DeleteFunc([]string{quoted(d.Name), d.Party, d.Number}, func(s string) bool { return s == "" }), ", ")
}
