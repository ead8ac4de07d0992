package czech

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// The namespaces of the elections.
const (
	space     = "http://www.volby.cz/"
	municipal = space + "kv/"
	president = space + "prezident/"
)

// maxBatch is the highest number of a batch: a month of them.
const maxBatch = 9999

// class is the kind of an election.
type class byte

const (
	noClass class = iota
	councils
	presidency
)

func (c class) String() string { return [...]string{"", "kv", "prezident"}[c] }

// election is what a batch belongs to.
type election struct {
	class class
	date  uint32 // 20220923
}

func (e election) String() string { return fmt.Sprintf("%s %08d", e.class, e.date) }

// batch is one payload.
type batch struct {
	election       election
	number         int
	generated      time.Time
	announced      snapshot.Count // districts in it
	total, counted snapshot.Count // districts of the country, and those in all batches so far
	records        []record
	place          map[key]int // in records
}

// key names a district as a voter of one council: districts of city parts vote
// for two.
type key struct {
	obec, okrsek, council, ward uint32
	part                        bool // the council is that of a city part
}

// record is what a batch says of a district.
type record struct {
	key
	batch   int
	order   uint32 // of processing, over the whole night; 0 when not stated
	at      int64  // time of processing in Unix seconds; 0 when not stated
	voters  snapshot.Count
	ballots snapshot.Count
	valid   snapshot.Count
	votes   []votes // by number
}

type votes struct {
	number uint32
	count  snapshot.Count
}

func (d *decoder) read(p feed.Payload) (*batch, []snapshot.Finding, error) {
	r, err := feed.OpenXML(p, d.opts, municipal, president, space+"ps/", space+"ep/", space+"kz/", space+"senat/", space+"se/", "")
	if err != nil {
		return nil, nil, err
	}
	b := &batch{place: map[key]int{}}
	switch r.Space() {
	case municipal:
		b.election.class = councils
	case president:
		b.election.class = presidency
	}
	if string(r.Name()) == "CHYBA" {
		refuseError(r)
	}
	b.generated = d.clock(r, "DATUM_CAS_GENEROVANI")
	switch {
	case r.Failed():
	case string(r.Name()) != "VYSLEDKY_OKRSKY":
		return nil, nil, p.Refuse("E_VERSION", "a document %q, which is no batch of districts", r.Name())
	case b.election.class == noClass:
		return nil, nil, p.Refuse("E_VERSION", "batches of %q are not read; those of kv and prezident are", r.Space())
	}
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "DAVKA":
			b.readBatch(r)
		case "OKRSEK":
			d.readDistrict(r, b)
		case "CHYBA":
			refuseError(r)
		default:
			r.Unknown()
		}
	}
	r.Require("DAVKA")
	findings, err := r.Finish("")
	switch {
	case err != nil:
		return nil, nil, err
	case b.generated.IsZero():
		return nil, nil, p.Refuse("E_MISSING", `attribute "DATUM_CAS_GENEROVANI" is missing`)
	}
	for i := range b.records {
		b.records[i].batch = b.number
	}
	return b, findings, nil
}

// refuseError refuses an answer that holds a code instead of a batch.
func refuseError(r *feed.XML) {
	code, _ := r.Attr("KOD_CHYBY")
	r.Refuse("E_NOT_FEED", "the source answers with error %q instead of a batch", code)
}

// clock reads a time of Prague; missing is zero.
func (d *decoder) clock(r *feed.XML, name string) time.Time {
	s, _ := r.Attr(name)
	if s == "" {
		return time.Time{}
	}
	at, refusal := feed.ParseLocal("2006-01-02T15:04:05", s, d.zone)
	if refusal != nil {
		r.Refuse(refusal.Code, "%s: %s", name, refusal.Text)
		return time.Time{}
	}
	if at.Unix() <= 0 {
		r.Refuse("E_TIME", "%s: %q is long before any election", name, s)
	}
	return at.UTC()
}

