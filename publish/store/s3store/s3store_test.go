package s3store

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/fixtures/faultproxy"
	"github.com/heraldresults/herald/fixtures/s3server"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/publish/store/storetest"
)

func TestMain(m *testing.M) {
	if os.Getenv(sinkVariable) != "" {
		serveSink()
		return
	}
	os.Exit(m.Run())
}

// site is where a test's stores are: an S3 server and a name for the next
// bucket.
type site struct {
	endpoint string
	bucket   func(t testing.TB) string
}

func gateway(t testing.TB) site {
	s := s3server.Run(t)
	var n atomic.Int64
	return site{s.Endpoint, func(t testing.TB) string {
		t.Helper()
		name := fmt.Sprintf("bucket-%d", n.Add(1))
		if err := s.CreateBucket(name); err != nil {
			t.Fatal(err)
		}
		return name
	}}
}

// settings are a full configuration for a bucket behind endpoint.
func settings(endpoint, bucket string) Config {
	return Config{
		Bucket:      bucket,
		Region:      s3server.Region,
		Endpoint:    endpoint,
		PathStyle:   true,
		Prefix:      "night/",
		Credentials: credentials.NewStaticCredentialsProvider(s3server.AccessKey, s3server.SecretKey, ""),
		MinBackoff:  time.Millisecond,
		MaxBackoff:  10 * time.Millisecond,
	}
}

func open(t testing.TB, c Config) *Store {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.transport.CloseIdleConnections)
	return s
}

// faulty opens a store behind a proxy. A fault happens to the next write.
func (w site) faulty(t *testing.T) (store.Store, func(storetest.Fault)) {
	proxy := faultproxy.New(w.endpoint)
	t.Cleanup(proxy.Close)
	return open(t, settings(proxy.URL, w.bucket(t))), func(f storetest.Fault) {
		action := faultproxy.LoseRequest()
		if f == storetest.LostAnswer {
			action = faultproxy.LoseAnswer()
		}
		proxy.OnRequest(faultproxy.Nth(1, faultproxy.Request.Write, action))
	}
}

func TestARealS3IsAStore(t *testing.T) {
	w := gateway(t)
	storetest.Run(t, storetest.Config{
		Open:               func(t *testing.T) store.Store { return open(t, settings(w.endpoint, w.bucket(t))) },
		OpenFaulty:         w.faulty,
		EqualBytesEqualTag: true,
	})
}

func TestAMemoryS3IsAStore(t *testing.T) {
	backend := s3mem.New()
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	var n atomic.Int64
	w := site{server.URL, func(t testing.TB) string {
		name := fmt.Sprintf("bucket-%d", n.Add(1))
		if err := backend.CreateBucket(name); err != nil {
			t.Fatal(err)
		}
		return name
	}}
	storetest.Run(t, storetest.Config{
		Open:               func(t *testing.T) store.Store { return open(t, settings(w.endpoint, w.bucket(t))) },
		OpenFaulty:         w.faulty,
		EqualBytesEqualTag: true,
		DropsCacheControl:  true,
		MergesHeaders:      true,
		SkipsChecksum:      true,
	})
}

func shard(key string) store.Object {
	return store.Object{
		Key: key, Class: cdn.Shard, ContentType: "application/json", ContentEncoding: "gzip",
		Meta: map[string]string{"seq": "1"}, Body: []byte(`{"votes":[1,2,3]}` + "\n"),
	}
}

func TestThePrefixStandsBeforeEveryKeyOnce(t *testing.T) {
	w := gateway(t)
	bucket := w.bucket(t)
	c := settings(w.endpoint, bucket)
	c.Prefix = "/2026/night/"
	inside := open(t, c)
	if got, want := inside.String(), "s3://"+bucket+"/2026/night"; got != want {
		t.Errorf("name %q, want %q", got, want)
	}
	if _, err := inside.Create(t.Context(), shard("head.json")); err != nil {
		t.Fatal(err)
	}
	c.Prefix = ""
	o, _, err := open(t, c).Get(t.Context(), "2026/night/head.json")
	if err != nil || string(o.Body) != string(shard("").Body) {
		t.Errorf("got %q, %v", o.Body, err)
	}
}

