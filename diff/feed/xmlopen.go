package feed

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// openMarkup loads p in the encoding that it declares and returns its text and
// where the XML declaration in it ends.
func openMarkup(p Payload, opts Options) (body []byte, start int, err error) {
	if body, err = openPacked(p, opts); err != nil {
		return nil, 0, err
	}
	rest, marked := bytes.CutPrefix(body, []byte(utf8Mark))
	if len(bytes.TrimLeft(rest, " \t\r\n")) == 0 {
		return nil, 0, p.Refuse("E_EMPTY", "nothing but white space")
	}
	d, err := declared(p, rest)
	if err != nil {
		return nil, 0, err
	}
	encoding, err := d.choose(p, opts, marked)
	if err != nil {
		return nil, 0, err
	}
	if body, err = decodeText(p, rest, []Encoding{encoding}); err != nil {
		return nil, 0, err
	}
	for _, c := range []string{"\xef\xbf\xbe", "\xef\xbf\xbf"} {
		if i := bytes.Index(body, []byte(c)); i >= 0 {
			r := p.Refuse("E_CONTROL", "%+q is not a character", c)
			r.Line = lineAt(body, i)
			return nil, 0, r
		}
	}
	return body, d.length, nil
}

// declaration is what stands in <?xml …?>. It is in ASCII in every encoding
// that is read.
type declaration struct {
	length   int
	encoding string
}

// declared reads the declaration at the start of body, if there is one.
func declared(p Payload, body []byte) (declaration, error) {
	if !hasPrefix(body, "<?xml") || len(body) > 5 && isNameByte(body[5]) {
		return declaration{}, nil
	}
	head := body[:min(len(body), 1024)]
	end := bytes.Index(head, []byte("?>"))
	switch {
	case end < 0 && len(head) == len(body):
		return declaration{}, p.Refuse("E_TRUNCATED", "the document ends in the middle")
	case end < 0:
		return declaration{}, p.Refuse("E_SYNTAX", "an XML declaration without an end")
	}
	d := declaration{length: end + 2}
	names := []string{"version", "encoding", "standalone"}
	for rest := string(head[len("<?xml"):end]); strings.TrimSpace(rest) != ""; {
		name, value, after, ok := pseudoAttribute(rest)
		at := slices.Index(names, name)
		switch {
		case !ok || at < 0 || names[0] == "version" && at > 0:
			return d, p.Refuse("E_SYNTAX", "an XML declaration that is none: %s", quote(body[:d.length]))
		case name == "version" && value != "1.0":
			return d, p.Refuse("E_VERSION", "XML %s where 1.0 is expected", quote([]byte(value)))
		case name == "encoding":
			d.encoding = value
		}
		names, rest = names[at+1:], after
	}
	if len(names) == 3 {
		return d, p.Refuse("E_SYNTAX", "an XML declaration without a version")
	}
	return d, nil
}

// pseudoAttribute takes ` name="value"` from the start of s.
func pseudoAttribute(s string) (name, value, rest string, ok bool) {
	trimmed := strings.TrimLeft(s, " \t\r\n")
	name, after, found := strings.Cut(trimmed, "=")
	name, after = strings.TrimRight(name, " \t\r\n"), strings.TrimLeft(after, " \t\r\n")
	if !found || len(trimmed) == len(s) || after == "" || after[0] != '"' && after[0] != '\'' {
		return "", "", "", false
	}
	value, rest, found = strings.Cut(after[1:], after[:1])
	return name, value, rest, found
}

// choose returns the encoding to read. Without a declaration it is UTF-8: a
// document that is not has to say so.
func (d declaration) choose(p Payload, opts Options, marked bool) (Encoding, error) {
	switch strings.ToLower(d.encoding) {
	case "", "utf-8", "us-ascii":
		return UTF8, nil
	}
	e, err := ParseEncoding(d.encoding)
	switch {
	case err != nil:
		return 0, p.Refuse("E_ENCODING", "it declares %s, which is not read", quote([]byte(d.encoding)))
	case marked:
		return 0, p.Refuse("E_ENCODING", "it declares %s behind a byte order mark of UTF-8", e)
	case !slices.Contains(opts.Encodings, e):
		return 0, p.Refuse("E_ENCODING", "it declares %s, which is not configured", e)
	}
	return e, nil
}

// errorDocument refuses a root element that servers answer with instead of
// results, whatever its namespace.
func (r *XML) errorDocument() {
	switch strings.ToLower(string(r.name)) {
	case "html":
		r.Refuse("E_NOT_FEED", "an HTML page instead of results")
	case "error", "chyba", "fault":
		text := "an error document"
		if code := between(r.body[r.pos:], "<Code>", "</Code>"); code != "" {
			text = fmt.Sprintf("a bucket's error %q", code)
		}
		r.Refuse("E_NOT_FEED", "%s instead of results: %s", text, quote(r.body[r.at:r.pos]))
	}
}
