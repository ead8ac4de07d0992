package tse

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// governorNames is an EA01 file of an invented state election, numbers as in
// rehearsals; governorVotes is EA02 for its state, townVotes for a municipality
// with two zones.
const (
	governorNames = `{"ele":546,"cdabr":"ES","nmabr":"ESPÍRITO SANTO","t":1,"f":"O","s":"N","dg":"30/09/2022","hg":"17:28:51","v":"004",
"br":{"nm":"Brasil","s":900,"e":90000,"uf":[{"sg":"ES","nm":"ESPÍRITO SANTO","s":90,"e":9000,"tmun":2}]},
"carg":{"cd":3,"nmn":"Governador","nmm":"Governador","nmf":"Governadora","nv":1,"fed":[{"n":2,"nm":"F2","sg":"F2","com":"PA/PB","npar":[14,15]}],"agr":[
{"n":70,"nm":"JUNTOS","tp":"C","com":"PA / PB","par":[{"n":40,"sg":" PA ","nm":"PARTIDO A","nfed":"","cand":[{"sqcand":801,"n":40,"nm":"ANA INTEIRA D&apos;EL","nmu":"ANA","s":"F","dt":"01/01/1980","dvt":"Válido","vs":[{"tp":"V","sqcand":802,"nm":"RUI INTEIRO","nmu":"RUI","sgp":"PB"}]}]},{"n":41,"sg":"PB","nm":"PARTIDO B","cand":[]}]},
{"n":71,"nm":"PARTIDO C","tp":"I","com":"PC","par":[{"n":9,"sg":"PC","nm":"PARTIDO C","nfed":"","cand":[{"sqcand":803,"n":9,"nm":"LUÍS INTEIRO","nmu":"LUÍS","s":"M","dt":"01/01/1970","dvt":"Anulado sub judice","vs":[]}]}]}]}}`

	governorVotes = `{"ele":546,"carper":3,"md":"E","t":1,"f":"O","esae":"N","mnae":" ","dg":"02/10/2022","hg":"20:00:01","dv":"S","nadf":"es-c0003-e000546-004-f","abr":[
{"dt":"02/10/2022","ht":"19:59:00","tf":"N","and":"P","tpabr":"UF","cdabr":"ES","s":90,"st":80,"snt":10,"si":90,"pst":"88,88","e":9000,"c":7300,"a":700,"tv":7300,"vvc":7000,"vb":100,"tvn":200,"vn":200,"vnt":0,"vp":0,"vv":6000,"van":0,"vansj":1000,"vnom":6000,
"cand":[{"seq":1,"n":9,"e":"N","vap":1000,"pvap":"14,28","st":""},{"seq":2,"n":40,"e":"S","vap":6000,"pvap":"85,71","st":"Eleito"}]}]}`

	townVotes = `{"ele":"546","carper":"3","md":"N","t":"1","f":"O","esae":"N","mnae":" ","dg":"02/10/2022","hg":"20:00:02","dv":"S","nadf":"es-c0003-e000546-004-f","abr":[
{"dt":"02/10/2022","ht":"19:58:00","tf":"S","and":"F","tpabr":"MU","cdabr":"56120","s":"3","st":"3","snt":"0","e":"300","c":"210","tv":"210","vvc":"200","vb":"4","tvn":"6","vn":"6","vv":"190","van":"0","vansj":"10","vnom":"190","cand":[{"n":"9","vap":"10","st":""},{"n":"40","vap":"190","st":"Eleito"}]},
{"dt":"02/10/2022","ht":"19:57:00","tf":"S","and":"F","tpabr":"ZONA","cdabr":"7","s":"1","st":"1","snt":"0","e":"100","c":"70","tv":"70","vvc":"65","vb":"2","tvn":"3","vn":"3","vv":"60","van":"0","vansj":"5","vnom":"60","cand":[{"n":"40","vap":"60","st":"Eleito"},{"n":"9","vap":"5","st":""}]},
{"dt":"02/10/2022","ht":"19:58:00","tf":"S","and":"F","tpabr":"ZONA","cdabr":"43","s":"2","st":"2","snt":"0","e":"200","c":"140","tv":"140","vvc":"135","vb":"2","tvn":"3","vn":"3","vv":"130","van":"0","vansj":"5","vnom":"130","cand":[{"n":"9","vap":"5","st":""},{"n":"40","vap":"130","st":"Eleito"}]}]}`

	namesFile     = "oficial/ele2022/546/dados/es/es-c0003-e000546-004-f.json"
	votesFile     = "oficial/ele2022/546/dados/es/es-c0003-e000546-v.json"
	townVotesFile = "oficial/ele2022/546/dados/es/es56120-c0003-e000546-v.json"
)

// file is a payload by name.
type file struct{ name, body string }

