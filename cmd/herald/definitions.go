package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/heraldresults/herald/cmd/internal/config"
	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/definitions"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/publish/store/memstore"
)

// laidDown reads the definitions of the configuration, nil when there are
// none.
func laidDown(d config.Definitions) (*diff.Definitions, error) {
	if d.File == "" {
		return nil, nil
	}
	body, err := os.ReadFile(d.File)
	if err != nil {
		return nil, fmt.Errorf("definitions: %w", err)
	}
	if has := shard.HashOf(body).String(); d.SHA256 != "" && has != d.SHA256 {
		return nil, fmt.Errorf("definitions: E_DEFINITION: %s has the SHA-256 %s, pinned is %s", d.File, has, d.SHA256)
	}
	read, err := definitions.Read(feed.Payload{Feed: "definitions", Name: filepath.Base(d.File), Body: body})
	if err != nil {
		return nil, fmt.Errorf("definitions: %w", err)
	}
	return &read, nil
}

func (p *program) definitionsCommand() *cli.Command {
	published := &cli.BoolFlag{Name: "published", Usage: "take what is published instead of reading the feeds"}
	return &cli.Command{
		Name:  "definitions",
		Usage: "write down names, units and choices before the night, and compare them",
		Subcommands: []*cli.Command{
			{
				Name:  "pin",
				Usage: "write a definitions file of what the feeds say, and print its hash",
				Description: `Nothing is published. A payload that is refused is an error.

EXAMPLES:
   herald definitions pin --out definitions.json
   herald definitions pin --published --config herald.toml`,
				Flags: []cli.Flag{configFlag, published,
					&cli.StringFlag{Name: "out", Value: "definitions.json", Usage: "write the definitions to a new `FILE`"}},
				Action:       p.pin,
				OnUsageError: badUsage,
			},
			{
				Name:  "diff",
				Usage: "say where the feeds differ from the definitions file of the configuration",
				Description: `Nothing is published. It ends with 3 when they differ.

EXAMPLES:
   herald definitions diff
   herald definitions diff --json --config herald.toml`,
				Flags:        []cli.Flag{configFlag, published, jsonFlag},
				Action:       p.definitionsDiff,
				OnUsageError: badUsage,
			},
		},
	}
}

func badUsage(_ *cli.Context, err error, _ bool) error { return usage(err) }

func (p *program) pin(c *cli.Context) error {
	cfg, err := loadConfig(c.String("config"))
	if err != nil {
		return err
	}
	d, err := p.present(c.Context, cfg, c.Bool("published"))
	if err != nil {
		return err
	}
	body := definitions.Append(nil, d)
	out := c.String("out")
	f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("write the definitions: %s exists and is not overwritten; move it away, or name another file with --out", out)
	}
	if err != nil {
		return fmt.Errorf("write the definitions: %w", err)
	}
	_, err = f.Write(body)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the definitions: %w", err)
	}
	choices := 0
	for _, contest := range d.Contests {
		choices += len(contest.Choices)
	}
	fmt.Fprintf(p.io.err, "%s: %s, %s, %s. Read it, then put this into the configuration:\n", out,
		many(len(d.Units), "unit"), many(len(d.Contests), "contest"), many(choices, "choice"))
	fmt.Fprintf(p.io.out, "[definitions]\nfile   = %q\nsha256 = %q\n", fromConfig(c.String("config"), out), shard.HashOf(body))
	return nil
}

// fromConfig is the path of a file as the configuration names it.
func fromConfig(conf, file string) string {
	from, err := filepath.Abs(filepath.Dir(conf))
	to, err2 := filepath.Abs(file)
	rel, err3 := filepath.Rel(from, to)
	if errors.Join(err, err2, err3) != nil {
		return file
	}
	return filepath.ToSlash(rel)
}

