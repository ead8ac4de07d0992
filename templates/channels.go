package templates

import "github.com/heraldresults/herald/diff/snapshot"

// besideChannels is how many channels have room beside one another on a narrow
// screen. There, more of them stand below one another.
const besideChannels = 2

// channels appends the votes side by side by the way they were cast: a row a
// choice, in the order of the results, and a row for each total that any
// channel states.
func (p *page) channels(race *snapshot.Race, order []int) {
	list := race.Result.Channels
	if len(list) == 0 {
		return
	}
	class := markup("<table class=\"channels\">\n<caption>")
	if len(list) > besideChannels {
		class = "<table class=\"channels many\">\n<caption>"
	}
	p.raw(class)
	p.raw(p.w.Channels)
	p.raw(" <span>")
	p.raw(p.w.ChannelsMore)
	p.raw("</span></caption>\n<thead><tr><th scope=\"col\">")
	p.raw(p.w.Choice)
	p.raw("</th>")
	for i := range list {
		p.raw("<th scope=\"col\">")
		p.name(list[i].Name)
		p.raw("</th>")
	}
	p.raw("</tr></thead>\n<tbody>\n")
	for _, i := range order {
		p.raw("<tr><th scope=\"row\">")
		p.name(race.Contest.Choices[i].Name)
		p.raw("</th>")
		p.across(list, func(ch *snapshot.Channel) snapshot.Count { return ch.Votes[i] })
	}
	for _, f := range [...]struct {
		name markup
		of   func(*snapshot.Channel) snapshot.Count
	}{
		{p.w.Valid, func(ch *snapshot.Channel) snapshot.Count { return ch.Totals.Valid }},
		{p.w.Blank, func(ch *snapshot.Channel) snapshot.Count { return ch.Totals.Blank }},
		{p.w.Null, func(ch *snapshot.Channel) snapshot.Count { return ch.Totals.Null }},
		{p.w.Ballots, func(ch *snapshot.Channel) snapshot.Count { return ch.Totals.Ballots }},
		{p.w.Electorate, func(ch *snapshot.Channel) snapshot.Count { return ch.Totals.Electorate }},
	} {
		if anyChannel(list, f.of) {
			p.raw("<tr><th scope=\"row\">")
			p.raw(f.name)
			p.raw("</th>")
			p.across(list, f.of)
		}
	}
	p.raw("</tbody>\n</table>\n")
}

// across appends one number of each channel and closes the row.
func (p *page) across(list []snapshot.Channel, of func(*snapshot.Channel) snapshot.Count) {
	for i := range list {
		p.raw("<td")
		if len(list) > besideChannels {
			p.attr("data-channel", list[i].Name)
		}
		p.raw(">")
		p.cell(of(&list[i]))
		p.raw("</td>")
	}
	p.raw("</tr>\n")
}

func anyChannel(list []snapshot.Channel, of func(*snapshot.Channel) snapshot.Count) bool {
	for i := range list {
		if of(&list[i]).Present() {
			return true
		}
	}
	return false
}
