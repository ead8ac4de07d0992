package storetest

import (
	"strings"
	"testing"

	"github.com/heraldresults/herald/publish/store"
)

func (c Config) refusals(t *testing.T) {
	s := c.Open(t)
	for _, key := range []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a/..",
		"a b", "a\\b", "a%2fb", "a?b", "ä", "a\x00b", "a+b", "a~b",
		strings.Repeat("a", 201), strings.Repeat("a/", 256) + "a",
	} {
		_, err := s.Create(t.Context(), object(key, "x"))
		wantError(t, "create "+key, err, store.ErrRefused)
		_, err = s.Swap(t.Context(), object(key, "x"), "tag")
		wantError(t, "swap "+key, err, store.ErrRefused)
		_, _, err = s.Get(t.Context(), key)
		wantError(t, "get "+key, err, store.ErrRefused)
		_, err = s.Stat(t.Context(), key)
		wantError(t, "stat "+key, err, store.ErrRefused)
	}
	for what, spoil := range map[string]func(*store.Object){
		"no content type":        func(o *store.Object) { o.ContentType = "" },
		"a line in a header":     func(o *store.Object) { o.ContentType = "text/html\r\nX-Evil: 1" },
		"an unknown encoding":    func(o *store.Object) { o.ContentEncoding = "br" },
		"an upper-case name":     func(o *store.Object) { o.Meta = map[string]string{"Seq": "1"} },
		"an empty name":          func(o *store.Object) { o.Meta = map[string]string{"": "1"} },
		"a value beyond ASCII":   func(o *store.Object) { o.Meta = map[string]string{"place": "São Paulo"} },
		"a value with a line":    func(o *store.Object) { o.Meta = map[string]string{"a": "b\nc"} },
		"a value HTTP would cut": func(o *store.Object) { o.Meta = map[string]string{"a": " b"} },
		"too much metadata":      func(o *store.Object) { o.Meta = map[string]string{"a": strings.Repeat("b", 2048)} },
	} {
		o := object("k", "x")
		spoil(&o)
		_, err := s.Create(t.Context(), o)
		wantError(t, "create with "+what, err, store.ErrRefused)
	}
	_, err := s.Stat(t.Context(), "k")
	wantError(t, "stat after the refusals", err, store.ErrNotFound)
}
