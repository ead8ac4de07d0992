package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// scan lists the whole folder and queues what may have changed. It watches
// each sub-folder before it lists it, so that nothing falls in between.
func (f *Folder) scan() {
	f.told, f.passed = f.passed, map[string]string{}
	seen, err := f.list(".")
	now := time.Now()
	f.rescan = now.Add(f.cfg.Rescan)
	if err == nil && seen.files == 0 && f.held {
		err = fmt.Errorf("folder %s is empty and was not: unmounted or cleared", f.cfg.Dir)
	}
	f.held = f.held || seen.files > 0
	maps.DeleteFunc(f.unread, func(name string, _ error) bool { return !slices.Contains(seen.names, name) })
	f.listed = err
	f.report(now)
	if len(seen.names) > 0 {
		f.enqueue(seen.names...)
	}
}

// report moves between found and lost, with one log line each way.
func (f *Folder) report(now time.Time) {
	before, err := f.State().Lost, f.listed
	for _, name := range slices.Sorted(maps.Keys(f.unread)) {
		err = errors.Join(err, f.unread[name])
		break // one example says it
	}
	switch {
	case err != nil:
		f.update(func(s *State) { s.lose(err.Error(), now) })
		if before == "" {
			f.cfg.Log.Error("source lost", "folder", f.cfg.Dir, "error", err)
		}
	default:
		f.update(func(s *State) { s.find(now) })
		if before != "" {
			f.cfg.Log.Info("source found again", "folder", f.cfg.Dir)
		}
	}
}

// listing is what a walk found.
type listing struct {
	names []string // to be read, because they may have changed
	files int      // all payload files seen
}

// walk lists a sub-folder that has just appeared. What cannot be listed now is
// reported by the next scan.
func (f *Folder) walk(sub string) []string {
	seen, _ := f.list(sub)
	f.held = f.held || seen.files > 0
	return seen.names
}

// list walks a sub-tree. What cannot be listed is left out and reported in the
// error; everything else is in the listing.
func (f *Folder) list(sub string) (listing, error) {
	root, err := os.OpenRoot(f.cfg.Dir)
	if err != nil {
		return listing{}, fmt.Errorf("open drop folder: %w", err)
	}
	defer root.Close()
	var seen listing
	var errs []error
	err = fs.WalkDir(root.FS(), sub, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			if d != nil && !d.IsDir() || name != "." && errors.Is(err, fs.ErrNotExist) {
				return nil // gone between listing and looking
			}
			errs = append(errs, fmt.Errorf("list %s: %w", path.Join(f.cfg.Dir, name), err))
			return nil
		}
		if d.IsDir() {
			if unfinished(name) != "" {
				return fs.SkipDir
			}
			f.watch(name)
			return nil
		}
		info, err := d.Info()
		if err != nil || !f.candidate(name, info) {
			return nil
		}
		if why, was := f.told[name]; was {
			f.passed[name] = why // judged before; stays judged until it is read again
		}
		seen.files++
		if _, later := f.waiting[name]; !later && f.mayHaveChanged(name, info) {
			seen.names = append(seen.names, name)
		}
		return nil
	})
	return seen, errors.Join(append(errs, err)...)
}

// watch asks for the events of one folder. It is repeated at every scan, since
// a folder that was replaced keeps its name and loses its watch.
func (f *Folder) watch(name string) {
	if f.events == nil {
		return
	}
	dir := filepath.Join(f.cfg.Dir, filepath.FromSlash(name))
	if err := f.events.Add(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.passOver(name, "no events for this folder: "+err.Error(), slog.LevelWarn)
	}
}

// candidate reports whether a name can be a payload at all, and logs once why
// it cannot.
func (f *Folder) candidate(name string, info fs.FileInfo) bool {
	if why := unfinished(name); why != "" {
		f.passOver(name, why, slog.LevelDebug)
		return false
	}
	if !f.names.wants(name) {
		return false
	}
	if !info.Mode().IsRegular() {
		f.passOver(name, "not a regular file: "+info.Mode().Type().String(), slog.LevelWarn)
		return false
	}
	return true
}

// passOver logs a name and a reason, once for as long as both stay.
func (f *Folder) passOver(name, why string, level slog.Level) {
	if f.told[name] != why && f.passed[name] != why {
		f.cfg.Log.Log(context.Background(), level, "passed over", "name", name, "why", why)
	}
	f.passed[name] = why
}

// sidecarOf returns the payload's name when name is that of a side-car.
func sidecarOf(name string) (string, bool) {
	for _, suffix := range []string{doneSuffix, digestSuffix} {
		if base, ok := strings.CutSuffix(name, suffix); ok {
			return base, true
		}
	}
	return "", false
}
