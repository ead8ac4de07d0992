package diff

import (
	"fmt"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

// Assembler merges updates into snapshots. It is not safe for concurrent use;
// the snapshots it hands out are.
type Assembler struct {
	name     string
	asOf     time.Time
	units    *units
	contests *contests
	races    []*snapshot.Race
	at       map[raceKey]int
	owner    []owner // beside races
	scopes   map[scopeKey]snapshot.Stamp
	pinned   bool // the order of races is fixed
}

type raceKey struct{ contest, unit string }

type scopeKey struct{ feed, scope string }

// owner is the scope that states a race, and the time before which nothing
// may replace its result.
type owner struct {
	by    scopeKey
	rank  int
	floor time.Time
}

// Applied is what became of an update.
type Applied struct {
	Old      bool // the update was older than what is known and was ignored
	Changed  int  // results that differ from before
	Findings []snapshot.Finding
}

// A Refusal says why an update contradicts what is known. Nothing of the
// update was taken over.
type Refusal struct {
	Code string // stable: E_ID_COLLISION, E_UNKNOWN_UNIT, …
	Text string
}

// Error is the code and one clause.
func (r *Refusal) Error() string { return r.Code + ": " + r.Text }

func refuse(code, format string, args ...any) error {
	return &Refusal{code, fmt.Sprintf(format, args...)}
}

// NewAssembler starts from what was last published, or from nothing. The ids,
// the order and the results of base are kept; a race is replaced only by a
// result counted at its AsOf or later.
func NewAssembler(base *snapshot.Snapshot) *Assembler {
	a := &Assembler{
		units:    newUnits(),
		contests: newContests(),
		at:       map[raceKey]int{},
		scopes:   map[scopeKey]snapshot.Stamp{},
	}
	if base == nil {
		return a
	}
	a.name, a.asOf, a.pinned = base.Name, base.AsOf, len(base.Races) > 0
	a.units.restore(base.Units)
	a.contests.restore(base.Contests)
	for i, r := range base.Races {
		a.races = append(a.races, r)
		a.owner = append(a.owner, owner{floor: r.AsOf})
		a.at[raceKey{r.Contest.Key, r.Unit.Key}] = i
	}
	return a
}

// Apply takes an update over. An error means that nothing of it was taken
// over, and is a *Refusal: an id given to two keys, a result for a contest or
// unit that no one defined.
func (a *Assembler) Apply(u snapshot.Update) (Applied, error) {
	var out Applied
	out.Findings = u.Findings
	scope := scopeKey{u.Feed, u.Scope}
	if last, seen := a.scopes[scope]; seen && u.Stamp.Compare(last) < 0 {
		out.Old = true
		out.note("I_OLD", "%s: stamp %s is older than %s, which is already known", u.Scope, stampText(u.Stamp), stampText(last))
		return out, nil
	}
	if err := a.check(u); err != nil {
		return Applied{}, err
	}
	a.scopes[scope] = u.Stamp
	if u.Name != "" {
		a.name = u.Name
	}
	a.units.merge(u.Units)
	a.contests.merge(u.Contests, &out)
	for i := range u.Results {
		a.result(scope, u, &u.Results[i], &out)
	}
	if u.Stamp.Time.After(a.asOf) && len(u.Results) > 0 {
		a.asOf = u.Stamp.Time
	}
	return out, nil
}

// check refuses an update that could not be taken over whole.
func (a *Assembler) check(u snapshot.Update) error {
	if err := a.units.check(u.Units); err != nil {
		return err
	}
	if err := a.contests.check(u.Contests); err != nil {
		return err
	}
	units, contests := map[string]bool{}, map[string]bool{}
	for _, d := range u.Units {
		units[d.Key] = true
	}
	for _, d := range u.Contests {
		contests[d.Key] = true
	}
	for _, r := range u.Results {
		if !units[r.Unit] && !a.units.has(r.Unit) {
			return refuse("E_UNKNOWN_UNIT", "a result of contest %q names unit %q, which no definition names", r.Contest, r.Unit)
		}
		if !contests[r.Contest] && !a.contests.has(r.Contest) {
			return refuse("E_UNKNOWN_CONTEST", "a result in unit %q names contest %q, which no definition names", r.Unit, r.Contest)
		}
	}
	return nil
}

func (a *Assembler) result(scope scopeKey, u snapshot.Update, r *snapshot.RaceResult, out *Applied) {
	key := raceKey{r.Contest, r.Unit}
	contest, unit := a.contests.get(r.Contest), a.units.get(r.Unit)
	i, known := a.at[key]
	if !known {
		i = len(a.races)
		a.at[key] = i
		a.races = append(a.races, &snapshot.Race{ID: snapshot.RaceID(unit.ID, contest.ID), Contest: contest, Unit: unit,
			Result: snapshot.Result{Votes: make([]snapshot.Count, len(contest.Choices))}})
		a.owner = append(a.owner, owner{})
		out.Changed++
	}
	asOf := r.AsOf
	if asOf.IsZero() {
		asOf = u.Stamp.Time
	}
	own := a.owner[i]
	if own.by != scope && own.rank > u.Rank {
		return // a more specific scope states this race
	}
	if asOf.Before(own.floor) {
		out.note("I_OLD", "race %s: counted %s, already published as of %s", a.races[i].ID, timeText(asOf), timeText(own.floor))
		return
	}
	a.owner[i] = owner{by: scope, rank: u.Rank, floor: own.floor}
	next := a.contests.result(contest, r, out)
	old := a.races[i]
	if old.Contest == contest && old.Result.Equal(next) {
		return
	}
	race := *old
	race.Contest, race.Unit, race.Result = contest, unit, next
	if !old.Result.Equal(next) {
		race.AsOf = time.Time{}
		if next.HasVotes() {
			race.AsOf = asOf.Truncate(time.Second) // as precise as it is published
		}
		if known {
			out.Changed++
		}
	}
	a.races[i] = &race
}

// Snapshot returns everything known now. The first one fixes the order of the
// races: by unit from the root downwards, then by the contests' order; races
// seen later are appended.
func (a *Assembler) Snapshot() *snapshot.Snapshot {
	relinked, moved := a.units.link(), a.contests.moved()
	if relinked || moved {
		a.relink()
	}
	if !a.pinned && len(a.races) > 0 {
		a.pin()
	}
	return &snapshot.Snapshot{
		Name:     a.name,
		Units:    append([]*snapshot.Unit(nil), a.units.order...),
		Contests: a.contests.list(),
		Races:    append([]*snapshot.Race(nil), a.races...),
		AsOf:     a.asOf,
	}
}

// relink gives every race the present version of its contest and unit.
func (a *Assembler) relink() {
	for i, r := range a.races {
		c, u := a.contests.get(r.Contest.Key), a.units.get(r.Unit.Key)
		if c == r.Contest && u == r.Unit {
			continue
		}
		race := *r
		race.Result = widen(r.Result, len(c.Choices))
		race.Contest, race.Unit = c, u
		a.races[i] = &race
	}
}

// widen gives a result room for choices that were appended since.
func widen(r snapshot.Result, n int) snapshot.Result {
	if len(r.Votes) == n {
		return r
	}
	votes := make([]snapshot.Count, n)
	copy(votes, r.Votes)
	r.Votes = votes
	if r.Outcomes != nil {
		outcomes := make([]snapshot.Outcome, n)
		copy(outcomes, r.Outcomes)
		r.Outcomes = outcomes
	}
	return r
}

func (out *Applied) note(code, format string, args ...any) {
	out.Findings = append(out.Findings, snapshot.Finding{Code: code, Text: fmt.Sprintf(format, args...)})
}

func stampText(s snapshot.Stamp) string {
	if s.Seq != 0 {
		return fmt.Sprintf("%d (%s)", s.Seq, timeText(s.Time))
	}
	return timeText(s.Time)
}

func timeText(t time.Time) string { return t.Format(time.RFC3339) }
