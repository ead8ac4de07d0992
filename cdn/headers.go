package cdn

// MissingCacheControl goes with the answer that there is no object: a name
// that is announced a moment later must not be remembered as missing.
const MissingCacheControl = "public, max-age=1"

// ContentSecurityPolicy is the header that edges add to every page: nothing
// from third parties, nothing inline, no frame around it.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; " +
	"img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
