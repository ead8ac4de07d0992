package publish

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/store/memstore"
	"github.com/heraldresults/herald/templates"
)

// senate adds a contest of so many candidates and returns everything known.
func (n *night) senate(candidates int, votes func(i int) int64) *snapshot.Snapshot {
	n.apply(func(u *snapshot.Update) {
		c := snapshot.ContestDef{Key: "senate", Name: "Senate", Type: snapshot.CandidateContest, Seats: 9}
		r := snapshot.RaceResult{Contest: "senate", Unit: "br", Status: snapshot.UnofficialPartial}
		for i := range candidates {
			key := fmt.Sprintf("k%d", i)
			c.Choices = append(c.Choices, snapshot.ChoiceDef{Key: key, Name: "Candidate " + key})
			r.Votes = append(r.Votes, snapshot.ChoiceVotes{Key: key, Votes: snapshot.Of(votes(i))})
		}
		u.Contests, u.Results = []snapshot.ContestDef{c}, []snapshot.RaceResult{r}
	})
	return n.asm.Snapshot()
}

func TestALargeContestHasPagesOfAllItsChoices(t *testing.T) {
	st := memstore.New()
	p := openWith(t, bilingual(t, st))
	n := broad(2)
	const all = choiceRows + 50
	mustPublish(t, p, n.senate(all, func(i int) int64 { return int64(i) }))
	check(t, st)
	pages := func() []string {
		var out []string
		for _, path := range []string{"made-2026/choices/br/senate.html", "made-2026/choices/br/senate/2.html", "en-gb/made-2026/choices/br/senate.html"} {
			out = append(out, aliased(t, st, path))
		}
		return out
	}
	first := pages()
	if a, b := strings.Count(first[0], `<tr id="c-`), strings.Count(first[1], `<tr id="c-`); a != choiceRows || b != 50 {
		t.Errorf("%d choices on the first page and %d on the second", a, b)
	}
	race := aliased(t, st, "made-2026/race/br/senate.html")
	if n := strings.Count(race, `<tr id="c-`); n != templates.PageChoices || !strings.Contains(race, `"/made-2026/choices/br/senate.html"`) {
		t.Errorf("the page of the race shows %d choices, or has no way to the others", n)
	}

	p = openWith(t, bilingual(t, st)) // from the store alone
	mustPublish(t, p, n.senate(all, func(i int) int64 { return int64(all - i) }))
	check(t, st)
	for i, page := range pages() {
		if page == first[i] {
			t.Errorf("page %d did not follow the count", i)
		}
	}
	if slices.Contains(st.Keys(), "made-2026/choices/s0-t0/mayor-s0-t0.html") {
		t.Error("a contest of three choices has a page of all of them")
	}
}

// aliased is what readers get at an address.
func aliased(t *testing.T, st *memstore.Store, key string) string {
	t.Helper()
	body, err := seen(st)(t.Context(), key)
	if err != nil {
		t.Fatalf("get %s: %v", key, err)
	}
	return string(body)
}
