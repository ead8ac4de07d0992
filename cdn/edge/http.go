package edge

import (
	"net"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/heraldresults/herald/cdn"
)

const (
	methodPurge = "PURGE"
	maxKey      = 1024 // bytes, as in S3
)

// ServeHTTP answers GET and HEAD, and PURGE where it is configured.
func (e *Edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key, elsewhere := keyOf(r.URL.Path)
	switch {
	case r.Method == methodPurge && e.mayPurge(r):
		e.purge(key)
		w.WriteHeader(http.StatusNoContent)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		e.plain(w, http.StatusMethodNotAllowed)
	case e.cfg.Home != "" && (key == "" || key == path.Dir(e.cfg.Home)):
		e.redirect(w, http.StatusFound, "/"+e.cfg.Home)
	case elsewhere != "":
		e.redirect(w, http.StatusMovedPermanently, elsewhere)
	case key == robots && e.cfg.Home != "":
		e.serve(w, r, path.Join(path.Dir(e.cfg.Home), robots))
	case folder(key) != "":
		e.redirect(w, http.StatusFound, "/"+folder(key)+"/index.html")
	case !validKey(key):
		e.tally.missing.Add(1)
		e.plain(w, http.StatusNotFound)
	default:
		e.serve(w, r, key)
	}
}

const robots = "robots.txt"

// folder is an election, with a language before it or not, of a path that
// ends like a folder: "E/", "pt/E/". It is "" for every other path.
func folder(key string) string {
	name, slash := strings.CutSuffix(key, "/")
	if !slash || strings.Contains(name, ".") || strings.Count(name, "/") > 1 || !validKey(name) {
		return ""
	}
	return name
}

// lostKeys are where the page for addresses that hold nothing may lie, for one
// that looks like a page: that of the election, in the language of the address.
func lostKeys(key string) []string {
	parts := strings.Split(key, "/")
	if len(parts) < 2 || !strings.HasSuffix(key, ".html") {
		return nil
	}
	out := []string{parts[0] + lostPage}
	if len(parts) > 2 {
		out = append(out, parts[0]+"/"+parts[1]+lostPage)
	}
	return out
}

const lostPage = "/404.html"

// keyOf turns the path of a request into a key. elsewhere is the clean path,
// when this one is not clean.
func keyOf(p string) (key, elsewhere string) {
	clean := path.Clean("/" + p)
	if strings.HasSuffix(p, "/") && clean != "/" {
		clean += "/" // no key ends so, since there are no folders
	}
	if clean != p {
		return clean[1:], clean
	}
	return clean[1:], ""
}

func validKey(key string) bool {
	return key != "" && len(key) <= maxKey && utf8.ValidString(key) && !strings.HasSuffix(key, "/") &&
		!strings.HasPrefix(key, "/") && !strings.ContainsFunc(key, unicode.IsControl)
}

