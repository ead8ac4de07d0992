// Package oregon reads the results of the Oregon Secretary of State as its web
// service `ResultsAjax.svc/GetMapData` answers: `{"d":[…]}`, one row for each
// choice of a race in the state, in a county or in a precinct.
//
// It promises that the rows of one race make one result, in whatever order they
// stand, and that a counter of precincts that stands at 0 is no number of
// precincts. It refuses a choice that stands in one place twice. Learned from
// captures of the election of November 2024; the state publishes no
// specification.
package oregon

import (
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// Format is "oregon".
//
// Stamps: there is no time inside, so Last-Modified, else the order of receipt.
// Scope: a race in the state, in a county or in the precincts of a county:
// "300031518 state", "300031518 county-14", "300031518 precincts of county-14".
//
// Keys: units "oregon", the name of a district ("SD 30"), "county-14" and
// "precinct-14-2005"; contests `RaceID`; choices `CandidateID`.
func Format() feed.Format {
	return feed.Format{
		Name:       "oregon",
		Doc:        "Oregon, Secretary of State: results of the web service GetMapData (JSON)",
		Stamps:     "Last-Modified, else the order of receipt",
		Zone:       "America/Los_Angeles",
		Concurrent: true,
		New: func(o feed.Options) (feed.Decoder, error) {
			return &decoder{opts: o}, nil
		},
	}
}

type decoder struct{ opts feed.Options }

// Decode implements feed.Decoder. Each scope gives one update.
func (d *decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return nil, err
	}
	var rows []row
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "d":
			for r.List(); r.NextItem(); {
				rows = append(rows, readRow(r))
			}
		default:
			r.Unknown()
		}
	}
	r.Require("d")
	unknown, err := r.Finish("")
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, p.Refuse("E_EMPTY", "no row in it")
	}
	updates, err := build(p, rows)
	if err != nil {
		return nil, err
	}
	updates[0].Findings = append(unknown, updates[0].Findings...)
	return updates, nil
}

// stamp is the time of the answer, since there is none in it.
func stamp(p feed.Payload) snapshot.Stamp {
	if p.LastModified.IsZero() {
		return p.Receipt()
	}
	return snapshot.Stamp{Time: p.LastModified}
}
