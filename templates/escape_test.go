package templates_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/templates"
)

// named is every kind of page with s wherever a feed can put text.
func named(t testing.TB, s string) [][]byte {
	samples := []sample{{s, s, 5, snapshot.Elected}, {s, s, 4, snapshot.Runoff}, {s, s, 3, ""}}
	v := corrected(view(race(samples, true), 3))
	c, u := v.Race.Contest, v.Race.Unit
	c.Name, c.Heading, u.Name, u.Parent.Name = s, s, s, s
	for i := range c.Choices {
		c.Choices[i].Number, c.Choices[i].Detail = s, s
	}
	for i := range v.Trail {
		v.Trail[i].Text = s
	}
	v.Race.Result.Kind = snapshot.IntermediateCount
	for range 3 {
		v.Race.Result.Channels = append(v.Race.Result.Channels, snapshot.Channel{Name: s, Votes: v.Race.Result.Votes})
		v.Race.Result.Rounds = append(v.Race.Result.Rounds, snapshot.Round{Votes: v.Race.Result.Votes})
	}
	v.Race.Result.Seats = v.Race.Result.Votes
	v.Choices, v.Breakdown = "choices.html", "breakdown.html"
	v.Corrections[0].Reason = "because " + s
	v.Corrections[0].Changes[0].What = s
	w := site(t)
	w.Name, w.Origin = s, "https://results.example"
	p := templates.PlaceView{
		Unit: u, AsOf: evening, Changed: 2, Trail: v.Trail,
		Races:  []templates.RaceLine{{Race: v.Race, Path: "r.html", AsOf: evening, Corrected: true}},
		Places: []templates.PlaceLine{{Unit: u, Path: "p.html", Tally: templates.Tally{Races: 2, Reporting: 1}, AsOf: evening}},
		Types:  []templates.TypeLine{{Name: s, Path: "t.html", Tally: templates.Tally{Races: 2}}},
		Map:    &templates.MapRef{Asset: templates.Asset{Href: "/assets/map.svg"}, Bytes: 900},
	}
	w.Map = templates.Asset{Href: "/assets/map.js"}
	w.Find = templates.Asset{Href: "/assets/find.js"}
	root := p
	root.Home = true
	return [][]byte{
		templates.AppendRacePage(nil, v, w), templates.AppendChoicesPage(nil, templates.ChoicesView{RaceView: v, Path: v.Choices, To: 3}, w), templates.AppendPlacePage(nil, p, w),
		templates.AppendPlacePage(nil, root, w), templates.AppendNotFoundPage(nil, w),
		templates.AppendTypePage(nil, templates.TypeView{Name: s, Trail: v.Trail, Path: "t.html", Races: p.Races}, w),
		templates.AppendTypePage(nil, templates.TypeView{Name: "Other", Path: "t.html", Races: p.Races}, w),
		templates.AppendBreakdownPage(nil, templates.BreakdownView{Race: v.Race, Units: p.Races, Map: p.Map, Trail: v.Trail, Path: "b.html"}, w),
		templates.AppendLitePage(nil, templates.LiteView{Path: "l.html", Races: p.Races}, w),
		templates.AppendFindPage(nil, templates.FindView{Path: "find/a.html", Letter: s, Letters: []templates.Link{{Text: s, Path: "find/a.html"}},
			Entries: []templates.FindEntry{{Name: s, Context: s, Path: "p.html", Races: []templates.Link{{Text: s, Path: "r.html"}}}}}, w),
		templates.AppendUpdatesPage(nil, templates.UpdatesView{Path: "updates.html", Updates: []templates.Update{{Release: 2, Changed: 1, Places: v.Trail, MorePlaces: 2}}}, w),
		templates.AppendCorrectionsPage(nil, templates.CorrectionsView{Path: "c.html", Corrections: []templates.RaceCorrection{{Race: v.Race, Path: "r.html", Correction: v.Corrections[0]}}}, w),
		templates.AppendDataPage(nil, templates.DataView{Path: "data.html", Groups: []templates.GroupLine{{ID: s, Region: s, Races: 2}}}, w),
		templates.AppendStatusPage(nil, w), templates.AppendAboutPage(nil, w), templates.AppendEmbedPage(nil, w),
	}
}

