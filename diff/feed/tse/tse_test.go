package tse

import (
	"errors"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/feedtest"
	"github.com/heraldresults/herald/diff/snapshot"
)

// mayor is an EA20 file of an invented town: one candidate alone, one in a
// coalition, sent by votes; numbers as text, once as a number.
const mayor = `
{ "ele" : "619", "t" : "1", "f" : "o", "sup" : "n", "tpabr" : "mu", "cdabr" : "71072", "dg" : "06/10/2024", "hg" : "19:01:02", "idg" : "41", "dt" : "06/10/2024", "ht" : "19:00:58", "dv" : "s", "tf" : "n", "and" : "p", "esae" : "n", "mnae" : [  ], "carg" : [ 
{ "cd" : "11", "nmn" : "Prefeito", "nmm" : "Prefeito", "nmf" : "Prefeita", "nv" : "1", "fed" : [  ], "agr" : [ 
{ "n" : "1", "nm" : "JUNTOS", "tp" : "c", "com" : "PB / PC", "par" : [ { "n" : "45", "sg" : "PB", "nm" : "PARTIDO B", "nfed" : "", "tvtn" : "60", "tvan" : "60", "cand" : [ 
{ "n" : "45", "sqcand" : "250000000002", "nm" : "MARIA INVENTADA D&apos;AVILA", "nmu" : "MARIA D&apos;AVILA", "dt" : "01/01/1980", "dvt" : "Válido", "seq" : "1", "e" : "s", "st" : "2&#186; turno", "vap" : 60, "pvap" : "60,00", "pvapn" : "60", "vs" : [ { "tp" : "v", "sqcand" : "250000000003", "nm" : "JOÃO VICE INTEIRO", "nmu" : "JOÃO VICE", "sgp" : "PC" } ] } ] } ] }, 
{ "n" : "2", "nm" : "PARTIDO A", "tp" : "i", "com" : "PA", "par" : [ { "n" : "9", "sg" : "PA", "nm" : "PARTIDO A", "nfed" : "", "tvtn" : "40", "tvan" : "40", "cand" : [ 
{ "n" : "9", "sqcand" : "250000000001", "nm" : "JOSÉ INVENTADO", "nmu" : "ZÉ", "dt" : "01/01/1970", "dvt" : "Válido", "seq" : "2", "e" : "n", "st" : "Não eleito", "vap" : "40", "pvap" : "40,00", "pvapn" : "40", "vs" : [  ] } ] } ] } ] } ], "s" : 
{ "ts" : "10", "st" : "7", "pst" : "70,00", "snt" : "3", "psnt" : "30,00" }, "e" : 
{ "te" : "200", "c" : "115", "pc" : "57,50", "a" : "85" }, "v" : 
{ "tv" : "115", "vvc" : "100", "vv" : "100", "vnom" : "100", "van" : "0", "vansj" : "0", "vb" : "10", "tvn" : "5", "vn" : "5", "vnt" : "0", "vscv" : "0" } }`

const mayorName = "sp/sp71072-c0011-e000619-u.json"

// governor is a file of 2018: votes in v, those under appeal in vap.
const governor = `{ "ele" : "297", "tpabr" : "uf", "cdabr" : "sp", "carper" : "3", "t" : "1", "f" : "o", "dt" : "07\/10\/2018", "ht" : "20:15:00", "dv" : "s", "tf" : "s", "v" : "1", "esae" : "n", "mnae" : "", "s" : "5", "st" : "5", "snt" : "0", "e" : "900", "ea" : "900", "ena" : "0", "c" : "700", "a" : "200", "tv" : "700", "vb" : "50", "vn" : "40", "vp" : "0", "vv" : "600", "vl" : "0", "van" : "10", "vnom" : "600", "cand" : [ 
{ "seq" : "1", "sqcand" : "7", "n" : "40", "nm" : "ANA", "cc" : "PX - PX \/ PY", "nv" : "RUI", "e" : "s", "v" : "600", "vap" : "0", "dsit" : "Deferido", "svnom" : "n" }, 
{ "seq" : "2", "sqcand" : "8", "n" : "12", "nm" : "LUIZ", "cc" : "PZ", "nv" : "EVA", "e" : "n", "v" : "0", "vap" : "10", "dsit" : "Indeferido com recurso", "svnom" : "s" } ] }`

