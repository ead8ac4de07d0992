package templates_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/heraldresults/herald/templates"
)

// budgets are those of the scripts, as gzip. The first is on every page, the
// one for embeds on other people's; the others are loaded on demand.
var budgets = map[string]int{"herald.js": 5 << 10, "embed.js": 1 << 10}

func scripts(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range templates.Assets(nil) {
		if strings.HasSuffix(f.Name, ".js") {
			out[f.Name] = string(f.Body)
		}
	}
	if len(out) < 4 {
		t.Fatalf("found %d scripts", len(out))
	}
	return out
}

func TestTheScriptsHoldNoWordsAndWriteNoMarkup(t *testing.T) {
	literal := regexp.MustCompile("\"(?:[^\"\\\\\n]|\\\\.)*\"|`[^`]*`")
	prose := regexp.MustCompile(`^[^\[<]*[A-Za-z]{4,},? [A-Za-z]{3,}[^\[<]*$`)
	for name, js := range scripts(t) {
		for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("} {
			if strings.Contains(js, bad) {
				t.Errorf("%s uses %s", name, bad)
			}
		}
		for _, l := range literal.FindAllString(js, -1) {
			if prose.MatchString(l) {
				t.Errorf("%s holds words of its own: %s", name, l)
			}
		}
	}
}

func TestTheScriptsAreSmall(t *testing.T) {
	for name, js := range scripts(t) {
		limit := budgets[name]
		if limit == 0 {
			limit = 6 << 10
		}
		if n := gzipped(t, []byte(js)); n > limit {
			t.Errorf("%s is %d bytes as gzip, over its budget of %d", name, n, limit)
		}
	}
}
