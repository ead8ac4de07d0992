package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func replay(t *testing.T, cfg ReplayConfig) *Replay {
	t.Helper()
	cfg.Feed = "tse"
	r, err := NewReplay(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// play returns a line for each payload, batches apart.
func play(t *testing.T, r *Replay) string {
	t.Helper()
	var out []string
	for {
		b, err := r.Next(t.Context())
		if err == io.EOF {
			return strings.Join(out, " | ")
		}
		if err != nil {
			t.Fatal(err)
		}
		var line []string
		for _, p := range b.Payloads {
			line = append(line, fmt.Sprintf("%d %s=%s", p.Seq, p.Name, p.Body))
		}
		if b.More {
			line = append(line, "more")
		}
		out = append(out, strings.Join(line, ", "))
	}
}

func captures(t *testing.T, cfg CapturesConfig) []Capture {
	t.Helper()
	c, err := Captures(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFoldersOfCapturesAreStepsInOrderOfTheirTimes(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "20241106T050001Z/USPres.txt", "2")
	write(t, dir, "20241106T040001Z/USPres.txt", "1")
	write(t, dir, "20241106T040001Z/cty/ussenate.txt", "s")
	write(t, dir, "20241106T040001Z/.DS_Store", "x")
	write(t, dir, "README.md", "x")
	c := captures(t, CapturesConfig{Dir: dir, Layout: CaptureFolders, Times: []string{"20060102T150405Z"}})
	if want := time.Date(2024, 11, 6, 4, 0, 1, 0, time.UTC); !c[0].Received.Equal(want) {
		t.Errorf("received = %v, want %v", c[0].Received, want)
	}
	if got, want := play(t, replay(t, ReplayConfig{Captures: c})), "1 USPres.txt=1, 2 cty/ussenate.txt=s | 3 USPres.txt=2"; got != want {
		t.Errorf("played %q, want %q", got, want)
	}
}

func TestCapturesOfOneAddressCarryOneName(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"2022-10-30-17-08-29.json", "2022-10-30-17-01-11.json"} {
		write(t, dir, name, fmt.Sprint(i))
	}
	zone := time.FixedZone("BRT", -3*3600)
	c := captures(t, CapturesConfig{Dir: dir, Layout: OneAddress, Name: "br.json",
		Times: []string{"x", "2006-01-02-15-04-05"}, Location: zone})
	if want := time.Date(2022, 10, 30, 20, 1, 11, 0, time.UTC); !c[0].Received.Equal(want) {
		t.Errorf("received = %v, want %v", c[0].Received, want)
	}
	if got, want := play(t, replay(t, ReplayConfig{Captures: c})), "1 br.json=1 | 2 br.json=0"; got != want {
		t.Errorf("played %q, want %q", got, want)
	}
}

func TestFilesPlayedOneByOneKeepTheirNames(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "batch-001.xml", "a")
	write(t, dir, "batch-002.xml", "b")
	c := captures(t, CapturesConfig{Dir: dir, Layout: EachFile, Start: evening})
	if !c[1].Received.After(c[0].Received) {
		t.Errorf("times = %v, %v", c[0].Received, c[1].Received)
	}
	if got, want := play(t, replay(t, ReplayConfig{Captures: c})), "1 batch-001.xml=a | 2 batch-002.xml=b"; got != want {
		t.Errorf("played %q, want %q", got, want)
	}
}

func TestCaptureNamesThatAreNoTimesAreRefused(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.json", "x")
	for _, cfg := range []CapturesConfig{
		{Dir: dir, Layout: EachFile, Times: []string{"2006-01-02"}},
		{Dir: dir, Layout: EachFile},
		{Dir: dir, Layout: OneAddress, Start: evening},
		{Dir: dir, Layout: CaptureFolders, Start: evening}, // there is none
		{Dir: dir, Layout: "heap", Start: evening},
		{Dir: filepath.Join(dir, "none"), Layout: EachFile, Start: evening},
	} {
		if c, err := Captures(cfg); err == nil {
			t.Errorf("Captures(%+v) = %v", cfg, c)
		}
	}
}

func TestASpoolPlaysAgainAsItWasReceived(t *testing.T) {
	dir := t.TempDir()
	s := spool(t, SpoolConfig{Dir: dir})
	other := payload("z", "not ours")
	other.Feed = "mn"
	late := payload("a", "2")
	late.Received = evening.Add(time.Minute)
	s.Append([]Payload{payload("b", "1"), other, payload("c", "1")})
	s.Append([]Payload{late})
	if got, want := play(t, replay(t, ReplayConfig{Spool: dir})), "1 b=1, 3 c=1 | 4 a=2"; got != want {
		t.Errorf("played %q, want %q", got, want)
	}
	if got, want := play(t, replay(t, ReplayConfig{Spool: dir, BatchBytes: 1})), "1 b=1, more | 3 c=1 | 4 a=2"; got != want {
		t.Errorf("played %q, want %q", got, want)
	}
}

func TestADamagedRecordDoesNotEndAReplay(t *testing.T) {
	dir := t.TempDir()
	s := spool(t, SpoolConfig{Dir: dir})
	s.Append([]Payload{payload("a", "first"), payload("b", "second"), payload("c", "third")})
	s.Close()
	path := filepath.Join(dir, "000001.seg")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "000001.seg", strings.Replace(string(raw), "second", "sEcond", 1))
	r := replay(t, ReplayConfig{Spool: dir})
	first := next(t, r)
	_, err = r.Next(t.Context())
	if !slices.Equal(names(first), []string{"a"}) || !errors.Is(err, ErrDamaged) {
		t.Errorf("first = %v, then %v", names(first), err)
	}
	if got, want := play(t, r), "3 c=third"; got != want {
		t.Errorf("rest = %q, want %q", got, want)
	}
}

func TestReplayKeepsTimeAtTheGivenSpeed(t *testing.T) {
	dir := t.TempDir()
	for i := range 3 {
		write(t, dir, evening.Add(time.Duration(i*10)*time.Minute).Format("150405"), fmt.Sprint(i))
	}
	c := captures(t, CapturesConfig{Dir: dir, Layout: EachFile, Times: []string{"150405"}})
	synctest.Test(t, func(t *testing.T) {
		r, err := NewReplay(ReplayConfig{Feed: "x", Captures: c, Speed: 60})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		begun := time.Now()
		for i := range 3 {
			if _, err := r.Next(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got, want := time.Since(begun), time.Duration(i)*10*time.Second; got != want {
				t.Errorf("step %d after %v, want %v", i, got, want)
			}
		}
	})
}

func TestReplayObeysItsContextAndItsClose(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a", "1")
	write(t, dir, "b", "2")
	c := captures(t, CapturesConfig{Dir: dir, Layout: EachFile, Start: evening})
	r := replay(t, ReplayConfig{Captures: c, Speed: 1e-9})
	next(t, r)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Next = %v, want canceled", err)
	}
	r.Close()
	if _, err := r.Next(t.Context()); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Next = %v, want fs.ErrClosed", err)
	}
}
