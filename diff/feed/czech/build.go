package czech

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

const country = "cz"

// state puts into u what became of the districts of a batch: the races they
// count for, and the units and contests of these.
func (d *decoder) state(u *snapshot.Update, b *batch, news []*record) {
	var notes feed.Findings
	m := d.memory
	if gaps := ranges(m.missing()); gaps != "" {
		notes.Note("F_GAP", "batches %s have not come; the districts in them are missing", gaps)
	}
	t := teller{m: m, u: u, units: map[string]bool{}, contests: map[string]bool{}}
	t.unit(snapshot.UnitDef{Key: country, Name: "Česko", Type: snapshot.Country})
	told := map[race]bool{}
	for _, rec := range news {
		r := m.race(rec.key)
		if !told[r] {
			told[r] = true
			t.tell(r)
		}
		if d.districts {
			t.district(r, rec)
		}
	}
	if m.election.class == presidency && len(news) > 0 {
		t.national(b.total)
	}
	if len(news) > 0 {
		notes.Note("F_DERIVED", "results of municipalities are the sums of their districts; the source states those in other files")
	}
	if t.exceeded {
		notes.Note("F_SUM", "a sum of districts exceeds every count, and is absent")
	}
	b.note(&notes)
	u.Findings = append(u.Findings, notes.List()...)
}

// note checks a batch by itself.
func (b *batch) note(notes *feed.Findings) {
	if n, ok := b.announced.Get(); ok && n != int64(len(b.records)) {
		if len(b.records) == 0 {
			notes.Note("F_SKIPPED", "batch %d speaks of %d districts without any result; in municipal elections these elect nobody", b.number, n)
		} else {
			notes.Note("F_SUM", "batch %d speaks of %d districts and has %d", b.number, n, len(b.records))
		}
	}
	for i := range b.records {
		if rec := &b.records[i]; !rec.whole() {
			notes.Note("F_SUM", "district %d of %d: the votes do not make the valid votes, %s", rec.okrsek, rec.obec, rec.valid)
		}
	}
}

// whole reports whether the votes that a record states make its valid votes, so
// that a list it does not name has none.
func (rec *record) whole() bool {
	var sum int64
	for _, v := range rec.votes {
		n, ok := v.count.Get()
		if !ok {
			return false
		}
		sum += n
	}
	valid, ok := rec.valid.Get()
	return ok && sum == valid
}

// ranges writes numbers as "3, 5 to 7".
func ranges(numbers []int) string {
	var out []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		if i == j {
			out = append(out, strconv.Itoa(numbers[i]))
		} else {
			out = append(out, fmt.Sprintf("%d to %d", numbers[i], numbers[j]))
		}
		i = j + 1
	}
	return strings.Join(out, ", ")
}

// teller writes races into an update, each unit and contest once.
type teller struct {
	m        *memory
	u        *snapshot.Update
	units    map[string]bool
	contests map[string]bool
	exceeded bool
}

func (t *teller) unit(def snapshot.UnitDef) {
	if !t.units[def.Key] {
		t.units[def.Key] = true
		t.u.Units = append(t.u.Units, def)
	}
}

// place defines a municipality or city part. Batches have no names.
func (t *teller) place(obec uint32) string {
	name := number(obec)
	def := snapshot.UnitDef{Key: name, Parent: country, Name: name, Type: snapshot.Municipality}
	if city, ok := t.m.city[obec]; ok && t.m.city[city] == 0 {
		def.Parent, def.Type = t.place(city), snapshot.District
	}
	t.unit(def)
	return name
}

// tell states the race of a council, or of the president, in a municipality.
func (t *teller) tell(r race) {
	districts := t.m.races[r]
	t.contest(r, districts)
	t.sum(r.contest(), t.place(r.unit), districts)
}

// national states the votes for the president in the country.
func (t *teller) national(total snapshot.Count) {
	race := t.sum(race{}.contest(), country, t.m.sorted())
	race.Totals.UnitsTotal = total
}

