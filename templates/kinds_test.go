package templates_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/templates"
)

// kinds are the states that a race can be in because of what kind of contest
// it is, or because of what became of it.
func kinds() map[string]state {
	return map[string]state{
		"seats": {view(lists(true), 3), templates.Live, []string{
			"Seats: <bdi>Civic Union</bdi> 5, <bdi>Labour List</bdi> 4, <bdi>Green Alliance</bdi> 2</p>", ">Seats</th>", "11 seats",
		}, []string{"not decided", "Leading"}},
		"seats-open": {view(lists(false), 3), templates.Live, []string{
			"Seats: <bdi>Civic Union</bdi> 5, <bdi>Labour List</bdi> 4, <bdi>Green Alliance</bdi> 2, not decided"}, nil},
		"many-seats": {view(council(), 3), templates.Live, []string{"3 seats", "Elected: <bdi>Bartolomeu d’Almeida e Sousa</bdi>, <bdi>Chidinma Okafor</bdi>, <bdi>Ana Lúcia Prates</bdi>"}, nil},
		"rounds": {view(rankedChoice(4), 3), templates.Live, []string{
			"Most votes in round 4: <bdi>Chidinma Okafor</bdi>. The source has not stated an outcome.", ">Round 4</th>",
			"Ballots that name nobody left", `<td data-channel="Round 2"><span class="out">out</span>`}, []string{"Leading"}},
		"rounds-two": {view(rankedChoice(2), 2), templates.Live, []string{"Most votes in round 2: ", "<td><span class=\"out\">out"}, []string{"data-channel"}},
		"uncontested": {view(condition(race(councilSamples()[:1], false), snapshot.Uncontested), 1), templates.Live, []string{
			"Uncontested: <bdi>Ana Lúcia Prates</bdi></p>", "<caption>Choices</caption>"}, []string{"nothing yet</td>", ">Votes</th>", "No result yet"}},
		"uncontested-counted": {view(condition(race(councilSamples()[:1], true), snapshot.Uncontested), 1), templates.Live, []string{
			"Uncontested: <bdi>Ana Lúcia Prates</bdi></p>", "<td>4,182</td>"}, []string{"Leading"}},
		"withheld": {view(condition(race(councilSamples(), false), snapshot.Withheld), 1), templates.Live, []string{
			"Withheld by the authority: no numbers are shown."}, []string{"nothing yet</td>", ">Votes</th>", "No result yet"}},
		"withheld-elected": {view(condition(electedOnly(), snapshot.Withheld), 1), templates.Live, []string{
			"Elected: <bdi>Chidinma Okafor</bdi></p>", `<p class="notice">Withheld by the authority: no numbers are shown.`}, []string{">Votes</th>"}},
		"annulled": {view(condition(complete(race(councilSamples(), true)), snapshot.Annulled), 2), templates.Live, []string{
			"Annulled: this vote does not count.</p>", "<b>40 of 40 polling places counted</b> · Annulled", "6,011"}, []string{"Most votes: ", "Elected"}},
		"postponed": {view(condition(race(councilSamples(), false), snapshot.Postponed), 1), templates.Live, []string{
			"Postponed: the vote is held later.</p>", "nothing yet"}, []string{"No result yet"}},
		"recount": {view(recount(), 4), templates.Live, []string{
			"Recount: the numbers may change", "Leading: <bdi>Bartolomeu d’Almeida e Sousa</bdi>, not decided"}, []string{"All counted"}},
		"tie":       {view(tied(snapshot.Tie), 3), templates.Live, []string{"Tied, to be decided by lot: <bdi>Bartolomeu d’Almeida e Sousa</bdi>, <bdi>Chidinma Okafor</bdi>", ">Tied</b>"}, []string{"Elected"}},
		"lot":       {view(tied(snapshot.Lot), 3), templates.Live, []string{"Elected by lot: <bdi>Bartolomeu d’Almeida e Sousa</bdi></p>", "Elected by lot</b>"}, nil},
		"options":   {view(options(), 2), templates.Live, []string{"Leading: <bdi>Keep it</bdi>, not decided", "<bdi>Abstention</bdi>"}, []string{"Leading: <bdi>Abstention"}},
		"certified": {view(certified(), 5), templates.Live, []string{"Certified", " data-final"}, []string{"unofficial"}},
	}
}

func condition(r *snapshot.Race, c snapshot.Condition) *snapshot.Race {
	r.Result.Condition = c
	return r
}

// lists is a council of eleven seats among lists.
func lists(full bool) *snapshot.Race {
	r := race([]sample{
		{"Green Alliance", "", 4182, ""}, {"Civic Union", "", 9011, ""}, {"Labour List", "", 8377, ""},
		{"Independents of the old harbour and the islands", "", 903, ""},
	}, true)
	r.Contest.Type, r.Contest.Seats, r.Contest.Name = snapshot.PartyContest, 11, "Council"
	if full {
		complete(r)
	}
	n := snapshot.Of
	r.Result.Seats = []snapshot.Count{n(2), n(5), n(4), n(0)}
	return r
}

