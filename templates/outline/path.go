package outline

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// bends is of how many straight pieces a curve is made.
const bends = 8

// scanner reads the numbers of path data and transforms.
type scanner struct {
	s string
	i int
}

func (s *scanner) space() {
	for s.i < len(s.s) && strings.IndexByte(" \t\r\n\f,", s.s[s.i]) >= 0 {
		s.i++
	}
}

func (s *scanner) end() bool {
	s.space()
	return s.i >= len(s.s)
}

// number reads one number; the next begins where it cannot go on: "1-2.5.5".
func (s *scanner) number() (float64, error) {
	s.space()
	from := s.i
	dot, digits, power := false, false, false
	for ; s.i < len(s.s); s.i++ {
		c := s.s[s.i]
		switch {
		case c >= '0' && c <= '9':
			digits = true
			continue
		case c == '.' && !dot && !power:
			dot = true
			continue
		case (c == 'e' || c == 'E') && digits && !power:
			power = true
			continue
		case (c == '-' || c == '+') && (s.i == from || strings.IndexByte("eE", s.s[s.i-1]) >= 0):
			continue
		}
		break
	}
	n, err := strconv.ParseFloat(s.s[from:s.i], 64)
	if err != nil {
		return 0, fmt.Errorf("a number is wanted at %q", s.s[from:min(len(s.s), from+20)])
	}
	return n, nil
}

func (s *scanner) point() (Point, error) {
	x, err := s.number()
	if err != nil {
		return Point{}, err
	}
	y, err := s.number()
	return Point{x, y}, err
}

// pen draws a path.
type pen struct {
	scanner
	rings   [][]Point
	at      Point
	control Point // of the curve before
	before  byte  // its command
}

// pathRings is path data as rings; curves become straight pieces.
func pathRings(data string) ([][]Point, error) {
	p := &pen{scanner: scanner{s: data}}
	var command byte
	for !p.end() {
		c := p.s[p.i]
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			command = c
			p.i++
		} else if command == 0 {
			return nil, errors.New("its data begins without a command")
		}
		if err := p.draw(command); err != nil {
			return nil, err
		}
		switch command {
		case 'M':
			command = 'L'
		case 'm':
			command = 'l'
		case 'Z', 'z':
			command = 0
		}
	}
	return p.rings, nil
}

func (p *pen) draw(command byte) error {
	relative := command >= 'a'
	kind := command &^ 0x20
	origin := Point{}
	if relative {
		origin = p.at
	}
	if kind != 'M' && len(p.rings) == 0 {
		return errors.New("its data does not begin with a move")
	}
	defer func() { p.before = kind }()
	switch kind {
	case 'Z':
		p.at = p.rings[len(p.rings)-1][0]
		return nil
	case 'H', 'V':
		n, err := p.number()
		if err != nil {
			return err
		}
		to := Point{n + origin.X, p.at.Y}
		if kind == 'V' {
			to = Point{p.at.X, n + origin.Y}
		}
		p.to(to)
		return nil
	}
	wants := map[byte]int{'M': 1, 'L': 1, 'C': 3, 'S': 2, 'Q': 2, 'T': 1}[kind]
	if wants == 0 {
		return fmt.Errorf("its data has the command %q; M, L, H, V, C, S, Q, T and Z are taken", command)
	}
	points := make([]Point, wants)
	for i := range points {
		n, err := p.point()
		if err != nil {
			return err
		}
		points[i] = Point{n.X + origin.X, n.Y + origin.Y}
	}
	p.follow(kind, points)
	return nil
}

// follow draws to the last of points.
func (p *pen) follow(kind byte, points []Point) {
	mirrored := func(kinds string) Point {
		if strings.IndexByte(kinds, p.before) < 0 {
			return p.at
		}
		return Point{2*p.at.X - p.control.X, 2*p.at.Y - p.control.Y}
	}
	switch kind {
	case 'M':
		p.rings = append(p.rings, nil)
		p.to(points[0])
	case 'L':
		p.to(points[0])
	case 'C':
		p.cubic(points[0], points[1], points[2])
	case 'S':
		p.cubic(mirrored("CS"), points[0], points[1])
	case 'Q':
		p.quadratic(points[0], points[1])
	case 'T':
		p.quadratic(mirrored("QT"), points[0])
	}
}

// to draws a straight line. After the end of a ring a new one begins where
// that one began.
func (p *pen) to(q Point) {
	if p.before == 'Z' && len(p.rings[len(p.rings)-1]) > 0 {
		p.rings = append(p.rings, []Point{p.at})
		p.before = 0
	}
	last := len(p.rings) - 1
	p.rings[last] = append(p.rings[last], q)
	p.at = q
}

func (p *pen) quadratic(c, end Point) {
	a := p.at
	third := func(x, y float64) float64 { return x + (y-x)*2/3 }
	p.cubic(Point{third(a.X, c.X), third(a.Y, c.Y)}, Point{third(end.X, c.X), third(end.Y, c.Y)}, end)
	p.control = c
}

func (p *pen) cubic(c, d, end Point) {
	a := p.at
	for i := 1; i <= bends; i++ {
		t := float64(i) / bends
		u := 1 - t
		on := func(a, b, c, d float64) float64 { return u*u*u*a + 3*u*u*t*b + 3*u*t*t*c + t*t*t*d }
		p.to(Point{on(a.X, c.X, d.X, end.X), on(a.Y, c.Y, d.Y, end.Y)})
	}
	p.control = d
}
