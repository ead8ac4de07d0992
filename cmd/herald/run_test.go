package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/fixtures/synth"
)

// started is the program running inside the test.
type started struct {
	dir  string
	stop context.CancelFunc // what the first signal does
	code chan int
	out  *os.File // stdout and stderr
}

// begin runs the program with its streams in a file below dir.
func begin(t *testing.T, dir string, args ...string) *started {
	t.Helper()
	out, err := os.CreateTemp(dir, "out-*")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	s := &started{dir: dir, stop: stop, code: make(chan int, 1), out: out}
	go func() { s.code <- run(ctx, append([]string{"herald"}, args...), stdio{os.Stdin, out, out}) }()
	t.Cleanup(func() { stop(); out.Close() })
	return s
}

// said is the output so far.
func (s *started) said(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(s.out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// await waits until the output matches and returns the first group.
func (s *started) await(t *testing.T, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	tick, late := time.NewTicker(10*time.Millisecond), time.After(30*time.Second)
	defer tick.Stop()
	for {
		if m := re.FindStringSubmatch(s.said(t)); m != nil {
			return m[len(m)-1]
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("it never said %q:\n%s", pattern, s.said(t))
		}
	}
}

// ends waits for the end and wants an exit code.
func (s *started) ends(t *testing.T, want int) {
	t.Helper()
	select {
	case got := <-s.code:
		if got != want {
			t.Errorf("exit code %d, want %d:\n%s", got, want, s.said(t))
		}
	case <-time.After(40 * time.Second):
		t.Fatalf("it does not end:\n%s", s.said(t))
	}
}

// county writes a configuration with a folder store and the first files of a
// night, and returns how to write more.
func county(t *testing.T, dir string) (config string, drop func(step int)) {
	t.Helper()
	n, err := synth.NewMinnesota(synth.MinnesotaConfig{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	drop = func(step int) {
		t.Helper()
		files, err := n.Capture(step)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if err := synth.Place(filepath.Join(dir, "drop"), f); err != nil {
				t.Fatal(err)
			}
		}
	}
	drop(0)
	config = filepath.Join(dir, "herald.toml")
	text := fmt.Sprintf("election = \"made-2026\"\nmode = \"test\"\nstate = %q\n[[feed]]\nname = \"sos\"\nformat = \"minnesota\"\nfolder = %q\nrescan = \"100ms\"\n"+
		"[store]\nkind = \"folder\"\nfolder = %q\n[metrics]\nlisten = \"127.0.0.1:0\"\n", filepath.Join(dir, "state"), filepath.Join(dir, "drop"), filepath.Join(dir, "public"))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config, drop
}

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

func TestADaemonThatAnotherTookOverFromEndsWithFour(t *testing.T) {
	dir := t.TempDir()
	config, drop := county(t, dir)
	first := begin(t, dir, "run", "--config", config)
	first.await(t, `"msg":"published","release":1,`)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.toml") // another machine has a disk of its own
	if err := os.WriteFile(other, bytes.ReplaceAll(text, []byte("/state"), []byte("/state-2")), 0o600); err != nil {
		t.Fatal(err)
	}
	second := begin(t, dir, "run", "--config", other)
	second.await(t, `"msg":"carrying on","release":1,`)
	drop(1)
	first.ends(t, exitFenced)
	if !strings.Contains(first.said(t), "another publisher has taken over") {
		t.Errorf("it does not say why:\n%s", first.said(t))
	}
	second.await(t, `"msg":"published","release":2,`)
	second.stop()
	second.ends(t, exitOK)
	begin(t, dir, "verify", filepath.Join(dir, "public")).ends(t, exitOK)
}

func TestOnceWithNothingNewLeavesARunningDaemonAlone(t *testing.T) {
	dir := t.TempDir()
	config, drop := county(t, dir)
	d := begin(t, dir, "run", "--config", config)
	d.await(t, `"msg":"published","release":1,`)
	begin(t, dir, "once", "--config", config).ends(t, exitOK)
	drop(1)
	d.await(t, `"msg":"published","release":2,`)
	d.stop()
	d.ends(t, exitOK)
}

func TestADaemonShowsItsHealthAndNumbersAndStopsWhenTold(t *testing.T) {
	dir := t.TempDir()
	config, drop := county(t, dir)
	d := begin(t, dir, "run", "--config", config)
	metrics := d.await(t, `"address":"(http://[^"]+)/metrics"`)
	d.await(t, `"msg":"published","release":1,`)
	drop(1)
	d.await(t, `"msg":"published","release":2,`)
	if status, body := get(t, metrics+"/healthz"); status != http.StatusOK {
		t.Errorf("health: %d %s", status, body)
	}
	status, body := get(t, metrics+"/metrics")
	if status != http.StatusOK || !strings.Contains(body, "\nherald_payloads_total ") || !strings.Contains(body, "\nherald_races_reporting ") {
		t.Errorf("metrics: %d\n%s", status, body)
	}
	d.stop()
	d.ends(t, exitOK)
	begin(t, dir, "verify", filepath.Join(dir, "public")).ends(t, exitOK)
}

func TestServeShowsAFolderStoreUntilItIsStopped(t *testing.T) {
	dir := t.TempDir()
	config, _ := county(t, dir)
	begin(t, dir, "once", "--config", config).ends(t, exitOK)
	s := begin(t, dir, "serve", "--listen", "127.0.0.1:0", filepath.Join(dir, "public"))
	address := s.await(t, `"msg":"serving","address":"(http://[^"]+)/"`)
	if status, body := get(t, address+"/"); status != http.StatusOK || !strings.Contains(body, "TEST – NOT RESULTS") {
		t.Errorf("home: %d\n%s", status, body)
	}
	if status, _ := get(t, address+"/made-2026/nothing.html"); status != http.StatusNotFound {
		t.Errorf("a page that is not there: %d", status)
	}
	begin(t, dir, "verify", address+"/made-2026/").ends(t, exitOK)
	s.stop()
	s.ends(t, exitOK)
	if resp, err := http.Get(address + "/"); err == nil {
		resp.Body.Close()
		t.Error("it still answers")
	}
}
