// Package cloudflare purges URLs from one Cloudflare zone.
//
// It promises that a purge counts only when Cloudflare says success, that it
// stays below the account's limit, that it waits no longer than its caller
// allows, and that the token is in no error. It refuses to read the
// environment, to follow redirects and to send the token unencrypted to
// another machine. Success means that the request was accepted: whether
// anything was cached or evicted, Cloudflare does not say.
//
// The limits are those of "Purge cache" in Cloudflare's documentation: at most
// 100 URLs a request, 800 URLs a second on the free plan, 1,500 on Pro and
// Business, 3,000 on Enterprise.
package cloudflare

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/cloudflare/cloudflare-go/v7/cache"
	"github.com/cloudflare/cloudflare-go/v7/option"

	"github.com/heraldresults/herald/cdn"
)

const (
	batch    = 100 // URLs in one request on every plan
	maxReply = 1 << 20

	defaultAPI           = "https://api.cloudflare.com/client/v4/"
	defaultURLsPerSecond = 500 // well below the free plan, whose limit the account's zones share
)

// zoneID is the form of a zone's id.
var zoneID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// Config is what a Purger needs.
type Config struct {
	Zone string // the zone's id, 32 hex digits
	// Token returns the API token, which needs Cache Purge on this zone and
	// nothing more. It is asked for each request, so that a rotated token is
	// used at once, and its value is kept nowhere.
	Token func() (string, error)
	// Site is where readers find the objects: "https://results.example.org".
	Site string
	// API is the address of the interface; empty for Cloudflare's own.
	API string
	// URLsPerSecond is the most to purge; 0 for 500.
	URLsPerSecond float64
	// MaxWait caps what Retry-After may ask for; 0 for 5 s.
	MaxWait time.Duration
}

// Purger asks one zone to forget. It is a cdn.Purger.
type Purger struct {
	zone  string
	token func() (string, error)
	site  *url.URL
	cache *cache.CacheService
	pace  *cdn.Pace
}

// New checks c. It calls nobody.
func New(c Config) (*Purger, error) {
	if !zoneID.MatchString(c.Zone) {
		return nil, fmt.Errorf("cloudflare zone %q: want 32 hex digits", c.Zone)
	}
	if c.Token == nil {
		return nil, errors.New("cloudflare: there is no token")
	}
	site, err := address(c.Site)
	if err != nil {
		return nil, fmt.Errorf("cloudflare site: %w", err)
	}
	if c.API == "" {
		c.API = defaultAPI
	}
	api, err := address(c.API)
	if err != nil {
		return nil, fmt.Errorf("cloudflare API: %w", err)
	}
	if host := api.Hostname(); api.Scheme != "https" && host != "127.0.0.1" && host != "::1" && host != "localhost" {
		return nil, fmt.Errorf("cloudflare API %q: want https, since the token goes there", c.API)
	}
	if c.URLsPerSecond == 0 {
		c.URLsPerSecond = defaultURLsPerSecond
	}
	if c.MaxWait == 0 {
		c.MaxWait = 5 * time.Second
	}
	pace, err := cdn.NewPace(cdn.PaceConfig{
		Batch: batch, PerSecond: c.URLsPerSecond, Burst: batch,
		Attempts: 4, Try: 10 * time.Second, MaxWait: c.MaxWait,
	})
	if err != nil {
		return nil, fmt.Errorf("cloudflare: %w", err)
	}
	return &Purger{
		zone: c.Zone, token: c.Token, site: site, pace: pace,
		// NewCacheService reads no environment, and every default of the
		// client that retries or waits without bound is switched off.
		cache: cache.NewCacheService(
			option.WithBaseURL(api.String()), option.WithMaxRetries(0), option.WithHTTPClient(newClient())),
	}, nil
}

// address reads an absolute http or https address without query.
func address(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("address %q: want https://host/ and nothing more", u.Redacted())
	}
	return u, nil
}

// Purge asks the zone to forget the keys' URLs. It returns nil when Cloudflare
// accepted every one of them.
func (p *Purger) Purge(ctx context.Context, r cdn.Request) error {
	urls := make([]string, len(r.Keys))
	for i, k := range r.Keys {
		urls[i] = p.site.JoinPath(k).String()
	}
	if err := p.pace.Each(ctx, urls, p.send); err != nil {
		return fmt.Errorf("purge %d URLs of Cloudflare zone %s: %w", len(urls), p.zone, err)
	}
	return nil
}

// send makes one request. The client hides refusals that come with status 200,
// so the envelope decides.
func (p *Purger) send(ctx context.Context, urls []string) error {
	token, err := p.token()
	if err != nil {
		return fmt.Errorf("read the token: %w", err)
	}
	params := cache.CachePurgeParams{}
	params.ZoneID.Value, params.ZoneID.Present = p.zone, true
	var files cache.CachePurgeParamsBodyCachePurgeSingleFile
	files.Files.Value, files.Files.Present = urls, true
	params.Body = files

	var answer *http.Response
	var env cache.CachePurgeResponseEnvelope
	_, err = p.cache.Purge(ctx, params,
		option.WithAPIToken(token), option.WithResponseInto(&answer), option.WithResponseBodyInto(&env))
	if answer == nil {
		return &cdn.Retry{Err: fmt.Errorf("no answer: %w", err)}
	}
	return verdict(answer, env, err)
}

// verdict tells success from refusals that may pass and those that will not.
// The client's own errors hold the request with its token, so that none of
// them is passed on once there is an answer.
func verdict(answer *http.Response, env cache.CachePurgeResponseEnvelope, err error) error {
	status := answer.StatusCode
	if status == http.StatusOK && err == nil && env.Success {
		return nil
	}
	text := fmt.Sprintf("status %d", status)
	switch {
	case status >= http.StatusBadRequest:
		if body, err := io.ReadAll(answer.Body); err == nil {
			text += reasons(body)
		}
	case err != nil:
		text += ": the answer is not the API's"
	default:
		text += " without success" + reasons([]byte(env.JSON.RawJSON()))
	}
	refusal := errors.New(text)
	if status == http.StatusTooManyRequests || status >= http.StatusInternalServerError {
		return &cdn.Retry{After: cdn.RetryAfter(answer.Header, time.Now()), Err: refusal}
	}
	return refusal
}

// reasons lists the codes and messages of an envelope, nothing for any other
// body.
func reasons(body []byte) string {
	var env cache.CachePurgeResponseEnvelope
	if env.UnmarshalJSON(body) != nil {
		return ""
	}
	var b strings.Builder
	for _, e := range env.Errors {
		fmt.Fprintf(&b, ": %d %.200q", e.Code, e.Message)
	}
	return b.String()
}

// client is an http.Client whose answers end after maxReply bytes.
type client struct{ http *http.Client }

func newClient() client {
	return client{&http.Client{
		Timeout:       30 * time.Second, // above any try, below for ever
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Do makes a request as http.Client does.
func (c client) Do(r *http.Request) (*http.Response, error) {
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	body := answer.Body
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(body, maxReply), body}
	return answer, nil
}
