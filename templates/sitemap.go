package templates

import (
	"strconv"
	"time"
)

// SitemapURL is a page that search engines should know.
type SitemapURL struct {
	Path     string    // below Site.Base
	Modified time.Time // when what it says last changed; zero when not known
}

// sitemapURLs is how many addresses one sitemap holds at most, all languages
// together. Search engines take 50,000 and 50 MB; less than that makes fewer
// bytes new when one page changes.
const sitemapURLs = 10_000

// Sitemaps returns the sitemap at SitemapFile; of many pages an index there,
// and its parts. Names are paths below Site.Root. As long as the order of urls
// stays, a page that changes makes one part new. Without Site.Origin, or of a
// publication that is not live, there are none.
func Sitemaps(urls []SitemapURL, s *Site) []File {
	if s.Origin == "" || s.Mode != Live {
		return nil
	}
	each := max(sitemapURLs/max(len(s.Langs), 1), 1)
	if len(urls) <= each {
		return []File{{SitemapFile, AppendSitemap(nil, urls, s)}}
	}
	out := make([]File, 1, len(urls)/each+2)
	index := []byte(sitemapHead + `<sitemapindex xmlns="` + sitemapSpace + "\">\n")
	for n := 0; n*each < len(urls); n++ {
		part := urls[n*each : min(len(urls), (n+1)*each)]
		name := "sitemap/" + strconv.Itoa(n+1) + ".xml"
		out = append(out, File{name, AppendSitemap(nil, part, s)})
		index = appendText(append(index, "<sitemap><loc>"...), s.Origin+s.Root+name)
		index = append(appendModified(append(index, "</loc>"...), newest(part)), "</sitemap>\n"...)
	}
	out[0] = File{SitemapFile, append(index, "</sitemapindex>\n"...)}
	return out
}

const (
	sitemapHead  = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	sitemapSpace = "http://www.sitemaps.org/schemas/sitemap/0.9"
)

// AppendSitemap appends one sitemap with every page in every language of the
// site, which has an Origin.
func AppendSitemap(dst []byte, urls []SitemapURL, s *Site) []byte {
	dst = append(dst, sitemapHead+`<urlset xmlns="`+sitemapSpace+`"`...)
	if len(s.Langs) > 1 {
		dst = append(dst, ` xmlns:xhtml="http://www.w3.org/1999/xhtml"`...)
	}
	dst = append(dst, ">\n"...)
	var path, others []byte
	for i := range urls {
		path = appendText(path[:0], urls[i].Path)
		others = appendAlternates(others[:0], path, s)
		for _, l := range s.Langs {
			dst = appendText(append(dst, "<url><loc>"...), s.Origin+l.Base)
			dst = append(append(dst, path...), "</loc>"...)
			dst = appendModified(dst, urls[i].Modified)
			dst = append(append(dst, others...), "</url>\n"...)
		}
	}
	return append(dst, "</urlset>\n"...)
}

// appendAlternates appends a page in all languages, as each of them lists it.
func appendAlternates(dst, path []byte, s *Site) []byte {
	if len(s.Langs) < 2 {
		return dst
	}
	one := func(code string, l Alternate) {
		dst = appendText(append(dst, `<xhtml:link rel="alternate" hreflang="`...), code)
		dst = appendText(append(dst, `" href="`...), s.Origin+l.Base)
		dst = append(append(dst, path...), `"/>`...)
	}
	for _, l := range s.Langs {
		one(l.Code, l)
	}
	one("x-default", s.Langs[0])
	return dst
}

func appendModified(dst []byte, t time.Time) []byte {
	if t.IsZero() {
		return dst
	}
	dst = append(dst, "<lastmod>"...)
	dst = t.UTC().AppendFormat(dst, time.RFC3339)
	return append(dst, "</lastmod>"...)
}

func newest(urls []SitemapURL) time.Time {
	var t time.Time
	for i := range urls {
		if urls[i].Modified.After(t) {
			t = urls[i].Modified
		}
	}
	return t
}

// AppendRobots appends what crawlers may read: everything. Pages of what is not
// live say "noindex"; a crawler that were kept out would not see that, and
// might list their addresses.
func AppendRobots(dst []byte, s *Site) []byte {
	dst = append(dst, "User-agent: *\nAllow: /\n"...)
	if s.Mode == Live && s.Origin != "" {
		dst = append(append(append(append(dst, "Sitemap: "...), s.Origin...), s.Root...), SitemapFile+"\n"...)
	}
	return dst
}
