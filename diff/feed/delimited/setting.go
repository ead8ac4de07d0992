package delimited

import (
	"reflect"
	"slices"
)

// suggestSetting is a clause about what an unknown setting may have meant: a
// near one of its table or of the tables inside it.
func suggestSetting(key []string) string {
	table := reflect.TypeFor[mapping]()
	for _, k := range key[:len(key)-1] {
		i := slices.Index(tags(table), k)
		if i < 0 {
			return ""
		}
		table = inner(table.Field(i).Type)
	}
	word, own := key[len(key)-1], tags(table)
	all := own
	for i := range own {
		all = append(all, tags(inner(table.Field(i).Type))...)
	}
	if near := nearest(word, all); near != "" {
		return suggest(word, []string{near})
	}
	return suggest(word, own)
}

// inner is the type of a table behind pointers, lists and maps.
func inner(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return t
}

// tags are the names of the settings of a table; none when t is no table.
func tags(t reflect.Type) []string {
	var out []string
	for i := 0; t.Kind() == reflect.Struct && i < t.NumField(); i++ {
		out = append(out, t.Field(i).Tag.Get("toml"))
	}
	return out
}
