package source

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestStableFilesAreReadOnlyWhenTheyStandStill(t *testing.T) {
	dir := t.TempDir()
	f := folder(t, FolderConfig{Dir: dir, Whole: Stable, StableFor: 150 * time.Millisecond})
	next(t, f)
	done := make(chan struct{})
	go func() { // a slow copy: a line each 15 ms
		defer close(done)
		fd, err := os.Create(filepath.Join(dir, "a.csv"))
		if err != nil {
			return
		}
		defer fd.Close()
		tick := time.NewTicker(15 * time.Millisecond)
		defer tick.Stop()
		for i := range 40 {
			<-tick.C
			fmt.Fprintln(fd, "line", i)
		}
	}()
	b := next(t, f)
	<-done
	if got := strings.Count(string(b.Payloads[0].Body), "\n"); got != 40 {
		t.Errorf("handed over after %d lines of 40", got)
	}
	quiet(t, f, 300*time.Millisecond)
}

func TestTheFirstMomentOfStableFilesWaitsForTheSecondLook(t *testing.T) {
	dir := t.TempDir()
	for i := range 10 {
		write(t, dir, fmt.Sprint(i), fmt.Sprint("body ", i))
	}
	f := folder(t, FolderConfig{Dir: dir, Whole: Stable, StableFor: 20 * time.Millisecond, BatchBytes: 30})
	total := 0
	for {
		b := next(t, f)
		total += len(b.Payloads)
		if !b.More {
			break
		}
	}
	if total != 10 {
		t.Errorf("first moment = %d files, want 10", total)
	}
}

func TestSidecarsSayWhenAFileIsWhole(t *testing.T) {
	for _, noEvents := range []bool{false, true} {
		dir := t.TempDir()
		f := folder(t, FolderConfig{Dir: dir, Whole: Sidecar, NoEvents: noEvents, Rescan: 10 * time.Millisecond})
		next(t, f)
		write(t, dir, "a.json", "half")
		quiet(t, f, 40*time.Millisecond)
		write(t, dir, "a.json", "whole")
		write(t, dir, "a.json.done", "")
		if b := next(t, f); string(b.Payloads[0].Body) != "whole" {
			t.Errorf("body = %q", b.Payloads[0].Body)
		}

		sum := sha256.Sum256([]byte("digest"))
		write(t, dir, "b.json", "digesT")
		write(t, dir, "b.json.sha256", hex.EncodeToString(sum[:])+"  b.json\n")
		quiet(t, f, 40*time.Millisecond)
		if got := f.State().Refused; got != 1 {
			t.Errorf("refused = %d, want 1", got)
		}
		write(t, dir, "b.json", "digest")
		if b := next(t, f); string(b.Payloads[0].Body) != "digest" {
			t.Errorf("body = %q", b.Payloads[0].Body)
		}
	}
}

func TestADoneOlderThanTheFileSaysNothing(t *testing.T) {
	dir := t.TempDir()
	f := folder(t, FolderConfig{Dir: dir, Whole: Sidecar, Rescan: 5 * time.Millisecond})
	next(t, f)
	done := write(t, dir, "a.json.done", "")
	old := time.Now().Add(-time.Minute)
	if err := os.Chtimes(done, old, old); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "a.json", "new and perhaps half")
	quiet(t, f, 50*time.Millisecond)
}
