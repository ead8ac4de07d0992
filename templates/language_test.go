package templates_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/templates"
)

// catalog is a file of words as a flat table: "race.leading" and its text, and
// "race.seats/one" where there are plural forms.
func catalog(t *testing.T, code string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("words", code+".toml"))
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := toml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	var walk func(prefix, sep string, v any)
	walk = func(prefix, sep string, v any) {
		switch v := v.(type) {
		case string:
			out[prefix] = v
		case map[string]any:
			for k, w := range v {
				next := "."
				if prefix != "" {
					next = "/"
				}
				walk(strings.TrimPrefix(prefix+sep+k, "."), next, w)
			}
		}
	}
	walk("", ".", file)
	return out
}

var places = regexp.MustCompile(`\{[^}]*\}`)

// placesOf are the places of a text, sorted, each once.
func placesOf(s string) []string {
	found := places.FindAllString(s, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestALanguageIsOneFileAndWhatItLacksIsNamed(t *testing.T) {
	for _, code := range templates.Languages() {
		l, err := templates.NewLanguage(code, nil)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if l.Dir != "ltr" && l.Dir != "rtl" || l.Name == "" || l.Code != code {
			t.Errorf("%s: name %q, direction %q", code, l.Name, l.Dir)
		}
	}
	_, err := templates.NewLanguage("en", []byte("[race]\nleding = \"x\"\nseats = { few = \"y\" }\nelected = \"\"\n[rase]\n"))
	for _, want := range []string{"race.leding: there is no such word", `race.seats: "few" is no form`, "race.elected: it takes a text", "rase: there is no such part"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	if _, err := templates.NewLanguage("tlh", nil); err == nil || !strings.Contains(err.Error(), "there are words for") {
		t.Errorf("a language without words: %v", err)
	}
	if _, err := templates.NewLanguage("no language", nil); err == nil {
		t.Error("took a code that is none")
	}
}

func TestTranslationsHaveThePlacesOfTheEnglishText(t *testing.T) {
	english := catalog(t, "en")
	whole := func(key string) string { k, _, _ := strings.Cut(key, "/"); return k }
	want := map[string][]string{}
	for key, text := range english {
		want[whole(key)] = append(want[whole(key)], placesOf(text)...)
	}
	for key := range want {
		slices.Sort(want[key])
		want[key] = slices.Compact(want[key])
	}
	for _, code := range templates.Languages() {
		for key, text := range catalog(t, code) {
			got := placesOf(text)
			// A form for one number alone may say the number in words.
			loose := strings.Contains(key, "/")
			for _, p := range got {
				if !slices.Contains(want[whole(key)], p) {
					t.Errorf("%s: %s has %s, which the English text has not", code, key, p)
				}
			}
			if !loose && !slices.Equal(got, want[key]) {
				t.Errorf("%s: %s has the places %v, the English text %v", code, key, got, want[key])
			}
			if strings.ContainsAny(text, "<>") {
				t.Errorf("%s: %s holds markup: %s", code, key, text)
			}
			if english[key] != "" && strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is empty", code, key)
			}
		}
	}
}

func TestAnAuthorityReplacesSingleWords(t *testing.T) {
	l, err := templates.NewLanguage("en", []byte("[race]\nleading = \"In front: <b>\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := site(t)
	s.Lang = l
	got := string(templates.AppendRacePage(nil, view(race(councilSamples(), true), 2), s))
	if want := "In front: &lt;b&gt;"; !strings.Contains(got, want) {
		t.Errorf("the page does not say %q", want)
	}
}

func TestAReplacedWordKeepsThePlacesOfItsNumbers(t *testing.T) {
	_, err := templates.NewLanguage("en", []byte("[page]\nmore = \" plus\"\nfraction = \"{n}/{x}\"\n[script]\ncheck_signed = \"{t} {k} {n}\"\n[site]\nabout = \"{x}\"\n"))
	const want = "words of language en:\n  page.fraction: the places in it are to be {n} {of}, not {n} {x}\n  page.more: the places in it are to be {n}, not none"
	if err == nil || err.Error() != want {
		t.Errorf("says %v, want %s", err, want)
	}
	if _, err = templates.NewLanguage("en", []byte("[page]\n\n[page\n")); err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("says %v, without the line", err)
	}
}

func TestARegionReadsTheWordsOfItsLanguage(t *testing.T) {
	l, err := templates.NewLanguage("en-GB", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := site(t)
	s.Lang = l
	got := string(templates.AppendRacePage(nil, view(race(councilSamples(), true), 2), s))
	if want := fmt.Sprintf("<html lang=%q dir=%q>", "en-GB", "ltr"); !strings.Contains(got, want) {
		t.Errorf("the page does not begin with %s", want)
	}
}

func TestProgressIsSaidInTheUnitOfTheSource(t *testing.T) {
	for _, code := range templates.Languages() {
		l, err := templates.NewLanguage(code, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := site(t)
		s.Lang = l
		seen := map[string]snapshot.CountUnit{}
		for _, u := range append(snapshot.CountUnits(), snapshot.NoCountUnit) {
			for _, counted := range []bool{false, true} {
				v := view(race(councilSamples(), counted), 1)
				c := *v.Race.Contest
				c.CountUnit = u
				v.Race.Contest = &c
				page := string(templates.AppendRacePage(nil, v, s))
				_, said, _ := strings.Cut(page, `<p id="progress" class="state" data-live><b>`)
				said, _, _ = strings.Cut(said, "</b>")
				if other, twice := seen[said]; twice || said == "" {
					t.Errorf("%s: progress in %q reads %q, as in %q", code, u, said, other)
				}
				seen[said] = u
			}
		}
	}
}
