package source

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/heraldresults/herald/fixtures/feedserver"
)

func notPayloads(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	secret := write(t, outside, "secret.json", "secret")
	for _, name := range []string{".hidden", "a.json.tmp", "b.part", "c.json~", "#d#", "e.json.done", "e.json.sha256", ".git/f.json"} {
		write(t, dir, name, "x")
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Symlink(secret, filepath.Join(dir, "link.json")))
	must(os.Symlink(outside, filepath.Join(dir, "linked")))
	must(syscall.Mkfifo(filepath.Join(dir, "pipe.json"), 0o644))
	socket, err := net.Listen("unix", filepath.Join(dir, "socket.json"))
	must(err)
	defer socket.Close()
	write(t, dir, "good.json", "good")

	var j journal
	f := folder(t, FolderConfig{Dir: dir, NoEvents: true, Rescan: time.Millisecond, Log: j.log()})
	if b := next(t, f); !slices.Equal(names(b), []string{"good.json"}) {
		t.Errorf("names = %v, want good.json alone", names(b))
	}
	quiet(t, f, 50*time.Millisecond) // several rescans
	for _, name := range []string{"link.json", "linked", "pipe.json", "socket.json", "name=.hidden", "a.json.tmp", "b.part", "e.json.done"} {
		if n := j.count(name); n != 1 {
			t.Errorf("log lines about %s = %d, want 1", name, n)
		}
	}
	if st := f.State(); st.Lost != "" || st.Delivered != 1 {
		t.Errorf("state = %+v", st)
	}
}

func device(t *testing.T) {
	var j journal
	f := folder(t, FolderConfig{Dir: "/dev", Include: []string{"/null", "null"}, NoEvents: true, Log: j.log()})
	if b := next(t, f); len(b.Payloads) != 0 {
		t.Errorf("names = %v", names(b))
	}
	if j.count("name=null why=\"not a regular file") != 1 {
		t.Errorf("the log does not name it:\n%s", j.buf.String())
	}
}

func folderLikeAFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.json/inside.json", "x")
	f := folder(t, FolderConfig{Dir: dir, Include: []string{"a.json", "b.json"}, Rescan: time.Hour})
	if b := next(t, f); len(b.Payloads) != 0 {
		t.Errorf("names = %v", names(b))
	}
	drop(t, dir, "b.json", "x")
	if b := next(t, f); !slices.Equal(names(b), []string{"b.json"}) {
		t.Errorf("names = %v", names(b))
	}
}

func replacedByLink(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	path := write(t, dir, "a.json", "x")
	f := folder(t, FolderConfig{Dir: dir})
	f.scan()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(write(t, outside, "s.json", "secret"), path); err != nil {
		t.Fatal(err)
	}
	if got := f.read(f.take()); len(got) != 0 {
		t.Errorf("read %q through a link", got[0].Body)
	}
}

func replacedByPipe(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "a.json", "x")
	f := folder(t, FolderConfig{Dir: dir})
	f.scan()
	if err := errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o644)); err != nil {
		t.Fatal(err)
	}
	if got := f.read(f.take()); len(got) != 0 { // nobody writes: a read would hang
		t.Errorf("read %q from a pipe", got[0].Body)
	}
}

func deletedBeforeOpen(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "a.json", "x")
	write(t, dir, "b.json", "y")
	f := folder(t, FolderConfig{Dir: dir})
	f.scan()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got := f.read(f.take()); len(got) != 1 || got[0].Name != "b.json" || f.State().Lost != "" {
		t.Errorf("payloads = %d, lost = %q", len(got), f.State().Lost)
	}
}

func replacedBeforeOpen(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.json", "old")
	f := folder(t, FolderConfig{Dir: dir})
	f.scan()
	drop(t, dir, "a.json", "new")
	if got := f.read(f.take()); len(got) != 1 || string(got[0].Body) != "new" {
		t.Errorf("payloads = %+v", got)
	}
	f.scan()
	if got := f.read(f.take()); len(got) != 0 {
		t.Errorf("the same bytes came twice: %q", got[0].Body)
	}
}

