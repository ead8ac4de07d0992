package templates

import (
	"slices"

	"github.com/heraldresults/herald/diff/snapshot"
)

// MaxPoints is how many points of the history of a race are kept.
const MaxPoints = 48

const maxLeads = 5

// PointOf is the present result of a race as a point of its history.
func PointOf(r *snapshot.Race) Point {
	p := Point{AsOf: r.AsOf, UnitsIn: r.Result.Totals.UnitsIn, Votes: sumOfVotes(r), Kind: r.Result.Kind}
	if !r.Result.HasVotes() {
		return p
	}
	for _, i := range ranked(nil, r) {
		if len(p.Leaders) == maxLeads || !r.Result.Votes[i].Present() || isAbstention(r, i) {
			break
		}
		p.Leaders = append(p.Leaders, Lead{Choice: i, Votes: r.Result.Votes[i]})
	}
	return p
}

// AddPoint returns history with p at its end and at most MaxPoints points. It
// depends on its arguments alone and leaves history unchanged. The first and
// the last point always stay; when there are too many, the point between them
// whose neighbours are closest in time goes, of equals the oldest, so that
// what remains is spread over the whole count.
func AddPoint(history []Point, p Point) []Point {
	all := append(slices.Clip(slices.Clone(history)), p)
	for len(all) > MaxPoints {
		drop := 1
		for i := 2; i < len(all)-1; i++ {
			if all[i+1].AsOf.Sub(all[i-1].AsOf) < all[drop+1].AsOf.Sub(all[drop-1].AsOf) {
				drop = i
			}
		}
		all = slices.Delete(all, drop, drop+1)
	}
	return all
}
