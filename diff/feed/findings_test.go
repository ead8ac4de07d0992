package feed

import (
	"testing"

	"github.com/heraldresults/herald/diff/snapshot"
)

func TestASumIsNotedOnlyWhenItIsStatedAndWrong(t *testing.T) {
	of := snapshot.Of
	absent := snapshot.Count{}
	for name, c := range map[string]struct {
		whole         snapshot.Count
		parts         []snapshot.Count
		all, presents int // findings of Sum and of SumPresent
	}{
		"holds":           {of(5), []snapshot.Count{of(2), of(3)}, 0, 0},
		"does not hold":   {of(6), []snapshot.Count{of(2), of(3)}, 1, 1},
		"whole is absent": {absent, []snapshot.Count{of(2), of(3)}, 0, 0},
		"part is absent":  {of(5), []snapshot.Count{of(2), absent}, 0, 1},
		"nothing is in":   {of(5), []snapshot.Count{absent, absent}, 0, 0},
		"no parts":        {of(5), nil, 0, 0},
		"too large":       {of(5), []snapshot.Count{of(snapshot.MaxCount), of(1)}, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var all, present Findings
			all.Sum("a + b = c", c.whole, c.parts...)
			present.SumPresent("a + b = c", c.whole, c.parts...)
			if len(all.List()) != c.all || len(present.List()) != c.presents {
				t.Errorf("Sum noted %v, SumPresent %v", all.List(), present.List())
			}
		})
	}
}

func TestFindingsBeyondTheLimitAreCounted(t *testing.T) {
	var f Findings
	for i := range maxFindings + 3 {
		f.Note("F_TEST", "number %d", i)
	}
	list := f.List()
	if len(list) != maxFindings+1 || list[maxFindings].Text != "and 3 further findings" || list[0].Text != "number 0" {
		t.Errorf("%d findings, the last is %v", len(list), list[len(list)-1])
	}
}
