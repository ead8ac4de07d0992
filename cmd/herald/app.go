package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync/atomic"

	"github.com/urfave/cli/v2"

	"github.com/heraldresults/herald/cmd/internal/observe"
	"github.com/heraldresults/herald/publish"
)

// Exit codes, as `herald help` lists them.
const (
	exitOK      = 0
	exitFailed  = 1 // something went wrong while working
	exitUsage   = 2 // the command line or the configuration is wrong
	exitProblem = 3 // verify or inspect found a problem, diff found a difference
	exitFenced  = 4 // another publisher has taken over
)

const about = `Herald watches official result feeds, compares each snapshot with the last,
uploads only what changed under content-hash names and moves one small head.

EXIT CODES:
   0  done
   1  something went wrong while working; what is published stays
   2  the command line or the configuration is wrong
   3  verify or inspect found a problem; diff found a difference
   4  another publisher has taken over`

type stdio struct {
	in       io.Reader
	out, err *os.File
}

// exit is an error that chooses the exit code.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string { return e.err.Error() }
func (e *exit) Unwrap() error { return e.err }

func usage(err error) error { return &exit{exitUsage, err} }

// run is the whole program. It returns the exit code.
func run(ctx context.Context, args []string, io stdio) int {
	app := newApp(io)
	err := app.RunContext(ctx, args)
	var coded *exit
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &coded):
		fmt.Fprintln(io.err, "herald:", err)
		return coded.code
	case errors.Is(err, publish.ErrFenced):
		fmt.Fprintln(io.err, "herald:", err)
		return exitFenced
	}
	fmt.Fprintln(io.err, "herald:", err)
	return exitFailed
}

func newApp(io stdio) *cli.App {
	p := &program{io: io}
	badUsage := func(_ *cli.Context, err error, _ bool) error { return usage(err) }
	app := &cli.App{
		Name:                   "herald",
		Usage:                  "publish election results as static files behind a CDN",
		Description:            about,
		Writer:                 io.out,
		ErrWriter:              io.err,
		UseShortOptionHandling: true,
		HideVersion:            true,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "log more", EnvVars: []string{"HERALD_VERBOSE"}},
		},
		Before:       p.before,
		OnUsageError: badUsage,
		CommandNotFound: func(c *cli.Context, name string) {
			fmt.Fprintf(io.err, "herald: there is no command %q; see herald help\n", name)
		},
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usage(fmt.Errorf("there is no command %q; see herald help", c.Args().First()))
			}
			return cli.ShowAppHelp(c)
		},
		ExitErrHandler: func(*cli.Context, error) {},
		Commands: []*cli.Command{
			p.runCommand(), p.onceCommand(), p.demoCommand(), p.replayCommand(), p.diffCommand(),
			p.serveCommand(), p.previewCommand(), p.verifyCommand(), p.keygenCommand(), p.checkConfigCommand(), p.formatsCommand(), p.inspectCommand(), p.definitionsCommand(),
		},
	}
	for _, c := range app.Commands {
		c.OnUsageError = badUsage // a command does not inherit it
	}
	return app
}

// program is what all commands share.
type program struct {
	io   stdio
	line *observe.Line // nil when stderr is no terminal
	log  *slog.Logger
	loop atomic.Pointer[publish.Loop] // nil until it is wired
}

func (p *program) before(c *cli.Context) error {
	level := slog.LevelInfo
	if c.Bool("verbose") {
		level = slog.LevelDebug
	}
	var w io.Writer = p.io.err
	text := observe.Terminal(p.io.err)
	if text {
		p.line = observe.NewLine(p.io.err)
		w = p.line
	}
	p.log = observe.Logger(w, text, level)
	return nil
}

// print writes v as JSON.
func (p *program) print(v any) error {
	enc := json.NewEncoder(p.io.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

var configFlag = &cli.StringFlag{Name: "config", Aliases: []string{"c"}, Value: "herald.toml", Usage: "read the configuration from `FILE`", EnvVars: []string{"HERALD_CONFIG"}}

var jsonFlag = &cli.BoolFlag{Name: "json", Usage: "print JSON"}
