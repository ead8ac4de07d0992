package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/heraldresults/herald/cdn/edge"
	"github.com/heraldresults/herald/cmd/internal/config"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/fixtures/synth"
	"github.com/heraldresults/herald/publish"
	"github.com/heraldresults/herald/publish/source"
)

func (p *program) demoCommand() *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "show the main job: a night plays, Herald publishes it, the browser shows it",
		Description: `A made election night plays into a drop folder; the daemon watches it, publishes
into a folder store and serves that with the built-in edge. Open the address it
prints; pages update by themselves. Ctrl-C ends it.

EXAMPLES:
   herald demo
   herald demo --scale full --speed 300
   herald demo --night ./captures`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8080", Usage: "serve at `ADDRESS`"},
			&cli.StringFlag{Name: "dir", Value: filepath.Join(".herald", "demo"), Usage: "work in `DIR`, which is emptied first"},
			&cli.StringFlag{Name: "scale", Value: "small", Usage: "`small`: 4 states; full: 5,569 municipalities, 11,138 races"},
			&cli.Float64Flag{Name: "speed", Value: 60, Usage: "play `N` times as fast as a real night"},
			&cli.StringFlag{Name: "night", Usage: "play the recorded captures in `DIR` instead"},
			&cli.StringFlag{Name: "name", Usage: "with --night: each file is a capture of one address, called `NAME`"},
			&cli.StringSliceFlag{Name: "first", Usage: "with --night: deliver `FILE` before everything else"},
		},
		Action: func(c *cli.Context) error {
			d := demo{program: p, dir: c.String("dir"), listen: c.String("listen"), scale: c.String("scale"), speed: c.Float64("speed"),
				rec: recording{dir: c.String("night"), name: c.String("name"), first: c.StringSlice("first"), order: "receipt", speed: c.Float64("speed")}}
			if d.speed <= 0 {
				return usage(errors.New("--speed must be above 0"))
			}
			return d.run(c.Context)
		},
	}
}

// demo is one demonstration.
type demo struct {
	*program
	dir, listen, scale string
	speed              float64
	rec                recording
}

// marker lies in folders that demo may empty.
const marker = ".herald-demo"

func (d *demo) run(ctx context.Context) error {
	if err := d.clean(); err != nil {
		return err
	}
	cfg := &config.Config{Election: "demo", Name: "Made election", Mode: "test", Timezone: "America/Sao_Paulo", Languages: []string{"en"}, Cards: true, GroupBy: "state",
		State: filepath.Join(d.dir, "state"), PollAfter: config.Duration(5 * time.Second), NextUpdate: config.Duration(5 * time.Minute),
		Store:   config.Store{Kind: "folder", Folder: filepath.Join(d.dir, "public")},
		Private: config.Store{Kind: "folder", Folder: filepath.Join(d.dir, "private")}}
	play, feeds, done, err := d.night(ctx, cfg)
	if err != nil {
		return err
	}
	defer done()
	x, err := d.wire(ctx, cfg, feeds, wiring{spool: true, recorded: true})
	if err != nil {
		return err
	}
	srv, err := d.edge(x.store, d.listen, cfg.Election+"/index.html")
	if err != nil {
		return errors.Join(err, x.Close())
	}
	err = d.all(ctx, x, srv, play)
	return errors.Join(err, x.Close())
}

// all runs daemon, edge and night until ctx ends.
func (d *demo) all(ctx context.Context, x *parts, srv *edge.Server, play func(context.Context) error) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return srv.Serve(gctx) })
	g.Go(func() error { return x.loop.Run(gctx) })
	g.Go(func() error { return play(gctx) })
	g.Go(func() error { d.invite(gctx, x, srv.URL()); return nil })
	if d.line != nil {
		g.Go(func() error { d.status(gctx, x); return nil })
	}
	err := g.Wait()
	s := x.loop.Stats()
	fmt.Fprintf(d.io.out, "Stopped at release %d: %s read, %s counted, %s.\n", s.Release, many(s.Payloads, "payload"), many(s.Reporting, "race"), many(s.Corrections, "correction"))
	return err
}

// invite prints the address as soon as every page is there.
func (d *demo) invite(ctx context.Context, x *parts, address string) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for x.publisher.AliasesThrough() == 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
	fmt.Fprintf(d.io.out, "\n  Open %s/ : results appear as they are counted. Ctrl-C ends.\n\n", address)
}

