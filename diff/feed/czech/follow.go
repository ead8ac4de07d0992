package czech

import (
	"fmt"
	"path"
	"strings"

	"github.com/heraldresults/herald/diff/feed"
)

// Follow implements feed.Follower: the address without a number holds the
// newest batch, and leads to those before it that have not come. Batches are
// numbered from 1 without gaps, and never change.
func (d *decoder) Follow(p feed.Payload) []feed.Want {
	name, ok := numbered(p.Name)
	if !ok {
		return nil
	}
	var out []feed.Want
	for _, n := range d.memory.missing() {
		out = append(out, feed.Want{Name: name(n), Version: fmt.Sprint(n)})
	}
	return out
}

// numbered tells how the address of the newest batch is written with a number:
// vysledky_okrsky?kolo=1&davka=7 (to 2023), vysledky_okrsky_00007.xml (since
// 2025). It is false for an address that has a number.
func numbered(address string) (name func(int) string, ok bool) {
	file, query, _ := strings.Cut(address, "?")
	if stem, isFile := strings.CutSuffix(file, ".xml"); isFile {
		name = func(n int) string { return fmt.Sprintf("%s_%05d.xml", stem, n) }
		return name, path.Base(stem) == "vysledky_okrsky"
	}
	var kept string
	for _, part := range strings.Split(query, "&") {
		switch key, value, _ := strings.Cut(part, "="); {
		case key == "davka" && value != "":
			return nil, false
		case key != "davka" && part != "":
			kept += part + "&"
		}
	}
	name = func(n int) string { return fmt.Sprintf("%s?%sdavka=%d", file, kept, n) }
	return name, path.Base(file) == "vysledky_okrsky"
}
