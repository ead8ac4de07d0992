package delimited

// mapping is a mapping file as it stands in TOML. docs/feeds/delimited.md says
// what each setting means.
type mapping struct {
	Zone     string                       `toml:"zone"`
	Title    string                       `toml:"title"`
	Election string                       `toml:"election"`
	Phase    string                       `toml:"phase"`
	Count    string                       `toml:"count_unit"`
	Patience int                          `toml:"patience"`
	Values   map[string]map[string]string `toml:"values"`
	Units    []unitText                   `toml:"unit"`
	Contests []contestText                `toml:"contest"`
	Files    []fileText                   `toml:"file"`
}

type unitText struct {
	Key    string    `toml:"key"`
	Name   string    `toml:"name"`
	Type   string    `toml:"type"`
	Parent *unitText `toml:"parent"`
}

type contestText struct {
	Key     string       `toml:"key"`
	Name    string       `toml:"name"`
	Type    string       `toml:"type"`
	Seats   string       `toml:"seats"`
	Order   string       `toml:"order"`
	Heading string       `toml:"heading"`
	Choices []choiceText `toml:"choice"` // of [[contest]] only
}

type choiceText struct {
	Key    string `toml:"key"`
	Name   string `toml:"name"`
	Party  string `toml:"party"`
	Number string `toml:"number"`
	Detail string `toml:"detail"`
	Type   string `toml:"type"`
	Order  string `toml:"order"`
}

type fileText struct {
	Name         any                 `toml:"name"` // a text or a list of texts
	Role         string              `toml:"role"`
	Separator    string              `toml:"separator"`
	Quotes       *bool               `toml:"quotes"`
	Multiline    bool                `toml:"multiline"`
	Encodings    []string            `toml:"encodings"`
	Zip          string              `toml:"zip"`
	Trim         bool                `toml:"trim"`
	Header       *int                `toml:"header"`
	HeaderStarts string              `toml:"header_starts"`
	HeaderLines  int                 `toml:"header_lines"`
	Columns      []string            `toml:"columns"`
	Optional     []string            `toml:"optional"`
	Ignore       []string            `toml:"ignore"`
	Carry        []string            `toml:"carry"`
	Alias        map[string][]string `toml:"alias"`
	Preamble     map[string]cellText `toml:"preamble"`
	End          *string             `toml:"end"`
	FinalNewline *bool               `toml:"final_newline"`
	Empty        bool                `toml:"empty"`
	Complete     completeText        `toml:"complete"`
	Absent       []string            `toml:"absent"`
	Counts       countsText          `toml:"counts"`
	Stamp        stampText           `toml:"stamp"`
	Agree        string              `toml:"agree"`
	Scope        string              `toml:"scope"`
	Rank         int                 `toml:"rank"`
	Title        string              `toml:"title"`
	Election     string              `toml:"election"`
	Phase        string              `toml:"phase"`
	Zeros        string              `toml:"zeros"`
	Best         bestText            `toml:"best"`
	Sums         []string            `toml:"sums"`
	Rows         []rowText           `toml:"row"`
}

// cellText finds a value above the header.
type cellText struct {
	Line   int    `toml:"line"`
	Starts string `toml:"starts"`
	Cell   int    `toml:"cell"`
	Like   string `toml:"like"`
}

type completeText struct {
	Last    map[string]any `toml:"last"`
	MinRows int            `toml:"min_rows"`
	Rows    string         `toml:"rows"`
	Group   string         `toml:"group"`
	Groups  int            `toml:"groups"`
	Equal   bool           `toml:"equal"`
}

type countsText struct {
	Thousands string `toml:"thousands"`
	Decimal   string `toml:"decimal"`
	Plus      bool   `toml:"plus"`
	Padded    bool   `toml:"padded"`
	Negative  string `toml:"negative"`
}

type stampText struct {
	From   string `toml:"from"`
	Layout string `toml:"layout"`
	Row    string `toml:"row"`
}

type bestText struct {
	Of    string   `toml:"of"`
	Order []string `toml:"order"`
}

type rowText struct {
	When     map[string]any `toml:"when"`
	Unless   map[string]any `toml:"unless"`
	Skip     bool           `toml:"skip"`
	Columns  string         `toml:"columns"`
	Unit     *unitText      `toml:"unit"`
	Contest  *contestText   `toml:"contest"`
	Choice   *choiceText    `toml:"choice"`
	Votes    string         `toml:"votes"`
	Seats    string         `toml:"seats"`
	Outcome  string         `toml:"outcome"`
	Status   string         `toml:"status"`
	Kind     string         `toml:"kind"`
	State    string         `toml:"condition"`
	Totals   totalsText     `toml:"totals"`
	Channels []channelText  `toml:"channels"`
}

type totalsText struct {
	Valid      string `toml:"valid"`
	Blank      string `toml:"blank"`
	Null       string `toml:"null"`
	Ballots    string `toml:"ballots"`
	Electorate string `toml:"electorate"`
	UnitsIn    string `toml:"units_in"`
	UnitsTotal string `toml:"units_total"`
}

type channelText struct {
	Name  string `toml:"name"`
	Votes string `toml:"votes"`
}
