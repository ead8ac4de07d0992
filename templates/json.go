package templates

import (
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/heraldresults/herald/diff/snapshot"
)

// raceVersion is the version of the race JSON. It rises when a field changes
// its meaning or goes, not when one is added.
const raceVersion = 1

// AppendRaceJSON appends the public JSON of one race as schema/race.json
// describes it, in canonical form: fixed order of fields, integers only, null
// for what was not stated, times in UTC, one newline at the end. The value of
// "result" depends on the snapshot alone. Shares are not in it: votes are to
// be divided by what "share_of" names, "valid" for the stated valid votes or
// "votes" for the sum of the choices' votes without abstentions. "kind",
// "condition", "rounds", "channels" and the "seats" of a choice are left out
// where the source does not tell them.
func AppendRaceJSON(dst []byte, v RaceView, s *Site) []byte {
	dst = append(dst, `{"v":`...)
	dst = strconv.AppendInt(dst, raceVersion, 10)
	dst = appendField(dst, `,"election":`, s.Election)
	dst = appendField(dst, `,"mode":`, string(s.Mode))
	dst = appendField(dst, `,"race":`, v.Race.ID)
	dst = appendContest(dst, v.Race.Contest)
	dst = appendUnit(dst, v.Race.Unit)
	dst = appendResult(dst, v.Race)
	return appendState(dst, RaceState{
		Rev: v.Rev, Changed: v.Changed, AsOf: v.AsOf, Corrections: v.Corrections, History: v.History,
	})
}

func appendContest(dst []byte, c *snapshot.Contest) []byte {
	dst = appendField(dst, `,"contest":{"id":`, c.ID)
	dst = appendField(dst, `,"key":`, c.Key)
	dst = appendField(dst, `,"name":`, c.Name)
	dst = appendField(dst, `,"type":`, string(c.Type))
	dst = append(dst, `,"seats":`...)
	if c.Seats > 0 {
		dst = strconv.AppendInt(dst, int64(c.Seats), 10)
	} else {
		dst = append(dst, "null"...)
	}
	dst = appendField(dst, `,"heading":`, c.Heading)
	dst = appendField(dst, `,"count_unit":`, string(c.CountUnit))
	dst = append(dst, `,"choices":[`...)
	for i := range c.Choices {
		ch := &c.Choices[i]
		dst = comma(dst, i)
		dst = appendField(dst, `{"id":`, ch.ID)
		dst = appendField(dst, `,"key":`, ch.Key)
		dst = appendField(dst, `,"name":`, ch.Name)
		dst = appendField(dst, `,"party":`, ch.Party)
		dst = appendField(dst, `,"number":`, ch.Number)
		dst = appendField(dst, `,"detail":`, ch.Detail)
		dst = appendField(dst, `,"type":`, string(ch.Type))
		dst = append(dst, '}')
	}
	return append(dst, `]}`...)
}

func appendUnit(dst []byte, u *snapshot.Unit) []byte {
	dst = appendField(dst, `,"unit":{"id":`, u.ID)
	dst = appendField(dst, `,"key":`, u.Key)
	dst = appendField(dst, `,"name":`, u.Name)
	dst = appendField(dst, `,"type":`, string(u.Type))
	parent := ""
	if u.Parent != nil {
		parent = u.Parent.ID
	}
	dst = appendField(dst, `,"parent":`, parent)
	return append(dst, '}')
}

