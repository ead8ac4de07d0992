package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/heraldresults/herald/cmd/internal/config"
	"github.com/heraldresults/herald/diff/feed"
)

func (p *program) inspectCommand() *cli.Command {
	return &cli.Command{
		Name:      "inspect",
		Usage:     "say which format files have, what they hold and what is wrong with them",
		ArgsUsage: "FILE…",
		Description: `The files, and those below folders, are read together as one feed: definitions
beside counts. Without --format every format is tried. Nothing is published. It
ends with 3 when a file is refused.

EXAMPLES:
   herald inspect results.json
   herald inspect --races election_data.json counter_data.json
   herald inspect --mapping county.toml results.csv
   herald inspect --config herald.toml --feed sos /srv/drop/sos`,
		Flags: []cli.Flag{jsonFlag,
			&cli.BoolFlag{Name: "races", Usage: "list every race"},
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "take the settings of a feed from configuration `FILE`"},
			&cli.StringFlag{Name: "feed", Usage: "the feed `NAME` in it; by default the first"},
			&cli.StringFlag{Name: "format", Usage: "read the files as `FORMAT`"},
			&cli.StringFlag{Name: "timezone", Value: "UTC", Usage: "`ZONE` of times without one"},
			&cli.StringFlag{Name: "mapping", Usage: "the mapping `FILE` of format delimited, which is then taken"},
			&cli.StringSliceFlag{Name: "encoding", Usage: "try the encodings `NAME` in their order"},
			&cli.StringFlag{Name: "signature-key", Usage: "`FILE` of the key that files must be signed with"},
			&cli.StringSliceFlag{Name: "set", Usage: "a setting of the format's own, `NAME=VALUE`"}},
		Action: p.inspect,
	}
}

func (p *program) inspect(c *cli.Context) error {
	if c.NArg() == 0 {
		return usage(errors.New("inspect needs a FILE"))
	}
	f, err := inspectFeed(c)
	if err != nil {
		return err
	}
	var list []feed.Payload
	for _, path := range c.Args().Slice() {
		found, err := payloads(path)
		if err != nil {
			return usage(err)
		}
		for _, pl := range found {
			pl.Seq = uint64(len(list) + 1)
			list = append(list, pl)
		}
	}
	x, err := inspect(f, list)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		err = p.print(x)
	} else {
		err = p.inspected(x, c.Bool("races"))
	}
	refused := 0
	for _, f := range x.Files {
		if f.Refused {
			refused++
		}
	}
	if err == nil && refused > 0 {
		err = &exit{exitProblem, fmt.Errorf("%s refused", many(refused, "file"))}
	}
	return err
}

// mappedFormat is the one format that takes a mapping.
const mappedFormat = "delimited"

// inspectFeed is the feed that the flags describe.
func inspectFeed(c *cli.Context) (config.Feed, error) {
	if file := c.String("config"); file != "" {
		cfg, err := loadConfig(file)
		if err != nil {
			return config.Feed{}, err
		}
		return feedNamed(cfg, c.String("feed"))
	}
	f := config.Feed{Name: "files", Format: c.String("format"), Timezone: c.String("timezone"), Mapping: c.String("mapping"),
		SignatureKey: c.String("signature-key"), Encodings: c.StringSlice("encoding")}
	if f.Mapping != "" && f.Format == "" {
		f.Format = mappedFormat // else what is wrong with the mapping would not be said
	}
	for _, s := range c.StringSlice("set") {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return f, usage(fmt.Errorf("--set %q is not NAME=VALUE", s))
		}
		if f.Settings == nil {
			f.Settings = map[string]string{}
		}
		f.Settings[name] = value
	}
	return f, nil
}

