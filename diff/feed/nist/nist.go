// Package nist reads election results in the common data format of NIST SP
// 1500-100: version 1 in XML, version 2 in XML and in JSON, and the dialect of
// version 1 in which civics feeds are written, without a namespace.
//
// It promises that a count belongs to exactly one contest, choice, unit and
// way of voting, and that every reference inside a report leads somewhere. It
// refuses reports of other vocabularies, ids given twice and references to
// nothing, and makes no sums unless it is told to. It was written from the
// schemas at https://github.com/usnistgov/ElectionResultsReporting (V1.0-50
// and V2) and SP 1500-100 revision 2.
package nist

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// The namespaces of the versions. Civics feeds have none.
const (
	spaceV1 = "NIST_V1_election_results.xsd"
	spaceV2 = "http://itl.nist.gov/ns/voting/1500-100/v2"
)

// Format is "nist".
//
// Stamps: GeneratedDate. SequenceStart and SequenceEnd number the parts of one
// report, not reports in time: the scope is the part.
//
// Keys: the ExternalIdentifier of the first type in the order of the setting
// identifiers; objects that have none are known by their ObjectId, which may
// change from file to file, with a finding.
func Format() feed.Format {
	f := feed.Format{
		Name:       "nist",
		Doc:        "NIST SP 1500-100 election results, versions 1 and 2, XML and JSON",
		Stamps:     "GeneratedDate",
		Concurrent: true,
		Settings: []feed.Setting{
			{Name: "identifiers", Doc: "order in which ExternalIdentifier types become keys, by default \"" + defaultIdentifiers + "\""},
			{Name: "sum", Doc: "\"parts\" adds up the ways of voting, \"units\" the units of a district, \"parts,units\" both, where a report states no total; by default it stays absent"},
		},
	}
	f.New = func(o feed.Options) (feed.Decoder, error) {
		if err := f.CheckSettings(o); err != nil {
			return nil, err
		}
		d := decoder{opts: o, identifiers: strings.Split(defaultIdentifiers, ",")}
		if list, ok := o.Settings["identifiers"]; ok {
			d.identifiers = nil
			for name := range strings.SplitSeq(list, ",") {
				d.identifiers = append(d.identifiers, strings.TrimSpace(name))
			}
		}
		for _, name := range d.identifiers {
			if !slices.Contains(strings.Split(defaultIdentifiers, ","), name) {
				return nil, fmt.Errorf("setting identifiers: %q is none of %s", name, defaultIdentifiers)
			}
		}
		for what := range strings.SplitSeq(o.Settings["sum"], ",") {
			switch what {
			case "":
			case "parts":
				d.sumParts = true
			case "units":
				d.sumUnits = true
			default:
				return nil, fmt.Errorf("setting sum is %q; it is \"parts\", \"units\", \"parts,units\" or not set", o.Settings["sum"])
			}
		}
		return d, nil
	}
	return f
}

// defaultIdentifiers puts codes that are meant to be stable first. "stable" is
// the OtherType of civics feeds. FIPS codes come late: a state and its country
// are seen to share one.
const defaultIdentifiers = "stable,local-level,state-level,national-level,ocd-id,fips,other"

type decoder struct {
	opts        feed.Options
	identifiers []string
	sumParts    bool
	sumUnits    bool
}

// Decode implements feed.Decoder: one report is one update.
func (d decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	doc := &report{}
	w, err := d.open(p, doc)
	if err != nil {
		return nil, err
	}
	doc.read(w)
	findings, err := w.finish("")
	if err != nil {
		return nil, err
	}
	b := &builder{decoder: d, p: p, doc: doc}
	u, err := b.update()
	if err != nil {
		return nil, err
	}
	u.Findings = append(findings, b.findings.List()...)
	return []snapshot.Update{u}, nil
}

// open chooses the walker: what is not JSON because it begins like markup is
// read as XML.
func (d decoder) open(p feed.Payload, doc *report) (walker, error) {
	r, err := feed.OpenJSON(p, d.opts)
	if err == nil {
		doc.v2 = true
		return jsonWalker{r}, nil
	}
	var refusal *feed.Refusal
	if !errors.As(err, &refusal) || refusal.Code != "E_NOT_FEED" {
		return nil, err
	}
	x, err := feed.OpenXML(p, d.opts, "", spaceV1, spaceV2)
	if err != nil {
		return nil, err
	}
	if string(x.Name()) != "ElectionReport" {
		return nil, p.Refuse("E_NOT_FEED", "the document is <%s>, not an ElectionReport", x.Name())
	}
	doc.v2 = x.Space() == spaceV2
	return &xmlWalker{r: x}, nil
}

// localType is "CandidateContest" of "ElectionResults.CandidateContest".
func localType(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }
