package publish

import (
	"context"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/publish/store/memstore"
	"github.com/heraldresults/herald/publish/verify"
	"github.com/heraldresults/herald/templates"
)

// countKind counts one town in two channels.
func (n *night) countKind(town string, kind snapshot.CountKind, online, site int64) *snapshot.Snapshot {
	votes := func(a int64) []snapshot.ChoiceVotes {
		return []snapshot.ChoiceVotes{{Key: "1", Votes: snapshot.Of(a)}, {Key: "3", Votes: snapshot.Of(0)}}
	}
	n.apply(func(u *snapshot.Update) {
		u.Results = append(u.Results, snapshot.RaceResult{Contest: "mayor-" + town, Unit: town, Kind: kind, Votes: votes(online + site),
			Channels: []snapshot.ChannelVotes{{Name: "online", Votes: votes(online), Totals: snapshot.Totals{Ballots: snapshot.Of(online)}}, {Name: "on <site>", Votes: votes(site)}}})
	})
	return n.asm.Snapshot()
}

// seen is what a store serves, uncompressed.
func seen(st *memstore.Store) verify.Fetch {
	return func(ctx context.Context, key string) ([]byte, error) {
		o, _, err := st.Get(ctx, key)
		if err != nil || o.ContentEncoding != "gzip" {
			return o.Body, err
		}
		return shard.Decode(o.Body)
	}
}

func race(s *snapshot.Snapshot, id string) *snapshot.Race {
	for _, r := range s.Races {
		if r.ID == id {
			return r
		}
	}
	return nil
}

func TestKindsAndChannelsSurviveARestartAndStandInEveryFile(t *testing.T) {
	const town, id = "s0-t1", "s0-t1--mayor-s0-t1"
	st, n := memstore.New(), newNight(3)
	p := open(t, st)
	n.count("s0-t0", 5, 4, 3)
	mustPublish(t, p, n.countKind(town, snapshot.IntermediateCount, 40, 2))
	checkKind(t, st, id, snapshot.IntermediateCount, 42)

	p = open(t, st)
	known := race(p.Published(), id)
	if want := race(n.asm.Snapshot(), id); known == nil || !known.Result.Equal(want.Result) {
		t.Fatalf("after a restart the race is %+v, want %+v", known, want.Result)
	}
	if plain := race(p.Published(), "s0-t0--mayor-s0-t0"); plain.Result.Kind != snapshot.PlainCount || plain.Result.Channels != nil {
		t.Errorf("an ordinary count came back as %+v", plain.Result)
	}
	if r := mustPublish(t, p, n.asm.Snapshot()); r.Published || r.Puts > 0 {
		t.Errorf("the same snapshot was published again: %+v", r)
	}

	n.asm = diff.NewAssembler(p.Published())
	if r := mustPublish(t, p, n.countKind(town, snapshot.FinalCount, 39, 1)); r.Corrections != 1 {
		t.Errorf("report %+v", r)
	}
	checkKind(t, st, id, snapshot.FinalCount, 40)
	raw, err := seen(st)(t.Context(), "made-2026/race/s0-t1/mayor-s0-t1.json")
	if err != nil {
		t.Fatal(err)
	}
	state, err := templates.ReadRace(raw)
	if err != nil {
		t.Fatal(err)
	}
	if len(state.Corrections) != 1 || state.Corrections[0].Reason != "final" || state.History[0].Kind != snapshot.IntermediateCount || state.History[1].Kind != snapshot.FinalCount {
		t.Errorf("corrections %+v, history %+v", state.Corrections, state.History)
	}
	if r := mustPublish(t, p, n.countKind(town, snapshot.FinalCount, 30, 1)); r.Corrections != 1 {
		t.Errorf("report %+v", r)
	}
	raw, err = seen(st)(t.Context(), "made-2026/race/s0-t1/mayor-s0-t1.json")
	if err != nil || !strings.Contains(string(raw), `"reason":"source"`) {
		t.Errorf("a fall of a final count is not put down to the source: %s, %v", raw, err)
	}
}

// checkKind reads a release as a stranger, and looks for the kind of one race
// in every file that holds its numbers and on every page above it.
func checkKind(t *testing.T, st *memstore.Store, id string, kind snapshot.CountKind, votes int64) {
	t.Helper()
	fetch := seen(st)
	r, err := verify.NewReader(verify.Config{Fetch: fetch, Election: "made-2026"})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := r.Check(t.Context(), nil)
	if err != nil || len(rep.Problems)+len(rep.Late) > 0 {
		t.Fatalf("verify: %+v, %v", rep, err)
	}
	res, err := r.Results(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, race := range res.Races {
		if race.ID == id && (race.Kind != kind || len(race.Channels) != 2 || race.Channels[1].Name != "on <site>" || race.Votes[0] != snapshot.Of(votes)) {
			t.Errorf("a reader sees %+v", race)
		}
	}
	group := res.Release.Groups[0]
	if (group.Intermediate == 1) != (kind == snapshot.IntermediateCount) {
		t.Errorf("the release says %d intermediate counts", group.Intermediate)
	}
	layout := mustLayout()
	for key, want := range map[string]string{
		layout.Counts(group.ID, group.Counts):                    `"kinds":["","` + string(kind) + `",""]`,
		layout.Index(group.ID, group.Index):                      `"kind":"` + string(kind) + `"`,
		layout.Delta(res.Release.Delta):                          `"count_kind":"` + string(kind) + `","channels":[{"name":"online","counts":[`,
		layout.Alias("", shard.RaceFile("s0-t1", "mayor-s0-t1")): `"kind":"` + string(kind) + `","channels":[{"name":"online",`,
		layout.Alias("", shard.RacePage("s0-t1", "mayor-s0-t1")): "<bdi>on &lt;site&gt;</bdi>",
	} {
		raw, err := fetch(t.Context(), key)
		if err != nil || !strings.Contains(string(raw), want) {
			t.Errorf("%s does not say %s: %v\n%s", key, want, err, raw)
		}
	}
	for _, key := range []string{layout.Alias("", shard.RacePage("s0-t1", "mayor-s0-t1")), layout.Alias("", shard.PlacePage("s0-t1")), layout.Alias("", shard.PlacePage("s0")), layout.Alias("", templates.HomePath)} {
		raw, err := fetch(t.Context(), key)
		if says := strings.Contains(string(raw), "may contain duplicates. The final count"); err != nil || says != (kind == snapshot.IntermediateCount) {
			t.Errorf("%s says that a count is intermediate: %v, %v", key, says, err)
		}
	}
	if raw, err := fetch(t.Context(), layout.Alias("", shard.PlacePage("s1"))); err != nil || strings.Contains(string(raw), "Intermediate") {
		t.Errorf("the page of another state says that a count is intermediate: %v", err)
	}
}
