package clarity

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// maxKey is the longest text that becomes part of a key, in runes.
const maxKey = 64

// region is a state, or a county in it.
type region struct{ state, county string }

// site is what an address says: …/GA/Ben_Hill/105379/270230/json/en/summary.json
type site struct {
	region
	configured bool // the region is the operator's
	election   string
	version    uint64 // 0: the address has none
}

// site reads the address of p. What it does not say is empty.
func (d *decoder) site(p feed.Payload) site {
	s := site{region: d.region, configured: d.region.state != ""}
	parts := strings.FieldsFunc(p.Name, func(c rune) bool { return c == '/' })
	at := 0
	for at+1 < len(parts) && !(isNumber(parts[at]) && (isNumber(parts[at+1]) || strings.HasPrefix(parts[at+1], "current_ver"))) {
		at++
	}
	if at+1 >= len(parts) {
		return s
	}
	s.election = parts[at]
	s.version, _ = strconv.ParseUint(parts[at+1], 10, 64)
	if s.configured {
		return s
	}
	switch {
	case at > 0 && isState(parts[at-1]):
		s.state = parts[at-1]
	case at > 1 && isState(parts[at-2]):
		s.state, s.county = parts[at-2], strings.ReplaceAll(parts[at-1], "_", " ")
	}
	return s
}

func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 64)
	return err == nil && s[0] != '0' && s[0] != '+'
}

func isState(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}

// parseRegion reads the setting: "GA" or "GA/Ben Hill".
func parseRegion(s string) (region, bool) {
	state, county, both := strings.Cut(s, "/")
	county = strings.Join(strings.Fields(strings.ReplaceAll(county, "_", " ")), " ")
	return region{state, county}, isState(state) && both == (county != "") && !strings.Contains(county, "/")
}

// unit is the place that a file is about. The address and the setting come
// first, then what the file states, then the name of the feed.
func (s site) unit(p feed.Payload, stated string) (snapshot.UnitDef, error) {
	switch {
	case s.state == "" && stated == "":
		name := p.Feed
		if name == "" {
			name = "site"
		}
		return snapshot.UnitDef{Key: keyOf(name), Name: name, Type: snapshot.OtherUnit}, nil
	case s.state == "":
		return snapshot.UnitDef{Key: keyOf(stated), Name: stated, Type: snapshot.OtherUnit}, nil
	}
	u := snapshot.UnitDef{Key: s.state, Name: s.state, Type: snapshot.State}
	if s.county != "" {
		u = snapshot.UnitDef{Key: s.state + "-" + keyOf(s.county), Name: s.county, Type: snapshot.County}
	}
	if stated != "" && !s.configured && letters(stated) != letters(u.Name) {
		r := p.Refuse("E_IDENTITY", "it is about %q, the address about %q", stated, u.Name)
		return u, r
	}
	return u, nil
}

// scope names one kind of file of a site.
func (s site) scope(unit snapshot.UnitDef, kind string) string {
	if s.election == "" {
		return unit.Key + " " + kind
	}
	return unit.Key + " " + s.election + " " + kind
}

// keyOf makes a key of a name: its words with "-" between them.
func keyOf(name string) string { return strings.Join(strings.Fields(name), "-") }

// letters is what two spellings of one name share.
func letters(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, s)
}

// choiceKeys names the choices of one contest: by text, where that is not
// enough by text and party, and where that is not enough by their order among
// equals, which are write-in lines.
func choiceKeys(choices []snapshot.ChoiceDef) {
	twins := false
	for i := range choices {
		choices[i].Key = choices[i].Name
		twins = twins || i >= fewChoices
		for j := 0; j < i && !twins; j++ {
			twins = choices[j].Name == choices[i].Name
		}
	}
	if !twins {
		return
	}
	seen, used := map[string]int{}, map[string]int{}
	for _, c := range choices {
		seen[c.Name]++
	}
	for i := range choices {
		c := &choices[i]
		if seen[c.Name] > 1 && c.Party != "" {
			c.Key += " / " + c.Party
		}
		used[c.Key]++
		if n := used[c.Key]; n > 1 {
			c.Key += " " + strconv.Itoa(n)
		}
	}
}

// fewChoices are so many that comparing each with each is quick.
const fewChoices = 16

// party drops the code of sites that name no parties.
func party(s string) string {
	if s == "NP" {
		return ""
	}
	return s
}
