package templates_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/fixtures/browser"
	"github.com/heraldresults/herald/templates"
)

// gridOf is a GeoJSON map of squares in a row, one for each id.
func gridOf(ids ...string) []byte {
	var features []string
	for i, id := range ids {
		features = append(features, fmt.Sprintf(`{"type":"Feature","id":%q,"geometry":{"type":"Polygon","coordinates":[[[%d,0],[%d,0],[%d,1],[%d,1],[%d,0]]]}}`, id, i, i+1, i+1, i, i))
	}
	return []byte(`{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`)
}

// mapped gives the edge a map of a unit and returns its reference.
func (e *edge) mapped(t *testing.T, unit string, ids ...string) *templates.MapRef {
	t.Helper()
	o := read(t, map[string][]byte{"maps/" + unit + ".geojson": gridOf(ids...)})
	addresses := map[string]templates.Asset{}
	e.set(func() {
		for _, f := range templates.Assets(o) {
			if strings.HasPrefix(f.Name, "map-") {
				sum := sha256.Sum256(f.Body)
				addresses[f.Name] = templates.Asset{Href: "/assets/" + f.Name, Integrity: "sha256-" + base64.StdEncoding.EncodeToString(sum[:])}
				e.files["/assets/"+f.Name] = f.Body
			}
		}
	})
	return o.Map(unit, addresses)
}

const areas = `[...document.querySelectorAll("figure path[data-u]")].map((p) => p.dataset.u + " " + p.getAttribute("fill") + " " + p.firstChild.textContent)`

func TestAMapShowsWhatTheTableSaysAndFollowsIt(t *testing.T) {
	e := newEdge(t)
	v := place(2, 3)
	v.Places[0].Reporting, v.Places[0].Complete, v.Places[0].Races = 3, 3, 3
	v.Places[1].Reporting, v.Places[1].Complete, v.Places[1].Races = 2, 1, 3
	v.Places[2].Reporting, v.Places[2].Complete = 0, 0
	id := func(i int) string { return v.Places[i].Unit.ID }
	v.Map = e.mapped(t, "santa-brigida", id(0), id(1), id(2), "elsewhere")
	show := func() {
		e.set(func() { e.files["/e/in/santa-brigida.html"] = templates.AppendPlacePage(nil, v, e.site) })
	}
	show()
	tab := browser.Open(t)
	tab.Visit(e.url + "/e/in/santa-brigida.html")
	for _, r := range tab.Requests() {
		if strings.Contains(r, "map") {
			t.Errorf("%s was loaded before anybody asked for the map", r)
		}
	}
	tab.Click("#map")
	var got []string
	browser.Await(t, "the map", func() bool { tab.Eval(areas, &got); return len(got) == 4 })
	name := func(i int) string { return v.Places[i].Unit.Name }
	want := []string{
		"u-" + id(0) + " url(#m-d) " + name(0) + ": All races counted", "u-" + id(1) + " url(#m-s) " + name(1) + ": Count under way",
		"u-" + id(2) + " url(#m-n) " + name(2) + ": Nothing yet", "u-elsewhere url(#m-x) Not part of this",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("areas:\n%q\nwant:\n%q", got, want)
	}
	if got := tab.Text("#map"); got != "Hide the map" {
		t.Errorf("the button says %q", got)
	}
	if got := tab.Text("#map-key"); !strings.Contains(got, "All races counted") || !strings.Contains(got, "Not part of this") {
		t.Errorf("the key says %q", got)
	}

	// The table changes, and the map with it; the key stays with the map.
	v.Changed, v.Places[2].Reporting, v.Places[2].Complete = v.Changed+1, v.Places[2].Races, v.Places[2].Races
	show()
	browser.Await(t, "the new colour", func() bool { tab.Eval(areas, &got); return strings.Contains(got[2], "url(#m-d)") })
	if tab.Text("#map-key") == "" {
		t.Error("the key went away with the swap")
	}
	var twice int
	tab.Eval(`document.querySelectorAll("[id]").length - new Set([...document.querySelectorAll("[id]")].map((e) => e.id)).size`, &twice)
	if twice != 0 {
		t.Errorf("%d ids are there twice", twice)
	}

	tab.Click("#map")
	if got := tab.Text("#map"); !strings.HasPrefix(got, "Show the map") {
		t.Errorf("the button says %q", got)
	}
	if c := tab.Complaints(); len(c) > 0 {
		t.Errorf("complaints: %q", c)
	}
}

