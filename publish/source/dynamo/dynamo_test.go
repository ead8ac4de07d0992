package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/feed/countstable"
	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/fixtures/dynalite"
	"github.com/heraldresults/herald/publish/source/dynamo"
)

func TestATableBecomesAPayloadOfItsRows(t *testing.T) {
	y := newTally(t, dynalite.Run(t)).create()
	y.put("#meta", item{"kind": text("intermediate"), "as_of": text("2026-05-10T20:15:00Z"), "sequence": number("12"), "test": yes(), "name": text(`The "night" <ferry>`), "row_count": number("4")})
	y.put("m#yes", item{"contest": text("m"), "choice": text("yes"), "votes": number("1200"), "order": number("1")})
	y.put("m#no", item{"contest": text("m"), "choice": text("no"), "votes": text("34"), "order": number("2")})
	y.put("m#none", item{"contest": text("m"), "choice": text("none"), "what": text("abstention"), "votes": &types.AttributeValueMemberNULL{Value: true}, "order": number("3")})
	y.put("k", item{"contest": text("k"), "choice": text("yes"), "votes": number("0"), "voters": &types.AttributeValueMemberSS{Value: []string{"a"}}})
	other := item{"election": text("another"), "row": text("k"), "contest": text("k"), "votes": number("99")}
	if _, err := y.client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &tableName, Item: other}); err != nil {
		t.Fatal(err)
	}
	const want = `{"election":"e","as_of":"2026-05-10T20:15:00Z","kind":"intermediate","name":"The \"night\" \u003cferry\u003e","row_count":4,"sequence":12,"test":true,"rows":[
{"choice":"yes","contest":"k","voters":{},"votes":0},
{"choice":"yes","contest":"m","votes":1200},
{"choice":"no","contest":"m","votes":"34"},
{"choice":"none","contest":"m","votes":null,"what":"abstention"}]}
`
	for _, items := range []int32{0, 1, 2, 5} {
		s := y.source(func(c *dynamo.Config) { c.PageItems = items })
		b := next(t, s)
		if len(b.Payloads) != 1 {
			t.Fatalf("%d payloads", len(b.Payloads))
		}
		p := b.Payloads[0]
		if string(p.Body) != want || p.Name != "tally.json" || p.Feed != "f" || p.Received.IsZero() {
			t.Errorf("%d items a page: %s of %s holds\n%s\nwant\n%s", items, p.Name, p.Feed, p.Body, want)
		}
		if st := s.State(); st.Lost != "" || st.Delivered != 1 || st.LastRead.IsZero() {
			t.Errorf("state %+v", st)
		}
	}
	d, err := countstable.Format().New(feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	updates, err := d.Decode(feed.Payload{Body: []byte(want)})
	if err != nil {
		t.Fatal(err)
	}
	r := updates[0].Results[1]
	if r.Votes[0].Votes != snapshot.Of(1200) || r.Votes[1].Votes != snapshot.Of(34) || r.Votes[2].Votes.Present() || r.Kind != snapshot.IntermediateCount {
		t.Errorf("read as %+v", r)
	}
}

var tableName = "tally"

func TestWhatChangesIsHandedOverAndWhatStaysIsNot(t *testing.T) {
	y := newTally(t, dynalite.Run(t)).create()
	y.meta("intermediate", "1")
	y.vote("yes", "5")
	y.vote("no", "6")
	s := y.source(nil)
	first := body(t, s)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if b, err := s.Next(ctx); err == nil {
		t.Errorf("handed over again: %s", b.Payloads[0].Body)
	}
	y.remove("m#no")
	second := body(t, s)
	if want := strings.Replace(first, "{\"choice\":\"no\",\"contest\":\"m\",\"votes\":6},\n", "", 1); second != want || second == first {
		t.Errorf("after a row was deleted:\n%s\nwant\n%s", second, want)
	}
	y.vote("no", "6")
	if third := body(t, s); third != first {
		t.Errorf("the same items make other bytes:\n%s\n%s", third, first)
	}
	if again := body(t, y.source(nil)); again != first {
		t.Errorf("a source started anew hands over\n%s\nwant\n%s", again, first)
	}
}

