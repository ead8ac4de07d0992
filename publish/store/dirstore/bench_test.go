//go:build unix

package dirstore

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
)

// BenchmarkCreate writes shards of 4 KB as a publish does, 64 at a time, each
// pair in a folder of its own.
func BenchmarkCreate(b *testing.B) {
	for name, noSync := range map[string]bool{"sync": false, "nosync": true} {
		b.Run(name, func(b *testing.B) {
			s := open(b, Config{Root: b.TempDir(), NoSync: noSync})
			body := strings.Repeat("0123456789abcdef", 256)
			var g errgroup.Group
			g.SetLimit(64)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				g.Go(func() error {
					_, err := s.Create(b.Context(), page(fmt.Sprintf("e/races/r%d/%d.json", i/2, i), body))
					return err
				})
			}
			if err := g.Wait(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
