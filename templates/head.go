package templates

import "golang.org/x/text/language"

// head appends what machines read of one page: its title, its addresses in
// every language, how a link to it looks in other people's pages. None of it
// holds a number, since it is copied and stays as it was.
func (p *page) head(sh shell) {
	p.raw("<title>")
	from := len(p.b)
	p.title(sh)
	title := p.b[from:len(p.b):len(p.b)] // as it is written, for further use
	p.raw("</title>\n")
	p.add(p.around.assets)
	p.raw("<meta name=\"description\" content=\"")
	p.describe(sh, title)
	p.raw("\">\n")
	if sh.path == "" {
		return
	}
	path := p.addresses(sh.path)
	if p.s.Origin != "" {
		p.graph(sh, path, title)
	}
	p.machines(sh)
}

// title appends what the page is about, after the warning of a publication
// that is not live.
func (p *page) title(sh shell) {
	if m := p.w.mode(p.s.Mode); m != "" {
		p.raw(m)
		p.raw(" · ")
	}
	if sh.heading != "" {
		p.raw(sh.heading)
		p.raw(" · ")
	}
	for _, t := range sh.title {
		if t != "" {
			p.text(t)
			p.raw(" · ")
		}
	}
	p.text(p.s.Name)
}

// Warning is what every page of a publication that is not live begins with, in
// the site's language; "" of a live one.
func (s *Site) Warning() string { return plain(s.Lang.w.mode(s.Mode)) }

// describe appends what the page holds, in a sentence.
func (p *page) describe(sh shell, title []byte) {
	if sh.sums != "" {
		p.raw(sh.sums)
		return
	}
	p.raw(p.w.Describe)
	p.add(title)
}

// addresses appends the address of the page, and those of the same page in
// other languages; the last is for readers of none of them. It returns the
// path as it is written.
func (p *page) addresses(path string) []byte {
	p.raw("<link rel=\"canonical\" href=\"")
	p.add(p.around.here)
	from := len(p.b)
	p.text(path)
	written := p.b[from:len(p.b):len(p.b)]
	p.raw("\">\n")
	bases := p.around.bases
	if len(bases) < 2 {
		return written
	}
	for i := range bases {
		p.raw("<link rel=\"alternate\" hreflang=\"")
		p.add(bases[i].code)
		p.raw("\" href=\"")
		p.add(bases[i].prefix)
		p.add(written)
		p.raw("\">\n")
	}
	p.raw("<link rel=\"alternate\" hreflang=\"x-default\" href=\"")
	p.add(bases[0].prefix)
	p.add(written)
	p.raw("\">\n")
	return written
}

// graph appends how a link to the page looks in other people's pages.
func (p *page) graph(sh shell, path, title []byte) {
	p.raw("<meta property=\"og:title\" content=\"")
	p.add(title)
	p.raw("\">\n<meta property=\"og:description\" content=\"")
	p.describe(sh, title)
	p.raw("\">\n<meta property=\"og:url\" content=\"")
	p.add(p.around.here)
	p.add(path)
	p.raw("\">\n")
	if p.s.Cards {
		p.raw("<meta property=\"og:image\" content=\"")
		p.add(p.around.root)
		p.raw("card/")
		p.text(cardName(sh.path))
		p.raw(".png\">\n<meta property=\"og:image:alt\" content=\"")
		p.cardWords(sh, title)
		p.raw("\">\n")
	}
	p.add(p.around.graph)
}

// cardWords appends what the card of a page says.
func (p *page) cardWords(sh shell, title []byte) {
	if cardName(sh.path) != homeCard {
		p.add(title)
		return
	}
	if m := p.w.mode(p.s.Mode); m != "" {
		p.raw(m)
		p.raw(" · ")
	}
	p.text(p.s.Name)
}

// publication appends what is told of every page.
func (p *page) publication() {
	p.raw("<meta property=\"og:type\" content=\"website\">\n<meta property=\"og:site_name\"")
	p.attr("content", p.s.Name)
	p.raw(">\n<meta property=\"og:locale\"")
	p.attr("content", locale(p.s.Lang.tag))
	if !p.s.Cards {
		p.raw(">\n<meta name=\"twitter:card\" content=\"summary\">\n")
		return
	}
	p.raw(">\n<meta property=\"og:image:width\"")
	p.attrInt("content", cardWidth)
	p.raw(">\n<meta property=\"og:image:height\"")
	p.attrInt("content", cardHeight)
	p.raw(">\n<meta name=\"twitter:card\" content=\"summary_large_image\">\n")
}

// locale is the language as Open Graph writes it: with a region, that of most
// of its readers when none is said.
func locale(tag language.Tag) string {
	base, _ := tag.Base()
	region, _ := tag.Region()
	return base.String() + "_" + region.String()
}
