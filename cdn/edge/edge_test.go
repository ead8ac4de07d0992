package edge_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/cdn/edge"
)

func newEdge(t testing.TB, b *bucket, change func(*edge.Config)) *edge.Edge {
	t.Helper()
	c := edge.Config{Origin: b.get, Log: quiet}
	if change != nil {
		change(&c)
	}
	e, err := edge.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Wait)
	return e
}

// ask sends a request with these headers ("name", "value", …).
func ask(e http.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

func wantBody(t *testing.T, e http.Handler, path, want string) {
	t.Helper()
	if w := ask(e, "GET", path); w.Code != 200 || w.Body.String() != want {
		t.Errorf("GET %s = %d %q, want 200 %q", path, w.Code, w.Body, want)
	}
}

func wantReads(t *testing.T, b *bucket, key string, want int) {
	t.Helper()
	if got := b.count(key); got != want {
		t.Errorf("reads of %s = %d, want %d", key, got, want)
	}
}

// later moves the bubble's clock and lets everything settle.
func later(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestFreshCopyIsServedWithoutTheStoreForMaxAge(t *testing.T) {
	for class, fresh := range map[cdn.Class]time.Duration{
		cdn.Head: 2 * time.Second, cdn.Alias: 10 * time.Second, cdn.Shard: 365 * 24 * time.Hour,
	} {
		t.Run(class.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBucket()
				e := newEdge(t, b, nil)
				b.put("k", "1", class)
				wantBody(t, e, "/k", "1")
				b.put("k", "2", class)
				later(fresh - time.Nanosecond)
				wantBody(t, e, "/k", "1")
				wantReads(t, b, "k", 1)
				later(time.Nanosecond)
				ask(e, "GET", "/k")
				synctest.Wait()
				wantReads(t, b, "k", 2)
			})
		})
	}
}

func TestExpiredCopyIsServedOnceMoreWhileOneFetchRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		e := newEdge(t, b, nil)
		b.put("k", "1", cdn.Head)
		wantBody(t, e, "/k", "1")
		b.put("k", "2", cdn.Head)
		b.change(func(b *bucket) { b.takes = time.Second })
		later(11 * time.Second) // 2 s fresh, then 10 s stale
		start := time.Now()
		for range 50 {
			wantBody(t, e, "/k", "1")
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("readers waited %v", waited)
		}
		later(time.Second)
		wantBody(t, e, "/k", "2")
		wantReads(t, b, "k", 2)
		if got, want := e.Tally(), (edge.Tally{Hits: 1, Misses: 1, Stale: 50, Fetches: 2}); got != want {
			t.Errorf("tally = %+v, want %+v", got, want)
		}
	})
}

func TestCopyBeyondItsStaleTimeMakesReadersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		e := newEdge(t, b, nil)
		b.put("k", "1", cdn.Head)
		wantBody(t, e, "/k", "1")
		b.put("k", "2", cdn.Head)
		b.change(func(b *bucket) { b.takes = time.Second })
		later(12 * time.Second)
		start := time.Now()
		wantBody(t, e, "/k", "2")
		if waited := time.Since(start); waited != time.Second {
			t.Errorf("waited %v, want 1s", waited)
		}
	})
}

func TestHerdOnANewKeyIsOneFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		e := newEdge(t, b, nil)
		b.put("k", "1", cdn.Alias)
		b.change(func(b *bucket) { b.takes = time.Second })
		var herd sync.WaitGroup
		for range 500 {
			herd.Go(func() { wantBody(t, e, "/k?"+time.Now().String()[:4], "1") })
		}
		herd.Wait()
		wantReads(t, b, "k", 1)
		if got := e.Tally(); got.Misses != 500 || got.Fetches != 1 {
			t.Errorf("tally = %+v", got)
		}
	})
}

func TestReaderWhoLeavesDoesNotEndTheFetchOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		e := newEdge(t, b, nil)
		b.put("k", "1", cdn.Alias)
		b.change(func(b *bucket) { b.takes = time.Second })
		ctx, leave := context.WithCancel(t.Context())
		first := make(chan int)
		go func() {
			w := httptest.NewRecorder()
			e.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/k", nil))
			first <- w.Code
		}()
		synctest.Wait()
		leave()
		if code := <-first; code != 503 {
			t.Errorf("the one who left got %d", code)
		}
		wantBody(t, e, "/k", "1")
		wantReads(t, b, "k", 1)
	})
}

func TestLastCopyStandsInWhileTheStoreFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		e := newEdge(t, b, nil)
		b.put("k", "1", cdn.Alias)
		wantBody(t, e, "/k", "1")
		b.change(func(b *bucket) { b.down, b.takes = true, 2*time.Second })
		later(time.Hour)
		start := time.Now()
		wantBody(t, e, "/k", "1")
		if waited := time.Since(start); waited != 2*time.Second {
			t.Errorf("the first reader waited %v, want 2s", waited)
		}
		start = time.Now()
		for range 100 {
			wantBody(t, e, "/k", "1")
			later(100 * time.Millisecond)
		}
		// Nobody waits any more, and the store is asked again a second after
		// each failure: at 0 (the first reader), then every 3 s.
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("a hundred readers took %v, want 10s", took)
		}
		wantReads(t, b, "k", 5)
		later(23*time.Hour - 20*time.Second)
		b.put("k", "2", cdn.Alias)
		b.change(func(b *bucket) { b.down, b.takes = false, 0 })
		wantBody(t, e, "/k", "1")
		synctest.Wait()
		wantBody(t, e, "/k", "2")
	})
}

func TestCopyOlderThanStaleIfErrorDoesNotStandIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		e := newEdge(t, b, nil)
		b.put("k", "1", cdn.Alias)
		wantBody(t, e, "/k", "1")
		b.change(func(b *bucket) { b.down = true })
		later(24*time.Hour + 9*time.Second)
		wantBody(t, e, "/k", "1")
		later(time.Second)
		w := ask(e, "GET", "/k")
		if w.Code != 503 || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Retry-After") != "1" {
			t.Errorf("answer = %d %v", w.Code, w.Header())
		}
	})
}

func TestStoreThatHangsIsGivenUpAfterTheTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		e := newEdge(t, b, func(c *edge.Config) { c.FetchTimeout = 3 * time.Second })
		b.change(func(b *bucket) { b.takes = time.Hour })
		start := time.Now()
		if w := ask(e, "GET", "/k"); w.Code != 503 || time.Since(start) != 3*time.Second {
			t.Errorf("answer = %d after %v, want 503 after 3s", w.Code, time.Since(start))
		}
		// Within a second the failure is remembered.
		if w := ask(e, "GET", "/k"); w.Code != 503 || time.Since(start) != 3*time.Second {
			t.Errorf("second answer = %d after %v", w.Code, time.Since(start))
		}
		wantReads(t, b, "k", 1)
	})
}

func TestMissingObjectIsRememberedForOneSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		e := newEdge(t, b, nil)
		for range 20 {
			w := ask(e, "GET", "/k")
			if w.Code != 404 || w.Header().Get("Cache-Control") != "public, max-age=1" {
				t.Errorf("answer = %d %v", w.Code, w.Header())
			}
		}
		wantReads(t, b, "k", 1)
		b.put("k", "1", cdn.Alias)
		later(time.Second)
		wantBody(t, e, "/k", "1")
		if got := e.Tally(); got.Missing != 20 || got.Misses != 1 {
			t.Errorf("tally = %+v", got)
		}
	})
}

func TestFetchesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		e := newEdge(t, b, func(c *edge.Config) { c.Fetches = 2 })
		b.change(func(b *bucket) { b.takes = time.Second })
		var herd sync.WaitGroup
		start := time.Now()
		for _, k := range []string{"/a", "/b", "/c", "/d", "/e", "/f"} {
			b.put(k[1:], k, cdn.Alias)
			herd.Go(func() { wantBody(t, e, k, k) })
		}
		herd.Wait()
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("six reads of a second, two at once, took %v", took)
		}
	})
}

func TestStormOfInventedNamesIsTurnedAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		e := newEdge(t, b, func(c *edge.Config) { c.Fetches = 1 })
		b.put("page", "1", cdn.Alias)
		wantBody(t, e, "/page", "1")
		later(11 * time.Second) // expired, inside its stale time
		b.change(func(b *bucket) { b.takes = time.Second })
		start := time.Now()
		var storm sync.WaitGroup
		for i := range 1000 {
			storm.Go(func() { ask(e, "GET", fmt.Sprintf("/invented-%d", i)) })
		}
		synctest.Wait()
		if got := e.Tally().Errors; got != 1000-16 {
			t.Errorf("%d were turned away at once, want %d", got, 1000-16)
		}
		wantBody(t, e, "/page", "1")
		if waited := time.Since(start); waited != 0 {
			t.Errorf("the reader of a page waited %v", waited)
		}
		storm.Wait()
	})
}

