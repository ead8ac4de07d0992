package tse

import (
	"slices"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
)

// Follow implements feed.Follower for the elections that were chosen. EA11
// leads to EA12 and EA14, EA12 to EA15 of its states, EA14 and EA15 to the EA20
// of the places they list; EA09, where it is polled, to EA01 and EA02. Names
// are made of codes that these files list, and of nothing else.
//
// What leads further is polled, so that it is read again after a restart. A
// result is asked for once for each state of its place: time of the count and
// sections counted. The TSE warns that progress files may be ahead of results:
// one that was read and still has fewer sections than its place when the next
// progress file comes, or when the count of the place is over, is polled until
// it has them.
func (d *decoder) Follow(p feed.Payload) []feed.Want {
	name := parseName(p.Name)
	if len(d.chosen.elections) == 0 || name.skipped() || name.kind == "u" {
		return nil
	}
	p, _, err := d.open(p, name)
	if err != nil {
		return nil
	}
	switch d.kindOf(p, name) {
	case configurationKind:
		return d.followConfiguration(p, name)
	case municipalitiesKind:
		return d.followMunicipalities(p, name)
	case progressKind:
		return d.followProgress(p, name)
	case indexKind:
		return d.followIndex(p, name)
	}
	return nil
}

// above is the folder that holds the folders of a file, "" and false when it
// does not lie where the TSE puts it.
func above(p feed.Payload, name fileName, folders string) (string, bool) {
	return strings.CutSuffix(p.Name, folders+name.base)
}

// signedExt is the extension of files that the TSE signs.
func (d *decoder) signedExt() string {
	if len(d.keys) > 0 {
		return ".jws"
	}
	return ".json"
}

func (d *decoder) followConfiguration(p feed.Payload, name fileName) []feed.Want {
	f, _, err := d.readConfiguration(p)
	root, ok := above(p, name, "comum/config/")
	if err != nil || !ok {
		return nil
	}
	var wants []feed.Want
	for _, e := range f.elections {
		if !slices.Contains(d.chosen.elections, e.code) {
			continue
		}
		at, code := root+e.cycle+"/"+e.code+"/", "-e"+pad(e.code, 6)
		wants = append(wants, feed.Want{Name: at + "config/mun" + code + "-cm.json"})
		if e.national() {
			wants = append(wants, feed.Want{Name: at + "dados/br/br" + code + "-ab" + d.signedExt()})
		}
	}
	return wants
}

func (d *decoder) followMunicipalities(p feed.Payload, name fileName) []feed.Want {
	all, _, err := d.readAreas(p, name)
	root, ok := above(p, name, "config/")
	e, listed := d.route.election(name.election)
	if err != nil || !ok || !listed {
		return nil
	}
	if !d.chosen.follows("mu") && !d.chosen.follows("zona") && e.national() {
		return nil // EA14 says all that is asked for
	}
	var wants []feed.Want
	for _, a := range all.states {
		if len(d.offices(e, a.uf)) > 0 {
			wants = append(wants, feed.Want{Name: root + "dados/" + a.uf + "/" + a.uf + "-e" + pad(e.code, 6) + "-ab" + d.signedExt()})
		}
	}
	return wants
}

// offices are those to follow in an area.
func (d *decoder) offices(e election, uf string) []string {
	return slices.DeleteFunc(e.officesIn(uf), func(office string) bool { return !d.chosen.office(office) })
}

func (d *decoder) followProgress(p feed.Payload, name fileName) []feed.Want {
	f, _, err := d.readProgress(p, name)
	if err != nil || name.uf == "" {
		return nil
	}
	root, ok := above(p, name, "dados/"+name.uf+"/")
	e, listed := d.route.election(f.election)
	if !ok || !listed {
		return nil
	}
	var wants []feed.Want
	want := func(a progressOf, uf, office, zone string) {
		place := a.place(uf)
		stem := place + zone + "-c" + pad(office, 4) + "-e" + pad(e.code, 6) + "-u"
		version := a.version()
		if zone == "" {
			version = d.route.version(e.code, place, stem, a, f.stamp)
		}
		wants = append(wants, feed.Want{Name: root + "dados/" + uf + "/" + stem + d.signedExt(), Version: version})
	}
	for _, a := range f.places {
		uf := name.uf
		if a.level != "mu" {
			uf = a.code
		}
		if !e.told(a, name.uf) {
			continue
		}
		for _, office := range d.offices(e, uf) {
			if a.level == "uf" && decidedIn(office) == "mu" {
				continue
			}
			if d.chosen.follows(a.level) {
				want(a, uf, office, "")
			}
			if a.level == "mu" && d.chosen.follows("zona") {
				for _, zone := range d.route.zones(e.code, pad(a.code, 5)) {
					want(a, uf, office, "-z"+zone)
				}
			}
		}
	}
	return wants
}

// place is how the names of files name a place of a state.
func (a progressOf) place(uf string) string {
	if a.level == "mu" {
		return uf + pad(a.code, 5)
	}
	return a.code
}

// followIndex leads to names and votes. Consolidated files say no more.
func (d *decoder) followIndex(p feed.Payload, name fileName) []feed.Want {
	f, _, err := d.readIndex(p, name)
	if err != nil {
		return nil
	}
	root, ok := above(p, name, "config/"+f.place+"/")
	if !ok {
		return nil
	}
	var wants []feed.Want
	for _, x := range f.files {
		n := parseName(x.name)
		if x.name != n.stem+".json" || !slices.Contains(d.chosen.elections, n.election) {
			continue
		}
		folder := "dados/" + n.uf + "/"
		switch {
		case n.kind == "cm" && strings.HasPrefix(x.name, "mun-"):
			folder = "config/"
		case n.uf != "br" && stateName(n.uf) == "", !d.chosen.office(strings.TrimLeft(n.office, "0")):
			continue
		case n.kind == "v" && d.chosen.follows(n.level()):
		case n.kind == "f" && n.version != "":
		default:
			continue
		}
		version := strings.Join(strings.Fields(x.made), " ")
		if version == "" {
			version = "none"
		}
		wants = append(wants, feed.Want{Name: root + folder + x.name, Version: version})
	}
	return wants
}

// level is that of the place in a file's name.
func (n fileName) level() string {
	switch {
	case n.mun != "":
		return "mu"
	case n.uf == "br":
		return "br"
	}
	return "uf"
}
