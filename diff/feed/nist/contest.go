package nist

import (
	"slices"
	"strconv"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

func contestType(kind string) snapshot.ContestType {
	switch kind {
	case "CandidateContest":
		return snapshot.CandidateContest
	case "PartyContest":
		return snapshot.PartyContest
	case "BallotMeasureContest":
		return snapshot.BallotMeasureContest
	case "RetentionContest":
		return snapshot.RetentionContest
	}
	return ""
}

// contest defines a contest and gives its results in every unit that has one.
func (b *builder) contest(c *contest, status snapshot.Status, used map[string]bool) (snapshot.ContestDef, []snapshot.RaceResult) {
	def := snapshot.ContestDef{Key: b.key(c.identifiers, c.id), Type: contestType(c.kind),
		Name: b.clean(c.name, feed.MaxName, "Contest.Name"), Seats: b.small(c.seats, "NumberElected"), Order: b.small(c.order, "SequenceOrder")}
	if c.title != "" {
		def.Name = b.clean(c.title, feed.MaxName, "Contest.BallotTitle")
	}
	if def.Type == "" {
		b.refuse("E_TYPE", c.id, "Contest", "%q is no type of contest", c.kind)
	}
	if _, known := b.unitKey[c.district]; !known {
		b.refuse("E_REFERENCE", c.id, "ElectionDistrictId", "%q names no reporting unit", c.district)
		return def, nil
	}
	keys := make([]string, len(c.selections))
	for i := range c.selections {
		choice := b.choice(&c.selections[i], c)
		keys[i] = choice.Key
		def.Choices = append(def.Choices, choice)
	}
	b.unique(keys, "choices", def.Key)
	t := table{b: b, c: c, keys: keys, at: map[string]*cell{}}
	t.fill()
	var out []snapshot.RaceResult
	for _, unit := range t.order {
		used[unit] = true
		out = append(out, t.result(unit, def.Key, status))
	}
	if len(out) > 1 && !hasVotes(out[0]) {
		t.sumUnits(out)
	}
	return def, out
}

func hasVotes(r snapshot.RaceResult) bool {
	return slices.ContainsFunc(r.Votes, func(v snapshot.ChoiceVotes) bool { return v.Votes.Present() })
}

// sumUnits gives the district, which is the first result, the sum of the
// units in it, where that is configured. A unit inside another that has votes
// is part of that one.
func (t *table) sumUnits(out []snapshot.RaceResult) {
	district := t.b.unitKey[t.c.district]
	if !t.b.sumUnits {
		t.b.note("F_NO_TOTAL", "contest %q states no votes for its district %q as a whole; the setting sum = \"units\" adds up its units", t.c.id, district)
		return
	}
	voted := map[string]bool{}
	for i, unit := range t.order {
		voted[unit] = i > 0 && hasVotes(out[i])
	}
	var in int64
	sums := make([][]snapshot.Count, len(t.keys))
	for i, unit := range t.order {
		above := t.b.above(unit)[1:]
		if !voted[unit] || !slices.Contains(above, t.c.district) || slices.ContainsFunc(above, func(up string) bool { return voted[up] }) {
			continue
		}
		in++
		for j := range t.keys {
			sums[j] = append(sums[j], out[i].Votes[j].Votes)
		}
	}
	for j := range t.keys {
		sum, err := snapshot.SumPresent(sums[j]...)
		if err != nil {
			t.b.refuse("E_RANGE", t.c.id, "VoteCounts", "the units of the district: %v", err)
		}
		out[0].Votes[j].Votes = sum
	}
	t.b.note("F_DERIVED", "contest %q: the votes of district %q are the sum of %d units", t.c.id, district, in)
}

// small is a number of seats or a place in an order; empty is 0.
func (b *builder) small(s, field string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1_000_000 {
		b.refuse("E_NUMBER", "", field, "%q is not a small number", s)
	}
	return n
}

func (b *builder) choice(s *selection, c *contest) snapshot.ChoiceDef {
	var def snapshot.ChoiceDef
	switch s.kind {
	case "CandidateSelection":
		var keys, names []string
		for _, id := range s.candidates {
			cand := b.candidates[id]
			if cand == nil {
				b.refuse("E_REFERENCE", c.id, "CandidateIds", "%q names no candidate", id)
				return def
			}
			keys, names = append(keys, b.key(cand.identifiers, cand.id)), append(names, cand.name)
			if def.Party == "" && cand.party != "" {
				def.Party = b.partyName(cand.party, c)
			}
		}
		def.Key, def.Name = strings.Join(keys, "+"), strings.Join(names, " / ")
		if s.writeIn {
			def.Type = snapshot.WriteIn
		}
		if len(keys) == 0 && s.writeIn {
			def.Key, def.Name = "write-in", "Write-in"
		}
	case "PartySelection":
		var keys, names []string
		for _, id := range s.parties {
			names = append(names, b.partyName(id, c))
			if p := b.parties[id]; p != nil {
				keys = append(keys, b.key(p.identifiers, p.id))
			}
		}
		def.Key, def.Name = strings.Join(keys, "+"), strings.Join(names, " / ")
	case "BallotMeasureSelection":
		def.Key, def.Name = s.text, s.text
	default:
		b.refuse("E_TYPE", c.id, "ContestSelection", "%q is no type of selection", s.kind)
	}
	if len(s.identifiers) > 0 {
		def.Key = b.key(s.identifiers, s.id)
	}
	if def.Key == "" {
		b.refuse("E_MISSING", c.id, "ContestSelection", "selection %q names no candidate, party or text", s.id)
	}
	def.Name = b.clean(def.Name, feed.MaxName, "ContestSelection")
	return def
}

func (b *builder) partyName(id string, c *contest) string {
	p := b.parties[id]
	if p == nil {
		b.refuse("E_REFERENCE", c.id, "PartyId", "%q names no party", id)
		return ""
	}
	if p.short != "" {
		return b.clean(p.short, feed.MaxName, "Party.Abbreviation")
	}
	return b.clean(p.name, feed.MaxName, "Party.Name")
}

// table collects the counts of one contest by unit.
type table struct {
	b     *builder
	c     *contest
	keys  []string // of the choices
	at    map[string]*cell
	order []string // units in order of first sight, the district first
}

// cell is one unit: the counts of each choice by way of voting.
type cell struct {
	kinds []string // in order of first sight, "total" among them
	votes map[string][]snapshot.Count
	steps // of a ranked count, and seats
	over  snapshot.Count
	under snapshot.Count
	cast  snapshot.Count
}

func (t *table) cell(unit string) *cell {
	if c := t.at[unit]; c != nil {
		return c
	}
	c := &cell{votes: map[string][]snapshot.Count{}}
	t.at[unit], t.order = c, append(t.order, unit)
	return c
}

func (t *table) fill() {
	t.cell(t.c.district)
	skipped := map[string]int{}
	for i := range t.c.selections {
		for _, v := range t.c.selections[i].votes {
			if reason := t.vote(i, v); reason != "" {
				skipped[reason]++
			}
		}
	}
	for _, s := range t.c.counts {
		if t.known(s.unit, t.c.district) && (s.kind == "" || s.kind == "total") {
			unit := s.unit
			if unit == "" {
				unit = t.c.district
			}
			c := t.cell(unit)
			c.over, c.under, c.cast = either(c.over, s.over), either(c.under, s.under), either(c.cast, s.cast)
		}
	}
	for _, reason := range []string{"devices", "rounds", "privacy"} {
		if n := skipped[reason]; n > 0 {
			code := "F_SKIPPED"
			if reason == "privacy" {
				code = "F_WITHHELD"
			}
			t.b.note(code, "contest %q: %d counts of %s are not shown", t.c.id, n, reason)
		}
	}
}

func either(a, b snapshot.Count) snapshot.Count {
	if a.Present() {
		return a
	}
	return b
}

// vote takes one count over, or says why not.
func (t *table) vote(choice int, v counts) (skipped string) {
	unit := v.unit
	if unit == "" {
		unit = t.c.district // version 1 lets it out where there is one unit
	}
	switch {
	case t.device(unit):
		return "devices"
	case !t.known(unit, t.c.district):
		return ""
	case v.suppressed:
		t.cell(unit).suppressed = true
		return "privacy"
	case v.kind == "seats":
		t.give(t.cell(unit), choice, v)
		return ""
	case v.round != "" && v.round != "1":
		return t.step(t.cell(unit), choice, v)
	}
	kind := v.kind
	if kind == "" {
		kind = "total"
	}
	c := t.cell(unit)
	if c.votes[kind] == nil {
		c.kinds, c.votes[kind] = append(c.kinds, kind), make([]snapshot.Count, len(t.keys))
	}
	if c.votes[kind][choice].Present() {
		t.b.refuse("E_DUPID", t.c.id, "VoteCounts", "two %s counts of choice %q in unit %q", kind, t.keys[choice], unit)
	}
	c.votes[kind][choice] = v.votes
	return ""
}

func (t *table) device(unit string) bool {
	i, ok := t.b.unitAt[unit]
	return ok && t.b.doc.units[i].kind == "ReportingDevice"
}

func (t *table) known(unit, district string) bool {
	if unit == "" {
		unit = district
	}
	if _, ok := t.b.unitKey[unit]; !ok {
		t.b.refuse("E_REFERENCE", t.c.id, "GpUnitId", "%q names no unit", unit)
		return false
	}
	return true
}

func (t *table) result(unit, key string, status snapshot.Status) snapshot.RaceResult {
	c := t.at[unit]
	r := snapshot.RaceResult{Contest: key, Unit: t.b.unitKey[unit], Status: status}
	total := t.total(unit, c)
	for i, k := range t.keys {
		v := snapshot.ChoiceVotes{Key: k}
		if total != nil {
			v.Votes = total[i]
		}
		if unit == t.c.district {
			v.Outcome = t.outcome(i)
		}
		r.Votes = append(r.Votes, v)
	}
	t.finish(c, &r)
	for _, kind := range c.kinds {
		if kind == "total" {
			continue
		}
		ch := snapshot.ChannelVotes{Name: strings.ReplaceAll(kind, "-", " ")}
		for i, k := range t.keys {
			ch.Votes = append(ch.Votes, snapshot.ChoiceVotes{Key: k, Votes: c.votes[kind][i]})
		}
		r.Channels = append(r.Channels, ch)
	}
	r.Totals.Null, r.Totals.Blank, r.Totals.Ballots = c.over, c.under, c.cast
	g := &t.b.doc.units[t.b.unitAt[unit]]
	r.Totals.UnitsIn, r.Totals.UnitsTotal = g.in, g.total
	if unit == t.c.district {
		r.Totals.UnitsIn, r.Totals.UnitsTotal = either(t.c.in, g.in), either(t.c.total, g.total)
	}
	if slices.Contains(t.b.above(unit), t.c.district) {
		r.Totals.Electorate = g.registered // the unit lies wholly in the district
	}
	return r
}

// total is the stated one, checked against the ways of voting, or their sum
// where that is configured.
func (t *table) total(unit string, c *cell) []snapshot.Count {
	parts := slices.DeleteFunc(slices.Clone(c.kinds), func(k string) bool { return k == "total" || k == "write-in" })
	stated := c.votes["total"]
	if len(parts) == 0 || slices.Contains(parts, "absentee") && slices.ContainsFunc(parts, func(k string) bool { return strings.HasPrefix(k, "absentee-") }) {
		return stated
	}
	sums, differ := make([]snapshot.Count, len(t.keys)), false
	for i, key := range t.keys {
		list := make([]snapshot.Count, len(parts))
		for j, k := range parts {
			list[j] = c.votes[k][i]
		}
		var err error
		if sums[i], err = snapshot.Sum(list...); err != nil {
			t.b.refuse("E_RANGE", t.c.id, "VoteCounts", "the ways of voting for %q in unit %q: %v", key, unit, err)
		}
		differ = differ || stated != nil && stated[i].Present() && sums[i].Present() && stated[i] != sums[i]
	}
	switch {
	case stated == nil && t.b.sumParts:
		t.b.note("F_DERIVED", "contest %q in unit %q: the total is the sum of the ways of voting", t.c.id, unit)
		return sums
	case stated == nil:
		t.b.note("F_NO_TOTAL", "contest %q in unit %q states ways of voting and no total", t.c.id, unit)
	case differ:
		t.b.note("F_SUM", "contest %q in unit %q: the ways of voting do not add up to the total", t.c.id, unit)
	}
	return stated
}

// outcome is what the report says became of a choice.
func (t *table) outcome(choice int) snapshot.Outcome {
	for _, id := range t.c.selections[choice].candidates {
		cand := t.b.candidates[id]
		if cand == nil {
			continue
		}
		switch cand.post {
		case "winner":
			return snapshot.Elected
		case "advanced-to-runoff":
			return snapshot.Runoff
		case "defeated":
			return snapshot.NotElected
		}
	}
	return snapshot.NoOutcome
}
