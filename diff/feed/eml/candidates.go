package eml

import (
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// candidate takes a Candidate: the number inside the list and the name, where
// the document states one.
func (x *reader) candidate() (c named) {
	r := x.r
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "CandidateIdentifier":
			r.RequireAttr("Id")
			c.id, _ = r.Attr("Id")
			r.Skip()
		case "CandidateFullName":
			c.name = x.fullName()
		default:
			r.Skip() // gender and address of a person are not published
		}
	}
	r.Require("CandidateIdentifier")
	return c
}

// fullName is "M. (Mark) Rutte": initials, call name, prefix and last name.
func (x *reader) fullName() string {
	r := x.r
	var initials, first, prefix, last string
	for r.Enter(); r.Next(); {
		if string(r.Name()) != "PersonName" {
			r.Skip()
			continue
		}
		for r.Enter(); r.Next(); {
			switch string(r.Name()) {
			case "NameLine":
				initials = r.TextItem()
			case "FirstName":
				first = r.Text()
			case "NamePrefix":
				prefix = r.Text()
			case "LastName":
				last = r.Text()
			default:
				r.Skip()
			}
		}
	}
	if first != "" && initials != "" {
		first = "(" + first + ")"
	}
	return x.clean(strings.Join([]string{initials, first, prefix, last}, " "))
}

// list reads an Affiliation of a candidate list: it defines the list, and its
// candidates where they are read.
func (x *reader) list() {
	r := x.r
	var list named
	var choices []snapshot.ChoiceDef
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "AffiliationIdentifier":
			list = x.affiliation()
		case "Candidate":
			c := x.candidate()
			choices = append(choices, snapshot.ChoiceDef{Key: c.id, Number: c.id, Name: c.name})
		case "Type", "ListData":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("AffiliationIdentifier")
	if r.Failed() {
		return
	}
	x.define(snapshot.ContestDef{Key: x.election.id, Name: x.election.name, Type: snapshot.PartyContest, Choices: []snapshot.ChoiceDef{listDef(list)}})
	if x.candidates {
		def := x.listContest(listDef(list))
		def.Choices = choices
		x.define(def)
	}
}

// member is a candidate of a result.
type member struct {
	def     snapshot.ChoiceDef
	votes   snapshot.Count
	elected snapshot.Outcome
}

// member reads a Selection of a result: a list, or one of its candidates.
func (x *reader) member(all []member) []member {
	r := x.r
	var list, candidate named
	m := member{}
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "AffiliationIdentifier":
			list = x.affiliation()
		case "Candidate":
			candidate = x.candidate()
		case "Votes":
			m.votes = r.Count(feed.CountRule{})
		case "Elected":
			m.elected = x.elected(r.Text())
		case "Ranking":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	if list.id != "" {
		x.listNow = list
		return all
	}
	if candidate.id == "" || x.listNow.id == "" {
		r.Refuse("E_REFERENCE", "a candidate %q of no list", candidate.id)
		return all
	}
	m.def = snapshot.ChoiceDef{Key: x.listNow.id + "/" + candidate.id, Number: candidate.id, Name: candidate.name, Party: listDef(x.listNow).Name}
	return append(all, m)
}

func (x *reader) elected(value string) snapshot.Outcome {
	switch value {
	case "yes":
		return snapshot.Elected
	case "no":
		return snapshot.NotElected
	}
	x.notes.Note("F_UNKNOWN_VALUE", "Elected is %q, neither yes nor no", value)
	return snapshot.NoOutcome
}

// result is the contest of those elected, in the unit that the result is of.
func (x *reader) result(all []member) {
	if x.r.Failed() {
		return
	}
	unit := x.own()
	def := snapshot.ContestDef{Key: x.election.id + "/elected", Name: x.election.name, Type: snapshot.CandidateContest, Order: 2}
	res := snapshot.RaceResult{Contest: def.Key, Unit: unit.Key}
	for _, m := range all {
		def.Choices = append(def.Choices, m.def)
		res.Votes = append(res.Votes, snapshot.ChoiceVotes{Key: m.def.Key, Votes: m.votes, Outcome: m.elected})
	}
	x.u.Units, x.u.Contests, x.u.Results = append(x.u.Units, unit), append(x.u.Contests, def), append(x.u.Results, res)
}
