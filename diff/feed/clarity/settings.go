package clarity

import (
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// settings are those of one version.
type settings struct {
	version  uint64
	election string
	name     string
	phase    snapshot.Phase
	updated  string
	entity   string
	parent   string
	counties []string
}

// readSettings takes electionsettings.json. Nearly all of its hundreds of keys
// are texts and switches of the website, which come and go; they are passed
// over without a finding.
func (d *decoder) readSettings(p feed.Payload, s site, r *feed.JSON) (snapshot.Update, error) {
	none := snapshot.Update{}
	f, known := settings{version: s.version}, false
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "settings":
			known = true
			f.read(r)
		case "websiteupdatedat":
			f.updated = r.Text(feed.MaxName)
		case "entityname":
			f.entity = r.Text(maxKey)
		case "parententityname":
			if f.parent = r.Text(maxKey); f.parent == "null" {
				f.parent = ""
			}
		default:
			r.Skip()
		}
	}
	if !known {
		r.Refuse("E_VERSION", "an object that is not electionsettings.json; the layouts before it are not read")
	}
	findings, err := r.Finish("")
	if err != nil {
		return none, err
	}
	u, err := f.state(p, s, d.opts.Location)
	if err != nil {
		return none, err
	}
	u.Findings = findings
	d.settings = f
	return u, nil
}

// state makes an update of settings: the place, its counties and whether the
// site is in its test mode.
func (f *settings) state(p feed.Payload, s site, zone *time.Location) (snapshot.Update, error) {
	none := snapshot.Update{}
	if f.election != "" && s.election != "" && f.election != s.election {
		return none, located(p, p.Refuse("E_IDENTITY", "election %s, the address says %s", f.election, s.election), "settings.electiondetails.electionid")
	}
	if s.state == "" && isState(f.entity) {
		s.state = f.entity
	} else if s.state == "" && isState(f.parent) {
		s.state, s.county = f.parent, f.entity
	}
	unit, err := s.unit(p, f.entity)
	if err != nil {
		return none, err
	}
	var at time.Time
	if f.updated != "" {
		var refusal *feed.Refusal
		if at, refusal = parseTime(f.updated, zone); refusal != nil {
			return none, located(p, refusal, "websiteupdatedat")
		}
	}
	u := snapshot.Update{Scope: s.scope(unit, "settings"), Stamp: s.stamp(p, at), Name: f.name, Election: f.election, Phase: f.phase}
	u.Units = append(u.Units, unit)
	for _, c := range f.counties {
		u.Units = append(u.Units, snapshot.UnitDef{Key: unit.Key + "-" + keyOf(c), Parent: unit.Key, Name: c, Type: snapshot.County})
	}
	return u, nil
}

func (f *settings) read(r *feed.JSON) {
	for r.Object(); r.NextKey(); {
		if string(r.Key()) == "electiondetails" {
			f.readDetails(r)
		} else {
			r.Skip()
		}
	}
	r.Require("electiondetails")
}

func (f *settings) readDetails(r *feed.JSON) {
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "electionid":
			f.election = r.Text(feed.MaxName)
		case "internalname":
			f.name = r.Text(feed.MaxName)
		case "istestmode":
			f.readMode(r)
		case "participatingcounties":
			f.readCounties(r)
		default:
			r.Skip()
		}
	}
}

func (f *settings) readMode(r *feed.JSON) {
	switch test, stated := flag(r); {
	case test:
		f.phase = snapshot.PhaseTest
	case stated:
		f.phase = snapshot.PhaseLive
	}
}

// readCounties takes entries like "Ben_Hill|105379|270230|11/9/2020 8:24:49 AM
// EST|16": name, election, version and time of the county's own site.
func (f *settings) readCounties(r *feed.JSON) {
	if r.Kind() == 'n' {
		r.Skip()
		return
	}
	seen := map[string]bool{}
	for r.List(); r.NextItem(); {
		name, _, _ := strings.Cut(r.Text(feed.MaxDetail), "|")
		name = strings.Join(strings.Fields(strings.ReplaceAll(name, "_", " ")), " ")
		if name == "" || seen[name] {
			r.Refuse("E_DUPID", "county %q without a name of its own", name)
		}
		seen[name] = true
		f.counties = append(f.counties, name)
	}
}

// flag takes true, false, 0, 1, their texts or null.
func flag(r *feed.JSON) (value, stated bool) {
	if k := r.Kind(); k == 't' || k == 'f' || k == 'n' {
		return r.Bool()
	}
	b, _ := r.Scalar()
	switch strings.ToLower(string(b)) {
	case "":
		return false, false
	case "0", "false":
		return false, true
	case "1", "true":
		return true, true
	}
	r.Refuse("E_TYPE", "%q is neither true nor false", string(b))
	return false, false
}