// mayPurge reports whether r was sent on this machine, as far as can be seen.
func (e *Edge) mayPurge(r *http.Request) bool {
	if !e.cfg.PurgeFromLoopback || r.Header.Get("Forwarded") != "" || r.Header.Get("X-Forwarded-For") != "" {
		return false
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	return err == nil && net.ParseIP(host).IsLoopback()
}

// plain answers with a status and its words, for short caching.
func (e *Edge) plain(w http.ResponseWriter, status int) {
	c := newNothing("", status, time.Now(), e.cfg.HSTS)
	c.writeHeader(w, c.body)
	w.Write(c.body)
}

func (e *Edge) redirect(w http.ResponseWriter, status int, to string) {
	for k, v := range baseHeader(e.cfg.HSTS) {
		w.Header()[k] = v
	}
	w.Header().Set("Cache-Control", cdn.MissingCacheControl)
	w.Header().Set("Location", (&url.URL{Path: to}).EscapedPath())
	w.WriteHeader(status)
}

// serve answers with the copy of key.
func (e *Edge) serve(w http.ResponseWriter, r *http.Request, key string) {
	c, how, err := e.lookup(r.Context(), key)
	if err != nil { // the reader has gone, or will not wait
		e.tally.errors.Add(1)
		e.plain(w, http.StatusServiceUnavailable)
		return
	}
	if c.status != http.StatusOK {
		e.countNothing(c.status)
		e.nothing(w, r, key, c)
		return
	}
	e.countObject(how)
	h := w.Header()
	h["Cache-Status"] = []string{how.String()}
	h["Age"] = []string{strconv.FormatInt(int64(time.Since(c.got)/time.Second), 10)}
	body, etag := c.body, c.etag
	switch {
	case !c.packed:
	case acceptsGzip(r.Header["Accept-Encoding"]):
		h["Content-Encoding"] = []string{"gzip"}
	default:
		// The same content in other bytes: the tag may not be strong.
		etag = "W/" + strings.TrimPrefix(etag, "W/")
		if body, err = c.identity(func(n int64) { e.grew(c, n) }); err != nil {
			e.cfg.Log.ErrorContext(r.Context(), "stored object does not unpack", "key", key, "err", err)
			e.tally.errors.Add(1)
			clear(h)
			e.plain(w, http.StatusBadGateway)
			return
		}
	}
	h["Etag"] = []string{etag}
	if matches(r.Header["If-None-Match"], etag) {
		c.copyHeader(h)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	c.writeHeader(w, body)
	if r.Method == http.MethodGet {
		w.Write(body)
	}
}

// nothing answers with c, which is no object. Where a page was asked for, the
// body is the election's own page for that.
func (e *Edge) nothing(w http.ResponseWriter, r *http.Request, key string, c *held) {
	body, header := c.body, c.header
	if c.status == http.StatusNotFound {
		for _, lost := range lostKeys(key) {
			page, _, err := e.lookup(r.Context(), lost)
			if err != nil || page.status != http.StatusOK {
				continue
			}
			plain, err := page.identity(func(n int64) { e.grew(page, n) })
			if !page.packed {
				plain, err = page.body, nil
			}
			if err == nil {
				body, header = plain, page.header.Clone()
				header.Set("Cache-Control", cdn.MissingCacheControl)
			}
			break
		}
	}
	for k, v := range header {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(c.status)
	if r.Method == http.MethodGet {
		w.Write(body)
	}
}

func (e *Edge) countNothing(status int) {
	if status == http.StatusNotFound {
		e.tally.missing.Add(1)
	} else {
		e.tally.errors.Add(1)
	}
}

func (e *Edge) countObject(h how) {
	switch h {
	case hit:
		e.tally.hits.Add(1)
	case miss:
		e.tally.misses.Add(1)
	case stale:
		e.tally.stale.Add(1)
	}
}

func (c *held) copyHeader(h http.Header) {
	for k, v := range c.header {
		h[k] = v
	}
}

func (c *held) writeHeader(w http.ResponseWriter, body []byte) {
	c.copyHeader(w.Header())
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(c.status)
}

// matches reports whether one of the tags in If-None-Match is the same, by
// weak comparison (RFC 9110 §13.1.2).
func matches(headers []string, etag string) bool {
	etag = strings.TrimPrefix(etag, "W/")
	for _, list := range headers {
		for tag := range strings.SplitSeq(list, ",") {
			tag = strings.TrimSpace(tag)
			if tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
				return true
			}
		}
	}
	return false
}

// acceptsGzip reads Accept-Encoding (RFC 9110 §12.5.3). Without the header the
// bytes are sent as they are without gzip, since simple programs do not unpack.
func acceptsGzip(headers []string) bool {
	byName, byStar := -1.0, 0.0
	for _, list := range headers {
		for part := range strings.SplitSeq(list, ",") {
			coding, parameters, _ := strings.Cut(part, ";")
			switch strings.ToLower(strings.TrimSpace(coding)) {
			case "gzip", "x-gzip":
				byName = max(byName, weight(parameters))
			case "*":
				byStar = weight(parameters)
			}
		}
	}
	if byName >= 0 {
		return byName > 0
	}
	return byStar > 0
}

// weight is the q of "q=0.5", 1 when there is none, 0 when it is not one.
func weight(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil || !(q >= 0 && q <= 1) {
				return 0
			}
			return q
		}
	}
	return 1
}
