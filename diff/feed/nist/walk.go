package nist

import (
	"strconv"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// walker goes through a report front to back, whatever it is written in. The
// vocabulary of the three versions is the same; what differs is how an element
// is put down, and that ends here.
type walker interface {
	// fields calls visit for every field of the present element; visit takes
	// the value by exactly one of the other methods. The id and the type of an
	// element are the fields "@id" and "@type". Items of a list are fields of
	// one name each, and what only wraps a list is not seen.
	fields(visit func(name string))
	text() string   // a word, number or line of text
	item() string   // one of several of the same name
	phrase() string // text in one or several languages: the first
	count() snapshot.Count
	skip()
	unknown()
	refuse(code, format string, args ...any)
	finish(place string) ([]snapshot.Finding, error)
}

// whole is how a count of votes is written: xsd:float, of which only whole
// numbers are counts.
func whole() feed.CountRule { return feed.CountRule{Float: true} }

// jsonWalker reads version 2 in JSON.
type jsonWalker struct{ r *feed.JSON }

func (w jsonWalker) fields(visit func(string)) {
	for w.r.Object(); w.r.NextKey(); {
		name := string(w.r.Key())
		if w.r.Kind() != '[' {
			visit(name)
			continue
		}
		for w.r.List(); w.r.NextItem(); {
			visit(name)
		}
	}
}

func (w jsonWalker) text() string {
	switch w.r.Kind() {
	case '"':
		return w.r.Text(feed.MaxDetail)
	case 't', 'f':
		return w.boolean()
	}
	b, _ := w.r.Scalar()
	return string(b)
}

func (w jsonWalker) boolean() string {
	v, _ := w.r.Bool()
	return strconv.FormatBool(v)
}

func (w jsonWalker) item() string { return w.text() }

func (w jsonWalker) phrase() string {
	if w.r.Kind() == '"' {
		return w.text()
	}
	first := ""
	w.fields(func(name string) {
		if name != "Text" {
			w.skip()
			return
		}
		w.fields(func(name string) {
			if name == "Content" && first == "" {
				first = w.text()
				return
			}
			w.skip()
		})
	})
	return first
}

func (w jsonWalker) count() snapshot.Count {
	b, present := w.r.Scalar()
	if !present {
		return snapshot.Count{}
	}
	c, refusal := whole().Parse(b)
	if refusal != nil {
		w.r.Refuse(refusal.Code, "%s", refusal.Text)
	}
	return c
}
func (w jsonWalker) skip()    { w.r.Skip() }
func (w jsonWalker) unknown() { w.r.Unknown() }
func (w jsonWalker) refuse(code, format string, args ...any) {
	w.r.Refuse(code, format, args...)
}
func (w jsonWalker) finish(place string) ([]snapshot.Finding, error) { return w.r.Finish(place) }

// xmlWalker reads version 1, version 2 and the dialect of the Civics feeds.
type xmlWalker struct {
	r    *feed.XML
	attr *string // the value of the attribute that is being visited
}

func (w *xmlWalker) fields(visit func(string)) {
	for _, name := range []string{"ObjectId", "objectId"} { // version 2, version 1
		if v, ok := w.r.Attr(name); ok {
			w.attribute("@id", v, visit)
		}
	}
	if v := w.r.Type(); v != "" {
		w.attribute("@type", v, visit)
	}
	for w.r.Enter(); w.r.Next(); {
		name := string(w.r.Name())
		if !strings.HasSuffix(name, "Collection") && name != "ExternalIdentifiers" {
			visit(name)
			continue
		}
		for w.r.Enter(); w.r.Next(); {
			visit(string(w.r.Name()))
		}
	}
}

func (w *xmlWalker) attribute(name, value string, visit func(string)) {
	w.attr = &value
	visit(name)
	w.attr = nil
}

func (w *xmlWalker) text() string {
	if w.attr != nil {
		return *w.attr
	}
	return w.r.Text()
}

func (w *xmlWalker) item() string { return w.r.TextItem() }

func (w *xmlWalker) phrase() string {
	first := ""
	for w.r.Enter(); w.r.Next(); {
		if text := w.r.TextItem(); first == "" {
			first = text
		}
	}
	return first
}

func (w *xmlWalker) count() snapshot.Count { return w.r.Count(whole()) }
func (w *xmlWalker) skip() {
	if w.attr == nil {
		w.r.Skip()
	}
}
func (w *xmlWalker) unknown() {
	if w.attr == nil {
		w.r.Unknown()
	}
}
func (w *xmlWalker) refuse(code, format string, args ...any) { w.r.Refuse(code, format, args...) }
func (w *xmlWalker) finish(place string) ([]snapshot.Finding, error) {
	return w.r.Finish(place)
}
