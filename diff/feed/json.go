package feed

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/heraldresults/herald/diff/snapshot"
)

// The limits of a JSON payload.
const (
	maxDepth = 64
	maxToken = 64 << 10
	maxKeys  = 2048 // of one object
	// maxMembers bounds the keys and items of a payload, as maxElements does.
	maxMembers = maxElements
)

// JSON reads a payload strictly, front to back (RFC 8259, and stricter):
//
//	for r.Object(); r.NextKey(); {
//		switch string(r.Key()) {
//		case "tv":
//			total = r.Count(AsText)
//		default:
//			r.Unknown()
//		}
//	}
//	r.Require("tv")
//
// Every key must be followed by exactly one call that takes its value. A key
// seen twice is E_DUPKEY wherever it stands, keys are compared letter by
// letter. The first refusal sticks: afterwards loops end and values are
// absent, so that it is enough to look at Finish. It serves one goroutine.
type JSON struct {
	// Entities says that text holds HTML entities to be decoded once.
	Entities bool
	// Repeats is a key of text that the source is known to write more than
	// once in one object. A format sets it for that object only.
	Repeats string

	p       Payload
	body    []byte
	pos     int
	frames  []frame
	members int
	seen    []keyRef // keys of all open objects, innermost last
	ended   []keyRef // keys of the object that ended last
	scratch []byte
	decoded []byte // keys that had escapes
	unknown []string
	err     *Refusal
}

// frame is an object or a list that is open.
type frame struct {
	list  bool
	first bool
	index int // of a list's item, from 0
	keys  int // where an object's keys start in seen
}

// keyRef is a key: its first eight bytes, which tell most keys apart, and where
// it stands, in the body or behind it in the keys that had escapes. It holds no
// pointer, which spares the collector a write for each key.
type keyRef struct {
	head       uint64
	start, end int
}

// OpenJSON loads p and stands before its first value, or returns the *Refusal
// of Load.
func OpenJSON(p Payload, opts Options) (*JSON, error) {
	body, err := open(p, opts, UTF8)
	if err != nil {
		return nil, err
	}
	return &JSON{p: p, body: body, frames: make([]frame, 0, 12), seen: make([]keyRef, 0, 64)}, nil
}

// Kind is the first byte of the next value: one of { [ " t f n, '0' for any
// number, 0 at the end or after a refusal.
func (r *JSON) Kind() byte {
	if r.err != nil {
		return 0
	}
	r.space()
	if r.pos >= len(r.body) {
		return 0
	}
	c := r.body[r.pos]
	if c == '-' || c >= '0' && c <= '9' {
		return '0'
	}
	return c
}

// Object enters an object; NextKey leads through it.
func (r *JSON) Object() { r.open('{') }

// List enters a list; NextItem leads through it.
func (r *JSON) List() { r.open('[') }

func (r *JSON) open(c byte) {
	if got := r.Kind(); got != c {
		r.mistyped(got, map[byte]string{'{': "an object", '[': "a list"}[c])
		return
	}
	if len(r.frames) == maxDepth {
		r.Refuse("E_DEPTH", "nested deeper than %d", maxDepth)
		return
	}
	r.pos++
	r.frames = append(r.frames, frame{list: c == '[', first: true, index: -1, keys: len(r.seen)})
}

// NextKey goes to the next key of the open object and reports whether there is
// one; otherwise it has left the object.
func (r *JSON) NextKey() bool {
	if !r.next('}') {
		return false
	}
	if r.pos >= len(r.body) || r.body[r.pos] != '"' {
		r.syntax("a key")
		return false
	}
	start := r.pos + 1
	key, escaped := r.text()
	if r.err != nil {
		return false
	}
	if escaped {
		start = len(r.body) + len(r.decoded)
		r.decoded = append(r.decoded, key...)
	}
	r.note(keyRef{headOf(key), start, start + len(key)})
	r.space()
	if r.err == nil && (r.pos >= len(r.body) || r.body[r.pos] != ':') {
		r.syntax("a colon")
	}
	r.pos++
	return r.err == nil
}

// NextItem goes to the next item of the open list and reports whether there is
// one; otherwise it has left the list.
func (r *JSON) NextItem() bool {
	if !r.next(']') {
		return false
	}
	r.frames[len(r.frames)-1].index++
	return true
}

// next passes the comma before a member, or the end of what is open.
func (r *JSON) next(end byte) bool {
	if r.err != nil {
		return false
	}
	f := &r.frames[len(r.frames)-1]
	r.space()
	switch {
	case r.pos >= len(r.body):
		r.syntax("")
		return false
	case r.body[r.pos] == end:
		r.pos++
		r.ended, r.seen = r.seen[f.keys:], r.seen[:f.keys]
		r.frames = r.frames[:len(r.frames)-1]
		return false
	case r.members == maxMembers:
		r.Refuse("E_COUNT", "more than %d keys and items", maxMembers)
		return false
	case f.first:
		f.first = false
		r.members++
		return true
	case r.body[r.pos] != ',':
		r.syntax("a comma")
		return false
	}
	r.members++
	r.pos++
	r.space()
	if r.pos < len(r.body) && r.body[r.pos] == end {
		r.syntax("a value after the comma")
		return false
	}
	return true
}

