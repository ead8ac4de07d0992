package templates

import (
	"slices"

	"github.com/heraldresults/herald/diff/snapshot"
)

// maxNames is how many names a sentence holds.
const maxNames = 8

// mark stands before what was won.
const mark markup = `<span class="mark" aria-hidden="true">✓</span> `

// sentence appends what is known of the outcome: what the source states, else
// who leads.
func (p *page) sentence(race *snapshot.Race, order []int) {
	r := race.Result
	switch r.Condition {
	case snapshot.Annulled:
		p.raw(p.w.Annulled)
		return
	case snapshot.Postponed:
		p.raw(p.w.Postponed)
		return
	}
	switch {
	case p.statedOutcome(race, order):
	case r.Condition == snapshot.Withheld:
		p.raw(p.w.Withheld)
	case r.Condition == snapshot.Uncontested:
		p.raw(p.w.Uncontested)
		p.names(race.Contest, order)
	case outcomes(r, snapshot.Failed):
		p.raw(p.w.Failed)
	case p.seatsWon(race, order):
	default:
		p.lead(race, order)
	}
}

// statedOutcome appends who is elected and the like, and reports whether the
// source says so of anybody.
func (p *page) statedOutcome(race *snapshot.Race, order []int) (said bool) {
	if race.Result.Outcomes == nil {
		return false
	}
	for _, o := range [...]struct {
		outcome snapshot.Outcome
		phrase  markup
	}{
		{snapshot.Elected, p.w.Elected}, {snapshot.Lot, p.w.Lot}, {snapshot.Passed, p.w.Passed},
		{snapshot.Runoff, p.w.Runoff}, {snapshot.Tie, p.w.Tie},
	} {
		n := 0
		for _, i := range order {
			if outcome(race.Result, i) != o.outcome {
				continue
			}
			if n == 0 {
				if said {
					p.raw(p.w.Stop)
				}
				if won(o.outcome) {
					p.raw(mark)
				}
				p.raw(o.phrase)
			}
			p.listed(&race.Contest.Choices[i], n)
			n++
		}
		p.unlisted(n)
		said = said || n > 0
	}
	return said
}

// seatsWon appends how many seats each choice has, most first, and reports
// whether the source states any.
func (p *page) seatsWon(race *snapshot.Race, order []int) bool {
	r := race.Result
	if !slices.ContainsFunc(r.Seats, func(c snapshot.Count) bool { n, _ := c.Get(); return n > 0 }) {
		return false
	}
	by := slices.Clone(order)
	slices.SortStableFunc(by, func(a, b int) int { return int(seats(r, b) - seats(r, a)) })
	p.raw(p.w.MostSeats)
	n := 0
	for _, i := range by {
		if seats(r, i) <= 0 {
			break
		}
		if p.listed(&race.Contest.Choices[i], n); n < maxNames {
			p.raw(" ")
			p.number(seats(r, i))
		}
		n++
	}
	p.unlisted(n)
	if !r.Complete() {
		p.raw(p.w.NotDecided)
	}
	return true
}

// lead appends who leads, and that this decides nothing.
func (p *page) lead(race *snapshot.Race, order []int) {
	if lacksVotes(race) {
		p.raw(p.w.SomeMissing)
		return
	}
	r := race.Result
	if n := len(r.Rounds); n > 0 && p.leadOfRound(race, n) {
		return
	}
	n := leaders(race, order)
	if n == 0 {
		p.raw(p.w.NoResult)
		return
	}
	switch {
	case n > 1 && votes(r, order[0]) == votes(r, order[n-1]):
		p.raw(p.w.Level)
	case r.Complete():
		p.raw(p.w.Most)
	default:
		p.raw(p.w.Leading)
	}
	p.names(race.Contest, order[:n])
	p.undecided(r)
}

// leadOfRound appends who has most votes in the last of n rounds, and reports
// whether anybody has any.
func (p *page) leadOfRound(race *snapshot.Race, n int) bool {
	last := *race
	last.Result.Votes = race.Result.Rounds[n-1].Votes
	order := ranked(nil, &last)
	k := leaders(&last, order)
	if k == 0 {
		return false
	}
	p.say(p.w.MostRound, int64(n))
	p.names(race.Contest, order[:k])
	p.undecided(race.Result)
	return true
}

// undecided appends why what a sentence says is no outcome.
func (p *page) undecided(r snapshot.Result) {
	if r.Complete() {
		p.raw(p.w.NotStated)
	} else {
		p.raw(p.w.NotDecided)
	}
}

// names appends a list of names.
func (p *page) names(c *snapshot.Contest, places []int) {
	for n, i := range places {
		p.listed(&c.Choices[i], n)
	}
	p.unlisted(len(places))
}

// listed appends the name at place n of a list, as long as there is room.
func (p *page) listed(c *snapshot.Choice, n int) {
	if n >= maxNames {
		return
	}
	if n > 0 {
		p.raw(p.w.Comma)
	}
	p.name(c.Name)
}

// unlisted appends how many of n names had no room.
func (p *page) unlisted(n int) {
	if n > maxNames {
		p.say(p.w.More, int64(n-maxNames))
	}
}

// tag appends what the source says became of a choice.
func (p *page) tag(o snapshot.Outcome) {
	m := p.w.tag(o)
	if m == "" {
		return
	}
	p.raw(` <b class="tag">`)
	if won(o) {
		p.raw(mark)
	}
	p.raw(m)
	p.raw("</b>")
}

// won reports whether an outcome is a win that needs nothing more.
func won(o snapshot.Outcome) bool {
	return o == snapshot.Elected || o == snapshot.Passed || o == snapshot.Lot
}

// stated reports whether the source says what became of any choice.
func stated(r snapshot.Result) bool {
	return slices.ContainsFunc(r.Outcomes, func(o snapshot.Outcome) bool { return o != snapshot.NoOutcome })
}

// outcomes reports whether the source says o of any choice.
func outcomes(r snapshot.Result, o snapshot.Outcome) bool { return slices.Contains(r.Outcomes, o) }

// seats are those of a choice, -1 when they are not stated.
func seats(r snapshot.Result, choice int) int64 {
	if choice < len(r.Seats) {
		if n, ok := r.Seats[choice].Get(); ok {
			return n
		}
	}
	return -1
}
