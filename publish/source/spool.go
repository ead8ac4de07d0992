package source

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// SpoolConfig describes a spool. Zero values mean the default.
type SpoolConfig struct {
	Dir string // made when it does not exist
	// Quota bounds the bytes of all segments; the oldest go first, the one
	// that is written never. Default 4 GiB.
	Quota        int64
	SegmentBytes int64 // a segment is closed when it has reached this; default 64 MiB
	// After is the largest number known from elsewhere: numbering goes on
	// above it and above what the spool holds.
	After uint64
	Log   *slog.Logger // default: discarded
}

// SpoolState says how a spool is doing.
type SpoolState struct {
	// Broken says why payloads are not kept at present; "" while they are.
	Broken      string
	BrokenSince time.Time
	Missed      uint64 // payloads handed on but not kept since the spool was opened
	Bytes       int64
	Segments    int
	LastSeq     uint64
}

// Spool keeps every payload unchanged, in order of receipt, before it is
// decoded. It survives the death of the process; it is not synced to the disk
// with every record, so that after a power cut the last seconds may be
// missing. Append and State may be called by many at once; one process at a
// time may have a spool open.
type Spool struct {
	cfg  SpoolConfig
	mu   sync.Mutex
	file *os.File
	segs []segment // oldest first; the last one is written
	seq  uint64
	// state.Bytes is the sum of segs.
	state SpoolState
}

type segment struct {
	number int
	size   int64
}

