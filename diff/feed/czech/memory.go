package czech

import (
	"cmp"
	"slices"
	"time"
)

// memory is everything that the batches said so far.
type memory struct {
	election  election
	generated time.Time       // the latest
	batches   []bool          // that came, by number
	districts map[key]*record // the latest of each
	races     map[race][]*record
	city      map[uint32]uint32 // of a city part
}

// race names a council or an office in a place.
type race struct {
	council, ward uint32
	part          bool
	unit          uint32
}

func newMemory() *memory {
	return &memory{districts: map[key]*record{}, races: map[race][]*record{}, city: map[uint32]uint32{}}
}

// race is the one that a district counts for.
func (m *memory) race(k key) race {
	if m.election.class == presidency {
		return race{unit: k.obec}
	}
	return race{council: k.council, ward: k.ward, part: k.part, unit: k.council}
}

// take keeps what is new in a batch and returns its records: those that are not
// older than what is known.
func (m *memory) take(b *batch) []*record {
	m.election = b.election
	if b.generated.After(m.generated) {
		m.generated = b.generated
	}
	m.came(b.number)
	var news []*record
	for i := range b.records {
		if rec := m.put(&b.records[i]); rec != nil {
			news = append(news, rec)
		}
	}
	return news
}

func (m *memory) came(number int) {
	for len(m.batches) <= number {
		m.batches = append(m.batches, false)
	}
	m.batches[number] = true
}

// put keeps a record unless a later one is known.
func (m *memory) put(rec *record) *record {
	old, known := m.districts[rec.key]
	if known && cmp.Or(cmp.Compare(old.batch, rec.batch), cmp.Compare(old.order, rec.order)) > 0 {
		return nil
	}
	if known {
		*old = *rec
		return old
	}
	kept := *rec
	m.districts[rec.key] = &kept
	r := m.race(rec.key)
	m.races[r] = append(m.races[r], &kept)
	if rec.council != 0 && !rec.part && rec.council != rec.obec {
		if city, ok := m.city[rec.obec]; !ok || rec.council < city {
			m.city[rec.obec] = rec.council
		}
	}
	return &kept
}

// highest is the highest number of a batch that came.
func (m *memory) highest() int { return max(0, len(m.batches)-1) }

// missing are the numbers below the highest that have not come.
func (m *memory) missing() []int {
	var out []int
	for n := 1; n < len(m.batches); n++ {
		if !m.batches[n] {
			out = append(out, n)
		}
	}
	return out
}

// sorted are all districts in the order of their keys.
func (m *memory) sorted() []*record {
	all := make([]*record, 0, len(m.districts))
	for _, rec := range m.districts {
		all = append(all, rec)
	}
	slices.SortFunc(all, func(a, b *record) int { return compareKeys(a.key, b.key) })
	return all
}

func compareKeys(a, b key) int {
	part := func(k key) int {
		if k.part {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.obec, b.obec), cmp.Compare(a.okrsek, b.okrsek), cmp.Compare(part(a), part(b)),
		cmp.Compare(a.council, b.council), cmp.Compare(a.ward, b.ward))
}
