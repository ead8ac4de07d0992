package feed

import (
	"strconv"

	"github.com/heraldresults/herald/diff/snapshot"
)

// ParseCount reads a count as a source writes it: empty is absent, else digits
// only, without sign, separator, fraction, exponent, space or leading zero, at
// most ten of them. The refusal is nil, or holds the code (E_NUMBER,
// E_NEGATIVE, E_RANGE) and the text; the caller says where it stood.
func ParseCount(b []byte) (snapshot.Count, *Refusal) {
	if len(b) == 0 {
		return snapshot.Count{}, nil
	}
	digits := b
	if b[0] == '-' {
		digits = b[1:]
	}
	if !plainDigits(digits) {
		return refuseCount("E_NUMBER", b, "is not a count")
	}
	if len(digits) < len(b) {
		if digits[0] == '0' {
			return refuseCount("E_NUMBER", b, "is not a count")
		}
		return refuseCount("E_NEGATIVE", b, "is below zero")
	}
	if len(digits) > 10 {
		return refuseCount("E_RANGE", b, "is more than any electorate")
	}
	var n int64
	for _, c := range digits {
		n = n*10 + int64(c-'0')
	}
	return snapshot.Of(n), nil
}

// plainDigits reports whether b is ^(0|[1-9][0-9]*)$.
func plainDigits(b []byte) bool {
	if len(b) == 0 || b[0] == '0' && len(b) > 1 {
		return false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func refuseCount(code string, b []byte, text string) (snapshot.Count, *Refusal) {
	return snapshot.Count{}, &Refusal{Code: code, Text: quote(b) + " " + text}
}

// quote shows what a source sent, shortened.
func quote(b []byte) string {
	if len(b) > 40 {
		return strconv.Quote(string(b[:40])) + "…"
	}
	return strconv.Quote(string(b))
}
