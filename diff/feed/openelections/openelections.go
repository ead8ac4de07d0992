// Package openelections reads the CSV of the OpenElections project: one row a
// candidate in a precinct or county of the United States.
//
// It promises that the parts of a vote by the way it was cast are shown as such
// and never added up. It refuses a candidate who stands twice in one place. It
// is a mapping for package delimited, learned from files of Georgia, Michigan
// and Texas; the project's files have no ids, so that names are keys.
package openelections

import (
	_ "embed" // the mapping

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/delimited"
)

//go:embed mapping.toml
var mapping []byte

// Format is "openelections".
func Format() feed.Format {
	return delimited.Preset(feed.Format{Name: "openelections",
		Doc:    "OpenElections: precinct and county results of the United States as CSV",
		Stamps: "the order of receipt"}, mapping)
}
