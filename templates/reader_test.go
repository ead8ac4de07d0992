package templates_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/fixtures/browser"
	"github.com/heraldresults/herald/templates"
)

// rows are the ids of the choices' rows, in the order they stand in.
func rows(tab *browser.Tab) string {
	var ids string
	tab.Eval(`[...document.querySelectorAll("#results tr[id]")].map((r) => r.id).join(" ")`, &ids)
	return ids
}

func TestTheOrderStaysWhileTheReaderIsInside(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	tab := open(t, e)
	before := rows(tab)
	if !strings.HasPrefix(before, "c-c2 c-c3") {
		t.Fatalf("rows = %s", before)
	}
	tab.Eval(`document.getElementById("moved-open").focus()`, nil)
	e.show(6, 5000) // now the second is first
	awaitText(t, tab, secondVotes, "5,000")
	if got := rows(tab); got != before {
		t.Errorf("rows = %s while focus is inside, want %s", got, before)
	}
	tab.Eval(`document.activeElement.blur()`, nil)
	browser.Await(t, "the new order", func() bool { return strings.HasPrefix(rows(tab), "c-c3 c-c2") })
	if got := seen(tab, secondVotes); got != "5,000" {
		t.Errorf("votes = %q", got)
	}
}

func TestAReaderWhoHoldsAChangeUpIsTold(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	tab := open(t, e)
	tab.Eval(`getSelection().selectAllChildren(document.querySelector("#c-c2 th"))`, nil)
	e.show(6, 7654)
	awaitText(t, tab, "#stale", "Newer numbers are here")
	var selected string
	tab.Eval(`getSelection().toString()`, &selected)
	if !strings.Contains(selected, "Bartolomeu") {
		t.Errorf("selection = %q", selected)
	}
	tab.Eval(`getSelection().empty()`, nil)
	awaitText(t, tab, secondVotes, "7,654")
	if got := seen(tab, "#stale"); got != "" {
		t.Errorf("warning = %q after the change", got)
	}
}

func TestOfflineAndBack(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	tab := open(t, e)
	e.more(t)
	tab.Offline(true)
	awaitText(t, tab, "#stale", "You are offline")
	if got := seen(tab, secondVotes); got != "6,011" {
		t.Errorf("votes = %q offline", got)
	}
	e.show(6, 7654)
	tab.Offline(false)
	awaitText(t, tab, secondVotes, "7,654")
	browser.Await(t, "the warning to go", func() bool { return seen(tab, "#stale") == "" })
}

func TestAnOlderPageThanTheReaderSawSaysSo(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.caching = "no-store"
	e.show(8, 7654)
	tab := browser.Open(t)
	tab.Visit(e.url + livePath)
	e.more(t)
	e.show(6, 6011) // another edge, which is behind
	e.site.PollSeconds = 60
	e.show(6, 6011)
	tab.Visit(e.url + livePath)
	awaitText(t, tab, "#stale", "older than those you saw before")
	e.show(8, 7654)
	awaitText(t, tab, secondVotes, "7,654")
	browser.Await(t, "the warning to go", func() bool { return seen(tab, "#stale") == "" })
}

func TestANewFormIsOfferedAndNeverForced(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	tab := open(t, e)
	e.set(func() {
		e.files["/assets/other.css"] = []byte("body{color:red}")
		e.site.Style = templates.Asset{Href: "/assets/other.css"}
	})
	e.show(6, 7654)
	awaitText(t, tab, "#stale", "This page has a new form")
	if got := seen(tab, secondVotes); got != "6,011" || tab.Navigations() != 1 {
		t.Errorf("votes = %q after %d navigations", got, tab.Navigations())
	}
	tab.Click("#now")
	awaitText(t, tab, secondVotes, "7,654")
}

// TestAPageWithoutItsScriptLosesTheLiveSwapAlone takes away what the script
// needs, one after another: the page says the same and asks for nothing more.
func TestAPageWithoutItsScriptLosesTheLiveSwapAlone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		inject, block string
		throws        bool
	}{
		"blocked":          {block: "*://*:*/*.js"},
		"without fetch":    {inject: `delete window.fetch`},
		"without a parser": {inject: `delete window.DOMParser`},
		"throwing": {inject: `Document.prototype.querySelectorAll = () => { throw new Error("old") }`,
			throws: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			e.show(5, 6011)
			tab := browser.Open(t)
			if c.inject != "" {
				tab.Inject(c.inject)
			}
			if c.block != "" {
				tab.Block(c.block)
			}
			tab.Visit(e.url + livePath)
			e.quiet(t, name)
			if got := seen(tab, secondVotes); got != "6,011" {
				t.Errorf("votes = %q", got)
			}
			for _, id := range []string{"#pause", "#now", "#stale", "#check", "#published", "#say"} {
				if got := seen(tab, id); got != "" {
					t.Errorf("%s shows %q, which does nothing", id, got)
				}
			}
			tab.Click("#moved-open")
			if got := seen(tab, "#moved"); !strings.Contains(got, "Published states") {
				t.Errorf("the history opens to %q", got)
			}
			if got := tab.Complaints(); !c.throws && c.block == "" && len(got) > 0 {
				t.Errorf("complaints = %q", got)
			}
		})
	}
}

