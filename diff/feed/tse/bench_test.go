package tse

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
)

// councilFile is an EA20 file of a council election with this many candidates,
// spaced and worded like the TSE's.
func councilFile(mun string, candidates int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `
{ "ele" : "619", "t" : "1", "f" : "o", "sup" : "n", "tpabr" : "mu", "cdabr" : "%s", "dg" : "06/10/2024", "hg" : "19:01:02", "idg" : "77", "dt" : "06/10/2024", "ht" : "19:00:58", "dv" : "s", "tf" : "n", "and" : "p", "esae" : "n", "mnae" : [  ], "carg" : [ 
{ "cd" : "13", "nmn" : "Vereador", "nmm" : "Vereador", "nmf" : "Vereadora", "nv" : "9", "fed" : [  ], "agr" : [ `, mun)
	total := 0
	for i := range candidates {
		if i%10 == 0 {
			if i > 0 {
				b.WriteString(" ] } ] }, ")
			}
			fmt.Fprintf(&b, "\n"+`{ "n" : "2800018%05d", "nm" : "PARTIDO INVENTADO %d", "tp" : "i", "com" : "PI%d", "par" : [ `+"\n"+
				`{ "n" : "%d", "sg" : "PI%d", "nm" : "PARTIDO INVENTADO %d", "nfed" : "", "tvtn" : "1", "tvan" : "1", "cand" : [ `, i, i, i, 10+i, i, i)
		} else {
			b.WriteString(", ")
		}
		votes := 7*i + 3
		total += votes
		fmt.Fprintf(&b, "\n"+`{ "n" : "%d", "sqcand" : "2500025%05d", "nm" : "JOSÉ INVENTADO DA SILVA NÚMERO %d", "nmu" : "ZÉ %d", "dt" : "30/04/1981", "dvt" : "Válido", "seq" : "%d", "e" : "n", "st" : "Não eleito", "vap" : "%d", "pvap" : "0,03", "pvapn" : "0,027772356", "vs" : [  ] }`,
			10_000+i, i, i, i, i, votes)
	}
	fmt.Fprintf(&b, ` ] } ] } ] } ], "s" : { "ts" : "40", "st" : "31", "pst" : "77,50", "snt" : "9", "psnt" : "22,50" }, "e" : { "te" : "90000", "c" : "%d", "pc" : "78,92", "a" : "0" }, "v" : { "tv" : "%d", "vvc" : "%d", "vv" : "%d", "vnom" : "%d", "van" : "0", "vansj" : "0", "vb" : "10", "tvn" : "20", "vn" : "20", "vnt" : "0", "vsan" : "0", "vscv" : "0" } }`,
		total+30, total+30, total, total, total)
	return []byte(b.String())
}

// BenchmarkDecode reads a council file of average size again and again: strictly
// into an update, and with encoding/json into structs that hold the same.
func BenchmarkDecode(b *testing.B) {
	b.Run("strict", decodeStrictly)
	b.Run("encoding-json", decodePlainly)
}

func decodeStrictly(b *testing.B) {
	body := councilFile("71072", 78)
	d := newDecoder(b)
	p := feed.Payload{Feed: "tse", Name: "sp71072-c0013-e000619-u.json", Body: body}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		updates, err := d.Decode(p)
		if err != nil {
			b.Fatal(err)
		}
		if n := len(updates[0].Contests[0].Choices); n != 78 {
			b.Fatalf("%d choices", n)
		}
	}
}

// plainFile holds what an update is made of.
type plainFile struct {
	Ele, T, F, Tpabr, Cdabr, Dg, Hg, Idg, Dt, Ht, Dv, Tf, And, Esae string
	Carg                                                            []struct {
		Cd, Nmn, Nv string
		Agr         []struct {
			Tp, Com string
			Par     []struct {
				Sg   string
				Cand []struct {
					N, Sqcand, Nm, Nmu, Dvt, St, Vap string
					Vs                               []struct{ Nm, Nmu string }
				}
			}
		}
	}
	S struct{ Ts, St, Snt string }
	E struct{ Te, C string }
	V struct{ Tv, Vvc, Vv, Vnom, Van, Vansj, Vb, Tvn, Vn string }
}

func decodePlainly(b *testing.B) {
	body := councilFile("71072", 78)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var f plainFile
		if err := json.Unmarshal(body, &f); err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, a := range f.Carg[0].Agr {
			n += len(a.Par[0].Cand)
		}
		if n != 78 {
			b.Fatalf("%d candidates", n)
		}
	}
}
