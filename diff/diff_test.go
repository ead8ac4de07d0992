package diff

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

var noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

// update states votes for the choices a, b, … of one contest in one unit.
func update(scope string, minute int, votes ...int64) snapshot.Update {
	u := snapshot.Update{Feed: "f", Scope: scope, Stamp: snapshot.Stamp{Time: noon.Add(time.Duration(minute) * time.Minute)},
		Units:    []snapshot.UnitDef{{Key: "land", Name: "Land", Type: snapshot.Country}},
		Contests: []snapshot.ContestDef{{Key: "c", Name: "Contest"}},
		Results:  []snapshot.RaceResult{{Contest: "c", Unit: "land"}}}
	for i, v := range votes {
		key := string(rune('a' + i))
		u.Contests[0].Choices = append(u.Contests[0].Choices, snapshot.ChoiceDef{Key: key, Name: strings.ToUpper(key)})
		u.Results[0].Votes = append(u.Results[0].Votes, snapshot.ChoiceVotes{Key: key, Votes: snapshot.Of(v)})
	}
	return u
}

func apply(t *testing.T, a *Assembler, u snapshot.Update) Applied {
	t.Helper()
	out, err := a.Apply(u)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func votes(s *snapshot.Snapshot) string {
	var out []string
	for _, r := range s.Races {
		out = append(out, fmt.Sprint(r.ID, r.Result.Votes))
	}
	return strings.Join(out, " ")
}

func TestAnOlderStampIsIgnoredAndSaid(t *testing.T) {
	a := NewAssembler(nil)
	apply(t, a, update("s", 5, 10, 20))
	before := a.Snapshot()
	out := apply(t, a, update("s", 4, 1, 2))
	if !out.Old || len(out.Findings) != 1 || out.Findings[0].Code != "I_OLD" {
		t.Errorf("applied %+v", out)
	}
	if after := a.Snapshot(); after.Races[0] != before.Races[0] {
		t.Errorf("an older update changed %s to %s", votes(before), votes(after))
	}
	if out := apply(t, a, update("other", 4, 7, 7)); out.Old {
		t.Error("stamps of two scopes were compared")
	}
}

func TestTheSameNumbersAgainChangeNothing(t *testing.T) {
	a := NewAssembler(nil)
	apply(t, a, update("s", 1, 10, 20))
	one := a.Snapshot()
	if out := apply(t, a, update("s", 2, 10, 20)); out.Changed != 0 {
		t.Errorf("%d races changed", out.Changed)
	}
	two := a.Snapshot()
	if one.Races[0] != two.Races[0] || !Compare(one, two).Empty() {
		t.Error("a newer stamp alone made a change")
	}
	if !two.Races[0].AsOf.Equal(noon.Add(time.Minute)) {
		t.Errorf("counted as of %v, want the first of the two", two.Races[0].AsOf)
	}
}

func TestTheMoreSpecificScopeOwnsARace(t *testing.T) {
	a := NewAssembler(nil)
	general, specific := update("all races", 1, 1, 1), update("this race", 1, 2, 2)
	specific.Rank = 1
	apply(t, a, specific)
	general.Stamp.Time = noon.Add(time.Hour)
	apply(t, a, general)
	if got := a.Snapshot().Races[0].Result.Votes[0]; got != snapshot.Of(2) {
		t.Errorf("votes = %v, want those of the specific file", got)
	}
}

func TestAfterAStartNothingOlderThanWhatIsPublishedIsTaken(t *testing.T) {
	a := NewAssembler(nil)
	apply(t, a, update("s", 30, 10, 20))
	again := NewAssembler(a.Snapshot())
	if out := apply(t, again, update("s", 29, 9, 9)); out.Changed != 0 || out.Findings[0].Code != "I_OLD" {
		t.Errorf("applied %+v", out)
	}
	if out := apply(t, again, update("s", 31, 11, 20)); out.Changed != 1 {
		t.Errorf("a newer count was not taken: %+v", out)
	}
}

func TestAFinalCountIsReplacedByAFinalOneOnly(t *testing.T) {
	kind := func(minute int, k snapshot.CountKind, votes ...int64) snapshot.Update {
		u := update("s", minute, votes...)
		u.Results[0].Kind = k
		return u
	}
	const inter, final, plain = snapshot.IntermediateCount, snapshot.FinalCount, snapshot.PlainCount
	for _, row := range []struct {
		name        string
		first, then snapshot.Update
		want        string
		kind        snapshot.CountKind
		code        string
	}{
		{"the final one replaces", kind(1, inter, 10, 20), kind(2, final, 9, 19), "land--c[9 19]", final, ""},
		{"also of the same stamp", kind(1, inter, 10, 20), kind(1, final, 9, 19), "land--c[9 19]", final, ""},
		{"also the same numbers", kind(1, inter, 10, 20), kind(2, final, 10, 20), "land--c[10 20]", final, ""},
		{"a later final one replaces", kind(1, final, 10, 20), kind(2, final, 8, 20), "land--c[8 20]", final, "F_DECREASE"},
		{"a later intermediate one does not", kind(1, final, 10, 20), kind(2, inter, 11, 21), "land--c[10 20]", final, "F_KIND"},
		{"nor one that says nothing", kind(1, final, 10, 20), kind(2, plain, 11, 21), "land--c[10 20]", final, "F_KIND"},
		{"an older final one is old", kind(2, inter, 10, 20), kind(1, final, 9, 19), "land--c[10 20]", inter, "I_OLD"},
	} {
		a := NewAssembler(nil)
		apply(t, a, row.first)
		for name, asm := range map[string]*Assembler{"running": a, "started again": NewAssembler(a.Snapshot())} {
			out := apply(t, asm, row.then)
			code := ""
			for _, f := range out.Findings {
				code += f.Code
			}
			s := asm.Snapshot()
			if got := votes(s); got != row.want || s.Races[0].Result.Kind != row.kind || code != row.code {
				t.Errorf("%s, %s: %s %q with finding %q, want %s %q with %q", row.name, name, got, s.Races[0].Result.Kind, code, row.want, row.kind, row.code)
			}
		}
	}
}

func TestChannelsAreInTheOrderOfTheChoicesToo(t *testing.T) {
	n := snapshot.Of
	a := NewAssembler(nil)
	u := update("s", 1, 10, 20)
	u.Results[0].Channels = []snapshot.ChannelVotes{
		{Name: "online", Votes: []snapshot.ChoiceVotes{{Key: "b", Votes: n(12)}, {Key: "a", Votes: n(4)}}, Totals: snapshot.Totals{Blank: n(1)}},
		{Name: "on site", Votes: []snapshot.ChoiceVotes{{Key: "b", Votes: n(8)}}},
	}
	apply(t, a, u)
	before := a.Snapshot()
	want := []snapshot.Channel{
		{Name: "online", Votes: []snapshot.Count{n(4), n(12)}, Totals: snapshot.Totals{Blank: n(1)}},
		{Name: "on site", Votes: []snapshot.Count{{}, n(8)}},
	}
	if got := before.Races[0].Result.Channels; !slices.EqualFunc(got, want, snapshot.Channel.Equal) {
		t.Errorf("channels %v, want %v", got, want)
	}
	u.Stamp.Time = u.Stamp.Time.Add(time.Minute)
	u.Results[0].Channels = slices.Clone(u.Results[0].Channels)
	u.Results[0].Channels[1].Votes = []snapshot.ChoiceVotes{{Key: "b", Votes: n(9)}}
	if out := apply(t, a, u); out.Changed != 1 || Compare(before, a.Snapshot()).Empty() {
		t.Errorf("a channel that changed alone is no change: %+v", out)
	}
	names := update("more", 2)
	names.Results = nil
	names.Contests[0].Choices = []snapshot.ChoiceDef{{Key: "z", Name: "New"}}
	apply(t, a, names)
	for _, ch := range a.Snapshot().Races[0].Result.Channels {
		if len(ch.Votes) != 3 || ch.Votes[2].Present() {
			t.Errorf("channel %s has votes %v after a choice was appended", ch.Name, ch.Votes)
		}
	}
	if got := before.Races[0].Result.Channels; !slices.EqualFunc(got, want, snapshot.Channel.Equal) {
		t.Errorf("a snapshot handed out has changed: %v", got)
	}
}

func TestAnUpdateThatContradictsIsRefusedWhole(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*snapshot.Update)
		code   string
	}{
		"unknown unit":       {func(u *snapshot.Update) { u.Results[0].Unit = "x" }, "E_UNKNOWN_UNIT"},
		"unknown contest":    {func(u *snapshot.Update) { u.Results[0].Contest = "x" }, "E_UNKNOWN_CONTEST"},
		"ids that collide":   {func(u *snapshot.Update) { u.Units = append(u.Units, snapshot.UnitDef{Key: "LAND"}) }, "E_ID_COLLISION"},
		"contests collide":   {func(u *snapshot.Update) { u.Contests = append(u.Contests, snapshot.ContestDef{Key: "C"}) }, "E_ID_COLLISION"},
		"empty key":          {func(u *snapshot.Update) { u.Units = append(u.Units, snapshot.UnitDef{}) }, "E_ID"},
		"unit in itself":     {func(u *snapshot.Update) { u.Units[0].Parent = "land" }, "E_UNIT_LOOP"},
		"choice twice":       {func(u *snapshot.Update) { u.Contests[0].Choices[1].Key = "a" }, "E_DUPID"},
		"choices that clash": {func(u *snapshot.Update) { u.Contests[0].Choices[1].Key = "A" }, "E_ID_COLLISION"},
	} {
		t.Run(name, func(t *testing.T) {
			a := NewAssembler(nil)
			apply(t, a, update("s", 1, 10, 20))
			before := a.Snapshot()
			u := update("s", 2, 30, 40)
			row.change(&u)
			_, err := a.Apply(u)
			var refusal *Refusal
			if !errors.As(err, &refusal) || refusal.Code != row.code {
				t.Errorf("Apply = %v, want %s", err, row.code)
			}
			if after := a.Snapshot(); !Compare(before, after).Empty() || len(after.Units) != 1 || len(after.Contests) != 1 {
				t.Errorf("a refused update changed %s to %s", votes(before), votes(after))
			}
			if out := apply(t, a, update("s", 2, 30, 40)); out.Old || out.Changed != 1 {
				t.Error("a refused update left its stamp behind")
			}
		})
	}
}

