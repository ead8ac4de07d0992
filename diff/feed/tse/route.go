package tse

import (
	"slices"
	"sync"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

// route remembers what Follow needs to know of earlier payloads: offices,
// zones, how far places are and how far the results are that were read. It
// remembers nothing unless it is on, may be used by many at once, and keeps the
// newest of each thing, in whatever order they come.
type route struct {
	on        bool
	mu        sync.Mutex
	listed    time.Time           // when EA11 was made
	elections map[string]election // those chosen, by code
	towns     map[string]townsOf  // by election
	told      map[string]told     // by election and place: "6257 sp71072"
	read      map[string]readUpTo // by stem: "sp71072-c0001-e006257-u"
}

// townsOf are the zones of each municipality of an election.
type townsOf struct {
	made  time.Time
	zones map[string][]string
}

// told is what a progress file said of a place: since the file of this stamp,
// until that of the last.
type told struct {
	version     string
	since, last snapshot.Stamp
}

// readUpTo is how many sections the newest result file had.
type readUpTo struct {
	in    snapshot.Count
	stamp snapshot.Stamp
}

// configured takes over the elections of EA11 that were chosen.
func (m *route) configured(chosen []string, f *configurationFile) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.on || f.made.Before(m.listed) {
		return
	}
	m.listed, m.elections = f.made, map[string]election{}
	for _, e := range f.elections {
		if slices.Contains(chosen, e.code) {
			m.elections[e.code] = e
		}
	}
}

// placed takes over the zones of EA12.
func (m *route) placed(election string, all *areas) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.on || all.made.Before(m.towns[election].made) {
		return
	}
	zones := map[string][]string{}
	for _, a := range all.states {
		for _, t := range a.towns {
			zones[t.code] = t.zones
		}
	}
	put(&m.towns, election, townsOf{made: all.made, zones: zones})
}

// progressed takes over EA14 or EA15.
func (m *route) progressed(f *progressFile, uf string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.on {
		return
	}
	e := m.elections[f.election]
	for _, a := range f.places {
		if !e.told(a, uf) {
			continue
		}
		key := f.election + " " + a.place(uf)
		old, version, stamp := m.told[key], a.version(), f.stamp
		switch {
		case old.version == version && stamp.Compare(old.since) < 0:
			old.since = stamp
		case old.version == version && stamp.Compare(old.last) > 0:
			old.last = stamp
		case old.version != version && stamp.Compare(old.last) >= 0:
			old = told{version: version, since: stamp, last: stamp}
		}
		put(&m.told, key, old)
	}
}

// counted takes over how far a result is.
func (m *route) counted(stem string, in snapshot.Count, stamp snapshot.Stamp) {
	if !m.on {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, seen := m.read[stem]; !seen || stamp.Compare(old.stamp) >= 0 {
		put(&m.read, stem, readUpTo{in: in, stamp: stamp})
	}
}

// put makes the map with its first entry.
func put[V any](m *map[string]V, key string, value V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = value
}

// election returns one that was chosen and that EA11 lists.
func (m *route) election(code string) (election, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.elections[code]
	return e, ok
}

// zones returns the zones of a municipality.
func (m *route) zones(election, town string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.towns[election].zones[town]
}

// version is what to ask for when a progress file of this stamp says of a place
// how far it is: that state, or "", to poll until it is there, when the result
// last read has fewer sections and either an earlier progress file said so
// already, or nothing more will be said since the count is over.
func (m *route) version(election, place, stem string, a progressOf, stamp snapshot.Stamp) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	said, seen := m.told[election+" "+place], m.read[stem]
	told, ok := a.in.Get()
	had, ok2 := seen.in.Get()
	behind := ok && ok2 && had < told
	again := said.version == a.version() && stamp.Compare(said.since) > 0
	if behind && (again || a.done == "f") {
		return ""
	}
	return a.version()
}
