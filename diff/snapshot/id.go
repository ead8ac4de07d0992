package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

const maxSlug = 64

// Slug turns a source's key into an id that can stand in an address:
// ^[a-z0-9][a-z0-9-]{0,63}$. It is the key in lower case with every other
// character as "-", and ends in "-" and the first 8 hex digits of the raw
// key's SHA-256 when that lost a character or exceeds 64. Keys that differ in
// case alone get one id, which is a collision for the assembler to refuse.
// "--" never occurs in a slug, so that two slugs joined by it can be told
// apart. An empty key is an error.
func Slug(key string) (string, error) {
	if key == "" {
		return "", fmt.Errorf("make an id: the key is empty")
	}
	var b strings.Builder
	lossy := false
	last := byte('-') // a leading dash would be dropped
	for _, r := range key {
		c := byte('-')
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			c = byte(r)
		case r >= 'A' && r <= 'Z':
			c = byte(r - 'A' + 'a')
		case r != '-':
			lossy = true
		}
		if c == '-' && last == '-' {
			lossy = true
			continue
		}
		b.WriteByte(c)
		last = c
	}
	s := strings.TrimSuffix(b.String(), "-")
	if lossy = lossy || s != b.String() || len(s) > maxSlug; !lossy {
		return s, nil
	}
	sum := sha256.Sum256([]byte(key))
	tail := hex.EncodeToString(sum[:4])
	if max := maxSlug - 9; len(s) > max {
		s = strings.TrimSuffix(s[:max], "-")
	}
	if s == "" {
		return tail, nil
	}
	return s + "-" + tail, nil
}

// IsSlug reports whether s has the form of an id.
func IsSlug(s string) bool {
	if s == "" || len(s) > maxSlug || s[0] == '-' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// RaceID names the race of a contest in a unit.
func RaceID(unit, contest string) string { return unit + "--" + contest }
