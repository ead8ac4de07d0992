package outline_test

import (
	"encoding/xml"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/heraldresults/herald/templates/outline"
)

type dot struct{ x, y int }

var number = regexp.MustCompile(`-?\d+`)

// drawn reads an SVG that this package wrote: the rings of every id.
func drawn(t testing.TB, svg []byte) (rings map[string][][]dot, box dot) {
	t.Helper()
	var doc struct {
		ViewBox string `xml:"viewBox,attr"`
		Paths   []struct {
			ID string `xml:"id,attr"`
			D  string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal(svg, &doc); err != nil {
		t.Fatalf("read the SVG: %v", err)
	}
	if _, err := fmt.Sscanf(doc.ViewBox, "0 0 %d %d", &box.x, &box.y); err != nil {
		t.Fatalf("view box %q: %v", doc.ViewBox, err)
	}
	rings = map[string][][]dot{}
	for _, p := range doc.Paths {
		rings[p.ID] = [][]dot{}
		for _, sub := range strings.Split(p.D, "M")[1:] {
			var ring []dot
			n := number.FindAllString(sub, -1)
			for i := 0; i+1 < len(n); i += 2 {
				x, _ := strconv.Atoi(n[i])
				y, _ := strconv.Atoi(n[i+1])
				if len(ring) > 0 {
					x, y = x+ring[len(ring)-1].x, y+ring[len(ring)-1].y
				}
				ring = append(ring, dot{x, y})
			}
			rings[p.ID] = append(rings[p.ID], ring)
		}
	}
	return rings, box
}

func area(r []dot) float64 {
	sum := 0
	for i := range r {
		n := r[(i+1)%len(r)]
		sum += r[i].x*n.y - n.x*r[i].y
	}
	return math.Abs(float64(sum)) / 2
}

// coast is a map of wide times high areas whose common borders are ragged:
// every border has so many points, and both areas have all of them.
func coast(wide, high, points int) *outline.Map {
	r := rand.New(rand.NewPCG(1, 2))
	at := func(x, y int) outline.Point { return outline.Point{X: float64(x) * 10, Y: float64(y) * 10} }
	border := map[[4]int][]outline.Point{}
	line := func(x0, y0, x1, y1 int) []outline.Point {
		key, turned := [4]int{x0, y0, x1, y1}, false
		if x1 < x0 || y1 < y0 {
			key, turned = [4]int{x1, y1, x0, y0}, true
		}
		if border[key] == nil {
			a, b := at(key[0], key[1]), at(key[2], key[3])
			for i := range points {
				t := float64(i) / float64(points)
				p := outline.Point{X: a.X + (b.X-a.X)*t, Y: a.Y + (b.Y-a.Y)*t}
				if i > 0 {
					p.X += r.Float64() - 0.5
					p.Y += r.Float64() - 0.5
				}
				border[key] = append(border[key], p)
			}
			border[key] = append(border[key], b)
		}
		out := append([]outline.Point(nil), border[key]...)
		if turned {
			for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
				out[i], out[j] = out[j], out[i]
			}
		}
		return out[:len(out)-1]
	}
	m := &outline.Map{}
	for y := range high {
		for x := range wide {
			ring := append(line(x, y, x+1, y), line(x+1, y, x+1, y+1)...)
			ring = append(ring, line(x+1, y+1, x, y+1)...)
			ring = append(ring, line(x, y+1, x, y)...)
			k := (x*7 + y*3) % len(ring) // sources begin anywhere
			m.Areas = append(m.Areas, outline.Area{Name: fmt.Sprintf("a%d-%d", x, y), Rings: [][]outline.Point{append(ring[k:len(ring):len(ring)], ring[:k]...)}})
		}
	}
	return m
}

func TestNeighboursStillMeetWhenTheirBorderIsSimplified(t *testing.T) {
	for _, most := range []int{1 << 20, 9000, 3000} {
		m := coast(12, 9, 60)
		svg, size, err := m.SVG(most)
		if err != nil {
			t.Fatal(err)
		}
		if size > most {
			t.Errorf("%d bytes, at most %d were wanted", size, most)
		}
		rings, box := drawn(t, svg)
		// Every stretch inside the map is drawn twice, once in each direction.
		type edge struct{ a, b dot }
		edges := map[edge]int{}
		sum := 0.0
		for _, list := range rings {
			for _, r := range list {
				sum += area(r)
				for i := range r {
					edges[edge{r[i], r[(i+1)%len(r)]}]++
				}
			}
		}
		alone := 0
		for e := range edges {
			if edges[edge{e.b, e.a}] == 0 {
				alone++
			}
		}
		outer := 2 * (12 + 9) * len(edges) / (2*12*9 + 12 + 9) // about: the coast is drawn once
		if alone > outer {
			t.Errorf("at most %d bytes: %d of %d stretches have no counterpart, the coast has about %d", most, alone, len(edges), outer)
		}
		// Without gaps and overlaps the areas add up to the whole.
		if whole := float64(box.x * box.y); sum < whole*0.93 || sum > whole*1.001 {
			t.Errorf("at most %d bytes: areas add up to %.0f of %.0f", most, sum, whole)
		}
	}
}

func TestEveryAreaIsDrawnHoweverSmall(t *testing.T) {
	m := coast(3, 3, 4)
	m.Areas = append(m.Areas, outline.Area{Name: "islet", Rings: [][]outline.Point{{{X: 12, Y: 12}, {X: 12.0001, Y: 12}, {X: 12, Y: 12.0001}}}})
	svg, _, err := m.SVG(50 << 10)
	if err != nil {
		t.Fatal(err)
	}
	rings, _ := drawn(t, svg)
	if len(rings) != 10 {
		t.Fatalf("%d areas are drawn, want 10", len(rings))
	}
	for id, list := range rings {
		if len(list) == 0 || area(list[0]) == 0 {
			t.Errorf("%s is not to be seen", id)
		}
	}
}

func TestAMapThatCannotBeSmallEnoughIsRefusedWithItsSize(t *testing.T) {
	m := coast(20, 20, 3)
	if _, _, err := m.SVG(500); err == nil || !regexp.MustCompile(`takes \d+ bytes; at most 500 are taken`).MatchString(err.Error()) {
		t.Errorf("error is %v", err)
	}
}

func TestTheSameMapGivesTheSameBytes(t *testing.T) {
	a, _, err := coast(6, 5, 40).SVG(4000)
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := coast(6, 5, 40).SVG(4000)
	if err != nil {
		t.Fatal(err)
	}
	if string(a) != string(b) {
		t.Error("two drawings differ")
	}
}

func square(x, y, side float64) string {
	return fmt.Sprintf("[[%g,%g],[%g,%g],[%g,%g],[%g,%g],[%g,%g]]", x, y, x+side, y, x+side, y+side, x, y+side, x, y)
}

func features(list ...string) []byte {
	return []byte(`{"type":"FeatureCollection","features":[` + strings.Join(list, ",") + `]}`)
}

func TestDegreesAreDrawnTrueToShapeWithNorthOnTop(t *testing.T) {
	m, err := outline.GeoJSON(features(
		`{"id":"south","geometry":{"type":"Polygon","coordinates":[`+square(10, 59, 1)+`]}}`,
		`{"id":"north","geometry":{"type":"Polygon","coordinates":[`+square(10, 60, 1)+`]}}`), "")
	if err != nil {
		t.Fatal(err)
	}
	svg, _, err := m.SVG(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	rings, box := drawn(t, svg)
	if box.y != 1000 || box.x < 248 || box.x > 252 { // cos 60° = ½, and two degrees high
		t.Errorf("the drawing is %d × %d, want 250 × 1000", box.x, box.y)
	}
	if rings["north"][0][0].y >= rings["south"][0][2].y {
		t.Error("north is not on top")
	}
}

func TestAMapAcrossTheDateLineIsInOnePiece(t *testing.T) {
	m, err := outline.GeoJSON(features(
		`{"id":1,"geometry":{"type":"Polygon","coordinates":[`+square(178, -18, 2)+`]}}`,
		`{"id":2,"geometry":{"type":"Polygon","coordinates":[`+square(-180, -18, 1)+`]}}`), "")
	if err != nil {
		t.Fatal(err)
	}
	svg, _, err := m.SVG(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	if _, box := drawn(t, svg); box.x != 1000 || box.y < 600 {
		t.Errorf("the drawing is %d × %d, want 3 : 2", box.x, box.y)
	}
}

func TestHolesAndPartsAndPropertiesAreRead(t *testing.T) {
	m, err := outline.GeoJSON(features(
		`{"properties":{"code":"A"},"geometry":{"type":"Polygon","coordinates":[`+square(1000, 0, 9)+`,`+square(1003, 3, 3)+`]}}`,
		`{"properties":{"code":"B"},"geometry":{"type":"MultiPolygon","coordinates":[[`+square(1003, 3, 3)+`],[`+square(1020, 0, 2)+`]]}}`,
		`{"properties":{"code":"B"},"geometry":{"type":"GeometryCollection","geometries":[{"type":"Polygon","coordinates":[`+square(1030, 0, 2)+`]}]}}`,
		`{"properties":{"code":"C"},"geometry":null}`), "code")
	if err != nil {
		t.Fatal(err)
	}
	svg, _, err := m.SVG(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	rings, _ := drawn(t, svg)
	if len(rings) != 2 || len(rings["A"]) != 2 || len(rings["B"]) != 3 {
		t.Fatalf("rings: %v", rings)
	}
	if a, b := area(rings["A"][1]), area(rings["B"][0]); a != b {
		t.Errorf("the hole has %v, the enclave in it %v", a, b)
	}
}

func TestGeoJSONThatIsNoMapIsRefusedWithItsReason(t *testing.T) {
	for raw, want := range map[string]string{
		`[]`:                                  "it is not GeoJSON",
		string(features()):                    "it holds no areas",
		string(features(`{"geometry":null}`)): "feature 1: its id, which names its unit, is missing",
		string(features(`{"id":true,"geometry":null}`)):                                                      "neither a text nor a number",
		string(features(`{"id":"a","geometry":{"type":"Point","coordinates":[1,2]}}`)):                       `feature 1, "a": it is a Point`,
		string(features(`{"id":"a","geometry":{"type":"Polygon","coordinates":[[[1],[2],[3]]]}}`)):           "a position has fewer than two numbers",
		string(features(`{"id":"a","geometry":{"type":"Polygon","coordinates":[["x"]]}}`)):                   "its coordinates",
		string(features(`{"id":"a","geometry":{"type":"Polygon","coordinates":[[[1e300,0],[1,1],[2,2]]]}}`)): "out of all bounds",
		string(features(`{"id":"a","geometry":{"type":"LineString","coordinates":[[1,0],[1,1],[2,2]]}}`)):    "it is a LineString",
	} {
		if _, err := outline.GeoJSON([]byte(raw), ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v, want %q", raw, err, want)
		}
	}
}

const root = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://x.example/" viewBox="0 0 9 9">`

// All of these draw the same square of ten.
func TestEveryWayToDrawASquareIsRead(t *testing.T) {
	for _, shape := range []string{
		`<path id="a" d="M0 0L10 0L10 10L0 10Z"/>`, `<path id="a" d="m0,0 10,0 0,10-10,0z"/>`, `<path id="a" d="M0 0H10V10H0"/>`,
		`<path id="a" d="M1e1 0h-10v1e1h10z"/>`, `<path id="a" d="M.0.0 10 0l0 10-10 0"/>`, `<polygon id="a" points="0,0 10,0 10,10 0,10"/>`,
		`<rect id="a" width="10" height="10"/>`, `<g id="a"><path d="M0 0h10v10h-10z"/></g>`, `<g id="b"><g><path id="a" d="M0 0h10v10h-10z"/></g></g>`,
		`<g transform="translate(5,5)"><g transform="scale(2) rotate(90)"><rect id="a" x="-5" y="-5" width="10" height="10"/></g></g>`,
		`<rect id="a" width="10" height="10" transform="rotate(45 5 5) matrix(1 0 0 1 3 4) rotate(-45, 8, 9)"/>`,
		`<path id="a" d="M0 0C3 0 7 0 10 0L10 0S10 7 10 10Q5 10 0 10L0 5T0 0"/>`,
		`<title>x</title><metadata><x:y/></metadata><defs><g/></defs><style>g{}</style><x:z/><rect id="a" style="fill:red" class="b" width="10" height="10"/>`,
		`<path id="a" d="M0 0h5v10h-5z"/><path id="a" d="M5 0h5v10h-5z"/>`,
		`<path id="a" d="M0 0h10v10h-10zm0 0"/>`,
	} {
		m, err := outline.SVG([]byte(root+shape+"</svg>"), "")
		if err != nil {
			t.Errorf("%s: %v", shape, err)
			continue
		}
		svg, _, err := m.SVG(1 << 20)
		if err != nil {
			t.Errorf("%s: %v", shape, err)
			continue
		}
		rings, box := drawn(t, svg)
		sum := 0.0
		for _, r := range rings["a"] {
			sum += area(r)
		}
		if box != (dot{1000, 1000}) || math.Abs(sum-1e6) > 1e4 {
			t.Errorf("%s: drawn %d × %d with an area of %.0f", shape, box.x, box.y, sum)
		}
	}
}

func TestAnAttributeMayNameTheUnits(t *testing.T) {
	m, err := outline.SVG([]byte(root+`<path id="path12" x:label="Lund" d="M0 0h10v10z"/></svg>`), "label")
	if err != nil {
		t.Fatal(err)
	}
	if m.Areas[0].Name != "Lund" {
		t.Errorf("the area is %q", m.Areas[0].Name)
	}
}

func TestAnSVGThatIsNoMapIsRefusedWithItsLine(t *testing.T) {
	for inner, want := range map[string]string{
		"\n<script/>":                           "line 2: <script> is not allowed",
		"<image/>":                              "<image> is not allowed",
		"<use/>":                                "<use> is not allowed",
		`<path id="a" d="M0 0A1 1 0 0 0 2 2"/>`: `its data has the command 'A'`,
		`<path id="a" d="L0 0"/>`:               "does not begin with a move",
		`<path id="a" d="0 0"/>`:                "begins without a command",
		`<path id="a" d="M0 x"/>`:               `a number is wanted at "x"`,
		`<path id="a" d="M0 0" transform="skewX(3)"/>`: "skewX with 1 numbers is not understood",
		`<path id="a" d="M0 0" transform="scale(3"/>`:  "a bracket is missing",
		`<path d="M0 0"/>`:        "has no id",
		"<g>":                     "is not closed",
		"":                        "it holds no areas",
		strings.Repeat("<g>", 99): "groups stand deeper than 64",
	} {
		if _, err := outline.SVG([]byte(root+inner+"</svg>"), ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v, want %q", inner, err, want)
		}
	}
	for _, raw := range []string{"", "<html/>", "plain"} {
		if _, err := outline.SVG([]byte(raw), ""); err == nil {
			t.Errorf("%q is taken", raw)
		}
	}
}

func FuzzADrawingIsPathsWithIDsAndNothingElse(f *testing.F) {
	f.Add([]byte(root + `<path id="a" d="M0 0h10v10zm3 3l1-1e1-2 .5z"/></svg>`))
	f.Add([]byte(root + `<g id="&lt;&quot;"><polygon points="0 0 9 9 5,5" transform="rotate(3)"/></g></svg>`))
	f.Add(features(`{"id":"a","geometry":{"type":"Polygon","coordinates":[` + square(0, 0, 1) + `]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := outline.SVG(raw, "")
		if err != nil {
			if m, err = outline.GeoJSON(raw, ""); err != nil {
				return
			}
		}
		svg, size, err := m.SVG(20 << 10)
		if err != nil {
			return
		}
		if size > 20<<10 {
			t.Errorf("%d bytes", size)
		}
		d := xml.NewDecoder(strings.NewReader(string(svg)))
		for {
			token, err := d.Token()
			if token == nil {
				if err.Error() != "EOF" {
					t.Fatalf("%v in %s", err, svg)
				}
				return
			}
			if e, ok := token.(xml.StartElement); ok && e.Name.Local != "svg" && (e.Name.Local != "path" || len(e.Attr) != 2 || e.Attr[0].Name.Local != "id" || !regexp.MustCompile(`^[M\dlz -]*$`).MatchString(e.Attr[1].Value)) {
				t.Fatalf("an element is %v", e)
			}
		}
	})
}
