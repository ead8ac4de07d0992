// Package manifest is the form of the small public objects by which a reader
// finds everything else: head, release, definitions, counts, index, delta and
// status.
//
// It promises canonical bytes (fixed field order, sorted maps, integers, one
// newline at the end), so that equal content has one hash, and a head whose
// signature covers every field that readers rely on. It refuses a version it
// does not know. It does no I/O and reads no clock.
package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/shard"
)

// Version stands in every public object. Within a version fields are only
// added; readers ignore those they do not know.
const Version = 1

// Release is one published state of everything. It is a function of the
// release before and the snapshot.
type Release struct {
	V        int         `json:"v"`
	Election string      `json:"election"`
	Name     string      `json:"name"`
	Mode     string      `json:"mode"`
	Number   int         `json:"number"`             // 1, 2, 3 … without gaps
	Previous *shard.Hash `json:"previous,omitempty"` // of release Number-1
	Delta    shard.Hash  `json:"delta"`              // from release Number-1
	// Look is the hash of templates, assets and settings that the pages were
	// made with.
	Look   shard.Hash `json:"look"`
	Assets []Asset    `json:"assets"`
	// Cards says how pictures for links look, nil when there are none.
	Cards *Cards `json:"cards,omitempty"`
	// Languages are those of the pages, the default one first.
	Languages []string `json:"languages"`
	// Pages are those of the whole election: home, lists and so on and, as long
	// as they are few, the places directly below home that contain others and
	// the contest types. All further pages stand in the index of a group.
	Pages []Page `json:"pages"`
	// Files are those that have no language and belong to no group.
	Files []File `json:"files"`
	// Updates and Corrections are what happened: an Updates, a Corrections.
	Updates     shard.Hash `json:"updates"`
	Corrections shard.Hash `json:"corrections"`
	Groups      []Group    `json:"groups"`
	Rollups     []Rollup   `json:"rollups"`
	// States are what the decoders of incremental feeds remembered, by feed:
	// objects in the private store, which readers cannot read and need not.
	States map[string]shard.Hash `json:"states,omitempty"`
}

// Asset is a style, script or picture that the pages use.
type Asset struct {
	Key  string     `json:"key"`
	Hash shard.Hash `json:"hash"`
}

// Cards are the pictures for links: the hash of a sample of how they look, and
// the release since which they look so. Older ones wait for their turn.
type Cards struct {
	Look  shard.Hash `json:"look"`
	Since int        `json:"since"`
}

// Page is a page that is not of a single race. Its address is E/PATH, in
// languages other than the default one LANGUAGE/E/PATH.
type Page struct {
	Path           string           `json:"path"`
	HTML           map[string]Shard `json:"html"` // by language
	ChangedRelease int              `json:"changed_release"`
}

// File is a file without a language: an index to search in, a sitemap, a
// picture. Its address is E/PATH.
type File struct {
	Path string `json:"path"`
	Shard
	ChangedRelease int `json:"changed_release"`
}

// Group names the objects of a group.
type Group struct {
	ID          string     `json:"id"`
	Region      string     `json:"region"` // the region it is a chunk of
	Definitions shard.Hash `json:"definitions"`
	Counts      shard.Hash `json:"counts"`
	Index       shard.Hash `json:"index"`
	Files       shard.Hash `json:"files,omitzero"` // zero when it has none
	Rev         int        `json:"rev"`            // versions of this group, from 1
	Races       int        `json:"races"`
	Reporting   int        `json:"reporting"` // races with any count
	Complete    int        `json:"complete"`  // races with all units in, or a final count
	// Intermediate is how many races have a count that may contain duplicates.
	Intermediate   int `json:"intermediate,omitempty"`
	ChangedRelease int `json:"changed_release"`
}

// Rollup is a delta over several releases.
type Rollup struct {
	From int        `json:"from"`
	To   int        `json:"to"`
	Hash shard.Hash `json:"hash"`
}

// Definitions are what does not change on the night, for one group. Units
// holds every ancestor too, parents before children.
type Definitions struct {
	V        int       `json:"v"`
	Election string    `json:"election"`
	Group    string    `json:"group"`
	Units    []Unit    `json:"units"`
	Contests []Contest `json:"contests"`
	Races    []RaceDef `json:"races"`
}

// Unit is a reporting unit. Key is the source's own, left out when it equals
// the id.
type Unit struct {
	ID     string            `json:"id"`
	Key    string            `json:"key,omitempty"`
	Name   string            `json:"name"`
	Type   snapshot.UnitType `json:"type"`
	Parent string            `json:"parent,omitempty"`
}

