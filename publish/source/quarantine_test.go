package source

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func quarantine(t *testing.T, cfg QuarantineConfig) *Quarantine {
	t.Helper()
	q, err := OpenQuarantine(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestARefusedPayloadLiesBesideItsReason(t *testing.T) {
	dir := t.TempDir()
	q := quarantine(t, QuarantineConfig{Dir: dir})
	p := payload("sp/x.json", "{broken")
	p.Feed, p.Seq = "tse/2024", 7
	at, err := q.Keep(p, Reason{"E_TRUNCATED", "the file ends in the middle"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := filepath.Base(at), fmt.Sprintf("20241006T200000Z-tse-2024-%x", p.Hash[:4]); got != want {
		t.Errorf("folder = %s, want %s", got, want)
	}
	if body, err := os.ReadFile(filepath.Join(at, "payload")); err != nil || string(body) != "{broken" {
		t.Errorf("payload = %q, %v", body, err)
	}
	raw, err := os.ReadFile(filepath.Join(at, "reason.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Code, Text string
		Payload    struct {
			Name string
			Seq  uint64
			Size int
		}
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if got.Code != "E_TRUNCATED" || got.Payload.Name != "sp/x.json" || got.Payload.Seq != 7 || got.Payload.Size != 7 {
		t.Errorf("reason = %+v", got)
	}
	if again, err := q.Keep(p, Reason{}); err != nil || again != at {
		t.Errorf("the same payload again = %s, %v", again, err)
	}
}

func TestAFullQuarantineLosesItsOldestCases(t *testing.T) {
	for _, cfg := range []QuarantineConfig{{MaxCount: 3}, {MaxBytes: 30}} {
		cfg.Dir = t.TempDir()
		keep := func(q *Quarantine, i int) string {
			p := payload("x", fmt.Sprintf("body%06d", i))
			p.Received = evening.Add(time.Duration(i) * time.Second)
			at, err := q.Keep(p, Reason{"E_X", "x"})
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
		q := quarantine(t, cfg)
		var kept []string
		for i := range 5 {
			kept = append(kept, keep(q, i))
		}
		kept = append(kept, keep(quarantine(t, cfg), 5)) // opened again
		for i, at := range kept {
			if _, err := os.Stat(at); (err == nil) != (i >= 3) {
				t.Errorf("limits %+v: case %d of 6: %v", cfg, i, err)
			}
		}
	}
}

func TestTheNewestCaseStaysThoughItAloneIsTooLarge(t *testing.T) {
	q := quarantine(t, QuarantineConfig{Dir: t.TempDir(), MaxBytes: 10})
	at, err := q.Keep(payload("x", strings.Repeat("x", 100)), Reason{"E_X", "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(at); err != nil {
		t.Error(err)
	}
}
