package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/heraldresults/herald/cmd/internal/config"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/formats"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish"
	"github.com/heraldresults/herald/publish/source"
	"github.com/heraldresults/herald/publish/source/dynamo"
	"github.com/heraldresults/herald/publish/store/s3store"
)

// checkFeed finds out whether a feed's format takes its settings. Private says
// that there is a private store.
func checkFeed(f config.Feed, private bool) error {
	made, err := newFeed(f, nil)
	if err != nil {
		return err
	}
	if _, follows := made.Decoder.(feed.Follower); !follows && f.Base != "" {
		return fmt.Errorf("format %s does not lead from one address to another: set urls instead of base and entries", f.Format)
	}
	if _, keeps := made.Decoder.(feed.Keeper); keeps && !private {
		return fmt.Errorf("payloads of format %s do not repeat what earlier ones said; what is remembered of them needs a [private] store", f.Format)
	}
	return nil
}

// feedOptions are the settings of a feed as its format takes them.
func feedOptions(f config.Feed) (o feed.Options, err error) {
	o = feed.Options{MaxBytes: f.MaxBytes, Settings: f.Settings}
	if o.Location, err = time.LoadLocation(f.Timezone); err != nil {
		return o, fmt.Errorf("timezone: %w", err)
	}
	for _, name := range f.Encodings {
		e, err := feed.ParseEncoding(name)
		if err != nil {
			return o, fmt.Errorf("encodings: %w", err)
		}
		o.Encodings = append(o.Encodings, e)
	}
	if o.Mapping, err = readText("mapping", f.Mapping); err != nil {
		return o, err
	}
	o.SignatureKey, err = readText("signature_key", f.SignatureKey)
	return o, err
}

// maxText bounds the files that a feed's settings name.
const maxText = 1 << 20

