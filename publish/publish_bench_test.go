package publish

import (
	"fmt"
	"testing"

	"github.com/heraldresults/herald/publish/store/memstore"
)

// BenchmarkPublishFiveThousandRaces is the first publish of 5,000 races in one
// language without a network: definitions, then one count.
func BenchmarkPublishFiveThousandRaces(b *testing.B) {
	n := newNight(2500)
	snap := n.count("s0-t0", 1, 2, 3)
	for b.Loop() {
		p, err := Open(b.Context(), testConfig(b, memstore.New()))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Publish(b.Context(), snap); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPublishOneOfFiveThousandRaces is one count after that.
func BenchmarkPublishOneOfFiveThousandRaces(b *testing.B) {
	n := newNight(2500)
	p, err := Open(b.Context(), testConfig(b, memstore.New()))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := p.Publish(b.Context(), n.count("s0-t0", 1, 2, 3)); err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		snap := n.count(fmt.Sprintf("s%d-t%d", i%2, i%2500), 1, 0, 0)
		b.StartTimer()
		if _, err := p.Publish(b.Context(), snap); err != nil {
			b.Fatal(err)
		}
	}
}
