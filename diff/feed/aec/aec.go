// Package aec reads the results messages of the media feed of the Australian
// Electoral Commission: House of Representatives, Senate and referendums, with
// names from the Preload message and votes from the Light, Light Progress or
// Verbose messages.
//
// It promises that a Light message, which holds no names, is joined with the
// Preload message of the same event, whichever comes first, and that votes
// which no one has entered yet are absent although the message writes 0. It
// refuses messages of other events once one was read, and leaves swings,
// percentages, historic votes and the Commission's own aggregations alone. It
// was written from the XML Schema 3.0 and the Media Feed User Guide 4.4 of the
// Commission (https://www.aec.gov.au/media/mediafeed/); no real message was at
// hand.
package aec

import (
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

const (
	spaceAEC = "http://www.aec.gov.au/xml/schema/mediafeed"
	spaceEML = "urn:oasis:names:tc:evs:schema:eml"
)

// Format is "aec".
//
// Stamps: Updated of the results, the time of the newest count, which stays
// when a message is made again. Times name no zone; the configuration does.
// The scope is the event.
//
// Keys: units "AU", "NSW" (state), "div-101" (division), "pp-11877" (polling
// place); contests "H-101", "H-101-tcp" (two candidates preferred), "S-" and
// the contest's id, or the referendum's id; choices the candidate's id, "group-"
// and the id of a Senate group, or the option.
func Format() feed.Format {
	f := feed.Format{
		Name:   "aec",
		Doc:    "Australian Electoral Commission: media feed, Preload with Light or Verbose",
		Stamps: "Updated of the results, the time of the newest count",
	}
	f.New = func(o feed.Options) (feed.Decoder, error) {
		if err := f.CheckSettings(o); err != nil {
			return nil, err
		}
		o.ZipEntry, o.ZipOthers = "aec-mediafeed-results-*.xml", true // Preload brings schemas
		return &decoder{opts: o, district: map[string]string{}}, nil
	}
	return f
}

// decoder remembers what the Preload message said.
type decoder struct {
	opts     feed.Options
	event    string            // id of the event, once known
	loaded   bool              // names are known
	district map[string]string // contest → key of its unit
	waiting  *snapshot.Update  // the newest votes that came before the names
}

// Decode implements feed.Decoder. Votes that come before the names wait.
func (d *decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	r, err := feed.OpenXML(p, d.opts, spaceAEC, spaceEML)
	if err != nil {
		return nil, err
	}
	if string(r.Name()) != "MediaFeed" {
		return nil, p.Refuse("E_NOT_FEED", "the document is <%s>, not a MediaFeed", r.Name())
	}
	m := &message{r: r, decoder: d, districts: map[string]string{}}
	m.read()
	findings, err := r.Finish("")
	if err != nil {
		return nil, err
	}
	if d.event != "" && m.u.Election != d.event {
		return nil, p.Refuse("E_IDENTITY", "event %q, where %q was read before", m.u.Election, d.event)
	}
	d.event = m.u.Election
	m.u.Scope = "event " + d.event
	m.u.Findings = append(findings, m.notes.List()...)
	return d.join(m), nil
}

// join puts names and votes into one order.
func (d *decoder) join(m *message) []snapshot.Update {
	if m.named() {
		for contest, unit := range m.districts {
			d.district[contest] = unit
		}
		d.loaded = true
		names := m.u
		names.Scope = "names of " + names.Scope
		if m.verbosity == "Preload" {
			out := []snapshot.Update{names}
			if d.waiting != nil {
				d.place(d.waiting)
				out, d.waiting = append(out, *d.waiting), nil
			}
			return out
		}
		return []snapshot.Update{m.u}
	}
	if d.loaded {
		return []snapshot.Update{m.u}
	}
	if d.waiting == nil || !m.u.Stamp.Time.Before(d.waiting.Stamp.Time) {
		held := m.u
		d.waiting = &held
	}
	return []snapshot.Update{{Scope: "waiting for names", Stamp: m.u.Stamp,
		Findings: []snapshot.Finding{{Code: "F_WAITING", Text: "votes wait for the Preload message, which has the names"}}}}
}

// place names the units of votes that came before the names.
func (d *decoder) place(u *snapshot.Update) {
	for i := range u.Results {
		if r := &u.Results[i]; r.Unit == "" {
			r.Unit = d.district[strings.TrimSuffix(r.Contest, preferredSuffix)]
		}
	}
}

// message is one MediaFeed.
type message struct {
	*decoder
	r         *feed.XML
	verbosity string
	phase     string
	districts map[string]string
	election  string // id: "H", "S", "Q1"
	notes     feed.Findings
	u         snapshot.Update
}

// named reports whether the message holds names.
func (m *message) named() bool { return m.verbosity == "Preload" || m.verbosity == "Verbose" }

func (m *message) read() {
	r := m.r
	if v, _ := r.Attr("SchemaVersion"); v != "3" && v != "3.0" {
		r.Refuse("E_VERSION", "schema version %q, where 3 is read", v)
	}
	created, _ := r.Attr("Created")
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "Results":
			m.results(created)
		case "ManagingAuthority", "MessageLanguage", "MessageGenerator", "Cycle":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("Results")
}

func (m *message) results(created string) {
	r := m.r
	r.RequireAttr("Phase", "Verbosity", "Granularity")
	m.verbosity, _ = r.Attr("Verbosity")
	m.phase, _ = r.Attr("Phase")
	switch m.verbosity {
	case "Preload", "Verbose", "Light", "LightProgress":
	default:
		r.Refuse("E_VERSION", "verbosity %q is not read", m.verbosity)
	}
	if updated, ok := r.Attr("Updated"); ok {
		created = updated
	}
	m.u.Stamp.Time = m.time(created)
	if m.named() {
		m.u.Units = append(m.u.Units, snapshot.UnitDef{Key: "AU", Name: "Australia", Type: snapshot.Country})
	}
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "EventIdentifier":
			r.RequireAttr("Id")
			m.u.Election, _ = r.Attr("Id")
			m.u.Name = m.child("EventName")
		case "Election":
			m.electionOf()
		case "Messages":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("EventIdentifier", "Election")
}

// time reads a time that names no zone.
func (m *message) time(value string) time.Time {
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return t.UTC()
	}
	if m.opts.Location == nil {
		m.r.Refuse("E_TIME", "%q names no zone, and none is configured", value)
		return time.Time{}
	}
	t, refusal := feed.ParseLocal("2006-01-02T15:04:05", value, m.opts.Location)
	if refusal != nil {
		m.r.Refuse(refusal.Code, "%s", refusal.Text)
	}
	return t.UTC()
}

