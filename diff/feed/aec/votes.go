package aec

import (
	"cmp"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// preferredSuffix marks the contest between the two candidates preferred.
const preferredSuffix = "-tcp"

// tally is one count in one unit.
type tally struct {
	votes    []snapshot.ChoiceVotes
	totals   snapshot.Totals
	channels []snapshot.ChannelVotes
	updated  time.Time
	entered  bool // some votes were entered: the message says when
}

// count reads FirstPreferences or ProposalResults and defines the choices that
// are not known yet.
func (c *contest) count(name string, def *snapshot.ContestDef) tally {
	r := c.m.r
	t := c.progress()
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "Candidate", "Ghost", "UngroupedCandidate", "Option":
			c.choice(&t, def)
		case "Group":
			c.group(&t, def)
		case "Formal":
			t.totals.Valid = c.total(&t)
		case "Informal":
			t.totals.Null = c.total(&t)
		case "Total":
			t.totals.Ballots = c.total(&t)
		case "Passed", "PassCondition":
			r.Skip() // stated per unit; the outcome of a referendum needs both
		default:
			r.Unknown()
		}
	}
	if n, ok := t.totals.Ballots.Get(); ok && n == 0 {
		t.clear() // nothing was entered yet, wherever the message has zeros
	}
	c.check(name, &t)
	return t
}

// clear makes every vote absent.
func (t *tally) clear() {
	for i := range t.votes {
		t.votes[i].Votes = snapshot.Count{}
	}
	t.channels = nil
	t.totals.Valid, t.totals.Null, t.totals.Ballots = snapshot.Count{}, snapshot.Count{}, snapshot.Count{}
}

// progress reads what the present element says of the count as a whole.
func (c *contest) progress() (t tally) {
	r := c.m.r
	if updated, ok := r.Attr("Updated"); ok {
		t.entered, t.updated = true, c.m.time(updated)
	}
	if c.kind != "House" {
		t.entered = true // these say nothing of single counts; a total of 0 does
	}
	if c.m.phase == "Preload" || c.m.phase == "PreloadLocked" || c.m.verbosity == "Preload" {
		t.entered = false
	}
	t.totals.UnitsIn = r.AttrCount("PollingPlacesReturned", feed.CountRule{})
	t.totals.UnitsTotal = r.AttrCount("PollingPlacesExpected", feed.CountRule{})
	return t
}

// group reads a Senate group: its votes as a whole.
func (c *contest) group(t *tally, def *snapshot.ContestDef) {
	r := c.m.r
	choice := snapshot.ChoiceDef{}
	var votes snapshot.Count
	var byType []typed
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "GroupIdentifier":
			r.RequireAttr("Id")
			id, _ := r.Attr("Id")
			choice.Key = "group-" + id
			choice.Name = c.groupName()
		case "GroupVotes":
			votes, byType = c.votes(func() { r.Unknown() })
		case "Candidate", "TicketVotes", "Unapportioned":
			r.Skip() // parts of the group's votes
		default:
			r.Unknown()
		}
	}
	r.Require("GroupIdentifier", "GroupVotes")
	c.put(t, def, choice, votes, byType, snapshot.NoOutcome)
}

// groupName is the name of a Senate group, else its letter.
func (c *contest) groupName() string {
	r, name, ticket := c.m.r, "", ""
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "GroupName":
			name = c.m.clean(r.Text())
		case "Ticket":
			ticket = c.m.clean(r.Text())
		default:
			r.Skip()
		}
	}
	return cmp.Or(name, ticket)
}

// typed is votes of one way of voting.
type typed struct {
	name  string
	votes snapshot.Count
}

// votes reads the Votes and VotesByType inside the present element; other
// elements are left to rest.
func (c *contest) votes(rest func()) (votes snapshot.Count, byType []typed) {
	r := c.m.r
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "Votes":
			votes = r.Count(feed.CountRule{})
		case "VotesByType":
			for r.Enter(); r.Next(); {
				r.RequireAttr("Type")
				kind, _ := r.Attr("Type")
				byType = append(byType, typed{kind, r.CountItem(feed.CountRule{})})
			}
		default:
			rest()
		}
	}
	r.Require("Votes")
	return votes, byType
}

