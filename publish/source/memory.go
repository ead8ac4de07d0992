package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"time"
)

// MemoryConfig lets a crawl go on after a restart where it was: what was
// published in the version that is announced is not fetched again. It is wrong
// for formats that join payloads of which they remember one part only.
type MemoryConfig struct {
	File string // "" remembers nothing
	// Key names everything else on which the meaning of payloads depends: what
	// was remembered under another key is not used.
	Key string
	// Published returns the number of the current release, and whether
	// everything that was handed over and read is in it. It must be set when
	// File is. What is not published is never remembered, and what a store does
	// not hold any more, because its release is older, is forgotten.
	Published func() (release int, all bool)
}

func (c *MemoryConfig) check() error {
	if c.File != "" && c.Published == nil {
		return errors.New("a crawl that remembers must be told what is published")
	}
	return nil
}

// The memory is written this often, and not read when it is larger.
const (
	memoryEvery = 30 * time.Second
	memoryBytes = 64 << 20
)

// memory is the file and what was read from it.
type memory struct {
	cfg    MemoryConfig
	base   string
	loaded bool              // touched by Next alone
	pages  map[string]record // as it was read; what was asked for since is gone
	last   [sha256.Size]byte // of what was written
}

// record is what is remembered of one page.
type record struct {
	Version  string `json:"version"`
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
	SHA256   string `json:"sha256"`
	Checks   int    `json:"checks,omitempty"` // how often it is yet to be asked for
}

type memoryFile struct {
	V       int               `json:"v"`
	Base    string            `json:"base"`
	Key     string            `json:"key"`
	Release int               `json:"release"`
	Pages   map[string]record `json:"pages"`
}

// load reads the file the first time that it is called. One that is damaged, or
// of something else, is ignored: everything is fetched again.
func (m *memory) load(log *slog.Logger) map[string]record {
	if m.cfg.File == "" || m.loaded {
		return nil
	}
	m.loaded = true
	f, err := m.readFile()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		log.Warn("what the crawl remembered is not used, everything is fetched", "file", m.cfg.File, "why", err)
		return nil
	}
	log.Info("crawl goes on where it was", "file", m.cfg.File, "addresses", len(f.Pages))
	return f.Pages
}

func (m *memory) readFile() (memoryFile, error) {
	var f memoryFile
	fd, err := os.Open(m.cfg.File)
	if err != nil {
		return f, err
	}
	defer fd.Close()
	raw, err := io.ReadAll(io.LimitReader(fd, memoryBytes+1))
	if err != nil {
		return f, err
	}
	if len(raw) > memoryBytes {
		return f, fmt.Errorf("more than %d bytes", memoryBytes)
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return f, err
	}
	release, _ := m.cfg.Published()
	switch {
	case f.V != 1 || f.Base != m.base || f.Key != m.cfg.Key:
		return f, errors.New("it is of another address, format or setting")
	case release < f.Release:
		return f, fmt.Errorf("it is of release %d, the store holds release %d", f.Release, release)
	}
	return f, nil
}

// restore gives a new page what is remembered of it.
func (m *memory) restore(pg *page) bool {
	r, ok := m.pages[pg.name]
	if !ok {
		return false
	}
	delete(m.pages, pg.name)
	hash, err := hex.DecodeString(r.SHA256)
	if err != nil || len(hash) != sha256.Size || r.Version == "" {
		return false
	}
	pg.got, pg.etag, pg.modified = r.Version, r.ETag, r.Modified
	pg.has, pg.hash = true, [sha256.Size]byte(hash)
	pg.sent, pg.kept, pg.polls, pg.checks = true, true, 1, min(r.Checks, versionTries)
	return true
}

// keepMemory writes down now and then what need not be fetched after a
// restart; Close does so at the end.
func (p *Poller) keepMemory(ctx context.Context) {
	for rest(ctx, memoryEvery) == nil {
		p.remember()
	}
}

// remember writes the file when it would say something else than before.
func (p *Poller) remember() {
	m := &p.crawl.memory
	if m.cfg.File == "" {
		return
	}
	p.mu.Lock()
	var read []reading
	for _, pg := range p.pages {
		if pg.sent && !pg.kept {
			read = append(read, reading{pg, pg.hash})
		}
	}
	p.mu.Unlock()
	release, all := m.cfg.Published() // asked after they were read
	if !all || release == 0 {
		return
	}
	raw, err := json.Marshal(p.memorable(release, read))
	if sum := sha256.Sum256(raw); err == nil && sum != m.last {
		if err = writeWhole(m.cfg.File, raw); err == nil {
			m.last = sum
		}
	}
	if err != nil {
		p.cfg.Log.Error("the crawl's memory is not kept", "file", m.cfg.File, "error", err)
	}
}

// memorable is what may be remembered now that everything in read is
// published: pages that lead nowhere. Until the first moment is over, what was
// remembered before is kept.
func (p *Poller) memorable(release int, read []reading) memoryFile {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := &p.crawl.memory
	f := memoryFile{V: 1, Base: m.base, Key: m.cfg.Key, Release: release, Pages: map[string]record{}}
	for _, r := range read {
		r.page.kept = r.page.sent && r.page.hash == r.hash
	}
	if p.owed {
		maps.Copy(f.Pages, m.pages)
	}
	for name, pg := range p.pages {
		if pg.kept && !pg.polled() && pg.got == pg.version && len(pg.children) == 0 {
			f.Pages[name] = record{pg.got, pg.etag, pg.modified, hex.EncodeToString(pg.hash[:]), max(pg.checks, 0)}
		}
	}
	return f
}

// writeWhole writes a file beside its place and moves it there.
func writeWhole(file string, raw []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return err
	}
	tmp := file + ".tmp"
	if err := os.WriteFile(tmp, raw, 0o640); err != nil {
		return err
	}
	return os.Rename(tmp, file)
}
