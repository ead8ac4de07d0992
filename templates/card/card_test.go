package card_test

import (
	"bytes"
	"image/png"
	"strings"
	"sync"
	"testing"

	"github.com/heraldresults/herald/templates/card"
)

func painter(t testing.TB, name string) *card.Painter {
	t.Helper()
	p, err := card.New(card.Config{Name: name, Mode: "TEST"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func paint(t testing.TB, p *card.Painter, title, subtitle, mode string) []byte {
	t.Helper()
	b, err := p.Card(title, subtitle, mode)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// grounds are the colours of the upper left corner and of the middle of the
// left edge.
func grounds(t *testing.T, b []byte) (corner, edge uint32) {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if s := img.Bounds().Size(); s.X != card.Width || s.Y != card.Height {
		t.Fatalf("card is %v", s)
	}
	corner, _, _, _ = img.At(1, 1).RGBA()
	edge, _, _, _ = img.At(1, card.Height/2).RGBA()
	return corner, edge
}

var long = strings.Repeat("Conselho da Comunidade Intermunicipal da Região de Trás-os-Montes e Alto Douro ", 6)

func TestEveryCardIsLightAndOfOneSize(t *testing.T) {
	p := painter(t, "Council election 2026")
	for name, words := range map[string][3]string{
		"a race": {"Mayor", "Santa Brígida", ""}, "a place": {"Santa Brígida", "", ""}, "a test": {"Mayor", "Santa Brígida", "TEST – NOT RESULTS"},
		"long names": {long, long, long}, "no words": {"", "", ""}, "one long word": {strings.Repeat("Wahl", 60), "", ""},
	} {
		b := paint(t, p, words[0], words[1], words[2])
		if len(b) > 60<<10 {
			t.Errorf("the card of %s has %d bytes", name, len(b))
		}
		t.Logf("%-14s %6d bytes", name, len(b))
		corner, edge := grounds(t, b)
		if banded := corner != edge; banded != (words[2] != "") {
			t.Errorf("the card of %s carries a warning: %v", name, banded)
		}
	}
}

func TestTheSameWordsMakeTheSameBytes(t *testing.T) {
	p, again := painter(t, "Council election 2026"), painter(t, "Council election 2026")
	want := paint(t, p, "Mayor", "Santa Brígida", "")
	paint(t, p, long, long, "TEST")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got, err := p.Card("Mayor", "Santa Brígida", ""); err != nil || !bytes.Equal(got, want) {
				t.Errorf("another card for the same words, %v", err)
			}
		})
	}
	wg.Wait()
	if !bytes.Equal(paint(t, again, "Mayor", "Santa Brígida", ""), want) {
		t.Error("another painter makes another card")
	}
	if !bytes.Equal(paint(t, p, "Mayor", "Santa Bri\u0301gida", ""), want) {
		t.Error("an accent written apart makes another card")
	}
}

func TestWordsThatCannotBeDrawnLeaveTheElectionsName(t *testing.T) {
	p := painter(t, "Council election 2026")
	want := paint(t, p, "Council election 2026", "", "")
	for name, title := range map[string]string{"Arabic": "انتخابات البلدية", "Chinese": "市長選舉", "Hindi": "महापौर", "mixed": "Mayor 市長"} {
		got := paint(t, p, title, "Santa Brígida", "")
		blank := paint(t, painter(t, "市長"), title, "Santa Brígida", "")
		if bytes.Equal(got, blank) {
			t.Errorf("%s: the election's name is missing", name)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: the card is another than that of the election", name)
		}
	}
	if got := paint(t, p, "Mayor", "市", ""); !bytes.Equal(got, paint(t, p, "Mayor", "", "")) {
		t.Error("a place that cannot be drawn leaves something behind")
	}
}

func TestAWarningIsNeverLeftOut(t *testing.T) {
	p := painter(t, "Council election 2026")
	if !bytes.Equal(paint(t, p, "Mayor", "", "اختبار"), paint(t, p, "Mayor", "", "TEST")) {
		t.Error("a warning that cannot be drawn is not replaced by the name of the mode")
	}
	bare, err := card.New(card.Config{Name: "Council election 2026"})
	if err == nil {
		_, err = bare.Card("Mayor", "", "اختبار")
	}
	if err == nil {
		t.Error("a card without its warning was painted")
	}
}

func TestADamagedFontIsRefused(t *testing.T) {
	if _, err := card.New(card.Config{Name: "E", Mode: "TEST", Font: []byte("no font")}); err == nil || !strings.Contains(err.Error(), "read the font for cards") {
		t.Errorf("a damaged font: %v", err)
	}
}

func BenchmarkCard(b *testing.B) {
	p := painter(b, "Council election 2026")
	b.ReportAllocs()
	for b.Loop() {
		paint(b, p, "Conselho Municipal", "Santa Brígida do Norte", "TEST – NOT RESULTS")
	}
}

func TestNoLetterStandsInTheMargin(t *testing.T) {
	p := painter(t, "General election of the United Provinces and Territories, 4 October 2026, with the referendums of that day")
	for _, title := range []string{
		"Éclair-sur-Mer-et-la-Très-Longue-Vallée-des-Châtaigniers-Blancs",
		"Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
		strings.Repeat("Wolfeschlegelsteinhausenbergerdorff", 8),
		"WWWWWWWWWWWWW", "a",
	} {
		img, err := png.Decode(bytes.NewReader(paint(t, p, title, title, "")))
		if err != nil {
			t.Fatal(err)
		}
		paper := img.At(0, 0)
		for y := range card.Height {
			for _, x := range []int{70, 60, card.Width - 70, card.Width - 60, card.Width - 1} {
				if img.At(x, y) != paper {
					t.Fatalf("%q: ink at %d, %d", title, x, y)
				}
			}
		}
	}
}
