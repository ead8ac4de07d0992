package publish

import (
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
	tree    *tree
	pages   []manifest.Page // beside tree.places
}

// raceState is the published state of one race.
type raceState struct {
	rev, changed int
	json, html   manifest.Shard
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
}

const (
	typeJSON = "application/json"
	typeHTML = "text/html; charset=utf-8"
	typeCSS  = "text/css; charset=utf-8"
	typeJS   = "text/javascript; charset=utf-8"
	typeSVG  = "image/svg+xml"
)
