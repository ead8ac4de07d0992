// Package config reads the configuration of Herald.
//
// It promises that every setting it returns was checked, alone and against
// the others, and that a misspelt key is an error with its line and column,
// never silence. It refuses secrets: they come from the environment alone,
// and the types that hold them cannot be printed.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// Config is a whole configuration. The comments are its manual;
// docs/configuration.md shows it with examples.
type Config struct {
	// Election is the slug that begins every address: lower-case letters,
	// digits and dashes. It must not change once something is published.
	Election string `toml:"election"`
	// Name is the election's name for people.
	Name string `toml:"name"`
	// Mode is "live", "test", "rehearsal" or "replay". Everything but live is
	// marked as not real on every page and in every signature.
	Mode string `toml:"mode"`
	// Timezone is where the election is: "America/Sao_Paulo".
	Timezone string `toml:"timezone"`
	// Languages of the pages, the default one first: ["en"]. Which ones there
	// are is for cmd to check.
	Languages []string `toml:"languages"`
	// Schedule are moments at which results will be published, as announced.
	Schedule []Moment `toml:"schedule"`
	// Cards makes a picture for links to each page, where cdn.site is set. True.
	Cards bool `toml:"cards"`
	// State is a folder for the spool, which keeps every payload, and the
	// quarantine. What is published survives its loss.
	State string `toml:"state"`
	// SpoolBytes bounds the spool; the oldest payloads go first. 4 GiB.
	SpoolBytes int64 `toml:"spool_bytes"`
	// GroupBy is the type of unit that makes a region ("state", "county"), or
	// "" for one region. Newsrooms read one file of counts for each 500 races
	// of a region.
	GroupBy string `toml:"group_by"`
	// PollAfter is how often pages may ask for themselves. 20s.
	PollAfter Duration `toml:"poll_after"`
	// NextUpdate is the time after which a head counts as frozen; it is
	// renewed twice as often. 5m.
	NextUpdate Duration `toml:"next_update"`

	Definitions Definitions `toml:"definitions"`

	Feeds   []Feed  `toml:"feed"`
	Store   Store   `toml:"store"`
	Private Store   `toml:"private"`
	CDN     CDN     `toml:"cdn"`
	Pages   Pages   `toml:"pages"`
	Metrics Metrics `toml:"metrics"`
	Signing Signing `toml:"signing"`
}

// Definitions are what was laid down before the night.
type Definitions struct {
	// File is the definitions file, relative to the folder of the
	// configuration.
	File string `toml:"file"`
	// SHA256 is the hash that the file must have. When it is set, feeds may not
	// add to the definitions.
	SHA256 string `toml:"sha256"`
}

// Feed is one official source in one format: a drop folder, addresses, a crawl
// or a table.
type Feed struct {
	Name   string `toml:"name"`
	Format string `toml:"format"` // see `herald formats`
	// Timezone of times that the feed writes without one; the election's.
	Timezone string `toml:"timezone"`
	// MaxBytes bounds one payload. 64 MiB.
	MaxBytes int64 `toml:"max_bytes"`
	// Precedence settles races that two feeds state: the higher one owns them.
	Precedence int `toml:"precedence"`
	// CountUnit is what the feed states progress in ("polling-place"), in place
	// of what its format says.
	CountUnit string `toml:"count_unit"`
	// Encodings of the text, tried in their order; the format's own.
	Encodings []string `toml:"encodings"`
	// Mapping is the mapping file of formats that need one. It and
	// SignatureKey are relative to the folder of the configuration.
	Mapping string `toml:"mapping"`
	// SignatureKey is the file of the key that payloads must be signed with.
	SignatureKey string `toml:"signature_key"`
	// Settings are those that the format has of its own.
	Settings map[string]string `toml:"settings"`

	// Folder is watched with everything below it.
	Folder string `toml:"folder"`
	// Whole says when a file may be read: "rename" (it is moved into place),
	// "stable" (size and bytes stay the same) or "sidecar" (NAME.done or
	// NAME.sha256 lies beside it). rename.
	Whole string `toml:"whole"`
	// StableFor is how long a file must stay the same. 1s.
	StableFor Duration `toml:"stable_for"`
	// Rescan is how often the folder is listed even without events. 2s.
	Rescan Duration `toml:"rescan"`
	// Include and Exclude are patterns of file names.
	Include []string `toml:"include"`
	Exclude []string `toml:"exclude"`

	// URLs are polled.
	URLs []string `toml:"urls"`

	// Base is the address below which a crawl stays; Entries are the paths
	// below it that are polled and lead to the rest.
	Base    string   `toml:"base"`
	Entries []string `toml:"entries"`
	// Resume lets a crawl go on after a restart where it was.
	Resume bool `toml:"resume"`

	// Table is a DynamoDB table that holds counts; Partition the value of its
	// key `election` that is read, the slug of the election when left out.
	Table     string `toml:"table"`
	Partition string `toml:"partition"`
	// Region of the table, us-east-1. Endpoint of another server; "" is AWS.
	Region   string `toml:"region"`
	Endpoint string `toml:"endpoint"`
	// Env is the prefix of the variables that hold the credentials. AWS.
	Env string `toml:"env"`
	// Window is the least time between two payloads of a table. 0s.
	Window Duration `toml:"window"`

	// Headers are sent with every request of addresses and crawls. The value is
	// the name of a variable of the environment that holds what is sent.
	Headers map[string]string `toml:"headers"`

	// Every is the time between two polls of one address, ±10 %. 15s; 30s in a
	// crawl; 2s between two reads of a table.
	Every Duration `toml:"every"`
	// Rate is the most polls of one host in a second. 50; 20 in a crawl, and at
	// most 100.
	Rate float64 `toml:"rate"`
}

