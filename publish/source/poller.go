package source

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// PollerConfig describes the addresses of one feed. Zero values mean the
// default.
type PollerConfig struct {
	Feed  string        // name put on the payloads
	URLs  []string      // http or https
	Every time.Duration // between two polls of one URL, ±10 %; default 15 s
	// Revalidate makes every so many polls of a URL an unconditional one, so
	// that a server whose ETag does not move cannot hide new bytes. Default 10;
	// 1 means that no poll is conditional.
	Revalidate int
	MaxBytes   int64 // of one body, unpacked; default 64 MiB
	// Connect, Header and Total are the deadlines for the connection, the
	// answer's header and the whole body. Default 5 s, 10 s and 30 s.
	Connect, Header, Total time.Duration
	// MaxBackoff bounds the pause after failures, MaxRetryAfter what a server
	// may ask for. Default 2 min and 10 min.
	MaxBackoff, MaxRetryAfter time.Duration
	PerHost                   int     // polls of one host at once; default 4
	Rate                      float64 // polls of one host a second; default 50
	UserAgent                 string  // default "herald"
	// FirstMoment bounds the time in which the first moment is gathered.
	// Default 10 min.
	FirstMoment time.Duration
	// Prepare adds headers or credentials to each request; may be nil.
	Prepare func(*http.Request) error
	// TLS holds further authorities or a client certificate; verification
	// cannot be switched off. May be nil.
	TLS *tls.Config
	Log *slog.Logger // default: discarded
}

func (c *PollerConfig) check() error {
	byDefault(&c.Every, 15*time.Second)
	byDefault(&c.Revalidate, 10)
	byDefault(&c.MaxBytes, 64<<20)
	byDefault(&c.Connect, 5*time.Second)
	byDefault(&c.Header, 10*time.Second)
	byDefault(&c.Total, 30*time.Second)
	byDefault(&c.MaxBackoff, 2*time.Minute)
	byDefault(&c.MaxRetryAfter, 10*time.Minute)
	byDefault(&c.PerHost, 4)
	byDefault(&c.Rate, 50)
	byDefault(&c.UserAgent, "herald")
	byDefault(&c.FirstMoment, 10*time.Minute)
	c.Log = logger(c.Log).With("feed", c.Feed)
	switch {
	case c.Feed == "" || len(c.URLs) == 0:
		return errors.New("feed and addresses must be named")
	case c.TLS != nil && c.TLS.InsecureSkipVerify:
		return errors.New("TLS verification may not be switched off")
	case min(c.Every, c.Connect, c.Header, c.Total, c.MaxBackoff, c.MaxRetryAfter, c.FirstMoment) < 0,
		c.Revalidate < 0, c.MaxBytes < 0, c.PerHost < 0, c.Rate < 0:
		return errors.New("a negative time, size or rate")
	}
	return nil
}

// Poller fetches addresses again and again: a list of them, or what a crawl
// leads to. Each is polled on its own, so that a slow one holds up no other; of
// what changes twice while the caller is busy, the latest state is handed over.
type Poller struct {
	cfg     PollerConfig
	client  *http.Client
	crawl   *crawl // nil: nothing is followed
	stop    context.CancelFunc
	running sync.WaitGroup
	news    chan struct{} // holds one token while there may be news
	closed  chan struct{}
	once    sync.Once // closes closed
	hosts   map[string]*host

	mu      sync.Mutex // guards all below, and what hosts and pages hold
	pages   map[string]*page
	entries []*page // what the configuration names
	state   State
	ready   map[string]Payload // by name, not yet handed over
	held    int64              // bytes of ready
	untried int                // pages of the first moment whose first poll is not over
	owed    bool               // the caller waits for the end of the first moment
	firstBy time.Time          // when the first moment ends at the latest
	orders  uint64             // pages put into a queue so far
	failing map[*page]bool     // pages whose last poll failed; 404s apart
}

// NewPoller begins to poll. Close ends it.
func NewPoller(cfg PollerConfig) (*Poller, error) {
	p, err := newPoller(cfg)
	if err != nil {
		return nil, fmt.Errorf("poll feed %q: %w", cfg.Feed, err)
	}
	p.start()
	return p, nil
}