// known plays files to one decoder and an assembler and returns what is known
// at the end and the codes noted with each file, refusals among them.
func known(t *testing.T, files ...file) (snap *snapshot.Snapshot, noted []string) {
	t.Helper()
	d, asm := newDecoder(t), diff.NewAssembler(nil)
	for i, f := range files {
		updates, err := d.Decode(feed.Payload{Feed: "tse", Name: f.name, Body: []byte(f.body), Seq: uint64(i + 1)})
		all := []string{}
		if err != nil {
			all = append(all, codeOf(err))
		}
		for _, u := range updates {
			if codes(u) != "" {
				all = append(all, codes(u))
			}
			if _, err := asm.Apply(u); err != nil {
				all = append(all, err.Error())
			}
		}
		noted = append(noted, strings.Join(all, " "))
	}
	return asm.Snapshot(), noted
}

// lines writes races down, one a line.
func lines(s *snapshot.Snapshot) []string {
	var out []string
	for _, r := range s.Races {
		line := r.Unit.Key + " " + r.Contest.Key + " " + string(r.Result.Status)
		for i, v := range r.Result.Votes {
			line += " " + r.Contest.Choices[i].Name + "=" + v.String()
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

func TestNamesAndVotesAreJoinedInWhateverOrderTheyCome(t *testing.T) {
	want := []string{
		"56120 c0003-es unofficial-complete LUÍS=10 ANA=190",
		"56120-z0007 c0003-es unofficial-complete LUÍS=5 ANA=60",
		"56120-z0043 c0003-es unofficial-complete LUÍS=5 ANA=130",
		"es c0003-es unofficial-partial LUÍS=1000 ANA=6000",
	}
	names, state, town := file{namesFile, governorNames}, file{votesFile, governorVotes}, file{townVotesFile, townVotes}
	for _, c := range []struct {
		files []file
		noted []string
	}{
		{[]file{names, state, town}, []string{"", "F_NOT_VALID", "F_NOT_VALID F_NOT_VALID F_NOT_VALID"}},
		{[]file{state, names, town}, []string{"F_WAITING", "F_NOT_VALID", "F_NOT_VALID F_NOT_VALID F_NOT_VALID"}},
		{[]file{town, state, names}, []string{"F_WAITING", "F_WAITING", "F_NOT_VALID F_NOT_VALID F_NOT_VALID F_NOT_VALID"}},
	} {
		snap, noted := known(t, c.files...)
		if got := lines(snap); !slices.Equal(got, want) {
			t.Errorf("known are %q, want %q", got, want)
		}
		if !slices.Equal(noted, c.noted) {
			t.Errorf("noted are %q, want %q", noted, c.noted)
		}
	}
}

func TestAPairSaysWhatAUnifiedFileWouldSay(t *testing.T) {
	d := newDecoder(t)
	if _, err := d.Decode(feed.Payload{Name: namesFile, Body: []byte(governorNames)}); err != nil {
		t.Fatal(err)
	}
	updates, err := d.Decode(feed.Payload{Name: townVotesFile, Body: []byte(townVotes)})
	if err != nil || len(updates) != 1 {
		t.Fatalf("%v, %v", updates, err)
	}
	u := updates[0]
	if u.Scope != "56120 c0003 round 1" || u.Election != "546" || u.Phase != snapshot.PhaseLive || !u.Stamp.Time.Equal(brasilia(20, 0, 2, 2, 10, 2022)) {
		t.Errorf("scope %q, election %q, phase %q, stamp %v", u.Scope, u.Election, u.Phase, u.Stamp)
	}
	wantUnits := []snapshot.UnitDef{
		{Key: "br", Name: "Brasil", Type: snapshot.Country},
		{Key: "es", Parent: "br", Name: "Espírito Santo", Type: snapshot.State},
		{Key: "56120", Parent: "es", Type: snapshot.Municipality},
		{Key: "56120-z0007", Parent: "56120", Name: "Zona 7", Type: snapshot.District},
		{Key: "56120-z0043", Parent: "56120", Name: "Zona 43", Type: snapshot.District},
	}
	if !slices.Equal(u.Units, wantUnits) {
		t.Errorf("units = %v, want %v", u.Units, wantUnits)
	}
	wantContest := snapshot.ContestDef{Key: "c0003-es", Name: "Governador", Heading: "Governador", Order: 3, Seats: 1, Type: snapshot.CandidateContest, CountUnit: snapshot.Precincts,
		Choices: []snapshot.ChoiceDef{
			{Key: "803", Name: "LUÍS", Party: "PC", Number: "9"},
			{Key: "801", Name: "ANA", Party: "PA", Number: "40", Detail: "RUI; PA / PB"},
		}}
	if !reflect.DeepEqual(u.Contests, []snapshot.ContestDef{wantContest}) {
		t.Errorf("contests = %+v, want %+v", u.Contests, wantContest)
	}
	zone := u.Results[1]
	wantVotes := []snapshot.ChoiceVotes{{Key: "803", Votes: snapshot.Of(5)}, {Key: "801", Votes: snapshot.Of(60), Outcome: snapshot.Elected}}
	wantTotals := snapshot.Totals{Valid: snapshot.Of(60), Blank: snapshot.Of(2), Null: snapshot.Of(3), Ballots: snapshot.Of(70),
		Electorate: snapshot.Of(100), UnitsIn: snapshot.Of(1), UnitsTotal: snapshot.Of(1)}
	if zone.Unit != "56120-z0007" || !slices.Equal(zone.Votes, wantVotes) || zone.Totals != wantTotals || !zone.AsOf.Equal(brasilia(19, 57, 0, 2, 10, 2022)) {
		t.Errorf("zone = %+v", zone)
	}
}

func TestOnlyTheVersionThatVotesNameIsJoined(t *testing.T) {
	other := func(v string) file {
		return file{strings.Replace(namesFile, "004", v, 1), strings.Replace(strings.Replace(governorNames, `"v":"004"`, `"v":"`+v+`"`, 1), `"nmu":"ANA"`, `"nmu":"ANA `+v+`"`, 1)}
	}
	snap, noted := known(t, other("005"), file{votesFile, governorVotes}, other("003"))
	if len(snap.Races) != 0 || !slices.Equal(noted, []string{"", "F_WAITING", ""}) {
		t.Errorf("known are %q, noted %q", lines(snap), noted)
	}
	snap, _ = known(t, other("005"), file{votesFile, governorVotes}, other("004"))
	if got := lines(snap); !slices.Equal(got, []string{"es c0003-es unofficial-partial LUÍS=1000 ANA 004=6000"}) {
		t.Errorf("known are %q", got)
	}
}

func TestOfVotesThatWaitTheNewestCount(t *testing.T) {
	older := file{votesFile, governorVotes}
	newer := file{votesFile, strings.NewReplacer("20:00:01", "20:05:01", `"vap":6000`, `"vap":6001`).Replace(governorVotes)}
	for _, files := range [][]file{{older, newer}, {newer, older}} {
		snap, _ := known(t, append(files, file{namesFile, governorNames})...)
		if got := lines(snap); !slices.Equal(got, []string{"es c0003-es unofficial-partial LUÍS=1000 ANA=6001"}) {
			t.Errorf("known are %q", got)
		}
	}
}

func TestVotesForANumberWithoutANameAreLeftOut(t *testing.T) {
	body := strings.Replace(governorVotes, `"n":9,`, `"n":10,`, 1)
	snap, noted := known(t, file{namesFile, governorNames}, file{votesFile, body})
	if got := lines(snap); !slices.Equal(got, []string{"es c0003-es unofficial-partial LUÍS=absent ANA=6000"}) || noted[1] != "F_UNDEFINED F_NOT_VALID" {
		t.Errorf("known are %q, noted %q", got, noted)
	}
}

func TestVotesThatNameTheFileOfAnotherContestAreNotJoined(t *testing.T) {
	senate := file{"es-c0005-e000546-v.json", strings.Replace(governorVotes, `"carper":3`, `"carper":5`, 1)}
	names := file{namesFile, governorNames}
	if _, noted := known(t, names, senate); noted[1] != "E_IDENTITY" {
		t.Errorf("noted %q", noted)
	}
	if snap, noted := known(t, senate, names); noted[1] != "F_UNDEFINED" || len(snap.Races) != 0 {
		t.Errorf("known are %q, noted %q", lines(snap), noted)
	}
}

func TestPairsThatContradictThemselvesAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ file, body, old, new, code string }{
		"another version":           {strings.Replace(namesFile, "004", "005", 1), governorNames, "", "", "E_IDENTITY"},
		"another state":             {strings.Replace(namesFile, "es-c", "sp-c", 1), governorNames, "", "", "E_IDENTITY"},
		"names of no office":        {namesFile, governorNames, `"cd":3`, `"cd":"x"`, "E_IDENTITY"},
		"names without a version":   {namesFile, governorNames, `"v":"004"`, `"w":"004"`, "E_MISSING"},
		"names without ids":         {namesFile, governorNames, `"sqcand":803,`, ``, "E_MISSING"},
		"a ballot number twice":     {namesFile, governorNames, `"n":9,"nm":"LUÍS`, `"n":40,"nm":"LUÍS`, "E_DUPID"},
		"an id twice":               {namesFile, governorNames, `"sqcand":803`, `"sqcand":801`, "E_DUPID"},
		"votes of another election": {votesFile, governorVotes, `"ele":546`, `"ele":544`, "E_IDENTITY"},
		"votes without a name":      {votesFile, governorVotes, `"nadf"`, `"nada"`, "E_MISSING"},
		"votes for a number twice":  {votesFile, governorVotes, `"n":9,`, `"n":40,`, "E_DUPID"},
		"no such day":               {votesFile, governorVotes, `"dt":"02/10/2022"`, `"dt":"32/10/2022"`, "E_TIME"},
		"votes that are none":       {votesFile, governorVotes, `"vap":1000`, `"vap":"1.000"`, "E_NUMBER"},
		"no votes":                  {votesFile, governorVotes, `"vap":1000,`, ``, "E_MISSING"},
		"another town":              {townVotesFile, townVotes, `"cdabr":"56120"`, `"cdabr":"56121"`, "E_IDENTITY"},
		"a zone twice":              {townVotesFile, townVotes, `"cdabr":"43"`, `"cdabr":"07"`, "E_DUPID"},
		"no zone":                   {townVotesFile, townVotes, `"cdabr":"43"`, `"cdabr":"4a"`, "E_IDENTITY"},
		"zones alone":               {townVotesFile, townVotes, `"tpabr":"MU","cdabr":"56120"`, `"tpabr":"ZONA","cdabr":"1"`, "E_IDENTITY"},
		"a second town":             {townVotesFile, townVotes, `"tpabr":"ZONA","cdabr":"7"`, `"tpabr":"MU","cdabr":"56120"`, "E_IDENTITY"},
		"zones of a state":          {votesFile, strings.Replace(governorVotes, `"st":"Eleito"}]}]}`, `"st":"Eleito"}]},`+townVotes[strings.Index(townVotes, `{"dt":"02/10/2022","ht":"19:57:00"`):], 1), "", "", "E_IDENTITY"},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(c.body, c.old, c.new, 1)
			if c.old != "" && body == c.body {
				t.Fatalf("%q does not occur", c.old)
			}
			if r := refused(t, c.file, body); r.Code != c.code {
				t.Errorf("got %v, want %s", r, c.code)
			}
		})
	}
}

