package templates

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// maxParties is how many parties may have a colour.
const maxParties = 200

var (
	hexColour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
	// declared is a colour of the palette in the style: name and value.
	declared = regexp.MustCompile(`--([a-z-]+):(#[0-9a-f]{6})\b`)
	rootRule = regexp.MustCompile(`:root\{[^}]*\}`)
)

// contrasts are the pairs of the palette that must be told apart: text as
// readable text (WCAG 2.2, 1.4.3), graphics as graphics (1.4.11).
var contrasts = []struct {
	name, on string
	least    float64
	what     string
}{
	{"ink", "paper", 4.5, "text"}, {"ink", "wash", 4.5, "text"}, {"soft", "paper", 4.5, "text"}, {"soft", "wash", 4.5, "text"},
	{"link", "paper", 4.5, "text"}, {"link", "wash", 4.5, "text"}, {"won", "paper", 4.5, "text"}, {"won", "wash", 4.5, "text"},
	{"warn", "warn-wash", 4.5, "text"}, {"paper", "warn", 4.5, "text"},
	{"rule", "paper", 3, "graphics"}, {"won", "line", 3, "graphics"}, {"bar", "line", 1.8, "bars"},
}

// palettes are the colours of the style by name: light, then dark. They stand
// in its first two rules of :root.
func palettes(css []byte) [2]map[string]string {
	var out [2]map[string]string
	rules := rootRule.FindAll(css, 2)
	for i := range out {
		out[i] = map[string]string{}
		for _, m := range declared.FindAllSubmatch(rules[i], -1) {
			out[i][string(m[1])] = string(m[2])
		}
	}
	return out
}

// colours reads colours.toml: what replaces the palette, and the parties.
func (f *folder) colours(name string, raw []byte) {
	if !f.short(name, raw, maxColours) {
		return
	}
	var file struct{ Light, Dark, Parties map[string]string }
	dec := toml.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		line, reason := tomlProblem(err)
		f.wrong(name, line, "%s", reason)
		return
	}
	at := lines(raw)
	whole := palettes(style())
	f.o.palette = [2]map[string]string{{}, {}}
	for i, part := range []struct {
		table string
		set   map[string]string
	}{{"light", file.Light}, {"dark", file.Dark}} {
		f.palette(name, part.table, part.set, at, whole[i], f.o.palette[i])
		f.contrast(name, part.table, part.set, at, whole[i])
	}
	f.partyColours(name, file.Parties, at)
}

// palette takes colours into own, and into whole, which holds the others.
func (f *folder) palette(name, table string, set map[string]string, at func(table, key string) int, whole, own map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(set)) {
		if _, known := whole[key]; !known {
			f.wrong(name, at(table, key), "%s has no colour %q; there are %s", table, key, strings.Join(slices.Sorted(maps.Keys(whole)), ", "))
			continue
		}
		if !hexColour.MatchString(set[key]) {
			f.wrong(name, at(table, key), "%s: %s = %q is not a colour such as #1b4f83", table, key, set[key])
			continue
		}
		own[key] = strings.ToLower(set[key])
		whole[key] = own[key]
	}
}

// contrast measures every pair that the colours set have a part in.
func (f *folder) contrast(name, table string, set map[string]string, at func(table, key string) int, whole map[string]string) {
	for _, pair := range contrasts {
		key := pair.name
		if set[key] == "" {
			key = pair.on
		}
		if set[key] == "" || whole[pair.name] == "" || whole[pair.on] == "" {
			continue
		}
		if got := contrast(whole[pair.name], whole[pair.on]); got < pair.least {
			f.wrong(name, at(table, key), "%s: %s %s on %s %s has a contrast of %.2f; at least %.1f is needed for %s",
				table, pair.name, whole[pair.name], pair.on, whole[pair.on], math.Floor(got*100)/100, pair.least, pair.what)
		}
	}
}

// partyColours gives each colour a class, with black or white text on it,
// whichever is easier to read.
func (f *folder) partyColours(name string, set map[string]string, at func(table, key string) int) {
	if len(set) > maxParties {
		f.wrong(name, 0, "there are %d parties; at most %d have a colour, since every page loads them", len(set), maxParties)
		return
	}
	f.o.parties = map[string]markup{}
	classes := map[string]markup{}
	for _, party := range slices.Sorted(maps.Keys(set)) {
		colour := strings.ToLower(set[party])
		if !hexColour.MatchString(colour) {
			f.wrong(name, at("parties", party), "parties: %q has %q, which is not a colour such as #1b4f83", party, set[party])
			continue
		}
		class, known := classes[colour]
		if !known {
			class = escaped("p" + strconv.Itoa(len(classes)))
			classes[colour] = class
			text := "#000"
			if contrast(colour, "#ffffff") > contrast(colour, "#000000") {
				text = "#fff"
			}
			f.o.partyStyle = fmt.Appendf(f.o.partyStyle, ".%s{background:%s;color:%s}", class, colour, text)
		}
		f.o.parties[party] = class
	}
}

// dye is the style with the colours of the authority in the places of those
// they replace, wherever a palette is declared.
func (o *Overrides) dye(css []byte) []byte {
	if o == nil {
		return css
	}
	replace := map[string]string{}
	for i, palette := range palettes(css) {
		for key, value := range o.palette[i] {
			replace[key+":"+palette[key]] = value
		}
	}
	css = declared.ReplaceAllFunc(css, func(d []byte) []byte {
		m := declared.FindSubmatch(d)
		if value := replace[string(m[1])+":"+string(m[2])]; value != "" {
			return fmt.Appendf(nil, "--%s:%s", m[1], value)
		}
		return d
	})
	return append(css, o.partyStyle...)
}

// contrast is the contrast ratio of two colours "#rrggbb" (WCAG 2.2).
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(colour string) float64 {
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		panic("templates: " + err.Error()) // colours are checked when they are read
	}
	var l float64
	for i, weight := range []float64{0.0722, 0.7152, 0.2126} {
		v := float64(n>>(8*i)&0xff) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		l += weight * v
	}
	return l
}

// tomlProblem says where a TOML file is wrong, and how.
func tomlProblem(err error) (line int, reason string) {
	if unknown, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		e := &unknown.Errors[0]
		line, _ = e.Position()
		return line, fmt.Sprintf("there is no setting %q", strings.Join(e.Key(), "."))
	}
	if wrong, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ = wrong.Position()
		return line, strings.TrimPrefix(wrong.Error(), "toml: ")
	}
	return 0, err.Error()
}

// lines finds the line of a key in a table of a TOML file; 0 when it is not
// written in the plain way.
func lines(raw []byte) func(table, key string) int {
	at := map[string]int{}
	table := ""
	for i, line := range strings.Split(string(raw), "\n") {
		line = strings.TrimSpace(line)
		if inner, ok := strings.CutPrefix(line, "["); ok {
			table, _, _ = strings.Cut(inner, "]")
			continue
		}
		if key, _, ok := strings.Cut(line, "="); ok {
			key = strings.TrimSpace(key)
			if bare, err := strconv.Unquote(key); err == nil {
				key = bare
			}
			at[table+"."+strings.Trim(key, "'")] = i + 1
		}
	}
	return func(table, key string) int { return at[table+"."+key] }
}
