package card

import (
	"fmt"
	"image"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

const (
	margin = 80
	// foot is where the double rule lies that stands above the election.
	foot = Height - 130
)

// paint lays the words out from the top: the warning, what is decided, where;
// and at the foot, below a double rule, the election.
func (p *Painter) paint(c *canvas, title, subtitle, mode string) error {
	top := 0
	if mode != "" {
		top = 110
		if err := p.warning(c, mode, top); err != nil {
			return err
		}
	}
	name, named := p.drawn(p.text, p.name)
	title, titled := p.drawn(p.bold, title)
	subtitle, placed := p.drawn(p.text, subtitle)
	if !titled { // then where says nothing either
		title, titled, placed = name, named, false
	}
	if named && name == title { // and where it is stands at the foot
		name, named, placed = subtitle, placed, false
	}
	placed = placed && subtitle != name
	y := top + 70 - top/4
	if titled {
		if err := c.title(p.bold, title, &y); err != nil {
			return err
		}
	}
	if placed {
		if err := c.lines(p.text, 48, 2, onPaper, subtitle, &y); err != nil {
			return err
		}
	}
	c.fill(image.Rect(margin, foot, Width-margin, foot+5), onPaper+levels-1)
	c.fill(image.Rect(margin, foot+10, Width-margin, foot+12), onPaper+levels-1)
	if !named {
		return nil
	}
	face, err := c.face(p.text, 38)
	if err != nil {
		return err
	}
	c.line(face, face.cut(name, Width-2*margin), margin, foot+70, onPaper)
	return nil
}

// warning paints a band with what the publication is, at the top.
func (p *Painter) warning(c *canvas, mode string, height int) error {
	f, words := p.bold, mode
	if drawn, ok := p.drawn(f, mode); ok {
		words = drawn
	} else {
		f, words = p.builtIn, p.mode
	}
	if words == "" {
		return fmt.Errorf("no font draws the warning %q, and there is no other form of it", mode)
	}
	c.fill(image.Rect(0, 0, Width, height), onBand)
	return c.centred(f, words, 72)
}

// title paints in the largest size in which the words have room.
func (c *canvas) title(f *opentype.Font, words string, y *int) error {
	for _, size := range [...]struct{ px, lines int }{{132, 1}, {100, 2}, {80, 3}, {60, 4}} {
		face, err := c.face(f, size.px)
		if err != nil {
			return err
		}
		if size.px == 60 || len(face.wrap(words, Width-2*margin)) <= size.lines {
			return c.lines(f, size.px, size.lines, onPaper, words, y)
		}
	}
	return nil
}

// lines paints words in at most so many lines and moves y below them.
func (c *canvas) lines(f *opentype.Font, px, most int, ramp uint8, words string, y *int) error {
	face, err := c.face(f, px)
	if err != nil {
		return err
	}
	lines := face.wrap(words, Width-2*margin)
	most = min(most, (foot-20-*y)*9/(px*11))
	if most < 1 {
		return nil // no room is left for what matters least
	}
	if len(lines) > most {
		lines = append(lines[:most-1], face.cut(strings.Join(lines[most-1:], " "), Width-2*margin))
	}
	for _, line := range lines {
		*y += px
		c.line(face, line, margin, *y, ramp)
		*y += px * 2 / 9
	}
	*y += px / 3
	return nil
}

// centred paints the warning into its band, in a size in which it has room.
func (c *canvas) centred(f *opentype.Font, words string, px int) error {
	for {
		face, err := c.face(f, px)
		if err != nil {
			return err
		}
		width := font.MeasureString(face.Face, words).Ceil()
		if width <= Width-40 || px <= 20 {
			c.line(face, words, max((Width-width)/2, 0), 55+px*35/100, onBand)
			return nil
		}
		px -= 4
	}
}

type faceKey struct {
	font *opentype.Font
	px   int
}

type face struct{ font.Face }

func (c *canvas) face(f *opentype.Font, px int) (*face, error) {
	key := faceKey{f, px}
	if known := c.faces[key]; known != nil {
		return known, nil
	}
	made, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(px), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("make letters of %d pixels: %w", px, err)
	}
	c.faces[key] = &face{made}
	return c.faces[key], nil
}

