package czech

import (
	"encoding/xml"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
)

func madeBatch() []byte {
	var all []string
	for i := range 400 {
		all = append(all, district(1+i/4, 1+i%4, 1+i/4, i+1, 120, 95, 80, 33, 21, 9, 4))
	}
	return []byte(file(1, all...))
}

// BenchmarkDecode is read beside BenchmarkPlain.
func BenchmarkDecode(b *testing.B) {
	body := madeBatch()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := newDecoder(b, nil).Decode(feed.Payload{Body: body}); err != nil {
			b.Fatal(err)
		}
	}
}

type plainBatch struct {
	Districts []struct {
		Obec    int `xml:"CIS_OBEC,attr"`
		Okrsek  int `xml:"CIS_OKRSEK,attr"`
		Council int `xml:"KODZASTUP,attr"`
		Turnout struct {
			Voters  int `xml:"ZAPSANI_VOLICI,attr"`
			Ballots int `xml:"ODEVZDANE_OBALKY,attr"`
			Valid   int `xml:"PLATNE_HLASY,attr"`
		} `xml:"UCAST_OKRSEK"`
		Votes []struct {
			List  int `xml:"POR_STR_HLAS_LIST,attr"`
			Votes int `xml:"HLASY,attr"`
		} `xml:"HLASY_OKRSEK"`
	} `xml:"OKRSEK"`
}

func BenchmarkPlain(b *testing.B) {
	body := madeBatch()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var out plainBatch
		if err := xml.Unmarshal(body, &out); err != nil {
			b.Fatal(err)
		}
	}
}
