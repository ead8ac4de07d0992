package publish

import (
	"context"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/shard"
)

// LookOf is the hash that a release made with these settings names as its
// look. It covers templates, words, assets, the settings of pages and every
// byte of the override folder; store, log and signer need not be set.
func LookOf(cfg Config) (shard.Hash, error) {
	if err := cfg.checkSite(); err != nil {
		return shard.Hash{}, err
	}
	return newLook(newSites(cfg), cfg.Overrides).hash, nil
}

// sayLook tells the operator that every page will be made again because its
// make-up is no longer that of the release that is published.
func (p *Publisher) sayLook(ctx context.Context) {
	if old := p.state.release.Look; old != p.look.hash {
		p.cfg.Log.WarnContext(ctx, "look changed", "published", old.String(), "now", p.look.hash.String())
	}
}

// compareMaps tells the operator what maps show that does not exist, and what
// they leave out, whenever the units are others than before. Results go on:
// an area that nobody knows stays without colour.
func (p *Publisher) compareMaps(ctx context.Context, snap *snapshot.Snapshot) {
	if p.state.snap != nil && p.mapsCompared && len(p.state.snap.Units) == len(snap.Units) {
		return
	}
	p.mapsCompared = true
	wrong, missing := p.cfg.Overrides.CompareMaps(snap.Units)
	for _, line := range wrong {
		p.cfg.Log.ErrorContext(ctx, "map", "problem", line)
	}
	for _, line := range missing {
		p.cfg.Log.WarnContext(ctx, "map", "problem", line)
	}
}
