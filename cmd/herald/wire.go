package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/cdn/cloudflare"
	"github.com/heraldresults/herald/cdn/cloudfront"
	"github.com/heraldresults/herald/cdn/httppurge"
	"github.com/heraldresults/herald/cmd/internal/config"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/publish/source"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/publish/store/dirstore"
	"github.com/heraldresults/herald/publish/store/s3store"
)

// loadConfig reads the configuration that the flag names and checks what
// only the program as a whole can check.
func loadConfig(path string) (*config.Config, error) {
	c, err := config.Load(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, usage(fmt.Errorf("%w; docs/herald.sample.toml is one to begin with", err))
	}
	if err != nil {
		return nil, usage(err)
	}
	if _, err := shard.NewLayout(c.Election); err != nil {
		return nil, usage(fmt.Errorf("configuration %s:\n  %w", path, err))
	}
	for _, f := range c.Feeds {
		if err := checkFeed(f, c.Private.Kind != ""); err != nil {
			return nil, usage(fmt.Errorf("configuration %s:\n  feed %q: %w", path, f.Name, err))
		}
	}
	if _, err := laidDown(c.Definitions); err != nil {
		return nil, usage(fmt.Errorf("configuration %s:\n  %w", path, err))
	}
	return c, nil
}

// parts is everything a publishing command is wired from.
type parts struct {
	publisher *publish.Publisher
	loop      *publish.Loop
	store     store.Store
	s3        *s3store.Store // nil for a folder
	close     []func() error
}

// Close closes the parts, the last one opened first.
func (x *parts) Close() error {
	var errs []error
	for i := len(x.close) - 1; i >= 0; i-- {
		errs = append(errs, x.close[i]())
	}
	return errors.Join(errs...)
}

// wiring says how a command publishes.
type wiring struct {
	spool bool // keep payloads; a replay has them already
	quiet bool // leave a running publisher alone until there is something new
	ends  bool // end when the feeds do
	// recorded nights have times of receipt that need not be true
	recorded bool
}

// wire opens store, publisher and loop for the feeds given.
func (p *program) wire(ctx context.Context, c *config.Config, feeds []publish.Feed, how wiring) (x *parts, err error) {
	x = &parts{}
	defer func() {
		if err != nil {
			x.Close()
		}
	}()
	if x.store, x.s3, err = openStore(ctx, c.Store); err != nil {
		return x, err
	}
	var private store.Store
	if c.Private.Kind != "" {
		if private, _, err = openStore(ctx, c.Private); err != nil {
			return x, err
		}
	}
	signer, verifier, err := signingKey(c.Signing.PublicKey)
	if err != nil {
		return x, err
	}
	if signer == nil {
		p.log.WarnContext(ctx, "heads are unsigned: HERALD_KEY is not set")
	}
	purge, closers, err := p.purges(ctx, c)
	x.close = append(x.close, closers...)
	if err != nil {
		return x, err
	}
	cfg, err := pagesOf(c)
	if err != nil {
		return x, err
	}
	cfg.Store, cfg.Private, cfg.GroupBy, cfg.Concurrency = x.store, private, snapshot.UnitType(c.GroupBy), c.Store.Concurrency
	cfg.Signer, cfg.Verifier, cfg.Purge, cfg.Log = signer, verifier, purge, p.log
	cfg.Quiet, cfg.NextUpdate = how.quiet, time.Duration(c.NextUpdate)
	x.publisher, err = publish.Open(ctx, cfg)
	if err != nil {
		return x, err
	}
	return x, p.wireLoop(x, c, feeds, how)
}

// wireLoop brings feeds, definitions, spool and quarantine to the publisher.
func (p *program) wireLoop(x *parts, c *config.Config, feeds []publish.Feed, how wiring) error {
	cfg := publish.LoopConfig{Publisher: x.publisher, Feeds: feeds, Log: p.log, EndWithFeeds: how.ends, Recorded: how.recorded,
		Pinned: c.Definitions.SHA256 != ""}
	var err error
	if cfg.Definitions, err = laidDown(c.Definitions); err != nil {
		return usage(err)
	}
	if how.spool {
		if cfg.Spool, err = source.OpenSpool(source.SpoolConfig{Dir: filepath.Join(c.State, "spool"), Quota: c.SpoolBytes, Log: p.log}); err != nil {
			return err
		}
		x.close = append(x.close, cfg.Spool.Close)
	}
	if cfg.Quarantine, err = source.OpenQuarantine(source.QuarantineConfig{Dir: filepath.Join(c.State, "quarantine")}); err != nil {
		return err
	}
	if x.loop, err = publish.NewLoop(cfg); err != nil {
		return err
	}
	p.loop.Store(x.loop)
	return nil
}