// choice reads a candidate or an option of a referendum.
func (c *contest) choice(t *tally, def *snapshot.ContestDef) {
	r := c.m.r
	choice, outcome := snapshot.ChoiceDef{}, snapshot.NoOutcome
	votes, byType := c.votes(func() {
		switch string(r.Name()) {
		case "CandidateIdentifier":
			r.RequireAttr("Id")
			choice.Key, _ = r.Attr("Id")
			choice.Name = c.m.child("CandidateName")
		case "AffiliationIdentifier":
			short, _ := r.Attr("ShortCode")
			choice.Party = cmp.Or(c.m.child("RegisteredName"), short)
		case "ReferendumOptionIdentifier":
			id, _ := r.Attr("Id")
			choice.Name = c.m.clean(r.Text())
			choice.Key = cmp.Or(id, choice.Name)
		case "Elected":
			if r.Text() == "true" {
				outcome = snapshot.Elected
			} else if c.declared {
				outcome = snapshot.NotElected
			}
		case "BallotPosition", "Incumbent":
			r.Skip()
		default:
			r.Unknown()
		}
	})
	if choice.Key == "" {
		r.Refuse("E_MISSING", "votes name no candidate and no option")
	}
	c.put(t, def, choice, votes, byType, outcome)
}

// put adds the votes of a choice to a tally. Votes that no one has entered are
// absent although the message writes 0.
func (c *contest) put(t *tally, def *snapshot.ContestDef, choice snapshot.ChoiceDef, votes snapshot.Count, byType []typed, outcome snapshot.Outcome) {
	if !t.entered {
		votes, byType = snapshot.Count{}, nil
	}
	t.votes = append(t.votes, snapshot.ChoiceVotes{Key: choice.Key, Votes: votes, Outcome: outcome})
	for _, b := range byType {
		i := 0
		for i < len(t.channels) && t.channels[i].Name != b.name {
			i++
		}
		if i == len(t.channels) {
			t.channels = append(t.channels, snapshot.ChannelVotes{Name: b.name})
		}
		t.channels[i].Votes = append(t.channels[i].Votes, snapshot.ChoiceVotes{Key: choice.Key, Votes: b.votes})
	}
	if !c.m.named() || choice.Name == "" {
		return
	}
	for _, known := range def.Choices {
		if known.Key == choice.Key {
			return
		}
	}
	def.Choices = append(def.Choices, choice)
}

func (c *contest) total(t *tally) snapshot.Count {
	votes, _ := c.votes(func() { c.m.r.Unknown() })
	if !t.entered {
		return snapshot.Count{}
	}
	return votes
}

func (c *contest) check(name string, t *tally) {
	if !t.entered || len(t.votes) == 0 {
		return
	}
	parts := make([]snapshot.Count, len(t.votes))
	for i, v := range t.votes {
		parts[i] = v.Votes
	}
	at := "contest " + c.def.Key + ": " + name
	c.m.notes.Sum(at+": choices = Formal", t.totals.Valid, parts...)
	c.m.notes.Sum(at+": Formal + Informal = Total", t.totals.Ballots, t.totals.Valid, t.totals.Null)
}

// twoCandidates reads the count between the two candidates preferred. Before
// 18:00 of the day (Restricted) and where the wrong two were chosen (Maverick)
// it holds none.
func (c *contest) twoCandidates(unit string) {
	r := c.m.r
	if c.preferred.Key == "" {
		c.preferred = snapshot.ContestDef{Key: c.def.Key + preferredSuffix, Name: c.def.Name, Type: snapshot.CandidateContest,
			Seats: 1, Order: 1, Heading: "Two-candidate preferred", CountUnit: snapshot.PollingPlaces}
	}
	t := c.progress()
	for r.Enter(); r.Next(); {
		if string(r.Name()) == "Candidate" {
			c.choice(&t, &c.preferred)
		} else {
			r.Unknown()
		}
	}
	c.add(&c.preferred, unit, t, snapshot.Count{})
}
