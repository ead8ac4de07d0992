package shard

import (
	"fmt"
	"strconv"
	"strings"

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

// Page is the key of a page by its path below the election's address:
// "in/u.html". It lies with the other versions of the race or place, those of
// all languages together; any other page has a folder named by its path.
func (l Layout) Page(path string, h Hash) string {
	name := strings.TrimSuffix(path, ".html")
	first, rest, _ := strings.Cut(name, "/")
	unit, more, _ := strings.Cut(rest, "/")
	switch {
	case first == "race" && more != "":
		name = "races/" + unit + "--" + more
	case first == "in" && unit != "":
		name = "units/" + unit
	default:
		name = "pages/" + name
	}
	return l.election + "/" + name + "/" + h.String() + ".html"
}

// File is the key of a file that has no language, by its path: "search.json".
func (l Layout) File(path string, h Hash) string {
	ext := path[strings.LastIndexByte(path, '.'):]
	return l.election + "/files/" + strings.TrimSuffix(path, ext) + "/" + h.String() + ext
}

// Files is the key of the list of a group's files.
func (l Layout) Files(group string, h Hash) string { return l.group(group, "files", h) }

// Log is the key of one of the lists of what happened: "updates",
// "corrections".
func (l Layout) Log(name string, h Hash) string {
	return l.election + "/" + name + "/" + h.String() + ".json"
}

// Alias is the stable address of what has this path. Segment is that of the
// language, as Segment returns it, or "" for the default one and for what has
// no language.
func (l Layout) Alias(segment, path string) string {
	if segment != "" {
		segment += "/"
	}
	return segment + l.election + "/" + path
}

// Segment is the first segment of the addresses in a language other than the
// default one: its code in lower case.
func Segment(code string) string { return strings.ToLower(code) }

// RacePage is the path of a race's page, RaceFile that of its JSON.
func RacePage(unit, contest string) string { return "race/" + unit + "/" + contest + ".html" }

// RaceFile is the path of a race's JSON.
func RaceFile(unit, contest string) string { return "race/" + unit + "/" + contest + ".json" }

// PlacePage is the path of the page of a place that is not the home page.
func PlacePage(unit string) string { return "in/" + unit + ".html" }

// BreakdownPage is the path of the page that shows a race by the places inside
// its own.
func BreakdownPage(unit, contest string) string { return "breakdown/" + unit + "/" + contest + ".html" }

// ChoicesPage is the path of the page that shows every choice of a large
// contest.
func ChoicesPage(unit, contest string) string { return "choices/" + unit + "/" + contest + ".html" }

// TypePage is the path of the page of a contest type.
func TypePage(slug string) string { return "type/" + slug + ".html" }

// Part is the path of part n, from 1, of a page that is too long for one.
func Part(path string, n int) string {
	if n == 1 {
		return path
	}
	return strings.TrimSuffix(path, ".html") + "/" + strconv.Itoa(n) + ".html"
}

// Asset is the key of a style or script: "herald", "css".
func Asset(name, ext string, h Hash) string {
	return "assets/" + name + "." + h.String() + "." + ext
}

// Schema is the stable address of a JSON Schema.
func Schema(name string) string { return "schema/v1/" + name + ".json" }
