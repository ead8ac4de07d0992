package feed

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/snapshot"
)

// benchContest is what both readers of BenchmarkXML fill.
type benchContest struct {
	Key     string        `xml:"key,attr"`
	Name    string        `xml:"text,attr"`
	Choices []benchChoice `xml:"Choice"`
}

type benchChoice struct {
	Key   string      `xml:"key,attr"`
	Name  string      `xml:"text,attr"`
	Total int64       `xml:"totalVotes,attr"`
	Note  string      `xml:"Note"`
	Kinds []benchKind `xml:"VoteType"`
}

type benchKind struct {
	Name   string       `xml:"name,attr"`
	Votes  int64        `xml:"Votes"`
	Places []benchPlace `xml:"Precinct"`
}

type benchPlace struct {
	Name  string `xml:"name,attr"`
	Votes int64  `xml:"votes,attr"`
}

// benchDocument is a made document of 20 contests, indented as sources do.
func benchDocument() []byte {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\r\n<Result>\r\n")
	for c := range 20 {
		fmt.Fprintf(&b, "  <Contest key=\"%d\" text=\"Office %d &amp; Seat\">\r\n", c, c)
		for choice := range 4 {
			fmt.Fprintf(&b, "    <Choice key=\"%d\" text=\"Candidate %d\" totalVotes=\"%d\">\r\n      <Note>made up</Note>\r\n", choice, choice, 1000*choice)
			for _, kind := range []string{"Early", "Mail", "Polls"} {
				fmt.Fprintf(&b, "      <VoteType name=\"%s\">\r\n        <Votes>%d</Votes>\r\n", kind, 300*choice)
				for place := range 40 {
					fmt.Fprintf(&b, "        <Precinct name=\"PRECINCT %03d\" votes=\"%d\" />\r\n", place, 7*place)
				}
				b.WriteString("      </VoteType>\r\n")
			}
			b.WriteString("    </Choice>\r\n")
		}
		b.WriteString("  </Contest>\r\n")
	}
	b.WriteString("</Result>\r\n")
	return []byte(b.String())
}

func readBench(body []byte) ([]benchContest, error) {
	r, err := OpenXML(Payload{Body: body}, Options{})
	if err != nil {
		return nil, err
	}
	var out []benchContest
	for r.Enter(); r.Next(); {
		var c benchContest
		c.Key, _ = r.Attr("key")
		c.Name, _ = r.Attr("text")
		for r.Enter(); r.Next(); {
			c.Choices = append(c.Choices, readBenchChoice(r))
		}
		out = append(out, c)
	}
	_, err = r.Finish("")
	return out, err
}

func readBenchChoice(r *XML) (c benchChoice) {
	number := func(n snapshot.Count) int64 { v, _ := n.Get(); return v }
	c.Key, _ = r.Attr("key")
	c.Name, _ = r.Attr("text")
	c.Total = number(r.AttrCount("totalVotes", CountRule{}))
	for r.Enter(); r.Next(); {
		if string(r.Name()) == "Note" {
			c.Note = r.Text()
			continue
		}
		var k benchKind
		k.Name, _ = r.Attr("name")
		for r.Enter(); r.Next(); {
			if string(r.Name()) == "Votes" {
				k.Votes = number(r.Count(CountRule{}))
				continue
			}
			var p benchPlace
			p.Name, _ = r.Attr("name")
			p.Votes = number(r.AttrCount("votes", CountRule{}))
			r.Skip()
			k.Places = append(k.Places, p)
		}
		c.Kinds = append(c.Kinds, k)
	}
	return c
}

func TestBothReadersOfTheBenchmarkReadTheSame(t *testing.T) {
	body := benchDocument()
	ours, err := readBench(body)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := unmarshalBench(body)
	if err != nil {
		t.Fatal(err)
	}
	if len(ours) != 20 || fmt.Sprint(ours) != fmt.Sprint(theirs) {
		t.Errorf("%d contests, encoding/xml reads %d others", len(ours), len(theirs))
	}
}

func unmarshalBench(body []byte) ([]benchContest, error) {
	var doc struct {
		Contests []benchContest `xml:"Contest"`
	}
	err := xml.Unmarshal(body, &doc)
	return doc.Contests, err
}

// BenchmarkXML reads one document into the same structs, strictly and by
// encoding/xml.
func BenchmarkXML(b *testing.B) {
	body := benchDocument()
	for _, reader := range []struct {
		name string
		read func([]byte) ([]benchContest, error)
	}{{"strict", readBench}, {"encoding-xml", unmarshalBench}} {
		b.Run(reader.name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if out, err := reader.read(body); err != nil || len(out) != 20 {
					b.Fatal(err)
				}
			}
		})
	}
}