func TestAThrottledTableIsReadLaterAndSaidToBeLostUntilThen(t *testing.T) {
	y := newTally(t, dynalite.Run(t)).create()
	y.meta("intermediate", "1")
	y.vote("yes", "5")
	b := newBetween(t, y.endpoint, func(w http.ResponseWriter, operation string, n int) bool {
		return operation == "GetItem" && n < 4 && throttle(w) || operation == "Query" && n == 0 && throttle(w)
	})
	y.endpoint = b.URL
	s := y.source(nil)
	if got := next(t, s); len(got.Payloads) != 0 {
		t.Errorf("the first moment holds %s", got.Payloads[0].Body)
	}
	if st := s.State(); !strings.Contains(st.Lost, "ProvisionedThroughputExceeded") || st.LostSince.IsZero() {
		t.Errorf("state %+v", st)
	}
	if got := body(t, s); !strings.Contains(got, `"votes":5`) {
		t.Errorf("handed over %s", got)
	}
	if st := s.State(); st.Lost != "" || !st.LostSince.IsZero() || st.Delivered != 1 {
		t.Errorf("state %+v", st)
	}
}

func TestATableThatIsNotThereIsLostUntilItIs(t *testing.T) {
	y := newTally(t, dynalite.Run(t))
	s := y.source(nil)
	for _, step := range []struct {
		do   func()
		lost string
	}{
		{func() {}, "ResourceNotFoundException"},
		{func() { y.create() }, "has no item #meta"},
		{func() { y.vote("yes", "1"); y.put("bad", item{"order": text("first")}); y.meta("final", "1") }, "order of item"},
	} {
		step.do()
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		s := y.source(nil)
		if b, err := s.Next(ctx); err != nil || len(b.Payloads) != 0 || !strings.Contains(s.State().Lost, step.lost) {
			t.Errorf("batch %v, error %v, lost %q; want lost %q", b, err, s.State().Lost, step.lost)
		}
		cancel()
	}
	y.remove("bad")
	y.vote("yes", "1")
	if b := next(t, s); len(b.Payloads) == 0 && len(next(t, s).Payloads) == 0 {
		t.Error("the table is there and not handed over")
	}
}

func TestRowsOfTwoBatchesNeverStandSideBySide(t *testing.T) {
	y := newTally(t, dynalite.Run(t)).create()
	// batch writes all rows and then the meta item, which is what a writer does
	// that cannot write them at once: it says so before it begins.
	batch := func(kind string, n int) {
		y.put("#meta", item{"kind": text(kind), "as_of": text("2026-05-10T20:15:00Z"), "sequence": number(strconv.Itoa(n - 1)), "writing": yes()})
		for _, choice := range []string{"a", "b", "c"} {
			y.vote(choice, strconv.Itoa(n))
		}
		y.meta(kind, strconv.Itoa(n))
	}
	for _, kind := range []string{"intermediate", "final"} {
		batch(kind, 1)
		pages := 0
		b := newBetween(t, y.endpoint, func(_ http.ResponseWriter, operation string, _ int) bool {
			if operation == "Query" {
				if pages++; pages == 2 || pages == 5 { // inside the first and the second read
					batch(kind, pages)
				}
			}
			return false
		})
		through := *y
		through.endpoint = b.URL
		got := body(t, through.source(func(c *dynamo.Config) { c.PageItems = 1 }))
		want := fmt.Sprintf(`{"election":"e","as_of":"2026-05-10T20:15:00Z","kind":%q,"sequence":5,"rows":[`, kind)
		for i, choice := range []string{"a", "b", "c"} {
			want += []string{"", ",", ","}[i] + fmt.Sprintf("\n"+`{"choice":%q,"contest":"m","votes":5}`, choice)
		}
		if got != want+"]}\n" {
			t.Errorf("%s: handed over\n%s\nwant\n%s", kind, got, want)
		}
	}
}

