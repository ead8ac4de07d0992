package source

import (
	"fmt"
	"path"
	"strings"
)

// patterns decides which names of a folder are payloads.
type patterns struct{ include, exclude []string }

func (p patterns) check() error {
	for _, list := range [][]string{p.include, p.exclude} {
		for _, g := range list {
			if _, err := path.Match(g, ""); err != nil {
				return fmt.Errorf("read pattern %q: %w", g, err)
			}
		}
	}
	return nil
}

// wants reports whether a name matches the lists. A pattern without a slash is
// matched against the last element, one with a slash against the whole name.
func (p patterns) wants(name string) bool {
	return (len(p.include) == 0 || matches(p.include, name)) && !matches(p.exclude, name)
}

func matches(globs []string, name string) bool {
	for _, g := range globs {
		subject := name
		if !strings.Contains(g, "/") {
			subject = path.Base(name)
		}
		if ok, err := path.Match(g, subject); err == nil && ok {
			return true
		}
	}
	return false
}

// side-cars by which a sender says that a file is whole.
const (
	doneSuffix   = ".done"
	digestSuffix = ".sha256"
)

// unfinished says why a name, or a folder it lies in, is never a payload: what
// editors and copying tools leave beside the real file. It is empty for all
// other names.
func unfinished(name string) string {
	for part := range strings.SplitSeq(name, "/") {
		switch {
		case part == ".":
		case strings.HasPrefix(part, "."):
			return "hidden"
		case strings.HasSuffix(part, ".tmp"), strings.HasSuffix(part, ".part"):
			return "temporary"
		case strings.HasSuffix(part, "~"), strings.HasPrefix(part, "#") && strings.HasSuffix(part, "#"):
			return "editor's copy"
		case strings.HasSuffix(part, doneSuffix), strings.HasSuffix(part, digestSuffix):
			return "side-car"
		}
	}
	return ""
}
