//go:build unix

package dirstore

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/heraldresults/herald/publish/store"
)

// The tests in this file run their own program again as other processes, which
// do one of these jobs instead of the tests.
const jobVariable = "DIRSTORE_TEST_JOB"

var jobs = map[string]func(root string) error{
	"count":  countJob,
	"create": createJob,
	"write":  writeJob,
	"fill":   fillJob,
}

func TestMain(m *testing.M) {
	job, ok := jobs[os.Getenv(jobVariable)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := job(os.Args[len(os.Args)-1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func process(t *testing.T, job, root string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), os.Args[0], root)
	cmd.Env = append(os.Environ(), jobVariable+"="+job)
	return cmd
}

const countsEach = 30

// countJob adds countsEach to a number by compare-and-swap.
func countJob(root string) error {
	s, err := Open(Config{Root: root, NoSync: true})
	if err != nil {
		return err
	}
	ctx := context.Background()
	for done := 0; done < countsEach; {
		o, tag, err := s.Get(ctx, "counter")
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(string(o.Body))
		if err != nil {
			return err
		}
		_, err = s.Swap(ctx, page("counter", strconv.Itoa(n+1)), tag)
		switch {
		case err == nil:
			done++
		case !errors.Is(err, store.ErrConflict):
			return err
		}
	}
	return nil
}

func TestFourProcessesCountWithoutLosingOne(t *testing.T) {
	root := t.TempDir()
	s := open(t, Config{Root: root})
	if _, err := s.Create(t.Context(), page("counter", "0")); err != nil {
		t.Fatal(err)
	}
	const processes = 4
	together(t, processes, "count", root)
	o, _, err := s.Get(t.Context(), "counter")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(o.Body), strconv.Itoa(processes*countsEach); got != want {
		t.Errorf("counter = %s, want %s", got, want)
	}
}

const createKeys = 100

// createJob creates the same keys as its rivals and prints those it won.
func createJob(root string) error {
	s, err := Open(Config{Root: root, NoSync: true})
	if err != nil {
		return err
	}
	for i := range createKeys {
		_, err := s.Create(context.Background(), page(fmt.Sprintf("k/%d", i), strconv.Itoa(os.Getpid())))
		switch {
		case err == nil:
			fmt.Println(i, os.Getpid())
		case !errors.Is(err, store.ErrExists):
			return err
		}
	}
	return nil
}

func TestFourProcessesCreateEachKeyOnce(t *testing.T) {
	root := t.TempDir()
	s := open(t, Config{Root: root})
	won := strings.Fields(together(t, 4, "create", root))
	if got, want := len(won), 2*createKeys; got != want {
		t.Fatalf("%d wins, want %d", got/2, want/2)
	}
	for i := 0; i < len(won); i += 2 {
		o, _, err := s.Get(t.Context(), "k/"+won[i])
		if err != nil || string(o.Body) != won[i+1] {
			t.Errorf("k/%s holds %q, %v; its winner is %s", won[i], o.Body, err, won[i+1])
		}
	}
}

// together runs n processes with one job and returns what they printed.
func together(t *testing.T, n int, job, root string) string {
	t.Helper()
	var mu sync.Mutex
	var all strings.Builder
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			out, err := process(t, job, root).Output()
			if err != nil {
				t.Errorf("%s: %v", job, err)
			}
			mu.Lock()
			defer mu.Unlock()
			all.Write(out)
		})
	}
	wg.Wait()
	return all.String()
}

// writeJob swaps one page and creates shards until it is killed, and prints
// the number of each round that it finished.
func writeJob(root string) error {
	s, err := Open(Config{Root: root, NoSync: true})
	if err != nil {
		return err
	}
	ctx := context.Background()
	_, tag, err := s.Get(ctx, "page")
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		o := page("page", strings.Repeat(strconv.Itoa(n)+" ", 20_000))
		o.Meta = map[string]string{"n": strconv.Itoa(n)}
		if tag, err = s.Swap(ctx, o, tag); err != nil {
			return err
		}
		o.Key = fmt.Sprintf("shards/%d-%d/x", os.Getpid(), n)
		if _, err := s.Create(ctx, o); err != nil {
			return err
		}
		fmt.Println(o.Key)
	}
}

func TestAKilledWriterLeavesWholeObjectsAndNoLock(t *testing.T) {
	root := t.TempDir()
	s := open(t, Config{Root: root, NoSync: true})
	if _, err := s.Create(t.Context(), page("page", "start")); err != nil {
		t.Fatal(err)
	}
	for round := range 12 {
		confirmed := killAfter(t, root, 1+round*3)
		o, tag, err := s.Get(t.Context(), "page")
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.Repeat(o.Meta["n"]+" ", 20_000); string(o.Body) != want {
			t.Fatalf("round %d: body %.20q… with metadata %v", round, o.Body, o.Meta)
		}
		for _, key := range confirmed {
			if _, _, err := s.Get(t.Context(), key); err != nil {
				t.Errorf("round %d: a confirmed shard: %v", round, err)
			}
		}
		files, err := filepath.Glob(filepath.Join(root, "shards", "*", "*"))
		if err != nil || len(files) < len(confirmed) {
			t.Fatalf("%d files, %v", len(files), err)
		}
		for _, f := range files {
			if _, _, err := s.Get(t.Context(), strings.TrimPrefix(f, root+"/")); err != nil {
				t.Errorf("round %d: %v", round, err)
			}
		}
		if _, err := s.Swap(t.Context(), page("page", "start"), tag); err != nil {
			t.Fatalf("round %d: swap after the kill: %v", round, err)
		}
	}
}

// killAfter starts a writer, kills it after it printed lines keys, and returns
// all keys it printed.
func killAfter(t *testing.T, root string, lines int) []string {
	t.Helper()
	cmd := process(t, "write", root)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for scan := bufio.NewScanner(out); scan.Scan(); {
		keys = append(keys, scan.Text())
		if len(keys) == lines {
			cmd.Process.Kill()
		}
	}
	if err := cmd.Wait(); err == nil || len(keys) < lines {
		t.Fatalf("writer ended by itself after %d of %d keys: %v", len(keys), lines, err)
	}
	return keys
}

// fillJob tries to write more than the system lets it.
func fillJob(root string) error {
	s, err := Open(Config{Root: root})
	if err != nil {
		return err
	}
	const limit = 16 << 10
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
		return err
	}
	ctx := context.Background()
	_, tag, err := s.Get(ctx, "head.json")
	if err != nil {
		return err
	}
	large := strings.Repeat("x", 4*limit)
	if _, err := s.Swap(ctx, page("head.json", large), tag); !errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("swap: error %w, want %w", err, syscall.EFBIG)
	}
	if _, err := s.Create(ctx, page("shard.json", large)); !errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("create: error %w, want %w", err, syscall.EFBIG)
	}
	return nil
}

func TestAFullDiskLeavesTheOldVersionAndNoPartOfTheNew(t *testing.T) {
	root := t.TempDir()
	s := open(t, Config{Root: root})
	if _, err := s.Create(t.Context(), page("head.json", "old")); err != nil {
		t.Fatal(err)
	}
	if out, err := process(t, "fill", root).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	o, _, err := s.Get(t.Context(), "head.json")
	if err != nil || string(o.Body) != "old" {
		t.Errorf("head.json holds %.20q, %v", o.Body, err)
	}
	if _, err := s.Stat(t.Context(), "shard.json"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("shard.json: %v", err)
	}
	if left, err := os.ReadDir(s.temp); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}
