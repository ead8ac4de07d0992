package outline

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
)

// side is the longer side of a drawn map in its own units, which are whole
// numbers. A phone's screen shows less.
const side = 1000

// coarsest is the area, in units of the drawing, from which a point is never
// left out.
const coarsest = 1 << 9

// dot is a point of the drawing.
type dot struct{ x, y int }

// SVG draws a map as paths whose ids are the areas' names, in at most so many
// bytes as gzip, and says in how many. It leaves out as much detail as it must,
// but no area.
func (m *Map) SVG(most int) (svg []byte, size int, err error) {
	if err := m.check(); err != nil {
		return nil, 0, err
	}
	g := m.cut()
	for tolerance := 0.5; tolerance <= coarsest; tolerance *= 2 {
		b := m.draw(&g, tolerance)
		if size, err = packed(b); err != nil {
			return nil, 0, err
		}
		if size <= most {
			return b, size, nil
		}
	}
	return nil, size, fmt.Errorf("drawn as coarsely as can be it still takes %d bytes; at most %d are taken: divide it into maps of smaller places", size, most)
}

func packed(b []byte) (int, error) {
	var z bytes.Buffer
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	if _, err := w.Write(b); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	return z.Len(), nil
}

func (m *Map) draw(g *gridded, tolerance float64) []byte {
	scale := side / max(g.width, g.height, 1)
	size := func(steps float64) int { return max(1, int(math.Ceil(steps*scale))) }
	b := fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" fill="#bbb" stroke="#fff" fill-rule="evenodd">`,
		size(g.width), size(g.height))
	for i, rings := range g.areas {
		b = append(b, "\n<path id=\""...)
		b = appendEscaped(b, m.Areas[i].Name)
		b = append(b, `" d="`...)
		b = appendArea(b, rings, scale, tolerance/(scale*scale))
		b = append(b, `"/>`...)
	}
	return append(b, "\n</svg>\n"...)
}

func appendEscaped(b []byte, s string) []byte {
	var e bytes.Buffer
	_ = xml.EscapeText(&e, []byte(s)) // a Buffer takes everything
	return append(b, e.Bytes()...)
}

// appendArea appends the rings of an area that are still to be seen, or its
// largest as a box.
func appendArea(b []byte, rings []ring, scale, least float64) []byte {
	drawn := false
	for _, r := range rings {
		if dots := r.dots(scale, least); len(dots) >= 3 {
			b = appendRing(b, dots)
			drawn = true
		}
	}
	if drawn {
		return b
	}
	var largest [2]dot
	span := -1
	for _, r := range rings {
		low, high := r.box(scale)
		if s := high.x - low.x + high.y - low.y; s > span {
			span, largest = s, [2]dot{low, high}
		}
	}
	if span < 0 {
		return b
	}
	low, high := largest[0], largest[1]
	return appendRing(b, []dot{low, {high.x, low.y}, high, {low.x, high.y}})
}

// dots are the points of a ring that matter, in units of the drawing.
func (r ring) dots(scale, least float64) []dot {
	var out []dot
	for _, a := range r {
		for i, s := range a.spots[:len(a.spots)-1] {
			if a.matter[i] < least {
				continue
			}
			d := at(s, scale)
			if len(out) > 0 && out[len(out)-1] == d {
				continue
			}
			out = append(out, d)
		}
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	if flat(out) {
		return nil
	}
	return out
}

func at(s spot, scale float64) dot {
	return dot{int(math.Round(float64(s.x) * scale)), int(math.Round(float64(s.y) * scale))}
}

// flat reports whether a ring has no area.
func flat(d []dot) bool {
	sum := 0
	for i := range d {
		n := d[(i+1)%len(d)]
		sum += d[i].x*n.y - n.x*d[i].y
	}
	return sum == 0
}

// box is around a ring, at least one unit wide and high.
func (r ring) box(scale float64) (low, high dot) {
	low, high = dot{math.MaxInt, math.MaxInt}, dot{math.MinInt, math.MinInt}
	for _, a := range r {
		for _, s := range a.spots {
			d := at(s, scale)
			low = dot{min(low.x, d.x), min(low.y, d.y)}
			high = dot{max(high.x, d.x), max(high.y, d.y)}
		}
	}
	return low, dot{max(high.x, low.x+1), max(high.y, low.y+1)}
}

// appendRing appends a closed path, each point by its distance from the last.
func appendRing(b []byte, dots []dot) []byte {
	b = append(b, 'M')
	b = appendPair(b, dots[0].x, dots[0].y)
	for i, d := range dots[1:] {
		if i == 0 {
			b = append(b, 'l')
		} else if d.x >= dots[i].x {
			b = append(b, ' ')
		}
		b = appendPair(b, d.x-dots[i].x, d.y-dots[i].y)
	}
	return append(b, 'z')
}

func appendPair(b []byte, x, y int) []byte {
	b = strconv.AppendInt(b, int64(x), 10)
	if y >= 0 {
		b = append(b, ' ')
	}
	return strconv.AppendInt(b, int64(y), 10)
}
