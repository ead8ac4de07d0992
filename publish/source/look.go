package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// file is what is remembered of a name: enough to tell, mostly without
// reading, that it holds what was handed over last.
type file struct {
	info  fs.FileInfo       // when it was last read
	hash  [sha256.Size]byte // of the bytes then read
	first time.Time         // when this size, mtime and inode were first read
	clean bool              // see racily
	// sent is the hash of what was last handed over under this name.
	sent    [sha256.Size]byte
	wasSent bool
	// pending: what was read has not been handed over and must be looked at
	// again though the file stays the same.
	pending  bool
	unstable bool // it changed between two looks
}

// racyAge is how old an mtime must be before it proves anything: the coarsest
// file systems in use (FAT, some shares) count in steps of two seconds.
const racyAge = 2 * time.Second

// racily reports whether a file may change without its size, mtime and inode
// showing it, the "racily clean" entries of git's index: it was read so soon
// after its mtime that another write could get the same mtime. Such a file is
// read again at each scan, until it has been read with the same signature
// racyAge after the first time by our own clock, which also settles an mtime
// in the future.
func racily(info fs.FileInfo, first, readAt time.Time) bool {
	age := readAt.Sub(info.ModTime())
	return age < racyAge && readAt.Sub(first) < racyAge
}

func sameSignature(a, b fs.FileInfo) bool {
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
}

// mayHaveChanged decides at a scan whether a file is worth reading.
func (f *Folder) mayHaveChanged(name string, info fs.FileInfo) bool {
	k := f.known[name]
	return k == nil || k.pending || !k.clean || !sameSignature(k.info, info)
}

// take removes from the queue the names of one batch.
func (f *Folder) take() []string {
	var total int64
	n := 0
	for n < len(f.queue) && total < f.cfg.BatchBytes {
		if info, err := os.Lstat(filepath.Join(f.cfg.Dir, filepath.FromSlash(f.queue[n]))); err == nil {
			total += info.Size()
		}
		n++
	}
	names := f.queue[:n]
	f.queue = f.queue[n:]
	return names
}

// sight is the outcome of looking at one file.
type sight struct {
	info fs.FileInfo
	body []byte
	hash [sha256.Size]byte
	at   time.Time
	why  string // not taken, and why
	wait bool   // its side-car may still change that
	// refused: it is whole and nevertheless not taken.
	refused bool
	err     error // not readable
}

// read looks at the named files, several at once, and returns those that are
// whole and new, in the order of the names.
func (f *Folder) read(names []string) []Payload {
	sights := make([]sight, len(names))
	root, err := os.OpenRoot(f.cfg.Dir)
	if err != nil {
		f.rescan = time.Time{} // finds out that the folder is lost
		return nil
	}
	defer root.Close()
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(readers(), len(names)) {
		wg.Go(func() {
			for i := range next {
				sights[i] = f.look(root, names[i])
			}
		})
	}
	for i := range names {
		next <- i
	}
	close(next)
	wg.Wait()

	var payloads []Payload
	for i, name := range names {
		if f.judge(name, &sights[i]) {
			payloads = append(payloads, Payload{
				Feed: f.cfg.Feed, Name: name, Body: sights[i].body,
				Received: f.moment, Hash: sights[i].hash,
			})
		}
	}
	f.report(time.Now())
	return payloads
}

// look reads one file as it is now. It follows no link and never waits for the
// other end of a pipe; what was a file when it was listed is checked again
// after it is open.
func (f *Folder) look(root *os.Root, name string) sight {
	fd, err := root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ELOOP) {
		return sight{why: "not a regular file: replaced by a link"}
	}
	if err != nil {
		return sight{err: err}
	}
	defer fd.Close()
	info, err := fd.Stat()
	s := sight{info: info, at: time.Now(), err: err}
	switch {
	case err != nil:
		return s
	case !info.Mode().IsRegular():
		s.why = "not a regular file: " + info.Mode().Type().String()
	default:
		s.body, s.err = readAll(fd, info.Size(), f.cfg.MaxBytes)
		if s.err != nil {
			return s
		}
		if int64(len(s.body)) > f.cfg.MaxBytes {
			s.body, s.why, s.refused = nil, fmt.Sprintf("more than the %d bytes allowed", f.cfg.MaxBytes), true
			return s
		}
		s.hash = sha256.Sum256(s.body)
		if f.cfg.Whole == Sidecar {
			s.missing(root, name)
		}
	}
	return s
}

