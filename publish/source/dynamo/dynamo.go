// Package dynamo reads a counts table out of Amazon DynamoDB and hands it over
// as payloads of the format "counts", so that spool, decoder and quarantine
// treat it like any other feed.
//
// It promises reads that are consistent item by item, a payload that depends on
// the items alone, and that a final count is handed over only when nothing was
// written while it was read. It refuses to guess: a table without its #meta
// item, or that cannot be read, is reported as lost. It only reads, by GetItem
// and Query; docs/feeds/counts.md describes the items.
package dynamo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/heraldresults/herald/publish/source"
)

// Config describes one table. Zero values mean the default.
type Config struct {
	Feed  string // name put on the payloads
	Table string
	// Partition is the value of the key `election` whose items are read.
	Partition string
	Region    string // part of every signature
	// Endpoint is the address of a server that speaks DynamoDB; "" is AWS.
	Endpoint    string
	Credentials aws.CredentialsProvider // asked for each request: give a cache
	Every       time.Duration           // between two reads; default 2 s
	// Window is the least time between two payloads: it trades freshness for
	// fewer releases. 0 hands over every change that a read finds.
	Window     time.Duration
	MaxBytes   int64         // of one payload; default 64 MiB
	Timeout    time.Duration // of one read of the whole table; default 30 s
	MaxBackoff time.Duration // bounds the pause after failures; default 2 min
	PageItems  int32         // items asked for at once; 0 leaves it to the server
	Log        *slog.Logger  // default: discarded
	// Client replaces the one made from the settings above; may be nil.
	Client API
}

// API is what a Source asks DynamoDB for.
type API interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
}

func (c *Config) check() error {
	for _, d := range []struct {
		value *time.Duration
		def   time.Duration
	}{{&c.Every, 2 * time.Second}, {&c.Timeout, 30 * time.Second}, {&c.MaxBackoff, 2 * time.Minute}} {
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = 64 << 20
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Log = c.Log.With("feed", c.Feed)
	switch {
	case c.Feed == "" || c.Table == "" || c.Partition == "":
		return errors.New("feed, table and partition must be named")
	case c.Client == nil && (c.Region == "" || c.Credentials == nil):
		return errors.New("region and credentials must be given")
	case min(c.Every, c.Window, c.Timeout, c.MaxBackoff) < 0 || c.MaxBytes < 0 || c.PageItems < 0:
		return errors.New("a negative time, size or number")
	}
	return nil
}

// Source reads one table again and again. It implements source.Source; the
// reading happens inside Next, so nothing is read ahead of its time.
type Source struct {
	cfg    Config
	closed chan struct{}
	once   sync.Once

	due    time.Time // of the next read; monotonic. Only Next touches these
	tried  bool
	failed int      // reads in a row
	hash   [32]byte // of the last payload

	mu    sync.Mutex
	state source.State
}

// New returns a Source that has read nothing yet.
func New(cfg Config) (*Source, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("read table of feed %q: %w", cfg.Feed, err)
	}
	if cfg.Client == nil {
		cfg.Client = newClient(cfg)
	}
	return &Source{cfg: cfg, closed: make(chan struct{})}, nil
}

// newClient tries each request three times, throttled ones after a pause; what
// fails then is tried again with the next read.
func newClient(cfg Config) *dynamodb.Client {
	o := dynamodb.Options{Region: cfg.Region, Credentials: cfg.Credentials,
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = 3, time.Second })}
	if cfg.Endpoint != "" {
		o.BaseEndpoint = aws.String(cfg.Endpoint)
	}
	return dynamodb.New(o)
}

// Close ends a Next that waits, with fs.ErrClosed. It may be called again.
func (s *Source) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

// State may be called at any time.
func (s *Source) State() source.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Next implements source.Source. The first moment is over after the first
// read, whether or not it brought anything.
func (s *Source) Next(ctx context.Context) (source.Batch, error) {
	for {
		if err := s.wait(ctx, time.Until(s.due)); err != nil {
			return source.Batch{}, err
		}
		first := !s.tried
		s.tried = true
		p, err := s.read(ctx)
		if ctx.Err() != nil {
			s.tried = !first
			return source.Batch{}, ctx.Err()
		}
		if b, news := s.settle(p, err); news || first {
			return b, nil
		}
	}
}

// settle records the outcome of a read and says when the next one is due. What
// is handed over opens the window in which nothing else is.
func (s *Source) settle(p source.Payload, err error) (b source.Batch, news bool) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		if s.failed++; s.failed == 1 {
			s.cfg.Log.Warn("poll brought nothing", "table", s.cfg.Table, "error", err)
			s.state.LostSince = now
		}
		s.state.Lost = err.Error()
		s.due = now.Add(s.backoff())
		return b, false
	}
	if s.failed > 0 {
		s.cfg.Log.Info("address answers again", "table", s.cfg.Table, "failures", s.failed)
	}
	s.failed = 0
	s.state.Lost, s.state.LostSince, s.state.LastRead = "", time.Time{}, now
	s.due = now.Add(s.cfg.Every)
	if p.Hash == s.hash {
		return b, false
	}
	s.hash = p.Hash
	s.due = now.Add(max(s.cfg.Every, s.cfg.Window))
	s.state.Delivered++
	s.state.LastNew = now
	return source.Batch{Payloads: []source.Payload{p}}, true
}

// backoff doubles the pause with each failure in a row.
func (s *Source) backoff() time.Duration {
	d := s.cfg.Every
	for range min(s.failed, 30) {
		d = min(2*d, max(s.cfg.MaxBackoff, s.cfg.Every))
	}
	return d
}

// wait returns nil after d.
func (s *Source) wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closed:
		return fmt.Errorf("read table of feed %q: %w", s.cfg.Feed, fs.ErrClosed)
	case <-timer.C:
		return ctx.Err()
	}
}