// A breakdown stands on several pages; the map shows all of them.
func TestAMapOfALongTableLooksAtAllItsPages(t *testing.T) {
	e := newEdge(t)
	v := breakdownOf(t, 4)
	v.Map = e.mapped(t, "land", v.Units[0].Race.Unit.ID, v.Units[1].Race.Unit.ID, v.Units[2].Race.Unit.ID, v.Units[3].Race.Unit.ID)
	all := v.Units
	for n := range 2 {
		v.Units = all[2*n : 2*n+2]
		v.Part = templates.Part{Number: n + 1, Of: 2, Paths: []string{"breakdown/1.html", "breakdown/2.html"}}
		v.Path = v.Part.Paths[n]
		e.set(func() { e.files["/e/"+v.Path] = templates.AppendBreakdownPage(nil, v, e.site) })
	}
	tab := browser.Open(t)
	tab.Visit(e.url + "/e/breakdown/1.html")
	tab.Click("#map")
	var got []string
	browser.Await(t, "the map", func() bool { tab.Eval(areas, &got); return len(got) == 4 })
	for i, want := range []string{"#m-0) Parish 0: Ada", "#m-1) Parish 1: Ben", "#m-l) Parish 2: Level", "#m-n) Parish 3: Nothing yet"} {
		if !strings.Contains(got[i], want) {
			t.Errorf("area %d is %q, want %q in it", i, got[i], want)
		}
	}
	if c := tab.Complaints(); len(c) > 0 {
		t.Errorf("complaints: %q", c)
	}
}

func TestADamagedMapIsNotShown(t *testing.T) {
	e := newEdge(t)
	v := place(1, 2)
	v.Map = e.mapped(t, "santa-brigida", v.Places[0].Unit.ID, v.Places[1].Unit.ID)
	e.set(func() {
		e.files["/e/in/santa-brigida.html"] = templates.AppendPlacePage(nil, v, e.site)
		e.files[v.Map.Href] = []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>document.title = "run"</script></svg>`)
	})
	tab := browser.Open(t)
	tab.Visit(e.url + "/e/in/santa-brigida.html")
	tab.Click("#map")
	browser.Await(t, "the refusal", func() bool { return tab.Text("#map") == "The map could not be loaded. Try again." })
	var drawn int
	tab.Eval(`document.querySelectorAll("figure").length`, &drawn)
	if drawn != 0 {
		t.Error("something was drawn")
	}
}

// breakdownOf is a race of two by n places: one leads, the other leads, both
// are level, nothing is counted.
func breakdownOf(t *testing.T, n int) templates.BreakdownView {
	t.Helper()
	land := &snapshot.Unit{ID: "land", Key: "land", Name: "Land", Type: snapshot.Country}
	c := &snapshot.Contest{ID: "m", Key: "m", Name: "Mayor", Type: snapshot.CandidateContest, Seats: 1}
	for _, name := range []string{"Ada", "Ben"} {
		c.Choices = append(c.Choices, snapshot.Choice{ID: strings.ToLower(name), ChoiceDef: snapshot.ChoiceDef{Key: name, Name: name}})
	}
	made := func(u *snapshot.Unit, votes ...int64) *snapshot.Race {
		r := &snapshot.Race{ID: snapshot.RaceID(u.ID, c.ID), Contest: c, Unit: u, Result: snapshot.Result{Votes: make([]snapshot.Count, 2)}}
		for i, v := range votes {
			r.AsOf = evening
			r.Result.Votes[i] = snapshot.Of(v)
		}
		return r
	}
	v := templates.BreakdownView{Race: made(land, 20, 19), RacePath: "race/land/m.html", AsOf: evening, Changed: 2}
	for i, votes := range [][]int64{{9, 3}, {3, 8}, {8, 8}, nil}[:n] {
		id := fmt.Sprintf("parish-%d", i)
		u := &snapshot.Unit{ID: id, Key: id, Name: fmt.Sprintf("Parish %d", i), Type: snapshot.County, Parent: land}
		v.Units = append(v.Units, templates.RaceLine{Race: made(u, votes...), Path: "race/" + id + "/m.html", AsOf: evening})
	}
	return v
}
