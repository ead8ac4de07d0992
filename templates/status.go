package templates

// AppendStatusPage appends the page at StatusPath. What changes by the minute
// is filled in by a script from StatusFile; without it the page says what it
// would show, and where the same can be read.
func AppendStatusPage(dst []byte, s *Site) []byte {
	p := newPage(dst, s)
	sh := shell{path: StatusPath, heading: p.w.NavStatus, sums: p.w.StatusSums}
	p.open(sh)
	p.top(sh)
	p.raw("<p id=\"status-plain\">")
	p.raw(p.w.StatusPlain)
	p.raw(" ")
	p.toFile(StatusFile, p.w.StatusFile)
	p.raw("</p>\n")
	p.heartbeat()
	p.section(p.w.StatusMeans)
	p.raw("<dl class=\"terms\">\n")
	p.term(p.w.SourceRead, p.w.SourceReadMore)
	p.term(p.w.SourceWaiting, p.w.SourceWaitingMore)
	p.term(p.w.SourceLost, p.w.SourceLostMore)
	p.raw("</dl>\n")
	p.section(p.w.StatusFixed)
	p.raw("<dl class=\"terms\">\n")
	mode := p.w.mode(s.Mode)
	if mode == "" {
		mode = p.w.StatusLive
	}
	p.term(p.w.StatusMode, mode)
	signed := p.w.Unsigned
	if s.Key != "" {
		signed = p.w.Signed
	}
	p.term(p.w.StatusSigned, signed)
	p.raw("</dl>\n</div>\n")
	return p.close(sh)
}

// heartbeat appends what a script fills in: each dd and the body of the table
// from the field of StatusFile that its id names.
func (p *page) heartbeat() {
	s := p.s
	p.raw("<div id=\"heartbeat\" hidden")
	p.loads(s.Service, "")
	p.file("data-status", StatusFile)
	p.attr("data-zone", zoneName(s.Location))
	for _, d := range [...]struct{ name, word markup }{
		{` data-ok="`, p.w.SourceRead}, {` data-waiting="`, p.w.SourceWaiting}, {` data-lost="`, p.w.SourceLost},
		{` data-never="`, p.w.SourceNever}, {` data-failed="`, p.w.StatusFailed},
	} {
		p.datum(d.name, d.word)
	}
	p.raw(">\n<p id=\"heartbeat-said\" role=\"status\"></p>\n<dl class=\"facts\">")
	for _, f := range [...]struct{ id, word markup }{
		{"checked", p.w.Checked}, {"published", p.w.Published}, {"source_as_of", p.w.AsOf}, {"next_expected", p.w.Next},
		{"races", p.w.DataRaces}, {"reporting", p.w.Reporting}, {"complete", p.w.Complete},
		{"number", p.w.StatusRelease}, {"aliases_through", p.w.StatusThrough},
	} {
		p.datum(`<div id="status-`, f.id)
		p.raw(" hidden><dt>")
		p.raw(f.word)
		p.raw("</dt><dd></dd></div>")
	}
	p.raw("</dl>\n<table>\n<caption>")
	p.raw(p.w.StatusSources)
	p.raw("</caption>\n")
	p.columns(p.w.StatusSource, p.w.StatusState, p.w.StatusRead, p.w.StatusChange)
	p.raw("<tbody id=\"sources\"></tbody>\n</table>\n</div>\n")
}
