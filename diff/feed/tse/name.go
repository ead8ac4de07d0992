package tse

import "strings"

// fileName is what a file's name says: sp71072-z0008-c0011-e000619-u.json. All
// but base are empty where it says nothing.
type fileName struct {
	base     string
	uf       string // "sp", "br", "zz"
	mun      string // five digits
	zone     string // four digits
	office   string // four digits
	election string // digits without leading zeros
	kind     string // "u", "r", "w", "cm", …
}

// parseName takes a path apart. Names that are not the TSE's give base alone.
func parseName(path string) fileName {
	n := fileName{base: path[strings.LastIndexByte(path, '/')+1:]}
	stem, _, _ := strings.Cut(n.base, ".")
	parts := strings.Split(strings.ToLower(stem), "-")
	place := parts[0]
	if len(parts) < 2 || len(place) < 2 {
		return n
	}
	got := fileName{base: n.base, kind: parts[len(parts)-1]}
	for _, part := range parts[1 : len(parts)-1] {
		switch {
		case len(part) == 5 && part[0] == 'c' && digits(part[1:]):
			got.office = part[1:]
		case len(part) == 5 && part[0] == 'z' && digits(part[1:]):
			got.zone = part[1:]
		case len(part) == 7 && (part[0] == 'e' || part[0] == 'p') && digits(part[1:]):
			got.election = strings.TrimLeft(part[1:], "0")
		case len(part) == 3 && digits(part): // version of a fixed file
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
func officeName(code int) string {
	switch code {
	case 1:
		return "Presidente"
	case 3:
		return "Governador"
	case 5:
		return "Senador"
	case 6:
		return "Deputado Federal"
	case 7:
		return "Deputado Estadual"
	case 8:
		return "Deputado Distrital"
	case 11:
		return "Prefeito"
	case 13:
		return "Vereador"
	}
	return ""
}
