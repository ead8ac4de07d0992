package diff

import (
	"testing"

	"github.com/heraldresults/herald/diff/snapshot"
)

func TestWhatARaceSaysAgainstItselfOrItsPastIsAFinding(t *testing.T) {
	n := snapshot.Of
	type totals = snapshot.Totals
	// one is a race for one seat, counted twice.
	one := func(before, now []int64, t1, t2 totals) [2]snapshot.Update {
		a, b := update("s", 1, before...), update("s", 2, now...)
		a.Contests[0].Seats, b.Contests[0].Seats = 1, 1
		a.Results[0].Totals, b.Results[0].Totals = t1, t2
		return [2]snapshot.Update{a, b}
	}
	now := func(t totals, votes ...int64) [2]snapshot.Update { return one(votes, votes, totals{}, t) }
	outcome := func(pair [2]snapshot.Update, list ...snapshot.Outcome) [2]snapshot.Update {
		for i, o := range list {
			pair[1].Results[0].Votes[i].Outcome = o
		}
		return pair
	}
	seats := func(pair [2]snapshot.Update, seats int) [2]snapshot.Update {
		pair[0].Contests[0].Seats, pair[1].Contests[0].Seats = seats, seats
		return pair
	}
	gone := func(pair [2]snapshot.Update) [2]snapshot.Update {
		pair[1].Results[0].Votes[0].Votes = snapshot.Count{}
		return pair
	}
	for name, row := range map[string]struct {
		pair  [2]snapshot.Update
		codes string
	}{
		"nothing odd":                       {one([]int64{10, 20}, []int64{30, 50}, totals{}, totals{Valid: n(80), Blank: n(3), Null: n(2), Ballots: n(85), Electorate: n(100), UnitsIn: n(2), UnitsTotal: n(3)}), ""},
		"C9: more votes than valid ones":    {now(totals{Valid: n(29)}, 10, 20), "F_SUM"},
		"null ones are among the votes":     {now(totals{Valid: n(29), Null: n(1)}, 10, 20), ""},
		"write-ins are among the valid":     {now(totals{Valid: n(35)}, 10, 20), ""},
		"C9: more than the ballots":         {now(totals{Valid: n(30), Blank: n(1), Ballots: n(30)}, 10, 20), "F_SUM"},
		"C11: votes on fewer ballots":       {now(totals{Ballots: n(29)}, 10, 20), "F_OVER"},
		"two votes a ballot":                {seats(now(totals{Ballots: n(29)}, 10, 20), 2), ""},
		"seats are not known":               {seats(now(totals{Ballots: n(29), Electorate: n(29)}, 10, 20), 0), ""},
		"C10: votes of fewer voters":        {now(totals{Electorate: n(29)}, 10, 20), "F_OVER"},
		"C10: ballots of fewer voters":      {now(totals{Ballots: n(60), Electorate: n(50)}, 10, 20), "F_OVER"},
		"C12: more units in than there are": {now(totals{UnitsIn: n(4), UnitsTotal: n(3)}, 10, 20), "F_UNITS"},
		"C12: the total of units changes":   {one([]int64{1, 2}, []int64{3, 4}, totals{UnitsTotal: n(9)}, totals{UnitsTotal: n(8)}), "F_UNITS"},
		"C13: votes fall":                   {one([]int64{10, 20}, []int64{9, 25}, totals{}, totals{}), "F_DECREASE"},
		"C14: units in fall":                {one([]int64{10, 20}, []int64{10, 20}, totals{UnitsIn: n(5)}, totals{UnitsIn: n(4)}), "F_RESET"},
		"C14: all zero after votes":         {one([]int64{10, 20}, []int64{0, 0}, totals{}, totals{}), "F_RESET"},
		"zero before votes":                 {one([]int64{0, 0}, []int64{1, 0}, totals{}, totals{}), ""},
		"C15: exactly doubled":              {one([]int64{10, 20, 0}, []int64{20, 40, 0}, totals{}, totals{}), "F_DOUBLE"},
		"doubled while small":               {one([]int64{1, 2}, []int64{2, 4}, totals{}, totals{}), ""},
		"one choice alone doubled":          {one([]int64{30, 0}, []int64{60, 0}, totals{}, totals{}), ""},
		"C18: the votes of a choice vanish": {gone(one([]int64{10, 20}, []int64{10, 20}, totals{}, totals{})), "F_CHOICE_GONE"},
		"C36: two winners of one seat":      {outcome(now(totals{}, 20, 20), snapshot.Elected, snapshot.Elected), "F_OUTCOME"},
		"C36: the winner is not ahead":      {outcome(now(totals{}, 10, 20), snapshot.Elected), "F_OUTCOME"},
		"the winner is ahead":               {outcome(now(totals{}, 30, 20), snapshot.Elected, snapshot.NotElected), ""},
		"a runoff":                          {outcome(now(totals{}, 10, 20, 15), snapshot.NotElected, snapshot.Runoff, snapshot.Runoff), ""},
		"seats by lists":                    {outcome(seats(now(totals{}, 10, 20), 2), snapshot.Elected), ""},
		"C36: three winners of two seats":   {outcome(seats(now(totals{}, 10, 20, 30), 2), snapshot.Elected, snapshot.Elected, snapshot.Elected), "F_OUTCOME"},
	} {
		t.Run(name, func(t *testing.T) {
			a := NewAssembler(nil)
			if out := apply(t, a, row.pair[0]); codes(out) != "" {
				t.Fatalf("the first count: %v", out.Findings)
			}
			out := apply(t, a, row.pair[1])
			out.Findings = append(out.Findings, a.Settled(row.pair[1].Feed)...)
			if codes(out) != row.codes {
				t.Errorf("findings %+v, want %q", out.Findings, row.codes)
			}
			for _, f := range out.Findings {
				if f.Race != "land--c" || f.Contest != "c" {
					t.Errorf("%s is about race %q of contest %q", f.Code, f.Race, f.Contest)
				}
			}
			again := row.pair[1]
			again.Stamp.Time = again.Stamp.Time.Add(1)
			if out := apply(t, a, again); codes(out) != "" || a.Settled(again.Feed) != nil {
				t.Errorf("the same numbers again: %v", out.Findings)
			}
		})
	}
}