// child takes the present element and returns the text of one of its children.
func (m *message) child(name string) string {
	r, text := m.r, ""
	for r.Enter(); r.Next(); {
		if string(r.Name()) == name {
			text = m.clean(r.Text())
		} else {
			r.Skip()
		}
	}
	return text
}

func (m *message) clean(s string) string {
	s, refusal := feed.CleanText(s, feed.MaxName)
	if refusal != nil {
		m.r.Refuse(refusal.Code, "%s", refusal.Text)
	}
	return s
}

func (m *message) electionOf() {
	r := m.r
	m.election = ""
	name := ""
	for r.Enter(); r.Next(); {
		switch kind := string(r.Name()); kind {
		case "ElectionIdentifier":
			r.RequireAttr("Id")
			m.election, _ = r.Attr("Id")
			name = m.child("ElectionName")
		case "House", "Senate", "Referendum":
			for r.Enter(); r.Next(); {
				if string(r.Name()) != "Contests" {
					r.Skip() // Analysis: the Commission's own sums
					continue
				}
				for r.Enter(); r.Next(); {
					m.contest(kind, name)
				}
			}
		default:
			r.Unknown()
		}
	}
	r.Require("ElectionIdentifier")
}

// status is how far the count of the whole event is.
func (m *message) status() snapshot.Status {
	switch m.phase {
	case "ElectionNight", "PostElection":
		return snapshot.UnofficialPartial
	case "FinalResults":
		return snapshot.Certified
	case "IssueOfWrit", "CloseOfRolls", "NominationsLocked", "Preload", "PreloadLocked":
		return snapshot.PreElection
	}
	m.notes.Note("F_UNKNOWN_VALUE", "phase %q is not known", m.phase)
	return snapshot.StatusUnknown
}
