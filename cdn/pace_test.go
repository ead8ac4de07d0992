package cdn_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heraldresults/herald/cdn"
)

var roomy = cdn.PaceConfig{
	Batch: 100, PerSecond: 1e6, Burst: 1e6, Attempts: 4, Try: time.Second, MaxWait: 2 * time.Second,
}

func newPace(t *testing.T, c cdn.PaceConfig) *cdn.Pace {
	t.Helper()
	p, err := cdn.NewPace(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func keys(n int) []string {
	ks := make([]string, n)
	for i := range ks {
		ks[i] = fmt.Sprintf("k%03d", i)
	}
	return ks
}

func TestKeysGoOutOnceInOrderInBatches(t *testing.T) {
	p := newPace(t, roomy)
	in := append(keys(250), keys(50)...)
	var got [][]string
	err := p.Each(t.Context(), in, func(_ context.Context, batch []string) error {
		got = append(got, batch)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	all := keys(250)
	want := [][]string{all[:100], all[100:200], all[200:]}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("batches = %v, want %v", got, want)
	}
}

func TestPaceStaysBelowTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := roomy
		c.Batch, c.PerSecond, c.Burst = 10, 5, 20
		p := newPace(t, c)
		start, sent := time.Now(), 0
		err := p.Each(t.Context(), keys(100), func(_ context.Context, batch []string) error {
			sent += len(batch)
			if most := 20 + 5*time.Since(start).Seconds(); float64(sent) > most+1e-6 {
				t.Errorf("%d keys after %v, the bucket holds %.0f", sent, time.Since(start), most)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		// 20 keys at once, the other 80 at 5 a second.
		if took := time.Since(start); took.Round(time.Millisecond) != 16*time.Second {
			t.Errorf("100 keys took %v, want 16s", took)
		}
	})
}

func TestPaceDoesNotWaitForATurnAfterTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := roomy
		c.Batch, c.PerSecond, c.Burst = 1, 0.1, 1
		p := newPace(t, c)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start, sent := time.Now(), 0
		err := p.Each(ctx, keys(2), func(context.Context, []string) error { sent++; return nil })
		if err == nil || !strings.Contains(err.Error(), "1 of 2 keys done: wait for a turn") {
			t.Errorf("err = %v", err)
		}
		if sent != 1 || time.Since(start) != 0 {
			t.Errorf("%d sent after %v, want 1 at once", sent, time.Since(start))
		}
	})
}

func TestRetryWaitsWhatTheEdgeAsksUpToTheCap(t *testing.T) {
	cases := []struct {
		asked    time.Duration
		min, max time.Duration // of the whole, with three retries
	}{
		{asked: time.Second, min: 3 * time.Second, max: 3 * time.Second},
		{asked: time.Hour, min: 6 * time.Second, max: 6 * time.Second},
		{asked: 0, min: 2625 * time.Millisecond, max: 3500 * time.Millisecond}, // 0.5 + 1 + 2, a quarter less at most
	}
	for _, c := range cases {
		t.Run(c.asked.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPace(t, roomy)
				start, tries := time.Now(), 0
				err := p.Each(t.Context(), keys(3), func(context.Context, []string) error {
					if tries++; tries < 4 {
						return &cdn.Retry{After: c.asked, Err: errors.New("busy")}
					}
					return nil
				})
				if took := time.Since(start); err != nil || tries != 4 || took < c.min || took > c.max {
					t.Errorf("%d tries in %v, err %v; want 4 in %v to %v", tries, took, err, c.min, c.max)
				}
			})
		})
	}
}

func TestRetryEndsWithTheAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := errors.New("busy")
		tries := 0
		err := newPace(t, roomy).Each(t.Context(), keys(1), func(context.Context, []string) error {
			tries++
			return &cdn.Retry{Err: busy}
		})
		if !errors.Is(err, busy) || tries != 4 {
			t.Errorf("%d tries, err %v; want 4 and the cause", tries, err)
		}
	})
}

func TestRetryThatCannotStartBeforeTheDeadlineIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start, tries := time.Now(), 0
		err := newPace(t, roomy).Each(ctx, keys(1), func(context.Context, []string) error {
			tries++
			return &cdn.Retry{After: time.Minute, Err: errors.New("busy")}
		})
		if err == nil || tries != 1 || time.Since(start) != 0 {
			t.Errorf("%d tries in %v, err %v; want 1 at once and an error", tries, time.Since(start), err)
		}
	})
}

func TestFinalErrorStopsTheRemainingBatches(t *testing.T) {
	denied := errors.New("denied")
	calls := 0
	err := newPace(t, roomy).Each(t.Context(), keys(300), func(context.Context, []string) error {
		if calls++; calls == 2 {
			return denied
		}
		return nil
	})
	if !errors.Is(err, denied) || calls != 2 || !strings.HasPrefix(err.Error(), "100 of 300 keys done") {
		t.Errorf("%d calls, err %v", calls, err)
	}
}

func TestHangingTryIsCutOffAndTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, tries := time.Now(), 0
		err := newPace(t, roomy).Each(t.Context(), keys(1), func(ctx context.Context, _ []string) error {
			if tries++; tries == 1 {
				<-ctx.Done()
				return &cdn.Retry{After: time.Second, Err: ctx.Err()}
			}
			return nil
		})
		if err != nil || tries != 2 || time.Since(start) != 2*time.Second {
			t.Errorf("%d tries in %v, err %v; want 2 in 2s", tries, time.Since(start), err)
		}
	})
}

func TestPaceRefusesLimitsThatMakeNoSense(t *testing.T) {
	bad := map[string]func(*cdn.PaceConfig){
		"batch":    func(c *cdn.PaceConfig) { c.Batch = 0 },
		"second":   func(c *cdn.PaceConfig) { c.PerSecond = math.NaN() },
		"burst":    func(c *cdn.PaceConfig) { c.Burst = c.Batch - 1 },
		"attempts": func(c *cdn.PaceConfig) { c.Attempts = 0 },
		"one try":  func(c *cdn.PaceConfig) { c.Try = 0 },
		"between":  func(c *cdn.PaceConfig) { c.MaxWait = -1 },
	}
	for word, spoil := range bad {
		c := roomy
		spoil(&c)
		if _, err := cdn.NewPace(c); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: err = %v", word, err)
		}
	}
}

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	now := time.Date(2026, 11, 3, 20, 0, 0, 0, time.UTC)
	cases := map[string]time.Duration{
		"":                              0,
		"7":                             7 * time.Second,
		"-7":                            0,
		"soon":                          0,
		"99999999999999999999":          0,
		"Tue, 03 Nov 2026 20:01:30 GMT": 90 * time.Second,
		"Tue, 03 Nov 2026 19:00:00 GMT": 0,
	}
	for v, want := range cases {
		h := http.Header{}
		h.Set("Retry-After", v)
		if got := cdn.RetryAfter(h, now); got != want {
			t.Errorf("Retry-After %q = %v, want %v", v, got, want)
		}
	}
}
