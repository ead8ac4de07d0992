package edge_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/cdn/edge"
)

// packed puts a gzip object as publishers store them.
func packed(t testing.TB, b *bucket, key, contentType, body string) []byte {
	t.Helper()
	stored := pack(t, body)
	b.set(key, edge.Object{
		ContentType: contentType, ContentEncoding: "gzip", CacheControl: cdn.Alias.CacheControl(),
		ETag: `"v1"`, Meta: map[string]string{"seq": "7", "published": "2026-11-03T20:01:00Z"}, Body: stored,
	})
	return stored
}

func TestGzipIsPassedOnToThoseWhoAcceptItAndUnpackedForOthers(t *testing.T) {
	b := newBucket()
	e := newEdge(t, b, nil)
	stored := packed(t, b, "k", "text/html; charset=utf-8", "<p>twelve votes</p>")
	cases := []struct {
		accept string
		gzip   bool
	}{
		{"gzip", true},
		{"GZIP", true},
		{"x-gzip", true},
		{"deflate, gzip;q=0.5, br", true},
		{"gzip ; q=0.001", true},
		{"*", true},
		{"br, *;q=0.1", true},
		{"", false},
		{"identity", false},
		{"gzip;q=0", false},
		{"gzip;Q=0.000", false},
		{"*;q=0", false},
		{"gzip;q=0, *", false},
		{"gzip;q=2", false},
		{"gzip;q=abc", false},
		{"notgzip", false},
		{"br;gzip", false},
	}
	for _, c := range cases {
		var headers []string
		if c.accept != "" {
			headers = []string{"Accept-Encoding", c.accept}
		}
		w := ask(e, "GET", "/k", headers...)
		h := w.Header()
		want, encoding, etag := []byte("<p>twelve votes</p>"), "", `W/"v1"`
		if c.gzip {
			want, encoding, etag = stored, "gzip", `"v1"`
		}
		if !bytes.Equal(w.Body.Bytes(), want) || h.Get("Content-Encoding") != encoding || h.Get("Etag") != etag {
			t.Errorf("%q: %d bytes, encoding %q, tag %s", c.accept, w.Body.Len(), h.Get("Content-Encoding"), h.Get("Etag"))
		}
		if h.Get("Content-Length") != strconv.Itoa(len(want)) || h.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: length %s, vary %q", c.accept, h.Get("Content-Length"), h.Get("Vary"))
		}
	}
	wantReads(t, b, "k", 1)
}

// wantedHeaders are those of every object, and further ones by path.
func wantedHeaders() (common map[string]string, special map[string]map[string]string) {
	common = map[string]string{
		"X-Content-Type-Options":    "nosniff",
		"Strict-Transport-Security": "max-age=3600",
		"Cache-Control":             cdn.Alias.CacheControl(),
		"X-Amz-Meta-Seq":            "7",
		"X-Amz-Meta-Published":      "2026-11-03T20:01:00Z",
		"Vary":                      "Accept-Encoding",
		"Etag":                      `"v1"`,
		"Content-Encoding":          "gzip",
		"Cache-Status":              "herald; hit",
		"Age":                       "3",
	}
	special = map[string]map[string]string{
		"/index.html": {
			"Content-Type":            "text/html; charset=utf-8",
			"Content-Security-Policy": cdn.ContentSecurityPolicy,
			"Referrer-Policy":         "no-referrer",
		},
		"/head.json": {
			"Content-Type":                  "application/json",
			"Access-Control-Allow-Origin":   "*",
			"Access-Control-Expose-Headers": "*",
		},
		"/log/checkpoint": {"Content-Type": "text/plain; charset=utf-8"},
	}
	return common, special
}

