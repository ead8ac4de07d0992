package templates_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/templates"
)

// public is a live site on a known host, in three languages.
func public(t testing.TB) *templates.Site {
	s := site(t)
	s.Origin, s.Cards = "https://results.example", true
	s.Langs = append(s.Langs, templates.Alternate{Code: "ar", Name: "العربية", Base: "/ar/2026-10-11-council/"},
		templates.Alternate{Code: "zh-Hant", Name: "繁體中文", Base: "/zh-hant/2026-10-11-council/"})
	s.Embed = templates.Asset{Href: "/assets/embed.0004.js", Integrity: "sha256-DDDD"}
	s.Service = templates.Asset{Href: "/assets/service.0005.js", Integrity: "sha256-EEEE"}
	return s
}

func updates() templates.UpdatesView {
	places := []templates.Link{{Text: "Santa Brígida", Path: "in/santa-brigida.html"}, {Text: "Porto Novo", Path: "in/porto-novo.html"}}
	return templates.UpdatesView{Path: templates.UpdatesPath, Older: "updates/1.html", Changed: 4, Updates: []templates.Update{
		{Release: 4, AsOf: evening.Add(7 * time.Minute)},
		{Release: 3, AsOf: evening, Changed: 14, Completed: 3, Corrections: 1, Places: places, MorePlaces: 4},
		{Release: 2, AsOf: evening.Add(-time.Hour), Changed: 1, Places: places[:1]},
		{Release: 1, Added: 1373},
	}}
}

func corrections() templates.CorrectionsView {
	r := race(councilSamples(), true)
	return templates.CorrectionsView{Path: templates.CorrectionsPath, More: 1, Changed: 4, Corrections: []templates.RaceCorrection{
		{Race: r, Path: "race/santa-brigida/mayor.html", Correction: corrected(view(r, 3)).Corrections[0]}}}
}

func data() templates.DataView {
	return templates.DataView{Path: templates.DataPath, Groups: []templates.GroupLine{{ID: "norte-1", Region: "norte", Races: 500}, {ID: "norte-2", Region: "norte", Races: 88}}}
}

// services are the pages about the publication.
func services(s *templates.Site) map[string][]byte {
	return map[string][]byte{
		"updates": templates.AppendUpdatesPage(nil, updates(), s), "corrections": templates.AppendCorrectionsPage(nil, corrections(), s),
		"data": templates.AppendDataPage(nil, data(), s), "about": templates.AppendAboutPage(nil, s),
		"status": templates.AppendStatusPage(nil, s), "embed": templates.AppendEmbedPage(nil, s),
	}
}

func TestPagesAboutThePublicationMatchTheirGoldenFiles(t *testing.T) {
	for name, page := range services(public(t)) {
		golden(t, name+".html", page)
	}
}

func TestPagesAboutThePublicationSayWhatIsSo(t *testing.T) {
	pages := services(public(t))
	older := updates()
	older.Path, older.Older = "updates/1.html", ""
	pages["older"] = templates.AppendUpdatesPage(nil, older, public(t))
	pages["none"] = templates.AppendUpdatesPage(nil, templates.UpdatesView{Path: templates.UpdatesPath}, public(t))
	pages["uncorrected"] = templates.AppendCorrectionsPage(nil, templates.CorrectionsView{Path: templates.CorrectionsPath}, public(t))
	bare := public(t)
	bare.Key, bare.Mode, bare.Origin = "", templates.Test, ""
	pages["homeless"] = templates.AppendEmbedPage(nil, bare)
	pages["unsigned"] = templates.AppendDataPage(nil, data(), bare)
	pages["test"] = templates.AppendStatusPage(nil, bare)
	for name, c := range map[string]struct{ says, not []string }{
		"updates":     {[]string{"1,373 races added", "14 races changed · 3 races are now complete · 1 race corrected", "1 race changed<", "No number changed.", " and 4 more", "updates/1.html", "data-release=\"4\""}, []string{"0 races"}},
		"older":       {[]string{"Newest releases"}, []string{"Older releases", "data-release"}},
		"none":        {[]string{"Nothing has been published yet."}, nil},
		"corrections": {[]string{"4,282 → 4,182", "20,158 → not stated", "The official source stated less than before.", "1 older correction stands on the page of its race."}, nil},
		"uncorrected": {[]string{"Nothing has been corrected."}, []string{"older correction"}},
		"data":        {[]string{"council+0a1b2c3d+Aexample", "herald verify --key &#34;council", "https://results.example/2026-10-11-council/", "norte-2", "href=\"/2026-10-11-council/head.json\"", "/schema/v1/counts.json"}, []string{"Heads of this publication"}},
		"unsigned":    {[]string{"Heads of this publication are not signed."}, []string{"--key"}},
		"embed":       {[]string{"Put this race on your page</b>", "oEmbed"}, []string{"not configured"}},
		"homeless":    {[]string{"The address of this site is not configured."}, []string{"Put this race on your page</b>", "oEmbed"}},
		"status":      {[]string{"Live: these are the real results.", "status.json"}, []string{"TEST"}},
		"test":        {[]string{"TEST – NOT RESULTS</dd>"}, []string{"real results"}},
	} {
		for _, want := range c.says {
			if !strings.Contains(string(pages[name]), want) {
				t.Errorf("page %s does not say %q", name, want)
			}
		}
		for _, not := range c.not {
			if strings.Contains(string(pages[name]), not) {
				t.Errorf("page %s says %q", name, not)
			}
		}
	}
}

