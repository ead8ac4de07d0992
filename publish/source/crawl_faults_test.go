package source

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/fixtures/feedserver"
)

func TestAfterA429TheHostIsLeftAloneAndThenAskedHalfAsOften(t *testing.T) {
	bubble(t, country(9, 300), func(t *testing.T, x *tree) {
		x.grow(func(c *CrawlerConfig) { c.Every = time.Hour })
		x.read(10 * time.Second)
		x.feed.FailAll(feedserver.Trouble{Fault: feedserver.TooMany, RetryAfter: "240"})
		x.read(2 * time.Second)
		x.feed.FailAll(feedserver.Trouble{})
		seen := len(x.feed.Log())
		x.read(230 * time.Second)
		if n := len(x.feed.Log()) - seen; n > 0 {
			t.Errorf("%d requests while the host was to be left alone", n)
		}
		if st := x.crawl.State(); st.Crawl.Rate != 10 {
			t.Errorf("rate = %g, want half of 20", st.Crawl.Rate)
		}
		x.read(time.Minute)
		resumed := x.feed.Log()[seen:]
		n := 0
		for n < len(resumed) && resumed[n].At.Sub(resumed[0].At) < 10*time.Second {
			n++
		}
		if n < 95 || n > 101 {
			t.Errorf("%d requests in the first ten seconds after, want 100", n)
		}
		x.read(2 * time.Hour)
		if st := x.crawl.State(); st.Crawl.Rate != 20 || st.Lost != "" || len(x.got) != 9*300+9+1 {
			t.Errorf("in the end rate = %g, lost = %q, %d names", st.Crawl.Rate, st.Lost, len(x.got))
		}
	})
}

func TestOneMissingFileIsNoOutageAndIsTakenWhenItComes(t *testing.T) {
	bubble(t, map[string]string{"top.index": "a.json v1\nb.json v1", "a.json": "one"}, func(t *testing.T, x *tree) {
		x.grow(nil)
		x.read(3 * time.Minute)
		x.want("b.json") // what the bucket says of it calls itself JSON
		if st := x.crawl.State(); st.Lost != "" || st.Crawl.Missing != 1 || st.Addresses[0].Failures != 0 {
			t.Errorf("state = %+v", st)
		}
		if b := x.batches[len(x.batches)-1]; b.More {
			t.Error("the first moment is not over")
		}
		x.put("b.json", "late")
		x.read(10 * time.Minute)
		x.want("b.json", "late")
		if st := x.crawl.State(); st.Crawl.Missing != 0 {
			t.Errorf("state = %+v", st.Crawl)
		}
	})
}

func TestAFileThatIsNeverThereIsAskedForMoreAndMoreSeldom(t *testing.T) {
	bubble(t, map[string]string{"top.index": "never.json v1"}, func(t *testing.T, x *tree) {
		x.grow(nil)
		x.read(12 * time.Hour)
		seen := x.feed.Seen("real/never.json")
		if n := len(seen); n < 10 || n > 20 {
			t.Errorf("asked for %d times in twelve hours", n)
		}
		if last := seen[len(seen)-1].At.Sub(seen[len(seen)-2].At); last < 50*time.Minute {
			t.Errorf("the last pause was %v", last)
		}
	})
}

func TestAVersionThatVanishesLeadsBackToItsEntry(t *testing.T) {
	bubble(t, map[string]string{"current.txt": "7/summary.json 7\n7/settings.json 7", "7/settings.json": "s7"}, func(t *testing.T, x *tree) {
		x.grow(func(c *CrawlerConfig) { c.Entries, c.Every = []string{"current.txt"}, 10*time.Minute })
		began := time.Now()
		x.read(50 * time.Millisecond) // 7 was read as current, and its summary is gone: it is 8 by now
		x.feed.Remove("real/7/settings.json")
		x.put("current.txt", "8/summary.json 8\n8/settings.json 8")
		x.put("8/summary.json", "votes")
		x.put("8/settings.json", "s8")
		x.read(10 * time.Second)
		x.want("8/summary.json", "votes")
		x.want("8/settings.json", "s8")
		if n := len(x.feed.Seen("real/7/summary.json")); n != 1 {
			t.Errorf("the version that vanished was asked for %d times", n)
		}
		if st := x.crawl.State(); st.Lost != "" || st.Crawl.Missing != 0 || st.Delivered > 4 {
			t.Errorf("%v after the start: state = %+v", time.Since(began), st)
		}
	})
}

