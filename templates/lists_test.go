package templates_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/templates"
)

// linesOfEveryKind is a race of every kind and state in a list.
func linesOfEveryKind() []templates.RaceLine {
	all := states()
	maps.Copy(all, kinds())
	delete(all, "crowd")
	var out []templates.RaceLine
	for _, name := range slices.Sorted(maps.Keys(all)) {
		v := all[name].view
		out = append(out, templates.RaceLine{Race: v.Race, Path: "race/santa-brigida/" + name + ".html", AsOf: v.AsOf, Corrected: len(v.Corrections) > 0})
	}
	return out
}

func typeView() templates.TypeView {
	return templates.TypeView{Name: "Executive", Path: "type/executive.html", Races: linesOfEveryKind(), AsOf: evening, Changed: 7,
		Trail: []templates.Link{{Text: "Norland", Path: "index.html"}}}
}

func liteView(n int) templates.LiteView {
	v := templates.LiteView{Path: "lite.html", Races: linesOfEveryKind(), AsOf: evening, Changed: 7}
	if n > 0 {
		v.Races = place(n, 0).Races
		v.Part = templates.Part{Number: 2, Of: 3, Paths: []string{"lite.html", "lite/2.html", "lite/3.html"}}
	}
	return v
}

// breakdownView is a race of n candidates by so many places.
func breakdownView(places, n int) templates.BreakdownView {
	whole := crowd(n)
	whole.Contest.Seats = 1
	whole.Result.Outcomes = nil
	v := templates.BreakdownView{Race: whole, RacePath: "race/santa-brigida/mayor.html", Path: "breakdown/santa-brigida/mayor.html",
		Trail: []templates.Link{{Text: "Norland", Path: "index.html"}, {Text: "Santa Brígida", Path: "in/santa-brigida.html"}},
		AsOf:  evening, Changed: 7}
	for i, l := range place(0, places).Places {
		r := *whole
		r.Unit, r.Result.Votes = l.Unit, nil
		var sum int64
		for k := range n {
			votes := int64((i*7919+k*104729)%(4000/(k+1))) + 1
			sum += votes
			r.Result.Votes = append(r.Result.Votes, snapshot.Of(votes))
		}
		r.Result.Totals = snapshot.Totals{UnitsIn: snapshot.Of(int64(i % 12)), UnitsTotal: snapshot.Of(12), Valid: snapshot.Of(sum)}
		r.Result.Status = snapshot.UnofficialPartial
		if i%9 == 4 {
			r.Result = snapshot.Result{Votes: make([]snapshot.Count, n), Totals: snapshot.Totals{UnitsTotal: snapshot.Of(12)}}
		}
		v.Units = append(v.Units, templates.RaceLine{Race: &r, Path: "race/" + l.Unit.ID + "/mayor.html", AsOf: evening, Corrected: i%10 == 7})
	}
	return v
}

func TestListsMatchTheirGoldenFiles(t *testing.T) {
	s := site(t)
	golden(t, "type.html", templates.AppendTypePage(nil, typeView(), s))
	golden(t, "lite.html", templates.AppendLitePage(nil, liteView(0), s))
	golden(t, "breakdown.html", templates.AppendBreakdownPage(nil, breakdownView(12, 8), s))
}

// row is what a list says of a race, without tags.
func row(t *testing.T, page []byte, race string) string {
	t.Helper()
	got := between(t, page, "race/santa-brigida/"+race+`.html">`, "\n")
	var b strings.Builder
	for {
		text, rest, ok := strings.Cut(got, "<")
		b.WriteString(text)
		if !ok {
			break
		}
		tag, after, _ := strings.Cut(rest, ">")
		switch tag {
		case "/td", "/th", "td", "br", "/h3", "/p", "/tr", "/table", "tr":
			b.WriteString("|")
		}
		got = after
	}
	return strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return r == '|' }), "|")
}

