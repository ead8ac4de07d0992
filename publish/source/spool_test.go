package source

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var evening = time.Date(2024, 10, 6, 20, 0, 0, 123456789, time.UTC)

func payload(name, body string) Payload {
	return Payload{Feed: "tse", Name: name, Body: []byte(body), Received: evening, Hash: sha256.Sum256([]byte(body))}
}

func spool(t *testing.T, cfg SpoolConfig) *Spool {
	t.Helper()
	s, err := OpenSpool(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// recorded reads a spool whole and fails on any error in it.
func recorded(t *testing.T, dir string) []Payload {
	t.Helper()
	var all []Payload
	for p, err := range ReadSpool(dir) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func TestSpoolGivesBackWhatItWasGivenInOrder(t *testing.T) {
	dir := t.TempDir()
	s := spool(t, SpoolConfig{Dir: dir})
	first := []Payload{payload("a.json", "{}"), payload("b\n\"c.json", "line\nline\n\x00\xff"), payload("empty", "")}
	first[1].LastModified = evening.Add(-time.Minute).Truncate(time.Second)
	s.Append(first)
	s.Append([]Payload{payload("a.json", "{1}")})
	got := recorded(t, dir)
	if len(got) != 4 {
		t.Fatalf("records = %d, want 4", len(got))
	}
	for i, want := range append(first, payload("a.json", "{1}")) {
		p := got[i]
		if p.Seq != uint64(i+1) || p.Name != want.Name || p.Feed != "tse" || !bytes.Equal(p.Body, want.Body) ||
			!p.Received.Equal(evening) || !p.LastModified.Equal(want.LastModified) || p.Hash != want.Hash {
			t.Errorf("record %d = %+v, want %+v", i, p, want)
		}
	}
	if st := s.State(); st.LastSeq != 4 || st.Broken != "" || st.Segments != 1 {
		t.Errorf("state = %+v", st)
	}
}

func TestATornTailIsCutWhereverItBreaksOff(t *testing.T) {
	whole := t.TempDir()
	s := spool(t, SpoolConfig{Dir: whole})
	s.Append([]Payload{payload("a", "first body")})
	kept := s.State().Bytes
	s.Append([]Payload{payload("b", "second body")})
	s.Close()
	raw, err := os.ReadFile(filepath.Join(whole, "000001.seg"))
	if err != nil {
		t.Fatal(err)
	}
	for cut := kept + 1; cut < int64(len(raw)); cut++ {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "000001.seg"), raw[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		if n := len(recorded(t, dir)); n != 1 {
			t.Fatalf("cut at %d: records before repair = %d, want 1", cut, n)
		}
		again := spool(t, SpoolConfig{Dir: dir})
		if got := again.State().Bytes; got != kept {
			t.Fatalf("cut at %d: bytes = %d, want %d", cut, got, kept)
		}
		again.Append([]Payload{payload("c", "after the crash")})
		got := recorded(t, dir)
		if len(got) != 2 || got[1].Seq != 2 || string(got[1].Body) != "after the crash" {
			t.Fatalf("cut at %d: records = %+v", cut, got)
		}
		again.Close()
	}
}

func TestNumbersGoOnAfterARestartAndAboveTheFloor(t *testing.T) {
	dir := t.TempDir()
	s := spool(t, SpoolConfig{Dir: dir, SegmentBytes: 1})
	s.Append([]Payload{payload("a", "1"), payload("b", "2")})
	s.Close()
	if err := os.WriteFile(filepath.Join(dir, "000002.seg"), nil, 0o644); err != nil {
		t.Fatal(err) // a crash right after a new segment was begun
	}
	s = spool(t, SpoolConfig{Dir: dir})
	p := []Payload{payload("c", "3")}
	s.Append(p)
	if p[0].Seq != 3 {
		t.Errorf("seq = %d, want 3", p[0].Seq)
	}
	s.Close()
	s = spool(t, SpoolConfig{Dir: dir, After: 99})
	s.Append(p)
	if p[0].Seq != 100 {
		t.Errorf("seq = %d, want 100", p[0].Seq)
	}
}

func TestADamagedRecordIsNamedAndTheOthersAreRead(t *testing.T) {
	dir := t.TempDir()
	s := spool(t, SpoolConfig{Dir: dir})
	s.Append([]Payload{payload("a", "first"), payload("b", "second"), payload("c", "third")})
	s.Close()
	path := filepath.Join(dir, "000001.seg")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(raw, []byte("second"), []byte("sEcond"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	var good []string
	bad := 0
	for p, err := range ReadSpool(dir) {
		switch {
		case errors.Is(err, ErrDamaged) && strings.Contains(err.Error(), "payload 2"):
			bad++
		case err != nil:
			t.Error(err)
		default:
			good = append(good, string(p.Body))
		}
	}
	if bad != 1 || strings.Join(good, " ") != "first third" {
		t.Errorf("bad = %d, good = %v", bad, good)
	}
	spool(t, SpoolConfig{Dir: dir}) // damage in the middle is no torn tail
	if after, err := os.ReadFile(path); err != nil || len(after) != len(raw) {
		t.Errorf("bytes after opening = %d, want %d", len(after), len(raw))
	}
}

func TestATornSegmentInTheMiddleDoesNotHideTheNextOne(t *testing.T) {
	dir := t.TempDir()
	s := spool(t, SpoolConfig{Dir: dir, SegmentBytes: 1})
	s.Append([]Payload{payload("a", "first")})
	s.Append([]Payload{payload("b", "second")})
	s.Close()
	path := filepath.Join(dir, "000001.seg")
	if err := os.Truncate(path, 20); err != nil {
		t.Fatal(err)
	}
	var got []string
	torn := 0
	for p, err := range ReadSpool(dir) {
		if errors.Is(err, ErrTorn) {
			torn++
		} else {
			got = append(got, p.Name)
		}
	}
	if torn != 1 || strings.Join(got, " ") != "b" {
		t.Errorf("torn = %d, read = %v", torn, got)
	}
}

func TestQuotaRemovesTheOldestSegmentsAndNeverTheLast(t *testing.T) {
	dir := t.TempDir()
	s := spool(t, SpoolConfig{Dir: dir, SegmentBytes: 2000, Quota: 5000})
	for i := range 50 {
		s.Append([]Payload{payload(fmt.Sprint(i), strings.Repeat("x", 500))})
		if st := s.State(); st.Bytes > 5000 {
			t.Fatalf("bytes = %d after %d payloads, more than the quota", st.Bytes, i+1)
		}
	}
	got := recorded(t, dir)
	if last := got[len(got)-1]; last.Seq != 50 || got[0].Seq < 30 {
		t.Errorf("kept %d to %d", got[0].Seq, last.Seq)
	}
	for i := 1; i < len(got); i++ {
		if got[i].Seq != got[i-1].Seq+1 {
			t.Errorf("gap after %d", got[i-1].Seq)
		}
	}
	tiny := spool(t, SpoolConfig{Dir: t.TempDir(), Quota: 1})
	tiny.Append([]Payload{payload("a", "larger than the quota")})
	if st := tiny.State(); st.Segments != 1 || st.Bytes < 2 || st.Broken != "" {
		t.Errorf("state = %+v", st)
	}
}

// spoolUnderLimit names the variable by which a test runs itself again as a
// child whose files may not grow beyond a size.
const spoolUnderLimit = "HERALD_TEST_SPOOL_UNDER_LIMIT"

func TestADiskThatTakesNothingBreaksTheSpoolAndStopsNobody(t *testing.T) {
	if dir := os.Getenv(spoolUnderLimit); dir != "" {
		fillDisk(t, dir)
		return
	}
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	child.Env = append(os.Environ(), spoolUnderLimit+"="+dir)
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("child: %v\n%s", err, out)
	}
	got := recorded(t, dir)
	if len(got) != 2 || got[0].Seq != 1 || got[1].Seq != 4 {
		t.Errorf("records = %d: %v", len(got), got)
	}
}

// fillDisk runs in the child: the kernel refuses to let any file grow beyond
// 4096 bytes, until the limit is lifted again.
func fillDisk(t *testing.T, dir string) {
	signal.Ignore(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	var j journal
	s := spool(t, SpoolConfig{Dir: dir, Log: j.log()})
	s.Append([]Payload{payload("fits", "x")})
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 4096, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	for want := uint64(2); want <= 3; want++ {
		p := []Payload{payload("too much", strings.Repeat("y", 5000))}
		s.Append(p)
		if p[0].Seq != want || len(p[0].Body) != 5000 {
			t.Errorf("payload after the full disk = seq %d, %d bytes", p[0].Seq, len(p[0].Body))
		}
	}
	st := s.State()
	if st.Broken == "" || st.Missed != 2 || st.LastSeq != 3 || j.count("spool broken") != 1 {
		t.Errorf("state = %+v, log lines = %d", st, j.count("spool broken"))
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	s.Append([]Payload{payload("fits again", strings.Repeat("z", 5000))})
	if st := s.State(); st.Broken != "" || j.count("works again") != 1 {
		t.Errorf("state = %+v", st)
	}
}

func TestAClosedSpoolStillNumbersPayloads(t *testing.T) {
	s := spool(t, SpoolConfig{Dir: t.TempDir()})
	s.Close()
	p := []Payload{payload("a", "1")}
	s.Append(p)
	if p[0].Seq != 1 || s.State().Broken == "" {
		t.Errorf("seq = %d, state = %+v", p[0].Seq, s.State())
	}
}

func TestReadingASpoolThatIsNotThereIsAnError(t *testing.T) {
	for _, err := range ReadSpool(filepath.Join(t.TempDir(), "none")) {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("error = %v", err)
		}
		return
	}
	t.Error("a missing spool reads as an empty one")
}

func FuzzASpoolOfAnyBytesIsReadWithoutHarm(f *testing.F) {
	var buf bytes.Buffer
	p := payload("a.json", "body")
	p.Seq = 1
	if err := writeRecord(&buf, &p); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Add(bytes.Replace(buf.Bytes(), []byte(`"size":4`), []byte(`"size":9223372036854775807`), 1))
	f.Add(bytes.Repeat([]byte{0}, 100))
	f.Fuzz(func(t *testing.T, raw []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "000001.seg"), raw, 0o644); err != nil {
			t.Fatal(err)
		}
		before := 0
		for _, err := range ReadSpool(dir) {
			if err == nil {
				before++
			}
		}
		s := spool(t, SpoolConfig{Dir: dir})
		s.Append([]Payload{payload("last", "last")})
		after, last := 0, ""
		for p, err := range ReadSpool(dir) {
			if err == nil {
				after++
				last = p.Name
			}
		}
		if after != before+1 || last != "last" {
			t.Errorf("good records: %d, then %d ending in %q", before, after, last)
		}
	})
}
