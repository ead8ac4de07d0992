package httppurge_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/cdn/edge"
	"github.com/heraldresults/herald/cdn/httppurge"
	"github.com/heraldresults/herald/fixtures/edgeserver"
)

func newPurger(t *testing.T, c httppurge.Config) *httppurge.Purger {
	t.Helper()
	p, err := httppurge.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func purge(t *testing.T, p *httppurge.Purger, keys ...string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return p.Purge(ctx, cdn.Request{Keys: keys, Ref: "1-7"})
}

// origin is a store whose every object is its present version.
type origin struct {
	mu      sync.Mutex
	version string
	reads   int
}

func (o *origin) set(version string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.version = version
}

func (o *origin) read() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.reads++
	return o.version
}

func (o *origin) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.reads
}

func (o *origin) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", cdn.Shard.CacheControl()) // only a purge can end it
	io.WriteString(w, o.read())
}

// edges starts nginx, Varnish and the built-in edge in front of one origin.
func edges(t *testing.T, o *origin) []string {
	t.Helper()
	store := httptest.NewServer(o)
	t.Cleanup(store.Close)
	var out []string
	for _, k := range edgeserver.Kinds() {
		out = append(out, edgeserver.Start(t, k, store.URL))
	}
	own, err := edge.New(edge.Config{
		Origin: func(context.Context, string) (edge.Object, bool, error) {
			return edge.Object{CacheControl: cdn.Shard.CacheControl(), Body: []byte(o.read())}, true, nil
		},
		Log: slog.New(slog.DiscardHandler), PurgeFromLoopback: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(own)
	t.Cleanup(srv.Close)
	return append(out, srv.URL)
}

func get(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestRealCachesServeTheNewObjectAfterAPurge(t *testing.T) {
	o := &origin{version: "1"}
	all := edges(t, o)
	p := newPurger(t, httppurge.Config{Edges: all})
	for _, e := range all {
		get(t, e+"/demo/head.json")
		get(t, e+"/demo/index.html")
	}
	o.set("2")
	for _, e := range all {
		if got := get(t, e+"/demo/head.json"); got != "1" {
			t.Fatalf("%s does not cache: %q", e, got)
		}
	}
	if err := purge(t, p, "demo/head.json", "demo/in/never-asked.html"); err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if got := get(t, e+"/demo/head.json"); got != "2" {
			t.Errorf("%s after the purge: %q, want 2", e, got)
		}
		if got := get(t, e+"/demo/index.html"); got != "1" {
			t.Errorf("%s purged what nobody named: %q", e, got)
		}
	}
}

func TestPurgeIsRepeatable(t *testing.T) {
	o := &origin{version: "1"}
	all := edges(t, o)
	p := newPurger(t, httppurge.Config{Edges: all})
	for i := range 3 {
		version := fmt.Sprint(i)
		o.set(version)
		if err := purge(t, p, "demo/head.json", "demo/head.json"); err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			if got := get(t, e+"/demo/head.json"); got != version {
				t.Errorf("%s: %q, want %s", e, got, version)
			}
		}
	}
	// nginx and Varnish read once for a purge, the built-in edge for the
	// reader after it.
	if got := o.count(); got != 9 {
		t.Errorf("the store was read %d times, want 9", got)
	}
}

// listener answers PURGE with the statuses of its script, then 200.
type listener struct {
	mu     sync.Mutex
	script []int
	heard  []string
	now    int
	most   int
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	l.heard = append(l.heard, r.Method+" "+r.Host+r.URL.EscapedPath())
	l.now++
	l.most = max(l.most, l.now)
	status := http.StatusOK
	if len(l.script) > 0 {
		status, l.script = l.script[0], l.script[1:]
	}
	l.mu.Unlock()
	w.Header().Set("Location", "http://127.0.0.1:1/")
	w.WriteHeader(status)
	l.mu.Lock()
	l.now--
	l.mu.Unlock()
}

func (l *listener) requests() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := slices.Clone(l.heard)
	slices.Sort(out)
	return out
}

