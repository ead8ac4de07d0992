package memstore_test

import (
	"slices"
	"testing"

	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/publish/store/memstore"
	"github.com/heraldresults/herald/publish/store/storetest"
)

func TestMemoryIsAStore(t *testing.T) {
	storetest.Run(t, storetest.Config{Open: func(*testing.T) store.Store { return memstore.New() }})
}

func TestOnlyConfirmedWritesAreCounted(t *testing.T) {
	s := memstore.New()
	o := store.Object{Key: "b", ContentType: "text/plain", Body: []byte("1")}
	tag, err := s.Create(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(t.Context(), o); err == nil {
		t.Fatal("created twice")
	}
	if _, err := s.Swap(t.Context(), o, "not "+tag); err == nil {
		t.Fatal("swapped with a wrong tag")
	}
	if _, err := s.Swap(t.Context(), o, tag); err != nil {
		t.Fatal(err)
	}
	o.Key = "a"
	if _, err := s.Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if got, want := s.Writes(), []string{"b", "b", "a"}; !slices.Equal(got, want) {
		t.Errorf("writes = %v, want %v", got, want)
	}
	if got, want := s.Keys(), []string{"a", "b"}; !slices.Equal(got, want) {
		t.Errorf("keys = %v, want %v", got, want)
	}
	s.ResetWrites()
	if got := s.Writes(); len(got) != 0 {
		t.Errorf("writes after reset = %v", got)
	}
	if got := s.Keys(); len(got) != 2 {
		t.Errorf("keys after reset = %v", got)
	}
}
