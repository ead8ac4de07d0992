package feed

import (
	"fmt"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/snapshot"
)

func openXML(t *testing.T, body string, spaces ...string) *XML {
	t.Helper()
	r, err := OpenXML(Payload{Feed: "f", Name: "x.xml", Body: []byte(body)}, Options{}, spaces...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// skipXML reads a whole document, taking nothing, and returns its first
// refusal, or nil.
func skipXML(body string, encodings ...Encoding) error {
	r, err := OpenXML(Payload{Feed: "f", Name: "x.xml", Body: []byte(body)}, Options{Encodings: encodings})
	if err != nil {
		return err
	}
	_, err = r.Finish("")
	return err
}

func TestXMLThatIsNotStrictIsRefusedByCode(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	attrs := func(prefix string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, ` %sa%d="1"`, prefix, i)
		}
		return b.String()
	}
	for name, c := range map[string]struct{ body, code, field string }{
		"nothing":                          {"", "E_EMPTY", ""},
		"white space":                      {" \n", "E_EMPTY", ""},
		"a mark alone":                     {"\xef\xbb\xbf", "E_EMPTY", ""},
		"cut in an element":                {"<a><b>", "E_TRUNCATED", "a/b"},
		"cut in a tag":                     {"<a><b ", "E_TRUNCATED", "a"},
		"cut in an attribute":              {`<a><b c="d`, "E_TRUNCATED", "a"},
		"cut in a text":                    {"<a>te", "E_TRUNCATED", "a"},
		"cut in a comment":                 {"<a><!-- b", "E_TRUNCATED", "a"},
		"cut in a letter":                  {"<a>Jos\xc3", "E_TRUNCATED", ""},
		"cut in the declaration":           {`<?xml version="1.0`, "E_TRUNCATED", ""},
		"text after the root":              {"<a/>x", "E_TRAILING", ""},
		"second root":                      {"<a/><a/>", "E_TRAILING", ""},
		"end tag after the root":           {"<a/></a>", "E_TRAILING", ""},
		"billion laughs":                   {`<!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>`, "E_DTD", ""},
		"external entity":                  {`<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`, "E_DTD", ""},
		"unused DOCTYPE":                   {"<!DOCTYPE a><a/>", "E_DTD", ""},
		"declaration inside":               {"<a><!ENTITY b 'c'></a>", "E_DTD", "a"},
		"declaration in a text":            {"<a>b<!ELEMENT c></a>", "E_DTD", "a"},
		"HTML page":                        {"\n<!doctype HTML><html><br></html>", "E_NOT_FEED", ""},
		"XHTML page":                       {`<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>`, "E_NOT_FEED", "html"},
		"bucket's error":                   {`<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>`, "E_NOT_FEED", "Error"},
		"Czech error":                      {`<CHYBA KOD_CHYBY="30"/>`, "E_NOT_FEED", "CHYBA"},
		"UTF-16":                           {"\xff\xfe<\x00a\x00", "E_ENCODING", ""},
		"declared UTF-16":                  {`<?xml version="1.0" encoding="UTF-16"?><a/>`, "E_ENCODING", ""},
		"Latin-1 that is not allowed":      {`<?xml version="1.0" encoding="ISO-8859-1"?><a/>`, "E_ENCODING", ""},
		"Latin-1 undeclared":               {"<a>Jos\xe9</a>", "E_UTF8", ""},
		"Latin-1 declared as UTF-8":        {"<?xml version='1.0' encoding='utf-8'?><a>Jos\xe9</a>", "E_UTF8", ""},
		"XML 1.1":                          {`<?xml version="1.1"?><a/>`, "E_VERSION", ""},
		"no version":                       {`<?xml encoding="utf-8"?><a/>`, "E_SYNTAX", ""},
		"empty declaration":                {`<?xml ?><a/>`, "E_SYNTAX", ""},
		"declaration in another order":     {`<?xml version="1.0" standalone="yes" encoding="utf-8"?><a/>`, "E_SYNTAX", ""},
		"declaration with more":            {`<?xml version="1.0" b="c"?><a/>`, "E_SYNTAX", ""},
		"declaration not at the start":     {"\n<?xml version='1.0'?><a/>", "E_SYNTAX", ""},
		"declaration inside an element":    {"<a><?xml version='1.0'?></a>", "E_SYNTAX", "a"},
		"declaration without end":          {"<?xml version='1.0' " + strings.Repeat(" ", 1100) + "?><a/>", "E_SYNTAX", ""},
		"too deep":                         {deep(65), "E_DEPTH", strings.Repeat("a/", 64) + "a"},
		"long text":                        {"<a>" + strings.Repeat("x", 65537) + "</a>", "E_TOKEN", "a"},
		"long text in pieces":              {"<a>" + strings.Repeat("<![CDATA[xxxxxxxxxxxxxxxx]]>", 4097) + "</a>", "E_TOKEN", "a"},
		"long section":                     {"<a><![CDATA[" + strings.Repeat("x", 65537) + "]]></a>", "E_TOKEN", "a"},
		"long attribute":                   {`<a b="` + strings.Repeat("x", 65537) + `"/>`, "E_TOKEN", ""},
		"long name":                        {"<" + strings.Repeat("x", 65537) + "/>", "E_TOKEN", ""},
		"80 namespaces at one place":       {"<a" + attrs("xmlns:", 40) + "><b" + attrs("xmlns:", 40) + "/></a>", "E_COUNT", "a"},
		"65 attributes":                    {"<a" + attrs("", 65) + "/>", "E_COUNT", ""},
		"attribute twice":                  {`<a b="1" c="2" b="1"/>`, "E_DUP", ""},
		"attribute twice by two prefixes":  {`<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="1"/>`, "E_DUP", ""},
		"wrong end":                        {"<a><b></a></b>", "E_SYNTAX", "a/b"},
		"end that only begins alike":       {"<a><b></bc></a>", "E_SYNTAX", "a/b"},
		"end in another case":              {"<a></A>", "E_SYNTAX", "a"},
		"end with an attribute":            {"<a></a b='1'>", "E_SYNTAX", "a"},
		"unbound prefix":                   {"<p:a/>", "E_NS", "a"},
		"unbound prefix of an attribute":   {"<a p:b='1'/>", "E_NS", ""},
		"prefix bound to nothing":          {"<a xmlns:p=''/>", "E_NS", ""},
		"prefix that is reserved":          {"<a xmlns:xmlns='u'/>", "E_NS", ""},
		"root in a foreign namespace":      {"<a xmlns='u'/>", "E_NS", "a"},
		"child in a foreign namespace":     {"<a><b xmlns='u'/></a>", "E_NS", "a/b"},
		"child with a foreign prefix":      {"<a xmlns:p='u'><p:b/></a>", "E_NS", "a/b"},
		"prefix after its element":         {"<a><b xmlns:p='u'/><c p:d=''/></a>", "E_NS", "a"},
		"unknown entity":                   {"<a>&eacute;</a>", "E_SYNTAX", "a"},
		"bare ampersand":                   {"<a>Smith & Sons, in full</a>", "E_SYNTAX", "a"},
		"bare ampersand in an attribute":   {"<a b='Smith & Sons'/>", "E_SYNTAX", ""},
		"number of no character":           {"<a>&#xD800;</a>", "E_SYNTAX", "a"},
		"number beyond characters":         {"<a>&#99999999;</a>", "E_SYNTAX", "a"},
		"reference without digits":         {"<a>&#;</a>", "E_SYNTAX", "a"},
		"hexadecimal without digits":       {"<a>&#x;</a>", "E_SYNTAX", "a"},
		"hexadecimal digit in a decimal":   {"<a>&#1f;</a>", "E_SYNTAX", "a"},
		"NUL":                              {"<a>\x00</a>", "E_CONTROL", "a"},
		"NUL as a reference":               {"<a>&#0;</a>", "E_CONTROL", "a"},
		"escape in an attribute":           {"<a b='\x1b'/>", "E_CONTROL", ""},
		"delete in a comment":              {"<a><!-- \x7f --></a>", "E_CONTROL", "a"},
		"bell in a section":                {"<a><![CDATA[\x07]]></a>", "E_CONTROL", "a"},
		"bell as an attribute's reference": {"<a b='&#7;'/>", "E_CONTROL", ""},
		"U+FFFE":                           {"<a>\ufffe</a>", "E_CONTROL", ""},
		"section outside":                  {"<![CDATA[x]]><a/>", "E_SYNTAX", ""},
		"end of a section in a text":       {"<a>]]></a>", "E_SYNTAX", "a"},
		"two dashes in a comment":          {"<a><!-- b -- c --></a>", "E_SYNTAX", "a"},
		"three dashes at its end":          {"<a><!-- b ---></a>", "E_SYNTAX", "a"},
		"no white space":                   {`<a b="1"c="2"/>`, "E_SYNTAX", ""},
		"no quotes":                        {`<a b=1/>`, "E_SYNTAX", ""},
		"no value":                         {`<a b/>`, "E_SYNTAX", ""},
		"markup in an attribute":           {`<a b="<"/>`, "E_SYNTAX", ""},
		"name with a digit first":          {`<1a/>`, "E_SYNTAX", ""},
		"name with two colons":             {`<a:b:c/>`, "E_SYNTAX", ""},
		"name with a colon first":          {`<:b/>`, "E_SYNTAX", ""},
		"name with a colon last":           {`<b: c=""/>`, "E_SYNTAX", ""},
		"name that is not ASCII":           {`<é/>`, "E_SYNTAX", ""},
		"slash in the middle":              {`<a / b="1">`, "E_SYNTAX", ""},
		"instruction without a name":       {"<a><? b?></a>", "E_SYNTAX", "a"},
		"text instead":                     {"service unavailable", "E_SYNTAX", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := refusal(t, skipXML(c.body))
			if r.Code != c.code || r.Field != c.field {
				t.Errorf("got %s at %q (%s), want %s at %q", r.Code, r.Field, r.Text, c.code, c.field)
			}
			if r.File != "x.xml" {
				t.Errorf("the refusal names the file %q", r.File)
			}
		})
	}
}

