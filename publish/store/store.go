// Package store is the contract of the object stores that Herald writes to.
//
// A store promises that an object is seen whole or not at all, that Create and
// Swap have at most one winner however many try at once, and that a write it
// confirmed stays readable. It refuses to overwrite blindly and to delete:
// there is no such method. Names, classes and hashes are the caller's.
package store

import (
	"context"
	"crypto/sha256"
	"errors"

	"github.com/heraldresults/herald/cdn"
)

// The answers by which a caller chooses what to do. Any other error of Create
// or Swap is either permanent (nothing was written, trying again will not
// help: wrong credentials, unknown bucket) and wraps ErrRefused, or leaves the
// outcome unknown: Stat or Get the key before deciding.
var (
	// ErrNotFound: there is no object under the key.
	ErrNotFound = errors.New("no such object")
	// ErrExists: Create found an object under the key and left it alone.
	ErrExists = errors.New("object exists")
	// ErrConflict: Swap found another version, or none, and left it alone.
	ErrConflict = errors.New("object was changed by another writer")
	// ErrRefused: the store will not take this request, now or later.
	ErrRefused = errors.New("store refused the request")
)

// Tag identifies one version of one object. It is opaque: compare it with ==,
// never as a hash. Versions with equal bytes may share a tag, as they do on
// S3; write bytes that never repeat where that matters.
type Tag string

// Object is a body and the headers with which readers get it.
type Object struct {
	Key             string
	Class           cdn.Class // decides Cache-Control; not read back by Get
	ContentType     string
	ContentEncoding string            // "gzip" or ""
	Meta            map[string]string // x-amz-meta-*; lower-case names, ASCII values
	Body            []byte            // the stored bytes; the store does not change or keep them
	// SHA256 of Body. The zero value means that the store computes it.
	SHA256 [sha256.Size]byte
}

// Sum is the SHA-256 of Body, computed when it was not given.
func (o Object) Sum() [sha256.Size]byte {
	if o.SHA256 != ([sha256.Size]byte{}) {
		return o.SHA256
	}
	return sha256.Sum256(o.Body)
}

// Info is what a store knows of an object without its body.
type Info struct {
	Tag          Tag
	Size         int64
	CacheControl string
}

// Store keeps objects. Every method may be called by many at once and obeys
// its context.
type Store interface {
	// Create writes o if there is no object under its key, else ErrExists.
	// After an error that is not ErrExists or ErrRefused the outcome is
	// unknown; since content-named objects never differ, calling it again is
	// safe for them.
	Create(ctx context.Context, o Object) (Tag, error)
	// Swap replaces the object under o.Key if its version is still old, else
	// ErrConflict. After an error that is not ErrConflict or ErrRefused the
	// outcome is unknown: Get before trying again.
	Swap(ctx context.Context, o Object, old Tag) (Tag, error)
	// Get reads an object whole with its headers, or ErrNotFound.
	Get(ctx context.Context, key string) (Object, Tag, error)
	// Stat reads an object's version and size, or ErrNotFound.
	Stat(ctx context.Context, key string) (Info, error)
}
