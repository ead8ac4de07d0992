// Package httppurge asks caches of one's own to forget: an HTTP request with
// the method PURGE for each address, as Varnish and nginx take it with the
// configuration in docs/edge, and as Herald's built-in edge takes it.
//
// It promises that every edge is asked for every key, that one edge that is
// down does not keep the others waiting, and that the error names each edge
// that did not confirm. It refuses to follow redirects and to read the
// environment's proxies: edges are inside one's own network.
package httppurge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/heraldresults/herald/cdn"
)

const (
	attempts = 3
	maxWait  = 2 * time.Second
	perEdge  = 1000 // keys a second for one edge
	maxReply = 64 << 10
)

// Config is what a Purger needs.
type Config struct {
	// Edges are the addresses of the caches, "http://10.0.0.7:6081"; at least
	// one. A path is put before every key.
	Edges []string
	// Host is sent as Host, for caches that serve several sites; empty for
	// the edge's own.
	Host string
	// Parallel is the most requests under way at one edge; 0 for 8.
	Parallel int
	// Timeout is for one request; 0 for 5 s.
	Timeout time.Duration
}

// Purger asks several caches to forget. It is a cdn.Purger.
type Purger struct {
	host  string
	edges []edge
	http  *http.Client
}

// edge is one cache with its own pace.
type edge struct {
	base *url.URL
	pace *cdn.Pace
}

// New checks c. It calls nobody.
func New(c Config) (*Purger, error) {
	if len(c.Edges) == 0 {
		return nil, errors.New("purge by HTTP: there is no edge")
	}
	if c.Parallel == 0 {
		c.Parallel = 8
	}
	if c.Timeout == 0 {
		c.Timeout = 5 * time.Second
	}
	if strings.ContainsAny(c.Host, "/ \r\n") {
		return nil, fmt.Errorf("purge by HTTP: %q is not a host", c.Host)
	}
	p := &Purger{host: c.Host, http: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: c.Parallel, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for _, s := range c.Edges {
		base, err := url.Parse(s)
		if err != nil {
			return nil, fmt.Errorf("purge by HTTP: edge: %w", err)
		}
		if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.RawQuery != "" || base.User != nil {
			return nil, fmt.Errorf("purge by HTTP: edge %q: want http://host:port", base.Redacted())
		}
		pace, err := cdn.NewPace(cdn.PaceConfig{
			Batch: c.Parallel, PerSecond: perEdge, Burst: max(perEdge, c.Parallel),
			Attempts: attempts, Try: c.Timeout, MaxWait: maxWait,
		})
		if err != nil {
			return nil, fmt.Errorf("purge by HTTP: %w", err)
		}
		p.edges = append(p.edges, edge{base, pace})
	}
	return p, nil
}

// Purge asks every edge for every key. The error joins what each edge that did
// not confirm has said; the others are done.
func (p *Purger) Purge(ctx context.Context, r cdn.Request) error {
	errs := make([]error, len(p.edges))
	var all sync.WaitGroup
	for i, e := range p.edges {
		all.Go(func() {
			err := e.pace.Each(ctx, r.Keys, func(ctx context.Context, batch []string) error {
				return p.batch(ctx, e, batch)
			})
			if err != nil {
				errs[i] = fmt.Errorf("purge at %s: %w", e.base.Host, err)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// batch purges keys at one edge, all at once. The first error ends the others.
func (p *Purger) batch(ctx context.Context, e edge, keys []string) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, k := range keys {
		g.Go(func() error { return p.one(ctx, e.base.JoinPath(k).String()) })
	}
	return g.Wait()
}

// one purges one address. An edge that did not hold it answers 404.
func (p *Purger) one(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, "PURGE", address, http.NoBody)
	if err != nil {
		return fmt.Errorf("address %q: %w", address, err)
	}
	if p.host != "" {
		req.Host = p.host
	}
	answer, err := p.http.Do(req)
	if err != nil {
		return &cdn.Retry{Err: err}
	}
	defer answer.Body.Close()
	// Read to the end so that the connection is used again.
	if _, err := io.Copy(io.Discard, io.LimitReader(answer.Body, maxReply)); err != nil {
		return &cdn.Retry{Err: err}
	}
	switch status := answer.StatusCode; {
	case status == http.StatusOK, status == http.StatusNoContent, status == http.StatusNotFound:
		return nil
	case status == http.StatusTooManyRequests, status >= http.StatusInternalServerError:
		return &cdn.Retry{
			After: cdn.RetryAfter(answer.Header, time.Now()),
			Err:   fmt.Errorf("%s: status %d", req.URL.Path, status),
		}
	default:
		return fmt.Errorf("%s: status %d", req.URL.Path, status)
	}
}