// present is what feeds, or readers, are told now.
func (p *program) present(ctx context.Context, cfg *config.Config, published bool) (diff.Definitions, error) {
	snap, elections, err := (*snapshot.Snapshot)(nil), []string(nil), error(nil)
	if published {
		snap, err = p.released(ctx, cfg)
	} else {
		snap, elections, err = p.look(ctx, cfg)
	}
	if err != nil {
		return diff.Definitions{}, err
	}
	if len(snap.Contests) == 0 {
		return diff.Definitions{}, errors.New("there are no contests yet")
	}
	return definitions.Of(snap, elections), nil
}

// look reads the feeds once, into memory.
func (p *program) look(ctx context.Context, cfg *config.Config) (*snapshot.Snapshot, []string, error) {
	feeds, done, err := p.feeds(cfg)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	pages, err := pagesOf(cfg)
	if err != nil {
		return nil, nil, err
	}
	pages.Store, pages.Private, pages.Log = memstore.New(), memstore.New(), p.log
	pub, err := publish.Open(ctx, pages)
	if err != nil {
		return nil, nil, err
	}
	laid, err := laidDown(cfg.Definitions)
	if err != nil {
		return nil, nil, err
	}
	loop, err := publish.NewLoop(publish.LoopConfig{Publisher: pub, Feeds: feeds, Definitions: laid, Log: p.log})
	if err != nil {
		return nil, nil, err
	}
	snap, elections, err := loop.Look(ctx)
	refused := 0
	for _, n := range loop.Stats().Refusals {
		refused += n
	}
	if err == nil && refused > 0 {
		err = fmt.Errorf("%s refused; see above", many(refused, "payload"))
	}
	return snap, elections, err
}

// released reads what is published, and leaves it alone.
func (p *program) released(ctx context.Context, cfg *config.Config) (*snapshot.Snapshot, error) {
	st, _, err := openStore(ctx, cfg.Store)
	if err != nil {
		return nil, err
	}
	signer, verifier, err := signingKey(cfg.Signing.PublicKey)
	if err != nil {
		return nil, err
	}
	pages, err := pagesOf(cfg)
	if err != nil {
		return nil, err
	}
	pages.Store, pages.Signer, pages.Verifier, pages.Log, pages.Quiet = st, signer, verifier, p.log, true
	pub, err := publish.Open(ctx, pages)
	if err != nil {
		return nil, err
	}
	if pub.Published() == nil {
		return nil, errors.New("nothing is published yet")
	}
	return pub.Published(), nil
}

// definitionsDiff compares the feeds with the file, as if it were pinned.
func (p *program) definitionsDiff(c *cli.Context) error {
	cfg, err := loadConfig(c.String("config"))
	if err != nil {
		return err
	}
	laid, err := laidDown(cfg.Definitions)
	if err != nil {
		return err
	}
	if laid == nil {
		return usage(errors.New("the configuration has no definitions.file"))
	}
	cfg.Definitions = config.Definitions{} // what the feeds say by themselves
	now, err := p.present(c.Context, cfg, c.Bool("published"))
	if err != nil {
		return err
	}
	list, err := diff.CompareDefinitions(*laid, now)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		if err := p.print(findings(list)); err != nil {
			return err
		}
	} else {
		for _, f := range list {
			fmt.Fprintf(p.io.out, "%s  %s\n", f.Code, f.Text)
		}
	}
	if len(list) > 0 {
		return &exit{exitProblem, fmt.Errorf("%s found", many(len(list), "difference"))}
	}
	fmt.Fprintf(p.io.err, "no difference: %s, %s\n", many(len(now.Units), "unit"), many(len(now.Contests), "contest"))
	return nil
}

// finding is one finding in JSON.
type finding struct {
	Code    string `json:"code"`
	Text    string `json:"text"`
	Contest string `json:"contest,omitempty"`
	Race    string `json:"race,omitempty"`
}

func findings(list []snapshot.Finding) []finding {
	out := make([]finding, len(list))
	for i, f := range list {
		out[i] = finding(f)
	}
	return out
}
