package outline

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	svgSpace = "http://www.w3.org/2000/svg"
	// maxDepth is how deep groups may stand in groups.
	maxDepth = 64
)

// ignored are elements that draw nothing, with what they hold.
var ignored = map[string]bool{"title": true, "desc": true, "metadata": true, "defs": true, "style": true}

// SVG reads a drawing made of path, polygon, rect and g. Each shape is named
// by its attribute, or without one by its id; a shape that has none belongs to
// the nearest group that has. Colours and styles are left behind.
func SVG(raw []byte, attribute string) (*Map, error) {
	d := xml.NewDecoder(bytes.NewReader(raw))
	r := &svgReader{d: d, attribute: attribute, at: map[string]int{}}
	if attribute == "" {
		r.attribute = "id"
	}
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("it is not an SVG")
		}
		if err != nil {
			return nil, fmt.Errorf("it is not well-formed: %w", err)
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local != "svg" {
			return nil, errors.New("it is not an SVG")
		}
		if err := r.inside(start, "", identity, 0); err != nil {
			line, _ := d.InputPos()
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		return &r.m, r.m.check()
	}
}

type svgReader struct {
	d         *xml.Decoder
	attribute string
	m         Map
	at        map[string]int
}

// inside reads what a group holds, up to its end.
func (r *svgReader) inside(group xml.StartElement, name string, t matrix, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("groups stand deeper than %d in groups", maxDepth)
	}
	for {
		token, err := r.d.Token()
		if err != nil {
			return fmt.Errorf("<%s> is not closed: %w", group.Name.Local, err)
		}
		switch token := token.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if err := r.element(token, name, t, depth); err != nil {
				return err
			}
		}
	}
}

func (r *svgReader) element(e xml.StartElement, name string, t matrix, depth int) error {
	if e.Name.Space != svgSpace && e.Name.Space != "" || ignored[e.Name.Local] {
		return r.d.Skip()
	}
	own := name
	for _, a := range e.Attr {
		if a.Name.Local == r.attribute && a.Value != "" {
			own = strings.TrimSpace(a.Value)
		}
		if strings.HasPrefix(strings.ToLower(a.Name.Local), "on") {
			return fmt.Errorf("%s of <%s> is not allowed: a map runs no scripts", a.Name.Local, e.Name.Local)
		}
	}
	moved, err := transform(value(e, "transform"))
	if err != nil {
		return fmt.Errorf("transform of <%s>: %w", e.Name.Local, err)
	}
	t = t.after(moved)
	var rings [][]Point
	switch e.Name.Local {
	case "g":
		return r.inside(e, own, t, depth+1)
	case "path":
		rings, err = pathRings(value(e, "d"))
	case "polygon":
		rings, err = polygonRings(value(e, "points"))
	case "rect":
		rings, err = rectRings(e)
	default:
		return fmt.Errorf("<%s> is not allowed: a map is made of path, polygon, rect and g", e.Name.Local)
	}
	if err != nil {
		return fmt.Errorf("<%s> %q: %w", e.Name.Local, own, err)
	}
	if own == "" {
		return fmt.Errorf("a <%s> has no %s, which names its unit, and stands in no group that has", e.Name.Local, r.attribute)
	}
	for _, ring := range rings {
		for i := range ring {
			ring[i] = t.of(ring[i])
		}
	}
	r.m.add(r.at, own, rings)
	return r.d.Skip()
}

func value(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func polygonRings(points string) ([][]Point, error) {
	s := scanner{s: points}
	var ring []Point
	for !s.end() {
		p, err := s.point()
		if err != nil {
			return nil, err
		}
		ring = append(ring, p)
	}
	return [][]Point{ring}, nil
}

func rectRings(e xml.StartElement) ([][]Point, error) {
	var n [4]float64
	for i, name := range []string{"x", "y", "width", "height"} {
		if v := value(e, name); v != "" {
			s := scanner{s: v}
			var err error
			if n[i], err = s.number(); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	x, y, w, h := n[0], n[1], n[2], n[3]
	return [][]Point{{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}}, nil
}
