package templates_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/templates"
)

func picture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// grid is a GeoJSON map of wide times high squares that touch, with the keys
// "1", "2", …
func grid(wide, high int) []byte {
	var features []string
	for i := range wide * high {
		x, y := float64(i%wide)/10, 40+float64(i/wide)/10
		features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"code":%d},"geometry":{"type":"Polygon","coordinates":[[[%g,%g],[%g,%g],[%g,%g],[%g,%g],[%g,%g]]]}}`,
			i+1, x, y, x+0.1, y, x+0.1, y+0.1, x, y+0.1, x, y))
	}
	return []byte(`{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`)
}

const goodLogo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><title>Crest</title><rect width="4" height="1" fill="#123456"/></svg>`

// goodFolder holds one of everything.
func goodFolder(t testing.TB) map[string][]byte {
	return map[string][]byte{
		"words/en.toml":        []byte("[page]\nhome = \"Every result\"\n[site]\nabout = \"The board of <Norland>.\"\n"),
		"colours.toml":         []byte("[light]\nlink = \"#7A1F5C\"\n[dark]\nlink = \"#F0A6D2\"\n[parties]\n\"Green Alliance\" = \"#1b7f3a\"\n\"Civic Union\" = \"#ffd400\"\n\"Labour List\" = \"#1B7F3A\"\n"),
		"logo.svg":             []byte(goodLogo),
		"header.html":          []byte("<p>By the <a href=\"https://norland.example/board?a=1&amp;b=2\">Electoral Board</a> &amp; friends <img src=\"images/crest.png\" alt=\"Crest\"></p>\n"),
		"footer.html":          []byte("<ul><li><a href=\"/imprint.html\">Imprint</a></li><li>Tel. <a href=\"tel:+123\">123</a></li></ul>"),
		"footer.en-GB.html":    []byte("<p lang=\"en-GB\">Foot</p>"),
		"images/crest.png":     picture(t),
		"card.ttf":             []byte("a font"),
		"maps.toml":            []byte("[norland]\nproperty = \"code\"\n"),
		"maps/norland.geojson": grid(2, 2),
	}
}

func read(t testing.TB, files map[string][]byte) *templates.Overrides {
	t.Helper()
	o, err := templates.ReadOverrides(files)
	if err != nil {
		t.Fatalf("read overrides:\n%v", err)
	}
	return o
}

// dressed is a site with what a folder holds, and the assets by name.
func dressed(t testing.TB, files map[string][]byte) (*templates.Site, map[string]string) {
	t.Helper()
	o := read(t, files)
	s := site(t)
	var err error
	if s.Lang, err = templates.NewLanguage("en", o.Words("en")); err != nil {
		t.Fatal(err)
	}
	addresses, bodies := map[string]templates.Asset{}, map[string]string{}
	for _, f := range templates.Assets(o) {
		addresses[f.Name] = templates.Asset{Href: "/assets/" + f.Name, Integrity: "sha256-" + f.Name}
		bodies[f.Name] = string(f.Body)
	}
	o.Dress(s, addresses)
	return s, bodies
}

func TestAGoodFolderIsOnThePages(t *testing.T) {
	s, assets := dressed(t, goodFolder(t))
	page := string(templates.AppendRacePage(nil, view(race(councilSamples(), true), 2), s))
	for _, want := range []string{"Every result", `By the <a href="https://norland.example/board?a=1&amp;b=2">Electoral Board</a> &amp; friends <img src="/assets/image-crest.png" alt="Crest">`,
		`<li><a href="/imprint.html">Imprint</a></li>`, `src="/assets/logo.svg"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the race page lacks %q", want)
		}
	}
	css := assets["herald.css"]
	for _, want := range []string{"--link:#7a1f5c", "--link:#f0a6d2", ".p0{background:#ffd400;color:#000}", ".p1{background:#1b7f3a;color:#fff}"} {
		if !strings.Contains(css, want) {
			t.Errorf("the style lacks %q", want)
		}
	}
	for _, replaced := range []string{"--link:#1b4f83", "--link:#92bdf0"} {
		if strings.Contains(css, replaced) {
			t.Errorf("the style still holds %s, which was replaced", replaced)
		}
	}
	if got := s.Parties["Labour List"]; got != s.Parties["Green Alliance"] || got == s.Parties["Civic Union"] {
		t.Errorf("classes of parties: %v", s.Parties)
	}
	if assets["logo.svg"] != goodLogo || assets["map-norland.svg"] == "" || assets["image-crest.png"] == "" {
		t.Errorf("assets: %v", slices.Sorted(maps.Keys(assets)))
	}
}

func TestAFooterOfALanguageStandsBeforeTheCommonOne(t *testing.T) {
	o := read(t, goodFolder(t))
	for code, want := range map[string]string{"en-GB": "Foot", "en": "Imprint"} {
		lang, err := templates.NewLanguage("en", nil)
		if err != nil {
			t.Fatal(err)
		}
		copied := *lang
		copied.Code = code
		s := site(t)
		s.Lang = &copied
		o.Dress(s, nil)
		if !strings.Contains(string(s.Footer), want) {
			t.Errorf("%s has the footer %q, want %q in it", code, s.Footer, want)
		}
	}
	if got := o.Unused([]string{"en"}); len(got) != 1 || !strings.HasPrefix(got[0], "footer.en-GB.html:") {
		t.Errorf("unused in English alone: %q", got)
	}
	if got := o.Unused([]string{"en", "en-gb"}); len(got) != 1 || !strings.HasSuffix(got[0], "; write en-gb in the file's name") {
		t.Errorf("unused in another case: %q", got)
	}
}

func TestNoFolderChangesNothing(t *testing.T) {
	empty := read(t, nil)
	var none *templates.Overrides
	for i, f := range templates.Assets(none) {
		if g := templates.Assets(empty)[i]; f.Name != g.Name || !bytes.Equal(f.Body, g.Body) {
			t.Errorf("%s differs", f.Name)
		}
	}
	s := site(t)
	none.Dress(s, nil)
	if none.Words("en") != nil || none.Font() != nil || none.Map("x", nil) != nil || s.Header != "" {
		t.Error("nil overrides something")
	}
}

func TestEveryMistakeInAFolderIsNamedWithItsPlace(t *testing.T) {
	svg := func(inner string) string {
		return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">` + "\n" + inner + "</svg>"
	}
	for _, c := range []struct{ file, content, want string }{
		{"heder.html", "<p>x</p>", "heder.html: nothing is read from a file of this name"},
		{"words/en.txt", "", "words/en.txt: nothing is read"},
		{"words/it.toml", "", "words/it.toml: language \"it\": there are words for"},
		{"words/en.toml", "[page]\nhom = \"x\"", "words/en.toml: page.hom: there is no such word"},
		{"words/en.toml", "[page", "words/en.toml: "},
		{"words/en.toml", "[page]\nhome = \"\xff\"", "words/en.toml: it is not UTF-8 text"},
		{"colours.toml", "[light]\nink = \"#777777\"", "colours.toml line 2: light: ink #777777 on paper #fcfbf8 has a contrast of 4.32; at least 4.5 is needed for text"},
		{"colours.toml", "[dark]\n\npaper = \"#ffffff\"", "colours.toml line 3: dark: ink #ebe8e2 on paper #ffffff has a contrast of 1.2"},
		{"colours.toml", "[light]\nrule = \"#eeeeee\"", "at least 3.0 is needed for graphics"},
		{"colours.toml", "[light]\npink = \"#777777\"", "colours.toml line 2: light has no colour \"pink\"; there are bar, ink,"},
		{"colours.toml", "[light]\nink = \"black\"", "colours.toml line 2: light: ink = \"black\" is not a colour such as #1b4f83"},
		{"colours.toml", "[night]\nink = \"#000000\"", "colours.toml line 1: there is no setting"},
		{"colours.toml", "[parties]\n\"A\" = \"red\"", "colours.toml line 2: parties: \"A\" has \"red\", which is not a colour"},
		{"logo.svg", svg("<script>1</script>"), "logo.svg line 2: <script> is not allowed: a picture runs no scripts"},
		{"logo.svg", svg("<rect onclick=\"x()\"/>"), "logo.svg line 2: onclick is not allowed"},
		{"logo.svg", svg("<use xlink:href=\"https://x.example/a.svg#b\"/>"), "logo.svg line 2: href is not allowed: a picture loads nothing"},
		{"logo.svg", svg("<rect style=\"fill:url(https://x.example/)\"/>"), "logo.svg line 2: style loads something from outside"},
		{"logo.svg", svg("<style>@import 'x';</style>"), "logo.svg line 2: its style loads something from outside"},
		{"logo.svg", svg("<foreignObject/>"), "<foreignObject> is not allowed: a picture holds no HTML"},
		{"logo.svg", "<!DOCTYPE svg [<!ENTITY a \"b\">]>" + svg(""), "logo.svg line 1: it declares entities"},
		{"logo.svg", "<html/>", "logo.svg: it is not an SVG"},
		{"logo.svg", "<svg", "logo.svg line 1: it is not well-formed"},
		{"logo.svg", svg(strings.Repeat("<g/>", 6000)), "logo.svg: it has 24"},
		{"header.html", "<p>a</p>\n<script src=x></script>", "header.html line 2: <script> is not allowed: pages run no scripts but Herald's own"},
		{"header.html", "<p style=\"color:red\">a</p>", "header.html line 1: style of <p> is not allowed: colours are set in colours.toml"},
		{"header.html", "<p\n onclick=x>a</p>", "header.html line 1: onclick of <p> is not allowed"},
		{"header.html", "<iframe src=x></iframe>", "<iframe> is not allowed: pages load nothing from other hosts"},
		{"header.html", "<form></form>", "<form> is not allowed: pages send nothing"},
		{"header.html", "<h1>x</h1>", "<h1> is not allowed: headings belong to the pages"},
		{"header.html", "<p>a", "header.html line 1: <p> is not closed"},
		{"header.html", "<p><ul><li>a</li></ul></p>", "<ul> stands inside <p>"},
		{"header.html", "<p>a</p></div>", "</div> closes nothing"},
		{"header.html", "<a href=\"/x\"><a href=\"/y\">z</a></a>", "a link stands inside a link"},
		{"header.html", "<ul>a</ul>", "text stands in a list outside its items"},
		{"header.html", "<a href=\"javascript:x()\">a</a>", "header.html line 1: href \"javascript:x()\" is not allowed"},
		{"header.html", "<a href=\"//x.example/\">a</a>", "is not allowed: links begin with"},
		{"header.html", "<a href=\"about.html\">a</a>", "is not allowed: links begin with"},
		{"header.html", "<a>a</a>", "<a> has no href"},
		{"header.html", "<img src=\"https://x.example/a.png\" alt=\"\">", "src \"https://x.example/a.png\" is not an image of the folder"},
		{"header.html", "<img src=\"logo.svg\">", "<img> has no alt"},
		{"header.html", "<!doctype html><p>a</p>", "it is a whole page"},
		{"header.html", strings.Repeat("a", 5000), "header.html: it has 5000 bytes; at most 4096 are taken"},
		{"header.klingon.html", "<p>a</p>", "header.klingon.html: language \"klingon\": there are words for"},
		{"images/a.png", "not a picture", "images/a.png: it is not a PNG image"},
		{"images/A.png", "x", "images/A.png: its name takes lower-case letters"},
		{"images/a.webp", "x", "images/a.webp: it is not a WebP image"},
		{"images/a.svg", svg("<script/>"), "images/a.svg line 2: <script> is not allowed"},
		{"images/b.png", string(picture(t)), "images/b.png: no header or footer shows it"},
		{"maps.toml", "[south]\nproperty = \"x\"", "maps.toml: [south] is about maps/south.svg or .geojson, and there is neither"},
		{"maps.toml", "[south]\nprop = \"x\"", "maps.toml line 2: there is no setting \"south.prop\""},
		{"maps/South.geojson", "{}", "maps/South.geojson: \"South\" is not the id of a unit"},
		{"maps/south.geojson", "{", "maps/south.geojson: it is not GeoJSON"},
		{"maps/south.geojson", `{"type":"Feature"}`, "maps/south.geojson: it is a \"Feature\" of GeoJSON; a FeatureCollection is wanted"},
		{"maps/south.geojson", string(grid(1, 1)), "maps/south.geojson: feature 1: its id, which names its unit, is missing"},
		{"maps/south.svg", svg("<text>x</text>"), "maps/south.svg: line 2: <text> is not allowed: a map is made of path, polygon, rect and g"},
		{"maps/south.svg", svg("<path d=\"M0 0h9v9z\"/>"), "a <path> has no id, which names its unit"},
		{"maps/south.svg", svg("<path id=\"a\" d=\"M0 0h9v9z\" onload=\"x\"/>"), "onload of <path> is not allowed"},
	} {
		_, err := templates.ReadOverrides(map[string][]byte{c.file: []byte(c.content)})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %.60q:\n got  %v\n want %s", c.file, c.content, err, c.want)
		}
	}
}

