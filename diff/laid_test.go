package diff

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/snapshot"
)

// laidDown are definitions of the contest that update speaks of.
func laidDown() Definitions {
	return Definitions{Elections: []string{"e1"}, Name: "The election",
		Units: []snapshot.UnitDef{{Key: "land", Name: "The Land", Type: snapshot.Country}, {Key: "town", Parent: "land", Name: "The Town", Type: snapshot.Municipality}},
		Contests: []snapshot.ContestDef{{Key: "c", Name: "Mayor", Type: snapshot.CandidateContest, Seats: 1,
			Choices: []snapshot.ChoiceDef{{Key: "a", Name: "Ann", Party: "P"}, {Key: "b", Name: "Bob", Party: "Q"}}}}}
}

// official is an update that says what is laid down.
func official(minute int, votes ...int64) snapshot.Update {
	u := update("s", minute, votes...)
	d := laidDown()
	u.Units, u.Contests, u.Name = d.Units, d.Contests, d.Name
	return u
}

func defined(t *testing.T, pinned bool) *Assembler {
	t.Helper()
	a := NewAssembler(nil)
	if err := a.Define(laidDown(), pinned); err != nil {
		t.Fatal(err)
	}
	return a
}

func codes(out Applied) string {
	var all []string
	for _, f := range out.Findings {
		all = append(all, f.Code)
	}
	return strings.Join(all, " ")
}

func TestDefinitionsNameWhatAFeedHasNoNamesFor(t *testing.T) {
	a := defined(t, false)
	u := update("s", 1, 10, 20)
	u.Units = []snapshot.UnitDef{{Key: "town", Name: "town"}}
	u.Results[0].Unit = "town"
	u.Contests[0] = snapshot.ContestDef{Key: "c", Name: "c", Choices: []snapshot.ChoiceDef{{Key: "a", Name: "a"}, {Key: "b", Name: "b", Number: "7"}}}
	u.Name = "Another name"
	if out := apply(t, a, u); codes(out) != "" {
		t.Errorf("findings %v", out.Findings)
	}
	s := a.Snapshot()
	r := s.Races[0]
	if s.Name != "The election" || r.Unit.Name != "The Town" || r.Unit.Parent.Name != "The Land" || r.Contest.Name != "Mayor" || r.Contest.Seats != 1 {
		t.Errorf("%q: %q in %q, %q", s.Name, r.Unit.Name, r.Unit.Parent.Name, r.Contest.Name)
	}
	want := []snapshot.Choice{{ID: "a", ChoiceDef: snapshot.ChoiceDef{Key: "a", Name: "Ann", Party: "P"}}, {ID: "b", ChoiceDef: snapshot.ChoiceDef{Key: "b", Name: "Bob", Party: "Q", Number: "7"}}}
	if !slices.Equal(r.Contest.Choices, want) {
		t.Errorf("choices %+v", r.Contest.Choices)
	}
}

func TestDefinitionsThatAreNotPinnedAreAddedTo(t *testing.T) {
	a := defined(t, false)
	u := official(1, 10, 20, 5)
	u.Contests = slices.Clone(u.Contests)
	u.Contests[0].Choices = append(slices.Clone(u.Contests[0].Choices), snapshot.ChoiceDef{Key: "c", Name: "Cy"})
	u.Units = append(slices.Clone(u.Units), snapshot.UnitDef{Key: "ham", Parent: "land", Name: "Ham"})
	u.Results = append(u.Results, snapshot.RaceResult{Contest: "c", Unit: "ham"})
	if out := apply(t, a, u); codes(out) != "F_CHOICE_NEW" || out.Findings[0].Contest != "c" {
		t.Errorf("findings %+v", out.Findings)
	}
	if got := votes(a.Snapshot()); got != "land--c[10 20 5] ham--c[absent absent absent]" {
		t.Errorf("votes = %s", got)
	}
}

