package publish

import (
	"fmt"
	"slices"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
)

// MaxGroup is how many races a group holds at most.
const MaxGroup = 500

// assign gives every race that has none a group: the last chunk of its region
// that has room, else a new one. Races stay where they are for good. The races
// of one unit begin a new chunk rather than straddle two.
func (p *planner) assign() {
	p.next.groups = slices.Clone(p.old.groups)
	p.redefined = map[int]bool{}
	last := map[string]int{} // region → its last group
	for g, gr := range p.next.groups {
		last[gr.ref.Region] = g
	}
	races := p.next.snap.Races
	for i := range races {
		if p.restated[i] {
			p.redefined[p.next.races[i].group] = true
		}
		if p.next.races[i].rev > 0 {
			continue
		}
		region := p.region(races[i].Unit)
		g, ok := last[region]
		if ok && len(p.next.groups[g].races) > 0 && !p.sameUnitAsLast(g, i) {
			ok = len(p.next.groups[g].races)+p.together(i) <= MaxGroup
		}
		if !ok || len(p.next.groups[g].races) >= MaxGroup {
			g = p.open(region)
			last[region] = g
		}
		gr := &p.next.groups[g]
		gr.races = append(gr.races[:len(gr.races):len(gr.races)], i)
		p.next.races[i].group = g
		p.redefined[g] = true
	}
}

// region is the id of the nearest unit of the configured type above a race,
// "top" for races above all of these, "all" when no type is configured.
func (p *planner) region(u *snapshot.Unit) string {
	if p.groupBy == "" {
		return "all"
	}
	for ; u != nil; u = u.Parent {
		if u.Type == p.groupBy {
			return u.ID
		}
	}
	return "top"
}

func (p *planner) sameUnitAsLast(g, i int) bool {
	in := p.next.groups[g].races
	return p.next.snap.Races[in[len(in)-1]].Unit == p.next.snap.Races[i].Unit
}

// together is how many new races of the same unit follow from i on, itself
// included, at most a whole group.
func (p *planner) together(i int) int {
	races := p.next.snap.Races
	n := 0
	for i+n < len(races) && races[i+n].Unit == races[i].Unit && n < MaxGroup {
		n++
	}
	return n
}

func (p *planner) open(region string) int {
	n := 1
	for _, g := range p.next.groups {
		if g.ref.Region == region {
			n++
		}
	}
	p.next.groups = append(p.next.groups, groupState{ref: manifest.Group{ID: fmt.Sprintf("%s-%d", region, n), Region: region}})
	return len(p.next.groups) - 1
}

// renderGroups makes definitions, counts and index of every group that holds
// a race or a page that moved.
func (p *planner) renderGroups() error {
	touched := make([]bool, len(p.next.groups))
	for _, i := range p.moved {
		touched[p.next.races[i].group] = true
	}
	for _, i := range p.reset {
		touched[p.next.races[i].group] = true
	}
	for _, g := range p.rehoused() {
		touched[g] = true
	}
	sheets := make([][]int, len(p.next.groups))
	for i, sh := range p.next.book.sheets {
		if sh.group >= 0 {
			sheets[sh.group] = append(sheets[sh.group], i)
			touched[sh.group] = touched[sh.group] || p.next.pages[i].changed == p.number
		}
	}
	var list []int
	for g := range touched {
		if touched[g] || p.full {
			list = append(list, g)
		}
	}
	return each(len(list), func(n int, buf []byte) ([]byte, error) {
		return p.renderGroup(list[n], p.pages(sheets[list[n]]), buf)
	})
}

// rehoused lists the groups whose index names other pages than before.
func (p *planner) rehoused() (groups []int) {
	if p.next.book == p.old.book || p.old.book == nil {
		return nil
	}
	before, now := p.old.book, p.next.book
	for _, side := range [...][2]*book{{before, now}, {now, before}} {
		for _, sh := range side[0].sheets {
			if i, there := side[1].at[sh.path]; sh.group >= 0 && (!there || side[1].sheets[i].group != sh.group) {
				groups = append(groups, sh.group)
			}
		}
	}
	return groups
}

// pages are entries for these sheets.
func (p *planner) pages(sheets []int) []manifest.Page {
	out := make([]manifest.Page, len(sheets))
	for n, i := range sheets {
		pg := &p.next.pages[i]
		out[n] = manifest.Page{Path: p.next.book.sheets[i].path, HTML: byLanguage(p.sites, pg.html), ChangedRelease: pg.changed}
	}
	return out
}

