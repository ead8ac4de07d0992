package feed

import (
	"bytes"
	"slices"

	"github.com/heraldresults/herald/diff/snapshot"
)

// attribute is one of the present element: body[start:end] its name, local
// where what follows a prefix starts, and its value as it is written.
type attribute struct {
	start, local, end int
	value, valueEnd   int
	plain             bool // the value needs no decoding
}

// binding gives a prefix its namespace. The prefix "" is the default.
type binding struct{ prefix, uri string }

// noSpace marks a namespace that no element may be in.
const noSpace = -1

// Attr returns an attribute of the present element by its name, which has no
// prefix, and whether it is there. It must be asked before the element is taken.
func (r *XML) Attr(name string) (value string, present bool) {
	b, ok := r.attr(name)
	return string(b), ok
}

// AttrCount reads an attribute as a count; empty or missing is absent.
func (r *XML) AttrCount(name string, rule CountRule) snapshot.Count {
	b, _ := r.attr(name)
	c, refusal := rule.Parse(b)
	if refusal != nil {
		r.refuse(refusal, "/@"+name)
	}
	return c
}

// RequireAttr refuses the present element with E_MISSING unless it has every
// one of the attributes.
func (r *XML) RequireAttr(names ...string) {
	for _, name := range names {
		if _, ok := r.attr(name); !ok && r.err == nil {
			r.Refuse("E_MISSING", "attribute %q is missing", name)
		}
	}
}

// KnownAttrs keeps the names of all other attributes of the present element for
// Finish. Those with a prefix and declarations of namespaces do not count.
func (r *XML) KnownAttrs(names ...string) {
	if r.err != nil || !r.waiting {
		return
	}
	for i := range r.attrs {
		a := &r.attrs[i]
		if name := string(r.body[a.start:a.end]); a.start == a.local && name != "xmlns" && !slices.Contains(names, name) {
			r.keep(r.path(false) + "/@" + name)
		}
	}
}

// attr returns the value of an attribute, valid until the next call.
func (r *XML) attr(name string) ([]byte, bool) {
	if r.err != nil || !r.waiting {
		return nil, false
	}
	for i := range r.attrs {
		a := &r.attrs[i]
		if a.start != a.local || string(r.body[a.start:a.end]) != name {
			continue
		}
		if a.plain {
			return r.body[a.value:a.valueEnd], true
		}
		at := r.pos
		r.scratch = r.decode(r.scratch[:0], a.value, a.valueEnd)
		r.pos = at
		return r.scratch, true
	}
	return nil, false
}

// startTag takes the start tag at pos and opens its element.
func (r *XML) startTag() {
	r.at = r.pos
	r.pos++
	f := element{bindings: len(r.bindings), children: len(r.seen), space: noSpace, inherited: r.inherited()}
	f.start, f.local, f.end = r.qname()
	r.attributes(&f)
	if r.err != nil {
		return
	}
	root := len(r.frames) == 0
	r.name = r.body[f.local:f.end]
	r.frames = append(r.frames, f)
	if r.elements++; r.elements > maxElements {
		r.Refuse("E_COUNT", "more than %d elements", maxElements)
	}
	if len(r.frames) > maxDepth {
		r.Refuse("E_DEPTH", "nested deeper than %d", maxDepth)
	}
	if root {
		r.errorDocument()
	}
	r.enterSpace(&r.frames[len(r.frames)-1])
	r.waiting = r.err == nil
}

// inherited is the namespace of an element without a prefix that declares none.
func (r *XML) inherited() int {
	if len(r.frames) == 0 {
		return slices.Index(r.spaces, "")
	}
	return r.frames[len(r.frames)-1].inherited
}