func TestAnAuthoritysTextsStandOnlyWhereTheyWereWritten(t *testing.T) {
	s := public(t)
	plain := string(templates.AppendAboutPage(nil, s))
	own, err := templates.NewLanguage("en", []byte("[site]\nabout = \"We count in public.\\n\\nCome & see.\"\nreport = \"Call 555 0100.\"\nterms = \"Use it freely.\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	s.Lang = own
	about, terms := string(templates.AppendAboutPage(nil, s)), string(templates.AppendDataPage(nil, data(), s))
	for _, want := range []string{"<p>We count in public.</p>\n<p>Come &amp; see.</p>", "<h2>Report an error</h2>\n<p>Call 555 0100.</p>"} {
		if !strings.Contains(about, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
	if !strings.Contains(terms, "<h2>Terms of use</h2>\n<p>Use it freely.</p>") {
		t.Error("the terms are missing")
	}
	for _, not := range []string{"Report an error", "Timetable", "Contact", "<p></p>"} {
		if strings.Contains(plain, not) {
			t.Errorf("the page says %q though nobody wrote about it", not)
		}
	}
}

func TestTheDataPageNamesEverySchema(t *testing.T) {
	page := string(templates.AppendDataPage(nil, data(), public(t)))
	var want []string
	for _, f := range templates.Schemas() {
		want = append(want, f.Name)
	}
	for _, f := range manifest.Schemas() {
		want = append(want, f.Name)
	}
	for _, name := range want {
		if !strings.Contains(page, "href=\"/schema/v1/"+name+"\"") {
			t.Errorf("schema %s is not named", name)
		}
	}
	if n := strings.Count(page, "/schema/v1/"); n != len(want) {
		t.Errorf("%d schemas are named, there are %d", n, len(want))
	}
}

func TestOEmbedHoldsTheCodeOfTheRacesOwnPage(t *testing.T) {
	s := public(t)
	v := view(race(councilSamples(), true), 1)
	v.Race.Contest.Name = `Mayor "A" </script>`
	var got map[string]any
	if err := json.Unmarshal(templates.AppendOEmbed(nil, v, s), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"version": "1.0", "type": "rich", "title": `Mayor "A" </script> · Santa Brígida · Council election 2026`,
		"provider_name": "Council election 2026", "provider_url": "https://results.example/2026-10-11-council/index.html",
		"thumbnail_url": "https://results.example/2026-10-11-council/card/santa-brigida/mayor.png", "thumbnail_width": 1200.0, "thumbnail_height": 630.0,
		"width": 600.0, "height": 480.0,
	}
	code, _ := got["html"].(string)
	delete(got, "html")
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if !strings.HasPrefix(code, `<iframe data-herald src="https://results.example/2026-10-11-council/race/santa-brigida/mayor.html#embed" title="Mayor &#34;A&#34; &lt;/script&gt;`) {
		t.Errorf("code %s", code)
	}
	s.Mode = templates.Test
	if got := string(templates.AppendOEmbed(nil, v, s)); !strings.Contains(got, `"title":"TEST – NOT RESULTS · `) {
		t.Errorf("a test does not say so: %s", got)
	}
	s.Origin = ""
	if got := templates.AppendOEmbed(nil, v, s); len(got) != 0 {
		t.Errorf("without a host there is %s", got)
	}
}

func TestEveryPageHasTheCardOfWhatItShows(t *testing.T) {
	for path, want := range map[string]string{
		"index.html": "card/home--page.png", "about.html": "card/home--page.png", "type/mayors.html": "card/home--page.png", "in/a.html": "card/a.png", "in/a/2.html": "card/a.png",
		"race/a/b.html": "card/a/b.png", "race/a/b/2.html": "card/a/b.png", "breakdown/a/b.html": "card/a/b.png", "breakdown/a/b/2.html": "card/a/b.png",
		"choices/a/b.html": "card/a/b.png",
	} {
		if got := templates.CardPath(path); got != want {
			t.Errorf("%s has %s, want %s", path, got, want)
		}
	}
	if got := templates.OEmbedPath("race/a/b.html"); got != "oembed/a/b.json" {
		t.Errorf("oEmbed at %s", got)
	}
}

func sitemapURLs(n int) []templates.SitemapURL {
	urls := make([]templates.SitemapURL, n)
	for i := range urls {
		urls[i] = templates.SitemapURL{Path: fmt.Sprintf("race/u%d/c.html", i), Modified: evening.Add(time.Duration(i) * time.Second)}
	}
	return urls
}

func TestSitemapsNameEveryPageInEveryLanguage(t *testing.T) {
	s := public(t)
	files := templates.Sitemaps([]templates.SitemapURL{{Path: "index.html", Modified: evening}, {Path: "about.html"}}, s)
	if len(files) != 1 || files[0].Name != templates.SitemapFile {
		t.Fatalf("%d files", len(files))
	}
	golden(t, "sitemap.xml", files[0].Body)

	urls := sitemapURLs(10_000)
	files = templates.Sitemaps(urls, s)
	total := 0
	for _, f := range files[1:] {
		total += strings.Count(string(f.Body), "<loc>")
		if len(f.Body) > 50<<20 {
			t.Errorf("%s has %d bytes", f.Name, len(f.Body))
		}
		if !strings.Contains(string(files[0].Body), "<loc>https://results.example/2026-10-11-council/"+f.Name+"</loc><lastmod>") {
			t.Errorf("%s is not in the index", f.Name)
		}
	}
	if len(files) != 5 || total != 30_000 {
		t.Errorf("%d files with %d addresses, want an index, 4 parts and 30000", len(files), total)
	}
	urls[9_999].Modified = evening.Add(99 * time.Hour)
	changed := 0
	for i, f := range templates.Sitemaps(urls, s) {
		if !slices.Equal(f.Body, files[i].Body) {
			changed++
		}
	}
	if changed != 2 {
		t.Errorf("one changed page makes %d files new, want its part and the index", changed)
	}
	s.Mode = templates.Rehearsal
	if files := templates.Sitemaps(urls, s); files != nil {
		t.Errorf("a rehearsal has %d sitemaps", len(files))
	}
}

func TestCrawlersListNothingButLiveResults(t *testing.T) {
	s := public(t)
	if got, want := string(templates.AppendRobots(nil, s)), "User-agent: *\nAllow: /\nSitemap: https://results.example/2026-10-11-council/sitemap.xml\n"; got != want {
		t.Errorf("live: %q", got)
	}
	s.Mode = templates.Replay
	if got, want := string(templates.AppendRobots(nil, s)), "User-agent: *\nAllow: /\n"; got != want {
		t.Errorf("replay: %q", got)
	}
	if page := templates.AppendRacePage(nil, view(race(councilSamples(), true), 1), s); !strings.Contains(string(page), `<meta name="robots" content="noindex">`) ||
		strings.Contains(string(page), "ld+json") {
		t.Error("the page of a replay may be indexed")
	}
}

func BenchmarkSitemap(b *testing.B) {
	urls, s := sitemapURLs(5_000), public(b)
	s.Langs = s.Langs[:1]
	var dst []byte
	for b.Loop() {
		dst = templates.AppendSitemap(dst[:0], urls, s)
	}
	b.SetBytes(int64(len(dst)))
}