func TestChoicesKeepTheirPlaceAndNewOnesAreSaid(t *testing.T) {
	a := NewAssembler(nil)
	apply(t, a, update("s", 1, 10, 20))
	old := a.Snapshot()
	u := update("s", 2, 10, 20)
	u.Contests[0].Choices = []snapshot.ChoiceDef{{Key: "z", Name: "New"}, {Key: "b", Name: "Renamed"}, {Key: "a", Name: "A"}}
	u.Results[0].Votes = []snapshot.ChoiceVotes{{Key: "z", Votes: snapshot.Of(5)}, {Key: "b", Votes: snapshot.Of(21)}, {Key: "a", Votes: snapshot.Of(11)}, {Key: "nobody", Votes: snapshot.Of(9)}}
	out := apply(t, a, u)
	var codes []string
	for _, f := range out.Findings {
		codes = append(codes, f.Code)
	}
	if !slices.Equal(codes, []string{"F_CHOICE_NEW", "F_CHOICE_CHANGED", "F_CHOICE_UNKNOWN"}) {
		t.Errorf("findings %v", codes)
	}
	s := a.Snapshot()
	if got := votes(s); got != "land--c[11 21 5]" {
		t.Errorf("votes = %s", got)
	}
	if votes(old) != "land--c[10 20]" || old.Contests[0].Choices[1].Name != "B" {
		t.Error("a snapshot handed out has changed")
	}
	ch := Compare(old, s)
	want := []CountChange{{Votes, 0, snapshot.Of(10), snapshot.Of(11)}, {Votes, 1, snapshot.Of(20), snapshot.Of(21)}, {Votes, 2, snapshot.Count{}, snapshot.Of(5)}}
	if len(ch.Changed) != 1 || !slices.Equal(ch.Changed[0].Counts, want) {
		t.Errorf("changes = %+v, want %+v", ch.Changed, want)
	}
}

