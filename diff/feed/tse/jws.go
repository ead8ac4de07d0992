package tse

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/heraldresults/herald/diff/feed"
)

// The TSE signs its files of 2026 with one algorithm, Ed25519, in the compact
// form of RFC 7515. It is read here, by the standard library's Ed25519 alone: a
// JOSE library brings more algorithms and more places for a key to come from,
// which is where such readers have been deceived.

// publicKey is a key of the configuration. An empty id fits every signature.
type publicKey struct {
	id  string
	key ed25519.PublicKey
}

// jwk is a key, or with keys a set of them (RFC 7517, RFC 8037).
type jwk struct {
	Kty, Crv, Kid, X, D string
	Keys                []jwk
}

// parseKeys reads a JWK or a set of them. Keys of other kinds in a set are left
// out; no text is no keys.
func parseKeys(text []byte) ([]publicKey, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, nil
	}
	var outer jwk
	if err := json.Unmarshal(text, &outer); err != nil {
		return nil, fmt.Errorf("read the signature key as a JWK: %w", err)
	}
	list := outer.Keys
	if outer.Kty != "" {
		list = []jwk{outer}
	}
	var keys []publicKey
	ids := map[string]bool{}
	for _, k := range list {
		if k.Kty != "OKP" || k.Crv != "Ed25519" {
			continue
		}
		x, err := base64.RawURLEncoding.Strict().DecodeString(k.X)
		switch {
		case k.D != "":
			return nil, errors.New("the signature key is a private one; configure the public key")
		case err != nil || len(x) != ed25519.PublicKeySize:
			return nil, fmt.Errorf("signature key %q: x is not %d bytes in base64url", k.Kid, ed25519.PublicKeySize)
		case ids[k.Kid]:
			return nil, fmt.Errorf("signature key %q stands there twice", k.Kid)
		}
		ids[k.Kid] = true
		keys = append(keys, publicKey{id: k.Kid, key: x})
	}
	if len(keys) == 0 {
		return nil, errors.New("the signature key holds no Ed25519 key (kty OKP, crv Ed25519)")
	}
	return keys, nil
}

// open takes a payload out of its envelope and says whether that has not been
// verified. With a key configured it refuses, with E_SIG, everything that the
// TSE signs and that does not bear a signature of that key.
func (d *decoder) open(p feed.Payload, name fileName) (inner feed.Payload, unverified bool, err error) {
	if !name.enveloped() {
		if len(d.keys) > 0 && name.signed() {
			return p, false, p.Refuse("E_SIG", "the signature is missing: a key is configured, and this is not the .jws")
		}
		return p, false, nil
	}
	text, err := feed.Load(p, d.opts)
	if err != nil {
		return p, false, err
	}
	text = bytes.TrimSpace(text)
	parts := bytes.Split(text, []byte{'.'})
	if len(parts) != 3 {
		return p, false, p.Refuse("E_SIG", "not a compact signature: %d parts between dots, not 3", len(parts))
	}
	var raw [3][]byte
	for i, what := range []string{"header", "payload", "signature"} {
		raw[i], err = base64.RawURLEncoding.Strict().AppendDecode(nil, parts[i])
		if err != nil || bytes.ContainsAny(parts[i], "\r\n") { // which the decoder overlooks
			return p, false, p.Refuse("E_SIG", "the %s of the signed file is not base64url", what)
		}
	}
	id, err := keyID(p, raw[0])
	if err != nil {
		return p, false, err
	}
	inner = p
	inner.Body = raw[1]
	if len(d.keys) == 0 {
		return inner, true, nil
	}
	key := d.key(id)
	if key == nil {
		return p, false, p.Refuse("E_SIG", "signed with key %q, which is not configured", id)
	}
	if !ed25519.Verify(key, text[:len(parts[0])+1+len(parts[1])], raw[2]) {
		return p, false, p.Refuse("E_SIG", "the signature is not that of key %q on this text", id)
	}
	return inner, false, nil
}

// signed reports whether the TSE signs files of this name: all but EA11 and
// EA12, and EA16, which is not read.
func (n fileName) signed() bool { return n.stem != "ele-c" && n.kind != "cm" }

// keyID reads the protected header.
func keyID(p feed.Payload, header []byte) (id string, err error) {
	inner := p
	inner.Body = header
	r, err := feed.OpenJSON(inner, feed.Options{})
	if err != nil {
		return "", p.Refuse("E_SIG", "the header of the signed file is not JSON")
	}
	algorithm := ""
	for r.Object(); r.NextKey(); {
		switch string(r.Key()) {
		case "alg":
			algorithm = code(r)
		case "kid":
			id = code(r)
		case "crit": // what a reader must understand or refuse; none is understood
			r.Refuse("E_SIG", "an extension")
		default:
			r.Skip()
		}
	}
	if _, err := r.Finish(""); err != nil {
		return "", p.Refuse("E_SIG", "the header of the signed file is not one that is understood")
	}
	if algorithm != "EdDSA" {
		return "", p.Refuse("E_SIG", "signed by algorithm %q, not EdDSA", algorithm)
	}
	return id, nil
}

// key finds the key that an id names; without an id, the only key.
func (d *decoder) key(id string) ed25519.PublicKey {
	for _, k := range d.keys {
		if k.id == id || k.id == "" || id == "" && len(d.keys) == 1 {
			return k.key
		}
	}
	return nil
}