const governorName = "sp-c0003-e000297-w.js"

// president is an EA04 file of a state, codes in upper case, before the count.
const president = `{"ele":"545","tpabr":"uf","cdabr":"AC","carper":"1","md":"N","t":"2","f":"O","dg":"30/10/2022","hg":"14:24:30","dt":"","ht":"","dv":"s","tf":"n","v":"1","esae":"n","mnae":"","s":"2124","st":"0","pst":"0,00","snt":"2124","e":"587765","ea":"0","c":"0","a":"0","vscv":"0","vnom":"0","vvc":"0","vb":"0","tvn":"0","vn":"0","vnt":"0","vp":"0","vv":"0","van":"0","vansj":"0","tv":"0","cand":[
{"seq":"1","sqcand":"280001","n":"22","nm":"BIA","cc":"PB - PB / PD","nv":"CAIO","e":"n","st":"","dvt":"Válido","vap":"0","pvap":"00,00"},
{"seq":"2","sqcand":"280002","n":"13","nm":"ABEL","cc":"PA","nv":"DORA","e":"n","st":"","dvt":"Válido","vap":"0","pvap":"00,00"}]}`

const presidentName = "ac-c0001-e000545-r.json"

// towns is an EA12 file.
const towns = `{"dg":"02/10/2022","hg":"15:32:11","f":"O","abr":[{"cd":"AC","ds":"ACRE","mu":[{"cd":"01120","cdi":"1200013","nm":"ACRELÂNDIA","c":"N","z":["0008"]}]},{"cd":"ZZ","ds":"EXTERIOR","mu":[{"cd":"29254","cdi":"","nm":"ABIDJÃ","c":"N","z":["0001"]}]}]}`

