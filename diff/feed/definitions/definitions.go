// Package definitions reads and writes definitions files: what an authority
// lays down before the night, in a form of Herald's own that goes with any
// feed (docs/feeds/definitions.md).
//
// It promises that equal definitions have equal bytes, so that a hash pins
// them, and that what it wrote it reads back. It refuses a key or a word that
// it does not know: a misspelt name would be one that no page shows.
package definitions

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// version of the form.
const version = 1

// file is the form in which definitions are written. Empty fields are left out.
type file struct {
	V         int       `json:"v"`
	Elections []string  `json:"elections,omitempty"`
	Name      string    `json:"name,omitempty"`
	Units     []unit    `json:"units,omitempty"`
	Contests  []contest `json:"contests,omitempty"`

	Conditions []condition `json:"conditions,omitempty"`
}

type unit struct {
	Key    string            `json:"key"`
	Parent string            `json:"parent,omitempty"`
	Name   string            `json:"name,omitempty"`
	Type   snapshot.UnitType `json:"type,omitempty"`
}

type contest struct {
	Key     string               `json:"key"`
	Name    string               `json:"name,omitempty"`
	Type    snapshot.ContestType `json:"type,omitempty"`
	Seats   int                  `json:"seats,omitempty"`
	Order   int                  `json:"order,omitempty"`
	Heading string               `json:"heading,omitempty"`
	Unit    snapshot.CountUnit   `json:"count_unit,omitempty"`
	Choices []choice             `json:"choices,omitempty"`
}

// condition is what became of a race, of every race of the contest where the
// unit is left out.
type condition struct {
	Contest   string             `json:"contest"`
	Unit      string             `json:"unit,omitempty"`
	Condition snapshot.Condition `json:"condition"`
}

// none takes a condition back.
const none snapshot.Condition = "none"

type choice struct {
	Key    string              `json:"key"`
	Name   string              `json:"name,omitempty"`
	Party  string              `json:"party,omitempty"`
	Number string              `json:"number,omitempty"`
	Detail string              `json:"detail,omitempty"`
	Type   snapshot.ChoiceType `json:"type,omitempty"`
}

// Of takes the definitions out of a snapshot. Elections are the source's own
// ids of the election, in any order, as far as it states any.
func Of(s *snapshot.Snapshot, elections []string) diff.Definitions {
	d := diff.Definitions{Elections: slices.Compact(slices.Sorted(slices.Values(elections))), Name: s.Name}
	for _, u := range s.Units {
		def := snapshot.UnitDef{Key: u.Key, Name: u.Name, Type: u.Type}
		if u.Parent != nil {
			def.Parent = u.Parent.Key
		}
		d.Units = append(d.Units, def)
	}
	for _, c := range s.Contests {
		def := snapshot.ContestDef{Key: c.Key, Name: c.Name, Type: c.Type, Seats: c.Seats, Order: c.Order, Heading: c.Heading, CountUnit: c.CountUnit}
		for _, ch := range c.Choices {
			def.Choices = append(def.Choices, ch.ChoiceDef)
		}
		d.Contests = append(d.Contests, def)
	}
	return d
}

// Append appends the file that says d, as canonical JSON: fields in fixed
// order, each on its own line, one newline at the end.
func Append(dst []byte, d diff.Definitions) []byte {
	f := file{V: version, Elections: d.Elections, Name: d.Name}
	for _, u := range d.Units {
		f.Units = append(f.Units, unit(u))
	}
	for _, c := range d.Contests {
		made := contest{c.Key, c.Name, c.Type, c.Seats, c.Order, c.Heading, c.CountUnit, nil}
		for _, ch := range c.Choices {
			made.Choices = append(made.Choices, choice(ch))
		}
		f.Contests = append(f.Contests, made)
	}
	for _, c := range d.Conditions {
		f.Conditions = append(f.Conditions, condition{c.Contest, c.Unit, cmp.Or(c.Condition, none)})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(f); err != nil {
		panic("definitions: " + err.Error()) // strings and numbers only
	}
	return append(dst, b.Bytes()...)
}

// Read reads a definitions file, or returns a *feed.Refusal.
func Read(p feed.Payload) (diff.Definitions, error) {
	r, err := feed.OpenJSON(p, feed.Options{})
	if err != nil {
		return diff.Definitions{}, err
	}
	d := reader{JSON: r}.definitions()
	if _, err := r.Finish(""); err != nil {
		return diff.Definitions{}, err
	}
	return d, nil
}
