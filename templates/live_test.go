package templates_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/fixtures/browser"
	"github.com/heraldresults/herald/templates"
)

// edge serves pages as an edge does: with the headers of the policy, entity
// tags, and the files under their hashes.
type edge struct {
	url  string
	site *templates.Site

	mu      sync.Mutex
	files   map[string][]byte // by path
	counts  map[string]int
	broken  bool
	retry   string // what a broken edge asks for
	caching string
	checked time.Time
	status  status
}

// status is what the test's status.json says beside when it was made.
type status struct {
	PollAfterS   int
	NextExpected string
	Sources      string
}

const livePath = "/e/race.html"

func newEdge(t *testing.T) *edge {
	e := &edge{site: site(t), files: map[string][]byte{}, counts: map[string]int{}, checked: time.Now(), status: status{PollAfterS: 1, Sources: "[]"},
		caching: "public, max-age=10, stale-while-revalidate=30"}
	for _, f := range templates.Assets(nil) {
		sum := sha256.Sum256(f.Body)
		a := templates.Asset{
			Href:      "/assets/" + hex.EncodeToString(sum[:]) + "-" + f.Name,
			Integrity: "sha256-" + base64.StdEncoding.EncodeToString(sum[:]),
		}
		e.files[a.Href] = f.Body
		e.site.SetAsset(f.Name, a)
	}
	e.site.PollSeconds, e.site.Base, e.site.Root = 1, "/e/", "/e/"
	srv := httptest.NewServer(e)
	t.Cleanup(srv.Close)
	e.url = srv.URL
	return e
}

func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.counts[r.URL.Path]++
	body, ok := e.files[r.URL.Path]
	h := w.Header()
	switch path := r.URL.Path; {
	case path == "/e/status.json":
		stamp := e.checked.UTC().Format(time.RFC3339)
		body, ok = fmt.Appendf(nil, `{"checked":%q,"published":%q,"poll_after_s":%d,"next_expected":%q,"sources":%s}`,
			stamp, stamp, e.status.PollAfterS, e.status.NextExpected, e.status.Sources), true
		h.Set("Content-Type", "application/json")
	case strings.HasSuffix(path, ".css"):
		h.Set("Content-Type", "text/css")
	case strings.HasSuffix(path, ".js"):
		h.Set("Content-Type", "text/javascript")
	case strings.HasSuffix(path, ".svg"):
		h.Set("Content-Type", "image/svg+xml")
	default:
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "+
			"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *")
		h.Set("X-Amz-Meta-Published", evening.Format(time.RFC3339))
		if e.broken {
			if e.retry != "" {
				h.Set("Retry-After", e.retry)
			}
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	tag := fmt.Sprintf("\"%x\"", sha256.Sum256(body))
	h.Set("Etag", tag)
	h.Set("Cache-Control", e.caching)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Write(body)
}

// set changes what the edge does.
func (e *edge) set(change func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change()
}

// show publishes a race with votes for its second choice as release n.
func (e *edge) show(n int, votes int64) {
	r := race(councilSamples(), true)
	r.Result.Votes[1] = snapshot.Of(votes)
	v := view(r, 5)
	v.Changed = n
	e.set(func() { e.files[livePath] = templates.AppendRacePage(nil, v, e.site) })
}

// asked is how often the race was asked for.
func (e *edge) asked() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.counts[livePath]
}

// quiet fails the test if the race is asked for within three intervals.
func (e *edge) quiet(t *testing.T, why string) {
	t.Helper()
	<-time.After(500 * time.Millisecond) // what is under way arrives
	before := e.asked()
	<-time.After(3500 * time.Millisecond)
	if n := e.asked() - before; n > 0 {
		t.Errorf("%s: %d requests", why, n)
	}
}

// more waits until the race has been asked for twice more, so that one whole
// answer was taken in.
func (e *edge) more(t *testing.T) {
	t.Helper()
	before := e.asked()
	browser.Await(t, "two more polls", func() bool { return e.asked() > before+1 })
}

