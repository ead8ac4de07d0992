package portugal

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// document is what is said of a territory.
type document struct {
	key, name, fullName string
	server              string // timeOnServer, milliseconds since 1970
	election            string // of a local body, from the name: "CM"
	*results                   // currentResults; nil before there are any
}

type results struct {
	blank, null, electorate snapshot.Count
	voters, total           snapshot.Count // numberVoters, totalVoters: the same
	in, parishes            snapshot.Count
	seats                   snapshot.Count
	parties                 []party
}

type party struct {
	acronym      string
	votes, seats snapshot.Count
}

func readDocument(r *feed.JSON) document {
	var doc document
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "territoryKey":
			doc.key = readKey(r)
		case "territoryName":
			doc.name = r.Text(feed.MaxName)
		case "territoryFullName":
			doc.fullName = r.Text(feed.MaxName)
		case "timeOnServer":
			doc.server = r.Text(feed.MaxName)
		case "currentResults":
			doc.results = readResults(r)
		case "previousResults": // another election
			r.Skip()
		case "displayMessage", "foreignCounterMessage", "nationalCounterMessage", "territoryMessage", "warningMessage",
			"refreshTimeout", "time", "totalConsulates", "totalConsulatesApproved", "totalParishes", "totalParishesApproved":
			r.Skip() // for the site, or of the whole country
		default:
			r.Unknown()
		}
	}
	r.Require("territoryKey", "territoryName", "timeOnServer", "currentResults")
	return doc
}

// readKey takes the key of a territory.
func readKey(r *feed.JSON) string {
	key := r.Text(feed.MaxName)
	if !r.Failed() && !isKey(key) {
		r.Refuse("E_IDENTITY", "%q is no key of a territory", key)
	}
	return key
}

func readResults(r *feed.JSON) *results {
	if r.Kind() == 'n' {
		r.Skip()
		return nil
	}
	x := &results{}
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "blankVotes":
			x.blank = r.Count(feed.AsNumber)
		case "nullVotes":
			x.null = r.Count(feed.AsNumber)
		case "subscribedVoters":
			x.electorate = r.Count(feed.AsNumber)
		case "numberVoters":
			x.voters = r.Count(feed.AsNumber)
		case "totalVoters":
			x.total = r.Count(feed.AsNumber)
		case "numberParishes":
			x.parishes = r.Count(feed.AsNumber)
		case "totalParishesApproved":
			x.in = r.Count(feed.AsNumber)
		case "totalMandates":
			x.seats = r.Count(feed.AsNumber)
		case "resultsParty":
			for r.List(); r.NextItem(); {
				x.parties = append(x.parties, readParty(r))
			}
		case "availableMandates", "blankVotesPercentage", "nullVotesPercentage", "percentageVoters", "compensation", "displayMessage",
			"hasNoVoting", "tie", "tieMessage", "totalBoycotts", "totalForeignBoycotts", "totalLocalBoycotts":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("resultsParty", "blankVotes", "nullVotes")
	return x
}

func readParty(r *feed.JSON) party {
	var x party
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "acronym":
			x.acronym = r.Text(feed.MaxName)
		case "votes":
			x.votes = r.Count(feed.AsNumber)
		case "mandates":
			x.seats = r.Count(feed.AsNumber)
		case "absoluteMajority", "constituenctyCounter", "imageKey", "percentage", "presidents", "validVotesPercentage":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("acronym", "votes")
	if x.acronym == "" {
		r.Refuse("E_MISSING", "a list without its acronym")
	}
	return x
}

// update states a territory's result, or its name alone before there is one.
func (doc *document) update(p feed.Payload) (snapshot.Update, error) {
	u := snapshot.Update{Scope: strings.TrimSpace(doc.key + " " + doc.election), Units: []snapshot.UnitDef{country()}}
	if doc.key != national {
		u.Units = append(u.Units, unit(doc.key, doc.name))
	}
	ms, err := strconv.ParseInt(doc.server, 10, 64)
	if err != nil || ms <= 0 || ms > time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli() {
		return u, doc.refuse(p, "E_TIME", "timeOnServer", "%q is not a number of milliseconds since 1970", doc.server)
	}
	u.Stamp.Time = time.UnixMilli(ms).UTC()
	if doc.results == nil {
		return u, nil
	}
	var notes feed.Findings
	c, r, err := doc.race(p)
	if err != nil {
		return u, err
	}
	doc.examine(&notes)
	u.Contests, u.Results, u.Findings = []snapshot.ContestDef{c}, []snapshot.RaceResult{r}, notes.List()
	return u, nil
}