func TestAllMistakesAreListedAtOnce(t *testing.T) {
	_, err := templates.ReadOverrides(map[string][]byte{
		"heder.html": nil, "logo.svg": []byte("<html/>"), "header.html": []byte("<script>x</script><p style=x>y"),
		"colours.toml": []byte("[light]\nink = \"#777777\"\npink = \"#000000\""),
	})
	if err == nil {
		t.Fatal("nothing was refused")
	}
	// The script, its style attribute and the open paragraph; ink on paper and
	// on wash; the unknown colour; the logo; the unknown file.
	if got := strings.Count(err.Error(), "\n") + 1; got != 8 {
		t.Errorf("%d lines, want 8:\n%v", got, err)
	}
}

func TestTheSumOfAFolderCoversEveryNameAndByte(t *testing.T) {
	sum := func(change func(map[string][]byte)) [32]byte {
		files := goodFolder(t)
		change(files)
		return read(t, files).Sum()
	}
	same := sum(func(map[string][]byte) {})
	if same != sum(func(map[string][]byte) {}) {
		t.Error("one folder has two sums")
	}
	seen := map[[32]byte]string{same: "nothing"}
	for name, change := range map[string]func(map[string][]byte){
		"a comment": func(f map[string][]byte) { f["colours.toml"] = append(f["colours.toml"], "# x"...) },
		"a name": func(f map[string][]byte) {
			f["header.en-GB.html"] = f["footer.en-GB.html"]
			delete(f, "footer.en-GB.html")
		},
		"the font": func(f map[string][]byte) { f["card.ttf"] = []byte("b font") },
		"a word":   func(f map[string][]byte) { f["words/en.toml"] = []byte("[page]\nhome = \"All\"") },
	} {
		s := sum(change)
		if before, again := seen[s]; again {
			t.Errorf("changing %s gives the sum of changing %s", name, before)
		}
		seen[s] = name
	}
}

