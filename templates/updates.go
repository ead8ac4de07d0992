package templates

// AppendUpdatesPage appends what was published when, in words. The page of the
// newest is at UpdatesPath; those of older ones never change.
func AppendUpdatesPage(dst []byte, v UpdatesView, s *Site) []byte {
	p := newPage(dst, s)
	sh := shell{path: v.Path, heading: p.w.NavUpdates, sums: p.w.UpdatesSums, changed: v.Changed, slow: true}
	if v.Path != UpdatesPath {
		sh.changed = 0
	}
	p.open(sh)
	p.top(sh)
	p.raw("<div id=\"updates\" data-live>\n")
	if len(v.Updates) == 0 {
		p.raw("<p>")
		p.raw(p.w.UpdatesNone)
		p.raw("</p>\n")
	}
	for i := range v.Updates {
		p.update(&v.Updates[i])
	}
	p.raw("<p class=\"ways\">")
	if v.Path != UpdatesPath {
		p.to(UpdatesPath, p.w.UpdatesNewest)
	} else {
		p.toFile(UpdatesFile, p.w.UpdatesFile)
	}
	if v.Older != "" {
		p.raw(" ")
		p.to(v.Older, p.w.UpdatesOlder)
	}
	p.raw("</p>\n</div>\n</div>\n")
	return p.close(sh)
}

// update appends one release.
func (p *page) update(u *Update) {
	p.raw("<section class=\"entry\" id=\"r-")
	p.digitsOf(u.Release)
	p.raw("\">\n<h2>")
	p.say(p.w.ReleaseLine, int64(u.Release))
	p.raw("</h2>\n")
	if !u.AsOf.IsZero() {
		p.raw("<p class=\"state\">")
		p.raw(p.w.AsOf)
		p.raw(" ")
		p.moment(u.AsOf)
		p.raw("</p>\n")
	}
	p.raw("<p>")
	sep := markup("")
	for _, c := range [...]struct {
		n    int
		says phrase
	}{{u.Added, p.w.UpdateAdded}, {u.Changed, p.w.UpdateChanged}, {u.Completed, p.w.UpdateCompleted}, {u.Corrections, p.w.UpdateCorrected}} {
		if c.n > 0 {
			p.raw(sep)
			p.say(c.says, int64(c.n))
			sep = " · "
		}
	}
	if sep == "" {
		p.raw(p.w.UpdateSame)
	}
	p.raw("</p>\n")
	p.updatePlaces(u)
	p.raw("</section>\n")
}

func (p *page) updatePlaces(u *Update) {
	if len(u.Places) == 0 {
		return
	}
	p.raw("<p>")
	p.raw(p.w.UpdateWhere)
	for i, l := range u.Places {
		if i > 0 {
			p.raw(p.w.Comma)
		}
		p.link(l)
	}
	if u.MorePlaces > 0 {
		p.say(p.w.More, int64(u.MorePlaces))
	}
	p.raw("</p>\n")
}
