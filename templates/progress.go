package templates

import "github.com/heraldresults/herald/diff/snapshot"

// progress appends how far the count is and the totals that the source states.
// Turnout is shown once all is counted: before that, ballots and registered
// voters speak of different places.
func (p *page) progress(r snapshot.Result) {
	t := r.Totals
	if t == (snapshot.Totals{Electorate: t.Electorate}) || !r.Countable() {
		return
	}
	p.raw("<section class=\"progress\">\n<h2>")
	p.raw(p.w.ProgressTitle)
	p.raw("</h2>\n")
	in, isIn := t.UnitsIn.Get()
	total, isTotal := t.UnitsTotal.Get()
	if isTotal && total > 0 {
		p.bar(in, total)
	}
	p.raw("<dl class=\"facts\">")
	if isIn || isTotal {
		p.raw("<div><dt>")
		p.raw(p.w.Counted)
		p.raw("</dt><dd>")
		switch {
		case !isIn:
			p.raw(p.w.NothingYet)
		case isTotal:
			p.say(p.w.Fraction, in, total)
		default:
			p.number(in)
		}
		p.raw("</dd></div>")
	}
	p.ballots(r)
	p.raw("</dl>\n</section>\n")
}

func (p *page) ballots(r snapshot.Result) {
	t := r.Totals
	for _, f := range [...]struct {
		name markup
		c    snapshot.Count
	}{
		{p.w.Valid, t.Valid}, {p.w.Blank, t.Blank}, {p.w.Null, t.Null},
		{p.w.Ballots, t.Ballots}, {p.w.Electorate, t.Electorate},
	} {
		if n, ok := f.c.Get(); ok {
			p.raw("<div><dt>")
			p.raw(f.name)
			p.raw("</dt><dd>")
			p.number(n)
			p.raw("</dd></div>")
		}
	}
	ballots, isBallots := t.Ballots.Get()
	electorate, _ := t.Electorate.Get()
	if isBallots && electorate >= ballots && electorate > 0 && r.Complete() {
		p.raw("<div><dt>")
		p.raw(p.w.Turnout)
		p.raw("</dt><dd>")
		p.share(ballots, electorate)
		p.raw("</dd></div>")
	}
}
