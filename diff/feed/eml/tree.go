package eml

import (
	"fmt"
	"strings"

	"github.com/heraldresults/herald/diff/snapshot"
)

// nation is the key of the whole country.
const nation = "STAAT"

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

// tree reads the regions of a definition.
func (x *reader) tree() {
	r := x.r
	for r.Enter(); r.Next(); {
		if string(r.Name()) != "Region" {
			r.Unknown()
			continue
		}
		category, _ := r.Attr("RegionCategory")
		number, _ := r.Attr("RegionNumber")
		r.RequireAttr("RegionCategory")
		def := snapshot.UnitDef{Key: regionKey(category, number), Type: regionType(category)}
		if above, ok := r.Attr("SuperiorRegionCategory"); ok {
			number, _ := r.Attr("SuperiorRegionNumber")
			def.Parent = regionKey(above, number)
		}
		for r.Enter(); r.Next(); {
			if string(r.Name()) == "RegionName" {
				def.Name = x.clean(r.Text())
			} else {
				r.Skip() // committees
			}
		}
		r.Require("RegionName")
		x.u.Units = append(x.u.Units, def)
	}
}

// own is the unit that the document as a whole counts: the authority's.
func (x *reader) own() snapshot.UnitDef {
	id := x.authority.id
	switch {
	case id == "CSB" && x.domain.id != "":
		return snapshot.UnitDef{Key: x.domain.id, Name: x.clean(x.domain.name), Type: snapshot.OtherUnit}
	case id == "CSB":
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
	case strings.Contains(id.id, "::"):
		def.Type = snapshot.Precinct
	case strings.HasPrefix(id.id, "HSB"):
		def.Type = snapshot.District
	}
	if def.Parent == def.Key {
		def.Parent = ""
	}
	return def
}