func TestMemoryIsBoundedAndTheLeastUsedGoesFirst(t *testing.T) {
	b := newBucket()
	e := newEdge(t, b, func(c *edge.Config) { c.MaxBytes = 3 * 100_000 })
	big := string(make([]byte, 95_000))
	for _, k := range []string{"a", "b", "c"} {
		b.put(k, big, cdn.Shard)
		ask(e, "GET", "/"+k)
	}
	ask(e, "GET", "/a")
	b.put("d", big, cdn.Shard)
	ask(e, "GET", "/d") // drops b
	for _, k := range []string{"a", "c", "d", "b"} {
		ask(e, "GET", "/"+k)
	}
	for k, want := range map[string]int{"a": 1, "b": 2, "c": 1, "d": 1} {
		wantReads(t, b, k, want)
	}
}

func TestUnpackedBytesCountAsMemory(t *testing.T) {
	b := newBucket()
	e := newEdge(t, b, func(c *edge.Config) { c.MaxBytes = 100_000 })
	for _, k := range []string{"a", "b"} {
		b.set(k, edge.Object{
			ContentType: "text/plain", ContentEncoding: "gzip", CacheControl: cdn.Shard.CacheControl(),
			Body: pack(t, string(make([]byte, 60_000))),
		})
	}
	for _, k := range []string{"/a", "/b", "/a"} {
		if w := ask(e, "GET", k); w.Body.Len() != 60_000 {
			t.Errorf("%s: %d bytes", k, w.Body.Len())
		}
	}
	wantReads(t, b, "a", 2)
}

func TestPurgeBringsTheNewObjectAtOnceAndKeepsTheOldForTheWorst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		e := newEdge(t, b, func(c *edge.Config) { c.PurgeFromLoopback = true })
		purge := func() {
			r := httptest.NewRequest("PURGE", "/k", nil)
			r.RemoteAddr = "127.0.0.1:9999"
			w := httptest.NewRecorder()
			e.ServeHTTP(w, r)
			if w.Code != 204 {
				t.Errorf("PURGE: %d", w.Code)
			}
		}
		b.put("k", "1", cdn.Shard)
		wantBody(t, e, "/k", "1")
		b.put("k", "2", cdn.Shard)
		purge()
		wantBody(t, e, "/k", "2")
		b.change(func(b *bucket) { b.down = true })
		purge()
		wantBody(t, e, "/k", "2")
	})
}

func TestFetchThatBeganBeforeAPurgeIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		e := newEdge(t, b, func(c *edge.Config) { c.PurgeFromLoopback = true })
		b.put("k", "1", cdn.Shard)
		b.change(func(b *bucket) { b.takes = time.Second })
		var early sync.WaitGroup
		early.Go(func() { wantBody(t, e, "/k", "1") })
		synctest.Wait()
		b.put("k", "2", cdn.Shard)
		r := httptest.NewRequest("PURGE", "/k", nil)
		r.RemoteAddr = "[::1]:9999"
		e.ServeHTTP(httptest.NewRecorder(), r)
		wantBody(t, e, "/k", "2")
		early.Wait()
		wantBody(t, e, "/k", "2")
		wantReads(t, b, "k", 2)
	})
}

func TestOutageIsLoggedOnceAndItsEndOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		b := newBucket()
		e := newEdge(t, b, func(c *edge.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
		b.change(func(b *bucket) { b.down = true })
		for range 10 {
			ask(e, "GET", "/k")
			later(2 * time.Second)
		}
		b.change(func(b *bucket) { b.down = false })
		ask(e, "GET", "/k")
		e.Wait()
		if warn, info := bytes.Count(log.Bytes(), []byte("level=WARN")), bytes.Count(log.Bytes(), []byte("level=INFO")); warn != 1 || info != 1 {
			t.Errorf("log:\n%s", log.String())
		}
		if got := e.Tally(); got.Errors != 10 || got.Failed != 10 || got.Missing != 1 {
			t.Errorf("tally = %+v", got)
		}
	})
}
