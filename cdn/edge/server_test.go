package edge_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/heraldresults/herald/cdn/edge"
)

func TestServerWithoutAHostListensOnThisMachineOnly(t *testing.T) {
	s, err := edge.NewServer(edge.ServerConfig{Addr: ":0", Handler: http.NotFoundHandler(), Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(s.URL())
	if err != nil || u.Hostname() != "127.0.0.1" || u.Port() == "0" {
		t.Errorf("address = %s, %v", s.URL(), err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Serve(ended); err != nil {
		t.Error(err)
	}
}

// slow answers when released, and says when a request has come in.
func slow(arrived, release chan struct{}) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case arrived <- struct{}{}:
		default: // another one
		}
		<-release
		io.WriteString(w, "whole")
	})
}

func TestServerLetsRequestsUnderWayFinish(t *testing.T) {
	arrived, release := make(chan struct{}, 1), make(chan struct{})
	s, err := edge.NewServer(edge.ServerConfig{Addr: ":0", Handler: slow(arrived, release), Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served, got := make(chan error, 1), make(chan string, 1)
	go func() { served <- s.Serve(ctx) }()
	go func() {
		answer, err := http.Get(s.URL())
		if err != nil {
			got <- err.Error()
			return
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		got <- string(body)
	}()
	<-arrived
	stop()
	// Once the port is closed, the request is still under way.
	waitRefused(t, s.URL())
	close(release)
	if body := <-got; body != "whole" {
		t.Errorf("answer = %q", body)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve = %v, want nil", err)
	}
}

func TestServerCutsOffRequestsThatOutlastTheGrace(t *testing.T) {
	arrived, release := make(chan struct{}, 1), make(chan struct{})
	defer close(release)
	s, err := edge.NewServer(edge.ServerConfig{
		Addr: "127.0.0.1:0", Handler: slow(arrived, release), Log: quiet, Grace: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served, got := make(chan error, 1), make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	go func() {
		answer, err := http.Get(s.URL())
		if err == nil {
			answer.Body.Close()
		}
		got <- err
	}()
	<-arrived
	stop()
	if err := <-served; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Serve = %v, want the end of the grace", err)
	}
	if err := <-got; err == nil {
		t.Error("the request was answered")
	}
}

func TestServerRefusesAnAddressInUse(t *testing.T) {
	c := edge.ServerConfig{Addr: ":0", Handler: http.NotFoundHandler(), Log: quiet}
	first, err := edge.NewServer(c)
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	defer first.Serve(ended)
	u, err := url.Parse(first.URL())
	if err != nil {
		t.Fatal(err)
	}
	c.Addr = u.Host
	if _, err := edge.NewServer(c); err == nil {
		t.Error("the port was opened twice")
	}
	for _, bad := range []edge.ServerConfig{{}, {Addr: ":0", Log: quiet}, {Addr: "8080", Handler: c.Handler, Log: quiet}} {
		if _, err := edge.NewServer(bad); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
}

// waitRefused polls until nobody listens at address.
func waitRefused(t *testing.T, address string) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	late := time.After(10 * time.Second)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 100 * time.Millisecond}
	for {
		answer, err := client.Get(address)
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return
		}
		if err == nil {
			answer.Body.Close()
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatal("the port stays open")
		}
	}
}
