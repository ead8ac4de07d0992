//go:build unix

package dirstore

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// folders makes folders and remembers which of them are known to be on disk,
// so that each is synced once.
type folders struct {
	sync bool
	mu   sync.Mutex
	done map[string]*folder
}

type folder struct {
	mu    sync.Mutex
	ready bool
}

func (f *folders) at(path string) *folder {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done == nil {
		f.done = map[string]*folder{}
	}
	d := f.done[path]
	if d == nil {
		d = &folder{}
		f.done[path] = d
	}
	return d
}

// known says that path exists and is on disk.
func (f *folders) known(path string) { f.at(path).ready = true }

// make makes path with its parents, up to a known one. When it returns without
// error the folder's entry in its parent is on disk, whoever made it.
func (f *folders) make(path string) error {
	d := f.at(path)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ready {
		return nil
	}
	parent := filepath.Dir(path)
	if err := f.make(parent); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if f.sync {
		if err := syncFolder(parent); err != nil {
			return err
		}
	}
	d.ready = true
	return nil
}

// syncFolder makes the entries of a folder durable.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	err = d.Sync()
	if closeErr := d.Close(); err == nil {
		err = closeErr
	}
	return err
}
