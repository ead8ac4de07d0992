package tse

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/heraldresults/herald/diff/feed"
)

// signer makes envelopes with a key of its own.
type signer struct{ private ed25519.PrivateKey }

func newSigner(seed byte) signer {
	return signer{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))}
}

func (s signer) jwk(id string) string {
	return fmt.Sprintf(`{"kty":"OKP","use":"sig","alg":"EdDSA","kid":%q,"crv":"Ed25519","x":%q}`, id, encoded(s.private.Public().(ed25519.PublicKey)))
}

func (s signer) envelope(header, body string) string {
	text := encoded([]byte(header)) + "." + encoded([]byte(body))
	return text + "." + encoded(ed25519.Sign(s.private, []byte(text)))
}

func encoded(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

const (
	mayorEnvelope = "oficial/ele2024/619/dados/sp/sp71072-c0011-e000619-u.jws"
	header        = `{"kid":"one","typ":"JOSE","alg":"EdDSA"}`
)

func TestASignedFileSaysWhatThePlainOneSays(t *testing.T) {
	one, two := newSigner(1), newSigner(2)
	want := decode(t, "x/sp71072-c0011-e000619-u.json", mayor)
	for name, key := range map[string]string{
		"a key":         one.jwk("one"),
		"a set of keys": `{"keys":[` + two.jwk("two") + `,{"kty":"RSA","kid":"three"},` + one.jwk("one") + `]}`,
		"without an id": strings.Replace(one.jwk("one"), `"kid":"one",`, "", 1),
	} {
		d, err := Format().New(feed.Options{SignatureKey: []byte(key)})
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range []string{header, `{"alg":"EdDSA"}`} {
			if h != header && name == "a set of keys" {
				continue
			}
			got, err := d.Decode(feed.Payload{Name: mayorEnvelope, Body: []byte(one.envelope(h, mayor) + "\n")})
			if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
				t.Errorf("%s, header %s: %+v, %v", name, h, got, err)
			}
		}
	}
}

