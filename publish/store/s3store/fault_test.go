package s3store

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/heraldresults/herald/fixtures/faultproxy"
	"github.com/heraldresults/herald/publish/store"
)

// behind opens a store on a new bucket of w behind a proxy.
func (w site) behind(t *testing.T) (*Store, *faultproxy.Proxy) {
	proxy := faultproxy.New(w.endpoint)
	t.Cleanup(proxy.Close)
	return open(t, settings(proxy.URL, w.bucket(t))), proxy
}

func TestACreateOutlivesOneFaultOfAnyKind(t *testing.T) {
	w := gateway(t)
	for name, c := range map[string]struct {
		fault  faultproxy.Action
		landed bool // the first attempt took effect
	}{
		"request lost":        {faultproxy.LoseRequest(), false},
		"answer lost":         {faultproxy.LoseAnswer(), true},
		"body cut":            {faultproxy.Action{Cut: 3}, false},
		"503 before":          {faultproxy.Refuse(503, "SlowDown"), false},
		"500 after":           {faultproxy.Belie(500, "InternalError"), true},
		"429":                 {faultproxy.Refuse(429, "TooManyRequests"), false},
		"409":                 {faultproxy.Refuse(409, "ConditionalRequestConflict"), false},
		"request timeout":     {faultproxy.Refuse(400, "RequestTimeout"), false},
		"200 that is a fault": {faultproxy.Refuse(200, "InternalError"), false},
	} {
		t.Run(name, func(t *testing.T) {
			s, proxy := w.behind(t)
			proxy.OnRequest(faultproxy.Nth(1, faultproxy.Request.Write, c.fault))
			_, err := s.Create(t.Context(), shard("k"))
			if c.landed && !errors.Is(err, store.ErrExists) {
				t.Errorf("error %v, want %v: the first attempt landed", err, store.ErrExists)
			}
			if !c.landed && err != nil {
				t.Error(err)
			}
			if got := len(proxy.Log()); got != 2 {
				t.Errorf("%d requests, want 2", got)
			}
			o, _, err := s.Get(t.Context(), "k")
			if err != nil || string(o.Body) != string(shard("").Body) {
				t.Errorf("stored %q, %v", o.Body, err)
			}
		})
	}
}

func TestASwapIsSentOnceWhateverComesBack(t *testing.T) {
	w := gateway(t)
	for name, c := range map[string]struct {
		fault  faultproxy.Action
		landed bool
		want   error // nil: unknown
	}{
		"request lost":        {faultproxy.LoseRequest(), false, nil},
		"answer lost":         {faultproxy.LoseAnswer(), true, nil},
		"body cut":            {faultproxy.Action{Cut: 3}, false, nil},
		"503 before":          {faultproxy.Refuse(503, "SlowDown"), false, nil},
		"500 after":           {faultproxy.Belie(500, "InternalError"), true, nil},
		"409":                 {faultproxy.Refuse(409, "ConditionalRequestConflict"), false, nil},
		"412":                 {faultproxy.Refuse(412, "PreconditionFailed"), false, store.ErrConflict},
		"412 in a 200":        {faultproxy.Refuse(200, "PreconditionFailed"), false, store.ErrConflict},
		"404":                 {faultproxy.Refuse(404, "NoSuchKey"), false, store.ErrConflict},
		"403":                 {faultproxy.Refuse(403, "AccessDenied"), false, store.ErrRefused},
		"301":                 {faultproxy.Refuse(301, "PermanentRedirect"), false, store.ErrRefused},
		"200 that is a fault": {faultproxy.Refuse(200, "InternalError"), false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, proxy := w.behind(t)
			old, err := s.Create(t.Context(), shard("head.json"))
			if err != nil {
				t.Fatal(err)
			}
			proxy.Reset()
			proxy.OnRequest(faultproxy.Nth(1, faultproxy.Request.Write, c.fault))
			next := shard("head.json")
			next.Body = []byte("next")
			_, err = s.Swap(t.Context(), next, old)
			if err == nil || c.want != nil && !errors.Is(err, c.want) || c.want == nil && decided(err) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if got := len(proxy.Log()); got != 1 {
				t.Errorf("%d requests, want 1", got)
			}
			o, _, err := s.Get(t.Context(), "head.json")
			if err != nil || (string(o.Body) == "next") != c.landed {
				t.Errorf("stored %q, %v; landed should be %v", o.Body, err, c.landed)
			}
		})
	}
}

