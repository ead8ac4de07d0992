// Package delimited reads text in rows and cells, CSV and its kin, as a mapping
// file says: what the files are called, how they are written down, and which
// column means what.
//
// It promises that a mapping is checked whole before the first payload, that a
// row is either understood or refused with its line and column, that a file cut
// off is not taken for a whole one where the mapping says how to tell, and that
// files which belong together are never mixed across their stamps. It refuses
// columns, values and rows that the mapping does not foresee; it has no
// expressions, and it never adds up what a source does not state. The settings
// were learned from the media files of Slovakia, Canada, Germany, Minnesota and
// OpenElections; docs/feeds/delimited.md explains each.
package delimited

import (
	"errors"
	"path"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// Format is "delimited", whose mapping is the operator's.
func Format() feed.Format {
	return feed.Format{
		Name:   "delimited",
		Doc:    "CSV and other delimited text, as a mapping file says",
		Stamps: "what the mapping says: a cell, a column, Last-Modified or the order of receipt",
		New:    func(o feed.Options) (feed.Decoder, error) { return New(o) },
	}
}

// Preset is f, read by a mapping that is part of Herald.
func Preset(f feed.Format, mapping []byte) feed.Format {
	f.New = func(o feed.Options) (feed.Decoder, error) {
		if len(o.Mapping) > 0 {
			return nil, errors.New("format " + f.Name + " brings its own mapping; format delimited takes another")
		}
		o.Mapping = mapping
		return New(o)
	}
	return f
}

// New returns a decoder for the mapping in o. An error says in which line and
// column the mapping is wrong, and what is allowed.
func New(o feed.Options) (feed.Decoder, error) {
	p, err := compile(o.Mapping, o.Location)
	if err != nil {
		return nil, err
	}
	return &decoder{opts: o, plan: p, known: map[string]*piece{}, waiting: map[string]*piece{}, sets: map[string]*set{}}, nil
}

// decoder remembers definitions, results that came before them, and the files
// of a set.
type decoder struct {
	opts    feed.Options
	plan    *plan
	known   map[string]*piece // definitions by name of the file
	order   []string          // of known
	waiting map[string]*piece // results without definitions, by scope
	queue   []string          // of waiting
	sets    map[string]*set
}

// Decode implements feed.Decoder.
func (d *decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	base := path.Base(p.Name)
	var f *file
	for _, x := range d.plan.files {
		if _, ok := x.match(base); ok && f == nil {
			f = x
		}
	}
	if f == nil || f.role == ignored {
		return d.stranger(p, f)
	}
	s, err := open(f, p, d.opts)
	if err != nil {
		return nil, err
	}
	part, err := read(s, d.plan.zone)
	if err != nil {
		return nil, err
	}
	part.name = base
	if part.scope == "" {
		part.scope = base
	}
	switch f.stamp.source {
	case "receipt":
		part.stamp = p.Receipt()
	case "last-modified":
		if p.LastModified.IsZero() {
			return nil, p.Refuse("E_MISSING", "no Last-Modified came with it, which the mapping makes its stamp")
		}
		part.stamp = snapshot.Stamp{Time: p.LastModified}
	}
	if f.role == definitions {
		return d.define(part), nil
	}
	return d.results(part), nil
}

// stranger is a payload that no [[file]] reads.
func (d *decoder) stranger(p feed.Payload, f *file) ([]snapshot.Update, error) {
	if _, err := feed.Load(p, d.opts, feed.UTF8, feed.Windows1252); err != nil {
		return nil, err
	}
	if f == nil {
		return nil, p.Refuse("E_IDENTITY", "no [[file]] of the mapping has a name like %q", path.Base(p.Name))
	}
	return []snapshot.Update{{Scope: path.Base(p.Name), Stamp: p.Receipt(),
		Findings: []snapshot.Finding{{Code: "F_SKIPPED", Text: path.Base(p.Name) + " is left alone, as the mapping says"}}}}, nil
}
