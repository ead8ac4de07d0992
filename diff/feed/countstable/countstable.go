// Package countstable reads the counts table: options with their counts, as
// JSON or CSV, for authorities whose tally is a stream of votes and not a file
// of a results system.
//
// It promises that a table says whether its counts are intermediate, and may
// contain duplicates, or final; that channels stand beside their total; and
// that a total which the table states through its channels alone is their sum
// and labelled so. It refuses a number that stands there twice, one key with
// two names, and a table that is shorter than it says. The format is Herald's
// own: docs/feeds/counts.md is its specification.
package countstable

import (
	"bytes"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// Format is "counts".
//
// Stamp: `sequence`, where there is one, and `as_of`. Scope: `scope`, "all"
// when the table names none.
//
// Keys: `contest`, `unit` ("all" for rows without one) and `choice`.
func Format() feed.Format {
	return feed.Format{
		Name:       "counts",
		Doc:        "counts table: options with their counts, JSON or CSV, intermediate or final, also from DynamoDB",
		Stamps:     "sequence and as_of of the table",
		Concurrent: true,
		New:        func(o feed.Options) (feed.Decoder, error) { return &decoder{opts: o}, nil },
	}
}

type decoder struct{ opts feed.Options }

// Decode implements feed.Decoder. A payload gives one update with everything
// the table states.
func (d *decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	body, err := feed.Load(p, d.opts)
	if err != nil {
		return nil, err
	}
	t := newTable()
	var unknown []snapshot.Finding
	if bytes.TrimLeft(body, " \t\r\n")[0] == '{' {
		plain := p
		plain.Body = body
		unknown, err = t.readJSON(plain, feed.Options{MaxBytes: d.opts.MaxBytes})
	} else {
		unknown, err = t.readCSV(p, body)
	}
	if err != nil {
		return nil, err
	}
	if r := t.check(); r != nil {
		r.Feed, r.File = p.Feed, p.Name
		return nil, r
	}
	u, r := t.update()
	if r != nil {
		r.Feed, r.File = p.Feed, p.Name
		return nil, r
	}
	u.Findings = append(unknown, u.Findings...)
	return []snapshot.Update{u}, nil
}