func TestEveryPrefixOfXMLIsTruncated(t *testing.T) {
	const whole = `<?xml version="1.0" encoding="UTF-8" standalone='yes'?><!-- b --><a xmlns:p="u" b='1&amp;' c="2">` +
		`t &lt;&#233;&#xE9; <![CDATA[<&]]><?pi x?><d/><e >f</e ><!----></a>`
	if err := skipXML(whole); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(whole); i++ {
		if r := refusal(t, skipXML(whole[:i])); r.Code != "E_TRUNCATED" {
			t.Errorf("%q: %v, want E_TRUNCATED", whole[:i], r)
		}
	}
}

func TestCorrectXMLIsRead(t *testing.T) {
	for _, body := range []string{
		"<a/>", "\xef\xbb\xbf<a/>", "\n<a></a>\r\n<!-- b --><?c d?>\n", "<a\n b = '1'\tc=\"'\" />",
		strings.Repeat("<a>", 64) + strings.Repeat("</a>", 64), "<a>" + strings.Repeat("x", 65536) + "</a>",
		"<?xml version='1.0' encoding='US-ASCII' ?><a/>", "<?xml version=\"1.0\"\n?><a/>", "<?xml-stylesheet href='b'?><a/>",
		`<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="b c" xml:lang="en" schemaLocation=""/>`,
		"<a-1._b/>", "<a>]] ></a>", "<a><![CDATA[]]]]></a>", "<a>\U0001F5F3 &#x1F5F3;</a>", "<a>></a>",
	} {
		if err := skipXML(body); err != nil {
			t.Errorf("%.80q: %v", body, err)
		}
	}
}