func TestReadersGetTheHeadersOfTheObjectAndNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		e := newEdge(t, b, func(c *edge.Config) { c.HSTS = time.Hour })
		packed(t, b, "index.html", "text/html; charset=utf-8", "<p>")
		packed(t, b, "head.json", "application/json", "{}")
		packed(t, b, "log/checkpoint", "text/plain; charset=utf-8", "tree")
		common, special := wantedHeaders()
		for path := range special {
			ask(e, "GET", path)
		}
		later(3900 * time.Millisecond)
		for path, more := range special {
			got := ask(e, "GET", path, "Accept-Encoding", "gzip").Header()
			got.Del("Content-Length")
			for _, want := range []map[string]string{common, more} {
				for k, v := range want {
					if got.Get(k) != v {
						t.Errorf("%s: %s = %q, want %q", path, k, got.Get(k), v)
					}
					got.Del(k)
				}
			}
			if len(got) != 0 {
				t.Errorf("%s: further headers %v", path, got)
			}
		}
	})
}

func TestConditionalRequestsCompareWeaklyAndInLists(t *testing.T) {
	b := newBucket()
	e := newEdge(t, b, nil)
	packed(t, b, "k", "application/json", "{}")
	cases := map[string]int{
		`"v1"`: 304, `W/"v1"`: 304, `"v0", "v1"`: 304, `"v0",W/"v1"`: 304, `*`: 304,
		`"v0"`: 200, `v1`: 200, `"v11"`: 200, ``: 200,
	}
	for tag, want := range cases {
		for _, accept := range []string{"gzip", "identity"} {
			w := ask(e, "GET", "/k", "If-None-Match", tag, "Accept-Encoding", accept)
			if w.Code != want {
				t.Errorf("If-None-Match %s for %s: %d, want %d", tag, accept, w.Code, want)
			}
			if h := w.Header(); want == 304 && (w.Body.Len() != 0 || h.Get("Content-Length") != "" ||
				h.Get("Cache-Control") != cdn.Alias.CacheControl() || h.Get("Etag") == "" || h.Get("X-Amz-Meta-Seq") != "7") {
				t.Errorf("304 for %s: %d bytes, %v", tag, w.Body.Len(), h)
			}
		}
	}
	if w := ask(e, "GET", "/k", "If-None-Match", `"v0"`, "If-None-Match", `"v1"`); w.Code != 304 {
		t.Errorf("two header lines: %d, want 304", w.Code)
	}
}

func TestTagThatIsNoneIsReplacedByOneOfTheBytes(t *testing.T) {
	b := newBucket()
	e := newEdge(t, b, nil)
	for i, tag := range []string{"", "bare", `"a"b"`, "\"a\r\nSet-Cookie: x\""} {
		key := fmt.Sprintf("k%d", i)
		b.set(key, edge.Object{CacheControl: cdn.Alias.CacheControl(), ETag: tag, Body: []byte("x")})
		// The first 16 bytes of the SHA-256 of "x".
		if got := ask(e, "GET", "/"+key).Header().Get("Etag"); got != `"2d711642b726b04401627ca9fbac32f5"` {
			t.Errorf("tag %q became %s", tag, got)
		}
	}
}

func TestHeadHasTheHeadersOfGetWithoutTheBody(t *testing.T) {
	b := newBucket()
	srv := httptest.NewServer(newEdge(t, b, nil))
	defer srv.Close()
	packed(t, b, "k", "application/json", `{"votes":12}`)
	answer, err := http.Head(srv.URL + "/k")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 200 || answer.Header.Get("Etag") == "" || answer.ContentLength != int64(len(`{"votes":12}`)) {
		t.Errorf("HEAD = %d, length %d, %v", answer.StatusCode, answer.ContentLength, answer.Header)
	}
}

func TestOnlyPublicClassesReachReaders(t *testing.T) {
	b := newBucket()
	e := newEdge(t, b, nil)
	for i, cc := range []string{
		cdn.Private.CacheControl(), "", "private, max-age=60", "max-age=60", "public", "public, max-age=2, s-maxage=9",
		"public, max-age=-1", "public, max-age=soon", "public, no-cache", "public, max-age=2, must-revalidate",
	} {
		key := fmt.Sprintf("k%d", i)
		b.set(key, edge.Object{ContentType: "text/plain", CacheControl: cc, Body: []byte("secret")})
		if w := ask(e, "GET", "/"+key); w.Code != 404 || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("Cache-Control %q: %d %s", cc, w.Code, w.Body)
		}
	}
}

