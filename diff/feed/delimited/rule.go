package delimited

import (
	"slices"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
)

// rule is one [[file.row]]: what the rows that fit it say.
type rule struct {
	when, unless []condition
	skip         bool
	columns      *pattern // the rule holds once for each column of this name
	byColumn     bool     // its conditions speak of each column by itself
	asked        []string // columns that it names
	each         []int    // slots of the pattern's names
	cell         int      // slot of {cell}
	unit         *unitRule
	contest      *contestRule
	choice       *choiceRule
	votes        *template
	seats        *template
	outcome      *template
	status       *template
	byUnits      bool // the status follows from the units counted
	kind         *template
	state        *template    // the condition of the race
	totals       [7]*template // in the order of totalNames
	channels     []channelRule
}

// condition is a column and the texts it may hold.
type condition struct {
	column *template
	any    []*template
	texts  []string // for people
}

type unitRule struct {
	key, name, kind *template
	parent          *unitRule
}

type contestRule struct {
	key, name, kind, seats, order, heading *template
}

type choiceRule struct {
	key, name, party, number, detail, kind, order *template
}

type channelRule struct {
	name, votes *template
}

// rules compiles the rows of a file.
func (c *compiler) rules(f *file, t *fileText) error {
	defer func() { c.row, f.slots.asked = 0, nil }()
	if len(t.Rows) == 0 {
		return c.wrong("row", "", "there is no [[file.row]] that says what the rows mean")
	}
	for i := range t.Rows {
		c.row, f.slots.asked = i+1, map[string]bool{}
		r, err := c.rule(f, &t.Rows[i])
		if err != nil {
			return err
		}
		r.asked = keysOf(f.slots.asked)
		f.rules = append(f.rules, r)
	}
	return nil
}

func (c *compiler) rule(f *file, t *rowText) (*rule, error) {
	r := &rule{skip: t.Skip, cell: -1}
	var err error
	if r.when, err = c.conditions(f, "when", t.When); err != nil {
		return nil, err
	}
	if r.unless, err = c.conditions(f, "unless", t.Unless); err != nil {
		return nil, err
	}
	if t.Skip {
		if t.Unit != nil || t.Contest != nil || t.Choice != nil || t.Votes != "" {
			return nil, c.wrong("skip", "skip", "a rule that skips rows says nothing else")
		}
		return r, nil
	}
	if t.Columns != "" {
		if r.columns, err = newPattern(t.Columns); err != nil {
			return nil, c.wrong("columns", t.Columns, "%v", err)
		}
		for _, name := range r.columns.names {
			r.each = append(r.each, f.slots.of(name))
		}
		r.cell = f.slots.of("cell")
	}
	r.byColumn = r.judges()
	if err := c.what(f, r, t); err != nil {
		return nil, err
	}
	if err := c.howMany(f, r, t); err != nil {
		return nil, err
	}
	return r, c.sense(f, r, t)
}

// what compiles unit, contest and choice.
func (c *compiler) what(f *file, r *rule, t *rowText) error {
	var err error
	if r.unit, err = c.unit(f, t.Unit, 0); err != nil {
		return err
	}
	if d := t.Contest; d != nil {
		if len(d.Choices) > 0 {
			return c.wrong("contest.choice", d.Key, "choices of a row stand in choice; [[contest.choice]] is for constants")
		}
		r.contest = &contestRule{}
		if err := c.templates(f, "contest.", []named{{"key", d.Key, &r.contest.key}, {"name", d.Name, &r.contest.name}, {"type", d.Type, &r.contest.kind},
			{"seats", d.Seats, &r.contest.seats}, {"order", d.Order, &r.contest.order}, {"heading", d.Heading, &r.contest.heading}}); err != nil {
			return err
		}
		if err := c.possible("contest.type", r.contest.kind, contestTypes()); err != nil {
			return err
		}
	}
	if d := t.Choice; d != nil {
		r.choice = &choiceRule{}
		if err := c.templates(f, "choice.", []named{{"key", d.Key, &r.choice.key}, {"name", d.Name, &r.choice.name}, {"party", d.Party, &r.choice.party},
			{"number", d.Number, &r.choice.number}, {"detail", d.Detail, &r.choice.detail}, {"type", d.Type, &r.choice.kind}, {"order", d.Order, &r.choice.order}}); err != nil {
			return err
		}
		return c.possible("choice.type", r.choice.kind, choiceTypes())
	}
	return nil
}