func TestADeclaredEncodingIsReadWhereItIsAllowed(t *testing.T) {
	for _, c := range []struct {
		declared string
		allowed  []Encoding
		want     string // the text, or a code
	}{
		{"ISO-8859-1", []Encoding{ISO8859_1}, "Jos\u00e9 a"},
		{"windows-1252", []Encoding{UTF8, Windows1252}, "Jos\u00e9 a"},
		{"windows-1252", []Encoding{ISO8859_1}, "E_ENCODING"},
		{"utf-8", []Encoding{ISO8859_1}, "E_UTF8"},
		{"koi8-r", []Encoding{ISO8859_1}, "E_ENCODING"},
	} {
		body := `<?xml version="1.0" encoding="` + c.declared + "\"?><a>Jos\xe9 a</a>"
		got := ""
		if r, err := OpenXML(Payload{Body: []byte(body)}, Options{Encodings: c.allowed}); err != nil {
			got = refusal(t, err).Code
		} else {
			got = r.Text()
		}
		if got != c.want {
			t.Errorf("%s, %v allowed: %q, want %q", c.declared, c.allowed, got, c.want)
		}
	}
	if r := refusal(t, skipXML("<a>\xe9 a</a>", UTF8, ISO8859_1)); r.Code != "E_UTF8" {
		t.Errorf("undeclared: %v, want E_UTF8", r)
	}
	if r := refusal(t, skipXML("\xef\xbb\xbf<?xml version='1.0' encoding='ISO-8859-1'?><a/>", ISO8859_1)); r.Code != "E_ENCODING" {
		t.Errorf("declared behind a mark: %v, want E_ENCODING", r)
	}
}

