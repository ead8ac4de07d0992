// Package portugal reads the results of Portugal's elections by lists as the
// Ministry of Internal Administration's site shows them: one JSON document for
// each territory (`TerritoryResults?territoryKey=LOCAL-110000`), and the list of
// territories with their names.
//
// It promises to read the present election alone: the results of the one before,
// which stand in the same document, are left. It refuses a territory that is not
// the one its name says, and takes from the name which of the three local bodies
// a document is of. Learned from the documents of the legislative election
// of March 2024; the ministry publishes no specification.
package portugal

import (
	"net/url"
	"path"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// Format is "portugal".
//
// Stamp: `timeOnServer`; the order of receipt for the list of territories.
// Scope: `territoryKey`, with the local body, or "territories".
//
// Keys: units and contests `territoryKey`, with "-CM", "-AM" or "-AF" for the
// contest of a local body; the country is "LOCAL-500000".
// Choices `acronym`, in the order of their letters, since the document has them
// by votes.
func Format() feed.Format {
	return feed.Format{
		Name:       "portugal",
		Doc:        "Portugal, Ministry of Internal Administration: results by territory (JSON)",
		Stamps:     "timeOnServer",
		Zone:       "Europe/Lisbon",
		Concurrent: true,
		New: func(o feed.Options) (feed.Decoder, error) {
			return &decoder{opts: o}, nil
		},
	}
}

type decoder struct{ opts feed.Options }

// Decode implements feed.Decoder. A payload gives one update: the result of one
// territory, or the names of territories.
func (d *decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return nil, err
	}
	if r.Kind() == '[' {
		return d.territories(p, r)
	}
	doc := readDocument(r)
	unknown, err := r.Finish(doc.key)
	if err != nil {
		return nil, err
	}
	name := readName(p.Name)
	if name.territory != "" && name.territory != doc.key {
		refusal := p.Refuse("E_IDENTITY", "the name says territory %s, the document %s", name.territory, doc.key)
		refusal.Place, refusal.Field = doc.name, "territoryKey"
		return nil, refusal
	}
	if local(name.election) != "" {
		doc.election = name.election
	}
	u, err := doc.update(p)
	if err != nil {
		return nil, err
	}
	u.Findings = append(unknown, u.Findings...)
	return []snapshot.Update{u}, nil
}

// territories reads the list of territories: definitions without counts.
func (d *decoder) territories(p feed.Payload, r *feed.JSON) ([]snapshot.Update, error) {
	u := snapshot.Update{Scope: "territories", Stamp: p.Receipt(), Units: []snapshot.UnitDef{country()}}
	for r.List(); r.NextItem(); {
		key, name := "", ""
		for r.Object(); r.NextKey(); {
			switch string(r.Key()) {
			case "territoryKey":
				key = readKey(r)
			case "name":
				name = r.Text(feed.MaxName)
			case "compensation":
				r.Skip()
			default:
				r.Unknown()
			}
		}
		r.Require("territoryKey", "name")
		if key != national {
			u.Units = append(u.Units, unit(key, name))
		}
	}
	unknown, err := r.Finish("")
	if err != nil {
		return nil, err
	}
	u.Findings = unknown
	return []snapshot.Update{u}, nil
}

const national = "LOCAL-500000"

func country() snapshot.UnitDef {
	return snapshot.UnitDef{Key: national, Name: "Portugal", Type: snapshot.Country}
}

// unit describes a territory by its key: two digits of the district or
// autonomous region, two of the municipality, two of the parish.
func unit(key, name string) snapshot.UnitDef {
	u := snapshot.UnitDef{Key: key, Parent: national, Name: name, Type: snapshot.OtherUnit}
	code, local := strings.CutPrefix(key, "LOCAL-")
	switch {
	case strings.HasPrefix(key, "GLOBAL-"): // the country and abroad
		u.Parent = ""
	case strings.HasPrefix(key, "FOREIGN-"):
		u.Type = snapshot.Abroad
	case !local || len(code) != 6:
	case strings.HasSuffix(code, "0000"):
		u.Type = snapshot.District
	case strings.HasSuffix(code, "00"):
		u.Type, u.Parent = snapshot.Municipality, "LOCAL-"+code[:2]+"0000"
	default:
		u.Type, u.Parent = snapshot.Precinct, "LOCAL-"+code[:4]+"00"
	}
	return u
}

// named is what a file's name or an address says: LOCAL-110000.json,
// territory-results-LOCAL-110000-AR.json,
// TerritoryResults?territoryKey=LOCAL-110000&electionId=AR. Both are "" where it
// says nothing.
type named struct{ territory, election string }

func readName(name string) named {
	if _, query, ok := strings.Cut(name, "?"); ok {
		values, _ := url.ParseQuery(query) // what can be read of it
		return named{values.Get("territoryKey"), values.Get("electionId")}
	}
	parts := strings.Split(strings.ToUpper(strings.TrimSuffix(path.Base(name), path.Ext(name))), "-")
	if len(parts) > 2 && parts[0] == "TERRITORY" && parts[1] == "RESULTS" {
		parts = parts[2:]
	}
	if len(parts) < 2 || len(parts) > 3 || !isKey(parts[0]+"-"+parts[1]) {
		return named{}
	}
	n := named{territory: parts[0] + "-" + parts[1]}
	if len(parts) == 3 {
		n.election = parts[2]
	}
	return n
}

// local names a local body, by what the ministry calls its election; "" for
// every other election. On one day a territory elects three of them, and their
// documents differ in nothing but the name.
func local(election string) string {
	switch election {
	case "CM":
		return "Câmara Municipal"
	case "AM":
		return "Assembleia Municipal"
	case "AF":
		return "Assembleia de Freguesia"
	}
	return ""
}

// isKey reports whether s is capital letters, a dash and six digits.
func isKey(s string) bool {
	kind, code, ok := strings.Cut(s, "-")
	return ok && kind != "" && strings.Trim(kind, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && len(code) == 6 && strings.Trim(code, "0123456789") == ""
}
