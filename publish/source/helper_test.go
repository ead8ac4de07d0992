package source

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds what a test waits for; nothing waits for it to pass.
const patience = 20 * time.Second

// next returns one batch.
func next(t *testing.T, s Source) Batch {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	b, err := s.Next(ctx)
	if err != nil {
		t.Fatalf("Next: %v", err)
	}
	return b
}

// quiet fails when the source has anything new within d.
func quiet(t *testing.T, s Source, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if b, err := s.Next(ctx); err == nil {
		t.Fatalf("got %v, want nothing new", names(b))
	}
}

func names(b Batch) []string {
	var all []string
	for _, p := range b.Payloads {
		all = append(all, p.Name)
	}
	return all
}

// write puts bytes into a file in place.
func write(t *testing.T, dir, name, body string) string {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// drop moves a file into place whole.
func drop(t *testing.T, dir, name, body string) string {
	t.Helper()
	tmp := write(t, dir, name+".tmp", body)
	path := strings.TrimSuffix(tmp, ".tmp")
	if err := os.Rename(tmp, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// journal is a log that can be searched.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(b)
}

func (j *journal) count(part string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := 0
	for line := range strings.Lines(j.buf.String()) {
		if strings.Contains(line, part) {
			n++
		}
	}
	return n
}

func (j *journal) log() *slog.Logger {
	return slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func folder(t *testing.T, cfg FolderConfig) *Folder {
	t.Helper()
	cfg.Feed = "test"
	f, err := NewFolder(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}
