package feed

import "bytes"

// spaceInstance is the namespace of xsi:type (XML Schema Part 1, 2.6).
const spaceInstance = "http://www.w3.org/2001/XMLSchema-instance"

// Type returns the xsi:type of the present element without its prefix, "" when
// it has none. It must be asked before the element is taken.
func (r *XML) Type() string {
	if r.err != nil || !r.waiting {
		return ""
	}
	for i := range r.attrs {
		a := &r.attrs[i]
		if a.local == a.start || !a.plain || string(r.body[a.local:a.end]) != "type" {
			continue
		}
		if uri, _ := r.lookup(string(r.body[a.start : a.local-1])); uri != spaceInstance {
			continue
		}
		value := bytes.TrimSpace(r.body[a.value:a.valueEnd])
		return string(value[bytes.IndexByte(value, ':')+1:])
	}
	return ""
}