func openStore(ctx context.Context, s config.Store) (store.Store, *s3store.Store, error) {
	if s.Kind == "folder" {
		d, err := dirstore.Open(dirstore.Config{Root: s.Folder})
		return d, nil, err
	}
	creds, err := s3store.Credentials(ctx, s.Env, s.Region)
	if err != nil {
		return nil, nil, usage(err)
	}
	st, err := s3store.New(s3store.Config{Bucket: s.Bucket, Region: s.Region, Endpoint: s.Endpoint, PathStyle: s.PathStyle,
		Prefix: s.Prefix, Concurrency: s.Concurrency, Credentials: creds})
	if err != nil {
		return nil, nil, usage(err)
	}
	return st, st, nil
}

// signingKey reads the private key from HERALD_KEY. Without one, heads stay
// unsigned.
func signingKey(public string) (note.Signer, note.Verifier, error) {
	private := os.Getenv("HERALD_KEY")
	if private == "" {
		if public != "" {
			return nil, nil, usage(errors.New("signing.public_key is set, but HERALD_KEY, which holds the private key, is not"))
		}
		return nil, nil, nil
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		return nil, nil, usage(errors.New("HERALD_KEY is not a private key that herald keygen made"))
	}
	if public == "" {
		return nil, nil, usage(errors.New("HERALD_KEY is set, but signing.public_key is not: put there what herald keygen printed"))
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return nil, nil, usage(fmt.Errorf("signing.public_key: %w", err))
	}
	if signer.Name() != verifier.Name() || signer.KeyHash() != verifier.KeyHash() {
		return nil, nil, usage(errors.New("HERALD_KEY and signing.public_key are not of one pair"))
	}
	return signer, verifier, nil
}

// purges starts a dispatcher for every edge and returns what hands a request
// to all of them.
func (p *program) purges(ctx context.Context, c *config.Config) (func(cdn.Request), []func() error, error) {
	var all []*cdn.Dispatcher
	var closers []func() error
	for i, u := range c.CDN.Purges {
		purger, err := newPurger(ctx, c, u)
		if err != nil {
			return nil, closers, usage(fmt.Errorf("cdn.purge %d: %w", i+1, err))
		}
		deadline := time.Duration(u.Timeout)
		d, err := cdn.NewDispatcher(cdn.DispatcherConfig{Edge: u.Kind, Purger: purger, Deadline: deadline, MaxKeys: 20_000, Log: p.log})
		if err != nil {
			return nil, closers, err
		}
		all = append(all, d)
		closers = append(closers, func() error {
			ctx, cancel := context.WithTimeout(context.Background(), deadline)
			defer cancel()
			return d.Close(ctx)
		})
	}
	return func(r cdn.Request) {
		for _, d := range all {
			d.Submit(r)
		}
	}, closers, nil
}

func newPurger(ctx context.Context, c *config.Config, u config.Purge) (cdn.Purger, error) {
	switch u.Kind {
	case "cloudflare":
		return cloudflare.New(cloudflare.Config{Zone: u.Zone, Site: c.CDN.Site, Token: func() (string, error) {
			if t := os.Getenv("CLOUDFLARE_API_TOKEN"); t != "" {
				return t, nil
			}
			return "", errors.New("CLOUDFLARE_API_TOKEN is not set")
		}})
	case "cloudfront":
		creds, err := s3store.Credentials(ctx, "AWS", "us-east-1")
		if err != nil {
			return nil, err
		}
		target := "/" + c.Election + "/*"
		if u.Tag != "" {
			target = "#" + u.Tag
		}
		return cloudfront.New(cloudfront.Config{Distribution: u.Distribution, Credentials: creds, Targets: []string{target}})
	}
	host := u.Host
	if site, err := url.Parse(c.CDN.Site); host == "" && err == nil {
		host = site.Host
	}
	return httppurge.New(httppurge.Config{Edges: u.Edges, Host: host})
}
