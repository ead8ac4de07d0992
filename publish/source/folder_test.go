package source

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFirstMomentIsTheWholeFolderSortedByName(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "sp/b.json", "two")
	write(t, dir, "a.json", "one")
	write(t, dir, "sp/dados/c.json", "three")
	f := folder(t, FolderConfig{Dir: dir})
	b := next(t, f)
	if got, want := names(b), []string{"a.json", "sp/b.json", "sp/dados/c.json"}; !slices.Equal(got, want) {
		t.Errorf("names = %v, want %v", got, want)
	}
	if b.More {
		t.Error("More = true after the last file")
	}
	p := b.Payloads[1]
	if string(p.Body) != "two" || p.Hash != sha256.Sum256([]byte("two")) || p.Feed != "test" {
		t.Errorf("payload = %+v", p)
	}
	if p.Received.IsZero() || !p.Received.Equal(b.Payloads[0].Received) || !p.LastModified.IsZero() {
		t.Errorf("times = %v, %v", p.Received, p.LastModified)
	}
}

func TestAnEmptyFolderIsAnEmptyFirstMoment(t *testing.T) {
	f := folder(t, FolderConfig{Dir: t.TempDir()})
	if b := next(t, f); len(b.Payloads) != 0 || b.More {
		t.Errorf("batch = %v, More %v", names(b), b.More)
	}
}

func TestARenamedFileArrivesAtOnce(t *testing.T) {
	dir := t.TempDir()
	f := folder(t, FolderConfig{Dir: dir, Rescan: time.Hour})
	next(t, f)
	var took []time.Duration
	for i := range 20 {
		begun := make(chan time.Time, 1)
		go func() {
			begun <- time.Now()
			drop(t, dir, "a.json", fmt.Sprint(i))
		}()
		b := next(t, f)
		took = append(took, time.Since(<-begun))
		if string(b.Payloads[0].Body) != fmt.Sprint(i) {
			t.Fatalf("body = %q, want %d", b.Payloads[0].Body, i)
		}
	}
	slices.Sort(took)
	t.Logf("from before the write to the consumer: median %v, longest %v", took[10], took[19])
	if took[10] > 500*time.Millisecond {
		t.Errorf("median = %v", took[10])
	}
}

func TestABurstOfRenamesIsFewBatches(t *testing.T) {
	dir := t.TempDir()
	f := folder(t, FolderConfig{Dir: dir, Rescan: time.Hour})
	next(t, f)
	for i := range 600 {
		drop(t, dir, fmt.Sprintf("sp/%03d.json", i), fmt.Sprint(i))
	}
	seen, batches := map[string]bool{}, 0
	for len(seen) < 600 {
		b := next(t, f)
		batches++
		if !slices.IsSorted(names(b)) {
			t.Error("names are not sorted")
		}
		for _, n := range names(b) {
			if seen[n] {
				t.Errorf("%s came twice", n)
			}
			seen[n] = true
		}
	}
	if batches > 6 {
		t.Errorf("batches = %d, want few", batches)
	}
}

func TestNewSubFoldersAreWatched(t *testing.T) {
	dir := t.TempDir()
	f := folder(t, FolderConfig{Dir: dir, Rescan: time.Hour})
	next(t, f)
	for _, name := range []string{"x/y/z/a.json", "x/y/b.json", "x/y/z/a2.json"} {
		drop(t, dir, name, name)
		if b := next(t, f); !slices.Equal(names(b), []string{name}) {
			t.Errorf("names = %v, want %s", names(b), name)
		}
	}
}

func TestAFileOverTheLimitIsRefusedLoggedAndCountedOnce(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "big.json", strings.Repeat("x", 101))
	write(t, dir, "fits.json", strings.Repeat("x", 100))
	var j journal
	f := folder(t, FolderConfig{Dir: dir, MaxBytes: 100, NoEvents: true, Rescan: time.Millisecond, Log: j.log()})
	if b := next(t, f); !slices.Equal(names(b), []string{"fits.json"}) {
		t.Errorf("names = %v", names(b))
	}
	quiet(t, f, 30*time.Millisecond)
	if got := f.State().Refused; got != 1 {
		t.Errorf("refused = %d, want 1", got)
	}
	if n := j.count("big.json"); n != 1 {
		t.Errorf("log lines = %d, want 1", n)
	}
	drop(t, dir, "big.json", "small now")
	if b := next(t, f); string(b.Payloads[0].Body) != "small now" {
		t.Errorf("body = %q", b.Payloads[0].Body)
	}
}

