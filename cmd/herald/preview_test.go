package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/fixtures/showcase"
	"github.com/heraldresults/herald/templates"
)

// file is a temporary file that a test reads while the program writes it.
func file(t *testing.T) (*os.File, func() string) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, func() string {
		b, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(2 * time.Minute)
	for !holds() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waited two minutes for %s", what)
		}
	}
}

func TestAPreviewFollowsItsFolderAndKeepsTheLastGoodPages(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		half := filepath.Join(dir, "."+name) // a name that the preview leaves alone
		if err := os.WriteFile(half, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(half, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	put("header.html", "<p>The first header</p>")
	out, said := file(t)
	ctx, stop := context.WithCancel(t.Context())
	v := &preview{program: &program{io: stdio{out: out}, log: slog.New(slog.DiscardHandler)}, folder: dir, languages: []string{"en"}, every: 5 * time.Millisecond,
		moments: []moment{{"before", "Before", []int{showcase.Before}}}, site: templates.Site{Name: showcase.Name, Mode: templates.Test, Location: time.UTC}}
	ended := make(chan error, 1)
	go func() { ended <- v.serve(ctx, "127.0.0.1:0") }()
	until(t, "the address", func() bool { return strings.Contains(said(), "Ctrl-C ends") })
	address := regexp.MustCompile(`http://\S+`).FindString(said())
	page := func() string {
		r, err := http.Get(address + "before/race/vm/president.html")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("status %d, %v", r.StatusCode, err)
		}
		return string(b)
	}
	if !strings.Contains(page(), "The first header") {
		t.Error("the page lacks the header")
	}

	put("header.html", "<p>A wrong <script>header</script></p>")
	until(t, "the mistake", func() bool { return strings.Contains(said(), "The pages are those from before.") })
	if !strings.Contains(said(), "header.html line 1: <script> is not allowed") {
		t.Errorf("said:\n%s", said())
	}
	if !strings.Contains(page(), "The first header") {
		t.Error("the last good page is gone")
	}

	put("header.html", "<p>The second header</p>")
	until(t, "the pages", func() bool { return strings.Contains(said(), "The pages are made again") })
	if !strings.Contains(page(), "The second header") {
		t.Error("the page lacks the new header")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
