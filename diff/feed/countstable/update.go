package countstable

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// isTotal reports whether a row counts something beside the votes of choices.
func isTotal(what string) bool { return totalOf(&snapshot.Totals{}, what) != nil }

// totalOf is the place of a total by its name in a table, nil for other names.
func totalOf(t *snapshot.Totals, what string) *snapshot.Count {
	switch what {
	case "valid":
		return &t.Valid
	case "blank":
		return &t.Blank
	case "null":
		return &t.Null
	case "ballots":
		return &t.Ballots
	case "electorate":
		return &t.Electorate
	case "units_in":
		return &t.UnitsIn
	case "units_total":
		return &t.UnitsTotal
	}
	return nil
}

// check refuses a table that does not say what it must.
func (t *table) check() *feed.Refusal {
	h := &t.head
	want, counted := h.rowCount.Get()
	switch {
	case t.rows == 0:
		return refuse("E_EMPTY", "rows", "a table without rows")
	case counted && want != t.rows:
		return refuse("E_INCOMPLETE", "row_count", "%d rows, %d are announced", t.rows, want)
	case h.kind == "":
		return refuse("E_MISSING", "kind", "the table does not say whether its counts are intermediate or final")
	case h.asOf.IsZero():
		return refuse("E_MISSING", "as_of", "the table does not say as of when it counts")
	case h.sequence == snapshot.Of(0):
		return refuse("E_RANGE", "sequence", "sequences begin with 1")
	}
	return nil
}

// update is everything the table says.
func (t *table) update() (snapshot.Update, *feed.Refusal) {
	h := &t.head
	seq, _ := h.sequence.Get()
	u := snapshot.Update{Scope: cmp.Or(h.scope, whole), Stamp: snapshot.Stamp{Seq: uint64(seq), Time: h.asOf},
		Name: h.name, Election: h.election, Phase: h.phase, Units: t.units}
	u.Units[0].Name = cmp.Or(u.Units[0].Name, h.name, h.election)
	for i := range u.Units {
		u.Units[i].Name = cmp.Or(u.Units[i].Name, u.Units[i].Key)
	}
	for _, c := range t.contests {
		c.def.Name = cmp.Or(c.def.Name, c.def.Key)
		for i := range c.def.Choices {
			c.def.Choices[i].Name = cmp.Or(c.def.Choices[i].Name, c.def.Choices[i].Key)
		}
		u.Contests = append(u.Contests, c.def)
	}
	var notes feed.Findings
	derived := 0
	for _, r := range t.races {
		if refusal := r.checkRounds(); refusal != nil {
			return snapshot.Update{}, refusal
		}
		n, refusal := r.derive(&notes)
		if refusal != nil {
			return snapshot.Update{}, refusal
		}
		if n > 0 {
			derived++
		}
		u.Results = append(u.Results, r.result(h.kind, &notes))
	}
	if derived > 0 {
		notes.Note("F_DERIVED", "the totals of %s are the sums of their channels, which the table states alone", races(derived))
	}
	if h.torn {
		notes.Note("F_TORN", "the table changed while it was read: its rows may be some moments apart")
	}
	u.Findings = notes.List()
	return u, nil
}

func races(n int) string {
	if n == 1 {
		return "1 race"
	}
	return strconv.Itoa(n) + " races"
}

// derive fills the numbers that the table states for every channel and not for
// all together, and notes where it states both and they differ. It returns how
// many numbers it filled.
func (r *race) derive(notes *feed.Findings) (filled int, refusal *feed.Refusal) {
	if len(r.channels) == 0 {
		return 0, nil
	}
	one := func(total *map[string]snapshot.Count, name string, of func(*part) map[string]snapshot.Count) {
		parts := make([]snapshot.Count, len(r.channels))
		for i, ch := range r.channels {
			parts[i] = of(&ch.part)[name]
		}
		if stated := (*total)[name]; stated.Present() {
			notes.Sum(fmt.Sprintf("%s: the channels make %s", r, name), stated, parts...)
			return
		}
		sum, err := snapshot.Sum(parts...)
		if err != nil {
			refusal = refuse("E_RANGE", name, "%s: the channels add up to more than any electorate", r)
		}
		if sum.Present() {
			if *total == nil {
				*total = map[string]snapshot.Count{}
			}
			(*total)[name] = sum
			filled++
		}
	}
	for _, c := range r.contest.def.Choices {
		one(&r.total.votes, c.Key, func(p *part) map[string]snapshot.Count { return p.votes })
	}
	// An electorate may be that of every channel, and units those of all.
	for _, what := range [...]string{"valid", "blank", "null", "ballots"} {
		one(&r.total.totals, what, func(p *part) map[string]snapshot.Count { return p.totals })
	}
	return filled, refusal
}

// String names a race in findings.
func (r *race) String() string {
	return fmt.Sprintf("contest %s in unit %s", r.contest.def.Key, r.unit)
}

// result is what the table says of one race. It notes sums that do not hold.
func (r *race) result(kind snapshot.CountKind, notes *feed.Findings) snapshot.RaceResult {
	choices := r.contest.def.Choices
	out := snapshot.RaceResult{Contest: r.contest.def.Key, Unit: r.unit, Kind: kind}
	out.Votes, out.Totals = r.total.numbers(choices)
	r.finish(&out)
	for _, ch := range r.channels {
		votes, totals := ch.numbers(choices)
		out.Channels = append(out.Channels, snapshot.ChannelVotes{Name: ch.name, Votes: votes, Totals: totals})
	}
	var given []snapshot.Count
	for _, c := range choices {
		if c.Type != snapshot.Abstention {
			given = append(given, r.total.votes[c.Key])
		}
	}
	notes.Sum(r.String()+": the choices make valid", out.Totals.Valid, given...)
	ballots, _ := out.Totals.Ballots.Get()
	if electorate, ok := out.Totals.Electorate.Get(); ok && ballots > electorate {
		notes.Note("F_SUM", "%s: %d ballots of an electorate of %d", r, ballots, electorate)
	}
	return out
}

// numbers are those of a part, votes in the order of the choices.
func (p *part) numbers(choices []snapshot.ChoiceDef) ([]snapshot.ChoiceVotes, snapshot.Totals) {
	votes := make([]snapshot.ChoiceVotes, 0, len(p.votes))
	for _, c := range choices {
		if n, stated := p.votes[c.Key]; stated {
			votes = append(votes, snapshot.ChoiceVotes{Key: c.Key, Votes: n})
		}
	}
	var totals snapshot.Totals
	for what, n := range p.totals {
		*totalOf(&totals, what) = n
	}
	return votes, totals
}
