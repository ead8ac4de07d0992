package swiss

import (
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// typicalPlace is how many bytes a place takes in the file, or more.
const typicalPlace = 350

// document is what a file says, in its own order.
type document struct {
	day, timestamp string // abstimmtag, timestamp
	silent         bool   // nochKeineInformation
	questions      []question
	places         []place
}

// question is one of `vorlagen`; its places are doc.places[first:end].
type question struct {
	id, title   string
	order       snapshot.Count
	kind        string // vorlagenArtId
	provisional bool
	accepted    snapshot.Outcome // of "ja"
	double      bool             // people and cantons must both agree
	cantons     cantonVotes
	first, end  int
}

// cantonVotes is `staende`: whole and half cantons for and against.
type cantonVotes struct{ yes, no, whole, yesHalf, noHalf, half snapshot.Count }

type level int

const (
	country level = iota
	canton
	district
	commune
	circle // of a city
)

// place is a place with its result of one question.
type place struct {
	level                level
	number, name, parent string // parent in the source's number; "" for the canton it stands in
	canton               int    // index of the canton in doc.places
	tally
}

// tally is a `resultat`.
type tally struct {
	yes, no, valid, ballots, electorate snapshot.Count
	in, total                           snapshot.Count // communes
	done                                bool
}

func (doc *document) read(r *feed.JSON) {
	cantonal, federal := false, false
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "abstimmtag":
			doc.day = r.Text(feed.MaxName)
		case "timestamp":
			doc.timestamp = r.Text(feed.MaxName)
		case "schweiz":
			federal = true
			doc.readCountry(r)
		case "kantone":
			cantonal = true
			r.Skip()
		case "spatial_reference":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	if cantonal && !federal {
		r.Refuse("E_VERSION", "the file of cantonal votes is not read: point the feed at eidgAbstimmung")
	}
	r.Require("abstimmtag", "timestamp", "schweiz")
}

func (doc *document) readCountry(r *feed.JSON) {
	home := place{level: country}
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "geoLevelname":
			home.name = r.Text(feed.MaxName)
		case "nochKeineInformation":
			doc.silent, _ = r.Bool()
		case "vorlagen":
			for r.List(); r.NextItem(); {
				doc.readQuestion(r)
			}
		case "geoLevelnummer":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("geoLevelname", "vorlagen")
	for _, q := range doc.questions {
		doc.places[q.first].name = home.name
	}
}

func (doc *document) readQuestion(r *feed.JSON) {
	q := question{first: len(doc.places)}
	doc.places = append(doc.places, place{level: country})
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "resultat":
			doc.places[q.first].tally = readTally(r)
		case "kantone":
			for r.List(); r.NextItem(); {
				doc.readCanton(r)
			}
		default:
			q.field(r)
		}
	}
	r.Require("vorlagenId", "vorlagenTitel", "resultat", "kantone")
	if q.title == "" {
		r.Refuse("E_MISSING", "question %q has no title", q.id)
	}
	q.end = len(doc.places)
	doc.questions = append(doc.questions, q)
}

// field takes what is said of the question itself.
func (q *question) field(r *feed.JSON) {
	switch string(r.Key()) {
	case "vorlagenId":
		q.id = r.Text(feed.MaxName)
	case "vorlagenTitel":
		q.title = readTitle(r)
	case "reihenfolgeAnzeige":
		q.order = r.Count(feed.AsNumber)
	case "vorlagenArtId":
		q.kind = r.Text(feed.MaxName)
	case "provisorisch":
		q.provisional, _ = r.Bool()
	case "vorlageAngenommen":
		switch yes, stated := r.Bool(); {
		case yes:
			q.accepted = snapshot.Passed
		case stated:
			q.accepted = snapshot.Failed
		}
	case "doppeltesMehr":
		q.double, _ = r.Bool()
	case "staende":
		q.cantons = readCantonVotes(r)
	case "vorlageBeendet", "hauptvorlagenId", "reserveInfoText", "raumgliederungen":
		r.Skip()
	default:
		r.Unknown()
	}
}