func decode(t *testing.T, name, body string) snapshot.Update {
	t.Helper()
	updates, err := newDecoder(t).Decode(feed.Payload{Feed: "tse", Name: name, Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	if len(updates) != 1 {
		t.Fatalf("%d updates, want 1", len(updates))
	}
	return updates[0]
}

func refused(t *testing.T, name, body string) *feed.Refusal {
	t.Helper()
	updates, err := newDecoder(t).Decode(feed.Payload{Feed: "tse", Name: name, Body: []byte(body)})
	var r *feed.Refusal
	if !errors.As(err, &r) || updates != nil {
		t.Fatalf("got %v, %v; want a *Refusal and nothing else", updates, err)
	}
	return r
}

func codes(u snapshot.Update) string {
	var all []string
	for _, f := range u.Findings {
		all = append(all, f.Code)
	}
	return strings.Join(all, " ")
}

func brasilia(hour, minute, second, day int, month time.Month, year int) time.Time {
	return time.Date(year, month, day, hour+3, minute, second, 0, time.UTC)
}

func TestAMunicipalityFileOf2024IsReadWhole(t *testing.T) {
	u := decode(t, mayorName, mayor)
	if len(u.Findings) != 0 {
		t.Errorf("findings: %v", u.Findings)
	}
	if u.Scope != "71072 c0011 round 1" || u.Stamp.Seq != 41 || !u.Stamp.Time.Equal(brasilia(19, 1, 2, 6, 10, 2024)) {
		t.Errorf("scope %q, stamp %v", u.Scope, u.Stamp)
	}
	wantUnits := []snapshot.UnitDef{
		{Key: "br", Name: "Brasil", Type: snapshot.Country},
		{Key: "sp", Parent: "br", Name: "São Paulo", Type: snapshot.State},
		{Key: "71072", Parent: "sp", Type: snapshot.Municipality},
	}
	if !slices.Equal(u.Units, wantUnits) {
		t.Errorf("units = %v, want %v", u.Units, wantUnits)
	}
	if u.Election != "619" || u.Phase != snapshot.PhaseLive {
		t.Errorf("election %q, phase %q", u.Election, u.Phase)
	}
	c := u.Contests[0]
	if c.Key != "c0011-71072" || c.Name != "Prefeito" || c.Heading != "Prefeito" || c.Seats != 1 || c.Order != 11 || c.Type != snapshot.CandidateContest {
		t.Errorf("contest = %+v", c)
	}
	wantChoices := []snapshot.ChoiceDef{ // by ballot number, 9 before 45
		{Key: "250000000001", Name: "ZÉ", Party: "PA", Number: "9"},
		{Key: "250000000002", Name: "MARIA D'AVILA", Party: "PB", Number: "45", Detail: "JOÃO VICE; PB / PC"},
	}
	if !slices.Equal(c.Choices, wantChoices) {
		t.Errorf("choices = %+v, want %+v", c.Choices, wantChoices)
	}
	r := u.Results[0]
	wantVotes := []snapshot.ChoiceVotes{
		{Key: "250000000001", Votes: snapshot.Of(40), Outcome: snapshot.NotElected},
		{Key: "250000000002", Votes: snapshot.Of(60), Outcome: snapshot.Runoff},
	}
	if r.Contest != c.Key || r.Unit != "71072" || !slices.Equal(r.Votes, wantVotes) || r.Status != snapshot.UnofficialPartial {
		t.Errorf("result = %+v", r)
	}
	wantTotals := snapshot.Totals{Valid: snapshot.Of(100), Blank: snapshot.Of(10), Null: snapshot.Of(5), Ballots: snapshot.Of(115),
		Electorate: snapshot.Of(200), UnitsIn: snapshot.Of(7), UnitsTotal: snapshot.Of(10)}
	if r.Totals != wantTotals || !r.AsOf.Equal(brasilia(19, 0, 58, 6, 10, 2024)) {
		t.Errorf("totals = %v as of %v", r.Totals, r.AsOf)
	}
}

func TestBeforeTheCountZerosAreAbsent(t *testing.T) {
	u := decode(t, presidentName, president)
	r := u.Results[0]
	if r.Status != snapshot.PreElection || !r.AsOf.IsZero() || r.Unit != "ac" || r.Contest != "c0001" {
		t.Errorf("result = %+v", r)
	}
	for _, v := range r.Votes {
		if v.Votes.Present() || v.Outcome != snapshot.NoOutcome {
			t.Errorf("choice %s has %v votes, outcome %q", v.Key, v.Votes, v.Outcome)
		}
	}
	want := snapshot.Totals{Electorate: snapshot.Of(587765), UnitsIn: snapshot.Of(0), UnitsTotal: snapshot.Of(2124)}
	if r.Totals != want {
		t.Errorf("totals = %v, want %v", r.Totals, want)
	}
	if names := []string{u.Contests[0].Choices[0].Name, u.Contests[0].Choices[1].Name}; !slices.Equal(names, []string{"ABEL", "BIA"}) {
		t.Errorf("choices = %v, want them by ballot number", names)
	}
	if codes(u) != "" {
		t.Errorf("findings: %v", u.Findings)
	}
}

func TestVotesUnderAppealOf2018AreNotVotes(t *testing.T) {
	u := decode(t, governorName, governor)
	r := u.Results[0]
	want := []snapshot.ChoiceVotes{{Key: "8", Votes: snapshot.Of(0)}, {Key: "7", Votes: snapshot.Of(600)}}
	if !slices.Equal(r.Votes, want) || codes(u) != "F_APPEAL" {
		t.Errorf("votes = %v, findings %v", r.Votes, u.Findings)
	}
	if r.Totals.Null != snapshot.Of(40) || r.Totals.Valid != snapshot.Of(600) || r.Status != snapshot.UnofficialFull {
		t.Errorf("result = %+v", r)
	}
	if c := u.Contests[0]; c.Key != "c0003-sp" || c.Name != "Governador" || c.Choices[1] != (snapshot.ChoiceDef{Key: "7", Name: "ANA", Party: "PX", Number: "40", Detail: "RUI; PX / PY"}) {
		t.Errorf("contest = %+v", c)
	}
	if !u.Stamp.Time.Equal(brasilia(20, 15, 0, 7, 10, 2018)) || u.Stamp.Seq != 0 {
		t.Errorf("stamp = %v, want the time of the count", u.Stamp)
	}
}

func TestTheSubstitutesOfASenatorOf2018ComeInOneOrder(t *testing.T) {
	for _, mates := range []string{
		`"nv" : "UM", "ns1" : "UM", "nv" : "DOIS", "ns2" : "DOIS"`,
		`"nv" : "DOIS", "ns2" : "DOIS", "nv" : "UM", "ns1" : "UM"`,
	} {
		body := strings.Replace(governor, `"nv" : "RUI"`, mates, 1)
		if got := decode(t, governorName, body).Contests[0].Choices[1].Detail; got != "UM; DOIS; PX / PY" {
			t.Errorf("detail = %q", got)
		}
	}
}

func TestWhatMustNotBeShownIsAbsent(t *testing.T) {
	u := decode(t, mayorName, strings.Replace(mayor, `"dv" : "s"`, `"dv" : "N"`, 1))
	r := u.Results[0]
	for _, v := range r.Votes {
		if v.Votes.Present() || v.Outcome != snapshot.NoOutcome {
			t.Errorf("choice %s has %v votes, outcome %q", v.Key, v.Votes, v.Outcome)
		}
	}
	if tot := r.Totals; tot.Valid.Present() || tot.Blank.Present() || tot.Null.Present() || tot.Ballots.Present() || tot.UnitsIn != snapshot.Of(7) {
		t.Errorf("totals = %v", r.Totals)
	}
	if codes(u) != "F_WITHHELD" {
		t.Errorf("findings: %v", u.Findings)
	}
}

func TestOddResultsAreReadAndNoted(t *testing.T) {
	for name, c := range map[string]struct{ old, new, codes string }{
		"simulated":                {`"f" : "o"`, `"f" : "S"`, "F_TEST"},
		"candidates do not add up": {`"vap" : "40"`, `"vap" : "41"`, "F_SUM"},
		"lists do not add up":      {`"vnom" : "100"`, `"vnom" : "100", "vl" : "1"`, "F_SUM"},
		"lists add up":             {`"vv" : "100", "vnom" : "100", "van" : "0"`, `"vv" : "100", "vnom" : "100", "vl" : "0", "van" : "0"`, ""},
		"votes do not add up":      {`"vb" : "10"`, `"vb" : "11"`, "F_SUM"},
		"sections do not add up":   {`"snt" : "3"`, `"snt" : "4"`, "F_SUM"},
		"annulled candidate":       {`"dvt" : "Válido", "seq" : "2"`, `"dvt" : "Anulado sub judice", "seq" : "2"`, "F_NOT_VALID"},
		"annulled election":        {`"esae" : "n"`, `"esae" : "s"`, "F_ANNULLED"},
		"new destination":          {`"dvt" : "Válido", "seq" : "2"`, `"dvt" : "Perdido", "seq" : "2"`, "F_UNKNOWN_VALUE"},
		"new kind of decision":     {`"dv" : "s"`, `"dv" : "s", "md" : "x"`, "F_UNKNOWN_VALUE"},
		"new status":               {`"st" : "Não eleito"`, `"st" : "Talvez"`, "F_UNKNOWN_VALUE"},
		"new key":                  {`"vscv" : "0"`, `"vscv" : "0", "vzzz" : "1"`, "F_UNKNOWN_KEY"},
		"votes before the count":   {`"and" : "p"`, `"and" : "n"`, "F_EARLY"},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(mayor, c.old, c.new, 1)
			if body == mayor {
				t.Fatalf("%q does not occur", c.old)
			}
			u := decode(t, mayorName, body)
			if codes(u) != c.codes {
				t.Errorf("findings: %v, want %s", u.Findings, c.codes)
			}
			if test := u.Phase == snapshot.PhaseTest; test != (c.codes == "F_TEST") {
				t.Errorf("phase %q", u.Phase)
			}
		})
	}
}

func TestFilesThatContradictThemselvesAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ file, old, new, code string }{
		"another town":          {"sp71080-c0011-e000619-u.json", "", "", "E_IDENTITY"},
		"another office":        {"sp71072-c0013-e000619-u.json", "", "", "E_IDENTITY"},
		"another election":      {"sp71072-c0011-e000620-u.json", "", "", "E_IDENTITY"},
		"a zone's name":         {"sp71072-z0008-c0011-e000619-u.json", "", "", "E_IDENTITY"},
		"a state's name":        {"sp-c0011-e000619-u.json", "", "", "E_IDENTITY"},
		"no such state":         {"xx71072-c0011-e000619-u.json", "", "", "E_IDENTITY"},
		"a name without state":  {"capture-1.json", "", "", "E_IDENTITY"},
		"unknown level":         {mayorName, `"tpabr" : "mu"`, `"tpabr" : "bairro"`, "E_IDENTITY"},
		"no office":             {mayorName, `"cd" : "11"`, `"cd" : "x"`, "E_IDENTITY"},
		"twice the candidate":   {mayorName, "250000000002", "250000000001", "E_DUPID"},
		"votes missing":         {mayorName, `"vap" : "40"`, `"vapp" : "40"`, "E_MISSING"},
		"valid votes missing":   {mayorName, `"vv" : "100"`, `"vv2" : "100"`, "E_MISSING"},
		"separated thousands":   {mayorName, `"vap" : "40"`, `"vap" : "1.040"`, "E_NUMBER"},
		"negative":              {mayorName, `"vap" : "40"`, `"vap" : "-40"`, "E_NEGATIVE"},
		"beyond all counts":     {mayorName, `"vap" : "40"`, `"vap" : "10000000000"`, "E_RANGE"},
		"no such day":           {mayorName, `"dg" : "06/10/2024"`, `"dg" : "31/02/2024"`, "E_TIME"},
		"sequence":              {mayorName, `"idg" : "41"`, `"idg" : "4a"`, "E_NUMBER"},
		"key twice":             {mayorName, `"vap" : "40"`, `"vap" : "40", "vap" : "41"`, "E_DUPKEY"},
		"no name":               {mayorName, `"nm" : "JOSÉ INVENTADO", "nmu" : "ZÉ"`, `"nm" : "\u200b"`, "E_MISSING"},
		"votes of a fixed file": {"sp71072-c0011-e000619-v.json", "", "", "E_MISSING"},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(mayor, c.old, c.new, 1)
			if c.old != "" && body == mayor {
				t.Fatalf("%q does not occur", c.old)
			}
			if r := refused(t, c.file, body); r.Code != c.code || r.File != c.file {
				t.Errorf("got %v, want %s", r, c.code)
			}
		})
	}
}

