package source

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/fixtures/feedserver"
)

var noon = time.Date(2024, 10, 6, 15, 0, 0, 0, time.UTC)

// stage is a feed server, its address, and a poller of one page of it.
type stage struct {
	t      *testing.T
	feed   *feedserver.Server
	url    string
	poller *Poller
}

// poll begins to poll the page "a.json", which says "one". change may be nil.
func poll(t *testing.T, change func(*PollerConfig)) *stage {
	t.Helper()
	s := &stage{t: t, feed: feedserver.New()}
	s.feed.Put("a.json", []byte("one"), noon)
	web := httptest.NewServer(s.feed)
	t.Cleanup(web.Close)
	s.url = web.URL
	cfg := PollerConfig{Feed: "test", URLs: []string{web.URL + "/a.json"}, Every: 5 * time.Millisecond,
		Rate: 10000, MaxBackoff: 10 * time.Millisecond, Revalidate: 1000, Total: 5 * time.Second}
	if change != nil {
		change(&cfg)
	}
	p, err := NewPoller(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	s.poller = p
	return s
}

func (s *stage) next() Batch {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	b, err := s.poller.Next(ctx)
	if err != nil {
		s.t.Fatalf("Next: %v; state %+v", err, s.poller.State())
	}
	return b
}

// want takes the next batch and checks that it is one body.
func (s *stage) want(body string) Payload {
	s.t.Helper()
	b := s.next()
	if len(b.Payloads) != 1 || string(b.Payloads[0].Body) != body {
		s.t.Fatalf("batch = %+v, want one payload %q", b, body)
	}
	return b.Payloads[0]
}

func (s *stage) until(what string, ok func() bool) {
	s.t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-deadline:
			s.t.Fatalf("waited for %s; state %+v", what, s.poller.State())
		case <-tick.C:
		}
	}
}

func (s *stage) address() AddressState { return s.poller.State().Addresses[0] }

// failing waits until polls fail for a reason, and checks that nothing was
// handed over and the source calls itself lost.
func (s *stage) failing(reason string) {
	s.t.Helper()
	s.until("a failure", func() bool { return s.address().Failures >= 2 })
	st := s.poller.State()
	if !strings.Contains(st.Addresses[0].LastError, reason) || st.Lost == "" {
		s.t.Errorf("error = %q, lost = %q, want %q", st.Addresses[0].LastError, st.Lost, reason)
	}
	if st.Delivered != 1 {
		s.t.Errorf("delivered = %d, want the first alone", st.Delivered)
	}
}

// breaks fails the page, checks the reason, heals it and sees it come back.
func (s *stage) breaks(trouble feedserver.Trouble, reason string) {
	s.t.Helper()
	s.want("one")
	s.feed.Fail("a.json", trouble)
	s.feed.Put("a.json", []byte("two, and long enough to be cut"), noon.Add(time.Minute))
	s.failing(reason)
	s.feed.Fail("a.json", feedserver.Trouble{})
	s.want("two, and long enough to be cut")
	if st := s.poller.State(); st.Lost != "" || st.Addresses[0].LastError != "" {
		s.t.Errorf("state after healing = %+v", st)
	}
}

func TestAPolledPageIsHandedOverOnceAndThenAskedConditionally(t *testing.T) {
	s := poll(t, func(c *PollerConfig) {
		c.UserAgent = "herald-test"
		c.Prepare = func(r *http.Request) error { r.Header.Set("Authorization", "Bearer x"); return nil }
	})
	p := s.want("one")
	if p.Name != "a.json" || p.Feed != "test" || !p.LastModified.Equal(noon) || p.Received.IsZero() {
		t.Errorf("payload = %+v", p)
	}
	s.until("three polls", func() bool { return len(s.feed.Seen("a.json")) >= 3 })
	for i, r := range s.feed.Seen("a.json")[:3] {
		if r.Conditional != (i > 0) || r.Header.Get("User-Agent") != "herald-test" || r.Header.Get("Authorization") != "Bearer x" {
			t.Errorf("request %d = %+v", i, r)
		}
		if want := map[bool]int{true: 200, false: 304}[i == 0]; r.Status != want {
			t.Errorf("answer %d = %d, want %d", i, r.Status, want)
		}
	}
	if got := s.poller.State().Delivered; got != 1 {
		t.Errorf("delivered = %d, want 1", got)
	}
	s.feed.Put("a.json", []byte("two"), noon.Add(time.Minute))
	s.want("two")
	if a := s.address(); a.LastChange.IsZero() || a.LastSuccess.Before(a.LastChange) || a.Remote == "" {
		t.Errorf("address state = %+v", a)
	}
}

func TestAnOlderPayloadIsPassedOnWithItsOwnLastModified(t *testing.T) {
	s := poll(t, nil)
	s.want("one")
	s.feed.Put("a.json", []byte("two"), noon.Add(time.Minute))
	s.want("two")
	s.feed.Fail("a.json", feedserver.Trouble{Fault: feedserver.Older})
	if p := s.want("one"); !p.LastModified.Equal(noon) {
		t.Errorf("last modified = %v, want %v", p.LastModified, noon)
	}
}

