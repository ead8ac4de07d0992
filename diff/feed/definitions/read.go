package definitions

import (
	"slices"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

type reader struct{ *feed.JSON }

func (r reader) definitions() diff.Definitions {
	var d diff.Definitions
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "v":
			if v, _ := r.Count(feed.AsNumber).Get(); v != version {
				r.Refuse("E_VERSION", "version %d of the form; this program reads %d", v, version)
			}
		case "elections":
			for r.List(); r.NextItem(); {
				d.Elections = append(d.Elections, r.key())
			}
		case "name":
			d.Name = r.Text(feed.MaxName)
		case "units":
			d.Units = r.units()
		case "contests":
			d.Contests = r.contests()
		case "conditions":
			d.Conditions = r.conditions()
		default:
			r.unknown()
		}
	}
	r.Require("v")
	if len(d.Units)+len(d.Contests)+len(d.Conditions) == 0 {
		r.Refuse("E_EMPTY", "neither units nor contests nor conditions")
	}
	r.defined(d)
	return d
}

func (r reader) conditions() []diff.RaceCondition {
	var list []diff.RaceCondition
	type race struct{ contest, unit string }
	seen := map[race]bool{}
	for r.List(); r.NextItem(); {
		var c diff.RaceCondition
		for r.Object(); r.NextKey(); {
			switch string(r.Key()) {
			case "contest":
				c.Contest = r.key()
			case "unit":
				c.Unit = r.key()
			case "condition":
				c.Condition = word(r, snapshot.Uncontested, snapshot.Withheld, snapshot.Annulled, snapshot.Postponed, none)
			default:
				r.unknown()
			}
		}
		r.Require("contest", "condition")
		if c.Condition == none {
			c.Condition = snapshot.NoCondition
		}
		if seen[race{c.Contest, c.Unit}] {
			r.Refuse("E_DUPID", "two conditions of contest %q in unit %q", c.Contest, c.Unit)
		}
		seen[race{c.Contest, c.Unit}] = true
		list = append(list, c)
	}
	return list
}

// defined refuses conditions of contests and units that the file does not name,
// where it names any: a misspelt key would be one that holds for no race.
func (r reader) defined(d diff.Definitions) {
	contests, units := map[string]bool{}, map[string]bool{}
	for _, c := range d.Contests {
		contests[c.Key] = true
	}
	for _, u := range d.Units {
		units[u.Key] = true
	}
	for _, c := range d.Conditions {
		if len(contests) > 0 && !contests[c.Contest] {
			r.Refuse("E_UNKNOWN_CONTEST", "a condition is of contest %q, which is not in the file", c.Contest)
		}
		if len(units) > 0 && c.Unit != "" && !units[c.Unit] {
			r.Refuse("E_UNKNOWN_UNIT", "a condition is of unit %q, which is not in the file", c.Unit)
		}
	}
}

// unknown refuses a key: this form has no others.
func (r reader) unknown() { r.Refuse("E_UNKNOWN", "a definitions file has no key %q here", r.Key()) }

// key takes a key of the source's own, as it stands.
func (r reader) key() string {
	b, _ := r.Scalar()
	if len(b) == 0 {
		r.Refuse("E_ID", "the key is empty")
	}
	return string(b)
}

// newKey takes a key that may stand in its list once.
func (r reader) newKey(seen map[string]bool) string {
	key := r.key()
	if seen[key] {
		r.Refuse("E_DUPID", "key %q stands there twice", key)
	}
	seen[key] = true
	return key
}

func (r reader) units() []snapshot.UnitDef {
	var list []snapshot.UnitDef
	seen := map[string]bool{}
	for r.List(); r.NextItem(); {
		var u snapshot.UnitDef
		for r.Object(); r.NextKey(); {
			switch string(r.Key()) {
			case "key":
				u.Key = r.newKey(seen)
			case "parent":
				u.Parent = r.key()
			case "name":
				u.Name = r.Text(feed.MaxName)
			case "type":
				u.Type = word(r, snapshot.Country, snapshot.State, snapshot.County, snapshot.Municipality,
					snapshot.CongressionalDistrict, snapshot.District, snapshot.Precinct, snapshot.Abroad, snapshot.OtherUnit)
			default:
				r.unknown()
			}
		}
		r.Require("key")
		list = append(list, u)
	}
	r.parents(list)
	return list
}

// parents refuses units below one that is not there, and below themselves.
func (r reader) parents(list []snapshot.UnitDef) {
	at := make(map[string]int, len(list))
	for i, u := range list {
		at[u.Key] = i
	}
	sound := make([]bool, len(list)) // leads to a root
	for i := range list {
		var path []int
		for j := i; !sound[j]; {
			path = append(path, j)
			u := list[j]
			if u.Parent == "" {
				break
			}
			above, there := at[u.Parent]
			switch {
			case !there:
				r.Refuse("E_UNKNOWN_UNIT", "unit %q lies in unit %q, which is not in the file", u.Key, u.Parent)
				return
			case len(path) > len(list):
				r.Refuse("E_UNIT_LOOP", "unit %q lies in itself", u.Key)
				return
			}
			j = above
		}
		for _, j := range path {
			sound[j] = true
		}
	}
}

func (r reader) contests() []snapshot.ContestDef {
	var list []snapshot.ContestDef
	seen := map[string]bool{}
	for r.List(); r.NextItem(); {
		var c snapshot.ContestDef
		for r.Object(); r.NextKey(); {
			switch string(r.Key()) {
			case "key":
				c.Key = r.newKey(seen)
			case "name":
				c.Name = r.Text(feed.MaxDetail)
			case "type":
				c.Type = word(r, snapshot.CandidateContest, snapshot.PartyContest, snapshot.BallotMeasureContest, snapshot.RetentionContest)
			case "seats":
				c.Seats = r.small()
			case "order":
				c.Order = r.small()
			case "heading":
				c.Heading = r.Text(feed.MaxDetail)
			case "count_unit":
				c.CountUnit = word(r, snapshot.CountUnits()...)
			case "choices":
				c.Choices = r.choices()
			default:
				r.unknown()
			}
		}
		r.Require("key")
		list = append(list, c)
	}
	return list
}

func (r reader) choices() []snapshot.ChoiceDef {
	var list []snapshot.ChoiceDef
	seen := map[string]bool{}
	for r.List(); r.NextItem(); {
		var c snapshot.ChoiceDef
		for r.Object(); r.NextKey(); {
			switch string(r.Key()) {
			case "key":
				c.Key = r.newKey(seen)
			case "name":
				c.Name = r.Text(feed.MaxName)
			case "party":
				c.Party = r.Text(feed.MaxName)
			case "number":
				c.Number = r.Text(feed.MaxName)
			case "detail":
				c.Detail = r.Text(feed.MaxDetail)
			case "type":
				c.Type = word(r, snapshot.WriteIn, snapshot.Abstention)
			default:
				r.unknown()
			}
		}
		r.Require("key")
		list = append(list, c)
	}
	return list
}

// maxSmall bounds seats and places in an order.
const maxSmall = 1_000_000

func (r reader) small() int {
	n, _ := r.Count(feed.AsNumber).Get()
	if n > maxSmall {
		r.Refuse("E_RANGE", "%d is more than %d", n, maxSmall)
	}
	return int(n)
}

// word takes one of the words allowed.
func word[T ~string](r reader, allowed ...T) T {
	b, _ := r.Scalar()
	if !slices.Contains(allowed, T(b)) {
		r.Refuse("E_UNKNOWN", "%q is not one of %q", b, allowed)
	}
	return T(b)
}
