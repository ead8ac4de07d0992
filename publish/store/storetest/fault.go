package storetest

import (
	"errors"
	"testing"

	"github.com/heraldresults/herald/publish/store"
)

// lostCreate: whatever happens to one request of a Create, calling it until it
// says yes or ErrExists leaves the object there.
func (c Config) lostCreate(t *testing.T) {
	for name, fault := range map[string]Fault{"request lost": LostRequest, "answer lost": LostAnswer} {
		t.Run(name, func(t *testing.T) {
			s, next := c.OpenFaulty(t)
			next(fault)
			_, err := s.Create(t.Context(), object("shard.json", "bytes"))
			if err != nil && !errors.Is(err, store.ErrExists) {
				wantUnknown(t, "create", err)
				_, err = s.Create(t.Context(), object("shard.json", "bytes"))
			}
			if err != nil && !errors.Is(err, store.ErrExists) {
				t.Fatal(err)
			}
			wantBody(t, s, "shard.json", "bytes")
		})
	}
}

// lostSwap: a Swap without an answer is unknown to the caller, and what the
// store holds is the old version or the new one. The same Swap again then
// wins or conflicts accordingly: nothing was sent twice.
func (c Config) lostSwap(t *testing.T) {
	for name, fault := range map[string]Fault{"request lost": LostRequest, "answer lost": LostAnswer} {
		t.Run(name, func(t *testing.T) {
			s, next := c.OpenFaulty(t)
			tag := mustCreate(t, s, object("head.json", "v1"))
			next(fault)
			_, err := s.Swap(t.Context(), object("head.json", "v2"), tag)
			wantUnknown(t, "swap", err)
			if fault == LostRequest {
				wantBody(t, s, "head.json", "v1")
				if _, err := s.Swap(t.Context(), object("head.json", "v2"), tag); err != nil {
					t.Errorf("the same swap again: %v", err)
				}
			} else {
				wantBody(t, s, "head.json", "v2")
				_, err := s.Swap(t.Context(), object("head.json", "v2"), tag)
				wantError(t, "the same swap again", err, store.ErrConflict)
			}
			wantBody(t, s, "head.json", "v2")
		})
	}
}