// OpenSpool opens or makes a spool. A record that a crash left unfinished at
// the end is cut off; numbering continues after the last whole one.
func OpenSpool(cfg SpoolConfig) (*Spool, error) {
	byDefault(&cfg.Quota, 4<<30)
	byDefault(&cfg.SegmentBytes, 64<<20)
	cfg.Log = logger(cfg.Log).With("spool", cfg.Dir)
	if cfg.Dir == "" || cfg.Quota < 0 || cfg.SegmentBytes < 0 {
		return nil, errors.New("open spool: a folder must be named, sizes may not be negative")
	}
	if err := os.MkdirAll(cfg.Dir, 0o750); err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	s := &Spool{cfg: cfg, seq: cfg.After}
	numbers, err := segmentNumbers(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	for _, n := range numbers {
		info, err := os.Stat(s.path(n))
		if err != nil {
			return nil, fmt.Errorf("open spool: %w", err)
		}
		s.segs = append(s.segs, segment{n, info.Size()})
	}
	if err := s.resume(); err != nil {
		return nil, fmt.Errorf("open spool %s: %w", cfg.Dir, err)
	}
	s.measure()
	return s, nil
}

// resume finds the last whole record, cuts what follows it in the last
// segment, and opens that segment for writing.
func (s *Spool) resume() error {
	for i := len(s.segs) - 1; i >= 0; i-- {
		good, last, err := survey(s.path(s.segs[i].number))
		if err != nil {
			return err
		}
		if torn := s.segs[i].size - good; i == len(s.segs)-1 && torn > 0 {
			if err := os.Truncate(s.path(s.segs[i].number), good); err != nil {
				return err
			}
			s.segs[i].size = good
			s.cfg.Log.Warn("unfinished record cut off", "segment", s.segs[i].number, "bytes", torn)
		}
		if last > 0 {
			s.seq = max(s.seq, last)
			break
		}
	}
	if len(s.segs) == 0 {
		s.segs = []segment{{number: 1}}
	}
	return s.open()
}

// open opens the last segment for appending.
func (s *Spool) open() error {
	f, err := os.OpenFile(s.path(s.last().number), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o640)
	if err != nil {
		return err
	}
	s.file = f
	return nil
}

func (s *Spool) last() *segment { return &s.segs[len(s.segs)-1] }

func (s *Spool) path(number int) string {
	return filepath.Join(s.cfg.Dir, fmt.Sprintf("%06d.seg", number))
}

// segmentNumbers lists a spool's segments, oldest first.
func segmentNumbers(dir string) ([]int, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	if err != nil {
		return nil, err
	}
	var numbers []int
	for _, name := range names {
		var n int
		if _, err := fmt.Sscanf(filepath.Base(name), "%d.seg", &n); err == nil && n > 0 {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// Append gives the payloads their numbers, in place, and keeps them. A disk
// that takes nothing does not stop anybody: the payloads have their numbers
// all the same, the spool calls itself broken until a later Append succeeds,
// and what was missed is a gap in the record.
func (s *Spool) Append(payloads []Payload) {
	if len(payloads) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range payloads {
		s.seq++
		payloads[i].Seq = s.seq
	}
	if err := s.write(payloads); err != nil {
		s.state.Missed += uint64(len(payloads))
		if s.state.Broken == "" {
			s.state.BrokenSince = time.Now()
			s.cfg.Log.Error("spool broken, payloads go on unrecorded", "error", err)
		}
		s.state.Broken = err.Error()
		return
	}
	if s.state.Broken != "" {
		s.cfg.Log.Info("spool works again", "missed", s.state.Missed)
		s.state.Broken, s.state.BrokenSince = "", time.Time{}
	}
}

// write appends all payloads or none.
func (s *Spool) write(payloads []Payload) error {
	if s.file == nil {
		return fmt.Errorf("write spool: %w", fs.ErrClosed)
	}
	if s.last().size >= s.cfg.SegmentBytes {
		if err := s.rotate(); err != nil {
			return fmt.Errorf("begin spool segment %d: %w", s.last().number+1, err)
		}
	}
	before := s.last().size
	out := &counter{w: s.file}
	buf := bufio.NewWriterSize(out, 1<<20)
	var err error
	for i := range payloads {
		if err = writeRecord(buf, &payloads[i]); err != nil {
			break
		}
	}
	if err = errors.Join(err, buf.Flush()); err != nil {
		// Half a record would hide those that follow it.
		return fmt.Errorf("write spool segment %d: %w", s.last().number, errors.Join(err, s.file.Truncate(before)))
	}
	s.last().size += out.n
	s.expire()
	s.measure()
	return nil
}

// rotate closes the last segment and begins the next.
func (s *Spool) rotate() error {
	full := s.file
	s.segs = append(s.segs, segment{number: s.last().number + 1})
	if err := s.open(); err != nil {
		s.segs = s.segs[:len(s.segs)-1]
		return err
	}
	return errors.Join(full.Sync(), full.Close())
}

// expire removes the oldest segments until the rest fits the quota.
func (s *Spool) expire() {
	for s.measure(); s.state.Bytes > s.cfg.Quota && len(s.segs) > 1; s.measure() {
		oldest := s.path(s.segs[0].number)
		if err := os.Remove(oldest); err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.cfg.Log.Error("old spool segment stays", "segment", oldest, "error", err)
			return
		}
		s.segs = s.segs[1:]
	}
}

func (s *Spool) measure() {
	s.state.Bytes = 0
	for _, seg := range s.segs {
		s.state.Bytes += seg.size
	}
	s.state.Segments, s.state.LastSeq = len(s.segs), s.seq
}

// State may be called at any time.
func (s *Spool) State() SpoolState {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.LastSeq = s.seq
	return s.state
}

// Close syncs and closes the spool.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := errors.Join(s.file.Sync(), s.file.Close())
	s.file = nil
	if err != nil {
		return fmt.Errorf("close spool: %w", err)
	}
	return nil
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// header is the line before each body. Version 1.
type header struct {
	V            int        `json:"v"`
	Seq          uint64     `json:"seq"`
	Feed         string     `json:"feed"`
	Name         string     `json:"name"`
	Received     time.Time  `json:"received"`
	LastModified *time.Time `json:"last_modified,omitempty"`
	Size         int64      `json:"size"`
	SHA256       string     `json:"sha256"`
}

func headerOf(p *Payload) header {
	h := header{V: 1, Seq: p.Seq, Feed: p.Feed, Name: p.Name, Received: p.Received,
		Size: int64(len(p.Body)), SHA256: hex.EncodeToString(p.Hash[:])}
	if p.Hash == ([sha256.Size]byte{}) {
		sum := sha256.Sum256(p.Body)
		h.SHA256 = hex.EncodeToString(sum[:])
	}
	if !p.LastModified.IsZero() {
		h.LastModified = &p.LastModified
	}
	return h
}

// writeRecord writes a header line, the body as it is, and a newline.
func writeRecord(w io.Writer, p *Payload) error {
	line, err := json.Marshal(headerOf(p))
	if err != nil {
		return fmt.Errorf("describe payload %s: %w", p.Name, err)
	}
	for _, part := range [][]byte{append(line, '\n'), p.Body, {'\n'}} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}
