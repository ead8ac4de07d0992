package source

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
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
	c.Log = logger(c.Log).With("feed", c.Feed)
	switch {
	case c.Feed == "" || len(c.URLs) == 0:
		return errors.New("feed and addresses must be named")
	case c.TLS != nil && c.TLS.InsecureSkipVerify:
		return errors.New("TLS verification may not be switched off")
	case min(c.Every, c.Connect, c.Header, c.Total, c.MaxBackoff, c.MaxRetryAfter) < 0,
		c.Revalidate < 0, c.MaxBytes < 0, c.PerHost < 0, c.Rate < 0:
		return errors.New("a negative time, size or rate")
	}
	return nil
}

// Poller fetches a list of addresses again and again. Each is polled on its
// own, so that a slow one holds up no other; of what changes twice while the
// caller is busy, the latest state is handed over.
type Poller struct {
	cfg     PollerConfig
	client  *http.Client
	pages   []*page
	stop    context.CancelFunc
	running sync.WaitGroup
	news    chan struct{} // holds one token while there may be news
	closed  chan struct{}
	once    sync.Once // closes closed

	mu      sync.Mutex
	state   State
	ready   map[string]Payload // by name, not yet handed over
	untried int                // pages whose first poll is not over
	owed    bool               // the caller waits for the end of the first round
}

// host bounds what one host is asked for.
type host struct {
	slots chan struct{}
	pace  *rate.Limiter
	// quiet is until when the host asked to be left alone, which goes for all
	// its pages; guarded by the poller's mutex.
	quiet time.Time
}

// NewPoller begins to poll. Close ends it.
func NewPoller(cfg PollerConfig) (*Poller, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("poll feed %q: %w", cfg.Feed, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	p := &Poller{
		cfg: cfg, client: newClient(cfg), stop: stop, ready: map[string]Payload{},
		news: make(chan struct{}, 1), closed: make(chan struct{}),
		owed: true, untried: len(cfg.URLs),
	}
	if err := p.addPages(); err != nil {
		stop()
		return nil, fmt.Errorf("poll feed %q: %w", cfg.Feed, err)
	}
	for _, pg := range p.pages {
		p.running.Go(func() { p.run(ctx, pg) })
	}
	return p, nil
}

func (p *Poller) addPages() error {
	hosts := map[string]*host{}
	names := map[string]bool{}
	for i, raw := range p.cfg.URLs {
		u, err := url.Parse(raw)
		if err != nil {
			return fmt.Errorf("read address %q: %w", raw, err)
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return fmt.Errorf("address %q is not an http or https URL", raw)
		}
		name := strings.TrimPrefix(u.RequestURI(), "/")
		if names[name] {
			return fmt.Errorf("address %q has the same path as another of this feed", raw)
		}
		names[name] = true
		if hosts[u.Host] == nil {
			hosts[u.Host] = &host{
				slots: make(chan struct{}, p.cfg.PerHost),
				pace:  rate.NewLimiter(rate.Limit(p.cfg.Rate), p.cfg.PerHost),
			}
		}
		p.pages = append(p.pages, &page{url: u, name: name, index: i, host: hosts[u.Host]})
		p.state.Addresses = append(p.state.Addresses, AddressState{URL: u.Redacted()})
	}
	return nil
}

// Close stops polling and waits until nothing is under way. A Next that waits
// returns fs.ErrClosed. It may be called again.
func (p *Poller) Close() error {
	p.stop()
	p.running.Wait()
	p.once.Do(func() { close(p.closed) })
	p.client.CloseIdleConnections()
	return nil
}

// State may be called at any time.
func (p *Poller) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.state
	s.Addresses = slices.Clone(s.Addresses)
	return s
}

// Next implements Source. The first moment is over when every address has
// been tried once, whether or not it answered.
func (p *Poller) Next(ctx context.Context) (Batch, error) {
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

// collect hands over what is ready.
func (p *Poller) collect() (Batch, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := Batch{More: p.owed && p.untried > 0}
	for _, name := range slices.Sorted(maps.Keys(p.ready)) {
		b.Payloads = append(b.Payloads, p.ready[name])
	}
	if len(b.Payloads) == 0 && (b.More || !p.owed) {
		return Batch{}, false
	}
	p.owed = b.More
	clear(p.ready)
	p.state.delivered(len(b.Payloads), time.Now())
	return b, true
}

// run polls one page until the poller is closed.
func (p *Poller) run(ctx context.Context, pg *page) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for first := true; ; first = false {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		ans, err := p.poll(ctx, pg)
		if ctx.Err() != nil {
			return
		}
		timer.Reset(p.settle(pg, ans, err, first))
	}
}