// town is what the tests read from a small document.
type town struct {
	name     string
	code     string
	votes    snapshot.Count
	electors snapshot.Count
	parts    []snapshot.Count
}

func readTowns(r *XML) (out []town) {
	for r.Enter(); r.Next(); {
		switch string(r.Name()) {
		case "Town":
			var t town
			r.RequireAttr("code")
			r.KnownAttrs("code", "electors")
			t.code, _ = r.Attr("code")
			t.electors = r.AttrCount("electors", CountRule{})
			for r.Enter(); r.Next(); {
				switch string(r.Name()) {
				case "Name":
					t.name = r.Text()
				case "Votes":
					t.votes = r.Count(CountRule{})
				case "Part":
					t.parts = append(t.parts, r.CountItem(CountRule{Thousands: ','}))
				default:
					r.Unknown()
				}
			}
			r.Require("Name", "Votes")
			out = append(out, t)
		default:
			r.Unknown()
		}
	}
	r.Require("Town")
	return out
}

func TestElementsAreReadInAnyOrderWithWhatIsInThem(t *testing.T) {
	r := openXML(t, `<e:Towns xmlns:e="urn:e" xmlns="urn:e"><!-- made -->
		<Town code="07&#32;&lt;" electors="1200"><Votes>12</Votes><Name>
			Sankt <!-- sic -->&quot;J&#246;rg&quot;<![CDATA[ & Söhne]]> </Name><Part>1,002</Part><Part/><Part>3</Part></Town>
		<e:Town electors='' code='8'><Name></Name><e:Votes> </e:Votes><Odd><Deep/></Odd></e:Town>
		<Town code='9' odd='' xml:lang='en' xmlns='urn:e'><Name/><Votes/><Odd/></Town></e:Towns>`, "urn:e")
	if string(r.Name()) != "Towns" || r.Space() != "urn:e" {
		t.Errorf("the root is %s in %q", r.Name(), r.Space())
	}
	got := readTowns(r)
	findings, err := r.Finish("")
	if err != nil {
		t.Fatal(err)
	}
	want := []town{
		{`Sankt "Jörg" & Söhne`, "07 <", snapshot.Of(12), snapshot.Of(1200), []snapshot.Count{snapshot.Of(1002), {}, snapshot.Of(3)}},
		{code: "8"}, {code: "9"},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if len(findings) != 2 || findings[0].Code != "F_UNKNOWN_KEY" || !strings.Contains(findings[0].Text, `"Towns/Town/Odd"`) ||
		!strings.Contains(findings[1].Text, `"Towns/Town/@odd"`) {
		t.Errorf("findings = %v, want the odd element and the odd attribute, each once", findings)
	}
}

func TestWhatAFormatDemandsIsDemanded(t *testing.T) {
	wrap := func(inner string) string { return "<Towns>\n<Town code='1'>" + inner + "</Town></Towns>" }
	for name, c := range map[string]struct{ body, code, field string }{
		"element missing":           {wrap("<Name/>"), "E_MISSING", "Towns"},
		"element in another case":   {wrap("<Name/><VOTES>1</VOTES>"), "E_MISSING", "Towns"},
		"element misspelt":          {wrap("<Name/><Vots>1</Vots>"), "E_MISSING", "Towns"},
		"no town":                   {"<Towns/>", "E_MISSING", ""},
		"attribute missing":         {"<Towns><Town/><Town/></Towns>", "E_MISSING", "Towns/Town"},
		"attribute in another case": {"<Towns><Town Code='1'/></Towns>", "E_MISSING", "Towns/Town"},
		"element twice":             {wrap("<Name/><Votes>1</Votes><Votes>2</Votes>"), "E_DUP", "Towns/Town/Votes[2]"},
		"text twice":                {wrap("<Name/><Votes>1</Votes><Name/>"), "E_DUP", "Towns/Town/Name[2]"},
		"element in a text":         {wrap("<Name>a<b>c</b></Name>"), "E_TYPE", "Towns/Town/Name"},
		"element in a count":        {wrap("<Votes><b/></Votes>"), "E_TYPE", "Towns/Town/Votes"},
		"text between elements":     {wrap("<Name/>12<Votes>1</Votes>"), "E_SYNTAX", "Towns/Town"},
		"section between elements":  {wrap("<Name/><![CDATA[1]]><Votes>1</Votes>"), "E_SYNTAX", "Towns/Town"},
		"no count":                  {wrap("<Name/><Votes>12a</Votes>"), "E_NUMBER", "Towns/Town/Votes"},
		"spaces around a count":     {wrap("<Name/><Votes> 12 </Votes>"), "E_NUMBER", "Towns/Town/Votes"},
		"plus":                      {wrap("<Name/><Votes>+12</Votes>"), "E_NUMBER", "Towns/Town/Votes"},
		"below zero":                {wrap("<Name/><Votes>-16022</Votes>"), "E_NEGATIVE", "Towns/Town/Votes"},
		"beyond":                    {wrap("<Name/><Votes>9223372036854775808</Votes>"), "E_RANGE", "Towns/Town/Votes"},
		"wrong groups":              {wrap("<Name/><Part>1</Part><Part>1,02</Part>"), "E_NUMBER", "Towns/Town/Part[2]"},
		"attribute no count":        {"<Towns><Town code='1' electors='1.0'/></Towns>", "E_NUMBER", "Towns/Town/@electors"},
	} {
		t.Run(name, func(t *testing.T) {
			r := openXML(t, c.body)
			readTowns(r)
			if !r.Failed() {
				t.Error("Failed is false after a refusal")
			}
			_, err := r.Finish("Land")
			got := refusal(t, err)
			if got.Code != c.code || got.Field != c.field || got.Place != "Land" {
				t.Errorf("got %s at %q in %q (%s), want %s at %q", got.Code, got.Field, got.Place, got.Text, c.code, c.field)
			}
		})
	}
}

func TestARefusalNamesTheLineOfItsElement(t *testing.T) {
	r := openXML(t, "<?xml version='1.0'?>\n<Towns>\n<Town code='1'>\n<Name>a\nb</Name>\n<Votes>x</Votes>\n</Town></Towns>")
	readTowns(r)
	_, err := r.Finish("")
	if got := refusal(t, err); got.Line != 6 {
		t.Errorf("line %d (%v), want 6", got.Line, got)
	}
}

func TestAnElementThatIsNotTakenIsSkipped(t *testing.T) {
	r := openXML(t, "<a><b><c>1</c></b><b/><d>x</d></a>")
	var names []string
	for r.Enter(); r.Next(); {
		names = append(names, string(r.Name()))
	}
	if _, err := r.Finish(""); err != nil || fmt.Sprint(names) != "[b b d]" {
		t.Errorf("names = %v, %v", names, err)
	}
}

func TestWhatIsSkippedIsCheckedAllTheSame(t *testing.T) {
	for body, code := range map[string]string{
		"<a><b>&c;</b></a>": "E_SYNTAX", "<a><b c='' c=''/></a>": "E_DUP", "<a><b><c xmlns='u'/></b></a>": "E_NS",
		"<a><b>" + strings.Repeat("x", 65537) + "</b></a>": "E_TOKEN", "<a><b></c></a>": "E_SYNTAX",
	} {
		if r := refusal(t, skipXML(body)); r.Code != code {
			t.Errorf("%.40s: %v, want %s", body, r, code)
		}
	}
}

func TestDifferentNamesInOneElementAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 257 {
		fmt.Fprintf(&b, "<n%d/>", i)
	}
	r := openXML(t, "<a>"+b.String()+"</a>")
	for r.Enter(); r.Next(); {
		r.Unknown()
	}
	_, err := r.Finish("")
	if got := refusal(t, err); got.Code != "E_COUNT" {
		t.Errorf("got %v, want E_COUNT", got)
	}
}

