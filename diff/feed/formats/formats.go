// Package formats is the table of the formats that Herald reads.
//
// It promises one format a name and refuses to guess a format from a payload:
// the configuration names it.
package formats

import (
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/lacounty"
	"github.com/heraldresults/herald/diff/feed/minnesota"
	"github.com/heraldresults/herald/diff/feed/tse"
)

// All lists the formats in the order in which they are shown.
func All() []feed.Format {
	return []feed.Format{
		lacounty.Format(),
		minnesota.Format(),
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
