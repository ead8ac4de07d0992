package czech

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/feedtest"
	"github.com/heraldresults/herald/diff/snapshot"
)

// district writes a record of a council: code of the place, number of the
// district, council, order and votes of the lists 1, 2, …
func district(obec, okrsek, council, order int, votes ...int) string {
	kind, sum := "OBEC", 0
	if obec == council && obec >= 900 {
		kind = "MCMO"
	}
	var lists strings.Builder
	for i, n := range votes {
		fmt.Fprintf(&lists, `<HLASY_OKRSEK POR_STR_HLAS_LIST="%d" HLASY="%d"/>`, i+1, n)
		sum += n
	}
	return fmt.Sprintf(`<OKRSEK CIS_OBEC="%d" CIS_OKRSEK="%d" KODZASTUP="%d" CIS_OBVODU="1" OZNAC_TYPU="%s" PORADI_ZPRAC="%d" DATUM_CAS_ZPRAC="2028-10-07T15:%02d:00" OPAKOVANE="0">
<UCAST_OKRSEK ZAPSANI_VOLICI="100" VYDANE_OBALKY="61" ODEVZDANE_OBALKY="60" PLATNE_HLASY="%d"/>%s</OKRSEK>
`, obec, okrsek, council, kind, order, order%60, sum, lists.String())
}

