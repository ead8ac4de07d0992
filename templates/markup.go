package templates

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/heraldresults/herald/diff/snapshot"
)

// markup is HTML that is trusted because it was written in this package.
// Constants convert to it by themselves; a string that came in as a value does
// not, so the compiler refuses feed text wherever markup is asked for.
type markup string

// page is a page being written.
type page struct {
	b   []byte
	w   words
	loc *time.Location
}

func newPage(dst []byte, s Site) page {
	p := page{b: dst, w: english(), loc: s.Location}
	if strings.HasPrefix(s.Lang, p.w.lang+"-") {
		p.w.lang = s.Lang // "en-GB" reads the same words
	}
	return p
}

// raw appends trusted markup.
func (p *page) raw(m markup) { p.b = append(p.b, m...) }

// text appends text for the content of an element or a quoted attribute.
// Bytes that are not UTF-8, and control characters that HTML forbids, become
// U+FFFD.
func (p *page) text(s string) {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		size := 1
		var sub markup
		switch {
		case c == '&':
			sub = "&amp;"
		case c == '<':
			sub = "&lt;"
		case c == '>':
			sub = "&gt;"
		case c == '"':
			sub = "&#34;"
		case c == '\'':
			sub = "&#39;"
		case c < 0x20 && c != '\t' && c != '\n' || c == 0x7f:
			sub = "\uFFFD"
		case c >= utf8.RuneSelf:
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError || r <= 0x9f {
				sub = "\uFFFD"
			}
		}
		if sub != "" {
			p.b = append(append(p.b, s[from:i]...), sub...)
			from = i + size
		}
		i += size
	}
	p.b = append(p.b, s[from:]...)
}

// attr appends an attribute with its value quoted.
func (p *page) attr(name markup, value string) {
	p.b = append(append(append(p.b, ' '), name...), `="`...)
	p.text(value)
	p.b = append(p.b, '"')
}

// attrInt appends an attribute that holds a number.
func (p *page) attrInt(name markup, n int) {
	p.b = append(append(append(p.b, ' '), name...), `="`...)
	p.b = append(strconv.AppendInt(p.b, int64(n), 10), '"')
}

// href appends an address. Anything but a path on this host, a fragment, http
// or https becomes "#", so that no address can run as script.
func (p *page) href(name markup, address string) {
	local := strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") &&
		!strings.ContainsAny(address, "\\\t\n\r")
	if !local && !strings.HasPrefix(address, "#") &&
		!strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		address = "#"
	}
	p.attr(name, address)
}

// name appends a name in an element that keeps its direction from spilling
// into the words around it.
func (p *page) name(s string) {
	p.raw("<bdi>")
	p.text(s)
	p.raw("</bdi>")
}

// link appends a link with a name as its text.
func (p *page) link(l Link) {
	p.raw("<a")
	p.href("href", l.Href)
	p.raw(">")
	p.name(l.Text)
	p.raw("</a>")
}

// number appends digits in groups of three.
func (p *page) number(n int64) {
	var digits [20]byte
	d := strconv.AppendInt(digits[:0], n, 10)
	for i, c := range d {
		if i > 0 && (len(d)-i)%3 == 0 {
			p.raw(p.w.group)
		}
		p.b = append(p.b, c)
	}
}

// count appends a number, or the words for one that was not stated.
func (p *page) count(c snapshot.Count) {
	if n, ok := c.Get(); ok {
		p.number(n)
		return
	}
	p.raw(p.w.absent)
}

// say appends a phrase with its numbers in the places of "#1", "#2".
func (p *page) say(phrase markup, numbers ...int64) {
	for {
		i := strings.IndexByte(string(phrase), '#')
		if i < 0 {
			p.raw(phrase)
			return
		}
		p.raw(phrase[:i])
		p.number(numbers[phrase[i+1]-'1'])
		phrase = phrase[i+2:]
	}
}

// share appends part of whole in percent with one decimal, rounded half up,
// but never rounds to nothing or to all.
func (p *page) share(part, whole int64) {
	mille := permille(part, whole)
	switch {
	case mille == 0 && part > 0:
		p.raw("&lt;")
		mille = 1
	case mille == 1000 && part < whole:
		p.raw("&gt;")
		mille = 999
	}
	p.b = strconv.AppendInt(p.b, mille/10, 10)
	p.raw(p.w.decimal)
	p.b = strconv.AppendInt(p.b, mille%10, 10)
	p.raw("%")
}

// bar appends a bar as decoration beside the number it draws.
func (p *page) bar(part, whole int64) {
	p.raw(`<svg class="bar" viewBox="0 0 1000 1" preserveAspectRatio="none" aria-hidden="true"><rect width="`)
	p.b = strconv.AppendInt(p.b, permille(part, whole), 10)
	p.raw(`" height="1"/></svg>`)
}

// moment appends a day and time of day in the site's zone, with the zone.
func (p *page) moment(t time.Time) {
	t = t.In(p.loc)
	p.raw(`<time datetime="`)
	p.b = t.AppendFormat(p.b, time.RFC3339)
	p.raw(`">`)
	p.b = t.AppendFormat(p.b, "2 ")
	p.raw(p.w.months[t.Month()-1])
	p.b = t.AppendFormat(p.b, " 2006, 15:04 ")
	if zone, _ := t.Zone(); zone[0] == '+' || zone[0] == '-' {
		p.b = t.AppendFormat(p.b, "UTC-07:00")
	} else {
		p.text(zone)
	}
	p.raw("</time>")
}

// clock appends a time of day when other, which stands near it, is of the same
// day, else the whole moment.
func (p *page) clock(t, other time.Time) {
	t, other = t.In(p.loc), other.In(p.loc)
	_, east := t.Zone()
	_, otherEast := other.Zone()
	if east != otherEast || t.YearDay() != other.YearDay() || t.Year() != other.Year() {
		p.moment(t)
		return
	}
	p.raw(`<time datetime="`)
	p.b = t.AppendFormat(p.b, "2006-01-02T15:04Z07:00")
	p.raw(`">`)
	p.b = t.AppendFormat(p.b, "15:04")
	p.raw("</time>")
}
