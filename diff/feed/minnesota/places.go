package minnesota

import (
	"strconv"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// countyName is the name of a county by its number, 1 to 87: the counties in
// the order of the alphabet, as the Secretary of State numbers them.
func countyName(id string) string {
	n, err := strconv.Atoi(id)
	if err != nil || len(id) != 2 || n < 1 || n > 87 {
		return ""
	}
	return [...]string{
		"Aitkin", "Anoka", "Becker", "Beltrami", "Benton", "Big Stone", "Blue Earth", "Brown", "Carlton", "Carver",
		"Cass", "Chippewa", "Chisago", "Clay", "Clearwater", "Cook", "Cottonwood", "Crow Wing", "Dakota", "Dodge",
		"Douglas", "Faribault", "Fillmore", "Freeborn", "Goodhue", "Grant", "Hennepin", "Houston", "Hubbard", "Isanti",
		"Itasca", "Jackson", "Kanabec", "Kandiyohi", "Kittson", "Koochiching", "Lac qui Parle", "Lake", "Lake of the Woods", "Le Sueur",
		"Lincoln", "Lyon", "McLeod", "Mahnomen", "Marshall", "Martin", "Meeker", "Mille Lacs", "Morrison", "Mower",
		"Murray", "Nicollet", "Nobles", "Norman", "Olmsted", "Otter Tail", "Pennington", "Pine", "Pipestone", "Polk",
		"Pope", "Ramsey", "Red Lake", "Redwood", "Renville", "Rice", "Rock", "Roseau", "St. Louis", "Scott",
		"Sherburne", "Sibley", "Stearns", "Steele", "Stevens", "Swift", "Todd", "Traverse", "Wabasha", "Wadena",
		"Waseca", "Washington", "Watonwan", "Wilkin", "Winona", "Wright", "Yellow Medicine",
	}[n-1]
}

// office is what an office id says by its range.
type office struct {
	heading string
	// shared says that the office is one contest wherever it is counted. The
	// others are filled county by county, and one id stands for a contest of
	// its own in each.
	shared bool
}

// officeOf reads an office id. Seen: 0101 to 0321 federal and legislative,
// 0351 constitutional amendments, 0391 to 0397 county commissioners, 0412 to
// 0440 park, questions and soil and water, 70xx appellate courts, 81xx to 92xx
// district courts. Ids below 0360 that were not seen are state-wide offices;
// everything else unseen is taken for local, which keeps contests apart that
// may be one and never merges two.
func officeOf(id string) office {
	n, err := strconv.Atoi(id)
	switch {
	case err != nil:
		return office{}
	case n >= 101 && n <= 120:
		return office{"Federal offices", true}
	case n > 120 && n <= 330:
		return office{"State legislature", true}
	case n > 330 && n <= 350:
		return office{"State offices", true}
	case n > 350 && n < 360:
		return office{"Constitutional amendments", true}
	case n >= 7000 && n < 8000:
		return office{"Supreme Court and Court of Appeals", true}
	case n >= 8000 && n < 10000:
		return office{"District courts", true}
	}
	return office{}
}

// statewide reports whether all voters of the state elect an office: the
// president, senators of the United States, the state's own offices and its
// questions. Their rows name a district only to say where votes were counted.
func statewide(id string) bool {
	return id >= "0101" && id <= "0103" || id > "0330" && id < "0360"
}

// district describes a district in which votes were counted: "1" or "01" is a
// congressional district, "01A" or "1A" a legislative one.
func district(name string) (snapshot.UnitDef, bool) {
	number := strings.TrimLeft(name, "0")
	last := len(number) - 1
	switch {
	case len(name) > 3 || last < 0:
		return snapshot.UnitDef{}, false
	case last == 0 && isDigits(number):
		return snapshot.UnitDef{Key: "cd-" + number, Parent: "mn", Name: "Congressional District " + number, Type: snapshot.CongressionalDistrict}, true
	case last > 0 && isDigits(number[:last]) && (number[last] == 'A' || number[last] == 'B'):
		return snapshot.UnitDef{Key: "ld-" + number, Parent: "mn", Name: "Legislative District " + number, Type: snapshot.District}, true
	}
	return snapshot.UnitDef{}, false
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func state() snapshot.UnitDef {
	return snapshot.UnitDef{Key: "mn", Name: "Minnesota", Type: snapshot.State}
}

func countyUnit(id string) snapshot.UnitDef {
	return snapshot.UnitDef{Key: "county-" + id, Parent: "mn", Name: countyName(id) + " County", Type: snapshot.County}
}

// precinctColumns is the width of pctstats.txt: state, county id, precinct,
// its name, then numbers about registration and turnout.
const precinctColumns = 12

// precincts reads pctstats.txt, which gives the precincts their names. Its
// numbers are not results and are left alone.
func precincts(p feed.Payload, rows []row) (snapshot.Update, error) {
	u := snapshot.Update{Units: []snapshot.UnitDef{state()}}
	seen := map[string]bool{}
	for i := range rows {
		county, precinct := rows[i].text(colCounty), rows[i].text(colPrecinct)
		name, refusal := feed.CleanText(rows[i].text(colPrecinctName), feed.MaxName)
		switch {
		case rows[i].text(colState) != "MN" || countyName(county) == "" || precinct == "":
			return u, refuse(p, rows[i].line, "precinct", "E_IDENTITY", "%q, %q is no precinct of Minnesota", county, precinct)
		case refusal != nil:
			return u, refuse(p, rows[i].line, "precinct name", refusal.Code, "%s", refusal.Text)
		}
		if !seen[county] {
			seen[county] = true
			u.Units = append(u.Units, countyUnit(county))
		}
		u.Units = append(u.Units, snapshot.UnitDef{
			Key: "county-" + county + "-" + precinct, Parent: "county-" + county, Name: name, Type: snapshot.Precinct,
		})
	}
	return u, nil
}
