//go:build unix

// Package dirstore keeps objects as files below one folder.
//
// It promises that whoever reads the folder (the built-in edge, nginx, a
// person) sees an object whole or not at all, that body and headers never
// disagree, and that a confirmed write survives a loss of power. It refuses
// file systems that cannot keep a file's headers, and files that it did not
// write itself.
//
// The headers of an object are an extended attribute of its file (xattr(7)),
// not a file beside it: body and headers then become visible in one rename,
// and no crash can leave one without the other. ext4, xfs, btrfs, APFS, NFS
// 4.2 and tmpfs (Linux 6.6) keep them; copy the folder with rsync -X or
// tar --xattrs.
//
// Below the folder, .herald holds temporary files and locks. A web server
// that serves the folder should not serve .herald.
package dirstore

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/heraldresults/herald/publish/store"
)

// ownFolder holds what is the store's own; no key may begin with it.
const ownFolder = ".herald"

// staleTemp is the age at which a temporary file is taken for the remains of
// a process that was killed. A write takes milliseconds.
const staleTemp = time.Hour

// Config says where objects are kept.
type Config struct {
	Root string // made when missing
	// NoSync leaves it to the operating system when bytes reach the disk.
	// Writes still survive the death of the process, but not of the machine:
	// for tests and demonstrations.
	NoSync bool
}

// Store is a store.Store in a folder. Any number of stores, in this process
// or in others on the same machine, may be open on one folder.
type Store struct {
	root, temp, locks string
	sync              bool
	folders           folders
}

// Open makes the folder where needed and checks that it can keep objects.
func Open(c Config) (*Store, error) {
	if c.Root == "" {
		return nil, errors.New("open folder store: no folder is given")
	}
	root, err := filepath.Abs(c.Root)
	if err != nil {
		return nil, fmt.Errorf("open folder store %s: %w", c.Root, err)
	}
	s := &Store{
		root:  root,
		temp:  filepath.Join(root, ownFolder, "tmp"),
		locks: filepath.Join(root, ownFolder, "locks"),
		sync:  !c.NoSync,
	}
	s.folders.sync = s.sync
	if err := s.prepare(); err != nil {
		return nil, fmt.Errorf("open folder store %s: %w", root, err)
	}
	return s, nil
}

func (s *Store) prepare() error {
	if err := os.MkdirAll(s.root, 0o755); err != nil {
		return err
	}
	for _, dir := range []string{s.temp, s.locks} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	s.folders.known(s.root)
	if err := s.sweep(time.Now().Add(-staleTemp)); err != nil {
		return err
	}
	trial, err := s.stage(store.Object{Key: "trial", Body: []byte("trial")}, newRecord(store.Object{}, [32]byte{}))
	if err != nil {
		return err
	}
	return os.Remove(trial)
}

