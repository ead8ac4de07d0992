package nist

import (
	"slices"

	"github.com/heraldresults/herald/diff/snapshot"
)

// unitType is the type of a ReportingUnitType and how far up it stands: where a
// unit is part of several, the lowest of the administrative ones contains it.
func unitType(what string) (snapshot.UnitType, int) {
	switch what {
	case "split-precinct", "ballot-batch", "drop-box", "ballot-style-area":
		return snapshot.Precinct, 1
	case "precinct", "polling-place", "vote-center":
		return snapshot.Precinct, 2
	case "combined-precinct":
		return snapshot.Precinct, 3
	case "ward":
		return snapshot.District, 4
	case "borough", "village":
		return snapshot.Municipality, 5
	case "city", "town", "township", "municipality":
		return snapshot.Municipality, 6
	case "county":
		return snapshot.County, 7
	case "state":
		return snapshot.State, 8
	case "country":
		return snapshot.Country, 9
	case "city-council", "county-council", "judicial", "school", "special", "utility", "water":
		return snapshot.District, 20
	case "state-house":
		return snapshot.District, 21
	case "state-senate":
		return snapshot.District, 22
	case "congressional":
		return snapshot.CongressionalDistrict, 23
	}
	return snapshot.OtherUnit, 30
}

// tree gives every unit its key and the one unit that contains it.
func (b *builder) tree() {
	for i := range b.doc.units {
		whole := &b.doc.units[i]
		for _, part := range whole.parts {
			at, known := b.unitAt[part]
			if !known {
				b.note("F_UNDEFINED", "unit %q is made of %q, which the report does not hold", whole.id, part)
				continue
			}
			if part != whole.id && b.nearer(whole, b.doc.units[at].id) {
				b.parent[part] = whole.id
			}
		}
	}
	var keys []string
	for i := range b.doc.units {
		u := &b.doc.units[i]
		if u.kind == "ReportingDevice" {
			continue
		}
		b.unitKey[u.id] = b.key(u.identifiers, u.id)
		keys = append(keys, b.unitKey[u.id])
		b.above(u.id)
	}
	b.unique(keys, "units", "")
}

// nearer reports whether whole is a better container of part than the present
// one.
func (b *builder) nearer(whole *gpUnit, part string) bool {
	now, has := b.parent[part]
	if whole.kind == "ReportingDevice" {
		return false
	}
	return !has || rank(whole.what) < rank(b.doc.units[b.unitAt[now]].what)
}

func rank(what string) int {
	_, r := unitType(what)
	return r
}

// above lists the units that contain id, itself first, and refuses a circle.
func (b *builder) above(id string) []string {
	chain := []string{id}
	for up, ok := b.parent[id]; ok; up, ok = b.parent[up] {
		if slices.Contains(chain, up) {
			b.refuse("E_UNIT_LOOP", up, "ComposingGpUnitIds", "unit %q contains itself", up)
			return chain
		}
		chain = append(chain, up)
	}
	return chain
}

// units defines the units that are used and those that contain them.
func (b *builder) units(used map[string]bool) []snapshot.UnitDef {
	want := map[string]bool{}
	for id := range used {
		for _, up := range b.above(id) {
			want[up] = true
		}
	}
	var out []snapshot.UnitDef
	for i := range b.doc.units {
		u := &b.doc.units[i]
		if !want[u.id] {
			continue
		}
		kind, _ := unitType(u.what)
		out = append(out, snapshot.UnitDef{Key: b.unitKey[u.id], Parent: b.unitKey[b.parent[u.id]], Name: b.clean(u.name, 200, "GpUnit.Name"), Type: kind})
	}
	return out
}
