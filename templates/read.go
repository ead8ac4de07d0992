package templates

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

// RaceState is the part of a race's JSON that depends on earlier releases.
type RaceState struct {
	Rev, Changed int
	AsOf         time.Time // UTC; zero before the first count
	Corrections  []Correction
	History      []Point
}

// ReadRace reads back what AppendRaceJSON wrote, so that a publisher can carry
// on after a restart. It takes nothing but the canonical form of version 1:
// what it read, written again, must give the same bytes. It refuses points and
// corrections that name choices the contest has not.
func ReadRace(b []byte) (RaceState, error) {
	var f raceFile
	if err := json.Unmarshal(b, &f); err != nil {
		return RaceState{}, fmt.Errorf("read race JSON: %w", err)
	}
	if f.V != raceVersion {
		return RaceState{}, fmt.Errorf("read race JSON: version %d, want %d", f.V, raceVersion)
	}
	s, err := f.state()
	if err != nil {
		return RaceState{}, fmt.Errorf("read race JSON of %q: %w", f.Race, err)
	}
	v := RaceView{
		Race: f.race(), Rev: s.Rev, Changed: s.Changed, AsOf: s.AsOf,
		Corrections: s.Corrections, History: s.History,
	}
	if !bytes.Equal(b, AppendRaceJSON(nil, v, &Site{Election: f.Election, Mode: f.Mode})) {
		return RaceState{}, fmt.Errorf("read race JSON of %q: not in canonical form", f.Race)
	}
	return s, nil
}

// raceFile is a race's JSON as it is read back. Strings and times that are
// null stay zero.
type raceFile struct {
	V        int         `json:"v"`
	Election string      `json:"election"`
	Mode     Mode        `json:"mode"`
	Race     string      `json:"race"`
	Contest  contestFile `json:"contest"`
	Unit     struct {
		ID     string            `json:"id"`
		Key    string            `json:"key"`
		Name   string            `json:"name"`
		Type   snapshot.UnitType `json:"type"`
		Parent string            `json:"parent"`
	} `json:"unit"`
	Result      resultFile       `json:"result"`
	Rev         int              `json:"rev"`
	Changed     int              `json:"changed_release"`
	AsOf        time.Time        `json:"as_of"`
	Corrections []correctionFile `json:"corrections"`
	History     []pointFile      `json:"history"`
}

type contestFile struct {
	ID      string               `json:"id"`
	Key     string               `json:"key"`
	Name    string               `json:"name"`
	Type    snapshot.ContestType `json:"type"`
	Seats   int                  `json:"seats"`
	Heading string               `json:"heading"`
	Unit    snapshot.CountUnit   `json:"count_unit"`
	Choices []struct {
		ID     string              `json:"id"`
		Key    string              `json:"key"`
		Name   string              `json:"name"`
		Party  string              `json:"party"`
		Number string              `json:"number"`
		Detail string              `json:"detail"`
		Type   snapshot.ChoiceType `json:"type"`
	} `json:"choices"`
}

type resultFile struct {
	Choices []struct {
		Votes   snapshot.Count   `json:"votes"`
		Seats   snapshot.Count   `json:"seats"`
		Outcome snapshot.Outcome `json:"outcome"`
	} `json:"choices"`
	totalsFile
	Status    snapshot.Status    `json:"status"`
	Kind      snapshot.CountKind `json:"kind"`
	Condition snapshot.Condition `json:"condition"`
	Rounds    []roundFile        `json:"rounds"`
	Channels  []channelFile      `json:"channels"`
}

type totalsFile struct {
	Valid      snapshot.Count `json:"valid"`
	Blank      snapshot.Count `json:"blank"`
	Null       snapshot.Count `json:"null"`
	Ballots    snapshot.Count `json:"ballots"`
	Electorate snapshot.Count `json:"electorate"`
	UnitsIn    snapshot.Count `json:"units_in"`
	UnitsTotal snapshot.Count `json:"units_total"`
}

func (t totalsFile) totals() snapshot.Totals {
	return snapshot.Totals{
		Valid: t.Valid, Blank: t.Blank, Null: t.Null, Ballots: t.Ballots,
		Electorate: t.Electorate, UnitsIn: t.UnitsIn, UnitsTotal: t.UnitsTotal,
	}
}

type roundFile struct {
	Choices []struct {
		Votes   snapshot.Count   `json:"votes"`
		Outcome snapshot.Outcome `json:"outcome"`
	} `json:"choices"`
	Exhausted snapshot.Count `json:"exhausted"`
}

// round has n votes, whatever the file says.
func (f *roundFile) round(n int) snapshot.Round {
	d := snapshot.Round{Votes: make([]snapshot.Count, n), Outcomes: make([]snapshot.Outcome, n), Exhausted: f.Exhausted}
	for i := range min(n, len(f.Choices)) {
		d.Votes[i], d.Outcomes[i] = f.Choices[i].Votes, f.Choices[i].Outcome
	}
	return d
}

type channelFile struct {
	Name    string `json:"name"`
	Choices []struct {
		Votes snapshot.Count `json:"votes"`
	} `json:"choices"`
	totalsFile
}

