package cdn_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heraldresults/herald/cdn"
)

// slowEdge takes its time over each purge and keeps what it was asked.
type slowEdge struct {
	takes time.Duration
	err   error

	mu  sync.Mutex
	got []cdn.Request
}

func (e *slowEdge) Purge(ctx context.Context, r cdn.Request) error {
	e.mu.Lock()
	e.got = append(e.got, r)
	e.mu.Unlock()
	t := time.NewTimer(e.takes)
	defer t.Stop()
	select {
	case <-t.C:
		return e.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *slowEdge) requests() []cdn.Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]cdn.Request(nil), e.got...)
}

func newDispatcher(t *testing.T, p cdn.Purger, log *slog.Logger) *cdn.Dispatcher {
	t.Helper()
	d, err := cdn.NewDispatcher(cdn.DispatcherConfig{
		Edge: "slow", Purger: p, Deadline: 10 * time.Second, MaxKeys: 5, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return d
}

func request(ref string, keys ...string) cdn.Request { return cdn.Request{Ref: ref, Keys: keys} }

func TestRequestsDuringAPurgeBecomeOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		edge := &slowEdge{takes: 3 * time.Second}
		d := newDispatcher(t, edge, slog.New(slog.DiscardHandler))
		start := time.Now()
		d.Submit(request("1-1", "head", "a"))
		synctest.Wait()
		d.Submit(request("1-2", "head", "b"))
		d.Submit(request("1-3", "head", "c", "b"))
		if time.Since(start) != 0 {
			t.Errorf("Submit blocked for %v", time.Since(start))
		}
		if err := d.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []cdn.Request{request("1-1", "head", "a"), request("1-3", "head", "c", "b")}
		if got := edge.requests(); !reflect.DeepEqual(got, want) {
			t.Errorf("requests = %v, want %v", got, want)
		}
		if got, want := d.Tally(), (cdn.Tally{Submitted: 3, Merged: 1, Done: 2}); got != want {
			t.Errorf("tally = %+v, want %+v", got, want)
		}
		if took := time.Since(start); took != 6*time.Second {
			t.Errorf("Close came back after %v, want 6s", took)
		}
	})
}

func TestStormOfRequestsKeepsTheNewestKeysOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		edge := &slowEdge{takes: time.Second}
		d := newDispatcher(t, edge, slog.New(slog.DiscardHandler))
		d.Submit(request("1-0", "head"))
		synctest.Wait()
		for i := 1; i <= 1000; i++ {
			d.Submit(request(fmt.Sprintf("1-%d", i), "head", fmt.Sprintf("k%d", i)))
		}
		if err := d.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := edge.requests()
		want := request("1-1000", "head", "k1000", "k999", "k998", "k997")
		if len(got) != 2 || !reflect.DeepEqual(got[1], want) {
			t.Errorf("requests = %v, want the second to be %v", got, want)
		}
		if got := d.Tally().DroppedKeys; got != 996 {
			t.Errorf("dropped = %d, want 996", got)
		}
	})
}

func TestPurgeThatHangsEndsAtItsOwnDeadlineAndIsAWarning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		edge := &slowEdge{takes: time.Hour}
		d := newDispatcher(t, edge, slog.New(slog.NewTextHandler(&log, nil)))
		start := time.Now()
		d.Submit(request("1-1", "head"))
		if err := d.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("ended after %v, want 10s", took)
		}
		if got := d.Tally(); got.Failed != 1 || got.Done != 0 {
			t.Errorf("tally = %+v, want one failed", got)
		}
		if s := log.String(); strings.Count(s, "level=WARN") != 1 || !strings.Contains(s, "ref=1-1") {
			t.Errorf("log = %q", s)
		}
	})
}

func TestFailedPurgeDoesNotStopTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		edge := &slowEdge{err: errors.New("status 502")}
		d := newDispatcher(t, edge, slog.New(slog.DiscardHandler))
		for _, ref := range []string{"1-1", "1-2"} {
			d.Submit(request(ref, "head"))
			synctest.Wait()
		}
		if got := d.Tally(); got.Failed != 2 || len(edge.requests()) != 2 {
			t.Errorf("tally = %+v after %v, want two failed", got, edge.requests())
		}
	})
}

func TestCloseCutsOffAPurgeThatOutlastsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDispatcher(t, &slowEdge{takes: time.Hour}, slog.New(slog.DiscardHandler))
		start := time.Now()
		d.Submit(request("1-1", "head"))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if err := d.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("err = %v, want the deadline", err)
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("Close took %v, want 2s", took)
		}
		d.Submit(request("1-2", "head", "a"))
		if got := d.Tally(); got.DroppedKeys != 2 || got.Failed != 1 {
			t.Errorf("tally = %+v, want two keys dropped after Close", got)
		}
	})
}

func TestRequestWithoutKeysIsNothingToDo(t *testing.T) {
	edge := &slowEdge{}
	d := newDispatcher(t, edge, slog.New(slog.DiscardHandler))
	d.Submit(request("1-1"))
	if err := d.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(edge.requests()) != 0 || d.Tally() != (cdn.Tally{}) {
		t.Errorf("requests = %v, tally = %+v", edge.requests(), d.Tally())
	}
}

func TestManyMaySubmitWhileOneCloses(t *testing.T) {
	edge := &slowEdge{}
	d := newDispatcher(t, edge, slog.New(slog.DiscardHandler))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				d.Submit(request("1-1", "head"))
			}
		})
	}
	if err := d.Close(t.Context()); err != nil {
		t.Error(err)
	}
	wg.Wait()
	got := d.Tally()
	if got.Submitted != 1600 || got.Done+got.Merged+got.DroppedKeys != 1600 {
		t.Errorf("tally = %+v does not add up", got)
	}
}

func TestDispatcherRefusesAnIncompleteConfig(t *testing.T) {
	if _, err := cdn.NewDispatcher(cdn.DispatcherConfig{}); err == nil {
		t.Error("an empty config was accepted")
	}
}

func TestNoClassSwitchesOffStaleWhileRevalidate(t *testing.T) {
	for _, c := range []cdn.Class{cdn.Private, cdn.Head, cdn.Alias, cdn.Shard} {
		for _, word := range []string{"s-maxage", "no-cache", "must-revalidate", "proxy-revalidate"} {
			if strings.Contains(c.CacheControl(), word) {
				t.Errorf("%v: Cache-Control %q holds %s", c, c.CacheControl(), word)
			}
		}
	}
}
