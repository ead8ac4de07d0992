package manifest

import (
	"fmt"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/shard"
)

// Counts are the numbers of one group: for each race, in the order of the
// definitions named, the votes of its choices in definition order, then valid,
// blank, null, ballots, electorate, units in, units total. null is absent.
type Counts struct {
	V           int                `json:"v"`
	Election    string             `json:"election"`
	Group       string             `json:"group"`
	Definitions shard.Hash         `json:"definitions"`
	Races       [][]snapshot.Count `json:"races"`
}

// Totals is how many counts follow the votes in a vector.
const Totals = 7

// AppendVector appends the counts of one race in the order of a vector.
func AppendVector(dst []snapshot.Count, r snapshot.Result) []snapshot.Count {
	t := r.Totals
	dst = append(dst, r.Votes...)
	return append(dst, t.Valid, t.Blank, t.Null, t.Ballots, t.Electorate, t.UnitsIn, t.UnitsTotal)
}

// ResultOf reads a vector back into a result without status and outcomes.
func ResultOf(vector []snapshot.Count, choices int) (snapshot.Result, error) {
	if len(vector) != choices+Totals {
		return snapshot.Result{}, fmt.Errorf("%d counts for %d choices, want %d", len(vector), choices, choices+Totals)
	}
	t := vector[choices:]
	return snapshot.Result{
		Votes: vector[:choices:choices],
		Totals: snapshot.Totals{Valid: t[0], Blank: t[1], Null: t[2], Ballots: t[3],
			Electorate: t[4], UnitsIn: t[5], UnitsTotal: t[6]},
	}, nil
}

// AppendCounts appends the canonical JSON of a group's counts, straight from
// the races. One race a line keeps it readable and its changes small.
func AppendCounts(dst []byte, election, group string, defs shard.Hash, races []*snapshot.Race) []byte {
	dst = fmt.Appendf(dst, `{"v":%d,"election":%q,"group":%q,"definitions":`, Version, election, group)
	dst = defs.AppendJSON(dst)
	dst = append(dst, `,"races":[`...)
	var vector []snapshot.Count
	for i, r := range races {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '\n', '[')
		vector = AppendVector(vector[:0], r.Result)
		for j, c := range vector {
			if j > 0 {
				dst = append(dst, ',')
			}
			dst = c.AppendJSON(dst)
		}
		dst = append(dst, ']')
	}
	return append(dst, "]}\n"...)
}
