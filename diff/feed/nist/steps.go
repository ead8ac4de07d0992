package nist

import (
	"slices"
	"strconv"

	"github.com/heraldresults/herald/diff/snapshot"
)

// maxRounds is how many rounds a ranked count may have.
const maxRounds = 200

// steps is what one unit states beside the votes: seats, the rounds after the
// first of a ranked count, and whether numbers are withheld.
type steps struct {
	seats      []snapshot.Count // by choice; nil when none is stated
	rounds     []later
	suppressed bool
}

// later is a round after the first.
type later struct {
	number int
	votes  []snapshot.Count
}

// give takes a count of type seats.
func (t *table) give(c *cell, choice int, v counts) {
	if c.seats == nil {
		c.seats = make([]snapshot.Count, len(t.keys))
	}
	if c.seats[choice].Present() {
		t.b.refuse("E_DUPID", t.c.id, "VoteCounts", "two counts of seats of choice %q in one unit", t.keys[choice])
	}
	c.seats[choice] = v.votes
}

// step takes a count of a round after the first, or says why not: ways of
// voting are told of the first round alone.
func (t *table) step(c *cell, choice int, v counts) (skipped string) {
	n, err := strconv.Atoi(v.round)
	if err != nil || n < 1 || n > maxRounds {
		t.b.refuse("E_NUMBER", t.c.id, "Round", "%q is no number of a round, 1 to %d", v.round, maxRounds)
		return ""
	}
	if v.kind != "" && v.kind != "total" {
		return "rounds"
	}
	i := slices.IndexFunc(c.rounds, func(d later) bool { return d.number == n })
	if i < 0 {
		i = len(c.rounds)
		c.rounds = append(c.rounds, later{n, make([]snapshot.Count, len(t.keys))})
	}
	if c.rounds[i].votes[choice].Present() {
		t.b.refuse("E_DUPID", t.c.id, "VoteCounts", "two counts of round %d of choice %q in one unit", n, t.keys[choice])
	}
	c.rounds[i].votes[choice] = v.votes
	return ""
}

// finish gives a result its seats and rounds; the votes of the first round are
// those of the result. A unit of which every count is withheld is withheld.
func (t *table) finish(c *cell, r *snapshot.RaceResult) {
	for i, n := range c.seats {
		r.Votes[i].Seats = n
	}
	if c.suppressed && len(c.votes)+len(c.rounds) == 0 && c.seats == nil {
		r.Condition = snapshot.Withheld
	}
	if len(c.rounds) == 0 {
		return
	}
	slices.SortFunc(c.rounds, func(a, b later) int { return a.number - b.number })
	first := make([]snapshot.Count, len(r.Votes))
	for i, v := range r.Votes {
		first[i] = v.Votes
	}
	for n, d := range append([]later{{1, first}}, c.rounds...) {
		if d.number != n+1 {
			t.b.note("F_SKIPPED", "contest %q: round %d is missing, rounds from it on are not shown", t.c.id, n+1)
			return
		}
		var votes []snapshot.ChoiceVotes
		for i, count := range d.votes {
			if count.Present() {
				votes = append(votes, snapshot.ChoiceVotes{Key: t.keys[i], Votes: count})
			}
		}
		r.Rounds = append(r.Rounds, snapshot.RoundVotes{Votes: votes})
	}
}
