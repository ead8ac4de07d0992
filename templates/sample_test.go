package templates_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/templates"
)

// An invented election in an invented country.

func zone(t testing.TB) *time.Location {
	t.Helper()
	l, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatalf("load zone: %v", err)
	}
	return l
}

func site(t testing.TB) *templates.Site {
	t.Helper()
	english, err := templates.NewLanguage("en", nil)
	if err != nil {
		t.Fatal(err)
	}
	return &templates.Site{
		Election: "2026-10-11-council", Name: "Council election 2026", Mode: templates.Live, Key: "council+0a1b2c3d+Aexample",
		Location: zone(t), Lang: english, Langs: []templates.Alternate{{Code: "en", Name: "English", Base: "/2026-10-11-council/"}},
		PollSeconds: 20, Base: "/2026-10-11-council/", Root: "/2026-10-11-council/",
		Style:  templates.Asset{Href: "/assets/herald.0001.css", Integrity: "sha256-AAAA"},
		Script: templates.Asset{Href: "/assets/herald.0002.js", Integrity: "sha256-BBBB"},
		Icon:   templates.Asset{Href: "/assets/herald.0003.svg"},
	}
}

var evening = time.Date(2026, 10, 11, 20, 0, 0, 0, time.UTC)

func unit() *snapshot.Unit {
	root := &snapshot.Unit{ID: "land", Key: "0", Name: "Norland", Type: snapshot.Country}
	return &snapshot.Unit{ID: "santa-brigida", Key: "0107", Name: "Santa Brígida", Type: snapshot.Municipality, Parent: root}
}

// none stands for votes that the source does not state.
const none = -1

type sample struct {
	name, party string
	votes       int64
	outcome     snapshot.Outcome
}

func councilSamples() []sample {
	return []sample{
		{"Ana Lúcia Prates", "Green Alliance", 4182, ""},
		{"Bartolomeu d’Almeida e Sousa", "Civic Union", 6011, ""},
		{"Chidinma Okafor", "Labour List", 5977, ""},
		{"Dov ben Ami", "Independents", 903, ""},
		{"Eszter Nagy-Kiss", "Rural Voice", 2210, ""},
		{"فاطمة الزهراء", "Harbour Quarter", 377, ""},
	}
}

// race is a race of one contest from samples; nil votes before the count.
func race(samples []sample, counted bool) *snapshot.Race {
	c := &snapshot.Contest{ID: "mayor", Key: "M1", Name: "Mayor", Type: snapshot.CandidateContest, Seats: 1, Heading: "Executive", CountUnit: snapshot.PollingPlaces}
	r := &snapshot.Race{ID: snapshot.RaceID("santa-brigida", "mayor"), Contest: c, Unit: unit()}
	r.Result.Votes = make([]snapshot.Count, len(samples))
	r.Result.Totals = snapshot.Totals{Electorate: snapshot.Of(41220), UnitsTotal: snapshot.Of(40)}
	r.Result.Status = snapshot.PreElection
	var sum int64
	for i, s := range samples {
		c.Choices = append(c.Choices, snapshot.Choice{
			ID:        fmt.Sprintf("c%d", i+1),
			ChoiceDef: snapshot.ChoiceDef{Key: fmt.Sprint(i + 1), Name: s.name, Party: s.party, Number: fmt.Sprint(10 + i)},
		})
		sum += max(s.votes, 0)
		if counted && s.votes != none {
			r.Result.Votes[i] = snapshot.Of(s.votes)
		}
		if s.outcome != "" {
			r.Result.Outcomes = append(r.Result.Outcomes, make([]snapshot.Outcome, i+1-len(r.Result.Outcomes))...)
			r.Result.Outcomes[i] = s.outcome
		}
	}
	if r.Result.Outcomes != nil {
		r.Result.Outcomes = append(r.Result.Outcomes, make([]snapshot.Outcome, len(samples)-len(r.Result.Outcomes))...)
	}
	if counted {
		r.AsOf = evening
		r.Result.Status = snapshot.UnofficialPartial
		r.Result.Totals.UnitsIn = snapshot.Of(12)
		r.Result.Totals.Valid = snapshot.Of(sum)
		r.Result.Totals.Blank = snapshot.Of(211)
		r.Result.Totals.Null = snapshot.Of(187)
		r.Result.Totals.Ballots = snapshot.Of(sum + 211 + 187)
	}
	return r
}