// poll fetches a page when its host's turn comes.
func (p *Poller) poll(ctx context.Context, pg *page) (answer, error) {
	select {
	case <-ctx.Done():
		return answer{}, ctx.Err()
	case pg.host.slots <- struct{}{}:
	}
	defer func() { <-pg.host.slots }()
	for until := p.quiet(pg.host); time.Now().Before(until); until = p.quiet(pg.host) {
		timer := time.NewTimer(time.Until(until))
		select {
		case <-ctx.Done():
			timer.Stop()
			return answer{}, ctx.Err()
		case <-timer.C:
		}
	}
	if err := pg.host.pace.Wait(ctx); err != nil {
		return answer{}, err
	}
	return p.fetch(ctx, pg)
}

func (p *Poller) quiet(h *host) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return h.quiet
}

// settle records the outcome of one poll and returns the pause until the next.
func (p *Poller) settle(pg *page, ans answer, err error, first bool) time.Duration {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	st := &p.state.Addresses[pg.index]
	st.Status = ans.status
	if ans.remote != "" {
		if st.Remote != "" && st.Remote != ans.remote {
			p.cfg.Log.Info("address answers from another host", "url", st.URL, "was", st.Remote, "is", ans.remote)
		}
		st.Remote = ans.remote
	}
	if err != nil {
		p.failed(st, err)
	} else {
		p.succeeded(pg, st, ans, now)
	}
	if first {
		p.untried--
	}
	p.weigh(now)
	select {
	case p.news <- struct{}{}:
	default: // Next has not yet taken the last token, and will see this too
	}
	pause := p.pause(st.Failures, ans.retryAfter)
	st.Next = now.Add(pause)
	if ans.status == http.StatusTooManyRequests || ans.status == http.StatusServiceUnavailable {
		pg.host.quiet = st.Next
	}
	return pause
}

// failed records a poll that brought nothing, and logs the first of a row.
func (p *Poller) failed(st *AddressState, err error) {
	st.Failures++
	st.LastError = err.Error()
	if errors.Is(err, errRefused) {
		p.state.Refused++
	}
	if st.Failures == 1 {
		p.cfg.Log.Warn("poll brought nothing", "url", st.URL, "error", err)
	}
}

// succeeded records an answer, and makes it ready when its bytes are new.
func (p *Poller) succeeded(pg *page, st *AddressState, ans answer, now time.Time) {
	if st.Failures > 0 {
		p.cfg.Log.Info("address answers again", "url", st.URL, "failures", st.Failures)
	}
	st.Failures, st.LastError, st.LastSuccess = 0, "", now
	if ans.payload == nil {
		return
	}
	pg.validators(ans)
	if pg.has && pg.hash == ans.payload.Hash {
		return
	}
	pg.has, pg.hash, st.LastChange = true, ans.payload.Hash, now
	p.ready[pg.name] = *ans.payload
}

// weigh decides from all addresses whether the source is lost.
func (p *Poller) weigh(now time.Time) {
	for _, st := range p.state.Addresses {
		if st.Failures > 0 {
			p.state.lose(st.URL+": "+st.LastError, now)
			return
		}
	}
	p.state.find(now)
}

// pause is the time until the next poll: doubled with each failure in a row,
// at least what the server asked for, both bounded, and never exactly the
// same for all.
func (p *Poller) pause(failures int, retryAfter time.Duration) time.Duration {
	d := p.cfg.Every
	for range min(failures, 30) {
		if d = min(2*d, max(p.cfg.MaxBackoff, p.cfg.Every)); d >= p.cfg.MaxBackoff {
			break
		}
	}
	jitter := 0.2 * rand.Float64()
	asked := float64(min(retryAfter, p.cfg.MaxRetryAfter))
	return time.Duration(max(float64(d)*(0.9+jitter), asked*(1+jitter/2)))
}
