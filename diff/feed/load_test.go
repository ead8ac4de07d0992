package feed

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

// refusal returns the *Refusal in err, and ends the test when it is none.
func refusal(t *testing.T, err error) *Refusal {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) {
		t.Fatalf("got %v, want a *Refusal", err)
	}
	return r
}

func TestPayloadsThatAreNoFeedAreRefusedByCode(t *testing.T) {
	for name, c := range map[string]struct{ body, code, text string }{
		"nothing":         {"", "E_EMPTY", "nothing"},
		"white space":     {" \r\n\t\n", "E_EMPTY", "nothing"},
		"mark alone":      {"\xef\xbb\xbf", "E_EMPTY", "nothing"},
		"too large":       {strings.Repeat("x", 101), "E_SIZE", "101 bytes"},
		"login page":      {"\n<!DOCTYPE html><html><body>Sign in</body></html>", "E_NOT_FEED", "HTML"},
		"bucket error":    {`<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>`, "E_NOT_FEED", "NoSuchKey"},
		"other markup":    {"<results/>", "E_NOT_FEED", "markup"},
		"gzip":            {"\x1f\x8b\x08", "E_TRUNCATED", "gzip"},
		"zip":             {"PK\x03\x04", "E_CONTAINER", "zip"},
		"UTF-16":          {"\xff\xfe{\x00", "E_ENCODING", "UTF-16"},
		"Latin-1":         {"a\nJos\xe9\n", "E_UTF8", "0xe9"},
		"half a letter":   {"abc\xc3", "E_TRUNCATED", "letter"},
		"NUL":             {"a\x00b", "E_CONTROL", "0x00"},
		"escape sequence": {"a\x1b[31m", "E_CONTROL", "0x1b"},
		"delete":          {"a\x7f", "E_CONTROL", "0x7f"},
	} {
		t.Run(name, func(t *testing.T) {
			p := Payload{Feed: "f", Name: "dir/x.txt", Body: []byte(c.body)}
			_, err := Load(p, Options{MaxBytes: 100}, UTF8)
			r := refusal(t, err)
			if r.Code != c.code || !strings.Contains(r.Text, c.text) {
				t.Errorf("got %s %q, want %s with %q", r.Code, r.Text, c.code, c.text)
			}
			if r.Feed != "f" || r.File != "dir/x.txt" {
				t.Errorf("the refusal names feed %q, file %q", r.Feed, r.File)
			}
		})
	}
}

func TestARefusedByteIsNamedWithItsLine(t *testing.T) {
	_, err := Load(Payload{Body: []byte("one\ntwo\nJos\xe9\n")}, Options{}, UTF8)
	if r := refusal(t, err); r.Line != 3 {
		t.Errorf("line = %d, want 3", r.Line)
	}
}

func TestAByteOrderMarkIsStrippedOnce(t *testing.T) {
	got, err := Load(Payload{Body: []byte("\xef\xbb\xbfa;b")}, Options{}, UTF8)
	if err != nil || string(got) != "a;b" {
		t.Errorf("Load = %q, %v", got, err)
	}
	if _, err := OpenJSON(Payload{Body: []byte("\xef\xbb\xbf{}")}, Options{}); err != nil {
		t.Errorf("JSON after a byte order mark: %v", err)
	}
}

func TestBytesThatAreNotUTF8AreReadAsWindows1252WhereAFormatSaysSo(t *testing.T) {
	body := []byte("Jos\xe9 \x96 \x93x\x94")
	kept := bytes.Clone(body)
	got, err := Load(Payload{Body: body}, Options{}, UTF8, Windows1252)
	if err != nil || string(got) != "José – “x”" {
		t.Errorf("Load = %q, %v", got, err)
	}
	if !bytes.Equal(body, kept) {
		t.Error("the payload was changed")
	}
	got, err = Load(Payload{Body: []byte("José")}, Options{}, UTF8, Windows1252)
	if err != nil || string(got) != "José" {
		t.Errorf("UTF-8 was read twice: %q, %v", got, err)
	}
}

func TestCountsAreDigitsOrAbsent(t *testing.T) {
	for in, want := range map[string]string{
		"":           "absent",
		"0":          "0",
		"7":          "7",
		"125275835":  "125275835",
		"9999999999": "9999999999",
	} {
		if c, r := ParseCount([]byte(in)); r != nil || c.String() != want {
			t.Errorf("ParseCount(%q) = %v, %v; want %s", in, c, r, want)
		}
	}
	for in, code := range map[string]string{
		"1,234": "E_NUMBER", "1.234": "E_NUMBER", "12.0": "E_NUMBER", "1e3": "E_NUMBER", "+12": "E_NUMBER", " 12": "E_NUMBER",
		"12 ": "E_NUMBER", "-0": "E_NUMBER", "007": "E_NUMBER", "00": "E_NUMBER", "-": "E_NUMBER", "--1": "E_NUMBER", "-01": "E_NUMBER",
		"12a": "E_NUMBER", "０": "E_NUMBER", "NaN": "E_NUMBER", "null": "E_NUMBER",
		"-16022": "E_NEGATIVE", "-1": "E_NEGATIVE",
		"10000000000": "E_RANGE", "9007199254740993": "E_RANGE", "9223372036854775808": "E_RANGE",
	} {
		c, r := ParseCount([]byte(in))
		if r == nil || r.Code != code || c.Present() {
			t.Errorf("ParseCount(%q) = %v, %v; want %s and absent", in, c, r, code)
		}
	}
}

