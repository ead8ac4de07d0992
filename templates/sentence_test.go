package templates_test

import (
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/templates"
)

// between is what stands between two marks on a page, without tags of names.
func between(t *testing.T, page []byte, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(string(page), from)
	got, _, closed := strings.Cut(rest, to)
	if !ok || !closed {
		t.Fatalf("page has no %q … %q", from, to)
	}
	return strings.NewReplacer("<bdi>", "", "</bdi>", "", `<span class="mark" aria-hidden="true">✓</span> `, "").Replace(got)
}

func TestTheSentenceSaysWhatIsKnownAndNoMore(t *testing.T) {
	const e, r, f, p = snapshot.Elected, snapshot.Runoff, snapshot.Failed, snapshot.Passed
	for _, c := range []struct {
		name    string
		kind    snapshot.ContestType
		seats   int
		full    bool
		samples []sample
		want    string
	}{
		{"one leads", "candidate", 1, false, []sample{{"A", "", 1, ""}, {"B", "", 2, ""}}, "Leading: B, not decided"},
		{"seats not stated", "candidate", 0, false, []sample{{"A", "", 1, ""}, {"B", "", 2, ""}}, "Leading: B, not decided"},
		{"two level", "candidate", 1, false, []sample{{"A", "", 2, ""}, {"B", "", 2, ""}, {"C", "", 1, ""}}, "Level: A, B, not decided"},
		{"two seats", "candidate", 2, false, []sample{{"A", "", 1, ""}, {"B", "", 2, ""}, {"C", "", 3, ""}}, "Leading: C, B, not decided"},
		{"last seat level", "candidate", 2, false, []sample{{"A", "", 2, ""}, {"B", "", 2, ""}, {"C", "", 3, ""}}, "Leading: C, A, B, not decided"},
		{"lists share seats", "party", 9, false, []sample{{"A", "", 1, ""}, {"B", "", 2, ""}}, "Leading: B, not decided"},
		{"counted, nobody has votes", "candidate", 1, false, []sample{{"A", "", 0, ""}, {"B", "", 0, ""}}, "No result yet"},
		{"all counted, nothing stated", "candidate", 1, true, []sample{{"A", "", 1, ""}, {"B", "", 2, ""}}, "Most votes: B. The source has not stated an outcome."},
		{"all counted and level", "candidate", 1, true, []sample{{"A", "", 2, ""}, {"B", "", 2, ""}}, "Level: A, B. The source has not stated an outcome."},
		{"elected with fewer votes", "candidate", 1, true, []sample{{"A", "", 1, e}, {"B", "", 2, ""}}, "Elected: A"},
		{"elected and run-off", "candidate", 2, true, []sample{{"A", "", 9, e}, {"B", "", 5, r}, {"C", "", 4, r}}, "Elected: A. Goes to a run-off: B, C"},
		{"two seats by lot", "candidate", 2, true, []sample{{"A", "", 9, e}, {"B", "", 5, snapshot.Lot}, {"C", "", 5, ""}}, "Elected: A. Elected by lot: B"},
		{"elected and tied", "candidate", 2, true, []sample{{"A", "", 9, e}, {"B", "", 5, snapshot.Tie}, {"C", "", 5, snapshot.Tie}}, "Elected: A. Tied, to be decided by lot: B, C"},
		{"passed", "ballot-measure", 0, true, []sample{{"Yes", "", 9, p}, {"No", "", 5, f}}, "Passed: Yes"},
		{"not passed", "ballot-measure", 0, true, []sample{{"Yes", "", 4, f}, {"No", "", 5, ""}}, "Not passed"},
		{"a choice without a number", "candidate", 1, true, []sample{{"A", "", none, ""}, {"B", "", 2, ""}}, "Not every choice has a number yet"},
		{"question open", "ballot-measure", 3, false, []sample{{"Yes", "", 4, ""}, {"No", "", 5, ""}}, "Leading: No, not decided"},
	} {
		x := race(c.samples, true)
		x.Contest.Type, x.Contest.Seats = c.kind, c.seats
		if c.full {
			complete(x)
		}
		page := templates.AppendRacePage(nil, view(x, 1), site(t))
		if got := between(t, page, `class="lede" data-live>`, "</p>"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestSharesNeverRoundToNothingOrAll(t *testing.T) {
	for _, c := range []struct {
		votes, valid int64
		want         string
	}{
		{0, 10, "0.0%"}, {10, 10, "100.0%"}, {1, 100_000, "&lt;0.1%"}, {99_999, 100_000, "&gt;99.9%"},
		{1, 3, "33.3%"}, {2, 3, "66.7%"}, {1, 2000, "0.1%"}, {1, 2001, "&lt;0.1%"}, {9_999_999_998, 9_999_999_999, "&gt;99.9%"},
		{11, 10, ""},
	} {
		x := race([]sample{{"A", "", 1, ""}}, true)
		x.Result.Votes[0], x.Result.Totals.Valid = snapshot.Of(c.votes), snapshot.Of(c.valid)
		page := templates.AppendRacePage(nil, view(x, 1), site(t))
		row := between(t, page, `<tr id="c-c1">`, "</tr>")
		if !strings.HasSuffix(row, "</td><td>"+c.want+"</td>") {
			t.Errorf("%d of %d: %q, want %q", c.votes, c.valid, row, c.want)
		}
	}
}

func TestALargeContestIsWholeWithoutScript(t *testing.T) {
	page := string(templates.AppendRacePage(nil, view(crowd(400), 1), site(t)))
	open, rest, ok := strings.Cut(page, `<details id="rest">`)
	if !ok {
		t.Fatal("nothing is folded")
	}
	if a, b := strings.Count(open, `<tr id="c-`), strings.Count(rest, `<tr id="c-`); a != 20 || b != 380 {
		t.Errorf("%d rows shown and %d folded, want 20 and 380", a, b)
	}
	if p := string(templates.AppendRacePage(nil, view(crowd(25), 1), site(t))); strings.Contains(p, `id="rest"`) || strings.Count(p, `<tr id="c-`) != 25 {
		t.Error("25 choices are folded")
	}
}

func TestTimesCarryTheirZoneAndTheirDay(t *testing.T) {
	s := site(t)
	x := race(councilSamples(), true)
	for _, c := range []struct{ zone, want string }{
		{"America/New_York", `<time datetime="2026-10-11T16:00:00-04:00">11 October 2026, 16:00 EDT</time>`},
		{"America/Sao_Paulo", `<time datetime="2026-10-11T17:00:00-03:00">11 October 2026, 17:00 UTC-03:00</time>`},
		{"Asia/Kolkata", `<time datetime="2026-10-12T01:30:00+05:30">12 October 2026, 01:30 IST</time>`},
	} {
		l, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		s.Location = l
		page := templates.AppendRacePage(nil, view(x, 1), s)
		if got := between(t, page, `id="asof" data-live>`, "</dd>"); got != c.want {
			t.Errorf("%s: %q, want %q", c.zone, got, c.want)
		}
	}
	v := place(1, 2)
	v.Places[1].AsOf = v.AsOf.AddDate(0, 0, -2)
	page := string(templates.AppendPlacePage(nil, v, site(t)))
	if !strings.Contains(page, ">21:00</time>") || !strings.Contains(page, ">9 October 2026, 21:00 WEST</time>") {
		t.Error("a count of another day does not show its day")
	}
}

func TestNobodyLeadsAsLongAsAChoiceHasNoNumber(t *testing.T) {
	x := race([]sample{{"Ann", "", none, ""}, {"Ben", "", 281, ""}}, true)
	complete(x)
	v := templates.PlaceView{Unit: x.Unit, Races: []templates.RaceLine{{Race: x, Path: "r.html", AsOf: evening}}, AsOf: evening}
	page := templates.AppendPlacePage(nil, v, site(t))
	card := between(t, page, `<ul class="races">`, "</ul>")
	for _, want := range []string{"Ben", "281", "Ann", "not stated", "All counted, unofficial · Not every choice has a number yet"} {
		if !strings.Contains(card, want) {
			t.Errorf("no %q in %s", want, card)
		}
	}
	x.Contest.Choices[0].Type = snapshot.WriteIn // counted last by many
	page = templates.AppendRacePage(nil, view(x, 1), site(t))
	if got := between(t, page, `class="lede" data-live>`, "</p>"); got != "Most votes: Ben. The source has not stated an outcome." {
		t.Error(got)
	}
}

func TestManyChannelsNameThemselvesBesideEachNumber(t *testing.T) {
	x := motion(snapshot.IntermediateCount)
	two := string(templates.AppendRacePage(nil, view(x, 1), site(t)))
	if strings.Contains(two, "data-channel") || !strings.Contains(two, `<table class="channels">`) {
		t.Error("two channels stand side by side on every screen")
	}
	third := snapshot.Channel{Name: `By post "&" proxy`, Votes: []snapshot.Count{snapshot.Of(1), snapshot.Of(2), snapshot.Of(3)}}
	x.Result.Channels = append(x.Result.Channels, third)
	three := string(templates.AppendRacePage(nil, view(x, 1), site(t)))
	for _, want := range []string{`<table class="channels many">`, `<td data-channel="Online">9,000</td>`, `<td data-channel="By post &#34;&amp;&#34; proxy">2</td>`} {
		if !strings.Contains(three, want) {
			t.Errorf("no %s in %s", want, between(t, []byte(three), `<table class="channels`, "</table>"))
		}
	}
}
