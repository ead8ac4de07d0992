package countstable

import (
	"slices"
	"strconv"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// What a row counts beside votes and totals.
const (
	whatSeats     = "seats"     // won by a choice
	whatExhausted = "exhausted" // ballots of a round that name no choice left
)

// maxRounds is how many rounds one race may have, maxSeats how many seats a
// contest.
const (
	maxRounds = 200
	maxSeats  = 1_000_000
)

// round is one step of a ranked count.
type round struct {
	number   int
	part     // exhausted stands among its totals
	outcomes map[string]snapshot.Outcome
}

// become takes over what became of a race. One row may say it for all.
func (r *race) become(line *row) *feed.Refusal {
	c := snapshot.Condition(line.condition)
	switch c {
	case snapshot.NoCondition:
		return nil
	case snapshot.Uncontested, snapshot.Withheld, snapshot.Annulled, snapshot.Postponed:
	default:
		return refuse("E_TYPE", "condition", "%q is no condition", line.condition)
	}
	if r.condition != "" && r.condition != c {
		return refuse("E_IDENTITY", "condition", "%s is %s and %s", r, r.condition, c)
	}
	r.condition = c
	return nil
}

// elects takes over how many seats a contest fills.
func (c *contest) elects(text string) *feed.Refusal {
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxSeats || strconv.Itoa(n) != text {
		return refuse("E_NUMBER", "contest_seats", "%q is no number of seats", text)
	}
	if c.def.Seats != 0 && c.def.Seats != n {
		return refuse("E_IDENTITY", "contest_seats", "contest %q fills %d and %d seats", c.def.Key, c.def.Seats, n)
	}
	c.def.Seats = n
	return nil
}

// step takes a row of seats or of a round.
func (r *race) step(line *row) *feed.Refusal {
	if line.channel != "" {
		return refuse("E_TYPE", "channel", "seats and rounds are of all channels together, this row names %q", line.channel)
	}
	if line.what == whatSeats {
		if line.round != "" {
			return refuse("E_TYPE", "round", "seats are of the whole count, this row names round %s", line.round)
		}
		if refusal := r.contest.define(line); refusal != nil {
			return refusal
		}
		if refusal := putOutcome(&r.outcomes, line); refusal != nil {
			return refusal
		}
		return put(&r.seats, line.choice, line)
	}
	d, refusal := r.roundOf(line.round)
	if refusal != nil {
		return refusal
	}
	if line.what == whatExhausted {
		if line.choice != "" || line.outcome != "" {
			return refuse("E_TYPE", "choice", "a row of exhausted ballots names the choice %q or an outcome", line.choice)
		}
		return put(&d.totals, line.what, line)
	}
	if refusal := r.contest.define(line); refusal != nil {
		return refusal
	}
	if refusal := putOutcome(&d.outcomes, line); refusal != nil {
		return refusal
	}
	return put(&d.votes, line.choice, line)
}

// roundOf finds a round by its number, from 1.
func (r *race) roundOf(text string) (*round, *feed.Refusal) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxRounds || strconv.Itoa(n) != text {
		return nil, refuse("E_NUMBER", "round", "%q is no number of a round, 1 to %d", text, maxRounds)
	}
	for _, d := range r.rounds {
		if d.number == n {
			return d, nil
		}
	}
	d := &round{number: n}
	r.rounds = append(r.rounds, d)
	return d, nil
}

// putOutcome keeps what became of a choice and refuses another word for it.
func putOutcome(into *map[string]snapshot.Outcome, line *row) *feed.Refusal {
	o := snapshot.Outcome(line.outcome)
	switch o {
	case snapshot.NoOutcome:
		return nil
	case snapshot.Elected, snapshot.Runoff, snapshot.NotElected, snapshot.Substitute, snapshot.Passed, snapshot.Failed, snapshot.Tie, snapshot.Lot:
	default:
		return refuse("E_TYPE", "outcome", "%q is no outcome", line.outcome)
	}
	if has := (*into)[line.choice]; has != "" && has != o {
		return refuse("E_IDENTITY", "outcome", "choice %q of contest %q is %s and %s", line.choice, line.contest, has, o)
	}
	if *into == nil {
		*into = map[string]snapshot.Outcome{}
	}
	(*into)[line.choice] = o
	return nil
}

// checkRounds puts rounds into their order and refuses a ranked count in which
// one is missing.
func (r *race) checkRounds() *feed.Refusal {
	slices.SortFunc(r.rounds, func(a, b *round) int { return a.number - b.number })
	for i, d := range r.rounds {
		if d.number != i+1 || len(d.votes) == 0 {
			return refuse("E_INCOMPLETE", "round", "%s: round %d states no votes, and there are later ones or exhausted ballots", r, i+1)
		}
	}
	return nil
}

// finish gives a result seats, outcomes and rounds. Where the table states the
// votes of rounds alone, those of the first are the count.
func (r *race) finish(out *snapshot.RaceResult) {
	choices := r.contest.def.Choices
	out.Condition = r.condition
	for _, d := range r.rounds {
		votes, _ := (&part{votes: d.votes}).numbers(choices)
		out.Rounds = append(out.Rounds, snapshot.RoundVotes{Votes: withOutcomes(votes, d.outcomes), Exhausted: d.totals[whatExhausted]})
	}
	if len(r.rounds) > 0 && len(r.total.votes) == 0 {
		out.Votes, _ = r.rounds[0].numbers(choices)
	}
	if len(r.seats)+len(r.outcomes) == 0 {
		return
	}
	stated := make(map[string]snapshot.Count, len(out.Votes))
	for _, v := range out.Votes {
		stated[v.Key] = v.Votes
	}
	all := make([]snapshot.ChoiceVotes, 0, len(choices))
	for _, c := range choices {
		v := snapshot.ChoiceVotes{Key: c.Key, Votes: stated[c.Key], Seats: r.seats[c.Key], Outcome: r.outcomes[c.Key]}
		if _, has := stated[c.Key]; has || v.Seats.Present() || v.Outcome != snapshot.NoOutcome {
			all = append(all, v)
		}
	}
	out.Votes = all
}

func withOutcomes(votes []snapshot.ChoiceVotes, of map[string]snapshot.Outcome) []snapshot.ChoiceVotes {
	for i := range votes {
		votes[i].Outcome = of[votes[i].Key]
	}
	return votes
}
