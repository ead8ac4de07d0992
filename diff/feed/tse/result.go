package tse

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// result turns a result file into an update of one race.
func (d *decoder) result(p feed.Payload, name fileName) (snapshot.Update, error) {
	doc, unknown, err := d.read(p)
	if err != nil {
		return snapshot.Update{}, err
	}
	where, err := d.locate(p, name, doc)
	if err != nil {
		return snapshot.Update{}, err
	}
	contest, err := contestOf(p, where, doc)
	if err != nil {
		return snapshot.Update{}, err
	}
	notes := &feed.Findings{}
	doc.describe(notes)
	race, err := d.race(p, doc, contest.Key, where.unit, notes)
	if err != nil {
		return snapshot.Update{}, err
	}
	u := doc.update(where, "")
	if u.Stamp, err = d.stamp(p, doc, race.AsOf); err != nil {
		return snapshot.Update{}, err
	}
	u.Contests = []snapshot.ContestDef{contest}
	u.Results = []snapshot.RaceResult{race}
	u.Findings = append(unknown, notes.List()...)
	d.route.counted(name.stem, doc.in, u.Stamp)
	return u, nil
}

// update is an update of one office in one place, without what it says.
func (doc *document) update(where place, prefix string) snapshot.Update {
	return snapshot.Update{
		Scope:    prefix + where.unit + " c" + pad(doc.office, 4) + " round " + doc.round,
		Election: doc.election,
		Phase:    phase(doc.phase),
		Units:    where.units,
	}
}

// phase reads `f`: official, or simulated. Whatever else it should say is not
// official.
func phase(f string) snapshot.Phase {
	if f == "o" {
		return snapshot.PhaseLive
	}
	return snapshot.PhaseTest
}

// race is the result of a contest in a unit. The candidates are in the order of
// the choices.
func (d *decoder) race(p feed.Payload, doc *document, contest, unit string, notes *feed.Findings) (snapshot.RaceResult, error) {
	counted, err := d.at(p, doc.counted)
	if err != nil {
		return snapshot.RaceResult{}, err
	}
	race := snapshot.RaceResult{
		Contest: contest, Unit: unit, AsOf: counted,
		Status: status(doc),
		Votes:  doc.choiceVotes(notes),
		Totals: doc.totals(),
	}
	doc.examine(notes)
	return race, nil
}

// place is where a file was counted.
type place struct {
	unit  string
	uf    string
	mun   string
	units []snapshot.UnitDef // from the root to unit
}

// locate finds the place and refuses a name that speaks of another election,
// place or office than the body. Where the name is not the TSE's, the body of a
// country or state file is enough; a municipality's does not name its state.
func (d *decoder) locate(p feed.Payload, name fileName, doc *document) (place, error) {
	if err := d.ours(p, doc.election); err != nil {
		return place{}, err
	}
	refuse := func(format string, args ...any) (place, error) {
		r := p.Refuse("E_IDENTITY", format, args...)
		r.Place = doc.place
		return place{}, r
	}
	if name.election != "" && name.election != doc.election {
		return refuse("the name says election %s, the body %s", name.election, doc.election)
	}
	if name.office != "" && name.office != pad(doc.office, 4) {
		return refuse("the name says office %s, the body %s", name.office, doc.office)
	}
	if doc.unified && doc.offices != 1 {
		return refuse("%d offices in one file", doc.offices)
	}
	at := place{uf: name.uf, mun: name.mun, unit: doc.place, units: []snapshot.UnitDef{country()}}
	code, nameLevel := doc.place, cmp.Or(name.mun, name.uf)
	switch doc.level {
	case "br", "uf":
		if at.uf == "" {
			at.uf = doc.place
		}
		nameLevel = cmp.Or(name.zone, nameLevel)
	case "mu", "mun":
		code = pad(doc.place, 5)
		nameLevel = cmp.Or(name.zone, nameLevel)
	case "zona":
		code, nameLevel = strings.TrimLeft(doc.place, "0"), strings.TrimLeft(name.zone, "0")
	default:
		return refuse("%q is no level", doc.level)
	}
	if name.uf == "" && doc.level != "br" && doc.level != "uf" {
		return refuse("the name does not say in which state %s %s lies", doc.level, doc.place)
	}
	if (doc.level == "br") != (at.uf == "br") || at.uf != "br" && stateName(at.uf) == "" {
		return refuse("level %q in %q", doc.level, at.uf)
	}
	if name.uf != "" && code != nameLevel {
		return refuse("the name says place %q, the body %q", nameLevel, doc.place)
	}
	at.descend(doc.level, name.zone)
	return at, nil
}

// descend adds the units below the country and names the lowest.
func (at *place) descend(level, zone string) {
	at.unit = at.uf
	if at.uf == "br" {
		return
	}
	at.units = append(at.units, state(at.uf))
	if at.mun == "" {
		return
	}
	at.unit = at.mun
	at.units = append(at.units, snapshot.UnitDef{Key: at.mun, Parent: at.uf, Type: snapshot.Municipality})
	if level != "zona" {
		return
	}
	at.unit = at.mun + "-z" + zone
	at.units = append(at.units, snapshot.UnitDef{Key: at.unit, Parent: at.mun, Name: "Zona " + strings.TrimLeft(zone, "0"), Type: snapshot.District})
}

// pad fills a code with zeros from the left.
func pad(code string, width int) string {
	if len(code) >= width {
		return code
	}
	return strings.Repeat("0", width-len(code)) + code
}

