package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/heraldresults/herald/cmd/internal/config"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/publish"
	"github.com/heraldresults/herald/publish/source"
)

func (p *program) replayCommand() *cli.Command {
	return &cli.Command{
		Name:      "replay",
		Usage:     "play a recorded night again",
		ArgsUsage: "DIR",
		Description: `DIR is a spool, a folder of folders that each hold the files that changed at one
moment, or a folder of files that are one capture each. Times in names become
the times of receipt; those without a zone are in the feed's.

Where it publishes stands in the configuration, whose mode must not be live.

EXAMPLES:
   herald replay --every night/
   herald replay --speed 60 --name r.json captures/
   herald replay --feed sos --every /var/lib/herald/spool`,
		Flags: []cli.Flag{configFlag,
			&cli.StringFlag{Name: "feed", Usage: "play it as feed `NAME`; by default the first"},
			&cli.BoolFlag{Name: "every", Usage: "publish every capture before the next is read"},
			&cli.Float64Flag{Name: "speed", Value: 1, Usage: "play `N` times as fast as recorded"},
			&cli.StringFlag{Name: "order", Value: "receipt", Usage: "play in the order of `receipt or stamp`"},
			&cli.StringFlag{Name: "name", Usage: "each file is a capture of one address, called `NAME`"},
			&cli.StringSliceFlag{Name: "first", Usage: "deliver `FILE` before everything else: definitions"}},
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usage(errors.New("replay needs one DIR"))
			}
			cfg, err := loadConfig(c.String("config"))
			if err != nil {
				return err
			}
			if cfg.Mode == "live" {
				return usage(errors.New("a recorded night is never played into an election in mode live"))
			}
			f, err := feedNamed(cfg, c.String("feed"))
			if err != nil {
				return err
			}
			rec := recording{dir: c.Args().First(), name: c.String("name"), first: c.StringSlice("first"), order: c.String("order")}
			if !c.Bool("every") {
				rec.speed = c.Float64("speed")
			}
			return p.replay(c.Context, cfg, f, rec)
		},
	}
}

// recording is a recorded night on the disk and how to play it.
type recording struct {
	dir, name, order string
	first            []string
	speed            float64 // 0 is lock-step
}

