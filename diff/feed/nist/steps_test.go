package nist

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// withCounts is v2XML with more counts of its first and second choice in the
// county.
func withCounts(first, second string) string {
	body := strings.Replace(v2XML, "<CandidateIds>c1<", first+"<CandidateIds>c1<", 1)
	return strings.Replace(body, "<IsWriteIn>", second+"<IsWriteIn>", 1)
}

// of is a count in the county: round, type and number.
func of(round, kind, n string) string {
	if round != "" {
		round = "<Round>" + round + "</Round>"
	}
	return "<VoteCounts><GpUnitId>u1</GpUnitId>" + round + "<Type>" + kind + "</Type><Count>" + n + "</Count></VoteCounts>"
}

func TestRoundsOfARankedCountAreReadBehindTheFirst(t *testing.T) {
	u := must(t, withCounts(of("3", "total", "41")+of("2", "total", "35")+of("2", "early", "3"), of("2", "total", "2")), feed.Options{})
	r := find(t, u, "mayor", "99001")
	n := snapshot.Of
	key := r.Votes[1].Key
	want := []snapshot.RoundVotes{
		{Votes: []snapshot.ChoiceVotes{{Key: "cand-7", Votes: n(30)}, {Key: key, Votes: n(0)}}},
		{Votes: []snapshot.ChoiceVotes{{Key: "cand-7", Votes: n(35)}, {Key: key, Votes: n(2)}}},
		{Votes: []snapshot.ChoiceVotes{{Key: "cand-7", Votes: n(41)}}}}
	if !reflect.DeepEqual(r.Rounds, want) || r.Votes[0].Votes != n(30) {
		t.Errorf("rounds %+v\nwant %+v", r.Rounds, want)
	}
	if !strings.Contains(codes(u), "F_SKIPPED") {
		t.Errorf("a way of voting of a later round is left out without a word: %s", codes(u))
	}
	if p := find(t, u, "mayor", "u2"); p.Rounds != nil {
		t.Errorf("a precinct without rounds has %+v", p.Rounds)
	}
}

func TestRoundsEndWhereOneIsMissing(t *testing.T) {
	u := must(t, withCounts(of("3", "total", "41"), ""), feed.Options{})
	if r := find(t, u, "mayor", "99001"); len(r.Rounds) != 1 || !strings.Contains(codes(u), "F_SKIPPED") {
		t.Errorf("rounds %+v, findings %s", r.Rounds, codes(u))
	}
}

func TestSeatsAreThoseOfTheirChoice(t *testing.T) {
	r := find(t, must(t, withCounts(of("", "seats", "7"), ""), feed.Options{}), "mayor", "99001")
	if r.Votes[0].Seats != snapshot.Of(7) || r.Votes[0].Votes != snapshot.Of(30) || r.Votes[1].Seats.Present() {
		t.Errorf("votes %+v", r.Votes)
	}
}

func TestCountsOfSeatsAndRoundsThatContradictThemselvesAreRefused(t *testing.T) {
	for name, row := range map[string]struct{ first, code string }{
		"seats twice":           {of("", "seats", "1") + of("", "seats", "1"), "E_DUPID"},
		"a round twice":         {of("2", "total", "1") + of("2", "total", "1"), "E_DUPID"},
		"a round of no number":  {of("last", "total", "1"), "E_NUMBER"},
		"a round beyond all":    {of("201", "total", "1"), "E_NUMBER"},
		"a round with fraction": {of("2", "total", "1.5"), "E_NUMBER"},
	} {
		_, err := decode(t, withCounts(row.first, ""), feed.Options{})
		var r *feed.Refusal
		if !errors.As(err, &r) || r.Code != row.code {
			t.Errorf("%s: %v, want %s", name, err, row.code)
		}
	}
}

func TestAUnitOfWhichEveryCountIsSuppressedIsWithheld(t *testing.T) {
	const count = "<VoteCounts><GpUnitId>u2</GpUnitId><Type>total</Type><Count>30</Count></VoteCounts>"
	u := must(t, strings.Replace(v2XML, count, strings.Replace(count, "<Type>", "<IsSuppressedForPrivacy>true</IsSuppressedForPrivacy><Type>", 1), 1), feed.Options{})
	if r := find(t, u, "mayor", "u2"); r.Condition != snapshot.Withheld || r.Votes[0].Votes.Present() || !strings.Contains(codes(u), "F_WITHHELD") {
		t.Errorf("result %+v, findings %s", r, codes(u))
	}
	if r := find(t, u, "mayor", "99001"); r.Condition != snapshot.NoCondition {
		t.Errorf("the county, which states votes, is %q", r.Condition)
	}
}

func TestARecountIsAStatus(t *testing.T) {
	u := must(t, strings.Replace(v2XML, "<Status>unofficial-partial<", "<Status>recount<", 1), feed.Options{})
	if r := find(t, u, "mayor", "99001"); r.Status != snapshot.Recount || strings.Contains(codes(u), "F_UNKNOWN_VALUE") {
		t.Errorf("status %q, findings %s", r.Status, codes(u))
	}
}
