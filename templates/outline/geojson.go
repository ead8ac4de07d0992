package outline

import (
	"encoding/json"
	"errors"
	"fmt"
)

type collection struct {
	Type     string
	Features []feature
}

type feature struct {
	ID         json.RawMessage
	Properties map[string]json.RawMessage
	Geometry   *geometry
}

type geometry struct {
	Type        string
	Coordinates json.RawMessage
	Geometries  []geometry
}

// GeoJSON reads a FeatureCollection (RFC 7946) of polygons. Each feature is
// named by the property, or without one by its id or its property "id";
// features of one name are one area.
func GeoJSON(raw []byte, property string) (*Map, error) {
	var c collection
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, fmt.Errorf("it is not GeoJSON: %w", err)
	}
	if c.Type != "FeatureCollection" {
		return nil, fmt.Errorf("it is a %q of GeoJSON; a FeatureCollection is wanted", c.Type)
	}
	m := &Map{}
	at := map[string]int{}
	for i, f := range c.Features {
		name, err := f.name(property)
		if err != nil {
			return nil, fmt.Errorf("feature %d: %w", i+1, err)
		}
		if f.Geometry == nil {
			continue // a place that is not drawn
		}
		rings, err := f.Geometry.rings()
		if err != nil {
			return nil, fmt.Errorf("feature %d, %q: %w", i+1, name, err)
		}
		m.add(at, name, rings)
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	m.flatten()
	return m, nil
}

func (f *feature) name(property string) (string, error) {
	value, what := f.ID, "id"
	if property != "" {
		value, what = f.Properties[property], fmt.Sprintf("property %q", property)
	} else if value == nil {
		value = f.Properties["id"]
	}
	var s string
	if json.Unmarshal(value, &s) == nil && s != "" {
		return s, nil
	}
	var n json.Number
	if json.Unmarshal(value, &n) == nil && n != "" {
		return n.String(), nil
	}
	return "", fmt.Errorf("its %s, which names its unit, is missing or neither a text nor a number", what)
}

func (g *geometry) rings() ([][]Point, error) {
	var polygons [][][][]float64
	var err error
	switch g.Type {
	case "Polygon":
		polygons = make([][][][]float64, 1)
		err = json.Unmarshal(g.Coordinates, &polygons[0])
	case "MultiPolygon":
		err = json.Unmarshal(g.Coordinates, &polygons)
	case "GeometryCollection":
		var all [][]Point
		for i := range g.Geometries {
			rings, err := g.Geometries[i].rings()
			if err != nil {
				return nil, err
			}
			all = append(all, rings...)
		}
		return all, nil
	default:
		return nil, fmt.Errorf("it is a %s; Polygon and MultiPolygon are taken", g.Type)
	}
	if err != nil {
		return nil, fmt.Errorf("its coordinates: %w", err)
	}
	var all [][]Point
	for _, polygon := range polygons {
		for _, ring := range polygon {
			points := make([]Point, len(ring))
			for i, p := range ring {
				if len(p) < 2 {
					return nil, errors.New("a position has fewer than two numbers")
				}
				points[i] = Point{p[0], p[1]}
			}
			all = append(all, points)
		}
	}
	return all, nil
}
