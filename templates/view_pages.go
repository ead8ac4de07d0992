package templates

import (
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

// Part is where a page stands in a list that is too long for one page.
type Part struct {
	Number, Of int      // from 1; 0 of 0 when the list is whole
	Paths      []string // of all parts, in their order
}

// PlaceView is the page of a reporting unit; that of the root is the home
// page.
type PlaceView struct {
	Unit   *snapshot.Unit
	Home   bool
	Trail  []Link
	Path   string
	Races  []RaceLine // of this part
	Part   Part
	Places []PlaceLine // on the first part
	Types  []TypeLine  // on the home page: the contest types
	// Sums are of the place and everything inside it.
	Sums PlaceLine
	AsOf time.Time // latest count of any race in the place
	// Changed is the highest number of a release that changed anything the
	// page shows. Readers never go back to a page with a lower one.
	Changed int
	Map     *MapRef // nil when the place has no map
}

// MapRef is a map that script loads on demand: an SVG whose areas carry the
// ids of units.
type MapRef struct {
	Asset
	Bytes int // as transferred

	areas map[string]bool // ids of the units that it shows; nil when not known
}

// RaceLine is a race in a list.
type RaceLine struct {
	Race      *snapshot.Race
	Path      string
	AsOf      time.Time
	Corrected bool // whether the race carries a correction
}

// PlaceLine is a place inside a place.
type PlaceLine struct {
	Unit  *snapshot.Unit
	Path  string
	Tally // of the place and everything inside it
	// Intermediate is how many of these races have an intermediate count.
	Intermediate int
	Changed      int // number of the release that last changed any of them
	AsOf         time.Time
}

// TypeLine is a contest type: what the contests of one heading have in common.
type TypeLine struct {
	Name string // the heading; "" for contests without one
	Path string
	Tally
}

// Tally is how far the count of some races is.
type Tally struct {
	Races     int // in which there is something to count
	Reporting int // of these, how many have any count
	Complete  int // of these in turn, how many have nothing left to count
}

// Add counts a race in, unless there is nothing to count in it.
func (t *Tally) Add(r *snapshot.Result) {
	if !r.Countable() {
		return
	}
	t.Races++
	if r.HasVotes() {
		t.Reporting++
		if r.Complete() {
			t.Complete++
		}
	}
}

// begun reports whether the count of so many races that are listed has begun,
// or there is nothing in them to count.
func (t Tally) begun(listed int) bool { return t.Reporting > 0 || t.Races == 0 && listed > 0 }

// Join adds the races of another tally.
func (t *Tally) Join(o Tally) {
	t.Races, t.Reporting, t.Complete = t.Races+o.Races, t.Reporting+o.Reporting, t.Complete+o.Complete
}

// TypeView is the page of a contest type: every contest of one heading, in the
// largest places it is counted in.
type TypeView struct {
	Name    string
	Trail   []Link
	Path    string
	Races   []RaceLine // of this part
	Part    Part
	AsOf    time.Time
	Changed int
}

// BreakdownView is the page that shows one race by the places inside its own.
type BreakdownView struct {
	Race     *snapshot.Race
	RacePath string
	Trail    []Link
	Path     string
	Units    []RaceLine // the same contest, counted in the places inside
	Part     Part
	AsOf     time.Time
	Changed  int
	Map      *MapRef
}

// LiteView is the page that shows every race as one line of text.
type LiteView struct {
	Path    string
	Races   []RaceLine
	Part    Part
	AsOf    time.Time
	Changed int
}

// FindView is the page from which readers without script find their race: the
// places and contests of one letter, or of all when they are few. FindPages
// makes it.
type FindView struct {
	Path    string
	Letters []Link // all letters; empty when the page holds everything
	Letter  string // "" when the page holds everything, or no entries
	Entries []FindEntry
}

// FindEntry is something that a reader may look for.
type FindEntry struct {
	Name    string
	Context string // "Minas Gerais", "Council"
	Path    string
	Races   []Link // counted in the place, when they are few enough to stand beside it
	Letter  string // under which it stands; FindPages sets it
}

// Findable is a place with the races counted in it, as lists that lead to
// races need it.
type Findable struct {
	Unit  *snapshot.Unit
	Path  string // of its page
	Up    int    // the place above it in the list; -1 for the home page, which comes first
	Races []RaceLine
}

// SearchView is a file that the type-ahead looks in: the places of one region,
// or of the whole election, with their contests. SearchViews makes it.
type SearchView struct {
	File string // its path below Site.Root: "search.json", "search/sp.json"
	// Places are those of the file, the region first, parents before children;
	// Up is within the file.
	Places []Findable
	// Files are the paths of the files with what lies inside a place, beside
	// Places; "" when it stands in this file.
	Files []string
}

// UpdatesView is the page of what was published when, newest first.
type UpdatesView struct {
	Path    string
	Updates []Update
	Older   string // path of the page before, "" for none
	Changed int
}

// Update is one release in words.
type Update struct {
	Release                     int
	AsOf                        time.Time // newest stamp of the source
	Added, Changed, Corrections int       // races
	Completed                   int       // races that became complete
	Places                      []Link    // where, at most eight
	MorePlaces                  int
}

// CorrectionsView is the page of all corrections, newest first.
type CorrectionsView struct {
	Path        string
	Corrections []RaceCorrection
	More        int // older ones that stand on the pages of their races alone
	Changed     int
}

// RaceCorrection is a correction with the race that it is about.
type RaceCorrection struct {
	Race *snapshot.Race
	Path string
	Correction
}

// DataView is the page that says where the data is and how to read it.
type DataView struct {
	Path   string
	Groups []GroupLine
}

// GroupLine is a group of races as newsrooms read it.
type GroupLine struct {
	ID, Region string
	Races      int
}
