package templates

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// fragment is checked HTML.
type fragment []fragmentPart

type fragmentPart struct {
	text  markup
	image string // the name of a File whose address follows text; "" for none
}

type fragments map[string]fragment

// of is the fragment of a language with the addresses of its images.
func (f fragments) of(code string, addresses map[string]Asset) markup {
	parts, ok := f[code]
	if !ok {
		parts = f[""]
	}
	var m markup
	for _, part := range parts {
		m += part.text
		if part.image != "" {
			m += escaped(addresses[part.image].Href)
		}
	}
	return m
}

// allowed says which elements a header or a footer may hold, and in what.
// Headings are left out, since they would stand before a page's own.
var allowed = map[string]struct {
	block      bool
	attributes []string
}{
	"div": {block: true}, "p": {block: true}, "ul": {block: true}, "ol": {block: true}, "li": {block: true},
	"a":   {attributes: []string{"href", "hreflang"}},
	"img": {attributes: []string{"src", "alt", "width", "height"}},
	"b":   {}, "strong": {}, "i": {}, "em": {}, "small": {}, "span": {}, "br": {}, "bdi": {},
	"abbr": {},
}

// reasons say more of what people try most.
var reasons = map[string]string{
	"script": "pages run no scripts but Herald's own", "style": "colours are set in colours.toml",
	"iframe": "pages load nothing from other hosts", "form": "pages send nothing",
	"h1": "headings belong to the pages", "h2": "headings belong to the pages", "h3": "headings belong to the pages",
}

// cleaner copies the HTML of a header or footer as it checks it.
type cleaner struct {
	f     *folder
	name  string
	line  int
	open  []string
	parts fragment
	text  markup
}

// fragment checks a header or a footer: a few elements, closed and nested as
// they must be, so that it cannot change the page around it.
func (f *folder) fragment(name, code string, raw []byte, into fragments) {
	if !f.short(name, raw, maxFragment) {
		return
	}
	if code != "" {
		if _, err := catalogOf(code); err != nil {
			f.wrong(name, 0, "%v", err)
			return
		}
	}
	c := &cleaner{f: f, name: name, line: 1}
	z := html.NewTokenizer(bytes.NewReader(raw))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		lines := bytes.Count(z.Raw(), []byte("\n"))
		c.token(z.Token())
		c.line += lines
	}
	for _, element := range c.open {
		c.wrong("<%s> is not closed", element)
	}
	into[code] = append(c.parts, fragmentPart{text: c.text})
}

func (c *cleaner) wrong(format string, args ...any) { c.f.wrong(c.name, c.line, format, args...) }

func (c *cleaner) token(t html.Token) {
	switch t.Type {
	case html.TextToken:
		if strings.TrimSpace(t.Data) != "" && slices.Contains([]string{"ul", "ol"}, c.inside()) {
			c.wrong("text stands in a list outside its items")
		}
		c.text += escaped(t.Data)
	case html.StartTagToken, html.SelfClosingTagToken:
		c.start(t)
	case html.EndTagToken:
		c.end(t.Data)
	case html.DoctypeToken:
		c.wrong("it is a whole page; only what stands inside the header or footer is wanted")
	}
}

func (c *cleaner) inside() string {
	if len(c.open) == 0 {
		return ""
	}
	return c.open[len(c.open)-1]
}

func (c *cleaner) start(t html.Token) {
	element, ok := allowed[t.Data]
	if !ok {
		c.wrong("<%s> is not allowed%s", t.Data, because(reasons[t.Data]))
		return
	}
	inside := c.inside()
	list := inside == "ul" || inside == "ol"
	switch {
	case t.Data == "li" && !list:
		c.wrong("<li> stands outside a list")
	case t.Data != "li" && list:
		c.wrong("<%s> stands in a list outside its items", t.Data)
	case element.block && t.Data != "li" && inside != "" && (inside == "p" || !allowed[inside].block):
		c.wrong("<%s> stands inside <%s>", t.Data, inside)
	case t.Data == "a" && slices.Contains(c.open, "a"):
		c.wrong("a link stands inside a link")
	}
	c.text += markup("<") + escaped(t.Data)
	c.attributes(t, element.attributes)
	c.text += ">"
	if t.Data != "img" && t.Data != "br" {
		c.open = append(c.open, t.Data)
	}
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

func (c *cleaner) end(element string) {
	if _, ok := allowed[element]; !ok || element == "img" || element == "br" {
		return // its start was refused
	}
	if c.inside() != element {
		c.wrong("</%s> closes nothing, or not what was opened last", element)
		return
	}
	c.open = c.open[:len(c.open)-1]
	c.text += markup("</") + escaped(element) + markup(">")
}

func (c *cleaner) attributes(t html.Token, own []string) {
	seen := map[string]string{}
	for _, a := range t.Attr {
		if !slices.Contains(own, a.Key) && !slices.Contains([]string{"lang", "dir", "title"}, a.Key) {
			reason := ""
			if strings.HasPrefix(a.Key, "on") {
				reason = "pages run no scripts but Herald's own"
			} else if a.Key == "style" {
				reason = "colours are set in colours.toml"
			}
			c.wrong("%s of <%s> is not allowed%s", a.Key, t.Data, because(reason))
			continue
		}
		seen[a.Key] = a.Val
		c.text += markup(" ") + escaped(a.Key) + markup(`="`)
		switch a.Key {
		case "href":
			c.link(a.Val)
		case "src":
			c.source(a.Val)
		case "dir":
			if a.Val != "ltr" && a.Val != "rtl" && a.Val != "auto" {
				c.wrong("dir is ltr, rtl or auto")
			}
			c.text += escaped(a.Val)
		default:
			c.text += escaped(a.Val)
		}
		c.text += `"`
	}
	if _, ok := seen["alt"]; t.Data == "img" && !ok {
		c.wrong(`<img> has no alt, which readers hear in its place; alt="" for decoration`)
	}
	if t.Data == "img" && seen["src"] == "" {
		c.wrong("<img> has no src")
	}
	if t.Data == "a" && seen["href"] == "" {
		c.wrong("<a> has no href")
	}
}

// link takes an address that can be followed from any page.
func (c *cleaner) link(address string) {
	for _, start := range []string{"https://", "http://", "mailto:", "tel:"} {
		if strings.HasPrefix(address, start) && !strings.ContainsAny(address, " \t\r\n<>\"") {
			c.text += escaped(address)
			return
		}
	}
	if strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") && !strings.ContainsAny(address, "\\ \t\r\n<>\"") {
		c.text += escaped(address)
		return
	}
	c.wrong("href %q is not allowed: links begin with https://, http://, mailto:, tel: or one /, since pages lie in many folders", address)
}

// source takes an image of the folder.
func (c *cleaner) source(address string) {
	if _, ok := c.f.files[address]; !ok || !strings.HasPrefix(address, "images/") {
		c.wrong("src %q is not an image of the folder: images/NAME.svg, .png, .jpg or .webp", address)
		return
	}
	c.f.shown[address] = true
	c.parts = append(c.parts, fragmentPart{c.text, imageFile(address)})
	c.text = ""
}

// unshown notes images that no header and no footer shows.
func (f *folder) unshown() {
	for name := range f.files {
		if strings.HasPrefix(name, "images/") && !f.shown[name] {
			f.wrong(name, 0, "no header or footer shows it")
		}
	}
}

// imageFile is the name under which an image is published.
func imageFile(name string) string {
	return fmt.Sprintf("image-%s", strings.TrimPrefix(name, "images/"))
}
