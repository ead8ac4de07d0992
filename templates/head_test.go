package templates_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/heraldresults/herald/fixtures/browser"
	"github.com/heraldresults/herald/templates"
)

// machine is what programs read in the head of a page.
type machine struct {
	meta   map[string]string // content by name or property
	links  map[string]string // href by rel, hreflang and type
	linked []map[string]any  // JSON-LD
}

func machineOf(t testing.TB, page []byte) machine {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	m := machine{meta: map[string]string{}, links: map[string]string{}}
	for n := range root.Descendants() {
		at := map[string]string{}
		for _, a := range n.Attr {
			at[a.Key] = a.Val
		}
		switch {
		case n.Data == "meta":
			m.meta[at["name"]+at["property"]] = at["content"]
		case n.Data == "link":
			m.links[strings.TrimSpace(at["rel"]+" "+at["hreflang"]+at["type"])] = at["href"]
		case n.Data == "script" && at["type"] == "application/ld+json":
			var v map[string]any
			if n.FirstChild == nil || n.FirstChild.NextSibling != nil {
				t.Fatal("JSON-LD is not one text")
			}
			if err := json.Unmarshal([]byte(n.FirstChild.Data), &v); err != nil {
				t.Fatalf("JSON-LD %s: %v", n.FirstChild.Data, err)
			}
			m.linked = append(m.linked, v)
		}
	}
	return m
}

func TestTheHeadOfARaceTellsMachinesWhatItIs(t *testing.T) {
	const host = "https://results.example"
	m := machineOf(t, templates.AppendRacePage(nil, view(race(councilSamples(), true), 3), public(t)))
	title := "Mayor · Santa Brígida · Council election 2026"
	for name, want := range map[string]string{
		"og:title": title, "og:type": "website", "og:site_name": "Council election 2026", "og:locale": "en_US", "og:image:alt": title,
		"og:url":   host + "/2026-10-11-council/race/santa-brigida/mayor.html",
		"og:image": host + "/2026-10-11-council/card/santa-brigida/mayor.png", "og:image:width": "1200", "og:image:height": "630",
		"twitter:card": "summary_large_image", "description": m.meta["og:description"],
	} {
		if m.meta[name] != want {
			t.Errorf("%s is %q, want %q", name, m.meta[name], want)
		}
	}
	if !strings.HasSuffix(m.meta["description"], title) {
		t.Errorf("description %q", m.meta["description"])
	}
	for name, want := range map[string]string{
		"canonical": "/2026-10-11-council/race/santa-brigida/mayor.html", "alternate en": "/2026-10-11-council/race/santa-brigida/mayor.html",
		"alternate ar": "/ar/2026-10-11-council/race/santa-brigida/mayor.html", "alternate zh-Hant": "/zh-hant/2026-10-11-council/race/santa-brigida/mayor.html",
		"alternate x-default":               "/2026-10-11-council/race/santa-brigida/mayor.html",
		"alternate application/json+oembed": "/2026-10-11-council/oembed/santa-brigida/mayor.json",
	} {
		if m.links[name] != host+want {
			t.Errorf("%s is %q, want %q", name, m.links[name], host+want)
		}
	}
	if len(m.linked) != 1 || m.linked[0]["@type"] != "Dataset" || m.linked[0]["name"] != title ||
		m.linked[0]["distribution"].(map[string]any)["contentUrl"] != host+"/2026-10-11-council/race/santa-brigida/mayor.json" {
		t.Errorf("JSON-LD %v", m.linked)
	}
}

func TestTheHeadHoldsNoCount(t *testing.T) {
	page := templates.AppendRacePage(nil, view(race(councilSamples(), true), 3), public(t))
	head, _, _ := strings.Cut(string(page), "</head>")
	for _, n := range []string{"6,011", "6011", "30.6", "12 of 40", "Leading"} {
		if strings.Contains(head, n) {
			t.Errorf("the head says %q", n)
		}
	}
}

func TestSearchEnginesAreToldOfTheElectionAndItsData(t *testing.T) {
	s := public(t)
	for name, page := range map[string][]byte{"Event": templates.AppendPlacePage(nil, home(), s), "Dataset": templates.AppendDataPage(nil, data(), s)} {
		m := machineOf(t, page)
		if len(m.linked) != 1 || m.linked[0]["@type"] != name || m.linked[0]["name"] != "Council election 2026" {
			t.Errorf("%s: %v", name, m.linked)
		}
		if d, _ := m.linked[0]["description"].(string); len(d) < 50 {
			t.Errorf("%s: description %q is too short for search engines", name, d)
		}
	}
	if m := machineOf(t, templates.AppendNotFoundPage(nil, s)); m.links["canonical"] != "" || m.meta["og:url"] != "" || len(m.linked) > 0 {
		t.Error("a page without an address has one")
	}
	if m := machineOf(t, services(s)["status"]); m.meta["og:image:alt"] != "Council election 2026" || !strings.HasSuffix(m.meta["og:image"], "/card/home--page.png") {
		t.Errorf("a page without a card of its own has %v", m.meta)
	}
	s.Origin, s.Langs = "", s.Langs[:1]
	m := machineOf(t, templates.AppendRacePage(nil, view(race(councilSamples(), true), 1), s))
	if m.meta["og:title"] != "" || len(m.linked) > 0 || m.links["canonical"] != "/2026-10-11-council/race/santa-brigida/mayor.html" || m.links["alternate x-default"] != "" {
		t.Errorf("without a host the head says %v %v", m.meta, m.links)
	}
}