// enterSpace finds the namespace of an element that has just been opened.
func (r *XML) enterSpace(f *element) {
	if r.err != nil {
		return
	}
	f.space = f.inherited
	uri := ""
	if f.local > f.start {
		var ok bool
		if uri, ok = r.lookup(string(r.body[f.start : f.local-1])); !ok {
			r.Refuse("E_NS", "prefix %s has no namespace", quote(r.body[f.start:f.local-1]))
			return
		}
		f.space = slices.Index(r.spaces, uri)
	}
	if f.space < 0 {
		if f.local == f.start {
			uri, _ = r.lookup("")
		}
		r.Refuse("E_NS", "element %s of the namespace %.200q, which the format has not", quote(r.name), uri)
		return
	}
	r.space = r.spaces[f.space]
}

// lookup finds the namespace of a prefix.
func (r *XML) lookup(prefix string) (uri string, bound bool) {
	for i := len(r.bindings) - 1; i >= 0; i-- {
		if r.bindings[i].prefix == prefix {
			return r.bindings[i].uri, true
		}
	}
	if prefix == "xml" {
		return "http://www.w3.org/XML/1998/namespace", true
	}
	return "", prefix == ""
}

// qname takes a name with or without a prefix.
func (r *XML) qname() (start, local, end int) {
	b, i := r.body, r.pos
	start, local = i, i
	for i < len(b) && isNameByte(b[i]) {
		if b[i] == ':' && local == start {
			local = i + 1
		} else if b[i] == ':' {
			r.pos = i
			r.syntax("a name with one colon")
		}
		i++
	}
	r.pos = i
	switch {
	case i == start || i == local && i < len(b):
		r.syntax("a name")
	case i == len(b):
		r.truncated()
	case local == start+1 || !isNameStart(b[start]) || !isNameStart(b[local]):
		r.pos = start
		r.syntax("a name")
	case i-start > maxToken:
		r.Refuse("E_TOKEN", "a name of more than %d bytes", maxToken)
	}
	return start, local, i
}

func isNameStart(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

func isNameByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= ':' || c == '_' || c == '-' || c == '.'
}

// attributes takes the rest of a start tag.
func (r *XML) attributes(f *element) {
	r.attrs = r.attrs[:0]
	prefixed := false
	for r.err == nil {
		before := r.pos
		r.white()
		switch {
		case r.pos >= len(r.body):
			r.truncated()
		case r.body[r.pos] == '>':
			r.pos++
			if r.checkTwice(); prefixed && r.err == nil {
				r.bind(f)
				r.checkPrefixes()
			}
			return
		case r.body[r.pos] == '/':
			if r.pos++; r.pos >= len(r.body) || r.body[r.pos] != '>' {
				r.syntax(">")
				return
			}
			f.empty = true
		case r.pos == before:
			r.syntax("white space")
		case len(r.attrs) == maxAttributes:
			r.Refuse("E_COUNT", "more than %d attributes", maxAttributes)
		default:
			prefixed = r.attribute() || prefixed
		}
	}
}

// attribute takes one attribute and reports whether it has a prefix or declares
// a namespace.
func (r *XML) attribute() bool {
	var a attribute
	a.start, a.local, a.end = r.qname()
	r.white()
	if r.err == nil && (r.pos >= len(r.body) || r.body[r.pos] != '=') {
		r.syntax("=")
	}
	r.pos++
	r.white()
	if r.err == nil && (r.pos >= len(r.body) || r.body[r.pos] != '"' && r.body[r.pos] != '\'') {
		r.syntax("a value in quotes")
	}
	if r.err != nil {
		return false
	}
	mark := r.body[r.pos]
	r.pos++
	a.value, a.plain = r.pos, true
	for i := r.pos; i < len(r.body); i++ {
		c := r.body[i]
		switch {
		case c > '<' && c != 0x7f: // most of all
		case c == mark:
			a.valueEnd, r.pos = i, i+1
			return r.addAttr(a)
		case c == '<':
			r.pos = i
			r.syntax("a quote")
			return false
		case c == '&' || c < ' ' || c == 0x7f:
			a.plain = false
		}
	}
	r.truncated()
	return false
}

