package templates

import (
	"slices"
	"testing"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
	"pgregory.net/rapid"
)

// tags are the languages there are words for, and some that count otherwise.
func tags() []string { return append(Languages(), "en-IN", "de-CH", "fa", "pt-PT", "ar-EG") }

func TestNumbersAndSharesAreWrittenAsCLDRWritesThem(t *testing.T) {
	for _, code := range tags() {
		tag := language.MustParse(code)
		p, l := message.NewPrinter(tag), &Language{Code: code, digits: numeralsOf(tag)}
		site := &Site{Lang: l}
		rapid.Check(t, func(r *rapid.T) {
			n := rapid.Int64Range(0, 9_999_999_999).Draw(r, "n")
			w := newPage(nil, site)
			w.number(n)
			if want := p.Sprint(number.Decimal(n)); string(w.b) != want {
				r.Errorf("%s writes %d as %q, CLDR as %q", code, n, w.b, want)
			}
			mille := rapid.Int64Range(1, 999).Draw(r, "mille")
			w = newPage(nil, site)
			w.share(mille, 1000)
			if want := p.Sprint(number.Percent(float64(mille)/1000, number.Scale(1))); string(w.b) != want {
				r.Errorf("%s writes %d in 1000 as %q, CLDR as %q", code, mille, w.b, want)
			}
		})
	}
}

func TestTheFormsOfALanguageAreThoseOfAllItsNumbers(t *testing.T) {
	for _, code := range append(tags(), "pl", "ru", "cy", "sl", "he") {
		l := &Language{tag: language.MustParse(code)}
		var all []string
		for n := range int64(2_000_001) {
			if f := forms[l.form(n)]; !slices.Contains(all, f) {
				all = append(all, f)
			}
		}
		if slices.Sort(all); !slices.Equal(l.forms(), all) {
			t.Errorf("%s has the forms %v, found %v", code, all, l.forms())
		}
	}
}

func TestTheFormOfAPhraseFollowsItsLastNumber(t *testing.T) {
	l, err := NewLanguage("en", nil)
	if err != nil {
		t.Fatal(err)
	}
	p := newPage(nil, &Site{Lang: l})
	p.say(l.w.RacesSome, 0, 1)
	p.say(l.w.RacesSome, 1, 2)
	if want := "Counts from 0 of 1 raceCounts from 1 of 2 races"; string(p.b) != want {
		t.Errorf("says %q, want %q", p.b, want)
	}
	if l.form(1) != plural.One || l.form(1_000_000_001) != plural.Other {
		t.Error("large numbers take the form of small ones")
	}
}
