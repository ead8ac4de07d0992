// Package eml reads EML_NL, the Dutch dialect of the OASIS Election Markup
// Language in which the Kiesraad and the municipalities publish: the definition
// of an election (110a), its candidate lists (230b, 230c), counts (510a to 510d, by
// polling station, municipality, electoral district and nation) and the result
// (520).
//
// It promises that a count belongs to the document's own level: what a
// municipality says of itself and what the nation says of it are one race,
// and the higher level states it from then on. It refuses other messages of
// the language and counts that name no list. It was written from the schemas
// and the manual at https://github.com/kiesraad/EML_NL (schema version 5) and
// from public documents of 2021 to 2026.
package eml

import (
	"fmt"
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// The namespaces that may occur.
const (
	spaceEML = "urn:oasis:names:tc:evs:schema:eml"
	spaceKR  = "http://www.kiesraad.nl/extensions"
	spaceRG  = "http://www.kiesraad.nl/reportgenerator"
	spaceDS  = "http://www.w3.org/2000/09/xmldsig#"
	spaceXAL = "urn:oasis:names:tc:ciq:xsdschema:xAL:2.0"
	spaceXNL = "urn:oasis:names:tc:ciq:xsdschema:xNL:2.0"
)

// Format is "eml-nl".
//
// Stamps: kr:CreationDateTime, which names no zone and is Dutch time. The scope
// is the message and the authority that made it ("510b 0363"), of a central
// authority also the place that the election is of ("510d CSB Limburg"), of
// candidate lists also the electoral district ("230b CSB 11").
//
// Keys: units "STAAT", "HSB9" (electoral district), "0363" (municipality),
// "0363::SB126" (polling station), the place that an election is of by its
// number ("25", a water board) or else its name ("Limburg", a province), other
// regions by category and number; contests the election's id ("TK2021"), its
// lists ("TK2021/9/1") where candidates are read, and "TK2021/elected"; choices
// the number of the list or of the candidate, or the candidate's short code
// where numbers differ between districts.
func Format() feed.Format {
	f := feed.Format{
		Name:       "eml-nl",
		Doc:        "EML_NL of the Kiesraad: 110a, 230b, 230c, 510a to 510d, 520",
		Stamps:     "kr:CreationDateTime",
		Zone:       "Europe/Amsterdam",
		Concurrent: true,
		Settings:   []feed.Setting{{Name: "candidates", Doc: "\"yes\" makes a contest of every list, with the votes of its candidates; by default only lists are shown"}},
	}
	f.New = func(o feed.Options) (feed.Decoder, error) {
		if err := f.CheckSettings(o); err != nil {
			return nil, err
		}
		zone, err := time.LoadLocation(f.Zone)
		if err != nil {
			return nil, fmt.Errorf("load the zone of the Netherlands: %w", err)
		}
		d := decoder{opts: o, zone: zone}
		switch v := o.Settings["candidates"]; v {
		case "", "no":
		case "yes":
			d.candidates = true
		default:
			return nil, fmt.Errorf("setting candidates is %q; it is \"yes\" or \"no\"", v)
		}
		return d, nil
	}
	return f
}

type decoder struct {
	opts       feed.Options
	zone       *time.Location
	candidates bool
}

// Decode implements feed.Decoder: one document is one update.
func (d decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	r, err := feed.OpenXML(p, d.opts, spaceEML, spaceKR, spaceRG, spaceDS, spaceXAL, spaceXNL)
	if err != nil {
		return nil, err
	}
	if string(r.Name()) != "EML" {
		return nil, p.Refuse("E_NOT_FEED", "the document is <%s>, not EML", r.Name())
	}
	x := &reader{decoder: d, r: r}
	x.message, _ = r.Attr("Id")
	x.document()
	findings, err := r.Finish(x.place())
	if err != nil {
		return nil, err
	}
	x.u.Scope = x.scope()
	x.u.Findings = append(findings, x.notes.List()...)
	return []snapshot.Update{x.u}, nil
}

// reader reads one document.
type reader struct {
	decoder
	r         *feed.XML
	message   string // "510b"
	authority named
	election  named
	category  string // "TK"
	domain    named
	contest   named
	listNow   named // the list whose candidates follow, in a result
	notes     feed.Findings
	u         snapshot.Update
}

// named is an id with a name.
type named struct{ id, name string }

// scope is what the document speaks of. An authority that is a place says it;
// a central one is the same in all elections and districts.
func (x *reader) scope() string {
	parts := []string{x.message}
	if x.authority.id != "" {
		parts = append(parts, x.authority.id)
	}
	if domain := x.domainKey(); domain != "" && (x.authority.id == "" || x.authority.id == central) {
		parts = append(parts, domain)
	}
	if strings.HasPrefix(x.message, "230") {
		parts = append(parts, x.contest.id)
	}
	return strings.Join(parts, " ")
}

// place names the document for people.
func (x *reader) place() string {
	if x.authority.name != "" {
		return x.authority.name
	}
	return x.contest.name
}

func (x *reader) document() {
	r := x.r
	if v, _ := r.Attr("SchemaVersion"); v != "" && v != "5" {
		r.Refuse("E_VERSION", "schema version %q, where 5 is read", v)
		return
	}
	switch x.message {
	case "110a", "230b", "230c", "510a", "510b", "510c", "510d", "520":
	default:
		r.Refuse("E_VERSION", "message %q is none that holds definitions or results", x.message)
		return
	}
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "ManagingAuthority":
			x.managing()
		case "CreationDateTime":
			x.time(r.Text())
		case "ElectionEvent", "CandidateList", "Count", "Result":
			x.body()
		case "TransactionId", "IssueDate", "CanonicalizationMethod", "Schema", "Signature":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("CreationDateTime")
}

func (x *reader) time(value string) {
	t, refusal := feed.ParseLocal("2006-01-02T15:04:05", value, x.zone)
	if zoned, err := time.Parse(time.RFC3339, value); err == nil {
		t, refusal = zoned, nil
	}
	if refusal != nil {
		x.r.Refuse(refusal.Code, "%s", refusal.Text)
		return
	}
	x.u.Stamp.Time = t.UTC()
}

// identified takes an element whose Id and text name something.
func (x *reader) identified() named {
	id, _ := x.r.Attr("Id")
	return named{id, x.r.Text()}
}

func (x *reader) managing() {
	r := x.r
	for r.Enter(); r.Next(); {
		if string(r.Name()) == "AuthorityIdentifier" {
			x.authority = x.identified()
		} else {
			r.Skip()
		}
	}
}

// body is what the message is about.
func (x *reader) body() {
	r := x.r
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "Election":
			x.electionOf()
		case "EventIdentifier", "CountingMethod", "Phase":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("Election")
}

func (x *reader) electionOf() {
	r := x.r
	for r.Enter(); r.Next(); {
		switch name := string(r.Name()); {
		case name == "ElectionIdentifier":
			x.identify()
		case name == "Contests":
			for r.Enter(); r.Next(); {
				x.contestOf()
			}
		case name == "Contest" && x.message == "110a":
			x.definedContest()
		case name == "Contest":
			x.contestOf()
		case name == "ElectionTree":
			x.tree()
		case name == "NumberOfSeats":
			n, _ := r.Count(feed.CountRule{}).Get()
			x.u.Contests = append(x.u.Contests, snapshot.ContestDef{Key: x.election.id, Name: x.election.name, Type: snapshot.PartyContest, Seats: int(n)})
		case name == "PreferenceThreshold", name == "RegisteredParties", name == "Affiliation":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("ElectionIdentifier")
}

func (x *reader) identify() {
	r := x.r
	x.election.id, _ = r.Attr("Id")
	r.RequireAttr("Id")
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "ElectionName":
			x.election.name = x.clean(r.Text())
		case "ElectionDomain":
			x.domain = x.identified()
			x.domain.name = x.clean(x.domain.name)
		case "ElectionCategory":
			x.category = r.Text()
		case "ElectionSubcategory", "ElectionDate", "NominationDate":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	x.u.Name, x.u.Election = x.election.name, x.election.id
}

func (x *reader) clean(s string) string {
	s, refusal := feed.CleanText(s, feed.MaxName)
	if refusal != nil {
		x.r.Refuse(refusal.Code, "%s", refusal.Text)
	}
	return s
}

// contestOf is one electoral district: its counts, its lists or its result.
func (x *reader) contestOf() {
	r := x.r
	if string(r.Name()) != "Contest" {
		r.Unknown()
		return
	}
	var elected []member
	for r.Enter(); r.Next(); {
		switch name := string(r.Name()); {
		case name == "ContestIdentifier":
			x.contestIdentifier()
		case name == "TotalVotes":
			x.votes(x.own())
		case name == "ReportingUnitVotes":
			x.votes(snapshot.UnitDef{})
		case name == "Affiliation":
			x.list()
		case name == "Selection" && x.message == "520":
			elected = x.member(elected)
		default:
			r.Unknown()
		}
	}
	r.Require("ContestIdentifier")
	if x.message == "520" {
		x.result(elected)
	}
}

// definedContest takes of a contest in a definition which one it is.
func (x *reader) definedContest() {
	r := x.r
	for r.Enter(); r.Next(); {
		if string(r.Name()) == "ContestIdentifier" {
			x.contestIdentifier()
		} else {
			r.Skip()
		}
	}
}

func (x *reader) contestIdentifier() {
	r := x.r
	x.contest.id, _ = r.Attr("Id")
	r.RequireAttr("Id")
	for r.Enter(); r.Next(); {
		if string(r.Name()) == "ContestName" {
			x.contest.name = x.clean(r.Text())
		} else {
			r.Unknown()
		}
	}
}
