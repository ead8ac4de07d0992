package cloudflare_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/cdn/cloudflare"
	"github.com/heraldresults/herald/fixtures/cdnfake"
)

const (
	zone  = "023e105f4ecef8ad9ca31a8372d0c353"
	token = "a-token-that-must-not-be-seen"
)

func tokenFrom(s string) func() (string, error) { return func() (string, error) { return s, nil } }

// start runs a fake zone with a plan's limit and a purger for it.
func start(t *testing.T, change func(*cloudflare.Config)) (*cdnfake.Cloudflare, *cloudflare.Purger) {
	t.Helper()
	fake := cdnfake.NewCloudflare(cdnfake.CloudflareConfig{Zone: zone, Token: token, URLsPerSecond: 800, Burst: 800})
	srv := httptest.NewServer(fake)
	t.Cleanup(srv.Close)
	c := cloudflare.Config{
		Zone: zone, Token: tokenFrom(token), Site: "https://results.example.org",
		API: srv.URL + "/client/v4", MaxWait: 20 * time.Millisecond,
	}
	if change != nil {
		change(&c)
	}
	p, err := cloudflare.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return fake, p
}

func purge(t *testing.T, p *cloudflare.Purger, keys ...string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return p.Purge(ctx, cdn.Request{Keys: keys, Ref: "1-7"})
}

func many(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("demo/in/place-%d.html", i)
	}
	return keys
}

func TestKeysBecomeURLsOfTheSite(t *testing.T) {
	for _, site := range []string{"https://results.example.org", "https://results.example.org/"} {
		fake, p := start(t, func(c *cloudflare.Config) { c.Site = site })
		if err := purge(t, p, "demo/head.json", "demo/in/são.html", "demo/head.json"); err != nil {
			t.Fatal(err)
		}
		want := [][]string{{"https://results.example.org/demo/head.json", "https://results.example.org/demo/in/s%C3%A3o.html"}}
		if got := fake.Purges(); !reflect.DeepEqual(got, want) {
			t.Errorf("purges = %v, want %v", got, want)
		}
	}
}

func TestTwoHundredAndFiftyURLsTakeThreeRequests(t *testing.T) {
	fake, p := start(t, func(c *cloudflare.Config) { c.URLsPerSecond = 1e6 })
	if err := purge(t, p, many(250)...); err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for _, b := range fake.Purges() {
		sizes = append(sizes, len(b))
	}
	if !slices.Equal(sizes, []int{100, 100, 50}) {
		t.Errorf("sizes = %v, want 100, 100, 50", sizes)
	}
}

func TestPassingFaultsAreTriedAgain(t *testing.T) {
	faults := map[string]cdnfake.Fault{
		"429":                  cdnfake.TooMany("3600"),
		"502 without a body":   cdnfake.Empty(http.StatusBadGateway),
		"503 page":             cdnfake.PageOf(http.StatusServiceUnavailable),
		"answer lost":          cdnfake.Unanswered,
		"delivered twice":      cdnfake.Duplicate,
		"500 with an envelope": cdnfake.Answer(500, "application/json", `{"success":false,"errors":[]}`, ""),
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			fake, p := start(t, nil)
			fake.Then(fault)
			if err := purge(t, p, "demo/head.json"); err != nil {
				t.Fatal(err)
			}
			want := []string{"https://results.example.org/demo/head.json"}
			for _, got := range fake.Purges() {
				if !slices.Equal(got, want) {
					t.Errorf("purged %v, want %v", got, want)
				}
			}
			if len(fake.Purges()) == 0 {
				t.Error("nothing was purged")
			}
		})
	}
}

func TestLastingRefusalsAreErrorsAfterOneTry(t *testing.T) {
	faults := map[string]struct {
		fault cdnfake.Fault
		says  string
	}{
		"200 without success": {cdnfake.NotSuccess, `status 200 without success: 1134 "Unable to purge"`},
		"200 page":            {cdnfake.PageOf(http.StatusOK), "status 200: the answer is not the API's"},
		"403 page":            {cdnfake.PageOf(http.StatusForbidden), "status 403"},
		"redirect":            {cdnfake.Empty(http.StatusFound), "status 302: the answer is not the API's"},
		"200 cut short":       {cdnfake.Answer(200, "application/json", `{"success":tr`, ""), "status 200: the answer is not the API's"},
		"200 and no envelope": {cdnfake.Answer(200, "application/json", `{}`, ""), "status 200 without success"},
	}
	for name, c := range faults {
		t.Run(name, func(t *testing.T) {
			fake, p := start(t, nil)
			fake.Then(c.fault)
			err := purge(t, p, "demo/head.json")
			if err == nil || !strings.HasSuffix(err.Error(), c.says) {
				t.Errorf("err = %v, want it to end in %q", err, c.says)
			}
			if fake.Requests() != 1 || len(fake.Purges()) != 0 {
				t.Errorf("%d requests, purged %v; want one and nothing", fake.Requests(), fake.Purges())
			}
		})
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	asked := make(chan string, 1)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- r.Header.Get("Authorization")
	}))
	defer elsewhere.Close()
	fake, p := start(t, nil)
	fake.Then(func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	if err := purge(t, p, "demo/head.json"); err == nil || !strings.Contains(err.Error(), "status 307") {
		t.Errorf("err = %v, want the redirect", err)
	}
	select {
	case a := <-asked:
		t.Errorf("the redirect was followed with %q", a)
	default:
	}
}

