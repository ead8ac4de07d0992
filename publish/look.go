package publish

import (
	"encoding/base64"
	"path"
	"strings"

	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/templates"
)

// look is everything that pages depend on beside the results: assets, schemas,
// settings and the templates themselves.
type look struct {
	hash    shard.Hash
	assets  []lookFile
	schemas []lookFile
	// overrides are the authority's; addresses are those of assets by name.
	overrides *templates.Overrides
	gallery   *gallery // nil when there are no cards
	addresses map[string]templates.Asset
}

type lookFile struct {
	key, contentType string
	raw              []byte
	hash             shard.Hash
}

// newLook gathers the assets and completes the sites with their addresses. The
// hash covers the bytes of the assets and schemas and a sample of every kind
// of page in every language, so that it changes whenever a template writes
// something else.
func newLook(sites []*templates.Site, overrides *templates.Overrides) look {
	l := look{overrides: overrides, addresses: map[string]templates.Asset{}}
	for _, f := range templates.Assets(overrides) {
		ext := path.Ext(f.Name)
		h := shard.HashOf(f.Body)
		file := lookFile{shard.Asset(strings.TrimSuffix(f.Name, ext), ext[1:], h), typeOf(f.Name), f.Body, h}
		l.assets = append(l.assets, file)
		asset := templates.Asset{Href: "/" + file.key, Integrity: "sha256-" + base64.StdEncoding.EncodeToString(h[:])}
		l.addresses[f.Name] = asset
		for _, site := range sites {
			site.SetAsset(f.Name, asset)
		}
	}
	for _, site := range sites {
		overrides.Dress(site, l.addresses)
		site.Prepare()
	}
	for _, f := range templates.Schemas() {
		l.addSchema(f.Name, f.Body)
	}
	for _, f := range manifest.Schemas() {
		l.addSchema(f.Name, f.Body)
	}
	l.hash = l.fingerprint(sites)
	return l
}

func (l *look) addSchema(name string, body []byte) {
	l.schemas = append(l.schemas, lookFile{shard.Schema(strings.TrimSuffix(name, ".json")), typeJSON, body, shard.HashOf(body)})
}

func (l look) fingerprint(sites []*templates.Site) shard.Hash {
	sum := l.overrides.Sum()
	b := sum[:]
	for _, f := range append(l.assets[:len(l.assets):len(l.assets)], l.schemas...) {
		b = append(b, f.key...)
		b = append(b, f.hash[:]...)
	}
	race := sampleRace()
	b = templates.AppendRaceJSON(b, race, sites[0])
	for _, site := range sites {
		b = append(b, site.Lang.Code...)
		for _, page := range samples(race) {
			b = page(b, site)
		}
	}
	return shard.HashOf(b)
}

// emitLook stores the assets under their hashes and the schemas at their
// stable addresses.
func (p *planner) emitLook() error {
	for _, f := range p.look.assets {
		if _, err := p.store(f.raw, shard.Hash{}, f.contentType, func(shard.Hash) string { return f.key }); err != nil {
			return err
		}
	}
	for _, f := range p.look.schemas {
		p.aliases = append(p.aliases, alias{key: f.key, contentType: f.contentType, body: p.enc.EncodeNamed(f.raw, f.hash), added: p.old.release == nil})
	}
	return nil
}
