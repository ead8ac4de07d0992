package lacounty

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// fromCounters states the counters by the definitions known, and compares them
// with r when it is of the same release. In a file in which no candidate has a
// vote, zeros are placeholders.
func (d *decoder) fromCounters(p feed.Payload, c *counters, r *results) (snapshot.Update, error) {
	marks := map[string][]snapshot.Count{} // write-ins by contest
	foreign, known, begun := 0, 0, false
	for key, n := range c.value {
		if strings.HasPrefix(key.kind, "WRTN-") {
			marks[key.id] = append(marks[key.id], n)
		}
		if key.kind != "CAND" {
			continue
		}
		if known++; !d.defs.ids[key.id] {
			foreign++
		}
		votes, _ := n.Get()
		begun = begun || votes > 0
	}
	if foreign == known {
		return snapshot.Update{}, p.Refuse("E_IDENTITY", "none of %d candidates is in the definitions of election %s", known, d.defs.election)
	}
	u := d.defs.update()
	u.Stamp.Time = c.at
	u.Findings = strangers(foreign)
	if !begun {
		return u, nil
	}
	for i := range u.Results {
		race, def := &u.Results[i], &d.defs.contests[i]
		if err := c.fill(race, marks[def.Key]); err != nil {
			return snapshot.Update{}, p.Refuse("E_RANGE", "the votes of contest %s exceed every count", def.Key)
		}
		u.Findings = append(u.Findings, unbalanced(def, race.Totals)...)
	}
	u.Findings = append(u.Findings, d.disagreements(c, r)...)
	return u, nil
}

// fill states a race by its counters. Over- and under-votes are ballots without
// a valid vote, so those left blank are the wholly under-voted.
func (c *counters) fill(race *snapshot.RaceResult, writeIns []snapshot.Count) error {
	race.Status, race.AsOf = snapshot.UnofficialPartial, c.at
	parts := writeIns
	for j := range race.Votes {
		v := &race.Votes[j]
		v.Votes = c.value[counter{"CAND", v.Key}]
		parts = append(parts, v.Votes)
	}
	race.Totals = snapshot.Totals{
		Blank:   c.value[counter{"CUV", race.Contest}],
		Null:    c.value[counter{"COV", race.Contest}],
		Ballots: c.value[counter{"CBLT", race.Contest}],
	}
	var err error
	race.Totals.Valid, err = snapshot.Sum(parts...)
	return err
}

// strangers notes numbers that belong to nothing defined.
func strangers(n int) []snapshot.Finding {
	if n == 0 {
		return nil
	}
	return []snapshot.Finding{{Code: "F_UNDEFINED", Text: fmt.Sprintf("numbers of %d that the definitions do not have were left out", n)}}
}

// unbalanced checks that every ballot of a contest with one seat is a vote, an
// over-vote or an under-vote.
func unbalanced(c *contest, t snapshot.Totals) []snapshot.Finding {
	sum, err := snapshot.Sum(t.Valid, t.Blank, t.Null)
	if c.multi || !sum.Present() || !t.Ballots.Present() || err == nil && sum == t.Ballots {
		return nil
	}
	return []snapshot.Finding{{Code: "F_SUM", Text: fmt.Sprintf("contest %s: votes, over- and under-votes make %s, ballots are %s", c.Key, sum, t.Ballots)}}
}

// disagreements compares counters with the results of the same release.
func (d *decoder) disagreements(c *counters, r *results) []snapshot.Finding {
	if r == nil || !r.at.Equal(c.at) {
		return nil
	}
	var out []snapshot.Finding
	for i := range d.defs.contests {
		def := &d.defs.contests[i]
		for _, x := range def.Choices {
			a, b := c.value[counter{"CAND", x.Key}], r.votes[def.title][x.Name]
			if a != b && len(out) < 16 {
				out = append(out, snapshot.Finding{Code: "F_DIFFER", Text: fmt.Sprintf("contest %s, candidate %s: %s in the counters, %s in the results", def.Key, x.Key, a, b)})
			}
		}
	}
	return out
}

// fromResults states a results file: the counters of the same second where they
// are known, else its votes alone.
func (d *decoder) fromResults(p feed.Payload, r *results) (snapshot.Update, error) {
	if r.election != d.defs.election {
		return snapshot.Update{}, p.Refuse("E_IDENTITY", "results of election %s, definitions of %s", r.election, d.defs.election)
	}
	if d.counters != nil && d.counters.at.Equal(r.at) {
		return d.fromCounters(p, d.counters, r)
	}
	u := d.defs.update()
	u.Stamp.Time = r.at
	u.Findings = strangers(d.undefined(r))
	begun := slices.ContainsFunc(d.defs.contests, func(c contest) bool {
		return slices.ContainsFunc(c.Choices, func(x snapshot.ChoiceDef) bool { n, _ := r.votes[c.title][x.Name].Get(); return n > 0 })
	})
	if !begun {
		return u, nil
	}
	for i := range u.Results {
		race, def := &u.Results[i], &d.defs.contests[i]
		race.Status, race.AsOf = snapshot.UnofficialPartial, r.at
		for j := range race.Votes {
			race.Votes[j].Votes = r.votes[def.title][def.Choices[j].Name]
		}
	}
	return u, nil
}

// undefined counts contests and candidates of a results file that have no
// definition.
func (d *decoder) undefined(r *results) int {
	n := 0
	for key := range r.votes {
		if !d.defs.titles[key] {
			n++
		}
	}
	for i := range d.defs.contests {
		c := &d.defs.contests[i]
		have := 0
		for _, x := range c.Choices {
			if _, ok := r.votes[c.title][x.Name]; ok {
				have++
			}
		}
		n += len(r.votes[c.title]) - have
	}
	return n
}
