package templates_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/heraldresults/herald/fixtures/browser"
)

// newsroom is a page on another host that shows the race in a frame.
func newsroom(t *testing.T, e *edge, frame, script string) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!doctype html><title>News</title><h1>News</h1>%s%s", frame, script)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func frameHeight(tab *browser.Tab) int {
	var px int
	tab.Eval(`document.querySelector("iframe").getBoundingClientRect().height`, &px)
	return px
}

func TestAFrameHasTheHeightOfItsRace(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.show(5, 6011)
	frame := fmt.Sprintf(`<iframe data-herald title="Mayor" width="400" height="150" src="%s%s#embed"></iframe>`, e.url, livePath)
	tab := browser.Open(t)
	tab.Visit(newsroom(t, e, frame, fmt.Sprintf(`<script async src="%s%s"></script>`, e.url, e.site.Embed.Href)))
	browser.Await(t, "the frame to grow", func() bool { return frameHeight(tab) > 300 })
	low := frameHeight(tab)

	e.showMore(6)
	browser.Await(t, "the frame to grow with its race", func() bool { return frameHeight(tab) > low })
	if got := tab.Complaints(); len(got) > 0 {
		t.Errorf("complaints = %q", got)
	}
}

func TestAFrameSpeaksToPymToo(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.show(5, 6011)
	frame := fmt.Sprintf(`<iframe title="Mayor" src="%s%s?initialWidth=400&childId=race-7#embed"></iframe>`, e.url, livePath)
	tab := browser.Open(t)
	tab.Inject(`addEventListener("message", (event) => (window.heard = event.data))`)
	tab.Visit(newsroom(t, e, frame, ""))
	browser.Await(t, "a message in Pym's form", func() bool {
		var heard string
		tab.Eval(`String(window.heard)`, &heard)
		return strings.HasPrefix(heard, "pymxPYMxrace-7xPYMxheightxPYMx") && len(heard) > len("pymxPYMxrace-7xPYMxheightxPYMx")
	})
}

// TestAFrameIsBelievedItsHeightAlone has another page say what a race would
// say, and a race's page say too much.
func TestAFrameIsBelievedItsHeightAlone(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.show(5, 6011)
	liar := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<script>for (const m of ["pymxPYMxxPYMxheightxPYMx700px;color:red", "pymxPYMxxPYMxheightxPYMx7000000", "hello", {herald: 9}]) parent.postMessage(m, "*")</script>`)
	}))
	t.Cleanup(liar.Close)
	frame := fmt.Sprintf(`<iframe data-herald title="Liar" width="400" height="150" src="%s"></iframe>`, liar.URL)
	tab := browser.Open(t)
	tab.Inject(`window.heard = 0; addEventListener("message", () => window.heard++)`)
	tab.Visit(newsroom(t, e, frame, fmt.Sprintf(`<script src="%s%s"></script>`, e.url, e.site.Embed.Href)))
	browser.Await(t, "four messages", func() bool {
		var n int
		tab.Eval("window.heard", &n)
		return n >= 4
	})
	var style string
	tab.Eval(`document.querySelector("iframe").getAttribute("style")`, &style)
	if style != "" {
		t.Errorf("the frame's style is %q", style)
	}
}

func TestAnEmbedShowsTheResultsAlone(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.show(5, 6011)
	tab := browser.Open(t)
	for _, theme := range []string{"", "-light", "-dark"} {
		tab.Visit(e.url + "/")
		tab.Visit(e.url + livePath + "#embed" + theme)
		for _, id := range []string{"header", "footer", "#moved", ".skip"} {
			if got := seen(tab, id); got != "" {
				t.Errorf("#embed%s shows %s: %q", theme, id, got)
			}
		}
		for id, want := range map[string]string{"h1": "Mayor", "#outcome": "Leading", "#asof": "21:00", secondVotes: "6,011", ".framed": "Everything about this race"} {
			if got := seen(tab, id); !strings.Contains(got, want) {
				t.Errorf("#embed%s: %s shows %q, want %q", theme, id, got, want)
			}
		}
		var paper string
		tab.Eval(`getComputedStyle(document.documentElement).backgroundColor`, &paper)
		if dark := !strings.HasPrefix(paper, "rgb(25"); dark != (theme == "-dark") {
			t.Errorf("#embed%s has the colour %s", theme, paper)
		}
	}
	tab.Visit(e.url + "/")
	tab.Visit(e.url + livePath)
	if got := seen(tab, ".framed"); got != "" {
		t.Errorf("the page itself shows %q", got)
	}
}

func TestAFrameWithoutScriptsShowsTheRace(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.show(5, 6011)
	tab := browser.Open(t)
	tab.Block("*://*:*/*.js")
	tab.Visit(e.url + livePath + "#embed")
	if got := seen(tab, secondVotes); got != "6,011" {
		t.Errorf("votes = %q", got)
	}
	if got := seen(tab, "footer"); got != "" {
		t.Errorf("the footer shows %q", got)
	}
	var target string
	tab.Eval(`document.querySelector(".framed a").target`, &target)
	if target != "_blank" {
		t.Errorf("the way to the page opens in %q", target)
	}
}
