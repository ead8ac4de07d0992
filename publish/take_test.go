package publish

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/store/memstore"
)

// county is a format of one number: the votes in each of 100 towns.
type county struct{}

func (county) Decode(p feed.Payload) ([]snapshot.Update, error) {
	var votes int64
	if _, err := fmt.Sscan(string(p.Body), &votes); err != nil {
		return nil, p.Refuse("E_SYNTAX", "not a number")
	}
	u := snapshot.Update{Scope: "county", Stamp: p.Receipt(),
		Contests: []snapshot.ContestDef{{Key: "mayor", Choices: []snapshot.ChoiceDef{{Key: "a"}, {Key: "b"}}}}}
	for i := range 100 {
		town := fmt.Sprint("town-", i)
		u.Units = append(u.Units, snapshot.UnitDef{Key: town})
		u.Results = append(u.Results, snapshot.RaceResult{Contest: "mayor", Unit: town,
			Votes: []snapshot.ChoiceVotes{{Key: "a", Votes: snapshot.Of(votes)}, {Key: "b", Votes: snapshot.Of(7)}}})
	}
	return []snapshot.Update{u}, nil
}

func TestASourceThatIsSetBackDoesNotFloodTheLog(t *testing.T) {
	var log bytes.Buffer
	src := newScript()
	l, _ := newLoop(t, memstore.New(), src)
	l.cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
	f := l.cfg.Feeds[0]
	f.Decoder = county{}
	for _, votes := range []string{"900", "800", "700"} {
		log.Reset()
		l.take(t.Context(), f, batch(votes))
		want := min(l.Stats().Findings["F_DECREASE"], maxLines)
		if got := strings.Count(log.String(), "msg=finding "); got != want {
			t.Errorf("%s votes: %d lines, want %d", votes, got, want)
		}
		if got := strings.Contains(log.String(), `msg="further findings" feed=made0 file=0.txt code=F_DECREASE count=80`); got != (want > 0) {
			t.Errorf("%s votes: that there are more is said: %v", votes, got)
		}
	}
	if got := l.Stats().Findings["F_DECREASE"]; got != 200 {
		t.Errorf("%d findings are counted, want all 200", got)
	}
}

// split is a format whose payloads are halves of one contest: a winner by the
// votes of the land, who is behind in one town.
type split struct{}

func (split) Decode(p feed.Payload) ([]snapshot.Update, error) {
	var unit string
	var a, b int64
	if _, err := fmt.Sscan(string(p.Body), &unit, &a, &b); err != nil {
		return nil, p.Refuse("E_SYNTAX", "not a unit and two numbers")
	}
	return []snapshot.Update{{Scope: unit, Stamp: p.Receipt(),
		Units:    []snapshot.UnitDef{{Key: "land"}, {Key: "town", Parent: "land"}},
		Contests: []snapshot.ContestDef{{Key: "head", Seats: 1, Choices: []snapshot.ChoiceDef{{Key: "a"}, {Key: "b"}}}},
		Results: []snapshot.RaceResult{{Contest: "head", Unit: unit, Votes: []snapshot.ChoiceVotes{
			{Key: "a", Votes: snapshot.Of(a), Outcome: snapshot.Elected}, {Key: "b", Votes: snapshot.Of(b)}}}}}}, nil
}

func TestAWinnerIsJudgedWhenTheMomentIsOver(t *testing.T) {
	for name, row := range map[string]struct {
		lines []string
		want  int
	}{
		"the town's file before the land's": {[]string{"town 1 2", "land 9 8"}, 0},
		"behind in the whole land":          {[]string{"town 1 2", "land 8 9"}, 1},
	} {
		l, _ := newLoop(t, memstore.New(), newScript())
		f := l.cfg.Feeds[0]
		f.Decoder, f.Concurrent = split{}, false
		for i, line := range row.lines {
			b := batch(line)
			b.More = i+1 < len(row.lines)
			l.take(t.Context(), f, b)
		}
		if got := l.Stats().Findings["F_OUTCOME"]; got != row.want {
			t.Errorf("%s: %d findings, want %d", name, got, row.want)
		}
	}
}

func TestWhatAFeedCountsInIsSaidByItsConfigurationAndSurvivesARestart(t *testing.T) {
	st := memstore.New()
	l, _ := newLoop(t, st, newScript())
	f := l.cfg.Feeds[0]
	f.Decoder, f.CountUnit = county{}, snapshot.Wards
	l.take(t.Context(), f, batch("900"))
	if r := mustPublish(t, l.cfg.Publisher, l.asm.Snapshot()); !r.Published {
		t.Fatal("nothing was published")
	}
	p := open(t, st)
	if got := p.Published().Contests[0].CountUnit; got != snapshot.Wards {
		t.Errorf("after a restart progress is stated in %q", got)
	}
	if r := mustPublish(t, p, l.asm.Snapshot()); r.Published {
		t.Errorf("the same was published again: %+v", r)
	}
	f.CountUnit = snapshot.Parishes
	l.take(t.Context(), f, batch("900"))
	if r := mustPublish(t, p, l.asm.Snapshot()); !r.Published {
		t.Error("another unit was not published")
	}
	raw, err := seen(st)(t.Context(), "made-2026/race/town-0/mayor.json")
	if err != nil || !bytes.Contains(raw, []byte(`"count_unit":"parish"`)) {
		t.Errorf("the race says %s, %v", raw, err)
	}
}
