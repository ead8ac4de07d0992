package templates_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/templates"
)

// country is a made country: so many regions with so many towns each, an
// office of the whole country, offices of each region and a mayor of each
// town, all counted in every place where people vote for them.
func country(regions, towns int) []templates.Findable {
	office := func(id, name string) *snapshot.Contest {
		return &snapshot.Contest{ID: id, Name: name, Heading: name, Type: snapshot.CandidateContest}
	}
	counted := func(u *snapshot.Unit, contests ...*snapshot.Contest) (out []templates.RaceLine) {
		for _, c := range contests {
			r := &snapshot.Race{ID: snapshot.RaceID(u.ID, c.ID), Contest: c, Unit: u}
			out = append(out, templates.RaceLine{Race: r, Path: "race/" + u.ID + "/" + c.ID + ".html"})
		}
		return out
	}
	land := &snapshot.Unit{ID: "land", Name: "Norland", Type: snapshot.Country}
	president := office("president", "President")
	out := []templates.Findable{{Unit: land, Path: "index.html", Up: -1, Races: counted(land, president)}}
	for r := range regions {
		id := fmt.Sprintf("r%02d", r)
		u := &snapshot.Unit{ID: id, Name: townName(-1-r) + " Region", Parent: land, Type: snapshot.State}
		common := []*snapshot.Contest{president, office("governor-"+id, "Governor"), office("senate-"+id, "Senate"), office("assembly-"+id, "Assembly")}
		up := len(out)
		out = append(out, templates.Findable{Unit: u, Path: "in/" + id + ".html", Races: counted(u, common...)})
		for n := range towns {
			id := fmt.Sprintf("%05d", mixed(r*towns+n)%100000)
			for slices.ContainsFunc(out[up:], func(f templates.Findable) bool { return f.Unit.ID == id }) {
				id += "0"
			}
			u := &snapshot.Unit{ID: id, Name: townName(r*towns + n), Parent: u, Type: snapshot.Municipality}
			out = append(out, templates.Findable{Unit: u, Path: "in/" + id + ".html", Up: up,
				Races: counted(u, slices.Concat(common, []*snapshot.Contest{office("mayor-"+id, "Mayor")})...)})
		}
	}
	return out
}

func mixed(n int) uint32 {
	h := fnv.New32a()
	fmt.Fprint(h, n)
	return h.Sum32()
}

// townName is a made name as long and as varied as those of real towns.
func townName(n int) string {
	parts := []string{"al", "bo", "ça", "dor", "en", "fia", "gui", "ha", "itá", "ja", "la", "mon", "nó", "pira", "que", "ri", "são", "ta", "uba", "vel", "xa", "zê", "bra", "cor", "gran", "lim"}
	last := []string{"", "", "", "", "", "", "", " do Sul", " do Norte", " da Serra", " Velha", " das Flores", " de Minas"}
	x := mixed(n)
	name := ""
	for range 3 + x%2 {
		name += parts[x%uint32(len(parts))]
		x /= uint32(len(parts))
	}
	x = mixed(n + 1<<20)
	r := []rune(name)
	return strings.ToUpper(string(r[0])) + string(r[1:]) + last[x%uint32(len(last))]
}

// index is a file of the type-ahead as the script reads it.
type index struct {
	V        int
	Heads    []string
	Contests struct {
		IDs, Names []string
		Heads      []int
	}
	Sets   [][]int
	Places struct {
		IDs, Names []string
		Up, Sets   []int
	}
	Files map[int]string
}

func readIndex(t *testing.T, v templates.SearchView) (index, []byte) {
	t.Helper()
	raw := templates.AppendSearch(nil, v)
	var x index
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&x); err != nil {
		t.Fatalf("%s is not what the script reads: %v\n%.300s", v.File, err, raw)
	}
	return x, raw
}

