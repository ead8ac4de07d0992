package edge

import "container/list"

// lru keeps copies up to a number of bytes and drops the least recently used.
type lru struct {
	max, used int64
	order     *list.List // front: most recently used; holds *slot
	byKey     map[string]*list.Element
}

// slot is a copy and the bytes it counts for.
type slot struct {
	held *held
	size int64
}

func newLRU(limit int64) *lru {
	return &lru{max: limit, order: list.New(), byKey: map[string]*list.Element{}}
}

// get returns the copy of key as most recently used, or nil.
func (l *lru) get(key string) *held {
	e := l.byKey[key]
	if e == nil {
		return nil
	}
	l.order.MoveToFront(e)
	return e.Value.(*slot).held
}

// put keeps c in the place of an older copy of its key.
func (l *lru) put(c *held) {
	if e := l.byKey[c.key]; e != nil {
		l.drop(e)
	}
	l.byKey[c.key] = l.order.PushFront(&slot{c, c.size()})
	l.used += c.size()
	l.trim()
}

// grow counts more bytes for c, if it is still kept.
func (l *lru) grow(c *held, by int64) {
	e := l.byKey[c.key]
	if e == nil || e.Value.(*slot).held != c {
		return
	}
	e.Value.(*slot).size += by
	l.used += by
	l.trim()
}

func (l *lru) trim() {
	for l.used > l.max && l.order.Len() > 0 {
		l.drop(l.order.Back())
	}
}

func (l *lru) drop(e *list.Element) {
	s := l.order.Remove(e).(*slot)
	l.used -= s.size
	delete(l.byKey, s.held.key)
}
