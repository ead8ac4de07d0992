package templates_test

import (
	"bytes"
	"compress/gzip"
	"testing"

	"github.com/heraldresults/herald/templates"
)

func gzipped(t *testing.T, b []byte) int {
	t.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

// Budgets hold for the fastest gzip, so that any compressor meets them.
func TestPagesStayLight(t *testing.T) {
	s := site(t)
	long := corrected(view(race(councilSamples(), true), templates.MaxPoints))
	busy := place(400, 0)
	wide := place(3, 900)
	pages := map[string]struct {
		body  []byte
		limit int
	}{
		"race of 6 with all its history": {templates.AppendRacePage(nil, long, s), 12 << 10},
		"race of 40":                     {templates.AppendRacePage(nil, view(crowd(40), 48), s), 12 << 10},
		"race of 100 without likeness":   {templates.AppendRacePage(nil, view(strangers(templates.PageChoices), 48), s), 12 << 10},
		"race of 500 without likeness":   {templates.AppendRacePage(nil, large(strangers(500), 48), s), 12 << 10},
		"all choices, a part of 800":     {templates.AppendChoicesPage(nil, templates.ChoicesView{RaceView: large(strangers(2000), 48), Path: "c.html", To: 800}, s), 40 << 10},
		"place of 400 races":             {templates.AppendPlacePage(nil, busy, s), 40 << 10},
		"place of 900 places":            {templates.AppendPlacePage(nil, wide, s), 40 << 10},
		"place of both":                  {templates.AppendPlacePage(nil, place(400, 900), s), 40 << 10},
	}
	for _, f := range templates.Assets(nil) {
		limit := 6 << 10
		if f.Name == "herald.js" {
			limit = 5 << 10
		}
		pages[f.Name] = struct {
			body  []byte
			limit int
		}{f.Body, limit}
	}
	for name, p := range pages {
		n := gzipped(t, p.body)
		t.Logf("%-32s %7d bytes, %6d as gzip", name, len(p.body), n)
		if n > p.limit {
			t.Errorf("%s is %d bytes as gzip, over its budget of %d", name, n, p.limit)
		}
	}
}

func BenchmarkRaceJSON(b *testing.B) {
	v, s := view(crowd(40), templates.MaxPoints), site(b)
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = templates.AppendRaceJSON(dst[:0], v, s)
	}
	b.SetBytes(int64(len(dst)))
}

func BenchmarkReadRace(b *testing.B) {
	body := templates.AppendRaceJSON(nil, view(crowd(40), templates.MaxPoints), site(b))
	for b.Loop() {
		if _, err := templates.ReadRace(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlacePage(b *testing.B) {
	v, s := place(400, 900), site(b)
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = templates.AppendPlacePage(dst[:0], v, s)
	}
	b.SetBytes(int64(len(dst)))
}
