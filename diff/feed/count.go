package feed

import (
	"bytes"
	"strconv"

	"github.com/heraldresults/herald/diff/snapshot"
)

// CountRule is what the counts of a format may look like beside plain digits.
// The zero value allows plain digits only. A format allows what its source is
// known to write, and nothing else.
type CountRule struct {
	// Thousands separates groups of three: "3,147,753" for ','. Digits without
	// any separator are read too, wrong groups are not. 0: no separator.
	Thousands byte
	Float     bool // "12.0": a fraction of zeros
	Plus      bool // "+12"
	Padded    bool // "007"
	// Negative says that a source may write a number below zero where it has no
	// count, an estimate. It is absent, and the caller adds a finding.
	Negative bool
}

// ParseCount reads a count of a source that writes plain digits: the zero
// CountRule.
func ParseCount(b []byte) (snapshot.Count, *Refusal) { return CountRule{}.Parse(b) }

// Parse reads a count as a source writes it: empty is absent, else digits
// only, at most ten of them, without sign, separator, fraction, exponent,
// space or leading zero, but for what the rule allows. The refusal is nil, or
// holds the code (E_NUMBER, E_NEGATIVE, E_RANGE) and the text; the caller says
// where it stood.
func (rule CountRule) Parse(b []byte) (snapshot.Count, *Refusal) {
	if len(b) == 0 {
		return snapshot.Count{}, nil
	}
	digits, negative := b, b[0] == '-'
	if negative || rule.Plus && b[0] == '+' {
		digits = b[1:]
	}
	digits = rule.plain(digits)
	switch {
	case !plainDigits(digits) || negative && digits[0] == '0':
		return refuseCount("E_NUMBER", b, "is not a count")
	case negative && rule.Negative:
		return snapshot.Count{}, nil
	case negative:
		return refuseCount("E_NEGATIVE", b, "is below zero")
	case len(digits) > 10:
		return refuseCount("E_RANGE", b, "is more than any electorate")
	}
	var n int64
	for _, c := range digits {
		n = n*10 + int64(c-'0')
	}
	return snapshot.Of(n), nil
}

// plain takes away what the rule allows. What it leaves is a count only when it
// is plain digits.
func (rule CountRule) plain(b []byte) []byte {
	if rule.Float {
		if whole, fraction, ok := bytes.Cut(b, []byte(".")); ok && len(fraction) > 0 && len(bytes.Trim(fraction, "0")) == 0 {
			b = whole
		}
	}
	if rule.Thousands != 0 {
		b = ungroup(b, rule.Thousands)
	}
	if rule.Padded {
		for len(b) > 1 && b[0] == '0' {
			b = b[1:]
		}
	}
	return b
}

// ungroup takes the separators out of b, or returns b as it is unless all
// groups but the first have three digits, and the first one to three.
func ungroup(b []byte, separator byte) []byte {
	groups := bytes.Split(b, []byte{separator})
	if len(groups[0]) == 0 || len(groups[0]) > 3 {
		return b
	}
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return b
		}
	}
	return bytes.Join(groups, nil)
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
