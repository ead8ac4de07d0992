package minnesota

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// The rows that are no candidates.
const (
	writeInCode     = "9901"
	estimatedBlanks = "ESTIMATED BLANKS"
)

// builder collects the rows of one file.
type builder struct {
	p          feed.Payload
	byDistrict bool // every row names the district it was counted in
	units      []snapshot.UnitDef
	unitSeen   map[string]bool
	contests   []*contest
	contestAt  map[string]*contest
	races      []*race
	raceAt     map[raceKey]*race
	findings   []snapshot.Finding
}

type raceKey struct{ contest, unit string }

type contest struct {
	snapshot.ContestDef
	seen map[string]bool
}

// race is one contest in one unit while its rows come in.
type race struct {
	snapshot.RaceResult
	first   *row
	stated  snapshot.Count // total votes of the race
	sum     int64          // votes of all rows, blanks among them
	blanks  bool           // whether there was a row of estimated blanks
	counted bool           // whether any row had more than zero votes
	seen    map[string]bool
}

func newBuilder(p feed.Payload) *builder {
	return &builder{p: p, unitSeen: map[string]bool{}, contestAt: map[string]*contest{}, raceAt: map[raceKey]*race{}}
}

// add takes one row.
func (b *builder) add(r *row) error {
	if state := r.text(colState); state != "MN" {
		return b.refuse(r, "state", "E_IDENTITY", "%q is not Minnesota", state)
	}
	id := r.text(colOffice)
	if n, err := strconv.Atoi(id); err != nil || n < 0 || len(id) != 4 {
		return b.refuse(r, "office id", "E_IDENTITY", "%q is no office id", id)
	}
	unit, err := b.unit(r)
	if err != nil {
		return err
	}
	c, err := b.contest(r, id)
	if err != nil {
		return err
	}
	key := raceKey{c.Key, unit}
	x := b.raceAt[key]
	if x == nil {
		if x, err = b.race(r, key); err != nil {
			return err
		}
	}
	return b.votes(r, c, x)
}

// unit finds the place of a row and defines it.
func (b *builder) unit(r *row) (string, error) {
	b.define(state())
	county, precinct := r.text(colCounty), r.text(colPrecinct)
	if county == "" {
		if precinct != "" {
			return "", b.refuse(r, "county id", "E_MISSING", "precinct %q without a county", precinct)
		}
		return b.whole(r)
	}
	if countyName(county) == "" {
		return "", b.refuse(r, "county id", "E_IDENTITY", "%q is no county", county)
	}
	b.define(countyUnit(county))
	key := "county-" + county
	if precinct == "" {
		return key, nil
	}
	b.define(snapshot.UnitDef{Key: key + "-" + precinct, Parent: key, Name: "Precinct " + precinct, Type: snapshot.Precinct})
	return key + "-" + precinct, nil
}

// whole finds the place of a row without a county: the state, or the district
// that the votes of an office of the whole state were counted in. Other offices
// are elected in their district, and it is part of their name.
func (b *builder) whole(r *row) (string, error) {
	name := r.text(colDistrict)
	switch {
	case name == "" && b.byDistrict:
		return "", b.refuse(r, "district", "E_MISSING", "no district")
	case name == "" || !b.byDistrict && !statewide(r.text(colOffice)):
		return "mn", nil
	}
	d, known := district(name)
	if !known {
		return "", b.refuse(r, "district", "E_IDENTITY", "%q is no congressional or legislative district", name)
	}
	b.define(d)
	return d.Key, nil
}

func (b *builder) define(u snapshot.UnitDef) {
	if !b.unitSeen[u.Key] {
		b.unitSeen[u.Key] = true
		b.units = append(b.units, u)
	}
}

