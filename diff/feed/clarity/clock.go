package clarity

import (
	"fmt"
	"strings"
	"time"

	"github.com/heraldresults/herald/diff/feed"
)

const clock = "1/2/2006 3:04:05 PM"

// offset is the distance of a zone from UTC in hours.
func offset(letters string) (hours int, known bool) {
	switch letters {
	case "AST", "EDT":
		return -4, true
	case "EST", "CDT":
		return -5, true
	case "CST", "MDT":
		return -6, true
	case "MST", "PDT":
		return -7, true
	case "PST", "AKDT":
		return -8, true
	case "AKST":
		return -9, true
	case "HST":
		return -10, true
	}
	return 0, false
}

// parseTime reads "11/20/2020 3:37:06 PM EST". A zone that is configured must
// agree with the letters, and stands in for them where there are none.
func parseTime(s string, zone *time.Location) (time.Time, *feed.Refusal) {
	refuse := func(format string, args ...any) (time.Time, *feed.Refusal) {
		return time.Time{}, &feed.Refusal{Code: "E_TIME", Text: fmt.Sprintf(format, args...)}
	}
	wall, name := s, ""
	if i := strings.LastIndexByte(s, ' '); i >= 0 && s[i+1:] != "AM" && s[i+1:] != "PM" {
		wall, name = s[:i], s[i+1:]
	}
	if name == "" {
		if zone == nil {
			return refuse("%q names no zone and none is configured", s)
		}
		return feed.ParseLocal(clock, wall, zone)
	}
	hours, known := offset(name)
	if !known {
		return refuse("%q: the zone %q is not known", s, name)
	}
	t, err := time.ParseInLocation(clock, wall, time.FixedZone(name, hours*3600))
	if err != nil {
		return refuse("%q is not a time", s)
	}
	if zone != nil {
		if _, seconds := t.In(zone).Zone(); seconds != hours*3600 {
			return refuse("%q: %s is not the time of %s", s, name, zone)
		}
	}
	return t.UTC(), nil
}