func TestARunOfMissingFilesPausesTheCrawlLongerEachTime(t *testing.T) {
	files := country(1, 400)
	bubble(t, files, func(t *testing.T, x *tree) {
		for name := range files {
			if strings.HasSuffix(name, ".json") {
				x.feed.Remove("real/" + name)
			}
		}
		began := time.Now()
		x.grow(nil)
		x.read(30 * time.Second)
		asked := func() (n int) {
			for _, r := range x.feed.Log() {
				if r.Status == http.StatusNotFound {
					n++
				}
			}
			return n
		}
		if n := asked(); n < missingRow || n > missingRow+4 { // those under way
			t.Errorf("%d missing files were asked for, want about %d", n, missingRow)
		}
		st := x.crawl.State()
		if !strings.Contains(st.Lost, "are not there (404 or 403); left alone until") || st.Crawl.LeftTill.Before(time.Now()) {
			t.Errorf("state = %+v", st)
		}
		indexes := x.asked("s00/ab.index")
		x.read(4 * time.Hour)
		if n := asked(); n > 60 {
			t.Errorf("%d missing files were asked for in four hours", n)
		}
		if x.asked("s00/ab.index")-indexes < 200 {
			t.Error("the index is not polled during a pause")
		}
		if pause := time.Until(x.crawl.State().Crawl.LeftTill); pause > gapPauseMax {
			t.Errorf("pause = %v", pause)
		}
		for name, body := range files {
			x.put(name, body)
		}
		x.read(3 * time.Hour)
		for name, body := range files {
			x.want(name, body)
		}
		if st := x.crawl.State(); st.Lost != "" || st.Crawl.Missing != 0 {
			t.Errorf("%v after the start: state = %+v", time.Since(began), st)
		}
		if x.log.count("source lost") == 0 || x.log.count("source found again") == 0 || x.log.count("wanted addresses are left alone") < 3 {
			t.Error("the log does not tell of it")
		}
	})
}

func TestMoreThanHalfMissingPausesTheCrawlWithoutARun(t *testing.T) {
	var g gaps
	now := time.Now()
	tripped := 0
	for i := range 300 {
		if g.note(i%3 != 0, now) {
			tripped = i
			break
		}
	}
	if tripped != 100 { // as soon as there are a hundred and the next is missing
		t.Errorf("tripped at %d", tripped)
	}
	if !strings.Contains(g.why, "half") || g.until != now.Add(gapPause) {
		t.Errorf("gaps = %+v", g)
	}
	if g.note(true, now) {
		t.Error("an answer that was under way begins a second pause")
	}
	if !g.note(true, now.Add(gapPause)) || g.until != now.Add(3*gapPause) {
		t.Errorf("after the pause: until %v", g.until.Sub(now))
	}
	for i := range 1000 {
		if g.note(i%2 == 1, now.Add(time.Hour)) {
			t.Fatalf("half of them missing paused the crawl at %d", i)
		}
	}
	if g.pauses != 0 {
		t.Errorf("pauses = %d after a long quiet stretch", g.pauses)
	}
}

