package feed

import (
	"bytes"
	"html"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/heraldresults/herald/diff/snapshot"
)

// CountAs says how a format writes counts in JSON.
type CountAs int

// The ways; a format allows one or both.
const (
	AsNumber CountAs = 1 << iota
	AsText
)

// Count takes a count: null and "" are absent, anything that is not digits
// only is E_NUMBER, E_NEGATIVE or E_RANGE, also a number or a string where the
// format does not write counts so.
func (r *JSON) Count(as CountAs) snapshot.Count {
	kind := r.Kind()
	if kind == '"' && as&AsText == 0 || kind == '0' && as&AsNumber == 0 {
		r.Refuse("E_NUMBER", "a count is not written like this in this format")
		return snapshot.Count{}
	}
	b, _ := r.Scalar()
	if r.err != nil {
		return snapshot.Count{}
	}
	c, refusal := ParseCount(b)
	r.refuse(refusal)
	return c
}

// Text takes a string or a number as text for people, cleaned by CleanText;
// null is "".
func (r *JSON) Text(max int) string {
	b, _ := r.Scalar()
	if r.err != nil || len(b) == 0 {
		return ""
	}
	s := string(b)
	if r.Entities && bytes.IndexByte(b, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	s, refusal := CleanText(s, max)
	r.refuse(refusal)
	return s
}

// Scalar takes a string, a number or null and returns its characters and
// whether it was not null. The bytes are valid until the next call.
func (r *JSON) Scalar() (b []byte, present bool) {
	switch c := r.Kind(); c {
	case '"':
		b, _ = r.text()
		return b, r.err == nil
	case '0':
		return r.number(), r.err == nil
	case 'n':
		r.word("null")
	default:
		r.mistyped(c, "a string or a number")
	}
	return nil, false
}

// Bool takes true, false or null; present is false for null.
func (r *JSON) Bool() (value, present bool) {
	switch c := r.Kind(); c {
	case 't':
		r.word("true")
		return r.err == nil, r.err == nil
	case 'f':
		r.word("false")
		return false, r.err == nil
	case 'n':
		r.word("null")
	default:
		r.mistyped(c, "true or false")
	}
	return false, false
}

func (r *JSON) space() {
	b, i := r.body, r.pos
	for i < len(b) && b[i] <= ' ' && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	r.pos = i
}

// syntax refuses what stands at pos, or the end of the document there.
func (r *JSON) syntax(want string) {
	if r.pos >= len(r.body) {
		r.Refuse("E_TRUNCATED", "the document ends in the middle")
		return
	}
	r.Refuse("E_SYNTAX", "%s where %s is expected", quote(r.body[r.pos:min(len(r.body), r.pos+1)]), want)
}

// mistyped refuses a value of another kind than the format has there.
func (r *JSON) mistyped(kind byte, want string) {
	switch kind {
	case '{', '[', '"', '0', 't', 'f', 'n':
		r.Refuse("E_TYPE", "a value that starts with %q is not %s", r.body[r.pos], want)
	default:
		r.syntax(want)
	}
}

func (r *JSON) word(w string) {
	for i := range len(w) {
		if r.pos >= len(r.body) || r.body[r.pos] != w[i] {
			r.syntax(w)
			return
		}
		r.pos++
	}
}

// number takes a number by the grammar of RFC 8259.
func (r *JSON) number() []byte {
	start := r.pos
	if r.body[r.pos] == '-' {
		r.pos++
	}
	if r.pos < len(r.body) && r.body[r.pos] == '0' {
		r.pos++
	} else {
		r.digits()
	}
	if r.pos < len(r.body) && r.body[r.pos] == '.' {
		r.pos++
		r.digits()
	}
	if r.pos < len(r.body) && r.body[r.pos]|0x20 == 'e' {
		r.pos++
		if r.pos < len(r.body) && (r.body[r.pos] == '+' || r.body[r.pos] == '-') {
			r.pos++
		}
		r.digits()
	}
	if r.pos < len(r.body) && r.body[r.pos] >= '0' && r.body[r.pos] <= '9' {
		r.Refuse("E_NUMBER", "a number with a leading zero")
	}
	return r.token(start, r.pos)
}

func (r *JSON) digits() {
	start := r.pos
	for r.pos < len(r.body) && r.body[r.pos] >= '0' && r.body[r.pos] <= '9' {
		r.pos++
	}
	if r.pos == start {
		r.syntax("a digit")
	}
}

func (r *JSON) token(start, end int) []byte {
	if end-start > maxToken {
		r.Refuse("E_TOKEN", "one value of more than %d bytes", maxToken)
	}
	if r.err != nil {
		return nil
	}
	return r.body[start:end]
}

// text takes a string. The bytes alias the body, or the scratch space when the
// string has escapes.
func (r *JSON) text() (b []byte, escaped bool) {
	start := r.pos + 1
	for i, c := range r.body[start:] {
		if c > '\\' || c > '"' && c < '\\' || c == ' ' || c == '!' {
			continue
		}
		switch r.pos = start + i; c {
		case '"':
			r.pos++
			return r.token(start, start+i), false
		case '\\':
			return r.unescape(start), true
		}
		r.Refuse("E_CONTROL", "control character 0x%02x in a string", c)
		return nil, false
	}
	r.pos = len(r.body)
	r.syntax("")
	return nil, false
}

// unescape takes the rest of a string from its first escape on.
func (r *JSON) unescape(start int) []byte {
	out := append(r.scratch[:0], r.body[start:r.pos]...)
	for r.pos < len(r.body) && r.err == nil {
		c := r.body[r.pos]
		switch {
		case c == '"':
			r.pos++
			r.scratch = out
			if len(out) > maxToken {
				r.Refuse("E_TOKEN", "one value of more than %d bytes", maxToken)
				return nil
			}
			return out
		case c < 0x20:
			r.Refuse("E_CONTROL", "control character 0x%02x in a string", c)
		case c != '\\':
			out = append(out, c)
			r.pos++
		default:
			out = utf8.AppendRune(out, r.escape())
		}
	}
	if r.err == nil {
		r.syntax("")
	}
	return nil
}

// escape takes one escape, which stands at pos.
func (r *JSON) escape() rune {
	r.pos++
	if r.pos >= len(r.body) {
		r.syntax("")
		return 0
	}
	c := r.body[r.pos]
	r.pos++
	switch c {
	case '"', '\\', '/':
		return rune(c)
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'u':
		return r.unicodeEscape()
	case 'b', 'f':
		r.Refuse("E_CONTROL", "control character \\%c in a string", c)
	default:
		r.pos--
		r.syntax("an escape")
	}
	return 0
}

func (r *JSON) unicodeEscape() rune {
	u := r.hex4()
	if utf16.IsSurrogate(u) && r.err == nil {
		low := rune(-1)
		if r.pos+1 < len(r.body) && r.body[r.pos] == '\\' && r.body[r.pos+1] == 'u' {
			r.pos += 2
			low = r.hex4()
		}
		if u = utf16.DecodeRune(u, low); u == utf8.RuneError {
			r.Refuse("E_UTF8", "half of a surrogate pair")
		}
	}
	if u < 0x20 && u != '\t' && u != '\n' && u != '\r' || u == 0x7f {
		r.Refuse("E_CONTROL", "control character U+%04X in a string", u)
	}
	return u
}

func (r *JSON) hex4() rune {
	var u rune
	for range 4 {
		if r.pos >= len(r.body) {
			r.syntax("")
			return 0
		}
		c := r.body[r.pos]
		switch {
		case c >= '0' && c <= '9':
			u = u<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			u = u<<4 | rune(c|0x20-'a'+10)
		default:
			r.syntax("a hexadecimal digit")
			return 0
		}
		r.pos++
	}
	return u
}
