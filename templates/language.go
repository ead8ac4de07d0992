package templates

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed words/*.toml
var catalogs embed.FS

// Language is one language of a publication: its words, its plural rules, how
// it writes numbers and dates. It never changes and may be used by many at
// once.
type Language struct {
	Code string // BCP 47: "en", "zh-Hant"
	Name string // in the language itself
	Dir  string // "ltr" or "rtl"

	tag    language.Tag
	w      words
	digits numerals
	months [12]markup
	date   []piece
}

// Languages are the codes of the languages that there are words for, sorted.
func Languages() []string {
	files, err := fs.Glob(catalogs, "words/*.toml")
	if err != nil {
		panic("templates: " + err.Error()) // the pattern is constant
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".toml")
	}
	slices.Sort(files)
	return files
}

// NewLanguage makes a language from its catalog: that of code itself, or of
// what stands before its regions ("en-GB" reads en.toml and counts by its own
// rules). Overrides, which may be nil, is the text of a file of the same form
// that replaces single words. Words that are missing, unknown or malformed
// are all named in the error.
func NewLanguage(code string, overrides []byte) (*Language, error) {
	tag, err := language.Parse(code)
	if err != nil {
		return nil, fmt.Errorf("language %q: %w", code, err)
	}
	raw, err := catalogOf(code)
	if err != nil {
		return nil, err
	}
	l := &Language{Code: code, tag: tag, digits: numeralsOf(tag)}
	f := filler{language: l, seen: map[string]bool{}, forms: l.forms()}
	f.take(raw, "words of "+code)
	f.replaces = true
	f.take(overrides, "override of the words of "+code)
	f.missing()
	if len(f.problems) > 0 {
		return nil, fmt.Errorf("words of language %s:\n  %s", code, strings.Join(f.problems, "\n  "))
	}
	return l, nil
}

func catalogOf(code string) ([]byte, error) {
	for c := code; ; {
		if raw, err := catalogs.ReadFile("words/" + c + ".toml"); err == nil {
			return raw, nil
		}
		i := strings.LastIndexByte(c, '-')
		if i < 0 {
			return nil, fmt.Errorf("language %q: there are words for %s", code, strings.Join(Languages(), ", "))
		}
		c = c[:i]
	}
}

// filler puts the words of catalogs where they belong and notes what is wrong.
type filler struct {
	language *Language
	forms    []string // that a phrase in the language needs
	seen     map[string]bool
	replaces bool // what is taken replaces words that are there
	problems []string
}

func (f *filler) wrong(format string, args ...any) {
	f.problems = append(f.problems, fmt.Sprintf(format, args...))
}

func (f *filler) take(raw []byte, what string) {
	var file struct {
		Name, Dir, Date string
		Months          []string
	}
	if err := toml.Unmarshal(raw, &file); err != nil {
		if at, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, _ := at.Position()
			what = fmt.Sprintf("%s, line %d", what, line)
		}
		f.wrong("%s: %v", what, err)
		return
	}
	all := map[string]any{}
	if err := toml.Unmarshal(raw, &all); err != nil {
		f.wrong("%s: %v", what, err)
		return
	}
	l := f.language
	for _, key := range []string{"name", "dir", "date", "months"} {
		f.seen[key] = f.seen[key] || all[key] != nil
		delete(all, key)
	}
	if file.Name != "" {
		l.Name = file.Name
	}
	if file.Dir != "" {
		l.Dir = file.Dir
	}
	if file.Date != "" {
		l.date = pieces(file.Date)
	}
	if len(file.Months) > 0 && len(file.Months) != 12 {
		f.wrong("months: there are %d", len(file.Months))
	} else {
		for i, m := range file.Months {
			l.months[i] = escaped(m)
		}
	}
	f.sections(all)
}

func (f *filler) sections(all map[string]any) {
	sections := f.language.w.sections()
	for section, value := range all {
		table, _ := value.(map[string]any)
		target := sections[section]
		if table == nil || target == nil {
			f.wrong("%s: there is no such part", section)
			continue
		}
		fields := reflect.ValueOf(target).Elem()
		for key, value := range table {
			f.word(section+"."+key, fields.FieldByNameFunc(func(n string) bool { return snake(n) == key }), value)
		}
	}
}

func (f *filler) word(key string, field reflect.Value, value any) {
	if !field.IsValid() {
		f.wrong("%s: there is no such word", key)
		return
	}
	f.seen[key] = true
	switch target := field.Addr().Interface().(type) {
	case *markup:
		s, ok := value.(string)
		if !ok || s == "" {
			f.wrong("%s: it takes a text", key)
			return
		}
		f.samePlaces(key, pieces(string(*target)), pieces(s))
		*target = escaped(s)
	case *phrase:
		p, err := newPhrase(value, f.forms)
		if err != nil {
			f.wrong("%s: %v", key, err)
			return
		}
		f.samePlaces(key, slices.Concat(target[:]...), slices.Concat(p[:]...))
		*target = p
	}
}

// samePlaces notes when a text has other places, such as {n}, than the one it
// replaces: a number would be missing, or braces would stand on the page.
func (f *filler) samePlaces(key string, old, text []piece) {
	if want, got := placesIn(old), placesIn(text); f.replaces && !strings.HasPrefix(key, "site.") && want != got {
		f.wrong("%s: the places in it are to be %s, not %s", key, cmp.Or(want, "none"), cmp.Or(got, "none"))
	}
}

// placesIn are the places of a text, sorted, each once.
func placesIn(text []piece) string {
	var found []string
	for _, p := range text {
		if p.place != "" {
			found = append(found, "{"+p.place+"}")
		}
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), " ")
}

// missing notes every word that no catalog held.
func (f *filler) missing() {
	for _, key := range []string{"name", "dir", "date", "months"} {
		if !f.seen[key] {
			f.wrong("%s is missing", key)
		}
	}
	for section, target := range f.language.w.sections() {
		if section == "site" {
			continue
		}
		fields := reflect.TypeOf(target).Elem()
		for i := range fields.NumField() {
			if key := section + "." + snake(fields.Field(i).Name); !f.seen[key] {
				f.wrong("%s is missing", key)
			}
		}
	}
	slices.Sort(f.problems)
}

// snake is the key of a field: "AsOfNone" is "as_of_none".
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) {
			if i > 0 && !unicode.IsUpper(rune(name[i-1])) {
				b.WriteByte('_')
			}
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// phrase is a sentence with places for numbers, in every form that the plural
// rules of its language ask for.
type phrase [plural.Many + 1][]piece

// piece is words, and the number that follows them: 1 for {n}, 2 for {of},
// other names for parts of a date; 0 for none.
type piece struct {
	text  markup
	place string
}

// forms are CLDR's names of the plural forms.
var forms = [...]string{plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}

// newPhrase makes a phrase of one text, or of a table with a text for each of
// the forms that the language needs and no others.
func newPhrase(value any, needed []string) (phrase, error) {
	var p phrase
	switch v := value.(type) {
	case string:
		p[plural.Other] = pieces(v)
	case map[string]any:
		for form, text := range v {
			i := slices.Index(forms[:], form)
			s, ok := text.(string)
			if !slices.Contains(needed, form) || !ok {
				return p, fmt.Errorf("%q is no form of the plural with a text; the language has %s", form, strings.Join(needed, ", "))
			}
			p[i] = pieces(s)
		}
		for _, form := range needed {
			if v[form] == nil {
				return p, fmt.Errorf("it lacks the plural form %q", form)
			}
		}
	}
	if p[plural.Other] == nil {
		return p, fmt.Errorf("it takes a text, or a table of plural forms with \"other\"")
	}
	return p, nil
}

// pieces cuts "{n} of {of} counted" at its places.
func pieces(s string) []piece {
	out := []piece{}
	for {
		before, rest, ok := strings.Cut(s, "{")
		if !ok {
			return append(out, piece{text: escaped(s)})
		}
		name, after, _ := strings.Cut(rest, "}")
		out = append(out, piece{escaped(before), name})
		s = after
	}
}

// forms are the plural forms that whole numbers take in the language, sorted.
// CLDR's rules look at the last two digits and at whole millions.
func (l *Language) forms() []string {
	var out []string
	for n := range int64(201) {
		out = append(out, forms[l.form(n)])
	}
	out = append(out, forms[l.form(1_000_000)])
	slices.Sort(out)
	return slices.Compact(out)
}

// form is the plural form of a number by the rules of the language
// (CLDR, cardinal), which look at its last digits and at whole millions.
func (l *Language) form(n int64) plural.Form {
	if n >= 1e9 {
		n = 1e8 + n%1e8
	}
	return plural.Cardinal.MatchPlural(l.tag, int(n), 0, 0, 0, 0)
}