// sweep removes temporary files last changed before the given time.
func (s *Store) sweep(before time.Time) error {
	entries, err := os.ReadDir(s.temp)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.ModTime().After(before) {
			continue // gone already, or still being written
		}
		if err := os.Remove(filepath.Join(s.temp, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Create implements store.Store. Of many that create one key, in this process
// or another, link(2) lets one win.
func (s *Store) Create(ctx context.Context, o store.Object) (store.Tag, error) {
	tag, err := s.write(ctx, o, absent, func(temp, path string) error {
		if err := os.Link(temp, path); !errors.Is(err, fs.ErrExist) {
			return err
		}
		return absent(path)
	})
	if errors.Is(err, store.ErrExists) && s.sync {
		// Whoever takes this for a success must find the object after a loss
		// of power too, and its writer may not have come that far.
		if syncErr := syncFolder(filepath.Dir(s.path(o.Key))); syncErr != nil {
			err = syncErr
		}
	}
	if err != nil {
		return "", fmt.Errorf("create %s: %w", o.Key, err)
	}
	return tag, nil
}

// absent says what stands in the way of a Create, if anything does.
func absent(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%w: there are objects below this key", store.ErrRefused)
	}
	return store.ErrExists
}

// Swap implements store.Store. It compares and renames under flock(2), which
// holds across processes on one machine; over NFS it holds only where the
// mount has working locks. Every write has a new tag, even with equal bytes.
func (s *Store) Swap(ctx context.Context, o store.Object, old store.Tag) (store.Tag, error) {
	unchanged := func(path string) error {
		present, err := readRecord(path)
		if errors.Is(err, store.ErrNotFound) || err == nil && present.tag() != old {
			return store.ErrConflict
		}
		return err
	}
	tag, err := s.write(ctx, o, unchanged, func(temp, path string) error {
		unlock, err := s.lock(ctx, o.Key)
		if err != nil {
			return err
		}
		defer unlock()
		if err := unchanged(path); err != nil {
			return err
		}
		return os.Rename(temp, path)
	})
	if err != nil {
		return "", fmt.Errorf("swap %s: %w", o.Key, err)
	}
	return tag, nil
}

// write asks admit, to save the work of writing what has lost already, stages
// o in a temporary file, lets place decide and move or link it to its path,
// and makes the result durable.
func (s *Store) write(ctx context.Context, o store.Object, admit func(path string) error, place func(temp, path string) error) (store.Tag, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if err := s.check(o); err != nil {
		return "", err
	}
	sum, err := o.CheckSum()
	if err != nil {
		return "", err
	}
	path := s.path(o.Key)
	if err := admit(path); err != nil {
		return "", refusal(err)
	}
	if err := s.folders.make(filepath.Dir(path)); err != nil {
		return "", refusal(err)
	}
	rec := newRecord(o, sum)
	temp, err := s.stage(o, rec)
	if err != nil {
		return "", refusal(err)
	}
	defer os.Remove(temp) // gone already after a rename
	if err := place(temp, path); err != nil {
		return "", refusal(err)
	}
	if s.sync {
		if err := syncFolder(filepath.Dir(path)); err != nil {
			return "", err
		}
	}
	return rec.tag(), nil
}

func (s *Store) check(o store.Object) error {
	if err := o.Check(); err != nil {
		return err
	}
	return s.checkKey(o.Key)
}

func (s *Store) checkKey(key string) error {
	if first, _, _ := strings.Cut(key, "/"); first == ownFolder {
		return fmt.Errorf("%w: %s is the store's own folder", store.ErrRefused, ownFolder)
	}
	return store.CheckKey(key)
}

// refusal marks the errors of the file system that trying again cannot help.
func refusal(err error) error {
	for _, e := range []error{syscall.EACCES, syscall.EPERM, syscall.EROFS, syscall.ENOTDIR, syscall.EISDIR, syscall.ENAMETOOLONG, syscall.EXDEV} {
		if errors.Is(err, e) {
			return fmt.Errorf("%w: %w", store.ErrRefused, err)
		}
	}
	return err
}

func (s *Store) path(key string) string { return filepath.Join(s.root, filepath.FromSlash(key)) }

// stage writes o and its record to a temporary file of this file system.
func (s *Store) stage(o store.Object, rec record) (string, error) {
	path := filepath.Join(s.temp, rand.Text())
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return "", err
	}
	if err := s.fill(f, o.Body, rec); err != nil {
		os.Remove(path)
		return "", err
	}
	return path, nil
}

// fill writes, syncs and closes f.
func (s *Store) fill(f *os.File, body []byte, rec record) error {
	_, err := f.Write(body)
	if err == nil {
		err = rec.attach(f)
	}
	if err == nil && s.sync {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// Get implements store.Store. It compares the bytes with the hash that was
// recorded when they were written.
func (s *Store) Get(ctx context.Context, key string) (store.Object, store.Tag, error) {
	f, rec, err := s.open(ctx, key)
	if err != nil {
		return store.Object{}, "", fmt.Errorf("get %s: %w", key, err)
	}
	defer f.Close()
	var body bytes.Buffer
	if _, err := io.Copy(&body, f); err != nil {
		return store.Object{}, "", fmt.Errorf("get %s: %w", key, err)
	}
	o := rec.object(key, body.Bytes())
	if sum := o.Sum(); hex.EncodeToString(sum[:]) != rec.SHA256 {
		return store.Object{}, "", fmt.Errorf("get %s: the file was changed since it was written: its SHA-256 is %x, recorded is %s", key, sum, rec.SHA256)
	}
	return o, rec.tag(), nil
}

// Stat implements store.Store.
func (s *Store) Stat(ctx context.Context, key string) (store.Info, error) {
	f, rec, err := s.open(ctx, key)
	if err != nil {
		return store.Info{}, fmt.Errorf("stat %s: %w", key, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return store.Info{}, fmt.Errorf("stat %s: %w", key, err)
	}
	return store.Info{Tag: rec.tag(), Size: info.Size(), CacheControl: rec.CacheControl}, nil
}

// open returns the file of an object and its record, which are of one version
// since both belong to one inode.
func (s *Store) open(ctx context.Context, key string) (*os.File, record, error) {
	if err := ctx.Err(); err != nil {
		return nil, record{}, err
	}
	if err := s.checkKey(key); err != nil {
		return nil, record{}, err
	}
	return openRecord(s.path(key))
}
