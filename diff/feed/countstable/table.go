package countstable

import (
	"cmp"
	"fmt"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// whole is the unit of rows that name none: all that the table speaks of.
const whole = "all"

// maxChannels is how many channels one race may have.
const maxChannels = 16

// table is a counts table as it is read: contests, choices, units and channels
// in the order in which they are first seen.
type table struct {
	head     head
	rows     int64
	contests []*contest
	units    []snapshot.UnitDef
	races    []*race
	contest  map[string]*contest
	unit     map[string]int
	race     map[raceKey]*race
}

// head is what a table says of itself.
type head struct {
	election, name, scope string
	kind                  snapshot.CountKind
	phase                 snapshot.Phase
	asOf                  time.Time
	sequence              snapshot.Count
	rowCount              snapshot.Count
	torn                  bool
}

type contest struct {
	def    snapshot.ContestDef
	choice map[string]int
}

type raceKey struct{ contest, unit string }

// race is one contest in one unit: its totals, its channels and the steps of a
// ranked count.
type race struct {
	contest   *contest
	unit      string
	condition snapshot.Condition
	total     part
	seats     map[string]snapshot.Count // by choice
	outcomes  map[string]snapshot.Outcome
	channels  []*channel
	rounds    []*round
}

type channel struct {
	name string
	part
}

// part is a column of numbers: votes by choice and totals by name.
type part struct {
	votes, totals map[string]snapshot.Count
}

// row is one number with what it is about. Empty texts were not stated.
type row struct {
	contest, contestName, contestType string
	unit, unitName                    string
	choice, choiceName                string
	channel, what                     string
	contestSeats, round               string // numbers
	outcome, condition                string
	votes                             snapshot.Count
}

// What a row counts. The first three are votes for a choice.
const (
	whatChoice     = "choice"
	whatAbstention = "abstention"
	whatWriteIn    = "write-in"
)

func newTable() *table {
	return &table{contest: map[string]*contest{}, unit: map[string]int{whole: 0}, race: map[raceKey]*race{},
		units: []snapshot.UnitDef{{Key: whole, Type: snapshot.OtherUnit}}}
}

func refuse(code, field, format string, args ...any) *feed.Refusal {
	return &feed.Refusal{Code: code, Field: field, Text: fmt.Sprintf(format, args...)}
}

// set takes one value of the head; empty is not stated. It reports whether
// the head has such a value.
func (h *head) set(name, value string) (known bool, r *feed.Refusal) {
	var count *snapshot.Count
	switch name {
	case "election":
		h.election = value
	case "name":
		h.name = value
	case "scope":
		h.scope = value
	case "kind":
		h.kind = snapshot.CountKind(value)
		if value != "" && h.kind != snapshot.IntermediateCount && h.kind != snapshot.FinalCount {
			r = refuse("E_TYPE", name, "%q is neither intermediate nor final", value)
		}
	case "as_of":
		h.asOf, r = parseTime(value)
	case "sequence":
		count = &h.sequence
	case "row_count":
		count = &h.rowCount
	case "test":
		var yes bool
		if yes, r = parseBool(name, value); value != "" {
			h.phase = snapshot.PhaseLive
			if yes {
				h.phase = snapshot.PhaseTest
			}
		}
	case "torn":
		h.torn, r = parseBool(name, value)
	default:
		return false, nil
	}
	if count != nil {
		if *count, r = feed.ParseCount([]byte(value)); r != nil {
			r.Field = name
		}
	}
	return true, r
}

func parseTime(value string) (time.Time, *feed.Refusal) {
	if value == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return t, refuse("E_TIME", "as_of", "%q is no time with its zone, such as 2026-11-03T20:15:00Z", value)
	}
	return t.UTC(), nil
}

func parseBool(name, value string) (bool, *feed.Refusal) {
	if value != "" && value != "true" && value != "false" {
		return false, refuse("E_TYPE", name, "%q is neither true nor false", value)
	}
	return value == "true", nil
}

// set takes one text of a row and reports whether rows have it.
func (r *row) set(name, value string) (known bool) {
	switch name {
	case "contest":
		r.contest = value
	case "contest_name":
		r.contestName = value
	case "contest_type":
		r.contestType = value
	case "unit":
		r.unit = value
	case "unit_name":
		r.unitName = value
	case "choice":
		r.choice = value
	case "choice_name":
		r.choiceName = value
	case "channel":
		r.channel = value
	case "what":
		r.what = value
	case "contest_seats":
		r.contestSeats = value
	case "round":
		r.round = value
	case "outcome":
		r.outcome = value
	case "condition":
		r.condition = value
	default:
		return false
	}
	return true
}

