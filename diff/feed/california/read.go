package california

import (
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// grouped is how votes for candidates are written: "3,147,753". Those of
// measures are plain digits.
var grouped = feed.CountRule{Thousands: ','}

// answer is what the interface says of one title.
type answer struct {
	title, reporting, time string
	candidates             []candidate
	measures               []measure
}

type candidate struct {
	name, party string
	votes       snapshot.Count
}

type measure struct {
	number, name string
	yes, no      snapshot.Count
}

func readAnswer(r *feed.JSON) answer {
	var a answer
	contest := false
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "raceTitle":
			a.title = r.Text(feed.MaxName)
		case "Reporting":
			a.reporting = r.Text(feed.MaxName)
		case "ReportingTime":
			a.time = r.Text(feed.MaxName)
		case "candidates":
			contest = true
			for r.List(); r.NextItem(); {
				a.candidates = append(a.candidates, readCandidate(r))
			}
		case "ballot-measures":
			contest = true
			for r.List(); r.NextItem(); {
				a.measures = append(a.measures, readMeasure(r))
			}
		case "scraped_datetime", "slug", "url": // added by recorders
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("raceTitle", "Reporting", "ReportingTime")
	if !contest {
		r.Refuse("E_MISSING", `neither "candidates" nor "ballot-measures" is there`)
	}
	return a
}

func readCandidate(r *feed.JSON) candidate {
	var c candidate
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "Name":
			c.name = r.Text(feed.MaxName)
		case "Party":
			c.party = r.Text(feed.MaxName)
		case "Votes":
			c.votes = votes(r)
		case "Percent", "incumbent":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("Name", "Votes")
	if c.name == "" {
		r.Refuse("E_MISSING", "a candidate without a name")
	}
	return c
}

func readMeasure(r *feed.JSON) measure {
	var m measure
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "Number":
			m.number = r.Text(feed.MaxName)
		case "Name":
			m.name = r.Text(feed.MaxDetail)
		case "yesVotes":
			m.yes = votes(r)
		case "noVotes":
			m.no = votes(r)
		case "yesPercent", "noPercent":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("Number", "Name", "yesVotes", "noVotes")
	if m.number == "" {
		r.Refuse("E_MISSING", "a measure without a number")
	}
	return m
}

// votes takes a count that stands there as text.
func votes(r *feed.JSON) snapshot.Count {
	if r.Kind() == '0' {
		return r.Count(feed.AsText) // refused: this format writes text
	}
	b, _ := r.Scalar()
	n, refusal := grouped.Parse(b)
	if refusal != nil {
		r.Refuse(refusal.Code, "%s", refusal.Text)
	}
	return n
}
