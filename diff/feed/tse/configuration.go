package tse

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// election is one of those that EA11 lists.
type election struct {
	code, name string
	kind       string // tp
	cycle      string // "ele2026": the folder
	offices    []officeIn
}

// officeIn is an office and the area for which EA11 lists it: "br" or a state.
type officeIn struct{ area, code string }

// national reports whether an election has a progress file of the country:
// regular ones of states, of municipalities and federal ones. By-elections
// have one in each state.
func (e *election) national() bool { return e.kind == "1" || e.kind == "3" || e.kind == "8" }

// told reports whether the progress file of a state, or of the country, is the
// one to believe on a place. States stand in their own and in the country's,
// which are made at different times and would contradict each other.
func (e *election) told(a progressOf, by string) bool {
	return a.level != "uf" || (by == "br") == e.national()
}

// officesIn are the codes of the offices that are voted for in an area, as far
// as they are known here. A list for the country holds those of all states;
// in the country as a whole and abroad only those are voted for that it elects.
func (e *election) officesIn(uf string) []string {
	var codes []string
	for _, o := range e.offices {
		switch {
		case o.area != "br" && o.area != uf, slices.Contains(codes, o.code), officeName(o.code) == "":
		case o.code == "8" && uf != "df", o.code == "7" && uf == "df": // deputies of the district, of a state
		case (uf == "br" || uf == "zz") && decidedIn(o.code) != "br":
		default:
			codes = append(codes, o.code)
		}
	}
	return codes
}

// configurationFile is EA11.
type configurationFile struct {
	generated moment
	made      time.Time
	phase     string
	cycle     string // of all, 2022; since 2024 it stands with each poll
	elections []election
}

func (d *decoder) readConfiguration(p feed.Payload) (*configurationFile, []snapshot.Finding, error) {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return nil, nil, err
	}
	r.Entities = true
	f := &configurationFile{}
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "dg":
			f.generated.day = word(r)
		case "hg":
			f.generated.clock = word(r)
		case "f":
			f.phase = word(r)
		case "c":
			f.cycle = word(r)
		case "pl":
			for r.List(); r.NextItem(); {
				f.readPoll(r)
			}
		case "idg":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("dg", "hg", "f", "pl")
	findings, err := r.Finish("")
	if err != nil {
		return nil, nil, err
	}
	if f.made, err = d.at(p, f.generated); err != nil {
		return nil, nil, err
	}
	for i := range f.elections {
		e := &f.elections[i]
		if e.cycle == "" {
			e.cycle = f.cycle
		}
		if slices.Contains(d.chosen.elections, e.code) && !folder(e.cycle) {
			r := p.Refuse("E_IDENTITY", "%q is no folder of election %s", e.cycle, e.code)
			r.Place, r.Field = e.code, "c"
			return nil, nil, r
		}
	}
	return f, findings, nil
}

// folder reports whether a cycle can be part of an address.
func folder(cycle string) bool {
	return cycle != "" && strings.Trim(cycle, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// readPoll reads an item of `pl`: elections of one day.
func (f *configurationFile) readPoll(r *feed.JSON) {
	first, cycle := len(f.elections), ""
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "c":
			cycle = word(r)
		case "e":
			for r.List(); r.NextItem(); {
				f.elections = append(f.elections, readElection(r))
			}
		case "cd", "cdpr", "dt", "dtlim":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("e")
	for i := first; i < len(f.elections); i++ {
		f.elections[i].cycle = cycle
	}
}

func readElection(r *feed.JSON) election {
	var e election
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "cd":
			e.code = word(r)
		case "nm":
			e.name = r.Text(feed.MaxName)
		case "tp":
			e.kind = word(r)
		case "abr":
			for r.List(); r.NextItem(); {
				e.readArea(r)
			}
		case "cdt2", "t", "sup":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("cd", "nm", "tp", "abr")
	return e
}

// readArea reads an item of `abr`: an area and its offices.
func (e *election) readArea(r *feed.JSON) {
	area := ""
	first := len(e.offices)
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "cd":
			area = word(r)
		case "cp":
			for r.List(); r.NextItem(); {
				e.offices = append(e.offices, officeIn{code: readOfficeCode(r)})
			}
		case "ds":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("cd", "cp")
	for i := first; i < len(e.offices); i++ {
		e.offices[i].area = area
	}
}

func readOfficeCode(r *feed.JSON) (office string) {
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "cd":
			office = strings.TrimLeft(word(r), "0")
		case "ds", "tp":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("cd")
	if !r.Failed() && (len(office) > 4 || !digits(office)) {
		r.Refuse("E_IDENTITY", "%q is no office", office)
	}
	return office
}

// configuration turns EA11 into an update that names the election, if one alone
// was chosen, and remembers those that were.
func (d *decoder) configuration(p feed.Payload) (snapshot.Update, error) {
	f, findings, err := d.readConfiguration(p)
	if err != nil {
		return snapshot.Update{}, err
	}
	u := snapshot.Update{Scope: "elections", Stamp: snapshot.Stamp{Time: f.made}, Phase: phase(f.phase), Findings: findings}
	for _, code := range d.chosen.elections {
		i := slices.IndexFunc(f.elections, func(e election) bool { return e.code == code })
		if i < 0 {
			u.Findings = append(u.Findings, snapshot.Finding{Code: "F_WAITING",
				Text: fmt.Sprintf("election %s is configured, and the source does not list it yet", code)})
			continue
		}
		e := &f.elections[i]
		if len(d.chosen.elections) == 1 {
			u.Name, u.Election = e.name, e.code
		}
		for _, o := range e.offices {
			if officeName(o.code) == "" && d.chosen.office(o.code) {
				u.Findings = append(u.Findings, snapshot.Finding{Code: "F_UNKNOWN_VALUE",
					Text: fmt.Sprintf("office %s of election %s is not known to this format; it is not followed", o.code, e.code)})
			}
		}
	}
	d.route.configured(d.chosen.elections, f)
	return u, nil
}
