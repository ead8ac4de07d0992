package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/heraldresults/herald/cdn/edge"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/fixtures/showcase"
	"github.com/heraldresults/herald/publish"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/publish/store/dirstore"
	"github.com/heraldresults/herald/publish/store/memstore"
	"github.com/heraldresults/herald/templates"
)

func (p *program) previewCommand() *cli.Command {
	return &cli.Command{
		Name:  "preview",
		Usage: "show every page with the words, colours and logo of a folder",
		Description: `An invented election in which everything happens is published with the override
folder and served with the built-in edge: every kind of page, in every language,
before, during and after the count. When a file of the folder changes, the pages
are made again: reload them. What is wrong in the folder is printed, and the last
pages stay. Nothing that is published elsewhere is touched.

EXAMPLES:
   herald preview                   the folder and languages of herald.toml
   herald preview --folder site     a folder alone
   herald preview --folder site --languages pt,en --listen 127.0.0.1:9000
   herald preview --moments night   one moment alone, which is faster
   herald preview --out pages       write the pages into a folder and end`,
		Flags: []cli.Flag{
			configFlag,
			&cli.StringFlag{Name: "folder", Usage: "take the override folder `DIR` and no configuration"},
			&cli.StringSliceFlag{Name: "languages", Usage: "make the pages in the languages `CODES` instead"},
			&cli.StringSliceFlag{Name: "moments", Usage: "make only the `MOMENTS`: before, night, final"},
			&cli.StringFlag{Name: "mode", Value: "test", Usage: "make the pages in `MODE`: test, rehearsal, replay or live"},
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8081", Usage: "serve at `ADDRESS`"},
			&cli.StringFlag{Name: "out", Usage: "write the pages into the empty folder `DIR` and end"},
		},
		Action: func(c *cli.Context) error {
			v := &preview{program: p, folder: c.String("folder"), every: time.Second}
			if err := v.settle(c); err != nil {
				return err
			}
			if out := c.String("out"); out != "" {
				return v.write(c.Context, out)
			}
			return v.serve(c.Context, c.String("listen"))
		},
	}
}

// preview shows an override folder on made pages.
type preview struct {
	*program
	folder    string // "" for none
	languages []string
	moments   []moment
	site      templates.Site
	// own is the look that the configured election would have; nil without a
	// configuration.
	own func() (string, error)

	every time.Duration // between two looks at the folder
	seen  [32]byte      // sum of the folder as last looked at
	shown atomic.Pointer[http.Handler]
}

// moment is a state of the made election, which is published as an election
// of its own.
type moment struct {
	election, title string
	steps           []int
}

var moments = [...]moment{
	{"before", "Before the count", []int{showcase.Before}},
	{"night", "During the count", []int{showcase.Intermediate}},
	{"final", "After the count", []int{showcase.Intermediate, showcase.Corrected, showcase.Final}},
}

// chosen are the moments of these names, or all.
func chosen(names []string) ([]moment, error) {
	if len(names) == 0 {
		return moments[:], nil
	}
	var list []moment
	for _, name := range names {
		i := slices.IndexFunc(moments[:], func(m moment) bool { return m.election == name })
		if i < 0 {
			return nil, usage(fmt.Errorf("--moments are before, night and final, not %q", name))
		}
		list = append(list, moments[i])
	}
	return list, nil
}

// settle takes the settings from the command line and, where no folder is
// named, from the configuration.
func (v *preview) settle(c *cli.Context) error {
	v.site = templates.Site{Name: showcase.Name, Mode: templates.Mode(c.String("mode"))}
	switch v.site.Mode {
	case templates.Live, templates.Test, templates.Rehearsal, templates.Replay:
	default:
		return usage(fmt.Errorf("--mode is test, rehearsal, replay or live, not %q", v.site.Mode))
	}
	zone := showcase.Zone
	v.languages = templates.Languages()
	if v.folder == "" {
		switch cfg, err := loadConfig(c.String("config")); {
		case errors.Is(err, os.ErrNotExist) && !c.IsSet("config"):
			fmt.Fprintln(v.io.out, "There is no herald.toml here, and no --folder: these are the pages as Herald makes them.")
		case err != nil:
			return err
		default:
			v.folder, v.languages, v.site.Name, zone = cfg.Pages.Folder, cfg.Languages, cfg.Name, cfg.Timezone
			v.own = func() (string, error) { return lookOf(cfg) }
		}
	}
	if list := c.StringSlice("languages"); len(list) > 0 {
		v.languages = list
	}
	var err error
	if v.moments, err = chosen(c.StringSlice("moments")); err != nil {
		return err
	}
	v.site.Location, err = time.LoadLocation(zone)
	return err
}

