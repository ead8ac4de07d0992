//go:build unix

package dirstore

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/heraldresults/herald/publish/store"
)

const (
	attribute = "user.herald.object"
	// maxRecord is what ext4 keeps of all attributes of a file: one block.
	maxRecord = 4096
)

// record is what a file's extended attribute says about it.
type record struct {
	Version         string            `json:"version"` // random, new with each write
	SHA256          string            `json:"sha256"`  // of the stored bytes
	ContentType     string            `json:"content_type"`
	ContentEncoding string            `json:"content_encoding,omitempty"`
	CacheControl    string            `json:"cache_control"`
	Meta            map[string]string `json:"meta,omitempty"`
}

func newRecord(o store.Object, sum [32]byte) record {
	return record{
		Version:         rand.Text(),
		SHA256:          hex.EncodeToString(sum[:]),
		ContentType:     o.ContentType,
		ContentEncoding: o.ContentEncoding,
		CacheControl:    o.Class.CacheControl(),
		Meta:            o.Meta,
	}
}

func (r record) tag() store.Tag { return store.Tag(r.Version) }

func (r record) object(key string, body []byte) store.Object {
	return store.Object{
		Key:             key,
		ContentType:     r.ContentType,
		ContentEncoding: r.ContentEncoding,
		Meta:            r.Meta,
		Body:            body,
	}
}

// attach makes r an attribute of f.
func (r record) attach(f *os.File) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	err = unix.Fsetxattr(int(f.Fd()), attribute, data, 0)
	if errors.Is(err, unix.ENOTSUP) {
		return fmt.Errorf("%w: the file system of %s keeps no extended attributes (use ext4, xfs, btrfs, APFS or NFS 4.2): %w", store.ErrRefused, f.Name(), err)
	}
	if err != nil {
		return fmt.Errorf("set attribute %s of %s: %w", attribute, f.Name(), err)
	}
	return nil
}

// openRecord opens an object's file and reads its record, or ErrNotFound.
func openRecord(path string) (*os.File, record, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, record{}, store.ErrNotFound
	}
	if err != nil {
		return nil, record{}, refusal(err)
	}
	rec, err := recordOf(f)
	if err != nil {
		f.Close()
		return nil, record{}, err
	}
	return f, rec, nil
}

// readRecord reads the record of an object's file, or ErrNotFound.
func readRecord(path string) (record, error) {
	f, rec, err := openRecord(path)
	if err != nil {
		return record{}, err
	}
	return rec, f.Close()
}

func recordOf(f *os.File) (record, error) {
	var r record
	info, err := f.Stat()
	if err != nil {
		return r, err
	}
	if info.IsDir() {
		return r, store.ErrNotFound
	}
	data := make([]byte, maxRecord)
	n, err := unix.Fgetxattr(int(f.Fd()), attribute, data)
	if err != nil {
		return r, fmt.Errorf("%s has no attribute %s: it was not written by this store, or copied without its attributes: %w", f.Name(), attribute, err)
	}
	if err := json.Unmarshal(data[:n], &r); err != nil {
		return r, fmt.Errorf("attribute %s of %s: %w", attribute, f.Name(), err)
	}
	return r, nil
}
