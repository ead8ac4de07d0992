package templates

import _ "embed" // the files below

//go:embed assets/herald.css
var style string

//go:embed assets/herald.js
var script string

//go:embed assets/herald.svg
var icon string

//go:embed schema/race.json
var raceSchema string

// File is a file that ships with the pages.
type File struct {
	Name string // "herald.css"
	Body []byte // the caller's own copy
}

// Assets returns the style, the script and the icon of the pages. The
// publisher addresses them by their hash and hands the addresses back in Site.
func Assets() []File {
	return []File{
		{"herald.css", []byte(style)}, {"herald.js", []byte(script)}, {"herald.svg", []byte(icon)},
	}
}

// Schemas returns the JSON Schemas (draft 2020-12) of the documents that this
// package writes.
func Schemas() []File {
	return []File{{"race.json", []byte(raceSchema)}}
}