// contestOf describes the contest, its choices by ballot number.
func contestOf(p feed.Payload, at place, doc *document) (snapshot.ContestDef, error) {
	office, err := strconv.Atoi(doc.office)
	if err != nil || office <= 0 || office > 9999 {
		return snapshot.ContestDef{}, p.Refuse("E_IDENTITY", "%q is no office", doc.office)
	}
	c := snapshot.ContestDef{
		Name:  cmp.Or(doc.officeName, officeName(strconv.Itoa(office)), "Cargo "+doc.office),
		Type:  snapshot.CandidateContest,
		Order: office, CountUnit: snapshot.Precincts,
	}
	c.Heading = c.Name
	if c.Key, err = contestKey(p, at, doc.office); err != nil {
		return snapshot.ContestDef{}, err
	}
	if seats, ok := doc.seats.Get(); ok && seats < 10_000 {
		c.Seats = int(seats)
	}
	return c, doc.choices(p, &c)
}

// contestKey is the office and the place in which it is decided.
func contestKey(p feed.Payload, at place, office string) (string, error) {
	key := "c" + pad(office, 4)
	switch decidedIn(office) {
	case "br":
		return key, nil
	case "mu":
		if at.mun == "" {
			return "", p.Refuse("E_IDENTITY", "office %s is decided in a municipality, the file is of %q", office, at.unit)
		}
		return key + "-" + at.mun, nil
	}
	if at.uf == "br" {
		return "", p.Refuse("E_IDENTITY", "office %s is decided in a state, the file is of %q", office, at.unit)
	}
	return key + "-" + at.uf, nil
}

// decidedIn is the level on which an office is decided: that of a state for
// those that are not known here.
func decidedIn(office string) string {
	switch strings.TrimLeft(office, "0") {
	case "1":
		return "br"
	case "11", "13":
		return "mu"
	}
	return "uf"
}

// choices sorts the candidates by ballot number and describes them.
func (doc *document) choices(p feed.Payload, c *snapshot.ContestDef) error {
	slices.SortFunc(doc.candidates, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(len(a.number), len(b.number)), cmp.Compare(a.number, b.number), cmp.Compare(a.key, b.key))
	})
	seen := make(map[string]bool, len(doc.candidates))
	c.Choices = make([]snapshot.ChoiceDef, len(doc.candidates))
	for i := range doc.candidates {
		x := &doc.candidates[i]
		x.key = cmp.Or(x.key, x.number)
		if seen[x.key] {
			r := p.Refuse("E_DUPID", "candidate %q stands there twice", x.key)
			r.Place, r.Field = doc.place, "sqcand"
			return r
		}
		seen[x.key] = true
		c.Choices[i] = snapshot.ChoiceDef{Key: x.key, Name: x.name, Party: x.party, Number: x.number, Detail: x.detail}
	}
	return nil
}

// begun reports whether the count has begun.
func (doc *document) begun() bool { return doc.counted.day != "" && doc.progress != "n" }

// shown reports whether counts may be believed: begun, and not withheld.
func (doc *document) shown() bool { return doc.begun() && doc.show != "n" }

func status(doc *document) snapshot.Status {
	switch {
	case !doc.begun():
		return snapshot.PreElection
	case doc.full == "s" || doc.progress == "f":
		return snapshot.UnofficialFull
	}
	return snapshot.UnofficialPartial
}

// choiceVotes are the votes in the order of the candidates, which is that of
// the choices.
func (doc *document) choiceVotes(notes *feed.Findings) []snapshot.ChoiceVotes {
	votes := make([]snapshot.ChoiceVotes, len(doc.candidates))
	for i, x := range doc.candidates {
		votes[i].Key = x.key
		if !doc.shown() {
			continue
		}
		votes[i].Votes = x.votes
		if i > 0 && x.status == doc.candidates[i-1].status {
			votes[i].Outcome = votes[i-1].Outcome
			continue
		}
		var known bool
		if votes[i].Outcome, known = outcome(x.status); !known {
			notes.Note("F_UNKNOWN_VALUE", "st %q of candidate %s is not known to this format", x.status, x.number)
		}
	}
	return votes
}

// totals are the totals, those of votes absent before the count. Ballots are
// voters (`c`): `tv` counts two votes for each where two seats are filled.
func (doc *document) totals() snapshot.Totals {
	t := snapshot.Totals{Electorate: doc.electorate, UnitsIn: doc.in, UnitsTotal: doc.units}
	if !doc.shown() {
		return t
	}
	t.Valid, t.Blank, t.Null, t.Ballots = doc.valid, doc.blank, doc.null, doc.voters
	if doc.old {
		t.Null = doc.spoiled
	}
	if !t.Ballots.Present() {
		t.Ballots = doc.votes
	}
	return t
}

// stamp orders the files of one place and office.
func (d *decoder) stamp(p feed.Payload, doc *document, counted time.Time) (snapshot.Stamp, error) {
	var s snapshot.Stamp
	if doc.seq != "" {
		n, err := strconv.ParseUint(doc.seq, 10, 64)
		if err != nil {
			r := p.Refuse("E_NUMBER", "%q is no sequence number", doc.seq)
			r.Field = "idg"
			return s, r
		}
		s.Seq = n
	}
	if doc.generated == (moment{}) {
		s.Time = counted
		return s, nil
	}
	var err error
	s.Time, err = d.at(p, doc.generated)
	return s, err
}

// at reads dd/mm/yyyy and hh:mm:ss; both empty is the zero time.
func (d *decoder) at(p feed.Payload, m moment) (time.Time, error) {
	if m == (moment{}) {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation("02/01/2006 15:04:05", m.text(), d.zone)
	if err != nil {
		return time.Time{}, p.Refuse("E_TIME", "%q is no time", m.text())
	}
	return t, nil
}
