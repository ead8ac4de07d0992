package templates_test

import (
	"bytes"
	"flag"
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
		"before":    {before, templates.Live, []string{"No result yet", "nothing yet", "Nothing yet of 40"}, []string{"<td>0</td>", "0.0%", "moved"}},
		"partial":   {view(race(councilSamples(), true), 5), templates.Live, []string{"Leading: <bdi>Bartolomeu d’Almeida e Sousa</bdi>, not decided", "12 of 40 counted", "6,011", "30.6%", "Share of 19,660 valid votes."}, []string{"Elected", "Turnout", "noindex"}},
		"elected":   {view(won, 9), templates.Live, []string{"Elected: <bdi>Bartolomeu", "All counted, unofficial", "Turnout", "48.7%"}, []string{"not decided"}},
		"runoff":    {view(runoff, 9), templates.Live, []string{"Goes to a run-off: <bdi>Bartolomeu d’Almeida e Sousa</bdi>, <bdi>Chidinma Okafor</bdi>"}, []string{"Elected"}},
		"corrected": {corrected(view(race(councilSamples(), true), 3)), templates.Live, []string{"4,282 → 4,182", "20,158 → not stated", "The official source stated less than before."}, nil},
		"measure":   {view(measure(), 2), templates.Live, []string{"Passed: <bdi>Yes</bdi>", "52.6%", "Share of the 19,789 votes listed here."}, []string{"Ballots", "seats"}},
		"crowd":     {view(crowd(400), 3), templates.Live, []string{"Show 380 more", "and 37 more"}, nil},
		"test-mode": {view(race(councilSamples(), true), 2), templates.Test, []string{"<title>TEST – NOT RESULTS", "<p class=\"mode\">TEST – NOT RESULTS", "noindex"}, nil},
	}
}

func TestEveryStateOfARaceSaysWhatItIs(t *testing.T) {
	for name, st := range states() {
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

func TestPlacesAndHomeMatchTheirGoldenFiles(t *testing.T) {
	golden(t, "place.html", templates.AppendPlacePage(nil, place(7, 12), site(t)))
	golden(t, "home.html", templates.AppendPlacePage(nil, home(), site(t)))
	golden(t, "not-found.html", templates.AppendNotFoundPage(nil, site(t)))
}