func TestARefusalSaysWhere(t *testing.T) {
	r := refused(t, mayorName, strings.Replace(mayor, `"vap" : "40"`, `"vap" : "12a"`, 1))
	if r.Code != "E_NUMBER" || r.Place != "71072" || r.Field != "carg[0].agr[1].par[0].cand[0].vap" || r.Line != 7 || r.Text != `"12a" is not a count` {
		t.Errorf("got %v", r)
	}
}

func TestAnEmptyCountIsAbsentAndNotZero(t *testing.T) {
	for _, empty := range []string{`""`, `null`} {
		u := decode(t, mayorName, strings.Replace(mayor, `"vap" : "40"`, `"vap" : `+empty, 1))
		if v := u.Results[0].Votes[0]; v.Key != "250000000001" || v.Votes.Present() {
			t.Errorf("%s is read as %v", empty, v.Votes)
		}
	}
}

func TestAZoneLiesInItsMunicipality(t *testing.T) {
	body := strings.Replace(mayor, `"tpabr" : "mu", "cdabr" : "71072"`, `"tpabr" : "zona", "cdabr" : "8"`, 1)
	u := decode(t, "ac01120-z0008-c0011-e000619-u.json", body)
	want := []snapshot.UnitDef{
		{Key: "br", Name: "Brasil", Type: snapshot.Country},
		{Key: "ac", Parent: "br", Name: "Acre", Type: snapshot.State},
		{Key: "01120", Parent: "ac", Type: snapshot.Municipality},
		{Key: "01120-z0008", Parent: "01120", Name: "Zona 8", Type: snapshot.District},
	}
	if !slices.Equal(u.Units, want) || u.Results[0].Unit != "01120-z0008" || u.Contests[0].Key != "c0011-01120" {
		t.Errorf("units = %v, unit %q, contest %q", u.Units, u.Results[0].Unit, u.Contests[0].Key)
	}
	if r := refused(t, "ac01120-z0009-c0011-e000619-u.json", body); r.Code != "E_IDENTITY" {
		t.Errorf("got %v", r)
	}
}

