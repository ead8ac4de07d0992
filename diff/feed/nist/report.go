package nist

import (
	"strings"

	"github.com/heraldresults/herald/diff/snapshot"
)

// report is an ElectionReport with the fields that matter here, in the order
// of the file.
type report struct {
	v2        bool
	elections []election
	units     []gpUnit
	parties   []party

	generated, format, status, isTest, testType string
	sequenceStart, sequenceEnd                  string
}

type election struct {
	name, start, kind string
	identifiers       []identifier
	candidates        []candidate
	contests          []contest
	ballots           []counts
}

type identifier struct{ kind, value string }

type candidate struct {
	id, name, party, post string
	identifiers           []identifier
}

type party struct {
	id, name, short string
	identifiers     []identifier
}

type gpUnit struct {
	id, kind, what, name string // kind: ReportingUnit or ReportingDevice; what: its Type
	identifiers          []identifier
	parts                []string // ids of the units that it is made of
	registered           snapshot.Count
	in, total            snapshot.Count
	counts               []counts
}

type contest struct {
	id, kind, name, title, district string
	identifiers                     []identifier
	order                           string
	seats                           string
	in, total                       snapshot.Count
	selections                      []selection
	counts                          []counts
}

type selection struct {
	id, kind, text string
	identifiers    []identifier
	candidates     []string
	parties        []string
	writeIn        bool
	votes          []counts
}

// counts is a VoteCounts, SummaryCounts, BallotCounts or OtherCounts.
type counts struct {
	unit, kind, round          string
	suppressed                 bool
	votes                      snapshot.Count
	cast, over, under, writeIn snapshot.Count
}

func (d *report) read(w walker) {
	w.fields(func(name string) {
		switch name {
		case "Election":
			d.elections = append(d.elections, d.election(w))
		case "GpUnit":
			d.units = append(d.units, d.unit(w))
		case "Party":
			d.parties = append(d.parties, d.party(w))
		case "GeneratedDate":
			d.generated = w.text()
		case "Format":
			d.format = w.text()
		case "Status":
			d.status = w.text()
		case "IsTest":
			d.isTest = w.text()
		case "TestType":
			d.testType = w.text()
		case "SequenceStart":
			d.sequenceStart = w.text()
		case "SequenceEnd":
			d.sequenceEnd = w.text()
		case "@type", "@id", "Person", "Office", "OfficeGroup", "GovernmentBody", "Header", "Issuer", "IssuerAbbreviation",
			"Notes", "VendorApplicationId", "ExternalIdentifier", "Signature":
			w.skip()
		default:
			w.unknown()
		}
	})
}

func (d *report) election(w walker) (e election) {
	w.fields(func(name string) {
		switch name {
		case "Name":
			e.name = w.phrase()
		case "StartDate":
			e.start = w.text()
		case "Type":
			e.kind = w.text()
		case "ExternalIdentifier":
			e.identifiers = append(e.identifiers, readIdentifier(w))
		case "Candidate":
			e.candidates = append(e.candidates, readCandidate(w))
		case "Contest":
			e.contests = append(e.contests, d.contest(w))
		case "BallotCounts":
			e.ballots = append(e.ballots, readCounts(w))
		case "@type", "@id", "BallotStyle", "ContactInformation", "CountStatus", "ElectionScopeId", "EndDate", "OtherType":
			w.skip()
		default:
			w.unknown()
		}
	})
	return e
}

func readIdentifier(w walker) (x identifier) {
	other := ""
	w.fields(func(name string) {
		switch name {
		case "Type":
			x.kind = w.text()
		case "OtherType":
			other = w.text()
		case "Value":
			x.value = strings.TrimSpace(w.text())
		default:
			w.skip()
		}
	})
	if x.kind == "other" && other == "stable" {
		x.kind = "stable"
	}
	return x
}

func readCandidate(w walker) (c candidate) {
	w.fields(func(name string) {
		switch name {
		case "@id":
			c.id = w.text()
		case "BallotName":
			c.name = w.phrase()
		case "PartyId":
			c.party = w.text()
		case "PostElectionStatus":
			c.post = w.text()
		case "ExternalIdentifier":
			c.identifiers = append(c.identifiers, readIdentifier(w))
		case "@type", "CampaignSlogan", "ContactInformation", "FileDate", "IsIncumbent", "IsTopTicket", "PersonId", "PreElectionStatus":
			w.skip()
		default:
			w.unknown()
		}
	})
	return c
}

func (d *report) party(w walker) (p party) {
	w.fields(func(name string) {
		switch {
		case name == "@id":
			p.id = w.text()
		case name == "Name", name == "InternationalizedAbbreviation", name == "Abbreviation" && d.v2:
			if text := w.phrase(); name == "Name" {
				p.name = text
			} else {
				p.short = text
			}
		case name == "Abbreviation":
			p.short = w.text()
		case name == "ExternalIdentifier":
			p.identifiers = append(p.identifiers, readIdentifier(w))
		default:
			w.skip() // colours, logos, leaders: nothing that counts
		}
	})
	return p
}