func TestTheTypeOfAnElementIsThatOfXMLSchema(t *testing.T) {
	r := openXML(t, `<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:p="u">`+
		`<b i:type="p:Odd "/><b type="Odd"/><b p:type="Odd"/><b i:types="Odd"/><b i:type="Even"/></a>`)
	var got []string
	for r.Enter(); r.Next(); {
		got = append(got, r.Type())
	}
	if _, err := r.Finish(""); err != nil || fmt.Sprintf("%q", got) != `["Odd" "" "" "" "Even"]` {
		t.Errorf("types = %q, %v", got, err)
	}
}

func TestElementsOfAPayloadAreBounded(t *testing.T) {
	r := openXML(t, "<a><b/><b/><c/></a>")
	r.elements = maxElements - 2
	_, err := r.Finish("")
	if got := refusal(t, err); got.Code != "E_COUNT" || got.Field != "a/c" {
		t.Errorf("got %v, want E_COUNT at the last element", got)
	}
}

func TestElementsOfTwoNamespacesAreToldApart(t *testing.T) {
	r := openXML(t, "<a xmlns='u' xmlns:k='v'><n>1</n><k:n>2</k:n></a>", "u", "v")
	got := map[string]string{}
	for r.Enter(); r.Next(); {
		space := r.Space()
		got[space] = r.Text()
	}
	if _, err := r.Finish(""); err != nil || got["u"] != "1" || got["v"] != "2" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestNothingReadFromXMLAliasesThePayload(t *testing.T) {
	body := []byte("<a b='plain value'>plain name</a>")
	r, err := OpenXML(Payload{Body: body}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	value, _ := r.Attr("b")
	name := r.Text()
	for i := range body {
		body[i] = 'x'
	}
	if value != "plain value" || name != "plain name" {
		t.Errorf("the text changed with the payload: %q, %q", value, name)
	}
}
