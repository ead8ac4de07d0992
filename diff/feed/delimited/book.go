package delimited

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/heraldresults/herald/diff/snapshot"
)

// book is definitions in order of first sight.
type book struct {
	units     []*unit
	unitAt    map[string]*unit
	contests  []*contest
	contestAt map[string]*contest
}

func newBook() *book {
	return &book{unitAt: map[string]*unit{}, contestAt: map[string]*contest{}}
}

// source is where a key came from: the template and, when it has several
// places, their values.
type source struct {
	by    *template
	tuple string
}

type unit struct {
	snapshot.UnitDef
	source
	totals snapshot.Totals // that hold for every race of the unit
}

type contest struct {
	snapshot.ContestDef // without choices
	source
	choices  []*choice
	choiceAt map[string]*choice
}

type choice struct {
	snapshot.ChoiceDef
	source
	order string
}

func (b *book) unit(d snapshot.UnitDef) *unit {
	u := b.unitAt[d.Key]
	if u == nil {
		u = &unit{UnitDef: d}
		b.unitAt[d.Key] = u
		b.units = append(b.units, u)
		return u
	}
	u.Name, u.Parent, u.Type = cmp.Or(u.Name, d.Name), cmp.Or(u.Parent, d.Parent), cmp.Or(u.Type, d.Type)
	return u
}

func (b *book) contest(d snapshot.ContestDef) *contest {
	c := b.contestAt[d.Key]
	if c == nil {
		c = &contest{ContestDef: d, choiceAt: map[string]*choice{}}
		b.contestAt[d.Key] = c
		b.contests = append(b.contests, c)
		return c
	}
	c.more(d)
	return c
}

// more adds what c does not say yet.
func (c *contest) more(d snapshot.ContestDef) {
	c.Name, c.Heading, c.Type = cmp.Or(c.Name, d.Name), cmp.Or(c.Heading, d.Heading), cmp.Or(c.Type, d.Type)
	c.Seats, c.Order = cmp.Or(c.Seats, d.Seats), cmp.Or(c.Order, d.Order)
}

func (c *contest) choice(d snapshot.ChoiceDef, order string) *choice {
	x := c.choiceAt[d.Key]
	if x == nil {
		x = &choice{ChoiceDef: d, order: order}
		c.choiceAt[d.Key] = x
		c.choices = append(c.choices, x)
		return x
	}
	x.more(d, order)
	return x
}

// more adds what x does not say yet.
func (x *choice) more(d snapshot.ChoiceDef, order string) {
	x.Name, x.Party, x.Number = cmp.Or(x.Name, d.Name), cmp.Or(x.Party, d.Party), cmp.Or(x.Number, d.Number)
	x.Detail, x.Type, x.order = cmp.Or(x.Detail, d.Detail), cmp.Or(x.Type, d.Type), cmp.Or(x.order, order)
}

// add takes over the definitions of o. What b already says stays.
func (b *book) add(o *book) {
	for _, u := range o.units {
		mine := b.unit(u.UnitDef)
		fill(&mine.totals, u.totals)
	}
	for _, c := range o.contests {
		mine := b.contest(c.ContestDef)
		for _, x := range c.choices {
			mine.choice(x.ChoiceDef, x.order)
		}
	}
}

// fill gives absent totals the values of o.
func fill(t *snapshot.Totals, o snapshot.Totals) {
	mine, other := places(t), places(&o)
	for i := range mine {
		if !mine[i].Present() {
			*mine[i] = *other[i]
		}
	}
}

// places are the counts of totals in the order of totalNames.
func places(t *snapshot.Totals) [7]*snapshot.Count {
	return [7]*snapshot.Count{&t.Valid, &t.Blank, &t.Null, &t.Ballots, &t.Electorate, &t.UnitsIn, &t.UnitsTotal}
}

// definitions are the units, and the contests with their choices in order.
func (b *book) definitions() (units []snapshot.UnitDef, contests []snapshot.ContestDef) {
	for _, u := range b.units {
		d := u.UnitDef
		d.Type = cmp.Or(d.Type, snapshot.OtherUnit)
		units = append(units, d)
	}
	for _, c := range b.contests {
		d := c.ContestDef
		if d.Name == "" {
			d.Name = d.Key
		}
		d.Type = cmp.Or(d.Type, snapshot.CandidateContest)
		ordered := slices.Clone(c.choices)
		slices.SortStableFunc(ordered, func(x, y *choice) int { return byOrder(x.order, y.order) })
		for _, x := range ordered {
			def := x.ChoiceDef
			def.Name = cmp.Or(def.Name, def.Key)
			d.Choices = append(d.Choices, def)
		}
		contests = append(contests, d)
	}
	return units, contests
}

// byOrder compares two orders: as numbers when both are, else as texts. What
// has none comes last.
func byOrder(x, y string) int {
	a, err := strconv.Atoi(x)
	b, err2 := strconv.Atoi(y)
	switch {
	case x == "" && y == "":
		return 0
	case x == "" || y == "":
		return cmp.Compare(len(y), len(x))
	case err == nil && err2 == nil:
		return cmp.Compare(a, b)
	case err == nil || err2 == nil: // numbers before texts, so that the order is one
		return numbersFirst(err == nil)
	}
	return cmp.Compare(x, y)
}

func numbersFirst(first bool) int {
	if first {
		return -1
	}
	return 1
}

// constant defines a unit of the mapping and those that contain it.
func (b *book) constant(t *unitText) *unit {
	d := snapshot.UnitDef{Key: t.Key, Name: t.Name, Type: snapshot.UnitType(t.Type)}
	if t.Parent != nil {
		d.Parent = b.constant(t.Parent).Key
	}
	return b.unit(d)
}

// number is a number of the mapping, which was checked.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
