// Package storetest is the suite that makes a store a store.
//
// It promises that a store which passes keeps objects whole with their
// headers, lets one writer win, and is honest about writes whose answer was
// lost. It refuses weakened assertions: what a store is known not to do is
// named in its Config, and nothing else is let off.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/publish/store"
)

// Fault is what happens to one write on its way.
type Fault int

// The faults of a connection.
const (
	LostRequest Fault = iota // the store never hears of the write
	LostAnswer               // the write is done, and the caller does not hear of it
)

// Config says how to open the store under test.
type Config struct {
	// Open returns an empty store. It is called once for each test.
	Open func(t *testing.T) store.Store
	// OpenFaulty returns an empty store and a function that lets the fault
	// happen to the next request that writes, and to no other. Nil for a store
	// without a connection that can fail.
	OpenFaulty func(t *testing.T) (store.Store, func(Fault))

	EqualBytesEqualTag bool // the tag is a hash of the bytes
	DropsCacheControl  bool // Cache-Control is not kept
	MergesHeaders      bool // a version inherits headers that it does not have itself
	SkipsChecksum      bool // a body that is not that of its SHA-256 is taken
}

// Run runs the suite.
func Run(t *testing.T, c Config) {
	t.Run("TheStoryOfAnObject", c.story)
	t.Run("HeadersComeBackAsTheyWereWritten", c.headers)
	t.Run("AnyBytesComeBackUnchanged", c.bodies)
	t.Run("TheStoreKeepsItsOwnBytes", c.ownBytes)
	t.Run("EqualBytesWrittenAgainHaveANewTag", c.newTag)
	t.Run("AWrongChecksumIsRefused", c.checksum)
	t.Run("BadObjectsAreRefused", c.refusals)
	t.Run("AnEndedContextStopsEverything", c.ended)
	t.Run("OneOfManyCreatorsWins", c.createRace)
	t.Run("OneOfManySwappersWins", c.swapRace)
	t.Run("NoSwapIsLostInACounter", c.counter)
	t.Run("ReadersSeeWholeVersions", c.wholeVersions)
	if c.OpenFaulty != nil {
		t.Run("ALostCreateIsThereInTheEnd", c.lostCreate)
		t.Run("ASwapWithoutAnswerIsUnknownAndSentOnce", c.lostSwap)
	}
}

// object is a small object with every header.
func object(key, body string) store.Object {
	return store.Object{
		Key:             key,
		Class:           cdn.Shard,
		ContentType:     "application/json",
		ContentEncoding: "gzip",
		Meta:            map[string]string{"seq": "17", "published": "2026-10-04T20:15:03Z"},
		Body:            []byte(body),
	}
}

func mustCreate(t *testing.T, s store.Store, o store.Object) store.Tag {
	t.Helper()
	tag, err := s.Create(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if tag == "" {
		t.Fatalf("create %s: empty tag", o.Key)
	}
	return tag
}

func wantBody(t *testing.T, s store.Store, key, want string) store.Tag {
	t.Helper()
	o, tag, err := s.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if string(o.Body) != want {
		t.Fatalf("body of %s = %.80q (%d bytes), want %.80q (%d bytes)", key, o.Body, len(o.Body), want, len(want))
	}
	return tag
}

func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}

// wantUnknown checks that err is one after which a caller has to look.
func wantUnknown(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error, want an unknown outcome", what)
	}
	for _, decided := range []error{store.ErrExists, store.ErrConflict, store.ErrNotFound, store.ErrRefused} {
		if errors.Is(err, decided) {
			t.Errorf("%s: error %v, want an unknown outcome", what, err)
		}
	}
}

// step is one operation of the story. Tags are kept under a name by remember,
// and used again by old and tagOf.
type step struct {
	says, do  string
	key, body string
	old       string
	want      error
	remember  string
	tagOf     string
}

