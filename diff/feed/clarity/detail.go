package clarity

import (
	"slices"
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// maxTypes is how many types of vote one file may have.
const maxTypes = 64

// detail is a detail.xml.
type detail struct {
	name     string
	at       time.Time
	region   string
	level    snapshot.UnitType // of the places: county or precinct
	places   []place
	index    map[string]int // place by name
	last     int            // the place found last; the next one often follows it
	types    []string       // names of the types of vote, in order of first sight
	contests []contest
	cells    []cell
	sums     []snapshot.Count // scratch
	mark     int              // counts the types of vote of choices, to find a place twice
	notes    feed.Findings
	measured bool // some over- or under-vote is not 0
}

// place is a county or precinct.
type place struct {
	name string
	mark int // of the type of vote that named it last
}

// contest is one of a detail.xml; its cells are those from first up to end.
type contest struct {
	key, name   string
	seats       snapshot.Count
	question    bool
	total, in   snapshot.Count
	over, under snapshot.Count
	choices     []snapshot.ChoiceDef
	votes       []total // beside choices
	progress    []progress
	first, end  int
}

// total is what a choice has in the whole place.
type total struct {
	votes snapshot.Count
	types []typed
}

// typed are votes of one type, by its place in detail.types.
type typed struct {
	of    int
	votes snapshot.Count
}

// progress is how far the count of a contest is in a county.
type progress struct {
	place     int
	total, in snapshot.Count
}

// cell is the smallest number: the votes of a choice, of one type, in a place.
// Over- and under-votes stand under a choice of their own.
type cell struct {
	place, choice, of int32
	votes             snapshot.Count
}

const (
	underVotes = -1
	overVotes  = -2
)

// readDetail takes detail.xml, plain or in detailxml.zip.
func (d *decoder) readDetail(p feed.Payload, s site) (snapshot.Update, error) {
	opts := d.opts
	opts.ZipEntry = "detail.xml"
	r, err := feed.OpenXML(p, opts)
	if err != nil {
		return snapshot.Update{}, err
	}
	if string(r.Name()) != "ElectionResult" {
		return snapshot.Update{}, p.Refuse("E_NOT_FEED", "a document %q, which is no result of Clarity", r.Name())
	}
	f := &detail{index: map[string]int{}}
	f.read(r, d.opts.Location)
	findings, err := r.Finish("")
	if err != nil {
		return snapshot.Update{}, err
	}
	unit, err := s.unit(p, f.region)
	if err != nil {
		return snapshot.Update{}, err
	}
	u := snapshot.Update{Scope: s.scope(unit, "detail"), Rank: 1, Stamp: s.stamp(p, f.at), Name: f.name, Election: s.election}
	if err := f.state(p, unit, &u); err != nil {
		return snapshot.Update{}, err
	}
	u.Findings = slices.Concat(u.Findings, findings, f.notes.List())
	d.join(&u, s)
	return u, nil
}

func (f *detail) read(r *feed.XML, zone *time.Location) {
	seen := map[string]bool{}
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "Timestamp":
			f.readTime(r, zone)
		case "ElectionName":
			f.name = clean(r, r.Text(), feed.MaxName)
		case "ElectionDate":
			r.Text()
		case "Region":
			f.region = clean(r, r.Text(), maxKey)
		case "VoterTurnout", "ElectionVoterTurnout":
			f.readTurnout(r)
		case "Contest":
			c := f.readContest(r)
			if seen[c.key] {
				r.Refuse("E_DUPID", "contest %s stands there twice", c.key)
			}
			seen[c.key] = true
			f.contests = append(f.contests, c)
		default:
			r.Unknown()
		}
	}
	r.Require("Timestamp", "Region")
	if len(f.contests) == 0 {
		r.Refuse("E_EMPTY", "no contests")
	}
}

func (f *detail) readTime(r *feed.XML, zone *time.Location) {
	text := r.Text()
	if r.Failed() {
		return
	}
	at, refusal := parseTime(text, zone)
	if refusal != nil {
		r.Refuse(refusal.Code, "%s", refusal.Text)
	}
	f.at = at
}

// readTurnout takes the list of places. The turnout beside them is of the whole
// election and of no contest.
func (f *detail) readTurnout(r *feed.XML) {
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "Counties", "Precincts":
			for r.Enter(); r.Next(); {
				switch string(r.Name()) {
				case "County", "Precinct":
					f.place(r)
					r.Skip()
				default:
					r.Unknown()
				}
			}
		default:
			r.Unknown()
		}
	}
}

// place finds the place that the present element names.
func (f *detail) place(r *feed.XML) int {
	level := snapshot.County
	if string(r.Name()) == "Precinct" {
		level = snapshot.Precinct
	}
	if f.level == "" {
		f.level = level
	}
	if f.level != level {
		r.Refuse("E_VERSION", "counties and precincts in one file")
	}
	name, _ := r.Attr("name")
	if next := f.last + 1; next < len(f.places) && f.places[next].name == name {
		f.last = next
		return next
	}
	i, known := f.index[name]
	if !known {
		i = f.newPlace(r, name)
	}
	f.last = i
	return i
}

func (f *detail) newPlace(r *feed.XML, name string) int {
	if strings.TrimSpace(name) == "" {
		r.Refuse("E_MISSING", "a place without a name")
	}
	f.index[name] = len(f.places)
	f.places = append(f.places, place{name: name})
	return len(f.places) - 1
}

