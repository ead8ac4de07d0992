package edge_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/cdn/edge"
)

const hammerKeys, hammerVersions = 8, 25

func TestHammerSeesWholeObjectsThatNeverGoBack(t *testing.T) {
	b := newBucket()
	e := newEdge(t, b, func(c *edge.Config) { c.MaxBytes, c.PurgeFromLoopback = 40_000, true })
	srv := httptest.NewServer(e)
	defer srv.Close()
	hammerWrite(t, b, 0)
	done := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		defer close(done)
		for v := 1; v <= hammerVersions; v++ {
			hammerWrite(t, b, v)
			if err := hammerPurge(srv.URL); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for i := range 8 {
		all.Go(func() {
			if err := hammerRead(srv.URL, i, done); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for k := range hammerKeys {
		if v, err := version(fmt.Sprintf("%s/k%d", srv.URL, k), true); v != hammerVersions || err != nil {
			t.Errorf("k%d ends at version %d, err %v", k, v, err)
		}
	}
	if got := e.Tally(); got.Hits == 0 || got.Misses == 0 || got.Errors != 0 || got.Missing != 0 {
		t.Errorf("tally = %+v", got)
	}
}

// hammerWrite puts a version of every object.
func hammerWrite(t *testing.T, b *bucket, v int) {
	for k := range hammerKeys {
		packed(t, b, fmt.Sprintf("k%d", k), "text/plain", strings.Repeat(fmt.Sprintf("%06d ", v), 300))
	}
}

func hammerPurge(url string) error {
	for k := range hammerKeys {
		r, err := http.NewRequest("PURGE", fmt.Sprintf("%s/k%d", url, k), nil)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		answer.Body.Close()
	}
	return nil
}

// hammerRead reads the objects in turn until done; every second reader takes
// them unpacked.
func hammerRead(url string, reader int, done <-chan struct{}) error {
	var last [hammerKeys]int
	for n := reader; ; n++ {
		select {
		case <-done:
			return nil
		default:
		}
		k := n % hammerKeys
		v, err := version(fmt.Sprintf("%s/k%d", url, k), reader%2 == 0)
		if err != nil {
			return err
		}
		if v < last[k] {
			return fmt.Errorf("k%d went back from version %d to %d", k, last[k], v)
		}
		last[k] = v
	}
}

// version reads an object of the hammer and checks that it is whole.
func version(url string, compressed bool) (int, error) {
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return 0, err
	}
	if !compressed {
		r.Header.Set("Accept-Encoding", "identity")
	}
	answer, err := http.DefaultClient.Do(r) // unpacks what it asked for itself
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	if len(body) != 2100 || strings.Count(string(body), string(body[:7])) != 300 {
		return 0, fmt.Errorf("status %d, %d bytes, torn", answer.StatusCode, len(body))
	}
	return strconv.Atoi(string(body[:6]))
}

func BenchmarkHitOverLoopback(b *testing.B) {
	for _, size := range []int{500, 20_000} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			store := newBucket()
			store.set("k", edge.Object{
				ContentType: "application/json", ContentEncoding: "gzip",
				CacheControl: cdn.Shard.CacheControl(), ETag: `"v1"`, Body: bytes.Repeat([]byte{7}, size),
			})
			srv := httptest.NewServer(newEdge(b, store, nil))
			defer srv.Close()
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
			b.SetParallelism(8)
			b.SetBytes(int64(size))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					r, err := http.NewRequestWithContext(context.Background(), "GET", srv.URL+"/k", nil)
					if err != nil {
						b.Error(err)
						return
					}
					r.Header.Set("Accept-Encoding", "gzip")
					answer, err := client.Do(r)
					if err != nil {
						b.Error(err)
						return
					}
					io.Copy(io.Discard, answer.Body)
					answer.Body.Close()
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
		})
	}
}

func BenchmarkHitInProcess(b *testing.B) {
	store := newBucket()
	packed(b, store, "k", "application/json", strings.Repeat(`{"votes":12}`, 200))
	e := newEdge(b, store, nil)
	b.RunParallel(func(pb *testing.PB) {
		r := httptest.NewRequest("GET", "/k", nil)
		r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
		for pb.Next() {
			e.ServeHTTP(&sink{header: http.Header{}}, r)
		}
	})
}

// sink is a ResponseWriter that keeps nothing.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(int)             {}
