package feed

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/heraldresults/herald/diff/snapshot"
)

// The limits of an XML payload beside maxDepth and maxToken.
const (
	maxElements   = 4 << 20
	maxChildNames = 256 // different ones in one element
	maxAttributes = 64  // of one element
	maxBindings   = 64  // of prefixes to namespaces, at one place
)

// XML reads a payload strictly, front to back (XML 1.0 with namespaces, and
// stricter): no DOCTYPE, the five predefined entities and characters by number
// only, names in ASCII. It stands at the root element when it is opened:
//
//	r.RequireAttr("Id")
//	id, _ := r.Attr("Id")
//	for r.Enter(); r.Next(); {
//		switch string(r.Name()) {
//		case "Votes":
//			total = r.Count(CountRule{})
//		default:
//			r.Unknown()
//		}
//	}
//	r.Require("Votes")
//
// An element that Next stands at is taken by one of Enter, Text, TextItem,
// Count, CountItem, Skip and Unknown; one that is not taken is skipped. Names
// are compared letter by letter. The first refusal sticks: afterwards loops end
// and values are absent, so that it is enough to look at Finish. It serves one
// goroutine.
type XML struct {
	p       Payload
	body    []byte
	pos     int
	at      int  // where the present tag starts
	waiting bool // the present element is not taken yet

	frames   []element // open elements, innermost last
	seen     []child   // names of the children of all open elements, innermost last
	ended    []child   // those of the element that ended last
	attrs    []attribute
	bindings []binding
	spaces   []string // namespaces that elements may be in
	elements int
	name     []byte // of the present element, without prefix
	space    string

	scratch []byte
	unknown []string
	err     *Refusal
}

// element is one that is open. Its full name is body[start:end], what follows
// a prefix and its colon starts at local.
type element struct {
	start, local, end int
	space             int // index in spaces
	inherited         int // space of children without a prefix; noSpace
	children          int // where its children start in seen
	bindings          int // where its bindings start
	nth               int // of its name in its parent, from 1
	empty             bool
}

// child is a name that an open element has children of.
type child struct {
	start, end int
	space      int
	count      int
}

// OpenXML loads p and stands at its root element. Elements may be in the
// namespaces given, "" for none. A declared encoding is read when opts allows
// it, UTF-8 always is. Beside what Load refuses: E_ENCODING (another encoding
// is declared), E_DTD, E_NS, and what the root element shows, E_NOT_FEED (an
// error page, a bucket's error, an error document) among it.
func OpenXML(p Payload, opts Options, spaces ...string) (*XML, error) {
	body, start, err := openMarkup(p, opts)
	if err != nil {
		return nil, err
	}
	if len(spaces) == 0 {
		spaces = []string{""}
	}
	r := &XML{p: p, body: body, pos: start, spaces: spaces, frames: make([]element, 0, 16), seen: make([]child, 0, 64)}
	if r.prolog(); r.err != nil {
		return nil, r.err
	}
	return r, nil
}

// prolog passes what stands before the root element, and its tag.
func (r *XML) prolog() {
	for r.err == nil {
		switch r.white(); {
		case r.pos >= len(r.body):
			r.truncated()
		case r.body[r.pos] != '<':
			r.syntax("markup")
		case r.misc():
		default:
			r.startTag()
			return
		}
	}
}

// Name is the local name of the present element, valid until the next call of
// Next.
func (r *XML) Name() []byte { return r.name }

// Space is the namespace of the present element.
func (r *XML) Space() string { return r.space }

// Enter enters the present element; Next leads through its children.
func (r *XML) Enter() { r.waiting = false }

// Next goes to the next child of the open element and reports whether there is
// one; otherwise it has left the element.
func (r *XML) Next() bool {
	if r.waiting {
		r.Skip()
	}
	if r.err != nil || len(r.frames) == 0 {
		return false
	}
	parent := len(r.frames) - 1
	if r.frames[parent].empty {
		r.leave()
		return false
	}
	for r.err == nil {
		switch r.white(); {
		case r.pos >= len(r.body):
			r.truncated()
		case r.body[r.pos] != '<':
			r.syntax("an element")
		case r.pos+1 < len(r.body) && r.body[r.pos+1] == '/':
			r.endTag()
			return false
		case r.misc():
		default:
			r.startTag()
			r.note(&r.frames[parent])
			return r.err == nil
		}
	}
	return false
}

// leave ends the innermost element.
func (r *XML) leave() {
	last := len(r.frames) - 1
	f := &r.frames[last]
	r.ended, r.seen = r.seen[f.children:], r.seen[:f.children]
	r.bindings = r.bindings[:f.bindings]
	r.frames = r.frames[:last]
}

