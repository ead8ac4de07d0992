package templates

import (
	"html"
	"unicode/utf8"
)

// What search engines are told is JSON-LD in the words of schema.org: the
// election as an Event, its data and each race as a Dataset. A publication
// that is not live, or whose host is not known, tells them nothing.

// linked begins a block of JSON-LD. It is data: no policy of a page stops it,
// and nothing runs it.
const linked markup = `<script type="application/ld+json">{"@context":"https://schema.org","@type":"`

// machines appends what programs that read pages are told of this one: where
// its data is, and what it is.
func (p *page) machines(sh shell) {
	if sh.json != "" {
		p.raw("<link rel=\"alternate\" type=\"application/json\"")
		p.file("href", sh.json)
		p.raw(">\n")
	}
	if p.s.Origin == "" {
		return
	}
	if sh.json != "" {
		p.raw("<link rel=\"alternate\" type=\"application/json+oembed\" href=\"")
		p.add(p.around.root)
		p.raw("oembed/")
		p.text(below(sh.path, "race/"))
		p.raw(".json\">\n")
	}
	switch {
	case p.s.Mode != Live:
	case sh.json != "":
		p.dataset(sh)
	case sh.above != "":
		p.add(p.around.event)
	case sh.data:
		p.add(p.around.data)
	}
}

// dataset appends a race as a Dataset.
func (p *page) dataset(sh shell) {
	p.add(p.around.race)
	from := len(p.b)
	for _, t := range sh.title {
		if t != "" {
			p.b = appendQuoted(p.b, t)
			p.raw(" · ")
		}
	}
	p.b = appendQuoted(p.b, p.s.Name)
	name := p.b[from:len(p.b):len(p.b)]
	p.raw(`","name":"`)
	p.add(name)
	p.raw(`","url":"`)
	p.add(p.around.quoted[0])
	p.b = appendQuoted(p.b, sh.path)
	p.raw(`","distribution":{"@type":"DataDownload","encodingFormat":"application/json","contentUrl":"`)
	p.add(p.around.quoted[1])
	p.b = appendQuoted(p.b, sh.json)
	p.raw("\"}}</script>\n")
}

// machines makes what is the same on every page.
func (a *around) machines(s *Site) {
	a.quoted = [2][]byte{appendQuoted(nil, s.Origin+s.Base), appendQuoted(nil, s.Origin+s.Root)}
	a.event = made(s, func(p *page) {
		p.raw(linked + `Event","name":"`)
		p.b = appendQuoted(p.b, s.Name)
		p.raw(`","description":"`)
		p.b = appendQuoted(p.b, plain(p.w.Describe)+s.Name)
		p.raw(`","url":"`)
		p.b = appendQuoted(p.b, s.Origin+s.Base+HomePath)
		p.raw("\"}</script>\n")
	})
	a.data = made(s, func(p *page) {
		p.raw(linked + `Dataset","isAccessibleForFree":true,"name":"`)
		p.b = appendQuoted(p.b, s.Name)
		p.raw(`","description":"`)
		p.b = appendQuoted(p.b, plain(p.w.DataSums))
		p.raw(`","url":"`)
		p.b = appendQuoted(p.b, s.Origin+s.Base+DataPath)
		p.raw(`","distribution":{"@type":"DataDownload","encodingFormat":"application/json","contentUrl":"`)
		p.b = appendQuoted(p.b, s.Origin+s.Root+HeadFile)
		p.raw("\"}}</script>\n")
	})
	a.race = made(s, func(p *page) {
		p.raw(linked + `Dataset","isAccessibleForFree":true,"isPartOf":"`)
		p.b = appendQuoted(p.b, s.Origin+s.Base+DataPath)
		p.raw(`","description":"`)
		p.b = appendQuoted(p.b, plain(p.w.Describe))
	})
}

// plain is words as text.
func plain(m markup) string { return html.UnescapeString(string(m)) }

// appendQuoted appends what stands between the quotes of a JSON string inside
// a script element: nothing of it can end the element or begin a comment.
// Bytes that are not UTF-8 become U+FFFD.
func appendQuoted(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[from:i]...), "\uFFFD"...)
				from = i + 1
			}
			i += size
			continue
		}
		if c < 0x20 || c == 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			dst = append(append(dst, s[from:i]...), `\u00`...)
			dst = append(dst, hex[c>>4], hex[c&15])
			from = i + 1
		}
		i++
	}
	return append(dst, s[from:]...)
}
