package snapshot

import (
	"cmp"
	"time"
)

// Stamp orders the updates of one feed. Seq, where the source has one, decides
// before Time. A format declares where its stamps come from: inside the body,
// Last-Modified, or the order of receipt recorded in the spool.
type Stamp struct {
	Seq  uint64
	Time time.Time
}

// Compare returns -1, 0 or +1 as a is older than, equal to or newer than b.
// A stamp without Seq is compared by Time alone.
func (a Stamp) Compare(b Stamp) int {
	if a.Seq != 0 && b.Seq != 0 {
		return cmp.Compare(a.Seq, b.Seq)
	}
	return a.Time.Compare(b.Time)
}

// Update is what one payload says, decoded. It is plain data: keys are the
// source's own, not ids. An update that states results for a race states all
// of them; what it leaves out is absent.
type Update struct {
	// Feed is the configured name of the feed; the loop sets it.
	Feed string
	// Scope names what the payload speaks about ("br president",
	// "USPresCty.txt"). Stamps are compared within one feed and scope: an
	// update older than the last accepted one of its scope is ignored.
	Scope string
	// Precedence settles two feeds that state the same race: the higher one
	// owns it from then on. The loop sets it from the configuration.
	Precedence int
	// Rank settles two scopes of one feed that state the same race: the
	// higher one owns it from then on. Most formats leave it 0.
	Rank  int
	Stamp Stamp
	// Partial says that the update speaks of what moved only. Without it, a
	// race that its scope stated before and that it leaves out has vanished.
	Partial bool

	Name string // the election's name, where the payload states it
	// Election is the source's own id of the election, where it states one.
	Election string
	// Phase says whether the source calls its numbers real.
	Phase Phase
	Units []UnitDef
	// Contests are in definition order with their choices in definition
	// order: an order that does not depend on the votes.
	Contests []ContestDef
	Results  []RaceResult

	Findings []Finding
}

// UnitDef describes a reporting unit. Parent is the key of the unit that
// contains it, empty for the root.
type UnitDef struct {
	Key, Parent, Name string
	Type              UnitType
}

// ContestDef describes a contest and its choices.
type ContestDef struct {
	Key, Name string
	Type      ContestType
	Seats     int    // how many win; 0 when not known
	Order     int    // contests with a lower order come first; ties by first sight
	Heading   string // what contests are listed under ("Cities", "Prefeito")
	CountUnit CountUnit
	Choices   []ChoiceDef
}

// ChoiceDef describes what can be voted for. Key is unique within its contest.
type ChoiceDef struct {
	Key    string
	Name   string
	Party  string // abbreviation or name as the source gives it
	Number string // ballot number, where there is one
	Detail string // running mate, list, coalition: one line of text
	Type   ChoiceType
}

// RaceResult is what a payload says of one contest in one unit.
type RaceResult struct {
	Contest, Unit string // keys
	Votes         []ChoiceVotes
	Totals        Totals
	Status        Status
	Kind          CountKind
	Condition     Condition
	// Rounds are the steps of a ranked count, the first preferences first,
	// where the source states them.
	Rounds []RoundVotes
	// Channels are the same votes by the way they were cast, in the source's
	// order, where it states them.
	Channels []ChannelVotes
	// AsOf is the time of the count as the source states it inside the body;
	// zero when it states none.
	AsOf time.Time
}

// ChoiceVotes are the votes of one choice, named by its key.
type ChoiceVotes struct {
	Key     string
	Votes   Count
	Seats   Count // what it has won, where the source states it
	Outcome Outcome
}

// RoundVotes is one step of a ranked count. A choice that is out of the count
// is left out.
type RoundVotes struct {
	Votes     []ChoiceVotes // without seats
	Exhausted Count
}

// ChannelVotes is the part of a race's votes that was cast one way: online, on
// site, by post.
type ChannelVotes struct {
	Name   string
	Votes  []ChoiceVotes // without seats and outcomes
	Totals Totals
}

// Totals are the counts of a race beside those of its choices.
type Totals struct {
	Valid      Count // votes that count for the outcome
	Blank      Count // votes for nobody
	Null       Count // spoiled, annulled or over-voted
	Ballots    Count // ballots or voters; in multi-seat contests votes may exceed it
	Electorate Count
	UnitsIn    Count // parts counted, in the contest's CountUnit
	UnitsTotal Count
}