// note counts the present element among the children of its parent.
func (r *XML) note(parent *element) {
	if r.err != nil {
		return
	}
	f := &r.frames[len(r.frames)-1]
	own := r.seen[parent.children:]
	for i := range own {
		c := &own[i]
		if c.space == f.space && c.end-c.start == len(r.name) && bytes.Equal(r.body[c.start:c.end], r.name) {
			c.count++
			f.nth = c.count
			return
		}
	}
	if len(own) == maxChildNames {
		r.Refuse("E_COUNT", "more than %d different elements in one", maxChildNames)
		return
	}
	f.nth = 1
	r.seen = append(r.seen, child{start: f.local, end: f.end, space: f.space, count: 1})
	f.children = len(r.seen)
}

// Skip passes over the present element, checking it like any other.
func (r *XML) Skip() {
	r.waiting = false
	for outer := len(r.frames) - 1; r.err == nil && len(r.frames) > outer; {
		switch f := &r.frames[len(r.frames)-1]; {
		case f.empty:
			r.leave()
		default:
			r.scratch = r.charData(r.scratch[:0])
			switch {
			case r.err != nil:
			case r.body[r.pos+1] == '/':
				r.endTag()
			default:
				r.startTag()
				r.waiting = false
			}
		}
	}
}

// Unknown skips an element that the format does not know and keeps its name
// for Finish.
func (r *XML) Unknown() {
	r.keep(r.path(false))
	r.Skip()
}

// keep remembers something unknown once, up to a limit.
func (r *XML) keep(path string) {
	if r.err != nil || len(r.unknown) == maxUnknown {
		return
	}
	for _, u := range r.unknown {
		if u == path {
			return
		}
	}
	r.unknown = append(r.unknown, path)
}

// maxUnknown is how many unknown names of one payload are kept.
const maxUnknown = 16

// Require refuses the element that has just ended with E_MISSING unless it had
// a child of every one of the names.
func (r *XML) Require(names ...string) {
	if r.err != nil {
		return
	}
next:
	for _, want := range names {
		for _, c := range r.ended {
			if string(r.body[c.start:c.end]) == want {
				continue next
			}
		}
		r.Refuse("E_MISSING", "element %q is missing", want)
		return
	}
}

// Finish takes what is left of the root element, checks that nothing follows
// it (E_TRAILING) and returns one finding F_UNKNOWN_KEY for each unknown
// element or attribute, or the first refusal, a *Refusal. Place is the unit or contest to
// name in it, where the caller knows it.
func (r *XML) Finish(place string) ([]snapshot.Finding, error) {
	for r.err == nil && len(r.frames) > 0 {
		r.Skip()
	}
	for r.err == nil {
		if r.white(); r.pos >= len(r.body) {
			break
		}
		if r.body[r.pos] != '<' || !r.misc() && r.err == nil {
			r.at = r.pos
			r.Refuse("E_TRAILING", "%s after the end of the document", quote(r.body[r.pos:min(len(r.body), r.pos+20)]))
		}
	}
	if r.err != nil {
		r.err.Place = place
		return nil, r.err
	}
	var out []snapshot.Finding
	for _, u := range r.unknown {
		out = append(out, snapshot.Finding{Code: "F_UNKNOWN_KEY", Text: fmt.Sprintf("%q is not known to this format", u)})
	}
	return out, nil
}

// Failed reports whether something was refused already.
func (r *XML) Failed() bool { return r.err != nil }

// Refuse refuses the payload at the present element, unless it was refused
// already.
func (r *XML) Refuse(code, format string, args ...any) {
	if r.err != nil {
		return
	}
	r.err = r.p.Refuse(code, format, args...)
	r.err.Line = lineAt(r.body, r.at)
	r.err.Field = r.path(true)
}

// refuseAt is Refuse for what stands at pos.
func (r *XML) refuseAt(pos int, code, format string, args ...any) {
	r.at = pos
	r.Refuse(code, format, args...)
}

// refuse refuses what could not be read in a part of the present element.
func (r *XML) refuse(e *Refusal, part string) {
	if e == nil || r.err != nil {
		return
	}
	r.Refuse(e.Code, "%s", e.Text)
	r.err.Field += part
}

// truncated refuses a payload that ends too early.
func (r *XML) truncated() {
	r.refuseAt(len(r.body), "E_TRUNCATED", "the document ends in the middle")
}

// syntax refuses what stands at pos, or the end of the document there.
func (r *XML) syntax(want string) {
	if r.pos >= len(r.body) {
		r.truncated()
		return
	}
	r.refuseAt(r.pos, "E_SYNTAX", "%s where %s is expected", quote(r.body[r.pos:min(len(r.body), r.pos+1)]), want)
}

// path is the present place: EML/Count/Contest[2]/Votes, or without numbers.
func (r *XML) path(numbers bool) string {
	var b strings.Builder
	for i := range r.frames {
		f := &r.frames[i]
		if i > 0 {
			b.WriteByte('/')
		}
		b.Write(r.body[f.local:min(f.end, f.local+64)])
		if numbers && f.nth > 1 {
			fmt.Fprintf(&b, "[%d]", f.nth)
		}
	}
	return b.String()
}