func TestTheSameBytesAreHandedOverOnce(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.json", "same")
	f := folder(t, FolderConfig{Dir: dir, Rescan: 5 * time.Millisecond})
	next(t, f)
	drop(t, dir, "a.json", "same") // another inode and mtime
	quiet(t, f, 60*time.Millisecond)
	if err := os.Remove(filepath.Join(dir, "a.json")); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "other.json", "o") // so that the folder is not empty
	next(t, f)
	drop(t, dir, "a.json", "same")
	quiet(t, f, 60*time.Millisecond)
}

func TestARacyFileIsReadAgainThoughSizeAndTimeAreEqual(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "a.json", "aaaa")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	f := folder(t, FolderConfig{Dir: dir, NoEvents: true, Rescan: time.Millisecond})
	next(t, f)
	write(t, dir, "a.json", "bbbb")
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if b := next(t, f); string(b.Payloads[0].Body) != "bbbb" {
		t.Errorf("body = %q", b.Payloads[0].Body)
	}
}

func TestAFileWithAnOldMtimeIsNotReadAgain(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "a.json", "aaaa")
	old := time.Now().Add(-time.Minute)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	f := folder(t, FolderConfig{Dir: dir, NoEvents: true})
	next(t, f)
	f.scan()
	if len(f.queue) != 0 {
		t.Errorf("queue = %v, want none", f.queue)
	}
}

func TestAnMtimeInTheFutureSettlesByOurOwnClock(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "a.json", "a")
	if err := os.Chtimes(path, time.Now(), time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	first := time.Now()
	if !racily(info, first, first.Add(time.Second)) {
		t.Error("believed after one second")
	}
	if racily(info, first, first.Add(racyAge)) {
		t.Error("in doubt for ever")
	}
}

func TestALargeScanComesInBatchesThatSayMore(t *testing.T) {
	dir := t.TempDir()
	for i := range 50 {
		write(t, dir, fmt.Sprintf("%02d", i), strings.Repeat("x", 100)+fmt.Sprint(i))
	}
	f := folder(t, FolderConfig{Dir: dir, BatchBytes: 1000})
	var all []string
	for batches := 1; ; batches++ {
		b := next(t, f)
		all = append(all, names(b)...)
		if len(b.Payloads) > 10 {
			t.Errorf("batch of %d files, want at most 10", len(b.Payloads))
		}
		if !b.More {
			if batches < 5 {
				t.Errorf("batches = %d", batches)
			}
			break
		}
	}
	if len(all) != 50 || !slices.IsSorted(all) {
		t.Errorf("files = %d, sorted %v", len(all), slices.IsSorted(all))
	}
}

func TestAFolderIsNotReadBeforeItIsMovedIntoPlace(t *testing.T) {
	dir := t.TempDir()
	f := folder(t, FolderConfig{Dir: dir, Rescan: 5 * time.Millisecond})
	next(t, f)
	write(t, dir, "batch.part/a.json", "1")
	quiet(t, f, 40*time.Millisecond)
	if err := os.Rename(filepath.Join(dir, "batch.part"), filepath.Join(dir, "batch")); err != nil {
		t.Fatal(err)
	}
	if b := next(t, f); !slices.Equal(names(b), []string{"batch/a.json"}) {
		t.Errorf("names = %v", names(b))
	}
}

func TestPatternsDecideWhichNamesArePayloads(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a-u.json", "a-v.json", "sp/b-u.json", "sp/b.txt", "old/c-u.json"} {
		write(t, dir, name, name)
	}
	f := folder(t, FolderConfig{Dir: dir, Include: []string{"*-u.json"}, Exclude: []string{"old/*"}})
	if b := next(t, f); !slices.Equal(names(b), []string{"a-u.json", "sp/b-u.json"}) {
		t.Errorf("names = %v", names(b))
	}
}

func TestAConfigurationThatContradictsItselfIsRefused(t *testing.T) {
	for _, cfg := range []FolderConfig{
		{Dir: "x"},
		{Feed: "x"},
		{Feed: "x", Dir: "x", Whole: "maybe"},
		{Feed: "x", Dir: "x", Rescan: -1},
		{Feed: "x", Dir: "x", Include: []string{"["}},
	} {
		if _, err := NewFolder(cfg); err == nil {
			t.Errorf("NewFolder(%+v) was accepted", cfg)
		}
	}
}

func TestCloseEndsAWaitingNext(t *testing.T) {
	f := folder(t, FolderConfig{Dir: t.TempDir(), Rescan: time.Hour})
	next(t, f)
	result := make(chan error)
	go func() {
		_, err := f.Next(t.Context())
		result <- err
	}()
	f.Close()
	if err := <-result; !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Next = %v, want fs.ErrClosed", err)
	}
}
