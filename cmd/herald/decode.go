package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/formats"
	"github.com/heraldresults/herald/diff/snapshot"
)

// payloads reads a file, or every file below a folder in order of its name.
func payloads(path string) ([]feed.Payload, error) {
	var out []feed.Payload
	err := filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		body, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(path, file)
		if err != nil || name == "." {
			name = filepath.Base(file)
		}
		out = append(out, feed.Payload{Feed: "files", Name: filepath.ToSlash(name), Body: body, Seq: uint64(len(out) + 1), Received: info.ModTime().UTC()})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("there is no file in %s", path)
	}
	slices.SortFunc(out, func(a, b feed.Payload) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// assembled is what a set of payloads says, with everything that was refused.
type assembled struct {
	snap     *snapshot.Snapshot
	refused  []error
	findings []snapshot.Finding
}

// assemble reads payloads with a format, in their order.
func assemble(f feed.Format, list []feed.Payload, zone *time.Location) assembled {
	var a assembled
	asm := diff.NewAssembler(nil)
	dec, err := f.New(feed.Options{Location: zone})
	if err != nil {
		return assembled{snap: asm.Snapshot(), refused: []error{err}}
	}
	for _, p := range list {
		updates, err := dec.Decode(p)
		for _, u := range updates {
			applied, aerr := asm.Apply(u)
			a.findings = append(a.findings, applied.Findings...)
			err = errors.Join(err, aerr)
		}
		if err != nil {
			a.refused = append(a.refused, fmt.Errorf("%s: %w", p.Name, err))
		}
	}
	a.findings = append(a.findings, asm.Settled("")...)
	a.snap = asm.Snapshot()
	return a
}

// chooseFormat returns the format named, or the one that reads most of the
// payloads when none is.
func chooseFormat(name string, list []feed.Payload, zone *time.Location) (feed.Format, error) {
	if name != "" {
		f, ok := formats.ByName(name)
		if !ok {
			return f, usage(fmt.Errorf("there is no format %q; see herald formats", name))
		}
		return f, nil
	}
	var best feed.Format
	most := 0
	for _, f := range formats.All() {
		a := assemble(f, list, zone)
		if read := len(list) - len(a.refused); len(a.snap.Races) > 0 && read > most {
			best, most = f, read
		}
	}
	if most == 0 {
		return best, usage(errors.New("no format reads these files; see herald formats"))
	}
	return best, nil
}
