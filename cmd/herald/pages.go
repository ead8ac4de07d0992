package main

import (
	"strings"
	"time"

	"github.com/heraldresults/herald/cmd/internal/config"
	"github.com/heraldresults/herald/publish"
	"github.com/heraldresults/herald/templates"
)

// pagesOf is the part of a publisher's settings that says how pages look.
func pagesOf(c *config.Config) (publish.Config, error) {
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return publish.Config{}, err
	}
	out := publish.Config{Cards: c.Cards, Site: templates.Site{
		Election: c.Election, Name: c.Name, Mode: templates.Mode(c.Mode), Location: zone,
		PollSeconds: int(time.Duration(c.PollAfter).Seconds()), Origin: strings.TrimSuffix(c.CDN.Site, "/"),
		Key: c.Signing.PublicKey}}
	for _, m := range c.Schedule {
		out.Schedule = append(out.Schedule, m.Time)
	}
	if out.Overrides, _, err = overridesOf(c); err != nil {
		return out, usage(err)
	}
	out.Languages, err = languagesOf(c.Languages, out.Overrides)
	return out, err
}

// languagesOf are languages with the words that an authority overrides.
func languagesOf(codes []string, o *templates.Overrides) ([]*templates.Language, error) {
	var list []*templates.Language
	for _, code := range codes {
		lang, err := templates.NewLanguage(code, o.Words(code))
		if err != nil {
			return nil, usage(err)
		}
		list = append(list, lang)
	}
	return list, nil
}
