package templates

// AppendAboutPage appends the page at AboutPath: how to read the pages, and
// what the authority wrote.
func AppendAboutPage(dst []byte, s *Site) []byte {
	p := newPage(dst, s)
	sh := shell{path: AboutPath, heading: p.w.NavAbout, sums: p.w.AboutSums}
	p.open(sh)
	p.top(sh)
	p.paragraphs(p.w.About)
	p.written(p.w.NotCountedTitle, p.w.NotCounted)
	p.written(p.w.AboutTimetable, p.w.Timetable)
	p.section(p.w.AboutSource)
	p.paragraphs(p.w.AboutSourceMore)
	p.terms()
	p.section(p.w.AboutLive)
	p.paragraphs(p.w.AboutLiveMore)
	p.section(p.w.AboutCheck)
	p.paragraphs(p.w.AboutCheckMore)
	p.checkWords()
	p.section(p.w.AboutAccess)
	p.paragraphs(p.w.AboutAccessMore)
	p.section(p.w.AboutYou)
	p.paragraphs(p.w.AboutYouMore)
	p.written(p.w.AboutReport, p.w.Report)
	p.written(p.w.AboutContact, p.w.Contact)
	p.raw("</div>\n")
	return p.close(sh)
}

// terms appends the words of the pages and what they mean.
func (p *page) terms() {
	w := p.w
	p.section(w.AboutTerms)
	p.raw("<dl class=\"terms\">\n")
	for _, t := range [...]struct{ word, meaning markup }{
		{w.AsOf, w.AboutAsOf}, {w.Published, w.AboutPublished}, {w.Checked, w.AboutChecked}, {w.Next, w.AboutNext},
		{w.NothingYet, w.AboutNothing}, {w.Absent, w.AboutAbsent}, {w.AboutParts, w.AboutPartsMore},
		{w.AboutLeading, w.AboutLeadingMore}, {w.AboutUnofficial, w.AboutUnofficialMore},
		{w.IntermediateMark, w.AboutIntermediate}, {w.Final, w.AboutFinal}, {w.Certified, w.AboutCertified},
		{w.CorrectedMark, w.AboutCorrected}, {w.WithheldMark, w.AboutWithheld}, {w.AboutRecount, w.AboutRecountMore},
		{w.AboutRelease, w.AboutReleaseMore},
	} {
		p.term(t.word, t.meaning)
	}
	p.raw("</dl>\n")
}
