// Package outline makes the small maps of pages from the large ones that
// authorities have.
//
// It promises an SVG of nothing but paths with ids, within a weight, whose
// neighbours still meet: a border that two areas share is simplified once. It
// refuses to draw what it does not understand, and names it. It is pure.
package outline

import (
	"errors"
	"fmt"
	"math"
)

// Map is areas in the plane; y grows downwards.
type Map struct{ Areas []Area }

// Area is the outline of one place. A ring inside another is a hole.
type Area struct {
	Name  string // as the source names it
	Rings [][]Point
}

// Point is a place in the plane.
type Point struct{ X, Y float64 }

// maxAreas and maxPoints bound what a map may hold.
const (
	maxAreas  = 20_000
	maxPoints = 4_000_000
)

var errEmpty = errors.New("it holds no areas")

// add joins rings to the area of a name, which it makes when there is none.
func (m *Map) add(at map[string]int, name string, rings [][]Point) {
	i, ok := at[name]
	if !ok {
		i = len(m.Areas)
		at[name] = i
		m.Areas = append(m.Areas, Area{Name: name})
	}
	m.Areas[i].Rings = append(m.Areas[i].Rings, rings...)
}

// check refuses maps that are empty or too large, and numbers that are none.
func (m *Map) check() error {
	if len(m.Areas) == 0 {
		return errEmpty
	}
	points := 0
	for _, a := range m.Areas {
		before := points
		for _, r := range a.Rings {
			points += len(r)
			for _, p := range r {
				if math.IsNaN(p.X) || math.IsNaN(p.Y) || math.Abs(p.X) > 1e9 || math.Abs(p.Y) > 1e9 {
					return fmt.Errorf("area %q has a point out of all bounds", a.Name)
				}
			}
		}
		if points == before {
			return fmt.Errorf("area %q has no outline", a.Name)
		}
	}
	if len(m.Areas) > maxAreas || points > maxPoints {
		return fmt.Errorf("it holds %d areas with %d points; at most %d with %d are taken", len(m.Areas), points, maxAreas, maxPoints)
	}
	return nil
}

// bounds are the corners of the smallest upright box around a map.
func (m *Map) bounds() (low, high Point) {
	low, high = Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	for _, a := range m.Areas {
		for _, r := range a.Rings {
			for _, p := range r {
				low = Point{min(low.X, p.X), min(low.Y, p.Y)}
				high = Point{max(high.X, p.X), max(high.Y, p.Y)}
			}
		}
	}
	return low, high
}

// each calls f for every point.
func (m *Map) each(f func(*Point)) {
	for i := range m.Areas {
		for _, r := range m.Areas[i].Rings {
			for j := range r {
				f(&r[j])
			}
		}
	}
}

// flatten turns longitudes and latitudes into a plane that is true to shape in
// its middle (equirectangular), and north to the top. Coordinates that cannot
// be degrees are in a plane already.
func (m *Map) flatten() {
	low, high := m.bounds()
	if low.X < -180 || high.X > 180 || low.Y < -90 || high.Y > 90 {
		m.each(func(p *Point) { p.Y = -p.Y })
		return
	}
	if high.X-low.X > 180 {
		m.acrossThePacific(high.X - low.X)
	}
	narrow := math.Cos((low.Y + high.Y) / 2 * math.Pi / 180)
	m.each(func(p *Point) { p.X, p.Y = p.X*narrow, -p.Y })
}

// acrossThePacific moves what lies west of Greenwich around the world when the
// map becomes narrower than wide by it.
func (m *Map) acrossThePacific(wide float64) {
	low, high := math.Inf(1), math.Inf(-1)
	m.each(func(p *Point) {
		x := p.X
		if x < 0 {
			x += 360
		}
		low, high = min(low, x), max(high, x)
	})
	if high-low < wide {
		m.each(func(p *Point) {
			if p.X < 0 {
				p.X += 360
			}
		})
	}
}