// readAll reads to the end, which may have moved since size was asked for, or
// to one byte more than limit.
func readAll(fd *os.File, size, limit int64) ([]byte, error) {
	buf := bytes.NewBuffer(make([]byte, 0, min(size, limit)+bytes.MinRead))
	_, err := buf.ReadFrom(io.LimitReader(fd, limit+1))
	return buf.Bytes(), err
}

// missing fills in what the side-cars still lack, if anything.
func (s *sight) missing(root *os.Root, name string) {
	name = filepath.FromSlash(name)
	if text, err := root.ReadFile(name + digestSuffix); err == nil {
		digest, _, _ := bytes.Cut(bytes.TrimSpace(text), []byte(" "))
		if string(bytes.ToLower(digest)) != hex.EncodeToString(s.hash[:]) {
			s.why, s.wait, s.refused = "its "+digestSuffix+" names another digest", true, true
		}
		return
	}
	done, err := root.Lstat(name + doneSuffix)
	switch {
	case err != nil:
		s.why, s.wait = "waiting for its side-car", true
	case done.ModTime().Before(s.info.ModTime()):
		s.why, s.wait = "its "+doneSuffix+" is older than the file", true
	}
}

// judge decides about one sight, remembers it, and reports whether it is to be
// handed over.
func (f *Folder) judge(name string, s *sight) bool {
	delete(f.unread, name)
	if s.err != nil {
		if !errors.Is(s.err, fs.ErrNotExist) {
			f.unread[name] = fmt.Errorf("read %s: %w", filepath.Join(f.cfg.Dir, name), s.err)
		}
		return false
	}
	old := f.known[name]
	k := f.remember(name, s, old)
	if s.why != "" {
		k.pending = s.wait
		f.turnDown(name, s)
		return false
	}
	delete(f.passed, name)
	if k.wasSent && k.sent == s.hash {
		k.pending = false
		return false
	}
	if f.cfg.Whole == Stable && !stable(old, s, f.cfg.StableFor) {
		k.unstable = old != nil && old.pending && old.hash != k.hash
		k.pending = true
		f.waiting[name] = s.at.Add(f.cfg.StableFor)
		return false
	}
	k.sent, k.wasSent, k.pending, k.unstable = s.hash, true, false, false
	return true
}

// remember replaces what is known of a name; old may be nil.
func (f *Folder) remember(name string, s *sight, old *file) *file {
	k := &file{info: s.info, hash: s.hash, first: s.at}
	if old != nil {
		k.sent, k.wasSent, k.unstable = old.sent, old.wasSent, old.unstable
		if old.info != nil && s.info != nil && sameSignature(old.info, s.info) && old.hash == s.hash {
			k.first = old.first
		}
	}
	if s.info != nil {
		k.clean = !racily(s.info, k.first, s.at)
		f.known[name] = k
	}
	return k
}

// stable reports whether s shows what old showed at least apart before.
func stable(old *file, s *sight, apart time.Duration) bool {
	return old != nil && old.pending && old.hash == s.hash &&
		sameSignature(old.info, s.info) && s.at.Sub(old.first) >= apart
}

// turnDown logs a refusal once per name and reason, and counts it.
func (f *Folder) turnDown(name string, s *sight) {
	if f.passed[name] == s.why {
		return
	}
	if s.refused {
		f.passOver(name, s.why, slog.LevelWarn)
		f.update(func(st *State) { st.Refused++ })
		return
	}
	f.passOver(name, s.why, slog.LevelDebug)
}
