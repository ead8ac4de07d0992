// Package feedtest checks what every decoder promises, whatever its payload. It
// is for the fuzz targets of the formats and the tests around them.
package feedtest

import (
	"bytes"
	"errors"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// Holds fails t unless a fresh decoder of f does with p what the contract says:
// an error is a *feed.Refusal with a code and stands alone, every count stands
// in the payload or is labelled F_DERIVED, a second decoder says the same, and
// what is allocated is bounded by the size of the payload.
func Holds(t *testing.T, f feed.Format, o feed.Options, p feed.Payload) {
	t.Helper()
	var before, after runtime.MemStats
	first := decoder(t, f, o)
	runtime.ReadMemStats(&before)
	updates, err := first.Decode(p)
	runtime.ReadMemStats(&after)
	if got, most := after.TotalAlloc-before.TotalAlloc, bound(p.Body); got > most {
		t.Errorf("%d bytes allocated for a payload of %d", got, len(p.Body))
	}
	again, err2 := decoder(t, f, o).Decode(p)
	if !reflect.DeepEqual(updates, again) || !reflect.DeepEqual(err, err2) {
		t.Errorf("decoded twice:\n%+v, %v\n%+v, %v", updates, err, again, err2)
	}
	if err != nil {
		var r *feed.Refusal
		if !errors.As(err, &r) || r.Code == "" || r.Text == "" || updates != nil {
			t.Fatalf("got %v, %v; want a *Refusal and nothing else", updates, err)
		}
		return
	}
	body := digits(string(p.Body))
	for _, u := range updates {
		for _, c := range counts(u) {
			if !strings.Contains(body, c.String()) && !derived(u) {
				t.Errorf("count %s does not stand in the payload", c)
			}
		}
	}
}

// bound is what may be allocated for a payload, in bytes. The tables of a
// compressed one, however short, take up to 1.1 MB in compress/flate.
func bound(body []byte) uint64 {
	most := uint64(1<<20 + 64*len(body))
	if bytes.HasPrefix(body, []byte("\x1f\x8b")) || bytes.HasPrefix(body, []byte("PK")) {
		most += 1 << 20
	}
	return most
}

func decoder(t *testing.T, f feed.Format, o feed.Options) feed.Decoder {
	t.Helper()
	d, err := f.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// counts are the counts in u that are present.
func counts(u snapshot.Update) []snapshot.Count {
	var all []snapshot.Count
	add := func(votes []snapshot.ChoiceVotes, t snapshot.Totals) {
		all = append(all, t.Valid, t.Blank, t.Null, t.Ballots, t.Electorate, t.UnitsIn, t.UnitsTotal)
		for _, v := range votes {
			all = append(all, v.Votes, v.Seats)
		}
	}
	for _, r := range u.Results {
		add(r.Votes, r.Totals)
		for _, c := range r.Channels {
			add(c.Votes, c.Totals)
		}
		for _, d := range r.Rounds {
			add(d.Votes, snapshot.Totals{Null: d.Exhausted})
		}
	}
	present := all[:0]
	for _, c := range all {
		if c.Present() {
			present = append(present, c)
		}
	}
	return present
}

func derived(u snapshot.Update) bool {
	for _, f := range u.Findings {
		if f.Code == "F_DERIVED" {
			return true
		}
	}
	return false
}

// digits undoes the escapes of digits and commas in JSON, and takes the commas
// between thousands out.
func digits(s string) string {
	for i := range 10 {
		s = strings.ReplaceAll(s, `\u003`+string(rune('0'+i)), string(rune('0'+i)))
	}
	s = regexp.MustCompile(`\\u002[cC]`).ReplaceAllString(s, ",")
	return s + "\n" + regexp.MustCompile(`(\d),(\d)`).ReplaceAllString(s, "$1$2")
}
