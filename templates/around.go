package templates

import "golang.org/x/text/language"

// around is what stands around the content of every page of a site, made once.
type around struct {
	start  []byte // up to the title
	assets []byte // style, icon and script
	graph  []byte // what other people's pages are told of every page
	// here is where addresses in this language begin, root where those of
	// files do, with the host where it is known.
	here, root []byte
	bases      []base
	// event and data are what search engines are told of the election and of
	// all its data, race how what they are told of a race begins.
	event, data, race []byte
	quoted            [2][]byte // here and root, for JSON

	body  []byte // up to the banner
	site  []byte // the name of the election, which leads home
	foot  []byte // the footer, with whether releases are signed
	end   []byte
	live  []byte // what the script needs on every page that changes
	check []byte // the button with which readers check what they see
}

// base is a language, in the head and in the banner.
type base struct {
	code, prefix  []byte // "pt", "https://results.example/pt/E/"
	before, after []byte // what stands around the path in the list of languages
}

// Prepare makes what all pages share, so that each page need not. Call it when
// the site is complete; nothing in it may change afterwards. Pages of a site
// that was not prepared have the same bytes and take longer.
func (s *Site) Prepare() { s.around = newAround(s) }

func newAround(s *Site) *around {
	a := &around{here: appendText(nil, s.Origin+s.Base), root: appendText(nil, s.Origin+s.Root)}
	a.head(s)
	a.banner(s)
	a.footer(s)
	a.machines(s)
	a.live, a.check = made(s, (*page).liveWords), made(s, (*page).checkButton)
	for _, l := range s.Langs {
		a.bases = append(a.bases, newBase(l, s))
	}
	return a
}

// made is what write appends.
func made(s *Site, write func(p *page)) []byte {
	p := newPage(nil, s)
	write(&p)
	return p.b
}

// add appends what was made before.
func (p *page) add(made []byte) { p.b = append(p.b, made...) }

func (a *around) head(s *Site) {
	a.start = made(s, func(p *page) {
		p.raw("<!doctype html>\n<html")
		p.attr("lang", s.Lang.Code)
		p.attr("dir", s.Lang.Dir)
		p.locale()
		p.raw(">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"content-security-policy\" content=\"")
		p.raw(policy)
		p.raw("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
			"<meta name=\"color-scheme\" content=\"light dark\">\n")
		if s.Mode != Live {
			p.raw("<meta name=\"robots\" content=\"noindex\">\n")
		}
	})
	a.assets = made(s, func(p *page) {
		p.raw("<link rel=\"stylesheet\"")
		p.asset("href", s.Style)
		if s.Icon.Href != "" {
			p.raw("<link rel=\"icon\" type=\"image/svg+xml\"")
			p.href("href", s.Icon.Href)
			p.raw(">\n")
		}
		p.raw("<script defer")
		p.asset("src", s.Script)
		p.raw("</script>\n")
	})
	a.graph = made(s, (*page).publication)
}

func (p *page) asset(address markup, a Asset) {
	p.href(address, a.Href)
	p.attr("integrity", a.Integrity)
	p.raw(">")
	if address == "href" {
		p.raw("\n")
	}
}

func newBase(l Alternate, s *Site) base {
	return base{
		code:   appendText(nil, l.Code),
		prefix: appendText(nil, s.Origin+l.Base),
		before: appendText([]byte("<li><a href=\""), l.Base),
		after: made(s, func(p *page) {
			p.raw("\"")
			p.attr("lang", l.Code)
			p.attr("hreflang", l.Code)
			p.attr("dir", direction(l.Code))
			if l.Base == s.Base {
				p.raw(" aria-current=\"true\"")
			}
			p.raw(">")
			p.text(l.Name)
			p.raw("</a></li>")
		}),
	}
}

// direction is how a language is written, by the script that most of it is in.
func direction(code string) string {
	script, _ := language.Make(code).Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg":
		return "rtl"
	}
	return "ltr"
}

func (a *around) banner(s *Site) {
	a.body = made(s, func(p *page) {
		p.raw("</head>\n<body>\n")
		p.raw(targets)
		if m := p.w.mode(s.Mode); m != "" {
			p.raw("<p class=\"mode\">")
			p.raw(m)
			p.raw("</p>\n")
		}
		p.raw("<a class=\"skip\" href=\"#results\">")
		p.raw(p.w.Skip)
		p.raw("</a>\n<header>\n")
		p.own(s.Header)
		p.raw("<p class=\"site\">")
	})
	a.site = made(s, func(p *page) {
		if s.Logo.Href == "" {
			p.link(Link{Text: s.Name, Path: HomePath})
			return
		}
		p.raw("<a")
		p.path("href", HomePath)
		p.raw("><img class=\"logo\"")
		p.href("src", s.Logo.Href)
		p.attr("alt", s.Name)
		p.raw("></a>")
	})
}

// own appends what an authority puts at the head or the foot of every page.
func (p *page) own(block markup) {
	if block != "" {
		p.raw("<div class=\"own\">")
		p.raw(block)
		p.raw("</div>\n")
	}
}

func (a *around) footer(s *Site) {
	a.foot = made(s, func(p *page) {
		p.raw("</main>\n<footer>\n<nav aria-label=\"")
		p.raw(p.w.NavLabel)
		p.raw("\"><ul>")
		for _, l := range [...]struct {
			path  string
			words markup
		}{{HomePath, p.w.Home}, {FindPath, p.w.NavFind}, {LitePath, p.w.NavLite}, {UpdatesPath, p.w.NavUpdates},
			{CorrectionsPath, p.w.NavCorrections}, {DataPath, p.w.NavData}, {EmbedPath, p.w.NavEmbed},
			{StatusPath, p.w.NavStatus}, {AboutPath, p.w.NavAbout}} {
			p.raw("<li>")
			p.to(l.path, l.words)
			p.raw("</li>")
		}
		p.raw("</ul></nav>\n<p>")
		if s.Key != "" {
			p.raw(p.w.Signed)
		} else {
			p.raw(p.w.Unsigned)
		}
		p.raw("</p>\n")
	})
	a.end = made(s, func(p *page) {
		p.own(s.Footer)
		p.raw("</footer>\n</body>\n</html>\n")
	})
}