// contest finds the contest of a row and defines it.
func (b *builder) contest(r *row, id string) (*contest, error) {
	about := officeOf(id)
	key, heading := id, about.heading
	if county := r.text(colCounty); !about.shared && county != "" {
		key = "county-" + county + "-" + id
		heading = countyName(county) + " County"
	}
	if district := r.text(colDistrict); !about.shared && district != "" && id > "0499" {
		key += "-" + district // municipal and school offices: one id for every town
	}
	name, refusal := feed.CleanText(r.text(colOfficeName), feed.MaxName)
	if refusal != nil {
		return nil, b.refuse(r, "office name", refusal.Code, "%s", refusal.Text)
	}
	if c := b.contestAt[key]; c != nil {
		if c.Name != name {
			return nil, b.refuse(r, "office name", "E_IDENTITY", "office %s is called %q and %q", key, c.Name, name)
		}
		return c, nil
	}
	order, _ := strconv.Atoi(id)
	c := &contest{seen: map[string]bool{}, ContestDef: snapshot.ContestDef{
		Key: key, Name: name, Type: snapshot.CandidateContest, Order: order, Heading: heading, CountUnit: snapshot.Precincts,
	}}
	b.contests = append(b.contests, c)
	b.contestAt[key] = c
	return c, nil
}

// race begins a race with its first row.
func (b *builder) race(r *row, key raceKey) (*race, error) {
	x := &race{first: r, seen: map[string]bool{}}
	x.Contest, x.Unit = key.contest, key.unit
	var err error
	if x.Totals.UnitsIn, err = b.count(r, colIn, "precincts reporting"); err != nil {
		return nil, err
	}
	if x.Totals.UnitsTotal, err = b.count(r, colTotal, "precincts"); err != nil {
		return nil, err
	}
	if x.stated, err = b.count(r, colRaceVotes, "total votes"); err != nil {
		return nil, err
	}
	b.races = append(b.races, x)
	b.raceAt[key] = x
	return x, nil
}

func (b *builder) count(r *row, column int, field string) (snapshot.Count, error) {
	c, refusal := feed.ParseCount(r.col[column])
	if refusal != nil {
		return c, b.refuse(r, field, refusal.Code, "%s", refusal.Text)
	}
	if !c.Present() {
		return c, b.refuse(r, field, "E_MISSING", "no number")
	}
	return c, nil
}

// votes takes the votes of a row into its race.
func (b *builder) votes(r *row, c *contest, x *race) error {
	for _, column := range []int{colIn, colTotal, colRaceVotes} {
		if string(r.col[column]) != string(x.first.col[column]) {
			return b.refuse(r, "", "E_CSV", "the rows of contest %s in %s disagree on %q and %q",
				c.Key, x.Unit, x.first.text(column), r.text(column))
		}
	}
	code := r.text(colCode)
	switch {
	case code == "":
		return b.refuse(r, "candidate", "E_MISSING", "no candidate code")
	case x.seen[code]:
		return b.refuse(r, "candidate", "E_DUPID", "candidate %s twice in contest %s in %s", code, c.Key, x.Unit)
	}
	x.seen[code] = true
	if r.text(colName) == estimatedBlanks {
		return b.blanks(r, x)
	}
	votes, err := b.count(r, colVotes, "votes")
	if err != nil {
		return err
	}
	n, _ := votes.Get()
	x.sum += n
	x.counted = x.counted || n > 0
	x.Votes = append(x.Votes, snapshot.ChoiceVotes{Key: code, Votes: votes})
	if c.seen[code] {
		return nil
	}
	c.seen[code] = true
	return b.choice(r, c, code)
}

// blanks takes the row that says how many ballots were left blank. It is the
// difference of two numbers that arrive apart, so it may be below zero.
func (b *builder) blanks(r *row, x *race) error {
	x.blanks = true
	digits := r.col[colVotes]
	sign := int64(1)
	if len(digits) > 1 && digits[0] == '-' {
		sign, digits = -1, digits[1:]
	}
	votes, refusal := feed.ParseCount(digits)
	n, present := votes.Get()
	switch {
	case refusal != nil:
		return b.refuse(r, "votes", refusal.Code, "%s", refusal.Text)
	case !present:
		return b.refuse(r, "votes", "E_MISSING", "no number")
	}
	x.sum += sign * n
	if sign < 0 {
		b.note("F_DERIVED", "line %d: %s estimated blank ballots; the number is left out", r.line, r.text(colVotes))
		return nil
	}
	x.counted = x.counted || n > 0
	x.Totals.Blank = votes
	return nil
}