func TestEveryListSaysTheStateOfEachRace(t *testing.T) {
	s := site(t)
	v := place(0, 0)
	v.Races = linesOfEveryKind()
	pages := map[string][]byte{
		"place": templates.AppendPlacePage(nil, v, s),
		"type":  templates.AppendTypePage(nil, typeView(), s),
		"lite":  templates.AppendLitePage(nil, liteView(0), s),
	}
	for race, c := range map[string]struct{ says, not []string }{
		"before":           {[]string{"No result yet"}, []string{"0", "Ana"}},
		"partial":          {[]string{"Bartolomeu d’Almeida e Sousa", "6,011", "30.6%", "12 of 40 polling places counted", "ahead by 34 votes", "Not decided"}, []string{"Elected"}},
		"elected":          {[]string{"Bartolomeu d’Almeida e Sousa", "Elected", "40 of 40 polling places counted", "All counted, unofficial"}, []string{"Not decided"}},
		"runoff":           {[]string{"Bartolomeu d’Almeida e Sousa", "Run-off", "Chidinma Okafor"}, []string{"Elected", "Not decided"}},
		"corrected":        {[]string{"Corrected"}, nil},
		"intermediate":     {[]string{"Intermediate", "Yes", "4,412"}, []string{"Abstention"}},
		"final":            {[]string{"Final count"}, []string{"Intermediate", "Abstention"}},
		"uncontested":      {[]string{"Uncontested: Ana Lúcia Prates"}, []string{"No result yet", "Not decided"}},
		"withheld":         {[]string{"Withheld"}, []string{"No result yet", "nothing", "0"}},
		"withheld-elected": {[]string{"Withheld", "Elected", "Chidinma Okafor"}, []string{"No result yet"}},
		"annulled":         {[]string{"Annulled", "6,011"}, []string{"Elected"}},
		"postponed":        {[]string{"Postponed"}, []string{"No result yet"}},
		"recount":          {[]string{"Recount", "Not decided"}, []string{"All counted"}},
		"tie":              {[]string{"Tied", "Bartolomeu d’Almeida e Sousa", "Chidinma Okafor"}, []string{"Elected"}},
		"lot":              {[]string{"Elected by lot"}, []string{"Not decided"}},
		"seats":            {[]string{"Civic Union", "5 seats"}, []string{"ahead"}},
		"many-seats":       {[]string{"Bartolomeu d’Almeida e Sousa", "Chidinma Okafor", "Ana Lúcia Prates", "Elected"}, []string{"ahead"}},
		"certified":        {[]string{"Certified"}, []string{"unofficial"}},
		"rounds":           {nil, []string{"ahead"}},
	} {
		for kind, page := range pages {
			got := row(t, page, race)
			for _, want := range c.says {
				if !strings.Contains(got, want) && (kind != "lite" || !strings.HasPrefix(want, "ahead")) {
					t.Errorf("%s: %s does not say %q: %s", kind, race, want, got)
				}
			}
			for _, not := range c.not {
				if strings.Contains(got, not) {
					t.Errorf("%s: %s says %q: %s", kind, race, not, got)
				}
			}
		}
	}
}

func TestAnElectedChoiceIsShownHoweverFewVotesItHas(t *testing.T) {
	x := complete(race([]sample{{"Ann", "", 9, ""}, {"Ben", "", 8, ""}, {"Cem", "", 7, snapshot.Elected}}, true))
	v := templates.PlaceView{Unit: x.Unit, Races: []templates.RaceLine{{Race: x, Path: "race/santa-brigida/mayor.html"}}}
	got := row(t, templates.AppendPlacePage(nil, v, site(t)), "mayor")
	if !strings.HasPrefix(got, "Mayor|Cem Elected|7|29.2%|Ann|9|37.5%|") {
		t.Error(got)
	}
	for i := range x.Result.Outcomes {
		x.Result.Outcomes[i] = snapshot.Elected
	}
	five := complete(race([]sample{{"A", "", 9, snapshot.Elected}, {"B", "", 8, snapshot.Elected}, {"C", "", 7, snapshot.Elected}, {"D", "", 6, snapshot.Elected}, {"E", "", 5, snapshot.Elected}}, true))
	v.Races[0].Race = five
	if got = row(t, templates.AppendPlacePage(nil, v, site(t)), "mayor"); !strings.Contains(got, "|C Elected and 2 more|7|") || strings.Contains(got, "D") {
		t.Error(got)
	}
}

