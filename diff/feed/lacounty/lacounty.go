// Package lacounty reads the three files of the Los Angeles County
// Registrar-Recorder: election_data (contests, names, ids), counter_data
// (numbers by id) and the readable results (numbers by title and name).
//
// It promises that both files of numbers of one release make one result. It
// refuses to guess: a file of another election, a title or an id that the
// definitions do not have, and numbers before there are definitions are not
// published.
//
// The counters say everything the results say, and more. So for the newest
// release the counters rule wherever they are there, in whatever order the two
// files arrive; results without counters of the same second state votes alone.
// Write-in marks, which the county counts by the ballot and names for nobody,
// are in the valid votes and no choice of their own.
package lacounty

import (
	"fmt"
	"time"
	_ "time/tzdata" // the county's zone on machines that have none installed

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// Format is "lacounty".
//
// Stamps: `TimeStamp` of the counters and `Timestamp` of the results, county
// time without zone, to the second; both in the scope "los-angeles". Before the
// first release the definitions alone are stated, with a zero stamp.
//
// Keys: the unit "los-angeles", the ids of contests and candidates.
func Format() feed.Format {
	return feed.Format{
		Name:   "lacounty",
		Doc:    "Los Angeles County Registrar-Recorder: election_data, counter_data and results files",
		Stamps: "TimeStamp of the counters, Timestamp of the results",
		Zone:   "America/Los_Angeles",
		New: func(o feed.Options) (feed.Decoder, error) {
			zone, err := time.LoadLocation("America/Los_Angeles")
			if err != nil {
				return nil, fmt.Errorf("load the zone of Los Angeles: %w", err)
			}
			return &decoder{opts: o, zone: zone}, nil
		},
	}
}

const county = "los-angeles"

// decoder remembers the definitions and the newest numbers.
type decoder struct {
	opts     feed.Options
	zone     *time.Location
	defs     *definitions
	counters *counters
	results  *results
}

// Decode implements feed.Decoder.
func (d *decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	file, findings, err := d.read(p)
	if err != nil {
		return nil, err
	}
	switch {
	case file.defs != nil:
		d.defs = file.defs
		return d.restate(findings), nil
	case d.defs == nil:
		d.keep(file)
		return waiting(file.at(), findings, "definitions (election_data) have not arrived; numbers wait for them"), nil
	}
	var u snapshot.Update
	if file.counters != nil {
		u, err = d.fromCounters(p, file.counters, d.results)
	} else {
		u, err = d.fromResults(p, file.results)
	}
	if err != nil {
		return nil, err
	}
	d.keep(file)
	u.Findings = append(findings, u.Findings...)
	return []snapshot.Update{u}, nil
}

// keep remembers numbers that are as new as those known or newer.
func (d *decoder) keep(f *file) {
	if c := f.counters; c != nil && (d.counters == nil || !c.at.Before(d.counters.at)) {
		d.counters = c
	}
	if r := f.results; r != nil && (d.results == nil || !r.at.Before(d.results.at)) {
		d.results = r
	}
}

// restate gives new definitions with the newest numbers that fit them.
func (d *decoder) restate(findings []snapshot.Finding) []snapshot.Update {
	u, err := snapshot.Update{}, error(nil)
	p := feed.Payload{}
	switch {
	case d.counters != nil && (d.results == nil || !d.counters.at.Before(d.results.at)):
		u, err = d.fromCounters(p, d.counters, d.results)
	case d.results != nil:
		u, err = d.fromResults(p, d.results)
	default:
		u = d.defs.update()
	}
	if err != nil {
		d.counters, d.results = nil, nil
		u = d.defs.update()
		u.Findings = append(u.Findings, snapshot.Finding{Code: "F_WAITING", Text: "the numbers known so far are of another election; new ones are waited for: " + err.Error()})
	}
	u.Findings = append(findings, u.Findings...)
	return []snapshot.Update{u}
}

func waiting(at time.Time, findings []snapshot.Finding, text string) []snapshot.Update {
	return []snapshot.Update{{
		Scope:    county + " waiting",
		Stamp:    snapshot.Stamp{Time: at},
		Findings: append(findings, snapshot.Finding{Code: "F_WAITING", Text: text}),
	}}
}
