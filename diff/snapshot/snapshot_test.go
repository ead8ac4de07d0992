package snapshot

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestAbsentIsNeverZero(t *testing.T) {
	var absent Count
	if absent == Of(0) || absent.Present() || absent.String() == "0" {
		t.Error("an absent count looks like 0")
	}
	for text, want := range map[string]Count{"null": {}, "0": Of(0), "9999999999": Of(MaxCount)} {
		var c Count
		if err := json.Unmarshal([]byte(text), &c); err != nil || c != want {
			t.Errorf("%s reads as %v, %v", text, c, err)
		}
		if b, err := json.Marshal(c); err != nil || string(b) != text {
			t.Errorf("%s writes as %s, %v", text, b, err)
		}
	}
}

func TestCountsThatAreNoneAreRefused(t *testing.T) {
	for _, text := range []string{"-1", "1.0", "1e3", `"1"`, "10000000000", "01", "-0", "{}", "true"} {
		c := Of(7)
		if err := json.Unmarshal([]byte(text), &c); err == nil {
			t.Errorf("%s was read as %v", text, c)
		}
	}
	if _, err := NewCount(-1); !errors.Is(err, ErrRange) {
		t.Errorf("NewCount(-1) = %v", err)
	}
}

func TestSumsAreCheckedAndAbsentCountsSpoilThem(t *testing.T) {
	for name, row := range map[string]struct {
		in   []Count
		want Count
		skip Count // of SumPresent
		err  error
	}{
		"none":     {nil, Count{}, Count{}, nil},
		"one":      {[]Count{Of(3)}, Of(3), Of(3), nil},
		"absent":   {[]Count{Of(3), {}}, Count{}, Of(3), nil},
		"overflow": {[]Count{Of(MaxCount), Of(1)}, Count{}, Count{}, ErrRange},
	} {
		if got, err := Sum(row.in...); got != row.want || !errors.Is(err, row.err) {
			t.Errorf("%s: Sum = %v, %v", name, got, err)
		}
		if got, err := SumPresent(row.in...); got != row.skip || !errors.Is(err, row.err) {
			t.Errorf("%s: SumPresent = %v, %v", name, got, err)
		}
	}
}

func TestSlugsAreTheKeyUnlessThatLosesSomething(t *testing.T) {
	for key, want := range map[string]string{
		"sp": "sp", "71072": "71072", "c0001-sp": "c0001-sp", "SP": "sp",
	} {
		if got, err := Slug(key); err != nil || got != want {
			t.Errorf("Slug(%q) = %q, %v; want %q", key, got, err, want)
		}
	}
	for key, want := range map[string]string{
		"PPD/PSD.CDS-PP": "ppd-psd-cds-pp-", "São Paulo": "s-o-paulo-", "../../index.html": "index-html-",
		"a--b": "a-b-", "-a": "a-", "a-": "a-", "%2e": "2e-", "CON ": "con-", strings.Repeat("x", 65): strings.Repeat("x", 55) + "-",
	} {
		got, err := Slug(key)
		if err != nil || !strings.HasPrefix(got, want) || len(got) != len(want)+8 {
			t.Errorf("Slug(%q) = %q, %v; want %q and 8 hex digits", key, got, err, want)
		}
	}
	if got, err := Slug("Ω"); err != nil || len(got) != 8 {
		t.Errorf("Slug of one foreign letter = %q, %v", got, err)
	}
	if _, err := Slug(""); err == nil {
		t.Error("an empty key got an id")
	}
}

func FuzzSlug(f *testing.F) {
	for _, s := range []string{"a", "A b", "..", "a--b", "\x00", "Ω", strings.Repeat("-", 70)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, key string) {
		s, err := Slug(key)
		if (err != nil) != (key == "") {
			t.Fatalf("Slug(%q) = %v", key, err)
		}
		if err != nil {
			return
		}
		if !IsSlug(s) || strings.Contains(s, "--") || strings.HasSuffix(s, "-") {
			t.Errorf("Slug(%q) = %q, which is no id", key, s)
		}
		if again, err := Slug(key); err != nil || again != s {
			t.Errorf("Slug(%q) gives %q, then %q", key, s, again)
		}
	})
}

