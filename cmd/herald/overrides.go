package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/heraldresults/herald/cmd/internal/config"
	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/publish"
	"github.com/heraldresults/herald/templates"
	"github.com/heraldresults/herald/templates/card"
)

// maxFolderFiles is how many files an override folder may hold.
const maxFolderFiles = 2000

// overridesOf reads the override folder of a configuration and holds its maps
// against the definitions, where there are any. What is missing on a map is
// handed back; everything else that is wrong is one error.
func overridesOf(c *config.Config) (o *templates.Overrides, missing []string, err error) {
	if c.Pages.Folder == "" {
		return nil, nil, nil
	}
	o, err = readOverrides(c.Pages.Folder)
	if err != nil {
		return nil, nil, err
	}
	wrong := o.Unused(c.Languages)
	d, err := laidDown(c.Definitions)
	if err != nil {
		return nil, nil, err
	}
	if d != nil && len(d.Units) > 0 {
		asm := diff.NewAssembler(nil)
		if err := asm.Define(*d, true); err != nil {
			return nil, nil, fmt.Errorf("definitions: %w", err)
		}
		var unknown []string
		unknown, missing = o.CompareMaps(asm.Snapshot().Units)
		wrong = append(wrong, unknown...)
	}
	if len(wrong) > 0 {
		return nil, nil, fmt.Errorf("folder of pages %s:\n  %s", c.Pages.Folder, strings.Join(wrong, "\n  "))
	}
	return o, missing, nil
}

// readOverrides reads an override folder from the disk.
func readOverrides(dir string) (*templates.Overrides, error) {
	files, err := readFolder(dir)
	if err != nil {
		return nil, fmt.Errorf("folder of pages: %w", err)
	}
	return checkedOverrides(dir, files)
}

// checkedOverrides reads the files of an override folder, and tries its font.
func checkedOverrides(dir string, files map[string][]byte) (*templates.Overrides, error) {
	o, err := templates.ReadOverrides(files)
	if err != nil {
		return nil, fmt.Errorf("folder of pages %s:\n%w", dir, err)
	}
	if o.Font() != nil {
		if _, err := card.New(card.Config{Font: o.Font()}); err != nil {
			return nil, fmt.Errorf("folder of pages %s:\n  card.ttf: %w", dir, err)
		}
	}
	return o, nil
}

// readFolder reads every file of a folder, named by its path in it. Names that
// begin with a dot are the system's and the editors' and left alone.
func readFolder(dir string) (map[string][]byte, error) {
	if info, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", dir)
	}
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == dir:
			return nil
		case strings.HasPrefix(d.Name(), ".") && d.IsDir():
			return fs.SkipDir
		case strings.HasPrefix(d.Name(), ".") || d.IsDir():
			return nil
		case len(files) == maxFolderFiles:
			return fmt.Errorf("%s holds more than %d files", dir, maxFolderFiles)
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(name)], err = readShort(path)
		return err
	})
	return files, err
}

// readShort reads a file that is not longer than any may be.
func readShort(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	if info.Size() > templates.MaxOverride {
		return nil, errors.New(path + " has " + size(info.Size()) + "; at most " + size(templates.MaxOverride) + " are read")
	}
	return os.ReadFile(path)
}

// lookOf is the hash that releases of a configuration name as their look.
func lookOf(c *config.Config) (string, error) {
	pages, err := pagesOf(c)
	if err != nil {
		return "", err
	}
	if c.Signing.PublicKey != "" {
		if pages.Verifier, err = note.NewVerifier(c.Signing.PublicKey); err != nil {
			return "", usage(fmt.Errorf("signing.public_key: %w", err))
		}
	}
	h, err := publish.LookOf(pages)
	return h.String(), err
}
