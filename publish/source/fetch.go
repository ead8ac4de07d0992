package source

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"time"
)

// answer is what one poll brought; payload is nil when nothing changed.
type answer struct {
	status         int
	etag, modified string
	retryAfter     time.Duration
	remote         string
	payload        *Payload
}

// errRefused marks an answer that was there and was not taken.
var errRefused = errors.New("answer refused")

// maxRedirects is generous: official feeds use none or one.
const maxRedirects = 5

// newClient builds a client that obeys the deadlines, verifies certificates,
// unpacks nothing by itself and leaves a host for no other. A redirect waits
// for its turn like any request.
func (p *Poller) newClient() *http.Client {
	cfg := &p.cfg
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: cfg.Connect}).DialContext,
			TLSHandshakeTimeout:   cfg.Connect,
			ResponseHeaderTimeout: cfg.Header,
			TLSClientConfig:       cfg.TLS.Clone(),
			ForceAttemptHTTP2:     true,
			DisableCompression:    true,
			MaxIdleConnsPerHost:   cfg.PerHost,
			IdleConnTimeout:       90 * time.Second,
		},
		CheckRedirect: func(to *http.Request, via []*http.Request) error {
			from := via[len(via)-1].URL
			switch {
			case to.URL.Host != from.Host:
				return fmt.Errorf("%w: redirect to another host, %s", errRefused, to.URL.Host)
			case from.Scheme == "https" && to.URL.Scheme != "https":
				return fmt.Errorf("%w: redirect away from https", errRefused)
			case len(via) > maxRedirects:
				return fmt.Errorf("%w: more than %d redirects", errRefused, maxRedirects)
			}
			return p.hosts[from.Host].pace.Wait(to.Context())
		},
	}
}

// fetch polls a page once. The answer is filled in as far as it came, also
// beside an error.
func (p *Poller) fetch(ctx context.Context, pg *page) (ans answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Total)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) {
		ans.remote = c.Conn.RemoteAddr().String()
	}})
	req, err := p.request(ctx, pg)
	if err != nil {
		return ans, fmt.Errorf("prepare request for %s: %w", pg.status.URL, err)
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return ans, fmt.Errorf("fetch %w", err) // names the method and the URL
	}
	defer resp.Body.Close()
	ans.status = resp.StatusCode
	ans.retryAfter = retryAfter(resp.Header.Get("Retry-After"), time.Now())
	switch {
	case resp.StatusCode == http.StatusNotModified && conditional(req):
		return ans, nil
	case resp.StatusCode != http.StatusOK:
		return ans, fmt.Errorf("fetch %s: answer %s", pg.status.URL, resp.Status)
	}
	body, err := p.body(resp)
	if err != nil {
		return ans, fmt.Errorf("read %s: %w", pg.status.URL, err)
	}
	ans.etag, ans.modified = resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
	ans.payload = &Payload{Feed: p.cfg.Feed, Name: pg.name, Body: body,
		Received: time.Now().UTC(), Hash: sha256.Sum256(body)}
	if t, err := http.ParseTime(ans.modified); err == nil {
		ans.payload.LastModified = t.UTC()
	}
	return ans, nil
}

// request builds the next request for a page, conditional unless it is this
// page's turn to be read in full.
func (p *Poller) request(ctx context.Context, pg *page) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, pg.addr, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", p.cfg.UserAgent)
	req.Header.Set("Accept-Encoding", "gzip")
	if pg.polls%p.cfg.Revalidate != 0 {
		if pg.etag != "" {
			req.Header.Set("If-None-Match", pg.etag)
		}
		if pg.modified != "" {
			req.Header.Set("If-Modified-Since", pg.modified)
		}
	}
	pg.polls++
	if p.cfg.Prepare != nil {
		if err := p.cfg.Prepare(req); err != nil {
			return nil, err
		}
	}
	return req, nil
}

func conditional(req *http.Request) bool {
	return req.Header.Get("If-None-Match") != "" || req.Header.Get("If-Modified-Since") != ""
}

// body reads an answer to its end: no more than the limit before and after
// unpacking, and no less than its Content-Length, which net/http checks.
func (p *Poller) body(resp *http.Response) ([]byte, error) {
	limit := p.cfg.MaxBytes
	if resp.ContentLength > limit {
		return nil, fmt.Errorf("%w: %d bytes, more than the %d allowed", errRefused, resp.ContentLength, limit)
	}
	var in io.Reader = resp.Body
	switch enc := resp.Header.Get("Content-Encoding"); enc {
	case "", "identity":
	case "gzip":
		unpacked, err := gzip.NewReader(resp.Body)
		if err != nil {
			return nil, fmt.Errorf("%w: unpack gzip: %w", errRefused, err)
		}
		defer unpacked.Close()
		in = unpacked
	default:
		return nil, fmt.Errorf("%w: content encoding %q", errRefused, enc)
	}
	var buf bytes.Buffer
	n, err := buf.ReadFrom(io.LimitReader(in, limit+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("%w: cut off after %d bytes: %w", errRefused, n, err)
	case err != nil:
		return nil, err
	case n > limit:
		return nil, fmt.Errorf("%w: more than the %d bytes allowed", errRefused, limit)
	}
	return buf.Bytes(), nil
}

// retryAfter reads the header in both its forms (RFC 9110 §10.2.3); 0 when it
// is not there or makes no sense.
func retryAfter(value string, now time.Time) time.Duration {
	if s, err := strconv.ParseInt(value, 10, 32); err == nil {
		return max(0, time.Duration(s)*time.Second)
	}
	if t, err := http.ParseTime(value); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}
