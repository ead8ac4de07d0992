package manifest

import (
	"fmt"
	"slices"

	"github.com/heraldresults/herald/diff/snapshot"
)

// RaceSeats are the seats that the choices of the race at place Race of the
// same object have won, in definition order.
type RaceSeats struct {
	Race  int              `json:"race"`
	Seats []snapshot.Count `json:"seats"`
}

// RaceRound is a round of the race at place Race of the same object.
type RaceRound struct {
	Race int `json:"race"`
	Round
}

// Round is one step of a ranked count: the votes of the choices in definition
// order, null for one that is out, and the ballots that name no choice left.
type Round struct {
	Votes     []snapshot.Count `json:"votes"`
	Exhausted snapshot.Count   `json:"exhausted"`
	// Outcomes are what the source says became of choices in this round, "" for
	// nothing; left out when it says nothing of any.
	Outcomes []snapshot.Outcome `json:"outcomes,omitempty"`
}

// RoundsOf are the rounds of a result, nil when it has none.
func RoundsOf(r snapshot.Result) []Round {
	var out []Round
	for _, d := range r.Rounds {
		out = append(out, Round{Votes: d.Votes, Exhausted: d.Exhausted, Outcomes: d.Outcomes})
	}
	return out
}

// seatsAndRounds gives results the seats and rounds of their races.
func (c *Counts) seatsAndRounds(out []snapshot.Result) error {
	for _, s := range c.Seats {
		if s.Race < 0 || s.Race >= len(out) {
			return fmt.Errorf("seats are of race %d of %d", s.Race, len(out))
		}
		r := &out[s.Race]
		if len(s.Seats) != len(r.Votes) || r.Seats != nil {
			return fmt.Errorf("%d seats of race %d for %d choices, or twice", len(s.Seats), s.Race, len(r.Votes))
		}
		r.Seats = s.Seats
	}
	for _, d := range c.Rounds {
		if d.Race < 0 || d.Race >= len(out) {
			return fmt.Errorf("a round is of race %d of %d", d.Race, len(out))
		}
		r := &out[d.Race]
		if len(d.Votes) != len(r.Votes) || d.Outcomes != nil && len(d.Outcomes) != len(r.Votes) {
			return fmt.Errorf("a round of race %d has %d votes and %d outcomes for %d choices", d.Race, len(d.Votes), len(d.Outcomes), len(r.Votes))
		}
		r.Rounds = append(r.Rounds, snapshot.Round{Votes: d.Votes, Exhausted: d.Exhausted, Outcomes: d.Outcomes})
	}
	return nil
}

func appendConditions(dst []byte, races []*snapshot.Race) []byte {
	if !slices.ContainsFunc(races, func(r *snapshot.Race) bool { return r.Result.Condition != snapshot.NoCondition }) {
		return dst
	}
	for i, r := range races {
		dst = append(dst, opening(i, `,"conditions":[`)...)
		dst = append(dst, '"')
		dst = append(dst, r.Result.Condition...)
		dst = append(dst, '"')
	}
	return append(dst, ']')
}

func appendSeats(dst []byte, races []*snapshot.Race) []byte {
	n := 0
	for i, r := range races {
		if r.Result.Seats != nil {
			dst = appendItem(dst, n, `,"seats":[`, RaceSeats{i, r.Result.Seats})
			n++
		}
	}
	return closing(dst, n)
}

func appendRounds(dst []byte, races []*snapshot.Race) []byte {
	n := 0
	for i, r := range races {
		for _, d := range RoundsOf(r.Result) {
			dst = appendItem(dst, n, `,"rounds":[`, RaceRound{i, d})
			n++
		}
	}
	return closing(dst, n)
}

// appendItem appends item n of a list on a line of its own.
func appendItem(dst []byte, n int, list string, item any) []byte {
	dst = append(append(dst, opening(n, list)...), '\n')
	one := Append(nil, item)
	return append(dst, one[:len(one)-1]...)
}

// closing ends a list of n items, if it was begun.
func closing(dst []byte, n int) []byte {
	if n == 0 {
		return dst
	}
	return append(dst, ']')
}
