package templates

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Overrides are what an authority makes its own: words, colours, a logo, what
// stands at the head and the foot of every page, a font for cards, maps. They
// never change and may be used by many at once; nil overrides nothing.
type Overrides struct {
	sum            [sha256.Size]byte
	words          map[string][]byte // by language code
	header, footer fragments         // by language code; "" is for the others
	palette        [2]map[string]string
	parties        map[string]markup // class of a party
	partyStyle     []byte
	font           []byte
	files          []File // logo, images and maps
	maps           map[string]*unitMap
}

// MaxOverride is the most bytes that any file of an override folder may have.
const MaxOverride = 64 << 20

// The most bytes of what readers or pages carry. A header or a footer stands
// on every page, so it has to be short.
const (
	maxWords    = 256 << 10
	maxColours  = 64 << 10
	maxFragment = 4 << 10
	maxLogo     = 20 << 10
	maxImage    = 50 << 10
	maxFont     = 4 << 20
)

// folder is an override folder being read. What is wrong is noted and the
// reading goes on, so that a person sees everything at once.
type folder struct {
	files    map[string][]byte
	o        *Overrides
	shown    map[string]bool // images that a header or a footer shows
	property map[string]string
	problems []string
}

// ReadOverrides reads the files of an override folder, which are named by
// their paths in it, with slashes. The error lists everything that is wrong,
// one line each; a file that nothing would read is wrong too, since it is
// nearly always a misspelt name.
func ReadOverrides(files map[string][]byte) (*Overrides, error) {
	f := &folder{files: files, shown: map[string]bool{}, o: &Overrides{
		sum: SumOf(files), words: map[string][]byte{}, header: fragments{}, footer: fragments{},
		maps: map[string]*unitMap{}}}
	f.mapSettings()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f.read(name, files[name])
	}
	f.unshown()
	if len(f.problems) > 0 {
		slices.Sort(f.problems)
		return nil, errors.New("  " + strings.Join(f.problems, "\n  "))
	}
	return f.o, nil
}

// SumOf is the SHA-256 of all names and bytes of a folder.
func SumOf(files map[string][]byte) [sha256.Size]byte {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		var size [16]byte
		binary.BigEndian.PutUint64(size[:8], uint64(len(name)))
		binary.BigEndian.PutUint64(size[8:], uint64(len(files[name])))
		h.Write(size[:])
		h.Write([]byte(name))
		h.Write(files[name])
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// wrong notes a problem of a file, at a line when it is not 0.
func (f *folder) wrong(name string, line int, format string, args ...any) {
	if line > 0 {
		name = fmt.Sprintf("%s line %d", name, line)
	}
	f.problems = append(f.problems, name+": "+fmt.Sprintf(format, args...))
}

// short notes a file that is longer than most bytes.
func (f *folder) short(name string, raw []byte, most int) bool {
	if len(raw) > most {
		f.wrong(name, 0, "it has %d bytes; at most %d are taken", len(raw), most)
		return false
	}
	return true
}

// fileName is what a file of images or maps may be called.
var fileName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

func (f *folder) read(name string, raw []byte) {
	dir, base := path.Split(name)
	ext := path.Ext(base)
	stem := strings.TrimSuffix(base, ext)
	top := dir == ""
	switch {
	case dir == "words/" && ext == ".toml":
		f.language(name, stem, raw)
	case name == "colours.toml":
		f.colours(name, raw)
	case name == "maps.toml":
	case name == "logo.svg":
		if f.short(name, raw, maxLogo) && f.picture(name, raw) {
			f.o.files = append(f.o.files, File{logoFile, raw})
		}
	case name == "card.ttf":
		if f.short(name, raw, maxFont) {
			f.o.font = raw
		}
	case top && ext == ".html" && isPart(stem, "header"):
		f.fragment(name, strings.TrimPrefix(strings.TrimPrefix(stem, "header"), "."), raw, f.o.header)
	case top && ext == ".html" && isPart(stem, "footer"):
		f.fragment(name, strings.TrimPrefix(strings.TrimPrefix(stem, "footer"), "."), raw, f.o.footer)
	case dir == "images/" && imageTypes[ext] != "":
		f.image(name, stem, ext, raw)
	case dir == "maps/" && (ext == ".svg" || ext == ".geojson"):
		f.unitMap(name, stem, ext, raw)
	default:
		f.wrong(name, 0, "nothing is read from a file of this name; there may be colours.toml, logo.svg, "+
			"header.html, footer.html, header.LANGUAGE.html, footer.LANGUAGE.html, card.ttf, maps.toml, "+
			"words/LANGUAGE.toml, images/NAME.svg, .png, .jpg or .webp, maps/UNIT.svg or .geojson")
	}
}

func isPart(stem, part string) bool { return stem == part || strings.HasPrefix(stem, part+".") }

// language takes the words of a language and tries them.
func (f *folder) language(name, code string, raw []byte) {
	if !f.short(name, raw, maxWords) {
		return
	}
	if !utf8.Valid(raw) {
		f.wrong(name, 0, "it is not UTF-8 text")
		return
	}
	if _, err := NewLanguage(code, raw); err != nil {
		for _, line := range strings.Split(err.Error(), "\n")[1:] {
			f.wrong(name, 0, "%s", strings.TrimSpace(line))
		}
		if !strings.Contains(err.Error(), "\n") {
			f.wrong(name, 0, "%v", err)
		}
		return
	}
	f.o.words[code] = raw
}

// Words are those that replace single words of a language, nil when there are
// none. They are for NewLanguage.
func (o *Overrides) Words(code string) []byte {
	if o == nil {
		return nil
	}
	return o.words[code]
}

// Font is a TrueType font for cards, nil when there is none.
func (o *Overrides) Font() []byte {
	if o == nil {
		return nil
	}
	return o.font
}

// Sum is the SHA-256 of all names and bytes of the folder; zero for nil.
func (o *Overrides) Sum() [sha256.Size]byte {
	if o == nil {
		return [sha256.Size]byte{}
	}
	return o.sum
}

// Unused names what is written for languages other than those of codes.
func (o *Overrides) Unused(codes []string) []string {
	if o == nil {
		return nil
	}
	var out []string
	note := func(code, name string) {
		if code == "" || slices.Contains(codes, code) {
			return
		}
		said := fmt.Sprintf("%s: the publication has no language %q", name, code)
		if i := slices.IndexFunc(codes, func(c string) bool { return strings.EqualFold(c, code) }); i >= 0 {
			said += fmt.Sprintf("; write %s in the file's name", codes[i])
		}
		out = append(out, said)
	}
	for code := range o.words {
		note(code, "words/"+code+".toml")
	}
	for code := range o.header {
		note(code, "header."+code+".html")
	}
	for code := range o.footer {
		note(code, "footer."+code+".html")
	}
	slices.Sort(out)
	return out
}

// Dress gives s what was overridden, in its language. addresses are those of
// the files that Assets returned, by name.
func (o *Overrides) Dress(s *Site, addresses map[string]Asset) {
	if o == nil {
		return
	}
	s.Logo = addresses[logoFile]
	s.Header = o.header.of(s.Lang.Code, addresses)
	s.Footer = o.footer.of(s.Lang.Code, addresses)
	s.Parties = o.parties
}