func TestAFixedFileAloneNamesAContest(t *testing.T) {
	u := decode(t, namesFile, governorNames)
	if u.Scope != "names of es c0003 round 1" || len(u.Results) != 0 || len(u.Contests) != 1 || len(u.Contests[0].Choices) != 2 || codes(u) != "" {
		t.Errorf("update = %+v", u)
	}
}

func TestVotesWithheldInAPairAreAbsent(t *testing.T) {
	snap, noted := known(t, file{namesFile, governorNames}, file{votesFile, strings.Replace(governorVotes, `"dv":"S"`, `"dv":"N"`, 1)})
	if got := lines(snap); !slices.Equal(got, []string{"es c0003-es unofficial-partial LUÍS=absent ANA=absent"}) || noted[1] != "F_WITHHELD" {
		t.Errorf("known are %q, noted %q", got, noted)
	}
}

func TestFilesDecodedAtOnceMakeTheSameRaces(t *testing.T) {
	files := []file{{townVotesFile, townVotes}, {namesFile, governorNames}, {votesFile, governorVotes}, {mayorName, mayor},
		{"oficial/ele2024/619/dados/sp/sp-e000619-ab.json", progressSP}, {"comum/config/ele-c.json", elections2026}}
	want, _ := known(t, files[:4]...)
	d, asm := decoderWith(t, map[string]string{"elections": "546,619"}), diff.NewAssembler(nil)
	updates := make([][]snapshot.Update, len(files))
	var all sync.WaitGroup
	for i, f := range files {
		all.Go(func() {
			p := feed.Payload{Feed: "tse", Name: f.name, Body: []byte(f.body), Seq: uint64(i + 1)}
			var err error
			if updates[i], err = d.Decode(p); err != nil {
				t.Error(err)
			}
			d.(feed.Follower).Follow(p)
		})
	}
	all.Wait()
	for _, list := range updates {
		for _, u := range list {
			if _, err := asm.Apply(u); err != nil {
				t.Error(err)
			}
		}
	}
	if a, b := lines(asm.Snapshot()), lines(want); !slices.Equal(a, b) || len(a) != 5 {
		t.Errorf("known are %q, want %q", a, b)
	}
}

// FuzzPair holds that what is known of names and votes does not depend on which
// came first.
func FuzzPair(f *testing.F) {
	f.Add([]byte(governorNames), []byte(governorVotes), []byte(townVotes))
	f.Fuzz(func(t *testing.T, names, votes, town []byte) {
		files := []file{{namesFile, string(names)}, {votesFile, string(votes)}, {townVotesFile, string(town)}}
		one, _ := known(t, files...)
		slices.Reverse(files)
		other, _ := known(t, files...)
		if a, b := lines(one), lines(other); !slices.Equal(a, b) {
			t.Errorf("names first: %q\nvotes first: %q", a, b)
		}
	})
}