// complete makes all of a race counted.
func complete(r *snapshot.Race) *snapshot.Race {
	r.Result.Status = snapshot.UnofficialFull
	r.Result.Totals.UnitsIn = r.Result.Totals.UnitsTotal
	return r
}

// view is a race as it is published, with n points of history.
func view(r *snapshot.Race, n int) templates.RaceView {
	v := templates.RaceView{
		Race: r, Rev: n + 1, Changed: n + 1, AsOf: r.AsOf,
		Trail: []templates.Link{
			{Text: "Norland", Path: "index.html"},
			{Text: "Santa Brígida", Path: "in/santa-brigida.html"},
		},
		Path: "race/santa-brigida/mayor.html",
		JSON: "race/santa-brigida/mayor.json",
	}
	now := templates.PointOf(r)
	for i := 1; i <= n; i++ {
		p := now
		p.AsOf = evening.Add(time.Duration(i-n) * 7 * time.Minute)
		p.UnitsIn = part(now.UnitsIn, i, n)
		p.Votes = part(now.Votes, i, n)
		p.Leaders = nil
		for _, l := range now.Leaders {
			p.Leaders = append(p.Leaders, templates.Lead{Choice: l.Choice, Votes: part(l.Votes, i*(l.Choice+3), n*(l.Choice+3))})
		}
		v.History = templates.AddPoint(v.History, p)
	}
	return v
}

func part(c snapshot.Count, i, n int) snapshot.Count {
	x, ok := c.Get()
	if !ok {
		return c
	}
	return snapshot.Of(x * int64(i*i+i) / int64(n*n+n))
}

func corrected(v templates.RaceView) templates.RaceView {
	v.Corrections = []templates.Correction{{
		Release: 3, AsOf: evening.Add(250*time.Millisecond - 9*time.Minute), Reason: "source",
		Changes: []templates.Change{
			{Choice: 0, What: "votes", From: snapshot.Of(4282), To: snapshot.Of(4182)},
			{Choice: -1, What: "units_in", From: snapshot.Of(13), To: snapshot.Of(12)},
			{Choice: -1, What: "ballots", From: snapshot.Of(20158), To: snapshot.Count{}},
		},
	}}
	return v
}

// measure is a question with two answers and no stated totals.
func measure() *snapshot.Race {
	r := race([]sample{{"Yes", "", 10412, snapshot.Passed}, {"No", "", 9377, ""}}, true)
	r.Contest = &snapshot.Contest{ID: "q1", Key: "Q1", Name: "Question 1: Harbour bond", Type: snapshot.BallotMeasureContest, Seats: 1, Choices: r.Contest.Choices}
	for i := range r.Contest.Choices {
		r.Contest.Choices[i].Number = ""
	}
	r.ID = snapshot.RaceID("santa-brigida", "q1")
	r.Result.Totals = snapshot.Totals{UnitsIn: snapshot.Of(40), UnitsTotal: snapshot.Of(40)}
	r.Result.Status = snapshot.Certified
	return r
}

// motion is a question counted in two channels, with abstentions that have
// more votes than either answer.
func motion(kind snapshot.CountKind) *snapshot.Race {
	r := race([]sample{{"Abstention", "", 9400, ""}, {"Yes", "", 4412, ""}, {"No", "", 3377, ""}}, true)
	c := *measure().Contest
	c.ID, c.Name, c.Choices = "m7", "Motion 7: Night ferries", r.Contest.Choices
	for i := range c.Choices {
		c.Choices[i].Number = ""
	}
	c.Choices[0].Type = snapshot.Abstention
	r.Contest, r.ID = &c, snapshot.RaceID("santa-brigida", "m7")
	n := snapshot.Of
	r.Result.Totals = snapshot.Totals{Electorate: n(41220)}
	r.Result.Status, r.Result.Kind = snapshot.StatusUnknown, kind
	r.Result.Channels = []snapshot.Channel{
		{Name: "Online", Votes: []snapshot.Count{n(9000), n(3000), n(1377)}, Totals: snapshot.Totals{Ballots: n(13400)}},
		{Name: "On site", Votes: []snapshot.Count{n(400), n(1412), n(2000)}},
	}
	return r
}

