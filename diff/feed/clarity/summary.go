package clarity

import (
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// summary is a contest of summary.json or summary.csv, counted in the whole
// place.
type summary struct {
	key, name, category string
	seats               snapshot.Count
	total, in           snapshot.Count // counties of a state, precincts of a county
	valid, over, under  snapshot.Count
	choices             []snapshot.ChoiceDef
	votes               []snapshot.Count
	winner              bool
	ranked, awaiting    bool
}

// readSummary takes summary.json: a list of contests with parallel lists of
// choices, parties and votes.
func (d *decoder) readSummary(p feed.Payload, s site, r *feed.JSON) (snapshot.Update, error) {
	var contests []summary
	for r.List(); r.NextItem(); {
		contests = append(contests, readContest(r))
	}
	if len(contests) == 0 {
		r.Refuse("E_EMPTY", "no contests")
	}
	findings, err := r.Finish("")
	if err != nil {
		return snapshot.Update{}, err
	}
	return d.summarise(p, s, contests, findings)
}

func readContest(r *feed.JSON) summary {
	var c summary
	var parties []string
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "K":
			c.key = r.Text(maxKey)
		case "C":
			c.name = r.Text(feed.MaxDetail)
		case "CAT":
			c.category = r.Text(feed.MaxName)
		case "VF":
			c.seats = r.Count(feed.AsNumber | feed.AsText)
		case "TP":
			c.total = r.Count(feed.AsNumber | feed.AsText)
		case "PR":
			c.in = r.Count(feed.AsNumber | feed.AsText)
		case "T":
			c.valid = r.Count(feed.AsNumber | feed.AsText)
		case "CH":
			c.choices = make([]snapshot.ChoiceDef, 0, 4)
			for r.List(); r.NextItem(); {
				c.choices = append(c.choices, snapshot.ChoiceDef{Name: r.Text(feed.MaxName)})
			}
		case "P":
			parties = texts(r)
		case "V":
			c.votes = make([]snapshot.Count, 0, len(c.choices))
			for r.List(); r.NextItem(); {
				c.votes = append(c.votes, r.Count(feed.AsNumber|feed.AsText))
			}
		case "W":
			c.readWinners(r)
		case "IsRCV":
			c.ranked, _ = flag(r)
		case "RCVAwaitingResults":
			c.awaiting, _ = flag(r)
		case "CATKEY", "AggID", "CHAggId", "regvoters", "BCxContest", "TV", "BC", "RC", "RO", "PCT", "CRC", "CRO",
			"IsCumulative", "CumulativeVotes", "CumulativeChoices", "CumulativePercentages", "IsContestNoChoice":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("K", "C", "CH", "V")
	c.complete(r, parties)
	return c
}

// complete checks that the parallel lists fit, and names the choices.
func (c *summary) complete(r *feed.JSON, parties []string) {
	switch {
	case r.Failed():
		return
	case c.key == "" || c.name == "":
		r.Refuse("E_MISSING", "a contest without a key or a name")
	case len(c.votes) != len(c.choices):
		r.Refuse("E_COUNT", "contest %s has %d choices and %d counts of votes", c.key, len(c.choices), len(c.votes))
	case len(parties) != 0 && len(parties) != len(c.choices):
		r.Refuse("E_COUNT", "contest %s has %d choices and %d parties", c.key, len(c.choices), len(parties))
	}
	for i := range parties {
		if i < len(c.choices) {
			c.choices[i].Party = party(parties[i])
		}
	}
	for _, x := range c.choices {
		if x.Name == "" {
			r.Refuse("E_MISSING", "contest %s has a choice without a name", c.key)
		}
	}
	choiceKeys(c.choices)
}

func texts(r *feed.JSON) []string {
	var out []string
	if r.Kind() == 'n' {
		r.Skip()
		return nil
	}
	for r.List(); r.NextItem(); {
		out = append(out, r.Text(feed.MaxName))
	}
	return out
}

func (c *summary) readWinners(r *feed.JSON) {
	if r.Kind() == 'n' {
		r.Skip()
		return
	}
	for r.List(); r.NextItem(); {
		c.winner = positive(r.Count(feed.AsNumber|feed.AsText)) || c.winner
	}
}

// summarise makes an update of the contests of a whole place.
func (d *decoder) summarise(p feed.Payload, s site, contests []summary, findings []snapshot.Finding) (snapshot.Update, error) {
	unit, err := s.unit(p, "")
	if err != nil {
		return snapshot.Update{}, err
	}
	u := snapshot.Update{Scope: s.scope(unit, "summary"), Stamp: s.stamp(p, time.Time{}), Election: s.election, Units: []snapshot.UnitDef{unit}}
	var notes feed.Findings
	headings, measured := false, false
	seen := map[string]bool{}
	for i := range contests {
		c := &contests[i]
		if seen[c.key] {
			return snapshot.Update{}, p.Refuse("E_DUPID", "contest %s stands there twice", c.key)
		}
		seen[c.key] = true
		headings = headings || c.category != contests[0].category
		measured = measured || positive(c.over) || positive(c.under)
	}
	for _, c := range contests {
		if len(c.choices) == 0 {
			notes.Note("F_SKIPPED", "contest %s, %q, has no choices", c.key, c.name)
			continue
		}
		if !headings {
			c.category = ""
		}
		if !measured {
			c.over, c.under = snapshot.Count{}, snapshot.Count{}
		}
		c.note(&notes)
		u.Contests = append(u.Contests, c.def(unit))
		u.Results = append(u.Results, c.result(unit))
	}
	u.Findings = append(findings, notes.List()...)
	d.join(&u, s)
	return u, nil
}

func (c *summary) note(notes *feed.Findings) {
	notes.Sum("contest "+c.key+": votes of all choices = total", c.valid, c.votes...)
	if c.winner {
		notes.Note("F_UNKNOWN_VALUE", "contest %s: a flag of a winner is set, whose meaning is not known; nothing is published of it", c.key)
	}
	if c.ranked {
		notes.Note("F_RANKED", "contest %s is decided by ranking; the votes are those that the site shows", c.key)
	}
	if c.awaiting {
		notes.Note("F_RANKED", "contest %s waits for the rounds of its ranking", c.key)
	}
}

func (c *summary) def(unit snapshot.UnitDef) snapshot.ContestDef {
	seats, _ := c.seats.Get()
	def := snapshot.ContestDef{Key: contestKey(unit, c.key), Name: c.name, Heading: c.category, Seats: int(seats), Choices: c.choices,
		CountUnit: countUnit(unit)}
	if seats > 1 {
		def.Type = snapshot.CandidateContest
	}
	return def
}

func (c *summary) result(unit snapshot.UnitDef) snapshot.RaceResult {
	race := snapshot.RaceResult{Contest: contestKey(unit, c.key), Unit: unit.Key,
		Totals: snapshot.Totals{Valid: c.valid, Null: c.over, Blank: c.under, UnitsIn: c.in, UnitsTotal: c.total}}
	race.Votes = make([]snapshot.ChoiceVotes, len(c.votes))
	for i, n := range c.votes {
		race.Votes[i] = snapshot.ChoiceVotes{Key: c.choices[i].Key, Votes: n}
	}
	settle(&race)
	return race
}

// countUnit is what a site states progress in. Of a state its summary counts
// counties and its details precincts, so that neither is said.
func countUnit(site snapshot.UnitDef) snapshot.CountUnit {
	if site.Type == snapshot.County {
		return snapshot.Precincts
	}
	return snapshot.NoCountUnit
}

// contestKey names a contest of a site: sites number theirs from 1.
func contestKey(unit snapshot.UnitDef, key string) string { return unit.Key + "-" + keyOf(key) }

// settle says how far a race is from the units that are in. Before the first
// of them, and before the first vote, zeros are placeholders.
func settle(race *snapshot.RaceResult) {
	in, total := race.Totals.UnitsIn, race.Totals.UnitsTotal
	switch {
	case !positive(in) && !hasVotes(race.Votes):
		unbegun(race)
	case in == total && positive(total):
		race.Status = snapshot.UnofficialFull
	default:
		race.Status = snapshot.UnofficialPartial
	}
}

// unbegun takes away the zeros of a race in which nothing is counted.
func unbegun(race *snapshot.RaceResult) {
	race.Status = snapshot.PreElection
	race.Channels = nil
	race.Totals = snapshot.Totals{UnitsIn: race.Totals.UnitsIn, UnitsTotal: race.Totals.UnitsTotal}
	for i := range race.Votes {
		race.Votes[i].Votes = snapshot.Count{}
	}
}

func hasVotes(votes []snapshot.ChoiceVotes) bool {
	for _, v := range votes {
		if positive(v.Votes) {
			return true
		}
	}
	return false
}

func positive(c snapshot.Count) bool {
	n, _ := c.Get()
	return n > 0
}
