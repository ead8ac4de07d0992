// Package memstore keeps objects in memory, for tests and dry runs.
//
// It promises what every store promises, and remembers which keys were
// written so that a test can count them. It refuses nothing that another
// store would take, and forgets everything with the process.
package memstore

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/heraldresults/herald/publish/store"
)

// Store is a store.Store in memory. Make it with New.
type Store struct {
	mu      sync.Mutex
	objects map[string]version
	writes  []string
	count   uint64 // all writes ever: the source of tags
}

type version struct {
	tag    store.Tag
	object store.Object
}

// New returns an empty store.
func New() *Store { return &Store{objects: map[string]version{}} }

// Create implements store.Store.
func (s *Store) Create(ctx context.Context, o store.Object) (store.Tag, error) {
	tag, err := s.write(ctx, o, func(_ version, found bool) error {
		if found {
			return store.ErrExists
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("create %s: %w", o.Key, err)
	}
	return tag, nil
}

// Swap implements store.Store. Every write has a new tag, even with equal
// bytes.
func (s *Store) Swap(ctx context.Context, o store.Object, old store.Tag) (store.Tag, error) {
	tag, err := s.write(ctx, o, func(v version, found bool) error {
		if !found || v.tag != old {
			return store.ErrConflict
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("swap %s: %w", o.Key, err)
	}
	return tag, nil
}

// write keeps a copy of o if allowed agrees with what is there.
func (s *Store) write(ctx context.Context, o store.Object, allowed func(version, bool) error) (store.Tag, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if err := o.Check(); err != nil {
		return "", err
	}
	if _, err := o.CheckSum(); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	present, found := s.objects[o.Key]
	if err := allowed(present, found); err != nil {
		return "", err
	}
	s.count++
	v := version{tag: store.Tag(strconv.FormatUint(s.count, 10)), object: clone(o)}
	s.objects[o.Key] = v
	s.writes = append(s.writes, o.Key)
	return v.tag, nil
}

func clone(o store.Object) store.Object {
	o.Body = bytes.Clone(o.Body)
	o.Meta = maps.Clone(o.Meta)
	return o
}

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, key string) (store.Object, store.Tag, error) {
	v, err := s.version(ctx, key)
	if err != nil {
		return store.Object{}, "", fmt.Errorf("get %s: %w", key, err)
	}
	o := clone(v.object)
	o.Class, o.SHA256 = 0, [32]byte{}
	return o, v.tag, nil
}

// Stat implements store.Store.
func (s *Store) Stat(ctx context.Context, key string) (store.Info, error) {
	v, err := s.version(ctx, key)
	if err != nil {
		return store.Info{}, fmt.Errorf("stat %s: %w", key, err)
	}
	return store.Info{
		Tag:          v.tag,
		Size:         int64(len(v.object.Body)),
		CacheControl: v.object.Class.CacheControl(),
	}, nil
}

// version looks key up. What it returns is never changed, only replaced.
func (s *Store) version(ctx context.Context, key string) (version, error) {
	if err := ctx.Err(); err != nil {
		return version{}, err
	}
	if err := store.CheckKey(key); err != nil {
		return version{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v, found := s.objects[key]
	if !found {
		return version{}, store.ErrNotFound
	}
	return v, nil
}

// Keys are the keys of all objects, sorted.
func (s *Store) Keys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.objects))
}

// Writes are the keys of all confirmed writes since the start or the last
// ResetWrites, in order, a key as often as it was written.
func (s *Store) Writes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.writes)
}

// ResetWrites forgets which keys were written, not the objects.
func (s *Store) ResetWrites() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes = nil
}
