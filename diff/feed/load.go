package feed

import (
	"bytes"
	"fmt"
)

// Refuse is a refusal of p as a whole; the caller adds line, place and field
// where it knows them.
func (p Payload) Refuse(code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Feed: p.Feed, File: p.Name, Text: fmt.Sprintf(format, args...)}
}

// Load is the one way in: it returns the text of p in UTF-8 without a byte
// order mark and without control characters other than tab, CR and LF. It is
// unpacked first, and read in the first encoding that fits of those that opts
// names, else of the format's own, else as UTF-8. What Load returns may alias
// p.Body. It refuses, with a *Refusal: E_SIZE, E_EMPTY, E_CONTAINER (damaged,
// or a zip where there is none), E_ZIP (not the one expected entry), E_BOMB,
// E_TRUNCATED (a gzip or a letter that ends in the middle), E_ENCODING (UTF-16
// or UTF-32), E_NOT_FEED (markup where a format has none: an error page, a
// bucket's error), E_UTF8 and E_CONTROL. Formats that are markup do not come
// this way, but by OpenXML.
func Load(p Payload, opts Options, own ...Encoding) ([]byte, error) {
	body, err := open(p, opts, own...)
	if err != nil {
		return nil, err
	}
	if err := checkControl(p, body); err != nil {
		return nil, err
	}
	return body, nil
}

// open is Load without the look for control characters, which the reader of
// JSON finds on its way.
func open(p Payload, opts Options, own ...Encoding) ([]byte, error) {
	body, err := openPacked(p, opts)
	if err != nil {
		return nil, err
	}
	head := bytes.TrimLeft(bytes.TrimPrefix(body, []byte(utf8Mark)), " \t\r\n")
	if len(head) == 0 {
		return nil, p.Refuse("E_EMPTY", "nothing but white space")
	}
	if head[0] == '<' {
		return nil, p.Refuse("E_NOT_FEED", "%s instead of results", markup(head))
	}
	encodings := opts.Encodings
	if len(encodings) == 0 {
		encodings = own
	}
	if len(encodings) == 0 {
		encodings = []Encoding{UTF8}
	}
	return decodeText(p, body, encodings)
}

// openPacked unpacks p and refuses what no encoding of ours has.
func openPacked(p Payload, opts Options) ([]byte, error) {
	body, err := unpack(p, opts)
	if err != nil {
		return nil, err
	}
	for mark, name := range map[string]string{"\xff\xfe": "UTF-16 or UTF-32", "\xfe\xff": "UTF-16", "\x00\x00\xfe\xff": "UTF-32"} {
		if hasPrefix(body, mark) {
			return nil, p.Refuse("E_ENCODING", "%s where UTF-8 is expected", name)
		}
	}
	return body, nil
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

// checkControl refuses control characters other than tab, CR and LF.
func checkControl(p Payload, body []byte) error {
	i := controlByte(body)
	if i < 0 {
		return nil
	}
	r := p.Refuse("E_CONTROL", "control character 0x%02x", body[i])
	r.Line = lineAt(body, i)
	return r
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