// inspected prints tables.
func (p *program) inspected(x *inspection, races bool) error {
	w := tabwriter.NewWriter(p.io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "FILE\tBYTES\tREAD BY\tSCOPE\tSTAMP\tUNITS\tCONTESTS\tRESULTS")
	for _, f := range x.Files {
		by := strings.Join(f.Formats, ", ")
		if f.Refused {
			by = "refused"
		}
		fmt.Fprintf(w, "%s\t%d\t%s", f.File, f.Bytes, by)
		for i, u := range f.Says {
			if i == 3 {
				fmt.Fprintf(w, "\t… and %s\n", many(len(f.Says)-i, "update"))
				break
			}
			if i > 0 {
				fmt.Fprint(w, "\t\t")
			}
			fmt.Fprintf(w, "\t%s\t%s\t%d\t%d\t%d\n", u.Scope, u.stamp(), u.Units, u.Contests, u.Results)
		}
		if len(f.Says) == 0 {
			fmt.Fprintln(w, "\t\t\t\t\t")
		}
	}
	fmt.Fprintln(w)
	x.summary(w)
	if err := w.Flush(); err != nil {
		return err
	}
	if races && len(x.Races) > 0 {
		x.raceTable(w)
		if err := w.Flush(); err != nil {
			return err
		}
	}
	for _, f := range x.Files {
		for _, b := range f.Problems {
			fmt.Fprintf(p.io.out, "%s %s%s: %s\n", b.Code, filepath.ToSlash(f.File), b.where(), b.Text)
		}
	}
	return nil
}

func (u updateReport) stamp() string {
	if u.Seq != 0 && u.Stamp != "" {
		return fmt.Sprintf("%d, %s", u.Seq, u.Stamp)
	}
	if u.Seq != 0 {
		return fmt.Sprint(u.Seq)
	}
	return u.Stamp
}

func (x *inspection) summary(w *tabwriter.Writer) {
	line := func(name, format string, args ...any) { fmt.Fprintf(w, name+"\t"+format+"\n", args...) }
	switch {
	case x.Format == "":
		line("format", "none reads these files")
	case len(x.Ties) > 0:
		line("format", "%s, or as well %s: the configuration names one", x.Format, strings.Join(x.Ties, ", "))
	default:
		line("format", "%s", x.Format)
	}
	if x.Name != "" || len(x.Elections) > 0 {
		line("election", "%s", strings.Join(append(x.Elections, x.Name), " "))
	}
	counted, equal, stated := 0, 0, 0
	for _, r := range x.Races {
		if r.Votes.Present() {
			counted++
		}
		if r.Votes.Present() && r.Valid.Present() {
			if stated++; r.Votes == r.Valid {
				equal++
			}
		}
	}
	line("holds", "%s, %s, %s, %s, %d of them with votes", many(x.Units, "unit"), many(x.Contests, "contest"), many(x.Choices, "choice"), many(len(x.Races), "race"), counted)
	if stated > 0 {
		line("sums", "the choices make the valid votes in %d of the %s that state them", equal, many(stated, "race"))
	}
}

func (x *inspection) raceTable(w *tabwriter.Writer) {
	fmt.Fprintln(w, "\nRACE\tCONTEST\tUNIT\tCHOICES\tVOTES\tVALID\tBLANK\tNULL\tBALLOTS\tUNITS IN\tOF\tSTATUS")
	for _, r := range x.Races {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%v\t%v\t%v\t%v\t%v\t%v\t%v\t%s\n", r.Race, r.Contest, r.Unit, r.Choices, r.Votes, r.Valid, r.Blank, r.Null, r.Ballots, r.In, r.Total, r.Status)
	}
	fmt.Fprintln(w)
}

// feedNamed finds a feed of a configuration; "" is the first.
func feedNamed(cfg *config.Config, name string) (config.Feed, error) {
	if name == "" {
		return cfg.Feeds[0], nil
	}
	i := slices.IndexFunc(cfg.Feeds, func(f config.Feed) bool { return f.Name == name })
	if i < 0 {
		return config.Feed{}, usage(fmt.Errorf("there is no feed %q in the configuration", name))
	}
	return cfg.Feeds[i], nil
}