// steps are what happens to two objects.
func steps() []step {
	return []step{
		{says: "nothing is there at first", do: "get", key: "e/head.json", want: store.ErrNotFound},
		{says: "stat agrees", do: "stat", key: "e/head.json", want: store.ErrNotFound},
		{says: "what is missing cannot be swapped", do: "swap", key: "e/head.json", body: "v0", old: "never", want: store.ErrConflict},
		{says: "not even without a tag", do: "swap", key: "e/head.json", body: "v0", old: "none", want: store.ErrConflict},
		{says: "and the attempts left nothing", do: "get", key: "e/head.json", want: store.ErrNotFound},
		{says: "the first version is created", do: "create", key: "e/head.json", body: "v1", remember: "v1"},
		{says: "and read", do: "get", key: "e/head.json", body: "v1", tagOf: "v1"},
		{says: "and seen by stat", do: "stat", key: "e/head.json", body: "v1", tagOf: "v1"},
		{says: "it is not created twice", do: "create", key: "e/head.json", body: "v1", want: store.ErrExists},
		{says: "not with other bytes either", do: "create", key: "e/head.json", body: "other", want: store.ErrExists},
		{says: "and stays what it was", do: "get", key: "e/head.json", body: "v1", tagOf: "v1"},
		{says: "a second version replaces it", do: "swap", key: "e/head.json", body: "v2, longer", old: "v1", remember: "v2"},
		{says: "which is read at once", do: "get", key: "e/head.json", body: "v2, longer", tagOf: "v2"},
		{says: "the first tag is worth nothing now", do: "swap", key: "e/head.json", body: "v3", old: "v1", want: store.ErrConflict},
		{says: "nor is a missing one", do: "swap", key: "e/head.json", body: "v3", old: "none", want: store.ErrConflict},
		{says: "nor is one that never was", do: "swap", key: "e/head.json", body: "v3", old: "never", want: store.ErrConflict},
		{says: "the second version stays", do: "stat", key: "e/head.json", body: "v2, longer", tagOf: "v2"},
		{says: "a third may be shorter", do: "swap", key: "e/head.json", body: "v3", old: "v2", remember: "v3"},
		{says: "and is whole", do: "get", key: "e/head.json", body: "v3", tagOf: "v3"},
		{says: "a neighbour is another object", do: "create", key: "e/races/a--b/0f.json", body: "shard", remember: "shard"},
		{says: "with its own tag", do: "get", key: "e/races/a--b/0f.json", body: "shard", tagOf: "shard"},
		{says: "a folder of objects is no object", do: "get", key: "e/races", want: store.ErrNotFound},
		{says: "nor is what would lie below one", do: "get", key: "e/head.json/x", want: store.ErrNotFound},
	}
}

func (c Config) story(t *testing.T) {
	s := c.Open(t)
	tags := map[string]store.Tag{"never": `"00000000000000000000000000000000"`, "none": ""}
	for _, step := range steps() {
		t.Run(step.says, func(t *testing.T) { step.run(t, s, tags) })
	}
}

func (p step) run(t *testing.T, s store.Store, tags map[string]store.Tag) {
	var tag store.Tag
	var err error
	body, size := p.body, int64(len(p.body))
	switch p.do {
	case "create":
		tag, err = s.Create(t.Context(), object(p.key, p.body))
	case "swap":
		tag, err = s.Swap(t.Context(), object(p.key, p.body), tags[p.old])
	case "get":
		var o store.Object
		o, tag, err = s.Get(t.Context(), p.key)
		body = string(o.Body)
	case "stat":
		var info store.Info
		info, err = s.Stat(t.Context(), p.key)
		tag, size = info.Tag, info.Size
	}
	if !errors.Is(err, p.want) {
		t.Fatalf("error %v, want %v", err, p.want)
	}
	if err != nil {
		return
	}
	if body != p.body || size != int64(len(p.body)) {
		t.Errorf("%q of %d bytes, want %q", body, size, p.body)
	}
	if p.tagOf != "" && tag != tags[p.tagOf] {
		t.Errorf("tag %q, want that of %s, %q", tag, p.tagOf, tags[p.tagOf])
	}
	if p.remember != "" {
		tags[p.remember] = tag
	}
}

func (c Config) headers(t *testing.T) {
	s := c.Open(t)
	want := object("e/index.html", "<p>")
	want.Class, want.ContentType = cdn.Alias, "text/html; charset=utf-8"
	tag := mustCreate(t, s, want)
	c.wantHeaders(t, s, want)

	changed := want
	changed.Class, changed.ContentType, changed.ContentEncoding = cdn.Head, "text/plain", ""
	changed.Meta, changed.Body = map[string]string{"note": `a "b" =c/d`}, []byte("plain")
	if c.MergesHeaders {
		changed.ContentEncoding = want.ContentEncoding
		changed.Meta["seq"], changed.Meta["published"] = want.Meta["seq"], want.Meta["published"]
	}
	if _, err := s.Swap(t.Context(), changed, tag); err != nil {
		t.Fatal(err)
	}
	c.wantHeaders(t, s, changed)
}