func TestANewNameRedefinesTheRacesBelow(t *testing.T) {
	a := NewAssembler(nil)
	u := update("s", 1, 10, 20)
	u.Units = append(u.Units, snapshot.UnitDef{Key: "town", Parent: "land", Type: snapshot.Municipality})
	u.Results[0].Unit = "town"
	apply(t, a, u)
	old := a.Snapshot()
	if old.Races[0].Unit.Name != "town" {
		t.Errorf("a unit without a name is called %q", old.Races[0].Unit.Name)
	}
	names := snapshot.Update{Feed: "f", Scope: "names", Stamp: snapshot.Stamp{Time: noon}, Units: []snapshot.UnitDef{{Key: "land", Name: "Realm", Type: snapshot.Country}}}
	apply(t, a, names)
	s := a.Snapshot()
	if s.Races[0].Unit.Parent.Name != "Realm" || old.Races[0].Unit.Parent.Name != "Land" {
		t.Errorf("parent is %q, in the old snapshot %q", s.Races[0].Unit.Parent.Name, old.Races[0].Unit.Parent.Name)
	}
	if ch := Compare(old, s); len(ch.Redefined) != 1 || len(ch.Changed) != 0 {
		t.Errorf("changes = %+v", ch)
	}
}

func TestTheFirstSnapshotFixesTheOrderOfRaces(t *testing.T) {
	a := NewAssembler(nil)
	add := func(minute int, results ...[2]string) {
		u := snapshot.Update{Feed: "f", Scope: fmt.Sprint(minute), Stamp: snapshot.Stamp{Time: noon.Add(time.Duration(minute) * time.Minute)},
			Units: []snapshot.UnitDef{{Key: "t2", Parent: "land"}, {Key: "land"}, {Key: "t1", Parent: "land"}}}
		for _, r := range results {
			u.Contests = append(u.Contests, snapshot.ContestDef{Key: r[0], Order: map[string]int{"x": 2, "y": 1}[r[0]], Choices: []snapshot.ChoiceDef{{Key: "a"}}})
			u.Results = append(u.Results, snapshot.RaceResult{Contest: r[0], Unit: r[1]})
		}
		apply(t, a, u)
	}
	ids := func() (out []string) {
		for _, r := range a.Snapshot().Races {
			out = append(out, r.ID)
		}
		return out
	}
	add(1, [2]string{"x", "t1"}, [2]string{"x", "t2"}, [2]string{"y", "t2"}, [2]string{"x", "land"})
	first := []string{"land--x", "t2--y", "t2--x", "t1--x"}
	if got := ids(); !slices.Equal(got, first) {
		t.Errorf("order = %v, want %v", got, first)
	}
	add(2, [2]string{"y", "land"})
	if got := ids(); !slices.Equal(got, append(first, "land--y")) {
		t.Errorf("order = %v; a late race is appended", got)
	}
}

