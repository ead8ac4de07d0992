package eml

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/heraldresults/herald/diff/snapshot"
)

// nation is the key of the whole country.
const nation = "STAAT"

// central is the authority of an election as a whole, in each of them.
const central = "CSB"

// The contest of an election that has no electoral districts, and that of all
// districts of another.
const (
	undivided = "geen"
	united    = "alle"
)

// regionKey is the key under which counts name a region of the definition.
func regionKey(category, number string) string {
	switch category {
	case "STAAT":
		return nation
	case "KIESKRING":
		return "HSB" + number
	case "GEMEENTE":
		return fmt.Sprintf("%04s", number)
	}
	return category + "-" + number
}

func regionType(category string) snapshot.UnitType {
	switch category {
	case "STAAT":
		return snapshot.Country
	case "PROVINCIE":
		return snapshot.State
	case "GEMEENTE":
		return snapshot.Municipality
	}
	return snapshot.District
}

// region is one of a definition's tree, named as the source names it.
type region struct{ category, number, name, above, aboveNumber string }

// tree reads the regions of a definition. The one that the election is of has
// the key that counts give it. The electoral district of an election that is
// not divided into any is left out, since counts never name it.
func (x *reader) tree() {
	r := x.r
	var regions []region
	var top, only region
	for r.Enter(); r.Next(); {
		if string(r.Name()) != "Region" {
			r.Unknown()
			continue
		}
		g := x.region()
		switch {
		case x.isDomain(g):
			top = g
		case g.category == "KIESKRING" && x.contest.id == undivided:
			only = g
			continue
		}
		regions = append(regions, g)
	}
	key := func(category, number string) string {
		if top.category != "" && top.category == category && top.number == number {
			return x.domainKey()
		}
		return regionKey(category, number)
	}
	for _, g := range regions {
		if only.category != "" && g.above == only.category && g.aboveNumber == only.number {
			g.above, g.aboveNumber = only.above, only.aboveNumber
		}
		def := snapshot.UnitDef{Key: key(g.category, g.number), Name: g.name, Type: regionType(g.category)}
		if g.above != "" {
			def.Parent = key(g.above, g.aboveNumber)
		}
		x.u.Units = append(x.u.Units, def)
	}
}

func (x *reader) region() region {
	r := x.r
	var g region
	r.RequireAttr("RegionCategory")
	g.category, _ = r.Attr("RegionCategory")
	g.number, _ = r.Attr("RegionNumber")
	g.above, _ = r.Attr("SuperiorRegionCategory")
	g.aboveNumber, _ = r.Attr("SuperiorRegionNumber")
	for r.Enter(); r.Next(); {
		if string(r.Name()) == "RegionName" {
			g.name = x.clean(r.Text())
		} else {
			r.Skip() // committees
		}
	}
	r.Require("RegionName")
	return g
}

// isDomain tells whether a region is the place that the election is of: it
// lies in none, and has the number of the domain or, where that has none, its
// name.
func (x *reader) isDomain(g region) bool {
	switch {
	case g.above != "" || x.domainKey() == "":
		return false
	case x.domain.id != "":
		return strings.TrimLeft(g.number, "0") == strings.TrimLeft(x.domain.id, "0")
	}
	return g.name == x.domain.name
}

// domainKey is the key of the place that the election is of, "" where that is
// the nation. Provinces have no number in counts.
func (x *reader) domainKey() string {
	switch x.category {
	case "TK", "EK", "EP", "NR":
		return x.domain.id
	}
	return cmp.Or(x.domain.id, x.domain.name)
}

// domainType is the type of that place.
func (x *reader) domainType() snapshot.UnitType {
	switch x.category {
	case "GR":
		return snapshot.Municipality
	case "PS":
		return snapshot.State
	case "AB":
		return snapshot.District
	}
	return snapshot.OtherUnit
}

// own is the unit that the document as a whole counts: the authority's.
func (x *reader) own() snapshot.UnitDef {
	id := x.authority.id
	switch {
	case id == central && x.domainKey() != "":
		return snapshot.UnitDef{Key: x.domainKey(), Name: x.domain.name, Type: x.domainType()}
	case id == central:
		return snapshot.UnitDef{Key: nation, Name: "Nederland", Type: snapshot.Country}
	case strings.HasPrefix(id, "HSB"):
		return snapshot.UnitDef{Key: id, Name: x.contest.name, Type: snapshot.District}
	}
	return snapshot.UnitDef{Key: id, Name: x.clean(x.authority.name), Type: snapshot.Municipality}
}

// part is a reporting unit of the document.
func (x *reader) part(id named) snapshot.UnitDef {
	def := snapshot.UnitDef{Key: id.id, Name: x.clean(id.name), Parent: x.own().Key, Type: snapshot.Municipality}
	switch {
	case strings.Contains(id.id, "::"), x.message == "510a", x.message == "510b":
		def.Type = snapshot.Precinct
	case strings.HasPrefix(id.id, "HSB"):
		def.Type = snapshot.District
	}
	if def.Parent == def.Key {
		def.Parent = ""
	}
	return def
}
