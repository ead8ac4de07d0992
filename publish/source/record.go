package source

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
)

// The ways in which a record can be unreadable.
var (
	// ErrTorn: a record ends before its end, or none begins where one should.
	// Nothing after it can be found in its segment.
	ErrTorn = errors.New("record is torn")
	// ErrDamaged: a record's bytes do not have its hash. Those after it can
	// be read.
	ErrDamaged = errors.New("record's bytes do not match its hash")
)

// maxHeader bounds a header line; names are paths, so this is generous.
const maxHeader = 64 << 10

// recordReader reads the records of one segment.
type recordReader struct {
	in   *bufio.Reader
	at   int64 // offset of the next record
	size int64 // of the segment
}

func openSegment(path string) (*recordReader, io.Closer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return &recordReader{in: bufio.NewReaderSize(f, maxHeader), size: info.Size()}, f, nil
}

// next returns the next record, or io.EOF at a clean end. With ErrDamaged the
// payload is complete except that its bytes are not what was written.
func (r *recordReader) next() (Payload, error) {
	line, err := r.in.ReadSlice('\n')
	if err == io.EOF && len(line) == 0 {
		return Payload{}, io.EOF
	}
	if err != nil {
		return Payload{}, ErrTorn
	}
	var h header
	if json.Unmarshal(line, &h) != nil || h.V != 1 || h.Seq == 0 || h.Size < 0 || h.Size > r.size {
		return Payload{}, ErrTorn
	}
	length := int64(len(line)) + h.Size + 1
	if r.at+length > r.size {
		return Payload{}, ErrTorn
	}
	body := make([]byte, h.Size+1)
	if _, err := io.ReadFull(r.in, body); err != nil || body[h.Size] != '\n' {
		return Payload{}, ErrTorn
	}
	r.at += length
	p := Payload{Feed: h.Feed, Name: h.Name, Body: body[:h.Size:h.Size], Seq: h.Seq, Received: h.Received}
	if h.LastModified != nil {
		p.LastModified = *h.LastModified
	}
	p.Hash = sha256.Sum256(p.Body)
	if want, err := hex.DecodeString(h.SHA256); err != nil || !bytes.Equal(want, p.Hash[:]) {
		return p, ErrDamaged
	}
	return p, nil
}

// survey reads a segment through and returns where its last good record ends,
// and that record's number; 0 when there is none.
func survey(path string) (good int64, last uint64, err error) {
	r, file, err := openSegment(path)
	if err != nil {
		return 0, 0, err
	}
	defer file.Close()
	for {
		p, err := r.next()
		switch {
		case err == nil:
			good, last = r.at, p.Seq
		case !errors.Is(err, ErrDamaged):
			return good, last, nil
		}
	}
}

// ReadSpool reads the records of a spool folder in order of receipt, whether
// or not it is being written. An ErrDamaged or ErrTorn record is yielded as an
// error that names its segment, and reading goes on behind it as far as that
// can be; the unfinished record at the very end is not an error.
func ReadSpool(dir string) iter.Seq2[Payload, error] {
	return func(yield func(Payload, error) bool) {
		numbers, err := segmentNumbers(dir)
		if err == nil && len(numbers) == 0 {
			_, err = os.Stat(dir)
		}
		if err != nil {
			yield(Payload{}, fmt.Errorf("read spool: %w", err))
			return
		}
		for i, n := range numbers {
			path := filepath.Join(dir, fmt.Sprintf("%06d.seg", n))
			if !readSegment(path, i == len(numbers)-1, yield) {
				return
			}
		}
	}
}

// readSegment yields one segment's records and reports whether to go on.
func readSegment(path string, last bool, yield func(Payload, error) bool) bool {
	r, file, err := openSegment(path)
	if err != nil {
		return yield(Payload{}, fmt.Errorf("read spool: %w", err))
	}
	defer file.Close()
	for {
		p, err := r.next()
		switch {
		case err == io.EOF, errors.Is(err, ErrTorn) && last:
			return true
		case errors.Is(err, ErrTorn):
			return yield(Payload{}, fmt.Errorf("read spool segment %s at byte %d: %w", path, r.at, err))
		case err != nil:
			err = fmt.Errorf("read payload %d of spool segment %s: %w", p.Seq, path, err)
			fallthrough
		default:
			if !yield(p, err) {
				return false
			}
		}
	}
}
