package storetest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/heraldresults/herald/publish/store"
)

// The sizes of the races.
const (
	racers     = 64
	raceRounds = 4
	counters   = 8
	increments = 8
)

// race releases racers goroutines at once and returns the tags of those that
// won. Everyone else must have lost with the given error.
func race(t *testing.T, lost error, try func(racer int) (store.Tag, error)) map[int]store.Tag {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	start := make(chan struct{})
	winners := map[int]store.Tag{}
	for i := range racers {
		wg.Go(func() {
			<-start
			tag, err := try(i)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				winners[i] = tag
			case !errors.Is(err, lost):
				t.Errorf("racer %d: error %v, want %v", i, err, lost)
			}
		})
	}
	close(start)
	wg.Wait()
	return winners
}

// wantOne checks that one won and that its version is what is stored.
func wantOne(t *testing.T, s store.Store, key string, winners map[int]store.Tag, body func(int) string) store.Tag {
	t.Helper()
	if len(winners) != 1 {
		t.Fatalf("%d of %d won %s, want 1", len(winners), racers, key)
	}
	for i, tag := range winners {
		if got := wantBody(t, s, key, body(i)); got != tag {
			t.Fatalf("%s has tag %q, the winner was given %q", key, got, tag)
		}
		return tag
	}
	return ""
}

// racerBody is longer than a page and different for each racer.
func racerBody(i int) string { return strings.Repeat("racer "+strconv.Itoa(i)+" ", 1000) }

func (c Config) createRace(t *testing.T) {
	s := c.Open(t)
	for round := range raceRounds {
		key := fmt.Sprintf("races/%d.json", round)
		winners := race(t, store.ErrExists, func(i int) (store.Tag, error) {
			return s.Create(t.Context(), object(key, racerBody(i)))
		})
		wantOne(t, s, key, winners, racerBody)
	}
}

func (c Config) swapRace(t *testing.T) {
	s := c.Open(t)
	tag := mustCreate(t, s, object("head.json", "start"))
	for round := range raceRounds {
		body := func(i int) string { return strconv.Itoa(round) + racerBody(i) }
		winners := race(t, store.ErrConflict, func(i int) (store.Tag, error) {
			return s.Swap(t.Context(), object("head.json", body(i)), tag)
		})
		tag = wantOne(t, s, "head.json", winners, body)
	}
}

// counter lets many add to one number by compare-and-swap.
func (c Config) counter(t *testing.T) {
	s := c.Open(t)
	mustCreate(t, s, object("counter", "0"))
	var wg sync.WaitGroup
	for range counters {
		wg.Go(func() {
			for range increments {
				if err := increment(t, s); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	wantBody(t, s, "counter", strconv.Itoa(counters*increments))
}

func increment(t *testing.T, s store.Store) error {
	for {
		o, tag, err := s.Get(t.Context(), "counter")
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(string(o.Body))
		if err != nil {
			return err
		}
		_, err = s.Swap(t.Context(), object("counter", strconv.Itoa(n+1)), tag)
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
}

// wholeVersions reads while another writes: body, metadata and tag must always
// be of one version.
func (c Config) wholeVersions(t *testing.T) {
	s := c.Open(t)
	const versions = 30
	body := func(n int) string { return strings.Repeat(strconv.Itoa(n)+",", 3000) }
	version := func(n int) store.Object {
		o := object("page.html", body(n))
		o.Meta = map[string]string{"seq": strconv.Itoa(n)}
		return o
	}
	tag := mustCreate(t, s, version(0))
	var done atomic.Bool
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for !done.Load() {
				o, _, err := s.Get(t.Context(), "page.html")
				if err != nil {
					t.Error(err)
					return
				}
				n, _ := strconv.Atoi(o.Meta["seq"])
				if string(o.Body) != body(n) {
					t.Errorf("metadata of version %d with the body %.20q…", n, o.Body)
					return
				}
			}
		})
	}
	for n := 1; n <= versions && !t.Failed(); n++ {
		var err error
		if tag, err = s.Swap(t.Context(), version(n), tag); err != nil {
			t.Error(err)
		}
	}
	done.Store(true)
	wg.Wait()
}
