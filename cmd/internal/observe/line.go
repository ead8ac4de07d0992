package observe

import (
	"bytes"
	"io"
	"sync"
)

// Line keeps one line of status at the bottom of a terminal, below what is
// logged through it. It may be used by many at once.
type Line struct {
	mu   sync.Mutex
	w    io.Writer
	text string
}

// NewLine writes to w, a terminal.
func NewLine(w io.Writer) *Line { return &Line{w: w} }

const clear = "\r\x1b[2K"

// Set shows text instead of what was there; "" shows nothing.
func (l *Line) Set(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
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