func TestAStateFileNeedsNoName(t *testing.T) {
	u := decode(t, "2022-10-30-14-24-30.json", president)
	if u.Results[0].Unit != "ac" || u.Scope != "ac c0001 round 2" {
		t.Errorf("unit %q, scope %q", u.Results[0].Unit, u.Scope)
	}
}

func TestMunicipalitiesGetTheirNames(t *testing.T) {
	u := decode(t, "mun-e000544-cm.json", towns)
	want := []snapshot.UnitDef{
		{Key: "br", Name: "Brasil", Type: snapshot.Country},
		{Key: "ac", Parent: "br", Name: "Acre", Type: snapshot.State},
		{Key: "01120", Parent: "ac", Name: "ACRELÂNDIA", Type: snapshot.Municipality},
		{Key: "zz", Parent: "br", Name: "Exterior", Type: snapshot.Abroad},
		{Key: "29254", Parent: "zz", Name: "ABIDJÃ", Type: snapshot.Municipality},
	}
	if !slices.Equal(u.Units, want) || len(u.Results) != 0 || len(u.Contests) != 0 {
		t.Errorf("update = %+v", u)
	}
	if u.Scope != "municipalities 544" || u.Election != "544" || u.Phase != snapshot.PhaseLive || !u.Stamp.Time.Equal(brasilia(15, 32, 11, 2, 10, 2022)) {
		t.Errorf("scope %q, election %q, phase %q, stamp %v", u.Scope, u.Election, u.Phase, u.Stamp)
	}
	for bad, code := range map[string]string{`"cd":"ZZ"`: "E_IDENTITY", `"cd":"29254"`: "E_IDENTITY", `"0008"`: "E_IDENTITY"} {
		body := strings.Replace(towns, bad, strings.NewReplacer("ZZ", "QQ", "29254", "1", "0008", "00081").Replace(bad), 1)
		if r := refused(t, "mun-e000544-cm.json", body); r.Code != code {
			t.Errorf("%s: %v", bad, r)
		}
	}
	if r := refused(t, "mun-e000544-cm.json", strings.Replace(towns, "29254", "01120", 1)); r.Code != "E_DUPID" {
		t.Errorf("a code twice: %v", r)
	}
}

func TestFilesThatAreNotReadAreSkipped(t *testing.T) {
	for name, body := range map[string]string{
		"mun-e009577-cm.sig":                     "anything",
		"cert-e009577-a.cer":                     "anything",
		"br-c0006-e009579-e.json":                "anything", // EA10
		"ac-p000406-cs.json":                     "anything", // EA16
		"p021270-ac-m01120-z0008-s0077-aux.json": "anything", // EA18
		"files.json":                             `{"dg":"29/09/2099","hg":"16:35:52","idg":"1","f":"s","st":"Totalizada","hashes":[{"arq":[]}]}`,
		"elected.json":                           `{"ele":9579,"cdabr":"BR","cdcar":6,"abr":[]}`,
		"sections.json":                          `{"dg":"02/10/2022","cdp":"406","abr":[]}`,
	} {
		u := decode(t, name, body)
		if codes(u) != "F_SKIPPED" || len(u.Units)+len(u.Contests)+len(u.Results) != 0 {
			t.Errorf("%s: %+v", name, u)
		}
	}
}

func TestTheOrderOfCandidatesInAFileDoesNotMatter(t *testing.T) {
	head, rest, _ := strings.Cut(president, `"cand":[`)
	first, second, _ := strings.Cut(strings.TrimSuffix(rest, "]}"), "},\n")
	turned := head + `"cand":[` + second + ",\n" + first + "}]}"
	a, b := decode(t, presidentName, president), decode(t, presidentName, turned)
	if !slices.Equal(a.Contests[0].Choices, b.Contests[0].Choices) || !slices.Equal(a.Results[0].Votes, b.Results[0].Votes) {
		t.Errorf("%v\n%v", a.Contests[0].Choices, b.Contests[0].Choices)
	}
}