// addAttr keeps an attribute, checks its value and reports whether it has to do
// with namespaces.
func (r *XML) addAttr(a attribute) bool {
	switch {
	case a.valueEnd-a.value > maxToken:
		r.Refuse("E_TOKEN", "a value of more than %d bytes", maxToken)
	case !a.plain:
		r.scratch = r.decode(r.scratch[:0], a.value, a.valueEnd)
		r.pos = a.valueEnd + 1
	}
	r.attrs = append(r.attrs, a)
	return a.local > a.start || string(r.body[a.start:a.end]) == "xmlns"
}

// bind takes the namespaces that an element declares.
func (r *XML) bind(f *element) {
	for i := range r.attrs {
		a := &r.attrs[i]
		name := r.body[a.start:a.end]
		isDefault := string(name) == "xmlns"
		if r.err != nil || !isDefault && !hasPrefix(name, "xmlns:") {
			continue
		}
		at := r.pos
		b := binding{uri: string(r.decode(nil, a.value, a.valueEnd))}
		r.pos = at
		if isDefault {
			f.inherited = slices.Index(r.spaces, b.uri)
		} else if b.prefix = string(r.body[a.local:a.end]); b.uri == "" || hasPrefix([]byte(b.prefix), "xml") {
			r.Refuse("E_NS", "prefix %s cannot have the namespace %s", quote([]byte(b.prefix)), quote([]byte(b.uri)))
		}
		if r.bindings = append(r.bindings, b); len(r.bindings) > maxBindings {
			r.Refuse("E_COUNT", "more than %d declarations of namespaces", maxBindings)
		}
	}
}

// checkTwice refuses an attribute that stands there twice.
func (r *XML) checkTwice() {
	for i := range r.attrs {
		a := &r.attrs[i]
		name := r.body[a.start:a.end]
		for j := range r.attrs[:i] {
			other := &r.attrs[j]
			if other.end-other.start == len(name) && bytes.Equal(r.body[other.start:other.end], name) {
				r.Refuse("E_DUP", "attribute %s twice in one element", quote(name))
				return
			}
		}
	}
}

// checkPrefixes refuses attributes with a prefix that has no namespace, and two
// that differ in the prefix only.
func (r *XML) checkPrefixes() {
	expanded := map[binding]bool{}
	for i := range r.attrs {
		a := &r.attrs[i]
		if a.local == a.start || hasPrefix(r.body[a.start:a.end], "xmlns:") {
			continue
		}
		prefix := string(r.body[a.start : a.local-1])
		uri, ok := r.lookup(prefix)
		key := binding{string(r.body[a.local:a.end]), uri}
		switch {
		case !ok:
			r.Refuse("E_NS", "prefix %q has no namespace", prefix)
		case expanded[key]:
			r.Refuse("E_DUP", "attribute %q twice in one element", key.prefix)
		}
		expanded[key] = true
	}
}

// endTag takes the end tag at pos, which must be that of the innermost element.
func (r *XML) endTag() {
	f := &r.frames[len(r.frames)-1]
	name := r.body[f.start:f.end]
	i := r.pos + 2
	if rest := r.body[i:]; len(rest) <= len(name) || !bytes.Equal(rest[:len(name)], name) || isNameByte(rest[len(name)]) {
		r.at = r.pos
		r.wrongEnd(i, name)
		return
	}
	r.pos = i + len(name)
	r.white()
	if r.pos >= len(r.body) || r.body[r.pos] != '>' {
		r.syntax(">")
		return
	}
	r.pos++
	r.leave()
}

func (r *XML) wrongEnd(i int, want []byte) {
	end := i
	for end < len(r.body) && isNameByte(r.body[end]) {
		end++
	}
	if end == len(r.body) {
		r.truncated()
		return
	}
	r.Refuse("E_SYNTAX", "%s is closed by %s", quote(want), quote(r.body[i:end]))
}
