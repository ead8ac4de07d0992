package feed

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Encoding says how the text of a format is written down.
type Encoding int

// The encodings. A byte order mark of UTF-8 is stripped once, other marks are
// refused.
const (
	UTF8 Encoding = iota
	// UTF8OrWindows1252 is for sources that send one byte a letter without
	// saying so: bytes that are not UTF-8 are read as Windows-1252.
	UTF8OrWindows1252
)

// Refuse is a refusal of p as a whole; the caller adds line, place and field
// where it knows them.
func (p Payload) Refuse(code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Feed: p.Feed, File: p.Name, Text: fmt.Sprintf(format, args...)}
}

// Load is the one way in: it returns the text of p in UTF-8 without a byte
// order mark and without control characters other than tab, CR and LF. What it
// returns may alias p.Body. It refuses, with a *Refusal: E_SIZE, E_EMPTY,
// E_CONTAINER (gzip or zip), E_ENCODING (UTF-16 or UTF-32), E_NOT_FEED (markup
// where a format has none: an error page, a bucket's error), E_UTF8 and
// E_CONTROL. Formats that are markup do not come this way.
func Load(p Payload, opts Options, enc Encoding) ([]byte, error) {
	body, err := open(p, opts, enc)
	if err != nil {
		return nil, err
	}
	if i := controlByte(body); i >= 0 {
		r := p.Refuse("E_CONTROL", "control character 0x%02x", body[i])
		r.Line = lineAt(body, i)
		return nil, r
	}
	return body, nil
}

// open is Load without the look for control characters, which the reader of
// JSON finds on its way.
func open(p Payload, opts Options, enc Encoding) ([]byte, error) {
	limit := opts.MaxBytes
	if limit <= 0 {
		limit = DefaultMaxBytes
	}
	body := p.Body
	if int64(len(body)) > limit {
		return nil, p.Refuse("E_SIZE", "%d bytes, more than the %d allowed", len(body), limit)
	}
	if err := sniff(p, body); err != nil {
		return nil, err
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	head := bytes.TrimLeft(body, " \t\r\n")
	if len(head) == 0 {
		return nil, p.Refuse("E_EMPTY", "nothing but white space")
	}
	if head[0] == '<' {
		return nil, p.Refuse("E_NOT_FEED", "%s instead of results", markup(head))
	}
	if !utf8.Valid(body) {
		if enc != UTF8OrWindows1252 {
			bad := invalidUTF8(body)
			r := p.Refuse("E_UTF8", "byte 0x%02x is not UTF-8", body[bad])
			r.Line = lineAt(body, bad)
			return nil, r
		}
		var err error
		if body, err = charmap.Windows1252.NewDecoder().Bytes(body); err != nil {
			return nil, &Refusal{Code: "E_UTF8", Feed: p.Feed, File: p.Name, Text: "read as Windows-1252", Err: err}
		}
	}
	return body, nil
}

// sniff refuses what can be told from the first bytes.
func sniff(p Payload, body []byte) error {
	for _, c := range []struct{ magic, code, text string }{
		{"\x1f\x8b", "E_CONTAINER", "gzip where plain text is expected"},
		{"PK\x03\x04", "E_CONTAINER", "zip where plain text is expected"},
		{"\xff\xfe", "E_ENCODING", "UTF-16 or UTF-32 where UTF-8 is expected"},
		{"\xfe\xff", "E_ENCODING", "UTF-16 where UTF-8 is expected"},
		{"\x00\x00\xfe\xff", "E_ENCODING", "UTF-32 where UTF-8 is expected"},
	} {
		if bytes.HasPrefix(body, []byte(c.magic)) {
			return p.Refuse(c.code, "%s", c.text)
		}
	}
	return nil
}

// markup names what stands where a feed should be.
func markup(head []byte) string {
	start := bytes.ToLower(head[:min(len(head), 1024)])
	switch {
	case bytes.Contains(start, []byte("<html")) || bytes.Contains(start, []byte("<!doctype html")):
		return "an HTML page"
	case bytes.Contains(start, []byte("<error>")) || bytes.Contains(start, []byte("<error ")):
		code := between(head, "<Code>", "</Code>")
		if code == "" {
			return "an XML error"
		}
		return fmt.Sprintf("a bucket's error %q", code)
	}
	return "markup"
}

func between(b []byte, open, shut string) string {
	_, rest, ok := bytes.Cut(b, []byte(open))
	inner, _, ok2 := bytes.Cut(rest, []byte(shut))
	if !ok || !ok2 || len(inner) > 64 {
		return ""
	}
	return string(inner)
}

func invalidUTF8(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// controlByte returns the place of the first C0 control other than tab, LF and
// CR, or of DEL; -1 when there is none.
func controlByte(b []byte) int {
	for i, c := range b {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			return i
		}
	}
	return -1
}

// lineAt is the 1-based line of the byte at pos.
func lineAt(b []byte, pos int) int {
	return bytes.Count(b[:min(pos, len(b))], []byte("\n")) + 1
}
