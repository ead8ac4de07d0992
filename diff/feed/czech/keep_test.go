package czech

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
)

func TestARestoredMemoryCarriesOnAsIfNothingHadHappened(t *testing.T) {
	files := []string{
		file(1, district(500, 1, 500, 1, 30, 20), district(500, 2, 500, 2, 5, 5)), file(3, district(900, 8001, 700, 4, 7, 8)),
		file(2, district(500, 1, 500, 3, 31, 21)), file(4, district(900, 8001, 900, 5, 1, 2, 3), district(500, 3, 500, 6, 2)),
	}
	whole := newDecoder(t, nil)
	for i, f := range files {
		restarted := newDecoder(t, nil)
		state := whole.State()
		if err := restarted.Restore(state); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(restarted.State(), state) {
			t.Fatalf("before file %d: the memory restored is another one", i)
		}
		want, got := decode(t, whole, f), decode(t, restarted, f)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("file %d: a restored decoder says\n%v\nwant\n%v", i, got, want)
		}
	}
}

func TestEqualMemoriesGiveEqualBytes(t *testing.T) {
	a, b := newDecoder(t, nil), newDecoder(t, nil)
	one, two := file(1, district(500, 1, 500, 1, 30, 20), district(500, 2, 500, 2, 5)), file(2, district(500, 1, 500, 3, 31, 21))
	for _, f := range []string{one, two, one} {
		decode(t, a, f)
	}
	for _, f := range []string{two, one} {
		decode(t, b, f)
	}
	if !bytes.Equal(a.State(), b.State()) {
		t.Errorf("memories\n%x\n%x", a.State(), b.State())
	}
}

func TestAMemoryThatWasNotKeptIsRefusedAndLeavesNothing(t *testing.T) {
	d := newDecoder(t, nil)
	decode(t, d, file(1, district(500, 1, 500, 1, 30, 20)))
	good, empty := d.State(), newDecoder(t, nil).State()
	bad := [][]byte{nil, {0}, {2}, append(slices.Clone(good), 0), {form, 9, 1, 1, 0, 0}, {form, 1, 0x81, 0x00}}
	for i := range good {
		bad = append(bad, good[:i])
	}
	for _, state := range bad {
		d := newDecoder(t, nil)
		decode(t, d, file(1, district(500, 1, 500, 1, 30, 20)))
		if err := d.Restore(state); err == nil {
			t.Errorf("%x was restored", state)
		}
		if !bytes.Equal(d.State(), empty) {
			t.Errorf("%x left something behind", state)
		}
	}
}

func FuzzRestore(f *testing.F) {
	d := newDecoder(f, nil)
	f.Add(d.State())
	for _, body := range []string{file(2, district(500, 1, 500, 1, 30, 20), district(900, 8001, 900, 2, 7)), file(4)} {
		if _, err := d.Decode(payload("x", body)); err != nil {
			f.Fatal(err)
		}
		f.Add(d.State())
	}
	f.Add([]byte{form, 1, 0, 0, 1, 0, 0})
	f.Fuzz(func(t *testing.T, state []byte) {
		d := newDecoder(t, nil)
		if err := d.Restore(state); err != nil {
			if !bytes.Equal(d.State(), newDecoder(t, nil).State()) {
				t.Errorf("%x was refused and left something behind", state)
			}
			return
		}
		if !bytes.Equal(d.State(), state) {
			t.Errorf("%x was restored to %x", state, d.State())
		}
		if _, err := d.Decode(payload("x", file(2, district(500, 1, 500, 1, 30)))); err != nil {
			var r *feed.Refusal
			if !errors.As(err, &r) || r.Code != "E_IDENTITY" {
				t.Errorf("after %x: %v", state, err)
			}
		}
	})
}