func TestCompareFindsAddedAndRemovedRaces(t *testing.T) {
	c, u := &snapshot.Contest{ID: "c"}, &snapshot.Unit{ID: "u"}
	race := func(id string) *snapshot.Race { return &snapshot.Race{ID: id, Contest: c, Unit: u} }
	x, y, z := race("x"), race("y"), race("z")
	ch := Compare(&snapshot.Snapshot{Races: []*snapshot.Race{x, y}}, &snapshot.Snapshot{Races: []*snapshot.Race{y, z}})
	if len(ch.Added) != 1 || ch.Added[0] != z || len(ch.Removed) != 1 || ch.Removed[0] != x || len(ch.Changed)+len(ch.Redefined) != 0 {
		t.Errorf("changes = %+v", ch)
	}
	if ch := Compare(nil, &snapshot.Snapshot{Races: []*snapshot.Race{x}}); len(ch.Added) != 1 {
		t.Errorf("from nothing: %+v", ch)
	}
}

func TestTwoAssembliesOfTheSamePayloadsDoNotDiffer(t *testing.T) {
	var s [2]*snapshot.Snapshot
	for i := range s {
		a := NewAssembler(nil)
		apply(t, a, update("s", 1, 10, 20))
		s[i] = a.Snapshot()
	}
	if ch := Compare(s[0], s[1]); !ch.Empty() {
		t.Errorf("changes = %+v", ch)
	}
	s[1].Races[0].Unit.Parent = &snapshot.Unit{ID: "above"}
	if ch := Compare(s[0], s[1]); len(ch.Redefined) != 1 {
		t.Errorf("another parent is no change: %+v", ch)
	}
}

func TestAFallIsToldFromARise(t *testing.T) {
	n := snapshot.Of
	for _, row := range []struct {
		from, to snapshot.Count
		fell     bool
	}{{n(5), n(4), true}, {n(5), snapshot.Count{}, true}, {n(5), n(6), false}, {snapshot.Count{}, n(0), false}, {snapshot.Count{}, snapshot.Count{}, false}} {
		if got := (CountChange{From: row.from, To: row.to}).Fell(); got != row.fell {
			t.Errorf("%v → %v fell = %v", row.from, row.to, got)
		}
	}
}
