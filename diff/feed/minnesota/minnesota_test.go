package minnesota

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// lines makes a file of rows.
func lines(rows ...string) string { return strings.Join(rows, "\r\n") + "\r\n" }

var senator = lines(
	`MN;07;;0102;U.S. Senator;;0202;Ada "Addie" Nord, Sr.;;;DFL;3;4;60;60.00;100`,
	`MN;07;;0102;U.S. Senator;;0101;Bo Syd;Jr.;;R;3;4;38;38.00;100`,
	`MN;07;;0102;U.S. Senator;;9901;WRITE-IN;;;WI;3;4;2;2.00;100`,
)

var amendment = lines(
	`MN;27;;0351;CONSTITUTIONAL AMENDMENT 1;;9001;YES;;;NP;9;9;70;70.00;90`,
	`MN;27;;0351;CONSTITUTIONAL AMENDMENT 1;;9002;NO;;;NP;9;9;15;15.00;90`,
	`MN;27;;0351;CONSTITUTIONAL AMENDMENT 1;;9003;ESTIMATED BLANKS;;;NP;9;9;5;5.00;90`,
)

func payload(name, body string) feed.Payload {
	return feed.Payload{Feed: "mn", Name: "20241105/" + name, Body: []byte(body), Seq: 9, Received: time.Unix(1730851200, 0)}
}