func TestWhatDiffersFromPinnedDefinitionsIsSaidAndNotTakenOver(t *testing.T) {
	choices := func(list ...snapshot.ChoiceDef) func(*snapshot.Update) {
		return func(u *snapshot.Update) {
			u.Contests = []snapshot.ContestDef{{Key: "c", Name: "Mayor", Choices: list}}
		}
	}
	ann, bob := laidDown().Contests[0].Choices[0], laidDown().Contests[0].Choices[1]
	const before, counted = "land--c[1 2]", "land--c[10 20]"
	for name, row := range map[string]struct {
		change func(*snapshot.Update)
		codes  string
		votes  string
	}{
		"nothing":                           {func(*snapshot.Update) {}, "", counted},
		"a choice appears":                  {choices(ann, bob, snapshot.ChoiceDef{Key: "x", Name: "Xi"}), "F_CHOICE_NEW", counted},
		"a choice vanishes":                 {choices(ann), "F_CHOICE_GONE", counted},
		"a choice is another one":           {choices(ann, snapshot.ChoiceDef{Key: "rob", Name: "Rob", Party: "Q"}), "F_CHOICE_NEW F_CHOICE_GONE", before},
		"a choice is called something else": {choices(ann, snapshot.ChoiceDef{Key: "b", Name: "Rob", Party: "Q"}), "F_CHOICE_CHANGED", counted},
		"a choice changes its party":        {choices(ann, snapshot.ChoiceDef{Key: "b", Name: "Bob", Party: "R"}), "F_CHOICE_CHANGED", counted},
		"a choice without a name":           {choices(ann, snapshot.ChoiceDef{Key: "b", Name: "b"}), "", counted},
		"names change places": {choices(snapshot.ChoiceDef{Key: "a", Name: "Bob", Party: "Q"}, snapshot.ChoiceDef{Key: "b", Name: "Ann", Party: "P"}),
			"F_CHOICE_SWAPPED", before},
		"the order is another one": {choices(bob, ann), "", counted},
		"the contest is another office": {func(u *snapshot.Update) {
			u.Contests = []snapshot.ContestDef{{Key: "c", Name: "Sheriff", Choices: []snapshot.ChoiceDef{ann, bob}}}
		}, "F_CONTEST_CHANGED", counted},
		"a contest appears": {func(u *snapshot.Update) {
			u.Contests = append(u.Contests, snapshot.ContestDef{Key: "d", Name: "Dean", Choices: []snapshot.ChoiceDef{{Key: "a"}}})
			u.Results = append(u.Results, snapshot.RaceResult{Contest: "d", Unit: "land"})
		}, "F_CONTEST_NEW", counted},
		"a unit appears": {func(u *snapshot.Update) {
			u.Units = append(u.Units, snapshot.UnitDef{Key: "ham", Parent: "land"})
			u.Results = append(u.Results, snapshot.RaceResult{Contest: "c", Unit: "ham"})
		}, "F_UNIT_NEW", counted},
		"votes for what is not pinned": {func(u *snapshot.Update) {
			u.Results[0].Votes = append(u.Results[0].Votes, snapshot.ChoiceVotes{Key: "x", Votes: snapshot.Of(99)})
		}, "F_CHOICE_UNKNOWN", counted},
	} {
		t.Run(name, func(t *testing.T) {
			a := defined(t, true)
			apply(t, a, official(1, 1, 2))
			old := a.Snapshot()
			u := official(2, 10, 20)
			u.Units, u.Contests = slices.Clone(u.Units), slices.Clone(u.Contests)
			row.change(&u)
			out := apply(t, a, u)
			if codes(out) != row.codes {
				t.Errorf("findings %+v, want %q", out.Findings, row.codes)
			}
			for _, f := range out.Findings {
				if about := f.Contest == "c"; about == (f.Code == "F_CONTEST_NEW" || f.Code == "F_UNIT_NEW") || f.Code == "F_CHOICE_UNKNOWN" && f.Race != "land--c" {
					t.Errorf("finding about contest %q, race %q: %s", f.Contest, f.Race, f.Text)
				}
			}
			s := a.Snapshot()
			if got := votes(s); got != row.votes {
				t.Errorf("votes = %s, want %s", got, row.votes)
			}
			if s.Contests[0] != old.Contests[0] || len(s.Contests) != 1 || len(s.Units) != 2 {
				t.Error("the pinned definitions have changed")
			}
		})
	}
}

