// Herald publishes election results: a daemon that watches official feeds and
// keeps static pages and manifests fresh in object storage behind a CDN.
//
// Run `herald help` for its commands, and see README.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// The first signal ends the work in an orderly way; stop makes a second
	// one kill, which is safe at any moment.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args, stdio{os.Stdin, os.Stdout, os.Stderr}))
}
