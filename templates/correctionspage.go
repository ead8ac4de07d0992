package templates

// AppendCorrectionsPage appends every number that was published and then fell
// or vanished, newest first.
func AppendCorrectionsPage(dst []byte, v CorrectionsView, s *Site) []byte {
	p := newPage(dst, s)
	sh := shell{path: v.Path, heading: p.w.NavCorrections, sums: p.w.CorrectionsSums, changed: v.Changed, slow: true}
	p.open(sh)
	p.top(sh)
	p.raw("<div id=\"corrections\" data-live>\n")
	if len(v.Corrections) == 0 {
		p.raw("<p>")
		p.raw(p.w.CorrectionsNone)
		p.raw("</p>\n")
	}
	for i := range v.Corrections {
		p.raceCorrection(&v.Corrections[i])
	}
	if v.More > 0 {
		p.raw("<p>")
		p.say(p.w.CorrectionsOlder, int64(v.More))
		p.raw("</p>\n")
	}
	p.raw("<p class=\"ways\">")
	p.toFile(CorrectionsFile, p.w.CorrectionsFile)
	p.raw("</p>\n</div>\n</div>\n")
	return p.close(sh)
}

func (p *page) raceCorrection(c *RaceCorrection) {
	p.raw("<section class=\"entry\">\n<h2><a")
	p.path("href", c.Path)
	p.raw(">")
	p.name(c.Race.Contest.Name)
	p.raw(" · ")
	p.name(c.Race.Unit.Name)
	p.raw("</a></h2>\n<p class=\"state\">")
	if !c.AsOf.IsZero() {
		p.raw(p.w.AsOf)
		p.raw(" ")
		p.moment(c.AsOf)
		p.raw(" · ")
	}
	p.say(p.w.ReleaseLine, int64(c.Release))
	p.raw("</p>\n<p>")
	p.reason(c.Reason)
	p.raw("</p>\n")
	p.changes(c.Race, c.Changes, "<ul class=\"steps\">")
	p.raw("</section>\n")
}
