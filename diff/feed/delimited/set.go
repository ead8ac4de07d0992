package delimited

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// set is the files that agree in their stamp, as they came last.
type set struct {
	parts    map[int]*piece // by index of the file
	payloads int            // since they agreed last
}

// define takes definitions over and states what waited for them.
func (d *decoder) define(part *piece) []snapshot.Update {
	if d.known[part.name] == nil {
		d.order = append(d.order, part.name)
	}
	d.known[part.name] = part
	if name := d.missing(); name != "" {
		return wait(part, "F_WAITING", fmt.Sprintf("%s waits for the definitions in %s", part.name, name))
	}
	out := []snapshot.Update{d.update(part.scope, part.stamp, part)}
	for _, scope := range d.queue {
		out = append(out, d.results(d.waiting[scope])...)
	}
	clear(d.waiting)
	d.queue = nil
	return out
}

// missing names a file of definitions that has not come; "" when all have.
func (d *decoder) missing() string {
	for _, f := range d.plan.files {
		if f.role != definitions {
			continue
		}
		come := slices.ContainsFunc(d.order, func(name string) bool { return d.known[name].file == f })
		if !come {
			return f.names[0].text
		}
	}
	return ""
}

// results states results, or has them wait.
func (d *decoder) results(part *piece) []snapshot.Update {
	if name := d.missing(); name != "" {
		if d.waiting[part.scope] == nil {
			d.queue = append(d.queue, part.scope)
		}
		d.waiting[part.scope] = part
		return wait(part, "F_WAITING", fmt.Sprintf("%s waits for the definitions in %s", part.name, name))
	}
	if part.file.agree == "" {
		return []snapshot.Update{d.update(part.scope, part.stamp, part)}
	}
	return d.agree(part)
}

// wait says why a payload states nothing yet.
func wait(part *piece, code, text string) []snapshot.Update {
	findings := append(part.notes.List(), snapshot.Finding{Code: code, Text: text})
	return []snapshot.Update{{Scope: part.name, Stamp: part.stamp, Findings: findings}}
}

// agree states a set of files once all have come with one stamp. A file without
// rows has no stamp and agrees with files that hold no votes.
func (d *decoder) agree(part *piece) []snapshot.Update {
	name := part.file.agree
	s := d.sets[name]
	if s == nil {
		s = &set{parts: map[int]*piece{}}
		d.sets[name] = s
	}
	before := s.parts[part.file.index]
	if before != nil && part.rows > 0 && part.stamp.Compare(before.stamp) < 0 {
		return wait(part, "I_OLD", fmt.Sprintf("%s of %s is older than the one known, of %s", part.name, part.clock(), before.clock()))
	}
	s.parts[part.file.index] = part
	s.payloads++
	var parts []*piece
	var stamp snapshot.Stamp
	empty, voted := false, false
	for _, f := range d.plan.files {
		if f.agree != name {
			continue
		}
		x := s.parts[f.index]
		switch {
		case x == nil:
			return wait(part, "F_WAITING", fmt.Sprintf("%s waits for %s", part.name, f.names[0].text))
		case x.rows > 0 && stamp.Time.IsZero():
			stamp = x.stamp
		case x.rows > 0 && stamp.Compare(x.stamp) != 0:
			return d.torn(s, part)
		}
		parts = append(parts, x)
		empty, voted = empty || x.rows == 0, voted || x.voted()
	}
	if empty && voted {
		return d.torn(s, part)
	}
	if stamp.Time.IsZero() {
		return wait(part, "F_WAITING", "no file of "+name+" has rows")
	}
	s.payloads = 0
	return []snapshot.Update{d.update(name, stamp, parts...)}
}

// torn says that the files of a set are of different moments.
func (d *decoder) torn(s *set, part *piece) []snapshot.Update {
	var have []string
	for _, i := range slices.Sorted(maps.Keys(s.parts)) {
		have = append(have, s.parts[i].name+" of "+s.parts[i].clock())
	}
	text := "the files do not agree: " + strings.Join(have, ", ")
	if s.payloads > d.plan.patience {
		return wait(part, "F_DIFFER", fmt.Sprintf("%s; none was taken in the last %d payloads", text, s.payloads))
	}
	return wait(part, "F_WAITING", text)
}

// voted reports whether any choice has a vote.
func (p *piece) voted() bool {
	return slices.ContainsFunc(p.races, func(x *race) bool {
		return slices.ContainsFunc(x.votes, func(v vote) bool { n, _ := v.count.Get(); return n > 0 })
	})
}

func (p *piece) clock() string {
	if p.rows == 0 {
		return "no time"
	}
	return p.stamp.Time.Format("2006-01-02 15:04:05")
}

