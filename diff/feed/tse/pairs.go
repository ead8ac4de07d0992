package tse

import (
	"maps"
	"slices"
	"sync"
)

// pairs remembers fixed files, and variable files that wait for theirs. What
// becomes known does not depend on the order in which they come: of several
// fixed files of one name, and of several variable files of one scope, the
// newest stays. It may be used by many at once.
type pairs struct {
	mu      sync.Mutex
	known   map[string]*fixedFile
	waiting map[string]*variableFile // by scope
}

// name adds a fixed file. It returns the newest of that name and the variable
// files that waited for it, in the order of their scopes.
func (m *pairs) name(name string, f *fixedFile) (newest *fixedFile, waited []*variableFile) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = map[string]*fixedFile{}
	}
	if old := m.known[name]; old == nil || !f.made.Before(old.made) {
		m.known[name] = f
	}
	for _, scope := range slices.Sorted(maps.Keys(m.waiting)) {
		if v := m.waiting[scope]; v.fixed == name {
			waited = append(waited, v)
			delete(m.waiting, scope)
		}
	}
	return m.known[name], waited
}

// wait returns the fixed file that v names, or remembers v and returns nil.
func (m *pairs) wait(v *variableFile) *fixedFile {
	m.mu.Lock()
	defer m.mu.Unlock()
	scope := v.update.Scope
	old := m.waiting[scope]
	newer := old == nil || v.after(old)
	f := m.known[v.fixed]
	switch {
	case newer && f != nil:
		delete(m.waiting, scope) // what waited is out of date
	case newer:
		if m.waiting == nil {
			m.waiting = map[string]*variableFile{}
		}
		m.waiting[scope] = v
	}
	return f
}

// after reports whether v is newer than o: by its stamp, else by its receipt.
func (v *variableFile) after(o *variableFile) bool {
	order := v.update.Stamp.Compare(o.update.Stamp)
	return order > 0 || order == 0 && v.from.Seq >= o.from.Seq
}
