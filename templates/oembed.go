package templates

import (
	"strconv"
	"strings"
)

// The size of a card in pixels.
const cardWidth, cardHeight = 1200, 630

// The size of a race in a frame, in pixels, as long as no script sets another.
const frameWidth, frameHeight = 600, 480

// OEmbedPath is the path of the oEmbed document of a race's page, below
// Site.Root.
func OEmbedPath(racePath string) string { return "oembed/" + below(racePath, "race/") + ".json" }

// CardPath is the path of the card of a page, below Site.Root. A race, with
// its further pages, and a place have one; all other pages have that of the
// home page.
func CardPath(pagePath string) string { return "card/" + cardName(pagePath) + ".png" }

// homeCard is the name of the card of the home page. "--" never stands in the
// id of a unit, so no other card can have it.
const homeCard = "home--page"

// cardName is what a page is about: "UNIT/CONTEST", "UNIT", or homeCard.
func cardName(path string) string {
	for _, of := range [...]struct {
		folder string
		ids    int
	}{{"race/", 2}, {"in/", 1}, {"breakdown/", 2}, {"choices/", 2}} {
		if strings.HasPrefix(path, of.folder) {
			name := below(path, of.folder)
			for i := range len(name) {
				if name[i] == '/' {
					if of.ids--; of.ids == 0 {
						return name[:i] // what is left names a part
					}
				}
			}
			return name
		}
	}
	return homeCard
}

// below is a page's path without its folder and its ending.
func below(path, folder string) string {
	return strings.TrimSuffix(strings.TrimPrefix(path, folder), ".html")
}

// AppendOEmbed appends the oEmbed document (version 1.0, type rich) of a race:
// how other people's programs put its page into theirs. Without Site.Origin
// there is none.
func AppendOEmbed(dst []byte, v RaceView, s *Site) []byte {
	if s.Origin == "" {
		return dst
	}
	title := v.Race.Contest.Name + " · " + v.Race.Unit.Name + " · " + s.Name
	if m := s.Warning(); m != "" {
		title = m + " · " + title
	}
	dst = append(dst, `{"version":"1.0","type":"rich","title":`...)
	dst = appendString(dst, title)
	dst = append(dst, `,"provider_name":`...)
	dst = appendString(dst, s.Name)
	dst = append(dst, `,"provider_url":`...)
	dst = appendString(dst, s.Origin+s.Base+HomePath)
	if s.Cards {
		dst = append(dst, `,"thumbnail_url":`...)
		dst = appendString(dst, s.Origin+s.Root+CardPath(v.Path))
		dst = strconv.AppendInt(append(dst, `,"thumbnail_width":`...), cardWidth, 10)
		dst = strconv.AppendInt(append(dst, `,"thumbnail_height":`...), cardHeight, 10)
	}
	dst = strconv.AppendInt(append(dst, `,"width":`...), frameWidth, 10)
	dst = strconv.AppendInt(append(dst, `,"height":`...), frameHeight, 10)
	dst = append(dst, `,"html":`...)
	dst = appendString(dst, string(appendEmbedCode(nil, v, s)))
	return append(dst, "}\n"...)
}
