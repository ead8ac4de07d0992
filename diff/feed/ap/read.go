package ap

import (
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// response is what the API answers.
type response struct {
	day, timestamp string // electionDate, timestamp
	races          []race
}

type race struct {
	id, state, stateName string // raceID, statePostal, stateName
	office, officeName   string // officeID, officeName
	kind, party          string // raceType, party (of a primary)
	seat, seatNumber     string // seatName, seatNum
	description          string
	seats                snapshot.Count // numWinners
	test, testStated     bool
	uncontested          bool
	candidates           []candidate // of a race without units: definitions
	units                []unit
}

// unit is a place with the votes of a race.
type unit struct {
	id, name, level, kind string // reportingunitID, reportingunitName, level, districtType
	state, stateName      string
	fips, updated         string
	in, total             snapshot.Count // precincts
	candidates            []candidate
}

type candidate struct {
	id, number   string // candidateID, polNum
	name, party  string
	order, votes snapshot.Count
	votesStated  bool
	winner       string
}

func readResponse(r *feed.JSON) response {
	var doc response
	other := ""
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "electionDate":
			doc.day = r.Text(feed.MaxName)
		case "timestamp":
			doc.timestamp = r.Text(feed.MaxName)
		case "races":
			for r.List(); r.NextItem(); {
				doc.races = append(doc.races, readRace(r))
			}
		case "nextrequest":
			r.Skip()
		case "delSum", "delSuper", "delState":
			other = "a report of delegates"
			r.Skip()
		case "elections":
			other = "the index of elections"
			r.Skip()
		case "guides", "queryExplorer", "reportQueries": // of the index
			r.Skip()
		default:
			r.Unknown()
		}
	}
	if other != "" {
		r.Refuse("E_VERSION", "%s, which has no results: point the feed at /v2/elections and a day", other)
	}
	r.Require("electionDate", "timestamp", "races")
	return doc
}

func readRace(r *feed.JSON) race {
	var x race
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "raceID":
			x.id = r.Text(feed.MaxName)
		case "statePostal":
			x.state = r.Text(feed.MaxName)
		case "stateName":
			x.stateName = r.Text(feed.MaxName)
		case "test":
			x.test, x.testStated = r.Bool()
		case "uncontested":
			x.uncontested, _ = r.Bool()
		case "numWinners":
			x.seats = r.Count(feed.AsNumber)
		case "candidates":
			for r.List(); r.NextItem(); {
				x.candidates = append(x.candidates, readCandidate(r))
			}
		case "reportingUnits":
			for r.List(); r.NextItem(); {
				x.units = append(x.units, readUnit(r))
			}
		default:
			x.title(r)
		}
	}
	r.Require("raceID", "officeID")
	if x.id == "" {
		r.Refuse("E_MISSING", "a race without its id")
	}
	return x
}

// title takes what says which race it is.
func (x *race) title(r *feed.JSON) {
	switch string(r.Key()) {
	case "officeID":
		x.office = r.Text(feed.MaxName)
	case "officeName":
		x.officeName = r.Text(feed.MaxName)
	case "raceType":
		x.kind = r.Text(feed.MaxName)
	case "party":
		x.party = r.Text(feed.MaxName)
	case "seatName":
		x.seat = r.Text(feed.MaxName)
	case "seatNum":
		x.seatNumber = r.Text(feed.MaxName)
	case "description":
		x.description = r.Text(feed.MaxDetail)
	case "raceTypeID", "national", "lastUpdated", "eventID", "keyRace", "numRunoff":
		r.Skip()
	default:
		r.Unknown()
	}
}

func readUnit(r *feed.JSON) unit {
	var x unit
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "reportingunitID":
			x.id = r.Text(feed.MaxName)
		case "reportingunitName":
			x.name = r.Text(feed.MaxName)
		case "level":
			x.level = strings.ToLower(r.Text(feed.MaxName))
		case "districtType":
			x.kind = r.Text(feed.MaxName)
		case "statePostal":
			x.state = r.Text(feed.MaxName)
		case "stateName":
			x.stateName = r.Text(feed.MaxName)
		case "fipsCode":
			x.fips = r.Text(feed.MaxName)
		case "lastUpdated":
			x.updated = r.Text(feed.MaxName)
		case "precinctsReporting":
			x.in = r.Count(feed.AsNumber)
		case "precinctsTotal":
			x.total = r.Count(feed.AsNumber)
		case "candidates":
			for r.List(); r.NextItem(); {
				c := readCandidate(r)
				if !c.votesStated {
					r.Refuse("E_MISSING", `key "voteCount" is missing`)
				}
				x.candidates = append(x.candidates, c)
			}
		case "precinctsReportingPct", "electTotal":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("level", "statePostal", "candidates")
	if x.state == "" {
		r.Refuse("E_MISSING", "a unit without its state")
	}
	return x
}

func readCandidate(r *feed.JSON) candidate {
	var x candidate
	var first, middle, last, suffix string
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "candidateID":
			x.id = r.Text(feed.MaxName)
		case "polNum":
			x.number = r.Text(feed.MaxName)
		case "first":
			first = r.Text(feed.MaxName)
		case "middle":
			middle = r.Text(feed.MaxName)
		case "last":
			last = r.Text(feed.MaxName)
		case "suffix":
			suffix = r.Text(feed.MaxName)
		case "party":
			x.party = r.Text(feed.MaxName)
		case "ballotOrder":
			x.order = r.Count(feed.AsNumber)
		case "voteCount":
			x.votes, x.votesStated = r.Count(feed.AsNumber), true
		case "winner":
			x.winner = r.Text(feed.MaxName)
		case "polID", "abbrv", "incumbent", "electWon", "delegateCount", "votePct", "infoUpdated":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("candidateID", "last")
	x.name = strings.Join(strings.Fields(strings.Join([]string{first, middle, last, suffix}, " ")), " ")
	if x.id == "" || x.name == "" {
		r.Refuse("E_MISSING", "a candidate without id or name")
	}
	return x
}
