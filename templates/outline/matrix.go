package outline

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// matrix moves points: x' = a x + c y + e, y' = b x + d y + f.
type matrix struct{ a, b, c, d, e, f float64 }

var identity = matrix{a: 1, d: 1}

func (m matrix) of(p Point) Point {
	return Point{m.a*p.X + m.c*p.Y + m.e, m.b*p.X + m.d*p.Y + m.f}
}

// after is n, then m.
func (m matrix) after(n matrix) matrix {
	return matrix{
		m.a*n.a + m.c*n.b, m.b*n.a + m.d*n.b,
		m.a*n.c + m.c*n.d, m.b*n.c + m.d*n.d,
		m.a*n.e + m.c*n.f + m.e, m.b*n.e + m.d*n.f + m.f,
	}
}

// transform reads the value of a transform attribute.
func transform(s string) (matrix, error) {
	m := identity
	for {
		s = strings.TrimLeft(s, " \t\r\n,")
		if s == "" {
			return m, nil
		}
		name, rest, ok := strings.Cut(s, "(")
		inner, after, closed := strings.Cut(rest, ")")
		if !ok || !closed {
			return m, errors.New("a bracket is missing")
		}
		sc := scanner{s: inner}
		var n []float64
		for !sc.end() {
			v, err := sc.number()
			if err != nil {
				return m, err
			}
			n = append(n, v)
		}
		one, err := movement(strings.TrimSpace(name), n)
		if err != nil {
			return m, err
		}
		m = m.after(one)
		s = after
	}
}

func movement(name string, n []float64) (matrix, error) {
	switch {
	case name == "matrix" && len(n) == 6:
		return matrix{n[0], n[1], n[2], n[3], n[4], n[5]}, nil
	case name == "translate" && len(n) == 1:
		return matrix{a: 1, d: 1, e: n[0]}, nil
	case name == "translate" && len(n) == 2:
		return matrix{a: 1, d: 1, e: n[0], f: n[1]}, nil
	case name == "scale" && len(n) == 1:
		return matrix{a: n[0], d: n[0]}, nil
	case name == "scale" && len(n) == 2:
		return matrix{a: n[0], d: n[1]}, nil
	case name == "rotate" && (len(n) == 1 || len(n) == 3):
		sin, cos := math.Sincos(n[0] * math.Pi / 180)
		turn := matrix{cos, sin, -sin, cos, 0, 0}
		if len(n) == 1 {
			return turn, nil
		}
		there, back := matrix{a: 1, d: 1, e: n[1], f: n[2]}, matrix{a: 1, d: 1, e: -n[1], f: -n[2]}
		return there.after(turn).after(back), nil
	}
	return matrix{}, fmt.Errorf("%s with %d numbers is not understood", name, len(n))
}
