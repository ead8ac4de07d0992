package s3store

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/heraldresults/herald/fixtures/faultproxy"
	"github.com/heraldresults/herald/publish/store"
)

func TestTheProbeFindsNothingWrongWithARealS3(t *testing.T) {
	w := gateway(t)
	s, proxy := w.behind(t)
	r, err := s.Probe(t.Context(), ProbeConfig{Scratch: "scratch/"})
	if err != nil {
		t.Fatal(err)
	}
	if !r.SingleWinner() || len(r.Problems()) != 0 || r.MissingKeyStatus != http.StatusNotFound {
		t.Errorf("report %+v: %q", r, r.Problems())
	}
	racing := map[string]int{}
	for _, e := range proxy.Log() {
		if _, key, _ := strings.Cut(e.Key, "/"); !strings.HasPrefix(key, "night/scratch/") {
			t.Errorf("%s %s is outside of the scratch prefix", e.Method, key)
		}
		if e.Write() {
			racing[e.Key]++
		}
	}
	races := 0
	for key, writes := range racing {
		if strings.Contains(key, "create-") && writes == 8 || strings.Contains(key, "swap-") && writes == 1+8 {
			races++
		}
	}
	if races != 20 {
		t.Errorf("%d races of 8 writers, want 20", races)
	}
}

// memoryS3 keeps what a probe writes, and can have the flaws of some stores.
type memoryS3 struct {
	racy    bool // a writer looks, waits for its rivals to look, and writes
	blind   bool // conditions are ignored
	mu      sync.Mutex
	objects map[string][]byte
	looked  map[string]*sync.WaitGroup
}

func tagOf(body []byte) string { return `"` + string(body[28:54]) + `"` } // the random part

// ServeHTTP implements http.Handler.
func (m *memoryS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		m.mu.Lock()
		defer m.mu.Unlock()
		w.Header().Set("Etag", tagOf(m.objects[r.URL.Path]))
		w.Write(m.objects[r.URL.Path])
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	m.mu.Lock()
	present, found := m.objects[r.URL.Path]
	fits := m.blind || r.Header.Get("If-None-Match") == "*" && !found ||
		found && r.Header.Get("If-Match") == tagOf(present)
	together := m.rivals(r)
	m.mu.Unlock()
	if together != nil {
		together.Done()
		together.Wait()
	}
	if !fits {
		w.WriteHeader(http.StatusPreconditionFailed)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[r.URL.Path] = body
	w.Header().Set("Etag", tagOf(body))
}

// rivals is what the writers of one race wait for, or nil outside of races.
func (m *memoryS3) rivals(r *http.Request) *sync.WaitGroup {
	race := strings.Contains(r.URL.Path, "/create-") && r.Header.Get("If-None-Match") != "" ||
		strings.Contains(r.URL.Path, "/swap-") && r.Header.Get("If-Match") != ""
	if !m.racy || !race {
		return nil
	}
	if m.looked[r.URL.Path] == nil {
		m.looked[r.URL.Path] = &sync.WaitGroup{}
		m.looked[r.URL.Path].Add(8)
	}
	return m.looked[r.URL.Path]
}

func newMemoryS3() *memoryS3 {
	return &memoryS3{objects: map[string][]byte{}, looked: map[string]*sync.WaitGroup{}}
}

func TestTheProbeFindsAStoreThatLosesRaces(t *testing.T) {
	s3 := newMemoryS3()
	s3.racy = true
	r, err := answering(t, s3.ServeHTTP).Probe(t.Context(), ProbeConfig{Scratch: "scratch"})
	if err != nil {
		t.Fatal(err)
	}
	if r.SingleWinner() || r.CreateRaces != 10 || r.SwapRaces != 10 || r.StaleSwapWon {
		t.Errorf("report %+v", r)
	}
	if got := strings.Join(r.Problems(), " "); !strings.Contains(got, "in 10 of 10 races of 8 writers") {
		t.Errorf("problems %q", got)
	}
}

func TestTheProbeFindsAStoreThatIgnoresConditionsAndChecksums(t *testing.T) {
	s3 := newMemoryS3()
	s3.blind = true
	r, err := answering(t, s3.ServeHTTP).Probe(t.Context(), ProbeConfig{Scratch: "scratch"})
	if err != nil {
		t.Fatal(err)
	}
	if r.SingleWinner() || !r.StaleSwapWon || !r.ChecksumIgnored || r.MissingKeyStatus != http.StatusOK || r.CreateRaces != 10 {
		t.Errorf("report %+v", r)
	}
}

func TestTheProbeFindsNoRaceLostInASoundMemoryS3(t *testing.T) {
	r, err := answering(t, newMemoryS3().ServeHTTP).Probe(t.Context(), ProbeConfig{Scratch: "scratch"})
	if err != nil {
		t.Fatal(err)
	}
	if !r.SingleWinner() || r.MissingKeyStatus != http.StatusPreconditionFailed {
		t.Errorf("report %+v", r)
	}
}

func TestTheProbeFindsStaleReads(t *testing.T) {
	s3 := newMemoryS3()
	var first []byte
	s := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/overwritten") {
			s3.ServeHTTP(w, r)
			return
		}
		if first == nil {
			first = s3.objects[r.URL.Path]
		}
		w.Header().Set("Etag", tagOf(first))
		w.Write(first)
	})
	r, err := s.Probe(t.Context(), ProbeConfig{Scratch: "scratch"})
	if err != nil {
		t.Fatal(err)
	}
	if r.StaleReads != 4 {
		t.Errorf("%d stale reads, want 4 of 5", r.StaleReads)
	}
}

func TestAProbeOfAStoreInTroubleIsNotBelieved(t *testing.T) {
	w := gateway(t)
	s, proxy := w.behind(t)
	proxy.OnRequest(func(r faultproxy.Request) faultproxy.Action {
		if strings.Contains(r.Key, "/create-3") && r.Write() {
			return faultproxy.Refuse(503, "SlowDown")
		}
		return faultproxy.Action{}
	})
	r, err := s.Probe(t.Context(), ProbeConfig{Scratch: "scratch"})
	if err != nil {
		t.Fatal(err)
	}
	if r.Unclear != 1 || r.SingleWinner() {
		t.Errorf("report %+v", r)
	}
}

func TestAProbeWithWrongCredentialsIsAnError(t *testing.T) {
	w := gateway(t)
	c := settings(w.endpoint, w.bucket(t))
	c.Credentials = credentials.NewStaticCredentialsProvider("a", "b", "")
	if _, err := open(t, c).Probe(t.Context(), ProbeConfig{Scratch: "scratch"}); !errors.Is(err, store.ErrRefused) {
		t.Errorf("error %v", err)
	}
}
