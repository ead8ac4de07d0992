package templates_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/heraldresults/herald/diff/snapshot"
	"github.com/heraldresults/herald/templates"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, f := range templates.Schemas() {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(f.Body))
		if err != nil {
			t.Fatalf("read %s: %v", f.Name, err)
		}
		if err := c.AddResource(f.Name, doc); err != nil {
			t.Fatalf("add %s: %v", f.Name, err)
		}
	}
	s, err := c.Compile("race.json")
	if err != nil {
		t.Fatalf("compile race.json: %v", err)
	}
	return s
}

func validate(s *jsonschema.Schema, b []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return err
	}
	return s.Validate(doc)
}

func TestRaceJSONOfEveryStateFitsItsSchema(t *testing.T) {
	s := schema(t)
	for name, st := range states() {
		b := templates.AppendRaceJSON(nil, st.view, site(t))
		if err := validate(s, b); err != nil {
			t.Errorf("%s: %v\n%s", name, err, b)
		}
		if name != "crowd" {
			golden(t, "race-"+name+".json", b)
		}
	}
}

func TestSchemaRefusesWhatIsNotARace(t *testing.T) {
	s := schema(t)
	good := string(templates.AppendRaceJSON(nil, corrected(view(race(councilSamples(), true), 2)), site(t)))
	for _, swap := range [][2]string{
		{`"v":1`, `"v":2`},
		{`"mode":"live"`, `"mode":"real"`},
		{`"votes":4182`, `"votes":-1`},
		{`"votes":4182`, `"votes":"4182"`},
		{`"votes":4182`, `"votes":4182.5`},
		{`"rev":3`, `"rev":0`},
		{`"status":"unofficial-partial"`, `"status":"done"`},
		{`"as_of":"2026-10-11T20:00:00Z"`, `"as_of":"20:00"`},
		{`"share_of":"valid",`, ``},
		{`"status":"unofficial-partial"`, `"status":"unofficial-partial","kind":"exact"`},
		{`"status":"unofficial-partial"`, `"status":"unofficial-partial","channels":[{"name":"Online"}]`},
		{`"reason":"source"`, `"reason":"source","who":"x"`},
	} {
		bad := strings.Replace(good, swap[0], swap[1], 1)
		if bad == good {
			t.Fatalf("sample does not hold %s", swap[0])
		}
		if validate(s, []byte(bad)) == nil {
			t.Errorf("schema takes %s for %s", swap[1], swap[0])
		}
	}
}

func TestRaceJSONIsReadBackAsItWasWritten(t *testing.T) {
	for name, st := range states() {
		v := st.view
		b := templates.AppendRaceJSON(nil, v, site(t))
		got, err := templates.ReadRace(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := templates.RaceState{Rev: v.Rev, Changed: v.Changed, AsOf: v.AsOf.UTC(), Corrections: v.Corrections, History: v.History}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: read back\n%+v\nwant\n%+v", name, got, want)
		}
		v.Rev, v.Changed, v.AsOf, v.History, v.Corrections = got.Rev, got.Changed, got.AsOf, got.History, got.Corrections
		if again := templates.AppendRaceJSON(nil, v, site(t)); !bytes.Equal(again, b) {
			t.Errorf("%s: bytes differ after a round trip", name)
		}
	}
}

