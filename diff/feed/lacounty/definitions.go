package lacounty

import (
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// definitions is an election_data file.
type definitions struct {
	election string
	name     string
	contests []contest
	ids      map[string]bool // of contests and candidates
	titles   map[title]bool
}

type contest struct {
	snapshot.ContestDef
	title title
	multi bool // more than one seat
}

// readDefinitions takes `Data` of election_data. The votes in it are zeros and
// are not read.
func readDefinitions(r *feed.JSON) *definitions {
	d := &definitions{ids: map[string]bool{}, titles: map[title]bool{}}
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "ID":
			d.election = id(r)
		case "Title":
			d.name = r.Text(feed.MaxName)
		case "ContestGroups":
			for r.List(); r.NextItem(); {
				d.readGroup(r)
			}
		case "Date", "VBMCount", "PrecinctCount", "RegistrationCount", "Presidential", "Primary",
			"Major", "VBM", "Locked", "CandidateList", "Parties":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("ID", "Title", "ContestGroups")
	if len(d.contests) == 0 {
		r.Refuse("E_EMPTY", "no contests")
	}
	return d
}

func (d *definitions) readGroup(r *feed.JSON) {
	first := len(d.contests)
	group, order := "", 0
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "Name":
			group = r.Text(feed.MaxName)
		case "Order":
			n, _ := r.Count(feed.AsNumber).Get()
			order = int(n)
		case "Contests":
			for r.List(); r.NextItem(); {
				d.contests = append(d.contests, d.readContest(r))
			}
		default:
			r.Unknown()
		}
	}
	r.Require("Name", "Order", "Contests")
	for i := first; i < len(d.contests) && !r.Failed(); i++ {
		c := &d.contests[i]
		c.Heading, c.Order = group, order
		if c.title.group = group; d.titles[c.title] {
			r.Refuse("E_DUPID", "contest %q stands twice in group %q", c.Name, group)
		}
		d.titles[c.title] = true
	}
}

func (d *definitions) readContest(r *feed.JSON) contest {
	c := contest{ContestDef: snapshot.ContestDef{Type: snapshot.CandidateContest, Seats: 1}}
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "ID":
			c.Key = d.newID(r)
		case "Title":
			c.Name = r.Text(feed.MaxDetail)
		case "Type":
			if r.Text(feed.MaxName) == "Measure" {
				c.Type, c.Seats = snapshot.BallotMeasureContest, 0
			}
		case "VoteFor":
			d.readSeats(r, &c)
		case "Candidates":
			for r.List(); r.NextItem(); {
				c.Choices = append(c.Choices, d.readCandidate(r))
			}
		case "AdditionalText", "MeasureText", "MeasurePassRate", "PrecinctCount", "NonPartisan", "VoterNominated":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("ID", "Title", "Type", "VoteFor", "Candidates")
	c.title.contest = c.Name
	names := map[string]bool{}
	for _, x := range c.Choices {
		if names[x.Name] {
			r.Refuse("E_DUPID", "%q stands twice in contest %s, which could not be told apart by name", x.Name, c.Key)
		}
		names[x.Name] = true
	}
	return c
}

// readSeats takes `VoteFor`: "" or "Vote for no more than three".
func (d *definitions) readSeats(r *feed.JSON, c *contest) {
	text := r.Text(feed.MaxName)
	number, found := strings.CutPrefix(strings.ToLower(text), "vote for no more than ")
	if !found {
		return
	}
	c.Seats = 0
	for i, word := range []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"} {
		if number == word || number == string(rune('1'+i)) || i == 9 && number == "10" {
			c.Seats = i + 1
		}
	}
	c.multi = c.Seats != 1
}

func (d *definitions) readCandidate(r *feed.JSON) snapshot.ChoiceDef {
	var c snapshot.ChoiceDef
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "ID":
			c.Key = d.newID(r)
		case "Name":
			c.Name = r.Text(feed.MaxName)
		case "Party":
			c.Party = r.Text(feed.MaxName)
		case "Winner", "Votes":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("ID", "Name")
	return c
}

// newID takes an id. Contests and candidates draw theirs from one series.
func (d *definitions) newID(r *feed.JSON) string {
	key := id(r)
	if d.ids[key] && !r.Failed() {
		r.Refuse("E_DUPID", "id %s stands there twice", key)
	}
	d.ids[key] = true
	return key
}

// update states the definitions, and every race without a number.
func (d *definitions) update() snapshot.Update {
	u := snapshot.Update{
		Scope: county,
		Name:  d.name,
		Units: []snapshot.UnitDef{{Key: county, Name: "Los Angeles County", Type: snapshot.County}},
	}
	choices := 0
	for i := range d.contests {
		choices += len(d.contests[i].Choices)
	}
	votes := make([]snapshot.ChoiceVotes, 0, choices)
	u.Contests = make([]snapshot.ContestDef, len(d.contests))
	u.Results = make([]snapshot.RaceResult, len(d.contests))
	for i := range d.contests {
		c := &d.contests[i]
		first := len(votes)
		for _, x := range c.Choices {
			votes = append(votes, snapshot.ChoiceVotes{Key: x.Key})
		}
		u.Contests[i] = c.ContestDef
		u.Results[i] = snapshot.RaceResult{Contest: c.Key, Unit: county, Status: snapshot.PreElection, Votes: votes[first:len(votes):len(votes)]}
	}
	return u
}