func TestTextIsMadeFitToBeShown(t *testing.T) {
	for in, want := range map[string]string{
		"LULA":                          "LULA",
		"  José\t da\r\n Silva ":        "José da Silva",
		"a\u202eb\u2066c\u200bd\u00ade": "abcde",
		"na\u00a0me":                    "na me",
		"":                              "",
		" \u200b ":                      "",
		"e\u0301\u0302\u0303\u0304":     "e\u0301\u0302\u0303\u0304",
		"東京":                            "東京",
		`"><script>alert(1)</script>`:   `"><script>alert(1)</script>`,
		strings.Repeat("é", 200):        strings.Repeat("é", 200),
	} {
		if got, r := CleanText(in, MaxName); r != nil || got != want {
			t.Errorf("CleanText(%q) = %q, %v; want %q", in, got, r, want)
		}
	}
	for in, code := range map[string]string{
		strings.Repeat("é", 201):                "E_TEXT",
		strings.Repeat("a ", 101):               "E_TEXT",
		"e\u0301\u0302\u0303\u0304\u0305":       "E_TEXT",
		"e\u0301\u200b\u0302\u0303\u0304\u0305": "E_TEXT",
		"lost \ufffd letter":                    "E_UTF8",
		"c1 \u0083":                             "E_CONTROL",
		"nul \x00":                              "E_CONTROL",
	} {
		if got, r := CleanText(in, MaxName); r == nil || r.Code != code {
			t.Errorf("CleanText(%q) = %q, %v; want %s", in, got, r, code)
		}
	}
}

func TestTimesThatTheZoneSkipsAreRefused(t *testing.T) {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	const layout = "1/2/2006 3:04:05 PM"
	got, r := ParseLocal(layout, "11/5/2024 8:36:34 PM", zone)
	if want := time.Date(2024, 11, 6, 4, 36, 34, 0, time.UTC); r != nil || !got.Equal(want) {
		t.Errorf("ParseLocal = %v, %v; want %v", got, r, want)
	}
	for _, bad := range []string{"3/10/2024 2:30:00 AM", "11/5/2024", "", "11/31/2024 1:00:00 PM", "11/5/2024 24:00:00 PM"} {
		if got, r := ParseLocal(layout, bad, zone); r == nil || r.Code != "E_TIME" {
			t.Errorf("ParseLocal(%q) = %v, %v; want E_TIME", bad, got, r)
		}
	}
	if got, r := ParseLocal(layout, "11/5/2024 8:36:34 PM", nil); r == nil || r.Code != "E_TIME" {
		t.Errorf("without a zone ParseLocal = %v, %v; want E_TIME", got, r)
	}
}

func TestTextIsReadInTheFirstEncodingThatFits(t *testing.T) {
	for _, c := range []struct {
		body      string
		encodings []Encoding
		want      string // text, or a code
	}{
		{"Jos\u00e9", nil, "José"},
		{"Jos\xe9 x", nil, "E_UTF8"},
		{"Jos\u00e9", []Encoding{UTF8, ISO8859_1}, "José"},
		{"Jos\xe9 x", []Encoding{UTF8, ISO8859_1}, "José x"},
		{"Jos\xe9", []Encoding{ISO8859_1}, "José"},
		{"Jos\u00e9", []Encoding{ISO8859_1}, "JosÃ©"},
		{"\x96 Jos\xe9", []Encoding{UTF8, ISO8859_1}, "E_UTF8"},
		{"\x96 Jos\xe9", []Encoding{UTF8, ISO8859_1, Windows1252}, "– José"},
		{"\x81 Jos\xe9", []Encoding{UTF8, Windows1252}, "E_UTF8"},
		{"\xef\xbb\xbfJos\u00e9", []Encoding{Windows1252}, "José"},
		{"\xef\xbb\xbfJos\xe9 x", []Encoding{UTF8, Windows1252}, "E_UTF8"},
	} {
		got, err := Load(Payload{Body: []byte(c.body)}, Options{Encodings: c.encodings})
		if err != nil {
			got = []byte(refusal(t, err).Code)
		}
		if string(got) != c.want {
			t.Errorf("%q in %v: %q, want %q", c.body, c.encodings, got, c.want)
		}
	}
	got, err := Load(Payload{Body: []byte("Jos\xe9")}, Options{Encodings: []Encoding{ISO8859_1}}, UTF8)
	if err != nil || string(got) != "José" {
		t.Errorf("the configuration does not come before the format: %q, %v", got, err)
	}
}

