package store

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// Limits that every store keeps, so that what one takes all take. A folder
// store keeps names of 255 bytes, S3 keeps 2 KiB of metadata.
const (
	maxKey     = 512
	maxSegment = 200
	maxMeta    = 2048
)

// CheckKey says why no store would take key; the error wraps ErrRefused. A key
// is one or more segments of [A-Za-z0-9._-] joined by "/", none of them "."
// or "..", so that it is the same thing in a URL and in a folder.
func CheckKey(key string) error {
	if key == "" || len(key) > maxKey {
		return fmt.Errorf("%w: key %.80q has %d characters, want 1 to %d", ErrRefused, key, len(key), maxKey)
	}
	for seg := range strings.SplitSeq(key, "/") {
		if seg == "" || seg == "." || seg == ".." || len(seg) > maxSegment {
			return fmt.Errorf("%w: key %q has the segment %q", ErrRefused, key, seg)
		}
	}
	if i := strings.IndexFunc(key, func(r rune) bool { return r != '/' && !inKey(r) }); i >= 0 {
		return fmt.Errorf("%w: key %q has a character outside A-Z a-z 0-9 . _ - /", ErrRefused, key)
	}
	return nil
}

func inKey(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' ||
		r == '.' || r == '_' || r == '-'
}

// Check says why no store would take o; the error wraps ErrRefused. It does
// not look at the body.
func (o Object) Check() error {
	if err := CheckKey(o.Key); err != nil {
		return err
	}
	if o.ContentType == "" || !printable(o.ContentType) {
		return fmt.Errorf("%w: object %s has the content type %q", ErrRefused, o.Key, o.ContentType)
	}
	if o.ContentEncoding != "" && o.ContentEncoding != "gzip" {
		return fmt.Errorf("%w: object %s has the content encoding %q", ErrRefused, o.Key, o.ContentEncoding)
	}
	size := 0
	for name, value := range o.Meta {
		size += len(name) + len(value)
		if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || !printable(value) {
			return fmt.Errorf("%w: object %s has the metadata %q: %q", ErrRefused, o.Key, name, value)
		}
	}
	if size > maxMeta {
		return fmt.Errorf("%w: object %s has %d bytes of metadata, at most %d", ErrRefused, o.Key, size, maxMeta)
	}
	return nil
}

// printable reports whether a header carries s unchanged: printable ASCII
// without double spaces or spaces at the ends, which HTTP does not keep.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return strings.TrimSpace(s) == s && !strings.Contains(s, "  ")
}

// CheckSum returns the SHA-256 of Body, or an error that wraps ErrRefused
// when SHA256 was given and is that of other bytes. S3 does this by itself;
// stores that keep bytes themselves call it.
func (o Object) CheckSum() ([sha256.Size]byte, error) {
	sum := sha256.Sum256(o.Body)
	if given := o.Sum(); given != sum {
		return sum, fmt.Errorf("%w: object %s was announced with SHA-256 %x, its body has %x", ErrRefused, o.Key, given, sum)
	}
	return sum, nil
}