// channel has n votes, whatever the file says.
func (f *channelFile) channel(n int) snapshot.Channel {
	c := snapshot.Channel{Name: f.Name, Votes: make([]snapshot.Count, n), Totals: f.totals()}
	for i := range min(n, len(f.Choices)) {
		c.Votes[i] = f.Choices[i].Votes
	}
	return c
}

type correctionFile struct {
	Release int       `json:"release"`
	AsOf    time.Time `json:"as_of"`
	Reason  string    `json:"reason"`
	Changes []struct {
		Choice *int           `json:"choice"`
		What   string         `json:"what"`
		From   snapshot.Count `json:"from"`
		To     snapshot.Count `json:"to"`
	} `json:"changes"`
}

type pointFile struct {
	AsOf    time.Time          `json:"as_of"`
	UnitsIn snapshot.Count     `json:"units_in"`
	Votes   snapshot.Count     `json:"votes"`
	Leaders [][]snapshot.Count `json:"leaders"` // pairs of a choice and its votes
	Kind    snapshot.CountKind `json:"kind"`
}

// race is the race as far as its JSON tells. It has as many votes as choices,
// whatever the file says.
func (f *raceFile) race() *snapshot.Race {
	c := f.Contest
	contest := &snapshot.Contest{
		ID: c.ID, Key: c.Key, Name: c.Name, Type: c.Type, Seats: c.Seats, Heading: c.Heading, CountUnit: c.Unit,
		Choices: make([]snapshot.Choice, len(c.Choices)),
	}
	r := f.Result
	out := &snapshot.Race{ID: f.Race, Contest: contest, Result: snapshot.Result{
		Votes:    make([]snapshot.Count, len(c.Choices)),
		Outcomes: make([]snapshot.Outcome, len(c.Choices)),
		Seats:    make([]snapshot.Count, len(c.Choices)),
		Totals:   r.totals(),
		Status:   r.Status, Kind: r.Kind, Condition: r.Condition,
	}}
	for i := range r.Rounds {
		out.Result.Rounds = append(out.Result.Rounds, r.Rounds[i].round(len(c.Choices)))
	}
	for i := range r.Channels {
		out.Result.Channels = append(out.Result.Channels, r.Channels[i].channel(len(c.Choices)))
	}
	for i, ch := range c.Choices {
		contest.Choices[i] = snapshot.Choice{ID: ch.ID, ChoiceDef: snapshot.ChoiceDef{
			Key: ch.Key, Name: ch.Name, Party: ch.Party, Number: ch.Number, Detail: ch.Detail, Type: ch.Type,
		}}
		if i < len(r.Choices) {
			out.Result.Votes[i], out.Result.Outcomes[i], out.Result.Seats[i] = r.Choices[i].Votes, r.Choices[i].Outcome, r.Choices[i].Seats
		}
	}
	u := f.Unit
	out.Unit = &snapshot.Unit{ID: u.ID, Key: u.Key, Name: u.Name, Type: u.Type}
	if u.Parent != "" {
		out.Unit.Parent = &snapshot.Unit{ID: u.Parent}
	}
	return out
}

func (f *raceFile) state() (RaceState, error) {
	s := RaceState{Rev: f.Rev, Changed: f.Changed, AsOf: f.AsOf}
	if s.Rev < 1 || s.Changed < 1 {
		return s, fmt.Errorf("rev %d of release %d: both start from 1", s.Rev, s.Changed)
	}
	if len(f.History) > MaxPoints {
		return s, fmt.Errorf("%d points of history, at most %d", len(f.History), MaxPoints)
	}
	for i := range f.Corrections {
		c, err := f.Corrections[i].correction(len(f.Contest.Choices))
		if err != nil {
			return s, fmt.Errorf("correction %d: %w", i+1, err)
		}
		s.Corrections = append(s.Corrections, c)
	}
	for i := range f.History {
		p, err := f.History[i].point(len(f.Contest.Choices))
		if err != nil {
			return s, fmt.Errorf("point %d of the history: %w", i+1, err)
		}
		s.History = append(s.History, p)
	}
	return s, nil
}

func (f *correctionFile) correction(choices int) (Correction, error) {
	c := Correction{Release: f.Release, AsOf: f.AsOf, Reason: f.Reason}
	if f.Release < 1 {
		return c, fmt.Errorf("release %d: releases start from 1", f.Release)
	}
	for _, ch := range f.Changes {
		choice := -1
		if ch.Choice != nil {
			if choice = *ch.Choice; choice < 0 || choice >= choices {
				return c, fmt.Errorf("choice %d of %d", choice, choices)
			}
		}
		c.Changes = append(c.Changes, Change{Choice: choice, What: ch.What, From: ch.From, To: ch.To})
	}
	return c, nil
}

func (f *pointFile) point(choices int) (Point, error) {
	p := Point{AsOf: f.AsOf, UnitsIn: f.UnitsIn, Votes: f.Votes, Kind: f.Kind}
	for _, pair := range f.Leaders {
		if len(pair) != 2 || !pair[0].Present() {
			return p, errors.New("a leader is not a pair of a choice and its votes")
		}
		choice, _ := pair[0].Get()
		if choice >= int64(choices) {
			return p, fmt.Errorf("choice %d of %d", choice, choices)
		}
		p.Leaders = append(p.Leaders, Lead{Choice: int(choice), Votes: pair[1]})
	}
	return p, nil
}
