// Package georgia reads the export of election results of the Georgia Secretary
// of State (Enhanced Voting, since 2024, earlier elections exported again): the
// state in `results`, its counties in `localResults`, precincts where there are
// any, and the votes by the way they were cast.
//
// It promises that a county's contest is that of the state only when its id and
// its options are, so that two counties' own contests never become one. It
// refuses a place, a contest or an option that stands there twice. Learned from
// exports of elections of 2021 to 2024; the state publishes no specification.
package georgia

import (
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// Format is "georgia".
//
// Stamp: `createdAt`. Scope: "export".
//
// Keys: units by the `id` of the state and the county, precincts by that of the
// county, "-" and their own; contests by `id`, those of one county alone by the
// county's id, "-" and their own; choices by `id`.
func Format() feed.Format {
	return feed.Format{
		Name:       "georgia",
		Doc:        "Georgia, Secretary of State: export of results (Enhanced Voting, JSON)",
		Stamps:     "createdAt",
		Zone:       "America/New_York",
		Concurrent: true,
		New: func(o feed.Options) (feed.Decoder, error) {
			return &decoder{opts: o}, nil
		},
	}
}

type decoder struct{ opts feed.Options }

// Decode implements feed.Decoder. A payload gives one update with every place
// and contest.
func (d *decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return nil, err
	}
	doc := readDocument(r)
	unknown, err := r.Finish("")
	if err != nil {
		return nil, err
	}
	at, err := time.Parse(time.RFC3339Nano, doc.created)
	if err != nil {
		refusal := p.Refuse("E_TIME", "%q is not a time with its zone", doc.created)
		refusal.Field = "createdAt"
		return nil, refusal
	}
	b := builder{p: p, official: doc.official, contests: map[string]map[string]string{}, units: map[string]bool{}}
	if err := b.build(&doc); err != nil {
		return nil, err
	}
	u := b.u
	u.Scope, u.Stamp, u.Name, u.Election = "export", snapshot.Stamp{Time: at.UTC()}, doc.name, doc.day
	u.Findings = append(unknown, b.notes.List()...)
	return []snapshot.Update{u}, nil
}
