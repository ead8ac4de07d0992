package delimited

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

var errSum = errors.New(`a sum is written like "valid + null = ballots", or "parts"`)

// sum is a rule that counts of one race must meet.
type sum struct {
	text  string
	parts []string
	whole string
}

func parseSum(text string) (sum, error) {
	left, right, ok := strings.Cut(text, "=")
	if !ok {
		return sum{}, errSum
	}
	s := sum{text: text, whole: strings.TrimSpace(right)}
	for _, w := range strings.Split(left, "+") {
		s.parts = append(s.parts, strings.TrimSpace(w))
	}
	for _, w := range append([]string{s.whole}, s.parts...) {
		if !slices.Contains(totalNames(), w) && w != "votes" {
			return sum{}, fmt.Errorf("%q is no count%s", w, suggest(w, append(totalNames(), "votes")))
		}
	}
	return s, nil
}

func totalNames() []string {
	return []string{"valid", "blank", "null", "ballots", "electorate", "units_in", "units_total"}
}

// checkSums compares the counts of every race with the sums that its file
// promises.
func checkSums(notes *feed.Findings, files []*file, races []*race, parent map[string]string) {
	var sums []sum
	parts := false
	for _, f := range files {
		sums = append(sums, f.sums...)
		parts = parts || f.parts
	}
	for _, s := range sums {
		for _, x := range races {
			counts := make([]snapshot.Count, len(s.parts))
			for i, name := range s.parts {
				counts[i] = x.sumOf(name)
			}
			whole := x.sumOf(s.whole)
			if total, err := snapshot.Sum(counts...); err != nil || total != whole {
				notes.Sum(fmt.Sprintf("%s of contest %s in %s", s.text, x.contest.Key, x.unit.Key), whole, counts...)
			}
		}
	}
	if parts {
		checkParts(notes, races, parent)
	}
}

// sumOf is a count of a race by its name in a rule.
func (x *race) sumOf(name string) snapshot.Count {
	if name != "votes" {
		return *places(&x.totals)[slices.Index(totalNames(), name)]
	}
	var counts []snapshot.Count
	for _, v := range x.votes {
		if v.choice.Type != snapshot.Abstention {
			counts = append(counts, v.count)
		}
	}
	total, err := snapshot.SumPresent(counts...)
	if err != nil {
		return snapshot.Count{}
	}
	return total
}

// checkParts compares the votes of every race with those of the races below it:
// of its contest, in the nearest units inside its own, at most eight levels down.
func checkParts(notes *feed.Findings, races []*race, parent map[string]string) {
	type place struct{ contest, unit string }
	at := make(map[place]*race, len(races))
	for _, x := range races {
		at[place{x.contest.Key, x.unit.Key}] = x
	}
	below := map[*race][]*race{}
	for _, x := range races {
		up, steps := parent[x.unit.Key], 1
		for up != "" && at[place{x.contest.Key, up}] == nil && steps < maxDepth {
			up = parent[up]
			steps++
		}
		if whole := at[place{x.contest.Key, up}]; up != "" && whole != nil && whole != x {
			below[whole] = append(below[whole], x)
		}
	}
	for _, whole := range races {
		if len(below[whole]) == 0 {
			continue
		}
		votes := map[string][]snapshot.Count{}
		for _, part := range below[whole] {
			for _, v := range part.votes {
				votes[v.choice.Key] = append(votes[v.choice.Key], v.count)
			}
		}
		for _, v := range whole.votes {
			counts := votes[v.choice.Key]
			if total, err := snapshot.SumPresent(counts...); err != nil || total != v.count {
				notes.SumPresent(fmt.Sprintf("the sum of choice %s of contest %s over %d parts of %s", v.choice.Key, whole.contest.Key, len(below[whole]), whole.unit.Key), v.count, counts...)
			}
		}
	}
}