// choice defines the choice of a row.
func (b *builder) choice(r *row, c *contest, code string) error {
	name := r.text(colName)
	if suffix := r.text(colSuffix); suffix != "" {
		name += " " + suffix
	}
	var err error
	d := snapshot.ChoiceDef{Key: code}
	if d.Name, err = b.shown(r, "name", name); err != nil {
		return err
	}
	if d.Name == "" {
		return b.refuse(r, "name", "E_MISSING", "no name")
	}
	if d.Party, err = b.shown(r, "party", r.text(colParty)); err != nil {
		return err
	}
	if code == writeInCode {
		d.Type = snapshot.WriteIn
	}
	c.Choices = append(c.Choices, d)
	return nil
}

func (b *builder) shown(r *row, field, text string) (string, error) {
	s, refusal := feed.CleanText(text, feed.MaxName)
	if refusal != nil {
		return "", b.refuse(r, field, refusal.Code, "%s", refusal.Text)
	}
	return s, nil
}

func (b *builder) refuse(r *row, field, code, format string, args ...any) *feed.Refusal {
	e := refuse(b.p, r.line, field, code, format, args...)
	e.Place = strings.Trim(r.text(colCounty)+" "+r.text(colOfficeName), " ")
	return e
}

func (b *builder) note(code, format string, args ...any) {
	if len(b.findings) < 64 {
		b.findings = append(b.findings, snapshot.Finding{Code: code, Text: fmt.Sprintf(format, args...)})
	}
}

// update is what all rows say together.
func (b *builder) update() snapshot.Update {
	begun := slices.ContainsFunc(b.races, func(x *race) bool { in, _ := x.Totals.UnitsIn.Get(); return x.counted || in > 0 })
	var u snapshot.Update
	for _, x := range b.races {
		b.finish(x, begun)
		u.Results = append(u.Results, x.RaceResult)
	}
	for _, c := range b.contests {
		slices.SortStableFunc(c.Choices, ballotOrder)
		if isQuestion(c.Choices) {
			c.Type = snapshot.BallotMeasureContest
		}
		u.Contests = append(u.Contests, c.ContestDef)
	}
	u.Units, u.Findings = b.units, b.findings
	return u
}

// finish checks a race and says how far it is. In a file in which nothing was
// counted anywhere, zeros are placeholders.
func (b *builder) finish(x *race, begun bool) {
	in, _ := x.Totals.UnitsIn.Get()
	total, _ := x.Totals.UnitsTotal.Get()
	stated, _ := x.stated.Get()
	if x.sum != stated {
		b.note("F_SUM", "line %d: the rows add up to %d, the race is said to have %d votes", x.first.line, x.sum, stated)
	}
	switch {
	case !begun || in == 0 && !x.counted:
		x.Status = snapshot.PreElection
		x.Totals.Blank = snapshot.Count{}
		for i := range x.Votes {
			x.Votes[i].Votes = snapshot.Count{}
		}
		return
	case total > 0 && in == total:
		x.Status = snapshot.UnofficialFull
	default:
		x.Status = snapshot.UnofficialPartial
	}
	if x.blanks {
		x.Totals.Ballots = x.stated // ballots, since blanks are in it
	} else {
		x.Totals.Valid = x.stated
	}
}

// ballotOrder is the order on the ballot: the last two digits of a code, then
// the first two, which stand for the party; write-ins last.
func ballotOrder(a, b snapshot.ChoiceDef) int {
	return cmp.Or(
		cmp.Compare(len(a.Type), len(b.Type)),
		cmp.Compare(a.Key[len(a.Key)/2:], b.Key[len(b.Key)/2:]),
		cmp.Compare(a.Key, b.Key))
}

// isQuestion reports whether one can only say yes or no.
func isQuestion(choices []snapshot.ChoiceDef) bool {
	for _, c := range choices {
		if n := strings.ToUpper(c.Name); c.Type == snapshot.Plain && n != "YES" && n != "NO" {
			return false
		}
	}
	return len(choices) > 0
}
