package delimited

import (
	"bytes"
	"fmt"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// key evaluates the key of a definition.
func (r *reader) key(t *template, what string) ([]byte, *feed.Refusal) {
	v, refusal := r.value(t)
	if refusal != nil {
		return nil, refusal
	}
	if v = bytes.TrimSpace(v); len(v) == 0 {
		return nil, &feed.Refusal{Code: "E_MISSING", Field: t.column(), Text: "nothing identifies the " + what}
	}
	return v, nil
}

// from is where a key comes from in the present row.
func (r *reader) from(t *template) source {
	if t.places < 2 {
		return source{by: t}
	}
	return source{t, t.tuple(&r.sheet.row)}
}

// clash refuses a second origin of a key: the columns of one row make the same
// key as other columns of another row.
func (r *reader) clash(s source, t *template, key string) *feed.Refusal {
	if s.by != t || t.places < 2 || t.gave(&r.sheet.row, s.tuple) {
		return nil
	}
	return &feed.Refusal{Code: "E_ID_COLLISION", Field: t.column(), Text: "other columns make the same key " + quote([]byte(key))}
}

// unit finds the unit of a rule and defines it.
func (r *reader) unit(rule *unitRule) (*unit, *feed.Refusal) {
	key, refusal := r.key(rule.key, "unit")
	if refusal != nil {
		return nil, refusal
	}
	u := r.part.book.unitAt[string(key)]
	if u == nil {
		return r.newUnit(rule, string(key))
	}
	if refusal := r.clash(u.source, rule.key, u.Key); refusal != nil {
		return nil, refusal
	}
	if rule.parent != nil {
		parent, refusal := r.parent(rule.parent)
		switch {
		case refusal != nil:
			return nil, refusal
		case u.Parent == "":
			u.Parent = parent
		case parent != "" && u.Parent != parent:
			return nil, &feed.Refusal{Code: "E_IDENTITY", Field: rule.parent.key.column(),
				Text: fmt.Sprintf("unit %q is part of %q and of %q", u.Key, u.Parent, parent)}
		}
	}
	if u.Type == "" && u.by != rule.key {
		kind, refusal := r.word(rule.kind, unitTypes())
		if refusal != nil {
			return nil, refusal
		}
		u.Type = snapshot.UnitType(kind)
	}
	return u, r.same(&u.Name, rule.name, "unit", u.Key)
}

func (r *reader) newUnit(rule *unitRule, key string) (*unit, *feed.Refusal) {
	d := snapshot.UnitDef{Key: key}
	if rule.parent != nil {
		parent, refusal := r.parent(rule.parent)
		if refusal != nil {
			return nil, refusal
		}
		d.Parent = parent
	}
	var refusal *feed.Refusal
	if d.Name, refusal = r.text(rule.name, feed.MaxName); refusal != nil {
		return nil, refusal
	}
	kind, refusal := r.word(rule.kind, unitTypes())
	if refusal != nil {
		return nil, refusal
	}
	d.Type = snapshot.UnitType(kind)
	u := r.part.book.unit(d)
	u.source = r.from(rule.key)
	return u, nil
}

// parent is the key of the unit that contains another; empty when the row
// names none.
func (r *reader) parent(rule *unitRule) (string, *feed.Refusal) {
	v, refusal := r.value(rule.key)
	if refusal != nil || len(v) == 0 {
		return "", refusal
	}
	u, refusal := r.unit(rule)
	if refusal != nil {
		return "", refusal
	}
	return u.Key, nil
}

// same checks that all rows give a thing one name.
func (r *reader) same(name *string, t *template, what, key string) *feed.Refusal {
	v, refusal := r.value(t)
	if refusal != nil || len(v) == 0 || string(v) == *name {
		return refusal
	}
	clean, refusal := r.text(t, feed.MaxName)
	switch {
	case refusal != nil:
		return refusal
	case *name == "":
		*name = clean
	case *name != clean:
		return &feed.Refusal{Code: "E_IDENTITY", Field: t.column(), Text: fmt.Sprintf("%s %q is called %q and %q", what, key, *name, clean)}
	}
	return nil
}

// contest finds the contest of a rule and defines it.
func (r *reader) contest(rule *contestRule) (*contest, *feed.Refusal) {
	key, refusal := r.key(rule.key, "contest")
	if refusal != nil {
		return nil, refusal
	}
	if c := r.part.book.contestAt[string(key)]; c != nil {
		if refusal := r.clash(c.source, rule.key, c.Key); refusal != nil {
			return nil, refusal
		}
		if c.by != rule.key { // another rule may say more
			d, refusal := r.contestDef(rule)
			if refusal != nil {
				return nil, refusal
			}
			c.more(d)
		}
		return c, r.same(&c.Name, rule.name, "contest", c.Key)
	}
	id := string(key) // before the buffer is used again
	d, refusal := r.contestDef(rule)
	if refusal != nil {
		return nil, refusal
	}
	d.Key = id
	if d.Name, refusal = r.text(rule.name, feed.MaxName); refusal != nil {
		return nil, refusal
	}
	c := r.part.book.contest(d)
	c.source = r.from(rule.key)
	return c, nil
}

// contestDef is what a rule says of a contest beside its key and name.
func (r *reader) contestDef(rule *contestRule) (d snapshot.ContestDef, refusal *feed.Refusal) {
	if d.Heading, refusal = r.text(rule.heading, feed.MaxName); refusal != nil {
		return d, refusal
	}
	kind, refusal := r.word(rule.kind, contestTypes())
	if refusal != nil {
		return d, refusal
	}
	d.Type = snapshot.ContestType(kind)
	if d.Seats, refusal = r.number(rule.seats); refusal != nil {
		return d, refusal
	}
	d.Order, refusal = r.number(rule.order)
	return d, refusal
}

// choice finds the choice of a rule and defines it.
func (r *reader) choice(rule *choiceRule, c *contest) (*choice, *feed.Refusal) {
	key, refusal := r.key(rule.key, "choice")
	if refusal != nil {
		return nil, refusal
	}
	if x := c.choiceAt[string(key)]; x != nil {
		if refusal := r.clash(x.source, rule.key, x.Key); refusal != nil {
			return nil, refusal
		}
		if x.by != rule.key { // another rule may say more
			d, order, refusal := r.choiceDef(rule)
			if refusal != nil {
				return nil, refusal
			}
			x.more(d, order)
		}
		return x, r.same(&x.Name, rule.name, "choice", x.Key)
	}
	id := string(key) // before the buffer is used again
	d, order, refusal := r.choiceDef(rule)
	if refusal != nil {
		return nil, refusal
	}
	d.Key = id
	if d.Name, refusal = r.text(rule.name, feed.MaxName); refusal != nil {
		return nil, refusal
	}
	x := c.choice(d, order)
	x.source = r.from(rule.key)
	return x, nil
}

// choiceDef is what a rule says of a choice beside its key and name.
func (r *reader) choiceDef(rule *choiceRule) (d snapshot.ChoiceDef, order string, refusal *feed.Refusal) {
	for _, field := range []struct {
		to   *string
		t    *template
		most int
	}{{&d.Party, rule.party, feed.MaxName}, {&d.Number, rule.number, feed.MaxName}, {&d.Detail, rule.detail, feed.MaxDetail}} {
		if *field.to, refusal = r.text(field.t, field.most); refusal != nil {
			return d, "", refusal
		}
	}
	kind, refusal := r.word(rule.kind, choiceTypes())
	if refusal != nil {
		return d, "", refusal
	}
	d.Type = snapshot.ChoiceType(kind)
	v, refusal := r.value(rule.order)
	return d, string(v), refusal
}
