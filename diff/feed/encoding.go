package feed

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Encoding says how the text of a payload is written down.
type Encoding int

// The encodings. A byte order mark of UTF-8 is stripped once, and what has one
// is UTF-8; other marks are refused.
const (
	UTF8 Encoding = iota
	ISO8859_1
	Windows1252
)

// utf8Mark is the byte order mark of UTF-8.
const utf8Mark = "\xef\xbb\xbf"

var encodingNames = [...]string{UTF8: "utf-8", ISO8859_1: "iso-8859-1", Windows1252: "windows-1252"}

// String is the name in the configuration.
func (e Encoding) String() string { return encodingNames[e] }

// ParseEncoding returns the encoding with a name, in any case.
func ParseEncoding(name string) (Encoding, error) {
	for e, n := range encodingNames {
		if strings.EqualFold(n, name) {
			return Encoding(e), nil
		}
	}
	return 0, fmt.Errorf("%q is not an encoding; known are %s", name, strings.Join(encodingNames[:], ", "))
}

// decodeText returns body in UTF-8, read in the first encoding that fits.
// Undefined bytes do not fit: 80 to 9F in ISO-8859-1, five of these in
// Windows-1252.
func decodeText(p Payload, body []byte, encodings []Encoding) ([]byte, error) {
	if rest, marked := bytes.CutPrefix(body, []byte(utf8Mark)); marked {
		body, encodings = rest, []Encoding{UTF8}
	}
	names := make([]string, len(encodings))
	for i, e := range encodings {
		names[i] = e.String()
		if unfit(body, e) < 0 {
			return toUTF8(body, e), nil
		}
	}
	bad := unfit(body, encodings[0])
	if len(encodings) == 1 && encodings[0] == UTF8 && !utf8.FullRune(body[bad:]) {
		return nil, p.Refuse("E_TRUNCATED", "it ends in the middle of a letter")
	}
	r := p.Refuse("E_UTF8", "byte 0x%02x is not %s", body[bad], strings.Join(names, " or "))
	r.Line = lineAt(body, bad)
	return nil, r
}

func toUTF8(body []byte, e Encoding) []byte {
	if e == UTF8 || isASCII(body) {
		return body
	}
	table := charmap.ISO8859_1
	if e == Windows1252 {
		table = charmap.Windows1252
	}
	out := make([]byte, 0, len(body)+len(body)/8)
	for _, c := range body {
		out = utf8.AppendRune(out, table.DecodeByte(c))
	}
	return out
}

// unfit is the place of the first byte that is not text in e; -1 for none.
func unfit(body []byte, e Encoding) int {
	if e == UTF8 {
		if utf8.Valid(body) {
			return -1
		}
		return invalidUTF8(body)
	}
	for i, c := range body {
		switch {
		case c < 0x80 || c > 0x9f:
		case e == ISO8859_1, c == 0x81, c == 0x8d, c == 0x8f, c == 0x90, c == 0x9d:
			return i
		}
	}
	return -1
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
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
