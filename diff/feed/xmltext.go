package feed

import (
	"bytes"
	"unicode/utf8"

	"github.com/heraldresults/herald/diff/snapshot"
)

// Text takes an element that holds text and returns it, with references
// decoded and without the white space around it. A second element of the name
// in one parent is E_DUP, an element inside is E_TYPE.
func (r *XML) Text() string {
	r.once()
	return r.TextItem()
}

// TextItem is Text for an element that may repeat.
func (r *XML) TextItem() string {
	s := string(bytes.TrimSpace(r.content()))
	r.shut()
	return s
}

// Count takes an element that holds a count. With nothing but white space in
// it, it is absent; what the rule does not allow is E_NUMBER, E_NEGATIVE or
// E_RANGE, and so is white space around digits. A second element of the name in
// one parent is E_DUP, an element inside is E_TYPE.
func (r *XML) Count(rule CountRule) snapshot.Count {
	r.once()
	return r.CountItem(rule)
}

// CountItem is Count for an element that may repeat.
func (r *XML) CountItem(rule CountRule) snapshot.Count {
	var c snapshot.Count
	if b := r.content(); len(bytes.TrimSpace(b)) > 0 {
		var refusal *Refusal
		c, refusal = rule.Parse(b)
		r.refuse(refusal, "")
	}
	r.shut()
	return c
}

// once refuses the present element when its parent had one of the name.
func (r *XML) once() {
	if r.err != nil || !r.waiting {
		return
	}
	if f := &r.frames[len(r.frames)-1]; f.nth > 1 {
		r.Refuse("E_DUP", "element %s twice where one is expected", quote(r.name))
	}
}

// content is the text of the present element, valid until the next call. It
// stands before the end tag then.
func (r *XML) content() []byte {
	if r.err != nil || !r.waiting {
		return nil
	}
	r.waiting = false
	if r.frames[len(r.frames)-1].empty {
		return nil
	}
	start := r.pos
	end := r.plainRun(start)
	if end+1 < len(r.body) && r.body[end] == '<' && r.body[end+1] == '/' && end-start <= maxToken {
		r.pos = end
		return r.body[start:end]
	}
	r.scratch = r.charData(r.scratch[:0])
	if r.err == nil && r.body[r.pos+1] != '/' {
		r.pos++
		_, local, end := r.qname()
		if r.err == nil {
			r.Refuse("E_TYPE", "element %s where text is expected", quote(r.body[local:end]))
		}
	}
	if r.err != nil {
		return nil
	}
	return r.scratch
}

// shut passes the end of the element whose content was taken.
func (r *XML) shut() {
	switch {
	case r.err != nil:
	case r.frames[len(r.frames)-1].empty:
		r.leave()
	default:
		r.endTag()
	}
}

// plainRun returns where the text that needs no further look ends.
func (r *XML) plainRun(i int) int {
	b := r.body
	for i < len(b) {
		if c := b[i]; c < ' ' && c != '\n' && c != '\t' || c == '<' || c == '&' || c == '>' || c == 0x7f {
			break
		}
		i++
	}
	return i
}

// charData takes text, references, CDATA sections, comments and processing
// instructions up to the next tag, and appends the text to out.
func (r *XML) charData(out []byte) []byte {
	for r.err == nil {
		end := r.plainRun(r.pos)
		out = append(out, r.body[r.pos:end]...)
		if r.pos = end; end == len(r.body) {
			r.truncated()
			break
		}
		switch c := r.body[end]; {
		case len(out) > maxToken:
			r.Refuse("E_TOKEN", "a text of more than %d bytes", maxToken)
		case c == '&':
			out = utf8.AppendRune(out, r.reference())
		case c == '\r':
			if r.pos++; r.pos >= len(r.body) || r.body[r.pos] != '\n' {
				out = append(out, '\n')
			}
		case c == '>':
			if bytes.HasSuffix(r.body[:end], []byte("]]")) {
				r.syntax("text without ]]>")
			}
			out = append(out, c)
			r.pos++
		case c != '<':
			r.control(end, c)
		case hasPrefix(r.body[end:], cdataStart):
			out = append(out, r.cdata()...)
		case !r.misc():
			if r.pos+1 >= len(r.body) {
				r.truncated()
			}
			return out
		}
	}
	return out
}

func (r *XML) control(pos int, c byte) {
	r.refuseAt(pos, "E_CONTROL", "control character 0x%02x", c)
}

const cdataStart = "<![CDATA["

// cdata takes a CDATA section and returns what is in it.
func (r *XML) cdata() []byte {
	inner := r.section(cdataStart, "]]>")
	if len(inner) > maxToken {
		r.Refuse("E_TOKEN", "a text of more than %d bytes", maxToken)
		return nil
	}
	return inner
}

