package clarity

import (
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// state puts everything a detail.xml says into u.
func (f *detail) state(p feed.Payload, unit snapshot.UnitDef, u *snapshot.Update) error {
	switch {
	case unit.Type != snapshot.OtherUnit || len(f.places) == 0:
	case f.level == snapshot.County:
		unit.Type = snapshot.State
	default:
		unit.Type = snapshot.County
	}
	units, err := f.units(p, unit)
	if err != nil {
		return err
	}
	u.Units = append(append(u.Units, unit), units...)
	b := builder{f: f, unit: unit, units: units, slot: make([]int, len(f.places))}
	for i := range f.contests {
		c := &f.contests[i]
		if len(c.choices) == 0 {
			f.notes.Note("F_SKIPPED", "contest %s, %q, has no choices", c.key, c.name)
			continue
		}
		if !f.measured {
			c.over, c.under = snapshot.Count{}, snapshot.Count{}
		}
		u.Contests = append(u.Contests, c.def(unit))
		u.Results = append(u.Results, b.whole(c))
		parts, err := b.parts(c)
		if err != nil {
			return p.Refuse("E_RANGE", "contest %s: the votes of a place exceed every count", c.key)
		}
		u.Results = append(u.Results, parts...)
	}
	if b.added {
		u.Findings = append(u.Findings, snapshot.Finding{Code: "F_DERIVED", Text: "the votes of places are the sums of their types of vote; the file states no other"})
	}
	return nil
}

// units defines the places.
func (f *detail) units(p feed.Payload, unit snapshot.UnitDef) ([]snapshot.UnitDef, error) {
	out := make([]snapshot.UnitDef, len(f.places))
	keys := make(map[string]string, len(f.places))
	for i, at := range f.places {
		name, refusal := feed.CleanText(at.name, feed.MaxName)
		if refusal != nil {
			return nil, located(p, refusal, "name")
		}
		out[i] = snapshot.UnitDef{Key: unit.Key + "-" + keyOf(name), Parent: unit.Key, Name: name, Type: f.level}
		if other, twice := keys[out[i].Key]; twice {
			return nil, p.Refuse("E_ID_COLLISION", "places %q and %q make one key", other, name)
		}
		keys[out[i].Key] = name
	}
	return out, nil
}

func (c *contest) def(unit snapshot.UnitDef) snapshot.ContestDef {
	seats, _ := c.seats.Get()
	def := snapshot.ContestDef{Key: contestKey(unit, c.key), Name: c.name, Type: snapshot.CandidateContest, Seats: int(seats), Choices: c.choices,
		CountUnit: countUnit(unit)}
	if c.question {
		def.Type, def.Seats = snapshot.BallotMeasureContest, 0
	}
	return def
}

// builder makes races of the cells of contests, one after the other.
type builder struct {
	f     *detail
	unit  snapshot.UnitDef
	units []snapshot.UnitDef
	slot  []int // of a place: 1 + its index in parts
	added bool  // votes of several types were added
}

// whole is the race of a contest in the whole place.
func (b *builder) whole(c *contest) snapshot.RaceResult {
	race := snapshot.RaceResult{Contest: contestKey(b.unit, c.key), Unit: b.unit.Key,
		Totals: snapshot.Totals{Null: c.over, Blank: c.under, UnitsIn: c.in, UnitsTotal: c.total}}
	race.Votes = make([]snapshot.ChoiceVotes, len(c.choices))
	for i, t := range c.votes {
		race.Votes[i] = snapshot.ChoiceVotes{Key: c.choices[i].Key, Votes: t.votes}
		for _, x := range t.types {
			b.channel(&race, x.of, race.Votes[i].Key, x.votes)
		}
	}
	finish(&race)
	settle(&race)
	return race
}

// channel adds votes of one type to a race. Channels carry the names of types
// in the order of first sight.
func (b *builder) channel(race *snapshot.RaceResult, of int, choice string, votes snapshot.Count) {
	name := b.f.types[of]
	v := snapshot.ChoiceVotes{Key: choice, Votes: votes}
	for i := range race.Channels {
		if race.Channels[i].Name == name {
			race.Channels[i].Votes = append(race.Channels[i].Votes, v)
			return
		}
	}
	race.Channels = append(race.Channels, snapshot.ChannelVotes{Name: name, Votes: []snapshot.ChoiceVotes{v}})
}

// finish drops the channel of a race that has no second one: it says nothing.
func finish(race *snapshot.RaceResult) {
	if len(race.Channels) < 2 {
		race.Channels = nil
	}
}

// parts are the races of a contest in the places in it, in their order of first
// sight. The cells of a place come choice by choice.
func (b *builder) parts(c *contest) ([]snapshot.RaceResult, error) {
	key := contestKey(b.unit, c.key)
	cells := b.f.cells[c.first:c.end]
	races := make([]snapshot.RaceResult, 0, min(len(cells)+len(c.progress), len(b.units)))
	at := func(place int32) *snapshot.RaceResult {
		if b.slot[place] == 0 {
			races = append(races, snapshot.RaceResult{Contest: key, Unit: b.units[place].Key})
			b.slot[place] = len(races)
		}
		return &races[b.slot[place]-1]
	}
	for _, g := range c.progress {
		race := at(int32(g.place))
		race.Totals.UnitsIn, race.Totals.UnitsTotal = g.in, g.total
	}
	for len(cells) > 0 {
		n := 1
		for n < len(cells) && cells[n].choice == cells[0].choice {
			n++
		}
		if err := b.choice(c, cells[:n], at); err != nil {
			return nil, err
		}
		cells = cells[n:]
	}
	complete := c.in == c.total && positive(c.total)
	for i := range races {
		finish(&races[i])
		b.progress(&races[i], complete)
	}
	for _, x := range b.f.cells[c.first:c.end] {
		b.slot[x.place] = 0
	}
	for _, g := range c.progress {
		b.slot[g.place] = 0
	}
	return races, nil
}

// choice adds the cells of one choice to the races of their places.
func (b *builder) choice(c *contest, cells []cell, at func(int32) *snapshot.RaceResult) error {
	choice := int(cells[0].choice)
	if choice < 0 {
		b.residual(choice, cells, at)
		return nil
	}
	key := c.choices[choice].Key
	places, types := 0, 1
	for i, x := range cells {
		if i > 0 && x.of != cells[i-1].of {
			types++
		}
		race := at(x.place)
		b.channel(race, int(x.of), key, x.votes)
		last := len(race.Votes) - 1
		if last < 0 || race.Votes[last].Key != key {
			race.Votes = append(race.Votes, snapshot.ChoiceVotes{Key: key, Votes: x.votes})
			places++
			continue
		}
		sum, err := snapshot.Sum(race.Votes[last].Votes, x.votes)
		if err != nil {
			return err
		}
		race.Votes[last].Votes = sum
		b.added = true
	}
	if len(cells) < places*types {
		b.uneven(c, cells, types, at)
	}
	return nil
}

// uneven takes away the sums of places where a type of vote is missing.
func (b *builder) uneven(c *contest, cells []cell, types int, at func(int32) *snapshot.RaceResult) {
	seen := map[int32]int{}
	for _, x := range cells {
		seen[x.place]++
	}
	for _, x := range cells {
		if race := at(x.place); seen[x.place] < types {
			race.Votes[len(race.Votes)-1].Votes = snapshot.Count{}
			b.f.notes.Note("F_SUM", "contest %s: place %q has not every type of vote, so its votes are not known", c.key, b.units[x.place].Name)
		}
	}
}

func (b *builder) residual(choice int, cells []cell, at func(int32) *snapshot.RaceResult) {
	if !b.f.measured {
		return
	}
	for _, x := range cells {
		if race := at(x.place); choice == underVotes {
			race.Totals.Blank = x.votes
		} else {
			race.Totals.Null = x.votes
		}
	}
}

// progress says how far the race of a place is. Precincts do not state it:
// while the contest is not complete, their zeros may be placeholders.
func (b *builder) progress(race *snapshot.RaceResult, complete bool) {
	switch {
	case race.Totals.UnitsTotal.Present():
		settle(race)
	case complete:
		race.Status = snapshot.UnofficialFull
	case hasVotes(race.Votes):
		race.Status = snapshot.UnofficialPartial
	default:
		unbegun(race)
	}
}
