package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/heraldresults/herald/fixtures/feedserver"
)

const (
	summaryOf  = `[{"CATKEY":"C_0","CAT":"Offices","C":"Surveyor","K":"30","VF":1,"TP":4,"PR":%d,"CH":["Ann Oak","Bo Elm"],"P":["NP","GRN"],"PCT":[60.0,40.0],"V":[%d,40],"W":[0,0]}]`
	settingsOf = `{"settings":{"electiondetails":{"electionid":"777","internalname":"Made Election","istestmode":true,"participatingcounties":[]}},"websiteupdatedat":"11/3/2020 9:0%d:00 PM EST","entityname":"ZZ","parententityname":"null"}`
)

// put lays down a version of a made election as Clarity does.
func put(feed *feedserver.Server, version, reporting, votes int) {
	at := fmt.Sprintf("site/ZZ/777/%d/json/en/", version)
	now := time.Now()
	feed.Put(at+"summary.json", fmt.Appendf(nil, summaryOf, reporting, votes), now)
	feed.Put(at+"electionsettings.json", fmt.Appendf(nil, settingsOf, reporting), now)
	feed.Put("site/ZZ/777/current_ver.txt", fmt.Append(nil, version), now)
}

func TestACrawledFeedIsPublishedAndGoesOnWhereItWas(t *testing.T) {
	feed := feedserver.New()
	put(feed, 42, 1, 60)
	web := httptest.NewServer(feed)
	defer web.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "herald.toml")
	text := fmt.Sprintf(`election = "made-2020"
mode = "test"
timezone = "America/New_York"
state = %q
[[feed]]
name = "zz"
format = "clarity"
base = %q
entries = ["ZZ/777/current_ver.txt"]
rate = 50.0
resume = true
[store]
kind = "folder"
folder = %q
`, filepath.Join(dir, "state"), web.URL+"/site", filepath.Join(dir, "public"))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	once := func(want string) (asked []string) {
		t.Helper()
		before := len(feed.Log())
		s := begin(t, dir, "once", "--config", file)
		s.ends(t, 0)
		if out := s.said(t); !strings.Contains(out, want) {
			t.Errorf("it said\n%s\nwant %s", out, want)
		}
		for _, r := range feed.Log()[before:] {
			asked = append(asked, fmt.Sprint(r.Name[strings.LastIndexByte(r.Name, '/')+1:], " ", r.Status))
		}
		return asked
	}
	if got := once("3 payloads read, 0 refused; 1 of 1 race counted; release 2 published"); len(got) != 3 {
		t.Errorf("asked for %v", got)
	}
	if got := strings.Join(once("nothing new to publish"), ", "); !strings.HasPrefix(got, "current_ver.txt 200, ") || strings.Count(got, "200") != 1 || strings.Count(got, "304") != 2 {
		t.Errorf("after a restart, asked for %v", got)
	}
	if got := strings.Join(once("nothing new to publish"), ", "); got != "current_ver.txt 200" {
		t.Errorf("after another, asked for %v", got)
	}
	put(feed, 43, 4, 90)
	if got := once("1 of 1 race counted; release 3 published"); len(got) != 3 {
		t.Errorf("of a new version, asked for %v", got)
	}
	if pages, err := filepath.Glob(filepath.Join(dir, "public", "made-2020", "*")); err != nil || len(pages) == 0 {
		t.Errorf("published %v, %v", pages, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "state", "crawl", "made-2020-test-zz.json")); err != nil {
		t.Error(err)
	}
}

func TestWhatAFormatDoesNotTakeIsRefusedInWords(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"empty.toml": "", "huge.toml": strings.Repeat("#", maxText+1)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for what, row := range map[string]struct{ feed, want string }{
		"no such format":    {`format = "morse"`, `feed "sos": there is no format "morse"; see herald formats`},
		"no such setting":   {"format = \"minnesota\"\n[feed.settings]\nzones = \"yes\"", `feed "sos": format minnesota has no setting "zones"`},
		"no unit of counts": {"format = \"minnesota\"\ncount_unit = \"box\"", `feed "sos": count_unit "box" is none of ["precinct" "polling-place"`},
		"a wrong setting":   {"format = \"clarity\"\n[feed.settings]\nregion = \"north\"", `feed "sos": format clarity: setting region is "north"`},
		"no such encoding":  {"format = \"minnesota\"\nencodings = [\"ebcdic\"]", `feed "sos": encodings: "ebcdic" is not an encoding; known are utf-8`},
		"no mapping there":  {"format = \"minnesota\"\nmapping = \"none.toml\"", `feed "sos": mapping: open ` + filepath.Join(dir, "none.toml")},
		"an empty mapping":  {"format = \"minnesota\"\nmapping = \"empty.toml\"", "empty.toml is empty"},
		"a mapping too big": {"format = \"minnesota\"\nmapping = \"huge.toml\"", "huge.toml has more than 1048576 bytes"},
		"no key there":      {"format = \"minnesota\"\nsignature_key = \"none.jwk\"", `feed "sos": signature_key: open`},
		"nothing to follow": {"format = \"minnesota\"\nbase = \"https://a.example/\"\nentries = [\"x\"]", `feed "sos": format minnesota does not lead from one address to another`},
	} {
		t.Run(what, func(t *testing.T) {
			source := "folder = \"drop\"\n"
			if strings.Contains(row.feed, "base =") {
				source = ""
			}
			text := "election = \"made-2020\"\nmode = \"test\"\nstate = \"state\"\n[store]\nkind = \"folder\"\nfolder = \"public\"\n[[feed]]\nname = \"sos\"\n" + source + row.feed + "\n"
			file := filepath.Join(dir, "herald.toml")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			s := begin(t, dir, "check-config", "--config", file)
			s.ends(t, exitUsage)
			if out := []byte(s.said(t)); !bytes.Contains(out, []byte(row.want)) {
				t.Errorf("it said\n%s\nwant %s", out, row.want)
			}
		})
	}
}

func TestHeadersComeFromTheEnvironment(t *testing.T) {
	t.Setenv("AP_KEY", "canary-7")
	prepare, err := headers(map[string]string{"x-api-key": "AP_KEY"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodGet, "https://api.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := prepare(r); err != nil || r.Header.Get("X-Api-Key") != "canary-7" {
		t.Errorf("sent %v, %v", r.Header, err)
	}
	t.Setenv("AP_KEY", "")
	_, err = headers(map[string]string{"x-api-key": "AP_KEY"})
	if err == nil || !strings.Contains(err.Error(), "AP_KEY, which holds what x-api-key sends, is not set") {
		t.Errorf("a variable that is not set: %v", err)
	}
	if prepare, err := headers(nil); prepare != nil || err != nil {
		t.Errorf("nothing to send: %v", err)
	}
}
