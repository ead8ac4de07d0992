package templates

import (
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

// policy is what a page may load. frame-ancestors has no effect in an element
// and is left to the header (CSP Level 3, section 6.4.2).
const policy markup = `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; ` +
	`connect-src 'self'; base-uri 'none'; form-action 'none'`

// shell is what is around the content of a page.
type shell struct {
	title   [2]string // most particular first; "" is left out
	path    string    // below Site.Base; "" for a page without an address of its own
	above   string    // stands above the home page, which needs no link to itself
	json    string    // of a race, below Site.Root
	trail   []Link
	changed int // number of the release, 0 when the page never changes
}

// open appends everything up to the content of <main>.
func (p *page) open(sh shell) {
	s := p.s
	p.raw("<!doctype html>\n<html")
	p.attr("lang", s.Lang.Code)
	p.attr("dir", s.Lang.Dir)
	p.raw(">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"content-security-policy\" content=\"")
	p.raw(policy)
	p.raw("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
		"<meta name=\"color-scheme\" content=\"light dark\">\n")
	if s.Mode != Live {
		p.raw("<meta name=\"robots\" content=\"noindex\">\n")
	}
	p.title(sh)
	p.raw("<link rel=\"stylesheet\"")
	p.asset("href", s.Style)
	if s.Icon.Href != "" {
		p.raw("<link rel=\"icon\" type=\"image/svg+xml\"")
		p.href("href", s.Icon.Href)
		p.raw(">\n")
	}
	if sh.path != "" {
		p.raw("<link rel=\"canonical\"")
		p.path("href", sh.path)
		p.raw(">\n")
	}
	if sh.json != "" {
		p.raw("<link rel=\"alternate\" type=\"application/json\"")
		p.file("href", sh.json)
		p.raw(">\n")
	}
	p.raw("<script defer")
	p.asset("src", s.Script)
	p.raw("</script>\n</head>\n<body>\n<a class=\"skip\" href=\"#results\">")
	p.raw(p.w.Skip)
	p.raw("</a>\n")
	p.banner(sh)
	p.main(sh)
}

func (p *page) title(sh shell) {
	p.raw("<title>")
	if m := p.w.mode(p.s.Mode); m != "" {
		p.raw(m)
		p.raw(" · ")
	}
	for _, t := range sh.title {
		if t != "" {
			p.text(t)
			p.raw(" · ")
		}
	}
	p.text(p.s.Name)
	p.raw("</title>\n")
}

func (p *page) asset(address markup, a Asset) {
	p.href(address, a.Href)
	p.attr("integrity", a.Integrity)
	p.raw(">")
	if address == "href" {
		p.raw("\n")
	}
}

// banner appends the mode, the name of the election and the way back.
func (p *page) banner(sh shell) {
	if m := p.w.mode(p.s.Mode); m != "" {
		p.raw("<p class=\"mode\">")
		p.raw(m)
		p.raw("</p>\n")
	}
	p.raw("<header>\n<p class=\"site\">")
	if sh.above != "" {
		p.name(sh.above)
	} else {
		p.link(Link{Text: p.s.Name, Path: HomePath})
	}
	p.raw("</p>\n")
	if len(sh.trail) > 0 {
		p.raw("<nav")
		p.raw(` aria-label="`)
		p.raw(p.w.Trail)
		p.raw("\"><ol>")
		for _, l := range sh.trail {
			p.raw("<li>")
			p.link(l)
			p.raw("</li>")
		}
		p.raw("</ol></nav>\n")
	}
	p.raw("</header>\n")
}

// main opens <main> with what the script needs to know: how often to ask,
// which release is shown, and its words.
func (p *page) main(sh shell) {
	s := p.s
	p.raw(`<main id="page"`)
	if sh.changed > 0 && s.PollSeconds > 0 {
		p.attrInt("data-release", sh.changed)
		p.attrInt("data-poll", s.PollSeconds)
		p.file("data-status", "status.json")
		p.attr("data-zone", zoneName(s.Location))
		p.datum(` data-pause="`, p.w.Pause)
		p.datum(` data-resume="`, p.w.Resume)
		p.datum(` data-stale="`, p.w.Stale)
		p.datum(` data-late="`, p.w.Late)
		p.datum(` data-reload="`, p.w.Reload)
		p.datum(` data-news="`, p.w.News)
	}
	p.raw(">\n")
}

func (p *page) datum(name, value markup) {
	p.raw(name)
	p.raw(value)
	p.raw(`"`)
}

// zoneName is the IANA name of a zone, "" for one that has none.
func zoneName(l *time.Location) string {
	if n := l.String(); n != "Local" {
		return n
	}
	return ""
}

// fresh appends the strip that says how old the numbers are. What only the
// script can know is hidden until it does.
func (p *page) fresh(asOf time.Time, counted bool) {
	p.raw("<div class=\"fresh\">\n<dl><div><dt>")
	p.raw(p.w.AsOf)
	p.raw("</dt><dd id=\"asof\" data-live>")
	switch {
	case !counted:
		p.raw(p.w.NothingYet)
	case asOf.IsZero():
		p.raw(p.w.AsOfNone)
	default:
		p.moment(asOf)
	}
	p.raw("</dd></div><div id=\"published\" hidden><dt>")
	p.raw(p.w.Published)
	p.raw("</dt><dd></dd></div><div id=\"checked\" hidden><dt>")
	p.raw(p.w.Checked)
	p.raw("</dt><dd></dd></div></dl>\n<button id=\"pause\" type=\"button\" hidden>")
	p.raw(p.w.Pause)
	p.raw("</button>\n</div>\n<p id=\"stale\" class=\"notice\" hidden></p>\n" +
		"<p id=\"say\" role=\"status\"></p>\n")
}

// units appends how far the count is, in the source's own unit.
func (p *page) units(t snapshot.Totals) {
	in, isIn := t.UnitsIn.Get()
	total, isTotal := t.UnitsTotal.Get()
	switch {
	case isIn && isTotal:
		p.say(p.w.UnitsOf, in, total)
	case isIn:
		p.say(p.w.UnitsIn, in)
	case isTotal:
		p.say(p.w.UnitsTotal, total)
	}
}

// close appends everything after the content.
func (p *page) close(sh shell) []byte {
	p.raw("</main>\n<footer>\n<p>")
	if sh.json != "" {
		p.raw("<a")
		p.file("href", sh.json)
		p.raw(">")
		p.raw(p.w.JSON)
		p.raw("</a> ")
	}
	if sh.above == "" {
		p.raw("<a")
		p.path("href", HomePath)
		p.raw(">")
		p.raw(p.w.Home)
		p.raw("</a>")
	}
	p.raw("</p>\n<p>")
	if p.s.Key != "" {
		p.raw(p.w.Signed)
	} else {
		p.raw(p.w.Unsigned)
	}
	p.raw("</p>\n</footer>\n</body>\n</html>\n")
	return p.b
}

// AppendNotFoundPage appends the page for addresses that hold nothing.
func AppendNotFoundPage(dst []byte, s *Site) []byte {
	p := newPage(dst, s)
	var sh shell
	p.open(sh)
	p.raw("<h1>")
	p.raw(p.w.LostTitle)
	p.raw("</h1>\n<p id=\"results\">")
	p.raw(p.w.LostText)
	p.raw("</p>\n")
	return p.close(sh)
}
