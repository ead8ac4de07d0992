package edge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// ServerConfig is what a Server needs.
type ServerConfig struct {
	// Addr is host:port. Without a host it is this machine alone.
	Addr    string
	Handler http.Handler
	Log     *slog.Logger
	// Grace is how long requests under way may take at the end; 0 for 10 s.
	Grace time.Duration
}

// Server serves a handler on a port, with limits on how long a client may take
// for a request.
type Server struct {
	http     *http.Server
	listener net.Listener
	grace    time.Duration
}

// NewServer opens the port. Requests wait until Serve is called.
func NewServer(c ServerConfig) (*Server, error) {
	if c.Handler == nil || c.Log == nil {
		return nil, errors.New("edge server: there is no handler or no log")
	}
	if c.Grace < 0 {
		return nil, fmt.Errorf("edge server: grace of %v: want 0 or more", c.Grace)
	}
	if c.Grace == 0 {
		c.Grace = 10 * time.Second
	}
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return nil, fmt.Errorf("edge server: %w", err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("edge server: %w", err)
	}
	return &Server{listener: l, grace: c.Grace, http: &http.Server{
		Handler:           c.Handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       75 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(c.Log.Handler(), slog.LevelDebug),
	}}, nil
}

// URL is the server's address, with the port that was opened.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Serve serves until ctx ends, then lets the requests under way finish within
// the grace and returns nil, or an error when it had to cut some off. It may
// be called once.
func (s *Server) Serve(ctx context.Context) error {
	ended := make(chan error, 1)
	go func() { ended <- s.http.Serve(s.listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve %s: %w", s.listener.Addr(), err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.grace)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if err != nil {
		s.http.Close()
		err = fmt.Errorf("stop serving %s: requests cut off: %w", s.listener.Addr(), err)
	}
	<-ended
	return err
}
