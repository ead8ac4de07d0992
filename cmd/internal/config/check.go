package config

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones on machines that have none
)

var hash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// problems lists everything that is wrong with the settings and between them.
func (c *Config) problems() []string {
	p := &list{}
	p.require("election", c.Election)
	p.require("state", c.State)
	p.oneOf("mode", c.Mode, "live", "test", "rehearsal", "replay")
	c.languageProblems(p)
	p.zone("timezone", c.Timezone)
	p.oneOf("group_by", c.GroupBy, "", "country", "state", "county", "municipality", "congressional-district", "district")
	p.between("poll_after", c.PollAfter, 5*time.Second, 10*time.Minute)
	p.between("next_update", c.NextUpdate, 30*time.Second, time.Hour)
	if c.SpoolBytes < 0 {
		p.add("spool_bytes is negative")
	}
	if d := c.Definitions; d.SHA256 != "" && d.File == "" {
		p.add("definitions.sha256 needs definitions.file")
	} else if d.SHA256 != "" && !hash.MatchString(d.SHA256) {
		p.add("definitions.sha256 is not a SHA-256 in 64 hex digits; herald definitions pin prints it")
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
	c.crawlProblems(p)
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
	if f.Format == "" {
		p.add("%s: format is not set; herald inspect FILE says which format a file has", at)
	}
	p.zone(at+": timezone", f.Timezone)
	f.sourceProblems(p, at)
	if f.Every != 0 {
		p.between(at+": every", f.Every, time.Second, time.Hour)
	}
	if most := f.maxRate(); f.Rate < 0 || f.Rate > most {
		p.add("%s: rate is not between 0 and %g a second", at, most)
	}
	if f.MaxBytes < 0 {
		p.add("%s: max_bytes is negative", at)
	}
}

// sourceProblems finds settings that do not belong to the feed's one source.
func (f Feed) sourceProblems(p *list, at string) {
	folder, urls, crawl, table := f.Folder != "", len(f.URLs) > 0, f.Base != "", f.Table != ""
	switch {
	case !folder && !urls && !crawl && !table:
		p.add("%s: none of folder, urls, base and table is set", at)
	case table && (folder || urls || crawl):
		p.add("%s: table is set beside folder, urls or base; make it two feeds", at)
	case folder && urls:
		p.add("%s: both folder and urls are set; make it two feeds", at)
	case crawl && (folder || urls):
		p.add("%s: base is set beside folder or urls; make it two feeds", at)
	}
	if !folder && (f.Whole != "" || f.StableFor != 0 || f.Rescan != 0 || len(f.Include)+len(f.Exclude) > 0) {
		p.add("%s: whole, stable_for, rescan, include and exclude are for folders", at)
	}
	if folder {
		f.folderProblems(p, at)
	}
	for _, u := range f.URLs {
		p.address(at+": urls", u)
	}
	if len(f.Headers) > 0 && !urls && !crawl {
		p.add("%s: headers are for urls and base", at)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Headers)) {
		if !headerName.MatchString(name) || !variable.MatchString(f.Headers[name]) {
			p.add("%s: headers: %q takes the name of a variable of the environment, such as AP_KEY", at, name)
		}
	}
	f.tableProblems(p, at)
	if !crawl && (len(f.Entries) > 0 || f.Resume) {
		p.add("%s: entries and resume need base", at)
	}
	if crawl {
		p.address(at+": base", f.Base)
		if len(f.Entries) == 0 {
			p.add("%s: base needs entries", at)
		}
		if f.Resume && !fileName.MatchString(f.Name) {
			p.add("%s: with resume, its name may hold letters, digits, dashes, dots and underscores", at)
		}
	}
}

// tableProblems finds settings of a table that do not fit.
func (f Feed) tableProblems(p *list, at string) {
	if f.Table == "" {
		if f.Partition+f.Region+f.Endpoint+f.Env != "" || f.Window != 0 {
			p.add("%s: partition, region, endpoint, env and window are for table", at)
		}
		return
	}
	if f.Format != "counts" {
		p.add("%s: a table is read in the format counts", at)
	}
	if f.Endpoint != "" {
		p.address(at+": endpoint", f.Endpoint)
	}
	if f.Rate != 0 {
		p.add("%s: rate is for urls and base", at)
	}
	p.between(at+": window", f.Window, 0, 10*time.Minute)
}

// headerName is a token of RFC 9110, variable a name of POSIX.
var (
	headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
	variable   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// fileName is what a feed that has a file of its own may be called.
var fileName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*$`)

func (f Feed) folderProblems(p *list, at string) {
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
		p.add("%s: every and rate are for urls and base", at)
	}
}

// maxCrawlRate is the most that one host may be crawled with; officials block
// who asks more often.
const maxCrawlRate = 100

func (f Feed) maxRate() float64 {
	if f.Base != "" {
		return maxCrawlRate
	}
	return 1000
}

// crawlProblems finds hosts that several feeds crawl too fast together.
func (c *Config) crawlProblems(p *list) {
	total := map[string]float64{}
	for _, f := range c.Feeds {
		if u, err := url.Parse(f.Base); err == nil && u.Host != "" {
			if total[u.Host] += f.Rate; total[u.Host] > maxCrawlRate && total[u.Host]-f.Rate <= maxCrawlRate && f.Rate <= maxCrawlRate {
				p.add("feed %q: with it, %s is asked more than %d times a second; lower the rate of the feeds of this host", f.Name, u.Host, maxCrawlRate)
			}
		}
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

// languageProblems looks at the codes, each of which begins addresses in lower
// case.
func (c *Config) languageProblems(p *list) {
	if len(c.Languages) == 0 {
		p.add("languages is empty")
	}
	seen := map[string]bool{}
	for _, code := range c.Languages {
		switch l := strings.ToLower(code); {
		case seen[l]:
			p.add("languages: %q is there twice", code)
		case l == c.Election:
			p.add("languages: %q is the name of the election, which begins its addresses", code)
		default:
			seen[l] = true
		}
	}
	if !slices.IsSortedFunc(c.Schedule, func(a, b Moment) int { return a.Compare(b.Time) }) {
		p.add("schedule is not in order of time")
	}
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