// file writes a batch of the municipal election.
func file(n int, districts ...string) string {
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<VYSLEDKY_OKRSKY xmlns="http://www.volby.cz/kv/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.volby.cz/kv/ kv_vysledky_okrsky.xsd" DATUM_CAS_GENEROVANI="2028-10-07T16:%02d:00">
<DAVKA DATUMVOLEB="20281006" PORADI_DAVKY="%d" OKRSKY_DAVKA="%d" OKRSKY_CELKEM="40" OKRSKY_ZPRAC="9"/>
%s</VYSLEDKY_OKRSKY>
`, n%60, n, len(districts), strings.Join(districts, ""))
}

const presidential = `<VYSLEDKY_OKRSKY xmlns="http://www.volby.cz/prezident/" DATUM_CAS_GENEROVANI="2028-01-14T16:05:00">
<DAVKA DATUMVOLEB="20280113" PORADI_DAVKY="1" OKRSKY_DAVKA="2" OKRSKY_CELKEM="30" OKRSKY_ZPRAC="2"/>
<OKRSEK CIS_OBEC="500" CIS_OKRSEK="1" PORADI_ZPRAC="1" DATUM_CAS_ZPRAC="2028-01-14T16:01:00" OPAKOVANE="false"><UCAST_OKRSEK ZAPSANI_VOLICI="90" VYDANE_OBALKY="61" ODEVZDANE_OBALKY="60" PLATNE_HLASY="59"/><HLASY_OKRSEK PORADOVE_CISLO="4" HLASY="40"/><HLASY_OKRSEK PORADOVE_CISLO="2" HLASY="19"/></OKRSEK>
<OKRSEK CIS_OBEC="600" CIS_OKRSEK="1" PORADI_ZPRAC="2" DATUM_CAS_ZPRAC="2028-01-14T16:02:00" OPAKOVANE="false"><UCAST_OKRSEK ZAPSANI_VOLICI="10" VYDANE_OBALKY="7" ODEVZDANE_OBALKY="7" PLATNE_HLASY="7"/><HLASY_OKRSEK PORADOVE_CISLO="4" HLASY="7"/></OKRSEK>
</VYSLEDKY_OKRSKY>`

func newDecoder(t testing.TB, settings map[string]string) *decoder {
	t.Helper()
	d, err := Format().New(feed.Options{Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	return d.(*decoder)
}

func payload(name, body string) feed.Payload {
	return feed.Payload{Feed: "csu", Name: name, Body: []byte(body)}
}

// decode gives d a batch and returns its one update.
func decode(t *testing.T, d *decoder, body string) snapshot.Update {
	t.Helper()
	updates, err := d.Decode(payload("vysledky_okrsky", body))
	if err != nil {
		t.Fatal(err)
	}
	if len(updates) != 1 {
		t.Fatalf("%d updates, want 1", len(updates))
	}
	return updates[0]
}

func find(t *testing.T, u snapshot.Update, contest, unit string) snapshot.RaceResult {
	t.Helper()
	for _, r := range u.Results {
		if r.Contest == contest && r.Unit == unit {
			return r
		}
	}
	t.Fatalf("no race of %s in %s", contest, unit)
	return snapshot.RaceResult{}
}

func codes(u snapshot.Update) string {
	var all []string
	for _, f := range u.Findings {
		all = append(all, f.Code)
	}
	return strings.Join(all, " ")
}

// tallies writes votes as "1:30 2:-", with "-" for those that are absent.
func tallies(r snapshot.RaceResult) string {
	var all []string
	for _, v := range r.Votes {
		all = append(all, v.Key+":"+strings.Replace(v.Votes.String(), "absent", "-", 1))
	}
	return strings.Join(all, " ")
}

func of(n int64) snapshot.Count { return snapshot.Of(n) }

func TestAMunicipalityIsTheSumOfItsDistricts(t *testing.T) {
	d := newDecoder(t, nil)
	u := decode(t, d, file(2, district(500, 1, 500, 1, 30, 20), district(500, 2, 500, 2, 5, 0, 4), district(600, 1, 600, 3, 8)))
	if u.Scope != "kv 20281006" || u.Election != "kv 20281006" || !u.Partial || u.Stamp.Seq != 2 || !u.Stamp.Time.Equal(time.Date(2028, 10, 7, 14, 2, 0, 0, time.UTC)) {
		t.Errorf("update = %+v", u)
	}
	if codes(u) != "F_GAP F_DERIVED" {
		t.Errorf("findings = %v", u.Findings)
	}
	r := find(t, u, "obec-500-1", "500")
	if tallies(r) != "1:35 2:20 3:4" || r.Status != snapshot.UnofficialPartial || !r.AsOf.Equal(time.Date(2028, 10, 7, 13, 2, 0, 0, time.UTC)) ||
		r.Totals != (snapshot.Totals{Valid: of(59), Ballots: of(120), Electorate: of(200), UnitsIn: of(2)}) {
		t.Errorf("race = %s %+v", tallies(r), r)
	}
	c := u.Contests[0]
	want := []snapshot.ChoiceDef{{Key: "1", Name: "1", Number: "1"}, {Key: "2", Name: "2", Number: "2"}, {Key: "3", Name: "3", Number: "3"}}
	if c.Key != "obec-500-1" || c.Type != snapshot.PartyContest || !slices.Equal(c.Choices, want) || len(u.Results) != 2 {
		t.Errorf("contest = %+v, %d results", c, len(u.Results))
	}
	if want := []snapshot.UnitDef{{Key: "cz", Name: "Česko", Type: snapshot.Country}, {Key: "500", Parent: "cz", Name: "500", Type: snapshot.Municipality}, {Key: "600", Parent: "cz", Name: "600", Type: snapshot.Municipality}}; !slices.Equal(u.Units, want) {
		t.Errorf("units = %v", u.Units)
	}
}

func TestALaterRecordOfADistrictReplacesTheEarlierOne(t *testing.T) {
	first := file(1, district(500, 1, 500, 1, 30, 20), district(500, 2, 500, 2, 5, 5))
	second := file(2, district(500, 1, 500, 3, 31, 21))
	third := file(3, district(500, 1, 500, 4, 32, 22))
	for name, row := range map[string]struct {
		files []string
		want  string
	}{
		"in order":            {[]string{first, second, third}, "1:37 2:27"},
		"the newest first":    {[]string{third, first, second}, "1:37 2:27"},
		"the oldest last":     {[]string{third, second, first}, "1:37 2:27"},
		"one seen again":      {[]string{first, second, first, second}, "1:36 2:26"},
		"one of them missing": {[]string{first, third}, "1:37 2:27"},
	} {
		d := newDecoder(t, nil)
		var last snapshot.RaceResult
		for _, f := range row.files {
			u := decode(t, d, f)
			if u.Stamp.Seq != uint64(d.memory.highest()) {
				t.Errorf("%s: stamp %d after batch %d", name, u.Stamp.Seq, d.memory.highest())
			}
			if len(u.Results) > 0 {
				last = u.Results[0]
			}
		}
		if got := tallies(last); got != row.want || last.Totals.UnitsIn != of(2) {
			t.Errorf("%s: %s of %s districts, want %s", name, got, last.Totals.UnitsIn, row.want)
		}
	}
}

func TestAnOldRecordMovesNothing(t *testing.T) {
	d := newDecoder(t, nil)
	decode(t, d, file(2, district(500, 1, 500, 3, 31, 21)))
	if u := decode(t, d, file(1, district(500, 1, 500, 1, 30, 20))); len(u.Results) != 0 || len(u.Contests) != 0 || u.Stamp.Seq != 2 || codes(u) != "" {
		t.Errorf("update = %+v", u)
	}
}

func TestADistrictTwiceInOneBatchCountsAsItWasProcessedLast(t *testing.T) {
	for _, body := range []string{
		file(1, district(500, 1, 500, 1, 30), district(500, 1, 500, 2, 31)),
		file(1, district(500, 1, 500, 2, 31), district(500, 1, 500, 1, 30)),
	} {
		if u := decode(t, newDecoder(t, nil), body); tallies(u.Results[0]) != "1:31" || u.Results[0].Totals.UnitsIn != of(1) {
			t.Errorf("race = %+v", u.Results[0])
		}
	}
}

func TestMissingBatchesAreNamedUntilTheyCome(t *testing.T) {
	d := newDecoder(t, nil)
	gap := func(u snapshot.Update) string {
		for _, f := range u.Findings {
			if f.Code == "F_GAP" {
				return f.Text
			}
		}
		return ""
	}
	steps := []struct {
		batch int
		want  string
	}{
		{3, "batches 1 to 2 have not come; the districts in them are missing"},
		{7, "batches 1 to 2, 4 to 6 have not come; the districts in them are missing"},
		{5, "batches 1 to 2, 4, 6 have not come; the districts in them are missing"},
		{1, "batches 2, 4, 6 have not come; the districts in them are missing"},
	}
	for _, s := range steps {
		if got := gap(decode(t, d, file(s.batch, district(500, s.batch, 500, s.batch, 1)))); got != s.want {
			t.Errorf("after batch %d: %q, want %q", s.batch, got, s.want)
		}
	}
	for _, n := range []int{2, 4} {
		decode(t, d, file(n))
	}
	if u := decode(t, d, file(6)); gap(u) != "" {
		t.Errorf("nothing is missing, and %q", gap(u))
	}
}

func TestBatchesThatHaveNotComeAreFollowedFromTheNewest(t *testing.T) {
	d := newDecoder(t, nil)
	decode(t, d, file(4))
	decode(t, d, file(2))
	for name, want := range map[string][]feed.Want{
		"pls/kv2028/vysledky_okrsky":                      {{Name: "pls/kv2028/vysledky_okrsky?davka=1", Version: "1"}, {Name: "pls/kv2028/vysledky_okrsky?davka=3", Version: "3"}},
		"pls/kv2028/vysledky_okrsky?davka=":               {{Name: "pls/kv2028/vysledky_okrsky?davka=1", Version: "1"}, {Name: "pls/kv2028/vysledky_okrsky?davka=3", Version: "3"}},
		"pls/prez2028/vysledky_okrsky?kolo=1":             {{Name: "pls/prez2028/vysledky_okrsky?kolo=1&davka=1", Version: "1"}, {Name: "pls/prez2028/vysledky_okrsky?kolo=1&davka=3", Version: "3"}},
		"appdata/kv2026/odata/okrsky/vysledky_okrsky.xml": {{Name: "appdata/kv2026/odata/okrsky/vysledky_okrsky_00001.xml", Version: "1"}, {Name: "appdata/kv2026/odata/okrsky/vysledky_okrsky_00003.xml", Version: "3"}},
		"pls/kv2028/vysledky_okrsky?davka=4":              nil,
		"odata/okrsky/vysledky_okrsky_00004.xml":          nil,
		"004.xml":                                         nil,
		"pls/kv2028/vysledky_obce":                        nil,
	} {
		if got := d.Follow(payload(name, "")); !slices.Equal(got, want) {
			t.Errorf("%s leads to %v, want %v", name, got, want)
		}
	}
}

func TestCityPartsLieInTheirCityAndVoteForTwoCouncils(t *testing.T) {
	d := newDecoder(t, map[string]string{"districts": "yes"})
	// District 8001 of the city part 900 votes for the council of the city 700 and for its own.
	u := decode(t, d, file(1, district(900, 8001, 700, 1, 30, 20), district(900, 8001, 900, 2, 7, 8, 9)))
	want := []snapshot.UnitDef{
		{Key: "cz", Name: "Česko", Type: snapshot.Country}, {Key: "700", Parent: "cz", Name: "700", Type: snapshot.Municipality},
		{Key: "900", Parent: "700", Name: "900", Type: snapshot.District}, {Key: "900-8001", Parent: "900", Name: "8001", Type: snapshot.Precinct},
	}
	if !slices.Equal(u.Units, want) {
		t.Errorf("units = %v", u.Units)
	}
	for _, r := range []struct{ contest, unit, votes string }{
		{"obec-700-1", "700", "1:30 2:20"}, {"obec-700-1", "900-8001", "1:30 2:20"},
		{"mcmo-900-1", "900", "1:7 2:8 3:9"}, {"mcmo-900-1", "900-8001", "1:7 2:8 3:9"},
	} {
		if got := tallies(find(t, u, r.contest, r.unit)); got != r.votes {
			t.Errorf("%s in %s: %s, want %s", r.contest, r.unit, got, r.votes)
		}
	}
	one := find(t, u, "obec-700-1", "900-8001")
	if one.Status != snapshot.UnofficialFull || one.Totals != (snapshot.Totals{Valid: of(50), Ballots: of(60), Electorate: of(100), UnitsIn: of(1), UnitsTotal: of(1)}) {
		t.Errorf("a district = %+v", one)
	}
	if loop := decode(t, newDecoder(t, nil), file(1, district(700, 1, 800, 1, 1), district(800, 1, 700, 2, 1))); len(loop.Units) != 3 {
		t.Errorf("two places that are part of each other make the units %v", loop.Units)
	}
}

func TestThePresidentIsCountedInMunicipalitiesAndInTheCountry(t *testing.T) {
	u := decode(t, newDecoder(t, nil), presidential)
	if u.Scope != "prezident 20280113" || len(u.Contests) != 1 || u.Contests[0].Key != "prezident" || u.Contests[0].Type != snapshot.CandidateContest || u.Contests[0].Seats != 1 {
		t.Errorf("update = %+v", u)
	}
	if got := u.Contests[0].Choices; len(got) != 2 || got[0].Key != "2" || got[1].Key != "4" {
		t.Errorf("choices = %v", got)
	}
	for unit, want := range map[string]string{"500": "2:19 4:40", "600": "4:7", "cz": "2:19 4:47"} {
		if got := tallies(find(t, u, "prezident", unit)); got != want {
			t.Errorf("%s: %s, want %s", unit, got, want)
		}
	}
	if all := find(t, u, "prezident", "cz"); all.Totals != (snapshot.Totals{Valid: of(66), Ballots: of(67), Electorate: of(100), UnitsIn: of(2), UnitsTotal: of(30)}) {
		t.Errorf("the country = %+v", all)
	}
}

func TestQuirks(t *testing.T) {
	whole := file(1, district(500, 1, 500, 1, 30, 20), district(500, 2, 500, 2, 5))
	for name, row := range map[string]struct{ body, codes, votes string }{
		"a list without a row in a whole record has no votes": {whole, "F_DERIVED", "1:35 2:20"},
		"a list without a row in another record is not known": {strings.Replace(whole, `PLATNE_HLASY="5"`, `PLATNE_HLASY="6"`, 1), "F_DERIVED F_SUM", "1:35 2:-"},
		"votes that are not stated make the sum absent":       {strings.Replace(whole, `LIST="1" HLASY="5"`, `LIST="1" HLASY=""`, 1), "F_DERIVED F_SUM", "1:- 2:-"},
		"lists in any order":          {strings.Replace(whole, `<HLASY_OKRSEK POR_STR_HLAS_LIST="1" HLASY="30"/><HLASY_OKRSEK POR_STR_HLAS_LIST="2" HLASY="20"/>`, `<HLASY_OKRSEK POR_STR_HLAS_LIST="2" HLASY="20"/><HLASY_OKRSEK POR_STR_HLAS_LIST="1" HLASY="30"/>`, 1), "F_DERIVED", "1:35 2:20"},
		"the attributes of 2026":      {strings.ReplaceAll(strings.ReplaceAll(whole, `OPAKOVANE="0"`, `OPAKOVANE="false"`), " ODEVZDANE", ` VOLICSKE_PRUKAZY="0" PLATNE_LISTKY="58" ODEVZDANE`), "F_DERIVED", "1:35 2:20"},
		"a batch that announces more": {strings.Replace(whole, `OKRSKY_DAVKA="2"`, `OKRSKY_DAVKA="3"`, 1), "F_DERIVED F_SUM", "1:35 2:20"},
		"an unknown element":          {strings.Replace(whole, "<UCAST", "<NOVE/><UCAST", 1), "F_UNKNOWN_KEY F_DERIVED", "1:35 2:20"},
		"districts that elect nobody": {strings.Replace(file(1), `OKRSKY_DAVKA="0"`, `OKRSKY_DAVKA="572"`, 1), "F_SKIPPED", ""},
		"sums above every count":      {strings.ReplaceAll(whole, `ZAPSANI_VOLICI="100"`, `ZAPSANI_VOLICI="9999999999"`), "F_DERIVED F_SUM", "1:35 2:20"},
	} {
		t.Run(name, func(t *testing.T) {
			u := decode(t, newDecoder(t, nil), row.body)
			got := ""
			if len(u.Results) > 0 {
				got = tallies(u.Results[0])
			}
			if codes(u) != row.codes || got != row.votes {
				t.Errorf("%s, findings %v; want %s and %s", got, u.Findings, row.votes, row.codes)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	whole := file(1, district(500, 1, 500, 1, 30, 20))
	swap := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(whole) }
	for name, row := range map[string]struct{ body, code string }{
		"no such batch":                {`<VYSLEDKY_OKRSKY xmlns="http://www.volby.cz/kv/" DATUM_CAS_GENEROVANI="2028-10-07T16:00:00"><CHYBA KOD_CHYBY="10"/></VYSLEDKY_OKRSKY>`, "E_NOT_FEED"},
		"an error alone":               {`<CHYBA KOD_CHYBY="30"/>`, "E_NOT_FEED"},
		"a web page":                   {"<!DOCTYPE html><html></html>", "E_NOT_FEED"},
		"nothing":                      {"", "E_EMPTY"},
		"a cut batch":                  {whole[:len(whole)-20], "E_TRUNCATED"},
		"another file of the source":   {swap("VYSLEDKY_OKRSKY", "VYSLEDKY_OBCE"), "E_VERSION"},
		"an election that is not read": {`<VYSLEDKY_OKRSKY xmlns="http://www.volby.cz/ps/" DATUM_CAS_GENEROVANI="2029-10-06T15:05:00"><DAVKA PORADI_DAVKY="1"/><OKRSEK CIS_OBEC="9" CIS_OKRSEK="1"><HLASY_OKRSEK KSTRANA="1" HLASY="59"/></OKRSEK></VYSLEDKY_OKRSKY>`, "E_VERSION"},
		"no namespace":                 {swap(` xmlns="http://www.volby.cz/kv/"`, ""), "E_VERSION"},
		"a foreign namespace":          {swap("volby.cz/kv/", "volby.example/kv/"), "E_NS"},
		"no batch":                     {swap("<DAVKA", "<JINA"), "E_MISSING"},
		"two batches":                  {swap("<OKRSEK ", `<DAVKA DATUMVOLEB="20281006" PORADI_DAVKY="2"/><OKRSEK `), "E_DUP"},
		"no number":                    {swap(`PORADI_DAVKY="1"`, ""), "E_MISSING"},
		"number 0":                     {swap(`PORADI_DAVKY="1"`, `PORADI_DAVKY="0"`), "E_IDENTITY"},
		"a number out of reason":       {swap(`PORADI_DAVKY="1"`, `PORADI_DAVKY="10000"`), "E_RANGE"},
		"no time":                      {swap("DATUM_CAS_GENEROVANI", "CAS"), "E_MISSING"},
		"no real time":                 {swap("T16:01", "T25:01"), "E_TIME"},
		"an hour that spring skips":    {swap("2028-10-07T16:01", "2028-03-26T02:30"), "E_TIME"},
		"a time before elections":      {swap("2028-10-07T16:01", "1928-10-07T16:01"), "E_TIME"},
		"no district":                  {swap(`CIS_OKRSEK="1"`, ""), "E_MISSING"},
		"a district that is no number": {swap(`CIS_OKRSEK="1"`, `CIS_OKRSEK="1a"`), "E_NUMBER"},
		"another type of council":      {swap(`"OBEC"`, `"KRAJ"`), "E_VERSION"},
		"no turnout":                   {swap("UCAST_OKRSEK", "UCAST"), "E_MISSING"},
		"turnout twice":                {swap("<HLASY_OKRSEK POR_STR_HLAS_LIST=\"1\"", "<UCAST_OKRSEK/><HLASY_OKRSEK POR_STR_HLAS_LIST=\"1\""), "E_DUP"},
		"no votes":                     {swap(`HLASY="30"`, ""), "E_MISSING"},
		"votes below zero":             {swap(`HLASY="30"`, `HLASY="-30"`), "E_NEGATIVE"},
		"votes with a comma":           {swap(`HLASY="30"`, `HLASY="3,0"`), "E_NUMBER"},
		"a list twice":                 {swap(`LIST="2"`, `LIST="1"`), "E_DUPID"},
		"candidates in place of lists": {swap("POR_STR_HLAS_LIST", "PORADOVE_CISLO"), "E_MISSING"},
		"a district twice":             {file(1, district(500, 1, 500, 1, 30), district(500, 1, 500, 1, 31)), "E_DUPID"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDecoder(t, nil)
			updates, err := d.Decode(payload("x.xml", row.body))
			var r *feed.Refusal
			if !errors.As(err, &r) || updates != nil {
				t.Fatalf("got %v, %v; want a *Refusal and nothing else", updates, err)
			}
			if r.Code != row.code || r.Feed != "csu" || r.File != "x.xml" || r.Text == "" {
				t.Errorf("refused with %v, want %s", r, row.code)
			}
			if !bytes.Equal(d.State(), newDecoder(t, nil).State()) {
				t.Error("something of it was taken over")
			}
		})
	}
}

func TestABatchOfAnotherElectionIsRefused(t *testing.T) {
	d := newDecoder(t, nil)
	decode(t, d, file(1, district(500, 1, 500, 1, 30)))
	before := d.State()
	for _, body := range []string{presidential, strings.Replace(file(2), "20281006", "20281013", 1)} {
		_, err := d.Decode(payload("x", body))
		var r *feed.Refusal
		if !errors.As(err, &r) || r.Code != "E_IDENTITY" {
			t.Errorf("got %v, want E_IDENTITY", err)
		}
	}
	if !bytes.Equal(d.State(), before) {
		t.Error("something was taken over")
	}
}

func TestSettingsOfTheFormatAreChecked(t *testing.T) {
	if _, err := Format().New(feed.Options{Settings: map[string]string{"districts": "maybe"}}); err == nil {
		t.Error(`districts = "maybe" was taken`)
	}
	if err := Format().CheckSettings(feed.Options{Settings: map[string]string{"districts": "yes"}}); err != nil {
		t.Error(err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		file(1, district(500, 1, 500, 1, 30, 20), district(900, 8001, 900, 2, 7)), file(3), presidential, file(2, district(500, 1, 500, 1, 30))[:500],
		`<VYSLEDKY_OKRSKY xmlns="http://www.volby.cz/kv/"><CHYBA KOD_CHYBY="10"/></VYSLEDKY_OKRSKY>`, "<html>", "",
	} {
		f.Add(body, true)
		f.Add(body, false)
	}
	f.Fuzz(func(t *testing.T, body string, districts bool) {
		if strings.Contains(body, "&#") {
			return // digits by number do not stand in the payload as such
		}
		o := feed.Options{Settings: map[string]string{"districts": map[bool]string{true: "yes", false: "no"}[districts]}}
		feedtest.Holds(t, Format(), o, payload("vysledky_okrsky", body))
		d, again := newDecoder(t, nil), newDecoder(t, nil)
		if _, err := d.Decode(payload("x", body)); err == nil {
			if err := again.Restore(d.State()); err != nil || !bytes.Equal(again.State(), d.State()) {
				t.Errorf("what was read cannot be kept: %v", err)
			}
		}
	})
}