// council is a contest of three seats in which three are elected.
func council() *snapshot.Race {
	const e = snapshot.Elected
	r := complete(race(councilSamples(), true))
	r.Contest.Seats = 3
	r.Result.Outcomes = []snapshot.Outcome{e, e, e, "", "", ""}
	return r
}

// rankedChoice is a ranked count of n rounds, at most four.
func rankedChoice(n int) *snapshot.Race {
	r := complete(race(councilSamples(), true))
	for k, votes := range [][]int64{
		{4182, 6011, 5977, 903, 2210, 377}, {4290, 6099, 6101, 970, 2200, none},
		{4500, 6300, 6600, none, 2260, none}, {none, 7800, 8900, none, none, none},
	}[:n] {
		d := snapshot.Round{Exhausted: snapshot.Of(int64(k * 700))}
		for _, v := range votes {
			c := snapshot.Count{}
			if v != none {
				c = snapshot.Of(v)
			}
			d.Votes = append(d.Votes, c)
		}
		r.Result.Rounds = append(r.Result.Rounds, d)
	}
	return r
}

// electedOnly is a race of which the source states who is elected and no
// number.
func electedOnly() *snapshot.Race {
	r := race(councilSamples(), false)
	r.Result.Outcomes = []snapshot.Outcome{"", "", snapshot.Elected, "", "", ""}
	return r
}

func recount() *snapshot.Race {
	r := complete(race(councilSamples(), true))
	r.Result.Status = snapshot.Recount
	return r
}

func certified() *snapshot.Race {
	r := council()
	r.Result.Status = snapshot.Certified
	return r
}

// tied is a race of two with equal votes. One of them has won a lot, or a lot
// is to be drawn between them.
func tied(o snapshot.Outcome) *snapshot.Race {
	s := councilSamples()
	s[2].votes = s[1].votes
	r := complete(race(s, true))
	r.Result.Outcomes = []snapshot.Outcome{"", o, "", "", "", ""}
	if o == snapshot.Tie {
		r.Result.Outcomes[2] = o
	}
	return r
}

// options is a question with several answers, of which nobody need choose one.
func options() *snapshot.Race {
	r := race([]sample{
		{"Keep it", "", 8001, ""}, {"Rebuild it where it stands", "", 7710, ""}, {"Move it to the west quay", "", 2044, ""}, {"Abstention", "", 9400, ""},
	}, true)
	c := *r.Contest
	c.Name, c.Type, c.Seats = "Question 3: The market hall", snapshot.BallotMeasureContest, 0
	c.Choices[3].Type = snapshot.Abstention
	for i := range c.Choices {
		c.Choices[i].Number = ""
	}
	r.Contest = &c
	r.Result.Totals.Valid, r.Result.Totals.Ballots = snapshot.Count{}, snapshot.Count{}
	return r
}

// strangers is a race of n candidates whose names, parties and ids share as
// little as those of real people do.
func strangers(n int) *snapshot.Race {
	consonants, vowels := "bcdfgjklmnprstvz", "aeiouãéô"
	var seed uint64 = 7
	next := func(n int) int {
		seed = seed*6364136223846793005 + 1442695040888963407
		return int(seed>>33) % n
	}
	word := func(syllables int) string {
		v, out := []rune(vowels), []rune(nil)
		for range syllables {
			out = append(out, rune(consonants[next(len(consonants))]), v[next(len(v))])
		}
		out[0] -= 'a' - 'A'
		return string(out)
	}
	var s []sample
	for i := range n {
		o := snapshot.NotElected
		if i < n/9 {
			o = snapshot.Elected
		}
		s = append(s, sample{word(2) + " " + word(3), fmt.Sprintf("List %c", 'A'+next(20)), int64(90000/(i+1)*7 + next(90)), o})
	}
	r := complete(race(s, true))
	for i := range r.Contest.Choices {
		r.Contest.Choices[i].ID = fmt.Sprint(250000600000 + next(90000))
		r.Contest.Choices[i].Number = fmt.Sprint(10000 + next(80000))
	}
	r.Contest.Seats = n / 9
	return r
}

// large is a race whose choices have a page of their own.
func large(r *snapshot.Race, n int) templates.RaceView {
	v := view(r, n)
	v.Choices = "choices/santa-brigida/mayor.html"
	return v
}

// everyone is that page, or part n of two.
func everyone(v templates.RaceView, n int) templates.ChoicesView {
	half := len(v.Race.Contest.Choices) / 2
	return templates.ChoicesView{RaceView: v, Path: v.Choices, From: (n - 1) * half, To: n * half,
		Part: templates.Part{Number: n, Of: 2, Paths: []string{v.Choices, "choices/santa-brigida/mayor/2.html"}}}
}

