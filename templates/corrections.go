package templates

import "github.com/heraldresults/herald/diff/snapshot"

// correctionNotice appends the latest correction before the numbers. All of
// them stand on the page at path, "" for this one.
func (p *page) correctionNotice(v RaceView, path string) {
	if len(v.Corrections) == 0 {
		return
	}
	last := &v.Corrections[len(v.Corrections)-1]
	if last.Reason == "withheld" {
		return // the sentence at the head says so as long as it is
	}
	p.raw("<p class=\"notice\">")
	p.raw(p.w.Corrected)
	if !last.AsOf.IsZero() {
		p.moment(last.AsOf)
		p.raw(p.w.Stop)
	}
	p.reason(last.Reason)
	p.raw(" <a href=\"")
	if path != "" {
		p.text(p.s.Base)
		p.text(path)
	}
	p.raw("#corrections\">")
	p.raw(p.w.Correction)
	p.raw("</a></p>\n")
}

func (p *page) reason(r string) {
	switch r {
	case "source":
		p.raw(p.w.ReasonSource)
	case "final":
		p.raw(p.w.ReasonFinal)
	case "withheld":
		p.raw(p.w.ReasonWithheld)
	default:
		p.raw(p.w.ReasonOther)
		p.name(r)
	}
}

// corrections appends all corrections, newest first.
func (p *page) corrections(v RaceView) {
	if len(v.Corrections) == 0 {
		return
	}
	p.raw("<section id=\"corrections\">\n<h2>")
	p.raw(p.w.Corrections)
	p.raw("</h2>\n")
	for i := len(v.Corrections) - 1; i >= 0; i-- {
		c := &v.Corrections[i]
		p.raw("<div class=\"correction\"><p>")
		if !c.AsOf.IsZero() {
			p.moment(c.AsOf)
			p.raw(p.w.Stop)
		}
		p.reason(c.Reason)
		p.raw("</p>")
		p.changes(v.Race, c.Changes, "<ul>")
		p.raw("</div>\n")
	}
	p.raw("</section>\n")
}

// changes appends the numbers that fell, one a line of the list. Of a race that
// is withheld none are told.
func (p *page) changes(race *snapshot.Race, changes []Change, list markup) {
	if len(changes) == 0 {
		return
	}
	p.raw(list)
	for _, ch := range changes {
		p.raw("<li>")
		if name := choiceName(race.Contest, ch.Choice); name != "" {
			p.name(name)
			p.raw(p.w.Comma)
		}
		p.raw(p.w.what(ch.What))
		p.raw(p.w.Colon)
		p.count(ch.From)
		p.raw(p.w.To)
		p.count(ch.To)
		p.raw("</li>")
	}
	p.raw("</ul>")
}
