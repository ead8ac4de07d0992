package publish

import (
	"slices"
	"strings"
	"time"

	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/templates"
)

// Files without a language. Those of single races and places say nothing that
// changes with the numbers, so they are made when definitions change; the
// sitemap follows the numbers at a distance.

// fileSet collects files beside what was published of them. A file that was
// published and is not made again stays.
type fileSet struct {
	p    *planner
	old  map[string]manifest.File
	next map[string]manifest.File
}

func (p *planner) fileSet(old []manifest.File) *fileSet {
	s := &fileSet{p: p, old: make(map[string]manifest.File, len(old)), next: map[string]manifest.File{}}
	for _, f := range old {
		s.old[f.Path] = f
		s.next[f.Path] = f
	}
	return s
}

// put stores a file, unless the same was stored before.
func (s *fileSet) put(path string, raw []byte) error {
	old := s.old[path]
	ref, err := s.p.store(raw, old.Hash, typeOf(path), func(h shard.Hash) string { return s.p.layout.File(path, h) }, at(s.p.layout, "", path))
	if ref.Hash != old.Hash {
		s.next[path] = manifest.File{Path: path, Shard: ref, ChangedRelease: s.p.number}
	}
	return err
}

// list is in order of paths.
func (s *fileSet) list() []manifest.File {
	out := make([]manifest.File, 0, len(s.next))
	for _, f := range s.next {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b manifest.File) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// renderFiles makes the files of the election and of each group.
func (p *planner) renderFiles() error {
	p.next.files = p.old.files
	refiled := p.refile()
	p.planCards()
	defined := len(p.redefined) > 0 || p.full
	if defined || p.sitemapDue() || len(p.painting[-1]) > 0 {
		files, err := p.electionFiles(defined)
		if err != nil {
			return err
		}
		p.next.files = files
	}
	var list []int
	for g := range p.next.groups {
		if p.redefined[g] || refiled[g] || p.full || len(p.painting[g]) > 0 {
			list = append(list, g)
		}
	}
	return each(len(list), func(n int, buf []byte) ([]byte, error) { return p.groupFiles(list[n], buf) })
}

// refile moves the card of a place to the list of the group in which the page
// of the place stands now, and reports which groups have another list.
func (p *planner) refile() map[int]bool {
	out := map[int]bool{}
	if p.next.book == p.old.book || p.old.book == nil {
		return out
	}
	lies := map[string]int{} // files by path: the group that lists each
	for g := -1; g < len(p.next.groups); g++ {
		for _, f := range *p.filesOf(g) {
			lies[f.Path] = g
		}
	}
	for _, sh := range p.next.book.sheets {
		if sh.kind != placeSheet || sh.part > 1 {
			continue
		}
		path := templates.CardPath(sh.path)
		g, there := lies[path]
		if !there || g == sh.group {
			continue
		}
		from, to := p.filesOf(g), p.filesOf(sh.group)
		n, _ := findFile(*from, path)
		f := (*from)[n]
		*from = slices.Delete(slices.Clone(*from), n, n+1)
		n, _ = findFile(*to, path)
		*to = slices.Insert(slices.Clone(*to), n, f)
		out[g], out[sh.group] = true, true
	}
	return out
}

// findFile finds a path in a list of files, or its place.
func findFile(files []manifest.File, path string) (int, bool) {
	return slices.BinarySearchFunc(files, path, func(f manifest.File, path string) int { return strings.Compare(f.Path, path) })
}

func (p *planner) electionFiles(defined bool) ([]manifest.File, error) {
	s, site := p.fileSet(p.next.files), p.sites[0]
	if defined {
		if err := s.put(templates.RobotsFile, templates.AppendRobots(nil, site)); err != nil {
			return nil, err
		}
		for _, v := range templates.SearchViews(p.next.book.findable(p.next.snap)) {
			if err := s.put(v.File, templates.AppendSearch(nil, v)); err != nil {
				return nil, err
			}
		}
	}
	if err := p.paint(s, -1); err != nil {
		return nil, err
	}
	if p.sitemapDue() {
		for _, f := range templates.Sitemaps(p.sitemap(), site) {
			if err := s.put(f.Name, f.Body); err != nil {
				return nil, err
			}
		}
	}
	return s.list(), nil
}

// groupFiles makes the files of the races and places of a group.
func (p *planner) groupFiles(g int, buf []byte) ([]byte, error) {
	gr := &p.next.groups[g]
	s := p.fileSet(gr.files)
	for _, i := range gr.races {
		view := p.raceView(i)
		if buf = templates.AppendOEmbed(buf[:0], view, p.sites[0]); len(buf) > 0 {
			if err := s.put(templates.OEmbedPath(view.Path), buf); err != nil {
				return buf, err
			}
		}
	}
	if err := p.paint(s, g); err != nil {
		return buf, err
	}
	if gr.files = s.list(); len(gr.files) == 0 {
		gr.ref.Files = shard.Hash{}
		return buf, nil
	}
	list := manifest.Files{V: manifest.Version, Election: p.layout.Election(), Group: gr.ref.ID, Files: gr.files}
	buf = manifest.Append(buf[:0], list)
	ref, err := p.store(buf, gr.ref.Files, typeJSON, func(h shard.Hash) string { return p.layout.Files(gr.ref.ID, h) })
	gr.ref.Files = ref.Hash
	return buf, err
}

// sitemapEvery is how many releases lie between two sitemaps as long as no
// page is new. What they tell search engines is late by as much.
const sitemapEvery = 10

// sitemapDue reports whether this release has new sitemaps: there are new
// pages, it is their turn, or nothing is left to count.
func (p *planner) sitemapDue() bool {
	home := p.sums[0]
	return len(p.redefined) > 0 || p.relooked || p.number%sitemapEvery == 0 || home.Complete == home.Races
}

// sitemap lists every page that people look for.
func (p *planner) sitemap() []templates.SitemapURL {
	b := p.next.book
	out := make([]templates.SitemapURL, 0, len(b.sheets)+len(b.order))
	for i := range b.sheets {
		sh := &b.sheets[i]
		if sh.path != templates.NotFoundPath && sh.path != templates.StatusPath {
			out = append(out, templates.SitemapURL{Path: sh.path, Modified: p.asOf(sh)})
		}
	}
	for _, i := range b.order {
		r := p.next.snap.Races[i]
		out = append(out, templates.SitemapURL{Path: shard.RacePage(r.Unit.ID, r.Contest.ID), Modified: r.AsOf})
	}
	return out
}

// asOf is the latest count that a page shows, zero when it shows none.
func (p *planner) asOf(sh *sheet) time.Time {
	b := p.next.book
	var races []int
	switch sh.kind {
	case placeSheet:
		return p.sums[sh.of].asOf
	case typeSheet:
		races = cut(b.types[sh.of].races, sh.part, typeRaces)
	case liteSheet:
		races = cut(b.order, sh.part, liteRaces)
	case breakdownSheet:
		races = append(slices.Clone(cut(b.inside[sh.of], sh.part, unitRows)), sh.of)
	}
	var at time.Time
	for _, i := range races {
		at = later(at, p.next.snap.Races[i].AsOf)
	}
	return at
}
