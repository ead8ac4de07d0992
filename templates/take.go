package templates

// take appends what readers take with them: the places inside, the data, the
// page on paper, the race on a page of their own.
func (p *page) take(v RaceView) {
	p.raw("<section class=\"take\">\n<h2>")
	p.raw(p.w.TakeTitle)
	p.raw("</h2>\n<ul>")
	if v.Breakdown != "" {
		p.raw("<li><a")
		p.path("href", v.Breakdown)
		p.raw(">")
		p.raw(p.w.ByPlace)
		p.raw("</a></li>")
	}
	p.raw("<li><a")
	p.file("href", v.JSON)
	p.raw(">")
	p.raw(p.w.JSON)
	p.raw("</a></li><li>")
	p.raw(p.w.PrintHint)
	p.raw("</li></ul>\n")
	if p.s.Origin != "" {
		p.raw("<details id=\"embed-code\"><summary>")
		p.raw(p.w.EmbedRace)
		p.raw("</summary>\n<p>")
		p.raw(p.w.EmbedRaceMore)
		p.raw("</p>\n<pre><code>")
		p.text(string(appendEmbedCode(nil, v, p.s)))
		p.raw("</code></pre>\n</details>\n")
	}
	p.raw("</section>\n<p id=\"stamp\" class=\"state\" data-live>")
	p.say(p.w.ReleaseLine, int64(v.Changed))
	if p.s.Origin != "" {
		p.raw(" · ")
		p.text(p.s.Origin)
		p.text(p.s.Base)
		p.text(v.Path)
	}
	p.raw("</p>\n")
}

// appendEmbedCode appends the HTML with which other pages show a race: its own
// page in a frame, and the script that gives the frame its height. It works
// without that script. The site has an Origin.
func appendEmbedCode(dst []byte, v RaceView, s *Site) []byte {
	p := newPage(dst, s)
	p.raw(`<iframe data-herald src="`)
	p.text(s.Origin)
	p.text(s.Base)
	p.text(v.Path)
	p.raw(`#embed" title="`)
	p.text(v.Race.Contest.Name)
	p.raw(" · ")
	p.text(v.Race.Unit.Name)
	p.raw(`" width="100%" height="480" loading="lazy" style="border:0"></iframe>`)
	if s.Embed.Href != "" {
		p.raw("\n" + `<script async src="`)
		p.text(s.Origin)
		p.text(s.Embed.Href)
		p.raw(`"></script>`)
	}
	return p.b
}
