package manifest

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/shard"
)

func signedHead(t *testing.T) (Head, note.Verifier) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, "results.example/e/live")
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	prev, delta := shard.HashOf([]byte("a")), shard.HashOf([]byte("d"))
	h := Head{V: 1, Election: "e", Mode: "live", Seq: 4, Term: 2, Nonce: "n", Number: 3, Release: shard.HashOf([]byte("b")), Previous: &prev, Delta: &delta,
		Published: "2026-11-03T20:00:00Z", SourceAsOf: "2026-11-03T19:59:00-03:00", NextUpdateBy: "2026-11-03T20:05:00Z", PollAfterS: 20,
		Notices: []string{"Polls in Ärdal\tstay open\nuntil 21:00"}}
	if err := h.Sign(s, v); err != nil {
		t.Fatal(err)
	}
	return h, v
}

func TestSignatureCoversEveryFieldOfTheHead(t *testing.T) {
	h, v := signedHead(t)
	if err := h.Verify(v); err != nil {
		t.Fatal(err)
	}
	other := shard.HashOf([]byte("x"))
	for name, change := range map[string]func(*Head){
		"election": func(h *Head) { h.Election = "f" }, "mode": func(h *Head) { h.Mode = "test" },
		"seq": func(h *Head) { h.Seq++ }, "term": func(h *Head) { h.Term++ }, "nonce": func(h *Head) { h.Nonce = "m" },
		"number": func(h *Head) { h.Number++ }, "release": func(h *Head) { h.Release = other },
		"previous": func(h *Head) { h.Previous = nil }, "delta": func(h *Head) { h.Delta = &other },
		"published": func(h *Head) { h.Published = "" }, "source_as_of": func(h *Head) { h.SourceAsOf = "" },
		"next_update_by": func(h *Head) { h.NextUpdateBy = "2099-01-01T00:00:00Z" }, "poll_after_s": func(h *Head) { h.PollAfterS = 1 },
		"notices": func(h *Head) { h.Notices = nil }, "note": func(h *Head) { h.Note = "" },
	} {
		forged := h
		change(&forged)
		if err := forged.Verify(v); err == nil {
			t.Errorf("a head with another %s still verifies", name)
		}
	}
}

func TestHeadOfAnotherKeyIsUnsigned(t *testing.T) {
	h, _ := signedHead(t)
	_, v := signedHead(t)
	if err := h.Verify(v); !errors.Is(err, ErrUnsigned) {
		t.Errorf("Verify = %v, want ErrUnsigned", err)
	}
}

func TestHeadReadsBackAsItWasWritten(t *testing.T) {
	h, v := signedHead(t)
	raw := Append(nil, h)
	back, err := Read[Head](raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := back.Verify(v); err != nil {
		t.Error(err)
	}
	if got := string(Append(nil, back)); got != string(raw) || !strings.HasSuffix(got, "}\n") {
		t.Errorf("written again:\n%s\nwant\n%s", got, raw)
	}
	if len(raw) > MaxHead {
		t.Errorf("head has %d bytes", len(raw))
	}
}

func TestOtherVersionsAndTrailingTextAreRefused(t *testing.T) {
	for _, raw := range []string{`{}`, `{"v":2}`, `{"v":1} {}`, `{"v":1`, ``, `[]`} {
		if _, err := Read[Release]([]byte(raw)); err == nil {
			t.Errorf("Read(%q) was accepted", raw)
		}
	}
}

// countedRaces are two races: the first has an absent count, the second
// nothing at all.
func countedRaces() []*snapshot.Race {
	contest := &snapshot.Contest{ID: "c", Choices: make([]snapshot.Choice, 3)}
	unit := &snapshot.Unit{ID: "u"}
	return []*snapshot.Race{
		{ID: "u--c", Contest: contest, Unit: unit, Result: snapshot.Result{
			Votes:  []snapshot.Count{snapshot.Of(0), {}, snapshot.Of(snapshot.MaxCount)},
			Totals: snapshot.Totals{Valid: snapshot.Of(7), UnitsTotal: snapshot.Of(2)}}},
		{ID: "u--d", Contest: contest, Unit: unit, Result: snapshot.Result{Votes: make([]snapshot.Count, 3)}},
	}
}

func TestCountsReadBackWithAbsentKeptApartFromZero(t *testing.T) {
	plain, mixed := countedRaces(), countedRaces()
	mixed[1].Result.Kind = snapshot.IntermediateCount
	mixed[1].Result.Channels = []snapshot.Channel{
		{Name: "by \"post\"", Votes: []snapshot.Count{snapshot.Of(0), {}, snapshot.Of(4)}, Totals: snapshot.Totals{Blank: snapshot.Of(1)}},
		{Name: "on site", Votes: make([]snapshot.Count, 3)},
	}
	for name, races := range map[string][]*snapshot.Race{"ordinary counts": plain, "kinds and channels": mixed} {
		defs := shard.HashOf([]byte("defs"))
		raw := AppendCounts(nil, "e", "all-1", defs, races)
		back, err := Read[Counts](raw)
		if err != nil {
			t.Fatal(err)
		}
		if back.Definitions != defs {
			t.Fatalf("%s: read back %+v", name, back)
		}
		results, err := back.Results([]int{3, 3})
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range races {
			if !results[i].Equal(r.Result) {
				t.Errorf("%s: race %d reads back as %v, want %v", name, i, results[i], r.Result)
			}
		}
	}
}

func TestCountsOfOrdinaryRacesSayNothingOfKindsAndChannels(t *testing.T) {
	got := string(AppendCounts(nil, "e", "all-1", shard.Hash{}, countedRaces()))
	want := `{"v":1,"election":"e","group":"all-1","definitions":"` + strings.Repeat("0", 64) + `","races":[
[0,null,9999999999,7,null,null,null,null,null,2],
[null,null,null,null,null,null,null,null,null,null]]}
`
	if got != want {
		t.Errorf("counts are\n%swant\n%s", got, want)
	}
}

func TestCountsThatDoNotBelongToTheirDefinitionsAreRefused(t *testing.T) {
	good := func() *Counts {
		return &Counts{Races: [][]snapshot.Count{make([]snapshot.Count, 10)}, Kinds: []snapshot.CountKind{"final"},
			Channels: []RaceChannel{{Race: 0, Channel: Channel{Name: "post", Counts: make([]snapshot.Count, 10)}}}}
	}
	if _, err := good().Results([]int{3}); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Counts){
		"a vector too short":         func(c *Counts) { c.Races[0] = c.Races[0][:9] },
		"a vector too many":          func(c *Counts) { c.Races = append(c.Races, c.Races[0]) },
		"a kind too many":            func(c *Counts) { c.Kinds = append(c.Kinds, "final") },
		"a channel of another race":  func(c *Counts) { c.Channels[0].Race = 1 },
		"a channel before the first": func(c *Counts) { c.Channels[0].Race = -1 },
		"a channel too short":        func(c *Counts) { c.Channels[0].Counts = nil },
	} {
		c := good()
		change(c)
		if got, err := c.Results([]int{3}); err == nil {
			t.Errorf("%s was taken: %+v", name, got)
		}
	}
}

func FuzzHeadReader(f *testing.F) {
	f.Add([]byte(`{"v":1,"election":"e","note":"x\n\n— a b\n"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, err := Read[Head](raw)
		if err != nil {
			return
		}
		_, vkey, _ := note.GenerateKey(rand.Reader, "k")
		v, _ := note.NewVerifier(vkey)
		if h.Verify(v) == nil {
			t.Error("a note by no known key verified")
		}
	})
}
