package diff

import (
	"fmt"
	"slices"

	"github.com/heraldresults/herald/diff/snapshot"
)

// doubled is the least number of votes of which exactly twice as many is
// remarkable.
const doubled = 20

// examine notes what in a race's new result contradicts itself or the one
// before. It changes nothing.
func examine(old, r *snapshot.Race, out *Applied) {
	examineSums(r, out)
	examineUnits(old, r, out)
	if old.Result.Kind != snapshot.IntermediateCount || r.Result.Kind == snapshot.IntermediateCount {
		examineVotes(old, r, out) // a final count takes the duplicates of an intermediate one away
	}
	if r.Result.Outcomes != nil {
		examineOutcomes(r, out)
	}
	if won, _ := sum(r.Result.Seats...); r.Contest.Seats > 0 && won > int64(r.Contest.Seats) {
		out.on(r, "F_SEATS", "race %s: the choices have won %d seats, and there are %d", r.ID, won, r.Contest.Seats)
	}
}

// perBallot is how many votes a ballot may hold; 0 when not known.
func perBallot(c *snapshot.Contest) int64 {
	if c.Type == snapshot.BallotMeasureContest || c.Type == snapshot.RetentionContest {
		return 1
	}
	return int64(c.Seats)
}

// above reports whether a is more than b, where both are stated.
func above(a int64, stated bool, b snapshot.Count, times int64) bool {
	n, has := b.Get()
	return stated && has && a > n*times
}

func examineSums(r *snapshot.Race, out *Applied) {
	t := r.Result.Totals
	votes, voted := sum(r.Result.Votes...)
	if accepted, has := sum(t.Valid, t.Null); t.Valid.Present() && has && voted && votes > accepted {
		out.on(r, "F_SUM", "race %s: the choices have %d votes, the valid and null ones are %d", r.ID, votes, accepted)
	}
	per := perBallot(r.Contest)
	if per == 0 {
		return
	}
	all, _ := sum(t.Valid, t.Blank, t.Null)
	switch {
	case above(votes, voted, t.Ballots, per):
		out.on(r, "F_OVER", "race %s: %d votes on %v ballots", r.ID, votes, t.Ballots)
	case above(all, t.Valid.Present(), t.Ballots, per):
		out.on(r, "F_SUM", "race %s: valid, blank and null votes are %d on %v ballots", r.ID, all, t.Ballots)
	}
	if ballots, has := t.Ballots.Get(); above(ballots, has, t.Electorate, 1) {
		out.on(r, "F_OVER", "race %s: %d ballots, and %v may vote", r.ID, ballots, t.Electorate)
	} else if above(votes, voted, t.Electorate, per) {
		out.on(r, "F_OVER", "race %s: %d votes, and %v may vote", r.ID, votes, t.Electorate)
	}
}

// sum adds what is present and reports whether anything is.
func sum(counts ...snapshot.Count) (total int64, any bool) {
	for _, c := range counts {
		if n, ok := c.Get(); ok {
			total += n
			any = true
		}
	}
	return total, any
}

func examineUnits(old, r *snapshot.Race, out *Applied) {
	before, now := old.Result.Totals, r.Result.Totals
	if in, has := now.UnitsIn.Get(); above(in, has, now.UnitsTotal, 1) {
		out.on(r, "F_UNITS", "race %s: %d units in of %v", r.ID, in, now.UnitsTotal)
	}
	if differ(before.UnitsTotal, now.UnitsTotal) {
		out.on(r, "F_UNITS", "race %s: the total of units went from %v to %v", r.ID, before.UnitsTotal, now.UnitsTotal)
	}
	if was, had := before.UnitsIn.Get(); had && now.UnitsIn.Present() && (CountChange{From: before.UnitsIn, To: now.UnitsIn}).Fell() {
		out.on(r, "F_RESET", "race %s: units in fell from %d to %v", r.ID, was, now.UnitsIn)
	}
}

// examineVotes compares the votes of each choice. Choices keep their place,
// new ones come behind.
func examineVotes(old, r *snapshot.Race, out *Applied) {
	before, _ := sum(old.Result.Votes...)
	if before == 0 {
		return
	}
	if now, _ := sum(r.Result.Votes...); now == 0 {
		out.on(r, "F_RESET", "race %s: all votes are gone, there were %d", r.ID, before)
		return
	}
	var fell []string
	twice, counted := true, 0
	for i, from := range old.Result.Votes {
		to, choice := r.Result.Votes[i], &r.Contest.Choices[i]
		was, had := from.Get()
		is, has := to.Get()
		switch {
		case had && !has:
			out.on(r, "F_CHOICE_GONE", "race %s: choice %s (%q) had %d votes and is stated no more", r.ID, choice.ID, choice.Name, was)
		case had && is < was:
			fell = append(fell, fmt.Sprintf("%s (%q) from %d to %d", choice.ID, choice.Name, was, is))
		}
		twice = twice && is == 2*was
		if was > 0 {
			counted++
		}
	}
	if len(fell) > 0 {
		out.on(r, "F_DECREASE", "race %s: votes fell: %s", r.ID, list(fell))
	}
	if twice && counted > 1 && before >= doubled {
		out.on(r, "F_DOUBLE", "race %s: every choice has exactly twice the votes it had", r.ID)
	}
}

