// Package shard names and encodes what is published. It is the only place
// that builds an object key.
//
// It promises that equal bytes have equal names: a shard's key holds the
// SHA-256 of its uncompressed bytes, so a new compressor renames nothing. It
// refuses ids that are not slugs. It does no I/O.
package shard

import (
	"crypto/sha256"
	"encoding/hex"
)

// Hash is the SHA-256 of uncompressed bytes.
type Hash [sha256.Size]byte

// HashOf hashes uncompressed bytes.
func HashOf(b []byte) Hash { return sha256.Sum256(b) }

// String is the hash in 64 hex digits, as it stands in keys and manifests.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero reports whether no hash was set.
func (h Hash) IsZero() bool { return h == Hash{} }

// AppendJSON appends the hash as a JSON string.
func (h Hash) AppendJSON(dst []byte) []byte {
	dst = append(dst, '"')
	dst = hex.AppendEncode(dst, h[:])
	return append(dst, '"')
}

// MarshalText writes 64 hex digits.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads 64 lower-case hex digits.
func (h *Hash) UnmarshalText(b []byte) error { return h.parse(b) }
