package delimited

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// race is one contest in one unit while its rows come in.
type race struct {
	contest  *contest
	unit     *unit
	rank     int // of its type of result, where the file has several
	votes    []vote
	at       map[*choice]int // place in votes, once there are many
	totals   snapshot.Totals
	status   snapshot.Status
	byUnits  bool
	kind     snapshot.CountKind
	state    snapshot.Condition
	channels []channel
}

type vote struct {
	choice  *choice
	count   snapshot.Count
	seats   snapshot.Count
	outcome snapshot.Outcome
	counted bool   // a row stated votes
	cast    uint16 // a bit for each channel that a row stated
}

type channel struct {
	name  string
	votes []snapshot.ChoiceVotes
}

// at is where a race is.
type at struct {
	contest *contest
	unit    *unit
}

// race finds the race of a contest in a unit.
func (r *reader) race(c *contest, u *unit) *race {
	x := r.races[at{c, u}]
	if x == nil {
		x = &race{contest: c, unit: u}
		if n := len(r.part.races); n > 0 { // as many choices as the race before, most often
			x.votes = make([]vote, 0, min(len(r.part.races[n-1].votes), fewVotes))
		}
		r.races[at{c, u}] = x
		r.part.races = append(r.part.races, x)
	}
	return x
}

// reset forgets everything but the names: a better type of result has come.
func (x *race) reset(rank int) {
	*x = race{contest: x.contest, unit: x.unit, rank: rank}
}

// fewVotes is how many votes are looked through one by one.
const fewVotes = 32

// vote finds the place of a choice among the votes.
func (x *race) vote(c *choice) *vote {
	if i, ok := x.at[c]; ok {
		return &x.votes[i]
	}
	for i := 0; i < len(x.votes) && x.at == nil; i++ {
		if x.votes[i].choice == c {
			return &x.votes[i]
		}
	}
	x.votes = append(x.votes, vote{choice: c})
	switch n := len(x.votes); {
	case n == fewVotes:
		x.at = make(map[*choice]int, 2*n)
		for i := range x.votes {
			x.at[x.votes[i].choice] = i
		}
	case n > fewVotes:
		x.at[c] = n - 1
	}
	return &x.votes[len(x.votes)-1]
}

// state takes what a rule says of a race in the present row.
func (r *reader) state(rule *rule, x *race, c *choice) *feed.Refusal {
	if c != nil {
		if refusal := r.votes(rule, x, c); refusal != nil {
			return refusal
		}
	}
	if refusal := r.totals(rule, &x.totals); refusal != nil {
		return refusal
	}
	x.byUnits = x.byUnits || rule.byUnits
	status, refusal := r.one(rule.status, string(x.status), statuses())
	if refusal != nil {
		return refusal
	}
	kind, refusal := r.one(rule.kind, string(x.kind), kinds())
	if refusal != nil {
		return refusal
	}
	state, refusal := r.one(rule.state, string(x.state), raceConditions())
	if refusal != nil {
		return refusal
	}
	x.status, x.kind, x.state = snapshot.Status(status), snapshot.CountKind(kind), snapshot.Condition(state)
	return nil
}

// votes takes the votes and the outcome of a choice.
func (r *reader) votes(rule *rule, x *race, c *choice) *feed.Refusal {
	v := x.vote(c)
	if rule.votes != nil {
		if v.counted {
			return &feed.Refusal{Code: "E_DUPID", Field: rule.choice.key.column(), Text: "choice " + quote([]byte(c.Key)) + " twice in one race"}
		}
		v.counted = true
		var refusal *feed.Refusal
		if v.count, refusal = r.count(rule.votes); refusal != nil {
			return refusal
		}
	}
	if rule.seats != nil {
		if refusal := r.seats(rule.seats, v); refusal != nil {
			return refusal
		}
	}
	outcome, refusal := r.one(rule.outcome, string(v.outcome), outcomes())
	if refusal != nil {
		return refusal
	}
	v.outcome = snapshot.Outcome(outcome)
	for _, ch := range rule.channels {
		n, refusal := r.count(ch.votes)
		if refusal != nil {
			return refusal
		}
		name, refusal := r.channelName(ch.name)
		if refusal != nil {
			return refusal
		}
		i := x.channel(name)
		if i == maxChannels {
			return &feed.Refusal{Code: "E_COUNT", Field: ch.votes.column(), Text: fmt.Sprintf("channel %q is one more than the %d that a race may have", name, maxChannels)}
		}
		if v.cast&(1<<i) != 0 {
			return &feed.Refusal{Code: "E_DUPID", Field: ch.votes.column(), Text: fmt.Sprintf("choice %s twice in channel %q of one race", quote([]byte(c.Key)), name)}
		}
		v.cast |= 1 << i
		x.channels[i].votes = append(x.channels[i].votes, snapshot.ChoiceVotes{Key: c.Key, Votes: n})
	}
	return nil
}