// maxDepth is how many units may stand in one another in a rule.
const maxDepth = 8

func (c *compiler) unit(f *file, t *unitText, depth int) (*unitRule, error) {
	if t == nil {
		return nil, nil
	}
	if depth == maxDepth {
		return nil, c.wrong("unit.parent", t.Key, "more than %d units in one another", maxDepth)
	}
	u := &unitRule{}
	if err := c.templates(f, "unit.", []named{{"key", t.Key, &u.key}, {"name", t.Name, &u.name}, {"type", t.Type, &u.kind}}); err != nil {
		return nil, err
	}
	if err := c.possible("unit.type", u.kind, unitTypes()); err != nil {
		return nil, err
	}
	var err error
	u.parent, err = c.unit(f, t.Parent, depth+1)
	return u, err
}

type named struct {
	name, text string
	to         **template
}

// templates compiles the settings of a table whose first is its key.
func (c *compiler) templates(f *file, table string, list []named) error {
	for _, n := range list {
		var err error
		if *n.to, err = c.template(f, table+n.name, n.text); err != nil {
			return err
		}
	}
	key := *list[0].to
	if key == nil {
		return c.wrong(table+"key", "", "there is no key: the columns that identify it")
	}
	for i := 1; i < len(key.parts); i++ {
		if key.parts[i].slot >= 0 && key.parts[i-1].slot >= 0 {
			return c.wrong(table+"key", key.text, "two columns need a text between them, so that 1 and 23 differ from 12 and 3: %q", key.text)
		}
	}
	return nil
}

// howMany compiles the counts of a rule and what is said of them.
func (c *compiler) howMany(f *file, r *rule, t *rowText) error {
	r.byUnits = t.Status == "by units"
	status := t.Status
	if r.byUnits {
		status = ""
	}
	list := []named{{"votes", t.Votes, &r.votes}, {"seats", t.Seats, &r.seats}, {"outcome", t.Outcome, &r.outcome},
		{"status", status, &r.status}, {"kind", t.Kind, &r.kind}, {"condition", t.State, &r.state}}
	o := t.Totals
	for i, text := range []string{o.Valid, o.Blank, o.Null, o.Ballots, o.Electorate, o.UnitsIn, o.UnitsTotal} {
		list = append(list, named{"totals." + totalNames()[i], text, &r.totals[i]})
	}
	for _, n := range list {
		var err error
		if *n.to, err = c.template(f, n.name, n.text); err != nil {
			return err
		}
	}
	for i, ch := range t.Channels {
		var x channelRule
		var err error
		if x.votes, err = c.template(f, "channels.votes", ch.Votes); err != nil {
			return err
		}
		if x.name, err = c.template(f, "channels.name", ch.Name); err != nil {
			return err
		}
		if x.name == nil || x.votes == nil {
			return c.wrong("channels", ch.Name, "channel %d needs name and votes", i+1)
		}
		r.channels = append(r.channels, x)
	}
	for _, x := range []struct {
		name    string
		t       *template
		allowed []string
	}{{"outcome", r.outcome, outcomes()}, {"status", r.status, statuses()}, {"kind", r.kind, kinds()}, {"condition", r.state, raceConditions()}} {
		if err := c.possible(x.name, x.t, x.allowed); err != nil {
			return err
		}
	}
	return nil
}