func FuzzAHeaderNeverChangesThePageAroundIt(f *testing.F) {
	for _, s := range []string{"<p>a</p>", "</main>", "<p><a href=/x>b</a>", "<ul><li>a<li>b</ul>", "<p>&lt;script&gt;", "<b><i></b></i>", "<!-- --><p title='\"'>x</p>", "<p>a</p><plaintext>", "<div><p>x</p><textarea></div>", "<li>", "&#0;\x00<span dir=auto>x</span>"} {
		f.Add(s)
	}
	elements := func(n *html.Node) (out []string) {
		for d := range n.Descendants() {
			if d.Type == html.ElementNode {
				out = append(out, d.Data)
			}
		}
		return out
	}
	f.Fuzz(func(t *testing.T, s string) {
		o, err := templates.ReadOverrides(map[string][]byte{"header.html": []byte(s)})
		if err != nil {
			return
		}
		page := site(t)
		o.Dress(page, nil)
		around := "<main><header>" + string(page.Header) + "</header><p id=after>after</p></main>"
		root, err := html.Parse(strings.NewReader(around))
		if err != nil {
			t.Fatal(err)
		}
		all := elements(root)
		if len(all) < 6 || all[3] != "main" || all[4] != "header" || all[len(all)-1] != "p" {
			t.Fatalf("%q makes the page %q", s, all)
		}
		for n := range root.Descendants() {
			if n.Type != html.ElementNode || n.Parent.Data != "main" {
				continue
			}
			if n.Data != "header" && (n.Data != "p" || len(n.Attr) != 1 || n.Attr[0].Val != "after") {
				t.Fatalf("%q puts <%s> beside the header", s, n.Data)
			}
		}
	})
}

