package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// store is what the publisher would say is published.
type store struct {
	release int
	all     bool
}

// restarted reads a made tree, ends, lets change happen, and crawls again with
// the memory of the first crawl. It returns the second crawl after a while.
func restarted(t *testing.T, x *tree, s *store, change func(file string)) *tree {
	t.Helper()
	file := filepath.Join(t.TempDir(), "crawl", "made.json")
	remember := func(c *CrawlerConfig) {
		c.Memory = MemoryConfig{File: file, Key: "made 1", Published: func() (int, bool) { return s.release, s.all }}
	}
	x.grow(remember)
	x.read(10 * time.Minute)
	x.crawl.Close()
	change(file)
	y := &tree{t: t, feed: x.feed, log: &journal{}, got: map[string][]string{}}
	y.grow(remember)
	before := len(x.feed.Log())
	y.read(10 * time.Minute)
	for _, r := range x.feed.Log()[before:] {
		if strings.HasSuffix(r.Name, ".index") && y.got[strings.TrimPrefix(r.Name, "real/")] == nil {
			t.Errorf("%s was not read in full after the restart", r.Name)
		}
	}
	return y
}

func TestAfterARestartOnlyWhatMovedIsFetched(t *testing.T) {
	files := country(2, 20)
	bubble(t, files, func(t *testing.T, x *tree) {
		before := 0
		y := restarted(t, x, &store{7, true}, func(string) {
			x.put("s01/t007.json", "moved")
			x.put("s01/ab.index", strings.Replace(files["s01/ab.index"], "s01/t007.json v1", "s01/t007.json v2", 1))
			before = len(x.feed.Log())
		})
		y.want("s01/t007.json", "moved")
		y.want("top.index", files["top.index"])
		if len(y.got) != 4 { // three indexes and the one that moved
			t.Errorf("%d names were handed over after the restart, want 4", len(y.got))
		}
		for _, r := range x.feed.Log()[before:] {
			if strings.HasSuffix(r.Name, ".json") && (r.Name != "real/s01/t007.json" || !r.Conditional) {
				t.Errorf("%s was asked for, conditionally: %v", r.Name, r.Conditional)
			}
		}
		if st := y.crawl.State(); y.batches[len(y.batches)-1].More || st.Lost != "" {
			t.Errorf("the first moment is not over: %+v", st)
		}
		for i, b := range y.batches[:len(y.batches)-1] {
			if !b.More {
				t.Errorf("the first moment was over before %s", y.batches[i+1].Payloads[0].Name)
			}
		}
		if y.log.count("crawl goes on where it was") != 1 {
			t.Error("the log does not tell of it")
		}
	})
}

func TestWhatWasToBeAskedForOnceMoreIsAskedForAfterARestart(t *testing.T) {
	bubble(t, map[string]string{"top.index": "a.json v1", "a.json": "behind"}, func(t *testing.T, x *tree) {
		file := filepath.Join(t.TempDir(), "made.json")
		remember := func(c *CrawlerConfig) {
			c.Memory = MemoryConfig{File: file, Published: func() (int, bool) { return 7, true }}
		}
		x.grow(remember)
		x.read(time.Second)
		x.crawl.Close()
		x.put("a.json", "whole")
		for range 3 {
			x.grow(remember)
			x.read(time.Second)
			x.crawl.Close()
		}
		x.want("a.json", "behind", "whole")
		if seen := x.feed.Seen("real/a.json"); len(seen) != 3 || !seen[1].Conditional || seen[2].Status != 304 {
			t.Errorf("asked for as %+v", seen)
		}
	})
}

