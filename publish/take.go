package publish

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/source"
	"github.com/heraldresults/herald/templates"
)

// Stats are counts since the start, for metrics and the status line.
type Stats struct {
	Payloads    int
	Bytes       int64 // of payloads
	Refusals    map[string]int
	RefusedBy   map[FeedCode]int // the same by feed
	Findings    map[string]int
	Old         int // updates ignored because something newer was known
	Releases    int
	Changed     int // races published with another result or definition
	Corrections int
	Failures    int // publishes that did not commit
	Puts        int
	PutBytes    int64

	Release                    int // current
	Races, Reporting, Complete int // in the newest snapshot
	LastRead, LastPublished    time.Time
	LastTook                   time.Duration // of the last publish, up to its commit
	LastChanged                int           // races in the last publish

	// Moments counts what the feeds delivered, MomentsPublished how many of
	// these the current release takes into account: input and output.
	Moments, MomentsPublished int
}

// FeedCode is a code of one feed.
type FeedCode struct{ Feed, Code string }

func (s *Stats) count(snap *snapshot.Snapshot) {
	s.Races = len(snap.Races)
	s.Reporting, s.Complete = counted(snap)
}

func (s *Stats) published(r Report, took time.Duration) {
	s.Releases++
	s.Release = r.Number
	s.Changed += r.Changed + r.Added
	s.LastChanged = r.Changed + r.Added
	s.Corrections += r.Corrections
	s.Puts += r.Puts
	s.PutBytes += int64(r.Bytes)
	s.LastPublished, s.LastTook = time.Now(), took
}

// Stats returns a copy of the counts.
func (l *Loop) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.stats
	s.Refusals, s.RefusedBy, s.Findings = maps.Clone(s.Refusals), maps.Clone(s.RefusedBy), maps.Clone(s.Findings)
	return s
}

// decoded is what became of one payload.
type decoded struct {
	updates []snapshot.Update
	err     error
}

// take spools a batch, decodes it and merges it in, and signals when the
// moment is over. What is refused goes to quarantine; the rest counts.
func (l *Loop) take(ctx context.Context, f Feed, b source.Batch) {
	if l.cfg.Spool != nil {
		l.cfg.Spool.Append(b.Payloads)
	}
	l.mu.Lock()
	l.decoding++
	l.mu.Unlock()
	results := decode(f, b.Payloads)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.decoding--
	for i := range b.Payloads {
		l.merge(ctx, f, &b.Payloads[i], results[i])
	}
	l.keep(f, len(b.Payloads))
	l.stats.LastRead = time.Now()
	if b.More {
		return
	}
	l.report(ctx, f, "", l.asm.Settled(f.Name))
	l.ready[f.Name] = true
	l.stats.Moments++
	select {
	case l.dirty <- struct{}{}:
	default:
	}
}

// decode reads payloads in their order, or all at once where the format
// allows it.
func decode(f Feed, payloads []source.Payload) []decoded {
	out := make([]decoded, len(payloads))
	one := func(i int) {
		p := &payloads[i]
		out[i].updates, out[i].err = f.Decoder.Decode(feed.Payload{Feed: f.Name, Name: p.Name, Body: p.Body,
			Seq: p.Seq, Received: p.Received, LastModified: p.LastModified})
	}
	if !f.Concurrent {
		for i := range payloads {
			one(i)
		}
		return out
	}
	var g errgroup.Group
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		g.Go(func() error {
			for i := w; i < len(payloads); i += workers {
				one(i)
			}
			return nil
		})
	}
	_ = g.Wait() // no worker returns an error
	return out
}

// contests are those that a payload states, counted in the feed's own unit.
// What a decoder hands out may be shared, so that it is left as it is.
func (f Feed) contests(list []snapshot.ContestDef) []snapshot.ContestDef {
	if f.CountUnit == snapshot.NoCountUnit {
		return list
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].CountUnit = f.CountUnit
	}
	return list
}

func (l *Loop) merge(ctx context.Context, f Feed, p *source.Payload, d decoded) {
	l.stats.Payloads++
	l.stats.Bytes += int64(len(p.Body))
	if d.err != nil {
		l.refuse(ctx, f, p, d.err)
		return
	}
	for _, u := range d.updates {
		u.Feed, u.Precedence = f.Name, f.Precedence
		u.Contests = f.contests(u.Contests)
		applied, err := l.apply(p, u)
		if err != nil {
			l.refuse(ctx, f, p, err)
			return
		}
		if applied.Old {
			l.stats.Old++
		}
		l.report(ctx, f, p.Name, applied.Findings)
	}
}

