package s3store

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/heraldresults/herald/publish/store"
)

// Config says which bucket, and how hard to try.
type Config struct {
	Bucket string
	Region string // part of every signature; "auto" for R2
	// Endpoint is the address of the service without the bucket,
	// "https://host[:port]". Empty means AWS in Region.
	Endpoint string
	// PathStyle puts the bucket into the path instead of the host name.
	PathStyle bool
	// Prefix stands before every key. Keys in answers and errors are without.
	Prefix      string
	Credentials aws.CredentialsProvider // asked for each request: give a cache
	// Concurrency is how many requests are in flight at most; more wait.
	// 0 means 64.
	Concurrency int
	// Timeout bounds one attempt, from connecting to the last byte of the
	// answer. 0 means 10 s.
	Timeout time.Duration
	// Attempts is how often Create, Get and Stat are sent at most. 0 means 4.
	Attempts int
	// The n-th pause between attempts is random between 0 and the lesser of
	// MaxBackoff and MinBackoff doubled n-1 times; a Retry-After lengthens it
	// up to MaxBackoff, which is at most 1 s. 0 means 50 ms and 500 ms.
	MinBackoff, MaxBackoff time.Duration
	// OmitChecksum leaves out x-amz-checksum-sha256 for stores that do not
	// know the header. The signature still covers the body's SHA-256.
	OmitChecksum bool
}

const maxBackoff = time.Second

func (c Config) withDefaults() Config {
	or := func(d *time.Duration, def time.Duration) {
		if *d == 0 {
			*d = def
		}
	}
	or(&c.Timeout, 10*time.Second)
	or(&c.MinBackoff, 50*time.Millisecond)
	or(&c.MaxBackoff, max(500*time.Millisecond, c.MinBackoff))
	if c.Concurrency == 0 {
		c.Concurrency = 64
	}
	if c.Attempts == 0 {
		c.Attempts = 4
	}
	c.Prefix = strings.Trim(c.Prefix, "/")
	return c
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func (c Config) check() error {
	switch {
	case !bucketName.MatchString(c.Bucket):
		return errors.New("a bucket's name is 3 to 63 characters of a-z 0-9 . -")
	case c.Region == "":
		return errors.New("no region is given")
	case c.Credentials == nil:
		return errors.New("no credentials are given")
	case c.Concurrency < 1 || c.Attempts < 1 || c.Timeout < 0 || c.MinBackoff < 0:
		return errors.New("concurrency, attempts and times are positive")
	case c.MinBackoff > c.MaxBackoff || c.MaxBackoff > maxBackoff:
		return fmt.Errorf("backoff from %v to %v, want a rise to at most %v", c.MinBackoff, c.MaxBackoff, maxBackoff)
	}
	if c.Prefix != "" {
		return store.CheckKey(c.Prefix)
	}
	return nil
}

// base is the address before which every key stands.
func (c Config) base() (url.URL, error) {
	if c.Endpoint == "" {
		c.Endpoint = "https://s3." + c.Region + ".amazonaws.com"
	}
	u, err := url.Parse(c.Endpoint)
	if err != nil {
		return url.URL{}, errors.New("the endpoint is not an address") // it may hold a password
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return url.URL{}, errors.New(`the endpoint is not of the form "https://host[:port]"`)
	}
	base := url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}
	if c.PathStyle {
		base.Path += c.Bucket + "/"
	} else {
		base.Host = c.Bucket + "." + base.Host
	}
	if c.Prefix != "" {
		base.Path += c.Prefix + "/"
	}
	return base, nil
}
