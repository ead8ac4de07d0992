package oregon

import (
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// row is one choice of a race in one place.
type row struct {
	race, name, area         string // RaceID, RaceName, AreaNum
	office                   snapshot.Count
	seats                    snapshot.Count
	county, countyName       string
	precinct, precinctName   string
	candidate, choice, party string // CandidateID, calcCandidate, PartyName
	order                    snapshot.Count
	votes                    snapshot.Count
	winner                   bool
	in, total                snapshot.Count // precincts
}

func readRow(r *feed.JSON) row {
	var x row
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "RaceID":
			x.race = r.Text(feed.MaxName)
		case "RaceName":
			x.name = r.Text(feed.MaxDetail)
		case "AreaNum":
			x.area = r.Text(feed.MaxName)
		case "OfficeSeqNo":
			x.office = r.Count(feed.AsText | feed.AsNumber)
		case "VoteFor":
			x.seats = r.Count(feed.AsNumber)
		case "CandidateID":
			x.candidate = r.Text(feed.MaxName)
		case "calcCandidate":
			x.choice = r.Text(feed.MaxName)
		case "PartyName":
			x.party = r.Text(feed.MaxName)
		case "BallotOrder":
			x.order = r.Count(feed.AsNumber)
		case "calcCandidateVotes":
			x.votes = r.Count(feed.AsNumber)
		case "Winner":
			x.winner, _ = r.Bool()
		default:
			x.place(r)
		}
	}
	r.Require("RaceID", "RaceName", "CandidateID", "calcCandidate", "calcCandidateVotes", "BallotOrder")
	if x.race == "" || x.candidate == "" || x.choice == "" || x.name == "" {
		r.Refuse("E_MISSING", "a row without the id or the name of its race or choice")
	}
	return x
}

// place takes what a row says of where it was counted.
func (x *row) place(r *feed.JSON) {
	switch string(r.Key()) {
	case "CountyID":
		x.county = r.Text(feed.MaxName)
	case "CountyName":
		x.countyName = r.Text(feed.MaxName)
	case "StatePrecinctID":
		x.precinct = r.Text(feed.MaxName)
	case "PrecinctName":
		x.precinctName = r.Text(feed.MaxName)
	case "PrecinctsReporting":
		x.in = r.Count(feed.AsNumber)
	case "TotalPrecincts":
		x.total = r.Count(feed.AsNumber)
	case "__type", "AreaType", "CurrentDateTime", "Delegates", "IsCountywide", "IsReported", "PartyCode",
		"PrecinctsPartial", "RecountPercent", "RecountVotes", "calcCandidatePercentage":
		r.Skip()
	default:
		r.Unknown()
	}
}

// yes and no tell the choices of a measure by their names: nothing else in a
// row says what kind of contest it is.
func (x *row) yes() bool { return strings.EqualFold(x.choice, "yes") }
func (x *row) no() bool  { return strings.EqualFold(x.choice, "no") }
