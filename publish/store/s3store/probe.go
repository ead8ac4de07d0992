package s3store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/heraldresults/herald/publish/store"
)

// ProbeConfig says how hard to probe.
type ProbeConfig struct {
	// Scratch is the prefix of keys, after that of the store, under which the
	// probe writes. What it writes stays there: 4 KB for each of 2·Rounds + 1
	// objects, and one more where checksums are ignored.
	Scratch string
	Writers int // that race for one key; 0 means 8
	Rounds  int // races of each kind; 0 means 10
}

// Report is what a probe saw.
type Report struct {
	Writers, Rounds int
	// CreateRaces and SwapRaces count the races that had more than one winner,
	// or whose only winner's bytes were not what was stored afterwards.
	CreateRaces, SwapRaces int
	// Unclear counts the races without a winner that was told so: the store
	// answered errors. They prove nothing.
	Unclear int
	// StaleReads counts reads after an overwrite that showed something older.
	StaleReads int
	// StaleSwapWon says that a Swap with an outdated tag, or of a missing
	// object, was taken even without a race.
	StaleSwapWon bool
	// ChecksumIgnored says that a damaged body was taken.
	ChecksumIgnored bool
	// MissingKeyStatus is the answer to a Swap of a missing object: 404 from
	// S3, 412 from some others.
	MissingKeyStatus int
}

// SingleWinner reports whether two publishers may use the store: conditional
// writes had at most one winner, and no race was left unclear. Finding no
// second winner is evidence, not proof.
func (r Report) SingleWinner() bool {
	return r.CreateRaces == 0 && r.SwapRaces == 0 && r.Unclear == 0 && !r.StaleSwapWon
}

// Problems are the findings as sentences for an operator, worst first; none
// for a store that behaves like S3.
func (r Report) Problems() []string {
	var p []string
	if r.StaleSwapWon {
		p = append(p, "The store ignores If-Match: a write over a version that was not read is accepted.")
	}
	if r.CreateRaces > 0 {
		p = append(p, fmt.Sprintf("Create-only writes can be lost: in %d of %d races of %d writers the store did not keep exactly one winner.", r.CreateRaces, r.Rounds, r.Writers))
	}
	if r.SwapRaces > 0 {
		p = append(p, fmt.Sprintf("Compare-and-swap writes can be lost: in %d of %d races of %d writers the store did not keep exactly one winner.", r.SwapRaces, r.Rounds, r.Writers))
	}
	if r.Unclear > 0 {
		p = append(p, fmt.Sprintf("%d of %d races had no winner because the store answered errors; probe again.", r.Unclear, 2*r.Rounds))
	}
	if r.StaleReads > 0 {
		p = append(p, fmt.Sprintf("%d reads after an overwrite showed an older version.", r.StaleReads))
	}
	if r.ChecksumIgnored {
		p = append(p, "The store accepts a body that does not match its SHA-256.")
	}
	return p
}

// Probe lets writers race on the real store and looks at who won. The writers
// of a race send all but the last byte of their bodies, and then the last bytes
// together. A store that looks before it has the body, and not again when it
// keeps it, is then found out in about every second race (measured with
// versitygw v1.7.0; one in six without holding back). Every write is sent
// once. An error means that the probe could not be made (wrong credentials, no
// connection), and says nothing about the store.
func (s *Store) Probe(ctx context.Context, c ProbeConfig) (Report, error) {
	if c.Writers == 0 {
		c.Writers = 8
	}
	if c.Rounds == 0 {
		c.Rounds = 10
	}
	p := newProber(s, c)
	defer p.s.transport.CloseIdleConnections()
	err := store.CheckKey(p.dir)
	for _, step := range []func(context.Context) error{p.overwrites, p.missing, p.checksum, p.creates, p.swaps} {
		if err == nil {
			err = step(ctx)
		}
	}
	if err != nil {
		return Report{}, fmt.Errorf("probe %s below %s: %w", s, c.Scratch, err)
	}
	return p.report, nil
}

// prober is one run of the probe. Its keys are below dir, which no other run
// shares.
type prober struct {
	s      *Store
	dir    string
	report Report
}

// newProber takes over the store's settings, with connections of its own: one
// for each writer, and sending the begin of a body while its end is held back.
func newProber(s *Store, c ProbeConfig) *prober {
	own := *s
	own.transport = newTransport(c.Writers, 512)
	own.slots = make(chan struct{}, c.Writers)
	return &prober{
		s:      &own,
		dir:    strings.Trim(c.Scratch, "/") + "/" + rand.Text(),
		report: Report{Writers: c.Writers, Rounds: c.Rounds},
	}
}