func TestTheSameBytesUnderANewETagAreNotHandedOverAgain(t *testing.T) {
	s := poll(t, func(c *PollerConfig) { c.Revalidate = 1 })
	s.want("one")
	s.until("more polls", func() bool { return len(s.feed.Seen("a.json")) >= 5 })
	for _, r := range s.feed.Seen("a.json") {
		if r.Conditional {
			t.Error("a poll was conditional")
		}
	}
	if got := s.poller.State().Delivered; got != 1 {
		t.Errorf("delivered = %d, want 1", got)
	}
}

func TestABrokenServerIsWaitedFor(t *testing.T) {
	poll(t, nil).breaks(feedserver.Trouble{Fault: feedserver.Broken}, "500")
}

func TestASlowDripIsCut(t *testing.T) {
	poll(t, func(c *PollerConfig) { c.Total = 500 * time.Millisecond }).
		breaks(feedserver.Trouble{Fault: feedserver.Drip}, "deadline exceeded")
}

func TestABodyWithoutEndIsCutAtTheLimit(t *testing.T) {
	poll(t, func(c *PollerConfig) { c.MaxBytes = 1 << 20 }).
		breaks(feedserver.Trouble{Fault: feedserver.Huge}, "more than")
}

func TestARedirectOnTheSameHostIsFollowed(t *testing.T) {
	s := poll(t, nil)
	s.want("one")
	s.feed.Put("b.json", []byte("moved"), noon)
	s.feed.Fail("a.json", feedserver.Trouble{Fault: feedserver.Elsewhere, Location: "/b.json"})
	if p := s.want("moved"); p.Name != "a.json" {
		t.Errorf("name = %s, want the configured a.json", p.Name)
	}
}

func TestARetryAfterDateIsUnderstood(t *testing.T) {
	s := poll(t, nil)
	s.want("one")
	s.feed.Fail("a.json", feedserver.Trouble{Fault: feedserver.Busy,
		RetryAfter: time.Now().Add(2 * time.Minute).UTC().Format(http.TimeFormat)})
	s.until("the 503", func() bool { return s.address().Status == http.StatusServiceUnavailable })
	if wait := time.Until(s.address().Next); wait < 110*time.Second || wait > 140*time.Second {
		t.Errorf("next poll in %v, want about 2 min", wait)
	}
}

func TestFailuresInARowAreSpacedOut(t *testing.T) {
	s := poll(t, func(c *PollerConfig) { c.Every, c.MaxBackoff = 10*time.Millisecond, time.Hour })
	s.want("one")
	s.feed.Fail("a.json", feedserver.Trouble{Fault: feedserver.Broken})
	s.until("five failures", func() bool { return s.address().Failures >= 5 })
	if wait := time.Until(s.address().Next); wait < 150*time.Millisecond || wait > 360*time.Millisecond {
		t.Errorf("pause after five failures = %v, want 10 ms doubled five times", wait)
	}
}

func TestTheFirstMomentIsEveryPageTriedOnce(t *testing.T) {
	s := poll(t, func(c *PollerConfig) {
		for _, name := range []string{"b.json", "missing.json", "c.json?x=1"} {
			c.URLs = append(c.URLs, strings.Replace(c.URLs[0], "a.json", name, 1))
		}
		c.Every = time.Hour
	})
	got := map[string]bool{}
	for {
		b := s.next()
		for _, p := range b.Payloads {
			got[p.Name] = true
		}
		if !b.More {
			break
		}
	}
	// b and c are not there either: errors do not hold the moment up.
	if len(got) != 1 || !got["a.json"] {
		t.Errorf("got %v", got)
	}
	if st := s.poller.State(); !strings.Contains(st.Addresses[2].LastError, "404") || st.Lost == "" {
		t.Errorf("state = %+v", st)
	}
}

func TestAPollerThatMakesNoSenseIsRefused(t *testing.T) {
	for _, cfg := range []PollerConfig{
		{URLs: []string{"http://x/"}},
		{Feed: "x"},
		{Feed: "x", URLs: []string{"ftp://x/"}},
		{Feed: "x", URLs: []string{"http://x/a", "http://y/a"}},
		{Feed: "x", URLs: []string{"http://x/"}, Every: -1},
		{Feed: "x", URLs: []string{"http://x/"}, TLS: &tls.Config{InsecureSkipVerify: true}},
	} {
		if p, err := NewPoller(cfg); err == nil {
			p.Close()
			t.Errorf("NewPoller(%+v) was accepted", cfg)
		}
	}
}

func TestClosingAPollerEndsNext(t *testing.T) {
	s := poll(t, nil)
	s.want("one")
	result := make(chan error, 1)
	go func() {
		_, err := s.poller.Next(context.WithoutCancel(t.Context()))
		result <- err
	}()
	p := s.poller
	p.Close()
	if err := <-result; !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Next = %v, want fs.ErrClosed", err)
	}
	if _, err := p.Next(t.Context()); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Next after Close = %v, want fs.ErrClosed", err)
	}
}
