package templates

import (
	"bytes"
	"embed"
)

//go:embed assets/css/*.css
var styles embed.FS

//go:embed assets/*.js
var scripts embed.FS

//go:embed assets/herald.svg
var icon string

//go:embed schema/race.json
var raceSchema string

// File is a file that ships with the pages.
type File struct {
	Name string // "herald.css"
	Body []byte // the caller's own copy
}

// Assets returns the style, the scripts and the icon of the pages, and the
// files that an authority added. The publisher addresses them by their hash
// and hands the addresses back in Site.
func Assets(o *Overrides) []File {
	files := append([]File{
		{"herald.css", themed(o.dye(style()))}, {"herald.svg", []byte(icon)},
	}, lean(builtIn(scripts, "assets"))...)
	if o != nil {
		files = append(files, o.files...)
	}
	return files
}

// lean leaves the comments and the indentation of scripts behind: readers
// need neither, and they are a third of what would be sent.
func lean(scripts []File) []File {
	for i := range scripts {
		var b []byte
		for line := range bytes.Lines(scripts[i].Body) {
			if line = bytes.TrimLeft(line, " \t"); !bytes.HasPrefix(line, []byte("//")) && len(bytes.TrimSpace(line)) > 0 {
				b = append(b, line...)
			}
		}
		scripts[i].Body = b
	}
	return scripts
}

// builtIn are the files of a folder that is built in, in the order of their
// names.
func builtIn(folder embed.FS, dir string) []File {
	list, err := folder.ReadDir(dir)
	if err != nil {
		panic("templates: " + err.Error())
	}
	files := make([]File, len(list))
	for i, f := range list {
		body, err := folder.ReadFile(dir + "/" + f.Name())
		if err != nil {
			panic("templates: " + err.Error())
		}
		files[i] = File{f.Name(), body}
	}
	return files
}

// Schemas returns the JSON Schemas (draft 2020-12) of the documents that this
// package writes.
func Schemas() []File {
	return []File{{"race.json", []byte(raceSchema)}}
}

// style is all style sheets in one, in the order of their names.
func style() []byte {
	var b []byte
	for _, f := range builtIn(styles, "assets/css") {
		b = append(b, f.Body...)
	}
	return b
}

// themed adds the colours of embeds that ask for light or dark ones: those of
// the first two rules of :root, which are the two palettes.
func themed(css []byte) []byte {
	rules := rootRule.FindAll(css, 2)
	for i, name := range [...]string{"light", "dark"} {
		css = append(css, ":root:has(#embed-"+name+":target)"...)
		css = append(css, bytes.TrimSuffix(bytes.TrimPrefix(rules[i], []byte(":root")), []byte("}"))...)
		css = append(css, ";color-scheme:"+name+"}\n"...)
	}
	return css
}