func TestAttemptsEnd(t *testing.T) {
	w := gateway(t)
	s, proxy := w.behind(t)
	proxy.OnRequest(func(faultproxy.Request) faultproxy.Action { return faultproxy.Refuse(503, "SlowDown") })
	_, err := s.Create(t.Context(), shard("k"))
	if err == nil || decided(err) {
		t.Errorf("error %v, want an unknown outcome", err)
	}
	for _, part := range []string{"create k", "attempt 4", "503 SlowDown"} {
		if err != nil && !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
	if got := len(proxy.Log()); got != 4 {
		t.Errorf("%d requests, want 4", got)
	}
}

func TestASilentStoreIsGivenUpAfterTheTimeout(t *testing.T) {
	w := gateway(t)
	proxy := faultproxy.New(w.endpoint)
	release := make(chan struct{})
	defer proxy.Close()
	defer close(release)
	proxy.OnRequest(func(faultproxy.Request) faultproxy.Action {
		return faultproxy.Action{Before: func() { <-release }, Withhold: true, Drop: true}
	})
	c := settings(proxy.URL, w.bucket(t))
	c.Timeout, c.Attempts = 30*time.Millisecond, 2
	_, err := open(t, c).Create(t.Context(), shard("k"))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no answer within 30ms") {
		t.Errorf("error %v", err)
	}
	if got := len(proxy.Log()); got != 2 {
		t.Errorf("%d requests, want 2", got)
	}
}

func TestThePauseGrowsWithJitterAndHonoursRetryAfterUpToItsCap(t *testing.T) {
	r := retry{attempts: 9, min: 10 * time.Millisecond, max: 50 * time.Millisecond}
	for attempt, ceiling := range map[int]time.Duration{
		1: 10 * time.Millisecond, 2: 20 * time.Millisecond, 3: 40 * time.Millisecond, 4: 50 * time.Millisecond, 60: 50 * time.Millisecond,
	} {
		low, high := time.Hour, time.Duration(0)
		for range 2000 {
			wait := r.wait(attempt, nil)
			low, high = min(low, wait), max(high, wait)
		}
		if high > ceiling || high < ceiling*9/10 || low > ceiling/10 {
			t.Errorf("attempt %d: pauses from %v to %v, want all of 0 to %v", attempt, low, high, ceiling)
		}
	}
	for _, value := range []string{"1", "3600", "99999999999"} {
		got := r.wait(1, http.Header{"Retry-After": {value}})
		if value != "99999999999" && got != r.max {
			t.Errorf("Retry-After %s: pause %v, want %v", value, got, r.max)
		}
		if got > r.max {
			t.Errorf("Retry-After %s: pause %v", value, got)
		}
	}
}

// answering opens a store on a server that gives one answer to everything.
func answering(t *testing.T, answer http.HandlerFunc) *Store {
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return open(t, settings(server.URL, "bucket"))
}

func TestAShortBodyIsNoObject(t *testing.T) {
	s := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.Write([]byte("half"))
	})
	_, _, err := s.Get(t.Context(), "k")
	if err == nil || decided(err) {
		t.Errorf("error %v", err)
	}
}

func TestAnAnswerWithoutTagIsNoSuccess(t *testing.T) {
	s := answering(t, func(http.ResponseWriter, *http.Request) {})
	if _, err := s.Create(t.Context(), shard("k")); err == nil || decided(err) {
		t.Errorf("create: error %v", err)
	}
	if _, err := s.Stat(t.Context(), "k"); err == nil || decided(err) {
		t.Errorf("stat: error %v", err)
	}
}

func TestOneConnectionServesRequestAfterRequest(t *testing.T) {
	var opened atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `"1"`)
		switch {
		case r.Method == http.MethodGet:
			w.Write(make([]byte, 100_000))
		case strings.HasSuffix(r.URL.Path, "/taken"):
			w.WriteHeader(http.StatusPreconditionFailed)
			w.Write([]byte("<Error><Code>PreconditionFailed</Code></Error>"))
		}
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	s := open(t, settings(server.URL, "bucket"))
	for range 20 {
		if _, err := s.Create(t.Context(), shard("free")); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Create(t.Context(), shard("taken")); !errors.Is(err, store.ErrExists) {
			t.Fatal(err)
		}
		if _, _, err := s.Get(t.Context(), "k"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Stat(t.Context(), "k"); err != nil {
			t.Fatal(err)
		}
	}
	if got := opened.Load(); got != 1 {
		t.Errorf("%d connections for 80 requests one after the other, want 1", got)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a signed request went elsewhere")
	}))
	defer elsewhere.Close()
	s := answering(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	if _, err := s.Create(t.Context(), shard("k")); !errors.Is(err, store.ErrRefused) {
		t.Errorf("error %v", err)
	}
	if _, _, err := s.Get(t.Context(), "k"); !errors.Is(err, store.ErrRefused) {
		t.Errorf("error %v", err)
	}
}

func TestAnErrorDocumentInARequestForBytesIsTheBytes(t *testing.T) {
	const body = `<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>`
	s := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Etag", `"1"`)
		w.Write([]byte(body))
	})
	o, _, err := s.Get(t.Context(), "k")
	if err != nil || string(o.Body) != body {
		t.Errorf("got %q, %v", o.Body, err)
	}
}

func TestWhatAStoreSaysIsCutToOneShortLine(t *testing.T) {
	s := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		w.Write([]byte("<Error><Code>Access\nDenied</Code><Message>" + strings.Repeat("ä", 5000) + "</Message></Error>"))
	})
	_, err := s.Create(t.Context(), shard("k"))
	if err == nil || len(err.Error()) > 400 || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v", err)
	}
}