// contest defines a council with the lists that its districts name so far.
func (t *teller) contest(r race, districts []*record) {
	def := snapshot.ContestDef{Key: r.contest(), Name: "Prezident republiky", Type: snapshot.CandidateContest, Seats: 1, CountUnit: snapshot.Precincts}
	if t.contests[def.Key] {
		return
	}
	t.contests[def.Key] = true
	if r.council == 0 {
		districts = t.m.sorted()
	} else {
		def.Name, def.Type, def.Seats = fmt.Sprintf("Zastupitelstvo %d, obvod %d", r.council, r.ward), snapshot.PartyContest, 0
	}
	for _, n := range numbers(districts) {
		name := number(n)
		def.Choices = append(def.Choices, snapshot.ChoiceDef{Key: name, Name: name, Number: name})
	}
	t.u.Contests = append(t.u.Contests, def)
}

// contest is the key of what a race decides.
func (r race) contest() string {
	switch {
	case r.council == 0:
		return "prezident"
	case r.part:
		return fmt.Sprintf("mcmo-%d-%d", r.council, r.ward)
	}
	return fmt.Sprintf("obec-%d-%d", r.council, r.ward)
}

// numbers are the lists or candidates that districts name, in their order.
func numbers(districts []*record) []uint32 {
	seen := map[uint32]bool{}
	var out []uint32
	for _, rec := range districts {
		for _, v := range rec.votes {
			if !seen[v.number] {
				seen[v.number] = true
				out = append(out, v.number)
			}
		}
	}
	slices.Sort(out)
	return out
}

// district states what a record says by itself.
func (t *teller) district(r race, rec *record) {
	parent := t.place(rec.obec)
	key := parent + "-" + number(rec.okrsek)
	t.unit(snapshot.UnitDef{Key: key, Parent: parent, Name: number(rec.okrsek), Type: snapshot.Precinct})
	result := snapshot.RaceResult{Contest: r.contest(), Unit: key, Status: snapshot.UnofficialFull, AsOf: clockOf(rec.at),
		Totals: snapshot.Totals{Valid: rec.valid, Ballots: rec.ballots, Electorate: rec.voters, UnitsIn: snapshot.Of(1), UnitsTotal: snapshot.Of(1)}}
	for _, v := range rec.votes {
		result.Votes = append(result.Votes, snapshot.ChoiceVotes{Key: number(v.number), Votes: v.count})
	}
	t.u.Results = append(t.u.Results, result)
}

// sum states a race as the sum of the districts counted. A list that one of
// them does not name has no votes there, unless that record is not whole: then
// nobody knows.
func (t *teller) sum(contest, unit string, districts []*record) *snapshot.RaceResult {
	var valid, ballots, voters tally
	lists := map[uint32]*tally{}
	broken, at := 0, int64(0)
	for _, rec := range districts {
		valid.add(rec.valid)
		ballots.add(rec.ballots)
		voters.add(rec.voters)
		at = max(at, rec.at)
		whole := rec.whole()
		if !whole {
			broken++
		}
		for _, v := range rec.votes {
			if lists[v.number] == nil {
				lists[v.number] = &tally{}
			}
			lists[v.number].add(v.count)
			if !whole {
				lists[v.number].broken++
			}
		}
	}
	result := snapshot.RaceResult{Contest: contest, Unit: unit, Status: snapshot.UnofficialPartial, AsOf: clockOf(at)}
	for _, n := range numbers(districts) {
		list := lists[n]
		list.absent = list.absent || list.broken < broken
		result.Votes = append(result.Votes, snapshot.ChoiceVotes{Key: number(n), Votes: t.count(*list)})
	}
	result.Totals = snapshot.Totals{Valid: t.count(valid), Ballots: t.count(ballots), Electorate: t.count(voters), UnitsIn: snapshot.Of(int64(len(districts)))}
	t.u.Results = append(t.u.Results, result)
	return &t.u.Results[len(t.u.Results)-1]
}

// tally adds counts; one that is absent makes the sum absent.
type tally struct {
	sum    int64
	absent bool
	broken int // records among them that are not whole
}

func (s *tally) add(c snapshot.Count) {
	n, ok := c.Get()
	s.sum += n
	s.absent = s.absent || !ok
}

func (t *teller) count(s tally) snapshot.Count {
	if s.absent {
		return snapshot.Count{}
	}
	c, err := snapshot.NewCount(s.sum)
	t.exceeded = t.exceeded || err != nil
	return c
}

func number(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

func clockOf(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