const secondVotes = "#c-c2 td"

func open(t *testing.T, e *edge) *browser.Tab {
	t.Helper()
	e.show(5, 6011)
	tab := browser.Open(t)
	tab.Visit(e.url + livePath)
	return tab
}

func awaitText(t *testing.T, tab *browser.Tab, selector, want string) {
	t.Helper()
	browser.Await(t, selector+" to show "+want, func() bool { return strings.Contains(seen(tab, selector), want) })
}

// seen is the text that the reader sees of an element, "" when it is hidden or
// not there.
func seen(tab *browser.Tab, selector string) string {
	var s string
	tab.Read(fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		return e && e.getClientRects().length ? e.innerText.trim() : "";
	})()`, selector), &s)
	return s
}

func TestALaterReleaseAppearsWithoutAReload(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	tab := open(t, e)
	if got := tab.Text(secondVotes); got != "6,011" {
		t.Fatalf("votes = %q before anything changed", got)
	}
	tab.Click("#moved-open")
	e.show(6, 7654)
	awaitText(t, tab, secondVotes, "7,654")
	awaitText(t, tab, "#say", "Updated. 12 of 40 polling places counted")
	awaitText(t, tab, "#published", "21:00")
	awaitText(t, tab, "#checked", "Checked")
	if got := seen(tab, "#next"); got != "" {
		t.Errorf("the page expects an update that nobody announced: %q", got)
	}

	var opened bool
	tab.Eval(`document.getElementById("moved").open`, &opened)
	if !opened {
		t.Error("the change closed what the reader had opened")
	}
	e.show(4, 1111) // an edge that is behind
	e.more(t)
	if got := tab.Text(secondVotes); got != "7,654" {
		t.Errorf("votes = %q after an older release, want 7,654", got)
	}
	if got := tab.Navigations(); got != 1 {
		t.Errorf("navigations = %d, want 1", got)
	}
	for _, address := range tab.Requests() {
		if !strings.HasPrefix(address, e.url+"/") {
			t.Errorf("the page asked a third party for %s", address)
		}
	}
	if got := tab.Complaints(); len(got) > 0 {
		t.Errorf("complaints = %q", got)
	}
}

func TestAHiddenPageAsksForNothing(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	tab := open(t, e)
	e.more(t)
	tab.Window(true)
	var hidden bool
	tab.Eval("document.hidden", &hidden)
	if !hidden {
		t.Fatal("minimizing the window did not hide the page")
	}
	e.quiet(t, "hidden")
	tab.Window(false)
	e.more(t)
}

func TestPauseStopsAskingAndIsRemembered(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	tab := open(t, e)
	e.more(t)
	tab.Click("#pause")
	if got := tab.Text("#pause"); got != "Resume updates" {
		t.Errorf("button = %q", got)
	}
	e.quiet(t, "paused")
	tab.Visit(e.url + livePath)
	if got := tab.Text("#pause"); got != "Resume updates" {
		t.Errorf("button = %q after coming back", got)
	}
	e.quiet(t, "still paused")
	tab.Click("#pause")
	e.more(t)
}

func TestErrorsKeepTheNumbersAndSaySo(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	tab := open(t, e)
	e.more(t)
	e.set(func() { e.broken = true })
	awaitText(t, tab, "#stale", "No answer since")
	if got := tab.Text(secondVotes); got != "6,011" {
		t.Errorf("votes = %q while the edge is broken", got)
	}
	e.set(func() { e.broken = false })
	browser.Await(t, "the warning to go", func() bool { return tab.Text("#stale") == "" })
}

func TestAnOldCheckOfTheSourceIsShown(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.set(func() { e.checked = time.Now().Add(-time.Hour) })
	tab := open(t, e)
	awaitText(t, tab, "#stale", "The source was last checked at")
	e.more(t)
	if got := tab.Text("#stale"); !strings.Contains(got, "The source was last checked at") {
		t.Errorf("warning = %q after two more polls", got)
	}
}

func TestAChangeDoesNotDisturbTheReader(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	tab := open(t, e)
	tab.Eval(`getSelection().selectAllChildren(document.querySelector("#c-c2 th"))`, nil)
	e.show(6, 7654)
	e.more(t)
	if got := tab.Text(secondVotes); got != "6,011" {
		t.Errorf("votes = %q while the reader has text selected", got)
	}
	tab.Eval(`getSelection().empty(), document.getElementById("moved-open").focus()`, nil)
	awaitText(t, tab, secondVotes, "7,654")
	var id string
	tab.Eval(`document.activeElement.id`, &id)
	if id != "moved-open" {
		t.Errorf("focus is on %q, want moved-open", id)
	}
}

func TestPagesLiveWithoutStorage(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.show(5, 6011)
	tab := browser.Open(t)
	tab.Inject(`Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } })`)
	tab.Visit(e.url + livePath)
	e.show(6, 7654)
	awaitText(t, tab, secondVotes, "7,654")
	tab.Click("#pause")
	e.quiet(t, "paused without storage")
	if got := tab.Complaints(); len(got) > 0 {
		t.Errorf("complaints = %q", got)
	}
}

func TestPagesFitANarrowScreen(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.site.PollSeconds = 0
	long := race([]sample{{strings.Repeat("Wolfeschlegelsteinhausen", 3), strings.Repeat("Bergerdorff", 6), 9_999_990_000, snapshot.Elected}, {"B", "", 1, ""}}, true)
	pages := map[string][]byte{
		"/long":  templates.AppendRacePage(nil, view(long, 3), e.site),
		"/place": templates.AppendPlacePage(nil, place(7, 12), e.site),
		"/home":  templates.AppendPlacePage(nil, home(), e.site),
		"/lost":  templates.AppendNotFoundPage(nil, e.site),
	}
	for _, most := range []int64{999_999, 9_999_999, 999_999_999} {
		many := race([]sample{{"Ana Lúcia Prates", "Green Alliance", most, ""}, {"B", "", most - 1, ""}}, true)
		pages[fmt.Sprint("/", most)] = templates.AppendRacePage(nil, view(many, 3), e.site)
		many.Result.Seats = []snapshot.Count{snapshot.Of(120), snapshot.Of(119)}
		pages[fmt.Sprint("/seats-", most)] = templates.AppendRacePage(nil, view(many, 3), e.site)
	}
	for name, st := range states() {
		pages["/"+name] = templates.AppendRacePage(nil, st.view, e.site)
	}
	e.set(func() {
		for path, b := range pages {
			e.files[path] = b
		}
	})
	tab := browser.Open(t)
	tab.Resize(320, 640)
	for path := range pages {
		tab.Visit(e.url + path)
		tab.Eval(`document.querySelectorAll("details").forEach((d) => { d.open = true; })`, nil)
		var width int
		tab.Eval(`document.documentElement.scrollWidth`, &width)
		if width > 320 {
			t.Errorf("%s is %d pixels wide on a screen of 320", path, width)
		}
		var crowded []string
		tab.Eval(`[...document.querySelectorAll(".votes td")].filter((c) => c.scrollWidth > c.clientWidth).map((c) => c.textContent)`, &crowded)
		if len(crowded) > 0 && path != "/long" {
			t.Errorf("%s: %q stand in each other's way", path, crowded)
		}
	}
	if got := tab.Complaints(); len(got) > 0 {
		t.Errorf("complaints = %q", got)
	}
}

// showMore publishes the race with a notice above it as release n.
func (e *edge) showMore(n int) {
	v := corrected(view(race(councilSamples(), true), 5))
	v.Changed = n
	e.set(func() { e.files[livePath] = templates.AppendRacePage(nil, v, e.site) })
}

// count is how often a path was asked for.
func (e *edge) count(path string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.counts[path]
}
