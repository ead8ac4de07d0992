package source

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// CrawlerConfig describes a feed whose payloads lead to further ones. Zero
// values mean the default.
type CrawlerConfig struct {
	// PollerConfig says how addresses are fetched. URLs stays empty. Every is
	// for entries and wants without a version, 30 s by default; Rate is at
	// most 100 and by default 20; Revalidate is 100 by default.
	PollerConfig
	// Base is the http or https address below which everything lies.
	Base string
	// Entries are the paths below Base that are polled.
	Entries []string
	// Follow returns what a payload that was handed over leads to. It is
	// called on the goroutine that calls Next.
	Follow func(Payload) []Want
	// MaxAddresses bounds the addresses known at one time. Default 100,000.
	MaxAddresses int
	Memory       MemoryConfig
}

// Want is an address that a payload leads to.
type Want struct {
	Name string // path below the base address, as the source wrote it
	// Version is what the payload says of the address: it is fetched again only
	// when Version is another one. Empty: it is polled like an entry.
	Version string
}

// maxCrawlRate is the fastest that an official host may be crawled: above it
// some block the address for ten minutes.
const maxCrawlRate = 100

func (c *CrawlerConfig) check() error {
	byDefault(&c.Every, 30*time.Second)
	byDefault(&c.Rate, 20)
	byDefault(&c.Revalidate, 100)
	byDefault(&c.MaxAddresses, 100_000)
	switch {
	case len(c.URLs) > 0:
		return errors.New("a crawl has entries below its base address, no further addresses")
	case len(c.Entries) == 0:
		return errors.New("a crawl needs an entry")
	case c.Follow == nil:
		return errors.New("a crawl needs a format that says what payloads lead to")
	case c.Rate > maxCrawlRate:
		return fmt.Errorf("%g requests a second, more than the %d that a crawl may ask for", c.Rate, maxCrawlRate)
	case c.MaxAddresses < 0:
		return errors.New("a negative number of addresses")
	}
	return c.Memory.check()
}

// crawl is what a Poller knows that follows payloads. The poller's mutex guards
// it, but for follow and memory.cfg.
type crawl struct {
	follow   func(Payload) []Want
	base     *url.URL
	most     int // pages
	handed   []Payload
	complete bool // handed ends a moment
	read     []reading
	missing  int // pages that are
	refused  uint64
	dropped  uint64
	memory   memory
}

// reading is a body that the caller has read.
type reading struct {
	page *page
	hash [32]byte
}

// NewCrawler begins to poll the entries, and to fetch what they lead to. Names
// are never guessed: what is fetched was configured or written by the source,
// and lies below Base. Close ends it.
func NewCrawler(cfg CrawlerConfig) (*Poller, error) {
	p, err := newCrawler(cfg)
	if err != nil {
		return nil, fmt.Errorf("crawl feed %q: %w", cfg.Feed, err)
	}
	p.start()
	return p, nil
}

func newCrawler(cfg CrawlerConfig) (*Poller, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	base, err := url.Parse(cfg.Base)
	if err != nil {
		return nil, fmt.Errorf("read base address %q: %w", cfg.Base, err)
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("base address %q is not an http or https URL without a query", cfg.Base)
	}
	if !strings.HasSuffix(base.Path, "/") {
		base.Path, base.RawPath = base.Path+"/", ""
	}
	polled := cfg.PollerConfig
	polled.URLs = []string{cfg.Base} // what check asks for; the entries take its place
	if err := polled.check(); err != nil {
		return nil, err
	}
	p := bare(polled)
	p.crawl = &crawl{follow: cfg.Follow, base: base, most: cfg.MaxAddresses, memory: memory{cfg: cfg.Memory, base: base.String()}}
	for _, name := range cfg.Entries {
		u, err := below(base, name)
		if err != nil {
			return nil, fmt.Errorf("entry %q: %w", name, err)
		}
		if err := p.addEntry(u, name, 1); err != nil { // never two at once
			return nil, err
		}
	}
	return p, nil
}

// maxName bounds the name of a want.
const maxName = 1024

