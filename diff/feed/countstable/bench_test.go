package countstable

import (
	"fmt"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
)

// big is a table of 200 motions in 20 places and two channels.
func big() (asJSON, asCSV []byte) {
	var rows, lines strings.Builder
	lines.WriteString("kind,as_of,contest,unit,choice,channel,votes\n")
	for i := range 200 * 20 * 3 * 2 {
		contest, unit, choice, channel := i/120, i/6%20, i/2%3, i%2
		if i > 0 {
			rows.WriteByte(',')
		}
		fmt.Fprintf(&rows, `{"contest":"motion-%d","unit":"place-%d","choice":"c%d","channel":"channel %d","votes":%d}`, contest, unit, choice, channel, i)
		fmt.Fprintf(&lines, "intermediate,2026-05-10T20:15:00Z,motion-%d,place-%d,c%d,channel %d,%d\n", contest, unit, choice, channel, i)
	}
	return []byte(`{"kind":"intermediate","as_of":"2026-05-10T20:15:00Z","rows":[` + rows.String() + `]}`), []byte(lines.String())
}

func BenchmarkDecode(b *testing.B) {
	asJSON, asCSV := big()
	for name, body := range map[string][]byte{"JSON": asJSON, "CSV": asCSV} {
		b.Run(name, func(b *testing.B) {
			d, err := Format().New(feed.Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, err := d.Decode(feed.Payload{Name: "counts", Body: body}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
