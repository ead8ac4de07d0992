//go:build unix

package dirstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/publish/store/storetest"
)

func open(t testing.TB, c Config) *Store {
	t.Helper()
	s, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func page(key, body string) store.Object {
	return store.Object{Key: key, Class: cdn.Alias, ContentType: "text/html; charset=utf-8", Body: []byte(body)}
}

func TestAFolderIsAStore(t *testing.T) {
	storetest.Run(t, storetest.Config{Open: func(t *testing.T) store.Store {
		return open(t, Config{Root: t.TempDir()})
	}})
}

func TestAFolderWithoutSyncIsAStore(t *testing.T) {
	storetest.Run(t, storetest.Config{Open: func(t *testing.T) store.Store {
		return open(t, Config{Root: filepath.Join(t.TempDir(), "made", "here"), NoSync: true})
	}})
}

func TestAnObjectIsAFileThatAnyoneMayRead(t *testing.T) {
	root := t.TempDir()
	s := open(t, Config{Root: root})
	if _, err := s.Create(t.Context(), page("e/race/town/mayor.html", "<p>1")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "e", "race", "town", "mayor.html")
	body, err := os.ReadFile(path)
	if err != nil || string(body) != "<p>1" {
		t.Errorf("file holds %q, %v", body, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o444 != 0o444 {
		t.Errorf("mode %v, %v; want readable by all", info.Mode(), err)
	}
}

func TestAFileReaderNeverSeesAPartOfAPage(t *testing.T) {
	root := t.TempDir()
	s := open(t, Config{Root: root, NoSync: true})
	body := func(n int) string { return strings.Repeat(fmt.Sprint(n%10), 50_000) }
	tag, err := s.Create(t.Context(), page("index.html", body(0)))
	if err != nil {
		t.Fatal(err)
	}
	var done atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		for !done.Load() {
			got, err := os.ReadFile(filepath.Join(root, "index.html"))
			if err != nil || len(got) != 50_000 || strings.Trim(string(got), string(got[:1])) != "" {
				t.Errorf("read %d bytes, %v", len(got), err)
				return
			}
		}
	})
	for n := 1; n < 300; n++ {
		if tag, err = s.Swap(t.Context(), page("index.html", body(n)), tag); err != nil {
			t.Error(err)
			break
		}
	}
	done.Store(true)
	wg.Wait()
}

func TestNoTemporaryFileStays(t *testing.T) {
	s := open(t, Config{Root: t.TempDir()})
	tag, err := s.Create(t.Context(), page("a", "1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(t.Context(), page("a", "2")); !errors.Is(err, store.ErrExists) {
		t.Fatalf("error %v", err)
	}
	if _, err := s.Swap(t.Context(), page("a", "2"), "x"); !errors.Is(err, store.ErrConflict) {
		t.Fatalf("error %v", err)
	}
	if _, err := s.Swap(t.Context(), page("a", "2"), tag); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(s.temp); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestOpenSweepsOnlyOldTemporaryFiles(t *testing.T) {
	root := t.TempDir()
	s := open(t, Config{Root: root})
	for name, age := range map[string]time.Duration{"old": 2 * staleTemp, "new": 0} {
		path := filepath.Join(s.temp, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-age)
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
	}
	open(t, Config{Root: root})
	if _, err := os.Stat(filepath.Join(s.temp, "old")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("old: %v, want it gone", err)
	}
	if _, err := os.Stat(filepath.Join(s.temp, "new")); err != nil {
		t.Errorf("new: %v, want it kept", err)
	}
}

func TestAFileChangedByHandIsNotServedAsTheObject(t *testing.T) {
	root := t.TempDir()
	s := open(t, Config{Root: root})
	if _, err := s.Create(t.Context(), page("a.html", "official")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "a.html"), []byte("edited!!"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, _, err := s.Get(t.Context(), "a.html")
	if err == nil || !strings.Contains(err.Error(), "was changed since it was written") {
		t.Errorf("error %v", err)
	}
}

func TestAForeignFileIsNeitherReadNorReplaced(t *testing.T) {
	root := t.TempDir()
	s := open(t, Config{Root: root})
	path := filepath.Join(root, "robots.txt")
	if err := os.WriteFile(path, []byte("by hand"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, _, err := s.Get(t.Context(), "robots.txt")
	if err == nil || !strings.Contains(err.Error(), "not written by this store") {
		t.Errorf("get: error %v", err)
	}
	if _, err := s.Create(t.Context(), page("robots.txt", "x")); !errors.Is(err, store.ErrExists) {
		t.Errorf("create: error %v", err)
	}
	if _, err := s.Swap(t.Context(), page("robots.txt", "x"), ""); err == nil {
		t.Error("swap: no error")
	}
	if body, err := os.ReadFile(path); err != nil || string(body) != "by hand" {
		t.Errorf("file holds %q, %v", body, err)
	}
}

func TestTheStoresOwnFolderIsNoPlaceForObjects(t *testing.T) {
	s := open(t, Config{Root: t.TempDir()})
	_, err := s.Create(t.Context(), page(".herald/tmp/x", "x"))
	if !errors.Is(err, store.ErrRefused) {
		t.Errorf("create: error %v", err)
	}
	if _, err := s.Stat(t.Context(), ".herald/locks/00"); !errors.Is(err, store.ErrRefused) {
		t.Errorf("stat: error %v", err)
	}
}

func TestAKeyIsAFileOrAFolderOfOthers(t *testing.T) {
	s := open(t, Config{Root: t.TempDir()})
	if _, err := s.Create(t.Context(), page("a/b", "1")); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "a/b/c"} {
		if _, err := s.Create(t.Context(), page(key, "2")); !errors.Is(err, store.ErrRefused) {
			t.Errorf("create %s: error %v, want %v", key, err, store.ErrRefused)
		}
	}
}

func TestAFolderThatCannotBeWrittenIsRefusedAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, root := range []string{"", file, filepath.Join(file, "below")} {
		if _, err := Open(Config{Root: root}); err == nil {
			t.Errorf("opened %q", root)
		}
	}
}

func TestASwapGivesUpOnATakenLockWhenItsContextEnds(t *testing.T) {
	s := open(t, Config{Root: t.TempDir()})
	tag, err := s.Create(t.Context(), page("head.json", "1"))
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := s.lock(t.Context(), "head.json")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Swap(ctx, page("head.json", "2"), tag); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	unlock()
	if _, err := s.Swap(t.Context(), page("head.json", "2"), tag); err != nil {
		t.Errorf("after the lock was free: %v", err)
	}
}

func TestARecordTooLongForTheFileSystemIsAnError(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	o := page("k", "x")
	o.Meta = map[string]string{"a": strings.Repeat("b", 70_000)}
	err = newRecord(o, o.Sum()).attach(f)
	if err == nil {
		t.Fatal("no error")
	}
	if _, err := unix.Fgetxattr(int(f.Fd()), attribute, nil); err == nil {
		t.Error("an attribute was set")
	}
}
