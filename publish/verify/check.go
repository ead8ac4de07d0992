package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
)

// Report is what Check found.
type Report struct {
	Head     *manifest.Head
	Signed   bool // by the key that was given
	Objects  int  // read and checked
	Bytes    int64
	Races    int
	Late     []string // stable addresses that hold an older version
	Problems []string // one sentence each, naming the object
}

// Check reads every object of the current release and every stable address
// and compares each with the hash that leads to it. Progress, which may be
// nil, is told how many of how many objects were read. An error means that
// the head or the release themselves are not to be had; everything below
// that is a problem in the report.
func (r *Reader) Check(ctx context.Context, progress func(done, of int)) (*Report, error) {
	res, err := r.Results(ctx)
	if err != nil {
		return nil, err
	}
	c := &checker{r: r, rep: &Report{Head: res.Head, Signed: r.cfg.Verifier != nil, Races: len(res.Races)}, progress: progress}
	if c.progress == nil {
		c.progress = func(int, int) {}
	}
	c.rep.Objects = 2 + 2*len(res.Release.Groups) // read by Results
	jobs, err := c.jobs(ctx, res)
	if err != nil {
		return nil, err
	}
	var g errgroup.Group
	g.SetLimit(r.cfg.Concurrency)
	var done atomic.Int64
	for _, j := range jobs {
		g.Go(func() error {
			c.run(ctx, j)
			c.progress(int(done.Add(1)), len(jobs))
			return ctx.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	slices.Sort(c.rep.Late)
	slices.Sort(c.rep.Problems)
	return c.rep, nil
}

type checker struct {
	r        *Reader
	progress func(done, of int)
	mu       sync.Mutex
	rep      *Report
}

// job is an object to be read.
type job struct {
	key  string
	hash shard.Hash
	size int // 0 when not stated
	// older makes the key of the shard that a stable address may still hold
	// instead; nil for shards.
	older func(shard.Hash) string
	race  *Race // whose numbers it must say; nil for other objects
}

func (c *checker) run(ctx context.Context, j job) {
	raw, err := c.r.cfg.Fetch(ctx, j.key)
	got := shard.HashOf(raw)
	late := err == nil && got != j.hash && j.older != nil
	if late { // an older version is a shard too, damage is not
		_, err := c.r.bytes(ctx, j.older(got), got)
		late = err == nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	problem := func(format string, args ...any) {
		c.rep.Problems = append(c.rep.Problems, fmt.Sprintf(format, args...))
	}
	switch {
	case err != nil:
		problem("%v", err)
		return
	case got == j.hash:
	case late:
		c.rep.Late = append(c.rep.Late, j.key)
	default:
		problem("%s holds %v: its hash is %s", j.key, ErrDamaged, got)
	}
	if j.size != 0 && j.size != len(raw) {
		problem("%s has %d bytes, the index says %d", j.key, len(raw), j.size)
	}
	if j.race != nil {
		if err := j.race.compare(raw); err != nil {
			problem("%s: %v", j.key, err)
		}
	}
	c.rep.Objects++
	c.rep.Bytes += int64(len(raw))
}

// jobs lists every object below the counts.
func (c *checker) jobs(ctx context.Context, res *Results) ([]job, error) {
	l, rel := c.r.layout, res.Release
	var jobs []job
	for _, a := range rel.Assets {
		jobs = append(jobs, job{key: a.Key, hash: a.Hash})
	}
	jobs = append(jobs, job{key: l.Delta(rel.Delta), hash: rel.Delta})
	for _, u := range rel.Rollups {
		jobs = append(jobs, job{key: l.Delta(u.Hash), hash: u.Hash})
	}
	for name, h := range map[string]shard.Hash{"updates": rel.Updates, "corrections": rel.Corrections} {
		jobs = append(jobs, pair(func(h shard.Hash) string { return l.Log(name, h) }, l.Alias("", name+".json"), manifest.Shard{Hash: h})...)
	}
	jobs = append(append(jobs, c.pages(rel, rel.Pages)...), c.files(rel.Files)...)
	races := make(map[string]Race, len(res.Races))
	for _, r := range res.Races {
		races[r.ID] = r
	}
	for _, g := range rel.Groups {
		index, err := object[manifest.Index](ctx, c.r, l.Index(g.ID, g.Index), g.Index)
		if err != nil {
			if errors.Is(err, context.Canceled) {
				return nil, err
			}
			c.rep.Problems = append(c.rep.Problems, err.Error())
			continue
		}
		c.rep.Objects++
		jobs = append(jobs, c.pages(rel, index.Pages)...)
		if !g.Files.IsZero() {
			files, err := object[manifest.Files](ctx, c.r, l.Files(g.ID, g.Files), g.Files)
			if err != nil {
				c.rep.Problems = append(c.rep.Problems, err.Error())
				continue
			}
			c.rep.Objects++
			jobs = append(jobs, c.files(files.Files)...)
		}
		for _, e := range index.Races {
			r, ok := races[e.ID]
			if !ok {
				c.rep.Problems = append(c.rep.Problems, fmt.Sprintf("the index of group %s names race %s, which is not defined", g.ID, e.ID))
				continue
			}
			jobs = append(jobs, c.race(rel, e, r)...)
		}
	}
	return jobs, nil
}

// pair is a shard and the stable address that is to hold its bytes.
func pair(key func(shard.Hash) string, stable string, s manifest.Shard) []job {
	return []job{{key: key(s.Hash), hash: s.Hash, size: s.Size}, {key: stable, hash: s.Hash, older: key}}
}

// pages are the shards and addresses of pages in every language.
func (c *checker) pages(rel *manifest.Release, pages []manifest.Page) []job {
	var jobs []job
	for _, pg := range pages {
		jobs = append(jobs, c.page(rel, pg.Path, pg.HTML)...)
	}
	return jobs
}

func (c *checker) page(rel *manifest.Release, path string, html map[string]manifest.Shard) []job {
	l := c.r.layout
	var jobs []job
	for n, code := range rel.Languages {
		segment := shard.Segment(code)
		if n == 0 {
			segment = ""
		}
		if s, ok := html[code]; ok {
			jobs = append(jobs, pair(func(h shard.Hash) string { return l.Page(path, h) }, l.Alias(segment, path), s)...)
		}
	}
	if len(jobs) != 2*len(html) {
		c.problem("page %s is in a language that the release does not name", path)
	}
	return jobs
}

func (c *checker) files(files []manifest.File) []job {
	l := c.r.layout
	var jobs []job
	for _, f := range files {
		jobs = append(jobs, pair(func(h shard.Hash) string { return l.File(f.Path, h) }, l.Alias("", f.Path), f.Shard)...)
	}
	return jobs
}

func (c *checker) race(rel *manifest.Release, e manifest.RaceEntry, r Race) []job {
	l := c.r.layout
	jobs := pair(func(h shard.Hash) string { return l.RaceJSON(e.ID, h) }, l.Alias("", shard.RaceFile(r.Unit.ID, r.Contest.ID)), e.JSON)
	jobs[0].race = &r
	return append(jobs, c.page(rel, shard.RacePage(r.Unit.ID, r.Contest.ID), e.HTML)...)
}

// problem notes what is wrong, before any object is read.
func (c *checker) problem(format string, args ...any) {
	c.rep.Problems = append(c.rep.Problems, fmt.Sprintf(format, args...))
}

// compare returns an error when a race's JSON says other numbers than its
// counts.
func (r Race) compare(raw []byte) error {
	var file struct {
		Result struct {
			part
			Kind      snapshot.CountKind `json:"kind"`
			Condition snapshot.Condition `json:"condition"`
			Rounds    []round            `json:"rounds"`
			Channels  []struct {
				Name string `json:"name"`
				part
			} `json:"channels"`
		} `json:"result"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return err
	}
	v := file.Result
	if v.Kind != r.Kind || len(v.Channels) != len(r.Channels) {
		return fmt.Errorf("it is of the kind %q with %d channels, the counts say %q and %d", v.Kind, len(v.Channels), r.Kind, len(r.Channels))
	}
	if v.Condition != r.Condition || len(v.Rounds) != len(r.Rounds) {
		return fmt.Errorf("its condition is %q, with %d rounds, the counts say %q and %d", v.Condition, len(v.Rounds), r.Condition, len(r.Rounds))
	}
	if err := v.compare(r.Contest, r.Votes, r.Totals); err != nil {
		return err
	}
	for i, said := range v.Choices {
		var seats snapshot.Count
		if r.Seats != nil {
			seats = r.Seats[i]
		}
		if said.Seats != seats {
			return fmt.Errorf("it gives choice %s %v seats, the counts %v", said.ID, said.Seats, seats)
		}
	}
	for i, d := range r.Rounds {
		if err := v.Rounds[i].compare(d); err != nil {
			return fmt.Errorf("round %d: %w", i+1, err)
		}
	}
	for i, ch := range r.Channels {
		if v.Channels[i].Name != ch.Name {
			return fmt.Errorf("channel %d is %q, the counts say %q", i, v.Channels[i].Name, ch.Name)
		}
		if err := v.Channels[i].compare(r.Contest, ch.Votes, ch.Totals); err != nil {
			return fmt.Errorf("channel %q: %w", ch.Name, err)
		}
	}
	return nil
}

// part is the numbers of a race, or of one of its channels, in a race's JSON.
type part struct {
	Choices []struct {
		ID    string         `json:"id"`
		Votes snapshot.Count `json:"votes"`
		Seats snapshot.Count `json:"seats"`
	} `json:"choices"`
	Valid      snapshot.Count `json:"valid"`
	Blank      snapshot.Count `json:"blank"`
	Null       snapshot.Count `json:"null"`
	Ballots    snapshot.Count `json:"ballots"`
	Electorate snapshot.Count `json:"electorate"`
	UnitsIn    snapshot.Count `json:"units_in"`
	UnitsTotal snapshot.Count `json:"units_total"`
}

// round is one round in a race's JSON.
type round struct {
	Choices []struct {
		ID      string           `json:"id"`
		Votes   snapshot.Count   `json:"votes"`
		Outcome snapshot.Outcome `json:"outcome"`
	} `json:"choices"`
	Exhausted snapshot.Count `json:"exhausted"`
}

func (d round) compare(want snapshot.Round) error {
	if len(d.Choices) != len(want.Votes) || d.Exhausted != want.Exhausted {
		return fmt.Errorf("%d choices and %v exhausted, the counts say %d and %v", len(d.Choices), d.Exhausted, len(want.Votes), want.Exhausted)
	}
	for i, said := range d.Choices {
		var outcome snapshot.Outcome
		if want.Outcomes != nil {
			outcome = want.Outcomes[i]
		}
		if said.Votes != want.Votes[i] || said.Outcome != outcome {
			return fmt.Errorf("choice %s has %v votes and the outcome %q, the counts say %v and %q", said.ID, said.Votes, said.Outcome, want.Votes[i], outcome)
		}
	}
	return nil
}

func (p part) compare(c *manifest.Contest, votes []snapshot.Count, want snapshot.Totals) error {
	totals := snapshot.Totals{Valid: p.Valid, Blank: p.Blank, Null: p.Null, Ballots: p.Ballots,
		Electorate: p.Electorate, UnitsIn: p.UnitsIn, UnitsTotal: p.UnitsTotal}
	if totals != want || len(p.Choices) != len(votes) {
		return fmt.Errorf("it says other totals than the counts: %+v, not %+v", totals, want)
	}
	for i, said := range p.Choices {
		if said.ID != c.Choices[i].ID || said.Votes != votes[i] {
			return fmt.Errorf("it gives choice %s %v votes, the counts give %s %v", said.ID, said.Votes, c.Choices[i].ID, votes[i])
		}
	}
	return nil
}
