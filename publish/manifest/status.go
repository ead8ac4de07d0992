package manifest

// Status is the heartbeat.
type Status struct {
	V              int    `json:"v"`
	Election       string `json:"election"`
	Mode           string `json:"mode"`
	Seq            uint64 `json:"seq"`
	Number         int    `json:"number"`
	Published      string `json:"published"` // RFC 3339: when the release was committed
	Checked        string `json:"checked"`   // RFC 3339: when Herald last looked
	SourceAsOf     string `json:"source_as_of,omitempty"`
	PollAfterS     int    `json:"poll_after_s"`
	AliasesThrough int    `json:"aliases_through"` // release up to which aliases are fresh
	Signed         bool   `json:"signed"`
	// NextExpected is when the authority means to publish next, RFC 3339, as it
	// was announced before; "" when it was not.
	NextExpected string `json:"next_expected,omitempty"`
	// Races are all of them, Reporting those with any count, Complete those
	// with everything counted.
	Races     int      `json:"races"`
	Reporting int      `json:"reporting"`
	Complete  int      `json:"complete"`
	Sources   []Source `json:"sources"`
}

// Source is the state of one feed in words a reader understands.
type Source struct {
	Feed       string `json:"feed"`
	State      string `json:"state"` // "ok", "waiting", "lost"
	LastRead   string `json:"last_read,omitempty"`
	LastChange string `json:"last_change,omitempty"`
}
