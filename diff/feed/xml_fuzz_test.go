package feed

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// FuzzXML holds the reader against the standard library: it reads nothing that
// encoding/xml refuses, and what both read says the same.
func FuzzXML(f *testing.F) {
	for _, seed := range []string{
		"<?xml version='1.0' encoding='utf-8'?>\n<a b='1&amp;2' c=\"&#10;\t\"><!-- d --><e>f&lt;<![CDATA[<g>]]></e><h/>\r\n</a>",
		"<u:a xmlns:u='u' u:b='' b=''><c xmlns='u'><d xmlns=''/></c></u:a>", "<!DOCTYPE a><a/>", "<a>&b;</a>", "<a b='1' b='2'/>",
		"<a/><b/>", "<a></b>", "<a>]]></a>", "<a xml:lang='b'/>", "<Error><Code>NoSuchKey</Code></Error>", "<a>&#0;</a>", "<a b=1>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := OpenXML(Payload{Body: body}, Options{}, "", "u")
		if err != nil {
			refusal(t, err)
			return
		}
		var ours strings.Builder
		showXML(r, &ours)
		if _, err := r.Finish(""); err != nil {
			refusal(t, err)
			return
		}
		theirs, err := plainXML(body)
		if err != nil {
			t.Fatalf("read what is no XML: %q: %v", body, err)
		}
		if ours.String() != theirs {
			t.Errorf("%q is read as\n%s, by encoding/xml as\n%s", body, ours.String(), theirs)
		}
	})
}

// showXML writes the present element as plainXML does.
func showXML(r *XML, b *strings.Builder) {
	r.waiting = false
	f := r.frames[len(r.frames)-1]
	fmt.Fprintf(b, "<%s", r.body[f.local:f.end])
	for _, a := range r.attrs {
		if name := r.body[a.start:a.end]; a.local == a.start && string(name) != "xmlns" {
			pos := r.pos
			fmt.Fprintf(b, " %s=%q", name, flat(string(r.decode(nil, a.value, a.valueEnd))))
			r.pos = pos
		}
	}
	b.WriteString(">")
	if f.empty {
		r.leave()
		fmt.Fprintf(b, "%q</%s>", "", r.body[f.local:f.end])
		return
	}
	var text []byte
	for r.err == nil {
		text = append(text, r.charData(nil)...)
		if r.err != nil {
			return
		}
		if r.body[r.pos+1] == '/' {
			r.endTag()
			break
		}
		if r.startTag(); r.err == nil {
			showXML(r, b)
		}
	}
	fmt.Fprintf(b, "%q</%s>", strings.TrimSpace(string(text)), r.body[f.local:f.end])
}

// flat writes line ends as the spaces that they are in an attribute.
func flat(s string) string {
	return strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\t", " ").Replace(s)
}

// plainXML writes a document as encoding/xml reads it: every element with its
// attributes and its own text.
func plainXML(body []byte) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var b strings.Builder
	var text []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.StartElement:
			fmt.Fprintf(&b, "<%s", token.Name.Local)
			for _, a := range token.Attr {
				if a.Name.Space == "" && a.Name.Local != "xmlns" {
					fmt.Fprintf(&b, " %s=%q", a.Name.Local, flat(a.Value))
				}
			}
			b.WriteString(">")
			text = append(text, "")
		case xml.CharData:
			if len(text) > 0 {
				text[len(text)-1] += string(token)
			}
		case xml.EndElement:
			fmt.Fprintf(&b, "%q</%s>", strings.TrimSpace(text[len(text)-1]), token.Name.Local)
			text = text[:len(text)-1]
		}
	}
}
