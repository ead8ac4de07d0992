package config

import (
	"os"
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
		"no zone":              {`America/Chicago`, `Chicago`, `timezone is "Chicago", which is no time zone`},
		"folder and urls":      {`folder = "drop"`, "folder = \"drop\"\nurls = [\"https://a.example/x\"]", `both folder and urls are set`},
		"neither":              {`folder = "drop"`, ``, `neither folder nor urls is set`},
		"stable_for of rename": {`folder = "drop"`, "folder = \"drop\"\nstable_for = \"2s\"", `stable_for needs whole = "stable"`},
		"every of a folder":    {`folder = "drop"`, "folder = \"drop\"\nevery = \"20s\"", `every and rate are for urls`},
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
