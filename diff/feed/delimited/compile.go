package delimited

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// plan is a mapping that was checked whole.
type plan struct {
	zone     *time.Location
	title    string
	election string
	phase    snapshot.Phase
	count    snapshot.CountUnit
	patience int
	fixed    []unitText // constants
	contests []contestText
	files    []*file
}

// compile reads a mapping file. An error says where it is wrong and what is
// allowed.
func compile(text []byte, zone *time.Location) (*plan, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("read the mapping: none is named (mapping in [[feed]], or --mapping), or it is empty; docs/feeds/delimited.md says how to write one")
	}
	var m mapping
	if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&m); err != nil {
		return nil, fmt.Errorf("read the mapping: %w", placed(err))
	}
	c := compiler{text: string(text), mapping: &m, plan: &plan{zone: zone}}
	if err := c.all(); err != nil {
		return nil, fmt.Errorf("read the mapping: %w", err)
	}
	return c.plan, nil
}

// placed says where the file is wrong as TOML.
func placed(err error) error {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) && len(unknown.Errors) > 0 {
		e := &unknown.Errors[0]
		row, col := e.Position()
		key := e.Key()
		return fmt.Errorf("line %d, column %d: there is no setting %q%s", row, col, strings.Join(key, "."), suggestSetting(key))
	}
	var wrong *toml.DecodeError
	if errors.As(err, &wrong) {
		row, col := wrong.Position()
		text := strings.TrimPrefix(wrong.Error(), "toml: ")
		if kind, _, ok := strings.Cut(text, " into struct field"); ok {
			text = fmt.Sprintf("%s takes another kind of value than a %s", strings.Join(wrong.Key(), "."), strings.TrimPrefix(kind, "cannot decode TOML "))
		}
		return fmt.Errorf("line %d, column %d: %s", row, col, text)
	}
	return err
}

// compiler turns a mapping into a plan.
type compiler struct {
	text    string
	mapping *mapping
	values  map[string]*valueTable
	plan    *plan
	file    int // being compiled, from 1; 0 outside
	row     int
}

// wrong is an error about a setting. near is its value, by which the place in
// the file is found.
func (c *compiler) wrong(setting, near, format string, args ...any) error {
	where := setting
	switch {
	case c.row > 0:
		where = fmt.Sprintf("[[file]] %d, [[file.row]] %d, %s", c.file, c.row, setting)
	case c.file > 0:
		where = fmt.Sprintf("[[file]] %d, %s", c.file, setting)
	}
	line, column := c.find(near)
	return fmt.Errorf("line %d, column %d: %s: %s", line, column, where, fmt.Sprintf(format, args...))
}

// find is the line and column of a value inside the table being compiled.
func (c *compiler) find(near string) (line, column int) {
	from := 0
	for n := 0; n < c.file; n++ {
		from += after(c.text[from:], "[[file]]")
	}
	for n := 0; n < c.row; n++ {
		from += after(c.text[from:], "[[file.row]]")
	}
	at := max(from-1, 0)
	if i := strings.Index(c.text[from:], near); near != "" && i >= 0 {
		at = from + i
	}
	line = strings.Count(c.text[:at], "\n") + 1
	return line, at - strings.LastIndexByte(c.text[:at], '\n')
}

// after is the place behind word in s; 0 when it is not there.
func after(s, word string) int {
	if i := strings.Index(s, word); i >= 0 {
		return i + len(word)
	}
	return 0
}

func (c *compiler) all() error {
	m, p := c.mapping, c.plan
	if m.Zone != "" {
		zone, err := time.LoadLocation(m.Zone)
		if err != nil || m.Zone == "Local" {
			return c.wrong("zone", m.Zone, "%q is no time zone; write for example %q", m.Zone, "America/Chicago")
		}
		p.zone = zone
	}
	if p.zone == nil {
		p.zone = time.UTC
	}
	p.title, p.election, p.phase = m.Title, m.Election, snapshot.Phase(m.Phase)
	if err := c.word("phase", m.Phase, phases()); err != nil {
		return err
	}
	p.count = snapshot.CountUnit(m.Count)
	if err := c.word("count_unit", m.Count, countUnits()); err != nil {
		return err
	}
	if err := c.constants(); err != nil {
		return err
	}
	if len(m.Files) == 0 {
		return errors.New("there is no [[file]]")
	}
	if err := c.tables(); err != nil {
		return err
	}
	if p.patience = m.Patience; p.patience <= 0 {
		p.patience = 20
	}
	return c.files()
}

// tables are the tables of values. A zone below the name of a table belongs to
// it, which nobody wants.
func (c *compiler) tables() error {
	c.values = map[string]*valueTable{}
	for _, name := range keysOf(c.mapping.Values) {
		table := c.mapping.Values[name]
		if zone := table["zone"]; strings.Contains(zone, "/") {
			if _, err := time.LoadLocation(zone); err == nil {
				return c.wrong("zone", zone, "it stands in the table [values.%s]; what stands in no table comes first in the mapping", name)
			}
		}
		c.values[name] = newValueTable(table)
	}
	return nil
}

