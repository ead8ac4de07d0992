package source

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// ReplayConfig describes a recorded night. Exactly one of Spool and Captures
// is set.
type ReplayConfig struct {
	Feed string // name put on the payloads; with Spool the recorded feed to play
	// Spool is a spool folder. Payloads keep their numbers; those received at
	// one time are one step.
	Spool    string
	Captures []Capture // each is one step; payloads are numbered from 1
	// Speed is how many times faster than recorded; 0 is lock-step: each step
	// comes as soon as it is asked for.
	Speed float64
	// BatchBytes splits a large step into batches with More; default 32 MiB,
	// exceeded by at most one payload.
	BatchBytes int64
}

// Replay is a Source that plays a recorded night again, in the recorded order.
// Nothing is left out: what came twice comes twice.
type Replay struct {
	cfg   ReplayConfig
	next  func() (Payload, error, bool)
	stop  func()
	ahead *Payload // read, and part of a later batch
	held  error    // met, and not yet returned; io.EOF and fs.ErrClosed stay
	first time.Time
	begun time.Time
	paced time.Time // the step that was last waited for

	mu    sync.Mutex
	state State
}

// NewReplay prepares to play; files are read when their step comes.
func NewReplay(cfg ReplayConfig) (*Replay, error) {
	byDefault(&cfg.BatchBytes, 32<<20)
	switch {
	case cfg.Feed == "":
		return nil, errors.New("replay: the feed must be named")
	case (cfg.Spool == "") == (len(cfg.Captures) == 0):
		return nil, errors.New("replay: either a spool or captures must be given")
	case cfg.Speed < 0 || math.IsNaN(cfg.Speed) || math.IsInf(cfg.Speed, 0) || cfg.BatchBytes < 0:
		return nil, fmt.Errorf("replay: speed %v or batch size %d makes no sense", cfg.Speed, cfg.BatchBytes)
	}
	r := &Replay{cfg: cfg}
	records := r.captured()
	if cfg.Spool != "" {
		if _, err := os.Stat(cfg.Spool); err != nil {
			return nil, fmt.Errorf("replay: %w", err)
		}
		records = r.recorded()
	}
	r.next, r.stop = iter.Pull2(records)
	return r, nil
}

// recorded yields one feed's payloads from the spool.
func (r *Replay) recorded() iter.Seq2[Payload, error] {
	return func(yield func(Payload, error) bool) {
		for p, err := range ReadSpool(r.cfg.Spool) {
			if err == nil && p.Feed != r.cfg.Feed {
				continue
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

// captured yields the payloads of the captures, sorted by name within each.
func (r *Replay) captured() iter.Seq2[Payload, error] {
	return func(yield func(Payload, error) bool) {
		var seq uint64
		for _, c := range r.cfg.Captures {
			files := slices.Clone(c.Files)
			slices.SortFunc(files, func(a, b CapturedFile) int { return strings.Compare(a.Name, b.Name) })
			for _, file := range files {
				body, err := os.ReadFile(file.Path)
				if err != nil {
					err = fmt.Errorf("replay %s: %w", file.Name, err)
				}
				seq++
				p := Payload{Feed: r.cfg.Feed, Name: file.Name, Body: body, Seq: seq,
					Received: c.Received, Hash: sha256.Sum256(body)}
				if !yield(p, err) {
					return
				}
			}
		}
	}
}

// Next implements Source. At the end it returns io.EOF; a record that cannot
// be read is an error naming it, and the next call goes on behind it.
func (r *Replay) Next(ctx context.Context) (Batch, error) {
	var b Batch
	var size int64
	for {
		p, err := r.peek()
		if err == io.EOF && len(b.Payloads) > 0 {
			return r.deliver(b), nil
		}
		if err != nil {
			if len(b.Payloads) > 0 {
				// Handed over first; the error comes again with the next call.
				return r.deliver(b), nil
			}
			return Batch{}, r.fail(err)
		}
		if len(b.Payloads) == 0 {
			if err := r.pace(ctx, p.Received); err != nil {
				return Batch{}, err
			}
		} else if !p.Received.Equal(b.Payloads[0].Received) {
			return r.deliver(b), nil
		} else if size >= r.cfg.BatchBytes {
			b.More = true
			return r.deliver(b), nil
		}
		b.Payloads = append(b.Payloads, *p)
		size += int64(len(p.Body))
		r.ahead = nil
	}
}

func (r *Replay) peek() (*Payload, error) {
	if r.ahead != nil {
		return r.ahead, nil
	}
	if r.held != nil {
		return nil, r.held
	}
	p, err, more := r.next()
	if !more {
		r.held = io.EOF
		return nil, io.EOF
	}
	if err != nil {
		r.held = err
		return nil, err
	}
	r.ahead = &p
	return r.ahead, nil
}

// fail hands an error out.
func (r *Replay) fail(err error) error {
	if err != io.EOF && err != fs.ErrClosed {
		r.held = nil
		r.mu.Lock()
		defer r.mu.Unlock()
		r.state.Refused++
	}
	return err
}

// pace waits for a step's turn. Time runs from the first step.
func (r *Replay) pace(ctx context.Context, received time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.cfg.Speed == 0 || received.Equal(r.paced) {
		return nil
	}
	if r.begun.IsZero() {
		r.begun, r.first = time.Now(), received
	}
	due := time.Duration(float64(received.Sub(r.first)) / r.cfg.Speed)
	timer := time.NewTimer(due - time.Since(r.begun))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		r.paced = received
		return nil
	}
}

// deliver counts a batch.
func (r *Replay) deliver(b Batch) Batch {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	r.state.find(now)
	r.state.delivered(len(b.Payloads), now)
	return b
}

// State may be called at any time.
func (r *Replay) State() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

// Close ends the replay; a later Next returns fs.ErrClosed. It may not be
// called during Next.
func (r *Replay) Close() error {
	r.stop()
	r.ahead, r.held = nil, fs.ErrClosed
	return nil
}
