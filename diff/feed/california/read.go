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
	justices               []justice
}

type candidate struct {
	name, party string
	votes       snapshot.Count
}

type measure struct {
	number, name string
	yes, no      snapshot.Count
}

// justice stands for another term, which is answered by yes or no.
type justice struct {
	name    string
	yes, no snapshot.Count
}

// readAnswers takes an answer, a list of answers, or such a list as a recorder
// put it into an object of its own.
func readAnswers(r *feed.JSON) []answer {
	if r.Kind() == '[' {
		return readList(r)
	}
	a, list, wrapped := readObject(r)
	if wrapped {
		return list
	}
	return []answer{a}
}

func readList(r *feed.JSON) []answer {
	var list []answer
	for r.List(); r.NextItem(); {
		a, _, wrapped := readObject(r)
		if wrapped {
			r.Refuse("E_VERSION", "a list inside a list")
		}
		list = append(list, a)
	}
	return list
}

// readObject takes an answer, or the list that stands under "races".
func readObject(r *feed.JSON) (a answer, list []answer, wrapped bool) {
	kinds := 0
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "raceTitle":
			a.title = r.Text(feed.MaxName)
		case "Reporting":
			a.reporting = r.Text(feed.MaxName)
		case "ReportingTime":
			a.time = r.Text(feed.MaxName)
		case "candidates":
			kinds++
			for r.List(); r.NextItem(); {
				a.candidates = append(a.candidates, readCandidate(r))
			}
		case "ballot-measures":
			kinds++
			for r.List(); r.NextItem(); {
				a.measures = append(a.measures, readMeasure(r))
			}
		case "supreme-court", "courts-of-appeal":
			kinds++
			for r.List(); r.NextItem(); {
				a.justices = append(a.justices, readJustice(r))
			}
		case "races": // added by recorders
			wrapped, list = true, readList(r)
		case "scraped_datetime", "slug", "url": // likewise
			r.Skip()
		default:
			r.Unknown()
		}
	}
	a.check(r, kinds, wrapped)
	return a, list, wrapped
}

// check refuses an answer that lacks something or is of several kinds, and a
// wrapped list with an answer beside it.
func (a *answer) check(r *feed.JSON, kinds int, wrapped bool) {
	if wrapped {
		if kinds > 0 || a.title != "" {
			r.Refuse("E_IDENTITY", `an answer beside "races"`)
		}
		return
	}
	r.Require("raceTitle", "Reporting", "ReportingTime")
	switch {
	case kinds == 0:
		r.Refuse("E_MISSING", `neither "candidates", "ballot-measures", "supreme-court" nor "courts-of-appeal" is there`)
	case kinds > 1:
		r.Refuse("E_IDENTITY", "candidates, measures or justices under one title")
	}
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

func readJustice(r *feed.JSON) justice {
	var j justice
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "Name":
			j.name = r.Text(feed.MaxName)
		case "yesVotes":
			j.yes = votes(r)
		case "noVotes":
			j.no = votes(r)
		case "yesPercent", "noPercent":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("Name", "yesVotes", "noVotes")
	if j.name == "" {
		r.Refuse("E_MISSING", "a justice without a name")
	}
	return j
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
