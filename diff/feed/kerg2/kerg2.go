// Package kerg2 reads kerg2.csv of the Bundeswahlleiterin: first and second
// votes of the Bundestag election for the country, its states and its
// constituencies.
//
// It promises that what the file leaves empty is absent, and that a winner is
// stated only where the file states one. It refuses a file that does not end
// with the last group of an area. It is a mapping for package delimited, learned
// from the files of 2021 and 2025.
package kerg2

import (
	_ "embed" // the mapping

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/delimited"
)

//go:embed mapping.toml
var mapping []byte

// Format is "kerg2".
func Format() feed.Format {
	return delimited.Preset(feed.Format{Name: "kerg2", Zone: "Europe/Berlin",
		Doc:    "Bundeswahlleiterin: kerg2.csv of 2021 and 2025",
		Stamps: "`Stand:` in the preamble, Berlin time"}, mapping)
}
