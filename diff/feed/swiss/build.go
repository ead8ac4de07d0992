package swiss

import (
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// builder turns a document into an update.
type builder struct {
	p        feed.Payload
	doc      *document
	units    []snapshot.UnitDef
	at       [circle + 1]map[string]sighting // units by level and number
	results  []snapshot.RaceResult
	votes    []snapshot.ChoiceVotes // of all results, two each
	early    int                    // results stated before there are any
	findings feed.Findings
}

// sighting is a unit and the question, from 1, in which it was last seen.
type sighting struct {
	key      string
	question int
}

// prefixes of the units' keys by level.
var prefixes = [...]string{"schweiz", "kanton-", "bezirk-", "gemeinde-", "zaehlkreis-"}

var types = [...]snapshot.UnitType{snapshot.Country, snapshot.State, snapshot.District, snapshot.Municipality, snapshot.Precinct}

func (b *builder) update() (snapshot.Update, error) {
	if len(b.doc.questions) == 0 {
		return snapshot.Update{}, b.p.Refuse("E_EMPTY", "no question in it")
	}
	b.units = make([]snapshot.UnitDef, 0, b.doc.questions[0].end)
	b.results = make([]snapshot.RaceResult, 0, len(b.doc.places))
	b.votes = make([]snapshot.ChoiceVotes, 0, 2*len(b.doc.places))
	for l := range b.at {
		b.at[l] = map[string]sighting{}
	}
	u := snapshot.Update{Scope: prefixes[country], Election: b.doc.day}
	ids := map[string]bool{}
	for i := range b.doc.questions {
		q := &b.doc.questions[i]
		if ids[q.id] {
			return u, b.refuse("E_DUPID", q.title, "vorlagenId", "question %q stands there twice", q.id)
		}
		ids[q.id] = true
		u.Contests = append(u.Contests, b.contest(q))
		if err := b.question(q, i+1); err != nil {
			return u, err
		}
		b.examine(q)
	}
	if b.early > 0 {
		b.findings.Note("F_EARLY", "%d results have votes though nochKeineInformation says that there are none yet; they are absent", b.early)
	}
	u.Units, u.Results, u.Findings = b.units, b.results, b.findings.List()
	return u, nil
}

func (b *builder) refuse(code, place, field, format string, args ...any) error {
	r := b.p.Refuse(code, format, args...)
	r.Place, r.Field = place, field
	return r
}

func (b *builder) contest(q *question) snapshot.ContestDef {
	c := snapshot.ContestDef{
		Key: q.id, Name: q.title, Type: snapshot.BallotMeasureContest, Seats: 1, Heading: b.heading(q), CountUnit: snapshot.Municipalities,
		Choices: []snapshot.ChoiceDef{{Key: "ja", Name: "Ja"}, {Key: "nein", Name: "Nein"}},
	}
	if n, ok := q.order.Get(); ok {
		c.Order = int(n)
	}
	return c
}

// heading is the kind of a question.
func (b *builder) heading(q *question) string {
	name := ""
	switch q.kind {
	case "1":
		name = "Obligatorisches Referendum"
	case "2":
		name = "Fakultatives Referendum"
	case "3":
		name = "Volksinitiative"
	case "4":
		name = "Gegenentwurf"
	case "5":
		name = "Stichfrage"
	case "":
	default:
		b.findings.Note("F_UNKNOWN_VALUE", "vorlagenArtId %q of question %s is not known to this format", q.kind, q.id)
	}
	if q.double && name != "" {
		name += " (doppeltes Mehr)"
	}
	return name
}

// question adds the races of a question, and the units not seen before, from
// the country downwards, in whatever order the file has them.
func (b *builder) question(q *question, n int) error {
	for l := country; l <= circle; l++ {
		for i := q.first; i < q.end; i++ {
			x := &b.doc.places[i]
			if x.level != l {
				continue
			}
			unit, err := b.unit(q, n, x)
			if err != nil {
				return err
			}
			b.add(q, unit, x)
		}
	}
	return nil
}

// unit is the key of a place in the n-th question, defined at first sight.
func (b *builder) unit(q *question, n int, x *place) (string, error) {
	seen, known := b.at[x.level][x.number]
	if seen.question == n {
		return "", b.refuse("E_DUPID", x.name, "geoLevelnummer", "%s%s stands in question %s twice", prefixes[x.level], x.number, q.id)
	}
	if !known {
		parent, err := b.parent(x)
		if err != nil {
			return "", err
		}
		seen.key = prefixes[x.level] + x.number
		b.units = append(b.units, snapshot.UnitDef{Key: seen.key, Parent: parent, Name: x.name, Type: types[x.level]})
	}
	seen.question = n
	b.at[x.level][x.number] = seen
	return seen.key, nil
}

// parent is the unit that x lies in.
func (b *builder) parent(x *place) (string, error) {
	in, number := x.level-1, x.parent
	switch {
	case x.level == country:
		return "", nil
	case x.level == canton:
		return prefixes[country], nil
	case x.level == district || x.level == commune && number == "":
		in, number = canton, b.doc.places[x.canton].number
	}
	up, known := b.at[in][number]
	if !known {
		return "", b.refuse("E_UNKNOWN_UNIT", x.name, "geoLevelParentnummer", "%s%s lies in %s%s, which is not there", prefixes[x.level], x.number, prefixes[in], number)
	}
	return up.key, nil
}

func (b *builder) add(q *question, unit string, x *place) {
	r := snapshot.RaceResult{Contest: q.id, Unit: unit, Status: snapshot.PreElection}
	from := len(b.votes)
	b.votes = append(b.votes, snapshot.ChoiceVotes{Key: "ja"}, snapshot.ChoiceVotes{Key: "nein"})
	r.Votes = b.votes[from : from+2 : from+2]
	r.Totals.UnitsIn, r.Totals.UnitsTotal = x.in, x.total
	if x.level == country {
		r.Votes[0].Outcome = q.accepted
	}
	if b.doc.silent {
		if x.yes.Present() || x.no.Present() {
			b.early++
		}
		b.results = append(b.results, r)
		return
	}
	r.Votes[0].Votes, r.Votes[1].Votes = x.yes, x.no
	r.Totals.Valid, r.Totals.Ballots, r.Totals.Electorate = x.valid, x.ballots, x.electorate
	switch {
	case x.done && !q.provisional:
		r.Status = snapshot.Certified
	case x.done:
		r.Status = snapshot.UnofficialFull
	case x.yes.Present() || x.no.Present():
		r.Status = snapshot.UnofficialPartial
	}
	b.results = append(b.results, r)
}

// examine checks the sums of a question: in each place, of the communes of a
// canton and of the cantons of the country, as far as they have reported.
func (b *builder) examine(q *question) {
	s := &q.cantons
	b.findings.Sum("jaStaendeGanz + neinStaendeGanz = anzahlStaendeGanz", s.whole, s.yes, s.no)
	b.findings.Sum("jaStaendeHalb + neinStaendeHalb = anzahlStaendeHalb", s.half, s.yesHalf, s.noHalf)
	var cantons, communes []int
	own := -1
	for i := q.first; i < q.end; i++ {
		x := &b.doc.places[i]
		if votes, err := snapshot.Sum(x.yes, x.no); err != nil || votes.Present() && x.valid.Present() && votes != x.valid {
			b.findings.Note("F_SUM", "ja + nein = gueltigeStimmen does not hold in %s: %s + %s against %s", x.name, x.yes, x.no, x.valid)
		}
		switch x.level {
		case canton:
			b.compare(own, communes)
			own, communes, cantons = i, communes[:0], append(cantons, i)
		case commune:
			communes = append(communes, i)
		}
	}
	b.compare(own, communes)
	b.compare(q.first, cantons)
}

// compare notes where the parts of a place that have reported do not make it.
func (b *builder) compare(whole int, parts []int) {
	if whole < 0 {
		return
	}
	places := b.doc.places
	counts := make([]snapshot.Count, len(parts))
	for _, c := range [...]struct {
		name string
		of   func(*tally) snapshot.Count
	}{
		{"jaStimmenAbsolut", func(t *tally) snapshot.Count { return t.yes }},
		{"neinStimmenAbsolut", func(t *tally) snapshot.Count { return t.no }},
		{"gueltigeStimmen", func(t *tally) snapshot.Count { return t.valid }},
		{"eingelegteStimmzettel", func(t *tally) snapshot.Count { return t.ballots }},
		{"anzahlStimmberechtigte", func(t *tally) snapshot.Count { return t.electorate }},
	} {
		for i, part := range parts {
			counts[i] = c.of(&places[part].tally)
		}
		b.findings.SumPresent(c.name+" of the parts of "+places[whole].name, c.of(&places[whole].tally), counts...)
	}
}
