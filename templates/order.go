package templates

import (
	"cmp"
	"slices"

	"github.com/heraldresults/herald/diff/snapshot"
)

// ranked appends the places of a contest's choices in the order in which
// people read them: definition order before the first count, then by votes,
// most first. Equal votes stay in definition order; votes that are not stated
// come last, and abstentions behind them.
func ranked(dst []int, race *snapshot.Race) []int {
	r := race.Result
	for i := range r.Votes {
		dst = append(dst, i)
	}
	if r.HasVotes() {
		slices.SortFunc(dst, func(a, b int) int {
			return cmp.Or(last(race, a)-last(race, b), cmp.Compare(votes(r, b), votes(r, a)), cmp.Compare(a, b))
		})
	}
	return dst
}

// last is 1 for abstentions, which follow the choices that can win.
func last(race *snapshot.Race, choice int) int {
	if isAbstention(race, choice) {
		return 1
	}
	return 0
}

// isAbstention reports whether a choice is counted but is no vote for
// anything: it never leads and has no share.
func isAbstention(race *snapshot.Race, choice int) bool {
	return race.Contest.Choices[choice].Type == snapshot.Abstention
}

// sumOfVotes is the sum of the choices' votes without abstentions, absent when
// one of them is not stated or the sum is out of range.
func sumOfVotes(race *snapshot.Race) snapshot.Count {
	total, any := int64(0), false
	for i, c := range race.Result.Votes {
		if isAbstention(race, i) {
			continue
		}
		n, ok := c.Get()
		if !ok {
			return snapshot.Count{}
		}
		total, any = total+n, true
	}
	if !any {
		return snapshot.Count{}
	}
	sum, err := snapshot.NewCount(total)
	if err != nil {
		return snapshot.Count{}
	}
	return sum
}

// votes are the votes of a choice, -1 when they are not stated.
func votes(r snapshot.Result, choice int) int64 {
	if n, ok := r.Votes[choice].Get(); ok {
		return n
	}
	return -1
}

// outcome is what the source says became of a choice.
func outcome(r snapshot.Result, choice int) snapshot.Outcome {
	if choice < len(r.Outcomes) {
		return r.Outcomes[choice]
	}
	return snapshot.NoOutcome
}

// basis is what shares are shares of.
type basis struct {
	name  string // as in the JSON: "valid", "votes", or "" when there is none
	n     int64  // 0 when there is none
	drawn bool   // whether shares are drawn as bars
}

// basisOf is the stated number of valid votes, else the sum of the choices'
// votes when all of them are stated.
func basisOf(race *snapshot.Race) basis {
	if n, ok := race.Result.Totals.Valid.Get(); ok {
		return basis{name: "valid", n: n}
	}
	if n, ok := sumOfVotes(race).Get(); ok {
		return basis{name: "votes", n: n}
	}
	return basis{}
}

// of reports whether n can be shown as a share.
func (b basis) of(n int64) bool { return b.n > 0 && n >= 0 && n <= b.n }

// permille is part of whole in thousandths, rounded half up, within 0 … 1000.
func permille(part, whole int64) int64 {
	if whole <= 0 || part <= 0 {
		return 0
	}
	return min((2000*part+whole)/(2*whole), 1000)
}

// lacksVotes reports whether a choice has no count while others have one, so
// that nobody can say who leads. Write-ins, which many sources count last, and
// abstentions are passed over.
func lacksVotes(race *snapshot.Race) bool {
	if !race.Result.HasVotes() {
		return false
	}
	for i, c := range race.Result.Votes {
		if !c.Present() && race.Contest.Choices[i].Type == snapshot.Plain {
			return true
		}
	}
	return false
}

// leaders are how many of the ranked choices lead: as many as there are seats,
// one in a contest of lists or a question, and more when they are level.
// Choices without votes, and abstentions, do not lead.
func leaders(race *snapshot.Race, order []int) int {
	seats := 1
	if race.Contest.Type == snapshot.CandidateContest {
		seats = max(1, race.Contest.Seats)
	}
	n := 0
	for n < len(order) && votes(race.Result, order[n]) > 0 && !isAbstention(race, order[n]) &&
		(n < seats || votes(race.Result, order[n]) == votes(race.Result, order[seats-1])) {
		n++
	}
	return n
}
