package cloudfront_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/cdn/cloudfront"
	"github.com/heraldresults/herald/fixtures/cdnfake"
)

const (
	distribution = "EDFDVBD6EXAMPLE"
	accessKey    = "AKIAIOSFODNN7EXAMPLE"
)

// keys are the credentials of one id.
type keys string

func (k keys) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: string(k), SecretAccessKey: "a-secret-that-must-not-be-seen"}, nil
}

func newPurger(t *testing.T, url string, targets ...string) *cloudfront.Purger {
	t.Helper()
	p, err := cloudfront.New(cloudfront.Config{
		Distribution: distribution, Credentials: keys(accessKey), Targets: targets, Endpoint: url,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func start(t *testing.T) (*cdnfake.CloudFront, string) {
	t.Helper()
	fake := cdnfake.NewCloudFront(distribution, accessKey)
	srv := httptest.NewServer(fake)
	t.Cleanup(srv.Close)
	return fake, srv.URL
}

func purge(t *testing.T, p *cloudfront.Purger, ref string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return p.Purge(ctx, cdn.Request{Keys: []string{"demo/head.json", "demo/index.html"}, Ref: ref})
}

// made lists the accepted invalidations as "reference items".
func made(fake *cdnfake.CloudFront) []string {
	var out []string
	for _, i := range fake.Invalidations() {
		out = append(out, i.CallerReference+" "+strings.Join(i.Items, " "))
	}
	return out
}

func want(t *testing.T, fake *cdnfake.CloudFront, lines ...string) {
	t.Helper()
	if got := made(fake); !reflect.DeepEqual(got, lines) {
		t.Errorf("invalidations = %q, want %q", got, lines)
	}
}

func TestOnePurgeIsOneInvalidationOfTheTargets(t *testing.T) {
	fake, url := start(t)
	if err := purge(t, newPurger(t, url, "/pt/demo/*", "/demo/*", "/demo/*", "#demo"), "3-17"); err != nil {
		t.Fatal(err)
	}
	want(t, fake, "3-17 #demo /demo/* /pt/demo/*")
}

func TestPurgeWithoutKeysAsksNothing(t *testing.T) {
	fake, url := start(t)
	err := newPurger(t, url, "/demo/*").Purge(t.Context(), cdn.Request{Ref: "3-17"})
	if err != nil || fake.Requests() != 0 {
		t.Errorf("err = %v after %d requests", err, fake.Requests())
	}
}

func TestRepeatedCommitIsInvalidatedOnce(t *testing.T) {
	fake, url := start(t)
	for range 2 {
		if err := purge(t, newPurger(t, url, "/demo/*"), "3-17"); err != nil {
			t.Fatal(err)
		}
	}
	want(t, fake, "3-17 /demo/*")
}

func TestChangedTargetsGetAReferenceOfTheirOwn(t *testing.T) {
	fake, url := start(t)
	for range 2 {
		for _, target := range []string{"/demo/*", "#demo"} {
			if err := purge(t, newPurger(t, url, target), "3-17"); err != nil {
				t.Fatal(err)
			}
		}
	}
	want(t, fake, "3-17 /demo/*", "3-17-5980d2a5 #demo")
}

func TestPassingFaultsAreTriedAgainWithoutASecondInvalidation(t *testing.T) {
	faults := map[string]cdnfake.Fault{
		"throttled":          cdnfake.Throttled,
		"503 page":           cdnfake.PageOf(http.StatusServiceUnavailable),
		"502 without a body": cdnfake.Empty(http.StatusBadGateway),
		"429":                cdnfake.Empty(http.StatusTooManyRequests),
		"answer lost":        cdnfake.Unanswered,
		"delivered twice":    cdnfake.Duplicate,
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, url := start(t)
			fake.Then(fault)
			if err := purge(t, newPurger(t, url, "/demo/*"), "3-17"); err != nil {
				t.Fatal(err)
			}
			want(t, fake, "3-17 /demo/*")
		})
	}
}

func TestTooManyInProgressIsReportedAfterOneTry(t *testing.T) {
	fake, url := start(t)
	for i := range 15 {
		if err := purge(t, newPurger(t, url, "/demo/*"), fmt.Sprintf("3-%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	err := purge(t, newPurger(t, url, "/demo/*"), "3-15")
	var full *types.TooManyInvalidationsInProgress
	if !errors.As(err, &full) || fake.Requests() != 16 {
		t.Errorf("err = %v after %d requests, want the limit after 16", err, fake.Requests())
	}
	fake.Complete()
	if err := purge(t, newPurger(t, url, "/demo/*"), "3-15"); err != nil || len(made(fake)) != 16 {
		t.Errorf("after completion: err = %v, %d invalidations", err, len(made(fake)))
	}
}

func TestPaceKeepsInvalidationsInProgressBelowTheLimit(t *testing.T) {
	fake, url := start(t)
	p := newPurger(t, url, "/demo/*")
	if err := purge(t, p, "3-1"); err != nil {
		t.Fatal(err)
	}
	// 14 in 30 s leave more than 2 s to the next, which this caller has not.
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	err := p.Purge(ctx, cdn.Request{Keys: []string{"demo/head.json"}, Ref: "3-2"})
	if err == nil || !strings.Contains(err.Error(), "wait for a turn") || fake.Requests() != 1 {
		t.Errorf("err = %v after %d requests", err, fake.Requests())
	}
}

func TestLastingRefusalsAreErrorsAfterOneTry(t *testing.T) {
	fake, url := start(t)
	fake.Then(cdnfake.PageOf(http.StatusForbidden))
	if err := purge(t, newPurger(t, url, "/demo/*"), "3-17"); err == nil || fake.Requests() != 1 {
		t.Errorf("403 page: err = %v after %d requests", err, fake.Requests())
	}
	p, err := cloudfront.New(cloudfront.Config{
		Distribution: distribution, Credentials: keys("AKIAANOTHER"), Targets: []string{"/demo/*"}, Endpoint: url,
	})
	if err != nil {
		t.Fatal(err)
	}
	err = purge(t, p, "3-17")
	if err == nil || !strings.Contains(err.Error(), "security token") || fake.Requests() != 2 {
		t.Errorf("wrong key: err = %v after %d requests", err, fake.Requests())
	}
	if strings.Contains(fmt.Sprintf("%+v %#v", err, err), "must-not-be-seen") {
		t.Errorf("the secret is in %v", err)
	}
}

func TestHangEndsWithTheDeadline(t *testing.T) {
	fake, url := start(t)
	fake.Then(cdnfake.Hang)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := newPurger(t, url, "/demo/*").Purge(ctx, cdn.Request{Keys: []string{"demo/head.json"}, Ref: "3-17"})
	if !errors.Is(err, context.DeadlineExceeded) || fake.Requests() != 1 {
		t.Errorf("err = %v after %d requests", err, fake.Requests())
	}
}

func TestCommitWithoutReferenceIsRefused(t *testing.T) {
	fake, url := start(t)
	if err := purge(t, newPurger(t, url, "/demo/*"), ""); err == nil || fake.Requests() != 0 {
		t.Errorf("err = %v after %d requests", err, fake.Requests())
	}
}

func TestConfigIsRefusedWhole(t *testing.T) {
	eleven := make([]string, 11)
	for i := range eleven {
		eleven[i] = fmt.Sprintf("/%d/*", i)
	}
	for _, targets := range [][]string{
		nil, {""}, {"demo/*"}, {"/de mo"}, {"/são"}, {"/*/head.json"}, {"#"}, {"#de*"},
		{"#" + strings.Repeat("a", 257)}, eleven,
	} {
		c := cloudfront.Config{Distribution: distribution, Credentials: keys(accessKey), Targets: targets}
		if _, err := cloudfront.New(c); err == nil {
			t.Errorf("targets %q were accepted", targets)
		}
	}
	for _, c := range []cloudfront.Config{
		{Credentials: keys(accessKey), Targets: []string{"/*"}},
		{Distribution: "../EDF", Credentials: keys(accessKey), Targets: []string{"/*"}},
		{Distribution: distribution, Targets: []string{"/*"}},
	} {
		if _, err := cloudfront.New(c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}
