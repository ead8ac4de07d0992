package manifest

import (
	"fmt"
	"slices"

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
	// Kinds holds the kind of each race's count, "" for an ordinary one, in the
	// order of Races. It is left out when all counts are ordinary.
	Kinds []snapshot.CountKind `json:"kinds,omitempty"`
	// Conditions holds what became of each race, "" for one that is voted on and
	// counted, in the order of Races. It is left out when all are "".
	Conditions []snapshot.Condition `json:"conditions,omitempty"`
	// Seats are the seats that choices have won, of races whose source states
	// them, in the order of Races.
	Seats []RaceSeats `json:"seats,omitempty"`
	// Rounds are the steps of ranked counts, in the order of Races and, within a
	// race, of the count.
	Rounds []RaceRound `json:"rounds,omitempty"`
	// Channels are the parts of races whose source tells them apart, in the
	// order of Races and, within a race, of the source.
	Channels []RaceChannel `json:"channels,omitempty"`
}

// RaceChannel is a channel of the race at place Race of the same object.
type RaceChannel struct {
	Race int `json:"race"`
	Channel
}

// Channel is the part of a race that was cast one way: a vector like that of
// the race.
type Channel struct {
	Name   string           `json:"name"`
	Counts []snapshot.Count `json:"counts"`
}

// ChannelsOf are the channels of a result, nil when it has none.
func ChannelsOf(r snapshot.Result) []Channel {
	var out []Channel
	for _, ch := range r.Channels {
		out = append(out, Channel{Name: ch.Name, Counts: appendVector(nil, ch.Votes, ch.Totals)})
	}
	return out
}

// Totals is how many counts follow the votes in a vector.
const Totals = 7

// AppendVector appends the counts of one race in the order of a vector.
func AppendVector(dst []snapshot.Count, r snapshot.Result) []snapshot.Count {
	return appendVector(dst, r.Votes, r.Totals)
}

func appendVector(dst, votes []snapshot.Count, t snapshot.Totals) []snapshot.Count {
	dst = append(dst, votes...)
	return append(dst, t.Valid, t.Blank, t.Null, t.Ballots, t.Electorate, t.UnitsIn, t.UnitsTotal)
}

// Results reads all races back into results without status and outcomes.
// Choices are the numbers of choices of the races.
func (c *Counts) Results(choices []int) ([]snapshot.Result, error) {
	if len(c.Races) != len(choices) || c.Kinds != nil && len(c.Kinds) != len(choices) || c.Conditions != nil && len(c.Conditions) != len(choices) {
		return nil, fmt.Errorf("%d vectors, %d kinds and %d conditions for %d races", len(c.Races), len(c.Kinds), len(c.Conditions), len(choices))
	}
	out := make([]snapshot.Result, len(choices))
	for i, vector := range c.Races {
		var err error
		if out[i], err = resultOf(vector, choices[i]); err != nil {
			return nil, fmt.Errorf("race %d: %w", i, err)
		}
		if c.Kinds != nil {
			out[i].Kind = c.Kinds[i]
		}
		if c.Conditions != nil {
			out[i].Condition = c.Conditions[i]
		}
	}
	if err := c.seatsAndRounds(out); err != nil {
		return nil, err
	}
	for _, ch := range c.Channels {
		if ch.Race < 0 || ch.Race >= len(out) {
			return nil, fmt.Errorf("channel %q is of race %d of %d", ch.Name, ch.Race, len(out))
		}
		part, err := resultOf(ch.Counts, choices[ch.Race])
		if err != nil {
			return nil, fmt.Errorf("channel %q of race %d: %w", ch.Name, ch.Race, err)
		}
		r := &out[ch.Race]
		r.Channels = append(r.Channels, snapshot.Channel{Name: ch.Name, Votes: part.Votes, Totals: part.Totals})
	}
	return out, nil
}

// resultOf reads a vector back into a result without status and outcomes.
func resultOf(vector []snapshot.Count, choices int) (snapshot.Result, error) {
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
	dst = append(dst, ']')
	dst = appendKinds(dst, races)
	dst = appendConditions(dst, races)
	dst = appendSeats(dst, races)
	dst = appendRounds(dst, races)
	dst = appendChannels(dst, races)
	return append(dst, "}\n"...)
}

func appendKinds(dst []byte, races []*snapshot.Race) []byte {
	if !slices.ContainsFunc(races, func(r *snapshot.Race) bool { return r.Result.Kind != snapshot.PlainCount }) {
		return dst
	}
	for i, r := range races {
		dst = append(dst, opening(i, `,"kinds":[`)...)
		dst = append(dst, '"')
		dst = append(dst, r.Result.Kind...)
		dst = append(dst, '"')
	}
	return append(dst, ']')
}

func appendChannels(dst []byte, races []*snapshot.Race) []byte {
	n := 0
	for i, r := range races {
		for _, ch := range ChannelsOf(r.Result) {
			dst = appendItem(dst, n, `,"channels":[`, RaceChannel{Race: i, Channel: ch})
			n++
		}
	}
	return closing(dst, n)
}

// opening is what stands before item i of a list.
func opening(i int, list string) string {
	if i == 0 {
		return list
	}
	return ","
}
