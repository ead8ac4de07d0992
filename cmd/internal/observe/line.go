package observe

import (
	"bytes"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// Line keeps one line of status at the bottom of a terminal, below what is
// logged through it. It may be used by many at once.
type Line struct {
	mu    sync.Mutex
	w     io.Writer
	width func() int // columns of the terminal; a longer line would wrap and stay
	text  string
}

// NewLine writes to f, a terminal.
func NewLine(f *os.File) *Line {
	return &Line{w: f, width: func() int {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return w
		}
		return 80
	}}
}

const clear = "\r\x1b[2K"

// Set shows text instead of what was there; "" shows nothing.
func (l *Line) Set(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if runes, room := []rune(text), max(0, l.width()-1); len(runes) > room {
		text = string(runes[:room])
	}
	if text == l.text {
		return
	}
	l.text = text
	io.WriteString(l.w, clear+text)
}

// Write writes whole lines above the status.
func (l *Line) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out bytes.Buffer
	out.WriteString(clear)
	out.Write(b)
	out.WriteString(l.text)
	if _, err := l.w.Write(out.Bytes()); err != nil {
		return 0, err
	}
	return len(b), nil
}
