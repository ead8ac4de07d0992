package delimited

import (
	"fmt"
	"regexp"
	"strings"
)

// pattern matches names of files and columns and lines of a preamble: "*" is
// any text, "?" one character, "{name}" a text that the name stands for from
// then on, "{name:digits}" digits only, "{name:TEXT}" nothing but TEXT.
type pattern struct {
	text  string
	names []string
	re    *regexp.Regexp
}

func newPattern(text string) (*pattern, error) {
	p := &pattern{text: text}
	var b strings.Builder
	b.WriteString("(?s)^")
	for rest := text; rest != ""; {
		i := strings.IndexAny(rest, "*?{")
		if i != 0 {
			if i < 0 {
				i = len(rest)
			}
			b.WriteString(regexp.QuoteMeta(rest[:i]))
			rest = rest[i:]
			continue
		}
		switch rest[0] {
		case '*':
			b.WriteString(".*?")
			rest = rest[1:]
			continue
		case '?':
			b.WriteString(".")
			rest = rest[1:]
			continue
		}
		inner, after, ok := strings.Cut(rest[1:], "}")
		name, kind, limited := strings.Cut(inner, ":")
		switch {
		case !ok || name == "":
			return nil, fmt.Errorf(`%q has a "{" without a name and "}"`, text)
		case limited && kind == "digits":
			b.WriteString("([0-9]+)")
		case limited:
			b.WriteString("(" + regexp.QuoteMeta(kind) + ")")
		default:
			b.WriteString("(.+?)")
		}
		p.names = append(p.names, name)
		rest = after
	}
	b.WriteString("$")
	re, err := regexp.Compile(b.String())
	if err != nil {
		return nil, fmt.Errorf("%q is no pattern", text)
	}
	p.re = re
	return p, nil
}

// match returns what the names of the pattern stand for.
func (p *pattern) match(s string) ([]string, bool) {
	m := p.re.FindStringSubmatch(s)
	if m == nil {
		return nil, false
	}
	return m[1:], true
}

// layoutWords are the words of a layout of times, each before those it begins
// with, and Go's own.
func layoutWords() [][2]string {
	return [][2]string{
		{"MONTH", "January"}, {"MON", "Jan"}, {"MM", "01"}, {"M", "1"}, {"YYYY", "2006"}, {"YY", "06"}, {"DD", "02"}, {"D", "2"},
		{"hh", "15"}, {"h", "3"}, {"mm", "04"}, {"ss", "05"}, {"a.m.", "pm"}, {"am", "pm"}, {"AM", "PM"}, {"Z", "Z07:00"},
	}
}

// goLayout turns "DD.MM.YYYY hh:mm:ss" into Go's layout.
func goLayout(text string) (string, error) {
	var b strings.Builder
	words := 0
next:
	for rest := text; rest != ""; {
		for _, w := range layoutWords() {
			if strings.HasPrefix(rest, w[0]) {
				b.WriteString(w[1])
				rest = rest[len(w[0]):]
				words++
				continue next
			}
		}
		c := rest[0]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' && c != 'T' || c >= 'A' && c <= 'Z' && c != 'T' {
			return "", fmt.Errorf("layout %q: %q is none of YYYY, YY, MM, M, MONTH, MON, DD, D, hh, h, mm, ss, am, a.m., Z", text, rest)
		}
		b.WriteByte(c)
		rest = rest[1:]
	}
	if words == 0 {
		return "", fmt.Errorf("layout %q has no part of a time; write for example \"DD.MM.YYYY hh:mm\"", text)
	}
	return b.String(), nil
}
