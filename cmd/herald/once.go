package main

import (
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"
)

func (p *program) onceCommand() *cli.Command {
	return &cli.Command{
		Name:  "once",
		Usage: "read every feed once, publish what is new, and end",
		Description: `EXAMPLES:
   herald once
   herald once --config herald.toml --json`,
		Flags: []cli.Flag{configFlag, jsonFlag},
		Action: func(c *cli.Context) (err error) {
			cfg, err := loadConfig(c.String("config"))
			if err != nil {
				return err
			}
			feeds, done, err := p.feeds(cfg)
			if err != nil {
				return err
			}
			defer done()
			x, err := p.wire(c.Context, cfg, feeds, wiring{spool: true, quiet: true})
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, x.Close()) }()
			if err := x.loop.Once(c.Context); err != nil {
				return err
			}
			s := x.loop.Stats()
			if c.Bool("json") {
				return p.print(map[string]any{"release": s.Release, "releases": s.Releases, "races": s.Races, "reporting": s.Reporting,
					"changed": s.Changed, "corrections": s.Corrections, "payloads": s.Payloads, "refusals": s.Refusals, "puts": s.Puts, "put_bytes": s.PutBytes})
			}
			refused := 0
			for _, n := range s.Refusals {
				refused += n
			}
			fmt.Fprintf(p.io.out, "%s read, %d refused; %d of %s counted; ", many(s.Payloads, "payload"), refused, s.Reporting, many(s.Races, "race"))
			if s.Releases == 0 {
				fmt.Fprintln(p.io.out, "nothing new to publish")
			} else {
				fmt.Fprintf(p.io.out, "release %d published, %d objects, %s\n", s.Release, s.Puts, size(s.PutBytes))
			}
			return nil
		},
	}
}
