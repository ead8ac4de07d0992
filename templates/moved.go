package templates

import (
	"strconv"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

const chartWidth, chartHeight = 640, 180

// moved appends how the count moved: a drawing of the present leaders' votes
// over time and, for everybody, the same as a table.
func (p *page) moved(v RaceView) {
	if len(v.History) < 2 {
		return
	}
	p.raw("<details id=\"moved\"><summary id=\"moved-open\">")
	p.raw(p.w.Moved)
	p.raw("</summary>\n")
	p.chart(v)
	p.raw("<table class=\"moved\">\n<caption>")
	p.raw(p.w.MovedCaption)
	p.raw("</caption>\n<thead><tr><th scope=\"col\">")
	p.raw(p.w.AsOf)
	p.raw("</th><th scope=\"col\">")
	p.raw(p.w.Counted)
	p.raw("</th><th scope=\"col\">")
	p.raw(p.w.MovedAll)
	p.raw("</th><th scope=\"col\">")
	p.raw(p.w.MovedLeaders)
	p.raw("</th></tr></thead>\n<tbody>\n")
	var newer time.Time
	var known [maxLeads]written
	for i := len(v.History) - 1; i >= 0; i-- {
		p.point(v.Race.Contest, &v.History[i], newer, &known)
		newer = v.History[i].AsOf
	}
	p.raw("</tbody>\n</table>\n</details>\n")
}

// written is where the name of a choice already stands on the page.
type written struct{ choice, from, to int }

// point appends one row of the history, with its first two. The day stands
// where it differs from that of the row above.
func (p *page) point(c *snapshot.Contest, pt *Point, newer time.Time, known *[maxLeads]written) {
	p.raw("<tr><th scope=\"row\">")
	if pt.AsOf.IsZero() {
		p.raw(p.w.AsOfNone)
	} else {
		p.clock(pt.AsOf, newer)
	}
	if pt.Kind == snapshot.IntermediateCount {
		p.label(p.w.IntermediateMark)
	}
	p.raw("</th><td>")
	p.cell(pt.UnitsIn)
	p.raw("</td><td>")
	p.cell(pt.Votes)
	p.raw("</td><td>")
	for i := range pt.Leaders[:min(2, len(pt.Leaders))] {
		l := &pt.Leaders[i]
		if i > 0 {
			p.raw("<br>")
		}
		p.raw("<b>")
		p.cell(l.Votes)
		p.raw("</b> ")
		p.again(c, l.Choice, known)
	}
	p.raw("</td></tr>\n")
}

// again appends the name of a choice, and copies it where it was written
// before: the same few names stand in every row.
func (p *page) again(c *snapshot.Contest, choice int, known *[maxLeads]written) {
	for i := range known {
		k := &known[i]
		if k.to > 0 && k.choice == choice {
			p.b = append(p.b, p.b[k.from:k.to]...)
			return
		}
		if k.to == 0 {
			k.choice, k.from = choice, len(p.b)
			p.name(choiceName(c, choice))
			k.to = len(p.b)
			return
		}
	}
	p.name(choiceName(c, choice))
}

// choiceName is the name of a choice by its place, "" when there is none:
// history may be older than the definitions.
func choiceName(c *snapshot.Contest, i int) string {
	if i < 0 || i >= len(c.Choices) {
		return ""
	}
	return c.Choices[i].Name
}

// chart appends one line for each present leader, with a legend. Lines differ
// by dashes as well as by colour. It needs times and votes to draw.
func (p *page) chart(v RaceView) {
	first, last := &v.History[0], &v.History[len(v.History)-1]
	span := last.AsOf.Sub(first.AsOf)
	if first.AsOf.IsZero() || span <= 0 || len(last.Leaders) == 0 {
		return
	}
	var buf [MaxPoints]int64
	across, top := buf[:0], int64(1)
	for i := range v.History {
		pt := &v.History[i]
		x := int64(float64(pt.AsOf.Sub(first.AsOf)) / float64(span) * chartWidth)
		across = append(across, min(max(x, 0), chartWidth))
		for _, l := range pt.Leaders {
			n, _ := l.Votes.Get()
			top = max(top, n)
		}
	}
	p.raw("<svg class=\"chart\" viewBox=\"0 0 640 180\" preserveAspectRatio=\"none\" aria-hidden=\"true\">")
	for k := range last.Leaders {
		p.line(v.History, across, k, top)
	}
	p.raw("</svg>\n<p class=\"axis\" aria-hidden=\"true\"><span>")
	p.clock(first.AsOf, last.AsOf)
	p.raw("</span><span>")
	p.say(p.w.Axis, top)
	p.raw("</span><span>")
	p.clock(last.AsOf, first.AsOf)
	p.raw("</span></p>\n")
	p.legend(v.Race.Contest, last.Leaders)
}

// line appends the line of the present leader number k.
func (p *page) line(history []Point, across []int64, k int, top int64) {
	choice := history[len(history)-1].Leaders[k].Choice
	scale := (chartHeight - 8) / float64(top)
	p.raw(`<polyline class="s`)
	p.b = strconv.AppendInt(p.b, int64(k), 10)
	p.raw(`" points="`)
	for i := range history {
		if n, ok := leadVotes(&history[i], choice); ok {
			p.b = append(appendSmall(p.b, across[i]), ',')
			p.b = append(appendSmall(p.b, chartHeight-2-int64(float64(n)*scale)), ' ')
		}
	}
	p.raw(`"/>`)
}

func (p *page) legend(c *snapshot.Contest, leads []Lead) {
	p.raw("<ul class=\"legend\" aria-hidden=\"true\">")
	for k, l := range leads {
		p.raw(`<li><svg viewBox="0 0 28 4"><path class="s`)
		p.b = strconv.AppendInt(p.b, int64(k), 10)
		p.raw(`" d="M0 2h28"/></svg> `)
		p.name(choiceName(c, l.Choice))
		p.raw("</li>")
	}
	p.raw("</ul>\n")
}

func leadVotes(pt *Point, choice int) (int64, bool) {
	for i := range pt.Leaders {
		if l := &pt.Leaders[i]; l.Choice == choice {
			return l.Votes.Get()
		}
	}
	return 0, false
}
