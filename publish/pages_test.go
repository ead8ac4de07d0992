package publish

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/publish/store/memstore"
	"github.com/heraldresults/herald/publish/verify"
	"github.com/heraldresults/herald/templates"
)

// broad is a night in which a president is elected everywhere and mayors in
// towns, under headings.
func broad(towns int) *night {
	n := newNight(towns)
	n.apply(func(u *snapshot.Update) {
		u.Contests = append(u.Contests, president("President"))
		for s := range 2 {
			for town := range towns {
				u.Results = append(u.Results, snapshot.RaceResult{Contest: "president", Unit: fmt.Sprintf("s%d-t%d", s, town), Status: snapshot.PreElection})
			}
			u.Results = append(u.Results, snapshot.RaceResult{Contest: "president", Unit: fmt.Sprintf("s%d", s), Status: snapshot.PreElection})
		}
		u.Results = append(u.Results, snapshot.RaceResult{Contest: "president", Unit: "br", Status: snapshot.PreElection})
	})
	return n
}

func president(heading string) snapshot.ContestDef {
	return snapshot.ContestDef{Key: "president", Name: "President", Type: snapshot.CandidateContest, Seats: 1, Heading: heading,
		Choices: []snapshot.ChoiceDef{{Key: "1", Name: "Élia"}, {Key: "2", Name: "Fu <b>"}}}
}

// elect states a count of the president in a unit.
func (n *night) elect(unit string, votes ...int64) *snapshot.Snapshot {
	n.apply(func(u *snapshot.Update) {
		r := snapshot.RaceResult{Contest: "president", Unit: unit, Status: snapshot.UnofficialPartial}
		for i, v := range votes {
			r.Votes = append(r.Votes, snapshot.ChoiceVotes{Key: fmt.Sprint(i + 1), Votes: snapshot.Of(v)})
		}
		u.Results = append(u.Results, r)
	})
	return n.asm.Snapshot()
}

// late adds a race in a town that is not there before.
func (n *night) late(town string) *snapshot.Snapshot {
	n.apply(func(u *snapshot.Update) {
		u.Units = []snapshot.UnitDef{{Key: town, Parent: "s0", Name: "Late " + town, Type: snapshot.Municipality}}
		u.Results = []snapshot.RaceResult{{Contest: "president", Unit: town}}
	})
	return n.asm.Snapshot()
}

// bilingual is a live publication with everything, in two languages.
func bilingual(t testing.TB, st *memstore.Store) Config {
	t.Helper()
	cfg := testConfig(t, st)
	cfg.Site.Mode, cfg.Site.Origin, cfg.Cards = templates.Live, "https://results.example", true
	cfg.Languages = languages(t, "en", "en-GB")
	return cfg
}

