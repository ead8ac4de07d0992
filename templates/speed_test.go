package templates_test

import (
	"fmt"
	"testing"

	"github.com/heraldresults/herald/templates"
)

// prepared is a site as the publisher makes it.
func prepared(tb testing.TB) *templates.Site {
	s := site(tb)
	s.Origin = "https://results.example"
	s.Prepare()
	return s
}

// BenchmarkRacePage renders races of so many candidates with so many points of
// history, beside what copying the finished page takes.
func BenchmarkRacePage(b *testing.B) {
	for _, c := range []struct{ candidates, points int }{{10, 12}, {10, templates.MaxPoints}, {400, 12}, {400, templates.MaxPoints}} {
		v, s := view(crowd(c.candidates), c.points), prepared(b)
		page := templates.AppendRacePage(nil, v, s)
		name := fmt.Sprintf("%d candidates, %d points", c.candidates, c.points)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(page)))
			var dst []byte
			for b.Loop() {
				dst = templates.AppendRacePage(dst[:0], v, s)
			}
		})
		b.Run(name+", copied", func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			var dst []byte
			for b.Loop() {
				dst = append(dst[:0], page...)
			}
		})
	}
}
