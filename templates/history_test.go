package templates_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/templates"
)

func at(minute int) templates.Point {
	return templates.Point{AsOf: evening.Add(time.Duration(minute) * time.Minute), Votes: snapshot.Of(int64(minute))}
}

func TestHistoryKeepsItsEndsAndItsOrderAndNoMoreThan48(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h []templates.Point
		minute := 0
		for _, step := range rapid.SliceOfN(rapid.IntRange(0, 90), 1, 200).Draw(t, "steps") {
			minute += step
			before := slices.Clone(h)
			h2 := templates.AddPoint(h, at(minute))
			if !reflect.DeepEqual(h, before) {
				t.Fatal("AddPoint changed its argument")
			}
			if again := templates.AddPoint(h, at(minute)); !reflect.DeepEqual(h2, again) {
				t.Fatal("AddPoint gave two answers")
			}
			if len(h2) != min(len(h)+1, templates.MaxPoints) {
				t.Fatalf("%d points after %d", len(h2), len(h))
			}
			if len(h) > 0 && !reflect.DeepEqual(h2[0], h[0]) {
				t.Fatal("the first point went")
			}
			if last := h2[len(h2)-1]; !reflect.DeepEqual(last, at(minute)) {
				t.Fatal("the last point is not the one added")
			}
			if !slices.IsSortedFunc(h2, func(a, b templates.Point) int { return a.AsOf.Compare(b.AsOf) }) {
				t.Fatal("points lost their order")
			}
			h = h2
		}
	})
}

func TestLongHistorySpansTheWholeNight(t *testing.T) {
	var h []templates.Point
	for m := range 600 {
		h = templates.AddPoint(h, at(m))
	}
	widest := time.Duration(0)
	for i := 1; i < len(h); i++ {
		widest = max(widest, h[i].AsOf.Sub(h[i-1].AsOf))
	}
	if widest > 32*time.Minute {
		t.Errorf("widest gap in 600 minutes is %v, want at most 32m", widest)
	}
}

func TestAPointHoldsTheFiveLeadersInOrder(t *testing.T) {
	p := templates.PointOf(race(councilSamples(), true))
	var got []int
	for _, l := range p.Leaders {
		got = append(got, l.Choice)
	}
	if want := []int{1, 2, 0, 4, 3}; !slices.Equal(got, want) {
		t.Errorf("leaders = %v, want %v", got, want)
	}
	if p.Votes != snapshot.Of(19660) || p.UnitsIn != snapshot.Of(12) || !p.AsOf.Equal(evening) {
		t.Errorf("point = %+v", p)
	}
	if p := templates.PointOf(race(councilSamples(), false)); p.Leaders != nil || p.Votes.Present() {
		t.Errorf("before the count: %+v", p)
	}
}
