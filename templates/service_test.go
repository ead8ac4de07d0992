package templates_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/fixtures/browser"
	"github.com/heraldresults/herald/templates"
)

func TestTheStatusPageSaysHowEverySourceIs(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.status.Sources = `[{"feed":"tally <b>room","state":"ok","last_read":"2026-10-11T20:17:05Z"},{"feed":"post","state":"lost"}]`
	e.set(func() { e.files["/e/status.html"] = templates.AppendStatusPage(nil, e.site) })
	tab := browser.Open(t)
	tab.Visit(e.url + "/e/status.html")
	awaitText(t, tab, "#sources tr", "tally <b>room")
	for selector, want := range map[string]string{
		"#sources tr:nth-child(1)": "21:17:05", // in Lisbon
		"#sources tr:nth-child(2)": "post",
		"#status-checked":          "Checked",
	} {
		if got := seen(tab, selector); !strings.Contains(got, want) {
			t.Errorf("%s shows %q, want %q", selector, got, want)
		}
	}
	if got := seen(tab, "#status-number"); got != "" {
		t.Errorf("the page shows %q, which was not stated", got)
	}
	if got := tab.Complaints(); len(got) > 0 {
		t.Errorf("complaints = %q", got)
	}
}

func TestTheBuilderMakesCodeThatShowsTheRace(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	v := view(race([]sample{{"A", "", 5, snapshot.Elected}}, true), 3)
	v.Race.Contest.Name = `Mayor "of" <all>`
	e.site.Origin = e.url
	e.set(func() {
		e.files["/e/embed.html"] = templates.AppendEmbedPage(nil, e.site)
		e.files["/e/race/town/mayor.html"] = templates.AppendRacePage(nil, v, e.site)
	})
	tab := browser.Open(t)
	tab.Visit(e.url + "/e/embed.html")
	browser.Await(t, "the builder", func() bool { return seen(tab, "#builder") != "" })
	enter := func(address string) {
		tab.Eval(fmt.Sprintf(`document.getElementById("embed-race").value = %q,
			document.getElementById("embed-race").dispatchEvent(new Event("input"))`, address), nil)
	}
	for _, wrong := range []string{"https://elsewhere.example/x.html", "/e/race/../../x", "/e/index.html", "javascript:alert(1)//e/race/a.html"} {
		enter(wrong)
		awaitText(t, tab, "#embed-said", "not the address of a race")
	}
	tab.Eval(`document.getElementById("embed-theme").value = "#embed-dark"`, nil)
	enter(e.url + "/e/race/town/mayor.html?from=mail#c-c1")
	var code string
	browser.Await(t, "the code", func() bool {
		tab.Eval(`document.getElementById("embed-result").value`, &code)
		return code != ""
	})
	if got := tab.Complaints(); len(got) > 0 {
		t.Errorf("complaints = %q", got)
	}
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!doctype html><title>News</title>%s", code)
	}))
	t.Cleanup(host.Close)
	tab.Visit(host.URL)
	browser.Await(t, "the frame to have its height", func() bool {
		var height string
		tab.Eval(`document.querySelector("iframe").style.height`, &height)
		return height != ""
	})
	var title string
	tab.Eval(`document.querySelector("iframe").title`, &title)
	if want := v.Race.Contest.Name + " · " + v.Race.Unit.Name; title != want {
		t.Errorf("the frame is called %q, want %q", title, want)
	}
}
