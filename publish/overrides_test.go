package publish

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/publish/store/memstore"
	"github.com/heraldresults/herald/templates"
)

const square = `"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`

// overridden is a folder with a header and a map of the country.
func overridden(t *testing.T, header string) *templates.Overrides {
	t.Helper()
	o, err := templates.ReadOverrides(map[string][]byte{
		"header.html":     []byte(header),
		"maps/br.geojson": []byte(`{"type":"FeatureCollection","features":[{"id":"s0",` + square + `},{"id":"s9",` + square + `}]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// page is the text of a page at its address.
func page(t *testing.T, st *memstore.Store, key string) string {
	t.Helper()
	o, _, err := st.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := shard.Decode(o.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestAChangedFolderMakesEveryPageAgainAndSaysSo(t *testing.T) {
	st, n := memstore.New(), newNight(2)
	var log bytes.Buffer
	cfg := testConfig(t, st)
	cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
	p := openWith(t, cfg)
	mustPublish(t, p, n.count("s0-t0", 10, 20, 30))
	before := p.state.release

	cfg.Overrides = overridden(t, "<p>By the board</p>")
	p = openWith(t, cfg)
	look, err := LookOf(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"look changed", "published=" + before.Look.String(), "now=" + look.String()} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, log.String())
		}
	}
	r := mustPublish(t, p, p.Published())
	if !r.Published || r.Changed != 0 || p.state.release.Number != before.Number+1 || p.state.release.Look != look {
		t.Errorf("report %+v, release %d with look %s", r, p.state.release.Number, p.state.release.Look)
	}
	for _, key := range []string{"made-2026/index.html", "made-2026/in/s0.html", "made-2026/race/s0-t0/mayor-s0-t0.html", "made-2026/about.html", "made-2026/404.html"} {
		if !strings.Contains(page(t, st, key), "<p>By the board</p>") {
			t.Errorf("%s lacks the header", key)
		}
	}
	check(t, st)

	// The same folder at the next start changes nothing.
	log.Reset()
	p = openWith(t, cfg)
	if r := mustPublish(t, p, p.Published()); r.Published || strings.Contains(log.String(), "look changed") {
		t.Errorf("report %+v, log:\n%s", r, log.String())
	}
}

func TestAMapIsOnItsPlaceAndWhatItDoesNotKnowIsInTheLog(t *testing.T) {
	st, n := memstore.New(), newNight(2)
	var log bytes.Buffer
	cfg := testConfig(t, st)
	cfg.Log, cfg.Overrides = slog.New(slog.NewTextHandler(&log, nil)), overridden(t, "<p>x</p>")
	p := openWith(t, cfg)
	mustPublish(t, p, n.count("s0-t0", 10, 20, 30))
	mustPublish(t, p, n.count("s0-t0", 1, 1, 1))

	home := page(t, st, "made-2026/index.html")
	_, rest, ok := strings.Cut(home, `data-map="/`)
	key, _, _ := strings.Cut(rest, `"`)
	if !ok || !strings.Contains(home, `<tr id="u-s0" data-c="s">`) || !strings.Contains(home, `<tr id="u-s1" data-c="n">`) {
		t.Fatalf("the home page has no map or rows for it:\n%s", home)
	}
	if svg := page(t, st, key); !strings.Contains(svg, `<path id="u-s0" d="M`) {
		t.Errorf("%s holds %s", key, svg)
	}
	if strings.Contains(page(t, st, "made-2026/in/s0.html"), "data-map") {
		t.Error("a place without a map has one")
	}
	for _, want := range []string{`its area \"s9\" is no unit`, `no area shows \"s1\", State s1`} {
		if got := strings.Count(log.String(), want); got != 1 {
			t.Errorf("the log says %q %d times:\n%s", want, got, log.String())
		}
	}
}