func TestEncodingsAreKnownByTheirNames(t *testing.T) {
	for _, e := range []Encoding{UTF8, ISO8859_1, Windows1252} {
		if got, err := ParseEncoding(strings.ToUpper(e.String())); err != nil || got != e {
			t.Errorf("ParseEncoding(%s) = %v, %v", e, got, err)
		}
	}
	if _, err := ParseEncoding("latin1"); err == nil || !strings.Contains(err.Error(), "utf-8, iso-8859-1, windows-1252") {
		t.Errorf("an unknown name: %v, want the known ones", err)
	}
}

func TestAFormatMayAllowOtherWaysToWriteCounts(t *testing.T) {
	all := CountRule{Thousands: ',', Float: true, Plus: true, Padded: true, Negative: true}
	for _, c := range []struct {
		rule CountRule
		in   string
		want string
	}{
		{CountRule{Thousands: ','}, "3,147,753", "3147753"},
		{CountRule{Thousands: ','}, "3147753", "3147753"},
		{CountRule{Thousands: ','}, "12", "12"},
		{CountRule{Thousands: ','}, "0", "0"},
		{CountRule{Thousands: ','}, "", "absent"},
		{CountRule{Thousands: ','}, "3147,753", "E_NUMBER"},
		{CountRule{Thousands: ','}, "3,14,753", "E_NUMBER"},
		{CountRule{Thousands: ','}, "3,", "E_NUMBER"},
		{CountRule{Thousands: ','}, ",753", "E_NUMBER"},
		{CountRule{Thousands: ','}, "0,753", "E_NUMBER"},
		{CountRule{Thousands: ','}, "3.147", "E_NUMBER"},
		{CountRule{Thousands: ','}, "-3,147", "E_NEGATIVE"},
		{CountRule{Thousands: ','}, "99,999,999,999", "E_RANGE"},
		{CountRule{Thousands: '.'}, "3.147", "3147"},
		{CountRule{Float: true}, "12.0", "12"},
		{CountRule{Float: true}, "12.000", "12"},
		{CountRule{Float: true}, "12.", "E_NUMBER"},
		{CountRule{Float: true}, ".0", "E_NUMBER"},
		{CountRule{Float: true}, "12.50", "E_NUMBER"},
		{CountRule{Float: true}, "12.0.0", "E_NUMBER"},
		{CountRule{Plus: true}, "+12", "12"},
		{CountRule{Plus: true}, "+", "E_NUMBER"},
		{CountRule{Plus: true}, "++1", "E_NUMBER"},
		{CountRule{Plus: true}, "+-1", "E_NUMBER"},
		{CountRule{Padded: true}, "007", "7"},
		{CountRule{Padded: true}, "000", "0"},
		{CountRule{Padded: true}, "00000000000012", "12"},
		{CountRule{Negative: true}, "-13905", "absent"},
		{CountRule{Negative: true}, "-0", "E_NUMBER"},
		{CountRule{Negative: true}, "-", "E_NUMBER"},
		{CountRule{Negative: true}, "-1a", "E_NUMBER"},
		{CountRule{Negative: true}, "12", "12"},
		{all, "+0,012.00", "12"},
		{all, "-1,012.0", "absent"},
	} {
		got, r := c.rule.Parse([]byte(c.in))
		text := got.String()
		if r != nil {
			text = r.Code
			if got.Present() {
				t.Errorf("%q is refused, yet %v", c.in, got)
			}
		}
		if text != c.want {
			t.Errorf("%+v of %q = %s, want %s", c.rule, c.in, text, c.want)
		}
	}
}

// FuzzCountRule holds that a count is present only as the digits that stand
// there, whatever else a rule allows.
func FuzzCountRule(f *testing.F) {
	for _, seed := range []string{"", "3,147,753", "12.0", "+12", "007", "-13905", "1,2", "0.0", "-0.0", ","} {
		f.Add([]byte(seed), byte(','), byte(15))
	}
	f.Fuzz(func(t *testing.T, b []byte, thousands, flags byte) {
		rule := CountRule{Float: flags&1 > 0, Plus: flags&2 > 0, Padded: flags&4 > 0, Negative: flags&8 > 0}
		if strings.IndexByte(",' ", thousands) >= 0 {
			rule.Thousands = thousands
		}
		c, r := rule.Parse(b)
		if r != nil || !c.Present() {
			if c.Present() || r == nil && len(b) > 0 && (b[0] != '-' || !rule.Negative) {
				t.Errorf("%+v of %q = %v, %v", rule, b, c, r)
			}
			return
		}
		digits, _, _ := strings.Cut(string(b), ".")
		if rule.Thousands != 0 {
			digits = strings.ReplaceAll(digits, string(rule.Thousands), "")
		}
		if digits = strings.TrimLeft(strings.TrimPrefix(digits, "+"), "0"); digits != c.String() && digits+"0" != c.String() {
			t.Errorf("%+v of %q = %v", rule, b, c)
		}
	})
}