func (d *report) unit(w walker) (u gpUnit) {
	w.fields(func(name string) {
		switch name {
		case "@id":
			u.id = w.text()
		case "@type":
			u.kind = localType(w.text())
		case "Type":
			u.what = w.text()
		case "Name":
			u.name = d.string(w)
		case "InternationalizedName":
			u.name = w.phrase()
		case "ExternalIdentifier":
			u.identifiers = append(u.identifiers, readIdentifier(w))
		case "ComposingGpUnitIds":
			u.parts = append(u.parts, strings.Fields(w.item())...)
		case "VotersRegistered":
			u.registered = w.count()
		case "SubUnitsReported":
			u.in = w.count()
		case "TotalSubUnits":
			u.total = w.count()
		case "SummaryCounts":
			u.counts = append(u.counts, readCounts(w))
		case "AuthorityIds", "ContactInformation", "CountStatus", "DeviceClass", "Device", "ElectionAdministration", "IsDistricted", "IsMailOnly",
			"Number", "OtherType", "PartyRegistration", "SerialNumber", "SpatialDimension", "VotersParticipated":
			w.skip()
		default:
			w.unknown()
		}
	})
	return u
}

// string is a name that version 1 writes plainly and version 2 by language.
func (d *report) string(w walker) string {
	if d.v2 {
		return w.phrase()
	}
	return w.text()
}

func (d *report) contest(w walker) (c contest) {
	w.fields(func(name string) {
		switch name {
		case "@id":
			c.id = w.text()
		case "@type":
			c.kind = localType(w.text())
		case "Name":
			c.name = w.text()
		case "BallotTitle":
			c.title = w.phrase()
		case "ElectionDistrictId", "ElectoralDistrictId":
			c.district = w.text()
		case "ExternalIdentifier":
			c.identifiers = append(c.identifiers, readIdentifier(w))
		case "SequenceOrder":
			c.order = w.text()
		case "NumberElected":
			c.seats = w.text()
		case "SubUnitsReported":
			c.in = w.count()
		case "TotalSubUnits":
			c.total = w.count()
		case "ContestSelection", "BallotSelection":
			c.selections = append(c.selections, readSelection(w))
		case "SummaryCounts", "OtherCounts":
			c.counts = append(c.counts, readCounts(w))
		case "Abbreviation", "BallotSubTitle", "CandidateId", "ConStatement", "ContactInformation", "CountStatus", "EffectOfAbstain",
			"FullText", "HasRotation", "InfoUri", "NumberRunoff", "OfficeId", "OfficeIds", "OtherType", "OtherVoteVariation",
			"PassageThreshold", "PrimaryPartyIds", "ProStatement", "SummaryText", "Type", "VoteVariation", "VotesAllowed":
			w.skip()
		default:
			w.unknown()
		}
	})
	return c
}

func readSelection(w walker) (s selection) {
	w.fields(func(name string) {
		switch name {
		case "@id":
			s.id = w.text()
		case "@type":
			s.kind = localType(w.text())
		case "Selection":
			s.text = w.phrase()
		case "ExternalIdentifier":
			s.identifiers = append(s.identifiers, readIdentifier(w))
		case "CandidateIds":
			s.candidates = append(s.candidates, strings.Fields(w.item())...)
		case "PartyIds":
			s.parties = append(s.parties, strings.Fields(w.item())...)
		case "IsWriteIn":
			s.writeIn = w.text() == "true"
		case "VoteCounts":
			s.votes = append(s.votes, readCounts(w))
		case "EndorsementPartyIds", "SequenceOrder":
			w.skip()
		default:
			w.unknown()
		}
	})
	return s
}

func readCounts(w walker) (c counts) {
	stated := false
	w.fields(func(name string) {
		switch name {
		case "GpUnitId":
			c.unit = w.text()
		case "Type":
			c.kind = w.text()
		case "Round":
			c.round = w.text()
		case "IsSuppressedForPrivacy":
			c.suppressed = w.text() == "true"
		case "Count":
			c.votes, stated = w.count(), true
		case "BallotsCast":
			c.cast, stated = w.count(), true
		case "Overvotes":
			c.over, stated = w.count(), true
		case "Undervotes":
			c.under, stated = w.count(), true
		case "WriteIns":
			c.writeIn, stated = w.count(), true
		case "BallotsOutstanding", "BallotsRejected":
			w.skip()
			stated = true
		case "@type", "DeviceClass", "Device", "OtherType":
			w.skip()
		default:
			w.unknown()
		}
	})
	if !stated {
		w.refuse("E_MISSING", "counts of unit %q hold no count", c.unit)
	}
	return c
}