func (p *planner) renderGroup(g int, pages []manifest.Page, buf []byte) ([]byte, error) {
	gr := &p.next.groups[g]
	races := make([]*snapshot.Race, len(gr.races))
	for n, i := range gr.races {
		races[n] = p.next.snap.Races[i]
	}
	var old manifest.Group
	if g < len(p.old.groups) {
		old = p.old.groups[g].ref
	}
	id, election := gr.ref.ID, p.layout.Election()
	put := func(prev shard.Hash, key func(string, shard.Hash) string) (shard.Hash, error) {
		ref, err := p.store(buf, prev, typeJSON, func(h shard.Hash) string { return key(id, h) })
		return ref.Hash, err
	}
	var err error
	if p.redefined[g] || p.full {
		buf = manifest.Append(buf[:0], definitions(election, id, races))
		if gr.ref.Definitions, err = put(old.Definitions, p.layout.Definitions); err != nil {
			return buf, err
		}
	}
	buf = manifest.AppendCounts(buf[:0], election, id, gr.ref.Definitions, races)
	if gr.ref.Counts, err = put(old.Counts, p.layout.Counts); err != nil {
		return buf, err
	}
	index := manifest.Index{V: manifest.Version, Election: election, Group: id, Pages: pages, Races: p.entries(gr.races)}
	buf = manifest.Append(buf[:0], index)
	if gr.ref.Index, err = put(old.Index, p.layout.Index); err != nil {
		return buf, err
	}
	if gr.ref != old {
		p.summarise(gr, races)
	}
	return buf, nil
}

func (p *planner) summarise(gr *groupState, races []*snapshot.Race) {
	gr.ref.Rev++
	gr.ref.ChangedRelease = p.number
	gr.ref.Races, gr.ref.Reporting, gr.ref.Complete, gr.ref.Intermediate = len(races), 0, 0, 0
	for _, r := range races {
		if r.Result.HasVotes() {
			gr.ref.Reporting++
		}
		if r.Result.Complete() {
			gr.ref.Complete++
		}
		if r.Result.Kind == snapshot.IntermediateCount {
			gr.ref.Intermediate++
		}
	}
}

func (p *planner) entries(list []int) []manifest.RaceEntry {
	out := make([]manifest.RaceEntry, len(list))
	for n, i := range list {
		r, s := p.next.snap.Races[i], &p.next.races[i]
		out[n] = manifest.RaceEntry{ID: r.ID, Rev: s.rev, ChangedRelease: s.changed, AsOf: rfc3339(r.AsOf),
			Status: r.Result.Status, Kind: r.Result.Kind, Condition: r.Result.Condition, Corrected: s.corrected, JSON: s.json, HTML: byLanguage(p.sites, s.html)}
		for c, o := range r.Result.Outcomes {
			if o != snapshot.NoOutcome {
				if out[n].Outcomes == nil {
					out[n].Outcomes = map[string]snapshot.Outcome{}
				}
				out[n].Outcomes[r.Contest.Choices[c].ID] = o
			}
		}
	}
	return out
}

// rfc3339 writes a time in UTC, or "" for the zero time.
func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// definitions collects what the races of one group need to be understood.
func definitions(election, group string, races []*snapshot.Race) manifest.Definitions {
	d := manifest.Definitions{V: manifest.Version, Election: election, Group: group}
	units, contests := map[*snapshot.Unit]bool{}, map[*snapshot.Contest]bool{}
	var unit func(u *snapshot.Unit)
	unit = func(u *snapshot.Unit) {
		if units[u] {
			return
		}
		units[u] = true
		m := manifest.Unit{ID: u.ID, Key: differing(u.Key, u.ID), Name: u.Name, Type: u.Type}
		if u.Parent != nil {
			unit(u.Parent)
			m.Parent = u.Parent.ID
		}
		d.Units = append(d.Units, m)
	}
	for _, r := range races {
		unit(r.Unit)
		if !contests[r.Contest] {
			contests[r.Contest] = true
			d.Contests = append(d.Contests, contest(r.Contest))
		}
		d.Races = append(d.Races, manifest.RaceDef{ID: r.ID, Contest: r.Contest.ID, Unit: r.Unit.ID})
	}
	return d
}

func contest(c *snapshot.Contest) manifest.Contest {
	m := manifest.Contest{ID: c.ID, Key: differing(c.Key, c.ID), Name: c.Name, Type: c.Type,
		Seats: c.Seats, Order: c.Order, Heading: c.Heading, CountUnit: c.CountUnit, Choices: make([]manifest.Choice, len(c.Choices))}
	for i, ch := range c.Choices {
		m.Choices[i] = manifest.Choice{ID: ch.ID, Key: differing(ch.Key, ch.ID), Name: ch.Name,
			Party: ch.Party, Number: ch.Number, Detail: ch.Detail, Type: ch.Type}
	}
	return m
}

// differing is key, or "" when it says no more than the id.
func differing(key, id string) string {
	if key == id {
		return ""
	}
	return key
}