// below returns the address of a name below base, or why it is none: it must
// be a relative path that stays below, in no disguise.
func below(base *url.URL, name string) (*url.URL, error) {
	if name == "" || len(name) > maxName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return nil, errors.New("empty, too long or not text")
	}
	u, err := url.Parse(name)
	if err != nil {
		return nil, err
	}
	escaped := strings.ToLower(u.EscapedPath())
	switch {
	case u.Scheme != "" || u.Opaque != "" || u.Host != "" || u.User != nil || u.Path == "" || u.Path[0] == '/':
		return nil, errors.New("not a path below the base address")
	case u.Fragment != "" || strings.ContainsFunc(u.Path, unicode.IsControl) || !utf8.ValidString(u.Path),
		strings.Contains(u.Path, `\`), strings.Contains(escaped, "%2f"):
		return nil, errors.New("an address in disguise")
	case path.Clean(u.Path) != strings.TrimSuffix(u.Path, "/") || u.Path == "." || u.Path == ".." || strings.HasPrefix(u.Path, "../"):
		return nil, errors.New("a path with dots or empty parts")
	}
	at := *base
	at.Path, at.RawPath = base.Path+u.Path, base.EscapedPath()+u.EscapedPath()
	at.RawQuery = u.RawQuery
	return &at, nil
}

// follow asks the format what the payloads last handed over lead to. The
// caller has read them, since it asks for more.
func (p *Poller) follow() {
	known := p.crawl.memory.load(p.cfg.Log)
	p.mu.Lock()
	if known != nil {
		p.crawl.memory.pages = known
	}
	handed, complete := p.crawl.handed, p.crawl.complete
	p.crawl.handed = nil
	p.mu.Unlock()
	for _, payload := range handed {
		wants := p.crawl.follow(payload)
		p.mu.Lock()
		if pg := p.pages[payload.Name]; pg != nil {
			p.lead(pg, wants)
			p.crawl.read = append(p.crawl.read, reading{pg, payload.Hash})
		}
		p.mu.Unlock()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.crawl.settleRead(complete)
	if p.owed {
		p.tell() // the first moment may be over
	}
}

// settleRead notes what the caller has read, once the moment is over in which
// it was handed over: only then can it be published.
func (c *crawl) settleRead(complete bool) {
	if !complete {
		return
	}
	for _, r := range c.read {
		r.page.sent = r.page.sent || r.page.hash == r.hash
	}
	c.read = nil
}

// lead takes over what a page now leads to. What it led to before and does not
// any more is left; a page that leads nowhere all at once is no index that was
// emptied but a page that could not be read, and changes nothing.
func (p *Poller) lead(pg *page, wants []Want) {
	if len(wants) == 0 {
		return
	}
	wanted := make(map[string]bool, len(wants))
	for _, w := range wants {
		wanted[w.Name] = true
	}
	pg.children = slices.DeleteFunc(pg.children, func(child *page) bool {
		if !wanted[child.name] {
			p.leave(pg, child)
		}
		return !wanted[child.name]
	})
	known := make(map[string]bool, len(pg.children))
	for _, child := range pg.children {
		known[child.name] = true
	}
	now := time.Now()
	for _, w := range wants {
		child := p.reach(w)
		if child == nil || child.entry || child == pg {
			continue
		}
		if !known[w.Name] {
			known[w.Name] = true
			pg.children = append(pg.children, child)
		}
		p.announce(pg, child, w.Version, now)
	}
}

// reach returns the page of a want, nil when it may not be followed. What is
// remembered in the version wanted has been tried.
func (p *Poller) reach(w Want) *page {
	name := w.Name
	if pg := p.pages[name]; pg != nil {
		return pg
	}
	u, err := below(p.crawl.base, name)
	if err != nil {
		if p.crawl.refused++; p.crawl.refused == 1 {
			p.cfg.Log.Warn("address not followed", "name", name, "why", err)
		}
		return nil
	}
	if len(p.pages) >= p.crawl.most {
		p.forget()
	}
	if len(p.pages) >= p.crawl.most {
		if p.crawl.dropped++; p.crawl.dropped == 1 {
			p.cfg.Log.Error("too many addresses, the rest is not followed", "name", name, "known", len(p.pages))
		}
		return nil
	}
	pg := newPage(u, name, p.hosts[u.Host])
	p.pages[name] = pg
	if p.crawl.memory.restore(pg) && pg.checks == 0 && pg.got == w.Version {
		pg.tried = true
	} else {
		p.untried++
	}
	return pg
}

// versionTries is how often a page is asked for when a version is announced and
// its bytes stay the same: the index may be ahead of the file.
const versionTries = 3

// announce notes what a page says of another. Of two versions the later
// announcement counts.
func (p *Poller) announce(pg, child *page, version string, now time.Time) {
	i := slices.IndexFunc(child.parents, func(up parent) bool { return up.page == pg })
	switch {
	case i < 0:
		child.parents = append(child.parents, parent{pg, version})
	case child.parents[i].version == version:
		return
	default:
		child.parents[i].version = version
	}
	standing := child.slot >= 0 || child.flying
	if child.version == version && standing {
		return
	}
	if version != "" && child.got == version {
		if child.version = version; child.checks > 0 && !standing {
			p.schedule(child, now)
		}
		return
	}
	child.version, child.checks, child.status.Failures = version, versionTries, 0
	p.miss(child, false)
	p.schedule(child, now)
}

// leave ends a page's interest in another. One that nobody asks for any more is
// not fetched, but known until room is needed. What it led to is left as well,
// and it is read in full when it is asked for again.
func (p *Poller) leave(pg, child *page) {
	child.parents = slices.DeleteFunc(child.parents, func(up parent) bool { return up.page == pg })
	if child.wanted() {
		return
	}
	p.unschedule(child)
	p.try(child)
	delete(p.failing, child)
	p.miss(child, false)
	child.status.Failures = 0
	if len(child.children) == 0 {
		return
	}
	led := child.children
	child.children, child.has, child.got, child.etag, child.modified = nil, false, "", "", ""
	for _, next := range led {
		p.leave(child, next)
	}
}

// forget makes room: pages that nobody asks for are known no longer.
func (p *Poller) forget() {
	for name, pg := range p.pages {
		if !pg.wanted() && !pg.flying {
			delete(p.pages, name)
		}
	}
}

// miss notes whether a page is missing.
func (p *Poller) miss(pg *page, missing bool) {
	switch {
	case missing && !pg.missing:
		p.crawl.missing++
	case !missing && pg.missing:
		p.crawl.missing--
	}
	pg.missing = missing
}

func (p *Poller) crawlState() CrawlState {
	h := p.hosts[p.crawl.base.Host]
	return CrawlState{Known: len(p.pages) - len(p.entries), Queued: h.due[fresh].Len(), Missing: p.crawl.missing,
		Failing: len(p.failing), Refused: p.crawl.refused, Dropped: p.crawl.dropped,
		LeftTill: h.gaps.until, Rate: float64(h.pace.Limit())}
}
