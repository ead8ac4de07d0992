package georgia

import (
	"slices"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// builder turns a document into an update.
type builder struct {
	p        feed.Payload
	official bool
	u        snapshot.Update
	contests map[string]map[string]string // key → names of its options by id
	units    map[string]bool
	notes    feed.Findings
}

func (b *builder) refuse(code, place, field, format string, args ...any) error {
	r := b.p.Refuse(code, format, args...)
	r.Place, r.Field = place, field
	return r
}

func (b *builder) build(doc *document) error {
	b.unit(snapshot.UnitDef{Key: doc.state.id, Name: doc.state.name, Type: snapshot.State})
	if err := b.area(&doc.state, ""); err != nil {
		return err
	}
	whole := len(b.u.Results) // those of the state
	for i := range doc.counties {
		county := &doc.counties[i]
		if b.units[county.id] {
			return b.refuse("E_DUPID", county.name, "id", "place %q stands there twice", county.id)
		}
		b.unit(snapshot.UnitDef{Key: county.id, Parent: doc.state.id, Name: county.name, Type: snapshot.County})
		if err := b.area(county, county.id); err != nil {
			return err
		}
	}
	if len(b.u.Results) == 0 {
		return b.refuse("E_EMPTY", "", "", "no contest in it")
	}
	b.compare(doc, whole)
	return nil
}

func (b *builder) unit(d snapshot.UnitDef) {
	if !b.units[d.Key] {
		b.units[d.Key] = true
		b.u.Units = append(b.u.Units, d)
	}
}

// area adds the races of the state, or of a county, and of its precincts.
func (b *builder) area(a *area, county string) error {
	seen := map[string]bool{}
	for i := range a.items {
		x := &a.items[i]
		if seen[x.id] {
			return b.refuse("E_DUPID", a.name, "id", "contest %q stands there twice", x.id)
		}
		seen[x.id] = true
		slices.SortStableFunc(x.options, func(a, b option) int {
			m, _ := a.order.Get()
			n, _ := b.order.Get()
			return int(m - n)
		})
		key, err := b.contest(a, x, county)
		if err != nil {
			return err
		}
		r, err := b.race(a, x, key)
		if err != nil {
			return err
		}
		b.u.Results = append(b.u.Results, r)
		if err := b.precincts(a, x, key); err != nil {
			return err
		}
	}
	return nil
}

// contest returns the key of an item, and defines its contest unless the state
// did. A county's item is the state's when the state has one of its id and with
// all its options.
func (b *builder) contest(a *area, x *item, county string) (string, error) {
	c := snapshot.ContestDef{Key: x.id, Name: x.name, Type: b.kind(x), CountUnit: snapshot.Precincts}
	if n, ok := x.seats.Get(); ok && n < 10_000 {
		c.Seats = int(n)
	}
	if n, ok := x.order.Get(); ok {
		c.Order = int(n)
	}
	seen := map[string]string{}
	for _, o := range x.options {
		if seen[o.id] != "" {
			return "", b.refuse("E_DUPID", x.name, "id", "option %q stands there twice", o.id)
		}
		seen[o.id] = o.name
		c.Choices = append(c.Choices, snapshot.ChoiceDef{Key: o.id, Name: o.name, Party: o.party})
	}
	if county != "" {
		options, known := b.contests[x.id]
		if known && within(seen, options) {
			return x.id, nil
		}
		if known {
			b.notes.Note("F_DIFFER", "contest %q has other options in %s than in the state, and stands by itself", x.name, a.name)
		}
		c.Key, c.Heading = county+"-"+x.id, a.name
	}
	if _, known := b.contests[c.Key]; known {
		return "", b.refuse("E_DUPID", x.name, "id", "contest %q stands there twice", c.Key)
	}
	b.contests[c.Key] = seen
	if x.ranked {
		b.notes.Note("F_RANKED", "contest %q is decided by ranking; its rounds are not read", x.name)
	}
	b.u.Contests = append(b.u.Contests, c)
	return c.Key, nil
}

// within reports whether every option of a county is, by id and name, one of
// the state.
func within(county, state map[string]string) bool {
	for id, name := range county {
		if state[id] != name {
			return false
		}
	}
	return true
}

func (b *builder) kind(x *item) snapshot.ContestType {
	switch x.kind {
	case "Candidate", "":
	case "Measure", "Ballot Measure", "BallotMeasure", "Question", "Referendum":
		return snapshot.BallotMeasureContest
	case "Retention":
		return snapshot.RetentionContest
	default:
		b.notes.Note("F_UNKNOWN_VALUE", "contestType %q of %q is not known to this format", x.kind, x.name)
	}
	return snapshot.CandidateContest
}

// race is an item counted in the state or a county.
func (b *builder) race(a *area, x *item, key string) (snapshot.RaceResult, error) {
	r := snapshot.RaceResult{Contest: key, Unit: a.id}
	if n, _ := x.total.Get(); n > 0 { // 0 stands there when precincts are not counted
		r.Totals.UnitsIn, r.Totals.UnitsTotal = x.in, x.total
	}
	for _, o := range x.options {
		r.Votes = append(r.Votes, snapshot.ChoiceVotes{Key: o.id, Votes: o.votes})
		if err := b.cast(&r, a.name, o, o.votes, o.groups); err != nil {
			return r, err
		}
	}
	b.status(&r, a.statuses)
	return r, nil
}

// precincts adds the races of the precincts of a county.
func (b *builder) precincts(a *area, x *item, key string) error {
	var made []precinctRace
	at := map[string]int{}
	for _, o := range x.options {
		sum := make([]snapshot.Count, len(o.precincts))
		for k, q := range o.precincts {
			i, known := at[q.id]
			if !known {
				i = len(made)
				at[q.id] = i
				unit := snapshot.UnitDef{Key: a.id + "-" + q.id, Parent: a.id, Name: q.name, Type: snapshot.Precinct}
				b.unit(unit)
				made = append(made, precinctRace{snapshot.RaceResult{Contest: key, Unit: unit.Key}, q.status, ""})
			}
			if made[i].last == o.id {
				return b.refuse("E_DUPID", x.name, "id", "precinct %q of %s stands there twice", q.id, o.name)
			}
			made[i].last = o.id
			made[i].Votes = append(made[i].Votes, snapshot.ChoiceVotes{Key: o.id, Votes: q.votes})
			if err := b.cast(&made[i].RaceResult, q.name, o, q.votes, q.groups); err != nil {
				return err
			}
			sum[k] = q.votes
		}
		b.notes.SumPresent("votes of "+o.name+" in the precincts of "+a.name, o.votes, sum...)
	}
	for i := range made {
		b.status(&made[i].RaceResult, []string{made[i].status})
		b.u.Results = append(b.u.Results, made[i].RaceResult)
	}
	return nil
}

// precinctRace is a race of a precinct while its options are put together.
type precinctRace struct {
	snapshot.RaceResult
	status string
	last   string // option seen last
}

// maxWays is more than the ways of voting of any election.
const maxWays = 64

// cast adds the votes of an option by the way they were cast, and checks that
// they make the option's.
func (b *builder) cast(r *snapshot.RaceResult, where string, o option, votes snapshot.Count, groups []group) error {
	parts := make([]snapshot.Count, len(groups))
	for k, g := range groups {
		parts[k] = g.votes
		i := slices.IndexFunc(r.Channels, func(c snapshot.ChannelVotes) bool { return c.Name == g.name })
		if i < 0 {
			if i = len(r.Channels); i == maxWays {
				return b.refuse("E_COUNT", where, "groupResults", "more than %d ways of voting", maxWays)
			}
			r.Channels = append(r.Channels, snapshot.ChannelVotes{Name: g.name})
		}
		if v := r.Channels[i].Votes; len(v) > 0 && v[len(v)-1].Key == o.id {
			return b.refuse("E_DUPID", where, "groupName", "%q of %s stands there twice", g.name, o.name)
		}
		r.Channels[i].Votes = append(r.Channels[i].Votes, snapshot.ChoiceVotes{Key: o.id, Votes: g.votes})
	}
	if total, err := snapshot.Sum(parts...); err != nil || total.Present() && votes.Present() && total != votes {
		b.notes.Note("F_SUM", "the groupResults of %s in %s make %s, voteCount is %s", o.name, where, total, votes)
	}
	return nil
}

// status says how far a race is. Zeros in a place of which nothing says that it
// has reported are placeholders.
func (b *builder) status(r *snapshot.RaceResult, stated []string) {
	begun, full := b.official, len(stated) > 0
	for _, s := range stated {
		switch s {
		case "Fully Reported":
			begun = true
		case "Partially Reported", "Election Night Complete":
			begun, full = true, false
		case "Not Reported", "":
			full = false
		default:
			full = false
			b.notes.Note("F_UNKNOWN_VALUE", "reporting status %q is not known to this format", s)
		}
	}
	for _, v := range r.Votes {
		n, _ := v.Votes.Get()
		begun = begun || n > 0
	}
	switch {
	case b.official:
		r.Status = snapshot.Certified
	case full:
		r.Status = snapshot.UnofficialFull
	case begun:
		r.Status = snapshot.UnofficialPartial
	default:
		r.Status, r.Channels = snapshot.PreElection, nil
		for i := range r.Votes {
			r.Votes[i].Votes = snapshot.Count{}
		}
	}
}

// compare checks that the counties of a contest make the state.
func (b *builder) compare(doc *document, whole int) {
	type cell struct{ contest, option string }
	counties := map[string]bool{}
	for _, c := range doc.counties {
		counties[c.id] = true
	}
	parts := map[cell][]snapshot.Count{}
	for _, r := range b.u.Results[whole:] {
		for _, v := range r.Votes {
			if counties[r.Unit] {
				parts[cell{r.Contest, v.Key}] = append(parts[cell{r.Contest, v.Key}], v.Votes)
			}
		}
	}
	for _, r := range b.u.Results[:whole] {
		for _, v := range r.Votes {
			b.notes.SumPresent("votes of option "+v.Key+" of contest "+r.Contest+" in the counties", v.Votes, parts[cell{r.Contest, v.Key}]...)
		}
	}
}
