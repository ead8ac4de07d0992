package manifest

import (
	"embed"
	"io/fs"
)

//go:embed schema/*.json
var schemas embed.FS

// Schema is a JSON Schema (draft 2020-12) of one of the objects.
type Schema struct {
	Name string // "head.json"
	Body []byte
}

// Schemas returns the JSON Schemas of all objects, in order of their names.
func Schemas() []Schema {
	names, err := fs.Glob(schemas, "schema/*.json")
	if err != nil {
		panic("manifest: " + err.Error()) // the pattern is constant
	}
	out := make([]Schema, len(names))
	for i, n := range names {
		body, err := schemas.ReadFile(n)
		if err != nil {
			panic("manifest: " + err.Error()) // the file is embedded
		}
		out[i] = Schema{n[len("schema/"):], body}
	}
	return out
}
