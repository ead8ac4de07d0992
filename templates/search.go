package templates

import (
	"strconv"
	"strings"

	"github.com/heraldresults/herald/diff/snapshot"
)

// searchSize is how large a file of the type-ahead may become before it is
// divided. Names of places compress to about a third.
const searchSize = 185_000

// SearchViews are the files of the type-ahead for places, parents before
// children and the home page first. One file holds everything as long as it
// stays small. Else search.json holds the home page and the places directly
// inside it, and each of these that has places inside has a file of its own,
// divided likewise. Places that hold nothing more are never divided.
func SearchViews(places []Findable) []SearchView {
	if len(places) == 0 {
		return nil
	}
	d := divider{places: places, inside: make([][]int, len(places))}
	for i := 1; i < len(places); i++ {
		if up := places[i].Up; up >= 0 && up < i {
			d.inside[up] = append(d.inside[up], i)
		}
	}
	d.divide(0, SearchFile)
	return d.views
}

// divider divides places into files.
type divider struct {
	places []Findable
	inside [][]int // places directly inside each
	views  []SearchView
}

func (d *divider) divide(top int, file string) {
	whole := SearchView{File: file}
	d.add(&whole, top, -1)
	divided := false
	if len(AppendSearch(nil, whole)) > searchSize {
		first := SearchView{File: file, Files: []string{""}}
		first.add(d.places[top], -1)
		for _, i := range d.inside[top] {
			of := ""
			if len(d.inside[i]) > 0 {
				of, divided = "search/"+d.places[i].Unit.ID+".json", true
			}
			first.add(d.places[i], 0)
			first.Files = append(first.Files, of)
		}
		if divided {
			whole = first
		}
	}
	d.views = append(d.views, whole)
	if !divided {
		return
	}
	for n, i := range d.inside[top] {
		if of := whole.Files[n+1]; of != "" {
			d.divide(i, of)
		}
	}
}

// add puts a place and everything inside it into a file.
func (d *divider) add(v *SearchView, i, up int) {
	at := len(v.Places)
	v.add(d.places[i], up)
	for _, j := range d.inside[i] {
		d.add(v, j, at)
	}
}

func (v *SearchView) add(place Findable, up int) {
	place.Up = up
	v.Places = append(v.Places, place)
}

// AppendSearch appends a file of the type-ahead, with every name once:
//
//	{"v":1,
//	 "heads":["","Council"],
//	 "contests":{"ids":["mayor","ward-2","seat-*"],"names":["Mayor","Ward 2","Seat"],"heads":[0,1,1]},
//	 "sets":[[],[0,2]],
//	 "places":{"ids":["land","harbour"],"names":["Norland","Harbour"],"up":[-1,0],"sets":[0,1]},
//	 "files":{"1":"search/harbour.json"}}
//
// A place is a number into the lists of places: its id and name, the number of
// the place above it, and the set of contests counted in it. A set lists
// numbers of contests; the head of a contest is what it is listed under. "*"
// in the id of a contest stands for the id of the place. The first place of
// search.json is the home page, whose address is index.html; every other place
// has in/PLACE.html, and every race race/PLACE/CONTEST.html. Files, left out
// when there is none, are those with what lies inside a place, below the
// address of this one's folder; the place itself comes first in them.
func AppendSearch(dst []byte, v SearchView) []byte {
	t := searchTable{heads: numbering{}, contests: numbering{}, sets: numbering{}}
	t.sets.number("")
	t.heads.number("")
	of := make([]int, len(v.Places))
	for i := range v.Places {
		of[i] = t.set(&v.Places[i])
	}
	dst = append(dst, `{"v":1,"heads":`...)
	dst = appendStrings(dst, t.heads.keys())
	dst = t.appendContests(dst)
	dst = append(dst, `,"sets":[`...)
	for i, set := range t.sets.keys() {
		dst = append(append(append(comma(dst, i), '['), set...), ']')
	}
	dst = append(dst, `],"places":{"ids":`...)
	dst = appendList(dst, v.Places, func(dst []byte, p *Findable) []byte { return appendString(dst, p.Unit.ID) })
	dst = append(dst, `,"names":`...)
	dst = appendList(dst, v.Places, func(dst []byte, p *Findable) []byte { return appendString(dst, p.Unit.Name) })
	dst = append(dst, `,"up":`...)
	dst = appendList(dst, v.Places, func(dst []byte, p *Findable) []byte { return strconv.AppendInt(dst, int64(p.Up), 10) })
	dst = append(dst, `,"sets":`...)
	dst = appendList(dst, of, func(dst []byte, n *int) []byte { return strconv.AppendInt(dst, int64(*n), 10) })
	dst = append(dst, '}')
	return append(appendFiles(dst, v.Files), "}\n"...)
}

// numbering numbers texts from 0 in the order in which they are first seen.
type numbering map[string]int

func (n numbering) number(s string) int {
	i, ok := n[s]
	if !ok {
		i = len(n)
		n[s] = i
	}
	return i
}

func (n numbering) keys() []string {
	out := make([]string, len(n))
	for s, i := range n {
		out[i] = s
	}
	return out
}

// searchTable collects what places have in common.
type searchTable struct {
	heads, contests, sets numbering
	list                  []searchContest // beside contests
	buf                   []byte
}

type searchContest struct {
	id, name string
	head     int
}

// set is the number of the set of a place's contests.
func (t *searchTable) set(p *Findable) int {
	t.buf = t.buf[:0]
	for i := range p.Races {
		t.buf = strconv.AppendInt(comma(t.buf, i), int64(t.contest(p.Races[i].Race.Contest, p.Unit.ID)), 10)
	}
	return t.sets.number(string(t.buf))
}

func (t *searchTable) contest(c *snapshot.Contest, unit string) int {
	id := c.ID
	if rest, ok := strings.CutSuffix(id, "-"+unit); ok {
		id = rest + "-*"
	}
	n := t.contests.number(id + "\x00" + c.Name + "\x00" + c.Heading)
	if n == len(t.list) {
		t.list = append(t.list, searchContest{id, c.Name, t.heads.number(c.Heading)})
	}
	return n
}

func (t *searchTable) appendContests(dst []byte) []byte {
	dst = append(dst, `,"contests":{"ids":`...)
	dst = appendList(dst, t.list, func(dst []byte, c *searchContest) []byte { return appendString(dst, c.id) })
	dst = append(dst, `,"names":`...)
	dst = appendList(dst, t.list, func(dst []byte, c *searchContest) []byte { return appendString(dst, c.name) })
	dst = append(dst, `,"heads":`...)
	dst = appendList(dst, t.list, func(dst []byte, c *searchContest) []byte { return strconv.AppendInt(dst, int64(c.head), 10) })
	return append(dst, '}')
}

func appendFiles(dst []byte, files []string) []byte {
	n := 0
	for i, f := range files {
		if f == "" {
			continue
		}
		if n == 0 {
			dst = append(dst, `,"files":{`...)
		}
		dst = append(strconv.AppendInt(append(comma(dst, n), '"'), int64(i), 10), `":`...)
		dst = appendString(dst, f)
		n++
	}
	if n > 0 {
		dst = append(dst, '}')
	}
	return dst
}

func appendStrings(dst []byte, list []string) []byte {
	return appendList(dst, list, func(dst []byte, s *string) []byte { return appendString(dst, *s) })
}

func appendList[T any](dst []byte, list []T, one func([]byte, *T) []byte) []byte {
	dst = append(dst, '[')
	for i := range list {
		dst = one(comma(dst, i), &list[i])
	}
	return append(dst, ']')
}
