package shard

import (
	"encoding/hex"
	"fmt"
)

// ParseHash reads 64 lower-case hex digits.
func ParseHash(s string) (Hash, error) {
	var h Hash
	err := h.parse([]byte(s))
	return h, err
}

func (h *Hash) parse(b []byte) error {
	if len(b) != 2*len(h) {
		return fmt.Errorf("hash %q has %d characters, want %d", b, len(b), 2*len(h))
	}
	for _, c := range b {
		if c >= 'A' && c <= 'F' {
			return fmt.Errorf("hash %q is not in lower case", b)
		}
	}
	if _, err := hex.Decode(h[:], b); err != nil {
		return fmt.Errorf("hash %q: %w", b, err)
	}
	return nil
}
