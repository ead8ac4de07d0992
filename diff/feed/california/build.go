package california

import (
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

const state = "california"

func (a *answer) refuse(p feed.Payload, code, field, format string, args ...any) error {
	r := p.Refuse(code, format, args...)
	r.Place, r.Field = a.title, field
	return r
}

func (d *decoder) update(p feed.Payload, a *answer) (snapshot.Update, error) {
	u := snapshot.Update{Scope: a.title}
	name, unit, err := a.locate(p)
	if err != nil {
		return u, err
	}
	if u.Stamp.Time, err = d.at(p, a); err != nil {
		return u, err
	}
	u.Units = []snapshot.UnitDef{{Key: state, Name: "California", Type: snapshot.State}}
	if unit.Key != state {
		u.Units = append(u.Units, unit)
	}
	var notes feed.Findings
	switch {
	case len(a.candidates) > 0:
		err = a.contest(p, &u, name, unit.Key)
	case len(a.justices) > 0:
		err = a.retention(p, &u, name, unit.Key)
	default:
		err = a.ballot(p, &u, name, unit.Key)
	}
	if err != nil {
		return u, err
	}
	if len(u.Contests) == 0 {
		return u, a.refuse(p, "E_EMPTY", "", "no candidate, measure or justice in it")
	}
	in, total, known := progress(a.reporting)
	if !known {
		notes.Note("F_UNKNOWN_VALUE", "Reporting %q of %q is not known to this format; the precincts are absent", a.reporting, a.title)
	}
	for i := range u.Results {
		r := &u.Results[i]
		r.Totals.UnitsIn, r.Totals.UnitsTotal = in, total
		r.Status = begin(r, in)
	}
	u.Findings = notes.List()
	return u, nil
}

// begin tells whether the count of r has begun, and drops the zeros that stand
// there before it has. It is never complete: all precincts may be in weeks
// before the last ballots are.
func begin(r *snapshot.RaceResult, in snapshot.Count) snapshot.Status {
	precincts, known := in.Get()
	begun := known && precincts > 0
	for _, v := range r.Votes {
		n, _ := v.Votes.Get()
		begun = begun || n > 0
	}
	if begun {
		return snapshot.UnofficialPartial
	}
	for i := range r.Votes {
		r.Votes[i].Votes = snapshot.Count{}
	}
	return snapshot.PreElection
}

// locate takes a title apart: "Governor - Statewide Results", "State Senate
// District 2 - Districtwide Results", "Governor - Alameda County Results".
func (a *answer) locate(p feed.Payload) (name string, unit snapshot.UnitDef, err error) {
	i := strings.LastIndex(a.title, " - ")
	if i < 0 {
		return "", unit, a.refuse(p, "E_IDENTITY", "raceTitle", "the title does not say where it was counted")
	}
	name = strings.TrimSpace(a.title[:i])
	area, ok := strings.CutSuffix(a.title[i+len(" - "):], " Results")
	if !ok || name == "" || area == "" {
		return "", unit, a.refuse(p, "E_IDENTITY", "raceTitle", "the title does not say where it was counted")
	}
	switch {
	case area == "Statewide":
		unit = snapshot.UnitDef{Key: state}
	case area == "Districtwide":
		unit = snapshot.UnitDef{Key: name, Parent: state, Name: name, Type: snapshot.District}
		if strings.HasPrefix(name, "U.S. House of Representatives ") {
			unit.Type = snapshot.CongressionalDistrict
		}
	case strings.HasSuffix(area, " County"):
		unit = snapshot.UnitDef{Key: area, Parent: state, Name: area, Type: snapshot.County}
	default:
		return "", unit, a.refuse(p, "E_IDENTITY", "raceTitle", "%q is neither the state, a district nor a county", area)
	}
	return name, unit, nil
}

// contest states the candidates of one contest, in the order of the source,
// which is that of the ballot.
func (a *answer) contest(p feed.Payload, u *snapshot.Update, name, unit string) error {
	c := snapshot.ContestDef{Key: name, Name: name, Type: snapshot.CandidateContest, CountUnit: snapshot.Precincts}
	c.Heading, _, _ = strings.Cut(name, " District ")
	r := snapshot.RaceResult{Contest: c.Key, Unit: unit}
	seen := map[string]bool{}
	for _, x := range a.candidates {
		if seen[x.name] {
			return a.refuse(p, "E_DUPID", "Name", "candidate %q stands there twice, and there are no ids", x.name)
		}
		seen[x.name] = true
		c.Choices = append(c.Choices, snapshot.ChoiceDef{Key: x.name, Name: x.name, Party: x.party})
		r.Votes = append(r.Votes, snapshot.ChoiceVotes{Key: x.name, Votes: x.votes})
	}
	u.Contests, u.Results = []snapshot.ContestDef{c}, []snapshot.RaceResult{r}
	return nil
}

// ballot states all measures.
func (a *answer) ballot(p feed.Payload, u *snapshot.Update, heading, unit string) error {
	seen := map[string]bool{}
	for i, m := range a.measures {
		if seen[m.number] {
			return a.refuse(p, "E_DUPID", "Number", "measure %q stands there twice", m.number)
		}
		seen[m.number] = true
		c := snapshot.ContestDef{
			Key: "measure-" + m.number, Name: strings.TrimLeft(m.number, "0") + ": " + m.name,
			Type: snapshot.BallotMeasureContest, Order: i + 1, Seats: 1, Heading: heading, CountUnit: snapshot.Precincts,
			Choices: []snapshot.ChoiceDef{{Key: "yes", Name: "Yes"}, {Key: "no", Name: "No"}},
		}
		u.Contests = append(u.Contests, c)
		u.Results = append(u.Results, snapshot.RaceResult{Contest: c.Key, Unit: unit, Votes: []snapshot.ChoiceVotes{
			{Key: "yes", Votes: m.yes}, {Key: "no", Votes: m.no}}})
	}
	return nil
}

// retention states the justices of a court: whether each shall stay.
func (a *answer) retention(p feed.Payload, u *snapshot.Update, court, unit string) error {
	seen := map[string]bool{}
	for i, j := range a.justices {
		if seen[j.name] {
			return a.refuse(p, "E_DUPID", "Name", "justice %q stands there twice, and there are no ids", j.name)
		}
		seen[j.name] = true
		c := snapshot.ContestDef{
			Key: court + ": " + j.name, Name: court + ": " + j.name,
			Type: snapshot.RetentionContest, Order: i + 1, Seats: 1, Heading: court, CountUnit: snapshot.Precincts,
			Choices: []snapshot.ChoiceDef{{Key: "yes", Name: "Yes"}, {Key: "no", Name: "No"}},
		}
		u.Contests = append(u.Contests, c)
		u.Results = append(u.Results, snapshot.RaceResult{Contest: c.Key, Unit: unit, Votes: []snapshot.ChoiceVotes{
			{Key: "yes", Votes: j.yes}, {Key: "no", Votes: j.no}}})
	}
	return nil
}

// progress reads "95.1% (24,312 of 25,554) precincts reporting". The percentage
// is rounded and says no more.
func progress(s string) (in, total snapshot.Count, known bool) {
	percent, rest, ok := strings.Cut(s, "% (")
	first, rest, ok2 := strings.Cut(rest, " of ")
	second, tail, ok3 := strings.Cut(rest, ")")
	if !ok || !ok2 || !ok3 || tail != " precincts reporting" || strings.Trim(percent, "0123456789.") != "" || first == "" || second == "" {
		return in, total, false
	}
	in, wrong := grouped.Parse([]byte(first))
	total, wrong2 := grouped.Parse([]byte(second))
	if wrong != nil || wrong2 != nil {
		return snapshot.Count{}, snapshot.Count{}, false
	}
	return in, total, true
}

// at reads "June 2, 2026, 8:10 p.m."; empty is the zero time.
func (d *decoder) at(p feed.Payload, a *answer) (time.Time, error) {
	if a.time == "" {
		return time.Time{}, nil
	}
	clock := strings.TrimSuffix(a.time, " PT")
	clock = strings.Replace(strings.Replace(clock, "a.m.", "AM", 1), "p.m.", "PM", 1)
	t, refusal := feed.ParseLocal("January 2, 2006, 3:04 PM", clock, d.zone)
	if refusal != nil {
		return t, a.refuse(p, refusal.Code, "ReportingTime", "%q is not a time of California", a.time)
	}
	return t, nil
}
