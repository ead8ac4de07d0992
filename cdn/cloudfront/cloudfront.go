// Package cloudfront invalidates what one CloudFront distribution holds.
//
// It promises one request a purge, for a few wildcard paths or tags instead of
// every key, at a pace that keeps the invalidations in progress below
// CloudFront's limit, and that a repeated request costs nothing: its caller
// reference is the commit's. It refuses to look for credentials, regions or
// retry settings anywhere but in its Config. Success means that CloudFront
// took the order; it takes effect seconds later, which is longer than the TTL
// of a head.
//
// Limits and prices are those of the CloudFront Developer Guide, "Invalidation
// quotas" and "Paying for file invalidation": 15 wildcards in progress, 1,000
// paths a month free, then 0.005 USD each; a wildcard or a tag counts as one.
package cloudfront

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/smithy-go"

	"github.com/heraldresults/herald/cdn"
)

const (
	region        = "us-east-1" // CloudFront signs for this region alone
	maxTargets    = 10
	inProgress    = 15               // wildcards and tags in progress
	completion    = 30 * time.Second // longer than almost every invalidation takes
	maxTag        = 256
	alreadyExists = "InvalidationBatchAlreadyExists" // not a type of the client
)

var distributionID = regexp.MustCompile(`^[A-Z0-9]{1,64}$`)

// Config is what a Purger needs.
type Config struct {
	Distribution string
	Credentials  aws.CredentialsProvider
	// Targets are what each purge invalidates: paths such as "/demo/*", or
	// tags such as "#demo" where the distribution has a tag header; one to
	// ten.
	Targets []string
	// Endpoint is the address of the interface; empty for AWS's own.
	Endpoint string
}

func (c Config) check() error {
	if !distributionID.MatchString(c.Distribution) {
		return fmt.Errorf("distribution %q: want capital letters and digits", c.Distribution)
	}
	if c.Credentials == nil {
		return errors.New("there are no credentials")
	}
	if n := len(c.Targets); n < 1 || n > maxTargets {
		return fmt.Errorf("%d targets: want 1 to %d", n, maxTargets)
	}
	for _, t := range c.Targets {
		if err := checkTarget(t); err != nil {
			return err
		}
	}
	return nil
}

func checkTarget(t string) error {
	if strings.ContainsFunc(t, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("target %q: want visible ASCII, other characters escaped", t)
	}
	switch {
	case strings.HasPrefix(t, "/"):
		if i := strings.IndexByte(t, '*'); i >= 0 && i != len(t)-1 {
			return fmt.Errorf("target %q: a * may stand at the end only", t)
		}
	case strings.HasPrefix(t, "#"):
		if n := len(t) - 1; n < 1 || n > maxTag || strings.Contains(t, "*") {
			return fmt.Errorf("target %q: want a tag of 1 to %d characters without *", t, maxTag)
		}
	default:
		return fmt.Errorf("target %q: want a path that begins with / or a tag that begins with #", t)
	}
	return nil
}

// Purger asks one distribution to forget. It is a cdn.Purger.
type Purger struct {
	api          *cloudfront.Client
	distribution string
	targets      []string // sorted, each once
	pace         *cdn.Pace
	retryable    retry.IsErrorRetryables
}

// New checks c. It calls nobody.
func New(c Config) (*Purger, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("cloudfront: %w", err)
	}
	targets := slices.Clone(c.Targets)
	slices.Sort(targets)
	targets = slices.Compact(targets)
	n := len(targets)
	pace, err := cdn.NewPace(cdn.PaceConfig{
		Batch: n, Burst: n, PerSecond: float64(inProgress-n) / completion.Seconds(),
		Attempts: 4, Try: 10 * time.Second, MaxWait: 5 * time.Second,
	})
	if err != nil {
		return nil, fmt.Errorf("cloudfront: %w", err)
	}
	options := cloudfront.Options{
		Region:      region,
		Credentials: c.Credentials,
		// The client makes one try; the pace decides on the next.
		Retryer:    aws.NopRetryer{},
		HTTPClient: awshttp.NewBuildableClient().WithTimeout(30 * time.Second),
	}
	if c.Endpoint != "" {
		options.BaseEndpoint = aws.String(c.Endpoint)
	}
	return &Purger{
		api: cloudfront.New(options), distribution: c.Distribution,
		targets: targets, pace: pace, retryable: retry.IsErrorRetryables(retry.DefaultRetryables),
	}, nil
}

// Purge invalidates the configured targets, whatever the keys of r. Its Ref
// must not be empty. Right after another purge it waits for its turn: two to
// sixty seconds, by the number of targets.
func (p *Purger) Purge(ctx context.Context, r cdn.Request) error {
	if len(r.Keys) == 0 {
		return nil
	}
	if r.Ref == "" {
		return fmt.Errorf("invalidate %s: the request has no reference", p.distribution)
	}
	err := p.pace.Each(ctx, p.targets, func(ctx context.Context, targets []string) error {
		err := p.create(ctx, r.Ref, targets)
		if code(err) == alreadyExists {
			// The targets were changed since this commit was first
			// announced; under a reference of their own they are taken.
			err = p.create(ctx, r.Ref+"-"+digest(targets), targets)
		}
		return p.judge(err)
	})
	if err != nil {
		return fmt.Errorf("invalidate %s of distribution %s: %w", strings.Join(p.targets, " "), p.distribution, err)
	}
	return nil
}

func (p *Purger) create(ctx context.Context, ref string, targets []string) error {
	_, err := p.api.CreateInvalidation(ctx, &cloudfront.CreateInvalidationInput{
		DistributionId: aws.String(p.distribution),
		InvalidationBatch: &types.InvalidationBatch{
			CallerReference: aws.String(ref),
			Paths:           &types.Paths{Quantity: aws.Int32(int32(len(targets))), Items: targets},
		},
	})
	return err
}

// judge marks errors that may pass. Too many invalidations in progress is not
// one of them: it lasts longer than any caller should wait.
func (p *Purger) judge(err error) error {
	if err == nil {
		return nil
	}
	var answer *awshttp.ResponseError
	busy := errors.As(err, &answer) && answer.HTTPStatusCode() == http.StatusTooManyRequests
	if busy || errors.Is(err, context.DeadlineExceeded) || p.retryable.IsErrorRetryable(err).Bool() {
		return &cdn.Retry{Err: err}
	}
	return err
}

// code is the API's code of an error, empty when it has none.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// digest names a list of targets in 8 hex digits.
func digest(targets []string) string {
	sum := sha256.Sum256([]byte(strings.Join(targets, "\n")))
	return hex.EncodeToString(sum[:4])
}
