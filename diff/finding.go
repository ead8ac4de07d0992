package diff

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/heraldresults/herald/diff/snapshot"
)

// note adds a finding about the update as a whole.
func (out *Applied) note(code, format string, args ...any) {
	out.Findings = append(out.Findings, snapshot.Finding{Code: code, Text: fmt.Sprintf(format, args...)})
}

// about adds a finding about every race of a contest.
func (out *Applied) about(c *snapshot.Contest, code, format string, args ...any) {
	out.Findings = append(out.Findings, snapshot.Finding{Code: code, Text: fmt.Sprintf(format, args...), Contest: c.ID})
}

// on adds a finding about one race.
func (out *Applied) on(r *snapshot.Race, code, format string, args ...any) {
	out.Findings = append(out.Findings, snapshot.Finding{Code: code, Text: fmt.Sprintf(format, args...), Contest: r.Contest.ID, Race: r.ID})
}

// settle says of the findings from first on that they are about r.
func (out *Applied) settle(first int, r *snapshot.Race) {
	for i := first; i < len(out.Findings); i++ {
		out.Findings[i].Contest, out.Findings[i].Race = r.Contest.ID, r.ID
	}
}

// dispute leaves the results of a contest in this update out.
func (out *Applied) dispute(contest string) {
	if out.disputed == nil {
		out.disputed = map[string]bool{}
	}
	out.disputed[contest] = true
}

// shown is how many items a finding lists.
const shown = 5

// list joins parts, at most shown of them.
func list(parts []string) string {
	if len(parts) > shown {
		return strings.Join(parts[:shown], ", ") + " and " + strconv.Itoa(len(parts)-shown) + " more"
	}
	return strings.Join(parts, ", ")
}

// quoted shows what a source sent.
func quoted(s string) string { return strconv.Quote(s) }
