package clarity

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
)

// madeState is a detail.xml of 160 counties: contests of three choices and four
// types of vote.
func madeState(contests int) []byte {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<ElectionResult>\n    <Timestamp>11/7/2028 9:05:06 PM EST</Timestamp>\n    <ElectionName>Made</ElectionName>\n    <ElectionDate>11/7/2028</ElectionDate>\n    <Region>ZZ</Region>\n")
	for c := range contests {
		fmt.Fprintf(&b, "    <Contest key=\"%d\" text=\"Office %d\" voteFor=\"1\" isQuestion=\"false\" precinctsParticipating=\"900\" precinctsReported=\"899\">\n", c+1, c+1)
		for x := range 3 {
			fmt.Fprintf(&b, "        <Choice key=\"%d\" text=\"Person %d\" party=\"NP\" totalVotes=\"%d\">\n", x+1, x+1, 4*160*(1234+x))
			for _, name := range []string{"Election Day Votes", "Advanced Voting Votes", "Absentee by Mail Votes", "Provisional Votes"} {
				fmt.Fprintf(&b, "            <VoteType name=\"%s\" votes=\"%d\">\n", name, 160*(1234+x))
				for p := range 160 {
					fmt.Fprintf(&b, "                <County name=\"County of the %dth\" votes=\"%d\" />\n", p+1, 1234+x)
				}
				b.WriteString("            </VoteType>\n")
			}
			b.WriteString("        </Choice>\n")
		}
		b.WriteString("    </Contest>\n")
	}
	b.WriteString("</ElectionResult>\n")
	return []byte(b.String())
}

// BenchmarkDecode is read beside BenchmarkPlain: the strict reading, with sums
// checked and races made, must not be slower.
func BenchmarkDecode(b *testing.B) {
	body := madeState(20)
	d := newDecoderFor(b, nil)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Decode(feed.Payload{Feed: "made", Name: "detail.xml", Body: body}); err != nil {
			b.Fatal(err)
		}
	}
}

type plainPlace struct {
	Name  string `xml:"name,attr"`
	Votes int    `xml:"votes,attr"`
}

type plainType struct {
	Name     string       `xml:"name,attr"`
	Votes    int          `xml:"votes,attr"`
	Counties []plainPlace `xml:"County"`
}

type plainResult struct {
	Timestamp, ElectionName, ElectionDate, Region string
	Contest                                       []struct {
		Key       string      `xml:"key,attr"`
		Text      string      `xml:"text,attr"`
		VoteFor   int         `xml:"voteFor,attr"`
		Total     int         `xml:"precinctsParticipating,attr"`
		Reported  int         `xml:"precinctsReported,attr"`
		VoteTypes []plainType `xml:"VoteType"`
		Choices   []struct {
			Key        string      `xml:"key,attr"`
			Text       string      `xml:"text,attr"`
			Party      string      `xml:"party,attr"`
			TotalVotes int         `xml:"totalVotes,attr"`
			VoteTypes  []plainType `xml:"VoteType"`
		} `xml:"Choice"`
	}
}

func BenchmarkPlain(b *testing.B) {
	body := madeState(20)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var r plainResult
		if err := xml.Unmarshal(body, &r); err != nil {
			b.Fatal(err)
		}
	}
}

// madeSummary is a summary.json of 300 contests.
func madeSummary() []byte {
	body := []byte("[")
	for i := range 300 {
		if i > 0 {
			body = append(body, ',')
		}
		body = fmt.Appendf(body, `{"CATKEY":"C_0","CAT":"Results","C":"Office %d","K":"%d","AggID":null,"VF":1,"TP":160,"PR":159,`+
			`"CH":["Ann Oak","Bo Elm","Cy Fir"],"P":["NP","NP","NP"],"PCT":[50.5,30.25,19.25],"V":[%d,3000,1900],"W":[0,0,0]}`, i, i+1, 5000+i)
	}
	return append(body, ']')
}

func BenchmarkDecodeSummary(b *testing.B) {
	body := madeSummary()
	d := newDecoderFor(b, nil)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Decode(feed.Payload{Feed: "made", Name: "summary.json", Body: body}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlainSummary(b *testing.B) {
	body := madeSummary()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var contests []struct {
			K, C, CAT  string
			VF, TP, PR int
			CH, P      []string
			V, W       []int
		}
		if err := json.Unmarshal(body, &contests); err != nil {
			b.Fatal(err)
		}
	}
}