// worded are the attributes that hold text of a feed.
func worded(key string) bool { return key == "content" || key == "data-channel" }

// outline is the tree of a page's elements with all attributes, without text.
func outline(t testing.TB, page []byte) []string {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatalf("parse page: %v", err)
	}
	var out []string
	for n := range root.Descendants() {
		switch n.Type {
		case html.ElementNode:
			depth := 0
			for range n.Ancestors() {
				depth++
			}
			line := strings.Repeat(" ", depth) + n.Data
			for _, a := range n.Attr {
				line += " " + a.Key + "="
				if !worded(a.Key) {
					line += a.Val
				}
			}
			out = append(out, line)
		case html.CommentNode:
			out = append(out, "comment "+n.Data)
		}
	}
	return out
}

func heading(t testing.TB, page []byte) string {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatalf("parse page: %v", err)
	}
	for n := range root.Descendants() {
		if n.Data == "bdi" && n.Parent.Data == "h1" {
			if n.FirstChild == nil {
				return ""
			}
			return n.FirstChild.Data
		}
	}
	t.Fatal("page has no name in its h1")
	return ""
}

func FuzzNoTextFromAFeedChangesTheTree(f *testing.F) {
	for _, s := range []string{
		"Ana", "<script>alert(1)</script>", `" onload="x`, "' x='", "</title><b>", "-->", "<!--", "&lt;", "&#x3c;b>",
		"</bdi></td></table>", "\x00<\xff\xfe", "]]>", "\u202Eevil", "\u2028", "a\r\nb", "<svg/onload=x>", "`${x}`", "\x80\x9f\u0085",
	} {
		f.Add(s)
	}
	short, long := named(f, "x"), named(f, strings.Repeat("x", 60)) // whose heading is set smaller
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" {
			return // left out by rule, so the tree is another one
		}
		plain := short
		if utf8.RuneCountInString(s) >= 60 {
			plain = long
		}
		for i, page := range named(t, s) {
			if !utf8.Valid(page) {
				t.Fatalf("page %d is not UTF-8 for %q", i, s)
			}
			if got, want := outline(t, page), outline(t, plain[i]); !slices.Equal(got, want) {
				t.Errorf("page %d has another tree for %q:\n%s", i, s, strings.Join(got, "\n"))
			}
			odd := func(r rune) bool { return unicode.IsControl(r) }
			if i < 3 && utf8.ValidString(s) && !strings.ContainsFunc(s, odd) {
				if got := heading(t, page); got != s {
					t.Errorf("page %d shows %q for %q", i, got, s)
				}
			}
		}
	})
}

func FuzzNoAddressRunsAsScript(f *testing.F) {
	for _, s := range []string{"javascript:alert(1)", " javascript:x", "java\tscript:x", "//evil.example", "/\\evil.example", "data:text/html,x", "/ok.html", "https://example.org/", "#c", ""} {
		f.Add(s)
	}
	base, err := url.Parse("https://herald.example/here.html")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := view(race(councilSamples(), true), 1)
		v.Trail[0].Path, v.JSON = s, s
		root, err := html.Parse(bytes.NewReader(templates.AppendRacePage(nil, v, site(t))))
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			for _, a := range n.Attr {
				if a.Key != "href" || a.Val == "#" {
					continue
				}
				local := strings.HasPrefix(a.Val, "/") || strings.HasPrefix(a.Val, "#")
				if !local && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "http://") {
					t.Errorf("address %q stands on the page as %q", s, a.Val)
				}
				if u, err := base.Parse(a.Val); err == nil && local && u.Host != base.Host {
					t.Errorf("address %q leads to %s", a.Val, u.Host)
				}
			}
		}
	})
}

// The compiler keeps values out of markup unless the package converts one by
// hand. Only escaped does.
func TestNothingConvertsAValueToMarkup(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.FuncDecl); ok && f.Name.Name == "escaped" {
				calls++
				return false
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if f, ok := call.Fun.(*ast.Ident); ok && f.Name == "markup" {
				calls++
				if lit, ok := call.Args[0].(*ast.BasicLit); !ok || lit.Kind != token.STRING {
					t.Errorf("%s converts a value to markup", e.Name())
				}
			}
			return true
		})
	}
	if calls == 0 {
		t.Error("found no conversion at all: the test looks at the wrong thing")
	}
}
