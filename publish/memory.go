package publish

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/publish/shard"
)

// Memory is what the decoders of incremental feeds remember, by feed: what
// their payloads do not say again. It belongs to one snapshot.
type Memory map[string][]byte

const typeState = "application/octet-stream"

// states are the names under which the release finds memory again.
func (p *Publisher) states(memory Memory) map[string]shard.Hash {
	if memory == nil {
		if p.state.release == nil {
			return nil
		}
		return p.state.release.States
	}
	names := make(map[string]shard.Hash, len(memory))
	for name, raw := range memory {
		names[name] = shard.HashOf(raw)
	}
	return names
}

// remember stores what the release before does not name already. An object of
// a release that is not committed stays and does no harm.
func (p *Publisher) remember(ctx context.Context, puts *errgroup.Group, memory Memory) {
	for name, raw := range memory {
		hash := shard.HashOf(raw)
		if p.state.release != nil && p.state.release.States[name] == hash {
			continue
		}
		puts.Go(func() error {
			if len(raw) > shard.MaxSize {
				return fmt.Errorf("keep what feed %s remembers: %d bytes, more than the %d that could be read again", name, len(raw), shard.MaxSize)
			}
			o := put{p.layout.State(hash), typeState, p.enc.EncodeNamed(raw, hash)}
			if err := create(ctx, p.cfg.Private, o, cdn.Private); err != nil {
				return fmt.Errorf("keep what feed %s remembers: %w", name, err)
			}
			return nil
		})
	}
}

// Recall returns what the current release remembers of the feed called name, nil when it
// names nothing.
func (p *Publisher) Recall(ctx context.Context, name string) ([]byte, error) {
	if p.state.release == nil {
		return nil, nil
	}
	hash, named := p.state.release.States[name]
	if !named {
		return nil, nil
	}
	raw, err := get(ctx, p.cfg.Private, p.layout.State(hash), hash)
	if err != nil {
		return nil, fmt.Errorf("%w in the private store; put it back from a copy of that store, or give the feed another name, under which it is read from its beginning", err)
	}
	return raw, nil
}

// keep takes what an incremental feed remembers, once its payloads are merged
// in: what is published together belongs together. Nobody decodes this feed
// meanwhile.
func (l *Loop) keep(f Feed, payloads int) {
	keeper, ok := f.Decoder.(feed.Keeper)
	if !ok || payloads == 0 {
		return
	}
	if l.memory == nil {
		l.memory = Memory{}
	}
	l.memory[f.Name] = keeper.State()
}

// recall gives incremental feeds back what the current release remembers of
// them.
func (l *Loop) recall(ctx context.Context) error {
	for _, f := range l.cfg.Feeds {
		keeper, ok := f.Decoder.(feed.Keeper)
		if !ok {
			continue
		}
		state, err := l.cfg.Publisher.Recall(ctx, f.Name)
		if err == nil && state != nil {
			err = keeper.Restore(state)
		}
		if err != nil {
			return fmt.Errorf("recall what feed %s said before: %w", f.Name, err)
		}
		if state != nil {
			l.keep(f, 1)
		}
	}
	return nil
}