// add takes a whole row.
func (t *table) add(r *row) *feed.Refusal {
	t.rows++
	if r.contest == "" {
		return refuse("E_MISSING", "contest", "a row without a contest")
	}
	c, refusal := t.contestOf(r)
	if refusal != nil {
		return refusal
	}
	unit, refusal := t.unitOf(r)
	if refusal != nil {
		return refusal
	}
	key := raceKey{r.contest, unit}
	rc := t.race[key]
	if rc == nil {
		rc = &race{contest: c, unit: unit}
		t.race[key] = rc
		t.races = append(t.races, rc)
	}
	if refusal := rc.become(r); refusal != nil {
		return refusal
	}
	if r.round != "" || r.what == whatSeats || r.what == whatExhausted {
		return rc.step(r)
	}
	p, refusal := rc.part(r.channel)
	if refusal != nil {
		return refusal
	}
	if isTotal(r.what) {
		if r.choice != "" || r.outcome != "" {
			return refuse("E_TYPE", "choice", "a row of %s names the choice %q or an outcome", r.what, r.choice)
		}
		return put(&p.totals, r.what, r)
	}
	if refusal := c.define(r); refusal != nil {
		return refusal
	}
	if refusal := putOutcome(&rc.outcomes, r); refusal != nil {
		return refusal
	}
	return put(&p.votes, r.choice, r)
}

// put keeps one number and refuses it the second time.
func put(into *map[string]snapshot.Count, name string, r *row) *feed.Refusal {
	if _, twice := (*into)[name]; twice {
		where := ""
		if r.channel != "" {
			where = fmt.Sprintf(" in channel %q", r.channel)
		}
		return refuse("E_DUPID", "", "%q of contest %q stands there twice%s", name, r.contest, where)
	}
	if *into == nil {
		*into = map[string]snapshot.Count{}
	}
	(*into)[name] = r.votes
	return nil
}

func (t *table) contestOf(r *row) (*contest, *feed.Refusal) {
	kind := snapshot.ContestType(r.contestType)
	switch kind {
	case "", snapshot.CandidateContest, snapshot.PartyContest, snapshot.BallotMeasureContest, snapshot.RetentionContest:
	default:
		return nil, refuse("E_TYPE", "contest_type", "%q is no type of contest", r.contestType)
	}
	c := t.contest[r.contest]
	if c == nil {
		c = &contest{def: snapshot.ContestDef{Key: r.contest}, choice: map[string]int{}}
		t.contest[r.contest] = c
		t.contests = append(t.contests, c)
	}
	if kind != "" && c.def.Type != "" && kind != c.def.Type {
		return nil, refuse("E_IDENTITY", "contest_type", "contest %q is of the types %q and %q", r.contest, c.def.Type, kind)
	}
	c.def.Type = cmp.Or(c.def.Type, kind)
	if refusal := c.elects(r.contestSeats); refusal != nil {
		return nil, refusal
	}
	return c, name(&c.def.Name, r.contestName, "contest_name", "contest "+r.contest)
}

func (t *table) unitOf(r *row) (string, *feed.Refusal) {
	key := cmp.Or(r.unit, whole)
	i, known := t.unit[key]
	if !known {
		i = len(t.units)
		t.unit[key] = i
		t.units = append(t.units, snapshot.UnitDef{Key: key, Parent: whole, Type: snapshot.OtherUnit})
	}
	return key, name(&t.units[i].Name, r.unitName, "unit_name", "unit "+key)
}

// define takes the choice of a row over.
func (c *contest) define(r *row) *feed.Refusal {
	kind := snapshot.Plain
	switch r.what {
	case "", whatChoice, whatSeats:
	case whatAbstention:
		kind = snapshot.Abstention
	case whatWriteIn:
		kind = snapshot.WriteIn
	default:
		return refuse("E_TYPE", "what", "%q is nothing that a table counts", r.what)
	}
	if r.choice == "" {
		return refuse("E_MISSING", "choice", "a row of votes of contest %q without a choice", r.contest)
	}
	i, known := c.choice[r.choice]
	if !known {
		i = len(c.def.Choices)
		c.choice[r.choice] = i
		c.def.Choices = append(c.def.Choices, snapshot.ChoiceDef{Key: r.choice, Type: kind})
	}
	ch := &c.def.Choices[i]
	if ch.Type != kind && r.what != whatSeats {
		return refuse("E_IDENTITY", "what", "choice %q of contest %q is %s and something else", r.choice, r.contest, cmp.Or(r.what, whatChoice))
	}
	return name(&ch.Name, r.choiceName, "choice_name", fmt.Sprintf("choice %s of contest %s", r.choice, r.contest))
}

// name keeps the name of something and refuses a second one.
func name(has *string, given, field, of string) *feed.Refusal {
	if given != "" && *has != "" && given != *has {
		return refuse("E_IDENTITY", field, "%s is called %q and %q", of, *has, given)
	}
	*has = cmp.Or(*has, given)
	return nil
}

// part finds the numbers of a channel, or the total for "".
func (r *race) part(name string) (*part, *feed.Refusal) {
	if name == "" {
		return &r.total, nil
	}
	for _, ch := range r.channels {
		if ch.name == name {
			return &ch.part, nil
		}
	}
	if len(r.channels) == maxChannels {
		return nil, refuse("E_COUNT", "channel", "more than %d channels in contest %q", maxChannels, r.contest.def.Key)
	}
	ch := &channel{name: name}
	r.channels = append(r.channels, ch)
	return &ch.part, nil
}
