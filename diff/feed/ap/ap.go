// Package ap reads the AP Elections API, version 2 (JSON): races with their
// reporting units (state, county, township, congressional district) and the
// candidates of each.
//
// It promises that a delta touches only the races it holds, that test results
// are called so, and that the key of the API appears in nothing it returns. It
// refuses delegate reports and the index of elections, which hold no results.
// Learned from responses of 2012 to 2016 and the client elex; the AP's guide is
// for subscribers.
package ap

import (
	"net/url"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// Format is "ap".
//
// Stamp: `timestamp`. Scope: the day and the race, "2016-03-01 MA-24547"; each
// race is an update of its own.
//
// Keys: units "US", "MA" and "MA-22001" (`reportingunitID`), or "MA-fips-25023"
// where a unit has no id; contests the state and `raceID`; choices `polNum`, or
// "c" and `candidateID`.
func Format() feed.Format {
	return feed.Format{
		Name:       "ap",
		Doc:        "Associated Press, Elections API v2 (JSON)",
		Stamps:     "timestamp of the answer",
		Zone:       "America/New_York",
		Concurrent: true,
		New: func(o feed.Options) (feed.Decoder, error) {
			return &decoder{opts: o}, nil
		},
	}
}

type decoder struct{ opts feed.Options }

// Decode implements feed.Decoder. Each race gives one update; a delta in which
// nothing changed gives none.
func (d *decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	p.Name = withoutKey(p.Name)
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return nil, err
	}
	doc := readResponse(r)
	unknown, err := r.Finish("")
	if err != nil {
		return nil, err
	}
	updates, err := doc.updates(p)
	if err != nil {
		return nil, err
	}
	if len(updates) == 0 { // a delta in which nothing changed
		return nil, nil
	}
	updates[0].Findings = append(unknown, updates[0].Findings...)
	return updates, nil
}

// Follow implements feed.Follower: a response names the request for what comes
// after it. The key of the API is not part of the name; requests carry it
// otherwise.
func (d *decoder) Follow(p feed.Payload) []feed.Want {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return nil
	}
	next := ""
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "nextrequest":
			b, _ := r.Scalar()
			next = string(b)
		default:
			r.Skip()
		}
	}
	if _, err := r.Finish(""); err != nil {
		return nil
	}
	u, err := url.Parse(next)
	if err != nil {
		return nil
	}
	name := strings.TrimPrefix(u.EscapedPath(), "/")
	if name == "" {
		return nil
	}
	if u.RawQuery != "" {
		name += "?" + u.RawQuery
	}
	return []feed.Want{{Name: withoutKey(name)}}
}

// withoutKey takes the key of the API out of an address.
func withoutKey(address string) string {
	where, query, ok := strings.Cut(address, "?")
	if !ok {
		return address
	}
	var kept []string
	for _, part := range strings.Split(query, "&") {
		name, _, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(name); err == nil && !strings.EqualFold(plain, "apikey") {
			kept = append(kept, part)
		}
	}
	if len(kept) == 0 {
		return where
	}
	return where + "?" + strings.Join(kept, "&")
}
