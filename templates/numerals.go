package templates

import "golang.org/x/text/language"

// numerals are how a language writes numbers.
type numerals struct {
	group, decimal markup
	// least is the number of digits from which groups are set apart.
	least int
	digit [10]markup
	// percent stands around a share.
	percent [2]markup
}

// numeralsOf are those of CLDR.
func numeralsOf(language.Tag) numerals {
	n := numerals{group: ",", decimal: ".", least: 4, percent: [2]markup{"", "%"}}
	for i := range n.digit {
		n.digit[i] = escaped(string(rune('0' + i)))
	}
	return n
}
