package ap

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

const nation = "US"

// updates states each race by itself. One test race makes all of them a test.
// Nothing in a response says whether it is a delta, so each may be one.
func (doc *response) updates(p feed.Payload) ([]snapshot.Update, error) {
	at, err := time.Parse(time.RFC3339Nano, doc.timestamp)
	if err != nil {
		return nil, refuse(p, "E_TIME", "", "timestamp", "%q is not a time with its zone", doc.timestamp)
	}
	phase := doc.phase()
	seen := map[string]bool{}
	updates := make([]snapshot.Update, len(doc.races))
	for i := range doc.races {
		x := &doc.races[i]
		b := builder{p: p, race: x, key: x.home() + "-" + x.id, choices: map[string]bool{}}
		if seen[b.key] {
			return nil, refuse(p, "E_DUPID", b.key, "raceID", "race %q stands there twice", b.key)
		}
		seen[b.key] = true
		b.u = snapshot.Update{Scope: doc.day + " " + b.key, Stamp: snapshot.Stamp{Time: at.UTC()}, Partial: true, Election: doc.day, Phase: phase}
		if x.test {
			b.notes.Note("F_TEST", "race %s holds test results", b.key)
		}
		if err := b.build(); err != nil {
			return nil, err
		}
		updates[i] = b.u
	}
	return updates, nil
}

func (doc *response) phase() snapshot.Phase {
	phase := snapshot.PhaseLive
	for _, x := range doc.races {
		if x.test {
			return snapshot.PhaseTest
		}
		if !x.testStated {
			phase = snapshot.PhaseUnknown
		}
	}
	return phase
}

// home is the state that a race belongs to: raceID is unique within a state.
func (x *race) home() string {
	home := x.state
	for _, u := range x.units {
		if home != "" && u.state != home {
			return nation
		}
		home = u.state
	}
	return cmp.Or(home, nation)
}

func refuse(p feed.Payload, code, place, field, format string, args ...any) error {
	r := p.Refuse(code, format, args...)
	r.Place, r.Field = place, field
	return r
}

// builder states one race.
type builder struct {
	p       feed.Payload
	race    *race
	key     string
	u       snapshot.Update
	defined []candidate // in order of first sight
	choices map[string]bool
	notes   feed.Findings
}

func (b *builder) build() error {
	x := b.race
	b.u.Units = []snapshot.UnitDef{{Key: nation, Name: "United States", Type: snapshot.Country}}
	places := map[string]bool{nation: true}
	if home := x.home(); home != nation {
		places[home] = true
		b.u.Units = append(b.u.Units, state(home, x.homeName()))
	}
	counted := map[string]bool{}
	for i := range x.units {
		place := &x.units[i]
		d := b.unit(place)
		if counted[d.Key] {
			return refuse(b.p, "E_DUPID", b.key, "reportingunitID", "unit %q stands there twice", d.Key)
		}
		counted[d.Key] = true
		if !places[place.state] {
			places[place.state] = true
			b.u.Units = append(b.u.Units, state(place.state, place.stateName))
		}
		if !places[d.Key] {
			places[d.Key] = true
			b.u.Units = append(b.u.Units, d)
		}
		if err := b.result(place, d.Key); err != nil {
			return err
		}
	}
	for _, c := range x.candidates {
		b.define(c)
	}
	b.u.Contests = []snapshot.ContestDef{b.contest()}
	b.compare()
	b.u.Findings = b.notes.List()
	return nil
}

func state(postal, name string) snapshot.UnitDef {
	return snapshot.UnitDef{Key: postal, Parent: nation, Name: name, Type: snapshot.State}
}

func (x *race) homeName() string {
	name := x.stateName
	for _, u := range x.units {
		name = cmp.Or(name, u.stateName)
	}
	return name
}

// unit describes a place. Units below the state are counties, in New England
// townships.
func (b *builder) unit(x *unit) snapshot.UnitDef {
	d := snapshot.UnitDef{Parent: x.state, Name: x.name, Type: snapshot.County}
	switch {
	case x.id != "":
		d.Key = x.state + "-" + x.id
	case x.fips != "":
		d.Key = x.state + "-fips-" + fips(x.fips)
	default:
		d.Key = x.state + "-" + cmp.Or(x.name, x.level)
	}
	switch x.level {
	case "national":
		return snapshot.UnitDef{Key: nation, Name: "United States", Type: snapshot.Country}
	case "state":
		return state(x.state, x.stateName)
	case "subunit", "township":
		if slices.Contains([]string{"CT", "MA", "ME", "NH", "RI", "VT"}, x.state) {
			d.Type = snapshot.Municipality
		}
	case "county", "fipscode":
	case "district":
		d.Type = snapshot.District
		if x.kind == "CD" {
			d.Type = snapshot.CongressionalDistrict
		}
	default:
		b.notes.Note("F_UNKNOWN_VALUE", "level %q of %s is not known to this format", x.level, d.Key)
		d.Type = snapshot.OtherUnit
	}
	return d
}

// fips fills a code of a county up to five digits.
func fips(code string) string {
	if len(code) >= 5 {
		return code
	}
	return strings.Repeat("0", 5-len(code)) + code
}

func (x *candidate) key() string {
	if x.number != "" {
		return x.number
	}
	return "c" + x.id
}

