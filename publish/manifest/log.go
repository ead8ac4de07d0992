package manifest

import "github.com/heraldresults/herald/diff/snapshot"

// The bounds of what is told of the past. Older updates stand on pages of
// their own, older corrections in the JSON of their races.
const (
	MaxUpdates     = 100
	MaxCorrections = 500
)

// Updates are the last releases in numbers, newest first.
type Updates struct {
	V        int      `json:"v"`
	Election string   `json:"election"`
	Updates  []Update `json:"updates"`
}

// Update is one release: how many races were added, have another result or
// definition, have a number that fell, became complete.
type Update struct {
	Release     int    `json:"release"`
	AsOf        string `json:"as_of,omitempty"` // RFC 3339; newest stamp of the source
	Added       int    `json:"added,omitempty"`
	Changed     int    `json:"changed,omitempty"`
	Corrections int    `json:"corrections,omitempty"`
	Completed   int    `json:"completed,omitempty"`
	// Places are ids of units in which these races are, at most eight, of one
	// level of the tree; MorePlaces is how many more there are.
	Places     []string `json:"places,omitempty"`
	MorePlaces int      `json:"more_places,omitempty"`
}

// Corrections are the published falls and changes of what was published
// before, newest first.
type Corrections struct {
	V        int    `json:"v"`
	Election string `json:"election"`
	// ChangedRelease is the release that last changed the list.
	ChangedRelease int          `json:"changed_release"`
	Corrections    []Correction `json:"corrections"`
	More           int          `json:"more,omitempty"` // older ones that are left out
}

// Correction is the correction of one race.
type Correction struct {
	Race    string   `json:"race"`
	Release int      `json:"release"`         // that published it
	AsOf    string   `json:"as_of,omitempty"` // RFC 3339
	Reason  string   `json:"reason"`          // "source", "final", "withheld"
	Changes []Change `json:"changes"`         // empty of a race that is withheld
}

// Change is one number that fell or vanished. Choice is the place in the
// contest's choices, nil for a number of the whole race.
type Change struct {
	Choice *int           `json:"choice"`
	What   string         `json:"what"` // "votes", "units_in", "ballots", "valid"
	From   snapshot.Count `json:"from"`
	To     snapshot.Count `json:"to"`
}
