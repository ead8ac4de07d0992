package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/heraldresults/herald/cdn/edge"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/publish/store/dirstore"
)

func (p *program) serveCommand() *cli.Command {
	return &cli.Command{
		Name:      "serve",
		Usage:     "serve a folder store with the built-in edge",
		ArgsUsage: "DIR",
		Description: `The built-in edge honours the caching table exactly as a CDN should. It is for
trials, rehearsals and small elections; put a CDN before anything larger.

EXAMPLES:
   herald serve ./public
   herald serve --listen 0.0.0.0:8080 ./public`,
		Flags: []cli.Flag{&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8080", Usage: "listen on `ADDRESS`"}},
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usage(errors.New("serve needs one DIR"))
			}
			dir := c.Args().First()
			if _, err := os.Stat(dir); err != nil {
				return usage(fmt.Errorf("serve: %w", err))
			}
			st, err := dirstore.Open(dirstore.Config{Root: dir})
			if err != nil {
				return err
			}
			home := ""
			if heads, err := filepath.Glob(filepath.Join(dir, "*", "head.json")); err == nil && len(heads) == 1 {
				home = filepath.Base(filepath.Dir(heads[0])) + "/index.html"
			}
			srv, err := p.edge(st, c.String("listen"), home)
			if err != nil {
				return err
			}
			p.log.InfoContext(c.Context, "serving", "address", srv.URL()+"/", "folder", dir)
			return srv.Serve(c.Context)
		},
	}
}

// edge makes a server of the built-in edge before a store.
func (p *program) edge(st store.Store, listen, home string) (*edge.Server, error) {
	origin := func(ctx context.Context, key string) (edge.Object, bool, error) {
		o, _, err := st.Get(ctx, key)
		switch {
		case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrRefused): // refused: not a key
			return edge.Object{}, false, nil
		case err != nil:
			return edge.Object{}, false, err
		}
		info, err := st.Stat(ctx, key)
		if err != nil {
			return edge.Object{}, false, err
		}
		return edge.Object{ContentType: o.ContentType, ContentEncoding: o.ContentEncoding, CacheControl: info.CacheControl, Meta: o.Meta, Body: o.Body}, true, nil
	}
	e, err := edge.New(edge.Config{Origin: origin, Log: p.log, Home: home})
	if err != nil {
		return nil, err
	}
	return edge.NewServer(edge.ServerConfig{Addr: listen, Handler: e, Log: p.log})
}
