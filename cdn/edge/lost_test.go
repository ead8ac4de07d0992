package edge_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/cdn/edge"
)

func TestAPageThatIsNotThereIsTheElectionsOwnInTheLanguageOfTheAddress(t *testing.T) {
	b := newBucket()
	e := newEdge(t, b, func(c *edge.Config) { c.Home = "demo/index.html" })
	packed(t, b, "demo/404.html", "text/html; charset=utf-8", "<p>Nothing here")
	packed(t, b, "pt/demo/404.html", "text/html; charset=utf-8", "<p>Nada aqui")
	for path, want := range map[string]string{
		"/demo/race/u/c.html": "<p>Nothing here", "/demo/x.html": "<p>Nothing here", "/pt/demo/in/u.html": "<p>Nada aqui",
		"/demo/race/u/c.json": "Not Found\n", "/other/x.html": "Not Found\n", "/x.html": "Not Found\n", "/fr/demo/x.html": "Not Found\n",
	} {
		for _, accept := range []string{"gzip", "identity"} {
			w := ask(e, "GET", path, "Accept-Encoding", accept)
			h := w.Header()
			if w.Code != http.StatusNotFound || w.Body.String() != want || h.Get("Cache-Control") != cdn.MissingCacheControl || h.Get("Content-Encoding") != "" {
				t.Errorf("%s (%s): %d %q with %v", path, accept, w.Code, w.Body, h)
			}
			if page := strings.HasPrefix(want, "<p>"); page && (h.Get("Content-Security-Policy") != cdn.ContentSecurityPolicy || h.Get("Content-Type") != "text/html; charset=utf-8") {
				t.Errorf("%s: %v", path, h)
			}
		}
	}
	if w := ask(e, "HEAD", "/demo/x.html"); w.Code != http.StatusNotFound || w.Body.Len() != 0 {
		t.Errorf("HEAD: %d with %d bytes", w.Code, w.Body.Len())
	}
}

func TestRobotsAreThoseOfTheElectionAtTheRoot(t *testing.T) {
	b := newBucket()
	e := newEdge(t, b, func(c *edge.Config) { c.Home = "demo/index.html" })
	if w := ask(e, "GET", "/robots.txt"); w.Code != http.StatusNotFound {
		t.Errorf("none: %d", w.Code)
	}
	later := newEdge(t, b, func(c *edge.Config) { c.Home = "demo/index.html" })
	packed(t, b, "demo/robots.txt", "text/plain; charset=utf-8", "User-agent: *\n")
	wantBody(t, later, "/robots.txt", "User-agent: *\n")
}

func TestOnlyThePageOfARaceMayStandInAFrame(t *testing.T) {
	b := newBucket()
	e := newEdge(t, b, nil)
	for key, want := range map[string]string{
		"demo/race/u/c.html": "frame-ancestors *", "zh-hant/demo/race/u/c.html": "frame-ancestors *",
		"demo/index.html": "frame-ancestors 'none'", "demo/in/race.html": "frame-ancestors 'none'",
		"demo/breakdown/u/c.html": "frame-ancestors 'none'", "pt/demo/breakdown/race/c.html": "frame-ancestors 'none'",
		"demo/races/u--c/1.html": "frame-ancestors 'none'", "race/demo/in/u.html": "frame-ancestors 'none'",
	} {
		packed(t, b, key, "text/html; charset=utf-8", "<p>")
		if got := ask(e, "GET", "/"+key).Header().Get("Content-Security-Policy"); !strings.HasSuffix(got, "; "+want) {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
}
