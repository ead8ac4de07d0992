package cdn

import "strings"

// MissingCacheControl goes with the answer that there is no object: a name
// that is announced a moment later must not be remembered as missing.
const MissingCacheControl = "public, max-age=1"

// policy is what a page may load: nothing from third parties, nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; " +
	"img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "

// The Content-Security-Policy that edges add to pages. That of a race may
// stand in a frame on anybody's page; all others may not.
const (
	ContentSecurityPolicy = policy + "'none'"
	FramedSecurityPolicy  = policy + "*"
)

// PagePolicy is the Content-Security-Policy of the page under a key:
// "E/race/U/C.html", or the same below a language.
func PagePolicy(key string) string {
	parts := strings.Split(key, "/")
	n := len(parts)
	if n == 4 && parts[1] == "race" || n == 5 && parts[2] == "race" {
		return FramedSecurityPolicy
	}
	return ContentSecurityPolicy
}
