package edge

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/heraldresults/herald/cdn"
)

const (
	maxObject = 64 << 20    // bytes of one object, unpacked
	overhead  = 1 << 10     // bytes of a copy beside its body, generously
	errorTTL  = time.Second // a missing object or a failure is remembered so long
)

// held is one kept answer of the store: an object, or the fact that there is
// none (404), or that the store did not answer (503).
type held struct {
	key    string
	status int
	got    time.Time
	life   lifetime
	header http.Header // shared by all answers, never changed
	etag   string
	packed bool
	body   []byte

	failed time.Time // when a later fetch failed; zero when none did
	purged bool      // readers wait for the next fetch

	unpack   sync.Once
	plain    []byte
	plainErr error
}

// size is what a copy counts for in memory before it is unpacked.
func (c *held) size() int64 { return int64(len(c.body) + len(c.key) + overhead) }

// newHeld makes the copy of an object. It is an error when the object is not
// meant for readers.
func newHeld(key string, o Object, now time.Time, hsts time.Duration) (*held, error) {
	life, err := parseLifetime(o.CacheControl)
	if err != nil {
		return nil, err
	}
	if o.ContentEncoding != "" && o.ContentEncoding != "gzip" {
		return nil, fmt.Errorf("Content-Encoding %q is not known", o.ContentEncoding)
	}
	c := &held{
		key: key, status: http.StatusOK, got: now, life: life, body: o.Body,
		packed: o.ContentEncoding == "gzip", etag: entityTag(o),
	}
	h := baseHeader(hsts)
	h.Set("Content-Type", o.ContentType)
	h.Set("Cache-Control", o.CacheControl)
	if c.packed {
		h.Set("Vary", "Accept-Encoding")
	}
	for k, v := range o.Meta {
		h.Set("X-Amz-Meta-"+k, v)
	}
	switch {
	case strings.HasPrefix(o.ContentType, "text/html"):
		h.Set("Content-Security-Policy", cdn.PagePolicy(key))
		h.Set("Referrer-Policy", "no-referrer")
	case strings.HasPrefix(o.ContentType, "application/json"):
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "*")
	}
	c.header = h
	return c, nil
}

// newNothing makes the copy that stands for 404 or 503.
func newNothing(key string, status int, now time.Time, hsts time.Duration) *held {
	h := baseHeader(hsts)
	h.Set("Content-Type", "text/plain; charset=utf-8")
	if status == http.StatusNotFound {
		h.Set("Cache-Control", cdn.MissingCacheControl)
	} else {
		h.Set("Cache-Control", cdn.Private.CacheControl())
		h.Set("Retry-After", "1")
	}
	return &held{
		key: key, status: status, got: now, life: lifetime{fresh: errorTTL}, header: h,
		body: []byte(http.StatusText(status) + "\n"),
	}
}

func baseHeader(hsts time.Duration) http.Header {
	h := http.Header{"X-Content-Type-Options": {"nosniff"}}
	if hsts > 0 {
		h.Set("Strict-Transport-Security", "max-age="+strconv.FormatInt(int64(hsts.Seconds()), 10))
	}
	return h
}

// entityTag is the store's ETag where it has the form of one (RFC 9110
// §8.8.3), else one made from the stored bytes.
func entityTag(o Object) string {
	opaque, quoted := strings.CutPrefix(strings.TrimPrefix(o.ETag, "W/"), `"`)
	opaque, closed := strings.CutSuffix(opaque, `"`)
	bad := func(r rune) bool { return r <= ' ' || r == '"' || r > '~' }
	if quoted && closed && !strings.ContainsFunc(opaque, bad) {
		return o.ETag
	}
	sum := sha256.Sum256(o.Body)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// identity is the body for readers who do not accept gzip. grew is told once
// how many bytes that has cost.
func (c *held) identity(grew func(int64)) ([]byte, error) {
	c.unpack.Do(func() {
		c.plain, c.plainErr = gunzip(c.body)
		grew(int64(len(c.plain)))
	})
	return c.plain, c.plainErr
}

func gunzip(b []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(z, maxObject+1))
	if err != nil {
		return nil, err
	}
	if len(plain) > maxObject {
		return nil, fmt.Errorf("more than %d bytes", maxObject)
	}
	return plain, nil
}

// lifetime is how long a copy is served, by its age (RFC 9111 §5.2.2.1, RFC
// 5861).
type lifetime struct{ fresh, revalidate, onError time.Duration }

// parseLifetime reads a Cache-Control of the caching table. Any other word is
// an error: no-store, private and the like mean that the object is not for
// readers, and the rest the table refuses.
func parseLifetime(cacheControl string) (lifetime, error) {
	var l lifetime
	public, aged := false, false
	for part := range strings.SplitSeq(cacheControl, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		var into *time.Duration
		switch strings.ToLower(name) {
		case "public":
			public = true
			continue
		case "immutable":
			continue
		case "max-age":
			into, aged = &l.fresh, true
		case "stale-while-revalidate":
			into = &l.revalidate
		case "stale-if-error":
			into = &l.onError
		default:
			return lifetime{}, fmt.Errorf("Cache-Control %q is not of a public class", cacheControl)
		}
		seconds, err := strconv.ParseUint(value, 10, 31)
		if err != nil {
			return lifetime{}, fmt.Errorf("Cache-Control %q: %s: %w", cacheControl, name, err)
		}
		*into = time.Duration(seconds) * time.Second
	}
	if !public || !aged {
		return lifetime{}, fmt.Errorf("Cache-Control %q is not of a public class", cacheControl)
	}
	return l, nil
}

// revalidates reports whether a copy of this age may be served while a fetch
// runs.
func (l lifetime) revalidates(age time.Duration) bool { return age < l.fresh+l.revalidate }

// standsIn reports whether a copy of this age may be served when the store
// fails.
func (l lifetime) standsIn(age time.Duration) bool { return age < l.fresh+max(l.revalidate, l.onError) }