func TestEveryChoiceOfALargeContestStandsOnAPageOnce(t *testing.T) {
	v := large(crowd(400), 3)
	pages := string(templates.AppendChoicesPage(nil, everyone(v, 1), site(t))) + string(templates.AppendChoicesPage(nil, everyone(v, 2), site(t)))
	race := string(templates.AppendRacePage(nil, v, site(t)))
	if n := strings.Count(race, `<tr id="c-`); n != templates.PageChoices {
		t.Errorf("the page of the race shows %d choices, want %d", n, templates.PageChoices)
	}
	for _, c := range v.Race.Contest.Choices {
		if n := strings.Count(pages, `<tr id="c-`+c.ID+`"`); n != 1 {
			t.Errorf("choice %s stands %d times on the pages of all choices", c.ID, n)
		}
	}
}

func TestThePageOfAllChoicesLeadsBackToItsRace(t *testing.T) {
	v := large(corrected(view(crowd(120), 2)).Race, 2)
	v = corrected(v)
	page := templates.AppendChoicesPage(nil, everyone(v, 1), site(t))
	for _, want := range []string{
		`href="/2026-10-11-council/race/santa-brigida/mayor.html"`, `href="/2026-10-11-council/race/santa-brigida/mayor.html#corrections"`,
		`href="/2026-10-11-council/choices/santa-brigida/mayor/2.html"`, "<caption>Results",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("no %s", want)
		}
	}
	golden(t, "choices.html", page)
}

func TestACodeForOtherPagesNeedsTheAddressOfTheHost(t *testing.T) {
	v, s := view(race(councilSamples(), true), 2), site(t)
	if page := string(templates.AppendRacePage(nil, v, s)); strings.Contains(page, "iframe") {
		t.Error("a code without a host")
	}
	s.Origin, s.Embed.Href = "https://results.example", "/assets/embed.0004.js"
	v.Race.Contest.Name = `A "quoted" <name>`
	root, err := html.Parse(bytes.NewReader(templates.AppendRacePage(nil, v, s)))
	if err != nil {
		t.Fatal(err)
	}
	var code string
	for n := range root.Descendants() {
		if n.Data == "code" {
			code = n.FirstChild.Data
		}
	}
	want := `<iframe data-herald src="https://results.example/2026-10-11-council/race/santa-brigida/mayor.html#embed" ` +
		`title="A &#34;quoted&#34; &lt;name&gt; · Santa Brígida" width="100%" height="480" loading="lazy" style="border:0"></iframe>` +
		"\n" + `<script async src="https://results.example/assets/embed.0004.js"></script>`
	if code != want {
		t.Errorf("the code is %s\nwant %s", code, want)
	}
}

func TestAPartyThatHasAColourIsNamedBesideIt(t *testing.T) {
	s := site(t)
	o, err := templates.ReadOverrides(map[string][]byte{"colours.toml": []byte("[parties]\n\"Civic Union\" = \"#1b6ca8\"\n")})
	if err != nil {
		t.Fatal(err)
	}
	o.Dress(s, nil)
	page := string(templates.AppendRacePage(nil, view(race(councilSamples(), true), 1), s))
	if want := `<i class="chip p0" aria-hidden="true"></i><bdi>Civic Union</bdi>`; !strings.Contains(page, want) {
		t.Errorf("no %s", want)
	}
	if strings.Count(page, "chip") != 1 {
		t.Error("a party without a colour has one")
	}
}

func TestARacePageKeepsTheOrderOfWhatReadersNeed(t *testing.T) {
	s := site(t)
	s.Origin = "https://results.example"
	v := corrected(view(rankedChoice(3), 5))
	v.Breakdown = "breakdown/santa-brigida/mayor.html"
	v.Race.Result.Channels = []snapshot.Channel{{Name: "Online", Votes: v.Race.Result.Votes}}
	words, err := templates.NewLanguage("en", []byte("[site]\nnot_counted = \"Votes by post from abroad.\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	s.Lang = words
	page := string(templates.AppendRacePage(nil, v, s))
	at := 0
	for _, mark := range []string{
		"<h1>", `id="scope"`, `id="outcome"`, `id="progress"`, `id="asof"`, `id="published"`, `id="checked"`, `id="next"`, `/status.html">Is this up to date?</a>`,
		`id="results"`, "A number here was corrected", `<table class="votes">`, `id="rounds"`, `<section class="progress">`, `<table class="channels">`,
		"Votes by post from abroad.", `<section id="corrections">`, `id="moved"`, v.Breakdown, `<a href="/2026-10-11-council/` + v.JSON, `id="embed-code"`, `id="stamp"`, "</main>",
	} {
		i := strings.Index(page[at:], mark)
		if i < 0 {
			t.Fatalf("no %s after what stands before it", mark)
		}
		at += i
	}
}
