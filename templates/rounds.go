package templates

import (
	"cmp"
	"slices"

	"github.com/heraldresults/herald/diff/snapshot"
)

// rounds appends the steps of a ranked count: a row a choice, those that
// stayed longest first, and a column a round.
func (p *page) rounds(race *snapshot.Race) {
	list := race.Result.Rounds
	if len(list) == 0 {
		return
	}
	p.raw("<details id=\"rounds\" open><summary id=\"rounds-open\">")
	p.raw(p.w.Rounds)
	p.raw("</summary>\n<table class=\"channels")
	if len(list) > besideChannels {
		p.raw(" many")
	}
	p.raw("\">\n<caption><span>")
	p.raw(p.w.RoundsMore)
	p.raw("</span></caption>\n<thead><tr><th scope=\"col\">")
	p.raw(p.w.Choice)
	for k := range list {
		p.raw("</th><th scope=\"col\">")
		p.say(p.w.Round, int64(k+1))
	}
	p.raw("</th></tr></thead>\n<tbody>\n")
	exhausted := false
	for k := range list {
		exhausted = exhausted || list[k].Exhausted.Present()
	}
	for _, i := range lasting(race) {
		p.raw("<tr><th scope=\"row\">")
		p.name(race.Contest.Choices[i].Name)
		p.raw("</th>")
		for k := range list {
			p.openRound(k, len(list))
			p.inRound(&list[k], i)
		}
		p.raw("</tr>\n")
	}
	if exhausted {
		p.raw("<tr><th scope=\"row\">")
		p.raw(p.w.Exhausted)
		p.raw("</th>")
		for k := range list {
			p.openRound(k, len(list))
			p.cell(list[k].Exhausted)
			p.raw("</td>")
		}
		p.raw("</tr>\n")
	}
	p.raw("</tbody>\n</table>\n</details>\n")
}

// openRound opens the cell of round k of n, with its name where cells stand
// below one another on a narrow screen.
func (p *page) openRound(k, n int) {
	p.raw("<td")
	if n > besideChannels {
		p.raw(` data-channel="`)
		p.say(p.w.Round, int64(k+1))
		p.raw(`"`)
	}
	p.raw(">")
}

// inRound appends what a choice has in a round and closes the cell.
func (p *page) inRound(d *snapshot.Round, choice int) {
	if c := d.Votes[choice]; c.Present() {
		p.count(c)
	} else {
		p.raw("<span class=\"out\">")
		p.raw(p.w.Out)
		p.raw("</span>")
	}
	if choice < len(d.Outcomes) {
		p.tag(d.Outcomes[choice])
	}
	p.raw("</td>")
}

// lasting are the places of the choices, those that stayed longest in a ranked
// count first, of these who had most votes in their last rounds.
func lasting(race *snapshot.Race) []int {
	list := race.Result.Rounds
	order := ranked(nil, race)
	slices.SortStableFunc(order, func(a, b int) int {
		for k := len(list) - 1; k >= 0; k-- {
			if c := cmp.Compare(roundVotes(&list[k], b), roundVotes(&list[k], a)); c != 0 {
				return c
			}
		}
		return 0
	})
	return order
}

// roundVotes are the votes of a choice in a round, -1 when it is out.
func roundVotes(d *snapshot.Round, choice int) int64 {
	if n, ok := d.Votes[choice].Get(); ok {
		return n
	}
	return -1
}
