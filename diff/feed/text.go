package feed

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The limits of text that is shown to people.
const (
	// MaxName is the longest name, in runes.
	MaxName = 200
	// MaxDetail is the longest line of further text, in runes.
	MaxDetail = 1000
	maxMarks  = 4
)

// CleanText makes a source's text fit to be shown: invisible format characters
// (bidi controls, zero-width characters, soft hyphens) are dropped, runs of
// white space become one space, the ends are trimmed. The refusal is nil, or
// holds the code (E_TEXT: more than max runes, or more than four combining
// marks in a row; E_CONTROL: a control character; E_UTF8: U+FFFD, a letter
// lost before it came here) and the text.
func CleanText(s string, max int) (string, *Refusal) {
	if isPlain(s, max) {
		return s, nil
	}
	var b strings.Builder
	runes, marks, space := 0, 0, false
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			return "", &Refusal{Code: "E_UTF8", Text: "a letter was replaced by U+FFFD at the source"}
		case unicode.IsSpace(r):
			space = true
			continue
		case unicode.Is(unicode.Cc, r):
			return "", &Refusal{Code: "E_CONTROL", Text: fmt.Sprintf("control character U+%04X", r)}
		case unicode.Is(unicode.Cf, r):
			continue
		case unicode.Is(unicode.M, r):
			marks++
		default:
			marks = 0
		}
		if marks > maxMarks {
			return "", &Refusal{Code: "E_TEXT", Text: fmt.Sprintf("more than %d combining marks on one letter", maxMarks)}
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
			runes++
		}
		space = false
		b.WriteRune(r)
		if runes++; runes > max {
			return "", &Refusal{Code: "E_TEXT", Text: fmt.Sprintf("more than %d characters", max)}
		}
	}
	return b.String(), nil
}

// isPlain reports whether s is at most max printable letters of Latin scripts
// with single spaces inside only: text that CleanText would leave as it is.
func isPlain(s string, max int) bool {
	last, runes := ' ', 0
	for _, r := range s {
		if r < ' ' || r > 0x24f || r >= 0x7f && r <= 0xa0 || r == 0xad || r == ' ' && last == ' ' {
			return false
		}
		last = r
		runes++
	}
	return runes <= max && (runes == 0 || last != ' ')
}

// ParseLocal reads a time that names no zone. The refusal is nil, or E_TIME: the
// layout does not fit, no zone is given, or the zone skips this hour in spring.
// Of the two readings of the hour that autumn repeats it takes the first.
func ParseLocal(layout, value string, zone *time.Location) (time.Time, *Refusal) {
	wall, err := time.Parse(layout, value)
	if err != nil {
		return time.Time{}, &Refusal{Code: "E_TIME", Text: fmt.Sprintf("%q is not a time", value)}
	}
	if zone == nil {
		return time.Time{}, &Refusal{Code: "E_TIME", Text: fmt.Sprintf("%q names no zone, and none is configured", value)}
	}
	t, err := time.ParseInLocation(layout, value, zone)
	if err != nil || t.Hour() != wall.Hour() || t.Minute() != wall.Minute() {
		return time.Time{}, &Refusal{Code: "E_TIME", Text: fmt.Sprintf("%q does not exist in %s", value, zone)}
	}
	return t, nil
}
