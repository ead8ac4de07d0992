package diff

import (
	"fmt"
	"slices"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

// Assembler merges updates into snapshots. It is not safe for concurrent use;
// the snapshots it hands out are.
type Assembler struct {
	name     string
	named    bool // laid down; updates do not change it
	asOf     time.Time
	units    *units
	contests *contests
	races    []*snapshot.Race
	at       map[raceKey]int
	owner    []owner // beside races
	scopes   map[scopeKey]*scope
	pinned   bool // the order of races is fixed

	elections []string       // laid down; empty: any
	phase     snapshot.Phase // expected; "": any
	applied   uint64         // number of the present update
	doubts    int            // owners that are doubted

	conditions map[raceKey]snapshot.Condition // laid down; without a unit, of every race of the contest
}

type raceKey struct{ contest, unit string }

type scopeKey struct{ feed, scope string }

// owner is the scope that states a race, the number of that statement where
// the source has one, and the time before which nothing may replace the result.
type owner struct {
	by         *scope
	precedence int
	rank       int
	seq        uint64
	floor      time.Time
	mark       uint64 // the update that stated the race last
	doubted    bool   // whether the outcome is odd is to be settled
}

// givesWayTo reports whether an update of scope s may replace the result.
func (o *owner) givesWayTo(s *scope, u *snapshot.Update) bool {
	return o.by == nil || o.by == s || o.precedence < u.Precedence || o.precedence == u.Precedence && o.rank <= u.Rank
}

// Applied is what became of an update.
type Applied struct {
	Old      bool // the update was older than what is known and was ignored
	Changed  int  // results that differ from before
	Findings []snapshot.Finding

	disputed map[string]bool // contests whose results are left out
	moved    []moved
}

// moved is a race as it was, and its place.
type moved struct {
	old *snapshot.Race
	at  int
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
		scopes:   map[scopeKey]*scope{},
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
// unit that no one defined, another election than before.
func (a *Assembler) Apply(u snapshot.Update) (Applied, error) {
	var out Applied
	out.Findings = slices.Clip(u.Findings)
	key := scopeKey{u.Feed, u.Scope}
	s := a.scopes[key]
	if s == nil {
		s = &scope{feed: u.Feed}
	}
	if err := a.identify(s, &u); err != nil {
		return Applied{}, err
	}
	if s.seen && u.Stamp.Compare(s.stamp) < 0 {
		out.Old = true
		out.note("I_OLD", "%s: stamp %s is older than %s, which is already known", u.Scope, stampText(u.Stamp), stampText(s.stamp))
		return out, nil
	}
	if err := a.check(s, &u); err != nil {
		return Applied{}, err
	}
	a.scopes[key] = s
	a.applied++
	s.remember(&u)
	if u.Name != "" && !a.named {
		a.name = u.Name
	}
	a.units.merge(u.Units, u.Precedence, &out)
	a.contests.merge(u.Contests, u.Precedence, &out)
	stated := make([]int, 0, len(u.Results))
	for i := range u.Results {
		if at := a.result(s, &u, &u.Results[i], &out); at >= 0 {
			stated = append(stated, at)
		}
	}
	for _, m := range out.moved {
		examine(m.old, a.races[m.at], &out)
		a.doubt(m.at)
	}
	if len(out.moved) > 0 {
		a.sumUp(stated, &out)
	}
	a.missing(s, &u, stated, &out)
	if u.Stamp.Time.After(a.asOf) && len(u.Results) > 0 {
		a.asOf = u.Stamp.Time
	}
	return out, nil
}

// check refuses an update that could not be taken over whole.
func (a *Assembler) check(s *scope, u *snapshot.Update) error {
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
	if err := a.contests.checkChoices(u); err != nil {
		return err
	}
	return a.checkFork(s, u)
}

// result takes one result over and returns its place, or -1 when its contest
// or unit is not pinned.
func (a *Assembler) result(s *scope, u *snapshot.Update, r *snapshot.RaceResult, out *Applied) int {
	if !a.contests.takes(r.Contest) || !a.units.takes(r.Unit) {
		return -1
	}
	i, known := a.race(r, a.contests.get(r.Contest))
	own, old := &a.owner[i], a.races[i]
	asOf := r.AsOf
	if asOf.IsZero() {
		asOf = u.Stamp.Time
	}
	own.mark = a.applied
	switch {
	case !own.givesWayTo(s, u):
		if own.by.feed != u.Feed {
			a.differ(old, own.by.feed, u, r, out)
		}
		return i
	case asOf.Before(own.floor):
		out.on(old, "I_OLD", "race %s: counted %s, already published as of %s", old.ID, timeText(asOf), timeText(own.floor))
		return i
	case old.Result.Kind == snapshot.FinalCount && r.Kind != snapshot.FinalCount:
		out.on(old, "F_KIND", "race %s: a count that is not final comes after the final one, which stays", old.ID)
		return i
	}
	own.by, own.precedence, own.rank, own.seq = s, u.Precedence, u.Rank, u.Stamp.Seq
	if out.disputed[r.Contest] {
		return i
	}
	a.replace(i, known, r, asOf, out)
	return i
}

// replace gives the race at i the result r.
func (a *Assembler) replace(i int, known bool, r *snapshot.RaceResult, asOf time.Time, out *Applied) {
	old, contest := a.races[i], a.contests.get(r.Contest)
	first := len(out.Findings)
	next := a.contests.result(contest, r, out)
	a.condition(raceKey{r.Contest, r.Unit}, old, &next, out)
	out.settle(first, old)
	same := old.Result.Equal(next)
	if known && old.Contest == contest && same {
		return
	}
	race := *old
	race.Contest, race.Unit, race.Result = contest, a.units.get(r.Unit), next
	if !same {
		race.AsOf = time.Time{}
		if next.HasVotes() {
			race.AsOf = asOf.Truncate(time.Second) // as precise as it is published
		}
		out.moved = append(out.moved, moved{old, i})
	}
	if !same || !known {
		out.Changed++
	}
	a.races[i] = &race
}

// race finds the race of a result, or makes it without a number.
func (a *Assembler) race(r *snapshot.RaceResult, contest *snapshot.Contest) (at int, known bool) {
	key := raceKey{r.Contest, r.Unit}
	if i, known := a.at[key]; known {
		return i, true
	}
	i := len(a.races)
	unit := a.units.get(r.Unit)
	a.at[key] = i
	a.races = append(a.races, &snapshot.Race{ID: snapshot.RaceID(unit.ID, contest.ID), Contest: contest, Unit: unit,
		Result: snapshot.Result{Votes: make([]snapshot.Count, len(contest.Choices))}})
	a.owner = append(a.owner, owner{})
	return i, false
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
	r.Votes, r.Seats, r.Outcomes = wide(r.Votes, n), wide(r.Seats, n), wide(r.Outcomes, n)
	channels, rounds := r.Channels, r.Rounds
	r.Channels, r.Rounds = nil, nil
	for _, ch := range channels {
		ch.Votes = wide(ch.Votes, n)
		r.Channels = append(r.Channels, ch)
	}
	for _, d := range rounds {
		d.Votes, d.Outcomes = wide(d.Votes, n), wide(d.Outcomes, n)
		r.Rounds = append(r.Rounds, d)
	}
	return r
}

// wide is list with room for n; nil stays nil.
func wide[T any](list []T, n int) []T {
	if list == nil {
		return nil
	}
	out := make([]T, n)
	copy(out, list)
	return out
}

func stampText(s snapshot.Stamp) string {
	if s.Seq != 0 {
		return fmt.Sprintf("%d (%s)", s.Seq, timeText(s.Time))
	}
	return timeText(s.Time)
}

func timeText(t time.Time) string { return t.Format(time.RFC3339) }
