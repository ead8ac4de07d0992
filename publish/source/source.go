// Package source fetches what the officials publish and keeps it: drop
// folders, addresses that are polled, crawls of what payloads lead to, and
// recorded nights that are played again, with the spool of raw bytes and the
// quarantine beside them.
//
// It promises that a payload is handed over whole and unchanged or not at all,
// that the same bytes under the same name are handed over once, and that a
// source that cannot be read is reported as lost, never as empty. It refuses
// links, pipes, devices, half-written files, redirects to other hosts, names
// that nobody wrote or that lead out of a crawl's base address, and anything
// above its size limit. It knows no format and trusts no clock but
// its own: neither a file's mtime nor a server's Date orders anything here.
package source

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"time"
)

// Payload is the raw bytes of one fetch, unchanged.
type Payload struct {
	Feed string // configured name of the feed
	// Name is the slash-separated path inside a drop folder, or the path and
	// query of the URL without the leading slash; in a crawl, that below the
	// base address.
	Name string
	Body []byte
	// Seq is the place in the order of receipt, from 1. Spool.Append gives it;
	// a Replay hands over the recorded one. Otherwise 0.
	Seq          uint64
	Received     time.Time         // UTC; one time for all that a folder reads in one go
	LastModified time.Time         // of the HTTP answer; zero when there is none
	Hash         [sha256.Size]byte // SHA-256 of Body
}

// Batch is what became new at one moment, sorted by name.
type Batch struct {
	Payloads []Payload
	// More says that the moment is not over: the same scan goes on in the next
	// batch, so nothing should be published yet. The batch that ends it may be
	// empty.
	More bool
}

// Source hands over the payloads of one feed. Next may be called by one
// goroutine at a time, State by many.
type Source interface {
	// Next waits until something is new. The first moment it reports is the
	// whole content of the source, and may be empty. An error is ctx's, io.EOF
	// at the end of a recorded night, or fs.ErrClosed; a source that cannot be
	// read is not an error but a State.
	Next(ctx context.Context) (Batch, error)
	State() State
}

// State says how a source is doing, for status pages and alarms.
type State struct {
	// Lost says why the source, or part of it, cannot be read at present; it
	// is empty while all is well. LostSince is when that began.
	Lost      string
	LostSince time.Time
	LastRead  time.Time // when the source was last read without an error
	LastNew   time.Time // when it last had something new
	Delivered uint64    // payloads handed over
	Refused   uint64    // payloads not taken: too large, wrong digest
	// Addresses is the state of each polled URL, in configured order.
	Addresses []AddressState
	Crawl     CrawlState // of a crawl; zero for other sources
}

// CrawlState is how a crawl is doing beyond the addresses it is configured with.
type CrawlState struct {
	Known    int       // addresses that payloads led to
	Queued   int       // of these, announced and not yet fetched
	Missing  int       // not there at the last try
	Failing  int       // failed otherwise at the last try
	Refused  uint64    // not followed: outside the base address
	Dropped  uint64    // not followed: more than the crawl may know
	LeftTill time.Time // wanted addresses are left alone until then, if later than now
	Rate     float64   // requests a second at present
}

// AddressState is the state of one polled URL.
type AddressState struct {
	URL         string
	Status      int       // of the last answer; 0 when there was none
	LastSuccess time.Time // last answer that was taken: new, the same, or 304
	LastChange  time.Time // last answer that held other bytes than before
	LastError   string    // why the last poll brought nothing; "" after a success
	Failures    int       // polls in a row that failed
	Next        time.Time // when it is polled again
	Remote      string    // address and port that answered last
}

func (s *State) lose(reason string, now time.Time) {
	if s.Lost == "" {
		s.LostSince = now
	}
	s.Lost = reason
}

func (s *State) find(now time.Time) {
	s.Lost, s.LostSince, s.LastRead = "", time.Time{}, now
}

func (s *State) delivered(n int, now time.Time) {
	if n > 0 {
		s.Delivered += uint64(n)
		s.LastNew = now
	}
}

// logger never returns nil.
func logger(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	return l
}
