package lacounty

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
)

// countyFiles are definitions of this many contests of three candidates, and
// their counters.
func countyFiles(contests int) (definitions, counters []byte) {
	var d, c strings.Builder
	d.WriteString(`{ "Data": { "ID": 77, "Date": "2024-11-05T00:00:00-08:00", "Title": "Invented Election", "ContestGroups": [ { "Name": "Cities", "Order": 1, "Contests": [`)
	c.WriteString(`{ "Data": [`)
	n := 0
	counter := func(id int, kind string, value int) {
		if n++; n > 1 {
			c.WriteString(",")
		}
		fmt.Fprintf(&c, "\n    {\n      \"Number\": %d,\n      \"ReferenceID\": %d,\n      \"ReferenceType\": %q,\n      \"Value\": %d\n    }", n, id, kind, value)
	}
	for i := range contests {
		if i > 0 {
			d.WriteString(",")
		}
		id := 10_000 + 10*i
		fmt.Fprintf(&d, "\n"+`{ "ID": %d, "Title": "TOWN %d Member of the Council", "Type": "Candidate", "VoteFor": "Vote for no more than one", "Candidates": [`, id, i)
		for j := 1; j <= 3; j++ {
			fmt.Fprintf(&d, `{ "ID": %d, "Name": "ADA BIRCH %d", "Party": "Non Partisan", "Winner": false, "Votes": 0 }`, id+j, j)
			if j < 3 {
				d.WriteString(",")
			}
			counter(id+j, "CAND", 1000*j+i)
		}
		d.WriteString(`] }`)
		counter(id, "CBLT", 7000+3*i)
		counter(id, "COV", 300)
		counter(id, "CUV", 700)
	}
	d.WriteString(`] } ] } }`)
	c.WriteString("\n  ],\n  \"TimeStamp\": \"11/5/2024 8:36:34 PM\" }")
	return []byte(d.String()), []byte(c.String())
}

// plainCounters hold what the counters say.
type plainCounters struct {
	Data []struct {
		Number, ReferenceID, Value int64
		ReferenceType              string
	}
	TimeStamp string
}

// BenchmarkDecode reads the counters of 373 contests again and again: strictly
// into an update, and with encoding/json into structs that hold the same.
func BenchmarkDecode(b *testing.B) {
	definitions, counters := countyFiles(373)
	b.Run("strict", func(b *testing.B) {
		d := newDecoder(b)
		if _, err := d.Decode(feed.Payload{Feed: "la", Name: "d.json", Body: definitions}); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(counters)))
		b.ReportAllocs()
		for b.Loop() {
			u, err := d.Decode(feed.Payload{Feed: "la", Name: "c.json", Body: counters})
			if err != nil || len(u) != 1 || len(u[0].Results) != 373 {
				b.Fatal(len(u), err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(counters)))
		b.ReportAllocs()
		for b.Loop() {
			var p plainCounters
			if err := json.Unmarshal(counters, &p); err != nil || len(p.Data) != 6*373 {
				b.Fatal(len(p.Data), err)
			}
		}
	})
}
