package templates_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/fixtures/browser"
	"github.com/heraldresults/herald/templates"
)

// watched notes how long the script waits before each poll, lets a test move
// the clock, and makes its dice fall in the middle.
const watched = `(() => {
	const now = Date.now.bind(Date), wait = window.setTimeout.bind(window);
	window.ahead = 0;
	window.waits = [];
	Date.now = () => now() + window.ahead;
	window.setTimeout = (f, ms, ...rest) => {
		if (f.name === "poll") window.waits.push(Math.round(ms));
		return wait(f, ms, ...rest);
	};
	Math.random = () => 0.5;
})()`

// paced opens the race with its timers watched.
func paced(t *testing.T, e *edge) *browser.Tab {
	t.Helper()
	e.show(5, 6011)
	tab := browser.Open(t)
	tab.Inject(watched)
	tab.Visit(e.url + livePath)
	return tab
}

func waits(tab *browser.Tab) []int {
	var ms []int
	tab.Eval("window.waits", &ms)
	return ms
}

// awaitWait waits until the script waits for so long between from and to.
func awaitWait(t *testing.T, tab *browser.Tab, from, to time.Duration) {
	t.Helper()
	var all []int
	browser.Await(t, fmt.Sprintf("a wait of %v to %v", from, to), func() bool {
		all = waits(tab)
		return slices.ContainsFunc(all, func(ms int) bool {
			d := time.Duration(ms) * time.Millisecond
			return d >= from && d <= to
		})
	})
}

// about is a wait of the dice's middle, less what passed while it was planned.
func about(t *testing.T, tab *browser.Tab, d time.Duration) {
	t.Helper()
	awaitWait(t, tab, d-300*time.Millisecond, d)
}

func TestTheFirstPollIsSpreadOverTheWholeInterval(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.site.PollSeconds = 8
	tab := paced(t, e)
	about(t, tab, 4*time.Second)
}

func TestTheOperatorSlowsEveryPageDown(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.status.PollAfterS = 9
	about(t, paced(t, e), 9*time.Second)
}

func TestAListAsksHalfAsOften(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.status.PollAfterS = 9
	e.set(func() { e.files["/e/index.html"] = templates.AppendPlacePage(nil, home(), e.site) })
	tab := browser.Open(t)
	tab.Inject(watched)
	tab.Visit(e.url + "/e/index.html")
	awaitWait(t, tab, 500*time.Millisecond, time.Second) // half of the two seconds between polls of a list
	about(t, tab, 18*time.Second)
}

func TestErrorsAreFollowedByLongerAndLongerWaits(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	tab := paced(t, e)
	e.more(t)
	e.set(func() { e.broken = true })
	about(t, tab, 1750*time.Millisecond) // three quarters, and half of two intervals
	about(t, tab, 2750*time.Millisecond)
	about(t, tab, 4750*time.Millisecond)
}

func TestWhatTheEdgeAsksForIsHonoured(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]func() string{
		"seconds": func() string { return "77" },
		"a time":  func() string { return time.Now().Add(78 * time.Second).UTC().Format(http.TimeFormat) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			tab := paced(t, e)
			e.more(t)
			e.set(func() { e.broken, e.retry = true, value() })
			awaitWait(t, tab, 75*time.Second, 78*time.Second)
		})
	}
}

func TestAfterTenQuietMinutesAPageAsksOnceAMinute(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	tab := paced(t, e)
	e.more(t)
	tab.Eval("window.ahead = 601e3", nil)
	about(t, tab, time.Minute)
}

func TestAQuietPageSleepsUntilTheUpdateThatWasAnnounced(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.status.NextExpected = time.Now().Add(12 * time.Minute).UTC().Format(time.RFC3339)
	tab := paced(t, e)
	browser.Await(t, "the next update", func() bool { return seen(tab, "#next") != "" })
	awaitText(t, tab, "#next", "Next update expected")
	tab.Eval("window.ahead = 601e3", nil) // as does the reader's clock alone
	awaitWait(t, tab, 12*time.Minute, 13*time.Minute)
}

func TestNobodySleepsLongerThanAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.status.NextExpected = time.Now().Add(26 * time.Hour).UTC().Format(time.RFC3339)
	tab := paced(t, e)
	browser.Await(t, "the next update", func() bool { return seen(tab, "#next") != "" })
	tab.Eval("window.ahead = 601e3", nil)
	about(t, tab, 15*time.Minute+30*time.Second)
}

func TestACertifiedCountIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	r := complete(race(councilSamples(), true))
	e.show(5, 6011)
	r.Result.Status = snapshot.Certified
	v := view(r, 6)
	tab := browser.Open(t)
	tab.Visit(e.url + livePath)
	e.more(t)
	e.set(func() { e.files[livePath] = templates.AppendRacePage(nil, v, e.site) })
	awaitText(t, tab, "#progress", "Certified")
	e.quiet(t, "certified")
	if got := seen(tab, "#pause"); got != "" {
		t.Errorf("the page still offers %q", got)
	}
	tab.Visit(e.url + livePath)
	e.quiet(t, "opened when certified")
	if got := tab.Complaints(); len(got) > 0 {
		t.Errorf("complaints = %q", got)
	}
}

func TestWhoSavesDataStartsPaused(t *testing.T) {
	t.Parallel()
	for name, link := range map[string]string{"data saver": `{ saveData: true }`, "2g": `{ effectiveType: "slow-2g" }`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			e.show(5, 6011)
			tab := browser.Open(t)
			tab.Inject(`Object.defineProperty(navigator, "connection", { value: ` + link + ` })`)
			tab.Visit(e.url + livePath)
			e.quiet(t, "saving data")
			e.show(6, 7654)
			tab.Click("#now")
			browser.Await(t, "a reload", func() bool { return tab.Navigations() == 2 })
			awaitText(t, tab, secondVotes, "7,654")
			if got := tab.Navigations(); got != 2 {
				t.Errorf("navigations = %d, want 2: \"Update now\" is a reload", got)
			}
			tab.Click("#pause")
			e.more(t)
			if got := seen(tab, "#now"); got != "" {
				t.Errorf("the page still offers %q", got)
			}
		})
	}
}