func TestReadRaceRefusesWhatItDidNotWrite(t *testing.T) {
	good := string(templates.AppendRaceJSON(nil, corrected(view(race(councilSamples(), true), 2)), site(t)))
	for _, swap := range [][2]string{
		{`{"v":1,`, `{"v":2,`},
		{`"rev":3`, `"rev":0`},
		{`"rev":3`, `"rev": 3`},
		{`"rev":3`, `"rev":3,"rev":3`},
		{`"rev":3`, `"Rev":3`},
		{`"rev":3`, `"rev":3,"more":1`},
		{`"changed_release":3`, `"changed_release":0`},
		{`"leaders":[[1,6011]`, `"leaders":[[6,6011]`},
		{`"leaders":[[1,6011]`, `"leaders":[[1]`},
		{`"leaders":[[1,6011]`, `"leaders":[[null,6011]`},
		{`"choice":0`, `"choice":6`},
		{`"choice":0`, `"choice":-1`},
		{`"from":4282`, `"from":4282.0`},
		{`"from":4282`, `"from":"4282"`},
		{`"release":3,`, `"release":0,`},
		{"]}\n", "]}"},
		{"]}\n", "]}\n{}"},
		{`"result":{`, `"result":[`},
	} {
		bad := good[:strings.LastIndex(good, swap[0])] + swap[1] + good[strings.LastIndex(good, swap[0])+len(swap[0]):]
		if _, err := templates.ReadRace([]byte(bad)); err == nil {
			t.Errorf("took %q for %q", swap[1], swap[0])
		}
	}
	for n := range len(good) {
		if _, err := templates.ReadRace([]byte(good[:n])); err == nil {
			t.Fatalf("took the first %d of %d bytes", n, len(good))
		}
	}
}

func TestResultDependsOnTheSnapshotAlone(t *testing.T) {
	r := race(councilSamples(), true)
	a := templates.AppendRaceJSON(nil, view(r, 1), site(t))
	other := site(t)
	other.Mode, other.Key, other.Location = templates.Rehearsal, "", time.UTC
	b := templates.AppendRaceJSON(nil, corrected(view(r, 30)), other)
	type doc struct {
		Contest, Unit, Result json.RawMessage
	}
	var x, y doc
	for _, p := range []struct {
		b   []byte
		out *doc
	}{{a, &x}, {b, &y}} {
		if err := json.Unmarshal(p.b, p.out); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(x, y) {
		t.Errorf("contest, unit or result differ:\n%s\n%s", x.Result, y.Result)
	}
}

func TestAbsentCountsAreNullAndNeverZero(t *testing.T) {
	r := race(councilSamples(), true)
	r.Result.Votes[2] = snapshot.Count{}
	r.Result.Votes[3] = snapshot.Of(0)
	r.Result.Totals.Valid = snapshot.Count{}
	v := view(r, 2)
	b := string(templates.AppendRaceJSON(nil, v, site(t)))
	for _, want := range []string{
		`{"id":"c3","votes":null,"outcome":null},{"id":"c4","votes":0,"outcome":null}`,
		`"share_of":null,"valid":null`,
	} {
		if !strings.Contains(b, want) {
			t.Errorf("JSON lacks %s", want)
		}
	}
	html := string(templates.AppendRacePage(nil, v, site(t)))
	if got := strings.Count(html, `<td><span aria-hidden="true">–</span><span class="away">not stated</span></td><td></td>`); got != 1 {
		t.Errorf("page shows %d absent votes, want 1", got)
	}
	if !strings.Contains(html, "<td>0</td><td></td>") {
		t.Error("page does not show the counted 0, or shows a share of nothing")
	}
	if strings.Contains(html, "%</td>") {
		t.Error("page shows a share, but nothing states what it would be a share of")
	}
}

func TestJSONStringsSurviveAnyName(t *testing.T) {
	for _, name := range []string{`a"b\c`, "tab\tnew\nline\x00", "</script>&<", "\u2028\u2029", "emoji 🗳", "\uFFFD"} {
		v := view(race([]sample{{name, name, 1, ""}}, true), 1)
		var got struct {
			Contest struct {
				Choices []struct{ Name, Party string }
			}
		}
		b := templates.AppendRaceJSON(nil, v, site(t))
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if c := got.Contest.Choices[0]; c.Name != name || c.Party != name {
			t.Errorf("%q came back as %q, %q", name, c.Name, c.Party)
		}
	}
	b := templates.AppendRaceJSON(nil, view(race([]sample{{"a\xffb", "", 1, ""}}, true), 1), site(t))
	if !json.Valid(b) || !strings.Contains(string(b), "a\uFFFDb") {
		t.Errorf("broken UTF-8 is not replaced: %s", b)
	}
}