// TestAnOldBrowserStaysLive takes away what browsers learnt late.
func TestAnOldBrowserStaysLive(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.show(5, 6011)
	tab := browser.Open(t)
	tab.Inject(`delete AbortSignal.timeout; delete Element.prototype.replaceChildren; delete window.ResizeObserver;
		delete Navigator.prototype.connection; delete window.localStorage; delete window.sessionStorage;
		Date.prototype.toLocaleString = () => { throw new RangeError("zone") };`)
	tab.Visit(e.url + livePath)
	e.show(6, 7654)
	awaitText(t, tab, secondVotes, "7,654")
	awaitText(t, tab, "#published", evening.UTC().Format("2006-01-02T15:04"))
	if got := tab.Complaints(); len(got) > 0 {
		t.Errorf("complaints = %q", got)
	}
}

func TestWhatIsSaidIsAtMostOneSentenceAMinute(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	tab := open(t, e)
	e.show(6, 7001)
	awaitText(t, tab, "#say", "Updated.")
	tab.Eval(`document.getElementById("say").textContent = ""`, nil)
	e.show(7, 7002)
	awaitText(t, tab, secondVotes, "7,002")
	e.show(8, 7003)
	awaitText(t, tab, secondVotes, "7,003")
	if got := seen(tab, "#say"); got != "" {
		t.Errorf("said %q within a minute", got)
	}
}

func TestTimesAreThoseOfTheElection(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	tab := browser.Open(t)
	tab.Inject(`Intl.DateTimeFormat.prototype.resolvedOptions = () => ({ timeZone: "Asia/Tokyo" })`)
	e.show(5, 6011)
	e.set(func() { e.checked = time.Date(2026, 10, 11, 20, 17, 0, 0, time.UTC) })
	tab.Visit(e.url + livePath)
	awaitText(t, tab, "#checked", "21:17") // in Lisbon, where the count is
}

func TestWhatAReaderHasBeforeThemStaysThere(t *testing.T) {
	t.Parallel()
	const path = "/e/in/santa-brigida.html"
	e := newEdge(t)
	show := func(release int, above string) {
		v := place(80, 0)
		v.Changed = release
		for i := range 20 {
			c := *v.Races[i].Race.Contest
			c.Name += above
			v.Races[i].Race.Contest = &c
		}
		page := templates.AppendPlacePage(nil, v, e.site)
		e.set(func() { e.files[path] = page })
	}
	show(1, "")
	tab := browser.Open(t)
	tab.Resize(390, 700)
	// A browser that keeps nothing in place by itself.
	tab.Inject(`addEventListener("DOMContentLoaded", () => { document.documentElement.style.overflowAnchor = "none"; })`)
	tab.Visit(e.url + path)
	const race = `[...document.querySelectorAll(".races a")][50]`
	var before, after, height float64
	browser.Await(t, "the whole list", func() bool {
		var whole bool
		tab.Eval(`document.getElementById("results").className === "whole"`, &whole)
		return whole
	})
	tab.Eval(race+`.scrollIntoView(); scrollBy(0, -40)`, nil)
	tab.Eval(race+`.getBoundingClientRect().top`, &before)
	tab.Eval(`document.documentElement.scrollHeight`, &height)
	show(2, strings.Repeat(" and of all that is in it", 8))
	awaitText(t, tab, "#say", "Updated.")
	tab.Eval(race+`.getBoundingClientRect().top`, &after)
	if math.Abs(after-before) > 1 {
		t.Errorf("a race that stood at %.1f stands at %.1f", before, after)
	}
	var now float64
	if tab.Eval(`document.documentElement.scrollHeight`, &now); now < height+1000 {
		t.Errorf("the page was %.0f pixels high and is %.0f: nothing above has moved", height, now)
	}
}
