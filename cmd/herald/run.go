package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/cmd/internal/config"
	"github.com/heraldresults/herald/cmd/internal/observe"
	"github.com/heraldresults/herald/publish"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/publish/store/s3store"
)

func (p *program) runCommand() *cli.Command {
	return &cli.Command{
		Name:  "run",
		Usage: "watch the feeds and publish until told to stop",
		Description: `EXAMPLES:
   herald run
   herald run --config /etc/herald/herald.toml

Ctrl-C or SIGTERM finishes the publish under way and ends; a second one ends at
once, which is safe: the next start carries on from the store.`,
		Flags: []cli.Flag{configFlag,
			&cli.BoolFlag{Name: "single", Usage: "publish even to a store that is not safe for two publishers"},
			&cli.StringFlag{Name: "cpu-profile", Usage: "write a CPU profile to `FILE`", Hidden: true}},
		Action: func(c *cli.Context) error {
			cfg, err := loadConfig(c.String("config"))
			if err != nil {
				return err
			}
			if file := c.String("cpu-profile"); file != "" {
				stop, err := observe.Profile(file)
				if err != nil {
					return err
				}
				defer stop()
			}
			return p.daemon(c.Context, cfg, c.Bool("single"))
		},
	}
}

func (p *program) daemon(ctx context.Context, cfg *config.Config, single bool) (err error) {
	feeds, done, err := p.feeds(cfg)
	if err != nil {
		return err
	}
	defer done()
	x, err := p.ready(ctx, cfg, feeds, single)
	if err != nil && ctx.Err() != nil { // told to stop before there was anything to finish
		p.log.InfoContext(context.WithoutCancel(ctx), "stopped while starting", "at", err)
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	g, gctx := errgroup.WithContext(ctx)
	if cfg.Metrics.Listen != "" {
		registry := prometheus.NewRegistry()
		registry.MustRegister(newCollector(x))
		srv, err := observe.Listen(cfg.Metrics.Listen, registry, x.loop.Healthy)
		if err != nil {
			return err
		}
		p.log.InfoContext(ctx, "metrics", "address", "http://"+srv.Addr()+"/metrics")
		g.Go(func() error { return srv.Serve(gctx) })
	}
	if p.line != nil {
		g.Go(func() error { p.status(gctx, x); return nil })
	}
	g.Go(func() error { return x.loop.Run(gctx) })
	err = g.Wait()
	p.log.InfoContext(context.WithoutCancel(ctx), "stopped", "release", x.loop.Stats().Release, "err", err)
	return err
}

// ready wires the parts, tries out the store and notes the start.
func (p *program) ready(ctx context.Context, cfg *config.Config, feeds []publish.Feed, single bool) (*parts, error) {
	x, err := p.wire(ctx, cfg, feeds, wiring{spool: true})
	if err != nil {
		return nil, err
	}
	if err := p.probe(ctx, x.s3, cfg.Election, single); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	if err := recordStart(ctx, cfg); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

// probe refuses a store that lets two writers win.
func (p *program) probe(ctx context.Context, s *s3store.Store, election string, single bool) error {
	if s == nil {
		return nil // a folder's locks are the operating system's
	}
	rep, err := s.Probe(ctx, s3store.ProbeConfig{Scratch: election + "/probe", Rounds: 5})
	if err != nil {
		return fmt.Errorf("try out the store: %w", err)
	}
	for _, line := range rep.Problems() {
		p.log.WarnContext(ctx, "store", "problem", line)
	}
	if !rep.SingleWinner() && !single {
		return errors.New("the store lets two publishers win the same write, so it is not safe to publish to; with one publisher only, use herald run --single")
	}
	return nil
}

// recordStart notes in the private store that a publisher started, and which.
func recordStart(ctx context.Context, cfg *config.Config) error {
	if cfg.Private.Kind == "" {
		return nil
	}
	st, _, err := openStore(ctx, cfg.Private)
	if err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	now := time.Now().UTC()
	body, err := json.Marshal(map[string]any{"v": 1, "election": cfg.Election, "mode": cfg.Mode, "started": now.Format(time.RFC3339), "host": host, "pid": os.Getpid()})
	if err != nil {
		return err
	}
	key := fmt.Sprintf("%s/starts/%s-%d.json", cfg.Election, now.Format("20060102T150405.000000000Z"), os.Getpid())
	if _, err := st.Create(ctx, store.Object{Key: key, Class: cdn.Private, ContentType: "application/json", Body: append(body, '\n')}); err != nil {
		return fmt.Errorf("note the start in the private store: %w", err)
	}
	return nil
}

// status keeps the line at the bottom of the terminal until ctx ends.
func (p *program) status(ctx context.Context, x *parts) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	defer p.line.Set("")
	for {
		s := x.loop.Stats()
		read := "nothing yet"
		if !s.LastRead.IsZero() {
			read = s.LastRead.Format(time.TimeOnly)
		}
		p.line.Set(fmt.Sprintf("races in %d of %d · release %d · changed %d · %s put · addresses fresh through %d · last read %s",
			s.Reporting, s.Races, s.Release, s.LastChanged, size(s.PutBytes), x.publisher.AliasesThrough(), read))
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// many writes a number of things: "1 race", "2 races".
func many(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// size writes bytes for people.
func size(n int64) string {
	switch {
	case n >= 10<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d B", n)
}
