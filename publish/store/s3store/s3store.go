// Package s3store keeps objects in an S3 bucket. It is the only place that
// speaks to one.
//
// It promises that a Create has one winner and a Swap is sent once, that every
// body travels with its SHA-256 for the store to check, and that an answer is
// a success only if it says so in status and body. It refuses redirects,
// proxies from the environment and HTTP/2, and never puts a signed header into
// an error. It signs with the SDK's signer and sends over net/http: the full
// client costs several times the CPU and retries behind the caller's back.
//
// The tag of a version is its ETag, in most stores the MD5 of the body. Two
// versions with equal bytes then have equal tags, so whoever relies on Swap
// must write bytes that never repeat.
package s3store

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/heraldresults/herald/publish/store"
)

// Store is a store.Store in one bucket.
type Store struct {
	base        url.URL // Path ends in "/": the key follows
	name        string  // bucket and prefix, for people
	region      string
	credentials aws.CredentialsProvider
	signer      *v4.Signer
	transport   *http.Transport
	slots       chan struct{} // one for each request in flight
	timeout     time.Duration
	retry       retry
	checksum    bool
}

// New checks c. It sends nothing.
func New(c Config) (*Store, error) {
	c = c.withDefaults()
	base, err := c.base()
	if err == nil {
		err = c.check()
	}
	if err != nil {
		return nil, fmt.Errorf("set up bucket %q: %w", c.Bucket, err)
	}
	return &Store{
		base:        base,
		name:        strings.TrimSuffix(c.Bucket+"/"+c.Prefix, "/"),
		region:      c.Region,
		credentials: c.Credentials,
		signer:      v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }),
		transport:   newTransport(c.Concurrency, writeBuffer),
		slots:       make(chan struct{}, c.Concurrency),
		timeout:     c.Timeout,
		retry:       retry{attempts: c.Attempts, min: c.MinBackoff, max: c.MaxBackoff},
		checksum:    !c.OmitChecksum,
	}, nil
}

// String names bucket and prefix, and no secret.
func (s *Store) String() string { return "s3://" + s.name }

// Create implements store.Store. It tries again by itself after an unknown
// outcome, so ErrExists may mean that an earlier attempt of this call landed.
func (s *Store) Create(ctx context.Context, o store.Object) (store.Tag, error) {
	return s.put(ctx, create(o), s.retry.attempts)
}

// Swap implements store.Store. It sends exactly one request.
func (s *Store) Swap(ctx context.Context, o store.Object, old store.Tag) (store.Tag, error) {
	return s.put(ctx, swap(o, old), 1)
}

func create(o store.Object) call {
	return call{op: "create", method: http.MethodPut, key: o.Key, object: &o, ifNoneMatch: "*"}
}

func swap(o store.Object, old store.Tag) call {
	return call{op: "swap", method: http.MethodPut, key: o.Key, object: &o, ifMatch: string(old)}
}

// put sends a write up to the given number of times.
func (s *Store) put(ctx context.Context, c call, attempts int) (store.Tag, error) {
	if err := c.object.Check(); err != nil {
		return "", fmt.Errorf("%s %s: %w", c.op, c.key, err)
	}
	if c.ifMatch == "" && c.ifNoneMatch == "" { // the zero tag names no version
		return "", fmt.Errorf("%s %s: %w", c.op, c.key, store.ErrConflict)
	}
	a, err := s.do(ctx, c, attempts)
	if err != nil {
		return "", err
	}
	return a.tag(), nil
}

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, key string) (store.Object, store.Tag, error) {
	a, err := s.read(ctx, call{op: "get", method: http.MethodGet, key: key})
	if err != nil {
		return store.Object{}, "", err
	}
	o := store.Object{
		Key:             key,
		ContentType:     a.header.Get("Content-Type"),
		ContentEncoding: a.header.Get("Content-Encoding"),
		Body:            a.body,
	}
	const prefix = "X-Amz-Meta-"
	for name, values := range a.header {
		if strings.HasPrefix(name, prefix) {
			if o.Meta == nil {
				o.Meta = map[string]string{}
			}
			o.Meta[strings.ToLower(name[len(prefix):])] = values[0]
		}
	}
	return o, a.tag(), nil
}

// Stat implements store.Store. A bucket that does not exist looks like a
// missing object, since the answer to a HEAD has no body to tell them apart.
func (s *Store) Stat(ctx context.Context, key string) (store.Info, error) {
	a, err := s.read(ctx, call{op: "stat", method: http.MethodHead, key: key})
	if err != nil {
		return store.Info{}, err
	}
	return store.Info{
		Tag:          a.tag(),
		Size:         a.length,
		CacheControl: a.header.Get("Cache-Control"),
	}, nil
}

func (s *Store) read(ctx context.Context, c call) (answer, error) {
	if err := store.CheckKey(c.key); err != nil {
		return answer{}, fmt.Errorf("%s %s: %w", c.op, c.key, err)
	}
	return s.do(ctx, c, s.retry.attempts)
}
