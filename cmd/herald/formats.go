package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/heraldresults/herald/diff/feed/formats"
)

func (p *program) formatsCommand() *cli.Command {
	return &cli.Command{
		Name:  "formats",
		Usage: "list the formats that feeds may have",
		Flags: []cli.Flag{jsonFlag},
		Action: func(c *cli.Context) error {
			if c.Bool("json") {
				list := []map[string]string{}
				for _, f := range formats.All() {
					list = append(list, map[string]string{"name": f.Name, "doc": f.Doc})
				}
				return p.print(list)
			}
			w := tabwriter.NewWriter(p.io.out, 0, 0, 2, ' ', 0)
			for _, f := range formats.All() {
				fmt.Fprintf(w, "%s\t%s\n", f.Name, f.Doc)
			}
			return w.Flush()
		},
	}
}
