package templates

import "strings"

// What the pages about the publication have in common.

// top appends the heading of a page about the publication and what it is for,
// and opens its content.
func (p *page) top(sh shell) {
	p.raw("<h1>")
	p.raw(sh.heading)
	p.raw("</h1>\n<p class=\"lede\">")
	p.raw(sh.sums)
	p.raw("</p>\n<div id=\"results\" class=\"service\">\n")
}

// to appends a link to a page of this publication with words as its text.
func (p *page) to(path string, words markup) {
	p.raw("<a")
	p.path("href", path)
	p.raw(">")
	p.raw(words)
	p.raw("</a>")
}

// toFile appends a link to a file of this publication with words as its text.
func (p *page) toFile(path string, words markup) {
	p.raw("<a")
	p.file("href", path)
	p.raw(">")
	p.raw(words)
	p.raw("</a>")
}

func (p *page) section(heading markup) {
	p.raw("<h2>")
	p.raw(heading)
	p.raw("</h2>\n")
}

// paragraphs appends words that a blank line divides.
func (p *page) paragraphs(words markup) {
	for {
		before, after, more := strings.Cut(string(words), "\n\n")
		if strings.TrimSpace(before) != "" {
			p.raw("<p>")
			p.raw(words[:len(before)])
			p.raw("</p>\n")
		}
		if !more {
			return
		}
		words = words[len(words)-len(after):]
	}
}

// written appends what an authority wrote under a heading, when it did.
func (p *page) written(heading, words markup) {
	if words != "" {
		p.section(heading)
		p.paragraphs(words)
	}
}

// term appends a word of the pages and what it means.
func (p *page) term(word, meaning markup) {
	p.raw("<dt>")
	p.raw(word)
	p.raw("</dt><dd>")
	p.raw(meaning)
	p.raw("</dd>\n")
}

// steps appends sentences as a list: "ol" when their order matters, else "ul".
func (p *page) steps(list markup, sentences ...markup) {
	p.raw("<")
	p.raw(list)
	p.raw(" class=\"steps\">\n")
	for _, s := range sentences {
		p.raw("<li>")
		p.raw(s)
		p.raw("</li>\n")
	}
	p.raw("</")
	p.raw(list)
	p.raw(">\n")
}

// columns appends the head of a table.
func (p *page) columns(names ...markup) {
	p.raw("<thead><tr>")
	for _, n := range names {
		p.raw("<th scope=\"col\">")
		p.raw(n)
		p.raw("</th>")
	}
	p.raw("</tr></thead>\n")
}
