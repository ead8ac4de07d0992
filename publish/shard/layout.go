package shard

import (
	"fmt"

	"github.com/heraldresults/herald/diff/snapshot"
)

// Layout builds the keys of one election's objects. Keys have no leading
// slash; an address is "/" and the key.
type Layout struct{ election string }

// reserved first segments of a key.
var reserved = [...]string{"assets", "schema"}

// NewLayout takes the election's slug. Language codes and "assets" and
// "schema" are reserved as first segments.
func NewLayout(election string) (Layout, error) {
	if !snapshot.IsSlug(election) {
		return Layout{}, fmt.Errorf("election %q is not a slug: lower-case letters, digits and dashes, at most 64", election)
	}
	if len(election) == 2 {
		return Layout{}, fmt.Errorf("election %q: two letters are reserved for languages", election)
	}
	for _, r := range reserved {
		if election == r {
			return Layout{}, fmt.Errorf("election %q is a reserved name", election)
		}
	}
	return Layout{election}, nil
}

// Election is the slug that begins every key of the election.
func (l Layout) Election() string { return l.election }

// Head is the key of the one object that names the current release.
func (l Layout) Head() string { return l.election + "/head.json" }

// Status is the key of the heartbeat.
func (l Layout) Status() string { return l.election + "/status.json" }

// Release is the key of a release.
func (l Layout) Release(h Hash) string { return l.election + "/releases/" + h.String() + ".json" }

// State is the key, in the private store, of what was remembered of a feed.
func (l Layout) State(h Hash) string { return l.election + "/states/" + h.String() + ".gz" }

// Delta is the key of what changed between two releases.
func (l Layout) Delta(h Hash) string { return l.election + "/deltas/" + h.String() + ".json" }

// Definitions, Counts and Index are the keys of a group's three objects.
func (l Layout) Definitions(group string, h Hash) string { return l.group(group, "definitions", h) }

// Counts is the key of a group's counts.
func (l Layout) Counts(group string, h Hash) string { return l.group(group, "counts", h) }

// Index is the key of a group's index.
func (l Layout) Index(group string, h Hash) string { return l.group(group, "index", h) }

func (l Layout) group(group, kind string, h Hash) string {
	return l.election + "/groups/" + group + "/" + kind + "/" + h.String() + ".json"
}

// RaceJSON is the key of the self-describing race.
func (l Layout) RaceJSON(race string, h Hash) string {
	return l.election + "/races/" + race + "/" + h.String() + ".json"
}

// RaceHTML is the key of a race's page.
func (l Layout) RaceHTML(race string, h Hash) string {
	return l.election + "/races/" + race + "/" + h.String() + ".html"
}

// PlaceHTML is the key of a place's page.
func (l Layout) PlaceHTML(unit string, h Hash) string {
	return l.election + "/units/" + unit + "/" + h.String() + ".html"
}

// AliasHome is the stable address of the home page.
func (l Layout) AliasHome() string { return l.election + "/index.html" }

// AliasPlace is the stable address of a place.
func (l Layout) AliasPlace(unit string) string { return l.election + "/in/" + unit + ".html" }

// AliasRace is the stable address of a race's page.
func (l Layout) AliasRace(unit, contest string) string {
	return l.election + "/race/" + unit + "/" + contest + ".html"
}

// AliasRaceJSON is the stable address of a race's JSON.
func (l Layout) AliasRaceJSON(unit, contest string) string {
	return l.election + "/race/" + unit + "/" + contest + ".json"
}

// Asset is the key of a style or script: "herald", "css".
func Asset(name, ext string, h Hash) string {
	return "assets/" + name + "." + h.String() + "." + ext
}

// Schema is the stable address of a JSON Schema.
func Schema(name string) string { return "schema/v1/" + name + ".json" }
