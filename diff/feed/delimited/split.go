package delimited

import (
	"bytes"

	"github.com/heraldresults/herald/diff/feed"
)

// lines walks through the text of a file.
type lines struct {
	rest []byte
	at   int // of the line returned last, from 1
	open bool
}

// next returns the next line without its end. ok is false after the last one;
// open says that the last line had no end.
func (l *lines) next() (line []byte, ok bool) {
	if len(l.rest) == 0 {
		return nil, false
	}
	line, rest, ended := bytes.Cut(l.rest, []byte("\n"))
	l.rest, l.open = rest, !ended
	l.at++
	return bytes.TrimSuffix(line, []byte("\r")), true
}

// splitter cuts lines into cells.
type splitter struct {
	separator byte
	quotes    bool // RFC 4180
	multiline bool // line ends may stand inside quotes
	trim      bool
}

// split cuts a line into cells, appended to cells. A cell inside quotes that is
// not finished goes on in the next line of l, when that is allowed.
func (s *splitter) split(cells [][]byte, line []byte, l *lines) ([][]byte, *feed.Refusal) {
	quoted := s.quotes && bytes.IndexByte(line, '"') >= 0
	for {
		var cell []byte
		if quoted && len(line) > 0 && line[0] == '"' {
			var refusal *feed.Refusal
			if cell, line, refusal = s.unquote(line[1:], l); refusal != nil {
				return nil, refusal
			}
		} else {
			i := bytes.IndexByte(line, s.separator)
			if i < 0 {
				i = len(line)
			}
			if cell, line = line[:i], line[i:]; quoted && bytes.IndexByte(cell, '"') >= 0 {
				return nil, malformed("a quotation mark inside a cell that does not begin with one: %s", quote(cell))
			}
		}
		if bytes.IndexByte(cell, '\r') >= 0 && !s.multiline {
			return nil, malformed("a line end inside a cell: %s", quote(cell))
		}
		if s.trim {
			cell = bytes.Trim(cell, " \t")
		}
		cells = append(cells, cell)
		if len(line) == 0 {
			return cells, nil
		}
		line = line[1:]
	}
}

// line cuts a line that stands for itself into cells.
func (s splitter) line(line []byte) ([][]byte, *feed.Refusal) {
	s.multiline = false
	return s.split(nil, line, nil)
}

// unquote reads a cell up to its closing quotation mark and returns what
// follows it.
func (s *splitter) unquote(line []byte, l *lines) (cell, rest []byte, refusal *feed.Refusal) {
	var own []byte // when the cell is not a piece of the line
	for {
		i := bytes.IndexByte(line, '"')
		if i < 0 {
			if !s.multiline {
				return nil, nil, malformed("a quotation mark is not closed before the end of the line: %s", quote(line))
			}
			next, ok := l.next()
			if !ok {
				return nil, nil, &feed.Refusal{Code: "E_TRUNCATED", Text: "the file ends inside quotation marks"}
			}
			own = append(append(own, line...), '\n')
			line = next
			continue
		}
		if i+1 < len(line) && line[i+1] == '"' {
			own = append(own, line[:i+1]...)
			line = line[i+2:]
			continue
		}
		if i+1 < len(line) && line[i+1] != s.separator {
			return nil, nil, malformed("text after a closing quotation mark: %s", quote(line[i+1:]))
		}
		if cell = line[:i]; own != nil {
			cell = append(own, cell...)
		}
		return cell, line[i+1:], nil
	}
}

func blank(cells [][]byte) bool {
	for _, c := range cells {
		if len(c) > 0 {
			return false
		}
	}
	return true
}