func TestASignatureThatDoesNotHoldIsRefused(t *testing.T) {
	one, two := newSigner(1), newSigner(2)
	good := one.envelope(header, mayor)
	parts := strings.Split(good, ".")
	key := `{"keys":[` + one.jwk("one") + `,` + two.jwk("two") + `]}`
	for name, c := range map[string]struct{ file, body, code string }{
		"not signed":              {"sp71072-c0011-e000619-u.json", mayor, "E_SIG"},
		"progress, not signed":    {"sp-e000619-ab.json", progressSP, "E_SIG"},
		"votes, not signed":       {votesFile, governorVotes, "E_SIG"},
		"signed by another":       {mayorEnvelope, two.envelope(header, mayor), "E_SIG"},
		"the text of another":     {mayorEnvelope, parts[0] + "." + encoded([]byte(president)) + "." + parts[2], "E_SIG"},
		"another header":          {mayorEnvelope, encoded([]byte(`{"kid":"one","alg":"EdDSA"}`)) + "." + parts[1] + "." + parts[2], "E_SIG"},
		"an unknown key":          {mayorEnvelope, one.envelope(`{"kid":"three","alg":"EdDSA"}`, mayor), "E_SIG"},
		"no key of two":           {mayorEnvelope, one.envelope(`{"alg":"EdDSA"}`, mayor), "E_SIG"},
		"no algorithm":            {mayorEnvelope, one.envelope(`{"kid":"one"}`, mayor), "E_SIG"},
		"the algorithm none":      {mayorEnvelope, encoded([]byte(`{"kid":"one","alg":"none"}`)) + "." + parts[1] + ".", "E_SIG"},
		"another algorithm":       {mayorEnvelope, one.envelope(`{"kid":"one","alg":"HS256"}`, mayor), "E_SIG"},
		"algorithm twice":         {mayorEnvelope, one.envelope(`{"kid":"one","alg":"EdDSA","alg":"EdDSA"}`, mayor), "E_SIG"},
		"an extension":            {mayorEnvelope, one.envelope(`{"kid":"one","alg":"EdDSA","crit":["b64"],"b64":false}`, mayor), "E_SIG"},
		"a header that is none":   {mayorEnvelope, one.envelope(`[]`, mayor), "E_SIG"},
		"a header of nothing":     {mayorEnvelope, one.envelope(``, mayor), "E_SIG"},
		"a short signature":       {mayorEnvelope, parts[0] + "." + parts[1] + "." + parts[2][:20], "E_SIG"},
		"no signature":            {mayorEnvelope, parts[0] + "." + parts[1] + ".", "E_SIG"},
		"two parts":               {mayorEnvelope, parts[0] + "." + parts[1], "E_SIG"},
		"four parts":              {mayorEnvelope, good + ".x", "E_SIG"},
		"padded base64":           {mayorEnvelope, good + "==", "E_SIG"},
		"a line inside":           {mayorEnvelope, good[:40] + "\n" + good[40:], "E_SIG"},
		"spare bits at the end":   {mayorEnvelope, good[:len(good)-1] + string(good[len(good)-1]+1), "E_SIG"},
		"the plain file as .jws":  {mayorEnvelope, mayor, "E_SIG"},
		"an error page":           {mayorEnvelope, "<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", "E_NOT_FEED"},
		"nothing":                 {mayorEnvelope, "\n", "E_EMPTY"},
		"signed, but cut before":  {mayorEnvelope, one.envelope(header, mayor[:200]), "E_TRUNCATED"},
		"signed, of another town": {strings.Replace(mayorEnvelope, "71072", "71080", 1), good, "E_IDENTITY"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Format().New(feed.Options{SignatureKey: []byte(key)})
			if err != nil {
				t.Fatal(err)
			}
			if updates, err := d.Decode(feed.Payload{Name: c.file, Body: []byte(c.body)}); codeOf(err) != c.code || updates != nil {
				t.Errorf("%v, %v; want %s", updates, err, c.code)
			}
		})
	}
}

func TestFilesThatTheTSEDoesNotSignNeedNoSignature(t *testing.T) {
	d, err := Format().New(feed.Options{SignatureKey: []byte(newSigner(1).jwk("one"))})
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{"comum/config/ele-c.json": elections2026, "mun-e000544-cm.json": towns, "ac-p000406-cs.json": "anything"} {
		if _, err := d.Decode(feed.Payload{Name: name, Body: []byte(body)}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWithoutAKeyASignedFileIsReadAndSaidToBeUnverified(t *testing.T) {
	u := decode(t, mayorEnvelope, newSigner(1).envelope(header, mayor))
	if codes(u) != "F_UNVERIFIED" || len(u.Results) != 1 {
		t.Errorf("update = %+v", u)
	}
	if r := refused(t, mayorEnvelope, "a.b.c"); r.Code != "E_SIG" {
		t.Errorf("got %v", r)
	}
}

func TestAKeyThatIsNoneIsAnErrorInTheOperatorsWords(t *testing.T) {
	good := newSigner(1).jwk("one")
	for name, c := range map[string]struct{ key, want string }{
		"no JSON":      {"MCowBQYDK2VwAyEA", "read the signature key as a JWK"},
		"another kind": {`{"kty":"RSA","kid":"one"}`, "no Ed25519 key"},
		"no keys":      {`{"keys":[]}`, "no Ed25519 key"},
		"cut":          {strings.Replace(good, `"x":"`, `"x":"A`, 1), `signature key "one": x is not 32 bytes`},
		"private":      {strings.Replace(good, `"kty"`, `"d":"AAAA","kty"`, 1), "a private one"},
		"twice":        {`{"keys":[` + good + `,` + good + `]}`, `"one" stands there twice`},
	} {
		if _, err := Format().New(feed.Options{SignatureKey: []byte(c.key)}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
