package publish

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/publish/manifest"
)

// Heartbeat writes status.json when its time has come, and renews the head
// before the time by which it promised an update. It is cheap to call often.
func (p *Publisher) Heartbeat(ctx context.Context, sources []manifest.Source) error {
	if err := p.settleHead(ctx); err != nil {
		return err
	}
	if !p.leading {
		return nil
	}
	if p.head.due() {
		landed, err := p.head.commit(ctx, &attempt{})
		if err != nil {
			return fmt.Errorf("renew the head: %w", err)
		}
		p.adopt(ctx, landed)
		p.cfg.Purge(cdn.Request{Keys: []string{p.layout.Head()}, Ref: ref(p.head.current)})
		p.cfg.Log.DebugContext(ctx, "renewed the head", "seq", p.head.current.Seq)
	}
	if time.Since(p.beat) < p.cfg.StatusEvery && !p.beat.IsZero() {
		return nil
	}
	return p.writeStatus(ctx, sources)
}

// writeStatus replaces the heartbeat. One that is not written is not an error
// of the publish: the next one follows.
func (p *Publisher) writeStatus(ctx context.Context, sources []manifest.Source) error {
	p.beat = time.Now()
	h := p.head.current
	if sources == nil {
		sources = []manifest.Source{}
	}
	s := manifest.Status{V: manifest.Version, Election: h.Election, Mode: h.Mode, Seq: h.Seq, Number: h.Number,
		Published: h.Published, Checked: rfc3339(p.cfg.Now()), SourceAsOf: h.SourceAsOf, PollAfterS: h.PollAfterS,
		AliasesThrough: p.AliasesThrough(), Signed: h.Note != "", Sources: sources, NextExpected: p.nextExpected()}
	if p.state.release != nil {
		for _, g := range p.state.release.Groups {
			s.Races, s.Reporting, s.Complete = s.Races+g.Races, s.Reporting+g.Reporting, s.Complete+g.Complete
		}
	}
	f := &fresh{alias: alias{key: p.layout.Status(), contentType: typeJSON, body: p.enc.Encode(manifest.Append(nil, s))}, turn: turn(h), published: h.Published}
	if err := p.alias.refresh(ctx, f); err != nil {
		return fmt.Errorf("write status.json: %w", errors.Join(errHeartbeat, err))
	}
	return nil
}

// announce writes the first status.json, before the pages that link to it. What
// it does not know of the sources follows with the first heartbeat.
func (p *Publisher) announce(ctx context.Context) {
	if err := p.writeStatus(ctx, nil); err != nil {
		p.cfg.Log.WarnContext(ctx, "the first status", "err", err)
	}
	p.beat = time.Time{}
}

// nextExpected is the first announced moment that has not come yet.
func (p *Publisher) nextExpected() string {
	now := p.cfg.Now()
	for _, t := range p.cfg.Schedule {
		if t.After(now) {
			return t.Format(time.RFC3339)
		}
	}
	return ""
}

var errHeartbeat = errors.New("the heartbeat was not written")
