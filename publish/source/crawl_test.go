package source

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heraldresults/herald/fixtures/feedserver"
)

// direct answers from a handler without a network, so that a crawl can run on
// the made clock of a bubble. An answer takes a while.
type direct struct {
	handler http.Handler
	takes   time.Duration
}

// RoundTrip implements http.RoundTripper.
func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := rest(r.Context(), d.takes); err != nil {
		return nil, err
	}
	plain := r.Clone(r.Context())
	plain.Header.Del("Accept-Encoding") // packing is tried out elsewhere
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, plain)
	return w.Result(), nil
}

// tree is a made feed: files below "real/" on a server, of which those that end
// in ".index" lead to others, and a crawl of it.
type tree struct {
	t     *testing.T
	feed  *feedserver.Server
	crawl *Poller
	log   *journal
	// follows counts what was followed; it is read and written by the goroutine
	// that calls Next alone, as a format's memory would be.
	follows int
	got     map[string][]string // bodies handed over, by name
	batches []Batch
}

// plant begins with the files given; the crawl does not begin before grow.
func plant(t *testing.T, files map[string]string) *tree {
	x := &tree{t: t, feed: feedserver.New(), log: &journal{}, got: map[string][]string{}}
	for name, body := range files {
		x.put(name, body)
	}
	return x
}

func (x *tree) put(name, body string) { x.feed.Put("real/"+name, []byte(body), time.Now()) }

// follow reads lines of a name and perhaps a version.
func (x *tree) follow(p Payload) []Want {
	x.follows++
	if !strings.HasSuffix(p.Name, ".index") && p.Name != "current.txt" {
		return nil
	}
	var wants []Want
	for line := range strings.Lines(string(p.Body)) {
		name, version, _ := strings.Cut(strings.TrimSpace(line), " ")
		wants = append(wants, Want{Name: name, Version: version})
	}
	return wants
}

// grow begins to crawl from top.index. change may be nil.
func (x *tree) grow(change func(*CrawlerConfig)) {
	x.t.Helper()
	x.begin(direct{x.feed, 20 * time.Millisecond}, change)
}

// begin is grow with other answers.
func (x *tree) begin(answers http.RoundTripper, change func(*CrawlerConfig)) {
	x.t.Helper()
	cfg := CrawlerConfig{Base: "http://feed.test/real", Entries: []string{"top.index"}, Follow: x.follow}
	cfg.Feed, cfg.Every, cfg.Log = "made", time.Minute, x.log.log()
	if change != nil {
		change(&cfg)
	}
	p, err := newCrawler(cfg)
	if err != nil {
		x.t.Fatal(err)
	}
	p.client.Transport = answers
	p.start()
	x.t.Cleanup(func() { p.Close() })
	x.crawl = p
}

// read takes what the crawl hands over for a time.
func (x *tree) read(d time.Duration) {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.t.Context(), d)
	defer cancel()
	for {
		b, err := x.crawl.Next(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			return
		}
		if err != nil {
			x.t.Fatal(err)
		}
		x.batches = append(x.batches, b)
		for _, p := range b.Payloads {
			x.got[p.Name] = append(x.got[p.Name], string(p.Body))
		}
	}
}

// want checks every body that a name was handed over with.
func (x *tree) want(name string, bodies ...string) {
	x.t.Helper()
	if !slices.Equal(x.got[name], bodies) {
		x.t.Errorf("%s was handed over as %q, want %q", name, x.got[name], bodies)
	}
}

// asked counts the requests for a name.
func (x *tree) asked(name string) int { return len(x.feed.Seen("real/" + name)) }

func bubble(t *testing.T, files map[string]string, test func(*testing.T, *tree)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, plant(t, files)) })
}

// country is three levels: a list of states, each with an index that is polled,
// and a file of each of its towns under its version.
func country(states, towns int) map[string]string {
	files := map[string]string{}
	var top strings.Builder
	for s := range states {
		fmt.Fprintf(&top, "s%02d/ab.index\n", s)
		var ab strings.Builder
		for c := range towns {
			fmt.Fprintf(&ab, "s%02d/t%03d.json v1\n", s, c)
			files[fmt.Sprintf("s%02d/t%03d.json", s, c)] = fmt.Sprint("town ", s, c)
		}
		files[fmt.Sprintf("s%02d/ab.index", s)] = ab.String()
	}
	files["top.index"] = top.String()
	return files
}

func TestACrawlHandsOverEverythingItsPayloadsLeadTo(t *testing.T) {
	files := country(9, 40)
	bubble(t, files, func(t *testing.T, x *tree) {
		x.grow(nil)
		x.read(time.Minute)
		for name, body := range files {
			x.want(name, body)
		}
		if len(x.got) != len(files) {
			t.Errorf("%d names were handed over, want %d", len(x.got), len(files))
		}
		if ends := slices.IndexFunc(x.batches, func(b Batch) bool { return !b.More }); ends != len(x.batches)-1 {
			t.Errorf("batch %d of %d ends the first moment", ends, len(x.batches))
		}
		if st := x.crawl.State(); st.Lost != "" || st.Crawl.Known != len(files)-1 || st.Crawl.Queued != 0 || st.Delivered != uint64(len(files)) {
			t.Errorf("state = %+v", st)
		}
		if x.follows != len(files) {
			t.Errorf("%d payloads were followed, want each once", x.follows)
		}
	})
}