func decode(t *testing.T, name, body string) snapshot.Update {
	t.Helper()
	updates, err := newDecoder(t).Decode(payload(name, body))
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
	updates, err := newDecoder(t).Decode(payload(name, body))
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

func TestACountyFileIsReadWhole(t *testing.T) {
	u := decode(t, "ussenatecty.txt", senator)
	if u.Scope != "ussenatecty.txt" || u.Stamp.Seq != 9 || u.Rank != 1 || codes(u) != "" {
		t.Errorf("scope %q, stamp %v, rank %d, findings %v", u.Scope, u.Stamp, u.Rank, u.Findings)
	}
	wantUnits := []snapshot.UnitDef{
		{Key: "mn", Name: "Minnesota", Type: snapshot.State},
		{Key: "county-07", Parent: "mn", Name: "Blue Earth County", Type: snapshot.County},
	}
	if !slices.Equal(u.Units, wantUnits) {
		t.Errorf("units = %v", u.Units)
	}
	c := u.Contests[0]
	wantChoices := []snapshot.ChoiceDef{
		{Key: "0101", Name: "Bo Syd Jr.", Party: "R"},
		{Key: "0202", Name: `Ada "Addie" Nord, Sr.`, Party: "DFL"},
		{Key: "9901", Name: "WRITE-IN", Party: "WI", Type: snapshot.WriteIn},
	}
	if c.Key != "0102" || c.Name != "U.S. Senator" || c.Heading != "Federal offices" || c.Type != snapshot.CandidateContest || !slices.Equal(c.Choices, wantChoices) {
		t.Errorf("contest = %+v", c)
	}
	r := u.Results[0]
	wantVotes := []snapshot.ChoiceVotes{{Key: "0202", Votes: snapshot.Of(60)}, {Key: "0101", Votes: snapshot.Of(38)}, {Key: "9901", Votes: snapshot.Of(2)}}
	wantTotals := snapshot.Totals{Valid: snapshot.Of(100), UnitsIn: snapshot.Of(3), UnitsTotal: snapshot.Of(4)}
	if r.Contest != "0102" || r.Unit != "county-07" || !slices.Equal(r.Votes, wantVotes) || r.Totals != wantTotals || r.Status != snapshot.UnofficialPartial {
		t.Errorf("result = %+v", r)
	}
}

func TestAllPrecinctsInIsUnofficial(t *testing.T) {
	r := decode(t, "x.txt", strings.ReplaceAll(senator, ";3;4;", ";4;4;")).Results[0]
	if r.Status != snapshot.UnofficialFull {
		t.Errorf("status = %q", r.Status)
	}
}

func TestEstimatedBlanksAreNoChoice(t *testing.T) {
	u := decode(t, "allracesbycounty.txt", amendment)
	r, c := u.Results[0], u.Contests[0]
	if len(c.Choices) != 2 || len(r.Votes) != 2 || c.Type != snapshot.BallotMeasureContest || u.Rank != 0 {
		t.Errorf("contest = %+v, rank %d", c, u.Rank)
	}
	want := snapshot.Totals{Blank: snapshot.Of(5), Ballots: snapshot.Of(90), UnitsIn: snapshot.Of(9), UnitsTotal: snapshot.Of(9)}
	if r.Totals != want || codes(u) != "" {
		t.Errorf("totals = %v, findings %v", r.Totals, u.Findings)
	}
}

func TestEstimatedBlanksBelowZeroAreLeftOut(t *testing.T) {
	body := strings.NewReplacer(";5;5.00;90", ";-199;-5.00;90").Replace(amendment)
	u := decode(t, "allracesbycounty.txt", body)
	if r := u.Results[0]; r.Totals.Blank.Present() || r.Votes[0].Votes != snapshot.Of(70) {
		t.Errorf("result = %+v", r)
	}
	if codes(u) != "F_DERIVED F_SUM" {
		t.Errorf("findings: %v", u.Findings)
	}
}

func TestACandidateMayHaveTheCodeOfTheBlanks(t *testing.T) {
	u := decode(t, "x.txt", lines(
		`MN;02;;0391;County Commissioner District 1;01;9003;Kit Vale;;;NP;1;2;8;80.00;10`,
		`MN;02;;0391;County Commissioner District 1;01;9901;WRITE-IN;;;WI;1;2;2;20.00;10`))
	if c := u.Contests[0]; len(c.Choices) != 2 || c.Choices[0].Name != "Kit Vale" {
		t.Errorf("choices = %+v", c.Choices)
	}
}

func TestLocalOfficesAreAContestInEachCounty(t *testing.T) {
	row := func(county, office, name string) string {
		return fmt.Sprintf("MN;%s;;%s;Office;01;9001;%s;;;NP;1;1;5;100.00;5", county, office, name)
	}
	for office, want := range map[string][]string{
		"0391": {"county-01-0391", "county-02-0391"},
		"0431": {"county-01-0431", "county-02-0431"},
		"0421": {"county-01-0421", "county-02-0421"},
		"1131": {"county-01-1131-01", "county-02-1131-01"},
		"0188": {"0188"},
		"0351": {"0351"},
		"7001": {"7001"},
		"9106": {"9106"},
	} {
		var got []string
		u := decode(t, "x.txt", lines(row("01", office, "A"), row("02", office, "A")))
		for _, c := range u.Contests {
			got = append(got, c.Key)
		}
		if !slices.Equal(got, want) || len(u.Results) != 2 {
			t.Errorf("office %s makes contests %v and %d races, want %v", office, got, len(u.Results), want)
		}
	}
}

func TestPlacesComeFromCountyPrecinctAndDistrict(t *testing.T) {
	const tail = ";0101;A;;;R;1;1;5;100.00;5"
	for _, c := range []struct{ file, row, unit, parent string }{
		{"USPres.txt", "MN;;;0101;P;", "mn", ""},
		{"USPresCG.txt", "MN;;;0101;P;7", "cd-7", "mn"},
		{"ussenatecg.txt", "MN;;;0102;S;07", "cd-7", "mn"},
		{"USPresLG.txt", "MN;;;0101;P;01A", "ld-1A", "mn"},
		{"uspreslg.txt", "MN;;;0101;P;67B", "ld-67B", "mn"},
		{"renamed.txt", "MN;;;0331;Governor;03", "cd-3", "mn"},
		{"ushouse.txt", "MN;;;0104;House 1;1", "mn", ""},
		{"LegislativeByDistrict.txt", "MN;;;0188;House 1A;1A", "mn", ""},
		{"USPresCty.txt", "MN;87;;0101;P;", "county-87", "mn"},
		{"ushousepct.txt", "MN;07;0005;0104;H;1", "county-07-0005", "county-07"},
	} {
		u := decode(t, c.file, lines(c.row+tail))
		last := u.Units[len(u.Units)-1]
		if u.Results[0].Unit != c.unit || last.Key != c.unit || last.Parent != c.parent {
			t.Errorf("%s: unit %q, defined %v", c.file, u.Results[0].Unit, last)
		}
	}
}

func TestAContestIsCountedInEachDistrict(t *testing.T) {
	row := func(district, code string) string {
		return "MN;;;0101;President;" + district + ";" + code + ";Name " + code + ";;;R;1;1;5;50.00;10"
	}
	u := decode(t, "USPresLG.txt", lines(row("01A", "0101"), row("01A", "0201"), row("01B", "0101"), row("01B", "0201")))
	if len(u.Contests) != 1 || u.Contests[0].Key != "0101" || len(u.Results) != 2 || codes(u) != "" {
		t.Errorf("update = %+v", u)
	}
}

func TestADistrictThatIsNoneIsRefused(t *testing.T) {
	for district, code := range map[string]string{
		"": "E_MISSING", "0": "E_IDENTITY", "10": "E_IDENTITY", "1C": "E_IDENTITY", "A": "E_IDENTITY", "001A": "E_IDENTITY", "-1": "E_IDENTITY",
	} {
		body := lines("MN;;;0101;President;" + district + ";0101;A;;;R;1;1;5;100.00;5")
		if r := refused(t, "USPresCG.txt", body); r.Code != code || r.Field != "district" {
			t.Errorf("district %q: %v, want %s", district, r, code)
		}
	}
}

func TestBeforeTheCountZerosAreAbsent(t *testing.T) {
	body := strings.NewReplacer(";3;4;60;", ";0;4;0;", ";3;4;38;", ";0;4;0;", ";3;4;2;", ";0;4;0;", ";100\r", ";0\r").Replace(senator)
	u := decode(t, "ussenatecty.txt", body)
	r := u.Results[0]
	if r.Status != snapshot.PreElection || r.Totals.Valid.Present() || r.Totals.UnitsTotal != snapshot.Of(4) {
		t.Errorf("result = %+v", r)
	}
	for _, v := range r.Votes {
		if v.Votes.Present() {
			t.Errorf("choice %s has %v votes", v.Key, v.Votes)
		}
	}
}

func TestNamesInWindows1252AreRead(t *testing.T) {
	u := decode(t, "x.txt", strings.Replace(senator, "Bo Syd", "Jos\xe9 Syd", 1))
	if got := u.Contests[0].Choices[0].Name; got != "José Syd Jr." {
		t.Errorf("name = %q", got)
	}
}

func TestARaceThatDoesNotAddUpIsNoted(t *testing.T) {
	u := decode(t, "x.txt", strings.Replace(senator, ";60;60.00;", ";61;60.00;", 1))
	if codes(u) != "F_SUM" || u.Results[0].Votes[0].Votes != snapshot.Of(61) {
		t.Errorf("findings %v, votes %v", u.Findings, u.Results[0].Votes)
	}
}

func TestBrokenFilesAreRefusedByLine(t *testing.T) {
	for name, c := range map[string]struct {
		old, new, code string
		line           int
	}{
		"short row":               {";WI;3;4;2;2.00;100", ";WI;3;4;2;2.00", "E_CSV", 3},
		"long row":                {"Bo Syd", "Bo; Syd", "E_CSV", 2},
		"wrong separator":         {senator, strings.ReplaceAll(senator, ";", ","), "E_CSV", 1},
		"cut at the end":          {"2.00;100\r\n", "2.00;100", "E_TRUNCATED", 3},
		"candidate twice":         {";9901;", ";0101;", "E_DUPID", 3},
		"rows that disagree":      {"R;3;4", "R;2;4", "E_CSV", 2},
		"another state":           {"MN;07;;0102;U.S. Senator;;0202", "WI;07;;0102;U.S. Senator;;0202", "E_IDENTITY", 1},
		"no such county":          {"MN;07;;0102;U.S. Senator;;0202", "MN;88;;0102;U.S. Senator;;0202", "E_IDENTITY", 1},
		"a precinct without home": {"MN;07;;0102;U.S. Senator;;0202", "MN;;0005;0102;U.S. Senator;;0202", "E_MISSING", 1},
		"no office":               {"MN;07;;0102;U.S. Senator;;0202", "MN;07;;;U.S. Senator;;0202", "E_IDENTITY", 1},
		"an office renamed":       {"U.S. Senator;;0101", "U.S. Senatrix;;0101", "E_IDENTITY", 2},
		"no votes":                {";38;38.00", ";;38.00", "E_MISSING", 2},
		"negative votes":          {";38;38.00", ";-38;38.00", "E_NEGATIVE", 2},
		"separated thousands":     {";38;38.00", ";1,038;38.00", "E_NUMBER", 2},
		"no name":                 {"Bo Syd;Jr.", ";", "E_MISSING", 2},
		"a long name":             {"Bo Syd", strings.Repeat("o", 201), "E_TEXT", 2},
		"blank lines only":        {senator, "\r\n \r\n", "E_EMPTY", 0},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(senator, c.old, c.new, 1)
			if body == senator {
				t.Fatalf("%q does not occur", c.old)
			}
			if r := refused(t, "ussenatecty.txt", body); r.Code != c.code || r.Line != c.line {
				t.Errorf("got %v, want %s in line %d", r, c.code, c.line)
			}
		})
	}
}