func (b *batch) readBatch(r *feed.XML) {
	if b.number != 0 {
		r.Refuse("E_DUP", "a second DAVKA")
	}
	b.election.date = code(r, "DATUMVOLEB")
	if n := code(r, "PORADI_DAVKY"); n > maxBatch {
		r.Refuse("E_RANGE", "number %d of a batch, more than %d", n, maxBatch)
	} else {
		b.number = int(n)
	}
	b.announced = r.AttrCount("OKRSKY_DAVKA", feed.CountRule{})
	b.total = r.AttrCount("OKRSKY_CELKEM", feed.CountRule{})
	b.counted = r.AttrCount("OKRSKY_ZPRAC", feed.CountRule{})
	r.Skip()
}

// code reads a number that names something; it is 1 or more.
func code(r *feed.XML, name string) uint32 {
	r.RequireAttr(name)
	n, ok := r.AttrCount(name, feed.CountRule{}).Get()
	if (!ok || n == 0 || n > 1<<31) && !r.Failed() {
		r.Refuse("E_IDENTITY", "attribute %q names nothing", name)
	}
	return uint32(n)
}

func (d *decoder) readDistrict(r *feed.XML, b *batch) {
	rec := record{key: key{obec: code(r, "CIS_OBEC"), okrsek: code(r, "CIS_OKRSEK")}}
	if b.election.class == councils {
		rec.council, rec.ward, rec.part = code(r, "KODZASTUP"), code(r, "CIS_OBVODU"), isPart(r)
	}
	order, _ := r.AttrCount("PORADI_ZPRAC", feed.CountRule{}).Get()
	rec.order = uint32(min(order, 1<<32-1))
	if at := d.clock(r, "DATUM_CAS_ZPRAC"); !at.IsZero() {
		rec.at = at.Unix()
	}
	turnouts := 0
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "UCAST_OKRSEK":
			if turnouts++; turnouts > 1 {
				r.Refuse("E_DUP", "a second UCAST_OKRSEK")
			}
			r.KnownAttrs("ZAPSANI_VOLICI", "VYDANE_OBALKY", "ODEVZDANE_OBALKY", "PLATNE_HLASY", "VOLICSKE_PRUKAZY", "PLATNE_LISTKY")
			rec.voters = r.AttrCount("ZAPSANI_VOLICI", feed.CountRule{})
			rec.ballots = r.AttrCount("ODEVZDANE_OBALKY", feed.CountRule{})
			rec.valid = r.AttrCount("PLATNE_HLASY", feed.CountRule{})
			r.Skip()
		case "HLASY_OKRSEK":
			rec.readVotes(r, b.election.class)
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("UCAST_OKRSEK")
	rec.sortVotes(r)
	if !r.Failed() {
		b.add(r, rec)
	}
}

// isPart tells the council of a city part from that of a municipality.
func isPart(r *feed.XML) bool {
	r.RequireAttr("OZNAC_TYPU")
	switch v, _ := r.Attr("OZNAC_TYPU"); v {
	case "OBEC":
	case "MCMO":
		return true
	default:
		r.Refuse("E_VERSION", "%q is no type of a council: OBEC and MCMO are", v)
	}
	return false
}

func (rec *record) readVotes(r *feed.XML, c class) {
	name := "POR_STR_HLAS_LIST"
	if c == presidency {
		name = "PORADOVE_CISLO"
	}
	r.RequireAttr("HLASY")
	r.KnownAttrs(name, "HLASY")
	v := votes{code(r, name), r.AttrCount("HLASY", feed.CountRule{})}
	rec.votes = append(rec.votes, v)
}

// sortVotes puts the votes in the order of their numbers.
func (rec *record) sortVotes(r *feed.XML) {
	slices.SortFunc(rec.votes, func(a, b votes) int { return cmp.Compare(a.number, b.number) })
	for i := 1; i < len(rec.votes); i++ {
		if rec.votes[i].number == rec.votes[i-1].number {
			r.Refuse("E_DUPID", "number %d stands twice in district %d of %d", rec.votes[i].number, rec.okrsek, rec.obec)
		}
	}
}

// add keeps a record. Of two of one district in one batch, that which was
// processed later is kept.
func (b *batch) add(r *feed.XML, rec record) {
	i, twice := b.place[rec.key]
	switch {
	case !twice:
		b.place[rec.key] = len(b.records)
		b.records = append(b.records, rec)
	case rec.order == b.records[i].order:
		r.Refuse("E_DUPID", "district %d of %d stands there twice", rec.okrsek, rec.obec)
	case rec.order > b.records[i].order:
		b.records[i] = rec
	}
}