func withoutEvents(t *testing.T) {
	dir := t.TempDir()
	f := folder(t, FolderConfig{Dir: dir, NoEvents: true, Rescan: 10 * time.Millisecond})
	next(t, f)
	drop(t, dir, "new/sub/a.json", "1")
	if b := next(t, f); !slices.Equal(names(b), []string{"new/sub/a.json"}) {
		t.Errorf("names = %v", names(b))
	}
	drop(t, dir, "new/sub/a.json", "2")
	if b := next(t, f); string(b.Payloads[0].Body) != "2" {
		t.Errorf("body = %q", b.Payloads[0].Body)
	}
}

func overflowInjected(t *testing.T) {
	dir := t.TempDir()
	var j journal
	f := folder(t, FolderConfig{Dir: dir, Rescan: time.Hour, Log: j.log()})
	next(t, f)
	if err := f.events.Remove(dir); err != nil { // the event of what comes is lost
		t.Fatal(err)
	}
	drop(t, dir, "a.json", "x")
	go func() { f.events.Errors <- fsnotify.ErrEventOverflow }()
	if b := next(t, f); !slices.Equal(names(b), []string{"a.json"}) {
		t.Errorf("names = %v", names(b))
	}
	if j.count("file events lost") != 1 {
		t.Error("the log does not tell of it")
	}
}

func overflow(t *testing.T) {
	dir := t.TempDir()
	var j journal
	f := folder(t, FolderConfig{Dir: dir, Rescan: time.Hour, Log: j.log()})
	next(t, f)
	raw, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events")
	if err != nil {
		t.Fatal(err)
	}
	var limit int
	fmt.Sscan(string(raw), &limit)
	many := limit/3 + 1000 // each file is at least four events
	for i := range many {
		drop(t, dir, fmt.Sprintf("%05d.json", i), fmt.Sprint(i))
	}
	seen := map[string]bool{}
	for len(seen) < many {
		for _, n := range names(next(t, f)) {
			seen[n] = true
		}
	}
	if j.count("file events lost") == 0 {
		t.Error("no overflow was met: the test proves nothing")
	}
}

func oddTimes(t *testing.T) {
	dir := t.TempDir()
	for name, year := range map[string]int{"a.json": 2099, "b.json": 1970, "c.json": 2024} {
		at := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		if err := os.Chtimes(write(t, dir, name, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	f := folder(t, FolderConfig{Dir: dir, Rescan: time.Millisecond, NoEvents: true})
	b := next(t, f)
	if !slices.Equal(names(b), []string{"a.json", "b.json", "c.json"}) || time.Since(b.Payloads[0].Received) > time.Minute {
		t.Errorf("names = %v, received %v", names(b), b.Payloads[0].Received)
	}
	old := time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(write(t, dir, "a.json", "newer in spite of its time"), old, old); err != nil {
		t.Fatal(err)
	}
	if b := next(t, f); string(b.Payloads[0].Body) != "newer in spite of its time" {
		t.Errorf("body = %q", b.Payloads[0].Body)
	}
}

func manyFiles(t *testing.T) {
	const files, size, batch = 20_000, 8 << 10, 1 << 20
	dir := t.TempDir()
	body := strings.Repeat("x", size)
	for i := range files {
		write(t, dir, fmt.Sprintf("%05d.json", i), body+fmt.Sprint(i))
	}
	inUse := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapInuse
	}
	before, most := inUse(), uint64(0)
	f := folder(t, FolderConfig{Dir: dir, NoEvents: true, BatchBytes: batch})
	seen := 0
	for more := true; more; {
		b := next(t, f)
		seen, more = seen+len(b.Payloads), b.More
		if seen%2000 < len(b.Payloads) {
			most = max(most, inUse())
		}
	}
	// What is remembered of a name is a few hundred bytes; the bodies are 160 MiB.
	if grown := int64(most) - int64(before); seen != files || grown > 24<<20 {
		t.Errorf("%d files, %d MiB more in use", seen, grown>>20)
	}
}

func vanishes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "drop")
	write(t, dir, "a.json", "1")
	var j journal
	f := folder(t, FolderConfig{Dir: dir, Rescan: 5 * time.Millisecond, Log: j.log()})
	next(t, f)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	quiet(t, f, 60*time.Millisecond)
	if st := f.State(); !strings.Contains(st.Lost, dir) || st.LostSince.IsZero() {
		t.Errorf("state = %+v, want lost", st)
	}
	drop(t, dir, "a.json", "2")
	if b := next(t, f); string(b.Payloads[0].Body) != "2" {
		t.Errorf("body = %q", b.Payloads[0].Body)
	}
	if st := f.State(); st.Lost != "" {
		t.Errorf("still lost: %s", st.Lost)
	}
	if lost, found := j.count("source lost"), j.count("found again"); lost != 1 || found != 1 {
		t.Errorf("log lines lost, found = %d, %d, want 1, 1", lost, found)
	}
}

