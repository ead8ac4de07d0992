package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/mod/sumdb/note"

	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/publish/verify"
)

func (p *program) verifyCommand() *cli.Command {
	return &cli.Command{
		Name:      "verify",
		Usage:     "read a published election as a stranger and check every byte",
		ArgsUsage: "URL|DIR",
		Description: `URL is that of the election, https://results.example/2026-11-03-general/ ; DIR
is the folder of a folder store, or that of the election inside it. With
--config and neither, the store of a configuration is read directly, with its
credentials.

It reads the head, and below it every object, and compares each with the hash
that leads to it. With --key it also checks who signed. It ends with 3 when it
found a problem.

EXAMPLES:
   herald verify --key "results.example/…+…" https://results.example/2026-11-03-general/
   herald verify ./public
   herald verify --config herald.toml`,
		Flags: []cli.Flag{jsonFlag,
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "verify what the store in configuration `FILE` holds"},
			&cli.StringFlag{Name: "key", Usage: "the authority's public `KEY`, as herald keygen printed it"},
			&cli.BoolFlag{Name: "archived", Usage: "take a head that is older than it promised to be"}},
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 || (c.NArg() == 1) == (c.String("config") != "") {
				return usage(errors.New("verify needs one URL or DIR, or --config"))
			}
			cfg, key, err := target(c)
			if err != nil {
				return err
			}
			if key != "" {
				if cfg.Verifier, err = note.NewVerifier(key); err != nil {
					return usage(fmt.Errorf("public key: %w", err))
				}
			}
			return p.verify(c, cfg)
		},
	}
}

// target is what is to be verified, and the key to verify it with.
func target(c *cli.Context) (cfg verify.Config, key string, err error) {
	if file := c.String("config"); file != "" {
		conf, err := loadConfig(file)
		if err != nil {
			return cfg, "", err
		}
		st, _, err := openStore(c.Context, conf.Store)
		if err != nil {
			return cfg, "", err
		}
		return verify.Config{Fetch: fromStore(st), Election: conf.Election, Concurrency: conf.Store.Concurrency}, cmp.Or(c.String("key"), conf.Signing.PublicKey), nil
	}
	if cfg, err = site(c.Args().First()); err != nil {
		return cfg, "", usage(err)
	}
	return cfg, c.String("key"), nil
}

// fromStore fetches from a store as a stranger would from its edge.
func fromStore(st store.Store) verify.Fetch {
	return func(ctx context.Context, key string) ([]byte, error) {
		o, _, err := st.Get(ctx, key)
		if errors.Is(err, store.ErrNotFound) {
			return nil, fmt.Errorf("read %s: %w", key, verify.ErrNotFound)
		}
		if err != nil || o.ContentEncoding == "" {
			return o.Body, err
		}
		raw, err := shard.Decode(o.Body)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", key, err)
		}
		return raw, nil
	}
}

// site finds out where an election is: its folder or its address.
func site(arg string) (verify.Config, error) {
	if strings.HasPrefix(arg, "http://") || strings.HasPrefix(arg, "https://") {
		u, err := url.Parse(strings.TrimSuffix(strings.TrimSuffix(arg, "head.json"), "/"))
		if err != nil || strings.Trim(u.Path, "/") == "" {
			return verify.Config{}, fmt.Errorf("%q does not end in the name of an election: https://host/ELECTION/", arg)
		}
		parent, election := u.Path[:strings.LastIndex(u.Path, "/")], u.Path[strings.LastIndex(u.Path, "/")+1:]
		u.Path, u.RawQuery, u.Fragment = parent, "", ""
		return verify.Config{Fetch: verify.HTTP(nil, u.String()), Election: election}, nil
	}
	if _, err := os.Stat(filepath.Join(arg, "head.json")); err == nil {
		abs, err := filepath.Abs(arg)
		if err != nil {
			return verify.Config{}, err
		}
		return verify.Config{Fetch: verify.Dir(filepath.Dir(abs)), Election: filepath.Base(abs)}, nil
	}
	heads, err := filepath.Glob(filepath.Join(arg, "*", "head.json"))
	switch {
	case err != nil:
		return verify.Config{}, err
	case len(heads) == 0:
		return verify.Config{}, fmt.Errorf("there is no head.json in %s or one folder below it", arg)
	case len(heads) > 1:
		return verify.Config{}, fmt.Errorf("%s holds %d elections; name the folder of one", arg, len(heads))
	}
	return verify.Config{Fetch: verify.Dir(arg), Election: filepath.Base(filepath.Dir(heads[0]))}, nil
}

func (p *program) verify(c *cli.Context, cfg verify.Config) error {
	r, err := verify.NewReader(cfg)
	if err != nil {
		return usage(err)
	}
	rep, err := r.Check(c.Context, func(done, of int) {
		if p.line != nil && (done%100 == 0 || done == of) {
			p.line.Set(fmt.Sprintf("checked %d of %d objects", done, of))
		}
	})
	if p.line != nil {
		p.line.Set("")
	}
	if err != nil {
		return &exit{exitProblem, err}
	}
	if err := verify.Fresh(rep.Head, time.Now()); err != nil && !c.Bool("archived") {
		rep.Problems = append(rep.Problems, err.Error()+"; --archived takes it nevertheless")
	}
	if c.Bool("json") {
		if err := p.print(map[string]any{"election": rep.Head.Election, "mode": rep.Head.Mode, "seq": rep.Head.Seq, "release": rep.Head.Number,
			"published": rep.Head.Published, "signed": rep.Signed, "objects": rep.Objects, "bytes": rep.Bytes, "races": rep.Races,
			"late": list(rep.Late), "problems": list(rep.Problems)}); err != nil {
			return err
		}
	} else {
		p.told(rep)
	}
	if n := len(rep.Problems); n > 0 {
		return &exit{exitProblem, fmt.Errorf("%s found", many(n, "problem"))}
	}
	return nil
}

// list is never null in JSON.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func (p *program) told(rep *verify.Report) {
	h := rep.Head
	signed := "unsigned, or the key was not given"
	if rep.Signed {
		signed = "signed by the key given"
	}
	fmt.Fprintf(p.io.out, "%s, %s: release %d, seq %d, published %s, %s\n", h.Election, h.Mode, h.Number, h.Seq, h.Published, signed)
	fmt.Fprintf(p.io.out, "%s with %s read, %s\n", many(rep.Objects, "object"), size(rep.Bytes), many(rep.Races, "race"))
	for _, k := range rep.Late {
		fmt.Fprintf(p.io.out, "late: %s holds an older version\n", k)
	}
	for _, s := range rep.Problems {
		fmt.Fprintln(p.io.out, "PROBLEM:", s)
	}
	if len(rep.Problems) == 0 {
		fmt.Fprintln(p.io.out, "Every byte is what the head says.")
	}
}
