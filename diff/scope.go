package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/heraldresults/herald/diff/snapshot"
)

// scope is what is remembered of what one feed says under one scope.
type scope struct {
	feed     string
	seen     bool
	stamp    snapshot.Stamp
	election string
	phase    snapshot.Phase
	races    []int // places of those it stated last
	contests []int // places of those it defined last
}

func (s *scope) remember(u *snapshot.Update) {
	s.seen, s.stamp = true, u.Stamp
	if u.Election != "" {
		s.election = u.Election
	}
	if u.Phase != snapshot.PhaseUnknown {
		s.phase = u.Phase
	}
}

// Expect refuses updates of another phase than p with E_MODE: a live election
// takes no tests, a test takes nothing live. PhaseUnknown takes both.
func (a *Assembler) Expect(p snapshot.Phase) { a.phase = p }

// Elections are the ids by which sources have called the election, sorted.
func (a *Assembler) Elections() []string {
	seen := map[string]bool{}
	for _, s := range a.scopes {
		if s.election != "" {
			seen[s.election] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// identify refuses an update of another election or another phase.
func (a *Assembler) identify(s *scope, u *snapshot.Update) error {
	switch {
	case u.Election != "" && len(a.elections) > 0 && !slices.Contains(a.elections, u.Election):
		return refuse("E_IDENTITY", "it is of election %q, the definitions are of %s", u.Election, strings.Join(a.elections, ", "))
	case differ(s.election, u.Election):
		return refuse("E_IDENTITY", "it is of election %q, %s was of election %q before", u.Election, u.Scope, s.election)
	case differ(a.phase, u.Phase):
		return refuse("E_MODE", "the source calls its numbers %s, this election takes %s ones", u.Phase, a.phase)
	case s.phase != snapshot.PhaseUnknown && u.Phase == snapshot.PhaseUnknown && len(u.Results) > 0:
		return refuse("E_MODE", "the source no longer says whether its numbers are real; before it called them %s", s.phase)
	}
	return nil
}

// checkChoices refuses an update without a single choice, and one that has
// nothing in common with what is pinned.
func (s *contests) checkChoices(u *snapshot.Update) error {
	if len(u.Units)+len(u.Contests)+len(u.Results)+len(u.Findings) == 0 && u.Name == "" {
		return refuse("E_EMPTY", "it says nothing")
	}
	choices, pinned := false, false
	for _, d := range u.Contests {
		choices = choices || len(d.Choices) > 0
		pinned = pinned || s.shares(d)
	}
	for i := 0; i < len(u.Results) && !(choices && pinned); i++ {
		at, known := s.at[u.Results[i].Contest]
		choices = choices || known && len(s.order[at].Choices) > 0
		pinned = pinned || known && len(u.Contests) == 0 && s.takes(u.Results[i].Contest)
	}
	switch {
	case len(u.Results) > 0 && !choices:
		return refuse("E_EMPTY", "none of its contests has a choice")
	case s.pinned && !pinned && len(u.Contests)+len(u.Results) > 0:
		return refuse("E_DEFINITION", "none of its contests is pinned, or none with a choice that is")
	}
	return nil
}

// shares reports whether d is a contest that is pinned, and has a choice that
// is, where it has choices.
func (s *contests) shares(d snapshot.ContestDef) bool {
	l, laid := s.laid[d.Key]
	return laid && (len(d.Choices) == 0 || len(l.choices) == 0 || slices.ContainsFunc(d.Choices, func(c snapshot.ChoiceDef) bool {
		_, has := l.choices[c.Key]
		return has
	}))
}

// checkFork refuses other numbers under a number of the source's own sequence
// that is known already. Increments are not numbered alike: one that comes late
// bears the newest number.
func (a *Assembler) checkFork(s *scope, u *snapshot.Update) error {
	if u.Partial || u.Stamp.Seq == 0 || !s.seen || s.stamp.Seq != u.Stamp.Seq {
		return nil
	}
	for i := range u.Results {
		r := &u.Results[i]
		at, known := a.at[raceKey{r.Contest, r.Unit}]
		if !known || a.owner[at].by != s || a.owner[at].seq != u.Stamp.Seq || a.races[at].Result.Kind != r.Kind {
			continue
		}
		if parts := differences(a.races[at], r); len(parts) > 0 {
			return refuse("E_SEQ_FORK", "number %d of %s says other things than before: race %s: %s", u.Stamp.Seq, u.Scope, a.races[at].ID, list(parts))
		}
	}
	return nil
}

// differ notes that a feed that gives way states other votes than the one
// that owns the race.
func (a *Assembler) differ(r *snapshot.Race, owner string, u *snapshot.Update, said *snapshot.RaceResult, out *Applied) {
	if parts := differences(r, said); len(parts) > 0 {
		out.on(r, "F_DIFFER", "race %s: feed %s has precedence, feed %s says other numbers: %s", r.ID, owner, u.Feed, list(parts))
	}
}

// differences are the votes and ballots that r and an update both state, and
// not the same: "choice a: 10 and 12".
func differences(r *snapshot.Race, said *snapshot.RaceResult) []string {
	var parts []string
	add := func(what string, a, b snapshot.Count) {
		if a.Present() && b.Present() && a != b {
			parts = append(parts, fmt.Sprintf("%s: %v and %v", what, a, b))
		}
	}
	choices := r.Contest.Choices
	for i, v := range said.Votes {
		if i >= len(choices) || choices[i].Key != v.Key {
			i = slices.IndexFunc(choices, func(c snapshot.Choice) bool { return c.Key == v.Key })
		}
		if i >= 0 && i < len(r.Result.Votes) {
			add("choice "+quoted(v.Key), r.Result.Votes[i], v.Votes)
			if r.Result.Seats != nil {
				add("seats of choice "+quoted(v.Key), r.Result.Seats[i], v.Seats)
			}
		}
	}
	a, b := r.Result.Totals, said.Totals
	add("valid", a.Valid, b.Valid)
	add("blank", a.Blank, b.Blank)
	add("null", a.Null, b.Null)
	add("ballots", a.Ballots, b.Ballots)
	return parts
}

// missing notes what the scope stated before and states no more. What it
// stated stays.
func (a *Assembler) missing(s *scope, u *snapshot.Update, stated []int, out *Applied) {
	if u.Partial {
		return
	}
	if len(u.Results) > 0 {
		for _, i := range s.races {
			if o := a.owner[i]; o.by == s && o.mark != a.applied {
				out.on(a.races[i], "F_VANISH", "race %s: %s states it no more; the last result stays", a.races[i].ID, u.Scope)
			}
		}
		s.races = append(s.races[:0], stated...)
	}
	if len(u.Contests) == 0 {
		return
	}
	defined := make([]int, 0, len(u.Contests))
	for _, d := range u.Contests {
		if i, known := a.contests.at[d.Key]; known {
			defined = append(defined, i)
		}
	}
	slices.Sort(defined)
	for _, i := range s.contests {
		if _, still := slices.BinarySearch(defined, i); !still {
			c := a.contests.order[i]
			out.about(c, "F_CONTEST_GONE", "contest %s (%q): %s has it no more", c.ID, c.Name, u.Scope)
		}
	}
	s.contests = defined
}