func TestTheTypeAheadLeadsToEveryPlaceAndRace(t *testing.T) {
	for name, c := range map[string]struct {
		places []templates.Findable
		files  int
	}{
		"one file":          {country(27, 206), 1},
		"a file per region": {country(40, 300), 41},
		"nothing to divide": {country(0, 0), 1},
	} {
		t.Run(name, func(t *testing.T) {
			want := map[string]bool{}
			for _, p := range c.places {
				want[p.Path] = true
				for _, r := range p.Races {
					want[r.Path] = true
				}
			}
			views := templates.SearchViews(c.places)
			if len(views) != c.files {
				t.Errorf("%d files for %d places, want %d", len(views), len(c.places), c.files)
			}
			named := map[string]bool{"search.json": true}
			for _, v := range views {
				x, raw := readIndex(t, v)
				if n := gzipped(t, raw); n > 60<<10 {
					t.Errorf("%s is %d bytes as gzip, over 60 KB", v.File, n)
				} else if v.File == "search.json" {
					t.Logf("%s: %d places, %d bytes, %d as gzip", v.File, len(v.Places), len(raw), n)
				}
				if !named[v.File] {
					t.Errorf("no file leads to %s", v.File)
				}
				for _, f := range x.Files {
					named[f] = true
				}
				for i, id := range x.Places.IDs {
					page := "in/" + id + ".html"
					if i == 0 && v.File == "search.json" {
						page = "index.html"
					}
					delete(want, page)
					for _, n := range x.Sets[x.Places.Sets[i]] {
						delete(want, "race/"+id+"/"+strings.ReplaceAll(x.Contests.IDs[n], "*", id)+".html")
					}
				}
			}
			if len(want) > 0 {
				t.Errorf("no file leads to %d pages, as %v", len(want), slices.Sorted(maps.Keys(want))[0])
			}
		})
	}
}

func TestTheTypeAheadHoldsEveryNameOnce(t *testing.T) {
	x, raw := readIndex(t, templates.SearchViews(country(2, 3))[0])
	if len(x.Contests.IDs) != 11 || x.Contests.IDs[7] != "mayor-*" { // president, three of each region in it and in its towns, the mayors
		t.Errorf("contests: %q", x.Contests.IDs)
	}
	if n := strings.Count(string(raw), `"Mayor"`); n != 2 { // as a contest, as a heading
		t.Errorf("“Mayor” stands there %d times", n)
	}
	if x.Places.Up[0] != -1 || x.Places.Up[1] != 0 || x.Places.Up[2] != 1 {
		t.Errorf("up: %v", x.Places.Up)
	}
}

func TestAFewEntriesStandOnOnePageUnderTheirLetters(t *testing.T) {
	places := country(1, 12)
	pages := templates.FindPages(templates.FindEntries(places, nil), site(t).Lang, 0)
	if len(pages) != 1 || pages[0].Path != "find.html" || len(pages[0].Letters) != 0 {
		t.Fatalf("%d pages", len(pages))
	}
	page := templates.AppendFindPage(nil, pages[0], site(t))
	golden(t, "find.html", page)
	for _, p := range places[1:] {
		for _, path := range append([]templates.RaceLine{{Path: p.Path}}, p.Races...) {
			if !bytes.Contains(page, []byte(`"/2026-10-11-council/`+path.Path+`"`)) {
				t.Errorf("no link to %s", path.Path)
			}
		}
	}
}

func TestManyEntriesAreDividedByLetterIntoLightPages(t *testing.T) {
	s := site(t)
	entries := templates.FindEntries(country(27, 206), []templates.TypeLine{{Name: "Mayor", Path: "type/mayor.html"}, {Path: "type/contests.html"}})
	pages := templates.FindPages(entries, s.Lang, 0)
	seen, paths, heaviest := 0, map[string]bool{}, 0
	for _, v := range pages {
		seen += len(v.Entries)
		if paths[v.Path] {
			t.Errorf("two pages are at %s", v.Path)
		}
		paths[v.Path] = true
		if len(v.Entries) > 300 {
			t.Errorf("%d entries stand under %s", len(v.Entries), v.Letter)
		}
		heaviest = max(heaviest, gzipped(t, templates.AppendFindPage(nil, v, s)))
	}
	if seen != len(entries) {
		t.Errorf("the pages hold %d of %d entries", seen, len(entries))
	}
	for _, l := range pages[0].Letters {
		if !paths[l.Path] {
			t.Errorf("%s leads to %s, which is not there", l.Text, l.Path)
		}
	}
	t.Logf("%d entries on %d pages, the heaviest has %d bytes as gzip", len(entries), len(pages), heaviest)
	if heaviest > 40<<10 {
		t.Errorf("the heaviest page has %d bytes as gzip", heaviest)
	}
	golden(t, "find-letters.html", templates.AppendFindPage(nil, pages[0], s))
}