func (f *detail) readContest(r *feed.XML) contest {
	r.RequireAttr("key", "text")
	c := contest{key: attr(r, "key", maxKey), name: attr(r, "text", feed.MaxDetail), seats: r.AttrCount("voteFor", feed.CountRule{}), first: len(f.cells)}
	switch v, _ := r.Attr("isQuestion"); strings.ToLower(v) {
	case "", "false":
	case "true":
		c.question = true
	default:
		r.Refuse("E_TYPE", "isQuestion is %q", v)
	}
	// In files of counties "reporting" is the total and "reported" the count.
	if _, ok := r.Attr("precinctsParticipating"); ok {
		c.total = r.AttrCount("precinctsParticipating", feed.CountRule{})
	} else {
		c.total = r.AttrCount("precinctsReporting", feed.CountRule{})
	}
	c.in = r.AttrCount("precinctsReported", feed.CountRule{})
	if c.key == "" || c.name == "" {
		r.Refuse("E_MISSING", "a contest without a key or a name")
	}
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "ParticipatingCounties":
			f.readProgress(r, &c)
		case "VoteType":
			f.readResidual(r, &c)
		case "Choice":
			f.readChoice(r, &c)
		default:
			r.Unknown()
		}
	}
	c.end = len(f.cells)
	choiceKeys(c.choices)
	return c
}

func (f *detail) readProgress(r *feed.XML, c *contest) {
	f.mark++
	for r.Enter(); r.Next(); {
		if string(r.Name()) != "County" {
			r.Unknown()
			continue
		}
		c.progress = append(c.progress, progress{place: f.once(r),
			total: r.AttrCount("precinctsParticipating", feed.CountRule{}), in: r.AttrCount("precinctsReported", feed.CountRule{})})
		r.Skip()
	}
}

// once is place, and refuses a place that stands twice under the present mark.
func (f *detail) once(r *feed.XML) int {
	i := f.place(r)
	if f.places[i].mark == f.mark {
		r.Refuse("E_DUPID", "place %q stands there twice", f.places[i].name)
	}
	f.places[i].mark = f.mark
	return i
}

// readResidual takes the over-votes and under-votes of a contest.
func (f *detail) readResidual(r *feed.XML, c *contest) {
	r.RequireAttr("name")
	name := attr(r, "name", feed.MaxName)
	votes := r.AttrCount("votes", feed.CountRule{})
	choice, into := underVotes, &c.under
	switch strings.ToLower(name) {
	case "undervotes":
	case "overvotes":
		choice, into = overVotes, &c.over
	default:
		f.notes.Note("F_UNKNOWN_VALUE", "contest %s: votes of no choice of type %q are left out", c.key, name)
		r.Skip()
		return
	}
	if into.Present() {
		r.Refuse("E_DUPID", "%s of contest %s stand there twice", name, c.key)
	}
	*into = votes
	f.measured = f.measured || positive(votes)
	f.readCells(r, c, votes, choice, 0)
}

func (f *detail) readChoice(r *feed.XML, c *contest) {
	r.RequireAttr("text", "totalVotes")
	r.KnownAttrs("key", "text", "party", "totalVotes")
	def := snapshot.ChoiceDef{Name: attr(r, "text", feed.MaxName), Party: party(attr(r, "party", feed.MaxName))}
	if def.Name == "" {
		r.Refuse("E_MISSING", "contest %s has a choice without a name", c.key)
	}
	t := total{votes: r.AttrCount("totalVotes", feed.CountRule{})}
	for r.Enter(); r.Next(); {
		if string(r.Name()) != "VoteType" {
			r.Unknown()
			continue
		}
		r.RequireAttr("name", "votes")
		r.KnownAttrs("name", "votes")
		of := f.voteType(r, attr(r, "name", feed.MaxName))
		for _, other := range t.types {
			if other.of == of {
				r.Refuse("E_DUPID", "votes of type %q stand twice under %q", f.types[of], def.Name)
			}
		}
		votes := r.AttrCount("votes", feed.CountRule{})
		t.types = append(t.types, typed{of, votes})
		f.readCells(r, c, votes, len(c.choices), of)
	}
	f.sums = f.sums[:0]
	for _, x := range t.types {
		f.sums = append(f.sums, x.votes)
	}
	f.notes.Sum("contest "+c.key+": votes of all types of "+def.Name+" = its total", t.votes, f.sums...)
	c.choices, c.votes = append(c.choices, def), append(c.votes, t)
}

// voteType finds a type of vote by name.
func (f *detail) voteType(r *feed.XML, name string) int {
	for i, t := range f.types {
		if t == name {
			return i
		}
	}
	if len(f.types) == maxTypes {
		r.Refuse("E_COUNT", "more than %d types of vote", maxTypes)
		return 0
	}
	f.types = append(f.types, name)
	return len(f.types) - 1
}

// readCells takes the places of one type of vote, which add up to whole.
func (f *detail) readCells(r *feed.XML, c *contest, whole snapshot.Count, choice, of int) {
	f.mark++
	f.sums = f.sums[:0]
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "County", "Precinct":
			r.RequireAttr("votes")
			at, votes := f.once(r), r.AttrCount("votes", feed.CountRule{})
			f.cells = append(f.cells, cell{int32(at), int32(choice), int32(of), votes})
			f.sums = append(f.sums, votes)
			f.measured = f.measured || choice < 0 && positive(votes)
			r.Skip()
		default:
			r.Unknown()
		}
	}
	f.notes.Sum("contest "+c.key+": votes of all places = votes of the type", whole, f.sums...)
}

// attr is an attribute as text for people.
func attr(r *feed.XML, name string, max int) string {
	s, _ := r.Attr(name)
	return clean(r, s, max)
}

func clean(r *feed.XML, s string, max int) string {
	s, refusal := feed.CleanText(s, max)
	if refusal != nil {
		r.Refuse(refusal.Code, "%s", refusal.Text)
	}
	return s
}
