package templates

import "strings"

const (
	// besideRaces is how many races of a place stand beside it.
	besideRaces = 5
	// sameName is from how many contests of one name on a reader looks for the
	// place rather than for the contest.
	sameName = 12
	// wholeFind is how many entries the A to Z shows on one page.
	wholeFind = 300
)

// FindEntries are what readers may look for: every place with its races, every
// contest in the largest places it is counted in, and the contest types.
// Contests of a name that many have, "Mayor", are left to their places and
// their type. Places come with the home page first, parents before children.
func FindEntries(places []Findable, types []TypeLine) []FindEntry {
	var out []FindEntry
	for i := range places {
		if i > 0 {
			out = append(out, placeEntry(places, i))
		}
	}
	contests := contestEntries(places)
	names := map[string]int{}
	for i := range contests {
		names[contests[i].Name]++
	}
	for i := range contests {
		if names[contests[i].Name] < sameName {
			out = append(out, contests[i])
		}
	}
	for _, t := range types {
		if n := names[t.Name]; t.Name != "" && (n == 0 || n >= sameName) {
			out = append(out, FindEntry{Name: t.Name, Path: t.Path})
		}
	}
	return out
}

func placeEntry(places []Findable, i int) FindEntry {
	f := &places[i]
	e := FindEntry{Name: f.Unit.Name, Path: f.Path}
	if f.Up > 0 {
		e.Context = places[f.Up].Unit.Name
	}
	if len(f.Races) <= besideRaces {
		for j := range f.Races {
			e.Races = append(e.Races, Link{Text: f.Races[j].Race.Contest.Name, Path: f.Races[j].Path})
		}
	}
	return e
}

// contestEntries are the contests in the places nearest to the home page that
// they are counted in.
func contestEntries(places []Findable) []FindEntry {
	depth := make([]int, len(places))
	top := map[string]int{} // by contest: the least depth it is counted at
	for i := range places {
		if i > 0 {
			depth[i] = depth[places[i].Up] + 1
		}
		for j := range places[i].Races {
			id := places[i].Races[j].Race.Contest.ID
			if d, ok := top[id]; !ok || depth[i] < d {
				top[id] = depth[i]
			}
		}
	}
	var out []FindEntry
	for i := range places {
		for j := range places[i].Races {
			r := &places[i].Races[j]
			c := r.Race.Contest
			if depth[i] > top[c.ID] {
				continue
			}
			e := FindEntry{Name: c.Name, Path: r.Path}
			if i > 0 {
				e.Context = places[i].Unit.Name
			} else if c.Heading != c.Name {
				e.Context = c.Heading
			}
			out = append(out, e)
		}
	}
	return out
}

// AppendFindPage appends a FindView.
func AppendFindPage(dst []byte, v FindView, s *Site) []byte {
	p := newPage(dst, s)
	sh := shell{path: v.Path, heading: p.w.FindTitle, sums: p.w.FindIntro}
	sh.title[0] = v.Letter
	p.open(sh)
	p.raw("<h1>")
	p.raw(sh.heading)
	p.raw("</h1>\n<p class=\"lede\">")
	p.raw(sh.sums)
	p.raw("</p>\n")
	p.findSlot()
	p.raw("<div id=\"results\">\n")
	p.letters(&v)
	if v.Letter != "" {
		p.raw("<h2>")
		p.name(v.Letter)
		p.raw("</h2>\n")
	}
	p.entries(&v)
	p.raw("</div>\n")
	return p.close(sh)
}

// letters appends the way to the letters: pages of their own, or headings on
// this one.
func (p *page) letters(v *FindView) {
	links := v.Letters
	if len(links) == 0 {
		last := ""
		for i := range v.Entries {
			if l := v.Entries[i].Letter; l != "" && l != last {
				links = append(links, Link{Text: l})
				last = l
			}
		}
		if len(links) < 2 {
			return
		}
	}
	p.raw("<nav class=\"letters\"")
	p.datum(` aria-label="`, p.w.FindLetters)
	p.raw("><ul>")
	for _, l := range links {
		p.raw("<li><a")
		if l.Path == "" {
			p.b = append(p.b, ` href="#`...)
			p.text(letterID(l.Text))
			p.raw(`"`)
		} else {
			p.path("href", l.Path)
		}
		if l.Path != "" && l.Path == v.Path {
			p.raw(` aria-current="page"`)
		}
		p.raw(">")
		p.name(l.Text)
		p.raw("</a></li>")
	}
	p.raw("</ul></nav>\n")
}

// letterID is the id of a letter's heading.
func letterID(letter string) string { return "l-" + letterSlug(letter) }

// entries appends a list for each letter, or one list on the page of a letter.
func (p *page) entries(v *FindView) {
	open, last := false, ""
	for i := range v.Entries {
		e := &v.Entries[i]
		if !open || v.Letter == "" && e.Letter != last {
			if open {
				p.raw("</ul>\n")
			}
			if v.Letter == "" && e.Letter != "" {
				p.raw("<h2")
				p.attr("id", letterID(e.Letter))
				p.raw(">")
				p.name(e.Letter)
				p.raw("</h2>\n")
			}
			p.raw("<ul class=\"find\">\n")
			open, last = true, e.Letter
		}
		p.entry(e)
	}
	if open {
		p.raw("</ul>\n")
	}
}

func (p *page) entry(e *FindEntry) {
	p.raw("<li>")
	p.link(Link{Text: e.Name, Path: e.Path})
	if e.Context != "" {
		p.raw(" <i>")
		p.name(e.Context)
		p.raw("</i>")
	}
	if len(e.Races) > 0 {
		p.raw("<ul class=\"row\">")
		for _, r := range e.Races {
			p.raw("<li>")
			p.link(r)
			p.raw("</li>")
		}
		p.raw("</ul>")
	}
	p.raw("</li>\n")
}

// letterSlug is a letter, or several, as part of an address.
func letterSlug(letter string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(letter) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '–' || r == '-':
			b.WriteByte('-')
		default:
			b.WriteString("u" + hex(r))
		}
	}
	return b.String()
}