func TestATableThatMovesAllTheTimeIsTornWhenIntermediateAndLostWhenFinal(t *testing.T) {
	y := newTally(t, dynalite.Run(t)).create()
	for kind, move := range map[string]func(){
		"another batch each time": nil,
		"a batch without end":     func() {},
	} {
		n := 0
		b := newBetween(t, y.endpoint, func(_ http.ResponseWriter, operation string, _ int) bool {
			if n++; operation == "Query" && move == nil {
				y.meta("intermediate", strconv.Itoa(n))
			}
			return false
		})
		y.meta("intermediate", "1")
		if move != nil {
			y.put("#meta", item{"kind": text("intermediate"), "as_of": text("2026-05-10T20:15:00Z"), "writing": yes()})
		}
		y.vote("a", "3")
		through := *y
		through.endpoint = b.URL
		if got := body(t, through.source(nil)); !strings.Contains(got, `,"torn":true,"rows":[`) {
			t.Errorf("%s: handed over\n%s", kind, got)
		}
	}
	y.put("#meta", item{"kind": text("final"), "as_of": text("2026-05-10T20:15:00Z"), "writing": yes()})
	s := y.source(nil)
	if b := next(t, s); len(b.Payloads) != 0 || !strings.Contains(s.State().Lost, "written again and again") {
		t.Errorf("handed over %d payloads, lost %q", len(b.Payloads), s.State().Lost)
	}
}

func TestATableThatIsTooLargeIsNotHandedOver(t *testing.T) {
	y := newTally(t, dynalite.Run(t)).create()
	y.meta("final", "1")
	y.vote("a", "3")
	y.vote("b", "3")
	s := y.source(func(c *dynamo.Config) { c.MaxBytes = 60 })
	if b := next(t, s); len(b.Payloads) != 0 || !strings.Contains(s.State().Lost, "more than the 60 bytes") {
		t.Errorf("handed over %d payloads, lost %q", len(b.Payloads), s.State().Lost)
	}
}

func TestACloseEndsTheWait(t *testing.T) {
	y := newTally(t, dynalite.Run(t)).create()
	s := y.source(func(c *dynamo.Config) { c.Every = time.Hour })
	next(t, s)
	done := make(chan error)
	go func() {
		_, err := s.Next(t.Context())
		done <- err
	}()
	s.Close()
	if err := <-done; !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Next = %v", err)
	}
}

func TestASourceThatLacksItsTableIsNotMade(t *testing.T) {
	good := dynamo.Config{Feed: "f", Table: "t", Partition: "p", Region: "r", Credentials: keys()}
	for name, change := range map[string]func(*dynamo.Config){
		"feed":        func(c *dynamo.Config) { c.Feed = "" },
		"table":       func(c *dynamo.Config) { c.Table = "" },
		"partition":   func(c *dynamo.Config) { c.Partition = "" },
		"region":      func(c *dynamo.Config) { c.Region = "" },
		"credentials": func(c *dynamo.Config) { c.Credentials = nil },
		"window":      func(c *dynamo.Config) { c.Window = -1 },
	} {
		cfg := good
		change(&cfg)
		if _, err := dynamo.New(cfg); err == nil {
			t.Errorf("made without a good %s", name)
		}
	}
}

// clockwork is a table whose only number is the seconds since it was made.
type clockwork struct {
	made  time.Time
	reads int
}

func (c *clockwork) GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return &dynamodb.GetItemOutput{Item: item{"kind": text("intermediate"), "as_of": text("2026-05-10T20:15:00Z")}}, nil
}

func (c *clockwork) Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	c.reads++
	return &dynamodb.QueryOutput{Items: []item{{"row": text("a"), "votes": number(strconv.Itoa(int(time.Since(c.made).Seconds())))}}}, nil
}

func TestWithinAWindowNothingIsHandedOverAndAfterItTheLatest(t *testing.T) {
	for _, row := range []struct {
		window time.Duration
		want   []int // seconds at which a payload comes
	}{{0, []int{0, 1, 2, 3, 4}}, {time.Second, []int{0, 1, 2, 3, 4}}, {5 * time.Second, []int{0, 5, 10, 15, 20}}} {
		synctest.Test(t, func(t *testing.T) {
			api := &clockwork{made: time.Now()}
			s, err := dynamo.New(dynamo.Config{Feed: "f", Table: "t", Partition: "e", Client: api, Every: time.Second, Window: row.window})
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range row.want {
				got := body(t, s)
				if !strings.Contains(got, fmt.Sprintf(`"votes":%d}`, at)) || time.Since(api.made) != time.Duration(at)*time.Second {
					t.Errorf("window %v: after %v came %s, want the count of second %d", row.window, time.Since(api.made), got, at)
				}
			}
			if api.reads != len(row.want) {
				t.Errorf("window %v: %d reads for %d payloads", row.window, api.reads, len(row.want))
			}
		})
	}
}
