package templates

// AppendEmbedPage appends the page at EmbedPath: how other people's pages show
// a race. A script builds the code; without it the page says where it stands.
func AppendEmbedPage(dst []byte, s *Site) []byte {
	p := newPage(dst, s)
	sh := shell{path: EmbedPath, heading: p.w.NavEmbed, sums: p.w.EmbedSums}
	p.open(sh)
	p.top(sh)
	p.builder()
	forms := []markup{p.w.EmbedThemes, p.w.EmbedLanguages, p.w.EmbedHeight}
	if s.Origin == "" { // pages of races hold no code then
		p.paragraphs(p.w.EmbedNoHost)
	} else {
		p.embedSteps()
		forms = append(forms, p.w.EmbedPaste)
	}
	p.section(p.w.EmbedForms)
	p.steps("ul", forms...)
	p.section(p.w.EmbedPromise)
	p.steps("ul", p.w.EmbedStays, p.w.EmbedShows, p.w.EmbedQuiet)
	p.raw("</div>\n")
	return p.close(sh)
}

// embedSteps appends how to come to the code without a script.
func (p *page) embedSteps() {
	p.section(p.w.EmbedHow)
	p.raw("<ol class=\"steps\">\n<li>")
	p.raw(p.w.EmbedFind)
	p.raw(" ")
	p.to(FindPath, p.w.NavFind)
	p.raw("</li>\n<li>")
	p.raw(p.w.EmbedCopy)
	p.raw(" <b>")
	p.raw(p.w.EmbedRace)
	p.raw("</b></li>\n</ol>\n")
}

// builder appends what a script turns into the code of any race: it takes the
// address of a race's page from #embed-race, the theme and the language, and
// writes to #embed-result.
func (p *page) builder() {
	s := p.s
	p.raw("<div id=\"builder\" class=\"builder\" hidden")
	p.loads(s.Service, "")
	p.attr("data-origin", s.Origin)
	p.href("data-embed", s.Embed.Href)
	p.path("data-base", "")
	p.datum(` data-copied="`, p.w.EmbedCopied)
	p.datum(` data-wrong="`, p.w.EmbedWrong)
	p.raw(">\n<p><label for=\"embed-race\">")
	p.raw(p.w.EmbedAddress)
	p.raw("</label> <input id=\"embed-race\" type=\"url\" inputmode=\"url\" autocomplete=\"off\" spellcheck=\"false\"></p>\n" +
		"<p><label for=\"embed-theme\">")
	p.raw(p.w.EmbedTheme)
	p.raw("</label> <select id=\"embed-theme\"><option value=\"#embed\">")
	p.raw(p.w.EmbedAuto)
	p.raw("</option><option value=\"#embed-light\">")
	p.raw(p.w.EmbedLight)
	p.raw("</option><option value=\"#embed-dark\">")
	p.raw(p.w.EmbedDark)
	p.raw("</option></select></p>\n")
	if len(s.Langs) > 1 {
		p.raw("<p><label for=\"embed-lang\">")
		p.raw(p.w.EmbedLanguage)
		p.raw("</label> <select id=\"embed-lang\">")
		for _, l := range s.Langs {
			p.raw("<option")
			p.attr("value", l.Base)
			p.attr("lang", l.Code)
			if l.Base == s.Base {
				p.raw(" selected")
			}
			p.raw(">")
			p.text(l.Name)
			p.raw("</option>")
		}
		p.raw("</select></p>\n")
	}
	p.raw("<p><label for=\"embed-result\">")
	p.raw(p.w.EmbedCode)
	p.raw("</label> <textarea id=\"embed-result\" rows=\"6\" readonly></textarea></p>\n<p><button id=\"embed-copy\" type=\"button\">")
	p.raw(p.w.EmbedCopyCode)
	p.raw("</button> <a id=\"embed-look\" href=\"#builder\" hidden>")
	p.raw(p.w.EmbedLook)
	p.raw("</a></p>\n<p id=\"embed-said\" role=\"status\"></p>\n</div>\n")
}