// Finding is something noticed in a payload that does not stop it. Code is
// stable (see docs/formats.md); Text is one sentence for the operator.
type Finding struct {
	Code, Text string
	// Contest and Race are the ids of what it is about; Race is empty when it
	// is about every race of the contest, both are when it is about neither.
	Contest, Race string
}

// UnitType is the kind of a reporting unit (NIST SP 1500-100 ReportingUnitType).
type UnitType string

// The unit types Herald uses.
const (
	Country               UnitType = "country"
	State                 UnitType = "state"
	County                UnitType = "county"
	Municipality          UnitType = "municipality"
	CongressionalDistrict UnitType = "congressional-district"
	District              UnitType = "district"
	Precinct              UnitType = "precinct"
	Abroad                UnitType = "abroad"
	OtherUnit             UnitType = "other"
)

// CountUnit is what the progress of a count is stated in: of what there are
// UnitsIn and UnitsTotal. The words are those of NIST SP 1500-100
// ReportingUnitType as far as it has them.
type CountUnit string

// The units of progress. The zero value means that nobody said of what.
const (
	NoCountUnit    CountUnit = ""
	Precincts      CountUnit = "precinct" // a seção, section, okrsok too
	PollingPlaces  CountUnit = "polling-place"
	BallotBatches  CountUnit = "ballot-batch"
	Wards          CountUnit = "ward"
	Parishes       CountUnit = "parish" // not of NIST
	Municipalities CountUnit = "municipality"
	Counties       CountUnit = "county"
	Districts      CountUnit = "district"
	CountingRounds CountUnit = "round" // of a count in rounds; not of NIST
)

// CountUnits are all units of progress that have a name.
func CountUnits() []CountUnit {
	return []CountUnit{Precincts, PollingPlaces, BallotBatches, Wards, Parishes, Municipalities, Counties, Districts, CountingRounds}
}

// ContestType is the kind of a contest.
type ContestType string

// The contest types of NIST SP 1500-100 that Herald uses.
const (
	CandidateContest     ContestType = "candidate"
	PartyContest         ContestType = "party"
	BallotMeasureContest ContestType = "ballot-measure"
	RetentionContest     ContestType = "retention"
)

// ChoiceType tells a person or list from collective entries.
type ChoiceType string

// The types of a choice. The zero value is a candidate, list or option.
const (
	Plain      ChoiceType = ""
	WriteIn    ChoiceType = "write-in"
	Abstention ChoiceType = "abstention" // counted, but not a vote for anything
)

// Phase says whether a source calls its numbers real.
type Phase string

// The phases. The zero value means that the source does not say.
const (
	PhaseUnknown Phase = ""
	PhaseLive    Phase = "live"
	PhaseTest    Phase = "test"
)

// CountKind tells a count that is exact from one that is not.
type CountKind string

// The kinds. The zero value is an ordinary count.
const (
	PlainCount        CountKind = ""
	IntermediateCount CountKind = "intermediate" // may contain duplicates
	FinalCount        CountKind = "final"        // exact; replaces intermediate ones
)

// Status is how far the count of a race is (NIST ResultsStatus).
type Status string

// The statuses. The zero value means that the source says nothing of it.
const (
	StatusUnknown     Status = ""
	PreElection       Status = "pre-election"
	UnofficialPartial Status = "unofficial-partial"
	UnofficialFull    Status = "unofficial-complete"
	Certified         Status = "certified"
	Recount           Status = "recount" // being counted again
)

// Condition is what became of a race beside its count, as a source or the
// authority states it. Herald never derives one.
type Condition string

// The conditions. The zero value is a race that is voted on and counted.
const (
	NoCondition Condition = ""
	Uncontested Condition = "uncontested" // no more choices than seats: no vote
	Withheld    Condition = "withheld"    // counted, and the numbers are not published
	Annulled    Condition = "annulled"    // the vote does not count
	Postponed   Condition = "postponed"   // the vote is held later
)

// Outcome is what a source says became of a choice. Herald never derives one.
type Outcome string

// The outcomes. The zero value means undecided or not stated.
const (
	NoOutcome  Outcome = ""
	Elected    Outcome = "elected"
	Runoff     Outcome = "runoff"
	NotElected Outcome = "not-elected"
	Substitute Outcome = "substitute"
	Passed     Outcome = "passed"
	Failed     Outcome = "failed"
	Tie        Outcome = "tie" // tied; a lot is to decide
	Lot        Outcome = "lot" // elected by lot
)
