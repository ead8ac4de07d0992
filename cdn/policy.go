// Package cdn owns what the edge is told: the caching table, and the contract
// by which edges are asked to forget an address.
//
// It promises that every object Herald stores has exactly one class and that a
// class has exactly one Cache-Control. It refuses s-maxage, no-cache and
// must-revalidate, which switch off stale-while-revalidate at the edge. Purging
// is a courtesy, the TTL is the promise: nothing here may fail a publish.
package cdn

import "context"

// Class says how long an object may be kept by caches.
type Class int

// The classes of the caching table (docs/formats.md, "Caching").
const (
	Private Class = iota // never reachable through a CDN
	Head                 // the one object that names the current release
	Alias                // stable addresses that people share
	Shard                // named by hash, never changes
)

// CacheControl is the value of the header for objects of this class.
func (c Class) CacheControl() string {
	switch c {
	case Head:
		return "public, max-age=2, stale-while-revalidate=10, stale-if-error=86400"
	case Alias:
		return "public, max-age=10, stale-while-revalidate=30, stale-if-error=86400"
	case Shard:
		return "public, max-age=31536000, immutable"
	}
	return "no-store"
}

// String is the class's name as it stands in the documents.
func (c Class) String() string {
	switch c {
	case Head:
		return "head"
	case Alias:
		return "alias"
	case Shard:
		return "shard"
	}
	return "private"
}

// Request asks an edge to forget addresses after a commit.
type Request struct {
	// Keys are object keys, without a leading slash; the purger knows its
	// host. The head comes first.
	Keys []string
	// Ref identifies the commit (term and sequence), the same for every retry
	// of one request.
	Ref string
}

// Purger asks one edge to forget. It obeys the context's deadline, makes its
// own retries within it, and may be called by one goroutine at a time. An
// error means that some keys may still be served until their TTL ends.
type Purger interface {
	Purge(ctx context.Context, r Request) error
}