func TestPrecinctsGetTheirNames(t *testing.T) {
	u := decode(t, "pctstats.txt", lines("MN;01;0005;AITKIN;0;1331;0;0;0;0;0;0", "MN;01;0010;AITKIN TWP;0;643;0;0;0;0;0;0"))
	want := []snapshot.UnitDef{
		{Key: "mn", Name: "Minnesota", Type: snapshot.State},
		{Key: "county-01", Parent: "mn", Name: "Aitkin County", Type: snapshot.County},
		{Key: "county-01-0005", Parent: "county-01", Name: "AITKIN", Type: snapshot.Precinct},
		{Key: "county-01-0010", Parent: "county-01", Name: "AITKIN TWP", Type: snapshot.Precinct},
	}
	if !slices.Equal(u.Units, want) || len(u.Results)+len(u.Contests) != 0 {
		t.Errorf("update = %+v", u)
	}
}

// FuzzDecode holds that no payload makes the decoder panic, that an error is a
// *Refusal that stands alone, and that every count stands in the payload.
func FuzzDecode(f *testing.F) {
	f.Add("ussenatecty.txt", []byte(senator))
	f.Add("allracesbycounty.txt", []byte(amendment))
	f.Add("pctstats.txt", []byte(lines("MN;01;0005;AITKIN;0;1331;0;0;0;0;0;0")))
	d := newDecoder(f)
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		updates, err := d.Decode(payload(name, string(body)))
		if err != nil {
			var r *feed.Refusal
			if !errors.As(err, &r) || r.Code == "" || updates != nil {
				t.Fatalf("got %v, %v", updates, err)
			}
			return
		}
		for _, r := range updates[0].Results {
			counts := []snapshot.Count{r.Totals.Valid, r.Totals.Blank, r.Totals.Ballots, r.Totals.UnitsIn, r.Totals.UnitsTotal}
			for _, v := range r.Votes {
				counts = append(counts, v.Votes)
			}
			for _, c := range counts {
				if c.Present() && !strings.Contains(string(body), ";"+c.String()) {
					t.Errorf("count %v does not stand in the payload", c)
				}
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