func appendResult(dst []byte, race *snapshot.Race) []byte {
	r := race.Result
	dst = append(dst, `,"result":{"choices":[`...)
	for i := range race.Contest.Choices {
		dst = comma(dst, i)
		dst = appendField(dst, `{"id":`, race.Contest.Choices[i].ID)
		dst = appendCount(dst, `,"votes":`, r.Votes[i])
		if i < len(r.Seats) && r.Seats[i].Present() {
			dst = appendCount(dst, `,"seats":`, r.Seats[i])
		}
		dst = appendField(dst, `,"outcome":`, string(outcome(r, i)))
		dst = append(dst, '}')
	}
	dst = appendField(dst, `],"share_of":`, basisOf(race).name)
	dst = appendTotals(dst, r.Totals)
	dst = appendField(dst, `,"status":`, string(r.Status))
	dst = appendKind(dst, r.Kind)
	if r.Condition != snapshot.NoCondition {
		dst = appendField(dst, `,"condition":`, string(r.Condition))
	}
	if len(r.Rounds) > 0 {
		dst = append(dst, `,"rounds":[`...)
		for i := range r.Rounds {
			dst = appendRound(comma(dst, i), race.Contest, &r.Rounds[i])
		}
		dst = append(dst, ']')
	}
	if len(r.Channels) > 0 {
		dst = append(dst, `,"channels":[`...)
		for i := range r.Channels {
			dst = appendChannel(comma(dst, i), race.Contest, &r.Channels[i])
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

func appendTotals(dst []byte, t snapshot.Totals) []byte {
	dst = appendCount(dst, `,"valid":`, t.Valid)
	dst = appendCount(dst, `,"blank":`, t.Blank)
	dst = appendCount(dst, `,"null":`, t.Null)
	dst = appendCount(dst, `,"ballots":`, t.Ballots)
	dst = appendCount(dst, `,"electorate":`, t.Electorate)
	dst = appendCount(dst, `,"units_in":`, t.UnitsIn)
	return appendCount(dst, `,"units_total":`, t.UnitsTotal)
}

// appendKind appends the kind of a count that is not an ordinary one.
func appendKind(dst []byte, k snapshot.CountKind) []byte {
	if k == snapshot.PlainCount {
		return dst
	}
	return appendField(dst, `,"kind":`, string(k))
}

// appendRound appends a round. A choice that is out has null votes.
func appendRound(dst []byte, c *snapshot.Contest, d *snapshot.Round) []byte {
	dst = append(dst, `{"choices":[`...)
	for i := range c.Choices {
		dst = appendField(comma(dst, i), `{"id":`, c.Choices[i].ID)
		dst = appendCount(dst, `,"votes":`, d.Votes[i])
		if i < len(d.Outcomes) && d.Outcomes[i] != snapshot.NoOutcome {
			dst = appendField(dst, `,"outcome":`, string(d.Outcomes[i]))
		}
		dst = append(dst, '}')
	}
	return append(appendCount(dst, `],"exhausted":`, d.Exhausted), '}')
}

func appendChannel(dst []byte, c *snapshot.Contest, ch *snapshot.Channel) []byte {
	dst = appendField(dst, `{"name":`, ch.Name)
	dst = append(dst, `,"choices":[`...)
	for i := range c.Choices {
		dst = appendField(comma(dst, i), `{"id":`, c.Choices[i].ID)
		dst = appendCount(dst, `,"votes":`, ch.Votes[i])
		dst = append(dst, '}')
	}
	dst = append(dst, ']')
	dst = appendTotals(dst, ch.Totals)
	return append(dst, '}')
}

// appendState appends what depends on earlier releases, to the end of the
// document.
func appendState(dst []byte, s RaceState) []byte {
	dst = append(dst, `,"rev":`...)
	dst = strconv.AppendInt(dst, int64(s.Rev), 10)
	dst = append(dst, `,"changed_release":`...)
	dst = strconv.AppendInt(dst, int64(s.Changed), 10)
	dst = appendTime(dst, `,"as_of":`, s.AsOf)
	dst = append(dst, `,"corrections":[`...)
	for i := range s.Corrections {
		dst = appendCorrection(comma(dst, i), &s.Corrections[i])
	}
	dst = append(dst, `],"history":[`...)
	for i := range s.History {
		dst = appendPoint(comma(dst, i), &s.History[i])
	}
	return append(dst, "]}\n"...)
}

func appendCorrection(dst []byte, c *Correction) []byte {
	dst = append(dst, `{"release":`...)
	dst = strconv.AppendInt(dst, int64(c.Release), 10)
	dst = appendTime(dst, `,"as_of":`, c.AsOf)
	dst = appendField(dst, `,"reason":`, c.Reason)
	dst = append(dst, `,"changes":[`...)
	for i, ch := range c.Changes {
		dst = append(comma(dst, i), `{"choice":`...)
		if ch.Choice >= 0 {
			dst = strconv.AppendInt(dst, int64(ch.Choice), 10)
		} else {
			dst = append(dst, "null"...)
		}
		dst = appendField(dst, `,"what":`, ch.What)
		dst = appendCount(dst, `,"from":`, ch.From)
		dst = appendCount(dst, `,"to":`, ch.To)
		dst = append(dst, '}')
	}
	return append(dst, "]}"...)
}

func appendPoint(dst []byte, p *Point) []byte {
	dst = appendTime(dst, `{"as_of":`, p.AsOf)
	dst = appendCount(dst, `,"units_in":`, p.UnitsIn)
	dst = appendCount(dst, `,"votes":`, p.Votes)
	dst = append(dst, `,"leaders":[`...)
	for i, l := range p.Leaders {
		dst = append(comma(dst, i), '[')
		dst = strconv.AppendInt(dst, int64(l.Choice), 10)
		dst = appendCount(dst, ",", l.Votes)
		dst = append(dst, ']')
	}
	dst = appendKind(append(dst, ']'), p.Kind)
	return append(dst, '}')
}

func comma(dst []byte, i int) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

func appendCount(dst []byte, name string, c snapshot.Count) []byte {
	return c.AppendJSON(append(dst, name...))
}

func appendTime(dst []byte, name string, t time.Time) []byte {
	dst = append(dst, name...)
	if t.IsZero() {
		return append(dst, "null"...)
	}
	dst = append(dst, '"')
	dst = t.UTC().AppendFormat(dst, time.RFC3339Nano)
	return append(dst, '"')
}

// appendField appends a name as it stands and a string, null when empty.
func appendField(dst []byte, name, s string) []byte {
	dst = append(dst, name...)
	if s == "" {
		return append(dst, "null"...)
	}
	return appendString(dst, s)
}

// appendString appends a JSON string (RFC 8259, section 7) that escapes only
// what must be. Bytes that are not UTF-8 become U+FFFD.
func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[from:i]...), "\uFFFD"...)
				from = i + 1
			}
			i += size
			continue
		}
		if c < 0x20 || c == '"' || c == '\\' {
			dst = append(dst, s[from:i]...)
			if c < 0x20 {
				dst = append(dst, `\u00`...)
				dst = append(dst, hex[c>>4], hex[c&15])
			} else {
				dst = append(dst, '\\', c)
			}
			from = i + 1
		}
		i++
	}
	return append(append(dst, s[from:]...), '"')
}