func (c Config) wantHeaders(t *testing.T, s store.Store, want store.Object) {
	t.Helper()
	got, _, err := s.Get(t.Context(), want.Key)
	if err != nil {
		t.Fatal(err)
	}
	if got.Key != want.Key || got.ContentType != want.ContentType || got.ContentEncoding != want.ContentEncoding ||
		fmt.Sprint(got.Meta) != fmt.Sprint(want.Meta) || !bytes.Equal(got.Body, want.Body) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	info, err := s.Stat(t.Context(), want.Key)
	if err != nil {
		t.Fatal(err)
	}
	wantControl := want.Class.CacheControl()
	if c.DropsCacheControl {
		wantControl = ""
	}
	if info.CacheControl != wantControl {
		t.Errorf("Cache-Control = %q, want %q", info.CacheControl, wantControl)
	}
}

func (c Config) bodies(t *testing.T) {
	s := c.Open(t)
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for name, body := range map[string]string{
		"empty": "", "one": "x", "every-byte": string(every), "large": string(bytes.Repeat(every, 8192)),
		"error-document": `<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>`,
	} {
		o := object("b/"+name, body)
		if name == "large" {
			o.SHA256 = o.Sum() // given, not computed by the store
		}
		tag := mustCreate(t, s, o)
		if got := wantBody(t, s, o.Key, body); got != tag {
			t.Errorf("%s: get has tag %q, create had %q", name, got, tag)
		}
	}
}

func (c Config) ownBytes(t *testing.T) {
	s := c.Open(t)
	o := object("k", "before")
	mustCreate(t, s, o)
	o.Body[0], o.Meta["seq"] = 'X', "18"
	got, _, err := s.Get(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Body) != "before" || got.Meta["seq"] != "17" {
		t.Errorf("the caller's later change is seen: %q, %v", got.Body, got.Meta)
	}
	got.Body[0], got.Meta["seq"] = 'Y', "19"
	wantBody(t, s, "k", "before")
}

func (c Config) newTag(t *testing.T) {
	s := c.Open(t)
	first := mustCreate(t, s, object("k", "same"))
	second, err := s.Swap(t.Context(), object("k", "same"), first)
	if err != nil {
		t.Fatal(err)
	}
	if equal := first == second; equal != c.EqualBytesEqualTag {
		t.Errorf("tags %q and %q of equal bytes: equal is %v, want %v", first, second, equal, c.EqualBytesEqualTag)
	}
	third, err := s.Swap(t.Context(), object("k", "different"), second)
	if err != nil {
		t.Fatal(err)
	}
	if third == second {
		t.Errorf("different bytes have the tag %q of the version before", third)
	}
}

func (c Config) checksum(t *testing.T) {
	s := c.Open(t)
	tag := mustCreate(t, s, object("there", "good"))
	wrong := object("new", "damaged on the way")
	wrong.SHA256[0] = 1
	_, err := s.Create(t.Context(), wrong)
	if c.SkipsChecksum {
		if err != nil {
			t.Errorf("create: %v; the store is said not to check", err)
		}
		return
	}
	wantError(t, "create", err, store.ErrRefused)
	_, err = s.Stat(t.Context(), "new")
	wantError(t, "stat after it", err, store.ErrNotFound)
	wrong.Key = "there"
	_, err = s.Swap(t.Context(), wrong, tag)
	wantError(t, "swap", err, store.ErrRefused)
	wantBody(t, s, "there", "good")
}

func (c Config) ended(t *testing.T) {
	s := c.Open(t)
	tag := mustCreate(t, s, object("k", "v1"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Create(ctx, object("new", "x"))
	wantError(t, "create", err, context.Canceled)
	_, err = s.Swap(ctx, object("k", "v2"), tag)
	wantError(t, "swap", err, context.Canceled)
	_, _, err = s.Get(ctx, "k")
	wantError(t, "get", err, context.Canceled)
	_, err = s.Stat(ctx, "k")
	wantError(t, "stat", err, context.Canceled)
	wantBody(t, s, "k", "v1")
}
