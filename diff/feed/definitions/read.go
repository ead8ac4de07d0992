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
		default:
			r.unknown()
		}
	}
	r.Require("v")
	if len(d.Units)+len(d.Contests) == 0 {
		r.Refuse("E_EMPTY", "neither units nor contests")
	}
	return d
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
