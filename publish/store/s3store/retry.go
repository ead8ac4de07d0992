package s3store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/heraldresults/herald/publish/store"
)

// retry says how often something is sent that may be sent again, and how long
// the pauses are.
type retry struct {
	attempts int
	min, max time.Duration
}

// do sends c until an answer decides it, the attempts are used up or ctx ends.
func (s *Store) do(ctx context.Context, c call, attempts int) (answer, error) {
	for attempt := 1; ; attempt++ {
		a, err := s.send(ctx, c)
		if err == nil {
			err = a.result(c)
		}
		if err == nil {
			return a, nil
		}
		if attempt < attempts && !decided(err) {
			stopped := pause(ctx, s.retry.wait(attempt, a.header))
			if stopped == nil {
				continue
			}
			err = fmt.Errorf("%w, then %w", err, stopped)
		}
		if attempt > 1 {
			err = fmt.Errorf("attempt %d: %w", attempt, err)
		}
		return answer{}, fmt.Errorf("%s %s: %w", c.op, c.key, err)
	}
}

// decided reports whether sending the same again cannot change the outcome.
func decided(err error) bool {
	for _, e := range []error{store.ErrExists, store.ErrConflict, store.ErrNotFound, store.ErrRefused} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// wait is the pause after the given attempt, counted from 1.
func (r retry) wait(attempt int, header http.Header) time.Duration {
	ceiling := r.max
	if doublings := attempt - 1; doublings < 10 {
		ceiling = min(r.max, r.min<<doublings)
	}
	wait := rand.N(ceiling + 1)
	if seconds, err := strconv.Atoi(header.Get("Retry-After")); err == nil && seconds > 0 {
		wait = max(wait, min(time.Duration(min(seconds, 60))*time.Second, r.max))
	}
	return wait
}

// pause waits, or returns the context's error.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