func TestADefinitionThatChangesWithoutAPinIsTakenOverAndSaid(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*snapshot.ContestDef)
		codes  string
		choice string // name of a
	}{
		"swapped": {func(d *snapshot.ContestDef) { d.Choices[0].Name, d.Choices[1].Name = "B", "A" }, "F_CHOICE_SWAPPED", "B"},
		"renamed": {func(d *snapshot.ContestDef) { d.Choices[0].Name = "Z" }, "F_CHOICE_CHANGED", "Z"},
		"office":  {func(d *snapshot.ContestDef) { d.Name = "Another office" }, "F_CONTEST_CHANGED", "A"},
		"seats":   {func(d *snapshot.ContestDef) { d.Seats = 3 }, "F_CONTEST_CHANGED", "A"},
		"gone": {func(d *snapshot.ContestDef) {
			*d = snapshot.ContestDef{Key: "other", Choices: []snapshot.ChoiceDef{{Key: "a"}}}
		}, "F_CONTEST_GONE", "A"},
	} {
		t.Run(name, func(t *testing.T) {
			a := NewAssembler(nil)
			first := update("s", 1, 10, 20)
			first.Contests[0].Seats = 1
			apply(t, a, first)
			u := update("s", 2, 10, 20)
			u.Results = nil
			row.change(&u.Contests[0])
			if out := apply(t, a, u); codes(out) != row.codes || out.Findings[0].Contest != "c" {
				t.Errorf("findings %+v, want %s", out.Findings, row.codes)
			}
			if got := a.Snapshot().Contests[0].Choices[0].Name; got != row.choice {
				t.Errorf("choice a is %q, want %q", got, row.choice)
			}
		})
	}
}

func TestDefinitionsWithoutUnitsLeaveUnitsOpen(t *testing.T) {
	a := NewAssembler(nil)
	d := laidDown()
	d.Units = nil
	if err := a.Define(d, true); err != nil {
		t.Fatal(err)
	}
	u := official(1, 10, 20)
	u.Units = []snapshot.UnitDef{{Key: "land", Name: "Any Land"}}
	if out := apply(t, a, u); codes(out) != "" || a.Snapshot().Races[0].Unit.Name != "Any Land" {
		t.Errorf("findings %+v", out.Findings)
	}
}

func TestDefinitionsThatContradictThemselvesAreRefused(t *testing.T) {
	d := laidDown()
	d.Contests[0].Choices[1].Key = "A"
	var refusal *Refusal
	if err := NewAssembler(nil).Define(d, false); !errors.As(err, &refusal) || refusal.Code != "E_ID_COLLISION" {
		t.Errorf("Define = %v", err)
	}
}

func TestWhatIsPublishedIsCorrectedByDefinitions(t *testing.T) {
	a := NewAssembler(nil)
	apply(t, a, update("s", 1, 10, 20))
	again := NewAssembler(a.Snapshot())
	if err := again.Define(laidDown(), true); err != nil {
		t.Fatal(err)
	}
	s := again.Snapshot()
	if r := s.Races[0]; r.Contest.Name != "Mayor" || r.Contest.Choices[0].Name != "Ann" || r.Unit.Name != "The Land" || votes(s) != "land--c[10 20]" {
		t.Errorf("race %+v of %+v", r, r.Contest)
	}
}

func TestDefinitionsAreComparedInTheWordsOfThePin(t *testing.T) {
	now := laidDown()
	if list, err := CompareDefinitions(laidDown(), now); err != nil || len(list) != 0 {
		t.Errorf("equal definitions: %v, %v", list, err)
	}
	now.Elections = []string{"e2"}
	now.Units = []snapshot.UnitDef{{Key: "land", Name: "The Land", Type: snapshot.Country}, {Key: "ham", Parent: "land"}}
	now.Contests = []snapshot.ContestDef{{Key: "d", Name: "Dean"}}
	list, err := CompareDefinitions(laidDown(), now)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := codes(Applied{Findings: list}), "E_IDENTITY F_UNIT_NEW F_CONTEST_NEW F_UNIT_GONE F_CONTEST_GONE"; got != want {
		t.Errorf("findings %+v, want %s", list, want)
	}
}
