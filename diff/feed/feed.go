// Package feed is the contract between a payload and the format that reads
// it, and the strict loading that every format stands behind.
//
// It promises that a payload is either decoded whole or refused whole with a
// code, a place and a field that an operator can look up. It refuses to guess:
// what is missing, empty or null is absent and never 0, a key seen twice is an
// error, and nothing may follow the end. It is pure: no clock, no network, no
// disk; the same payloads in the same order give the same updates.
package feed

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

// Payload is the raw bytes of one fetch, unchanged.
type Payload struct {
	Feed         string    // configured name of the feed
	Name         string    // path inside a drop folder, or the path of the URL
	Body         []byte    // shared: a decoder must not change or keep it
	Seq          uint64    // place in the order of receipt, from 1
	Received     time.Time // as recorded in the spool
	LastModified time.Time // of the HTTP answer; zero when there is none
}

// Receipt is the stamp of a format that has no time of its own.
func (p Payload) Receipt() snapshot.Stamp {
	return snapshot.Stamp{Seq: p.Seq, Time: p.Received}
}

// Decoder reads the payloads of one feed. It may remember earlier payloads
// that later ones refer to. Calls come one at a time and in order of receipt,
// unless the Format is Concurrent.
type Decoder interface {
	// Decode returns what p says, in no update, one or several. An error is a
	// *Refusal and means that nothing of p was taken over.
	Decode(p Payload) ([]snapshot.Update, error)
}

// A Keeper is a Decoder of an incremental feed: its payloads do not repeat what
// earlier ones said, so what was read must outlive the process. State is kept
// with each release and handed to Restore before the first Decode.
type Keeper interface {
	Decoder
	// State returns everything remembered; equal memories give equal bytes.
	State() []byte
	// Restore takes over what State returned. An error leaves the decoder empty.
	Restore(state []byte) error
}

// A Follower is a Decoder of a feed whose payloads lead to further ones: an
// index, a number of a version. Follow does not change the decoder.
type Follower interface {
	Decoder
	// Follow returns what p leads to, in no particular order.
	Follow(p Payload) []Want
}

// Want is an address that a payload leads to.
type Want struct {
	// Name is the path below the feed's base address. It comes from what the
	// source wrote and is never guessed.
	Name string
	// Version is what the payload says of the address: it is fetched again only
	// when Version is another one. Empty: it is polled like the feed's own.
	Version string
}

// Options are the settings of one feed that its format understands.
type Options struct {
	// Location is the zone of times that name none. Formats whose authority
	// has one zone ignore it.
	Location *time.Location
	// MaxBytes bounds one payload after unpacking; 0 means DefaultMaxBytes.
	MaxBytes int64
	// Encodings are tried in their order; nil means the format's own.
	Encodings []Encoding
	// ZipEntry is the pattern of path.Match for the whole name of the one file
	// expected in a zip; "" means that the format has no zips. Payloads that
	// are not packed, or with gzip, are read in any case.
	ZipEntry string
	// ZipOthers passes over the other files of a zip, and ZipEntry is then the
	// pattern of the last part of the name: for archives that bring their schemas.
	ZipOthers bool
	// Mapping is the text of the feed's mapping file, for formats that need one.
	Mapping []byte
	// SignatureKey is the text of the key that payloads must be signed with;
	// nil when signatures are not checked.
	SignatureKey []byte
	// Settings are further settings by name. A format refuses those it does not
	// know when it is made.
	Settings map[string]string
}

// DefaultMaxBytes is the largest payload taken when nothing is configured:
// five times the largest real file seen.
const DefaultMaxBytes = 64 << 20

// Format is one official format.
type Format struct {
	Name string // as written in the configuration: "tse"
	Doc  string // one line for `herald formats`
	// Stamps says in one line where the order of its updates comes from.
	Stamps string
	Zone   string // of the authority, "America/Chicago"; "" when the configuration says
	// Concurrent says that Decode may be called by many at once and that the
	// order of calls does not matter.
	Concurrent bool
	// Settings are the names in Options.Settings that New takes, with one line
	// each for people.
	Settings []Setting
	// New returns an error in the operator's words when an option is wrong.
	New func(Options) (Decoder, error)
}

// Setting is a setting that a format understands.
type Setting struct{ Name, Doc string }

// CheckSettings returns an error that names the first setting f does not take.
func (f Format) CheckSettings(o Options) error {
	for _, name := range slices.Sorted(maps.Keys(o.Settings)) {
		if !slices.ContainsFunc(f.Settings, func(s Setting) bool { return s.Name == name }) {
			return fmt.Errorf("format %s has no setting %q", f.Name, name)
		}
	}
	return nil
}

// A Refusal says why a payload was not believed. Nothing published is lost or
// changed by it: the payload goes to quarantine, the last good results stay.
type Refusal struct {
	Code  string // stable: E_TRUNCATED, E_DUPKEY, …
	Feed  string
	File  string
	Line  int    // 1-based; 0 when not known
	Place string // unit or contest, in the source's words
	Field string // key, column or JSON path
	Text  string // what is wrong, one clause: `"12a" is not a count`
	Err   error  // underlying cause, may be nil
}

// Error is one sentence: code, where, and what is wrong.
func (r *Refusal) Error() string {
	var b strings.Builder
	b.WriteString(r.Code)
	part := func(label, value string) {
		if value != "" {
			fmt.Fprintf(&b, " %s %q", label, value)
		}
	}
	part("feed", r.Feed)
	part("file", r.File)
	if r.Line > 0 {
		fmt.Fprintf(&b, " line %d", r.Line)
	}
	part("place", r.Place)
	part("field", r.Field)
	b.WriteString(": ")
	b.WriteString(r.Text)
	if r.Err != nil {
		b.WriteString(": " + r.Err.Error())
	}
	return b.String()
}

// Unwrap returns the underlying cause.
func (r *Refusal) Unwrap() error { return r.Err }
