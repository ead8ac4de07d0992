package templates

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/templates/outline"
)

// maxMap is the most bytes of a map as it is transferred.
const maxMap = 50 << 10

// unitMap is the map of a place.
type unitMap struct {
	file  string   // of the folder
	asset string   // the name of the File
	ids   []string // the units of its areas, in their order
	areas map[string]bool
	bytes int // as transferred
}

// mapSettings reads maps.toml: by place, the property of GeoJSON or the
// attribute of SVG that names the unit of an area.
func (f *folder) mapSettings() {
	const name = "maps.toml"
	raw, ok := f.files[name]
	if !ok || !f.short(name, raw, maxColours) {
		return
	}
	var file map[string]struct{ Property string }
	dec := toml.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		line, reason := tomlProblem(err)
		f.wrong(name, line, "%s", reason)
		return
	}
	f.property = map[string]string{}
	for unit, set := range file {
		f.property[unit] = set.Property
		if f.files["maps/"+unit+".svg"] == nil && f.files["maps/"+unit+".geojson"] == nil {
			f.wrong(name, 0, "[%s] is about maps/%s.svg or .geojson, and there is neither", unit, unit)
		}
	}
}

// unitMap imports the map of a place.
func (f *folder) unitMap(name, unit, ext string, raw []byte) {
	if !snapshot.IsSlug(unit) {
		f.wrong(name, 0, "%q is not the id of a unit; it stands in the address of the unit's page", unit)
		return
	}
	if !f.short(name, raw, MaxOverride) {
		return
	}
	if f.o.maps[unit] != nil {
		f.wrong(name, 0, "there is %s as well", f.o.maps[unit].file)
		return
	}
	read := outline.GeoJSON
	if ext == ".svg" {
		read = outline.SVG
	}
	m, err := read(raw, f.property[unit])
	if err != nil {
		f.wrong(name, 0, "%v", err)
		return
	}
	u := &unitMap{file: name, asset: "map-" + unit + ".svg", areas: map[string]bool{}}
	for i := range m.Areas {
		area := &m.Areas[i]
		id, err := snapshot.Slug(strings.TrimPrefix(area.Name, "u-"))
		if err != nil || u.areas[id] {
			f.wrong(name, 0, "area %q: its name makes no id of its own", area.Name)
			return
		}
		u.ids = append(u.ids, id)
		u.areas[id] = true
		area.Name = "u-" + id
	}
	svg, size, err := m.SVG(maxMap)
	if err != nil {
		f.wrong(name, 0, "%v", err)
		return
	}
	u.bytes = size
	f.o.maps[unit] = u
	f.o.files = append(f.o.files, File{u.asset, svg})
}

// Map is the map of a unit, nil when there is none. addresses are those of the
// files that Assets returned, by name.
func (o *Overrides) Map(unit string, addresses map[string]Asset) *MapRef {
	if o == nil || o.maps[unit] == nil {
		return nil
	}
	m := o.maps[unit]
	return &MapRef{Asset: addresses[m.asset], Bytes: m.bytes, areas: m.areas}
}

// of is m for a table with n rows, of which id names the units; nil when m
// shows none of them.
func (m *MapRef) of(n int, id func(row int) string) *MapRef {
	if m == nil || m.areas == nil {
		return m
	}
	for i := range n {
		if m.areas[id(i)] {
			return m
		}
	}
	return nil
}

// CompareMaps holds the maps against the units that there are. wrong names
// maps of places that do not exist and areas that show no unit of the place;
// missing names units that no area shows though others of their type are
// shown.
func (o *Overrides) CompareMaps(units []*snapshot.Unit) (wrong, missing []string) {
	if o == nil {
		return nil, nil
	}
	byID := make(map[string]*snapshot.Unit, len(units))
	for _, u := range units {
		byID[u.ID] = u
	}
	for id, m := range o.maps {
		place := byID[id]
		if place == nil {
			wrong = append(wrong, fmt.Sprintf("%s: there is no unit %q", m.file, id))
			continue
		}
		w, types := m.strangers(place, byID)
		wrong = append(wrong, w...)
		missing = append(missing, m.absent(place, types, units)...)
	}
	slices.Sort(wrong)
	slices.Sort(missing)
	return wrong, missing
}

// strangers are the areas that show no unit inside place, and the types of the
// units that the others show.
func (m *unitMap) strangers(place *snapshot.Unit, byID map[string]*snapshot.Unit) (wrong []string, types map[snapshot.UnitType]bool) {
	types = map[snapshot.UnitType]bool{}
	for _, id := range m.ids {
		u := byID[id]
		switch {
		case u == nil:
			wrong = append(wrong, fmt.Sprintf("%s: its area %q is no unit", m.file, id))
		case !within(u, place):
			wrong = append(wrong, fmt.Sprintf("%s: its area %q is a unit that does not lie in %q", m.file, id, place.ID))
		default:
			types[u.Type] = true
		}
	}
	return wrong, types
}

func (m *unitMap) absent(place *snapshot.Unit, types map[snapshot.UnitType]bool, units []*snapshot.Unit) []string {
	var out []string
	for _, u := range units {
		if types[u.Type] && !m.areas[u.ID] && within(u, place) {
			out = append(out, fmt.Sprintf("%s: no area shows %q, %s", m.file, u.ID, u.Name))
		}
	}
	return out
}

// within reports whether u lies in place and is not place itself.
func within(u, place *snapshot.Unit) bool {
	for p := u.Parent; p != nil; p = p.Parent {
		if p == place {
			return true
		}
	}
	return false
}
