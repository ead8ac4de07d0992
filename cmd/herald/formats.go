package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/formats"
)

// formatReport is one format in JSON.
type formatReport struct {
	Name     string            `json:"name"`
	Doc      string            `json:"doc"`
	Stamps   string            `json:"stamps"`   // where the order of updates comes from
	Timezone string            `json:"timezone"` // of the authority; "": the configuration says
	Settings map[string]string `json:"settings"` // what each is for, by name
	Needs    string            `json:"needs"`    // what it does not work without
	Keeps    bool              `json:"keeps"`    // remembers what payloads do not repeat; needs [private]
	Follows  bool              `json:"follows"`  // its payloads lead to further addresses: base and entries
}

func reportOf(f feed.Format) formatReport {
	r := formatReport{Name: f.Name, Doc: f.Doc, Stamps: f.Stamps, Timezone: f.Zone, Settings: map[string]string{}}
	for _, s := range f.Settings {
		r.Settings[s.Name] = s.Doc
	}
	dec, err := f.New(feed.Options{})
	if err != nil {
		r.Needs = err.Error()
		return r
	}
	_, r.Keeps = dec.(feed.Keeper)
	_, r.Follows = dec.(feed.Follower)
	return r
}

// traits are what an operator must know of a format beside its name.
func (r formatReport) traits(f feed.Format) (out []string) {
	if r.Keeps {
		out = append(out, "needs [private]")
	}
	if r.Follows {
		out = append(out, "may be crawled")
	}
	if len(f.Settings) > 0 {
		names := make([]string, len(f.Settings))
		for i, s := range f.Settings {
			names[i] = s.Name
		}
		out = append(out, "settings "+strings.Join(names, ", "))
	}
	if r.Needs != "" {
		out = append(out, "needs a mapping file")
	}
	return out
}

func (p *program) formatsCommand() *cli.Command {
	return &cli.Command{
		Name:  "formats",
		Usage: "list the formats that feeds may have",
		Flags: []cli.Flag{jsonFlag},
		Action: func(c *cli.Context) error {
			list := []formatReport{}
			w := tabwriter.NewWriter(p.io.out, 0, 0, 2, ' ', 0)
			for _, f := range formats.All() {
				r := reportOf(f)
				list = append(list, r)
				fmt.Fprintf(w, "%s\t%s\n", f.Name, strings.Join(append([]string{f.Doc}, r.traits(f)...), "; "))
			}
			if c.Bool("json") {
				return p.print(list)
			}
			return w.Flush()
		},
	}
}
