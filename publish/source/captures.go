package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Capture is one moment of a recorded night: the files that were new then.
type Capture struct {
	Received time.Time
	Files    []CapturedFile
}

// CapturedFile is one payload on the disk.
type CapturedFile struct {
	Name string // the payload's name
	Path string // where its bytes are
}

// Layout is how a recorded night lies in a folder.
type Layout string

// The layouts of capture folders.
const (
	// CaptureFolders: each sub-folder is one capture and holds the files that
	// changed; its name is the time.
	CaptureFolders Layout = "folders"
	// OneAddress: each file is one capture of the same address; its name is
	// the time.
	OneAddress Layout = "one-address"
	// EachFile: each file is one capture and keeps its own name.
	EachFile Layout = "files"
)

// CapturesConfig describes a capture folder.
type CapturesConfig struct {
	Dir    string
	Layout Layout
	Name   string // of every payload; OneAddress only
	// Times are time.Parse layouts for the names, tried in turn; for files the
	// name is taken without its extension. Without Times captures are taken to
	// be a second apart, the first at Start, which must then be set.
	Times    []string
	Location *time.Location // of names that state no zone; default UTC
	Start    time.Time
}

func (c CapturesConfig) check() error {
	switch {
	case c.Dir == "":
		return errors.New("the folder must be named")
	case c.Layout != CaptureFolders && c.Layout != OneAddress && c.Layout != EachFile:
		return fmt.Errorf("layout is %q, not folders, one-address or files", c.Layout)
	case (c.Layout == OneAddress) != (c.Name != ""):
		return errors.New("a payload name is needed for one-address, and only there")
	case len(c.Times) == 0 && c.Start.IsZero():
		return errors.New("neither a layout of times in names nor a start is given")
	}
	return nil
}

// Captures lists the captures of a folder in the order of their names, without
// reading the files. Hidden and temporary names are left out. Names must carry
// rising times, else the order would be a guess.
func Captures(cfg CapturesConfig) ([]Capture, error) {
	captures, err := listCaptures(cfg)
	if err != nil {
		return nil, fmt.Errorf("read captures of %s: %w", cfg.Dir, err)
	}
	return captures, nil
}

func listCaptures(cfg CapturesConfig) ([]Capture, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(cfg.Dir) // sorted by name
	if err != nil {
		return nil, err
	}
	var captures []Capture
	for _, e := range entries {
		isCapture := e.IsDir() == (cfg.Layout == CaptureFolders) && (e.IsDir() || e.Type().IsRegular())
		if unfinished(e.Name()) != "" || !isCapture {
			continue
		}
		c, err := cfg.capture(e, len(captures))
		if err != nil {
			return nil, err
		}
		if n := len(captures); n > 0 && c.Received.Before(captures[n-1].Received) {
			return nil, fmt.Errorf("%s is earlier than the name before it", e.Name())
		}
		captures = append(captures, c)
	}
	if len(captures) == 0 {
		return nil, errors.New("there is no capture in it")
	}
	return captures, nil
}

// capture describes one entry of the folder, the n-th from 0.
func (c CapturesConfig) capture(e fs.DirEntry, n int) (Capture, error) {
	at, err := c.time(e.Name(), n)
	if err != nil {
		return Capture{}, err
	}
	path := filepath.Join(c.Dir, e.Name())
	switch c.Layout {
	case OneAddress:
		return Capture{at, []CapturedFile{{c.Name, path}}}, nil
	case EachFile:
		return Capture{at, []CapturedFile{{e.Name(), path}}}, nil
	}
	capture := Capture{Received: at}
	err = filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || unfinished(d.Name()) != "" {
			return err
		}
		rel, err := filepath.Rel(path, file)
		capture.Files = append(capture.Files, CapturedFile{filepath.ToSlash(rel), file})
		return err
	})
	return capture, err
}

func (c CapturesConfig) time(name string, n int) (time.Time, error) {
	if len(c.Times) == 0 {
		return c.Start.Add(time.Duration(n) * time.Second).UTC(), nil
	}
	if c.Layout != CaptureFolders {
		name = strings.TrimSuffix(name, filepath.Ext(name))
	}
	zone := c.Location
	if zone == nil {
		zone = time.UTC
	}
	for _, layout := range c.Times {
		if at, err := time.ParseInLocation(layout, name, zone); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("name %q is no time in any of the given layouts", name)
}