// readText reads a file that a setting names; nil when it names none.
func readText(setting, file string) ([]byte, error) {
	if file == "" {
		return nil, nil
	}
	fd, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	defer fd.Close()
	text, err := io.ReadAll(io.LimitReader(fd, maxText+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", setting, err)
	case len(text) == 0:
		return nil, fmt.Errorf("%s: %s is empty", setting, file)
	case len(text) > maxText:
		return nil, fmt.Errorf("%s: %s has more than %d bytes", setting, file, maxText)
	}
	return text, nil
}

// newFeed makes the decoder of a feed that is read from s.
func newFeed(f config.Feed, s source.Source) (publish.Feed, error) {
	format, ok := formats.ByName(f.Format)
	if !ok {
		return publish.Feed{}, fmt.Errorf("there is no format %q; see herald formats", f.Format)
	}
	unit, known := snapshot.CountUnit(f.CountUnit), snapshot.CountUnits()
	if unit != snapshot.NoCountUnit && !slices.Contains(known, unit) {
		return publish.Feed{}, fmt.Errorf("count_unit %q is none of %q", unit, known)
	}
	o, err := feedOptions(f)
	if err != nil {
		return publish.Feed{}, err
	}
	if err := format.CheckSettings(o); err != nil {
		return publish.Feed{}, err
	}
	dec, err := format.New(o)
	if err != nil {
		return publish.Feed{}, fmt.Errorf("format %s: %w", f.Format, err)
	}
	return publish.Feed{Name: f.Name, Source: s, Concurrent: format.Concurrent, Decoder: dec,
		Precedence: f.Precedence, CountUnit: unit}, nil
}

// feeds opens the sources of the configuration.
func (p *program) feeds(c *config.Config) ([]publish.Feed, func(), error) {
	var out []publish.Feed
	var closers []func() error
	done := func() {
		for _, f := range closers {
			f()
		}
	}
	for _, f := range c.Feeds {
		made, closer, err := p.openFeed(c, f)
		if err != nil {
			done()
			return nil, nil, fmt.Errorf("feed %s: %w", f.Name, err)
		}
		closers = append(closers, closer)
		out = append(out, made)
	}
	return out, done, nil
}

// openFeed makes a feed's decoder and opens its source.
func (p *program) openFeed(c *config.Config, f config.Feed) (publish.Feed, func() error, error) {
	made, err := newFeed(f, nil)
	if err != nil {
		return made, nil, err
	}
	var closer func() error
	made.Source, closer, err = p.source(c, f, made.Decoder)
	return made, closer, err
}

// source opens a drop folder, a table, a list of addresses or a crawl.
func (p *program) source(c *config.Config, f config.Feed, dec feed.Decoder) (source.Source, func() error, error) {
	if f.Folder != "" {
		s, err := source.NewFolder(source.FolderConfig{Feed: f.Name, Dir: f.Folder, Whole: source.Whole(f.Whole),
			StableFor: time.Duration(f.StableFor), Rescan: time.Duration(f.Rescan), Include: f.Include, Exclude: f.Exclude,
			MaxBytes: f.MaxBytes, Log: p.log})
		if err != nil {
			return nil, nil, err
		}
		return s, s.Close, nil
	}
	if f.Table != "" {
		return p.table(f)
	}
	prepare, err := headers(f.Headers)
	if err != nil {
		return nil, nil, usage(err)
	}
	polls := source.PollerConfig{Feed: f.Name, URLs: f.URLs, Every: time.Duration(f.Every), Rate: f.Rate, MaxBytes: f.MaxBytes,
		Prepare: prepare, Log: p.log}
	open := func() (*source.Poller, error) { return source.NewPoller(polls) }
	if f.Base != "" {
		open = func() (*source.Poller, error) { return p.crawler(c, f, polls, dec) }
	}
	s, err := open()
	if err != nil {
		return nil, nil, err
	}
	return s, s.Close, nil
}

// headers sends what the environment holds with every request; nil when
// nothing is to be sent.
func headers(names map[string]string) (func(*http.Request) error, error) {
	if len(names) == 0 {
		return nil, nil
	}
	values := http.Header{}
	for name, variable := range names {
		value := os.Getenv(variable)
		if value == "" {
			return nil, fmt.Errorf("headers: %s, which holds what %s sends, is not set in the environment", variable, name)
		}
		values.Set(name, value)
	}
	return func(r *http.Request) error {
		maps.Copy(r.Header, values)
		return nil
	}, nil
}

// table opens a feed that is read from DynamoDB.
func (p *program) table(f config.Feed) (source.Source, func() error, error) {
	creds, err := s3store.Credentials(context.Background(), f.Env, f.Region)
	if err != nil {
		return nil, nil, usage(err)
	}
	s, err := dynamo.New(dynamo.Config{Feed: f.Name, Table: f.Table, Partition: f.Partition, Region: f.Region, Endpoint: f.Endpoint,
		Credentials: creds, Every: time.Duration(f.Every), Window: time.Duration(f.Window), MaxBytes: f.MaxBytes, Log: p.log})
	if err != nil {
		return nil, nil, usage(err)
	}
	return s, s.Close, nil
}

// crawler opens a feed whose payloads lead to further ones.
func (p *program) crawler(c *config.Config, f config.Feed, polls source.PollerConfig, dec feed.Decoder) (*source.Poller, error) {
	follower, ok := dec.(feed.Follower)
	if !ok {
		return nil, errors.New("its format follows nothing") // checked when the configuration was read
	}
	cfg := source.CrawlerConfig{PollerConfig: polls, Base: f.Base, Entries: f.Entries, Follow: follow(follower)}
	if f.Resume {
		key, err := resumeKey(f)
		if err != nil {
			return nil, err
		}
		cfg.Memory = source.MemoryConfig{File: filepath.Join(c.State, "crawl", c.Election+"-"+c.Mode+"-"+f.Name+".json"),
			Key: key, Published: p.published}
	}
	return source.NewCrawler(cfg)
}

// follow asks a format in the words of a source.
func follow(dec feed.Follower) func(source.Payload) []source.Want {
	return func(p source.Payload) []source.Want {
		wants := dec.Follow(feed.Payload{Feed: p.Feed, Name: p.Name, Body: p.Body, Seq: p.Seq, Received: p.Received, LastModified: p.LastModified})
		out := make([]source.Want, len(wants))
		for i, w := range wants {
			out[i] = source.Want{Name: w.Name, Version: w.Version}
		}
		return out
	}
}

// resumeKey names what else decides how the payloads of a feed are read.
func resumeKey(f config.Feed) (string, error) {
	o, err := feedOptions(f)
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal([]any{f.Format, f.Timezone, o.MaxBytes, o.Encodings, o.Mapping, o.SignatureKey, o.Settings})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sha256.Sum256(raw)), nil
}

// published returns the current release, and whether everything that the feeds
// have delivered is in it.
func (p *program) published() (release int, all bool) {
	loop := p.loop.Load()
	if loop == nil {
		return 0, false
	}
	s := loop.Stats()
	return s.Release, s.Moments == s.MomentsPublished
}
