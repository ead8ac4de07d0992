package nist

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// builder turns a report into an update. The first refusal sticks.
type builder struct {
	decoder
	p        feed.Payload
	doc      *report
	findings feed.Findings
	err      *feed.Refusal

	unitAt     map[string]int    // ObjectId → place in doc.units
	unitKey    map[string]string // ObjectId → key; devices have none
	parent     map[string]string // ObjectId → ObjectId
	parties    map[string]*party
	candidates map[string]*candidate
	unstable   int // objects known by their ObjectId only
}

func (b *builder) refuse(code, place, field, format string, args ...any) {
	if b.err == nil {
		b.err = b.p.Refuse(code, format, args...)
		b.err.Place, b.err.Field = place, field
	}
}

func (b *builder) note(code, format string, args ...any) { b.findings.Note(code, format, args...) }

func (b *builder) update() (snapshot.Update, error) {
	u := snapshot.Update{Scope: b.scope(), Stamp: snapshot.Stamp{Time: b.time()}, Phase: b.phase()}
	status := b.status()
	if n := len(b.doc.elections); n != 1 && b.err == nil {
		b.refuse("E_COUNT", "", "Election", "%d elections in one report, where one is expected", n)
	}
	if b.err != nil {
		return snapshot.Update{}, b.err
	}
	e := &b.doc.elections[0]
	u.Name, u.Election = b.clean(e.name, feed.MaxName, "Election.Name"), b.election(e)
	b.index(e)
	used := map[string]bool{}
	for i := range e.contests {
		def, results := b.contest(&e.contests[i], status, used)
		if b.err != nil {
			return snapshot.Update{}, b.err
		}
		u.Contests = append(u.Contests, def)
		u.Results = append(u.Results, results...)
	}
	if len(u.Contests) == 0 {
		b.refuse("E_EMPTY", "", "Contest", "the report holds no contest")
	}
	u.Units = b.units(used)
	if b.unstable > 0 {
		b.note("F_UNSTABLE_ID", "%d objects have no ExternalIdentifier and are known by their ObjectId, which may change from file to file", b.unstable)
	}
	if b.err != nil {
		return snapshot.Update{}, b.err
	}
	return u, nil
}

// scope is the part of the report.
func (b *builder) scope() string {
	first, err := strconv.Atoi(b.doc.sequenceStart)
	last, err2 := strconv.Atoi(b.doc.sequenceEnd)
	switch {
	case b.doc.sequenceStart == "" && b.doc.sequenceEnd == "":
		return "report"
	case err != nil || err2 != nil || first < 1 || first > last:
		b.refuse("E_RANGE", "", "SequenceStart", "part %q of %q is none", b.doc.sequenceStart, b.doc.sequenceEnd)
	case last > 1:
		return fmt.Sprintf("part %d of %d", first, last)
	}
	return "report"
}

// time is GeneratedDate: version 2 demands a zone, version 1 does not.
func (b *builder) time() time.Time {
	value := b.doc.generated
	if value == "" {
		b.refuse("E_MISSING", "", "GeneratedDate", "the report does not say when it was made")
		return time.Time{}
	}
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return t.UTC()
	}
	if b.opts.Location == nil {
		b.refuse("E_TIME", "", "GeneratedDate", "%q names no zone, and none is configured", value)
		return time.Time{}
	}
	t, refusal := feed.ParseLocal("2006-01-02T15:04:05", value, b.opts.Location)
	if refusal != nil {
		b.refuse(refusal.Code, "", "GeneratedDate", "%s", refusal.Text)
	}
	return t.UTC()
}

// phase: a report without IsTest is not a test (version 2, IsTest).
func (b *builder) phase() snapshot.Phase {
	switch b.doc.isTest {
	case "true", "1":
		b.note("F_TEST", "the report calls itself a test (%q)", b.doc.testType)
		return snapshot.PhaseTest
	case "false", "0":
		return snapshot.PhaseLive
	case "":
		return snapshot.PhaseUnknown
	}
	b.refuse("E_TYPE", "", "IsTest", "%q is neither true nor false", b.doc.isTest)
	return snapshot.PhaseUnknown
}

func (b *builder) status() snapshot.Status {
	switch s := snapshot.Status(b.doc.status); s {
	case snapshot.PreElection, snapshot.UnofficialPartial, snapshot.UnofficialFull, snapshot.Certified, snapshot.Recount:
		return s
	case "":
		return snapshot.StatusUnknown
	case "correction":
		b.note("F_UNKNOWN_VALUE", "status %q has no place on the pages; the races are shown without a status", s)
	default:
		b.note("F_UNKNOWN_VALUE", "status %q is not known", s)
	}
	return snapshot.StatusUnknown
}

// election is the source's id of the election, else what names it best.
func (b *builder) election(e *election) string {
	for _, kind := range b.identifiers {
		for _, x := range e.identifiers {
			if x.kind == kind && x.value != "" {
				return x.value
			}
		}
	}
	return e.start + " " + e.kind
}

// index finds objects by their ObjectId and names the units.
func (b *builder) index(e *election) {
	seen := map[string]bool{}
	claim := func(id, what string) {
		if id == "" {
			b.refuse("E_MISSING", what, "ObjectId", "an object without an ObjectId")
		}
		if seen[id] {
			b.refuse("E_DUPID", what, "ObjectId", "%q names two objects", id)
		}
		seen[id] = true
	}
	b.unitAt, b.unitKey, b.parent = map[string]int{}, map[string]string{}, map[string]string{}
	b.parties, b.candidates = map[string]*party{}, map[string]*candidate{}
	for i := range b.doc.units {
		claim(b.doc.units[i].id, "GpUnit")
		b.unitAt[b.doc.units[i].id] = i
	}
	for i := range b.doc.parties {
		claim(b.doc.parties[i].id, "Party")
		b.parties[b.doc.parties[i].id] = &b.doc.parties[i]
	}
	for i := range e.candidates {
		claim(e.candidates[i].id, "Candidate")
		b.candidates[e.candidates[i].id] = &e.candidates[i]
	}
	for i := range e.contests {
		claim(e.contests[i].id, "Contest")
	}
	b.tree()
}

// key is what an object is known by outside the report.
func (b *builder) key(list []identifier, id string) string {
	for _, kind := range b.identifiers {
		for _, x := range list {
			if x.kind == kind && x.value != "" {
				return x.value
			}
		}
	}
	b.unstable++
	return id
}

// clean makes text fit to be shown.
func (b *builder) clean(s string, max int, field string) string {
	s, refusal := feed.CleanText(s, max)
	if refusal != nil {
		b.refuse(refusal.Code, "", field, "%s", refusal.Text)
	}
	return s
}

// unique refuses a key that two objects of one kind share.
func (b *builder) unique(keys []string, what, place string) {
	sorted := slices.Sorted(slices.Values(keys))
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			b.refuse("E_DUPID", place, "ExternalIdentifier",
				"two of the %s are known as %q; the setting identifiers can prefer another type", what, sorted[i])
		}
	}
}