func TestAFailingServerIsLostWhenAnEntryFailsOrAWantedFileDoesForLong(t *testing.T) {
	bubble(t, map[string]string{"top.index": "a.json v1\nb.json v1", "a.json": "a", "b.json": "b"}, func(t *testing.T, x *tree) {
		x.feed.Fail("real/b.json", feedserver.Trouble{Fault: feedserver.Broken})
		x.grow(nil)
		x.read(time.Minute)
		if st := x.crawl.State(); st.Lost != "" || st.Crawl.Failing != 1 {
			t.Errorf("after one failure: %+v", st)
		}
		x.read(20 * time.Minute)
		if st := x.crawl.State(); !strings.Contains(st.Lost, "wanted addresses fail (1)") || !strings.Contains(st.Lost, "b.json: answer 500") {
			t.Errorf("after many: %q", st.Lost)
		}
		x.feed.Fail("real/b.json", feedserver.Trouble{})
		x.read(5 * time.Minute)
		if st := x.crawl.State(); st.Lost != "" {
			t.Errorf("healed: %q", st.Lost)
		}
		x.feed.Fail("real/top.index", feedserver.Trouble{Fault: feedserver.Broken})
		x.read(2 * time.Minute)
		if st := x.crawl.State(); !strings.Contains(st.Lost, "top.index: answer 500") {
			t.Errorf("the entry fails: %q", st.Lost)
		}
	})
}

func TestNamesThatLeaveTheBaseAreNotFollowed(t *testing.T) {
	bad := []string{"", "/etc/passwd", "//evil.test/x", "http://evil.test/x", "https://feed.test/real/x", "HTTP:x", "file:x",
		"..", ".", "../x", "a/../../x", "./a", "a/./b", "a//b", "%2e%2e/x", "a/%2E%2e/x", "a%2f..%2fb", "a%2Fb", `a\b`, "a%5cb",
		"a\nb", "a\x00b", "a%00b", "a%0ab", "a\u0085b", "a#b", "?x=1", "a\xff", "a%ff", "a%zz", strings.Repeat("x", maxName+1)}
	good := map[string]string{
		"a.json":          "http://feed.test/real/a.json",
		"a/b/c.json":      "http://feed.test/real/a/b/c.json",
		"a/":              "http://feed.test/real/a/",
		"a.json?v=2&x=..": "http://feed.test/real/a.json?v=2&x=..",
		"a b/ç.json":      "http://feed.test/real/a%20b/%C3%A7.json",
		"a..b/..c":        "http://feed.test/real/a..b/..c",
	}
	bubble(t, map[string]string{"top.index": "a.json v1", "a.json": "fine"}, func(t *testing.T, x *tree) {
		x.grow(func(c *CrawlerConfig) {
			c.Follow = func(p Payload) []Want {
				if p.Name != "top.index" {
					return nil
				}
				wants := []Want{{Name: "a.json", Version: "v1"}}
				for _, name := range bad {
					wants = append(wants, Want{Name: name})
				}
				return wants
			}
		})
		x.read(time.Minute)
		x.want("a.json", "fine")
		if st := x.crawl.State(); st.Crawl.Refused != uint64(len(bad)) || st.Crawl.Known != 1 {
			t.Errorf("refused = %d of %d, known = %d", st.Crawl.Refused, len(bad), st.Crawl.Known)
		}
		if n := x.log.count("address not followed"); n != 1 {
			t.Errorf("log lines = %d, want 1", n)
		}
		for _, r := range x.feed.Log() {
			if r.Name != "real/top.index" && r.Name != "real/a.json" {
				t.Errorf("%q was asked for", r.Name)
			}
		}
		for name, want := range good {
			if u, err := below(x.crawl.crawl.base, name); err != nil || u.String() != want {
				t.Errorf("below(%q) = %v, %v, want %s", name, u, err, want)
			}
		}
	})
}

