package edge_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/cdn/edge"
)

var (
	errDown = errors.New("connection refused")
	quiet   = slog.New(slog.DiscardHandler)
)

// bucket is a store in memory that can be slow, down, and counts its reads.
type bucket struct {
	mu      sync.Mutex
	objects map[string]edge.Object
	reads   map[string]int
	takes   time.Duration
	down    bool
}

func newBucket() *bucket {
	return &bucket{objects: map[string]edge.Object{}, reads: map[string]int{}}
}

func (b *bucket) get(ctx context.Context, key string) (edge.Object, bool, error) {
	b.mu.Lock()
	b.reads[key]++
	o, ok := b.objects[key]
	takes, down := b.takes, b.down
	b.mu.Unlock()
	if takes > 0 {
		t := time.NewTimer(takes)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			return edge.Object{}, false, ctx.Err()
		}
	}
	if down {
		return edge.Object{}, false, errDown
	}
	return o, ok, nil
}

func (b *bucket) put(key, body string, class cdn.Class) {
	b.set(key, edge.Object{ContentType: "text/html; charset=utf-8", CacheControl: class.CacheControl(), Body: []byte(body)})
}

func (b *bucket) set(key string, o edge.Object) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[key] = o
}

func (b *bucket) change(f func(*bucket)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(b)
}

func (b *bucket) count(key string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reads[key]
}

// pack compresses as the store's objects are.
func pack(t testing.TB, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, s); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
