package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/urfave/cli/v2"

	"github.com/heraldresults/herald/cmd/internal/config"
	"github.com/heraldresults/herald/diff/feed/formats"
)

func (p *program) checkConfigCommand() *cli.Command {
	return &cli.Command{
		Name:  "check-config",
		Usage: "read the configuration and print what was understood",
		Description: `EXAMPLES:
   herald check-config
   herald check-config --config herald.toml --json`,
		Flags: []cli.Flag{configFlag, jsonFlag},
		Action: func(c *cli.Context) error {
			cfg, err := loadConfig(c.String("config"))
			if err != nil {
				return err
			}
			if _, err := pagesOf(cfg); err != nil {
				return err
			}
			if _, _, err := signingKey(cfg.Signing.PublicKey); err != nil {
				return err
			}
			look, err := lookOf(cfg)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				return p.print(cfg)
			}
			p.explain(cfg)
			if err := p.explainPages(cfg, look); err != nil {
				return err
			}
			fmt.Fprintln(p.io.out, "\nWith all defaults:")
			return toml.NewEncoder(p.io.out).Encode(cfg)
		},
	}
}

// explain says in words what the configuration means.
func (p *program) explain(c *config.Config) {
	say := func(format string, args ...any) { fmt.Fprintf(p.io.out, format+"\n", args...) }
	say("%s (%s), mode %s, times in %s", c.Name, c.Election, c.Mode, c.Timezone)
	if c.Mode != "live" {
		say("  every page says that these are not real results")
	}
	for _, f := range c.Feeds {
		format, _ := formats.ByName(f.Format)
		if f.Folder != "" {
			say("feed %s: %s (%s), watches %s, files are whole by %s", f.Name, f.Format, format.Doc, f.Folder, f.Whole)
			continue
		}
		if f.Table != "" {
			say("feed %s: %s (%s), reads table %s, at most one payload in %s", f.Name, f.Format, format.Doc, f.Table, time.Duration(max(f.Every, f.Window)))
			continue
		}
		if f.Base != "" {
			say("feed %s: %s (%s), crawls %s from %s, at most %g requests a second", f.Name, f.Format, format.Doc, f.Base, strings.Join(f.Entries, ", "), f.Rate)
			continue
		}
		say("feed %s: %s (%s), polls %d addresses", f.Name, f.Format, format.Doc, len(f.URLs))
	}
	if d := c.Definitions; d.SHA256 != "" {
		say("definitions: %s, pinned: feeds may not add to them", d.File)
	} else if d.File != "" {
		say("definitions: %s, not pinned: feeds add to them", d.File)
	}
	say("store: %s", place(c.Store))
	if c.Private.Kind != "" {
		say("private store: %s", place(c.Private))
	}
	for _, u := range c.CDN.Purges {
		say("after a commit, as a hint: purge at %s", u.Kind)
	}
	if os.Getenv("HERALD_KEY") == "" {
		say("heads are UNSIGNED: HERALD_KEY is not set")
	} else {
		say("heads are signed by %s", c.Signing.PublicKey)
	}
	say("pages ask for themselves every %s; a head is frozen after %s", time.Duration(c.PollAfter), time.Duration(c.NextUpdate))
}

// explainPages says what pages look like, and what identifies that.
func (p *program) explainPages(c *config.Config, look string) error {
	if c.Pages.Folder != "" {
		o, missing, err := overridesOf(c)
		if err != nil {
			return usage(err)
		}
		fmt.Fprintf(p.io.out, "pages: words, colours and pictures of %s, SHA-256 %x\n", c.Pages.Folder, o.Sum())
		for _, line := range missing {
			fmt.Fprintf(p.io.out, "  %s\n", line)
		}
	}
	fmt.Fprintf(p.io.out, "look of the pages: %s\n", look)
	return nil
}

func place(s config.Store) string {
	if s.Kind == "folder" {
		return "folder " + s.Folder
	}
	at := "AWS " + s.Region
	if s.Endpoint != "" {
		at = s.Endpoint
	}
	return fmt.Sprintf("bucket %s at %s, keys below %q", s.Bucket, at, s.Prefix)
}