func TestAContestIsFoundByItsNameUnlessManyShareIt(t *testing.T) {
	types := []templates.TypeLine{{Name: "Mayor", Path: "type/mayor.html"}, {Name: "President", Path: "type/president.html"}, {Path: "type/contests.html"}}
	var got []string
	for _, e := range templates.FindEntries(country(2, 20), types) {
		if !strings.HasPrefix(e.Path, "in/") {
			got = append(got, e.Name+" ("+e.Context+") "+e.Path)
		}
	}
	a, b := townName(-1)+" Region", townName(-2)+" Region"
	want := []string{
		"President () race/land/president.html",
		"Governor (" + a + ") race/r00/governor-r00.html", "Senate (" + a + ") race/r00/senate-r00.html", "Assembly (" + a + ") race/r00/assembly-r00.html",
		"Governor (" + b + ") race/r01/governor-r01.html", "Senate (" + b + ") race/r01/senate-r01.html", "Assembly (" + b + ") race/r01/assembly-r01.html",
		"Mayor () type/mayor.html",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %s", strings.Join(got, "\n    "))
	}
}

// A reader with a phone and no script knows where they vote.
func TestEveryRaceIsThreeLinksFromTheHomePageAtMost(t *testing.T) {
	s := site(t)
	places := country(27, 206)
	pages := map[string][]byte{}
	for _, v := range templates.FindPages(templates.FindEntries(places, nil), s.Lang, 0) {
		pages[v.Path] = templates.AppendFindPage(nil, v, s)
	}
	want, inside := map[string]bool{}, map[int][]int{}
	for i, p := range places {
		inside[p.Up] = append(inside[p.Up], i)
	}
	for i, p := range places {
		v := templates.PlaceView{Unit: p.Unit, Home: i == 0, Path: p.Path, Races: p.Races, AsOf: evening, Changed: 1}
		for _, n := range inside[i] {
			v.Places = append(v.Places, templates.PlaceLine{Unit: places[n].Unit, Path: places[n].Path, Tally: templates.Tally{Races: len(places[n].Races)}})
		}
		for _, r := range p.Races {
			r.Race.Result.Votes = make([]snapshot.Count, len(r.Race.Contest.Choices))
			want[r.Path] = true
		}
		if i == 0 || len(v.Places) > 0 { // the pages of towns are further than three links
			pages[p.Path] = templates.AppendPlacePage(nil, v, s)
		}
	}
	reached := map[string]int{"index.html": 0}
	for steps, now := 1, []string{"index.html"}; steps <= 3; steps++ {
		var next []string
		for _, at := range now {
			for _, to := range links(t, pages[at], s.Base) {
				if _, ok := reached[to]; !ok {
					reached[to] = steps
					next = append(next, to)
				}
			}
		}
		now = next
	}
	for path := range want {
		if _, ok := reached[path]; !ok {
			t.Fatalf("%s is more than three links from the home page", path)
		}
	}
}

// links are the addresses below base that a page leads to.
func links(t *testing.T, page []byte, base string) (out []string) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatalf("parse page: %v", err)
	}
	for n := range root.Descendants() {
		if n.Data != "a" {
			continue
		}
		for _, a := range n.Attr {
			if rest, ok := strings.CutPrefix(a.Val, base); ok && a.Key == "href" {
				path, _, _ := strings.Cut(rest, "#")
				out = append(out, path)
			}
		}
	}
	return out
}
