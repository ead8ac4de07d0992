package eml

import (
	"cmp"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// candidate is a person as a document names one: by the number on the list of
// an electoral district, by the short code, which is one for all districts, or
// by both.
type candidate struct{ number, code, name string }

func (c candidate) named() bool { return c.number != "" || c.code != "" }

// candidate takes a Candidate, with the name where the document states it.
func (x *reader) candidate() (c candidate) {
	r := x.r
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "CandidateIdentifier":
			c.number, _ = r.Attr("Id")
			if c.code, _ = r.Attr("ShortCode"); c.code == "" || x.message != "510d" && x.message != "520" {
				r.RequireAttr("Id")
			}
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

// standing defines a candidate of a count or a list. Over several electoral
// districts numbers differ, and the short code is the key.
func (x *reader) standing(c candidate) snapshot.ChoiceDef {
	if c.code != "" && x.message == "510d" && (x.contest.id == united || c.number == "") {
		return snapshot.ChoiceDef{Key: c.code, Name: cmp.Or(c.name, c.code)}
	}
	return snapshot.ChoiceDef{Key: c.number, Number: c.number, Name: c.name}
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
			choices = append(choices, x.standing(x.candidate()))
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

// member is a candidate of a count or a result.
type member struct {
	def     snapshot.ChoiceDef
	votes   snapshot.Count
	elected snapshot.Outcome
}

// member reads a Selection of a result: a list, or one of its candidates.
func (x *reader) member(all []member) []member {
	r := x.r
	var list named
	var person candidate
	m := member{}
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "AffiliationIdentifier":
			list = x.affiliation()
		case "Candidate":
			person = x.candidate()
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
	if !person.named() || x.listNow.id == "" {
		r.Refuse("E_REFERENCE", "a candidate %q of no list", cmp.Or(person.code, person.number))
		return all
	}
	// The Id of a result is the order in which the seats of a list were given,
	// and no number on the list.
	m.def = snapshot.ChoiceDef{Key: x.listNow.id + "/" + cmp.Or(person.code, person.number), Name: person.name, Party: listDef(x.listNow).Name}
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
