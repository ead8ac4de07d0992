package source

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// QuarantineConfig describes a quarantine. Zero values mean the default.
type QuarantineConfig struct {
	Dir      string // made when it does not exist
	MaxCount int    // payloads kept; default 1000
	MaxBytes int64  // of all payloads kept; default 1 GiB
}

// Quarantine keeps payloads that could not be believed, each in a folder of
// its own beside the reason. When it is full the oldest go first, never the
// newest. It may be used by many at once.
type Quarantine struct {
	cfg   QuarantineConfig
	mu    sync.Mutex
	cases []quarantined // oldest first
	bytes int64
}

type quarantined struct {
	name string
	size int64
}

// Reason says why a payload was not believed.
type Reason struct {
	Code string `json:"code"` // stable, as in docs/formats.md
	Text string `json:"text"` // one sentence for the operator
}

// OpenQuarantine opens or makes a quarantine.
func OpenQuarantine(cfg QuarantineConfig) (*Quarantine, error) {
	byDefault(&cfg.MaxCount, 1000)
	byDefault(&cfg.MaxBytes, 1<<30)
	if cfg.Dir == "" || cfg.MaxCount < 0 || cfg.MaxBytes < 0 {
		return nil, errors.New("open quarantine: a folder must be named, limits may not be negative")
	}
	if err := os.MkdirAll(cfg.Dir, 0o750); err != nil {
		return nil, fmt.Errorf("open quarantine: %w", err)
	}
	q := &Quarantine{cfg: cfg}
	entries, err := os.ReadDir(cfg.Dir) // sorted by name, so by time
	if err != nil {
		return nil, fmt.Errorf("open quarantine: %w", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			if err := os.RemoveAll(filepath.Join(cfg.Dir, e.Name())); err != nil {
				return nil, fmt.Errorf("open quarantine: remove an unfinished case: %w", err)
			}
			continue
		}
		if info, err := os.Stat(filepath.Join(cfg.Dir, e.Name(), "payload")); err == nil {
			q.cases = append(q.cases, quarantined{e.Name(), info.Size()})
			q.bytes += info.Size()
		}
	}
	return q, nil
}

// Keep stores p and its reason and returns the folder they are in, which is
// named by time of receipt, feed and hash. The same payload received again in
// the same second is kept once. After an error nothing of it is kept.
func (q *Quarantine) Keep(p Payload, why Reason) (string, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	name := fmt.Sprintf("%s-%s-%s", p.Received.UTC().Format("20060102T150405Z"),
		plain(p.Feed), hex.EncodeToString(p.Hash[:4]))
	dir := filepath.Join(q.cfg.Dir, name)
	if slices.ContainsFunc(q.cases, func(c quarantined) bool { return c.name == name }) {
		return dir, nil
	}
	if err := q.store(p, why, dir); err != nil {
		return "", fmt.Errorf("put %s into quarantine: %w", p.Name, err)
	}
	at, _ := slices.BinarySearchFunc(q.cases, name, func(c quarantined, n string) int {
		return strings.Compare(c.name, n)
	})
	q.cases = slices.Insert(q.cases, at, quarantined{name, int64(len(p.Body))})
	q.bytes += int64(len(p.Body))
	return dir, q.expire(name)
}

// store writes a case beside its place and moves it there whole.
func (q *Quarantine) store(p Payload, why Reason, dir string) error {
	record, err := json.MarshalIndent(struct {
		V int `json:"v"`
		Reason
		Payload header `json:"payload"`
	}{1, why, headerOf(&p)}, "", "  ")
	if err != nil {
		return err
	}
	tmp := filepath.Join(q.cfg.Dir, "."+filepath.Base(dir))
	err = errors.Join(
		os.MkdirAll(tmp, 0o750),
		os.WriteFile(filepath.Join(tmp, "payload"), p.Body, 0o640),
		os.WriteFile(filepath.Join(tmp, "reason.json"), append(record, '\n'), 0o640),
	)
	if err == nil {
		err = os.Rename(tmp, dir)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(tmp))
	}
	return nil
}

// expire removes the oldest cases, but never the one named keep.
func (q *Quarantine) expire(keep string) error {
	for i := 0; i < len(q.cases) && (len(q.cases) > q.cfg.MaxCount || q.bytes > q.cfg.MaxBytes); {
		c := q.cases[i]
		if c.name == keep {
			i++
			continue
		}
		if err := os.RemoveAll(filepath.Join(q.cfg.Dir, c.name)); err != nil {
			return fmt.Errorf("clear quarantine: %w", err)
		}
		q.cases = slices.Delete(q.cases, i, i+1)
		q.bytes -= c.size
	}
	return nil
}

// plain turns a feed's name into one that can stand in a file name.
func plain(feed string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, feed)
}