// Key is the present key of the innermost object. It is valid until the next
// call of NextKey.
func (r *JSON) Key() []byte {
	if len(r.seen) == 0 {
		return nil
	}
	return r.keyAt(r.seen[len(r.seen)-1])
}

func (r *JSON) keyAt(k keyRef) []byte {
	if k.start >= len(r.body) {
		return r.decoded[k.start-len(r.body) : k.end-len(r.body)]
	}
	return r.body[k.start:k.end]
}

// note remembers a key of the open object and refuses it the second time.
func (r *JSON) note(key keyRef) {
	own := r.seen[r.frames[len(r.frames)-1].keys:]
	r.seen = append(r.seen, key)
	for i := range own {
		if own[i].head != key.head || own[i].end-own[i].start != key.end-key.start {
			continue
		}
		if name := r.keyAt(key); bytes.Equal(name, r.keyAt(own[i])) && string(name) != r.Repeats {
			r.Refuse("E_DUPKEY", "key %s twice in one object", quote(name))
			return
		}
	}
	if len(own) == maxKeys {
		r.Refuse("E_COUNT", "more than %d keys in one object", maxKeys)
	}
}

// headOf packs the first eight bytes of a key. It reads past a shorter key,
// inside the body, and drops what it read there.
func headOf(key []byte) uint64 {
	if cap(key) < 8 {
		key = append(make([]byte, 0, 8), key...)
	}
	h := binary.LittleEndian.Uint64(key[:8])
	if n := len(key); n < 8 {
		h &= 1<<(8*n) - 1
	}
	return h
}

// Require refuses the object that has just ended with E_MISSING unless it had
// every one of the keys.
func (r *JSON) Require(keys ...string) {
	if r.err != nil {
		return
	}
next:
	for _, want := range keys {
		for _, k := range r.ended {
			if k.end-k.start == len(want) && string(r.keyAt(k)) == want {
				continue next
			}
		}
		r.Refuse("E_MISSING", "key %q is missing", want)
		return
	}
}

// Unknown skips the value of a key that the format does not know and keeps the
// key for Finish.
func (r *JSON) Unknown() {
	if r.err == nil && len(r.unknown) < 16 {
		path := r.path(false)
		known := false
		for _, u := range r.unknown {
			known = known || u == path
		}
		if !known {
			r.unknown = append(r.unknown, path)
		}
	}
	r.Skip()
}

// Skip passes over the next value, checking it like any other.
func (r *JSON) Skip() {
	switch r.Kind() {
	case '"':
		r.text()
	case '{':
		for r.Object(); r.NextKey(); {
			r.Skip()
		}
	case '[':
		for r.List(); r.NextItem(); {
			r.Skip()
		}
	case 't':
		r.word("true")
	case 'f':
		r.word("false")
	default:
		r.Scalar()
	}
}

// Finish checks that nothing follows (E_TRAILING) and returns one finding
// F_UNKNOWN_KEY for each unknown key, or the first refusal, a *Refusal. Place
// is the unit or contest to name in it, where the caller knows it.
func (r *JSON) Finish(place string) ([]snapshot.Finding, error) {
	if r.err == nil {
		if r.space(); r.pos < len(r.body) {
			r.Refuse("E_TRAILING", "text after the end of the document")
		}
	}
	if r.err != nil {
		r.err.Place = place
		return nil, r.err
	}
	var out []snapshot.Finding
	for _, u := range r.unknown {
		out = append(out, snapshot.Finding{Code: "F_UNKNOWN_KEY", Text: fmt.Sprintf("key %q is not known to this format", u)})
	}
	return out, nil
}

// Failed reports whether something was refused already.
func (r *JSON) Failed() bool { return r.err != nil }

// Refuse refuses the payload at the present place, unless it was refused
// already.
func (r *JSON) Refuse(code, format string, args ...any) {
	if r.err != nil {
		return
	}
	r.err = r.p.Refuse(code, format, args...)
	r.err.Line = lineAt(r.body, r.pos)
	r.err.Field = r.path(true)
}

func (r *JSON) refuse(e *Refusal) {
	if e != nil {
		r.Refuse(e.Code, "%s", e.Text)
	}
}

// path is the present place: carg[0].cand[3].vap, or carg[].cand[].vap.
func (r *JSON) path(indexes bool) string {
	var b strings.Builder
	for i, f := range r.frames {
		keys := len(r.seen) // where the keys of f end
		if i+1 < len(r.frames) {
			keys = r.frames[i+1].keys
		}
		switch {
		case f.list && !indexes:
			b.WriteString("[]")
		case f.list:
			fmt.Fprintf(&b, "[%d]", max(f.index, 0))
		case keys > f.keys:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			key := r.keyAt(r.seen[keys-1])
			b.Write(key[:min(len(key), 64)])
		}
	}
	return b.String()
}
