// Package california reads the returns of the California Secretary of State as
// its interface `api.sos.ca.gov/returns/…` serves them: one contest, a list of
// contests, all ballot measures, or the justices who stand for another term,
// counted in the state, in a district or in a county.
//
// It promises that a contest's counts stay absent until its first precinct or
// its first vote: the zeros that stand there before are placeholders. It refuses
// a title that does not say where its votes were counted. Learned from captures
// of the elections of November 2022 and June 2026; the state publishes no
// specification.
package california

import (
	"fmt"
	"time"
	_ "time/tzdata" // the state's zone on machines that have none installed

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// Format is "california".
//
// Stamps: `ReportingTime`, Pacific time in prose, to the minute; zero while it
// is empty. Scope: `raceTitle`, so that a late answer for one contest does not
// touch the others.
//
// Keys: units "california", the name of a county, and the contest's own name
// for its district; contests the title without its last part, with ": " and the
// name where it is about justices, measures "measure-" and their number; choices
// the name, "yes" and "no".
func Format() feed.Format {
	return feed.Format{
		Name:       "california",
		Doc:        "California, Secretary of State: returns of contests and ballot measures (JSON)",
		Stamps:     "ReportingTime, to the minute",
		Zone:       "America/Los_Angeles",
		Concurrent: true,
		New: func(o feed.Options) (feed.Decoder, error) {
			zone, err := time.LoadLocation("America/Los_Angeles")
			if err != nil {
				return nil, fmt.Errorf("load the zone of California: %w", err)
			}
			return &decoder{opts: o, zone: zone}, nil
		},
	}
}

type decoder struct {
	opts feed.Options
	zone *time.Location
}

// Decode implements feed.Decoder. Each title gives one update.
func (d *decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return nil, err
	}
	returns := readAnswers(r)
	unknown, err := r.Finish("")
	if err != nil {
		return nil, err
	}
	if len(returns) == 0 {
		return nil, p.Refuse("E_EMPTY", "a list without contests")
	}
	seen := map[string]bool{}
	updates := make([]snapshot.Update, len(returns))
	for i := range returns {
		if seen[returns[i].title] {
			return nil, returns[i].refuse(p, "E_DUPID", "raceTitle", "the title stands there twice")
		}
		seen[returns[i].title] = true
		if updates[i], err = d.update(p, &returns[i]); err != nil {
			return nil, err
		}
	}
	updates[0].Findings = append(unknown, updates[0].Findings...)
	return updates, nil
}