// section takes what stands between open, at pos, and shut.
func (r *XML) section(open, shut string) []byte {
	start := r.pos + len(open)
	n := -1
	if start <= len(r.body) {
		n = bytes.Index(r.body[start:], []byte(shut))
	}
	if n < 0 {
		r.truncated()
		return nil
	}
	inner := r.body[start : start+n]
	if i := controlByte(inner); i >= 0 {
		r.control(start+i, inner[i])
		return nil
	}
	r.pos = start + n + len(shut)
	return inner
}

// misc takes a comment or a processing instruction at pos, which stands at a
// "<", and reports whether there was one, or something was refused. Every
// other declaration is E_DTD.
func (r *XML) misc() bool {
	rest := r.body[r.pos:]
	switch {
	case len(rest) < 2:
		r.truncated()
	case rest[1] == '?':
		r.instruction()
	case rest[1] != '!':
		return false
	case hasPrefix(rest, "<!--"):
		if at, inner := r.pos, r.section("<!--", "-->"); bytes.Contains(inner, []byte("--")) || bytes.HasSuffix(inner, []byte("-")) {
			r.refuseAt(at, "E_SYNTAX", "-- inside a comment")
		}
	case hasPrefix(rest, cdataStart):
		r.syntax("an element")
	case hasPrefix([]byte("<!--"), string(rest)), hasPrefix([]byte(cdataStart), string(rest)):
		r.truncated()
	case bytes.EqualFold(rest[:min(len(rest), 14)], []byte("<!doctype html")):
		r.refuseAt(r.pos, "E_NOT_FEED", "an HTML page instead of results")
	case bytes.EqualFold(rest, []byte("<!doctype html")[:min(len(rest), 14)]):
		r.truncated()
	default:
		r.refuseAt(r.pos, "E_DTD", "a declaration %s, which no feed needs", quote(rest[:min(len(rest), 20)]))
	}
	return true
}

// instruction passes a processing instruction.
func (r *XML) instruction() {
	at := r.pos
	inner := r.section("<?", "?>")
	if r.err != nil {
		return
	}
	target := inner[:nameLength(inner)]
	switch rest := inner[len(target):]; {
	case len(target) == 0 || !isNameStart(target[0]) || len(rest) > 0 && !isWhite(rest[0]):
		r.refuseAt(at, "E_SYNTAX", "a processing instruction without a name")
	case bytes.EqualFold(target, []byte("xml")):
		r.refuseAt(at, "E_SYNTAX", "an XML declaration that is not at the start")
	}
}

func nameLength(b []byte) int {
	n := 0
	for n < len(b) && isNameByte(b[n]) {
		n++
	}
	return n
}

func isWhite(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func (r *XML) white() {
	b, i := r.body, r.pos
	for i < len(b) && b[i] <= ' ' && isWhite(b[i]) {
		i++
	}
	r.pos = i
}

// decode appends the value of an attribute to out.
func (r *XML) decode(out []byte, start, end int) []byte {
	for r.pos = start; r.pos < end && r.err == nil; {
		switch c := r.body[r.pos]; {
		case c == '&':
			out = utf8.AppendRune(out, r.reference())
			continue
		case c == '\r' && r.body[r.pos+1] == '\n':
		case isWhite(c):
			out = append(out, ' ')
		case c < ' ' || c == 0x7f:
			r.control(r.pos, c)
		default:
			out = append(out, c)
		}
		r.pos++
	}
	return out
}

// reference takes a reference, which stands at pos.
func (r *XML) reference() rune {
	rest := r.body[r.pos:]
	n := bytes.IndexByte(rest[:min(len(rest), 12)], ';')
	if n < 0 {
		if len(rest) < 12 && !bytes.ContainsAny(rest, "<\"'") {
			r.truncated()
			return 0
		}
		r.syntax("a reference")
		return 0
	}
	name := rest[1:n]
	c, ok := named(name)
	if !ok && len(name) > 1 && name[0] == '#' {
		c, ok = numbered(name[1:])
	}
	switch {
	case !ok:
		r.refuseAt(r.pos, "E_SYNTAX", "a reference %s that XML has not", quote(rest[:n+1]))
	case c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f:
		r.refuseAt(r.pos, "E_CONTROL", "control character %s", quote(rest[:n+1]))
	}
	r.pos += n + 1
	return c
}

func named(name []byte) (rune, bool) {
	switch string(name) {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	return 0, false
}

// numbered reads the digits of a reference by number, "233" or "xE9", and
// reports whether it is a character.
func numbered(digits []byte) (rune, bool) {
	base := rune(10)
	if digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	var n rune
	for _, c := range digits {
		d := rune(c - '0')
		if c > '9' && base == 16 {
			d = rune(c|0x20) - 'a' + 10
		}
		if c < '0' || c > '9' && (c|0x20 < 'a' || d >= base) {
			return 0, false
		}
		if n = n*base + d; n > utf8.MaxRune {
			return 0, false
		}
	}
	ok := len(digits) > 0 && utf8.ValidRune(n) && n != 0xfffe && n != 0xffff
	return n, ok
}
