// Package templates says how a race looks: the pages people read and the JSON
// of one race.
//
// It promises complete HTML without script, text escaped wherever it stands,
// and the same bytes for the same view on any machine. It refuses to look
// anything up: addresses, hashes and times come in as values, and it has no
// clock, no network and no disk.
package templates

import (
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

// Site is what all pages of one publication share.
type Site struct {
	Election string // slug: first segment of every address
	Name     string // the election's name, for people
	Mode     Mode
	Signed   bool           // whether heads carry a signature
	Location *time.Location // in which times are shown; never nil
	Lang     string         // BCP 47, "en"
	// PollSeconds is how often a page may ask for itself; 0 means never.
	PollSeconds int
	Home        string // address of the home page
	// Status is the address of status.json, "" when there is none. The script
	// reads its members "checked" and "published" (RFC 3339) and
	// "poll_after_s", the interval that replaces PollSeconds.
	Status string
	Style  Asset
	Script Asset
	Icon   Asset // left out when its Href is ""
}

// Asset is a style or script, addressed by its hash.
type Asset struct {
	Href      string // "/assets/herald.H.css"
	Integrity string // "sha256-…" for SRI
}

// Mode tells real results from everything else. It stands in every page and
// every signature.
type Mode string

// The modes.
const (
	Live      Mode = "live"
	Test      Mode = "test"
	Rehearsal Mode = "rehearsal"
	Replay    Mode = "replay"
)

// Link is an address with its text.
type Link struct{ Text, Href string }

// RaceView is everything the JSON and the page of one race show.
type RaceView struct {
	Race *snapshot.Race
	// Rev counts the versions of this race, from 1; Changed is the number of
	// the release that made this one.
	Rev, Changed int
	AsOf         time.Time // counted as of; zero before the first count
	History      []Point   // oldest first; the last is the present result
	Corrections  []Correction
	Trail        []Link // from the home page to the place, in that order
	Self         Link   // alias of the page
	JSON         Link   // alias of the JSON
}

// Point is one published state in how the count moved.
type Point struct {
	AsOf    time.Time
	UnitsIn snapshot.Count
	Votes   snapshot.Count // all votes of the choices, where they are stated
	// Leaders are the choices with most votes at that moment, at most five,
	// most votes first, by their place in the contest's choices.
	Leaders []Lead
	Kind    snapshot.CountKind
}

// Lead is one choice's votes in a Point.
type Lead struct {
	Choice int
	Votes  snapshot.Count
}

// Correction is a published fall or change of what was already published.
type Correction struct {
	Release int // number of the release that published it
	AsOf    time.Time
	// Reason is "source": the official source stated less than before, or
	// "final": the final count replaced an intermediate one.
	Reason  string
	Changes []Change
}

// Change is one number that fell or vanished.
type Change struct {
	Choice   int    // place in the contest's choices, or -1
	What     string // "votes", "units_in", "ballots", "valid"
	From, To snapshot.Count
}

// PlaceView is the page of a reporting unit; that of the root is the home
// page.
type PlaceView struct {
	Unit   *snapshot.Unit
	Home   bool
	Trail  []Link
	Self   Link
	Races  []RaceLine
	Places []PlaceLine
	AsOf   time.Time // latest count of any race in the place
	// Changed is the highest number of a release that changed anything the
	// page shows. Readers never go back to a page with a lower one.
	Changed int
}

// RaceLine is a race in a place's list.
type RaceLine struct {
	Race      *snapshot.Race
	Href      string
	AsOf      time.Time
	Corrected bool // whether the race carries a correction
}

// PlaceLine is a place inside a place.
type PlaceLine struct {
	Unit      *snapshot.Unit
	Href      string
	Races     int // races counted in the place and everything inside it
	Reporting int // of these, how many have any count
	Complete  int // of these, how many have all units in
	// Intermediate is how many of these races have an intermediate count.
	Intermediate int
	Changed      int // number of the release that last changed any of them
	AsOf         time.Time
}