// files compiles every [[file]] and checks what they are to each other.
func (c *compiler) files() error {
	m, p := c.mapping, c.plan
	sets := map[string]int{}
	for i := range m.Files {
		c.file = i + 1
		f, err := c.compileFile(&m.Files[i])
		if err != nil {
			return err
		}
		f.index = i
		p.files = append(p.files, f)
		if f.agree != "" {
			sets[f.agree]++
		}
	}
	for i, f := range p.files {
		c.file = i + 1
		if n := sets[f.agree]; f.agree != "" && n < 2 {
			return c.wrong("agree", f.agree, "no other [[file]] has agree = %q", f.agree)
		}
	}
	return nil
}

// constants checks [[unit]] and [[contest]], which stand for themselves.
func (c *compiler) constants() error {
	p := c.plan
	for _, u := range c.mapping.Units {
		for x, depth := &u, 0; x != nil; x, depth = x.Parent, depth+1 {
			if x.Key == "" || depth == maxDepth {
				return c.wrong("unit.key", x.Name, "a [[unit]] needs a key, and at most %d units stand in one another", maxDepth)
			}
			if err := c.word("unit.type", x.Type, unitTypes()); err != nil {
				return err
			}
		}
		p.fixed = append(p.fixed, u)
	}
	for _, d := range c.mapping.Contests {
		if d.Key == "" {
			return c.wrong("contest.key", d.Name, "a [[contest]] needs a key")
		}
		if err := c.word("contest.type", d.Type, contestTypes()); err != nil {
			return err
		}
		for _, n := range []string{d.Seats, d.Order} {
			if !digits(n) {
				return c.wrong("contest", n, "%q is no number", n)
			}
		}
		for _, x := range d.Choices {
			if x.Key == "" {
				return c.wrong("contest.choice.key", x.Name, "a [[contest.choice]] needs a key")
			}
			if err := c.word("contest.choice.type", x.Type, choiceTypes()); err != nil {
				return err
			}
		}
		p.contests = append(p.contests, d)
	}
	return nil
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" && len(s) < 10 }

// word checks a setting that takes one of a few words, or nothing.
func (c *compiler) word(setting, value string, allowed []string) error {
	for _, a := range allowed {
		if a == value {
			return nil
		}
	}
	if value == "" {
		return nil
	}
	return c.wrong(setting, value, "%q is not allowed%s", value, suggest(value, allowed))
}

func phases() []string { return []string{string(snapshot.PhaseLive), string(snapshot.PhaseTest)} }

func unitTypes() []string {
	return []string{string(snapshot.Country), string(snapshot.State), string(snapshot.County), string(snapshot.Municipality),
		string(snapshot.CongressionalDistrict), string(snapshot.District), string(snapshot.Precinct), string(snapshot.Abroad), string(snapshot.OtherUnit)}
}

func countUnits() []string {
	var out []string
	for _, u := range snapshot.CountUnits() {
		out = append(out, string(u))
	}
	return out
}

func contestTypes() []string {
	return []string{string(snapshot.CandidateContest), string(snapshot.PartyContest), string(snapshot.BallotMeasureContest), string(snapshot.RetentionContest)}
}

func choiceTypes() []string {
	return []string{string(snapshot.Plain), string(snapshot.WriteIn), string(snapshot.Abstention)}
}

func outcomes() []string {
	return []string{string(snapshot.NoOutcome), string(snapshot.Elected), string(snapshot.Runoff), string(snapshot.NotElected),
		string(snapshot.Substitute), string(snapshot.Passed), string(snapshot.Failed), string(snapshot.Tie), string(snapshot.Lot)}
}

func statuses() []string {
	return []string{string(snapshot.StatusUnknown), string(snapshot.PreElection), string(snapshot.UnofficialPartial), string(snapshot.UnofficialFull), string(snapshot.Certified), string(snapshot.Recount)}
}

func raceConditions() []string {
	return []string{string(snapshot.NoCondition), string(snapshot.Uncontested), string(snapshot.Withheld), string(snapshot.Annulled), string(snapshot.Postponed)}
}

func kinds() []string {
	return []string{string(snapshot.PlainCount), string(snapshot.IntermediateCount), string(snapshot.FinalCount)}
}

// encodings reads a list of encodings.
func (c *compiler) encodings(names []string) ([]feed.Encoding, error) {
	var out []feed.Encoding
	for _, name := range names {
		e, err := feed.ParseEncoding(name)
		if err != nil {
			return nil, c.wrong("encodings", name, "%v", err)
		}
		out = append(out, e)
	}
	return out, nil
}