// update is what pieces of one moment say, with all definitions known.
func (d *decoder) update(scope string, stamp snapshot.Stamp, parts ...*piece) snapshot.Update {
	u := snapshot.Update{Scope: scope, Stamp: stamp, Name: d.plan.title, Election: d.plan.election, Phase: d.plan.phase}
	all := d.plan.book()
	for _, name := range d.order {
		all.add(d.known[name].book)
	}
	var notes feed.Findings
	var files []*file
	for _, p := range parts {
		if p.file.role == results {
			all.add(p.book)
		}
		files = append(files, p.file)
		u.Rank = max(u.Rank, p.file.rank)
		u.Name, u.Election, u.Phase = cmp.Or(p.title, u.Name), cmp.Or(p.election, u.Election), cmp.Or(p.phase, u.Phase)
		u.Findings = append(u.Findings, p.notes.List()...)
	}
	u.Units, u.Contests = all.definitions()
	for i := range u.Contests {
		u.Contests[i].CountUnit = d.plan.count
	}
	races := merge(&notes, parts)
	parent := map[string]string{}
	for _, def := range u.Units {
		parent[def.Key] = def.Parent
	}
	for _, x := range races {
		fill(&x.totals, all.unitAt[x.unit.Key].totals)
	}
	checkSums(&notes, files, races, parent)
	u.Results = slices.Grow(u.Results, len(races))
	for _, x := range races {
		u.Results = append(u.Results, x.result())
	}
	u.Findings = append(u.Findings, notes.List()...)
	return u
}

// merge joins the races of the files of one moment. What two of them state
// differently is noted; the first one stays.
func merge(notes *feed.Findings, parts []*piece) []*race {
	if len(parts) == 1 {
		return parts[0].copies()
	}
	type place struct{ contest, unit string }
	at := map[place]*race{}
	var out []*race
	for _, p := range parts {
		for _, x := range p.copies() {
			key := place{x.contest.Key, x.unit.Key}
			if at[key] == nil {
				at[key] = x
				out = append(out, x)
				continue
			}
			at[key].join(notes, x)
		}
	}
	return out
}

// copies are the races of a piece, which later updates may state again.
func (p *piece) copies() []*race {
	out := make([]*race, len(p.races))
	for i, x := range p.races {
		c := *x
		out[i] = &c
	}
	return out
}

// join adds what o says of the same race.
func (x *race) join(notes *feed.Findings, o *race) {
	mine, other := places(&x.totals), places(&o.totals)
	for i, name := range totalNames() {
		if mine[i].Present() && other[i].Present() && *mine[i] != *other[i] {
			notes.Note("F_DIFFER", "contest %s in %s: %s is %s in one file and %s in another", x.contest.Key, x.unit.Key, name, *mine[i], *other[i])
		}
	}
	fill(&x.totals, o.totals)
	have := map[string]int{}
	for i, v := range x.votes {
		have[v.choice.Key] = i
	}
	votes := slices.Clone(x.votes)
	for _, v := range o.votes {
		i, known := have[v.choice.Key]
		if !known {
			votes = append(votes, v)
			continue
		}
		w := &votes[i]
		if w.counted && v.counted && w.count != v.count {
			notes.Note("F_DIFFER", "contest %s in %s, choice %s: %s in one file and %s in another", x.contest.Key, x.unit.Key, v.choice.Key, w.count, v.count)
		}
		if !w.counted {
			w.count, w.counted = v.count, v.counted
		}
		w.seats, w.outcome = cmp.Or(w.seats, v.seats), cmp.Or(w.outcome, v.outcome)
	}
	x.votes = votes
	x.status, x.kind, x.state = cmp.Or(x.status, o.status), cmp.Or(x.kind, o.kind), cmp.Or(x.state, o.state)
	x.byUnits = x.byUnits || o.byUnits
	x.channels = append(slices.Clone(x.channels), o.channels...)
}

// result is a race as an update states it.
func (x *race) result() snapshot.RaceResult {
	r := snapshot.RaceResult{Contest: x.contest.Key, Unit: x.unit.Key, Totals: x.totals, Status: x.status, Kind: x.kind, Condition: x.state}
	if len(x.votes) > 0 {
		r.Votes = make([]snapshot.ChoiceVotes, len(x.votes))
	}
	for i, v := range x.votes {
		r.Votes[i] = snapshot.ChoiceVotes{Key: v.choice.Key, Votes: v.count, Seats: v.seats, Outcome: v.outcome}
	}
	for _, ch := range x.channels {
		if slices.ContainsFunc(ch.votes, func(v snapshot.ChoiceVotes) bool { return v.Votes.Present() }) {
			r.Channels = append(r.Channels, snapshot.ChannelVotes{Name: ch.name, Votes: ch.votes})
		}
	}
	if x.byUnits {
		r.Status = x.progress()
	}
	return r
}

// progress is the status that follows from the units counted. It is never more
// than complete and unofficial.
func (x *race) progress() snapshot.Status {
	in, counted := x.totals.UnitsIn.Get()
	total, known := x.totals.UnitsTotal.Get()
	votes, _ := x.sumOf("votes").Get()
	switch {
	case !counted:
		return x.status
	case in == 0 && votes == 0:
		return snapshot.PreElection
	case known && total > 0 && in == total:
		return snapshot.UnofficialFull
	}
	return snapshot.UnofficialPartial
}

// book is the definitions that stand in the mapping.
func (p *plan) book() *book {
	b := newBook()
	for i := range p.fixed {
		b.constant(&p.fixed[i])
	}
	for _, t := range p.contests {
		c := b.contest(snapshot.ContestDef{Key: t.Key, Name: t.Name, Type: snapshot.ContestType(t.Type), Seats: number(t.Seats), Order: number(t.Order), Heading: t.Heading})
		for _, x := range t.Choices {
			c.choice(snapshot.ChoiceDef{Key: x.Key, Name: x.Name, Party: x.Party, Number: x.Number, Detail: x.Detail, Type: snapshot.ChoiceType(x.Type)}, x.Order)
		}
	}
	return b
}