func TestWhyNobodyIsElectedIsTold(t *testing.T) {
	for _, why := range []string{`"Votos anulados"`, `[ "Votos anulados" ]`} {
		body := strings.Replace(strings.Replace(mayor, `"esae" : "n"`, `"esae" : "s"`, 1), `"mnae" : [  ]`, `"mnae" : `+why, 1)
		u := decode(t, mayorName, body)
		if codes(u) != "F_ANNULLED" || !strings.Contains(u.Findings[0].Text, `"Votos anulados"`) {
			t.Errorf("findings: %v", u.Findings)
		}
	}
}

func TestVotesForListsAreAddedUpWithTheCandidatesTheyBelongTo(t *testing.T) {
	// 60 for a candidate, 40 for one whose votes go to the list, 10 more for lists.
	body := strings.NewReplacer(
		`"dvt" : "Válido", "seq" : "2"`, `"dvt" : "Válido (legenda)", "seq" : "2"`,
		`"tv" : "115", "vvc" : "100", "vv" : "100", "vnom" : "100"`, `"tv" : "125", "vvc" : "110", "vv" : "110", "vnom" : "60", "vl" : "50"`,
	).Replace(mayor)
	if u := decode(t, mayorName, body); len(u.Findings) != 0 || u.Results[0].Votes[0].Votes != snapshot.Of(40) {
		t.Errorf("findings %v, votes %v", u.Findings, u.Results[0].Votes)
	}
	if u := decode(t, mayorName, strings.Replace(body, `"vap" : 60`, `"vap" : 61`, 1)); codes(u) != "F_SUM" {
		t.Errorf("findings %v", u.Findings)
	}
}

func TestFilesWithoutANameOfTheTSEsAreKnownByWhatTheyHold(t *testing.T) {
	for _, body := range []string{governorNames, governorVotes, president} {
		name := map[string]string{governorNames: "es-c0003-e000546-004-f.json", governorVotes: "es-c0003-e000546-v.json", president: presidentName}[body]
		if a, b := decode(t, name, body), decode(t, "capture 1.txt", body); !reflect.DeepEqual(a, b) {
			t.Errorf("%s:\n%+v\nby another name:\n%+v", name, a, b)
		}
	}
}

// FuzzDecode holds what feedtest says of every decoder, whatever the payload
// and its name.
func FuzzDecode(f *testing.F) {
	f.Add(mayorName, []byte(mayor))
	f.Add(governorName, []byte(governor))
	f.Add(presidentName, []byte(president))
	f.Add("mun-e000544-cm.json", []byte(towns))
	f.Add("es-c0003-e000546-004-f.json", []byte(governorNames))
	f.Add("es-c0003-e000546-v.json", []byte(governorVotes))
	f.Add("es56120-c0003-e000546-v.json", []byte(townVotes))
	f.Add("comum/config/ele-c.json", []byte(elections2026))
	f.Add("sp-e000619-ab.json", []byte(progressSP))
	f.Add("es-e000546-i.json", []byte(index2022))
	f.Add("x.jws", []byte("eyJhbGciOiJFZERTQSJ9.e30."))
	options := feed.Options{Settings: map[string]string{"elections": "544,545,546,619,297,6257"}}
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		p := feed.Payload{Name: name, Body: body}
		feedtest.Holds(t, Format(), feed.Options{}, p)
		d, err := Format().New(options)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Decode(p)
		wants := d.(feed.Follower).Follow(p)
		if err != nil && len(wants) > 0 {
			t.Errorf("refused: %v, and leads to %v", err, wants)
		}
		for _, w := range wants {
			if path.Clean(w.Name) != w.Name && path.Clean(name) == name {
				t.Errorf("leads to %q", w.Name)
			}
		}
	})
}

func newDecoder(t testing.TB) feed.Decoder {
	t.Helper()
	d, err := Format().New(feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// codeOf is the code of a refusal, "" for none.
func codeOf(err error) string {
	var r *feed.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
