package publish

import (
	"testing"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/tse"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/fixtures/synth"
	"github.com/heraldresults/herald/publish/store/memstore"
)

// BenchmarkFivePercentOfAFullNight is what one publish of 564 of 11,138 races
// costs without a network: compare, render, compress, store in memory.
func BenchmarkFivePercentOfAFullNight(b *testing.B) {
	n, err := synth.New(synth.Config{Scale: synth.Full, Seed: 7, Share: 0.05, Steps: 24})
	if err != nil {
		b.Fatal(err)
	}
	dec, err := tse.Format().New(feed.Options{})
	if err != nil {
		b.Fatal(err)
	}
	asm := diff.NewAssembler(nil)
	read := func(step int, changed bool) *snapshot.Snapshot {
		for f := range n.Files(step, changed) {
			updates, err := dec.Decode(feed.Payload{Name: f.Name, Body: f.Body})
			if err != nil {
				b.Fatal(err)
			}
			for _, u := range updates {
				if _, err := asm.Apply(u); err != nil {
					b.Fatal(err)
				}
			}
		}
		return asm.Snapshot()
	}
	cfg := testConfig(b, memstore.New())
	p, err := Open(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := p.Publish(b.Context(), read(0, false)); err != nil {
		b.Fatal(err)
	}
	for step := 1; b.Loop(); step = step%22 + 1 {
		b.StopTimer()
		snap := read(step, true)
		b.StartTimer()
		if _, err := p.Publish(b.Context(), snap); err != nil {
			b.Fatal(err)
		}
	}
}