func TestACrawlKnowsABoundedNumberOfAddressesAndForgetsOldOnes(t *testing.T) {
	lines := func(from, to int) string {
		var b strings.Builder
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, "f%02d.json v1\n", i)
		}
		return b.String()
	}
	files := map[string]string{"top.index": lines(0, 30)}
	for i := range 40 {
		files[fmt.Sprintf("f%02d.json", i)] = fmt.Sprint(i)
	}
	bubble(t, files, func(t *testing.T, x *tree) {
		x.grow(func(c *CrawlerConfig) { c.MaxAddresses = 11 })
		x.read(time.Minute)
		if st := x.crawl.State(); st.Crawl.Known != 10 || st.Crawl.Dropped != 20 || len(x.got) != 11 {
			t.Errorf("known = %d, dropped = %d, read = %d", st.Crawl.Known, st.Crawl.Dropped, len(x.got))
		}
		if n := x.log.count("too many addresses"); n != 1 {
			t.Errorf("log lines = %d", n)
		}
		x.put("top.index", lines(30, 40)) // other ones: the old ones make room
		x.read(5 * time.Minute)
		if st := x.crawl.State(); st.Crawl.Known != 10 || st.Crawl.Dropped != 20 || len(x.got) != 21 {
			t.Errorf("known = %d, dropped = %d, read = %d", st.Crawl.Known, st.Crawl.Dropped, len(x.got))
		}
	})
}

func TestAnIndexThatTurnsIntoAPageForPeopleLosesNothing(t *testing.T) {
	bubble(t, map[string]string{"top.index": "s.index", "s.index": "a.json v1", "a.json": "one"}, func(t *testing.T, x *tree) {
		x.grow(func(c *CrawlerConfig) {
			c.Follow = func(p Payload) []Want {
				if bytes.HasPrefix(p.Body, []byte("<")) {
					return nil
				}
				return x.follow(p)
			}
		})
		x.read(5 * time.Minute)
		x.feed.Fail("real/top.index", feedserver.Trouble{Fault: feedserver.LoginPage})
		x.read(5 * time.Minute)
		x.put("s.index", "a.json v2")
		x.put("a.json", "two")
		x.read(5 * time.Minute)
		x.want("a.json", "one", "two")
		if n := len(x.got["top.index"]); n != 2 { // the page too: the format refuses it
			t.Errorf("the entry was handed over %d times, want 2", n)
		}
	})
}

func TestWhatAnIndexNoLongerNamesIsNoLongerPolled(t *testing.T) {
	bubble(t, map[string]string{"top.index": "s.index\nt.index", "s.index": "a.json", "t.index": "b.json", "a.json": "a", "b.json": "b"}, func(t *testing.T, x *tree) {
		x.grow(nil)
		x.read(5 * time.Minute)
		x.put("top.index", "t.index")
		x.read(2 * time.Minute)
		s, a, b := x.asked("s.index"), x.asked("a.json"), x.asked("b.json")
		x.read(time.Hour)
		if ds, da, db := x.asked("s.index")-s, x.asked("a.json")-a, x.asked("b.json")-b; ds != 0 || da != 0 || db < 50 {
			t.Errorf("polls = %d and %d of what is left, %d of what is not", ds, da, db)
		}
		x.put("a.json", "a2")
		x.put("top.index", "s.index\nt.index")
		x.read(5 * time.Minute)
		x.want("a.json", "a", "a2")
	})
}

func TestPolledAddressesDoNotStarveTheWantedOnes(t *testing.T) {
	files := country(60, 2) // 61 polled every second at 10 a second
	bubble(t, files, func(t *testing.T, x *tree) {
		x.grow(func(c *CrawlerConfig) { c.Every, c.Rate = time.Second, 10 })
		x.read(5 * time.Minute)
		if len(x.got) != len(files) {
			t.Errorf("%d of %d names were handed over", len(x.got), len(files))
		}
	})
}

func TestTheFirstMomentEndsThoughThereIsMoreToFetch(t *testing.T) {
	bubble(t, country(1, 500), func(t *testing.T, x *tree) {
		began := time.Now()
		x.grow(func(c *CrawlerConfig) { c.Rate, c.FirstMoment = 1, 2*time.Minute })
		x.read(119 * time.Second)
		if slices.ContainsFunc(x.batches, func(b Batch) bool { return !b.More }) {
			t.Error("the first moment was over early")
		}
		x.read(2 * time.Second)
		if !slices.ContainsFunc(x.batches, func(b Batch) bool { return !b.More }) {
			t.Errorf("the first moment lasts %v", time.Since(began))
		}
	})
}

