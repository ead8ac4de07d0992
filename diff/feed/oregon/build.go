package oregon

import (
	"cmp"
	"slices"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

const state = "oregon"

// level is how deep a row was counted; it orders the updates.
func (x *row) level() int {
	switch {
	case x.precinct != "" || x.precinctName != "":
		return 2
	case x.county != "":
		return 1
	}
	return 0
}

// scope is what an answer speaks of: a race in the state, in a county, or in the
// precincts of a county, since each county is asked for by itself.
func (x *row) scope() string {
	switch x.level() {
	case 2:
		return x.race + " precincts of county-" + x.county
	case 1:
		return x.race + " county-" + x.county
	}
	return x.race + " state"
}

// build sorts the rows by race, level, place and choice, so that neither their
// order nor the votes show, and makes an update of each scope.
func build(p feed.Payload, rows []row) ([]snapshot.Update, error) {
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(number(a.office, b.office), cmp.Compare(a.race, b.race), cmp.Compare(a.level(), b.level()),
			cmp.Compare(a.county, b.county), cmp.Compare(a.precinct, b.precinct), cmp.Compare(a.precinctName, b.precinctName),
			number(a.order, b.order), cmp.Compare(a.candidate, b.candidate))
	})
	var updates []snapshot.Update
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].scope() == rows[0].scope() {
			n++
		}
		u, err := update(p, rows[:n])
		if err != nil {
			return nil, err
		}
		updates, rows = append(updates, u), rows[n:]
	}
	return updates, nil
}

func number(a, b snapshot.Count) int {
	x, _ := a.Get()
	y, _ := b.Get()
	return cmp.Compare(x, y)
}

// update states one scope.
func update(p feed.Payload, rows []row) (snapshot.Update, error) {
	first := &rows[0]
	u := snapshot.Update{Scope: first.scope(), Stamp: stamp(p),
		Units: []snapshot.UnitDef{{Key: state, Name: "Oregon", Type: snapshot.State}}}
	c := snapshot.ContestDef{Key: first.race, Name: first.name, Type: snapshot.BallotMeasureContest, Heading: first.area,
		CountUnit: snapshot.Precincts}
	for i := range rows {
		if !rows[i].yes() && !rows[i].no() {
			c.Type = snapshot.CandidateContest
		}
	}
	if n, ok := first.office.Get(); ok {
		c.Order = int(n)
	}
	if n, ok := first.seats.Get(); ok && n < 1000 {
		c.Seats = int(n)
	}
	var notes feed.Findings
	known, units := map[string]bool{}, map[string]bool{}
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].county == rows[0].county && rows[n].precinct == rows[0].precinct && rows[n].precinctName == rows[0].precinctName {
			n++
		}
		r, err := result(p, rows[:n], c.Type, &notes)
		if err != nil {
			return u, err
		}
		r.Unit = place(&u, units, &rows[0])
		u.Results = append(u.Results, r)
		for _, x := range rows[:n] {
			if !known[x.candidate] {
				known[x.candidate] = true
				c.Choices = append(c.Choices, choice(x))
			}
		}
		rows = rows[n:]
	}
	u.Contests, u.Findings = []snapshot.ContestDef{c}, notes.List()
	return u, nil
}

// place defines the unit that a row was counted in, and returns its key. Rows
// without a county are of the whole race: of the state, or of the district that
// the race is decided in.
func place(u *snapshot.Update, known map[string]bool, x *row) string {
	define := func(d snapshot.UnitDef) string {
		if !known[d.Key] {
			known[d.Key] = true
			u.Units = append(u.Units, d)
		}
		return d.Key
	}
	whole := x.area == "" || strings.HasPrefix(x.area, "Statewide") || strings.HasPrefix(x.area, "State ")
	parent := state
	switch {
	case x.county != "":
		parent = define(snapshot.UnitDef{Key: "county-" + x.county, Parent: state, Name: x.countyName, Type: snapshot.County})
	case x.level() == 0 && !whole:
		parent = define(snapshot.UnitDef{Key: x.area, Parent: state, Name: x.area, Type: snapshot.District})
	}
	if x.level() < 2 {
		return parent
	}
	return define(snapshot.UnitDef{Key: "precinct-" + x.county + "-" + cmp.Or(x.precinct, x.precinctName), Parent: parent, Name: x.precinctName, Type: snapshot.Precinct})
}

func choice(x row) snapshot.ChoiceDef {
	c := snapshot.ChoiceDef{Key: x.candidate, Name: x.choice, Party: x.party}
	if strings.EqualFold(x.choice, "write-in") {
		c.Type = snapshot.WriteIn
	}
	return c
}

// result makes a result of the rows of one race in one place. Before the first
// vote the zeros that stand there are placeholders.
func result(p feed.Payload, rows []row, kind snapshot.ContestType, notes *feed.Findings) (snapshot.RaceResult, error) {
	first := &rows[0]
	r := snapshot.RaceResult{Contest: first.race, Status: snapshot.PreElection}
	r.Totals.UnitsIn, r.Totals.UnitsTotal = first.in, first.total
	seen := map[string]bool{}
	for _, x := range rows {
		if seen[x.candidate] {
			refusal := p.Refuse("E_DUPID", "choice %q stands there twice", x.candidate)
			refusal.Place, refusal.Field = first.name, "CandidateID"
			return r, refusal
		}
		seen[x.candidate] = true
		if n, _ := x.votes.Get(); n > 0 {
			r.Status = snapshot.UnofficialPartial
		}
		if x.in != first.in || x.total != first.total {
			r.Totals.UnitsIn, r.Totals.UnitsTotal = snapshot.Count{}, snapshot.Count{}
		}
		r.Votes = append(r.Votes, snapshot.ChoiceVotes{Key: x.candidate, Votes: x.votes})
	}
	outcomes(r.Votes, rows, kind)
	if first.in != r.Totals.UnitsIn || first.total != r.Totals.UnitsTotal {
		notes.Note("F_DIFFER", "the rows of %q state different numbers of precincts, which are absent", first.name)
	}
	precincts, stated := r.Totals.UnitsIn.Get()
	if precincts > 0 {
		r.Status = snapshot.UnofficialPartial
	}
	if r.Status == snapshot.PreElection {
		for i := range r.Votes {
			r.Votes[i].Votes = snapshot.Count{}
		}
	}
	if stated && precincts == 0 {
		r.Totals.UnitsIn = snapshot.Count{} // the counter is not kept
		if r.Status != snapshot.PreElection {
			notes.Note("F_NO_PROGRESS", "PrecinctsReporting of %q is 0 though there are votes; it is absent", first.name)
		}
	}
	return r, nil
}

// outcomes states what `Winner` says. Of a measure it is told of "Yes".
func outcomes(votes []snapshot.ChoiceVotes, rows []row, kind snapshot.ContestType) {
	lost := false
	for i := range rows {
		switch measure := kind == snapshot.BallotMeasureContest; {
		case !rows[i].winner:
		case !measure:
			votes[i].Outcome = snapshot.Elected
		case rows[i].yes():
			votes[i].Outcome = snapshot.Passed
		default:
			lost = true
		}
	}
	for i := range rows {
		if lost && rows[i].yes() {
			votes[i].Outcome = snapshot.Failed
		}
	}
}
