package feed

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/snapshot"
)

// walk reads a whole document and returns its first refusal, or nil.
func walk(body string) error {
	r, err := OpenJSON(Payload{Feed: "f", Name: "x.json", Body: []byte(body)}, Options{})
	if err != nil {
		return err
	}
	r.Skip()
	_, err = r.Finish("")
	return err
}

func TestDocumentsThatAreNotStrictAreRefusedByCode(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	many := func(n int) string {
		var keys []string
		for i := range n {
			keys = append(keys, fmt.Sprintf(`"k%d":0`, i))
		}
		return "{" + strings.Join(keys, ",") + "}"
	}
	for name, c := range map[string]struct{ body, code, field string }{
		"cut in an object":         {`{"a":1`, "E_TRUNCATED", "a"},
		"cut in a key":             {`{"a`, "E_TRUNCATED", ""},
		"cut in a string":          {`{"a":"b`, "E_TRUNCATED", "a"},
		"cut in an escape":         {`{"a":"\u00`, "E_TRUNCATED", "a"},
		"cut in a word":            {`[tr`, "E_TRUNCATED", "[0]"},
		"cut after a comma":        {`[1,`, "E_TRUNCATED", "[1]"},
		"cut after a colon":        {`{"a":`, "E_TRUNCATED", "a"},
		"two documents":            {`{} {}`, "E_TRAILING", ""},
		"text after the end":       {"{}\nx", "E_TRAILING", ""},
		"key twice":                {`{"a":1,"b":2,"a":1}`, "E_DUPKEY", "a"},
		"key twice, deep":          {`{"a":[{"b":1},{"b":1,"b":1}]}`, "E_DUPKEY", "a[1].b"},
		"key twice, escaped":       {`{"ab":1,"\u0061b":2}`, "E_DUPKEY", "ab"},
		"long key twice":           {`{"abcdefghij":1,"abcdefghij":2}`, "E_DUPKEY", "abcdefghij"},
		"too deep":                 {deep(65), "E_DEPTH", strings.Repeat("[0]", 64)},
		"too many keys":            {many(2049), "E_COUNT", "k2048"},
		"long string":              {`"` + strings.Repeat("x", 65537) + `"`, "E_TOKEN", ""},
		"long string with escapes": {`"\n` + strings.Repeat("x", 65537) + `"`, "E_TOKEN", ""},
		"long number":              {strings.Repeat("1", 65537), "E_TOKEN", ""},
		"lone surrogate":           {`"\ud800"`, "E_UTF8", ""},
		"wrong pair":               {`"\ud800\u0041"`, "E_UTF8", ""},
		"low surrogate first":      {`"\udc00\ud800"`, "E_UTF8", ""},
		"raw control":              {"[\"a\x01\"]", "E_CONTROL", "[0]"},
		"raw line end":             {"[\"a\n\"]", "E_CONTROL", "[0]"},
		"escaped NUL":              {`"\u0000"`, "E_CONTROL", ""},
		"escaped backspace":        {`"\b"`, "E_CONTROL", ""},
		"trailing comma":           {`{"a":1,}`, "E_SYNTAX", "a"},
		"trailing comma in a list": {`[1,]`, "E_SYNTAX", "[0]"},
		"missing comma":            {`{"a":1 "b":2}`, "E_SYNTAX", "a"},
		"missing colon":            {`{"a" 1}`, "E_SYNTAX", "a"},
		"single quotes":            {`{'a':1}`, "E_SYNTAX", ""},
		"a comment":                {`{/**/}`, "E_SYNTAX", ""},
		"a bare word":              {`[nan]`, "E_SYNTAX", "[0]"},
		"a bad escape":             {`"\x41"`, "E_SYNTAX", ""},
		"leading zero":             {`[007]`, "E_NUMBER", "[0]"},
		"bare minus":               {`[-]`, "E_SYNTAX", "[0]"},
		"bare point":               {`[1.]`, "E_SYNTAX", "[0]"},
		"bare exponent":            {`[1e]`, "E_SYNTAX", "[0]"},
		"plus":                     {`[+1]`, "E_SYNTAX", "[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			r := refusal(t, walk(c.body))
			if r.Code != c.code || r.Field != c.field {
				t.Errorf("got %s at %q (%s), want %s at %q", r.Code, r.Field, r.Text, c.code, c.field)
			}
			if r.Line < 1 || r.Line > 2 || r.File != "x.json" {
				t.Errorf("the refusal names line %d of %q", r.Line, r.File)
			}
		})
	}
}