// line paints letters beside each other.
func (c *canvas) line(f *face, s string, x, y int, ramp uint8) {
	dot := fixed.P(x, y)
	before := rune(-1)
	for _, r := range s {
		if before >= 0 {
			dot.X += f.Kern(before, r)
		}
		if at, mask, from, advance, ok := f.Glyph(dot, r); ok {
			if alpha, isAlpha := mask.(*image.Alpha); isAlpha {
				c.ink(at, alpha, from, ramp)
			}
			dot.X += advance
		}
		before = r
	}
}

// ink darkens the pixels that a letter covers.
func (c *canvas) ink(at image.Rectangle, mask *image.Alpha, from image.Point, ramp uint8) {
	inside := at.Intersect(c.img.Rect)
	for y := inside.Min.Y; y < inside.Max.Y; y++ {
		row := mask.Pix[mask.PixOffset(from.X+inside.Min.X-at.Min.X, from.Y+y-at.Min.Y):]
		to := c.img.Pix[y*c.img.Stride+inside.Min.X : y*c.img.Stride+inside.Max.X]
		for i := range to {
			if level := ramp + uint8((int(row[i])*(levels-1)+127)/255); row[i] > 0 && level > to[i] {
				to[i] = level
			}
		}
	}
}

// wrap divides words into lines that are no wider than width where a space, a
// hyphen or a letter of a script without spaces allows it, and within a word
// that is wider than a line.
func (f *face) wrap(s string, width int) []string {
	var out []string
	line := ""
	for _, piece := range pieces(s) {
		if line != "" && f.width(line+strings.TrimRight(piece, " ")) > width {
			out = append(out, strings.TrimRight(line, " "))
			line = ""
		}
		line += piece
		for f.width(strings.TrimRight(line, " ")) > width {
			n := f.fitting(line, width)
			out, line = append(out, line[:n]), line[n:]
		}
	}
	return append(out, strings.TrimRight(line, " "))
}

// fitting is the length in bytes of as much of s as has room, at least a letter.
func (f *face) fitting(s string, width int) int {
	n := 0
	for i := range s {
		if i > 0 && f.width(s[:i]) > width {
			break
		}
		n = i
	}
	if n == 0 {
		_, n = utf8.DecodeRuneInString(s)
	}
	return n
}

func (f *face) width(s string) int { return font.MeasureString(f.Face, s).Ceil() }

// cut is as much of s as has room, with an ellipsis when that is not all.
func (f *face) cut(s string, width int) string {
	if f.width(s) <= width {
		return s
	}
	for len(s) > 0 && f.width(s+"…") > width {
		r := []rune(s)
		s = strings.TrimRight(string(r[:len(r)-1]), " ")
	}
	return s + "…"
}

// pieces are the parts of a text between which a line may end, each with the
// spaces after it.
func pieces(s string) []string {
	var out []string
	from := 0
	var before rune
	for i, r := range s {
		if i > 0 && (before == ' ' && r != ' ' || before == '-' && r != ' ' || spaceless(r) && !unicode.IsPunct(r) || spaceless(before)) {
			out = append(out, s[from:i])
			from = i
		}
		before = r
	}
	return append(out, s[from:])
}

func spaceless(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) }

// drawn is a text as it can be painted, letter beside letter from the left,
// and whether it can: with a letter for everything in it, in a script whose
// letters neither join nor stack nor run from the right.
func (p *Painter) drawn(f *opentype.Font, s string) (string, bool) {
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	if s == "" {
		return "", false
	}
	var buf sfnt.Buffer
	for _, r := range s {
		if !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian, unicode.Han,
			unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Common) {
			return "", false
		}
		if i, err := f.GlyphIndex(&buf, r); err != nil || i == 0 {
			return "", false
		}
	}
	return s, true
}