func TestEveryPageLeadsToItselfInEveryLanguage(t *testing.T) {
	s := public(t)
	for name, page := range services(s) {
		for _, want := range []string{
			`<a href="/2026-10-11-council/` + name + `.html" lang="en" hreflang="en" dir="ltr" aria-current="true">English</a>`,
			`<a href="/ar/2026-10-11-council/` + name + `.html" lang="ar" hreflang="ar" dir="rtl">العربية</a>`,
		} {
			if !strings.Contains(string(page), want) {
				t.Errorf("%s does not hold %s", name, want)
			}
		}
	}
	if !strings.Contains(string(templates.AppendNotFoundPage(nil, s)), `<a href="/zh-hant/2026-10-11-council/index.html"`) {
		t.Error("the page for lost readers does not lead home in other languages")
	}
	s.Langs = s.Langs[:1]
	if page := templates.AppendAboutPage(nil, s); strings.Contains(string(page), "langs") || strings.Contains(string(page), "hreflang") {
		t.Error("a site in one language offers others")
	}
}

func TestAPreparedSiteMakesTheSamePages(t *testing.T) {
	s := public(t)
	slow := append(services(s)["data"], templates.AppendRacePage(nil, view(race(councilSamples(), true), 3), s)...)
	s.Prepare()
	if fast := append(services(s)["data"], templates.AppendRacePage(nil, view(race(councilSamples(), true), 3), s)...); !bytes.Equal(slow, fast) {
		t.Error("Prepare changes pages")
	}
}

func FuzzNoTextEndsTheDataForSearchEngines(f *testing.F) {
	for _, s := range []string{"Ana", "</script><script>alert(1)</script>", "<!--<script>", `\"}`, "\x00\x7f\xff", "]]>", "\u2028", "&quot;", "&#34;"} {
		f.Add(s)
	}
	shared := public(f)
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || !utf8.ValidString(text) {
			return
		}
		own := *shared
		s := &own
		s.Name = text
		v := view(race(councilSamples(), true), 1)
		v.Race.Contest.Name, v.Race.Unit.Name = text, text
		for _, page := range [][]byte{templates.AppendRacePage(nil, v, s), templates.AppendPlacePage(nil, home(), s), templates.AppendDataPage(nil, data(), s)} {
			m := machineOf(t, page)
			if len(m.linked) != 1 {
				t.Fatalf("%d blocks for %q", len(m.linked), text)
			}
			name, _ := m.linked[0]["name"].(string)
			if name != text && name != text+" · "+text+" · "+text {
				t.Errorf("%q became %q", text, name)
			}
		}
	})
}

// Chromium is asked, since the specification says that data blocks are no
// scripts but names no test for it.
func TestThePolicyOfPagesLetsDataForSearchEnginesBe(t *testing.T) {
	t.Parallel()
	s := public(t)
	page := templates.AppendRacePage(nil, view(race(councilSamples(), true), 3), s)
	page = bytes.ReplaceAll(page, []byte(` integrity="sha256-AAAA"`), nil)
	page = bytes.ReplaceAll(page, []byte(` integrity="sha256-BBBB"`), nil)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, ".css"):
			w.Header().Set("Content-Type", "text/css")
		case strings.HasSuffix(r.URL.Path, ".js"):
			w.Header().Set("Content-Type", "text/javascript")
		case strings.HasSuffix(r.URL.Path, ".svg"):
			w.Header().Set("Content-Type", "image/svg+xml")
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'")
			if _, err := w.Write(page); err != nil {
				t.Log(err)
			}
		}
	}))
	t.Cleanup(server.Close)
	tab := browser.Open(t)
	tab.Visit(server.URL + "/2026-10-11-council/race/santa-brigida/mayor.html")
	var kind string
	tab.Eval(`JSON.parse(document.querySelector('script[type="application/ld+json"]').textContent)["@type"]`, &kind)
	if c := tab.Complaints(); kind != "Dataset" || len(c) > 0 {
		t.Errorf("the page shows %q and Chromium says %v", kind, c)
	}
}

// BenchmarkHead is what machines are told, over and above what people read.
func BenchmarkHead(b *testing.B) {
	for _, kind := range []string{"people", "machines", "unprepared"} {
		s := site(b)
		if kind != "people" {
			s = public(b)
		}
		if kind != "unprepared" {
			s.Prepare()
		}
		v := view(race(councilSamples(), true), 1)
		var dst []byte
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				dst = templates.AppendRacePage(dst[:0], v, s)
			}
			b.SetBytes(int64(len(dst)))
		})
	}
}