// newPoller makes a poller that does nothing yet.
func newPoller(cfg PollerConfig) (*Poller, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	p := bare(cfg)
	for _, raw := range cfg.URLs {
		u, err := url.Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("read address %q: %w", raw, err)
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return nil, fmt.Errorf("address %q is not an http or https URL", raw)
		}
		if err := p.addEntry(u, strings.TrimPrefix(u.RequestURI(), "/"), cfg.PerHost); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// bare makes a poller without pages from a configuration that was checked.
func bare(cfg PollerConfig) *Poller {
	p := &Poller{cfg: cfg, news: make(chan struct{}, 1), closed: make(chan struct{}), hosts: map[string]*host{},
		pages: map[string]*page{}, ready: map[string]Payload{}, failing: map[*page]bool{}, owed: true}
	p.client = p.newClient()
	return p
}

// addEntry adds a page that the configuration names.
func (p *Poller) addEntry(u *url.URL, name string, burst int) error {
	if p.pages[name] != nil {
		return fmt.Errorf("address %q has the same path as another of this feed", u.Redacted())
	}
	if p.hosts[u.Host] == nil {
		p.hosts[u.Host] = newHost(u.Host, p.cfg, burst)
	}
	pg := newPage(u, name, p.hosts[u.Host])
	pg.entry = true
	p.pages[name] = pg
	p.entries = append(p.entries, pg)
	p.untried++
	return nil
}

// start begins to poll all entries.
func (p *Poller) start() {
	var ctx context.Context
	ctx, p.stop = context.WithCancel(context.Background())
	now := time.Now()
	p.firstBy = now.Add(p.cfg.FirstMoment)
	p.mu.Lock()
	for _, pg := range p.entries {
		p.schedule(pg, now)
	}
	p.mu.Unlock()
	for _, h := range p.hosts {
		p.running.Go(func() { p.drive(ctx, h) })
	}
	p.running.Go(func() { p.endFirst(ctx) })
	if p.crawl != nil {
		p.running.Go(func() { p.keepMemory(ctx) })
	}
}

// endFirst wakes the caller when the first moment has lasted long enough.
func (p *Poller) endFirst(ctx context.Context) {
	if rest(ctx, time.Until(p.firstBy)) == nil {
		p.tell()
	}
}

// Close stops polling and waits until nothing is under way. A Next that waits
// returns fs.ErrClosed. It may be called again. What earlier calls of Next
// handed over must have been read by then.
func (p *Poller) Close() error {
	p.stop()
	p.running.Wait()
	p.once.Do(func() {
		close(p.closed)
		if p.crawl != nil {
			p.mu.Lock()
			p.crawl.settleRead(p.crawl.complete)
			p.mu.Unlock()
			p.remember()
		}
	})
	p.client.CloseIdleConnections()
	return nil
}

// State may be called at any time.
func (p *Poller) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.state
	for _, pg := range p.entries {
		s.Addresses = append(s.Addresses, pg.status)
	}
	if p.crawl != nil {
		s.Crawl = p.crawlState()
	}
	return s
}

// Next implements Source. The first moment is over when every address has been
// tried once, whether or not it answered, or when FirstMoment has passed. What
// the payloads of one call lead to is asked of the format by the next call, so
// on the caller's goroutine and after it has read them.
func (p *Poller) Next(ctx context.Context) (Batch, error) {
	if p.crawl != nil {
		p.follow()
	}
	for {
		select {
		case <-ctx.Done():
			return Batch{}, ctx.Err()
		case <-p.closed:
			return Batch{}, fmt.Errorf("poll feed %q: %w", p.cfg.Feed, fs.ErrClosed)
		case <-p.news:
			if b, ok := p.collect(); ok {
				return b, nil
			}
		}
	}
}

// tell leaves a token for Next.
func (p *Poller) tell() {
	select {
	case p.news <- struct{}{}:
	default: // Next has not yet taken the last token, and will see this too
	}
}

// collect hands over what is ready. In the first moment of a crawl whatever is
// handed over may lead to more.
func (p *Poller) collect() (Batch, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	all := p.untried == 0 && (p.crawl == nil || len(p.ready) == 0)
	b := Batch{More: p.owed && !all && now.Before(p.firstBy)}
	for _, name := range slices.Sorted(maps.Keys(p.ready)) {
		b.Payloads = append(b.Payloads, p.ready[name])
	}
	if len(b.Payloads) == 0 && (b.More || !p.owed) {
		return Batch{}, false
	}
	p.owed = b.More
	clear(p.ready)
	p.held = 0
	p.state.delivered(len(b.Payloads), now)
	if p.crawl != nil {
		p.crawl.handed, p.crawl.complete = b.Payloads, !b.More
		p.wake()
	}
	return b, true
}

// offer makes a payload ready to be handed over, in place of an earlier one.
func (p *Poller) offer(payload Payload) {
	p.held += int64(len(payload.Body) - len(p.ready[payload.Name].Body))
	p.ready[payload.Name] = payload
}
