package publish

import (
	"slices"
	"strings"

	"github.com/heraldresults/herald/templates"
)

// render appends one page in the language of a site.
type render func(dst []byte, site *templates.Site) []byte

// renderSheets makes the pages that show a race with a new version, and those
// that show this release itself.
func (p *planner) renderSheets() error {
	b := p.next.book
	p.sums = b.tree.sums(p.next.snap, p.next.races)
	p.next.pages = make([]pageState, len(b.sheets))
	if b == p.old.book {
		copy(p.next.pages, p.old.pages)
		p.next.kept = p.old.kept
	} else {
		p.keepPages()
	}
	touched := p.touched()
	var list []int
	for i := range b.sheets {
		if touched[i] || p.full || len(p.next.pages[i].html) == 0 {
			list = append(list, i)
		}
	}
	return each(len(list), func(n int, buf []byte) ([]byte, error) {
		i := list[n]
		var err error
		p.next.pages[i], buf, err = p.page(b.sheets[i].path, p.next.pages[i], p.view(&b.sheets[i]), buf)
		return buf, err
	})
}

// keepPages carries over by path what was published under another book. A
// page that is listed no more is kept.
func (p *planner) keepPages() {
	b := p.next.book
	keep := func(path string, pg pageState) {
		if i, listed := b.at[path]; listed {
			p.next.pages[i] = pg
		} else {
			p.next.kept = append(p.next.kept, keptPage{path, pg})
		}
	}
	for _, k := range p.old.kept {
		keep(k.path, k.pageState)
	}
	if p.old.book != nil {
		for i, sh := range p.old.book.sheets {
			keep(sh.path, p.old.pages[i])
		}
	}
}

// touched says which pages this release may have changed.
func (p *planner) touched() []bool {
	b := p.next.book
	out := make([]bool, len(b.sheets))
	for _, i := range p.moved {
		p.markAbove(out, b, i)
		if i < len(p.old.races) && p.old.book != b { // it may have been elsewhere
			p.markAbove(out, p.old.book, i)
		}
		b.mark(out, b.breakdown(p.next.snap.Races[i], i))
		b.mark(out, choices(p.next.snap.Races[i]))
		if up := b.above[i]; up >= 0 {
			b.mark(out, b.breakdown(p.next.snap.Races[up], up))
		}
		out[b.listed[i]] = true
		if b.typed[i] >= 0 {
			out[b.typed[i]] = true
		}
	}
	for i, sh := range b.sheets {
		switch sh.kind {
		case updatesSheet:
			out[i] = true
		case correctionsSheet:
			out[i] = p.recorrected
		case placeSheet:
			out[i] = out[i] || p.retrailed != nil && p.retrailed[sh.of]
		case findSheet, dataSheet:
			out[i] = len(p.redefined) > 0
		case typeSheet, liteSheet, breakdownSheet, choicesSheet:
			out[i] = out[i] || b != p.old.book
		}
	}
	return out
}

// markAbove marks the page of the place of a race in a book, and those of all
// places above it.
func (p *planner) markAbove(sheets []bool, in *book, i int) {
	for j := in.tree.of[i]; j >= 0; j = in.tree.places[j].parent {
		p.next.book.mark(sheets, in.tree.path(j))
	}
}

// mark marks all parts of a page, if there is one of this path.
func (b *book) mark(sheets []bool, path string) {
	first, there := b.at[path]
	if !there {
		return
	}
	for i := first; i < first+b.sheets[first].parts && !sheets[i]; i++ {
		sheets[i] = true
	}
}

// renderKept makes the pages that are listed no more: they say that there is
// nothing here. Pages of old updates are full and stay as they are.
func (p *planner) renderKept() error {
	if p.next.book == p.old.book && !p.full {
		return nil
	}
	p.next.kept = slices.Clone(p.next.kept)
	for n := range p.next.kept {
		k := &p.next.kept[n]
		if strings.HasPrefix(k.path, updatesFolder) {
			continue
		}
		var err error
		if k.pageState, _, err = p.page(k.path, k.pageState, templates.AppendNotFoundPage, nil); err != nil {
			return err
		}
	}
	slices.SortFunc(p.next.kept, keptPage.compare)
	return nil
}
