package shard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// Level is the compression level: klauspost's 6 gives 95 % of what 9 gives on
// pages and JSON of this size, in a third of the time.
const Level = 6

// Encoded is a body compressed once (DEFLATE, RFC 1951), from which the
// stored bytes of a shard and of any number of aliases are made.
type Encoded struct {
	Hash    Hash   // of the uncompressed bytes
	Size    int    // uncompressed, bytes
	deflate []byte // raw
	crc     uint32
}

// Encoder compresses. The zero value is ready and may be used by many at once.
type Encoder struct{ pool sync.Pool }

type writer struct {
	buf bytes.Buffer
	w   *flate.Writer
}

// Encode hashes and compresses raw, which it does not keep.
func (e *Encoder) Encode(raw []byte) Encoded {
	return e.EncodeNamed(raw, HashOf(raw))
}

// EncodeNamed compresses raw, whose hash the caller has.
func (e *Encoder) EncodeNamed(raw []byte, h Hash) Encoded {
	w, _ := e.pool.Get().(*writer)
	if w == nil {
		w = &writer{}
		w.w, _ = flate.NewWriter(&w.buf, Level) // Level is valid
	}
	w.buf.Reset()
	w.w.Reset(&w.buf)
	w.w.Write(raw) // a bytes.Buffer takes everything
	w.w.Close()
	out := Encoded{Hash: h, Size: len(raw), deflate: bytes.Clone(w.buf.Bytes()), crc: crc32.ChecksumIEEE(raw)}
	e.pool.Put(w)
	return out
}

// StoredSize is the number of bytes Shard returns.
func (e Encoded) StoredSize() int { return len(gzipHeader) + len(e.deflate) + 8 }

// IsZero reports whether nothing was encoded.
func (e Encoded) IsZero() bool { return e.deflate == nil }

// gzip header (RFC 1952): no name, no time, unknown system, so that equal
// input gives equal bytes.
var gzipHeader = [10]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}

const flagExtra = 4

// Shard returns the stored bytes of a shard: a plain gzip member.
func (e Encoded) Shard() []byte {
	out := make([]byte, 0, e.StoredSize())
	out = append(out, gzipHeader[:]...)
	return e.finish(out)
}

// Turn numbers a write of an alias: the head it followed.
type Turn struct{ Term, Seq uint64 }

// Alias returns the stored bytes of an alias: the shard's, with the turn in
// the gzip header's extra field (RFC 1952 §2.3.1.1, subfield "He"), so that
// the stored bytes, and with them the ETag, never repeat.
func (e Encoded) Alias(t Turn) []byte {
	out := make([]byte, 0, e.StoredSize()+22)
	out = append(out, gzipHeader[:]...)
	out[3] |= flagExtra
	out = binary.LittleEndian.AppendUint16(out, 4+16)
	out = append(out, 'H', 'e')
	out = binary.LittleEndian.AppendUint16(out, 16)
	out = binary.LittleEndian.AppendUint64(out, t.Term)
	out = binary.LittleEndian.AppendUint64(out, t.Seq)
	return e.finish(out)
}

func (e Encoded) finish(out []byte) []byte {
	out = append(out, e.deflate...)
	out = binary.LittleEndian.AppendUint32(out, e.crc)
	return binary.LittleEndian.AppendUint32(out, uint32(e.Size))
}

// Parse takes stored bytes apart again, so that an alias can be made from a
// shard that was read back. It decompresses once to hash and check them.
func Parse(stored []byte) (Encoded, error) {
	raw, err := Decode(stored)
	if err != nil {
		return Encoded{}, err
	}
	if !bytes.HasPrefix(stored, gzipHeader[:3]) || stored[3] != 0 {
		return Encoded{}, errors.New("read a shard: not a gzip member that Herald wrote")
	}
	return Encoded{
		Hash: HashOf(raw), Size: len(raw), crc: crc32.ChecksumIEEE(raw),
		deflate: bytes.Clone(stored[len(gzipHeader) : len(stored)-8]),
	}, nil
}

// MaxSize bounds an object after decompression, against bombs.
const MaxSize = 64 << 20

// Decode returns the uncompressed bytes of a stored shard or alias.
func Decode(stored []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(stored))
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(z, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	if len(raw) > MaxSize {
		return nil, fmt.Errorf("decompress: more than %d bytes", MaxSize)
	}
	return raw, nil
}

// TurnOf returns the turn in the header of a stored alias.
func TurnOf(stored []byte) (Turn, bool) {
	z, err := gzip.NewReader(bytes.NewReader(stored))
	if err != nil || len(z.Extra) != 20 || z.Extra[0] != 'H' || z.Extra[1] != 'e' {
		return Turn{}, false
	}
	return Turn{binary.LittleEndian.Uint64(z.Extra[4:]), binary.LittleEndian.Uint64(z.Extra[12:])}, true
}