// overrides reads the folder and adds the maps of the made election, so that
// there is something to colour.
func (v *preview) overrides() (*templates.Overrides, error) {
	files := map[string][]byte{}
	if v.folder != "" {
		var err error
		if files, err = readFolder(v.folder); err != nil {
			return nil, usage(fmt.Errorf("folder of pages: %w", err))
		}
	}
	own, err := checkedOverrides(v.folder, files)
	if err != nil {
		return nil, usage(err)
	}
	for _, line := range own.Unused(v.languages) {
		v.log.Warn("not shown", "file", line)
	}
	for name, raw := range showcase.Maps() {
		if files[name] == nil {
			files = maps.Clone(files)
			files[name] = raw
		}
	}
	return templates.ReadOverrides(files)
}

// publish makes all pages anew in st.
func (v *preview) publish(ctx context.Context, st store.Store) error {
	v.seen = v.sum()
	o, err := v.overrides()
	if err != nil {
		return err
	}
	languages, err := languagesOf(v.languages, o)
	if err != nil {
		return err
	}
	steps := showcase.Snapshots()
	g, gctx := errgroup.WithContext(ctx)
	for _, m := range v.moments {
		g.Go(func() error {
			ctx := gctx
			cfg := publish.Config{Store: st, Site: v.site, Languages: languages, Overrides: o, GroupBy: snapshot.State,
				Log: slog.New(slog.DiscardHandler), HeadEvery: time.Nanosecond}
			cfg.Site.Election = m.election
			pub, err := publish.Open(ctx, cfg)
			if err != nil {
				return err
			}
			for _, n := range m.steps {
				if _, err := pub.Publish(ctx, steps[n]); err != nil {
					return err
				}
			}
			if err := pub.Refresh(ctx); err != nil {
				return err
			}
			return pub.Heartbeat(ctx, nil)
		})
	}
	if err := g.Wait(); err != nil {
		return fmt.Errorf("make the pages: %w", err)
	}
	return v.index(ctx, st, o)
}

// write puts the pages into a folder store and ends.
func (v *preview) write(ctx context.Context, dir string) error {
	if entries, err := os.ReadDir(dir); len(entries) > 0 || err != nil && !errors.Is(err, os.ErrNotExist) {
		return usage(errors.Join(fmt.Errorf("%s is not an empty folder; choose another --out", dir), err))
	}
	st, err := dirstore.Open(dirstore.Config{Root: dir})
	if err != nil {
		return err
	}
	if err := v.publish(ctx, st); err != nil {
		return err
	}
	v.said()
	fmt.Fprintf(v.io.out, "The pages are in %s: herald serve %s, then open /%s\n", dir, dir, indexKey)
	return nil
}

// serve shows the pages and makes them again when the folder changes, until
// ctx ends.
func (v *preview) serve(ctx context.Context, listen string) error {
	began := time.Now()
	if err := v.renew(ctx); err != nil {
		return err
	}
	srv, err := edge.NewServer(edge.ServerConfig{Addr: listen, Log: v.log, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*v.shown.Load()).ServeHTTP(w, r)
	})})
	if err != nil {
		return err
	}
	v.said()
	fmt.Fprintf(v.io.out, "\n  Open %s/ : every page, made in %s. Ctrl-C ends.\n\n", srv.URL(), time.Since(began).Round(time.Millisecond))
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return srv.Serve(ctx) })
	g.Go(func() error { v.watch(ctx); return nil })
	return g.Wait()
}

// renew makes the pages of the folder as it is and shows them; after an error
// the pages before stay.
func (v *preview) renew(ctx context.Context) error {
	st := memstore.New()
	if err := v.publish(ctx, st); err != nil {
		return err
	}
	pages, err := showcase.Edge(st, indexKey)
	if err != nil {
		return err
	}
	v.shown.Store(&pages)
	return nil
}

// watch looks at the folder again and again, since what editors do to files is
// hard to tell from events.
func (v *preview) watch(ctx context.Context) {
	if v.folder == "" {
		return
	}
	tick := time.NewTicker(v.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if v.sum() == v.seen {
			continue
		}
		switch err := v.renew(ctx); {
		case ctx.Err() != nil:
			return
		case err != nil:
			fmt.Fprintf(v.io.out, "%v\nThe pages are those from before.\n", err)
		default:
			v.said()
			fmt.Fprintln(v.io.out, "The pages are made again: reload them.")
		}
	}
}

// sum is that of the folder as it is; a folder that cannot be read has none.
func (v *preview) sum() [32]byte {
	if v.folder == "" {
		return [32]byte{}
	}
	files, err := readFolder(v.folder)
	if err != nil {
		return [32]byte{}
	}
	return templates.SumOf(files)
}

// said prints what identifies the folder and the look of the election.
func (v *preview) said() {
	if v.folder != "" {
		fmt.Fprintf(v.io.out, "folder %s, SHA-256 %x\n", v.folder, v.seen)
	}
	if v.own == nil {
		return
	}
	if look, err := v.own(); err != nil {
		fmt.Fprintln(v.io.out, err)
	} else {
		fmt.Fprintf(v.io.out, "look %s: releases made with this configuration name it\n", look)
	}
}