func TestWhatIsRememberedIsUsedOnlyWhenItIsRight(t *testing.T) {
	files := country(2, 5)
	damage := func(with string) func(*testing.T, string, *store) {
		return func(t *testing.T, file string, _ *store) {
			if err := os.WriteFile(file, []byte(with), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	edit := func(from, to string) func(*testing.T, string, *store) {
		return func(t *testing.T, file string, _ *store) {
			raw, err := os.ReadFile(file)
			if err != nil || !strings.Contains(string(raw), from) {
				t.Fatalf("the memory %s, %v, does not hold %s", raw, err, from)
			}
			damage(strings.Replace(string(raw), from, to, 1))(t, file, nil)
		}
	}
	for what, row := range map[string]struct {
		change func(*testing.T, string, *store)
		why    string
	}{
		"an empty file":        {damage(""), "unexpected end"},
		"half a file":          {damage(`{"v":1,"pages":{`), "unexpected end"},
		"another version":      {edit(`"v":1`, `"v":2`), "of another address"},
		"another base":         {edit(`feed.test`, `feed.example`), "of another address"},
		"another format":       {edit(`made 1`, `made 2`), "of another address"},
		"an emptied store":     {func(_ *testing.T, _ string, s *store) { s.release = 0 }, "the store holds release 0"},
		"a store put back":     {func(_ *testing.T, _ string, s *store) { s.release = 6 }, "the store holds release 6"},
		"more than is allowed": {damage(strings.Repeat(" ", memoryBytes+1)), "more than"},
	} {
		t.Run(what, func(t *testing.T) {
			bubble(t, files, func(t *testing.T, x *tree) {
				s := &store{7, true}
				y := restarted(t, x, s, func(file string) { row.change(t, file, s) })
				if len(y.got) != len(files) {
					t.Errorf("%d names were handed over after the restart, want all %d", len(y.got), len(files))
				}
				if y.log.count("everything is fetched") != 1 || y.log.count(row.why) != 1 {
					t.Errorf("the log does not say %q:\n%s", row.why, y.log.buf.String())
				}
			})
		})
	}
}

func TestWhatIsNotPublishedIsNotRemembered(t *testing.T) {
	files := country(1, 5)
	for what, s := range map[string]*store{"nothing published": {0, true}, "something not published": {7, false}} {
		bubble(t, files, func(t *testing.T, x *tree) {
			y := restarted(t, x, s, func(file string) {
				if _, err := os.Stat(file); err == nil {
					t.Errorf("%s: there is a memory", what)
				}
			})
			if len(y.got) != len(files) {
				t.Errorf("%s: %d names were handed over after the restart, want %d", what, len(y.got), len(files))
			}
		})
	}
}

func TestAMemoryThatCouldNotBeWrittenIsWrittenLater(t *testing.T) {
	bubble(t, country(1, 2), func(t *testing.T, x *tree) {
		dir := filepath.Join(t.TempDir(), "crawl")
		if err := os.WriteFile(dir, nil, 0o600); err != nil { // a file in the way
			t.Fatal(err)
		}
		file := filepath.Join(dir, "made.json")
		x.grow(func(c *CrawlerConfig) {
			c.Memory = MemoryConfig{File: file, Published: func() (int, bool) { return 7, true }}
		})
		x.read(10 * time.Minute)
		if x.log.count("memory is not kept") == 0 {
			t.Error("the log does not tell of it")
		}
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
		x.read(time.Minute)
		if raw, err := os.ReadFile(file); err != nil || !strings.Contains(string(raw), "t001.json") {
			t.Errorf("once it can be written, the memory holds %s, %v", raw, err)
		}
	})
}

func TestWhatTheCallerHasNotReadIsNotRemembered(t *testing.T) {
	bubble(t, map[string]string{"top.index": "a.json v1", "a.json": "one"}, func(t *testing.T, x *tree) {
		file := filepath.Join(t.TempDir(), "made.json")
		x.grow(func(c *CrawlerConfig) {
			c.Memory = MemoryConfig{File: file, Published: func() (int, bool) { return 7, true }}
		})
		for range 2 { // the entry, then the file, which is handed over and perhaps not read
			if _, err := x.crawl.Next(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if rest(t.Context(), 10*time.Minute) != nil {
			t.Fatal(t.Context().Err())
		}
		x.crawl.Close()
		raw, err := os.ReadFile(file)
		if err != nil || strings.Contains(string(raw), "a.json") {
			t.Errorf("the memory holds %s, %v", raw, err)
		}
	})
}
