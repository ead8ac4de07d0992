package definitions

import (
	"bytes"
	"errors"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/heraldresults/herald/diff"
	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

func payload(body string) feed.Payload {
	return feed.Payload{Feed: "definitions", Name: "definitions.json", Body: []byte(body)}
}

const whole = `{"v":1,"elections":["e1"],"name":"Town election",
"units":[{"key":"land","name":"Land","type":"country"},{"key":"07","parent":"land","name":"Town","type":"municipality"}],
"contests":[{"key":"mayor","name":"Mayor","type":"candidate","seats":1,"order":3,"heading":"Offices","count_unit":"ward","choices":[
 {"key":"1","name":"Ann \u00c9","party":"P","number":"11","detail":"with Bea"},{"key":"w","name":"Written in","type":"write-in"}]},
 {"key":"q1"}],
"conditions":[{"contest":"mayor","unit":"07","condition":"withheld"},{"contest":"q1","condition":"none"}]}`

func TestAFileIsReadWhole(t *testing.T) {
	got, err := Read(payload(whole))
	if err != nil {
		t.Fatal(err)
	}
	want := diff.Definitions{Elections: []string{"e1"}, Name: "Town election",
		Units: []snapshot.UnitDef{{Key: "land", Name: "Land", Type: snapshot.Country}, {Key: "07", Parent: "land", Name: "Town", Type: snapshot.Municipality}},
		Contests: []snapshot.ContestDef{{Key: "mayor", Name: "Mayor", Type: snapshot.CandidateContest, Seats: 1, Order: 3, Heading: "Offices", CountUnit: snapshot.Wards, Choices: []snapshot.ChoiceDef{
			{Key: "1", Name: "Ann É", Party: "P", Number: "11", Detail: "with Bea"}, {Key: "w", Name: "Written in", Type: snapshot.WriteIn}}}, {Key: "q1"}},
		Conditions: []diff.RaceCondition{{Contest: "mayor", Unit: "07", Condition: snapshot.Withheld}, {Contest: "q1"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v\nwant %+v", got, want)
	}
}

func TestWhatWasWrittenIsReadBackAndWrittenAlike(t *testing.T) {
	d, err := Read(payload(whole))
	if err != nil {
		t.Fatal(err)
	}
	raw := Append(nil, d)
	again, err := Read(feed.Payload{Body: raw})
	if err != nil || !reflect.DeepEqual(again, d) {
		t.Errorf("read back %+v, %v", again, err)
	}
	if twice := Append([]byte("x"), again); !bytes.Equal(twice[1:], raw) || !bytes.HasSuffix(raw, []byte("}\n")) {
		t.Errorf("written %s\nthen %s", raw, twice)
	}
}

func TestDefinitionsOfASnapshotAreThoseItWasMadeOf(t *testing.T) {
	d, err := Read(payload(whole))
	if err != nil {
		t.Fatal(err)
	}
	a := diff.NewAssembler(nil)
	if err := a.Define(d, true); err != nil {
		t.Fatal(err)
	}
	d.Contests[1].Name = "" // a contest without a name has none
	d.Conditions = nil      // a snapshot does not say who stated them
	if got := Of(a.Snapshot(), []string{"e1", "e1"}); !reflect.DeepEqual(got, d) {
		t.Errorf("got %+v\nwant %+v", got, d)
	}
}

func TestAFileThatIsWrongIsRefusedWithItsPlace(t *testing.T) {
	for name, row := range map[string]struct{ body, code, field string }{
		"no version":                 {`{"units":[{"key":"a"}]}`, "E_MISSING", ""},
		"another version":            {`{"v":2,"units":[{"key":"a"}]}`, "E_VERSION", "v"},
		"nothing in it":              {`{"v":1}`, "E_EMPTY", ""},
		"a misspelt key":             {`{"v":1,"units":[{"key":"a","nmae":"A"}]}`, "E_UNKNOWN", "units[0].nmae"},
		"an unknown type":            {`{"v":1,"units":[{"key":"a","type":"town"}]}`, "E_UNKNOWN", "units[0].type"},
		"no key":                     {`{"v":1,"contests":[{"name":"A"}]}`, "E_MISSING", "contests[0]"},
		"an empty key":               {`{"v":1,"contests":[{"key":""}]}`, "E_ID", "contests[0].key"},
		"a unit twice":               {`{"v":1,"units":[{"key":"a"},{"key":"a"}]}`, "E_DUPID", "units[1].key"},
		"a contest twice":            {`{"v":1,"contests":[{"key":"a"},{"key":"a"}]}`, "E_DUPID", "contests[1].key"},
		"a choice twice":             {`{"v":1,"contests":[{"key":"a","choices":[{"key":"1"},{"key":"1"}]}]}`, "E_DUPID", "contests[0].choices[1].key"},
		"a parent that is not there": {`{"v":1,"units":[{"key":"a","parent":"b"}]}`, "E_UNKNOWN_UNIT", "units"},
		"a unit in itself":           {`{"v":1,"units":[{"key":"a","parent":"b"},{"key":"b","parent":"a"}]}`, "E_UNIT_LOOP", "units"},
		"seats as text":              {`{"v":1,"contests":[{"key":"a","seats":"1"}]}`, "E_NUMBER", "contests[0].seats"},
		"too many seats":             {`{"v":1,"contests":[{"key":"a","seats":1000001}]}`, "E_RANGE", "contests[0].seats"},
		"a condition of no meaning":  {`{"v":1,"conditions":[{"contest":"a","condition":"cancelled"}]}`, "E_UNKNOWN", "conditions[0].condition"},
		"a condition of nothing":     {`{"v":1,"conditions":[{"condition":"withheld"}]}`, "E_MISSING", "conditions[0]"},
		"two conditions of a race":   {`{"v":1,"conditions":[{"contest":"a","condition":"withheld"},{"contest":"a","condition":"annulled"}]}`, "E_DUPID", "conditions[1]"},
		"a condition of no contest":  {`{"v":1,"contests":[{"key":"a"}],"conditions":[{"contest":"b","condition":"withheld"}]}`, "E_UNKNOWN_CONTEST", ""},
		"a condition of no unit":     {`{"v":1,"units":[{"key":"a"}],"conditions":[{"contest":"b","unit":"b","condition":"withheld"}]}`, "E_UNKNOWN_UNIT", ""},
		"a key of JSON twice":        {`{"v":1,"name":"a","name":"b","units":[{"key":"a"}]}`, "E_DUPKEY", "name"},
		"something behind":           {`{"v":1,"units":[{"key":"a"}]} {}`, "E_TRAILING", ""},
		"cut off":                    {`{"v":1,"units":[{"key":"a"}`, "E_TRUNCATED", "units[0]"},
	} {
		d, err := Read(payload(row.body))
		var r *feed.Refusal
		if !errors.As(err, &r) || r.Code != row.code || r.Field != row.field && name != "cut off" {
			t.Errorf("%s: %v; want %s at %q", name, err, row.code, row.field)
		}
		if !reflect.DeepEqual(d, diff.Definitions{}) {
			t.Errorf("%s: something was read: %+v", name, d)
		}
	}
}

func TestTheSchemaTakesWhatIsWrittenAndNothingMisspelt(t *testing.T) {
	raw, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("definitions-file.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("definitions-file.json")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Read(payload(whole))
	if err != nil {
		t.Fatal(err)
	}
	for body, valid := range map[string]bool{string(Append(nil, d)): true, whole: true,
		`{"v":1}`: false, `{"v":2,"units":[]}`: false, `{"v":1,"units":[{"key":"a","nmae":"A"}]}`: false, `{"v":1,"contests":[{"name":"A"}]}`: false,
		`{"v":1,"conditions":[{"contest":"a","condition":"none"}]}`: true, `{"v":1,"conditions":[{"contest":"a","condition":"cancelled"}]}`: false} {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); (err == nil) != valid {
			t.Errorf("%.80s: %v, want valid = %v", body, err, valid)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{whole, `{"v":1,"units":[{"key":"a"}]}`, `{"v":1,"conditions":[{"contest":"a","condition":"none"}]}`, `{"v":1,"units":[{"key":"a","parent":"a"}]}`, `{"v":1,"contests":[{"key":"\u00e9","choices":[{}]}]}`, `[]`, ``} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := Read(feed.Payload{Body: slices.Clone(body)})
		var r *feed.Refusal
		if err != nil {
			if !errors.As(err, &r) || !reflect.DeepEqual(d, diff.Definitions{}) {
				t.Fatalf("%v, with %+v", err, d)
			}
			return
		}
		again, err := Read(feed.Payload{Body: Append(nil, d)})
		if err != nil || !reflect.DeepEqual(again, d) {
			t.Errorf("read %+v\nread back %+v, %v", d, again, err)
		}
	})
}