func (p *program) replay(ctx context.Context, cfg *config.Config, f config.Feed, rec recording) (err error) {
	src, err := rec.open(f)
	if err != nil {
		return usage(err)
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	made, err := newFeed(f, src)
	if err != nil {
		return err
	}
	x, err := p.wire(ctx, cfg, []publish.Feed{made}, wiring{ends: true, recorded: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	if p.line != nil {
		sctx, stop := context.WithCancel(ctx)
		defer stop()
		go p.status(sctx, x)
	}
	if rec.speed > 0 {
		err = x.loop.Run(ctx)
	} else {
		err = x.loop.Step(ctx, func() error { return nil })
	}
	s := x.loop.Stats()
	p.log.InfoContext(context.WithoutCancel(ctx), "played", "payloads", s.Payloads, "releases", s.Releases, "release", s.Release, "races", s.Races,
		"corrections", s.Corrections, "old", s.Old, "refused", len(s.Refusals))
	return err
}

// open finds out how the night lies in its folder.
func (r recording) open(f config.Feed) (*source.Replay, error) {
	if segs, err := filepath.Glob(filepath.Join(r.dir, "*.seg")); err == nil && len(segs) > 0 {
		if r.order != "receipt" {
			return nil, errors.New("a spool is played in the order of receipt")
		}
		return source.NewReplay(source.ReplayConfig{Feed: f.Name, Spool: r.dir, Speed: r.speed})
	}
	captures, err := r.captures(f)
	if err != nil {
		return nil, err
	}
	if r.order == "stamp" {
		if err := byStamp(captures, f); err != nil {
			return nil, err
		}
	}
	return source.NewReplay(source.ReplayConfig{Feed: f.Name, Captures: r.definitionsFirst(captures), Speed: r.speed})
}

// captureTimes are the forms of times in the names of captures.
var captureTimes = [...]string{"20060102T150405Z", "2006-01-02-15-04-05", "2006-01-02T15-04-05Z", "20060102150405", "2006-01-02_15-04"}

func (r recording) captures(f config.Feed) ([]source.Capture, error) {
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(f.Timezone)
	if err != nil {
		return nil, err
	}
	cfg := source.CapturesConfig{Dir: r.dir, Layout: source.EachFile, Name: r.name, Location: zone}
	timed := true
	for _, e := range entries {
		if e.IsDir() {
			cfg.Layout = source.CaptureFolders
		}
		timed = timed && parsesAsTime(strings.TrimSuffix(e.Name(), filepath.Ext(e.Name())), zone)
	}
	if cfg.Layout == source.EachFile && timed && r.name == "" && len(entries) > 0 {
		cfg.Name = "capture" + filepath.Ext(entries[0].Name())
	}
	if cfg.Name != "" {
		cfg.Layout = source.OneAddress
	}
	if timed {
		cfg.Times = captureTimes[:]
	} else {
		cfg.Start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	captures, err := source.Captures(cfg)
	if cfg.Layout == source.EachFile && !timed {
		slices.SortStableFunc(captures, func(a, b source.Capture) int { return cmp.Compare(dateIn(a), dateIn(b)) })
		for i := range captures { // no time is known: one a minute
			captures[i].Received = cfg.Start.Add(time.Duration(i) * time.Minute)
		}
	}
	return captures, err
}

var date = regexp.MustCompile(`\d{4}-?\d{2}-?\d{2}([-T_]?\d+)*`)

// dateIn is the date in a file's name. Files without one, which hold
// definitions, come first.
func dateIn(c source.Capture) string {
	if len(c.Files) == 0 {
		return ""
	}
	return date.FindString(c.Files[0].Name)
}

func parsesAsTime(name string, zone *time.Location) bool {
	return slices.ContainsFunc(captureTimes[:], func(layout string) bool {
		_, err := time.ParseInLocation(layout, name, zone)
		return err == nil
	})
}

// definitionsFirst moves the files named to a capture before all others.
func (r recording) definitionsFirst(captures []source.Capture) []source.Capture {
	if len(r.first) == 0 {
		return captures
	}
	var head source.Capture
	var rest []source.Capture
	for _, c := range captures {
		head.Received = cmp.Or(head.Received, c.Received)
		var keep []source.CapturedFile
		for _, file := range c.Files {
			if slices.Contains(r.first, file.Name) {
				head.Files = append(head.Files, file)
			} else {
				keep = append(keep, file)
			}
		}
		if c.Files = keep; len(keep) > 0 {
			rest = append(rest, c)
		}
	}
	return append([]source.Capture{head}, rest...)
}

// byStamp orders captures by the newest stamp in each.
func byStamp(captures []source.Capture, f config.Feed) error {
	type stamped struct {
		c     source.Capture
		seq   uint64
		stamp time.Time
	}
	all := make([]stamped, len(captures))
	for i, c := range captures {
		all[i] = stamped{c: c, stamp: c.Received}
		made, err := newFeed(f, nil)
		if err != nil {
			return err
		}
		for _, file := range c.Files {
			body, err := os.ReadFile(file.Path)
			if err != nil {
				return err
			}
			updates, err := made.Decoder.Decode(feed.Payload{Feed: f.Name, Name: file.Name, Body: body, Received: c.Received})
			if err != nil {
				continue // it will be refused when it is played
			}
			for n, u := range updates {
				if n == 0 || u.Stamp.Time.After(all[i].stamp) {
					all[i].seq, all[i].stamp = u.Stamp.Seq, u.Stamp.Time
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b stamped) int {
		if a.seq != 0 && b.seq != 0 {
			return cmp.Compare(a.seq, b.seq)
		}
		return a.stamp.Compare(b.stamp)
	})
	for i, s := range all {
		captures[i] = s.c
	}
	return nil
}
