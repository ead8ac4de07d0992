package verify_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish"
	"github.com/heraldresults/herald/publish/store/memstore"
	"github.com/heraldresults/herald/publish/verify"
	"github.com/heraldresults/herald/templates"
)

const election = "made-2026"

// site is a made election of three places, published with a key.
type site struct {
	st  *memstore.Store
	pub *publish.Publisher
	asm *diff.Assembler
	key note.Verifier
	at  time.Time
}

func newSite() (*site, error) {
	skey, vkey, err := note.GenerateKey(rand.Reader, "results.example/made-2026/test")
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, err
	}
	s := &site{st: memstore.New(), asm: diff.NewAssembler(nil), at: time.Date(2026, 11, 3, 20, 0, 0, 0, time.UTC)}
	if s.key, err = note.NewVerifier(vkey); err != nil {
		return nil, err
	}
	s.pub, err = publish.Open(context.Background(), publish.Config{
		Store: s.st, Log: slog.New(slog.DiscardHandler), HeadEvery: time.Nanosecond, StatusEvery: time.Nanosecond,
		Signer: signer, Verifier: s.key, Now: func() time.Time { return s.at },
		Site: templates.Site{Election: election, Name: "Made election", Mode: templates.Test, Location: time.UTC, PollSeconds: 20},
	})
	return s, err
}

// count publishes votes for Ana and Bia in each of three towns.
func (s *site) count(votes [3][2]int64) error {
	s.at = s.at.Add(time.Minute)
	u := snapshot.Update{Feed: "made", Stamp: snapshot.Stamp{Time: s.at}, Units: []snapshot.UnitDef{{Key: "land", Name: "Land", Type: snapshot.Country}}}
	for i, v := range votes {
		town := fmt.Sprintf("town-%d", i)
		u.Units = append(u.Units, snapshot.UnitDef{Key: town, Parent: "land", Name: "Town " + town, Type: snapshot.Municipality})
		u.Contests = append(u.Contests, snapshot.ContestDef{Key: "mayor-" + town, Name: "Mayor", Choices: []snapshot.ChoiceDef{{Key: "a", Name: "Ana"}, {Key: "b", Name: "Bia"}}})
		u.Results = append(u.Results, snapshot.RaceResult{Contest: "mayor-" + town, Unit: town, Status: snapshot.UnofficialPartial,
			Votes:  []snapshot.ChoiceVotes{{Key: "a", Votes: snapshot.Of(v[0])}, {Key: "b", Votes: snapshot.Of(v[1])}},
			Totals: snapshot.Totals{Valid: snapshot.Of(v[0] + v[1])}})
	}
	if _, err := s.asm.Apply(u); err != nil {
		return err
	}
	if _, err := s.pub.Publish(context.Background(), s.asm.Snapshot()); err != nil {
		return err
	}
	if err := s.pub.Refresh(context.Background()); err != nil {
		return err
	}
	return s.pub.Heartbeat(context.Background(), nil)
}

// ServeHTTP serves the store as a bucket would.
func (s *site) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	o, _, err := s.st.Get(req.Context(), strings.TrimPrefix(req.URL.Path, "/"))
	if err != nil {
		http.NotFound(w, req)
		return
	}
	w.Header().Set("Content-Type", o.ContentType)
	if o.ContentEncoding != "" {
		w.Header().Set("Content-Encoding", o.ContentEncoding)
	}
	w.Write(o.Body)
}

func published(t *testing.T) *site {
	t.Helper()
	s, err := newSite()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.count([3][2]int64{{10, 7}, {3, 8}, {5, 5}}); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) reader(t *testing.T, f verify.Fetch) *verify.Reader {
	t.Helper()
	r, err := verify.NewReader(verify.Config{Fetch: f, Election: election, Verifier: s.key})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *site) fetch(ctx context.Context, key string) ([]byte, error) {
	srv := httptest.NewRecorder()
	s.ServeHTTP(srv, httptest.NewRequestWithContext(ctx, http.MethodGet, "/"+key, nil))
	if srv.Code != http.StatusOK {
		return nil, fmt.Errorf("%s: %w", key, verify.ErrNotFound)
	}
	body := srv.Body.Bytes()
	if srv.Header().Get("Content-Encoding") == "gzip" {
		return gunzip(body)
	}
	return body, nil
}

func TestAWholeSiteVerifiesOverHTTP(t *testing.T) {
	s := published(t)
	srv := httptest.NewServer(s)
	defer srv.Close()
	rep, err := s.reader(t, verify.HTTP(nil, srv.URL)).Check(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Problems) > 0 || len(rep.Late) > 0 || !rep.Signed || rep.Races != 3 || rep.Head.Number != 2 {
		t.Errorf("report = %+v", rep)
	}
}

