// Package swiss reads the results of Switzerland's federal votes as the Federal
// Statistical Office publishes them on the day: one JSON file of the whole
// country, `sd-t-17-02-<yyyymmdd>-eidgAbstimmung.json`, with its cantons,
// districts, communes and the counting circles of large cities.
//
// It promises that every place is one race for each question, and that a place
// that has not reported has absent counts. It refuses the file of cantonal votes
// and a place that stands there twice. Learned from the captures of the vote of
// 9 February 2025 and the office's description of its open data.
package swiss

import (
	"fmt"
	"time"
	_ "time/tzdata" // the zone of Zurich on machines that have none installed

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// Format is "swiss".
//
// Stamp: `timestamp`, Zurich time without zone. Scope: "schweiz".
//
// Keys: units "schweiz", "kanton-1", "bezirk-101", "gemeinde-1" and
// "zaehlkreis-10230", by the numbers of the Federal Statistical Office;
// contests `vorlagenId`; choices "ja" and "nein".
func Format() feed.Format {
	return feed.Format{
		Name:       "swiss",
		Doc:        "Switzerland, Federal Statistical Office: federal votes, one JSON file",
		Stamps:     "timestamp of the file",
		Zone:       "Europe/Zurich",
		Concurrent: true,
		New: func(o feed.Options) (feed.Decoder, error) {
			zone, err := time.LoadLocation("Europe/Zurich")
			if err != nil {
				return nil, fmt.Errorf("load the zone of Zurich: %w", err)
			}
			return &decoder{opts: o, zone: zone}, nil
		},
	}
}

type decoder struct {
	opts feed.Options
	zone *time.Location
}

// Decode implements feed.Decoder. A payload gives one update with every place
// and question.
func (d *decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return nil, err
	}
	doc := document{places: make([]place, 0, len(p.Body)/typicalPlace)}
	doc.read(r)
	unknown, err := r.Finish("")
	if err != nil {
		return nil, err
	}
	at, refusal := feed.ParseLocal("2006-01-02T15:04:05", doc.timestamp, d.zone)
	if refusal != nil {
		r := p.Refuse(refusal.Code, "%s", refusal.Text)
		r.Field = "timestamp"
		return nil, r
	}
	b := builder{p: p, doc: &doc}
	u, err := b.update()
	if err != nil {
		return nil, err
	}
	u.Stamp = snapshot.Stamp{Time: at}
	u.Findings = append(unknown, u.Findings...)
	return []snapshot.Update{u}, nil
}
