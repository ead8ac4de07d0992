package source

import (
	"crypto/sha256"
	"net/url"
	"time"
)

// page is one address that is fetched: an entry, which the configuration
// names, or one that payloads lead to. The poller's mutex guards it; the
// goroutine that fetches it alone touches polls, and reads etag and modified,
// which nobody else writes meanwhile.
type page struct {
	addr   string
	name   string
	host   *host
	entry  bool
	status AddressState

	// Its place in its host's queue.
	due    time.Time
	order  uint64 // of arrival
	rank   int    // the queue it stands in
	slot   int    // its index there; -1 while it stands in none
	flying bool   // it is being fetched
	tried  bool   // its first poll is over

	polls          int
	etag, modified string // validators of the last body that was read whole
	has            bool
	hash           [sha256.Size]byte // of that body

	// What a crawl knows. version is what was last announced, "" for pages that
	// are polled; got is the version whose fetch has ended, asked the one that
	// was last asked for; checks is how often it will be asked for again.
	version, got, asked string
	checks              int
	missing             bool // the last answer was that it is not there
	parents             []parent
	children            []*page // what its last body led to
	kept                bool    // what it holds has been published; see memory
	sent                bool    // what it holds has been read by the caller
}

// parent is a page whose body led to another, and the version it spoke of.
type parent struct {
	page    *page
	version string
}

func newPage(u *url.URL, name string, h *host) *page {
	return &page{addr: u.String(), name: name, host: h, slot: -1, status: AddressState{URL: u.Redacted()}}
}

// polled reports whether the page is fetched again and again, rather than once
// for each version.
func (pg *page) polled() bool { return pg.entry || pg.version == "" }

// wanted reports whether anybody still asks for the page.
func (pg *page) wanted() bool { return pg.entry || len(pg.parents) > 0 }

// The queues of a host, in the order in which they are served.
const (
	leading = iota // entries, and what leads to further pages
	fresh          // what was announced in a new version, in order of arrival
	again          // what is asked for once more
	ranks
)

// queue is a heap of pages by the time at which they are due, then by arrival.
type queue []*page

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	if !q[i].due.Equal(q[j].due) {
		return q[i].due.Before(q[j].due)
	}
	return q[i].order < q[j].order
}

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].slot, q[j].slot = i, j
}

// Push implements heap.Interface.
func (q *queue) Push(x any) {
	pg := x.(*page)
	pg.slot = len(*q)
	*q = append(*q, pg)
}

// Pop implements heap.Interface.
func (q *queue) Pop() any {
	old := *q
	pg := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	pg.slot = -1
	return pg
}