// tree states one contest in a land, in its towns and in its districts.
func tree(land int64, towns, districts []int64) snapshot.Update {
	u := update("s", 1, land)
	add := func(kind snapshot.UnitType, list []int64) {
		for i, v := range list {
			key := string(kind) + string(rune('a'+i))
			u.Units = append(u.Units, snapshot.UnitDef{Key: key, Parent: "land", Type: kind})
			u.Results = append(u.Results, snapshot.RaceResult{Contest: "c", Unit: key, Votes: []snapshot.ChoiceVotes{{Key: "a", Votes: snapshot.Of(v)}}})
		}
	}
	add(snapshot.Municipality, towns)
	add(snapshot.District, districts)
	return u
}

func TestPartsThatHaveMoreVotesThanTheWholeAreAFinding(t *testing.T) {
	for name, row := range map[string]struct {
		u     snapshot.Update
		codes string
	}{
		"C8: more":                      {tree(30, []int64{10, 21}, nil), "F_SUM"},
		"equal, in towns and districts": {tree(30, []int64{10, 20}, []int64{30}), ""},
		"fewer: votes from abroad":      {tree(35, []int64{10, 20}, nil), ""},
	} {
		out := apply(t, NewAssembler(nil), row.u)
		if codes(out) != row.codes {
			t.Errorf("%s: findings %+v, want %q", name, out.Findings, row.codes)
		}
		if row.codes != "" && out.Findings[0].Race != "land--c" {
			t.Errorf("%s: about race %q", name, out.Findings[0].Race)
		}
	}
	a := NewAssembler(nil)
	u := tree(30, nil, nil)
	u.Scope = "the land"
	apply(t, a, u)
	towns := tree(0, []int64{10, 21}, nil)
	towns.Results = towns.Results[1:]
	if out := apply(t, a, towns); codes(out) != "" {
		t.Errorf("sums of two payloads were compared: %v", out.Findings)
	}
}

func TestAWinnerInAPartOfTheContestNeedNotBeAhead(t *testing.T) {
	u := tree(30, []int64{20}, nil)
	u.Contests[0].Seats = 1
	u.Contests[0].Choices = append(u.Contests[0].Choices, snapshot.ChoiceDef{Key: "b"})
	for i := range u.Results {
		u.Results[i].Votes[0].Outcome = snapshot.Elected
	}
	u.Results[0].Votes = append(u.Results[0].Votes, snapshot.ChoiceVotes{Key: "b", Votes: snapshot.Of(25)})
	u.Results[1].Votes = append(u.Results[1].Votes, snapshot.ChoiceVotes{Key: "b", Votes: snapshot.Of(24)})
	u.Results[0], u.Results[1] = u.Results[1], u.Results[0]
	whole, part := u, u
	whole.Scope, whole.Results, part.Results = "whole", u.Results[1:], u.Results[:1]
	for name, row := range map[string]struct {
		said []snapshot.Update
		want int
	}{
		"both in one payload":           {[]snapshot.Update{u}, 0},
		"the part before the whole":     {[]snapshot.Update{part, whole}, 0},
		"the whole before the part":     {[]snapshot.Update{whole, part}, 0},
		"the part is all that there is": {[]snapshot.Update{part}, 1},
	} {
		a := NewAssembler(nil)
		for _, said := range row.said {
			if out := apply(t, a, said); codes(out) != "" {
				t.Errorf("%s: findings %v", name, out.Findings)
			}
			a.Settled("another feed")
			a.Snapshot()
		}
		if got := a.Settled(u.Feed); len(got) != row.want {
			t.Errorf("%s: once all is known, findings %v, want %d", name, got, row.want)
		}
	}
}
