package snapshot

import (
	"errors"
	"strconv"
)

// MaxCount is the largest count accepted anywhere: ten digits, far above any
// electorate and below 2^53, so that a browser reads it exactly.
const MaxCount = 9_999_999_999

// ErrRange says that a count or a sum of counts lies outside 0 … MaxCount.
var ErrRange = errors.New("count outside 0 to 9,999,999,999")

// Count is an integer that is present or absent. The zero value is absent;
// absent is never 0. Counts compare with ==.
type Count struct{ plus1 int64 }

// Of returns a present count. It panics outside 0 … MaxCount: decoders check
// what they read with ParseCount or NewCount first.
func Of(n int64) Count {
	c, err := NewCount(n)
	if err != nil {
		panic("snapshot.Of(" + strconv.FormatInt(n, 10) + "): " + err.Error())
	}
	return c
}

// NewCount returns a present count, or ErrRange and an absent one.
func NewCount(n int64) (Count, error) {
	if n < 0 || n > MaxCount {
		return Count{}, ErrRange
	}
	return Count{n + 1}, nil
}

// Get returns the number and whether there is one.
func (c Count) Get() (n int64, present bool) {
	if c.plus1 == 0 {
		return 0, false
	}
	return c.plus1 - 1, true
}

// Present reports whether a number was stated.
func (c Count) Present() bool { return c.plus1 != 0 }

// String is the number in digits, or "absent".
func (c Count) String() string {
	if n, ok := c.Get(); ok {
		return strconv.FormatInt(n, 10)
	}
	return "absent"
}

// AppendJSON appends the number, or null when it is absent.
func (c Count) AppendJSON(dst []byte) []byte {
	if n, ok := c.Get(); ok {
		return strconv.AppendInt(dst, n, 10)
	}
	return append(dst, "null"...)
}

// MarshalJSON writes the number, or null when it is absent.
func (c Count) MarshalJSON() ([]byte, error) { return c.AppendJSON(nil), nil }

// UnmarshalJSON reads digits or null, and nothing else.
func (c *Count) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*c = Count{}
		return nil
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != string(b) {
		return errors.New("count " + strconv.Quote(string(b)) + " is not a whole number")
	}
	*c, err = NewCount(n)
	return err
}

// Sum adds counts. It is absent as soon as one of them is absent or there is
// none, and ErrRange when the sum leaves the range of a count.
func Sum(counts ...Count) (Count, error) {
	var total int64
	for _, c := range counts {
		n, ok := c.Get()
		if !ok {
			return Count{}, nil
		}
		if total += n; total > MaxCount {
			return Count{}, ErrRange
		}
	}
	if len(counts) == 0 {
		return Count{}, nil
	}
	return NewCount(total)
}

// SumPresent adds the counts that are present, skipping the others. It is
// absent when none is present.
func SumPresent(counts ...Count) (Count, error) {
	var total int64
	any := false
	for _, c := range counts {
		if n, ok := c.Get(); ok {
			any = true
			if total += n; total > MaxCount {
				return Count{}, ErrRange
			}
		}
	}
	if !any {
		return Count{}, nil
	}
	return NewCount(total)
}