func TestResultsDifferByKindAndByChannel(t *testing.T) {
	with := func(change func(*Result)) Result {
		r := Result{Votes: []Count{Of(3)}, Seats: []Count{Of(1)}, Kind: FinalCount, Condition: Annulled,
			Rounds: []Round{{Votes: []Count{Of(3)}, Outcomes: []Outcome{Elected}, Exhausted: Of(1)}}, Channels: []Channel{{Name: "post", Votes: []Count{Of(1)}, Totals: Totals{Blank: Of(2)}}}}
		change(&r)
		return r
	}
	same := with(func(*Result) {})
	if !same.Equal(with(func(*Result) {})) {
		t.Error("equal results differ")
	}
	for name, other := range map[string]Result{
		"kind":     with(func(r *Result) { r.Kind = IntermediateCount }),
		"channels": with(func(r *Result) { r.Channels = nil }),
		"name":     with(func(r *Result) { r.Channels[0].Name = "site" }),
		"votes":    with(func(r *Result) { r.Channels[0].Votes[0] = Of(2) }),
		"totals":   with(func(r *Result) { r.Channels[0].Totals.Blank = Count{} }),

		"condition":       with(func(r *Result) { r.Condition = NoCondition }),
		"number of seats": with(func(r *Result) { r.Seats[0] = Of(2) }),
		"lack of seats":   with(func(r *Result) { r.Seats = nil }),
		"round":           with(func(r *Result) { r.Rounds = append(r.Rounds, r.Rounds[0]) }),
		"vote of a round": with(func(r *Result) { r.Rounds[0].Votes[0] = Of(2) }),
		"exhausted":       with(func(r *Result) { r.Rounds[0].Exhausted = Count{} }),
		"outcome":         with(func(r *Result) { r.Rounds[0].Outcomes = nil }),
	} {
		if same.Equal(other) || other.Equal(same) {
			t.Errorf("another %s is no difference", name)
		}
	}
}

func TestVotesOfARoundAloneAreVotes(t *testing.T) {
	if !(Result{Votes: make([]Count, 1), Rounds: []Round{{Votes: []Count{Of(0)}}}}).HasVotes() {
		t.Error("a round with votes is no count")
	}
	if (Result{Votes: make([]Count, 1), Seats: []Count{Of(2)}, Rounds: []Round{{Votes: make([]Count, 1)}}}).HasVotes() {
		t.Error("seats are taken for votes")
	}
}

func TestWithoutCountsLeavesDefinitionsOnly(t *testing.T) {
	c := &Contest{Choices: make([]Choice, 2)}
	r := &Race{ID: "r", Contest: c, Unit: &Unit{}, Result: Result{Votes: []Count{Of(1), Of(2)}, Outcomes: []Outcome{Elected, NoOutcome},
		Totals: Totals{Valid: Of(3), Electorate: Of(9), UnitsIn: Of(1), UnitsTotal: Of(4)}, Status: UnofficialPartial,
		Kind: IntermediateCount, Condition: Postponed, Channels: []Channel{{Name: "post", Votes: []Count{Of(1), Of(2)}}},
		Seats: []Count{Of(1), {}}, Rounds: []Round{{Votes: []Count{Of(1), Of(2)}}}}}
	s := &Snapshot{Races: []*Race{r}}
	bare := s.WithoutCounts()
	got := bare.Races[0].Result
	if got.HasVotes() || got.Outcomes != nil || got.Kind != PlainCount || got.Channels != nil || got.Seats != nil || got.Rounds != nil || got.Condition != Postponed || got.Status != PreElection || got.Totals != (Totals{Electorate: Of(9), UnitsTotal: Of(4)}) || len(got.Votes) != 2 {
		t.Errorf("left %+v", got)
	}
	if !s.HasVotes() || r.Result.Votes[0] != Of(1) {
		t.Error("the snapshot itself was changed")
	}
}

func TestARaceIsCompleteWhenAllUnitsAreInOrTheSourceSaysSo(t *testing.T) {
	units := func(in, total int64) Totals { return Totals{UnitsIn: Of(in), UnitsTotal: Of(total)} }
	for name, c := range map[string]struct {
		r    Result
		want bool
	}{
		"nothing known":            {Result{}, false},
		"some units":               {Result{Totals: units(3, 4)}, false},
		"all units":                {Result{Totals: units(4, 4)}, true},
		"no units":                 {Result{Totals: units(0, 0)}, false},
		"units but no total":       {Result{Totals: Totals{UnitsIn: Of(4)}}, false},
		"a source's word":          {Result{Status: UnofficialFull}, true},
		"certified":                {Result{Status: Certified, Totals: units(3, 4)}, true},
		"a final count":            {Result{Kind: FinalCount}, true},
		"a recount":                {Result{Status: Recount, Totals: units(4, 4)}, false},
		"a recount that is final":  {Result{Status: Recount, Kind: FinalCount}, false},
		"postponed":                {Result{Condition: Postponed, Totals: units(4, 4)}, false},
		"uncontested":              {Result{Condition: Uncontested}, true},
		"uncontested and voted on": {Result{Condition: Uncontested, Votes: []Count{Of(1)}, Totals: units(3, 4)}, false},
		"withheld":                 {Result{Condition: Withheld, Totals: units(4, 4)}, true},
		"annulled in the count":    {Result{Condition: Annulled, Totals: units(3, 4)}, false},
		"an intermediate count":    {Result{Kind: IntermediateCount, Status: UnofficialPartial}, false},
	} {
		if got := c.r.Complete(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