// seats takes the seats that a choice has won. Rows that state them twice must
// agree.
func (r *reader) seats(t *template, v *vote) *feed.Refusal {
	n, refusal := r.count(t)
	if refusal != nil {
		return refusal
	}
	if v.seats.Present() && n.Present() && v.seats != n {
		refusal := malformed("rows of one race disagree on the seats of choice %s: %s and %s", quote([]byte(v.choice.Key)), v.seats, n)
		refusal.Field = t.column()
		return refusal
	}
	if n.Present() {
		v.seats = n
	}
	return nil
}

// channelName is what the channel of a rule is called in the present row.
func (r *reader) channelName(t *template) (string, *feed.Refusal) {
	if t.places == 0 {
		return t.plain(), nil
	}
	name, refusal := r.text(t, feed.MaxName)
	if refusal == nil && name == "" {
		refusal = &feed.Refusal{Code: "E_MISSING", Field: t.column(), Text: "the channel has no name"}
	}
	return name, refusal
}

// maxChannels is how many channels one race may have.
const maxChannels = 16

// channel is the place of a channel among those of the race.
func (x *race) channel(name string) int {
	i := slices.IndexFunc(x.channels, func(c channel) bool { return c.name == name })
	if i < 0 {
		i = len(x.channels)
		x.channels = append(x.channels, channel{name: name})
	}
	return i
}

// totals takes the totals of the present row. Rows that state one twice must
// agree.
func (r *reader) totals(rule *rule, to *snapshot.Totals) *feed.Refusal {
	mine := places(to)
	for i, t := range rule.totals {
		if t == nil {
			continue
		}
		n, refusal := r.count(t)
		switch {
		case refusal != nil:
			return refusal
		case mine[i].Present() && n.Present() && *mine[i] != n:
			refusal := malformed("rows of one race disagree on %s: %s and %s", totalNames()[i], *mine[i], n)
			refusal.Field = t.column()
			return refusal
		case n.Present():
			*mine[i] = n
		}
	}
	return nil
}

// one is a word that all rows of a race must agree on.
func (r *reader) one(t *template, have string, allowed []string) (string, *feed.Refusal) {
	v, refusal := r.value(t)
	if refusal != nil || len(v) == 0 {
		return have, refusal
	}
	word := string(v)
	switch {
	case !slices.Contains(allowed, word):
		return have, &feed.Refusal{Code: "E_TYPE", Field: t.column(), Text: quote(v) + " is not allowed" + suggest(word, allowed)}
	case have != "" && have != word:
		refusal := malformed("rows of one race disagree: %q and %q", have, word)
		refusal.Field = t.column()
		return have, refusal
	}
	return word, nil
}

// count reads a count as the file writes them.
func (r *reader) count(t *template) (snapshot.Count, *feed.Refusal) {
	v, refusal := r.value(t)
	if refusal != nil {
		return snapshot.Count{}, refusal
	}
	f := r.sheet.file
	for _, a := range f.absent {
		if string(v) == a {
			return snapshot.Count{}, nil
		}
	}
	if f.counts.like != "" {
		for _, same := range strings.Split(f.counts.like, "") {
			v = bytes.ReplaceAll(v, []byte(same), []byte{f.counts.Thousands})
		}
	}
	if f.counts.comma {
		if i := bytes.LastIndexByte(v, ','); i >= 0 && i+1 < len(v) && len(bytes.Trim(v[i+1:], "0")) == 0 {
			v = v[:i]
		}
	}
	n, refusal := f.counts.Parse(v)
	if refusal != nil {
		refusal.Field = t.column()
		return n, refusal
	}
	if len(v) > 0 && v[0] == '-' {
		r.sheet.notes.Note("F_DERIVED", "line %d: %s %s is below zero and is left out", r.sheet.row.line, t.column(), v)
	}
	return n, nil
}
