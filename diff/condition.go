package diff

import (
	"cmp"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

// RaceCondition is what the authority says became of a race. Without a unit it
// is said of every race of the contest. NoCondition takes back what is
// published, and leaves the word to the feeds.
type RaceCondition struct {
	Contest, Unit string // keys
	Condition     snapshot.Condition
}

// layConditions gives races their conditions, and makes a race that no feed has
// stated where contest and unit are known.
func (a *Assembler) layConditions(list []RaceCondition) {
	a.conditions = make(map[raceKey]snapshot.Condition, len(list))
	for _, c := range list {
		a.conditions[raceKey{c.Contest, c.Unit}] = c.Condition
		if c.Unit != "" && c.Condition != snapshot.NoCondition && a.contests.has(c.Contest) && a.units.has(c.Unit) {
			a.race(&snapshot.RaceResult{Contest: c.Contest, Unit: c.Unit}, a.contests.get(c.Contest))
		}
	}
	var out Applied // what is published gives way without a word
	for i, r := range a.races {
		key := raceKey{r.Contest.Key, r.Unit.Key}
		if _, laid := a.laidCondition(key); !laid {
			continue
		}
		race := *r
		race.Result.Condition = snapshot.NoCondition
		if a.condition(key, r, &race.Result, &out); !race.Result.HasVotes() {
			race.AsOf = time.Time{}
		}
		a.races[i] = &race
	}
}

// laidCondition is what was laid down of a race, before what was laid down of
// its contest.
func (a *Assembler) laidCondition(key raceKey) (c snapshot.Condition, laid bool) {
	if c, laid = a.conditions[key]; laid {
		return c, true
	}
	c, laid = a.conditions[raceKey{contest: key.contest}]
	return c, laid
}

// condition gives the result of race r the condition that was laid down, if any.
// Of a race that is withheld it leaves the numbers out, and notes it: a source
// that withholds states none.
func (a *Assembler) condition(key raceKey, r *snapshot.Race, res *snapshot.Result, out *Applied) {
	laid, _ := a.laidCondition(key)
	if res.Condition = cmp.Or(laid, res.Condition); res.Condition != snapshot.Withheld {
		return
	}
	t := res.Totals
	bare := snapshot.Result{Votes: make([]snapshot.Count, len(res.Votes)), Outcomes: res.Outcomes,
		Totals: snapshot.Totals{Electorate: t.Electorate, UnitsIn: t.UnitsIn, UnitsTotal: t.UnitsTotal},
		Status: res.Status, Kind: res.Kind, Condition: res.Condition}
	if !bare.Equal(*res) {
		out.on(r, "F_WITHHELD", "race %s is withheld, and a feed states its numbers; they are left out", r.ID)
	}
	*res = bare
}