func suddenlyEmpty(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "a.json", "1")
	f := folder(t, FolderConfig{Dir: dir, Rescan: 5 * time.Millisecond})
	next(t, f)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	quiet(t, f, 40*time.Millisecond)
	if st := f.State(); !strings.Contains(st.Lost, "empty") {
		t.Errorf("state = %+v, want lost", st)
	}
}

func notThereYet(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "later")
	f := folder(t, FolderConfig{Dir: dir, Rescan: 5 * time.Millisecond})
	quiet(t, f, 30*time.Millisecond)
	if f.State().Lost == "" {
		t.Error("a missing folder is not lost")
	}
	drop(t, dir, "a.json", "1")
	if b := next(t, f); !slices.Equal(names(b), []string{"a.json"}) || b.More {
		t.Errorf("first moment = %v, More %v", names(b), b.More)
	}
}

func belowAFile(t *testing.T) {
	share := t.TempDir()
	dir := filepath.Join(share, "mount", "drop")
	write(t, dir, "a.json", "1")
	f := folder(t, FolderConfig{Dir: dir, Rescan: 5 * time.Millisecond})
	next(t, f)
	away := filepath.Join(share, "away")
	if err := os.Rename(filepath.Join(share, "mount"), away); err != nil {
		t.Fatal(err)
	}
	write(t, share, "mount", "not a folder")
	quiet(t, f, 60*time.Millisecond)
	if st := f.State(); !strings.Contains(st.Lost, "not a directory") || st.Delivered != 1 {
		t.Errorf("state = %+v", st)
	}
	if err := errors.Join(os.Remove(filepath.Join(share, "mount")), os.Rename(away, filepath.Join(share, "mount"))); err != nil {
		t.Fatal(err)
	}
	drop(t, dir, "b.json", "2")
	if b := next(t, f); !slices.Equal(names(b), []string{"b.json"}) {
		t.Errorf("names = %v", names(b))
	}
	quiet(t, f, 60*time.Millisecond) // an event may have been faster than the listing
	if st := f.State(); st.Lost != "" {
		t.Errorf("still lost: %s", st.Lost)
	}
}

func mayNotBeRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.json", "1")
	f := folder(t, FolderConfig{Dir: dir})
	f.scan()
	f.judge("a.json", &sight{err: fs.ErrPermission}) // what open says to whoever is not root
	f.report(time.Now())
	if st := f.State(); !strings.Contains(st.Lost, "a.json: permission denied") {
		t.Errorf("state = %+v, want lost", st)
	}
	if got := f.read(f.take()); len(got) != 1 || f.State().Lost != "" {
		t.Errorf("payloads = %d, lost = %q", len(got), f.State().Lost)
	}
}

func otherAddress(t *testing.T) {
	server := feedserver.New()
	server.Put("a.json", []byte("one"), noon)
	one, two := httptest.NewServer(server), httptest.NewServer(server)
	defer one.Close()
	defer two.Close()
	var j journal
	p, err := newPoller(PollerConfig{Feed: "test", URLs: []string{"http://feed.test/a.json"}, Every: 5 * time.Millisecond, Rate: 10000, Log: j.log()})
	if err != nil {
		t.Fatal(err)
	}
	resolve := &resolver{to: one.Listener.Addr()}
	p.client.Transport = &http.Transport{DialContext: resolve.dial, DisableKeepAlives: true}
	p.start()
	defer p.Close()
	s := &stage{t: t, feed: server, poller: p}
	s.want("one")
	if j.count("address answers from another host") != 0 {
		t.Error("an address was logged that had not changed")
	}
	resolve.move(two.Listener.Addr())
	s.until("the other address", func() bool { return s.address().Remote == two.Listener.Addr().String() })
	if n := j.count("was=" + one.Listener.Addr().String() + " is=" + two.Listener.Addr().String()); n != 1 {
		t.Errorf("log lines = %d, want 1", n)
	}
}