func listen(t *testing.T, l *listener) string {
	t.Helper()
	srv := httptest.NewServer(l)
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestEveryEdgeHearsEveryKeyOnce(t *testing.T) {
	var first, second listener
	p := newPurger(t, httppurge.Config{
		Edges: []string{listen(t, &first), listen(t, &second) + "/site/"}, Host: "results.example.org", Parallel: 2,
	})
	if err := purge(t, p, "e/head.json", "e/in/são.html", "e/index.html", "e/head.json"); err != nil {
		t.Fatal(err)
	}
	for l, prefix := range map[*listener]string{&first: "", &second: "/site"} {
		want := []string{
			"PURGE results.example.org" + prefix + "/e/head.json",
			"PURGE results.example.org" + prefix + "/e/in/s%C3%A3o.html",
			"PURGE results.example.org" + prefix + "/e/index.html",
		}
		if got := l.requests(); !slices.Equal(got, want) {
			t.Errorf("heard %q, want %q", got, want)
		}
		if l.most > 2 {
			t.Errorf("%d requests at once, want at most 2", l.most)
		}
	}
}

func TestStatusDecidesBetweenDoneAgainAndRefused(t *testing.T) {
	for _, c := range []struct {
		script []int
		asked  int
		fails  bool
	}{
		{[]int{200}, 1, false},
		{[]int{204}, 1, false},
		{[]int{404}, 1, false},
		{[]int{503, 200}, 2, false},
		{[]int{429, 502, 200}, 3, false},
		{[]int{503, 503, 503}, 3, true},
		{[]int{405}, 1, true},
		{[]int{403}, 1, true},
		{[]int{302}, 1, true},
	} {
		t.Run(fmt.Sprint(c.script), func(t *testing.T) {
			t.Parallel()
			l := &listener{script: c.script}
			err := purge(t, newPurger(t, httppurge.Config{Edges: []string{listen(t, l)}}), "e/head.json")
			if (err != nil) != c.fails || len(l.requests()) != c.asked {
				t.Errorf("err = %v after %d requests, want %d", err, len(l.requests()), c.asked)
			}
			if last := fmt.Sprintf("status %d", c.script[len(c.script)-1]); c.fails && !strings.Contains(err.Error(), last) {
				t.Errorf("err = %v, want it to say %s", err, last)
			}
		})
	}
}

func TestDeadEdgeDoesNotKeepTheOthersWaiting(t *testing.T) {
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hangs.Close()
	alive := &listener{}
	p := newPurger(t, httppurge.Config{Edges: []string{dead.URL, hangs.URL, listen(t, alive)}})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	err := p.Purge(ctx, cdn.Request{Keys: []string{"e/head.json", "e/index.html"}, Ref: "1-7"})
	if n := len(alive.requests()); n != 2 {
		t.Errorf("the living edge heard %d requests, want 2", n)
	}
	if err == nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("err = %v", err)
	}
	for _, u := range []string{dead.URL, hangs.URL} {
		if !strings.Contains(err.Error(), "purge at "+strings.TrimPrefix(u, "http://")) {
			t.Errorf("err does not name %s: %v", u, err)
		}
	}
}

func TestConfigIsRefusedWhole(t *testing.T) {
	for i, c := range []httppurge.Config{
		{},
		{Edges: []string{"10.0.0.7:6081"}},
		{Edges: []string{"http://user:secret@10.0.0.7"}},
		{Edges: []string{"http://10.0.0.7?x=1"}},
		{Edges: []string{"http://10.0.0.7"}, Host: "a/b"},
		{Edges: []string{"http://10.0.0.7"}, Parallel: -1},
		{Edges: []string{"http://10.0.0.7"}, Timeout: -1},
	} {
		_, err := httppurge.New(c)
		if err == nil {
			t.Errorf("config %d was accepted", i)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the password is in %v", err)
		}
	}
}
