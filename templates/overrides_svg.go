package templates

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	_ "image/jpeg" // so that image knows them
	_ "image/png"
	"io"
	"regexp"
	"strings"
)

// logoFile is the name under which the logo is published.
const logoFile = "logo.svg"

// imageTypes are the images that a header or footer may show.
var imageTypes = map[string]string{".svg": "svg", ".png": "png", ".jpg": "jpeg", ".webp": "webp"}

func (f *folder) image(name, stem, ext string, raw []byte) {
	if !fileName.MatchString(stem) {
		f.wrong(name, 0, "its name takes lower-case letters, digits and dashes")
		return
	}
	if !f.short(name, raw, maxImage) {
		return
	}
	switch ext {
	case ".svg":
		if !f.picture(name, raw) {
			return
		}
	case ".webp":
		if len(raw) < 12 || string(raw[:4]) != "RIFF" || string(raw[8:12]) != "WEBP" {
			f.wrong(name, 0, "it is not a WebP image")
			return
		}
	default:
		if _, kind, err := image.DecodeConfig(bytes.NewReader(raw)); err != nil || kind != imageTypes[ext] {
			f.wrong(name, 0, "it is not a %s image", strings.ToUpper(imageTypes[ext]))
			return
		}
	}
	f.o.files = append(f.o.files, File{imageFile(name), raw})
}

// runs are elements of SVG that run, load or change something.
var runs = map[string]string{
	"script": "a picture runs no scripts", "foreignobject": "a picture holds no HTML", "iframe": "a picture loads nothing",
	"image": "a picture loads nothing", "animate": "a picture stands still", "animatemotion": "a picture stands still",
	"animatetransform": "a picture stands still", "set": "a picture stands still", "a": "a picture has no links",
	"handler": "a picture runs no scripts", "listener": "a picture runs no scripts",
}

// outside is what style may not hold.
var outside = regexp.MustCompile(`(?i)@import|expression\s*\(|url\(\s*['"]?[^#'"\s]|\\`)

// picture reports whether an SVG is well-formed and neither runs nor loads
// anything. Its address can be opened on its own, so that this matters even
// though pages show it as an image.
func (f *folder) picture(name string, raw []byte) bool {
	before := len(f.problems)
	d := xml.NewDecoder(bytes.NewReader(raw))
	root := ""
	for inStyle := false; ; {
		line, _ := d.InputPos()
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			f.wrong(name, line, "it is not well-formed: %v", err)
			return false
		}
		switch t := t.(type) {
		case xml.Directive:
			if !bytes.HasPrefix(t, []byte("DOCTYPE svg")) || bytes.Contains(t, []byte("[")) {
				f.wrong(name, line, "it declares entities or another kind of document")
			}
		case xml.ProcInst:
			if t.Target != "xml" {
				f.wrong(name, line, "<?%s is not allowed", t.Target)
			}
		case xml.StartElement:
			if root == "" {
				root = t.Name.Local
			}
			inStyle = strings.EqualFold(t.Name.Local, "style")
			f.shape(name, line, t)
		case xml.EndElement:
			inStyle = false
		case xml.CharData:
			if inStyle && outside.Match(t) {
				f.wrong(name, line, "its style loads something from outside")
			}
		}
	}
	if root != "svg" {
		f.wrong(name, 0, "it is not an SVG")
	}
	return len(f.problems) == before
}

func (f *folder) shape(name string, line int, t xml.StartElement) {
	if reason := runs[strings.ToLower(t.Name.Local)]; reason != "" {
		f.wrong(name, line, "<%s> is not allowed: %s", t.Name.Local, reason)
	}
	for _, a := range t.Attr {
		key := strings.ToLower(a.Name.Local)
		switch {
		case strings.HasPrefix(key, "on"):
			f.wrong(name, line, "%s is not allowed: a picture runs no scripts", a.Name.Local)
		case (key == "href" || key == "src") && !strings.HasPrefix(a.Value, "#"):
			f.wrong(name, line, "%s is not allowed: a picture loads nothing", a.Name.Local)
		case a.Name.Space != "xmlns" && key != "xmlns" && outside.MatchString(a.Value):
			f.wrong(name, line, "%s loads something from outside", a.Name.Local)
		}
	}
}