// clean empties the folder of an earlier demonstration, and no other.
func (d *demo) clean() error {
	entries, err := os.ReadDir(d.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("look into %s: %w", d.dir, err)
	}
	if len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(d.dir, marker)); err != nil {
			return usage(fmt.Errorf("%s is not empty and not of an earlier demo; choose another --dir", d.dir))
		}
		if err := os.RemoveAll(d.dir); err != nil {
			return fmt.Errorf("empty %s: %w", d.dir, err)
		}
	}
	if err := os.MkdirAll(d.dir, 0o750); err != nil {
		return fmt.Errorf("make %s: %w", d.dir, err)
	}
	return os.WriteFile(filepath.Join(d.dir, marker), []byte("herald demo empties this folder when it starts\n"), 0o640)
}

// night opens the feed and returns what plays the night into it.
func (d *demo) night(ctx context.Context, cfg *config.Config) (play func(context.Context) error, feeds []publish.Feed, done func(), err error) {
	if d.rec.dir != "" {
		return d.recorded(cfg)
	}
	scale := synth.Small
	switch d.scale {
	case "small":
	case "full":
		scale = synth.Full
	default:
		return nil, nil, nil, usage(fmt.Errorf("--scale is small or full, not %q", d.scale))
	}
	const steps, every = 90, 2 * time.Minute
	start := time.Now().Add(-steps * every).Truncate(time.Second) // so that it ends now, however fast it plays
	night, err := synth.New(synth.Config{Scale: scale, Seed: 2026, Start: start, Every: every, Steps: steps, Share: 0.1, Faults: demoFaults()})
	if err != nil {
		return nil, nil, nil, err
	}
	drop := filepath.Join(d.dir, "drop")
	d.log.InfoContext(ctx, "making the night", "places", night.Places())
	if _, err := night.Write(drop, 0, false); err != nil {
		return nil, nil, nil, err
	}
	f := config.Feed{Name: "made", Format: "tse", Timezone: cfg.Timezone, Folder: drop, Whole: "rename"}
	made, closer, err := d.openFeed(cfg, f)
	if err != nil {
		return nil, nil, nil, err
	}
	return func(ctx context.Context) error { return d.play(ctx, night, drop) }, []publish.Feed{made}, func() { closer() }, nil
}

// demoFaults are things that happen on real nights.
func demoFaults() []synth.Fault {
	return []synth.Fault{{Step: 6, Kind: synth.Correction}, {Step: 9, Place: 1, Kind: synth.Torn}, {Step: 12, Place: 2, Kind: synth.Stale}}
}

// play writes one step after the other until the night is over, then waits.
func (d *demo) play(ctx context.Context, night *synth.Night, drop string) error {
	every := time.Duration(float64(night.At(1).Sub(night.At(0))) / d.speed)
	t := time.NewTicker(max(every, 200*time.Millisecond))
	defer t.Stop()
	for step := 1; step < night.Steps(); step++ {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		if _, err := night.Write(drop, step, true); err != nil {
			return fmt.Errorf("play step %d: %w", step, err)
		}
	}
	d.log.InfoContext(ctx, "the night is over; the pages stay until Ctrl-C")
	<-ctx.Done()
	return nil
}

// recorded plays captures with the format that reads most of the first.
func (d *demo) recorded(cfg *config.Config) (func(context.Context) error, []publish.Feed, func(), error) {
	f := config.Feed{Name: "recorded", Timezone: "UTC"}
	captures, err := d.rec.captures(f)
	if err != nil {
		return nil, nil, nil, usage(err)
	}
	format, err := chooseFromCaptures(d.rec.definitionsFirst(captures))
	if err != nil {
		return nil, nil, nil, err
	}
	f.Format = format.Name
	cfg.Mode, cfg.Name, cfg.GroupBy, cfg.Timezone = "replay", "Recorded night ("+format.Name+")", "", cmp.Or(format.Zone, "UTC")
	src, err := d.rec.open(f)
	if err != nil {
		return nil, nil, nil, usage(err)
	}
	made, err := newFeed(f, src)
	if err != nil {
		return nil, nil, nil, err
	}
	wait := func(ctx context.Context) error { <-ctx.Done(); return nil }
	return wait, []publish.Feed{made}, func() { src.Close() }, nil
}

// chooseFromCaptures finds the format of recorded captures. The first ones may
// hold nothing that is counted, so it looks at one, then four, then sixteen.
func chooseFromCaptures(captures []source.Capture) (feed.Format, error) {
	var list []feed.Payload
	read := 0
	for n := 1; ; n *= 4 {
		for ; read < min(n, len(captures)); read++ {
			for _, file := range captures[read].Files {
				body, err := os.ReadFile(file.Path)
				if err != nil {
					return feed.Format{}, err
				}
				list = append(list, feed.Payload{Name: file.Name, Body: body, Seq: uint64(len(list) + 1), Received: captures[read].Received})
			}
		}
		format, err := chooseFormat("", list, time.UTC)
		if err == nil || n >= 16 || read == len(captures) {
			return format, err
		}
	}
}