func TestABreakdownNeverAddsWhatIsNotStated(t *testing.T) {
	v := breakdownView(3, 8)
	page := templates.AppendBreakdownPage(nil, v, site(t))
	if got := strings.Count(string(page), "<th scope=\"col\">"); got != 8 {
		t.Errorf("%d columns for 8 choices, want the place, five, the others, the progress", got)
	}
	rest := func(page []byte, unit string) string {
		return between(t, []byte(between(t, page, "race/"+unit+`/mayor.html">`, "</tr>")), `data-channel="All others">`, "</td>")
	}
	var want int64
	for _, i := range [...]int{5, 6, 7} {
		n, _ := v.Units[0].Race.Result.Votes[i].Get()
		want += n
	}
	unit := v.Units[0].Race.Unit.ID
	if got := rest(page, unit); got != fmt.Sprint(want) {
		t.Errorf("the others have %q, want %d", got, want)
	}
	v.Units[0].Race.Result.Votes[6] = snapshot.Count{}
	page = templates.AppendBreakdownPage(nil, v, site(t))
	if got := rest(page, unit); !strings.Contains(got, "not stated") {
		t.Errorf("the others have %q though one of them is not stated", got)
	}
	if six := templates.AppendBreakdownPage(nil, breakdownView(3, 6), site(t)); strings.Contains(string(six), "All others") {
		t.Error("a column of others holds a single choice")
	}
}

func TestABreakdownTellsNothingYetFromNothing(t *testing.T) {
	v := breakdownView(6, 3)
	v.Units[4].Race.Result.Totals = snapshot.Totals{}
	page := string(templates.AppendBreakdownPage(nil, v, site(t)))
	got := between(t, []byte(page), "race/"+v.Units[4].Race.Unit.ID+`/mayor.html">`, "</tr>")
	if !strings.Contains(got, "nothing yet") || strings.Contains(got, ">0") || strings.Contains(got, "%") {
		t.Error(got)
	}
	v.Race = race(councilSamples()[:3], false)
	for i := range v.Units {
		v.Units[i].Race = race(councilSamples()[:3], false)
	}
	if page = string(templates.AppendBreakdownPage(nil, v, site(t))); strings.Contains(page, "<td>0") || strings.Contains(page, "0.0%") {
		t.Error("a breakdown before the count shows a 0")
	}
}

