package feed

import (
	"fmt"

	"github.com/heraldresults/herald/diff/snapshot"
)

// maxFindings is how many findings of one payload are kept one by one.
const maxFindings = 32

// Findings collects what a decoder noticed in one payload. Beyond the first 32
// they are only counted. The zero value is ready.
type Findings struct {
	list []snapshot.Finding
	more int
}

// Note adds a finding.
func (f *Findings) Note(code, format string, args ...any) {
	if len(f.list) == maxFindings {
		f.more++
		return
	}
	f.list = append(f.list, snapshot.Finding{Code: code, Text: fmt.Sprintf(format, args...)})
}

// Sum notes F_SUM unless the parts make the whole. It says nothing when any of
// them is absent.
func (f *Findings) Sum(rule string, whole snapshot.Count, parts ...snapshot.Count) {
	total, err := snapshot.Sum(parts...)
	f.sum(rule, whole, total, err)
}

// SumPresent is Sum of the parts that are present: a source that counts place
// by place adds up those that are in.
func (f *Findings) SumPresent(rule string, whole snapshot.Count, parts ...snapshot.Count) {
	total, err := snapshot.SumPresent(parts...)
	f.sum(rule, whole, total, err)
}

func (f *Findings) sum(rule string, whole, total snapshot.Count, err error) {
	switch {
	case !whole.Present():
	case err != nil:
		f.Note("F_SUM", "%s does not hold: the parts exceed every count", rule)
	case total.Present() && total != whole:
		f.Note("F_SUM", "%s does not hold: the parts make %s, the whole is %s", rule, total, whole)
	}
}

// List returns everything noted.
func (f *Findings) List() []snapshot.Finding {
	if f.more == 0 {
		return f.list
	}
	last := f.list[len(f.list)-1]
	return append(f.list[:len(f.list):len(f.list)], snapshot.Finding{Code: last.Code, Text: fmt.Sprintf("and %d further findings", f.more)})
}
