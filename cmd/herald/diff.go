package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

func (p *program) diffCommand() *cli.Command {
	return &cli.Command{
		Name:      "diff",
		Usage:     "say what one set of payloads has that another has not",
		ArgsUsage: "A B",
		Description: `A and B are files, or folders of files, of one format. It ends with 3 when they
differ in any count or definition.

EXAMPLES:
   herald diff --format minnesota night/20241106T045001Z night/20241106T050002Z
   herald diff --json before.json after.json`,
		Flags: []cli.Flag{jsonFlag,
			&cli.StringFlag{Name: "format", Usage: "read the files as `FORMAT`; by default the one that reads most of them"},
			&cli.StringFlag{Name: "timezone", Value: "UTC", Usage: "`ZONE` of times without one"}},
		Action: func(c *cli.Context) error {
			if c.NArg() != 2 {
				return usage(errors.New("diff needs A and B"))
			}
			zone, err := time.LoadLocation(c.String("timezone"))
			if err != nil {
				return usage(err)
			}
			var sides [2]*snapshot.Snapshot
			var format feed.Format
			for i := range sides {
				list, err := payloads(c.Args().Get(i))
				if err != nil {
					return usage(err)
				}
				if i == 0 {
					if format, err = chooseFormat(c.String("format"), list, zone); err != nil {
						return err
					}
				}
				a := assemble(format, list, zone)
				for _, err := range a.refused {
					p.log.WarnContext(c.Context, "payload refused", "why", err)
				}
				sides[i] = a.snap
			}
			return p.differences(c, diff.Compare(sides[0], sides[1]))
		},
	}
}

// raceDiff is one race of `herald diff --json`.
type raceDiff struct {
	Race    string      `json:"race"`
	Kind    string      `json:"kind"` // added, removed, result, definition
	Contest string      `json:"contest"`
	Unit    string      `json:"unit"`
	Counts  []countDiff `json:"counts,omitempty"`
}

type countDiff struct {
	Field  diff.Field     `json:"field"`
	Choice string         `json:"choice,omitempty"`
	From   snapshot.Count `json:"from"`
	To     snapshot.Count `json:"to"`
	Fell   bool           `json:"fell,omitempty"`
}

func (p *program) differences(c *cli.Context, ch diff.Changes) error {
	out := []raceDiff{}
	add := func(r *snapshot.Race, kind string, counts []countDiff) {
		out = append(out, raceDiff{r.ID, kind, r.Contest.Name, r.Unit.Name, counts})
	}
	for _, r := range ch.Added {
		add(r, "added", nil)
	}
	for _, r := range ch.Removed {
		add(r, "removed", nil)
	}
	for _, r := range ch.Redefined {
		add(r, "definition", nil)
	}
	for _, r := range ch.Changed {
		var counts []countDiff
		for _, n := range r.Counts {
			d := countDiff{Field: n.Field, From: n.From, To: n.To, Fell: n.Fell()}
			if n.Choice >= 0 {
				d.Choice = r.Next.Contest.Choices[n.Choice].Name
			}
			counts = append(counts, d)
		}
		add(r.Next, "result", counts)
	}
	if c.Bool("json") {
		if err := p.print(out); err != nil {
			return err
		}
	} else if err := p.diffTable(out); err != nil {
		return err
	}
	if !ch.Empty() {
		return &exit{exitProblem, fmt.Errorf("%d races differ", len(out))}
	}
	return nil
}

func (p *program) diffTable(list []raceDiff) error {
	w := tabwriter.NewWriter(p.io.out, 0, 0, 2, ' ', 0)
	for _, r := range list {
		fmt.Fprintf(w, "%s\t%s, %s\t(%s)\n", r.Kind, r.Contest, r.Unit, r.Race)
		for _, n := range r.Counts {
			mark := ""
			if n.Fell {
				mark = "FELL"
			}
			fmt.Fprintf(w, "  %s\t%s\t%v → %v\t%s\n", n.Field, n.Choice, n.From, n.To, mark)
		}
	}
	return w.Flush()
}