// Contest is a contest with its choices in definition order.
type Contest struct {
	ID      string               `json:"id"`
	Key     string               `json:"key,omitempty"`
	Name    string               `json:"name"`
	Type    snapshot.ContestType `json:"type"`
	Seats   int                  `json:"seats,omitempty"`
	Order   int                  `json:"order,omitempty"`
	Heading string               `json:"heading,omitempty"`
	// CountUnit is what units in and units total count.
	CountUnit snapshot.CountUnit `json:"count_unit,omitempty"`
	Choices   []Choice           `json:"choices"`
}

// Choice is what can be voted for.
type Choice struct {
	ID     string              `json:"id"`
	Key    string              `json:"key,omitempty"`
	Name   string              `json:"name"`
	Party  string              `json:"party,omitempty"`
	Number string              `json:"number,omitempty"`
	Detail string              `json:"detail,omitempty"`
	Type   snapshot.ChoiceType `json:"type,omitempty"`
}

// RaceDef says which contest is counted in which unit.
type RaceDef struct {
	ID      string `json:"id"`
	Contest string `json:"contest"`
	Unit    string `json:"unit"`
}

// Files are the files of one group, those of its races and places. They say
// nothing that changes with the numbers.
type Files struct {
	V        int    `json:"v"`
	Election string `json:"election"`
	Group    string `json:"group"`
	Files    []File `json:"files"`
}

// Index says which bytes show each race and place of a group.
type Index struct {
	V        int         `json:"v"`
	Election string      `json:"election"`
	Group    string      `json:"group"`
	Races    []RaceEntry `json:"races"`
	Pages    []Page      `json:"pages"`
}

// RaceEntry is one race in an index.
type RaceEntry struct {
	ID             string          `json:"id"`
	Rev            int             `json:"rev"` // versions of this race, from 1
	ChangedRelease int             `json:"changed_release"`
	AsOf           string          `json:"as_of,omitempty"` // RFC 3339; counted as of
	Status         snapshot.Status `json:"status,omitempty"`
	// Kind is "intermediate" or "final", "" for an ordinary count.
	Kind snapshot.CountKind `json:"kind,omitempty"`
	// Condition is "uncontested", "withheld", "annulled" or "postponed", "" for
	// a race that is voted on and counted.
	Condition snapshot.Condition `json:"condition,omitempty"`
	// Outcomes are those the source states, by choice id.
	Outcomes  map[string]snapshot.Outcome `json:"outcomes,omitempty"`
	Corrected bool                        `json:"corrected,omitempty"`
	JSON      Shard                       `json:"json"`
	HTML      map[string]Shard            `json:"html"` // by language
}

// Shard is the hash and size of one object.
type Shard struct {
	Hash shard.Hash `json:"hash"`
	Size int        `json:"size"` // bytes, uncompressed
}

// Delta is what changed from one release to a later one.
type Delta struct {
	V        int         `json:"v"`
	Election string      `json:"election"`
	From     int         `json:"from"`
	To       int         `json:"to"`
	Races    []RaceDelta `json:"races"`
}

// RaceDelta is one race that changed: its new vector of counts and the hash of
// its JSON. Kind is "added", "result", "correction" or "definition".
type RaceDelta struct {
	ID     string           `json:"id"`
	Group  string           `json:"group"`
	Rev    int              `json:"rev"`
	Kind   string           `json:"kind"`
	JSON   shard.Hash       `json:"json"`
	Counts []snapshot.Count `json:"counts"`
	// CountKind is the kind of the count, "" for an ordinary one.
	CountKind snapshot.CountKind `json:"count_kind,omitempty"`
	Condition snapshot.Condition `json:"condition,omitempty"`
	Seats     []snapshot.Count   `json:"seats,omitempty"` // of the choices
	Rounds    []Round            `json:"rounds,omitempty"`
	Channels  []Channel          `json:"channels,omitempty"`
}

// Append appends v as canonical JSON with one newline at the end. v is one of
// the types above, which always can be written.
func Append(dst []byte, v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("manifest: " + err.Error())
	}
	return append(dst, b.Bytes()...)
}

// Read reads one object of this package. Unknown fields are ignored; another
// version, or text after the object, is an error.
func Read[T any](raw []byte) (*T, error) {
	var version struct {
		V int `json:"v"`
	}
	if err := json.Unmarshal(raw, &version); err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	if version.V != Version {
		return nil, fmt.Errorf("read manifest: version %d, this program knows %d", version.V, Version)
	}
	out := new(T)
	if err := json.Unmarshal(raw, out); err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	return out, nil
}
