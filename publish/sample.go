package publish

import (
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/templates"
)

// sampleRace is a made race with something of everything a page can show.
func sampleRace() templates.RaceView {
	at := time.Date(2026, 11, 3, 21, 4, 5, 0, time.UTC)
	root := &snapshot.Unit{ID: "root", Key: "root", Name: "Root", Type: snapshot.Country}
	unit := &snapshot.Unit{ID: "unit", Key: "unit", Name: "Unit", Type: snapshot.Municipality, Parent: root}
	c := &snapshot.Contest{ID: "mayor", Key: "mayor", Name: "Mayor", Type: snapshot.CandidateContest, Seats: 1, Heading: "Mayors"}
	for _, n := range []string{"Ada", "Ben", "Cyd"} {
		c.Choices = append(c.Choices, snapshot.Choice{ID: strings.ToLower(n), ChoiceDef: snapshot.ChoiceDef{Key: n, Name: n, Party: "P", Number: "1", Detail: "D"}})
	}
	n := snapshot.Of
	votes := []snapshot.Count{n(1200), n(1100), {}}
	r := &snapshot.Race{ID: "unit--mayor", Contest: c, Unit: unit, AsOf: at, Result: snapshot.Result{
		Votes: votes, Seats: []snapshot.Count{n(1), n(0), {}},
		Outcomes: []snapshot.Outcome{snapshot.Elected, snapshot.NotElected, snapshot.NoOutcome},
		Totals:   snapshot.Totals{Valid: n(2300), Blank: n(20), Null: n(30), Ballots: n(2350), Electorate: n(4000), UnitsIn: n(3), UnitsTotal: n(4)},
		Status:   snapshot.UnofficialPartial, Kind: snapshot.IntermediateCount,
		Rounds:   []snapshot.Round{{Votes: votes, Exhausted: n(0)}, {Votes: []snapshot.Count{n(1300), n(990), {}}, Exhausted: n(10)}},
		Channels: []snapshot.Channel{{Name: "Online", Votes: votes, Totals: snapshot.Totals{Valid: n(2300)}}}}}
	history := templates.AddPoint([]templates.Point{{AsOf: at.Add(-time.Hour), UnitsIn: n(1), Votes: n(500), Leaders: []templates.Lead{{Choice: 0, Votes: n(500)}}}}, templates.PointOf(r))
	return templates.RaceView{Race: r, Rev: 3, Changed: 7, AsOf: at, History: history,
		Trail:       []templates.Link{{Text: "Root", Path: templates.HomePath}, {Text: "Unit", Path: shard.PlacePage("unit")}},
		Corrections: []templates.Correction{{Release: 6, AsOf: at, Reason: "source", Changes: []templates.Change{{Choice: 0, What: "votes", From: n(1300), To: n(1200)}}}},
		Path:        shard.RacePage("unit", "mayor"), JSON: shard.RaceFile("unit", "mayor"), Breakdown: shard.BreakdownPage("unit", "mayor"),
		Choices: shard.ChoicesPage("unit", "mayor")}
}

// samples are pages of every kind about one race.
func samples(race templates.RaceView) []render {
	r, at, trail := race.Race, race.AsOf, race.Trail
	part := templates.Part{Number: 1, Of: 2, Paths: []string{"a.html", "a/2.html"}}
	lines := []templates.RaceLine{{Race: r, Path: race.Path, AsOf: at, Corrected: true}}
	for _, c := range []snapshot.Condition{"", snapshot.Uncontested, snapshot.Withheld, snapshot.Annulled, snapshot.Postponed} {
		empty := *r
		empty.Result = snapshot.Result{Votes: make([]snapshot.Count, 3), Condition: c}
		lines = append(lines, templates.RaceLine{Race: &empty, Path: race.Path})
	}
	place := templates.PlaceLine{Unit: r.Unit, Path: trail[1].Path, Tally: templates.Tally{Races: 4, Reporting: 2, Complete: 1}, Intermediate: 1, Changed: 7, AsOf: at}
	inside := templates.PlaceView{Unit: r.Unit, Trail: trail[:1], Path: trail[1].Path, AsOf: at, Changed: 7, Races: lines,
		Places: []templates.PlaceLine{place}, Sums: place, Part: part, Map: &templates.MapRef{Bytes: 4000}}
	home := templates.PlaceView{Unit: r.Unit.Parent, Home: true, Path: templates.HomePath, AsOf: at, Changed: 7, Races: lines,
		Places: []templates.PlaceLine{place}, Sums: place, Types: []templates.TypeLine{{Name: "Mayors", Path: "type/mayors.html", Tally: templates.Tally{Races: 4, Reporting: 2, Complete: 1}}}}
	find := templates.FindView{Path: templates.FindPath, Letter: "A", Letters: []templates.Link{{Text: "A", Path: "find/a.html"}},
		Entries: []templates.FindEntry{{Name: "Ada", Context: "Root", Path: race.Path, Races: trail, Letter: "A"}}}
	updates := templates.UpdatesView{Path: templates.UpdatesPath, Older: "updates/1.html", Changed: 7, Updates: []templates.Update{
		{Release: 7, AsOf: at, Added: 3, Changed: 2, Corrections: 1, Completed: 1, Places: trail, MorePlaces: 2}, {Release: 6}}}
	corrections := templates.CorrectionsView{Path: templates.CorrectionsPath, More: 2, Changed: 7,
		Corrections: []templates.RaceCorrection{{Race: r, Path: race.Path, Correction: race.Corrections[0]}}}
	data := templates.DataView{Path: templates.DataPath, Groups: []templates.GroupLine{{ID: "all-1", Region: "all", Races: 4}}}
	out := []render{
		func(b []byte, s *templates.Site) []byte { return templates.AppendRacePage(b, race, s) },
		func(b []byte, s *templates.Site) []byte { return templates.AppendPlacePage(b, home, s) },
		func(b []byte, s *templates.Site) []byte { return templates.AppendPlacePage(b, inside, s) },
		func(b []byte, s *templates.Site) []byte {
			return templates.AppendTypePage(b, templates.TypeView{Name: "Mayors", Trail: trail, Path: "type/mayors.html", Races: lines, Part: part, AsOf: at, Changed: 7}, s)
		},
		func(b []byte, s *templates.Site) []byte {
			return templates.AppendBreakdownPage(b, templates.BreakdownView{Race: r, RacePath: race.Path, Trail: trail, Path: race.Breakdown, Units: lines, Part: part, AsOf: at, Changed: 7}, s)
		},
		func(b []byte, s *templates.Site) []byte {
			return templates.AppendChoicesPage(b, templates.ChoicesView{RaceView: race, Path: race.Choices, To: 3, Part: part}, s)
		},
		func(b []byte, s *templates.Site) []byte {
			return templates.AppendLitePage(b, templates.LiteView{Path: templates.LitePath, Races: lines, Part: part, AsOf: at, Changed: 7}, s)
		},
		func(b []byte, s *templates.Site) []byte { return templates.AppendFindPage(b, find, s) },
		func(b []byte, s *templates.Site) []byte { return templates.AppendUpdatesPage(b, updates, s) },
		func(b []byte, s *templates.Site) []byte { return templates.AppendCorrectionsPage(b, corrections, s) },
		func(b []byte, s *templates.Site) []byte { return templates.AppendDataPage(b, data, s) },
	}
	for _, path := range []string{templates.AboutPath, templates.StatusPath, templates.EmbedPath, templates.NotFoundPath} {
		out = append(out, plainPage(path))
	}
	return out
}