func TestNothingIsAskedForThatNobodyNamed(t *testing.T) {
	files := country(3, 10)
	bubble(t, files, func(t *testing.T, x *tree) {
		x.grow(nil)
		x.read(10 * time.Minute)
		for _, r := range x.feed.Log() {
			if name := strings.TrimPrefix(r.Name, "real/"); files[name] == "" {
				t.Errorf("%s was asked for", r.Name)
			}
		}
	})
}

func TestOnlyWhatMovedIsFetchedAgain(t *testing.T) {
	files := country(3, 20)
	bubble(t, files, func(t *testing.T, x *tree) {
		x.grow(nil)
		x.read(10 * time.Minute)
		before := len(x.feed.Log())
		x.put("s01/t007.json", "moved")
		x.put("s01/ab.index", strings.Replace(files["s01/ab.index"], "s01/t007.json v1", "s01/t007.json v2", 1))
		x.read(10 * time.Minute)
		x.want("s01/t007.json", files["s01/t007.json"], "moved")
		for _, r := range x.feed.Log()[before:] {
			if strings.HasSuffix(r.Name, ".json") && r.Name != "real/s01/t007.json" {
				t.Errorf("%s was asked for, and had not moved", r.Name)
			}
			if !r.Conditional {
				t.Errorf("%s was asked for unconditionally", r.Name)
			}
		}
		if got := x.asked("s01/t007.json"); got != 4 { // once a version, and whether that was all
			t.Errorf("the one that moved was asked for %d times, want 4", got)
		}
	})
}

func TestAnIndexThatIsAheadOfItsFilesIsBelievedInTheEnd(t *testing.T) {
	bubble(t, map[string]string{"top.index": "a.json v1", "a.json": "one"}, func(t *testing.T, x *tree) {
		x.grow(nil)
		x.read(5 * time.Minute)
		x.put("top.index", "a.json v2") // the file follows 90 s later
		x.read(90 * time.Second)
		x.put("a.json", "two")
		x.read(5 * time.Minute)
		x.want("a.json", "one", "two")
	})
}

func TestAFileThatIsBehindItsIndexIsReadAgain(t *testing.T) {
	bubble(t, map[string]string{"top.index": "a.json v1", "a.json": "one"}, func(t *testing.T, x *tree) {
		x.grow(nil)
		x.read(5 * time.Minute)
		x.put("a.json", "between") // a cache has it still when v2 is announced
		x.put("top.index", "a.json v2")
		for i := 0; i < 60 && len(x.got["a.json"]) < 2; i++ {
			x.read(5 * time.Second)
		}
		x.read(time.Minute)
		x.put("a.json", "two")
		x.read(5 * time.Minute)
		x.want("a.json", "one", "between", "two")
	})
}

func TestOfManyVersionsTheLastIsFetched(t *testing.T) {
	bubble(t, map[string]string{"top.index": "a.json v1", "a.json": "one"}, func(t *testing.T, x *tree) {
		x.grow(func(c *CrawlerConfig) { c.Every = time.Second })
		x.read(time.Minute)
		x.feed.Fail("real/a.json", feedserver.Trouble{Fault: feedserver.Broken})
		for v := range 20 {
			x.put("top.index", fmt.Sprint("a.json v", v+2))
			x.put("a.json", fmt.Sprint("body ", v+2))
			x.read(2 * time.Second)
		}
		if st := x.crawl.State(); st.Crawl.Known != 1 || st.Crawl.Queued > 1 {
			t.Errorf("state = %+v", st.Crawl)
		}
		x.feed.Fail("real/a.json", feedserver.Trouble{})
		x.read(5 * time.Minute)
		x.want("a.json", "one", "body 21")
	})
}

func TestNoSecondHoldsMoreRequestsThanTheRate(t *testing.T) {
	for _, rate := range []float64{0.5, 20, 100} {
		bubble(t, country(9, 60), func(t *testing.T, x *tree) {
			began := time.Now()
			x.grow(func(c *CrawlerConfig) { c.Rate, c.PerHost = rate, 16 })
			x.read(10 * time.Minute)
			log := x.feed.Log()
			for i := range log {
				n := 0
				for n = 0; i+n < len(log) && log[i+n].At.Sub(log[i].At) < time.Second-time.Millisecond; n++ {
				}
				if float64(n) > max(rate, 1) {
					t.Fatalf("%d requests in the second after %v at a rate of %g", n, log[i].At.Sub(began), rate)
				}
			}
			if rate == 100 && log[500].At.Sub(began) > 10*time.Second {
				t.Errorf("500 requests took %v at a rate of 100: too slow", log[500].At.Sub(began))
			}
		})
	}
}
