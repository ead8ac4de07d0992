package cdn

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"

	"golang.org/x/time/rate"
)

// backoffBase is the wait before the first retry when the edge names none.
const backoffBase = 500 * time.Millisecond

// Retry marks the error of one try that may pass: the edge's limit was
// reached, or the edge stumbled. After is the wait the edge asked for, zero
// when it named none.
type Retry struct {
	After time.Duration
	Err   error
}

// Error is the text of the cause.
func (r *Retry) Error() string { return r.Err.Error() }

// Unwrap returns the cause.
func (r *Retry) Unwrap() error { return r.Err }

// PaceConfig are the limits of one edge's purge interface.
type PaceConfig struct {
	Batch     int           // most keys in one call
	PerSecond float64       // keys a second in the long run, below the plan's limit
	Burst     int           // keys at once after a pause; at least Batch
	Attempts  int           // tries of one batch, the first included
	Try       time.Duration // longest time of one try
	MaxWait   time.Duration // longest wait between two tries, whatever the edge asks for
}

func (c PaceConfig) check() error {
	switch {
	case c.Batch < 1:
		return fmt.Errorf("batch of %d keys: want 1 or more", c.Batch)
	case !(c.PerSecond > 0): // refuses NaN as well
		return fmt.Errorf("%v keys a second: want more than 0", c.PerSecond)
	case c.Burst < c.Batch:
		return fmt.Errorf("burst of %d keys: want at least the batch of %d", c.Burst, c.Batch)
	case c.Attempts < 1:
		return fmt.Errorf("%d attempts: want 1 or more", c.Attempts)
	case c.Try <= 0:
		return fmt.Errorf("%v for one try: want more than 0", c.Try)
	case c.MaxWait <= 0:
		return fmt.Errorf("%v between two tries: want more than 0", c.MaxWait)
	}
	return nil
}

// Pace keeps the calls to one edge below its limits. Many may use it at once;
// they share the limit.
type Pace struct {
	cfg   PaceConfig
	limit *rate.Limiter
}

// NewPace checks c and returns a pace with a full bucket.
func NewPace(c PaceConfig) (*Pace, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("pace of purges: %w", err)
	}
	return &Pace{cfg: c, limit: rate.NewLimiter(rate.Limit(c.PerSecond), c.Burst)}, nil
}

// Each hands keys to send in their order, without repetitions and in batches.
// A batch whose error is a *Retry is sent again within the attempts and the
// deadline of ctx; after any other error the remaining batches are not sent,
// and the error says how many keys were done. A retry that could not start
// before the deadline is not waited for.
func (p *Pace) Each(ctx context.Context, keys []string, send func(ctx context.Context, batch []string) error) error {
	keys = unique(keys)
	done := 0
	for batch := range slices.Chunk(keys, p.cfg.Batch) {
		if err := p.batch(ctx, batch, send); err != nil {
			if len(keys) > p.cfg.Batch {
				err = fmt.Errorf("%d of %d keys done: %w", done, len(keys), err)
			}
			return err
		}
		done += len(batch)
	}
	return nil
}

func (p *Pace) batch(ctx context.Context, batch []string, send func(context.Context, []string) error) error {
	for attempt := 1; ; attempt++ {
		if err := p.limit.WaitN(ctx, len(batch)); err != nil {
			return fmt.Errorf("wait for a turn below the edge's limit: %w", err)
		}
		err := p.try(ctx, batch, send)
		if err == nil {
			return nil
		}
		var again *Retry
		if !errors.As(err, &again) || attempt == p.cfg.Attempts || ctx.Err() != nil {
			return err
		}
		if !sleep(ctx, p.wait(attempt, again.After)) {
			return err
		}
	}
}

func (p *Pace) try(ctx context.Context, batch []string, send func(context.Context, []string) error) error {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Try)
	defer cancel()
	return send(ctx, batch)
}

// wait is what the edge asked for, else a doubling backoff with up to a
// quarter less, so that two publishers do not retry in step.
func (p *Pace) wait(attempt int, asked time.Duration) time.Duration {
	if asked > 0 {
		return min(asked, p.cfg.MaxWait)
	}
	d := min(backoffBase<<min(attempt-1, 16), p.cfg.MaxWait)
	return d - time.Duration(rand.Int64N(int64(d)/4+1))
}

// sleep reports whether d passed. It returns at once when ctx ends before d.
func sleep(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= d {
		return false
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// unique keeps the first of equal keys, in order, in a new slice.
func unique(keys []string) []string {
	seen := make(map[string]bool, len(keys))
	out := make([]string, 0, len(keys))
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}

// RetryAfter reads the Retry-After header (RFC 9110 §10.2.3) in either form,
// seconds or a date. It is zero when there is none, or none that makes sense.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(s) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
