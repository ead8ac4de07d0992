package aec

import (
	"cmp"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// contest reads one Contest of the House, the Senate or a referendum.
func (m *message) contest(kind, election string) {
	r := m.r
	if string(r.Name()) != "Contest" {
		r.Unknown()
		return
	}
	_, declared := r.Attr("Declared")
	c := &contest{m: m, kind: kind, declared: declared}
	c.def = snapshot.ContestDef{Type: snapshot.CandidateContest, Seats: 1, Heading: election,
		CountUnit: snapshot.PollingPlaces}
	if kind == "Referendum" {
		c.def.Type, c.def.Seats = snapshot.BallotMeasureContest, 0
	}
	for r.Enter(); r.Next(); {
		switch name := string(r.Name()); name {
		case "ContestIdentifier":
			c.identify()
		case "ProposalIdentifier":
			c.def.Name = cmp.Or(m.child("ProposalName"), c.def.Name)
		case "PollingDistrictIdentifier":
			c.unit = m.division()
		case "StateIdentifier":
			c.unit = m.state()
		case "Enrolment":
			c.enrolment = r.Count(feed.CountRule{})
		case "NumberOfPositions":
			n, _ := r.Count(feed.CountRule{}).Get()
			c.def.Seats = int(n)
		case "FirstPreferences", "ProposalResults":
			c.add(&c.def, c.place(), c.count(name, &c.def), c.enrolment)
		case "TwoCandidatePreferred":
			c.twoCandidates(c.place())
		case "PollingPlaces":
			c.pollingPlaces()
		case "PollingDistricts":
			c.divisions()
		case "TwoPartyPreferred", "SeatSafety", "Quota":
			r.Skip() // calculations of the Commission
		default:
			r.Unknown()
		}
	}
	r.Require("ContestIdentifier")
	if m.named() && !r.Failed() {
		m.districts[c.def.Key] = c.place()
		m.u.Contests = append(m.u.Contests, c.def)
		if c.preferred.Key != "" {
			m.u.Contests = append(m.u.Contests, c.preferred)
		}
	}
}

// contest is one Contest while it is read.
type contest struct {
	m         *message
	kind      string
	declared  bool
	def       snapshot.ContestDef
	preferred snapshot.ContestDef // two candidates preferred
	unit      string              // key; from the message or from the Preload
	enrolment snapshot.Count
}

func (c *contest) identify() {
	r := c.m.r
	r.RequireAttr("Id")
	id, _ := r.Attr("Id")
	c.def.Key = c.m.election + "-" + id
	c.def.Name = cmp.Or(c.m.child("ContestName"), c.def.Name)
}

// place is the unit that the contest as a whole is counted in.
func (c *contest) place() string {
	switch {
	case c.unit != "":
		return c.unit
	case c.kind == "Referendum":
		return "AU"
	}
	return c.m.district[c.def.Key]
}

// division takes a PollingDistrictIdentifier and returns its unit's key.
func (m *message) division() string {
	r := m.r
	r.RequireAttr("Id")
	id, _ := r.Attr("Id")
	def := snapshot.UnitDef{Key: "div-" + id, Parent: "AU", Type: snapshot.CongressionalDistrict}
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "Name":
			def.Name = m.clean(r.Text())
		case "StateIdentifier":
			def.Parent = m.state()
		default:
			r.Unknown()
		}
	}
	m.unit(def)
	return def.Key
}

func (m *message) state() string {
	r := m.r
	r.RequireAttr("Id")
	id, _ := r.Attr("Id")
	m.unit(snapshot.UnitDef{Key: id, Parent: "AU", Name: m.child("StateName"), Type: snapshot.State})
	return id
}

// pollingPlace takes a PollingPlaceIdentifier in a division.
func (m *message) pollingPlace(division string) string {
	r := m.r
	r.RequireAttr("Id")
	id, _ := r.Attr("Id")
	name, _ := r.Attr("Name")
	premises := m.child("PremisesName")
	m.unit(snapshot.UnitDef{Key: "pp-" + id, Parent: division, Name: cmp.Or(m.clean(name), premises), Type: snapshot.Precinct})
	return "pp-" + id
}

// unit defines a unit, once, where the message has names.
func (m *message) unit(def snapshot.UnitDef) {
	if m.named() {
		m.u.Units = append(m.u.Units, def)
	}
}

func (c *contest) divisions() {
	r := c.m.r
	for r.Enter(); r.Next(); {
		unit, enrolment := "", snapshot.Count{}
		for r.Enter(); r.Next(); {
			switch name := string(r.Name()); name {
			case "PollingDistrictIdentifier":
				unit = c.m.division()
			case "Enrolment":
				enrolment = r.Count(feed.CountRule{})
			case "FirstPreferences", "ProposalResults":
				c.add(&c.def, unit, c.count(name, &c.def), enrolment)
			case "PollingPlaces":
				above := c.unit
				c.unit = unit
				c.pollingPlaces()
				c.unit = above
			default:
				r.Unknown()
			}
		}
		r.Require("PollingDistrictIdentifier")
	}
}

func (c *contest) pollingPlaces() {
	r := c.m.r
	for r.Enter(); r.Next(); {
		unit := ""
		for r.Enter(); r.Next(); {
			switch name := string(r.Name()); name {
			case "PollingPlaceIdentifier":
				unit = c.m.pollingPlace(c.place())
			case "FirstPreferences", "ProposalResults":
				c.add(&c.def, unit, c.count(name, &c.def), snapshot.Count{})
			case "TwoCandidatePreferred":
				c.twoCandidates(unit)
			default:
				r.Unknown()
			}
		}
		r.Require("PollingPlaceIdentifier")
	}
}

// add makes a race. A count without choices says only how far it is.
func (c *contest) add(def *snapshot.ContestDef, unit string, t tally, enrolment snapshot.Count) {
	if c.m.r.Failed() || len(t.votes) == 0 {
		return
	}
	t.totals.Electorate = enrolment
	c.m.u.Results = append(c.m.u.Results, snapshot.RaceResult{Contest: def.Key, Unit: unit, Votes: t.votes, Totals: t.totals,
		Status: c.m.status(), Channels: t.channels, AsOf: t.updated})
}