func (doc *document) refuse(p feed.Payload, code, field, format string, args ...any) error {
	r := p.Refuse(code, format, args...)
	r.Place, r.Field = doc.name, field
	return r
}

// race states the lists by their acronyms. Before the first parish is in, the
// zeros that stand there are placeholders.
func (doc *document) race(p feed.Payload) (snapshot.ContestDef, snapshot.RaceResult, error) {
	c := snapshot.ContestDef{Key: doc.key, Name: cmp.Or(doc.fullName, doc.name), Type: snapshot.PartyContest, CountUnit: snapshot.Parishes}
	if body := local(doc.election); body != "" {
		c.Key, c.Name, c.Heading = doc.key+"-"+doc.election, c.Name+": "+body, body
	}
	r := snapshot.RaceResult{Contest: c.Key, Unit: doc.key}
	r.Totals = snapshot.Totals{Electorate: doc.electorate, UnitsIn: doc.in, UnitsTotal: doc.parishes}
	if n, ok := doc.seats.Get(); ok && n < 10_000 {
		c.Seats = int(n)
	}
	given := doc.given()
	slices.SortFunc(doc.parties, func(a, b party) int { return cmp.Compare(a.acronym, b.acronym) })
	in, _ := doc.in.Get()
	begun := in > 0
	for i, x := range doc.parties {
		if i > 0 && x.acronym == doc.parties[i-1].acronym {
			return c, r, doc.refuse(p, "E_DUPID", "acronym", "list %q stands there twice", x.acronym)
		}
		n, _ := x.votes.Get()
		begun = begun || n > 0
	}
	for _, x := range doc.parties {
		c.Choices = append(c.Choices, snapshot.ChoiceDef{Key: x.acronym, Name: x.acronym})
		v := snapshot.ChoiceVotes{Key: x.acronym}
		if begun {
			v.Votes = x.votes
			if given {
				v.Seats = x.seats
			}
		}
		r.Votes = append(r.Votes, v)
	}
	r.Status = snapshot.PreElection
	if begun {
		r.Totals.Blank, r.Totals.Null, r.Totals.Ballots = doc.blank, doc.null, doc.total
		if !doc.total.Present() {
			r.Totals.Ballots = doc.voters
		}
		r.Status = snapshot.UnofficialPartial
		if in > 0 && doc.in == doc.parishes {
			r.Status = snapshot.UnofficialFull
		}
	}
	return c, r, nil
}

// given reports whether any seat has been given. Before that, the zeros of the
// lists are placeholders.
func (doc *document) given() bool {
	return slices.ContainsFunc(doc.parties, func(x party) bool { n, _ := x.seats.Get(); return n > 0 })
}

func (doc *document) examine(notes *feed.Findings) {
	parts := []snapshot.Count{doc.blank, doc.null}
	seats := make([]snapshot.Count, len(doc.parties))
	for i, x := range doc.parties {
		parts = append(parts, x.votes)
		seats[i] = x.seats
	}
	notes.Sum("votes + blankVotes + nullVotes = totalVoters", doc.total, parts...)
	if doc.total.Present() && doc.voters.Present() && doc.total != doc.voters {
		notes.Note("F_DIFFER", "totalVoters is %s, numberVoters %s", doc.total, doc.voters)
	}
	given, err := snapshot.SumPresent(seats...)
	n, _ := given.Get()
	if all, ok := doc.seats.Get(); err != nil || ok && n > all {
		notes.Note("F_SUM", "mandates make %s, more than totalMandates %s", given, doc.seats)
	}
}
