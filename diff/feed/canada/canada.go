// Package canada reads EventResults.txt of Elections Canada: one row a candidate
// and type of result, in two languages.
//
// It promises that each riding has its best type of result, and that rejected
// ballots of the night, which the file writes as 0, are absent. It refuses a
// file whose footnotes are missing: it was cut. It is a mapping for package
// delimited, learned from the file of the general election of 2015.
package canada

import (
	_ "embed" // the mapping

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/delimited"
)

//go:embed mapping.toml
var mapping []byte

// Format is "canada".
func Format() feed.Format {
	return delimited.Preset(feed.Format{Name: "canada", Zone: "America/Toronto",
		Doc:    "Elections Canada: EventResults.txt, one row a candidate and type of result",
		Stamps: "the refresh time in line 1"}, mapping)
}