func (b *builder) define(c candidate) {
	if !b.choices[c.key()] {
		b.choices[c.key()] = true
		b.defined = append(b.defined, c)
	}
}

func (x *race) measure() bool { return x.office == "I" }

// contest describes the race, its choices in the order of the ballot.
func (b *builder) contest() snapshot.ContestDef {
	x := b.race
	c := snapshot.ContestDef{Key: b.key, Name: cmp.Or(x.officeName, x.office), Type: snapshot.CandidateContest, Heading: x.homeName(),
		CountUnit: snapshot.Precincts}
	if x.measure() {
		c.Type = snapshot.BallotMeasureContest
	}
	if seat := cmp.Or(x.seat, x.seatNumber, x.description); seat != "" {
		c.Name += ", " + seat
	}
	if x.party != "" {
		c.Name += " (" + strings.TrimSpace(x.party+" "+x.kind) + ")"
	}
	if n, ok := x.seats.Get(); ok && n < 1000 {
		c.Seats = int(n)
	}
	slices.SortStableFunc(b.defined, func(p, q candidate) int {
		m, _ := p.order.Get()
		n, _ := q.order.Get()
		return cmp.Or(cmp.Compare(m, n), cmp.Compare(p.key(), q.key()))
	})
	for _, y := range b.defined {
		d := snapshot.ChoiceDef{Key: y.key(), Name: y.name, Party: y.party}
		if x.measure() {
			d.Party = "" // "Yes" and "No" again
		}
		c.Choices = append(c.Choices, d)
	}
	return c
}

// result states the race in one place. Zeros before the first precinct and the
// first vote are placeholders, as are those of a race without opponents.
func (b *builder) result(x *unit, key string) error {
	r := snapshot.RaceResult{Contest: b.key, Unit: key, Status: snapshot.PreElection}
	if x.updated != "" {
		at, err := time.Parse(time.RFC3339Nano, x.updated)
		if err != nil {
			return refuse(b.p, "E_TIME", key, "lastUpdated", "%q is not a time with its zone", x.updated)
		}
		r.AsOf = at.UTC()
	}
	if n, _ := x.total.Get(); n > 0 {
		r.Totals.UnitsIn, r.Totals.UnitsTotal = x.in, x.total
	}
	in, _ := r.Totals.UnitsIn.Get()
	begun := in > 0 && !b.race.uncontested
	seen := map[string]bool{}
	for _, c := range x.candidates {
		if seen[c.key()] {
			return refuse(b.p, "E_DUPID", key, "polNum", "candidate %q stands there twice", c.key())
		}
		seen[c.key()] = true
		b.define(c)
		n, _ := c.votes.Get()
		begun = begun || n > 0
		r.Votes = append(r.Votes, snapshot.ChoiceVotes{Key: c.key(), Votes: c.votes})
	}
	if x.level == "state" || x.level == "national" { // units below repeat it
		b.outcomes(x, r.Votes)
	}
	switch {
	case begun:
		r.Status = snapshot.UnofficialPartial
	case b.race.uncontested:
		r.Status = snapshot.StatusUnknown
	}
	if b.race.uncontested {
		r.Condition = snapshot.Uncontested
	}
	if !begun {
		r.AsOf = time.Time{}
		for i := range r.Votes {
			r.Votes[i].Votes = snapshot.Count{}
		}
	}
	b.u.Results = append(b.u.Results, r)
	return nil
}

// outcomes states what `winner` says. Of a measure it is told of "Yes".
func (b *builder) outcomes(x *unit, votes []snapshot.ChoiceVotes) {
	yes := slices.IndexFunc(x.candidates, func(c candidate) bool { return strings.EqualFold(c.name, "yes") })
	for i, c := range x.candidates {
		switch measure := b.race.measure() && yes >= 0; {
		case c.winner == "X" && measure && i == yes:
			votes[yes].Outcome = snapshot.Passed
		case c.winner == "X" && measure:
			votes[yes].Outcome = snapshot.Failed
		case c.winner == "X":
			votes[i].Outcome = snapshot.Elected
		case c.winner == "R":
			votes[i].Outcome = snapshot.Runoff
		case c.winner != "" && c.winner != "N": // N: not called
			b.notes.Note("F_UNKNOWN_VALUE", "winner %q of %s is not known to this format", c.winner, c.name)
		}
	}
}

// compare checks that the units below a state make it, where all of them are
// there: their precincts are those of the state. A delta holds some.
func (b *builder) compare() {
	var whole *unit
	var parts []*unit
	var precincts []snapshot.Count
	for i := range b.race.units {
		switch x := &b.race.units[i]; x.level {
		case "state":
			whole = x
		case "subunit", "county", "fipscode", "township":
			parts, precincts = append(parts, x), append(precincts, x.total)
		}
	}
	if total, err := snapshot.Sum(precincts...); whole == nil || err != nil || !total.Present() || total != whole.total {
		return
	}
	votes := map[string][]snapshot.Count{}
	for _, x := range parts {
		for _, c := range x.candidates {
			votes[c.key()] = append(votes[c.key()], c.votes)
		}
	}
	for _, c := range whole.candidates {
		b.notes.Sum("votes of "+c.name+" in the units of "+b.key, c.votes, votes[c.key()]...)
	}
}
