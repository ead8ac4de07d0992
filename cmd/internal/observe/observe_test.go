package observe

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestTheStatusStaysBelowTheLogAndInsideTheTerminal(t *testing.T) {
	var out bytes.Buffer
	l := &Line{w: &out, width: func() int { return 12 }}
	l.Set("races in 169 of 169")
	if _, err := io.WriteString(l, "a log line\n"); err != nil {
		t.Fatal(err)
	}
	l.Set("")
	want := clear + "races in 16" + clear + "a log line\nraces in 16" + clear
	if out.String() != want {
		t.Errorf("wrote %q, want %q", out.String(), want)
	}
}

func TestTheLogIsTextForPeopleAndJSONForMachines(t *testing.T) {
	var text, machine bytes.Buffer
	Logger(&text, true, slog.LevelInfo).Info("published", "release", 3)
	Logger(&machine, false, slog.LevelInfo).Info("published", "release", 3)
	if !strings.Contains(text.String(), "level=INFO msg=published release=3") {
		t.Errorf("text log: %s", text.String())
	}
	var record map[string]any
	if err := json.Unmarshal(machine.Bytes(), &record); err != nil || record["msg"] != "published" {
		t.Errorf("JSON log: %s, %v", machine.String(), err)
	}
}

func TestMetricsAreForThisMachineAlone(t *testing.T) {
	if s, err := Listen("0.0.0.0:0", prometheus.NewRegistry(), func() error { return nil }); err == nil {
		t.Errorf("listens on %s", s.Addr())
	}
	s, err := Listen("127.0.0.1:0", prometheus.NewRegistry(), func() error { return io.ErrUnexpectedEOF })
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(t.Context())
	resp, err := http.Get("http://" + s.Addr() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); resp.StatusCode != http.StatusServiceUnavailable || err != nil || !strings.Contains(string(body), "unexpected EOF") {
		t.Errorf("healthz answers %s %q", resp.Status, body)
	}
	if resp, err := http.Get("http://" + s.Addr() + "/debug/pprof/"); err != nil || resp.StatusCode != http.StatusNotFound {
		t.Errorf("/debug/pprof/ answers %v, %v", resp.Status, err)
	}
}
