package eml

import (
	"cmp"
	"slices"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// tally is the votes of one unit. Selections are flat: a list is followed by
// its candidates, who have a number inside the list only.
type tally struct {
	lists      []snapshot.ChoiceDef
	votes      []snapshot.ChoiceVotes
	candidates [][]member // of each list
	totals     snapshot.Totals
	admitted   snapshot.Count // "toegelaten kiezers"
}

// votes reads a TotalVotes or ReportingUnitVotes. unit is known for the former.
func (x *reader) votes(unit snapshot.UnitDef) {
	r := x.r
	var t tally
	total := unit.Key != ""
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "ReportingUnitIdentifier":
			r.RequireAttr("Id")
			unit = x.part(x.identified())
		case "Selection":
			x.selection(&t)
		case "Cast":
			t.totals.Electorate = r.Count(feed.CountRule{})
		case "TotalCounted":
			t.totals.Valid = r.Count(feed.CountRule{})
		case "RejectedVotes":
			x.rejected(&t)
		case "UncountedVotes":
			if code, _ := r.Attr("ReasonCode"); code == "toegelaten kiezers" {
				t.admitted = r.CountItem(feed.CountRule{})
			} else {
				r.Skip()
			}
		case "InitialCast", "InitialTotalCounted", "InitialRejectedVotes", "InitialUncountedVotes",
			"PreviousCast", "PreviousTotalCounted", "PreviousRejectedVotes", "PreviousUncountedVotes",
			"ReportingUnitType", "SharedLocation", "ReportingUnitInvestigations":
			r.Skip() // first counts that a second one replaced
		default:
			r.Unknown()
		}
	}
	r.Require("Selection", "TotalCounted")
	if !total {
		r.Require("ReportingUnitIdentifier")
	}
	if !r.Failed() {
		x.add(unit, &t)
	}
}

func (x *reader) rejected(t *tally) {
	switch code, _ := x.r.Attr("ReasonCode"); code {
	case "blanco":
		t.totals.Blank = x.r.CountItem(feed.CountRule{})
	case "ongeldig":
		t.totals.Null = x.r.CountItem(feed.CountRule{})
	default:
		x.notes.Note("F_UNKNOWN_VALUE", "rejected votes for the reason %q are not known", code)
		x.r.Skip()
	}
}

func (x *reader) selection(t *tally) {
	r := x.r
	var list named
	var person candidate
	var votes snapshot.Count
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "AffiliationIdentifier":
			list = x.affiliation()
		case "Candidate":
			person = x.candidate()
		case "ReferendumOptionIdentifier":
			list = x.identified()
			list.id = cmp.Or(list.id, list.name)
		case "ValidVotes":
			votes = r.Count(feed.CountRule{})
		case "InitialValidVotes", "PreviousValidVotes":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("ValidVotes")
	switch {
	case r.Failed():
	case list.id != "":
		t.lists = append(t.lists, listDef(list))
		t.votes = append(t.votes, snapshot.ChoiceVotes{Key: list.id, Votes: votes})
		t.candidates = append(t.candidates, nil)
	case !person.named():
		r.Refuse("E_MISSING", "a selection names neither a list nor a candidate")
	case len(t.lists) == 0:
		r.Refuse("E_REFERENCE", "candidate %q stands before any list", cmp.Or(person.number, person.code))
	default:
		last := len(t.candidates) - 1
		t.candidates[last] = append(t.candidates[last], member{def: x.standing(person), votes: votes})
	}
}

// listDef names a list; a list without a registered name is known by its number.
func listDef(list named) snapshot.ChoiceDef {
	def := snapshot.ChoiceDef{Key: list.id, Name: list.name, Number: list.id}
	if def.Name == "" {
		def.Name = "Lijst " + list.id
	}
	return def
}

func (x *reader) affiliation() (list named) {
	r := x.r
	r.RequireAttr("Id")
	list.id, _ = r.Attr("Id")
	for r.Enter(); r.Next(); {
		if string(r.Name()) == "RegisteredName" {
			list.name = x.clean(r.Text())
		} else {
			r.Unknown()
		}
	}
	return list
}

// add makes the races of one unit and checks their sums.
func (x *reader) add(unit snapshot.UnitDef, t *tally) {
	x.u.Units = append(x.u.Units, unit)
	x.u.Rank = slices.Index([]string{"510a", "510b", "510c", "510d"}, x.message)
	t.totals.Ballots = t.admitted
	x.check(unit, t)
	x.define(snapshot.ContestDef{Key: x.election.id, Name: x.election.name, Type: snapshot.PartyContest, Choices: t.lists})
	x.u.Results = append(x.u.Results, snapshot.RaceResult{Contest: x.election.id, Unit: unit.Key, Votes: t.votes, Totals: t.totals})
	if !x.candidates {
		return
	}
	for i, list := range t.lists {
		if len(t.candidates[i]) == 0 {
			continue
		}
		def := x.listContest(list)
		res := snapshot.RaceResult{Contest: def.Key, Unit: unit.Key, Totals: snapshot.Totals{Valid: t.votes[i].Votes}}
		for _, m := range t.candidates[i] {
			def.Choices = append(def.Choices, m.def)
			res.Votes = append(res.Votes, snapshot.ChoiceVotes{Key: m.def.Key, Votes: m.votes})
		}
		x.define(def)
		x.u.Results = append(x.u.Results, res)
	}
}

// listContest is the contest among the candidates of one list in one
// electoral district: candidates have their number there.
func (x *reader) listContest(list snapshot.ChoiceDef) snapshot.ContestDef {
	return snapshot.ContestDef{Key: x.election.id + "/" + x.contest.id + "/" + list.Key, Name: list.Name,
		Type: snapshot.CandidateContest, Order: 1, Heading: cmp.Or(x.contest.name, x.election.name)}
}

// define adds the choices of def that are not there yet. A choice that an
// earlier document named keeps its name.
func (x *reader) define(def snapshot.ContestDef) {
	i := slices.IndexFunc(x.u.Contests, func(c snapshot.ContestDef) bool { return c.Key == def.Key })
	if i < 0 {
		x.u.Contests = append(x.u.Contests, def)
		return
	}
	have := &x.u.Contests[i]
	for _, c := range def.Choices {
		if !slices.ContainsFunc(have.Choices, func(o snapshot.ChoiceDef) bool { return o.Key == c.Key }) {
			have.Choices = append(have.Choices, c)
		}
	}
}

func (x *reader) check(unit snapshot.UnitDef, t *tally) {
	lists := make([]snapshot.Count, len(t.votes))
	for i, v := range t.votes {
		lists[i] = v.Votes
		if len(t.candidates[i]) == 0 {
			continue
		}
		var own []snapshot.Count
		for _, c := range t.candidates[i] {
			own = append(own, c.votes)
		}
		x.notes.Sum("unit "+unit.Key+": candidates of list "+v.Key+" = list", v.Votes, own...)
	}
	x.notes.Sum("unit "+unit.Key+": lists = TotalCounted", t.totals.Valid, lists...)
	x.notes.Sum("unit "+unit.Key+": counted + blanco + ongeldig = toegelaten kiezers", t.admitted, t.totals.Valid, t.totals.Blank, t.totals.Null)
}
