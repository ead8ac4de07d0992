package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const good = `
election = "2024-11-05-general"
mode = "test"
timezone = "America/Chicago"
state = "state"

[[feed]]
name = "sos"
format = "minnesota"
folder = "drop"

[store]
kind = "s3"
bucket = "results"
endpoint = "http://127.0.0.1:7070"
path_style = true
`

func TestASmallConfigurationGetsItsDefaults(t *testing.T) {
	c, err := Parse([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != c.Election || c.Feeds[0].Whole != "rename" || c.Feeds[0].Timezone != "America/Chicago" ||
		time.Duration(c.PollAfter) != 20*time.Second || c.Store.Env != "AWS" || c.Store.Region != "us-east-1" {
		t.Errorf("read %+v", c)
	}
}

func TestFilesOfAFeedLieBesideTheConfiguration(t *testing.T) {
	dir := t.TempDir()
	text := strings.Replace(good, `folder = "drop"`, "base = \"https://a.example/x\"\nentries = [\"a.json\"]\nresume = true\nprecedence = 2\n"+
		"encodings = [\"utf-8\"]\nmapping = \"county.toml\"\nsignature_key = \"/keys/tse.jwk\"\n[feed.settings]\nelections = \"544\"", 1)
	file := filepath.Join(dir, "herald.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	f := c.Feeds[0]
	if f.Mapping != filepath.Join(dir, "county.toml") || f.SignatureKey != "/keys/tse.jwk" || f.Settings["elections"] != "544" ||
		f.Precedence != 2 || time.Duration(f.Every) != 30*time.Second || f.Rate != 20 || f.Encodings[0] != "utf-8" || !f.Resume {
		t.Errorf("read %+v", f)
	}
}

func TestATableGetsItsDefaults(t *testing.T) {
	c, err := Parse([]byte(strings.Replace(good, "format = \"minnesota\"\nfolder = \"drop\"", "format = \"counts\"\ntable = \"tally\"", 1)))
	if err != nil {
		t.Fatal(err)
	}
	f := c.Feeds[0]
	if f.Partition != c.Election || f.Region != "us-east-1" || f.Env != "AWS" || time.Duration(f.Every) != 2*time.Second || f.Window != 0 || f.Endpoint != "" {
		t.Errorf("read %+v", f)
	}
}

func TestEveryMistakeIsNamedWithItsPlace(t *testing.T) {
	for name, row := range map[string]struct{ from, to, want string }{
		"misspelt key":         {`bucket =`, `buckett =`, `line 14, column 1: there is no setting "store.buckett"`},
		"unknown table":        {`[store]`, "[stores]\nx = 1\n[store]", `there is no setting "stores"`},
		"not TOML":             {`kind = "s3"`, `kind = s3`, `line 13, column 8`},
		"wrong type":           {`path_style = true`, `path_style = "yes"`, `line 16, column 14: store.path_style takes another kind of value than a string`},
		"twice":                {`kind = "s3"`, "kind = \"s3\"\nkind = \"s3\"", `line 14, column 1: key kind is already defined`},
		"no election":          {`election = "2024-11-05-general"`, ``, `election is not set`},
		"no mode":              {`mode = "test"`, ``, `mode is not set; it is one of live, test, rehearsal, replay`},
		"no state":             {`state = "state"`, ``, `state is not set`},
		"no language":          {`state = "state"`, "state = \"state\"\nlanguages = []", `languages is empty`},
		"a language twice":     {`state = "state"`, "state = \"state\"\nlanguages = [\"pt-BR\", \"pt-br\"]", `languages: "pt-br" is there twice`},
		"election as language": {`election = "2024-11-05-general"`, "election = \"zh-hant\"\nlanguages = [\"zh-Hant\"]", `languages: "zh-Hant" is the name of the election`},
		"schedule, no order":   {`state = "state"`, "state = \"state\"\nschedule = [\"2024-11-05T21:00:00Z\", \"2024-11-05T20:00:00Z\"]", `schedule is not in order of time`},
		"schedule, no zone":    {`state = "state"`, "state = \"state\"\nschedule = [\"2024-11-05T21:00:00\"]", `is not a time with its zone`},
		"no zone":              {`America/Chicago`, `Chicago`, `timezone is "Chicago", which is no time zone`},
		"folder and urls":      {`folder = "drop"`, "folder = \"drop\"\nurls = [\"https://a.example/x\"]", `both folder and urls are set`},
		"no source":            {`folder = "drop"`, ``, `none of folder, urls, base and table is set`},
		"folder and base":      {`folder = "drop"`, "folder = \"drop\"\nbase = \"https://a.example/\"\nentries = [\"x\"]", `base is set beside folder or urls`},
		"table and folder":     {`folder = "drop"`, "folder = \"drop\"\ntable = \"t\"", `table is set beside folder, urls or base`},
		"table, odd format":    {`folder = "drop"`, `table = "t"`, `feed "sos": a table is read in the format counts`},
		"window of a folder":   {`folder = "drop"`, "folder = \"drop\"\nwindow = \"5s\"", `partition, region, endpoint, env and window are for table`},
		"window too long":      {"format = \"minnesota\"\nfolder = \"drop\"", "format = \"counts\"\ntable = \"t\"\nwindow = \"1h\"", `window is 1h0m0s, not between 0s and 10m0s`},
		"headers of a folder":  {`folder = "drop"`, "folder = \"drop\"\nheaders = { x-api-key = \"AP_KEY\" }", `headers are for urls and base`},
		"a key in the file":    {`folder = "drop"`, "urls = [\"https://a.example/x\"]\nheaders = { x-api-key = \"se-cret\" }", `headers: "x-api-key" takes the name of a variable`},
		"rate of a table":      {"format = \"minnesota\"\nfolder = \"drop\"", "format = \"counts\"\ntable = \"t\"\nrate = 3.0", `rate is for urls and base`},
		"base alone":           {`folder = "drop"`, `base = "https://a.example/"`, `feed "sos": base needs entries`},
		"entries alone":        {`folder = "drop"`, "folder = \"drop\"\nentries = [\"x\"]", `entries and resume need base`},
		"base is a path":       {`folder = "drop"`, "base = \"/srv\"\nentries = [\"x\"]", `base: "/srv" is no http or https address`},
		"crawled too fast":     {`folder = "drop"`, "base = \"https://a.example/\"\nentries = [\"x\"]\nrate = 101.0", `rate is not between 0 and 100 a second`},
		"crawled twice":        {`folder = "drop"`, "base = \"https://a.example/\"\nentries = [\"x\"]\nrate = 60.0\n[[feed]]\nname = \"two\"\nformat = \"tse\"\nbase = \"https://a.example/y\"\nentries = [\"x\"]\nrate = 41.0", `feed "two": with it, a.example is asked more than 100 times a second`},
		"resume, odd name":     {"name = \"sos\"\nformat = \"minnesota\"\nfolder = \"drop\"", "name = \"a/b\"\nformat = \"tse\"\nbase = \"https://a.example/\"\nentries = [\"x\"]\nresume = true", `with resume, its name may hold`},
		"setting of a kind":    {`folder = "drop"`, "folder = \"drop\"\n[feed.settings]\nzones = true", `takes another kind of value`},
		"stable_for of rename": {`folder = "drop"`, "folder = \"drop\"\nstable_for = \"2s\"", `stable_for needs whole = "stable"`},
		"every of a folder":    {`folder = "drop"`, "folder = \"drop\"\nevery = \"20s\"", `every and rate are for urls and base`},
		"bad duration":         {`folder = "drop"`, "urls = [\"https://a.example/x\"]\nevery = \"soon\"", `is not a duration`},
		"password in address":  {`http://127.0.0.1:7070`, `http://me:secret@127.0.0.1:7070`, `belong into the environment`},
		"bucket of a folder":   {`kind = "s3"`, "kind = \"folder\"\nfolder = \"x\"", `are for kind = "s3"`},
		"public metrics":       {`[store]`, "[metrics]\nlisten = \"0.0.0.0:9464\"\n[store]", `must be an address on loopback`},
		"private is public":    {`[store]`, "[private]\nkind = \"s3\"\nbucket = \"results\"\nendpoint = \"http://127.0.0.1:7070\"\n[store]", `private: it is the same place as store`},
		"cloudflare, no site":  {`[store]`, "[[cdn.purge]]\nkind = \"cloudflare\"\nzone = \"z\"\n[store]", `cdn.site, which Cloudflare's purge needs, is not set`},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(good, row.from, row.to, 1)
			if text == good {
				t.Fatal("the row changes nothing")
			}
			_, err := Parse([]byte(text))
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error is\n%v\nwant %s", err, row.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Error("the error prints a password")
			}
		})
	}
}

func TestTheSampleConfigurationIsValid(t *testing.T) {
	raw, err := os.ReadFile("../../../docs/herald.sample.toml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(raw); err != nil {
		t.Errorf("docs/herald.sample.toml:\n%v", err)
	}
}