func TestKeysAndItemsOfAPayloadAreBounded(t *testing.T) {
	r, err := OpenJSON(Payload{Body: []byte(`[{"a":1},{"a":2}]`)}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r.members = maxMembers - 3
	r.Skip()
	_, err = r.Finish("")
	if got := refusal(t, err); got.Code != "E_COUNT" || got.Field != "[1]" {
		t.Errorf("got %v, want E_COUNT at the second item", got)
	}
}

func TestEveryPrefixOfADocumentIsTruncated(t *testing.T) {
	const whole = `{"a":[1,"b\u00e9\n",null,true,{"c":-1.5e+3}],"d":false}`
	if err := walk(whole); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(whole); i++ {
		if r := refusal(t, walk(whole[:i])); r.Code != "E_TRUNCATED" {
			t.Errorf("%q: %s, want E_TRUNCATED", whole[:i], r.Code)
		}
	}
}

func TestCorrectDocumentsAreRead(t *testing.T) {
	for _, body := range []string{
		`null`, ` true `, `0`, `-0.0`, `1e5`, `""`, `[]`, `{}`, `[[],[{}]]`, "\n{ \"a\" : \"\\/\\\"\\\\\" }\r\n",
		strings.Repeat("[", 64) + strings.Repeat("]", 64), `{"a":{"a":{"a":1}},"b":{"a":1}}`, `{"":0}`, `"\ud83d\ude00"`,
	} {
		if err := walk(body); err != nil {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestKeysAreComparedLetterByLetter(t *testing.T) {
	r, err := OpenJSON(Payload{Body: []byte(`{"VOTES":1,"vote\u017f":2,"votes":3}`)}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var votes snapshot.Count
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "votes":
			votes = r.Count(AsNumber)
		default:
			r.Unknown()
		}
	}
	findings, err := r.Finish("")
	if err != nil || votes != snapshot.Of(3) {
		t.Errorf("votes = %v, %v; want 3", votes, err)
	}
	if len(findings) != 2 || findings[0].Code != "F_UNKNOWN_KEY" || !strings.Contains(findings[1].Text, "voteſ") {
		t.Errorf("findings = %v, want the two other keys", findings)
	}
}

func TestCountsAreTakenAsTheFormatWritesThem(t *testing.T) {
	for _, c := range []struct {
		body string
		as   CountAs
		want string // a count, "absent" or a code
	}{
		{`12`, AsNumber, "12"},
		{`12`, AsText, "E_NUMBER"},
		{`"12"`, AsText, "12"},
		{`"12"`, AsNumber, "E_NUMBER"},
		{`"12"`, AsNumber | AsText, "12"},
		{`null`, AsNumber, "absent"},
		{`""`, AsText, "absent"},
		{`12.0`, AsNumber, "E_NUMBER"},
		{`1e3`, AsNumber, "E_NUMBER"},
		{`-0`, AsNumber, "E_NUMBER"},
		{`-5`, AsNumber, "E_NEGATIVE"},
		{`"\u0031"`, AsText, "1"},
		{`99999999999`, AsNumber, "E_RANGE"},
		{`true`, AsNumber, "E_TYPE"},
		{`{}`, AsNumber | AsText, "E_TYPE"},
	} {
		r, err := OpenJSON(Payload{Body: []byte(c.body)}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := r.Count(c.as).String()
		if _, err := r.Finish(""); err != nil {
			got = refusal(t, err).Code
		}
		if got != c.want {
			t.Errorf("Count of %s = %s, want %s", c.body, got, c.want)
		}
	}
}

func TestAMissingKeyIsRefusedAndNotReadAsNothing(t *testing.T) {
	r, err := OpenJSON(Payload{Body: []byte(`{"cand":[{"n":1},{"m":2}]}`)}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for r.Object(); r.NextKey(); {
		for r.List(); r.NextItem(); {
			for r.Object(); r.NextKey(); {
				r.Skip()
			}
			r.Require("n")
		}
	}
	_, err = r.Finish("sp")
	got := refusal(t, err)
	if got.Code != "E_MISSING" || got.Field != "cand[1]" || got.Place != "sp" || !strings.Contains(got.Text, `"n"`) {
		t.Errorf("got %v", got)
	}
}

func TestOnlyTheKeyThatASourceRepeatsMayRepeat(t *testing.T) {
	for body, code := range map[string]string{`{"nv":"a","nv":"b"}`: "", `{"nv":"a","nw":"b","nw":"c"}`: "E_DUPKEY"} {
		r, err := OpenJSON(Payload{Body: []byte(body)}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		r.Repeats = "nv"
		r.Skip()
		_, err = r.Finish("")
		if got := ""; err != nil {
			got = refusal(t, err).Code
			if got != code {
				t.Errorf("%s: %s, want %q", body, got, code)
			}
		} else if code != "" {
			t.Errorf("%s was read", body)
		}
	}
}

func TestEntitiesAreDecodedOnceWhereAFormatAsks(t *testing.T) {
	for _, c := range []struct {
		entities bool
		want     string
	}{{true, "D'AVILA &amp;"}, {false, "D&apos;AVILA &amp;amp;"}} {
		r, err := OpenJSON(Payload{Body: []byte(`"D&apos;AVILA &amp;amp;"`)}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		r.Entities = c.entities
		if got := r.Text(MaxName); got != c.want {
			t.Errorf("entities %v: %q, want %q", c.entities, got, c.want)
		}
	}
}

func TestNothingReadAliasesThePayload(t *testing.T) {
	body := []byte(`["plain name"]`)
	r, err := OpenJSON(Payload{Body: body}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r.List()
	r.NextItem()
	got := r.Text(MaxName)
	for i := range body {
		body[i] = 'x'
	}
	if got != "plain name" {
		t.Errorf("the text changed with the payload: %q", got)
	}
}

// FuzzJSON holds the reader against the standard library: it reads nothing that
// encoding/json refuses, and what it refuses alone has a code that says why.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,"b",null,true,{"c":-1.5e3}]}`, `{"a":1,"a":2}`, `{"a":1,"A":2}`, `"\ud800"`, `[1,]`, `{} {}`, "\xef\xbb\xbf[]", `{"":"\u00e9"}`,
	} {
		f.Add([]byte(seed))
	}
	stricter := map[string]bool{"E_DUPKEY": true, "E_DEPTH": true, "E_TOKEN": true, "E_UTF8": true, "E_CONTROL": true,
		"E_COUNT": true, "E_EMPTY": true, "E_SIZE": true}
	f.Fuzz(func(t *testing.T, body []byte) {
		err := walk(string(body))
		valid := json.Valid([]byte(strings.TrimPrefix(string(body), "\ufeff")))
		if err == nil && !valid {
			t.Errorf("read what is no JSON: %q", body)
		}
		if err != nil && valid && !stricter[refusal(t, err).Code] {
			t.Errorf("refused JSON: %v", err)
		}
	})
}

// FuzzParseCount holds that a count is present only as exactly its digits.
func FuzzParseCount(f *testing.F) {
	for _, seed := range []string{"", "0", "12", "-1", "+1", "007", "1e3", "9999999999", "10000000000"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, r := ParseCount(b)
		switch {
		case r != nil && (c.Present() || len(b) == 0):
			t.Errorf("%q: refused, yet %v", b, c)
		case r == nil && len(b) == 0 && c.Present():
			t.Errorf("empty is %v", c)
		case r == nil && len(b) > 0 && c.String() != string(b):
			t.Errorf("%q is read as %v", b, c)
		}
	})
}
