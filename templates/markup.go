package templates

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/feature/plural"

	"github.com/heraldresults/herald/diff/snapshot"
)

// markup is HTML that is trusted because it was written in this package.
// Constants convert to it by themselves; a string that came in as a value does
// not, so the compiler refuses feed text wherever markup is asked for.
type markup string

// page is a page being written.
type page struct {
	b      []byte
	s      *Site
	w      *words
	around *around // nil until the page is opened, when the site was not prepared
	zoned  zoned
}

func newPage(dst []byte, s *Site) page { return page{b: dst, s: s, w: &s.Lang.w, around: s.around} }

// raw appends trusted markup.
func (p *page) raw(m markup) { p.b = append(p.b, m...) }

// text appends text for the content of an element or a quoted attribute.
// Bytes that are not UTF-8, and control characters that HTML forbids, become
// U+FFFD.
func (p *page) text(s string) { p.b = appendText(p.b, s) }

// escaped is text as markup.
func escaped(s string) markup { return markup(appendText(nil, s)) }

func appendText(b []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plainByte[c] {
			i++
			continue
		}
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
		case c < utf8.RuneSelf:
			sub = "\uFFFD"
		default:
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError || r <= 0x9f {
				sub = "\uFFFD"
			}
		}
		if sub != "" {
			b = append(append(b, s[from:i]...), sub...)
			from = i + size
		}
		i += size
	}
	return append(b, s[from:]...)
}

// plainByte are the bytes that are characters of their own and stand for
// themselves in text.
var plainByte = func() (plain [256]bool) {
	for c := byte(' '); c < 0x7f; c++ {
		plain[c] = c != '&' && c != '<' && c != '>' && c != '"' && c != '\''
	}
	plain['\t'], plain['\n'] = true, true
	return plain
}()

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

// path appends an address of this publication in the page's language.
func (p *page) path(name markup, path string) { p.address(name, p.s.Base, path) }

// file appends an address of this publication that has no language.
func (p *page) file(name markup, path string) { p.address(name, p.s.Root, path) }

func (p *page) address(name markup, base, path string) {
	p.b = append(append(append(p.b, ' '), name...), `="`...)
	p.text(base)
	p.text(path)
	p.raw(`"`)
}

// link appends a link with a name as its text.
func (p *page) link(l Link) {
	p.raw("<a")
	p.path("href", l.Path)
	p.raw(">")
	p.name(l.Text)
	p.raw("</a>")
}

// number appends a number as the language writes it.
func (p *page) number(n int64) {
	num := &p.s.Lang.digits
	if num.digit[0] == "0" && num.primary == 3 && num.secondary == 3 && num.least <= 5 && len(num.group) < 8 && n >= 0 {
		p.latin(n, num)
		return
	}
	var digits [20]byte
	d := strconv.AppendInt(digits[:0], n, 10)
	for i, c := range d {
		if i > 0 && len(d) >= num.least && num.parts(len(d)-i) {
			p.raw(num.group)
		}
		p.raw(num.digit[c-'0'])
	}
}

// latin is number for what most languages write: Latin digits in groups of
// three.
func (p *page) latin(n int64, num *numerals) {
	if n < 1000 {
		p.b = appendSmall(p.b, n)
		return
	}
	var buf [64]byte
	at := len(buf)
	grouped := num.least <= 4 || n >= 10_000
	for k := 0; n > 0; k++ {
		if grouped && k > 0 && k%3 == 0 {
			at -= copy(buf[at-len(num.group):], num.group)
		}
		at--
		buf[at] = byte('0' + n%10)
		n /= 10
	}
	p.b = append(p.b, buf[at:]...)
}

// appendSmall appends a number from 0 to 999.
func appendSmall(b []byte, n int64) []byte {
	switch {
	case n >= 100:
		return append(b, byte('0'+n/100), byte('0'+n/10%10), byte('0'+n%10))
	case n >= 10:
		return append(b, byte('0'+n/10), byte('0'+n%10))
	}
	return append(b, byte('0'+n))
}

// count appends a number, or the words for one that was not stated.
func (p *page) count(c snapshot.Count) {
	if n, ok := c.Get(); ok {
		p.number(n)
		return
	}
	p.raw(p.w.Absent)
}

// say appends a phrase with its numbers in the places of {n} and {of}, in the
// plural form of the last.
func (p *page) say(ph phrase, numbers ...int64) {
	form := ph[p.s.Lang.form(numbers[len(numbers)-1])]
	if form == nil {
		form = ph[plural.Other]
	}
	for i := range form {
		p.raw(form[i].text)
		switch form[i].place {
		case "n":
			p.number(numbers[0])
		case "of":
			p.number(numbers[len(numbers)-1])
		}
	}
}

// share appends part of whole in percent with one decimal, rounded half up,
// but never rounds to nothing or to all.
func (p *page) share(part, whole int64) {
	mille := permille(part, whole)
	num := &p.s.Lang.digits
	p.raw(num.percent[0])
	switch {
	case mille == 0 && part > 0:
		p.raw("&lt;")
		mille = 1
	case mille == 1000 && part < whole:
		p.raw("&gt;")
		mille = 999
	}
	p.digits(mille/10, 1)
	p.raw(num.decimal)
	p.raw(num.digit[mille%10])
	p.raw(num.percent[1])
}

// digits appends a number without groups, with at least so many digits.
func (p *page) digits(n int64, least int) {
	var buf [20]byte
	d := strconv.AppendInt(buf[:0], n, 10)
	for range least - len(d) {
		p.raw(p.s.Lang.digits.digit[0])
	}
	for _, c := range d {
		p.raw(p.s.Lang.digits.digit[c-'0'])
	}
}

// bar appends a bar as decoration beside the number it draws.
func (p *page) bar(part, whole int64) {
	p.raw(`<svg class="bar" viewBox="0 0 1000 1" preserveAspectRatio="none" aria-hidden="true"><rect width="`)
	p.b = strconv.AppendInt(p.b, permille(part, whole), 10)
	p.raw(`" height="1"/></svg>`)
}
