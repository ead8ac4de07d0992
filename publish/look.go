package publish

import (
	"encoding/base64"
	"path"
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/templates"
)

// look is everything that pages depend on beside the results: assets, schemas,
// settings and the templates themselves.
type look struct {
	hash    shard.Hash
	assets  []lookFile
	schemas []lookFile
}

type lookFile struct {
	key, contentType string
	raw              []byte
	hash             shard.Hash
}

// newLook gathers the assets and completes site with their addresses. The hash
// covers the bytes of the assets and schemas and a sample of every kind of
// page, so that it changes whenever a template writes something else.
func newLook(site *templates.Site) look {
	var l look
	for _, f := range templates.Assets() {
		ext := path.Ext(f.Name)
		h := shard.HashOf(f.Body)
		file := lookFile{shard.Asset(strings.TrimSuffix(f.Name, ext), ext[1:], h), assetType(ext), f.Body, h}
		l.assets = append(l.assets, file)
		asset := templates.Asset{Href: "/" + file.key, Integrity: "sha256-" + base64.StdEncoding.EncodeToString(h[:])}
		switch ext {
		case ".css":
			site.Style = asset
		case ".js":
			site.Script = asset
		case ".svg":
			site.Icon = asset
		}
	}
	for _, f := range templates.Schemas() {
		l.addSchema(f.Name, f.Body)
	}
	for _, f := range manifest.Schemas() {
		l.addSchema(f.Name, f.Body)
	}
	l.hash = l.fingerprint(site)
	return l
}

func assetType(ext string) string {
	switch ext {
	case ".css":
		return typeCSS
	case ".js":
		return typeJS
	}
	return typeSVG
}

func (l *look) addSchema(name string, body []byte) {
	l.schemas = append(l.schemas, lookFile{shard.Schema(strings.TrimSuffix(name, ".json")), typeJSON, body, shard.HashOf(body)})
}

func (l look) fingerprint(site *templates.Site) shard.Hash {
	var b []byte
	for _, f := range append(l.assets[:len(l.assets):len(l.assets)], l.schemas...) {
		b = append(b, f.key...)
		b = append(b, f.hash[:]...)
	}
	race, place := sample()
	b = templates.AppendRaceJSON(b, race, site)
	b = templates.AppendRacePage(b, race, site)
	b = templates.AppendPlacePage(b, place, site)
	return shard.HashOf(b)
}

// sample is a made race with something of everything a page can show.
func sample() (templates.RaceView, templates.PlaceView) {
	at := time.Date(2026, 11, 3, 21, 4, 5, 0, time.UTC)
	root := &snapshot.Unit{ID: "root", Key: "root", Name: "Root", Type: snapshot.Country}
	unit := &snapshot.Unit{ID: "unit", Key: "unit", Name: "Unit", Type: snapshot.Municipality, Parent: root}
	c := &snapshot.Contest{ID: "mayor", Key: "mayor", Name: "Mayor", Type: snapshot.CandidateContest, Seats: 1, Heading: "Mayors"}
	for _, n := range []string{"Ada", "Ben", "Cyd"} {
		c.Choices = append(c.Choices, snapshot.Choice{ID: strings.ToLower(n), ChoiceDef: snapshot.ChoiceDef{Key: n, Name: n, Party: "P", Number: "1", Detail: "D"}})
	}
	n := snapshot.Of
	r := &snapshot.Race{ID: "unit--mayor", Contest: c, Unit: unit, AsOf: at, Result: snapshot.Result{
		Votes:    []snapshot.Count{n(1200), n(1100), {}},
		Outcomes: []snapshot.Outcome{snapshot.Elected, snapshot.NotElected, snapshot.NoOutcome},
		Totals:   snapshot.Totals{Valid: n(2300), Blank: n(20), Null: n(30), Ballots: n(2350), Electorate: n(4000), UnitsIn: n(3), UnitsTotal: n(4)},
		Status:   snapshot.UnofficialPartial, Kind: snapshot.IntermediateCount,
		Channels: []snapshot.Channel{{Name: "Online", Votes: []snapshot.Count{n(1200), n(1100), {}}, Totals: snapshot.Totals{Valid: n(2300)}}}}}
	history := templates.AddPoint([]templates.Point{{AsOf: at.Add(-time.Hour), UnitsIn: n(1), Votes: n(500), Leaders: []templates.Lead{{Choice: 0, Votes: n(500)}}}}, templates.PointOf(r))
	trail := []templates.Link{{Text: "Root", Path: "index.html"}, {Text: "Unit", Path: "in/unit.html"}}
	race := templates.RaceView{Race: r, Rev: 3, Changed: 7, AsOf: at, History: history, Trail: trail,
		Corrections: []templates.Correction{{Release: 6, AsOf: at, Reason: "source", Changes: []templates.Change{{Choice: 0, What: "votes", From: n(1300), To: n(1200)}}}},
		Path:        "race/unit/mayor.html", JSON: "race/unit/mayor.json"}
	empty := *r
	empty.Result = snapshot.Result{Votes: make([]snapshot.Count, 3)}
	place := templates.PlaceView{Unit: unit, Trail: trail[:1], Path: trail[1].Path, AsOf: at, Changed: 7,
		Races:  []templates.RaceLine{{Race: r, Path: race.Path, AsOf: at, Corrected: true}, {Race: &empty, Path: race.Path}},
		Places: []templates.PlaceLine{{Unit: unit, Path: trail[1].Path, Races: 4, Reporting: 2, Complete: 1, Intermediate: 1, Changed: 7, AsOf: at}}}
	return race, place
}

// emitLook stores the assets under their hashes and the schemas at their
// stable addresses.
func (p *planner) emitLook() error {
	for _, f := range p.look.assets {
		if _, err := p.store(f.raw, manifest.Shard{}, f.contentType, func(shard.Hash) string { return f.key }); err != nil {
			return err
		}
	}
	for _, f := range p.look.schemas {
		p.aliases = append(p.aliases, alias{key: f.key, contentType: f.contentType, body: p.enc.EncodeNamed(f.raw, f.hash), added: p.old.release == nil})
	}
	return nil
}
