package shard

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"compress/gzip"
)

func TestAliasHoldsTheShardsBytesButNeverRepeats(t *testing.T) {
	var e Encoder
	raw := []byte(strings.Repeat(`{"votes":12345}`, 200))
	enc := e.Encode(raw)
	one, two := enc.Alias(Turn{1, 7}), enc.Alias(Turn{1, 8})
	if bytes.Equal(one, two) || bytes.Equal(one, enc.Shard()) {
		t.Error("stored bytes repeat across turns")
	}
	for _, stored := range [][]byte{enc.Shard(), one, two} {
		z, err := gzip.NewReader(bytes.NewReader(stored)) // the standard library's reader, not ours
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(z)
		if err != nil || !bytes.Equal(got, raw) {
			t.Errorf("decoded %d bytes, %v; want the %d written", len(got), err, len(raw))
		}
	}
	if turn, ok := TurnOf(two); !ok || turn != (Turn{1, 8}) {
		t.Errorf("TurnOf = %v, %v", turn, ok)
	}
	if _, ok := TurnOf(enc.Shard()); ok {
		t.Error("a shard has a turn")
	}
}

func TestShardReadBackMakesTheSameAlias(t *testing.T) {
	var e Encoder
	enc := e.Encode([]byte("<p>nothing yet</p>"))
	back, err := Parse(enc.Shard())
	if err != nil {
		t.Fatal(err)
	}
	if back.Hash != enc.Hash || !bytes.Equal(back.Alias(Turn{3, 4}), enc.Alias(Turn{3, 4})) {
		t.Error("an alias made from a shard read back differs")
	}
}

func TestEqualInputGivesEqualBytes(t *testing.T) {
	var e Encoder
	raw := bytes.Repeat([]byte("abc<td>12</td>"), 5000)
	want := e.Encode(raw).Shard()
	e.Encode([]byte("something else between"))
	if !bytes.Equal(e.Encode(raw).Shard(), want) {
		t.Error("a reused compressor gives other bytes")
	}
}

func TestDamagedBytesAreRefused(t *testing.T) {
	var e Encoder
	stored := e.Encode(bytes.Repeat([]byte("counts "), 300)).Shard()
	for i := range stored {
		bad := bytes.Clone(stored)
		bad[i] ^= 0x10
		raw, err := Decode(bad)
		if err == nil && HashOf(raw) != HashOf(bytes.Repeat([]byte("counts "), 300)) {
			t.Errorf("flipped bit in byte %d went unnoticed", i)
		}
	}
	if _, err := Parse(stored[:len(stored)-1]); err == nil {
		t.Error("a truncated shard was taken")
	}
}

func TestElectionNamesThatWouldClashAreRefused(t *testing.T) {
	for _, name := range []string{"", "pt", "assets", "schema", "A", "a/b", "..", "-a", strings.Repeat("x", 65)} {
		if _, err := NewLayout(name); err == nil {
			t.Errorf("NewLayout(%q) was accepted", name)
		}
	}
	if _, err := NewLayout("2026-10-04-general"); err != nil {
		t.Error(err)
	}
}

func TestPagesAndFilesLieWhereTheirPathsSay(t *testing.T) {
	l, err := NewLayout("e2026")
	if err != nil {
		t.Fatal(err)
	}
	h := HashOf(nil)
	for path, want := range map[string]string{
		RacePage("u", "c"): "e2026/races/u--c/H.html", PlacePage("u"): "e2026/units/u/H.html", Part(PlacePage("u"), 2): "e2026/units/u/H.html",
		"index.html": "e2026/pages/index/H.html", Part(TypePage("t"), 3): "e2026/pages/type/t/3/H.html",
		BreakdownPage("u", "c"): "e2026/pages/breakdown/u/c/H.html", "updates/12.html": "e2026/pages/updates/12/H.html",
	} {
		if got := strings.Replace(l.Page(path, h), h.String(), "H", 1); got != want {
			t.Errorf("%s lies at %s, want %s", path, got, want)
		}
	}
	for path, want := range map[string]string{"search.json": "e2026/files/search/H.json", "card/u/c.png": "e2026/files/card/u/c/H.png", "robots.txt": "e2026/files/robots/H.txt"} {
		if got := strings.Replace(l.File(path, h), h.String(), "H", 1); got != want {
			t.Errorf("%s lies at %s, want %s", path, got, want)
		}
	}
	if a, b := l.Alias("", "index.html"), l.Alias(Segment("zh-Hant"), "index.html"); a != "e2026/index.html" || b != "zh-hant/e2026/index.html" {
		t.Errorf("addresses are %s and %s", a, b)
	}
}

func BenchmarkEncodePage(b *testing.B) {
	var e Encoder
	raw := bytes.Repeat([]byte(`<tr><th scope="row">Somebody</th><td>12,345</td></tr>`), 72)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		e.Encode(raw)
	}
}
