package templates_test

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/templates"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read golden file (write it with -update): %v", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from the golden file; run with -update and read the difference.\ngot:\n%s", name, got)
	}
}

type state struct {
	view templates.RaceView
	mode templates.Mode
	says []string // must stand on the page
	not  []string // must not
}

func states() map[string]state {
	won := complete(race(councilSamples(), true))
	won.Result.Outcomes = []snapshot.Outcome{"", snapshot.Elected, snapshot.NotElected, "", "", ""}
	runoff := complete(race(councilSamples(), true))
	runoff.Result.Outcomes = []snapshot.Outcome{"", snapshot.Runoff, snapshot.Runoff, "", "", ""}
	before := view(race(councilSamples(), false), 1)
	return map[string]state{
		"before":    {before, templates.Live, []string{"No result yet", "nothing yet", "Nothing yet of 40 polling places"}, []string{"<td>0</td>", "0.0%", "moved"}},
		"partial":   {view(race(councilSamples(), true), 5), templates.Live, []string{"Leading: <bdi>Bartolomeu d’Almeida e Sousa</bdi>, not decided", "12 of 40 polling places counted", "6,011", "30.6%", "Share of 19,660 valid votes."}, []string{"Elected", "Turnout", "noindex"}},
		"elected":   {view(won, 9), templates.Live, []string{"Elected: <bdi>Bartolomeu", "All counted, unofficial", "Turnout", "48.7%"}, []string{"not decided"}},
		"runoff":    {view(runoff, 9), templates.Live, []string{"Goes to a run-off: <bdi>Bartolomeu d’Almeida e Sousa</bdi>, <bdi>Chidinma Okafor</bdi>"}, []string{"Elected"}},
		"corrected": {corrected(view(race(councilSamples(), true), 3)), templates.Live, []string{"4,282 → 4,182", "20,158 → not stated", "The official source stated less than before."}, nil},
		"measure":   {view(measure(), 2), templates.Live, []string{"Passed: <bdi>Yes</bdi>", "52.6%", "Share of the 19,789 votes listed here."}, []string{"Ballots", "1 seat"}},
		"crowd": {large(crowd(400), 3), templates.Live, []string{
			"Show 80 more", "and 37 more", `choices/santa-brigida/mayor.html">All 400 choices</a>`}, nil},
		"intermediate": {view(motion(snapshot.IntermediateCount), 2), templates.Live, []string{
			"Intermediate count: it may contain duplicates. The final count replaces it.", "Leading: <bdi>Yes</bdi>, not decided",
			"<bdi>Online</bdi>", "<bdi>On site</bdi>", "1,377", "Share of the 7,789 votes listed here.", "56.6%"}, []string{"Final count", "120.7%", "Leading: <bdi>Abstention"}},
		"final": {final(), templates.Live, []string{
			"Final count", "Most votes: <bdi>Yes</bdi>. The source has not stated an outcome.", "The final count replaced an intermediate one, which may have contained duplicates.",
			"4,520 → 4,412", "<bdi>Online</bdi>"}, []string{"Intermediate count", "not decided"}},
		"test-mode": {view(race(councilSamples(), true), 2), templates.Test, []string{"<title>TEST – NOT RESULTS", "<p class=\"mode\">TEST – NOT RESULTS", "noindex"}, nil},
	}
}

func TestEveryStateOfARaceSaysWhatItIs(t *testing.T) {
	all := states()
	maps.Copy(all, kinds())
	for name, st := range all {
		t.Run(name, func(t *testing.T) {
			s := site(t)
			s.Mode = st.mode
			got := templates.AppendRacePage(nil, st.view, s)
			for _, want := range st.says {
				if !strings.Contains(string(got), want) {
					t.Errorf("page does not say %q", want)
				}
			}
			for _, not := range st.not {
				if strings.Contains(string(got), not) {
					t.Errorf("page says %q", not)
				}
			}
			golden(t, "race-"+name+".html", got)
		})
	}
}

func TestPlacesAndHomeSayWhichCountsAreIntermediate(t *testing.T) {
	const some = "Some counts here are intermediate: they may contain duplicates. The final counts replace them."
	const mark = "<b class=\"tag\">Intermediate</b>"
	line := func(k snapshot.CountKind) templates.PlaceView {
		v := place(3, 2)
		v.Races[1].Race = motion(k)
		return v
	}
	inside := place(0, 2)
	inside.Places[1].Intermediate = 1
	for name, c := range map[string]struct {
		view templates.PlaceView
		says bool
		also string
	}{
		"a race":         {line(snapshot.IntermediateCount), true, "<bdi>Yes</bdi>"},
		"a place inside": {inside, true, ""},
		"a final count":  {line(snapshot.FinalCount), false, "Final count"},
		"none":           {place(3, 2), false, ""},
	} {
		page := string(templates.AppendPlacePage(nil, c.view, site(t)))
		if strings.Contains(page, some) != c.says || strings.Contains(page, mark) != c.says || !strings.Contains(page, c.also) {
			t.Errorf("%s: the page says what it should: sentence %v, mark %v, %q %v", name,
				strings.Contains(page, some), strings.Contains(page, mark), c.also, strings.Contains(page, c.also))
		}
		if strings.Contains(page, "<bdi>Abstention</bdi>") {
			t.Errorf("%s: abstentions stand among the first two", name)
		}
	}
	golden(t, "place-intermediate.html", templates.AppendPlacePage(nil, line(snapshot.IntermediateCount), site(t)))
}

func TestPlacesAndHomeMatchTheirGoldenFiles(t *testing.T) {
	golden(t, "place.html", templates.AppendPlacePage(nil, place(7, 12), site(t)))
	golden(t, "home.html", templates.AppendPlacePage(nil, home(), site(t)))
	golden(t, "not-found.html", templates.AppendNotFoundPage(nil, site(t)))
}