func TestWrongCredentialsAreRefusedWithoutTryingAgainOrShowingThem(t *testing.T) {
	w := gateway(t)
	proxy := faultproxy.New(w.endpoint)
	defer proxy.Close()
	bucket := w.bucket(t)
	for name, keys := range map[string][2]string{
		"unknown key":  {"someone", "sesame-open"},
		"wrong secret": {s3server.AccessKey, "sesame-open"},
	} {
		t.Run(name, func(t *testing.T) {
			proxy.Reset()
			c := settings(proxy.URL, bucket)
			c.Credentials = credentials.NewStaticCredentialsProvider(keys[0], keys[1], "token-of-a-session")
			s := open(t, c)
			_, createErr := s.Create(t.Context(), shard("k"))
			_, swapErr := s.Swap(t.Context(), shard("k"), `"old"`)
			_, _, getErr := s.Get(t.Context(), "k")
			_, statErr := s.Stat(t.Context(), "k")
			for _, err := range []error{createErr, swapErr, getErr, statErr} {
				if !errors.Is(err, store.ErrRefused) {
					t.Errorf("error %v, want %v", err, store.ErrRefused)
				}
				for _, secret := range []string{keys[1], "token-of-a-session", "Signature=", "Credential="} {
					if strings.Contains(fmt.Sprintf("%+v %#v", err, err), secret) {
						t.Errorf("error %v shows %q", err, secret)
					}
				}
			}
			if got := len(proxy.Log()); got != 4 {
				t.Errorf("%d requests for 4 calls", got)
			}
		})
	}
}

func TestAMissingBucketIsRefused(t *testing.T) {
	s := open(t, settings(gateway(t).endpoint, "no-such-bucket"))
	_, err := s.Create(t.Context(), shard("k"))
	if !errors.Is(err, store.ErrRefused) || !strings.Contains(err.Error(), "NoSuchBucket") {
		t.Errorf("create: %v", err)
	}
	if _, err := s.Swap(t.Context(), shard("k"), `"x"`); !errors.Is(err, store.ErrRefused) {
		t.Errorf("swap: %v", err)
	}
	if _, _, err := s.Get(t.Context(), "k"); !errors.Is(err, store.ErrRefused) {
		t.Errorf("get: %v", err)
	}
}

func TestAConfigThatCannotWorkIsRefused(t *testing.T) {
	for what, spoil := range map[string]func(*Config){
		"no bucket":                   func(c *Config) { c.Bucket = "" },
		"a path as bucket":            func(c *Config) { c.Bucket = "a/b" },
		"no region":                   func(c *Config) { c.Region = "" },
		"no credentials":              func(c *Config) { c.Credentials = nil },
		"an endpoint with path":       func(c *Config) { c.Endpoint = "https://host/path" },
		"an endpoint without scheme":  func(c *Config) { c.Endpoint = "host:9000" },
		"an endpoint with a password": func(c *Config) { c.Endpoint = "https://user:sesame@host" },
		"a prefix upwards":            func(c *Config) { c.Prefix = "../other" },
		"no concurrency":              func(c *Config) { c.Concurrency = -1 },
		"no attempts":                 func(c *Config) { c.Attempts = -1 },
		"a negative time":             func(c *Config) { c.Timeout = -1 },
		"pauses over a second":        func(c *Config) { c.MaxBackoff = 2 * time.Second },
		"pauses that fall":            func(c *Config) { c.MinBackoff, c.MaxBackoff = 100*time.Millisecond, 50*time.Millisecond },
	} {
		c := settings("https://host", "bucket")
		spoil(&c)
		_, err := New(c)
		if err == nil {
			t.Errorf("%s: accepted", what)
		} else if strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: error %v shows the password", what, err)
		}
	}
}

func TestTheBucketIsInTheHostUnlessPathStyleIsAskedFor(t *testing.T) {
	for _, c := range []struct {
		endpoint  string
		pathStyle bool
		want      string
	}{
		{"", false, "https://results.s3.eu-central-1.amazonaws.com/night/"},
		{"", true, "https://s3.eu-central-1.amazonaws.com/results/night/"},
		{"https://s3.example.net:8443/", false, "https://results.s3.example.net:8443/night/"},
	} {
		s := open(t, Config{
			Bucket: "results", Region: "eu-central-1", Endpoint: c.endpoint, PathStyle: c.pathStyle,
			Prefix: "night", Credentials: aws.AnonymousCredentials{},
		})
		if got := s.base.String(); got != c.want {
			t.Errorf("base %s, want %s", got, c.want)
		}
	}
}

func TestNoMoreRequestsThanConcurrencyAreInFlight(t *testing.T) {
	w := gateway(t)
	proxy := faultproxy.New(w.endpoint)
	defer proxy.Close()
	arrived, release := make(chan struct{}, 10), make(chan struct{})
	proxy.OnRequest(func(faultproxy.Request) faultproxy.Action {
		return faultproxy.Action{Before: func() { arrived <- struct{}{}; <-release }}
	})
	c := settings(proxy.URL, w.bucket(t))
	c.Concurrency = 2
	s := open(t, c)
	results := make(chan error)
	for i := range 3 {
		go func() {
			_, err := s.Create(t.Context(), shard(fmt.Sprint("k", i)))
			results <- err
		}()
	}
	<-arrived
	<-arrived
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Stat(ctx, "k"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("stat: %v, want to wait for a free slot until the context ends", err)
	}
	if got := len(proxy.Log()); got != 2 {
		t.Errorf("%d requests arrived, want 2", got)
	}
	close(release)
	for range 3 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}
