// Package formats is the table of the formats that Herald reads.
//
// It promises one format a name and refuses to guess a format from a payload:
// the configuration names it.
package formats

import (
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/aec"
	"github.com/heraldresults/herald/diff/feed/ap"
	"github.com/heraldresults/herald/diff/feed/california"
	"github.com/heraldresults/herald/diff/feed/canada"
	"github.com/heraldresults/herald/diff/feed/clarity"
	"github.com/heraldresults/herald/diff/feed/countstable"
	"github.com/heraldresults/herald/diff/feed/czech"
	"github.com/heraldresults/herald/diff/feed/delimited"
	"github.com/heraldresults/herald/diff/feed/eml"
	"github.com/heraldresults/herald/diff/feed/georgia"
	"github.com/heraldresults/herald/diff/feed/kerg2"
	"github.com/heraldresults/herald/diff/feed/lacounty"
	"github.com/heraldresults/herald/diff/feed/minnesota"
	"github.com/heraldresults/herald/diff/feed/nist"
	"github.com/heraldresults/herald/diff/feed/openelections"
	"github.com/heraldresults/herald/diff/feed/oregon"
	"github.com/heraldresults/herald/diff/feed/portugal"
	"github.com/heraldresults/herald/diff/feed/slovakia"
	"github.com/heraldresults/herald/diff/feed/swiss"
	"github.com/heraldresults/herald/diff/feed/tse"
)

// All lists the formats in the order in which they are shown.
func All() []feed.Format {
	return []feed.Format{
		aec.Format(),
		ap.Format(),
		california.Format(),
		canada.Format(),
		clarity.Format(),
		countstable.Format(),
		czech.Format(),
		delimited.Format(),
		eml.Format(),
		georgia.Format(),
		kerg2.Format(),
		lacounty.Format(),
		minnesota.Format(),
		nist.Format(),
		openelections.Format(),
		oregon.Format(),
		portugal.Format(),
		slovakia.Format(),
		swiss.Format(),
		tse.Format(),
	}
}

// ByName finds a format as the configuration names it.
func ByName(name string) (feed.Format, bool) {
	for _, f := range All() {
		if f.Name == name {
			return f, true
		}
	}
	return feed.Format{}, false
}
