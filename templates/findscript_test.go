package templates_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/heraldresults/herald/fixtures/browser"
	"github.com/heraldresults/herald/templates"
)

// finder opens the A to Z of a made country and its type-ahead.
func finder(t *testing.T, places []templates.Findable) (*edge, *browser.Tab) {
	t.Helper()
	e := newEdge(t)
	e.set(func() {
		e.files["/e/find.html"] = templates.AppendFindPage(nil, templates.FindView{Path: templates.FindPath}, e.site)
		for _, v := range templates.SearchViews(places) {
			e.files["/e/"+v.File] = templates.AppendSearch(nil, v)
		}
	})
	tab := browser.Open(t)
	tab.Visit(e.url + "/e/find.html")
	browser.Await(t, "the field", func() bool { return seen(tab, "#find") != "" })
	return e, tab
}

// search types words as a person does who has the field before them.
func search(tab *browser.Tab, words string) {
	tab.Click("#find-text")
	tab.Eval(fmt.Sprintf(`(() => {
		const field = document.getElementById("find-text");
		field.value = %q;
		field.dispatchEvent(new Event("input"));
	})()`, words), nil)
}

// hits are what was found: names and addresses.
func hits(tab *browser.Tab) (names string, addresses []string) {
	tab.Eval(`[...document.querySelectorAll("#find-list li")].map((l) => l.innerText).join("; ")`, &names)
	tab.Eval(`[...document.querySelectorAll("#find-list a")].map((a) => a.getAttribute("href"))`, &addresses)
	return names, addresses
}

func TestAPlaceOrARaceIsFoundByItsFirstLetters(t *testing.T) {
	t.Parallel()
	places := country(2, 6)
	places[3].Unit.Name = "São Tomé"
	places[4].Unit.Name = "غرب المدينة"
	places[5].Unit.Name = "Łódź O’Weißensee"
	town := places[3].Unit.ID
	e, tab := finder(t, places)
	if n := e.count("/e/search.json"); n > 0 {
		t.Errorf("the index was read before anybody looked for anything")
	}
	for words, want := range map[string]string{
		"sao to":      "/e/in/" + town + ".html",
		"TOMÉ":        "/e/in/" + town + ".html",
		"mayor tome":  "/e/race/" + town + "/mayor-" + town + ".html",
		"tomé senate": "/e/race/" + town + "/senate-r00.html",
		"president":   "/e/race/land/president.html",
		"norland":     "/e/index.html",
		"المدينة":     "/e/in/" + places[4].Unit.ID + ".html",
		"المدينه":     "/e/in/" + places[4].Unit.ID + ".html", // as it is typed
		"oweiss":      "/e/in/" + places[5].Unit.ID + ".html",
		"lodz weiss":  "/e/in/" + places[5].Unit.ID + ".html",
	} {
		search(tab, words)
		browser.Await(t, "what "+words+" finds", func() bool {
			_, addresses := hits(tab)
			return len(addresses) > 0 && addresses[0] == want
		})
		if got := seen(tab, "#find-says"); !strings.HasPrefix(got, "Found: ") {
			t.Errorf("%q says %q", words, got)
		}
	}
	search(tab, "nowhere at all")
	awaitText(t, tab, "#find-says", "Nothing found")
	if n := e.count("/e/search.json"); n != 1 {
		t.Errorf("the index was read %d times", n)
	}
	if got := tab.Complaints(); len(got) > 0 {
		t.Errorf("complaints = %q", got)
	}
}

// TestALargeCountryIsSearchedByRegion looks for a town of 600 whose index is
// too large for one file.
func TestALargeCountryIsSearchedByRegion(t *testing.T) {
	t.Parallel()
	places := country(12, 600)
	region, town := places[1], places[7]
	_, tab := finder(t, places)
	search(tab, region.Unit.Name)
	browser.Await(t, "the region", func() bool {
		_, addresses := hits(tab)
		return len(addresses) > 0 && addresses[0] == "/e/"+region.Path
	})
	tab.Eval(fmt.Sprintf(`(() => {
		const where = document.getElementById("find-in");
		where.value = [...where.options].find((o) => o.text === %q).value;
		where.dispatchEvent(new Event("change"));
	})()`, region.Unit.Name), nil)
	search(tab, town.Unit.Name)
	browser.Await(t, "the town", func() bool {
		_, addresses := hits(tab)
		return strings.Contains(strings.Join(addresses, " "), "/e/"+town.Path)
	})
}

func TestASearchThatCannotLoadPointsToTheLists(t *testing.T) {
	t.Parallel()
	e, tab := finder(t, country(1, 3))
	e.set(func() { delete(e.files, "/e/search.json") })
	search(tab, "a")
	awaitText(t, tab, "#find-says", "The lists on this page lead to every race")
}
