package outline

import (
	"container/heap"
	"math"
	"slices"
)

// fine is the grid on which points of neighbours are the same point: the
// longer side of a map has so many steps.
const fine = 1 << 17

// spot is a point on the fine grid.
type spot struct{ x, y int32 }

// arc is a stretch of border between two points where borders meet, or a whole
// ring that meets none. How much each of its points matters is the area that
// goes with it (Visvalingam and Whyatt); its ends always matter.
type arc struct {
	spots  []spot
	matter []float64
}

// ring is arcs that follow on each other; each begins where the one before
// ended.
type ring []arc

// gridded is a map on the fine grid, cut into arcs.
type gridded struct {
	areas         [][]ring
	width, height float64 // in steps
}

// cut lays a map on the fine grid and cuts its rings where borders meet, so
// that both areas of a border simplify the same stretch in the same way.
func (m *Map) cut() gridded {
	low, high := m.bounds()
	step := max(high.X-low.X, high.Y-low.Y) / fine
	if step == 0 {
		step = 1
	}
	g := gridded{areas: make([][]ring, len(m.Areas)), width: (high.X - low.X) / step, height: (high.Y - low.Y) / step}
	var rings [][]spot
	var owner []int
	for i, a := range m.Areas {
		for _, r := range a.Rings {
			// A ring too small for the grid stays when the area has no other.
			if s := snapped(r, low, step); len(s) >= 3 || len(s) > 0 && (len(owner) == 0 || owner[len(owner)-1] != i) {
				rings = append(rings, s)
				owner = append(owner, i)
			}
		}
	}
	meets := junctions(rings)
	for i, r := range rings {
		g.areas[owner[i]] = append(g.areas[owner[i]], arcs(r, meets))
	}
	return g
}

// snapped is a ring on the grid, without its closing point and repetitions.
func snapped(r []Point, low Point, step float64) []spot {
	out := make([]spot, 0, len(r))
	for _, p := range r {
		s := spot{int32(math.Round((p.X - low.X) / step)), int32(math.Round((p.Y - low.Y) / step))}
		if len(out) == 0 || out[len(out)-1] != s {
			out = append(out, s)
		}
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	return out
}

// junctions are the points where rings come together or part: those whose
// neighbours are not the same in every ring.
func junctions(rings [][]spot) map[spot]bool {
	type pair struct{ a, b spot }
	seen := map[spot]pair{}
	meets := map[spot]bool{}
	for _, r := range rings {
		for i, s := range r {
			p := pair{r[(i+len(r)-1)%len(r)], r[(i+1)%len(r)]}
			if less(p.b, p.a) {
				p.a, p.b = p.b, p.a
			}
			if before, ok := seen[s]; !ok {
				seen[s] = p
			} else if before != p {
				meets[s] = true
			}
		}
	}
	return meets
}

func less(a, b spot) bool { return a.x < b.x || a.x == b.x && a.y < b.y }

// arcs cuts a ring at the points where borders meet. One that meets none
// begins at its first point in order, so that an enclave and its hole agree.
func arcs(r []spot, meets map[spot]bool) ring {
	first := slices.IndexFunc(r, func(s spot) bool { return meets[s] })
	if first < 0 {
		first = 0
		for i := range r {
			if less(r[i], r[first]) {
				first = i
			}
		}
	}
	var out ring
	from := 0
	at := func(i int) spot { return r[(first+i)%len(r)] }
	for i := 1; i <= len(r); i++ {
		if i == len(r) || meets[at(i)] {
			spots := make([]spot, 0, i-from+1)
			for j := from; j <= i; j++ {
				spots = append(spots, at(j))
			}
			out = append(out, arc{spots, weigh(spots)})
			from = i
		}
	}
	return out
}

// weigh says how much each point of an arc matters. It walks the arc in one
// direction, whichever way the ring runs.
func weigh(spots []spot) []float64 {
	n := len(spots)
	turned := less(spots[n-1], spots[0]) || spots[0] == spots[n-1] && less(spots[n-2], spots[1])
	if !turned {
		return effective(spots)
	}
	back := slices.Clone(spots)
	slices.Reverse(back)
	matter := effective(back)
	slices.Reverse(matter)
	return matter
}

// effective takes away the point with the smallest triangle again and again,
// and notes for each the largest area that went so far.
func effective(spots []spot) []float64 {
	n := len(spots)
	matter := make([]float64, n)
	matter[0], matter[n-1] = math.Inf(1), math.Inf(1)
	prev, next := make([]int, n), make([]int, n)
	q := &queue{place: make([]int, n), area: make([]float64, n)}
	for i := range n {
		prev[i], next[i] = i-1, i+1
		if i > 0 && i < n-1 {
			q.area[i] = triangle(spots[i-1], spots[i], spots[i+1])
			q.place[i] = len(q.order)
			q.order = append(q.order, i)
		}
	}
	heap.Init(q)
	most := 0.0
	for q.Len() > 0 {
		i := heap.Pop(q).(int)
		most = max(most, q.area[i])
		matter[i] = most
		a, b := prev[i], next[i]
		next[a], prev[b] = b, a
		for _, j := range []int{a, b} {
			if j > 0 && j < n-1 {
				q.area[j] = triangle(spots[prev[j]], spots[j], spots[next[j]])
				heap.Fix(q, q.place[j])
			}
		}
	}
	return matter
}

func triangle(a, b, c spot) float64 {
	return math.Abs(float64(b.x-a.x)*float64(c.y-a.y)-float64(c.x-a.x)*float64(b.y-a.y)) / 2
}

// queue holds the points of an arc, the one with the smallest area first; of
// equal ones the earlier.
type queue struct {
	order []int
	place []int // of a point in order
	area  []float64
}

func (q *queue) Len() int { return len(q.order) }

func (q *queue) Less(i, j int) bool {
	a, b := q.order[i], q.order[j]
	return q.area[a] < q.area[b] || q.area[a] == q.area[b] && a < b
}

func (q *queue) Swap(i, j int) {
	q.order[i], q.order[j] = q.order[j], q.order[i]
	q.place[q.order[i]], q.place[q.order[j]] = i, j
}

// Push is for heap.Interface; nothing is added.
func (q *queue) Push(x any) { q.order = append(q.order, x.(int)) }

// Pop takes the last.
func (q *queue) Pop() any {
	last := len(q.order) - 1
	i := q.order[last]
	q.order = q.order[:last]
	return i
}
