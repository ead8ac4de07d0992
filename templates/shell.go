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
	heading markup    // in place of a title, of a page about the publication
	sums    markup    // what that page is for, in a sentence
	path    string    // below Site.Base; "" for a page without an address of its own
	above   string    // stands above the home page, which needs no link to itself
	json    string    // of a race, below Site.Root
	trail   []Link
	data    bool // whether the page is about all data of the publication
	changed int  // number of the release, 0 when the page never changes
	slow    bool // a list, which asks half as often
	final   bool // certified: nobody need ask again
}

// open appends everything up to the content of <main>.
func (p *page) open(sh shell) {
	if p.around == nil {
		p.around = newAround(p.s)
	}
	p.add(p.around.start)
	p.head(sh)
	p.add(p.around.body)
	p.banner(sh)
	p.main(sh)
}

// banner appends the name of the election, the way back and the same page in
// other languages.
func (p *page) banner(sh shell) {
	if sh.above != "" && p.s.Logo.Href == "" {
		p.name(sh.above)
	} else {
		p.add(p.around.site)
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
	p.switches(sh)
	p.raw("</header>\n")
}

// switches appends the same page in every language, each by its own name. From
// a page without an address they lead home.
func (p *page) switches(sh shell) {
	if len(p.around.bases) < 2 {
		return
	}
	path := sh.path
	if path == "" {
		path = HomePath
	}
	p.raw("<nav class=\"langs\" aria-label=\"")
	p.raw(p.w.LanguagesLabel)
	p.raw("\"><ul>")
	for i := range p.around.bases {
		b := &p.around.bases[i]
		p.add(b.before)
		p.text(path)
		p.add(b.after)
	}
	p.raw("</ul></nav>\n")
}

// main opens <main> with what the script needs to know: how often to ask,
// which release is shown, and its words.
func (p *page) main(sh shell) {
	p.raw(`<main id="page"`)
	p.scripted(sh)
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
	p.raw("</dt><dd></dd></div><div id=\"next\" hidden><dt>")
	p.raw(p.w.Next)
	p.raw("</dt><dd></dd></div></dl>\n<p>")
	p.to(StatusPath, p.w.FreshMore)
	p.raw(" <a id=\"now\" hidden>")
	p.raw(p.w.UpdateNow)
	p.raw("</a> <button id=\"pause\" type=\"button\" hidden>")
	p.raw(p.w.Pause)
	p.raw("</button></p>\n</div>\n<p id=\"stale\" class=\"notice\" hidden></p>\n" +
		"<p id=\"say\" role=\"status\"></p>\n")
}

// units appends how far the count is, in the source's own unit.
func (p *page) units(race *snapshot.Race) {
	t := &race.Result.Totals
	some, none := p.w.progress(race.Contest.CountUnit)
	in, isIn := t.UnitsIn.Get()
	total, isTotal := t.UnitsTotal.Get()
	switch {
	case isIn && isTotal:
		p.say(*some, in, total)
	case isIn:
		p.say(p.w.UnitsIn, in)
	case isTotal:
		p.say(*none, total)
	}
}

// close appends everything after the content.
func (p *page) close(sh shell) []byte {
	p.framed(sh)
	p.add(p.around.foot)
	p.verification(sh)
	p.add(p.around.end)
	return p.b
}

// AppendNotFoundPage appends the page for addresses that hold nothing.
func AppendNotFoundPage(dst []byte, s *Site) []byte {
	p := newPage(dst, s)
	sh := shell{heading: p.w.LostTitle, sums: p.w.LostText}
	p.open(sh)
	p.top(sh)
	p.raw("<p>")
	p.to(HomePath, p.w.Home)
	p.raw("</p>\n<p>")
	p.to(FindPath, p.w.NavFind)
	p.raw("</p>\n</div>\n")
	return p.close(sh)
}
