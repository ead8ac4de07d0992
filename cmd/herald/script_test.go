package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/heraldresults/herald/fixtures/synth"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"herald": main})
}

// TestScripts runs the program as people do. The scripts' own commands:
//
//	exits CODE PROGRAM ARGS…   run it and want this exit code
//	night STEP DIR             write the files of a step of a made Minnesota night that are new
//	                           or changed at it; at step 3 a county's votes fall
//	flip GLOB                  change one byte in the middle of the newest file that matches, and
//	                           set $FLIPPED to its name
//	join OUT FILE…             write the files one after the other into OUT
//	edit FILE OLD NEW          replace text in a file, which must hold it
//	key FILE                   put the private key in FILE into HERALD_KEY; from now on no output
//	                           may hold it
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "night": night, "flip": flip, "join": join, "edit": edit, "key": key,
		},
		RequireExplicitExec: true,
	})
}

// setup puts canaries where secrets are.
func setup(e *testscript.Env) error {
	e.Setenv("AWS_ACCESS_KEY_ID", "canary-id-4711")
	e.Setenv("AWS_SECRET_ACCESS_KEY", "canary-secret-4711")
	e.Setenv("CLOUDFLARE_API_TOKEN", "canary-token-4711")
	e.Setenv("HERALD_KEY", "")
	return nil
}

// secrets are what no output may hold.
func secrets(ts *testscript.TestScript) []string {
	out := []string{"canary-"}
	// PRIVATE+KEY+name+hash+key, and the key is base64, which may hold a plus.
	if parts := strings.SplitN(ts.Getenv("HERALD_KEY"), "+", 5); len(parts) == 5 {
		out = append(out, parts[4])
	}
	return out
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("run %v: %v", args[1:], err)
	}
	output := ts.ReadFile("stdout") + ts.ReadFile("stderr")
	if got != want {
		ts.Fatalf("exit code %d, want %d:\n%s", got, want, output)
	}
	for _, s := range secrets(ts) {
		if strings.Contains(output, s) {
			ts.Fatalf("the output holds a secret:\n%s", output)
		}
	}
}

func night(ts *testscript.TestScript, _ bool, args []string) {
	n, err := synth.NewMinnesota(synth.MinnesotaConfig{Seed: 7, Fall: 3})
	ts.Check(err)
	step, err := strconv.Atoi(args[0])
	ts.Check(err)
	files, err := n.Capture(step)
	ts.Check(err)
	for _, f := range files {
		ts.Check(synth.Place(ts.MkAbs(args[1]), f))
	}
}

func flip(ts *testscript.TestScript, _ bool, args []string) {
	files, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(files) == 0 {
		ts.Fatalf("no file matches %s", args[0])
	}
	written := func(file string) time.Time {
		info, err := os.Stat(file)
		ts.Check(err)
		return info.ModTime()
	}
	newest := slices.MaxFunc(files, func(a, b string) int { return written(a).Compare(written(b)) })
	body, err := os.ReadFile(newest)
	ts.Check(err)
	body[len(body)/2] ^= 1
	ts.Check(os.WriteFile(newest, body, 0o600)) // in place: what a disk does to a file
	ts.Setenv("FLIPPED", filepath.Base(newest))
}

func join(ts *testscript.TestScript, _ bool, args []string) {
	var text strings.Builder
	for _, file := range args[1:] {
		text.WriteString(ts.ReadFile(file))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text.String()), 0o600))
}

func edit(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o600))
}

func key(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv("HERALD_KEY", string(bytes.TrimSpace([]byte(ts.ReadFile(args[0])))))
}
