package formats

import (
	"slices"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

func TestEveryFormatIsFoundByItsName(t *testing.T) {
	var names []string
	for _, f := range All() {
		names = append(names, f.Name)
		got, ok := ByName(f.Name)
		if !ok || got.Name != f.Name {
			t.Errorf("ByName(%q) = %q, %v", f.Name, got.Name, ok)
		}
		if !snapshot.IsSlug(f.Name) || f.Doc == "" || f.Stamps == "" {
			t.Errorf("format %q, described as %q, ordered by %q", f.Name, f.Doc, f.Stamps)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("names = %v, want them sorted and once each", names)
	}
	if f, ok := ByName("no-such-format"); ok {
		t.Errorf("ByName found %q", f.Name)
	}
}

func TestEveryFormatRefusesAnErrorPage(t *testing.T) {
	for _, f := range All() {
		var opts feed.Options
		if f.Name == "delimited" {
			opts.Mapping = []byte("[[file]]\nname = \"*\"\n[[file.row]]\nunit = { key = \"{place}\" }")
		}
		dec, err := f.New(opts)
		if err != nil {
			t.Fatal(err)
		}
		updates, err := dec.Decode(feed.Payload{Name: "x", Body: []byte("<!doctype html><html>")})
		if r, ok := err.(*feed.Refusal); !ok || r.Code != "E_NOT_FEED" || updates != nil {
			t.Errorf("%s: %v, %v; want E_NOT_FEED", f.Name, updates, err)
		}
	}
}
