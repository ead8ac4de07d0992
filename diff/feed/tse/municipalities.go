package tse

import (
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// area is a state of EA12 with its municipalities.
type area struct {
	uf    string
	names []municipality
}

type municipality struct{ code, name string }

// readAreas takes `abr` of EA12.
func (doc *document) readAreas(r *feed.JSON) {
	doc.areas = []area{}
	for r.List(); r.NextItem(); {
		var a area
		for r.Object(); r.NextKey(); {
			switch string(r.Key()) {
			case "cd":
				a.uf = word(r)
			case "mu":
				for r.List(); r.NextItem(); {
					a.names = append(a.names, readMunicipality(r))
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
		doc.areas = append(doc.areas, a)
	}
}

func readMunicipality(r *feed.JSON) municipality {
	var m municipality
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "cd":
			m.code = word(r)
		case "nm":
			m.name = r.Text(feed.MaxName)
		case "cdi", "c", "z":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("cd", "nm")
	if !r.Failed() && (len(m.code) != 5 || !digits(m.code)) {
		r.Refuse("E_IDENTITY", "%q is no code of a municipality", m.code)
	}
	return m
}

// municipalities turns EA12 into units. The zeros and names in it are
// definitions: it has no results.
func (d *decoder) municipalities(p feed.Payload, doc *document) (snapshot.Update, error) {
	generated, err := d.at(p, doc.generated)
	if err != nil {
		return snapshot.Update{}, err
	}
	u := snapshot.Update{Scope: "municipalities", Stamp: snapshot.Stamp{Time: generated}, Units: []snapshot.UnitDef{country()}}
	for _, a := range doc.areas {
		u.Units = append(u.Units, state(a.uf))
		for _, m := range a.names {
			u.Units = append(u.Units, snapshot.UnitDef{Key: m.code, Parent: a.uf, Name: m.name, Type: snapshot.Municipality})
		}
	}
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
