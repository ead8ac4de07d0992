package tse

import (
	"slices"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// elections2026 is an EA11 file with a federal and a state election, one of
// municipalities, and a by-election; towns2026 EA12 of two states and abroad.
const (
	elections2026 = `{"dg":"01/10/2026","hg":"10:00:00","f":"o","pl":[
{"cd":"3220","cdpr":"3219","c":"ele2026","dt":"04/10/2026","dtlim":"01/01/2028","e":[
 {"cd":"6257","cdt2":"6258","nm":"Elei&#231;&#227;o Federal 1&#186; Turno","t":"1","tp":"8","abr":[{"cd":"br","cp":[{"cd":"1","ds":"Presidente","tp":"1"}]}]},
 {"cd":"6259","cdt2":"6260","nm":"Eleição Estadual","t":"1","tp":"1","abr":[{"cd":"br","cp":[{"cd":"3","ds":"Governador","tp":"1"},{"cd":"7","ds":"Deputado Estadual","tp":"2"},{"cd":"8","ds":"Deputado Distrital","tp":"2"}]}]}]},
{"cd":"2000","c":"ele2024","dt":"06/10/2024","e":[
 {"cd":"619","nm":"Eleição Municipal","t":"1","tp":"3","abr":[{"cd":"br","cp":[{"cd":"0011","ds":"Prefeito","tp":"1"},{"cd":"13","ds":"Vereador","tp":"2"},{"cd":"99","ds":"Conselho","tp":"1"}]}]},
 {"cd":"700","nm":"Eleição Suplementar","t":"1","tp":"2","abr":[{"cd":"sp","cp":[{"cd":"3","ds":"Governador","tp":"1"}]}]}]}]}`

	towns2026 = `{"dg":"01/10/2026","hg":"10:00:01","f":"o","abr":[{"cd":"df","ds":"DISTRITO FEDERAL","mu":[{"cd":"97012","cdi":"5300108","nm":"BRASÍLIA","c":"s","z":["0001"]}]},
{"cd":"sp","ds":"SÃO PAULO","mu":[{"cd":"71072","cdi":"3550308","nm":"SÃO PAULO","c":"s","z":["0001","0002"]}]},{"cd":"zz","ds":"EXTERIOR","mu":[{"cd":"29254","cdi":"","nm":"ABIDJÃ","c":"n","z":["0001"]}]}]}`

	// progressBR is EA14 in the layout of 2026, progressSP EA15 in that of 2022.
	progressBR = `{"ele":"6257","t":"1","f":"o","dg":"04/10/2026","hg":"18:00:00","idg":"70","abr":[
{"and":"p","tpabr":"uf","cdabr":"sp","dt":"04/10/2026","ht":"17:58:00","munnr":"1","pmunnr":"50,00","s":{"ts":"20","st":"12","pst":"60,00","snt":"8"},"e":{"te":"900","est":"500","c":"400","a":"100"}},
{"and":"n","tpabr":"uf","cdabr":"zz","dt":"","ht":"","s":{"ts":"5","st":"0"},"e":{"te":"50"}},
{"and":"p","tpabr":"br","cdabr":"br","dt":"04/10/2026","ht":"17:59:00","ufsnr":"1","s":{"ts":"25","st":"12"},"e":{"te":"950"}}]}`

	progressSP = `{ "ele" : "619", "t" : "1", "f" : "O", "dg" : "06/10/2024", "hg" : "19:01:00", "abr" : [
{ "and" : "P", "tpabr" : "MU", "cdabr" : "71072", "dt" : "06/10/2024", "ht" : "19:00:58", "s" : "10", "st" : "7", "snt" : "3", "pst" : "70,00", "e" : "200", "c" : "115", "a" : "85" },
{ "and" : "N", "tpabr" : "mun", "cdabr" : "71080", "dt" : "", "ht" : "", "s" : "4", "st" : "0", "snt" : "4", "e" : "80", "c" : "0", "a" : "0" },
{ "and" : "P", "tpabr" : "UF", "cdabr" : "SP", "dt" : "06/10/2024", "ht" : "19:00:58", "s" : "14", "st" : "7", "snt" : "7", "e" : "280", "c" : "115", "a" : "85", "munnr" : "1", "munpt" : "1", "munf" : "0" } ] }`

	index2022 = `{"cdabr":"ES","arq":[{"nm":"ele-c.json","dh":"25/08/2023 18:25:42"},{"nm":"mun-e000546-cm.json","dh":"02/10/2022 15:32:14"},{"nm":"cert-e000546-a.cer","dh":"x"},
{"nm":"es-c0003-e000546-004-f.json","dh":"30/09/2022 17:28:52"},{"nm":"es-c0003-e000546-004-f.sig","dh":"30/09/2022 17:28:52"},{"nm":"es-c0003-e000546-v.json","dh":"02/10/2022 20:00:01"},
{"nm":"es56120-c0003-e000546-v.json","dh":"02/10/2022 20:00:02"},{"nm":"es56120-c0005-e000546-v.json","dh":""},{"nm":"es-c0003-e000546-r.json","dh":"02/10/2022 20:00:03"},{"nm":"es-e000546-ab.json","dh":"02/10/2022 20:00:03"},
{"nm":"br-c0001-e000544-011-f.json","dh":"14/09/2022 16:52:03"},{"nm":"../es-c0003-e000546-v.json","dh":"1"},{"nm":"qq-c0003-e000546-v.json","dh":"1"}]}`
)

const root = "oficial/"

// follow decodes payloads and returns what the last of them leads to, one
// "name version" a line.
func follow(t *testing.T, d feed.Decoder, files ...file) []string {
	t.Helper()
	var wants []feed.Want
	for _, f := range files {
		p := feed.Payload{Feed: "tse", Name: f.name, Body: []byte(f.body)}
		if _, err := d.Decode(p); err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		wants = d.(feed.Follower).Follow(p)
	}
	out := []string{}
	for _, w := range wants {
		out = append(out, strings.TrimSpace(w.Name+" "+w.Version))
	}
	return out
}

var (
	configFile = file{root + "comum/config/ele-c.json", elections2026}
	townsFile  = func(election, body string) file {
		return file{root + "ele2026/" + election + "/config/mun-e00" + election + "-cm.json", body}
	}
	progressBRFile = file{root + "ele2026/6257/dados/br/br-e006257-ab.json", progressBR}
	progressSPFile = file{root + "ele2024/619/dados/sp/sp-e000619-ab.json", progressSP}
)

// way is what files lead to, with settings.
type way struct {
	settings map[string]string
	files    []file
	want     []string
}

var (
	federal     = map[string]string{"elections": "6257"}
	states      = map[string]string{"elections": "6257,6259,6260"}
	municipal   = map[string]string{"elections": "619,700"}
	pairsOf2022 = map[string]string{"elections": "546", "offices": "3"}
)

func with(m map[string]string, name, value string) map[string]string {
	return map[string]string{"elections": m["elections"], name: value}
}

func leads(t *testing.T, ways map[string]way) {
	t.Helper()
	for name, c := range ways {
		t.Run(name, func(t *testing.T) {
			if got := follow(t, decoderWith(t, c.settings), c.files...); !slices.Equal(got, c.want) {
				t.Errorf("leads to\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestElectionsLeadToPlaces(t *testing.T) {
	leads(t, map[string]way{
		"nothing chosen": {nil, []file{configFile}, []string{}},
		"elections": {states, []file{configFile}, []string{
			"oficial/ele2026/6257/config/mun-e006257-cm.json",
			"oficial/ele2026/6257/dados/br/br-e006257-ab.json",
			"oficial/ele2026/6259/config/mun-e006259-cm.json",
			"oficial/ele2026/6259/dados/br/br-e006259-ab.json"}},
		"a by-election has no progress of the country": {municipal, []file{configFile}, []string{
			"oficial/ele2024/619/config/mun-e000619-cm.json",
			"oficial/ele2024/619/dados/br/br-e000619-ab.json",
			"oficial/ele2024/700/config/mun-e000700-cm.json"}},
		"the cycle of 2022 stands outside": {federal, []file{{"comum/config/ele-c.json", strings.NewReplacer(`"f":"o"`, `"f":"o","c":"ele2022"`, `"c":"ele2026",`, "").Replace(elections2026)}}, []string{
			"ele2022/6257/config/mun-e006257-cm.json",
			"ele2022/6257/dados/br/br-e006257-ab.json"}},
		"states and abroad": {federal, []file{configFile, townsFile("6257", towns2026)}, []string{
			"oficial/ele2026/6257/dados/df/df-e006257-ab.json",
			"oficial/ele2026/6257/dados/sp/sp-e006257-ab.json",
			"oficial/ele2026/6257/dados/zz/zz-e006257-ab.json"}},
		"nobody abroad elects a governor": {states, []file{configFile, townsFile("6259", towns2026)}, []string{
			"oficial/ele2026/6259/dados/df/df-e006259-ab.json",
			"oficial/ele2026/6259/dados/sp/sp-e006259-ab.json"}},
		"states alone are in the progress of the country": {with(federal, "levels", "br, uf"), []file{configFile, townsFile("6257", towns2026)}, []string{}},
		"no office of this state":                         {with(states, "offices", "8"), []file{configFile, townsFile("6259", towns2026)}, []string{"oficial/ele2026/6259/dados/df/df-e006259-ab.json"}},
		"towns before elections":                          {federal, []file{townsFile("6257", towns2026)}, []string{}},
	})
}

func TestPlacesLeadToResults(t *testing.T) {
	leads(t, map[string]way{
		"country and states": {federal, []file{configFile, progressBRFile}, []string{
			"oficial/ele2026/6257/dados/sp/sp-c0001-e006257-u.json 04/10/2026 17:58:00 12",
			"oficial/ele2026/6257/dados/zz/zz-c0001-e006257-u.json 0",
			"oficial/ele2026/6257/dados/br/br-c0001-e006257-u.json 04/10/2026 17:59:00 12"}},
		"states without the country": {with(federal, "levels", "uf"), []file{configFile, progressBRFile}, []string{
			"oficial/ele2026/6257/dados/sp/sp-c0001-e006257-u.json 04/10/2026 17:58:00 12",
			"oficial/ele2026/6257/dados/zz/zz-c0001-e006257-u.json 0"}},
		"municipalities": {municipal, []file{configFile, progressSPFile}, []string{
			"oficial/ele2024/619/dados/sp/sp71072-c0011-e000619-u.json 06/10/2024 19:00:58 7",
			"oficial/ele2024/619/dados/sp/sp71072-c0013-e000619-u.json 06/10/2024 19:00:58 7",
			"oficial/ele2024/619/dados/sp/sp71080-c0011-e000619-u.json 0",
			"oficial/ele2024/619/dados/sp/sp71080-c0013-e000619-u.json 0"}},
		"zones of one office": {map[string]string{"elections": "619", "levels": "zona", "offices": "11"},
			[]file{configFile, {"oficial/ele2024/619/config/mun-e000619-cm.json", towns2026}, progressSPFile}, []string{
				"oficial/ele2024/619/dados/sp/sp71072-z0001-c0011-e000619-u.json 06/10/2024 19:00:58 7",
				"oficial/ele2024/619/dados/sp/sp71072-z0002-c0011-e000619-u.json 06/10/2024 19:00:58 7"}},
		"the state of a by-election": {with(municipal, "levels", "uf"), []file{configFile, {"oficial/ele2024/700/dados/sp/sp-e000700-ab.json", strings.Replace(progressSP, `"619"`, `"700"`, 1)}}, []string{
			"oficial/ele2024/700/dados/sp/sp-c0003-e000700-u.json 06/10/2024 19:00:58 7"}},
		"a place where the TSE has none": {federal, []file{configFile, {"br-e006257-ab.json", progressBR}}, []string{}},
		"the index of 2022": {pairsOf2022, []file{{"ele2022/546/config/es/es-e000546-i.json", index2022}}, []string{
			"ele2022/546/config/mun-e000546-cm.json 02/10/2022 15:32:14",
			"ele2022/546/dados/es/es-c0003-e000546-004-f.json 30/09/2022 17:28:52",
			"ele2022/546/dados/es/es-c0003-e000546-v.json 02/10/2022 20:00:01",
			"ele2022/546/dados/es/es56120-c0003-e000546-v.json 02/10/2022 20:00:02"}},
		"towns of the index": {map[string]string{"elections": "546", "levels": "mu", "offices": "5"}, []file{{"ele2022/546/config/es/es-e000546-i.json", index2022}}, []string{
			"ele2022/546/config/mun-e000546-cm.json 02/10/2022 15:32:14",
			"ele2022/546/dados/es/es56120-c0005-e000546-v.json none"}},
		"a result leads nowhere": {municipal, []file{configFile, {"oficial/ele2024/619/dados/sp/sp71072-c0011-e000619-u.json", mayor}}, []string{}},
	})
}

func TestWithAKeySignedFilesAreAskedFor(t *testing.T) {
	s := newSigner(1)
	d, err := Format().New(feed.Options{SignatureKey: []byte(s.jwk("one")), Settings: map[string]string{"elections": "6257", "levels": "br"}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := follow(t, d, configFile), []string{
		"oficial/ele2026/6257/config/mun-e006257-cm.json",
		"oficial/ele2026/6257/dados/br/br-e006257-ab.jws"}; !slices.Equal(got, want) {
		t.Errorf("leads to %q", got)
	}
	signed := file{strings.Replace(progressBRFile.name, ".json", ".jws", 1), s.envelope(header, progressBR)}
	if got, want := follow(t, d, signed), []string{"oficial/ele2026/6257/dados/br/br-c0001-e006257-u.jws 04/10/2026 17:59:00 12"}; !slices.Equal(got, want) {
		t.Errorf("leads to %q", got)
	}
	forged := feed.Payload{Name: signed.name, Body: []byte(newSigner(2).envelope(header, progressBR))}
	if got := d.(feed.Follower).Follow(forged); got != nil {
		t.Errorf("a forged file leads to %v", got)
	}
}

func TestAResultThatIsBehindItsPlaceIsPolledUntilItIsThere(t *testing.T) {
	at := func(clock, sections, state string) file {
		return file{progressSPFile.name, strings.NewReplacer("19:01:00", clock, `"st" : "7", "snt" : "3"`, `"st" : "`+sections+`", "snt" : "0"`,
			`{ "and" : "P", "tpabr" : "MU"`, `{ "and" : "`+state+`", "tpabr" : "MU"`).Replace(progressSP)}
	}
	result := func(sections string) file {
		return file{"oficial/ele2024/619/dados/sp/sp71072-c0011-e000619-u.json", strings.NewReplacer(
			`"idg" : "41"`, `"idg" : "4`+sections+`"`, `"st" : "7", "pst" : "70,00", "snt" : "3"`, `"st" : "`+sections+`", "pst" : "0,00", "snt" : "0"`).Replace(mayor)}
	}
	d := decoderWith(t, map[string]string{"elections": "619", "offices": "11"})
	follow(t, d, configFile)
	for _, c := range []struct {
		name string
		file file
		want string
	}{
		{"not read yet", at("19:01:00", "7", "P"), "06/10/2024 19:00:58 7"},
		{"read", result("7"), ""},
		{"the next progress file", at("19:02:00", "7", "P"), "06/10/2024 19:00:58 7"},
		{"more sections are said", at("19:03:00", "8", "P"), "06/10/2024 19:00:58 8"},
		{"the same file again", at("19:03:00", "8", "P"), "06/10/2024 19:00:58 8"},
		{"said again, and the result is behind", at("19:04:00", "8", "P"), "polled"},
		{"an older one comes late", at("19:02:30", "7", "P"), "06/10/2024 19:00:58 7"},
		{"the result comes", result("8"), ""},
		{"so that is all", at("19:05:00", "8", "P"), "06/10/2024 19:00:58 8"},
		{"the last sections are said", at("19:06:00", "9", "F"), "polled"},
		{"an older result changes nothing", result("7"), ""},
		{"still behind", at("19:06:00", "9", "F"), "polled"},
		{"the last result", result("9"), ""},
		{"all is there", at("19:07:00", "9", "F"), "06/10/2024 19:00:58 9"},
	} {
		got := follow(t, d, c.file)
		if c.want == "" {
			if len(got) != 0 {
				t.Errorf("%s: a result leads to %q", c.name, got)
			}
			continue
		}
		name, version, _ := strings.Cut(got[0], " ")
		if version == "" {
			version = "polled"
		}
		if name != "oficial/ele2024/619/dados/sp/sp71072-c0011-e000619-u.json" || version != c.want {
			t.Errorf("%s: %q, want %s", c.name, got[0], c.want)
		}
	}
}

func TestProgressAndConfigurationMakeNoResult(t *testing.T) {
	d := decoderWith(t, map[string]string{"elections": "6257,619,546"})
	for _, f := range []file{configFile, progressBRFile, progressSPFile, {"es-e000546-i.json", index2022}} {
		updates, err := d.Decode(feed.Payload{Name: f.name, Body: []byte(f.body)})
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
		for _, u := range updates {
			if len(u.Results)+len(u.Contests)+len(u.Units) > 0 {
				t.Errorf("%s: %+v", f.name, u)
			}
		}
	}
}

func TestTheListOfElectionsNamesTheOnlyOneChosen(t *testing.T) {
	for elections, want := range map[string]struct{ name, codes string }{
		"6257":      {"Eleição Federal 1º Turno", ""},
		"6257,6259": {"", ""},
		"6258":      {"", "F_WAITING"},
		"619":       {"Eleição Municipal", "F_UNKNOWN_VALUE"},
	} {
		updates, err := decoderWith(t, map[string]string{"elections": elections}).Decode(feed.Payload{Name: configFile.name, Body: []byte(elections2026)})
		if err != nil {
			t.Fatal(err)
		}
		var u snapshot.Update
		if len(updates) > 0 {
			u = updates[0]
		}
		if u.Name != want.name || codes(u) != want.codes {
			t.Errorf("%s: name %q, findings %v", elections, u.Name, u.Findings)
		}
	}
}

func TestOddConfigurationAndProgressIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ file, body, old, new, code string }{
		"a folder that is none":    {configFile.name, elections2026, `"c":"ele2026"`, `"c":"../x"`, "E_IDENTITY"},
		"no cycle":                 {configFile.name, elections2026, `"c":"ele2026",`, ``, "E_IDENTITY"},
		"an office that is none":   {configFile.name, elections2026, `"cd":"1","ds"`, `"cd":"1/","ds"`, "E_IDENTITY"},
		"no elections":             {configFile.name, elections2026, `"pl"`, `"pk"`, "E_MISSING"},
		"no name":                  {configFile.name, elections2026, `"nm":"Eleição Estadual",`, ``, "E_MISSING"},
		"no such hour":             {configFile.name, elections2026, `"hg":"10:00:00"`, `"hg":"25:00:00"`, "E_TIME"},
		"another election":         {progressBRFile.name, progressBR, `"ele":"6257"`, `"ele":"6259"`, "E_IDENTITY"},
		"another state":            {progressSPFile.name, progressSP, `"cdabr" : "SP"`, `"cdabr" : "RJ"`, "E_IDENTITY"},
		"no state":                 {progressBRFile.name, progressBR, `"cdabr":"sp"`, `"cdabr":"s/"`, "E_IDENTITY"},
		"no municipality":          {progressSPFile.name, progressSP, `"71080"`, `"7/080"`, "E_IDENTITY"},
		"a place twice":            {progressSPFile.name, progressSP, `"71080"`, `"71072"`, "E_DUPID"},
		"no level":                 {progressSPFile.name, progressSP, `"tpabr" : "MU"`, `"tpabr" : "RUA"`, "E_IDENTITY"},
		"no time":                  {progressSPFile.name, progressSP, `"ht" : "19:00:58"`, `"ht" : "soon"`, "E_TIME"},
		"sections that are none":   {progressSPFile.name, progressSP, `"st" : "7", "snt" : "3"`, `"st" : "-7", "snt" : "3"`, "E_NEGATIVE"},
		"progress without places":  {progressSPFile.name, progressSP, `"abr"`, `"abx"`, "E_MISSING"},
		"an index of another":      {"ele2022/546/config/rn/rn-e000546-i.json", index2022, "", "", "E_IDENTITY"},
		"an index without times":   {"ele2022/546/config/es/es-e000546-i.json", index2022, `,"dh":"x"`, ``, "E_MISSING"},
		"an index of other things": {"ele2022/546/config/es/es-e000546-i.json", `{"cdabr":"ES"}`, "", "", "E_MISSING"},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(c.body, c.old, c.new, 1)
			if c.old != "" && body == c.body {
				t.Fatalf("%q does not occur", c.old)
			}
			d := decoderWith(t, map[string]string{"elections": "6257,6259,619,546"})
			p := feed.Payload{Name: c.file, Body: []byte(body)}
			if updates, err := d.Decode(p); codeOf(err) != c.code || updates != nil {
				t.Errorf("%v, %v; want %s", updates, err, c.code)
			}
			if wants := d.(feed.Follower).Follow(p); len(wants) != 0 {
				t.Errorf("leads to %v", wants)
			}
		})
	}
}

func TestAKeyOfLaterYearsIsNotedAndNotRefused(t *testing.T) {
	for _, f := range []file{
		{configFile.name, strings.Replace(elections2026, `"tp":"8"`, `"tp":"8","novo":{"a":[1]}`, 1)},
		{progressBRFile.name, strings.Replace(progressBR, `"munnr":"1"`, `"munnr":"1","novo":"1"`, 1)},
		{"es-e000546-i.json", strings.Replace(index2022, `"dh":"x"`, `"dh":"x","novo":"1"`, 1)},
		{"mun-e000544-cm.json", strings.Replace(towns, `"c":"N"`, `"c":"N","novo":"1"`, 1)},
		{namesFile, strings.Replace(governorNames, `"nv":1`, `"nv":1,"novo":"1"`, 1)},
		{votesFile, strings.Replace(governorVotes, `"vp":0`, `"vp":0,"novo":"1"`, 1)},
	} {
		if u := decode(t, f.name, f.body); !strings.HasPrefix(codes(u), "F_UNKNOWN_KEY") {
			t.Errorf("%s: findings %v", f.name, u.Findings)
		}
	}
}
