package publish

import (
	"slices"

	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
)

// renderRelease makes the delta, the roll-ups that are due and the release.
func (p *planner) renderRelease() error {
	rel := &manifest.Release{V: manifest.Version, Election: p.layout.Election(), Name: p.sites[0].Name, Mode: string(p.sites[0].Mode),
		Number: p.number, Look: p.look.hash, Rollups: []manifest.Rollup{}, States: p.states,
		Files: slices.Concat([]manifest.File{}, p.next.files)}
	if p.old.release != nil {
		previous := p.old.hash
		rel.Previous = &previous
		rel.Rollups = slices.Clone(p.old.release.Rollups)
	}
	delta, err := p.delta(p.number-1, p.moved)
	if err != nil {
		return err
	}
	rel.Delta = delta
	if err := p.rollUp(rel); err != nil {
		return err
	}
	rel.Cards = p.cards
	for _, site := range p.sites {
		rel.Languages = append(rel.Languages, site.Lang.Code)
	}
	if err := p.renderLogs(rel); err != nil {
		return err
	}
	rel.Pages = p.releasePages()
	for _, g := range p.next.groups {
		rel.Groups = append(rel.Groups, g.ref)
	}
	for _, f := range p.look.assets {
		rel.Assets = append(rel.Assets, manifest.Asset{Key: f.key, Hash: f.hash})
	}
	if p.relooked {
		if err := p.emitLook(); err != nil {
			return err
		}
	}
	ref, err := p.store(manifest.Append(nil, rel), shard.Hash{}, typeJSON, p.layout.Release)
	p.next.release, p.next.hash = rel, ref.Hash
	p.report.Number, p.report.Published = p.number, true
	return err
}

// releasePages are the pages that stand in the release: those of no group, and
// those that are kept.
func (p *planner) releasePages() []manifest.Page {
	var list []int
	for i, sh := range p.next.book.sheets {
		if sh.group < 0 {
			list = append(list, i)
		}
	}
	out := p.pages(list)
	for _, k := range p.next.kept {
		out = append(out, manifest.Page{Path: k.path, HTML: byLanguage(p.sites, k.html), ChangedRelease: k.changed})
	}
	return out
}

// rollUp adds a delta over the last ten, and over the last hundred, releases
// when their number is full. A hundred replaces its tens.
func (p *planner) rollUp(rel *manifest.Release) error {
	for _, span := range []int{10, 100} {
		if p.number%span != 0 {
			continue
		}
		from := p.number - span
		var list []int
		for i := range p.next.races {
			if p.next.races[i].changed > from {
				list = append(list, i)
			}
		}
		h, err := p.delta(from, list)
		if err != nil {
			return err
		}
		rel.Rollups = slices.DeleteFunc(rel.Rollups, func(r manifest.Rollup) bool { return r.From >= from })
		rel.Rollups = append(rel.Rollups, manifest.Rollup{From: from, To: p.number, Hash: h})
	}
	return nil
}

// delta stores what changed since release from. A race that changed more than
// once says how it changed last.
func (p *planner) delta(from int, list []int) (shard.Hash, error) {
	d := manifest.Delta{V: manifest.Version, Election: p.layout.Election(), From: from, To: p.number, Races: make([]manifest.RaceDelta, len(list))}
	for n, i := range list {
		r, s := p.next.snap.Races[i], &p.next.races[i]
		kind, moved := p.kind[i]
		if !moved {
			kind = "result"
		}
		d.Races[n] = manifest.RaceDelta{ID: r.ID, Group: p.next.groups[s.group].ref.ID, Rev: s.rev, Kind: kind,
			JSON: s.json.Hash, Counts: manifest.AppendVector(nil, r.Result),
			CountKind: r.Result.Kind, Condition: r.Result.Condition, Seats: r.Result.Seats, Rounds: manifest.RoundsOf(r.Result), Channels: manifest.ChannelsOf(r.Result)}
	}
	ref, err := p.store(manifest.Append(nil, d), shard.Hash{}, typeJSON, p.layout.Delta)
	return ref.Hash, err
}
