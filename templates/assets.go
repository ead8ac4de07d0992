package templates

import "embed"

//go:embed assets/css/*.css
var styles embed.FS

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
		{"herald.css", style()}, {"herald.js", []byte(script)}, {"herald.svg", []byte(icon)},
	}
}

// Schemas returns the JSON Schemas (draft 2020-12) of the documents that this
// package writes.
func Schemas() []File {
	return []File{{"race.json", []byte(raceSchema)}}
}

// style is all style sheets in one, in the order of their names.
func style() []byte {
	var b []byte
	files, err := styles.ReadDir("assets/css")
	if err != nil {
		panic("templates: " + err.Error()) // it is built in
	}
	for _, f := range files {
		part, err := styles.ReadFile("assets/css/" + f.Name())
		if err != nil {
			panic("templates: " + err.Error())
		}
		b = append(b, part...)
	}
	return b
}
