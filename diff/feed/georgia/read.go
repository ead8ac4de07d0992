package georgia

import (
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// document is an export.
type document struct {
	day, name, created string // electionDate, electionName, createdAt
	official           bool
	state              area
	counties           []area
}

// area is the state or a county.
type area struct {
	id, name string
	items    []item
	statuses []string // of the ways of voting
}

// item is a contest as it was counted in an area.
type item struct {
	id, name, kind string // kind is contestType
	seats, order   snapshot.Count
	in, total      snapshot.Count // precincts
	ranked         bool           // rankedChoiceResults is there
	options        []option
}

type option struct {
	id, name, party string
	order, votes    snapshot.Count
	groups          []group
	precincts       []precinct
}

// group is votes cast one way.
type group struct {
	name  string
	votes snapshot.Count
}

type precinct struct {
	id, name, status string
	votes            snapshot.Count
	groups           []group
}

func readDocument(r *feed.JSON) document {
	var doc document
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "electionDate":
			doc.day = r.Text(feed.MaxName)
		case "electionName":
			doc.name = r.Text(feed.MaxName)
		case "createdAt":
			doc.created = r.Text(feed.MaxName)
		case "isOfficial":
			doc.official, _ = r.Bool()
		case "results":
			doc.state = readArea(r)
		case "localResults":
			each(r, func() { doc.counties = append(doc.counties, readArea(r)) })
		default:
			r.Unknown()
		}
	}
	r.Require("electionDate", "createdAt", "results")
	return doc
}

// each takes a list item by item; null is no item.
func each(r *feed.JSON, take func()) {
	if r.Kind() == 'n' {
		r.Skip()
		return
	}
	for r.List(); r.NextItem(); {
		take()
	}
}

func readArea(r *feed.JSON) area {
	var a area
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "id":
			a.id = r.Text(feed.MaxName)
		case "name":
			a.name = r.Text(feed.MaxName)
		case "ballotItems":
			each(r, func() { a.items = append(a.items, readItem(r)) })
		case "reportingStatuses":
			each(r, func() { a.statuses = append(a.statuses, readStatus(r)) })
		default:
			r.Unknown()
		}
	}
	r.Require("id", "name", "ballotItems")
	if a.id == "" || a.name == "" {
		r.Refuse("E_MISSING", "a place without id or name")
	}
	return a
}

func readStatus(r *feed.JSON) string {
	status := ""
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "status":
			status = r.Text(feed.MaxName)
		case "groupName":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("status")
	return status
}

func readItem(r *feed.JSON) item {
	var x item
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "id":
			x.id = r.Text(feed.MaxName)
		case "name":
			x.name = r.Text(feed.MaxDetail)
		case "voteFor":
			x.seats = r.Count(feed.AsNumber)
		case "ballotOrder":
			x.order = r.Count(feed.AsNumber)
		case "precinctsParticipating":
			x.total = r.Count(feed.AsNumber)
		case "precinctsReporting":
			x.in = r.Count(feed.AsNumber)
		case "contestType":
			x.kind = r.Text(feed.MaxName)
		case "ballotOptions":
			each(r, func() { x.options = append(x.options, readOption(r)) })
		case "rankedChoiceResults":
			x.ranked = r.Kind() != 'n'
			r.Skip()
		case "type":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("id", "name", "ballotOptions")
	if x.id == "" || x.name == "" {
		r.Refuse("E_MISSING", "a contest without id or name")
	}
	return x
}

func readOption(r *feed.JSON) option {
	var o option
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "id":
			o.id = r.Text(feed.MaxName)
		case "name":
			o.name = r.Text(feed.MaxName)
		case "politicalParty":
			o.party = r.Text(feed.MaxName)
		case "ballotOrder":
			o.order = r.Count(feed.AsNumber)
		case "voteCount":
			o.votes = r.Count(feed.AsNumber)
		case "groupResults":
			each(r, func() { o.groups = append(o.groups, readGroup(r)) })
		case "precinctResults":
			each(r, func() { o.precincts = append(o.precincts, readPrecinct(r)) })
		default:
			r.Unknown()
		}
	}
	r.Require("id", "name", "voteCount")
	if o.id == "" || o.name == "" {
		r.Refuse("E_MISSING", "an option without id or name")
	}
	return o
}

func readGroup(r *feed.JSON) group {
	var g group
	virtual := false
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "groupName":
			g.name = r.Text(feed.MaxName)
		case "voteCount":
			g.votes = r.Count(feed.AsNumber)
		case "isFromVirtualPrecinct":
			virtual, _ = r.Bool()
		default:
			r.Unknown()
		}
	}
	r.Require("groupName", "voteCount")
	if virtual {
		g.name += " (virtual precinct)"
	}
	return g
}

func readPrecinct(r *feed.JSON) precinct {
	var x precinct
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "id":
			x.id = r.Text(feed.MaxName)
		case "name":
			x.name = r.Text(feed.MaxName)
		case "reportingStatus":
			x.status = r.Text(feed.MaxName)
		case "voteCount":
			x.votes = r.Count(feed.AsNumber)
		case "groupResults":
			each(r, func() { x.groups = append(x.groups, readGroup(r)) })
		case "isVirtual":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("id", "voteCount")
	if x.id == "" {
		r.Refuse("E_MISSING", "a precinct without id")
	}
	return x
}
