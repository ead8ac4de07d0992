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
	for i, pg := range rel.Pages {
		stable := l.AliasPlace(pg.Unit)
		if i == 0 {
			stable = l.AliasHome()
		}
		jobs = append(jobs, page(l, pg, stable)...)
	}
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
		for _, pg := range index.Pages {
			jobs = append(jobs, page(l, pg, l.AliasPlace(pg.Unit))...)
		}
		for _, e := range index.Races {
			r, ok := races[e.ID]
			if !ok {
				c.rep.Problems = append(c.rep.Problems, fmt.Sprintf("the index of group %s names race %s, which is not defined", g.ID, e.ID))
				continue
			}
			jobs = append(jobs, race(l, e, r)...)
		}
	}
	return jobs, nil
}

func page(l shard.Layout, pg manifest.Page, stable string) []job {
	key := func(h shard.Hash) string { return l.PlaceHTML(pg.Unit, h) }
	return []job{{key: key(pg.Hash), hash: pg.Hash, size: pg.Size}, {key: stable, hash: pg.Hash, older: key}}
}

func race(l shard.Layout, e manifest.RaceEntry, r Race) []job {
	data := func(h shard.Hash) string { return l.RaceJSON(e.ID, h) }
	html := func(h shard.Hash) string { return l.RaceHTML(e.ID, h) }
	jobs := []job{
		{key: data(e.JSON.Hash), hash: e.JSON.Hash, size: e.JSON.Size, race: &r},
		{key: l.AliasRaceJSON(r.Unit.ID, r.Contest.ID), hash: e.JSON.Hash, older: data},
	}
	for _, h := range e.HTML {
		jobs = append(jobs, job{key: html(h.Hash), hash: h.Hash, size: h.Size},
			job{key: l.AliasRace(r.Unit.ID, r.Contest.ID), hash: h.Hash, older: html})
	}
	return jobs
}

// compare returns an error when a race's JSON says other numbers than its
// counts.
func (r Race) compare(raw []byte) error {
	var file struct {
		Result struct {
			part
			Kind     snapshot.CountKind `json:"kind"`
			Channels []struct {
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
	if err := v.compare(r.Contest, r.Votes, r.Totals); err != nil {
		return err
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
	} `json:"choices"`
	Valid      snapshot.Count `json:"valid"`
	Blank      snapshot.Count `json:"blank"`
	Null       snapshot.Count `json:"null"`
	Ballots    snapshot.Count `json:"ballots"`
	Electorate snapshot.Count `json:"electorate"`
	UnitsIn    snapshot.Count `json:"units_in"`
	UnitsTotal snapshot.Count `json:"units_total"`
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
