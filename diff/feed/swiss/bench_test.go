package swiss

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
)

// votingDay is a file with this many cantons of ten districts and 80 communes
// each, indented like the office's.
func votingDay(cantons int) []byte {
	var b strings.Builder
	b.WriteString(`{
  "abstimmtag": "20990601",
  "timestamp": "2099-06-01T14:16:04",
  "spatial_reference": [{"spatial_unit": "kant", "spatial_date": "2022-01-01"}],
  "schweiz": {
    "geoLevelnummer": 0,
    "geoLevelname": "Schweiz",
    "nochKeineInformation": false,
    "vorlagen": [
      {
        "vorlagenId": 9990,
        "reihenfolgeAnzeige": 9990,
        "vorlagenTitel": [{"langKey": "de", "text": "Erfundene Vorlage «für Äpfel»"}, {"langKey": "fr", "text": "Objet inventé"}],
        "vorlageBeendet": false,
        "provisorisch": true,
        "vorlageAngenommen": null,
        "vorlagenArtId": 3,
        "hauptvorlagenId": 0,
        "reserveInfoText": null,
        "doppeltesMehr": true,
        "staende": {"jaStaendeGanz": null, "neinStaendeGanz": null, "anzahlStaendeGanz": null, "jaStaendeHalb": null, "neinStaendeHalb": null, "anzahlStaendeHalb": null},
        "resultat": `)
	writeTally(&b, `"anzahlGemeindenAusgezaehlt": 12, "anzahlGemeinden": 2000, `, cantons*80*250, cantons*80*150)
	b.WriteString(",\n        \"kantone\": [")
	for c := range cantons {
		writeCanton(&b, c)
	}
	b.WriteString("\n        ]\n      }\n    ]\n  }\n}\n")
	return []byte(b.String())
}

func writeCanton(b *strings.Builder, c int) {
	if c > 0 {
		b.WriteByte(',')
	}
	fmt.Fprintf(b, "\n          {\n            \"geoLevelnummer\": \"%d\",\n            \"geoLevelname\": \"Kanton %d\",\n            \"resultat\": ", c, c)
	writeTally(b, `"vorlageBeendet": false, "anzahlGemeindenAusgezaehlt": 80, "anzahlGemeinden": 80, `, 80*250, 80*150)
	b.WriteString(",\n            \"bezirke\": [")
	for d := range 10 {
		if d > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "\n              {\n                \"geoLevelnummer\": \"%d\",\n                \"geoLevelname\": \"Bezirk %d\",\n                \"resultat\": ", 100*c+d, 100*c+d)
		writeTally(b, `"anzahlGemeindenAusgezaehlt": 8, "anzahlGemeinden": 8, `, 8*250, 8*150)
		b.WriteString("\n              }")
	}
	b.WriteString("\n            ],\n            \"gemeinden\": [")
	for g := range 80 {
		if g > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "\n              {\n                \"geoLevelnummer\": \"%d\",\n                \"geoLevelname\": \"Gemeinde %d\",\n                \"geoLevelParentnummer\": \"%d\",\n                \"resultat\": ", 100*c+g, 100*c+g, 100*c+g/8)
		writeTally(b, "", 250, 150)
		b.WriteString("\n              }")
	}
	b.WriteString("\n            ]\n          }")
}

func writeTally(b *strings.Builder, head string, yes, no int) {
	fmt.Fprintf(b, `{%s"gebietAusgezaehlt": true,
                  "jaStimmenInProzent": 62.5,
                  "jaStimmenAbsolut": %d,
                  "neinStimmenAbsolut": %d,
                  "stimmbeteiligungInProzent": 38.052797519,
                  "eingelegteStimmzettel": %d,
                  "anzahlStimmberechtigte": %d,
                  "gueltigeStimmen": %d
                }`, head, yes, no, yes+no+7, 3*(yes+no), yes+no)
}

// BenchmarkDecode reads a file of 2,000 communes, 1.3 MB, again and again.
func BenchmarkDecode(b *testing.B) {
	p := feed.Payload{Feed: "swiss", Name: "eidgAbstimmung.json", Body: votingDay(25)}
	d := newDecoder(b)
	b.SetBytes(int64(len(p.Body)))
	b.ReportAllocs()
	for b.Loop() {
		updates, err := d.Decode(p)
		if err != nil {
			b.Fatal(err)
		}
		if n := len(updates[0].Results); n != 1+25+250+2000 {
			b.Fatalf("%d races", n)
		}
	}
}

// The same fields for encoding/json, which checks neither keys nor counts.
type (
	plainTally struct {
		Done       bool   `json:"gebietAusgezaehlt"`
		Yes        *int64 `json:"jaStimmenAbsolut"`
		No         *int64 `json:"neinStimmenAbsolut"`
		Valid      *int64 `json:"gueltigeStimmen"`
		Ballots    *int64 `json:"eingelegteStimmzettel"`
		Electorate *int64 `json:"anzahlStimmberechtigte"`
		CommunesIn *int64 `json:"anzahlGemeindenAusgezaehlt"`
		Communes   *int64 `json:"anzahlGemeinden"`
	}
	plainPlace struct {
		Number string     `json:"geoLevelnummer"`
		Name   string     `json:"geoLevelname"`
		Parent string     `json:"geoLevelParentnummer"`
		Result plainTally `json:"resultat"`
	}
	plainCanton struct {
		plainPlace
		Districts []plainPlace `json:"bezirke"`
		Communes  []plainPlace `json:"gemeinden"`
		Circles   []plainPlace `json:"zaehlkreise"`
	}
	plainFile struct {
		Day     string `json:"abstimmtag"`
		Time    string `json:"timestamp"`
		Country struct {
			Name      string `json:"geoLevelname"`
			Questions []struct {
				ID          int64         `json:"vorlagenId"`
				Provisional bool          `json:"provisorisch"`
				Accepted    *bool         `json:"vorlageAngenommen"`
				Result      plainTally    `json:"resultat"`
				Cantons     []plainCanton `json:"kantone"`
				Title       []struct {
					Language string `json:"langKey"`
					Text     string `json:"text"`
				} `json:"vorlagenTitel"`
			} `json:"vorlagen"`
		} `json:"schweiz"`
	}
)

// BenchmarkPlainJSON reads the same file into structs with encoding/json.
func BenchmarkPlainJSON(b *testing.B) {
	body := votingDay(25)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var f plainFile
		if err := json.Unmarshal(body, &f); err != nil {
			b.Fatal(err)
		}
		if n := len(f.Country.Questions[0].Cantons); n != 25 {
			b.Fatalf("%d cantons", n)
		}
	}
}
