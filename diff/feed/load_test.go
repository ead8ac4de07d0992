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
		"gzip":            {"\x1f\x8b\x08", "E_CONTAINER", "gzip"},
		"zip":             {"PK\x03\x04", "E_CONTAINER", "zip"},
		"UTF-16":          {"\xff\xfe{\x00", "E_ENCODING", "UTF-16"},
		"Latin-1":         {"a\nJos\xe9", "E_UTF8", "0xe9"},
		"half a sequence": {"abc\xc3", "E_UTF8", "0xc3"},
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
	got, err := Load(Payload{Body: body}, Options{}, UTF8OrWindows1252)
	if err != nil || string(got) != "José – “x”" {
		t.Errorf("Load = %q, %v", got, err)
	}
	if !bytes.Equal(body, kept) {
		t.Error("the payload was changed")
	}
	got, err = Load(Payload{Body: []byte("José")}, Options{}, UTF8OrWindows1252)
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
}
