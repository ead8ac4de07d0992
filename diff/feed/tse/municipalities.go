package tse

import (
	"slices"
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// areas are the municipalities of an election, EA12.
type areas struct {
	generated moment
	made      time.Time
	phase     string
	states    []area
}

// area is a state, or abroad, with its municipalities.
type area struct {
	uf    string
	towns []town
}

type town struct {
	code, name string
	zones      []string // four digits
}

func (d *decoder) readAreas(p feed.Payload, name fileName) (*areas, []snapshot.Finding, error) {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return nil, nil, err
	}
	r.Entities = true
	all := &areas{}
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "dg":
			all.generated.day = word(r)
		case "hg":
			all.generated.clock = word(r)
		case "f":
			all.phase = word(r)
		case "abr":
			for r.List(); r.NextItem(); {
				all.states = append(all.states, readArea(r))
			}
		case "idg":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("dg", "hg", "f", "abr")
	findings, err := r.Finish("")
	if err != nil {
		return nil, nil, err
	}
	if name.election != "" {
		if err := d.ours(p, name.election); err != nil {
			return nil, nil, err
		}
	}
	if all.made, err = d.at(p, all.generated); err != nil {
		return nil, nil, err
	}
	return all, findings, all.check(p)
}

// check refuses codes of municipalities that stand there twice.
func (all *areas) check(p feed.Payload) error {
	seen := map[string]bool{}
	for _, a := range all.states {
		for _, t := range a.towns {
			if seen[t.code] {
				r := p.Refuse("E_DUPID", "municipality %s stands there twice", t.code)
				r.Place, r.Field = t.code, "abr[].mu[].cd"
				return r
			}
			seen[t.code] = true
		}
	}
	return nil
}

func readArea(r *feed.JSON) area {
	var a area
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "cd":
			a.uf = word(r)
		case "mu":
			for r.List(); r.NextItem(); {
				a.towns = append(a.towns, readTown(r))
			}
		case "ds":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("cd", "mu")
	if !r.Failed() && stateName(a.uf) == "" {
		r.Refuse("E_IDENTITY", "%q is no state", a.uf)
	}
	return a
}

func readTown(r *feed.JSON) town {
	var t town
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "cd":
			t.code = word(r)
		case "nm":
			t.name = r.Text(feed.MaxName)
		case "z":
			for r.List(); r.NextItem(); {
				t.zones = append(t.zones, pad(word(r), 4))
			}
		case "cdi", "c":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("cd", "nm")
	switch bad := slices.IndexFunc(t.zones, func(z string) bool { return len(z) != 4 || !digits(z) }); {
	case r.Failed():
	case len(t.code) != 5 || !digits(t.code):
		r.Refuse("E_IDENTITY", "%q is no code of a municipality", t.code)
	case bad >= 0:
		r.Refuse("E_IDENTITY", "%q is no zone", t.zones[bad])
	}
	return t
}

// municipalities turns EA12 into units. It has no results.
func (d *decoder) municipalities(p feed.Payload, name fileName) (snapshot.Update, error) {
	all, findings, err := d.readAreas(p, name)
	if err != nil {
		return snapshot.Update{}, err
	}
	u := snapshot.Update{Scope: strings.TrimSpace("municipalities " + name.election), Stamp: snapshot.Stamp{Time: all.made},
		Election: name.election, Phase: phase(all.phase), Units: []snapshot.UnitDef{country()}, Findings: findings}
	for _, a := range all.states {
		u.Units = append(u.Units, state(a.uf))
		for _, t := range a.towns {
			u.Units = append(u.Units, snapshot.UnitDef{Key: t.code, Parent: a.uf, Name: t.name, Type: snapshot.Municipality})
		}
	}
	d.route.placed(name.election, all)
	return u, nil
}

func country() snapshot.UnitDef {
	return snapshot.UnitDef{Key: "br", Name: "Brasil", Type: snapshot.Country}
}

func state(uf string) snapshot.UnitDef {
	if uf == "zz" {
		return snapshot.UnitDef{Key: uf, Parent: "br", Name: stateName(uf), Type: snapshot.Abroad}
	}
	return snapshot.UnitDef{Key: uf, Parent: "br", Name: stateName(uf), Type: snapshot.State}
}