// sense refuses rules that could say nothing.
func (c *compiler) sense(f *file, r *rule, t *rowText) error {
	counts := r.votes != nil || r.seats != nil || len(r.channels) > 0 || r.outcome != nil
	race := r.status != nil || r.byUnits || r.kind != nil || r.state != nil
	totals := false
	for _, total := range r.totals {
		totals = totals || total != nil
	}
	switch {
	case r.unit == nil && r.contest == nil:
		return c.wrong("unit", "", "the rule names neither a unit nor a contest; skip = true leaves rows alone")
	case r.choice != nil && r.contest == nil:
		return c.wrong("contest", t.Choice.Key, "a choice needs its contest")
	case counts && (r.choice == nil || r.unit == nil):
		return c.wrong("votes", t.Votes+t.Seats+t.Outcome, "votes need a unit, a contest and a choice")
	case race && (r.unit == nil || r.contest == nil):
		return c.wrong("status", t.Status, "a status needs a unit and a contest")
	case totals && r.unit == nil:
		return c.wrong("totals", "totals", "totals need a unit")
	case counts && f.role == definitions:
		return c.wrong("votes", t.Votes+t.Seats+t.Outcome, "a file of definitions has no votes")
	}
	return nil
}

// conditions compiles a table of columns and what they may hold.
func (c *compiler) conditions(f *file, setting string, table map[string]any) ([]condition, error) {
	var out []condition
	for _, column := range keysOf(table) {
		list, ok := table[column].([]any)
		if !ok {
			list = []any{table[column]}
		}
		cond := condition{column: &template{text: column, places: 1, needed: true, parts: []part{{slot: f.slots.of(column), column: column}}}}
		for _, v := range list {
			text, ok := v.(string)
			if !ok {
				return nil, c.wrong(setting, column, "%s takes a text or a list of texts", column)
			}
			t, err := c.template(f, setting, text)
			if err != nil {
				return nil, err
			}
			cond.any, cond.texts = append(cond.any, t), append(cond.texts, text)
		}
		out = append(out, cond)
	}
	return out, nil
}

// judges reports whether a condition of the rule names what only a column
// gives.
func (r *rule) judges() bool {
	given := r.gives()
	for _, cond := range append(slices.Clone(r.when), r.unless...) {
		for _, t := range append([]*template{cond.column}, cond.any...) {
			if t != nil && slices.ContainsFunc(t.parts, func(p part) bool { return p.slot >= 0 && slices.Contains(given, p.column) }) {
				return true
			}
		}
	}
	return false
}

// fits reports whether a row meets all conditions.
func fits(r *row, list []condition) (bool, *feed.Refusal) {
	for i := range list {
		ok, refusal := list[i].holds(r)
		if !ok || refusal != nil {
			return false, refusal
		}
	}
	return true, nil
}

func (c *condition) holds(r *row) (bool, *feed.Refusal) {
	have := r.cell(c.column.parts[0].slot)
	for _, t := range c.any {
		if t == nil || t.places == 0 {
			if is(have, t) {
				return true, nil
			}
			continue
		}
		want, refusal := t.value(r)
		if refusal != nil {
			return false, refusal
		}
		if string(have) == string(want) {
			return true, nil
		}
	}
	return false, nil
}

// is reports whether a cell holds a text without places. A "*" at the end of
// the text stands for any further text, alone for any text but none.
func is(have []byte, t *template) bool {
	if t == nil {
		return len(have) == 0
	}
	text := t.plain()
	start, open := strings.CutSuffix(text, everyOther)
	return string(have) == text || open && len(have) > 0 && strings.HasPrefix(string(have), start)
}

// takes reports whether a row is one of the rule's.
func (r *rule) takes(x *row) (bool, *feed.Refusal) {
	ok, refusal := fits(x, r.when)
	if !ok || refusal != nil || len(r.unless) == 0 {
		return ok, refusal
	}
	not, refusal := fits(x, r.unless)
	return !not, refusal
}