// Store is where objects go.
type Store struct {
	// Kind is "folder" or "s3".
	Kind string `toml:"kind"`
	// Folder is the root of a folder store.
	Folder string `toml:"folder"`

	Bucket string `toml:"bucket"`
	Region string `toml:"region"`
	// Endpoint of an S3-compatible server; "" is AWS.
	Endpoint string `toml:"endpoint"`
	// PathStyle puts the bucket into the path instead of the host name.
	PathStyle bool `toml:"path_style"`
	// Prefix stands before every key, without slashes at its ends.
	Prefix string `toml:"prefix"`
	// Concurrency is how many requests may be in flight. 64.
	Concurrency int `toml:"concurrency"`
	// Env is the prefix of the variables that hold the credentials: "AWS"
	// reads AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
	Env string `toml:"env"`
}

// CDN is what stands before the store.
type CDN struct {
	// Site is the address at which keys begin: "https://results.example".
	Site   string  `toml:"site"`
	Purges []Purge `toml:"purge"`
}

// Purge asks one edge to forget addresses after a commit, as a hint.
type Purge struct {
	// Kind is "cloudflare", "cloudfront" or "http".
	Kind string `toml:"kind"`
	// Zone of Cloudflare; the token comes from CLOUDFLARE_API_TOKEN.
	Zone string `toml:"zone"`
	// Distribution of CloudFront; credentials come from AWS_….
	Distribution string `toml:"distribution"`
	// Tag invalidates by cache tag instead of a path pattern.
	Tag string `toml:"tag"`
	// Edges are the addresses that take PURGE requests.
	Edges []string `toml:"edges"`
	// Host is the Host header of these requests; that of cdn.site.
	Host string `toml:"host"`
	// Timeout bounds one hint. 10s.
	Timeout Duration `toml:"timeout"`
}

// Pages are what the authority makes its own on them.
type Pages struct {
	// Folder holds words, colours, logo, header, footer and maps, relative to
	// the folder of the configuration; docs/pages.md says how. "" is Herald's
	// own look.
	Folder string `toml:"folder"`
}

// Metrics is the listener for /metrics and /healthz.
type Metrics struct {
	// Listen is an address on loopback: "127.0.0.1:9464". "" listens nowhere.
	Listen string `toml:"listen"`
}

// Signing is the key of the heads. The private key is in HERALD_KEY.
type Signing struct {
	// PublicKey is what `herald keygen` printed; heads are refused at the
	// start when the private key is of another pair.
	PublicKey string `toml:"public_key"`
}

// Duration is a time.Duration written like "15s".
type Duration time.Duration

// UnmarshalText reads "15s", "2m30s".
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if err != nil {
		return fmt.Errorf("%q is not a duration such as 15s or 2m", b)
	}
	*d = Duration(v)
	return nil
}

// Moment is a time with its zone, written as in RFC 3339.
type Moment struct{ time.Time }