func TestFourTriesAreTheMost(t *testing.T) {
	fake, p := start(t, nil)
	for range 10 {
		fake.Then(cdnfake.TooMany("1"))
	}
	err := purge(t, p, "demo/head.json")
	if err == nil || !strings.Contains(err.Error(), "971") || fake.Requests() != 4 {
		t.Errorf("%d requests, err %v; want 4 and the API's words", fake.Requests(), err)
	}
}

func TestHangEndsWithTheDeadline(t *testing.T) {
	fake, p := start(t, nil)
	fake.Then(cdnfake.Hang)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := p.Purge(ctx, cdn.Request{Keys: []string{"demo/head.json"}})
	if !errors.Is(err, context.DeadlineExceeded) || fake.Requests() != 1 {
		t.Errorf("%d requests, err %v; want one and the deadline", fake.Requests(), err)
	}
}

func TestPurgerOutlastsTheAccountsLimit(t *testing.T) {
	fake := cdnfake.NewCloudflare(cdnfake.CloudflareConfig{Zone: zone, Token: token, URLsPerSecond: 1000, Burst: 100})
	srv := httptest.NewServer(fake)
	defer srv.Close()
	p, err := cloudflare.New(cloudflare.Config{
		Zone: zone, Token: tokenFrom(token), Site: "https://results.example.org",
		API: srv.URL + "/client/v4", URLsPerSecond: 1e6, MaxWait: 150 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := purge(t, p, many(300)...); err != nil {
		t.Fatal(err)
	}
	if fake.Requests() <= 3 || len(fake.Purges()) != 3 {
		t.Errorf("%d requests for %d purges; want the limit to be met at least once", fake.Requests(), len(fake.Purges()))
	}
}

func TestRotatedTokenIsUsedAtOnce(t *testing.T) {
	current := "an old token"
	fake, p := start(t, func(c *cloudflare.Config) {
		c.Token = func() (string, error) { return current, nil }
	})
	if err := purge(t, p, "demo/head.json"); err == nil || !strings.Contains(err.Error(), "Authentication error") {
		t.Errorf("old token: err = %v", err)
	}
	current = token
	if err := purge(t, p, "demo/head.json"); err != nil || len(fake.Purges()) != 1 {
		t.Errorf("new token: err = %v, purges %v", err, fake.Purges())
	}
}

func TestUnreadableTokenSendsNothing(t *testing.T) {
	gone := errors.New("no such file")
	fake, p := start(t, func(c *cloudflare.Config) {
		c.Token = func() (string, error) { return "", gone }
	})
	if err := purge(t, p, "demo/head.json"); !errors.Is(err, gone) || fake.Requests() != 0 {
		t.Errorf("err = %v after %d requests", err, fake.Requests())
	}
}

func TestTokenIsInNoError(t *testing.T) {
	faults := []cdnfake.Fault{
		cdnfake.NotSuccess, cdnfake.PageOf(200), cdnfake.PageOf(403), cdnfake.Empty(502),
		cdnfake.TooMany(""), cdnfake.Unanswered,
	}
	for i, fault := range faults {
		fake, p := start(t, nil)
		fake.Then(fault, fault, fault, fault)
		err := purge(t, p, "demo/head.json")
		if err == nil {
			t.Errorf("fault %d: no error", i)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if s := fmt.Sprintf("%v %+v %#v", e, e, e); strings.Contains(s, token) {
				t.Errorf("fault %d: the token is in %s", i, s)
			}
		}
		if s := fmt.Sprintf("%+v %#v", p, p); strings.Contains(s, token) {
			t.Errorf("the token is in the printed purger %s", s)
		}
	}
}

func TestEnvironmentIsNotRead(t *testing.T) {
	t.Setenv("CLOUDFLARE_BASE_URL", "http://127.0.0.1:1/")
	t.Setenv("CLOUDFLARE_API_TOKEN", "another")
	fake, p := start(t, nil)
	if err := purge(t, p, "demo/head.json"); err != nil || len(fake.Purges()) != 1 {
		t.Errorf("err = %v, purges %v", err, fake.Purges())
	}
}

func TestConfigIsRefusedWhole(t *testing.T) {
	good := cloudflare.Config{Zone: zone, Token: tokenFrom(token), Site: "https://results.example.org"}
	if _, err := cloudflare.New(good); err != nil {
		t.Fatal(err)
	}
	bad := map[string]func(*cloudflare.Config){
		"zone":     func(c *cloudflare.Config) { c.Zone = "../accounts" },
		"token":    func(c *cloudflare.Config) { c.Token = nil },
		"site":     func(c *cloudflare.Config) { c.Site = "results.example.org" },
		"https":    func(c *cloudflare.Config) { c.API = "http://api.example.org/" },
		"API":      func(c *cloudflare.Config) { c.API = "https://user:pass@api.example.org/" },
		"a second": func(c *cloudflare.Config) { c.URLsPerSecond = -1 },
	}
	for word, spoil := range bad {
		c := good
		spoil(&c)
		if _, err := cloudflare.New(c); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: err = %v", word, err)
		}
	}
}