// examineOutcomes looks at how many are said to have won.
func examineOutcomes(r *snapshot.Race, out *Applied) {
	won := 0
	for _, o := range r.Result.Outcomes {
		if wins(o) {
			won++
		}
	}
	if seats := max(r.Contest.Seats, 1); won > seats && perBallot(r.Contest) > 0 {
		out.on(r, "F_OUTCOME", "race %s: %d choices have won, and there are %d seats", r.ID, won, seats)
	}
}

func wins(o snapshot.Outcome) bool {
	return o == snapshot.Elected || o == snapshot.Passed || o == snapshot.Lot
}

// behind compares the votes of who is said to have won with those of the
// others, and reports whether one of these has more. Lists share their seats by
// rules that Herald does not know, so it says nothing but of one seat.
func behind(r *snapshot.Race) (won, most int64, is bool) {
	if r.Contest.Seats != 1 {
		return 0, 0, false
	}
	won, most = -1, -1
	for i, o := range r.Result.Outcomes {
		votes, stated := r.Result.Votes[i].Get()
		switch {
		case wins(o):
			if stated && (won < 0 || votes < won) {
				won = votes
			}
		case stated && r.Contest.Choices[i].Type == snapshot.Plain:
			most = max(most, votes)
		}
	}
	return won, most, won >= 0 && won < most
}

// doubt marks the race at i if its winner is not ahead. Whether that is odd
// depends on races that later payloads of the same moment may bring.
func (a *Assembler) doubt(i int) {
	if _, _, is := behind(a.races[i]); is && !a.owner[i].doubted {
		a.owner[i].doubted = true
		a.doubts++
	}
}

// Settled returns what can be said of the races of a feed once it has said all
// that belongs together: of those that moved since the last call, and that
// decide their contest and are not a part of it, whose winner is not ahead.
func (a *Assembler) Settled(feed string) []snapshot.Finding {
	var doubted []*snapshot.Race
	beside := map[string][]*snapshot.Race{} // by contest
	for i := 0; i < len(a.races) && a.doubts > 0; i++ {
		if o := &a.owner[i]; o.doubted && o.by.feed == feed {
			o.doubted = false
			a.doubts--
			doubted = append(doubted, a.races[i])
			beside[a.races[i].Contest.Key] = nil
		}
	}
	if len(doubted) == 0 {
		return nil
	}
	for _, r := range a.races {
		if list, asked := beside[r.Contest.Key]; asked {
			beside[r.Contest.Key] = append(list, r)
		}
	}
	var out Applied
	for _, r := range doubted {
		if won, most, is := behind(r); is && decides(r, beside[r.Contest.Key]) {
			out.on(r, "F_OUTCOME", "race %s: a choice with %d votes has won, another has %d", r.ID, won, most)
		}
	}
	return out.Findings
}

// decides reports whether a contest is decided by r: of its races, none is of a
// unit above, and none of one beside.
func decides(r *snapshot.Race, races []*snapshot.Race) bool {
	return !slices.ContainsFunc(races, func(o *snapshot.Race) bool { return o.ID != r.ID && !below(o.Unit, r.Unit) })
}

// below reports whether u lies in the unit top.
func below(u, top *snapshot.Unit) bool {
	for depth := 0; u != nil && depth < maxDepth; depth++ {
		if u = u.Parent; u != nil && u.Key == top.Key {
			return true
		}
	}
	return false
}

// maxDepth ends a walk up a tree whose definitions run in a circle.
const maxDepth = 64

// raceAbove finds the race of the same contest in the nearest unit above.
func (a *Assembler) raceAbove(r *snapshot.Race) (int, bool) {
	for u, depth := r.Unit.Parent, 0; u != nil && depth < maxDepth; u, depth = u.Parent, depth+1 {
		if i, has := a.at[raceKey{r.Contest.Key, u.Key}]; has {
			return i, true
		}
	}
	return 0, false
}

// parts are the races of one contest in units of one type below a race, and
// their votes together.
type parts struct {
	kind  snapshot.UnitType
	votes []int64
}

// sumUp notes races whose parts, stated in the same update, have more votes
// than the whole. They may have fewer: not everything is counted in a part.
func (a *Assembler) sumUp(stated []int, out *Applied) {
	if len(stated) < 2 {
		return
	}
	below := map[int][]parts{} // by place of the whole
	for _, i := range stated {
		r := a.races[i]
		whole, has := a.raceAbove(r)
		if has && a.owner[whole].mark == a.applied && a.owner[whole].by == a.owner[i].by && r.Unit.Type != snapshot.OtherUnit {
			below[whole] = addTo(below[whole], r)
		}
	}
	for _, i := range stated { // in the order of the update
		r := a.races[i]
		for _, p := range below[i] {
			for j, n := range p.votes {
				if j < len(r.Result.Votes) && above(n, true, r.Result.Votes[j], 1) {
					out.on(r, "F_SUM", "race %s: choice %s has %v votes, its parts of type %s have %d", r.ID, r.Contest.Choices[j].ID, r.Result.Votes[j], p.kind, n)
				}
			}
		}
	}
}

// addTo adds a race to the parts of its type.
func addTo(list []parts, r *snapshot.Race) []parts {
	at := slices.IndexFunc(list, func(p parts) bool { return p.kind == r.Unit.Type })
	if at < 0 {
		at = len(list)
		list = append(list, parts{kind: r.Unit.Type})
	}
	p := &list[at]
	for j, v := range r.Result.Votes {
		if j == len(p.votes) {
			p.votes = append(p.votes, 0)
		}
		n, _ := v.Get()
		p.votes[j] += n
	}
	return list
}