func languages(t testing.TB, codes ...string) []*templates.Language {
	t.Helper()
	var out []*templates.Language
	for _, code := range codes {
		l, err := templates.NewLanguage(code, nil)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

func openWith(t *testing.T, cfg Config) *Publisher {
	t.Helper()
	p, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// check reads what is published as a stranger does.
func check(t *testing.T, st *memstore.Store) *verify.Report {
	t.Helper()
	r, err := verify.NewReader(verify.Config{Fetch: seen(st), Election: "made-2026"})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := r.Check(t.Context(), nil)
	if err != nil || len(rep.Problems)+len(rep.Late) > 0 {
		t.Fatalf("verify: %+v, %v", rep, err)
	}
	return rep
}

var link = regexp.MustCompile(` (?:href|src|data-[a-z]+)="(?:https://results\.example)?/([^"#?]+\.(?:html|json|css|js|svg|png|xml))["#?]`)

func TestEveryLinkOfEveryPageInEveryLanguageLeadsToSomething(t *testing.T) {
	st := memstore.New()
	p := openWith(t, bilingual(t, st))
	n := broad(12)
	mustPublish(t, p, n.count("s0-t1", 5, 3, 1))
	mustPublish(t, p, n.elect("s1", 90, 80))
	mustPublish(t, p, n.elect("s1", 70, 80))
	if err := p.Heartbeat(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	check(t, st)
	there := map[string]bool{}
	for _, key := range st.Keys() {
		there[key] = true
	}
	pages, links := map[string]int{}, 0
	for key := range there {
		if !strings.HasSuffix(key, ".html") || strings.Contains(key, "/races/") || strings.Contains(key, "/units/") || strings.Contains(key, "/pages/") {
			continue
		}
		first, _, _ := strings.Cut(key, "/")
		pages[first]++
		raw, err := seen(st)(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if len(raw) == 0 {
			t.Errorf("%s is empty", key)
		}
		for _, m := range link.FindAllSubmatch(raw, -1) {
			links++
			if !there[string(m[1])] {
				t.Errorf("%s leads to /%s, where there is nothing", key, m[1])
			}
		}
	}
	if pages["made-2026"] < 80 || pages["made-2026"] != pages["en-gb"] || links < 1000 {
		t.Errorf("%d links on pages %v", links, pages)
	}
	for _, key := range []string{"index.html", "in/s0.html", "race/br/president.html", "breakdown/br/president.html", "breakdown/s0/president.html",
		"type/president.html", "type/contests.html", "lite.html", "find.html", "updates.html", "corrections.html", "data.html", "about.html", "status.html",
		"embed.html", "404.html", "race/br/president.json", "updates.json", "corrections.json", "search.json", "robots.txt", "sitemap.xml", "oembed/br/president.json"} {
		if !there["made-2026/"+key] {
			t.Errorf("there is no %s", key)
		}
	}
}

// TestRenderingEverythingGivesTheSamePagesInEveryLanguage plays a night in
// which everything happens into two stores; one publisher renders everything
// each time.
func TestRenderingEverythingGivesTheSamePagesInEveryLanguage(t *testing.T) {
	a, b := memstore.New(), memstore.New()
	start := func() (pa, pb *Publisher) {
		pa, pb = openWith(t, bilingual(t, a)), openWith(t, bilingual(t, b))
		pb.full = true
		return pa, pb
	}
	pa, pb := start()
	n := broad(5)
	rng := rand.New(rand.NewPCG(3, 4))
	units := []string{"br", "s0", "s1", "s0-t0", "s0-t4", "s1-t2"}
	for step := range 45 {
		var s *snapshot.Snapshot
		switch {
		case step%15 == 9:
			s = n.late(fmt.Sprintf("late-%d", step))
		case step == 20:
			n.apply(func(u *snapshot.Update) { u.Contests = []snapshot.ContestDef{president("Presidency")} })
			s = n.asm.Snapshot()
		case step%2 == 0:
			s = n.elect(units[rng.IntN(len(units))], rng.Int64N(900), rng.Int64N(900)) // falls, too
		default:
			s = n.count(fmt.Sprintf("s%d-t%d", rng.IntN(2), rng.IntN(5)), rng.Int64N(90), rng.Int64N(90), rng.Int64N(9))
		}
		ra, rb := mustPublish(t, pa, s), mustPublish(t, pb, s)
		if ra.Number != rb.Number || pa.head.current.Release != pb.head.current.Release {
			t.Fatalf("step %d: release %d differs from rendering everything:\n%s", step, ra.Number, onlyInOne(a, b))
		}
		if step%16 == 7 {
			pa, pb = start()
			n.asm = diff.NewAssembler(pa.Published())
		}
	}
	check(t, a)
	if len(pa.state.corrections.Corrections) < 5 {
		t.Errorf("%d corrections: too few to mean anything", len(pa.state.corrections.Corrections))
	}
	var lost []string
	for _, k := range pa.state.kept {
		lost = append(lost, k.path)
	}
	if !slices.Equal(lost, []string{"type/president.html"}) {
		t.Errorf("kept %q, want the page of the heading that is no more", lost)
	}
	raw, err := seen(a)(t.Context(), "en-gb/made-2026/type/president.html")
	if want := templates.AppendNotFoundPage(nil, pa.sites[1]); err != nil || !bytes.Equal(raw, want) {
		t.Errorf("the page of a heading that is no more says %s, %v", raw, err)
	}
}

// onlyInOne are the objects that only one of two stores has.
func onlyInOne(a, b *memstore.Store) string {
	var out strings.Builder
	inA, inB := a.Keys(), b.Keys()
	for name, list := range map[string][2][]string{"a": {inA, inB}, "b": {inB, inA}} {
		for _, key := range list[0] {
			if !slices.Contains(list[1], key) {
				fmt.Fprintf(&out, "%s: %s\n", name, key)
			}
		}
	}
	return out.String()
}

func TestALanguageIsAddedAndNeverLeftBehind(t *testing.T) {
	st := memstore.New()
	cfg := testConfig(t, st)
	cfg.Languages = languages(t, "en")
	n := broad(2)
	p := openWith(t, cfg)
	mustPublish(t, p, n.elect("br", 5, 6))
	cfg.Languages = languages(t, "en", "en-GB")
	p = openWith(t, cfg)
	if r := mustPublish(t, p, n.elect("br", 5, 6)); !r.Published || r.Changed > 0 {
		t.Errorf("a new language made %+v", r)
	}
	check(t, st)
	for i, pg := range p.state.pages {
		if len(pg.html) != 2 || pg.html[1].Hash.IsZero() || holds(t, st, "en-gb/made-2026/"+p.state.book.sheets[i].path) != pg.html[1].Hash {
			t.Errorf("%s is not there in the new language", p.state.book.sheets[i].path)
		}
	}
	for name, c := range map[string]struct{ codes, want string }{
		"one is left out":        {"en", `pages are published in "en-GB"`},
		"another is the default": {"en-GB en", `the default language of what is published is "en"`},
	} {
		cfg.Languages = languages(t, strings.Fields(c.codes)...)
		if _, err := Open(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: Open = %v, want %s", name, err, c.want)
		}
	}
	cfg.Languages = languages(t, "en", "en")
	if _, err := Open(t.Context(), cfg); err == nil {
		t.Error("a language twice was taken")
	}
}

func TestAHundredUpdatesMakeAPageThatStays(t *testing.T) {
	st := memstore.New()
	p := openWith(t, bilingual(t, st))
	n := newNight(1)
	mustPublish(t, p, n.asm.Snapshot())
	var full shard.Hash
	for number := 2; number <= 203; number++ {
		if r := mustPublish(t, p, n.count("s0-t0", 1, 0, 0)); r.Number != number {
			t.Fatalf("release %d, want %d", r.Number, number)
		}
		switch number {
		case 99:
			if slices.Contains(st.Keys(), "made-2026/updates/1.html") {
				t.Error("a page of a hundred after ninety-nine releases")
			}
		case 100:
			full = holds(t, st, "made-2026/updates/1.html")
		case 150:
			p = openWith(t, bilingual(t, st))
		}
	}
	if got := holds(t, st, "made-2026/updates/1.html"); got != full {
		t.Error("the page of the first hundred changed")
	}
	if got := p.state.updates.Updates; len(got) != manifest.MaxUpdates || got[0].Release != 203 || got[99].Release != 104 || got[0].Changed != 1 || !slices.Equal(got[0].Places, []string{"s0-t0"}) {
		t.Errorf("%d updates, the newest %+v", len(got), got[0])
	}
	raw, err := seen(st)(t.Context(), "en-gb/made-2026/updates.html")
	if err != nil || !bytes.Contains(raw, []byte("/en-gb/made-2026/updates/2.html")) {
		t.Errorf("the page of updates does not lead to those before: %v", err)
	}
	raw, err = seen(st)(t.Context(), "made-2026/updates/2.html")
	if err != nil || !bytes.Contains(raw, []byte("/made-2026/updates/1.html")) {
		t.Errorf("the second hundred does not lead to the first: %v", err)
	}
	check(t, st)
}

func TestUpdatesNameThePlacesOfTheLevelOnWhichTheyAreFew(t *testing.T) {
	st := memstore.New()
	p := open(t, st)
	n := broad(12)
	mustPublish(t, p, n.asm.Snapshot())
	if u := p.state.updates.Updates[0]; u.Added != 51 || !slices.Equal(u.Places, []string{"s0", "s1"}) || u.MorePlaces != 0 {
		t.Errorf("everything: %+v", u)
	}
	mustPublish(t, p, n.count("s0-t3", 1, 2, 3))
	if u := p.state.updates.Updates[0]; u.Changed != 1 || !slices.Equal(u.Places, []string{"s0-t3"}) {
		t.Errorf("one race: %+v", u)
	}
}

func TestStatusSaysWhenTheNextResultsAreAnnounced(t *testing.T) {
	st := memstore.New()
	cfg := testConfig(t, st)
	now := cfg.Now()
	cfg.Schedule = []time.Time{now.Add(-time.Minute), now.Add(time.Hour), now.Add(2 * time.Hour)}
	cfg.Now = func() time.Time { return now }
	p := openWith(t, cfg)
	n := newNight(2)
	mustPublish(t, p, n.count("s0-t0", 1, 2, 3))
	for _, want := range []string{"2026-11-03T21:00:00Z", "2026-11-03T22:00:00Z", ""} {
		if err := p.Heartbeat(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		raw, err := seen(st)(t.Context(), "made-2026/status.json")
		if err != nil {
			t.Fatal(err)
		}
		s, err := manifest.Read[manifest.Status](raw)
		if err != nil || s.NextExpected != want || s.Races != 4 || s.Reporting != 1 || s.Complete != 0 {
			t.Errorf("status %+v, %v; want %s", s, err, want)
		}
		now = now.Add(time.Hour)
	}
}

// schemaOf is the schema of the object under a key, "" for what is no JSON of
// ours.
func schemaOf(key string) string {
	parts := strings.Split(strings.TrimPrefix(key, "made-2026/"), "/")
	switch {
	case !strings.HasSuffix(key, ".json") || parts[0] == "schema" || parts[0] == "files" || parts[0] == "oembed" || parts[0] == "search.json":
		return ""
	case parts[0] == "groups":
		return parts[2]
	case len(parts) == 1:
		return strings.TrimSuffix(parts[0], ".json")
	}
	return map[string]string{"releases": "release", "deltas": "delta", "races": "race", "race": "race"}[parts[0]] + map[string]string{"updates": "updates", "corrections": "corrections"}[parts[0]]
}

func TestEveryObjectIsWhatItsSchemaSays(t *testing.T) {
	st := memstore.New()
	p := openWith(t, bilingual(t, st))
	n := broad(3)
	mustPublish(t, p, n.elect("br", 50, 40))
	mustPublish(t, p, n.elect("br", 30, 40))
	if err := p.Heartbeat(t.Context(), []manifest.Source{{Feed: "made", State: "ok"}}); err != nil {
		t.Fatal(err)
	}
	schemas, checked := map[string]*jsonschema.Schema{}, map[string]int{}
	for _, f := range p.look.schemas {
		name := strings.TrimSuffix(strings.TrimPrefix(f.key, "schema/v1/"), ".json")
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(f.raw))
		if err != nil {
			t.Fatalf("schema %s: %v", name, err)
		}
		c := jsonschema.NewCompiler()
		c.DefaultDraft(jsonschema.Draft2020)
		c.AssertFormat()
		if err := c.AddResource(name+".json", doc); err != nil {
			t.Fatalf("schema %s: %v", name, err)
		}
		if schemas[name], err = c.Compile(name + ".json"); err != nil {
			t.Fatalf("schema %s: %v", name, err)
		}
		checked[name] = 0
	}
	for _, key := range st.Keys() {
		name := schemaOf(key)
		if name == "" {
			continue
		}
		raw, err := seen(st)(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		if schemas[name] == nil {
			t.Fatalf("%s: there is no schema %q", key, name)
		}
		if err := schemas[name].Validate(doc); err != nil {
			t.Errorf("%s is no %s: %v", key, name, err)
		}
		checked[name]++
	}
	for _, name := range slices.Sorted(maps.Keys(checked)) {
		if checked[name] == 0 {
			t.Errorf("no %s was checked", name)
		}
	}
}

func TestCardsArePaintedOnceAndInTurn(t *testing.T) {
	st := memstore.New()
	p := openWith(t, bilingual(t, st))
	p.look.gallery.first, p.look.gallery.later = 10, 3
	n := newNight(4) // eleven places and eight races
	painted := func() (cards int) {
		for _, key := range st.Keys() {
			if strings.HasPrefix(key, "made-2026/card/") {
				cards++
			}
		}
		return cards
	}
	mustPublish(t, p, n.asm.Snapshot())
	for _, want := range []int{10, 13, 16, 19, 19} {
		if got := painted(); got != want {
			t.Errorf("%d cards in release %d, want %d", got, p.Release(), want)
		}
		mustPublish(t, p, n.count("s0-t0", 1, 1, 1))
	}
	st, n = memstore.New(), newNight(3)
	p = openWith(t, bilingual(t, st))
	mustPublish(t, p, n.asm.Snapshot())
	if got := painted(); got != 9+6 {
		t.Errorf("%d cards of nine places and six races", got)
	}
	st.ResetWrites()
	mustPublish(t, p, n.count("s0-t0", 1, 1, 1))
	if err := p.Heartbeat(t.Context(), nil); err != nil { // says that all addresses are fresh
		t.Fatal(err)
	}
	p = openWith(t, bilingual(t, st))
	mustPublish(t, p, n.count("s0-t0", 1, 1, 1))
	for _, key := range st.Writes() {
		if strings.Contains(key, "/card/") {
			t.Errorf("a count paints %s", key)
		}
	}
	cfg := bilingual(t, st)
	cfg.Site.Name = "Renamed election"
	p = openWith(t, cfg)
	st.ResetWrites()
	mustPublish(t, p, n.count("s0-t0", 1, 1, 1))
	again := 0
	for _, key := range st.Writes() {
		if strings.HasPrefix(key, "made-2026/files/card/") {
			again++
		}
	}
	if again != 15 || p.state.release.Cards.Since != p.Release() {
		t.Errorf("%d cards bear the new name since release %d", again, p.state.release.Cards.Since)
	}
	check(t, st)
}

func TestPagesAreDividedAndTheirPartsNamed(t *testing.T) {
	st := memstore.New()
	p := open(t, st)
	n := newNight(1)
	n.apply(func(u *snapshot.Update) {
		for i := range 950 {
			key := fmt.Sprintf("seat-%03d", i)
			u.Contests = append(u.Contests, snapshot.ContestDef{Key: key, Name: fmt.Sprintf("Seat %d", i), Heading: "Seats", Choices: []snapshot.ChoiceDef{{Key: "1", Name: "A"}}})
			u.Results = append(u.Results, snapshot.RaceResult{Contest: key, Unit: "s0-t0"})
		}
	})
	mustPublish(t, p, n.asm.Snapshot())
	keys := st.Keys()
	for _, want := range []string{"in/s0-t0.html", "in/s0-t0/2.html", "in/s0-t0/3.html", "type/seats.html", "type/seats/2.html", "type/seats/3.html", "lite.html", "lite/2.html"} {
		if !slices.Contains(keys, "made-2026/"+want) {
			t.Errorf("there is no %s", want)
		}
	}
	if slices.Contains(keys, "made-2026/in/s0-t0/4.html") || slices.Contains(keys, "made-2026/lite/3.html") {
		t.Error("there is a part too many")
	}
	check(t, st)
}
