package templates

// PageChoices is how many choices the page of a race shows when there is a
// page that shows all of them: 20 at once, the others on demand.
const PageChoices = 100

// ChoicesView is the page with every choice of a large contest.
type ChoicesView struct {
	RaceView
	Path string
	// From and To bound the choices of this part, by their place in the order
	// of the results.
	From, To int
	Part     Part
}

// AppendChoicesPage appends the page with every choice of a large contest, of
// which the page of the race shows the first ones.
func AppendChoicesPage(dst []byte, v ChoicesView, s *Site) []byte {
	p := newPage(dst, s)
	race, c := v.Race, v.Race.Contest
	sh := shell{
		title: [2]string{c.Name, race.Unit.Name}, path: v.Path, changed: v.Changed, slow: true,
		trail: append(v.Trail[:len(v.Trail):len(v.Trail)], Link{Text: c.Name, Path: v.RaceView.Path}),
	}
	p.open(sh)
	p.raceHeading(race)
	p.raw("<p id=\"progress\" class=\"state\" data-live>")
	p.state(race)
	p.raw("</p>\n")
	p.fresh(v.AsOf, race.Result.HasVotes() || !race.Result.Countable())
	p.raw("<div id=\"results\" data-live>\n")
	p.notices(race.Result)
	p.correctionNotice(v.RaceView, v.RaceView.Path)
	order := ranked(nil, race)
	t := tableOf(race, order)
	t.drawn = false
	to := min(v.To, len(order))
	p.raw(t.class)
	p.raw("<caption>")
	p.caption(race, &t)
	p.raw("</caption>\n")
	p.rows(race, order[min(v.From, to):to], t)
	p.raw("</table>\n</div>\n")
	p.parts(v.Part)
	return p.close(sh)
}