func TestACallerThatIsBusyHoldsTheCrawlBackNotTheMemory(t *testing.T) {
	files := map[string]string{}
	var top strings.Builder
	for i := range 90 {
		fmt.Fprintf(&top, "f%03d.json v1\n", i)
		files[fmt.Sprintf("f%03d.json", i)] = strings.Repeat(fmt.Sprint(i%10), 1<<20)
	}
	files["top.index"] = top.String()
	bubble(t, files, func(t *testing.T, x *tree) {
		x.grow(func(c *CrawlerConfig) { c.Rate = 100 })
		if _, err := x.crawl.Next(t.Context()); err != nil { // the entry alone
			t.Fatal(err)
		}
		if _, err := x.crawl.Next(t.Context()); err != nil { // followed; the first of the files
			t.Fatal(err)
		}
		if rest(t.Context(), time.Minute) != nil {
			t.Fatal(t.Context().Err())
		}
		x.crawl.mu.Lock()
		held := x.crawl.held
		x.crawl.mu.Unlock()
		if held < maxHeld || held > maxHeld+5<<20 {
			t.Errorf("%d MiB wait for the caller", held>>20)
		}
		x.read(time.Minute)
		if n := x.crawl.State().Delivered; n != uint64(len(files)) {
			t.Errorf("%d files of %d came in the end", n, len(files))
		}
	})
}

func TestARedirectInACrawlCostsItsTurn(t *testing.T) {
	bubble(t, map[string]string{"top.index": "a.json v1", "b.json": "moved"}, func(t *testing.T, x *tree) {
		x.feed.Fail("real/a.json", feedserver.Trouble{Fault: feedserver.Elsewhere, Location: "/real/b.json"})
		x.grow(func(c *CrawlerConfig) { c.Rate = 0.1 })
		x.read(time.Minute)
		x.want("a.json", "moved")
		if wait := x.feed.Seen("real/b.json")[0].At.Sub(x.feed.Seen("real/a.json")[0].At); wait < 9*time.Second {
			t.Errorf("the redirect was followed after %v at a request in ten seconds", wait)
		}
	})
}

func TestACrawlThatMakesNoSenseIsRefused(t *testing.T) {
	follow := func(Payload) []Want { return nil }
	for what, change := range map[string]func(*CrawlerConfig){
		"no feed":          func(c *CrawlerConfig) { c.Feed = "" },
		"no entry":         func(c *CrawlerConfig) { c.Entries = nil },
		"an entry twice":   func(c *CrawlerConfig) { c.Entries = []string{"a", "a"} },
		"an entry outside": func(c *CrawlerConfig) { c.Entries = []string{"../a"} },
		"no base":          func(c *CrawlerConfig) { c.Base = "" },
		"a base of files":  func(c *CrawlerConfig) { c.Base = "file:///tmp" },
		"a base and query": func(c *CrawlerConfig) { c.Base = "http://feed.test/?a=b" },
		"no format":        func(c *CrawlerConfig) { c.Follow = nil },
		"too fast":         func(c *CrawlerConfig) { c.Rate = 101 },
		"slower than slow": func(c *CrawlerConfig) { c.Rate = -1 },
		"addresses":        func(c *CrawlerConfig) { c.MaxAddresses = -1 },
		"urls as well":     func(c *CrawlerConfig) { c.URLs = []string{"http://feed.test/a"} },
		"blind memory":     func(c *CrawlerConfig) { c.Memory.File = "x" },
	} {
		cfg := CrawlerConfig{Base: "http://feed.test/", Entries: []string{"a"}, Follow: follow}
		cfg.Feed = "made"
		change(&cfg)
		if p, err := NewCrawler(cfg); err == nil {
			p.Close()
			t.Errorf("%s was accepted", what)
		}
	}
}
