// Package slovakia reads the media files of the Statistical Office of the
// Slovak Republic: turnout, votes of parties and preferential votes.
//
// It promises that the four files of results are stated together, of one
// moment, or not at all. It refuses files of another shape. It is a mapping for
// package delimited, learned from the files of the night and of the rehearsal
// of the National Council election of 30 September 2023.
package slovakia

import (
	_ "embed" // the mapping

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/delimited"
)

//go:embed mapping.toml
var mapping []byte

// Format is "slovakia".
func Format() feed.Format {
	return delimited.Preset(feed.Format{Name: "slovakia", Zone: "Europe/Bratislava",
		Doc:    "Statistical Office of the Slovak Republic: media files of the National Council election",
		Stamps: "DAT_AKT, on which the four files must agree"}, mapping)
}
