package diff

import "github.com/heraldresults/herald/diff/snapshot"

// placer finds the places of votes in one contest.
type placer struct {
	contest *snapshot.Contest
	unit    string
	out     *Applied
	at      map[string]int // key → place; made when the order is another one
}

// placed are votes, outcomes and seats by place. Outcomes and seats are nil
// when none is stated.
type placed struct {
	votes    []snapshot.Count
	outcomes []snapshot.Outcome
	seats    []snapshot.Count
}

// votes puts a list in its places. What is stated of a choice that no
// definition names is left out.
func (p *placer) votes(list []snapshot.ChoiceVotes) placed {
	n := len(p.contest.Choices)
	out := placed{votes: make([]snapshot.Count, n)}
	for i, v := range list {
		if i >= n || p.contest.Choices[i].Key != v.Key {
			j, ok := p.place(v.Key)
			if !ok {
				p.out.note("F_CHOICE_UNKNOWN", "contest %s in unit %s: votes for %q, which no definition names, are left out", p.contest.ID, p.unit, v.Key)
				continue
			}
			i = j
		}
		out.votes[i] = v.Votes
		if v.Outcome != snapshot.NoOutcome {
			if out.outcomes == nil {
				out.outcomes = make([]snapshot.Outcome, n)
			}
			out.outcomes[i] = v.Outcome
		}
		if v.Seats.Present() {
			if out.seats == nil {
				out.seats = make([]snapshot.Count, n)
			}
			out.seats[i] = v.Seats
		}
	}
	return out
}

func (p *placer) place(key string) (int, bool) {
	if p.at == nil {
		p.at = make(map[string]int, len(p.contest.Choices))
		for i, ch := range p.contest.Choices {
			p.at[ch.Key] = i
		}
	}
	i, ok := p.at[key]
	return i, ok
}
