package snapshot

import (
	"slices"
	"time"
)

// Unit is a reporting unit, part of a tree. It never changes once handed out.
type Unit struct {
	ID, Key, Name string
	Type          UnitType
	Parent        *Unit // nil for the root
}

// Contest is a contest with its choices in definition order. It never changes
// once handed out; a change of definition makes a new Contest.
type Contest struct {
	ID, Key, Name string
	Type          ContestType
	Seats, Order  int
	Heading       string
	CountUnit     CountUnit
	Choices       []Choice
}

// Choice is what can be voted for.
type Choice struct {
	ID string
	ChoiceDef
}

// Race is one contest counted in one unit, with its result. It never changes
// once handed out.
type Race struct {
	ID      string
	Contest *Contest
	Unit    *Unit
	Result  Result
	// AsOf is the time of the count: the source's own, else the stamp of the
	// update that last changed Result. It does not take part in Equal.
	AsOf time.Time
}

// Result is everything that may change on the night. Votes and Outcomes are
// in the order of the contest's choices; Outcomes is nil when none is stated.
type Result struct {
	Votes    []Count
	Outcomes []Outcome
	Totals   Totals
	// Seats are what each choice has won, as the source states it, in the order
	// of Votes; nil when none is stated.
	Seats     []Count
	Status    Status
	Kind      CountKind
	Condition Condition
	// Channels are the same votes by the way they were cast, in the source's
	// order; nil when the source does not tell them apart.
	Channels []Channel
	// Rounds are the steps of a ranked count, the first preferences first; nil
	// when the source states none. Votes stay what the source calls the count.
	Rounds []Round
}

// Channel is the part of a result that was cast one way. Votes are in the
// order of the contest's choices.
type Channel struct {
	Name   string
	Votes  []Count
	Totals Totals
}

// Round is one step of a ranked count. Votes are in the order of the contest's
// choices; absent is a choice that is out of the count. Outcomes is what the
// source says became of choices in this round, nil when it says nothing.
type Round struct {
	Votes     []Count
	Outcomes  []Outcome
	Exhausted Count // ballots that name no choice that is left
}

// Equal reports whether two results say the same.
func (r Result) Equal(o Result) bool {
	return r.Totals == o.Totals && r.Status == o.Status && r.Kind == o.Kind && r.Condition == o.Condition &&
		slices.Equal(r.Votes, o.Votes) && slices.Equal(r.Outcomes, o.Outcomes) && slices.Equal(r.Seats, o.Seats) &&
		slices.EqualFunc(r.Channels, o.Channels, Channel.Equal) && slices.EqualFunc(r.Rounds, o.Rounds, Round.Equal)
}

// Equal reports whether two rounds say the same.
func (d Round) Equal(o Round) bool {
	return d.Exhausted == o.Exhausted && slices.Equal(d.Votes, o.Votes) && slices.Equal(d.Outcomes, o.Outcomes)
}

// Equal reports whether two channels say the same.
func (c Channel) Equal(o Channel) bool {
	return c.Name == o.Name && c.Totals == o.Totals && slices.Equal(c.Votes, o.Votes)
}

// HasVotes reports whether any choice has a count of votes, be it in one
// channel or round alone. Before that, pages say "nothing yet".
func (r Result) HasVotes() bool {
	return slices.ContainsFunc(r.Votes, Count.Present) ||
		slices.ContainsFunc(r.Channels, func(c Channel) bool { return slices.ContainsFunc(c.Votes, Count.Present) }) ||
		slices.ContainsFunc(r.Rounds, func(d Round) bool { return slices.ContainsFunc(d.Votes, Count.Present) })
}

// Countable reports whether a race has votes, or is to have some. One that is
// uncontested has none, of one that is withheld none are told.
func (r Result) Countable() bool {
	return r.Condition != Withheld && r.Condition != Uncontested || r.HasVotes()
}

// Complete reports whether nothing of a race is left to count: all units are
// in, the count is final, the source says so, or there was no vote.
// What is recounted or postponed is not complete.
func (r Result) Complete() bool {
	switch {
	case r.Condition == Uncontested && !r.HasVotes():
		return true
	case r.Status == Recount || r.Condition == Postponed:
		return false
	}
	if r.Status == UnofficialFull || r.Status == Certified || r.Kind == FinalCount {
		return true
	}
	total, ok := r.Totals.UnitsTotal.Get()
	return ok && total > 0 && r.Totals.UnitsIn == r.Totals.UnitsTotal
}

// Snapshot is everything known at one moment. It is immutable and may be read
// by many at once.
type Snapshot struct {
	Name     string // the election's name as the source states it, or ""
	Units    []*Unit
	Contests []*Contest
	Races    []*Race // definition order: pinned at first sight
	AsOf     time.Time
}

// HasVotes reports whether any race has a count.
func (s *Snapshot) HasVotes() bool {
	return slices.ContainsFunc(s.Races, func(r *Race) bool { return r.Result.HasVotes() })
}

// WithoutCounts returns the same definitions with every count of votes and
// every outcome absent: what the first release holds. Electorate, the total of
// units and conditions stay, since they are known without a count.
func (s *Snapshot) WithoutCounts() *Snapshot {
	bare := *s
	bare.Races = make([]*Race, len(s.Races))
	for i, r := range s.Races {
		c := *r
		c.AsOf = time.Time{}
		c.Result = Result{
			Votes:  make([]Count, len(r.Result.Votes)),
			Totals: Totals{Electorate: r.Result.Totals.Electorate, UnitsTotal: r.Result.Totals.UnitsTotal},
			Status: PreElection, Condition: r.Result.Condition,
		}
		bare.Races[i] = &c
	}
	bare.AsOf = time.Time{}
	return &bare
}
