package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones on machines that have none
)

// problems lists everything that is wrong with the settings and between them.
func (c *Config) problems() []string {
	p := &list{}
	p.require("election", c.Election)
	p.require("state", c.State)
	p.oneOf("mode", c.Mode, "live", "test", "rehearsal", "replay")
	p.oneOf("language", c.Language, "en")
	p.zone("timezone", c.Timezone)
	p.oneOf("group_by", c.GroupBy, "", "country", "state", "county", "municipality", "congressional-district", "district")
	p.between("poll_after", c.PollAfter, 5*time.Second, 10*time.Minute)
	p.between("next_update", c.NextUpdate, 30*time.Second, time.Hour)
	if c.SpoolBytes < 0 {
		p.add("spool_bytes is negative")
	}
	if len(c.Feeds) == 0 {
		p.add("there is no [[feed]]")
	}
	names := map[string]bool{}
	for i, f := range c.Feeds {
		at := fmt.Sprintf("feed %d", i+1)
		if f.Name != "" {
			at = fmt.Sprintf("feed %q", f.Name)
		}
		if names[f.Name] {
			p.add("%s: there are two of this name", at)
		}
		names[f.Name] = true
		f.problems(p, at)
	}
	c.Store.problems(p, "store")
	if c.Private.Kind != "" {
		c.Private.problems(p, "private")
		if samePlace(c.Store, c.Private) {
			p.add("private: it is the same place as store, which the public reads")
		}
	}
	c.CDN.problems(p)
	p.loopback("metrics.listen", c.Metrics.Listen)
	return p.lines
}

func (f Feed) problems(p *list, at string) {
	p.require(at+": name", f.Name)
	p.require(at+": format", f.Format)
	p.zone(at+": timezone", f.Timezone)
	switch {
	case f.Folder == "" && len(f.URLs) == 0:
		p.add("%s: neither folder nor urls is set", at)
	case f.Folder != "" && len(f.URLs) > 0:
		p.add("%s: both folder and urls are set; make it two feeds", at)
	}
	if f.Folder == "" && (f.Whole != "" || f.StableFor != 0 || f.Rescan != 0 || len(f.Include)+len(f.Exclude) > 0) {
		p.add("%s: whole, stable_for, rescan, include and exclude are for folders", at)
	}
	if f.Folder != "" {
		p.oneOf(at+": whole", f.Whole, "rename", "stable", "sidecar")
		if f.StableFor != 0 && f.Whole != "stable" {
			p.add("%s: stable_for needs whole = \"stable\"", at)
		}
		if f.StableFor != 0 {
			p.between(at+": stable_for", f.StableFor, 10*time.Millisecond, time.Hour)
		}
		if f.Rescan != 0 {
			p.between(at+": rescan", f.Rescan, 10*time.Millisecond, time.Hour)
		}
		if f.Every != 0 || f.Rate != 0 {
			p.add("%s: every and rate are for urls", at)
		}
	}
	if f.Every != 0 {
		p.between(at+": every", f.Every, time.Second, time.Hour)
	}
	if f.Rate < 0 || f.Rate > 1000 {
		p.add("%s: rate is not between 0 and 1000 a second", at)
	}
	if f.MaxBytes < 0 {
		p.add("%s: max_bytes is negative", at)
	}
	for _, u := range f.URLs {
		p.address(at+": urls", u)
	}
}

func (s Store) problems(p *list, at string) {
	if !p.oneOf(at+".kind", s.Kind, "folder", "s3") {
		return
	}
	if s.Kind == "folder" {
		p.require(at+".folder", s.Folder)
		if s.Bucket+s.Endpoint+s.Prefix+s.Region+s.Env != "" || s.PathStyle {
			p.add("%s: bucket, region, endpoint, path_style, prefix and env are for kind = \"s3\"", at)
		}
		return
	}
	p.require(at+".bucket", s.Bucket)
	if s.Folder != "" {
		p.add("%s.folder is for kind = \"folder\"", at)
	}
	if s.Endpoint != "" {
		p.address(at+".endpoint", s.Endpoint)
	}
	if strings.HasPrefix(s.Prefix, "/") || strings.HasSuffix(s.Prefix, "/") {
		p.add("%s.prefix has a slash at an end", at)
	}
	if s.Concurrency < 0 || s.Concurrency > 1024 {
		p.add("%s.concurrency is not between 1 and 1024", at)
	}
}

func samePlace(a, b Store) bool {
	if a.Kind != b.Kind {
		return false
	}
	if a.Kind == "folder" {
		return a.Folder == b.Folder
	}
	return a.Bucket == b.Bucket && a.Endpoint == b.Endpoint && a.Prefix == b.Prefix
}

func (c CDN) problems(p *list) {
	if c.Site != "" {
		p.address("cdn.site", c.Site)
	}
	for i, u := range c.Purges {
		at := fmt.Sprintf("cdn.purge %d", i+1)
		if !p.oneOf(at+": kind", u.Kind, "cloudflare", "cloudfront", "http") {
			continue
		}
		switch u.Kind {
		case "cloudflare":
			p.require(at+": zone", u.Zone)
			p.require("cdn.site, which Cloudflare's purge needs,", c.Site)
		case "cloudfront":
			p.require(at+": distribution", u.Distribution)
		case "http":
			if len(u.Edges) == 0 {
				p.add("%s: edges is empty", at)
			}
			for _, e := range u.Edges {
				p.address(at+": edges", e)
			}
		}
		if u.Timeout != 0 {
			p.between(at+": timeout", u.Timeout, time.Second, time.Minute)
		}
	}
}

// list collects problems.
type list struct{ lines []string }

func (p *list) add(format string, args ...any) {
	p.lines = append(p.lines, fmt.Sprintf(format, args...))
}

func (p *list) require(name, value string) {
	if value == "" {
		p.add("%s is not set", name)
	}
}

func (p *list) oneOf(name, value string, allowed ...string) bool {
	if slices.Contains(allowed, value) {
		return true
	}
	if value == "" {
		p.add("%s is not set; it is one of %s", name, strings.Join(allowed, ", "))
	} else {
		p.add("%s is %q; it is one of %s", name, value, strings.Join(allowed, ", "))
	}
	return false
}

func (p *list) zone(name, value string) {
	if _, err := time.LoadLocation(value); err != nil || value == "Local" {
		p.add("%s is %q, which is no time zone such as America/Sao_Paulo", name, value)
	}
}

func (p *list) between(name string, d Duration, least, most time.Duration) {
	if v := time.Duration(d); v < least || v > most {
		p.add("%s is %s, not between %s and %s", name, v, least, most)
	}
}

func (p *list) address(name, value string) {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		p.add("%s: %q is no http or https address", name, value)
		return
	}
	if u.User != nil {
		p.add("%s: %q holds a name or password, which belong into the environment", name, u.Redacted())
	}
}

func (p *list) loopback(name, value string) {
	if value == "" {
		return
	}
	host, _, err := net.SplitHostPort(value)
	ip := net.ParseIP(host)
	if err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		p.add("%s is %q; it must be an address on loopback such as 127.0.0.1:9464", name, value)
	}
}