// ahead is how far the clock of a source may be before ours.
const ahead = 5 * time.Minute

// apply takes an update over, unless it is from the future.
func (l *Loop) apply(p *source.Payload, u snapshot.Update) (diff.Applied, error) {
	newest := u.Stamp.Time
	for i := range u.Results {
		if t := u.Results[i].AsOf; t.After(newest) {
			newest = t
		}
	}
	if !l.recorded() && newest.Sub(p.Received) > ahead {
		return diff.Applied{}, &diff.Refusal{Code: "E_TIME", Text: fmt.Sprintf("it is of %s and was received at %s; more than %s ahead is not believed",
			newest.Format(time.RFC3339), p.Received.Format(time.RFC3339), ahead)}
	}
	return l.asm.Apply(u)
}

// phase is what sources must call their numbers in a mode. What a replay plays
// was real once, or was a test.
func phase(m templates.Mode) snapshot.Phase {
	switch m {
	case templates.Live:
		return snapshot.PhaseLive
	case templates.Replay:
		return snapshot.PhaseUnknown
	}
	return snapshot.PhaseTest
}

// recorded reports whether times of receipt need not be true.
func (l *Loop) recorded() bool {
	return l.cfg.Recorded || l.cfg.Publisher.cfg.Site.Mode == templates.Replay
}

// refuse keeps a payload that was not believed beside the reason.
func (l *Loop) refuse(ctx context.Context, f Feed, p *source.Payload, err error) {
	code, text := "E_REFUSED", err.Error()
	var refusal *feed.Refusal
	var contradiction *diff.Refusal
	switch {
	case errors.As(err, &refusal):
		refusal.Feed, refusal.File = f.Name, p.Name
		code, text = refusal.Code, refusal.Error()
	case errors.As(err, &contradiction):
		code = contradiction.Code
		text = (&feed.Refusal{Code: code, Feed: f.Name, File: p.Name, Text: contradiction.Text}).Error()
	}
	l.stats.Refusals[code]++
	l.stats.RefusedBy[FeedCode{f.Name, code}]++
	kept := ""
	if l.cfg.Quarantine != nil {
		var qerr error
		if kept, qerr = l.cfg.Quarantine.Keep(*p, source.Reason{Code: code, Text: text}); qerr != nil {
			l.cfg.Log.ErrorContext(ctx, "a refused payload is not kept", "err", qerr)
		}
	}
	l.cfg.Log.WarnContext(ctx, "payload refused, the last good results stay", "code", code, "why", text, "kept", kept)
}

// maxSaid bounds the memory of what was logged.
const maxSaid = 10_000

// maxLines is how many findings of one code an update may log one by one: a
// source that is set back says the same of every race.
const maxLines = 20

// report counts findings and logs each once. Beyond the first of a code it
// says how many more there are. File is empty when they are about all that came
// together.
func (l *Loop) report(ctx context.Context, f Feed, file string, findings []snapshot.Finding) {
	lines := map[string]int{}
	for _, n := range findings {
		l.stats.Findings[n.Code]++
		key := f.Name + "\x00" + n.Code + "\x00" + n.Text
		if l.said[key] {
			continue
		}
		if len(l.said) >= maxSaid {
			clear(l.said) // rather twice than never
		}
		l.said[key] = true
		if lines[n.Code]++; lines[n.Code] <= maxLines {
			l.cfg.Log.InfoContext(ctx, "finding", "feed", f.Name, "file", file, "code", n.Code, "race", n.Race, "what", n.Text)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(lines)) {
		if more := lines[code] - maxLines; more > 0 {
			l.cfg.Log.InfoContext(ctx, "further findings", "feed", f.Name, "file", file, "code", code, "count", more)
		}
	}
}

// Healthy returns why Herald is not well, in one sentence, or nil.
func (l *Loop) Healthy() error {
	for _, f := range l.cfg.Feeds {
		if st := f.Source.State(); st.Lost != "" {
			return fmt.Errorf("feed %s cannot be read since %s: %s", f.Name, st.LostSince.Format(time.RFC3339), st.Lost)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failing != nil {
		return fmt.Errorf("the last publish did not commit: %w", l.failing)
	}
	return nil
}
