package tse

import (
	"strings"

	"github.com/heraldresults/herald/diff/feed"
)

// fileName is what a file's name says: sp71072-z0008-c0011-e000619-u.json. All
// but base are empty where it says nothing.
type fileName struct {
	base     string
	stem     string // base up to the first dot
	ext      string // from there on, in lower case
	uf       string // "sp", "br", "zz"
	mun      string // five digits
	zone     string // four digits
	office   string // four digits
	election string // digits without leading zeros
	version  string // three digits, of a fixed file
	kind     string // "u", "r", "w", "cm", …
}

// parseName takes a path apart. Names that are not the TSE's give no more than
// base, stem and ext.
func parseName(path string) fileName {
	n := fileName{base: path[strings.LastIndexByte(path, '/')+1:]}
	n.stem, n.ext, _ = strings.Cut(n.base, ".")
	n.ext = strings.ToLower(n.ext)
	parts := strings.Split(strings.ToLower(n.stem), "-")
	place := parts[0]
	if len(parts) < 2 || len(place) < 2 {
		return n
	}
	got := n
	got.kind = parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		switch {
		case len(part) == 5 && part[0] == 'c' && digits(part[1:]):
			got.office = part[1:]
		case len(part) == 5 && part[0] == 'z' && digits(part[1:]):
			got.zone = part[1:]
		case len(part) == 7 && (part[0] == 'e' || part[0] == 'p') && digits(part[1:]):
			got.election = strings.TrimLeft(part[1:], "0")
		case len(part) == 3 && digits(part):
			got.version = part
		default:
			return n
		}
	}
	got.uf, got.mun = place[:2], place[2:]
	if got.mun != "" && (len(got.mun) != 5 || !digits(got.mun)) {
		got.uf, got.mun = "", "" // mun-e000619-cm
	}
	return got
}

// skipped reports whether a file stands beside those that are read: detached
// signatures and certificates, the list of the elected (EA10), the list of
// sections (EA16) and the list of a section's files (EA18).
func (n fileName) skipped() bool {
	return n.kind == "e" || n.kind == "cs" || strings.HasSuffix(n.stem, "-aux") || n.ext == "sig" || n.ext == "cer"
}

// enveloped reports whether a file is a signed envelope.
func (n fileName) enveloped() bool { return n.ext == "jws" }

// contents is the layout of a file.
type contents int

const (
	resultKind contents = iota // EA20, EA04 and the files of 2018 tell themselves apart
	fixedKind
	variableKind
	municipalitiesKind
	configurationKind
	progressKind
	indexKind
	skippedKind
)

// kindOf tells the layout by the name, and where that is not the TSE's by the
// outermost keys.
func (d *decoder) kindOf(p feed.Payload, name fileName) contents {
	switch name.kind {
	case "u", "r", "w":
		return resultKind
	case "f":
		return fixedKind
	case "v":
		return variableKind
	case "cm":
		return municipalitiesKind
	case "ab":
		return progressKind
	case "i":
		return indexKind
	}
	if name.stem == "ele-c" {
		return configurationKind
	}
	return d.kindInside(p)
}

// kindInside looks at the outermost keys. What cannot be read to its end is
// left for the reader of results to refuse.
func (d *decoder) kindInside(p feed.Payload) contents {
	r, err := feed.OpenJSON(p, d.opts)
	if err != nil {
		return resultKind
	}
	has := map[string]bool{}
	for r.Object(); r.NextKey(); {
		switch key := string(r.Key()); key {
		case "carg":
			has["names"] = r.Kind() == '{'
		case "nadf", "pl", "arq", "abr", "ele", "cdcar", "cdp", "hashes":
			has[key] = true
		}
		r.Skip()
	}
	switch {
	case r.Failed():
		return resultKind
	case has["names"]:
		return fixedKind
	case has["nadf"]:
		return variableKind
	case has["pl"]:
		return configurationKind
	case has["cdcar"], has["cdp"], has["hashes"]: // EA10, EA16, EA18
		return skippedKind
	case has["arq"]:
		return indexKind
	case has["abr"] && has["ele"]:
		return progressKind
	case has["abr"]:
		return municipalitiesKind
	}
	return resultKind
}
func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// stateName is the name of a state by its abbreviation in lower case, or "".
func stateName(uf string) string {
	for _, s := range [...][2]string{
		{"ac", "Acre"}, {"al", "Alagoas"}, {"am", "Amazonas"}, {"ap", "Amapá"},
		{"ba", "Bahia"}, {"ce", "Ceará"}, {"df", "Distrito Federal"}, {"es", "Espírito Santo"},
		{"go", "Goiás"}, {"ma", "Maranhão"}, {"mg", "Minas Gerais"}, {"ms", "Mato Grosso do Sul"},
		{"mt", "Mato Grosso"}, {"pa", "Pará"}, {"pb", "Paraíba"}, {"pe", "Pernambuco"},
		{"pi", "Piauí"}, {"pr", "Paraná"}, {"rj", "Rio de Janeiro"}, {"rn", "Rio Grande do Norte"},
		{"ro", "Rondônia"}, {"rr", "Roraima"}, {"rs", "Rio Grande do Sul"}, {"sc", "Santa Catarina"},
		{"se", "Sergipe"}, {"sp", "São Paulo"}, {"to", "Tocantins"}, {"zz", "Exterior"},
	} {
		if s[0] == uf {
			return s[1]
		}
	}
	return ""
}

// officeName names an office where the file does not.
func officeName(code string) string {
	switch code {
	case "1":
		return "Presidente"
	case "3":
		return "Governador"
	case "5":
		return "Senador"
	case "6":
		return "Deputado Federal"
	case "7":
		return "Deputado Estadual"
	case "8":
		return "Deputado Distrital"
	case "11":
		return "Prefeito"
	case "13":
		return "Vereador"
	}
	return ""
}