func TestAMapNamesWhatItDoesNotKnow(t *testing.T) {
	o := read(t, goodFolder(t))
	land := &snapshot.Unit{ID: "norland", Key: "norland", Name: "Norland", Type: snapshot.Country}
	units := []*snapshot.Unit{land}
	for _, id := range []string{"1", "2", "3", "5"} {
		units = append(units, &snapshot.Unit{ID: id, Key: id, Name: "Parish " + id, Type: snapshot.County, Parent: land})
	}
	units = append(units, &snapshot.Unit{ID: "4", Key: "4", Name: "Elsewhere", Type: snapshot.County})
	wrong, missing := o.CompareMaps(units)
	if want := []string{`maps/norland.geojson: its area "4" is a unit that does not lie in "norland"`}; !slices.Equal(wrong, want) {
		t.Errorf("wrong: %q, want %q", wrong, want)
	}
	if want := []string{`maps/norland.geojson: no area shows "5", Parish 5`}; !slices.Equal(missing, want) {
		t.Errorf("missing: %q, want %q", missing, want)
	}
	wrong, _ = o.CompareMaps(units[1:])
	if want := []string{`maps/norland.geojson: there is no unit "norland"`}; !slices.Equal(wrong, want) {
		t.Errorf("wrong: %q, want %q", wrong, want)
	}
}

func TestAMapOfNothingInTheTableIsLeftOut(t *testing.T) {
	s, _ := dressed(t, goodFolder(t))
	s.Map = templates.Asset{Href: "/assets/map.js"}
	v := place(1, 2)
	v.Map = read(t, goodFolder(t)).Map("norland", nil)
	if page := string(templates.AppendPlacePage(nil, v, s)); strings.Contains(page, "data-map") || strings.Contains(page, "map-key") {
		t.Error("the page offers a map that shows none of its places")
	}
	v.Places[0].Unit.ID = "3"
	if page := string(templates.AppendPlacePage(nil, v, s)); !strings.Contains(page, "data-map") || !strings.Contains(page, `<tr id="u-3" data-c=`) {
		t.Error("the page has no map, though one of its places is on it")
	}
}
