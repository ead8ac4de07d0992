package lacounty

import (
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// file is one of the three kinds.
type file struct {
	defs     *definitions
	counters *counters
	results  *results
}

// at is the time of the numbers.
func (f *file) at() time.Time {
	if f.counters != nil {
		return f.counters.at
	}
	return f.results.at
}

// counters is a counter_data file: numbers by what they count and whose.
type counters struct {
	at    time.Time
	value map[counter]snapshot.Count
}

// counter names a number: the votes of a candidate (CAND), and for a contest
// ballots (CBLT), over-voted (COV) and wholly under-voted ballots (CUV), and
// write-in marks (WRTN-01, …).
type counter struct {
	kind string
	id   string
}

// results is a readable file: votes by group, title and name.
type results struct {
	at       time.Time
	election string
	votes    map[title]map[string]snapshot.Count
}

type title struct{ group, contest string }

// read takes a payload in and tells its kind from its content.
func (d *decoder) read(p feed.Payload) (*file, []snapshot.Finding, error) {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return nil, nil, err
	}
	if r.Kind() == '[' {
		return nil, nil, p.Refuse("E_VERSION", "the layout of 2018 is not read")
	}
	f := &file{}
	stamp, layout := "", ""
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "Data":
			if r.Kind() == '{' {
				f.defs = readDefinitions(r)
			} else {
				f.counters = readCounters(r, len(p.Body))
			}
		case "Election":
			f.results = readResults(r)
		case "TimeStamp":
			stamp, layout = r.Text(feed.MaxName), "1/2/2006 3:04:05 PM"
		case "Timestamp":
			stamp, layout = r.Text(feed.MaxName), "2006-01-02T15:04:05"
		default:
			r.Unknown()
		}
	}
	switch {
	case f.counters != nil:
		r.Require("TimeStamp")
	case f.results != nil:
		r.Require("Timestamp")
	case f.defs == nil:
		r.Refuse("E_MISSING", `neither "Data" nor "Election" is there`)
	}
	findings, err := r.Finish("")
	if err == nil && f.defs == nil {
		err = f.date(p, layout, stamp, d.zone)
	}
	if err != nil {
		return nil, nil, err
	}
	return f, findings, nil
}

// date gives numbers their time, to the second: the two files of a release
// differ in the digits behind it.
func (f *file) date(p feed.Payload, layout, stamp string, zone *time.Location) error {
	at, refusal := feed.ParseLocal(layout, stamp, zone)
	if refusal != nil {
		refusal.Feed, refusal.File, refusal.Field = p.Feed, p.Name, "Timestamp"
		return refusal
	}
	if at = at.Truncate(time.Second); f.counters != nil {
		f.counters.at = at
	} else {
		f.results.at = at
	}
	return nil
}

// bytesOfCounter is about what a counter takes in a file.
const bytesOfCounter = 112

// kind takes a ReferenceType; the common ones are not made anew each time.
func kind(r *feed.JSON) string {
	b, _ := r.Scalar()
	for _, common := range [...]string{"CAND", "CBLT", "COV", "CUV"} {
		if string(b) == common {
			return common
		}
	}
	s, refusal := feed.CleanText(string(b), feed.MaxName)
	if refusal != nil {
		r.Refuse(refusal.Code, "%s", refusal.Text)
	}
	return s
}

// readCounters takes `Data` of counter_data, a file of this size.
func readCounters(r *feed.JSON, size int) *counters {
	c := &counters{value: make(map[counter]snapshot.Count, size/bytesOfCounter)}
	for r.List(); r.NextItem(); {
		var key counter
		var value snapshot.Count
		for r.Object(); r.NextKey(); {
			switch string(r.Key()) {
			case "ReferenceID":
				key.id = id(r)
			case "ReferenceType":
				key.kind = kind(r)
			case "Value":
				value = r.Count(feed.AsNumber)
			case "Number":
				r.Skip()
			default:
				r.Unknown()
			}
		}
		r.Require("ReferenceID", "ReferenceType", "Value")
		if _, twice := c.value[key]; twice && !r.Failed() {
			r.Refuse("E_DUPID", "counter %s of %s stands there twice", key.kind, key.id)
		}
		c.value[key] = value
	}
	return c
}

// readResults takes `Election` of a results file.
func readResults(r *feed.JSON) *results {
	out := &results{votes: map[title]map[string]snapshot.Count{}}
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "ID":
			out.election = id(r)
		case "ContestGroups":
			for r.List(); r.NextItem(); {
				out.readGroup(r)
			}
		case "Date", "Title":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("ID", "ContestGroups")
	return out
}

func (out *results) readGroup(r *feed.JSON) {
	name := ""
	byTitle := map[string]map[string]snapshot.Count{}
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "Name":
			name = r.Text(feed.MaxName)
		case "Contests":
			for r.List(); r.NextItem(); {
				readResult(r, byTitle)
			}
		default:
			r.Unknown()
		}
	}
	r.Require("Name", "Contests")
	for contest, votes := range byTitle {
		key := title{name, contest}
		if _, twice := out.votes[key]; twice && !r.Failed() {
			r.Refuse("E_DUPID", "group %q stands there twice", name)
		}
		out.votes[key] = votes
	}
}

func readResult(r *feed.JSON, byTitle map[string]map[string]snapshot.Count) {
	contest := ""
	votes := map[string]snapshot.Count{}
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "Title":
			contest = r.Text(feed.MaxDetail)
		case "Candidates":
			for r.List(); r.NextItem(); {
				name, n := readVotes(r)
				if _, twice := votes[name]; twice && !r.Failed() {
					r.Refuse("E_DUPID", "%q stands twice in %q", name, contest)
				}
				votes[name] = n
			}
		case "Type", "AdditionalText", "MeasureText", "MeasurePassRate", "VoteFor":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("Title", "Candidates")
	if _, twice := byTitle[contest]; twice && !r.Failed() {
		r.Refuse("E_DUPID", "contest %q stands there twice", contest)
	}
	byTitle[contest] = votes
}

func readVotes(r *feed.JSON) (name string, votes snapshot.Count) {
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "Name":
			name = r.Text(feed.MaxName)
		case "Votes":
			votes = r.Count(feed.AsNumber)
		case "Party":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("Name", "Votes")
	return name, votes
}

// id takes a number that names something.
func id(r *feed.JSON) string {
	b, _ := r.Scalar()
	if !isID(b) && !r.Failed() {
		r.Refuse("E_IDENTITY", "%q is no id", string(b))
	}
	return string(b)
}

// isID reports whether b is at most 18 digits.
func isID(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 18
}