// readTitle takes the German title of those in several languages, else the
// first.
func readTitle(r *feed.JSON) string {
	first, german := "", ""
	for r.List(); r.NextItem(); {
		language, text := "", ""
		for r.Object(); r.NextKey(); {
			switch string(r.Key()) {
			case "langKey":
				language = r.Text(feed.MaxName)
			case "text":
				text = r.Text(feed.MaxDetail)
			default:
				r.Unknown()
			}
		}
		r.Require("langKey", "text")
		if first == "" {
			first = text
		}
		if language == "de" {
			german = text
		}
	}
	if german != "" {
		return german
	}
	return first
}

func readCantonVotes(r *feed.JSON) cantonVotes {
	var c cantonVotes
	if r.Kind() == 'n' {
		r.Skip()
		return c
	}
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "jaStaendeGanz":
			c.yes = r.Count(feed.AsNumber)
		case "neinStaendeGanz":
			c.no = r.Count(feed.AsNumber)
		case "anzahlStaendeGanz":
			c.whole = r.Count(feed.AsNumber)
		case "jaStaendeHalb":
			c.yesHalf = r.Count(feed.AsNumber)
		case "neinStaendeHalb":
			c.noHalf = r.Count(feed.AsNumber)
		case "anzahlStaendeHalb":
			c.half = r.Count(feed.AsNumber)
		default:
			r.Unknown()
		}
	}
	return c
}

// readCanton takes a canton and all that lies in it. Its number may stand
// behind its districts and communes, so they remember its index.
func (doc *document) readCanton(r *feed.JSON) {
	own := len(doc.places)
	doc.places = append(doc.places, place{level: canton})
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "geoLevelnummer":
			doc.places[own].number = r.Text(feed.MaxName)
		case "geoLevelname":
			doc.places[own].name = r.Text(feed.MaxName)
		case "resultat":
			doc.places[own].tally = readTally(r)
		case "bezirke":
			doc.readPlaces(r, district, own)
		case "gemeinden":
			doc.readPlaces(r, commune, own)
		case "zaehlkreise":
			doc.readPlaces(r, circle, own)
		default:
			r.Unknown()
		}
	}
	r.Require("geoLevelnummer", "geoLevelname", "resultat", "gemeinden")
}

func (doc *document) readPlaces(r *feed.JSON, l level, own int) {
	if r.Kind() == 'n' {
		r.Skip()
		return
	}
	for r.List(); r.NextItem(); {
		p := place{level: l, canton: own}
		for r.Object(); r.NextKey(); {
			switch string(r.Key()) {
			case "geoLevelnummer":
				p.number = r.Text(feed.MaxName)
			case "geoLevelname":
				p.name = r.Text(feed.MaxName)
			case "geoLevelParentnummer":
				p.parent = r.Text(feed.MaxName)
			case "resultat":
				p.tally = readTally(r)
			default:
				r.Unknown()
			}
		}
		if r.Require("geoLevelnummer", "geoLevelname", "resultat"); l == circle {
			r.Require("geoLevelParentnummer")
		}
		doc.places = append(doc.places, p)
	}
}

func readTally(r *feed.JSON) tally {
	var t tally
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "gebietAusgezaehlt":
			t.done, _ = r.Bool()
		case "jaStimmenAbsolut":
			t.yes = r.Count(feed.AsNumber)
		case "neinStimmenAbsolut":
			t.no = r.Count(feed.AsNumber)
		case "gueltigeStimmen":
			t.valid = r.Count(feed.AsNumber)
		case "eingelegteStimmzettel":
			t.ballots = r.Count(feed.AsNumber)
		case "anzahlStimmberechtigte":
			t.electorate = r.Count(feed.AsNumber)
		case "anzahlGemeindenAusgezaehlt":
			t.in = r.Count(feed.AsNumber)
		case "anzahlGemeinden":
			t.total = r.Count(feed.AsNumber)
		case "jaStimmenInProzent", "stimmbeteiligungInProzent", "vorlageBeendet",
			"anzahlKantoneAusgezaehlt", "anzahlKantone", "anzahlBezirkeAusgezaehlt", "anzahlBezirke":
			r.Skip()
		default:
			r.Unknown()
		}
	}
	r.Require("gebietAusgezaehlt", "jaStimmenAbsolut", "neinStimmenAbsolut")
	return t
}