func TestDamagedGzipIsAnErrorForThoseWhoNeedItUnpacked(t *testing.T) {
	b := newBucket()
	e := newEdge(t, b, nil)
	b.set("k", edge.Object{ContentEncoding: "gzip", CacheControl: cdn.Alias.CacheControl(), Body: []byte("not gzip")})
	w := ask(e, "GET", "/k")
	if w.Code != 502 || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Etag") != "" {
		t.Errorf("answer = %d %v", w.Code, w.Header())
	}
}

func TestPathsAreCleanedOrRefused(t *testing.T) {
	b := newBucket()
	e := newEdge(t, b, func(c *edge.Config) { c.Home = "demo/index.html" })
	b.put("demo/index.html", "home", cdn.Alias)
	for path, want := range map[string]struct {
		code     int
		location string
	}{
		"/":                             {302, "/demo/index.html"},
		"//":                            {302, "/demo/index.html"},
		"/?q=1":                         {302, "/demo/index.html"},
		"/demo//index.html":             {301, "/demo/index.html"},
		"/demo/./x/../index.html":       {301, "/demo/index.html"},
		"/../../etc/passwd":             {301, "/etc/passwd"},
		"//evil.example/x":              {301, "/evil.example/x"},
		"/%2e%2e/etc/passwd":            {301, "/etc/passwd"},
		"/demo":                         {302, "/demo/index.html"},
		"/demo/":                        {302, "/demo/index.html"},
		"/pt/demo/":                     {302, "/pt/demo/index.html"},
		"/demo/in/71072.html/":          {404, ""},
		"/a/b/c/":                       {404, ""},
		"/demo/index.html/":             {404, ""},
		"/a%00b":                        {404, ""},
		"/a%0d%0aSet-Cookie:%20x=1":     {404, ""},
		"/%ff":                          {404, ""},
		"/" + strings.Repeat("a", 1025): {404, ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		u, err := url.Parse("http://results.example.org" + path)
		if err != nil {
			t.Fatal(err)
		}
		r.URL = u
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if w.Code != want.code || w.Header().Get("Location") != want.location {
			t.Errorf("%.40s: %d %q, want %d %q", path, w.Code, w.Header().Get("Location"), want.code, want.location)
		}
	}
	if n := e.Tally().Fetches; n != 0 {
		t.Errorf("the store was read %d times, want 0", n)
	}
	wantBody(t, e, "/demo/index.html?utm=1", "home")
	wantBody(t, e, "/demo/index.html?utm=2", "home")
	wantReads(t, b, "demo/index.html", 1)
}

func TestOtherMethodsAreRefused(t *testing.T) {
	b := newBucket()
	e := newEdge(t, b, nil)
	for _, m := range []string{"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PURGE", "get"} {
		if w := ask(e, m, "/k"); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d, Allow %q", m, w.Code, w.Header().Get("Allow"))
		}
	}
	wantReads(t, b, "k", 0)
}

func TestPurgeIsTakenFromThisMachineOnly(t *testing.T) {
	e := newEdge(t, newBucket(), func(c *edge.Config) { c.PurgeFromLoopback = true })
	for _, c := range []struct {
		from, forwarded string
		want            int
	}{
		{"127.0.0.1:1", "", 204}, {"[::1]:1", "", 204},
		{"192.0.2.1:1", "", 405}, {"127.0.0.1:1", "192.0.2.1", 405}, {"@", "", 405},
	} {
		r := httptest.NewRequest("PURGE", "/k", nil)
		r.RemoteAddr = c.from
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("PURGE from %s for %q: %d, want %d", c.from, c.forwarded, w.Code, c.want)
		}
	}
}

func TestConfigIsRefusedWhole(t *testing.T) {
	b := newBucket()
	for i, c := range []edge.Config{
		{Log: quiet},
		{Origin: b.get},
		{Origin: b.get, Log: quiet, Home: "/demo/index.html"},
		{Origin: b.get, Log: quiet, MaxBytes: -1},
		{Origin: b.get, Log: quiet, FetchTimeout: -1},
		{Origin: b.get, Log: quiet, Fetches: -1},
		{Origin: b.get, Log: quiet, HSTS: -1},
	} {
		if _, err := edge.New(c); err == nil {
			t.Errorf("config %d was accepted", i)
		}
	}
}