// final is a motion whose intermediate count was replaced.
func final() templates.RaceView {
	v := view(motion(snapshot.FinalCount), 3)
	for i := range v.History[:2] {
		v.History[i].Kind = snapshot.IntermediateCount
	}
	v.Corrections = []templates.Correction{{Release: 3, AsOf: evening, Reason: "final",
		Changes: []templates.Change{{Choice: 1, What: "votes", From: snapshot.Of(4520), To: snapshot.Of(4412)}}}}
	return v
}

// crowd is a race of n invented candidates.
func crowd(n int) *snapshot.Race {
	first := []string{"Alba", "Bruno", "Clara", "Davi", "Elis", "Fábio", "Gita", "Hugo", "Inês", "Joana", "Kofi", "Lia"}
	last := []string{"Abreu", "Barros", "Castro", "Dias", "Esteves", "Falcão", "Gomes", "Horta", "Ibarra", "Jardim", "Klein"}
	var s []sample
	for i := range n {
		o := snapshot.NotElected
		if i%9 == 0 {
			o = snapshot.Elected
		}
		s = append(s, sample{
			fmt.Sprintf("%s %s %s", first[i%len(first)], last[(i*7)%len(last)], last[(i*3+i/11)%len(last)]),
			fmt.Sprintf("List %d", i%14+1), int64(9000 - i*i*9000/(n*n) - i%7), o,
		})
	}
	r := complete(race(s, true))
	r.Contest.Seats = n / 9
	return r
}

// place is a place with races and places inside, partly counted.
func place(races, places int) templates.PlaceView {
	u := unit()
	v := templates.PlaceView{
		Unit: u, AsOf: evening, Changed: 9,
		Trail: []templates.Link{{Text: "Norland", Path: "index.html"}},
		Path:  "in/santa-brigida.html",
	}
	heads := []string{"Executive", "Council", "School boards", "Questions"}
	for i := range races {
		s := councilSamples()
		for j := range s {
			s[j].votes = (s[j].votes*int64(1+(i*j)%5) + int64(i*311)) % 7919
			s[j].name = fmt.Sprintf("%s %c.", s[j].name, 'A'+(i*7+j)%26)
		}
		r := race(s, i%7 != 3)
		if i%3 == 1 && i%7 != 3 {
			complete(r)
			r.Result.Outcomes = make([]snapshot.Outcome, len(s))
			r.Result.Outcomes[templates.PointOf(r).Leaders[0].Choice] = snapshot.Elected
		}
		r.Contest.Name = fmt.Sprintf("Ward %d, seat %d", i/3+1, i%3+1)
		r.Contest.Heading = heads[i%len(heads)]
		v.Races = append(v.Races, templates.RaceLine{
			Race: r, Path: fmt.Sprintf("race/santa-brigida/ward-%d-%d.html", i/3+1, i%3+1),
			AsOf: r.AsOf, Corrected: i%11 == 5,
		})
	}
	a := []string{"Alta", "Boa", "Casa", "Dona", "Ermida", "Fonte", "Gruta", "Horta", "Ilha", "Jardim", "Lagoa", "Monte", "Nova"}
	b := []string{"Aves", "Bela", "Cruz", "Dantas", "Esperança", "Flores", "Guedes", "Hora", "Ipê", "Jorge", "Luz"}
	for i := range places {
		name := fmt.Sprintf("%s %s", a[i%len(a)], b[(i/len(a))%len(b)])
		if i >= len(a)*len(b) {
			name = fmt.Sprintf("%s do %s", name, a[(i*5)%len(a)])
		}
		id, err := snapshot.Slug(name)
		if err != nil {
			panic(err)
		}
		l := templates.PlaceLine{
			Unit: &snapshot.Unit{ID: id, Key: fmt.Sprint(i), Name: name, Type: snapshot.Municipality, Parent: u},
			Path: "in/" + id + ".html", Tally: templates.Tally{Races: 3 + i%4}, AsOf: evening.Add(time.Duration(-i%97) * time.Minute), Changed: i%9 + 1,
		}
		if i%5 != 4 {
			l.Reporting = 1 + i%3
			l.Complete = i % 2
		}
		v.Places = append(v.Places, l)
	}
	return v
}

func home() templates.PlaceView {
	v := place(7, 12)
	v.Home, v.Trail, v.Unit = true, nil, v.Unit.Parent
	return v
}
