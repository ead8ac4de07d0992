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
	for i := len(v.History) - 1; i >= 0; i-- {
		newer := time.Time{}
		if i+1 < len(v.History) {
			newer = v.History[i+1].AsOf
		}
		p.point(v.Race.Contest, &v.History[i], newer)
	}
	p.raw("</tbody>\n</table>\n</details>\n")
}

// point appends one row of the history, with its first two. The day stands
// where it differs from that of the row above.
func (p *page) point(c *snapshot.Contest, pt *Point, newer time.Time) {
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
	for i, l := range pt.Leaders[:min(2, len(pt.Leaders))] {
		if i > 0 {
			p.raw("<br>")
		}
		p.name(choiceName(c, l.Choice))
		p.raw(" <b>")
		p.cell(l.Votes)
		p.raw("</b>")
	}
	p.raw("</td></tr>\n")
}

// choiceName is the name of a choice by its place, "" when there is none:
// history may be older than the definitions.
func choiceName(c *snapshot.Contest, i int) string {
	if i < 0 || i >= len(c.Choices) {
		return ""
	}
	return c.Choices[i].Name
}

// cell appends a count in a table.
func (p *page) cell(c snapshot.Count) {
	if c.Present() {
		p.count(c)
		return
	}
	p.raw(`<span aria-hidden="true">–</span><span class="away">`)
	p.raw(p.w.Absent)
	p.raw("</span>")
}

// chart appends one line for each present leader, with a legend. Lines differ
// by dashes as well as by colour. It needs times and votes to draw.
func (p *page) chart(v RaceView) {
	first, last := v.History[0], v.History[len(v.History)-1]
	span := last.AsOf.Sub(first.AsOf)
	if first.AsOf.IsZero() || span <= 0 || len(last.Leaders) == 0 {
		return
	}
	top := int64(1)
	for _, pt := range v.History {
		for _, l := range pt.Leaders {
			n, _ := l.Votes.Get()
			top = max(top, n)
		}
	}
	p.raw("<svg class=\"chart\" viewBox=\"0 0 640 180\" preserveAspectRatio=\"none\" aria-hidden=\"true\">")
	for k, l := range last.Leaders {
		p.raw(`<polyline class="s`)
		p.b = strconv.AppendInt(p.b, int64(k), 10)
		p.raw(`" points="`)
		for _, pt := range v.History {
			n, ok := leadVotes(pt, l.Choice)
			if !ok {
				continue
			}
			x := int64(float64(pt.AsOf.Sub(first.AsOf)) / float64(span) * chartWidth)
			p.b = strconv.AppendInt(p.b, min(max(x, 0), chartWidth), 10)
			p.raw(",")
			p.b = strconv.AppendInt(p.b, chartHeight-2-n*(chartHeight-8)/top, 10)
			p.raw(" ")
		}
		p.raw(`"/>`)
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

func leadVotes(pt Point, choice int) (int64, bool) {
	for _, l := range pt.Leaders {
		if l.Choice == choice {
			return l.Votes.Get()
		}
	}
	return 0, false
}
