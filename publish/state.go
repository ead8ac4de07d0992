package publish

import (
	"path"
	"strings"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/templates"
)

// state is what a release says, in the form the next one is planned from. It
// is never changed: a plan makes the next one.
type state struct {
	hash    shard.Hash        // of the release
	release *manifest.Release // nil before the first
	snap    *snapshot.Snapshot
	races   []raceState // beside snap.Races
	groups  []groupState
	book    *book
	pages   []pageState // beside book.sheets
	// kept are pages that are no longer listed, by path: what was full, which
	// stays as it is, and what is nothing any more, which says so.
	kept        []keptPage
	files       []manifest.File // of no group, in order of their paths
	updates     *manifest.Updates
	corrections *manifest.Corrections
}

// pageState is what was published of one page, in the order of languages. A
// zero hash is a page that is not there yet.
type pageState struct {
	html    []manifest.Shard
	changed int // release that last changed it in any language
}

// keptPage is a page that no longer follows the results.
type keptPage struct {
	path string
	pageState
}

func (k keptPage) compare(o keptPage) int { return strings.Compare(k.path, o.path) }

// raceState is the published state of one race.
type raceState struct {
	rev, changed int
	json         manifest.Shard
	html         []manifest.Shard // in the order of languages
	group        int
	corrected    bool
	recalled     bool // history and corrections are in memory
	history      []templates.Point
	corrections  []templates.Correction
}

// groupState is a group with its races in the order of its definitions.
type groupState struct {
	ref   manifest.Group
	races []int
	files []manifest.File // in order of their paths
}

// number of the release, 0 before the first.
func (s *state) number() int {
	if s.release == nil {
		return 0
	}
	return s.release.Number
}

// put is one object to be stored under a name that holds its hash.
type put struct {
	key, contentType string
	body             shard.Encoded
}

// alias is a stable address and the shard whose bytes it is to hold.
type alias struct {
	key, contentType string
	body             shard.Encoded
	added            bool // nothing is there yet, and it is not the home page
	rank             int  // what is read most comes first
}

// address is where an alias is to be, and when its turn comes.
type address struct {
	key  string
	rank int
}

// at is the address of what has this path, in the language of a segment.
func at(l shard.Layout, segment, path string) address {
	rank := 4
	switch first, _, _ := strings.Cut(path, "/"); first {
	case templates.HomePath:
		rank = 1
	case "in":
		rank = 2
	case "race":
		rank = 3
	}
	return address{l.Alias(segment, path), rank}
}

const (
	typeJSON = "application/json"
	typeHTML = "text/html; charset=utf-8"
	typeCSS  = "text/css; charset=utf-8"
	typeJS   = "text/javascript; charset=utf-8"
	typeSVG  = "image/svg+xml"
	typePNG  = "image/png"
	typeJPEG = "image/jpeg"
	typeWebP = "image/webp"
	typeXML  = "application/xml; charset=utf-8"
	typeText = "text/plain; charset=utf-8"
)

// typeOf is the content type of a file by its name.
func typeOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return typeHTML
	case ".css":
		return typeCSS
	case ".js":
		return typeJS
	case ".svg":
		return typeSVG
	case ".png":
		return typePNG
	case ".jpg":
		return typeJPEG
	case ".webp":
		return typeWebP
	case ".xml":
		return typeXML
	case ".txt":
		return typeText
	}
	return typeJSON
}