// UnmarshalText reads "2026-11-03T20:00:00-06:00".
func (m *Moment) UnmarshalText(b []byte) error {
	t, err := time.Parse(time.RFC3339, string(b))
	if err != nil {
		return fmt.Errorf("%q is not a time with its zone such as 2026-11-03T20:00:00-06:00", b)
	}
	m.Time = t
	return nil
}

// MarshalText writes "2026-11-03T20:00:00-06:00".
func (m Moment) MarshalText() ([]byte, error) { return []byte(m.Format(time.RFC3339)), nil }

// MarshalText writes "15s".
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// Load reads and checks the file at path.
func Load(path string) (*Config, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	c, err := Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("configuration %s:\n%w", path, err)
	}
	files := []*string{&c.Definitions.File, &c.Pages.Folder}
	for i := range c.Feeds {
		files = append(files, &c.Feeds[i].Mapping, &c.Feeds[i].SignatureKey)
	}
	for _, file := range files {
		if *file != "" && !filepath.IsAbs(*file) {
			*file = filepath.Join(filepath.Dir(path), *file)
		}
	}
	return c, nil
}

// Parse reads and checks a configuration. The error lists everything that is
// wrong, one line each.
func Parse(raw []byte) (*Config, error) {
	c := defaults()
	dec := toml.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return nil, positions(err)
	}
	c.fill()
	if problems := c.problems(); len(problems) > 0 {
		return nil, errors.New("  " + strings.Join(problems, "\n  "))
	}
	return c, nil
}

// positions says where the file is wrong.
func positions(err error) error {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) {
		var lines []string
		for _, e := range unknown.Errors {
			row, col := e.Position()
			lines = append(lines, fmt.Sprintf("  line %d, column %d: there is no setting %q", row, col, strings.Join(e.Key(), ".")))
		}
		return errors.New(strings.Join(lines, "\n"))
	}
	var wrong *toml.DecodeError
	if errors.As(err, &wrong) {
		row, col := wrong.Position()
		text := strings.TrimPrefix(wrong.Error(), "toml: ")
		if kind, _, ok := strings.Cut(text, " into "); ok && strings.HasPrefix(kind, "cannot decode TOML ") {
			text = fmt.Sprintf("%s takes another kind of value than a %s", strings.Join(wrong.Key(), "."), strings.TrimPrefix(kind, "cannot decode TOML "))
		}
		return fmt.Errorf("  line %d, column %d: %s", row, col, text)
	}
	return fmt.Errorf("  %w", err)
}

func defaults() *Config {
	return &Config{Languages: []string{"en"}, Cards: true, Timezone: "UTC", PollAfter: Duration(20 * time.Second), NextUpdate: Duration(5 * time.Minute), SpoolBytes: 4 << 30}
}

// fill gives lists their defaults, which the decoder cannot.
func (c *Config) fill() {
	for i := range c.Feeds {
		f := &c.Feeds[i]
		if f.Timezone == "" {
			f.Timezone = c.Timezone
		}
		f.fill()
		if f.Table != "" {
			byDefault(&f.Partition, c.Election)
		}
	}
	for _, s := range []*Store{&c.Store, &c.Private} {
		if s.Kind == "s3" && s.Env == "" {
			s.Env = "AWS"
		}
		if s.Kind == "s3" && s.Region == "" {
			s.Region = "us-east-1"
		}
		if s.Kind != "" && s.Concurrency == 0 {
			s.Concurrency = 64
		}
	}
	for i := range c.CDN.Purges {
		byDefault(&c.CDN.Purges[i].Timeout, Duration(10*time.Second))
	}
	if c.Name == "" {
		c.Name = c.Election
	}
}

func (f *Feed) fill() {
	byDefault(&f.MaxBytes, 64<<20)
	if f.Folder != "" {
		byDefault(&f.Whole, "rename")
		byDefault(&f.Rescan, Duration(2*time.Second))
		if f.Whole == "stable" {
			byDefault(&f.StableFor, Duration(time.Second))
		}
	}
	if len(f.URLs) > 0 {
		byDefault(&f.Every, Duration(15*time.Second))
		byDefault(&f.Rate, 50)
	}
	if f.Base != "" {
		byDefault(&f.Every, Duration(30*time.Second))
		byDefault(&f.Rate, 20)
	}
	if f.Table != "" {
		byDefault(&f.Every, Duration(2*time.Second))
		byDefault(&f.Region, "us-east-1")
		byDefault(&f.Env, "AWS")
	}
}

// byDefault gives a setting that was left out its value.
func byDefault[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}
