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
	Status   Status
	Kind     CountKind
	// Channels are the same votes by the way they were cast, in the source's
	// order; nil when the source does not tell them apart.
	Channels []Channel
}

// Channel is the part of a result that was cast one way. Votes are in the
// order of the contest's choices.
type Channel struct {
	Name   string
	Votes  []Count
	Totals Totals
}

// Equal reports whether two results say the same.
func (r Result) Equal(o Result) bool {
	return r.Totals == o.Totals && r.Status == o.Status && r.Kind == o.Kind &&
		slices.Equal(r.Votes, o.Votes) && slices.Equal(r.Outcomes, o.Outcomes) &&
		slices.EqualFunc(r.Channels, o.Channels, Channel.Equal)
}

// Equal reports whether two channels say the same.
func (c Channel) Equal(o Channel) bool {
	return c.Name == o.Name && c.Totals == o.Totals && slices.Equal(c.Votes, o.Votes)
}

// HasVotes reports whether any choice has a count, be it in one channel alone.
// Before that, pages say "nothing yet".
func (r Result) HasVotes() bool {
	return slices.ContainsFunc(r.Votes, Count.Present) ||
		slices.ContainsFunc(r.Channels, func(c Channel) bool { return slices.ContainsFunc(c.Votes, Count.Present) })
}

// Complete reports whether all of a race is counted: all units are in, the
// count is final, or the source says so.
func (r Result) Complete() bool {
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
// every outcome absent: what the first release holds. Electorate and the total
// of units stay, since they are definitions.
func (s *Snapshot) WithoutCounts() *Snapshot {
	bare := *s
	bare.Races = make([]*Race, len(s.Races))
	for i, r := range s.Races {
		c := *r
		c.AsOf = time.Time{}
		c.Result = Result{
			Votes:  make([]Count, len(r.Result.Votes)),
			Totals: Totals{Electorate: r.Result.Totals.Electorate, UnitsTotal: r.Result.Totals.UnitsTotal},
			Status: PreElection,
		}
		bare.Races[i] = &c
	}
	bare.AsOf = time.Time{}
	return &bare
}
