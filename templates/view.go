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

// Site is what all pages of one publication share, in one language. It does
// not change once pages are made with it.
type Site struct {
	Election string // slug: first segment of every address
	Name     string // the election's name, for people
	Mode     Mode
	// Key verifies signatures (golang.org/x/mod/sumdb/note: name, hash and
	// public key), "" when heads carry none.
	Key      string
	Location *time.Location // in which times are shown; never nil
	Lang     *Language      // never nil
	// Langs are all languages of the publication, the default one first.
	Langs []Alternate
	// PollSeconds is how often a page may ask for itself; 0 means never.
	PollSeconds int
	// Origin is the address of the host, "https://results.example", or "" when
	// it is not known; what must be absolute is then left out.
	Origin string
	// Cards says that pictures for links in other people's pages are published
	// at CardPath of each race and place.
	Cards bool
	// Base is where the addresses of pages in this language begin: "/E/",
	// "/pt/E/". Root is where those of files without a language begin: "/E/".
	Base, Root string

	Style  Asset
	Script Asset
	Icon   Asset // left out when its Href is ""
	// Scripts that are loaded when they are wanted; each may be missing. Embed
	// is for other people's pages.
	Find, Check, Service, Map, Embed Asset

	// What the authority set with Overrides.Dress; each may be missing. Logo
	// stands in the place of the name in the banner, with the name as its
	// alternative text. Header and Footer are whole blocks.
	Logo           Asset
	Header, Footer markup
	// Parties are the classes of the parties that have a colour, by name: as in
	// <i class="chip p1">. The class sets background and a readable colour.
	Parties map[string]markup

	around *around // made by Prepare
}

// Alternate is a language in which every page exists.
type Alternate struct {
	Code string // "pt"
	Name string // in the language itself
	Base string // "/pt/E/"
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

// Link is a page of this publication with its text. Path begins below
// Site.Base: "in/71072.html".
type Link struct{ Text, Path string }

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
	Path         string // of the page, below Site.Base
	JSON         string // of the JSON, below Site.Root
	// Breakdown is the path of the page that shows the race by the places
	// inside its own, "" when there is none.
	Breakdown string
	// Choices is the path of the page that shows every choice of a large
	// contest, "" when the page of the race shows them all.
	Choices string
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
	// Reason is "source": the official source stated less than before,
	// "final": the final count replaced an intermediate one, or "withheld": the
	// authority withholds the numbers.
	Reason  string
	Changes []Change // none of a race that is withheld
}

// Change is one number that fell or vanished.
type Change struct {
	Choice   int    // place in the contest's choices, or -1
	What     string // "votes", "units_in", "ballots", "valid"
	From, To snapshot.Count
}
