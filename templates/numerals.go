package templates

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// numerals are how a language writes numbers. They are read off what
// golang.org/x/text (CLDR) writes, once, so that writing a number is appending.
type numerals struct {
	digit          [10]markup
	group, decimal markup
	// primary digits stand behind the last separator, secondary ones between
	// any other two: 3 and 2 in India, 3 and 3 elsewhere.
	primary, secondary int
	// least is the number of digits from which groups are set apart.
	least int
	// percent stands around a share.
	percent [2]markup
}

func numeralsOf(tag language.Tag) numerals {
	p := message.NewPrinter(tag)
	var n numerals
	var digits [10]string
	for i := range digits {
		digits[i] = p.Sprint(number.Decimal(i))
		n.digit[i] = escaped(digits[i])
	}
	isDigit := func(s string) bool {
		for _, d := range digits {
			if s == d {
				return true
			}
		}
		return false
	}
	var group string
	sizes := []int{0} // of the groups, from the left
	for _, r := range p.Sprint(number.Decimal(123456789)) {
		if s := string(r); isDigit(s) {
			sizes[len(sizes)-1]++
		} else {
			group = s
			sizes = append(sizes, 0)
		}
	}
	n.group = escaped(group)
	n.primary = sizes[len(sizes)-1]
	n.secondary = sizes[max(len(sizes)-2, 0)]
	for x, length := 10, 2; n.least == 0; x, length = x*10, length+1 {
		if group == "" || strings.Contains(p.Sprint(number.Decimal(x)), group) {
			n.least = length
		}
	}
	half := p.Sprint(number.Decimal(0.5, number.MinFractionDigits(1)))
	n.decimal = escaped(strings.TrimSuffix(strings.TrimPrefix(half, digits[0]), digits[5]))
	before, after, _ := strings.Cut(p.Sprint(number.Percent(0.07)), digits[7])
	n.percent = [2]markup{escaped(before), escaped(after)}
	return n
}

// parts reports whether a separator stands where so many digits follow.
func (n *numerals) parts(follow int) bool {
	return follow == n.primary || follow > n.primary && (follow-n.primary)%n.secondary == 0
}