// object is an object whose bytes never repeat, longer than any header.
func (p *prober) object(name string) store.Object {
	return store.Object{
		Key:         p.dir + "/" + name,
		ContentType: "text/plain",
		Body:        []byte("probe of conditional writes " + rand.Text() + strings.Repeat("\n", 4000)),
	}
}

// overwrites replaces one object several times, reads it back each time, and
// tries the tag of the version before.
func (p *prober) overwrites(ctx context.Context) error {
	const versions = 5
	var before store.Tag
	tag, err := p.s.put(ctx, create(p.object("overwritten")), 1)
	if err != nil {
		return err
	}
	for range versions {
		o := p.object("overwritten")
		before = tag
		if tag, err = p.s.put(ctx, swap(o, tag), 1); err != nil {
			return err
		}
		got, _, err := p.s.Get(ctx, o.Key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if string(got.Body) != string(o.Body) {
			p.report.StaleReads++
		}
	}
	_, err = p.s.put(ctx, swap(p.object("overwritten"), before), 1)
	if err == nil {
		p.report.StaleSwapWon = true
	} else if !errors.Is(err, store.ErrConflict) {
		return err
	}
	return nil
}

// missing swaps an object that does not exist.
func (p *prober) missing(ctx context.Context) error {
	_, err := p.s.put(ctx, swap(p.object("missing"), `"d41d8cd98f00b204e9800998ecf8427e"`), 1)
	var answer *answerError
	switch {
	case err == nil:
		p.report.StaleSwapWon = true
		p.report.MissingKeyStatus = http.StatusOK
	case errors.Is(err, store.ErrConflict) && errors.As(err, &answer):
		p.report.MissingKeyStatus = answer.status
	default:
		return err
	}
	return nil
}

// checksum sends a body that is not that of its SHA-256.
func (p *prober) checksum(ctx context.Context) error {
	o := p.object("damaged")
	o.SHA256[0] = 1
	_, err := p.s.put(ctx, create(o), 1)
	switch {
	case err == nil:
		p.report.ChecksumIgnored = true
	case !errors.Is(err, store.ErrRefused):
		return err
	}
	return nil
}

func (p *prober) creates(ctx context.Context) error {
	for round := range p.report.Rounds {
		kept, err := p.race(ctx, create, fmt.Sprintf("create-%d", round))
		if err != nil {
			return err
		}
		if !kept {
			p.report.CreateRaces++
		}
	}
	return nil
}

// swaps gives each race a key of its own, since some stores take one write a
// second to a key.
func (p *prober) swaps(ctx context.Context) error {
	for round := range p.report.Rounds {
		name := fmt.Sprintf("swap-%d", round)
		old, err := p.s.Create(ctx, p.object(name))
		if err != nil {
			return err
		}
		kept, err := p.race(ctx, func(o store.Object) call { return swap(o, old) }, name)
		if err != nil {
			return err
		}
		if !kept {
			p.report.SwapRaces++
		}
	}
	return nil
}

// race releases all writers at one key. It reports whether the store kept to
// one winner, and counts the race as unclear when nobody was told that he won.
func (p *prober) race(ctx context.Context, write func(store.Object) call, name string) (kept bool, err error) {
	var wg, ready sync.WaitGroup
	ready.Add(p.report.Writers)
	objects := make([]store.Object, p.report.Writers)
	errs := make([]error, p.report.Writers)
	for i := range objects {
		objects[i] = p.object(name)
		wg.Go(func() {
			arrive := sync.OnceFunc(ready.Done)
			defer arrive() // also if it never comes to the last byte
			c := write(objects[i])
			c.hold = func() { arrive(); ready.Wait() }
			_, errs[i] = p.s.put(ctx, c, 1)
		})
	}
	wg.Wait()
	var winners []store.Object
	for i, err := range errs {
		switch {
		case err == nil:
			winners = append(winners, objects[i])
		case errors.Is(err, store.ErrRefused), ctx.Err() != nil:
			return false, err
		}
	}
	switch len(winners) {
	case 0:
		p.report.Unclear++
		return true, nil
	case 1:
		got, _, err := p.s.Get(ctx, winners[0].Key)
		return string(got.Body) == string(winners[0].Body), err
	}
	return false, nil
}
