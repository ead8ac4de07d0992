package templates

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/language"
)

// underLetters is names under their letters, sorted as a language does.
func underLetters(code string, names ...string) string {
	var entries []FindEntry
	for _, n := range names {
		entries = append(entries, FindEntry{Name: n, Path: n})
	}
	var out []string
	for _, e := range FindPages(entries, &Language{tag: language.MustParse(code)}, 0)[0].Entries {
		out = append(out, e.Letter+":"+e.Name)
	}
	return strings.Join(out, " ")
}

func TestNamesStandUnderTheLettersOfTheLanguage(t *testing.T) {
	for _, c := range []struct {
		language string
		names    []string
		want     string
	}{
		{"en", []string{"Zeta", "Évora", "esca", "Eben", "Ébano"}, "E:Ébano E:Eben E:esca E:Évora Z:Zeta"},
		{"pt", []string{"Óbidos", "Oeiras", "Ovar", "Águeda", "Aveiro"}, "A:Águeda A:Aveiro O:Óbidos O:Oeiras O:Ovar"},
		{"es", []string{"Oviedo", "Ñuñoa", "Nules", "Navas"}, "N:Navas N:Nules Ñ:Ñuñoa O:Oviedo"},
		{"en", []string{"Oslo", "Øystad", "Ærø", "Ålesund", "Zetland", "Łódź"}, "A:Ærø A:Ålesund L:Łódź O:Oslo O:Øystad Z:Zetland"},
		{"da", []string{"Østerby", "Ålborg", "Odense", "Ærø", "Aarhus"}, "O:Odense Æ:Ærø Ø:Østerby Å:Ålborg A:Aarhus"},
		{"ar", []string{"بيروت", "إربد", "أسوان", "دمشق", "آمد"}, "ا:إربد ا:أسوان ا:آمد ب:بيروت د:دمشق"},
		{"en", []string{"1st Ward", "“Old” Town", "22", "– –", "Ward 9"}, ""},
		{"zh-Hant", []string{"臺北市", "中正區", "一里"}, ":一里 :中正區 :臺北市"},
		{"en", []string{"", "A"}, "A:A"},
	} {
		got := underLetters(c.language, c.names...)
		if c.want == "" {
			for _, want := range []string{"0–9:1st Ward", "0–9:22", "O:“Old” Town", "#:– –", "W:Ward 9"} {
				if !strings.Contains(got, want) {
					t.Errorf("%s: no %s in %s", c.language, want, got)
				}
			}
			continue
		}
		if c.language == "ar" || c.language == "da" { // the order is CLDR's; the letters are ours
			a, b := strings.Fields(got), strings.Fields(c.want)
			slices.Sort(a)
			slices.Sort(b)
			got, c.want = strings.Join(a, " "), strings.Join(b, " ")
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.language, got, c.want)
		}
	}
}

func TestALetterWithTooManyNamesIsDividedByMoreOfThem(t *testing.T) {
	var entries []FindEntry
	for _, n := range strings.Fields("Abel Abra Acre Ada Ba Saba Sabb Sabc Sabd São Sao Sara Se Si Sy 一 中 心 水 火") {
		entries = append(entries, FindEntry{Name: n, Path: n})
	}
	var labels, paths []string
	for _, p := range FindPages(entries, &Language{tag: language.English}, 4)[1:] {
		if len(p.Entries) > 4 {
			t.Errorf("%d entries under %s", len(p.Entries), p.Letter)
		}
		labels, paths = append(labels, p.Letter), append(paths, p.Path)
	}
	if got := strings.Join(labels, " "); got != "A B Sab Sao–Se Si–Sy 一–水 火" {
		t.Error(got)
	}
	if got := strings.Join(paths[2:], " "); got != "find/sab.html find/sao-se.html find/si-sy.html find/u4e00-u6c34.html find/u706b.html" {
		t.Error(got)
	}
}

func TestNamesThatNothingTellsApartStillHaveTheirPages(t *testing.T) {
	var entries []FindEntry
	for range 9 {
		entries = append(entries, FindEntry{Name: "Riverside", Path: "x"})
	}
	pages := FindPages(append(entries, FindEntry{Name: "A"}), &Language{tag: language.English}, 4)
	if len(pages) != 3 || len(pages[2].Entries) != 9 {
		t.Errorf("%d pages, the last with %d entries", len(pages), len(pages[len(pages)-1].Entries))
	}
}