// TestAFlippedBitInAnyObjectIsNamed damages every object, one after another.
func TestAFlippedBitInAnyObjectIsNamed(t *testing.T) {
	s := published(t)
	checked := 0
	for _, key := range s.st.Keys() {
		if strings.HasPrefix(key, "schema/") || key == election+"/status.json" || old(t, s, key) {
			continue // not below the head
		}
		checked++
		damaged := func(ctx context.Context, k string) ([]byte, error) {
			raw, err := s.fetch(ctx, k)
			if k == key && err == nil {
				raw = bytes.Clone(raw)
				raw[len(raw)/2] ^= 1
			}
			return raw, err
		}
		rep, err := s.reader(t, damaged).Check(t.Context(), nil)
		said := fmt.Sprint(err)
		if err == nil {
			said = strings.Join(rep.Problems, "\n")
		}
		if !strings.Contains(said, key) {
			t.Errorf("one bit of %s flipped: verify says %q", key, said)
		}
	}
	if checked < 25 {
		t.Errorf("only %d objects were damaged", checked)
	}
}

// old reports whether a key is not read for the current release.
func old(t *testing.T, s *site, key string) bool {
	t.Helper()
	var read atomic.Bool
	_, err := s.reader(t, func(ctx context.Context, k string) ([]byte, error) {
		if k == key {
			read.Store(true)
		}
		return s.fetch(ctx, k)
	}).Check(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return !read.Load()
}

func TestAMissingObjectIsNamed(t *testing.T) {
	s := published(t)
	key := ""
	for _, k := range s.st.Keys() {
		if strings.Contains(k, "/races/town-1") && strings.HasSuffix(k, ".html") && !old(t, s, k) {
			key = k
		}
	}
	rep, err := s.reader(t, func(ctx context.Context, k string) ([]byte, error) {
		if k == key {
			return nil, fmt.Errorf("fetch %s: %w", k, verify.ErrNotFound)
		}
		return s.fetch(ctx, k)
	}).Check(t.Context(), nil)
	if err != nil || len(rep.Problems) != 1 || !strings.Contains(rep.Problems[0], key) {
		t.Errorf("report %+v, %v; want one problem that names %s", rep, err, key)
	}
}

func TestAnOlderVersionAtAStableAddressIsLateAndNoProblem(t *testing.T) {
	s := published(t)
	key := election + "/in/town-1.html"
	before, err := s.fetch(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.count([3][2]int64{{10, 7}, {4, 8}, {5, 5}}); err != nil {
		t.Fatal(err)
	}
	rep, err := s.reader(t, func(ctx context.Context, k string) ([]byte, error) {
		if k == key {
			return before, nil
		}
		return s.fetch(ctx, k)
	}).Check(t.Context(), nil)
	if err != nil || len(rep.Problems) != 0 || len(rep.Late) != 1 || rep.Late[0] != key {
		t.Errorf("report %+v, %v; want %s late and no problem", rep, err, key)
	}
}

func TestAHeadThatGoesBackIsRefused(t *testing.T) {
	s := published(t)
	before, err := s.fetch(t.Context(), election+"/head.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.count([3][2]int64{{20, 7}, {3, 8}, {5, 5}}); err != nil {
		t.Fatal(err)
	}
	replay := false
	r := s.reader(t, func(ctx context.Context, k string) ([]byte, error) {
		if replay && k == election+"/head.json" {
			return before, nil
		}
		return s.fetch(ctx, k)
	})
	if _, err := r.Head(t.Context()); err != nil {
		t.Fatal(err)
	}
	replay = true
	if _, err := r.Head(t.Context()); !errors.Is(err, verify.ErrRollback) {
		t.Errorf("Head = %v, want ErrRollback", err)
	}
}

func TestAHeadOlderThanItPromisedIsFrozen(t *testing.T) {
	s := published(t)
	h, err := s.reader(t, s.fetch).Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := verify.Fresh(h, s.at.Add(time.Minute)); err != nil {
		t.Error(err)
	}
	if err := verify.Fresh(h, s.at.Add(6*time.Minute)); !errors.Is(err, verify.ErrFrozen) {
		t.Errorf("Fresh = %v, want ErrFrozen", err)
	}
}

func TestReadingAgainFetchesOnlyWhatMoved(t *testing.T) {
	s := published(t)
	var mu sync.Mutex
	var keys []string
	r := s.reader(t, func(ctx context.Context, k string) ([]byte, error) {
		mu.Lock()
		keys = append(keys, k)
		mu.Unlock()
		return s.fetch(ctx, k)
	})
	if _, err := r.Results(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.count([3][2]int64{{20, 7}, {3, 8}, {5, 5}}); err != nil {
		t.Fatal(err)
	}
	keys = nil
	res, err := r.Results(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(keys) != 3 || !strings.Contains(keys[2], "/counts/") {
		t.Errorf("fetched %v, want head, release and counts", keys)
	}
	if got := res.Races[0].Votes[0]; got != snapshot.Of(20) {
		t.Errorf("first race has %v votes", got)
	}
}

func gunzip(b []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