func TestPartsOfAListLeadToEachOther(t *testing.T) {
	page := string(templates.AppendLitePage(nil, liteView(30), site(t)))
	for _, want := range []string{
		`<a rel="prev" href="/2026-10-11-council/lite.html">Previous</a>`, `<a rel="next" href="/2026-10-11-council/lite/3.html">Next</a>`,
		`href="/2026-10-11-council/lite/2.html" aria-current="page">2</a>`, "Part 2 of 3", "2/3 · ",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
	v := place(30, 0)
	v.Part = templates.Part{Number: 1, Of: 2, Paths: []string{v.Path, "in/santa-brigida/2.html"}}
	v.Sums = templates.PlaceLine{Tally: templates.Tally{Races: 60, Reporting: 50, Complete: 7}}
	if page = string(templates.AppendPlacePage(nil, v, site(t))); !strings.Contains(page, "Counts from 50 of 60 races, 7 complete.") || !strings.Contains(page, "in/santa-brigida/2.html") {
		t.Error("a part of a place does not speak of the whole place")
	}
}

func TestTurnoutOfAPlaceStandsOnlyWhereAllRacesAgree(t *testing.T) {
	v := place(0, 0)
	for range 2 {
		r := complete(race(councilSamples(), true))
		v.Races = append(v.Races, templates.RaceLine{Race: r, Path: "r.html", AsOf: evening})
	}
	says := func() bool { return strings.Contains(string(templates.AppendPlacePage(nil, v, site(t))), "Turnout") }
	if !says() {
		t.Error("two races that agree show no turnout")
	}
	uncontested := condition(race(councilSamples(), false), snapshot.Uncontested)
	if v.Races = append(v.Races, templates.RaceLine{Race: uncontested, Path: "u.html"}); !says() {
		t.Error("a race without a vote takes the turnout away")
	}
	v.Races[1].Race.Result.Totals.Ballots = snapshot.Of(1)
	if says() {
		t.Error("two races that differ show a turnout")
	}
	v.Races = v.Races[:1]
	v.Races[0].Race.Result.Status, v.Races[0].Race.Result.Totals.UnitsIn = snapshot.UnofficialPartial, snapshot.Of(1)
	if says() {
		t.Error("a count under way shows a turnout")
	}
}

func TestListsStayLight(t *testing.T) {
	s := site(t)
	v := typeView()
	v.Races = place(400, 0).Races
	whole := breakdownView(200, 12)
	whole.Map = &templates.MapRef{Asset: templates.Asset{Href: "/assets/map.svg"}, Bytes: 4000}
	for name, page := range map[string][]byte{
		"a type of 400 races":       templates.AppendTypePage(nil, v, s),
		"1,000 races as text":       templates.AppendLitePage(nil, liteView(1000), s),
		"200 places, 12 candidates": templates.AppendBreakdownPage(nil, whole, s),
	} {
		n := gzipped(t, page)
		t.Logf("%-26s %7d bytes, %6d as gzip", name, len(page), n)
		if n > 40<<10 {
			t.Errorf("%s: %d bytes as gzip, over 40 KB", name, n)
		}
	}
}

func TestAListSaysNoMarginOfSomebodyItDoesNotShow(t *testing.T) {
	v := place(1, 0)
	samples := []sample{{"Ana", "", 900, ""}, {"Bo", "", 300, snapshot.Runoff}, {"Cy", "", 200, snapshot.Runoff}}
	v.Races[0].Race = race(samples, true)
	if page := string(templates.AppendPlacePage(nil, v, site(t))); strings.Contains(page, "ahead") || strings.Contains(page, "Ana") {
		t.Error("the list says by how much somebody is ahead who is not in the run-off")
	}
}

func TestSentencesEndAsTheirLanguageEndsThem(t *testing.T) {
	l, err := templates.NewLanguage("zh-Hant", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := site(t)
	s.Lang = l
	page := templates.AppendLitePage(nil, liteView(30), s)
	if got := between(t, page, `class="lede" data-live>`, "</p>"); strings.Contains(got, ".") || !strings.Contains(got, "部分。") || !strings.HasSuffix(got, "。") {
		t.Errorf("says %q", got)
	}
	if _, rest, _ := strings.Cut(string(page), "<tbody>"); strings.Contains(rest, "; ") || !strings.Contains(rest, "；") {
		t.Error("choices are parted by a semicolon of another script")
	}
}

func TestWhereNothingIsToBeCountedThatIsSaid(t *testing.T) {
	uncontested := condition(race(councilSamples(), false), snapshot.Uncontested)
	withheld := condition(race(councilSamples(), false), snapshot.Withheld)
	open := race(councilSamples(), false)
	for what, row := range map[string]struct {
		races []*snapshot.Race
		want  string
	}{
		"nothing to count": {[]*snapshot.Race{uncontested, withheld}, "There are no numbers here: every race is uncontested or withheld."},
		"nothing yet":      {[]*snapshot.Race{uncontested, open}, "Nothing has been counted yet."},
		"one counted":      {[]*snapshot.Race{uncontested, complete(race(councilSamples(), true))}, "Counts from 1 of 1 race, 1 complete."},
	} {
		v := templates.PlaceView{Unit: unit(), Path: "in/santa-brigida.html"}
		tv := templates.TypeView{Name: "Mayors", Path: "type/mayors.html"}
		for _, r := range row.races {
			line := templates.RaceLine{Race: r, Path: "race/santa-brigida/mayor.html"}
			v.Races, tv.Races = append(v.Races, line), append(tv.Races, line)
		}
		for kind, page := range map[string][]byte{"place": templates.AppendPlacePage(nil, v, site(t)), "type": templates.AppendTypePage(nil, tv, site(t)),
			"text": templates.AppendLitePage(nil, templates.LiteView{Path: "lite.html", Races: tv.Races}, site(t))} {
			if !strings.Contains(string(page), row.want) {
				t.Errorf("%s: the page of a %s does not say %q", what, kind, row.want)
			}
			if yet := strings.Contains(string(page), ">nothing yet</dd>"); yet != (what == "nothing yet") {
				t.Errorf("%s: the page of a %s waits for a count: %v", what, kind, yet)
			}
		}
	}
}
