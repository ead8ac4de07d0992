// Package card paints the pictures that stand beside a link in other people's
// pages: what is decided and where, and whether it is real.
//
// It promises the same bytes for the same words, at most 60 KB, and never a
// count: such pictures are copied and stay as they were. It refuses to guess
// at letters: words that its font cannot draw as they are written are left
// out, but the warning that results are not real never is.
package card

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"sync"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
)

// Width and Height are the size of a card in pixels.
const Width, Height = 1200, 630

// Config is what all cards of a publication share.
type Config struct {
	Name string // of the election
	// Mode is drawn where the words of the mode cannot be: "TEST". The
	// built-in font draws it.
	Mode string
	Font []byte // TrueType or OpenType in place of the built-in one; may be nil
}

// Painter paints cards. Many may use it at once.
type Painter struct {
	name, mode string
	bold, text *opentype.Font // the same one when it is the authority's
	builtIn    *opentype.Font // for Mode
	canvases   sync.Pool
}

// New makes a painter. A font that cannot be read is an error.
func New(c Config) (*Painter, error) {
	bold, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return nil, fmt.Errorf("read the built-in bold font: %w", err)
	}
	p := &Painter{name: c.Name, mode: c.Mode, bold: bold, builtIn: bold}
	if c.Font != nil {
		if p.bold, err = opentype.Parse(c.Font); err != nil {
			return nil, fmt.Errorf("read the font for cards: %w", err)
		}
		p.text = p.bold
	} else if p.text, err = opentype.Parse(goregular.TTF); err != nil {
		return nil, fmt.Errorf("read the built-in font: %w", err)
	}
	if _, ok := p.drawn(p.builtIn, c.Mode); !ok && c.Mode != "" {
		return nil, fmt.Errorf("the built-in font cannot draw the mode %q", c.Mode)
	}
	p.canvases.New = func() any { return newCanvas() }
	return p, nil
}

// Card paints a card as a PNG: title is what is decided, subtitle where, mode
// the warning of a publication that is not live, "" when it is.
func (p *Painter) Card(title, subtitle, mode string) ([]byte, error) {
	c := p.canvases.Get().(*canvas)
	defer p.canvases.Put(c)
	c.clear()
	if err := p.paint(c, title, subtitle, mode); err != nil {
		return nil, fmt.Errorf("paint the card of %q: %w", title, err)
	}
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: c}
	if err := enc.Encode(&b, c.img); err != nil {
		return nil, fmt.Errorf("encode the card of %q: %w", title, err)
	}
	return b.Bytes(), nil
}

// levels is how many steps a ramp of colours has, from nothing to all ink. With
// more than sixteen colours in all a pixel is a byte, which image/png copies;
// it packs smaller ones one by one, in five times the time.
const levels = 12

// The ramps: letters on paper, letters on the band of the warning.
const (
	onPaper = 0
	onBand  = levels
)

// palette is both ramps, each from its ground to its ink.
func palette() color.Palette {
	var out color.Palette
	paper, ink := color.RGBA{0xfc, 0xfb, 0xf8, 0xff}, color.RGBA{0x1b, 0x1b, 0x1a, 0xff}
	band := color.RGBA{0x7a, 0x2b, 0x00, 0xff}
	for _, ramp := range [...][2]color.RGBA{{paper, ink}, {band, paper}} {
		for i := range levels {
			mix := func(a, b uint8) uint8 { return uint8((int(a)*(levels-1-i) + int(b)*i) / (levels - 1)) }
			out = append(out, color.RGBA{mix(ramp[0].R, ramp[1].R), mix(ramp[0].G, ramp[1].G), mix(ramp[0].B, ramp[1].B), 0xff})
		}
	}
	return out
}

// canvas is what one card is painted on, used again for the next.
type canvas struct {
	img     *image.Paletted
	faces   map[faceKey]*face
	encoder *png.EncoderBuffer
}

func newCanvas() *canvas {
	return &canvas{img: image.NewPaletted(image.Rect(0, 0, Width, Height), palette()), faces: map[faceKey]*face{}}
}

func (c *canvas) clear() { clear(c.img.Pix) }

// Get and Put are png.EncoderBufferPool.
func (c *canvas) Get() *png.EncoderBuffer  { return c.encoder }
func (c *canvas) Put(b *png.EncoderBuffer) { c.encoder = b }

// fill fills whole lines with one colour.
func (c *canvas) fill(r image.Rectangle, index uint8) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		line := c.img.Pix[y*c.img.Stride+r.Min.X : y*c.img.Stride+r.Max.X]
		for i := range line {
			line[i] = index
		}
	}
}
