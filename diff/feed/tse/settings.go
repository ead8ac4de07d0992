package tse

import (
	"fmt"
	"slices"
	"strings"
)

// selection is what the configuration chooses. No elections: all are taken,
// none is followed. No offices: all are followed.
type selection struct {
	elections, offices []string // without leading zeros
	levels             []string
}

func newSelection(settings map[string]string) (selection, error) {
	var s selection
	for _, list := range []struct {
		name string
		to   *[]string
	}{{"elections", &s.elections}, {"offices", &s.offices}, {"levels", &s.levels}} {
		text, set := settings[list.name]
		if !set {
			continue
		}
		for _, item := range strings.Split(text, ",") {
			item = strings.TrimSpace(item)
			switch {
			case list.name == "levels" && !slices.Contains([]string{"br", "uf", "mu", "zona"}, item):
				return s, fmt.Errorf("setting levels: %q is none of br, uf, mu, zona", item)
			case list.name != "levels":
				if item = strings.TrimLeft(item, "0"); !digits(item) {
					return s, fmt.Errorf("setting %s: %q is not a list of codes, which are digits between commas", list.name, text)
				}
			}
			*list.to = append(*list.to, item)
		}
	}
	if s.levels == nil {
		s.levels = []string{"br", "uf", "mu"}
	}
	return s, nil
}

// follows reports whether files of a level are followed.
func (s selection) follows(level string) bool { return slices.Contains(s.levels, level) }

// office reports whether an office is followed.
func (s selection) office(code string) bool {
	return len(s.offices) == 0 || slices.Contains(s.offices, code)
}
