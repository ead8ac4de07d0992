package templates

import "strconv"

// schemaFiles are the JSON Schemas that every publication has at
// /schema/v1/NAME.json.
func schemaFiles() []string {
	return []string{"head", "release", "definitions", "counts", "index", "files", "delta", "race", "updates", "corrections", "status"}
}

// AppendDataPage appends the page that says where the data is, how to read it
// and how to check it.
func AppendDataPage(dst []byte, v DataView, s *Site) []byte {
	p := newPage(dst, s)
	sh := shell{path: v.Path, heading: p.w.NavData, sums: p.w.DataSums, data: true}
	p.open(sh)
	p.top(sh)
	p.dataFiles()
	p.section(p.w.DataPoll)
	p.steps("ol", p.w.DataPollHead, p.w.DataPollWait, p.w.DataPollOlder, p.w.DataPollRelease, p.w.DataPollRace, p.w.DataPollError, p.w.DataPollLate)
	p.section(p.w.DataShow)
	p.steps("ul", p.w.DataShowNull, p.w.DataShowTime, p.w.DataShowStatus, p.w.DataShowKind, p.w.DataShowCondition, p.w.DataShowMode)
	p.dataCheck()
	p.section(p.w.DataSchemas)
	p.raw("<p>")
	p.raw(p.w.DataSchemasMore)
	p.raw("</p>\n<ul class=\"row\">")
	for _, name := range schemaFiles() {
		p.raw("<li><a")
		p.href("href", "/schema/v1/"+name+".json")
		p.raw("><code>")
		p.text(name + ".json")
		p.raw("</code></a></li>")
	}
	p.raw("</ul>\n")
	p.groups(v.Groups)
	p.written(p.w.DataTerms, p.w.Terms)
	p.raw("</div>\n")
	return p.close(sh)
}

// dataFiles appends the addresses, with links to those that always hold the
// newest.
func (p *page) dataFiles() {
	w := p.w
	p.section(w.DataWhere)
	p.raw("<p>")
	p.raw(w.DataWhereMore)
	p.raw(" ")
	p.raw(w.DataBegin)
	p.raw(" <code dir=\"ltr\">")
	p.text(p.s.Origin + p.s.Root)
	p.raw("</code></p>\n<table>\n<caption class=\"away\">")
	p.raw(w.DataWhere)
	p.raw("</caption>\n")
	p.columns(w.DataAddress, w.DataHolds)
	p.raw("<tbody>\n")
	for _, f := range [...]struct {
		path  string
		fixed bool // one file, which always holds the newest
		holds markup
	}{
		{HeadFile, true, w.DataHead}, {"releases/H.json", false, w.DataRelease}, {"groups/G/counts/H.json", false, w.DataCounts},
		{"groups/G/definitions/H.json", false, w.DataDefinitions}, {"groups/G/index/H.json", false, w.DataIndex},
		{"groups/G/files/H.json", false, w.DataFiles}, {"deltas/H.json", false, w.DataDeltas}, {"race/U/C.json", false, w.DataRace}, {UpdatesFile, true, w.DataUpdates},
		{CorrectionsFile, true, w.DataCorrections}, {StatusFile, true, w.DataStatus},
	} {
		p.raw("<tr><th scope=\"row\"><code dir=\"ltr\">")
		if f.fixed {
			p.raw("<a")
			p.file("href", f.path)
			p.raw(">")
		}
		p.text(f.path)
		if f.fixed {
			p.raw("</a>")
		}
		p.raw("</code></th><td>")
		p.raw(f.holds)
		p.raw("</td></tr>\n")
	}
	p.raw("</tbody>\n</table>\n")
}

// dataCheck appends the key and how to use it.
func (p *page) dataCheck() {
	w := p.w
	host := p.s.Origin
	if host == "" {
		host = "https://HOST"
	}
	p.section(w.DataCheck)
	verify := "herald verify " + host + p.s.Root
	if p.s.Key == "" {
		p.paragraphs(w.DataUnsigned)
	} else {
		p.paragraphs(w.DataSigned)
		p.code(p.s.Key)
		verify = "herald verify --key \"" + p.s.Key + "\" \\\n  " + host + p.s.Root
	}
	p.paragraphs(w.DataVerify)
	p.code(verify)
	p.paragraphs(w.DataHash)
	p.code("S=" + host + p.s.Root + "\n" +
		"R=$(curl -s ${S}head.json | jq -r .release)\n" +
		"curl -s --compressed ${S}releases/$R.json | sha256sum")
}

// code appends text to copy.
func (p *page) code(text string) {
	p.raw("<pre dir=\"ltr\"><code>")
	p.text(text)
	p.raw("</code></pre>\n")
}

func (p *page) groups(groups []GroupLine) {
	w := p.w
	p.section(w.DataGroups)
	p.paragraphs(w.DataGroupsMore)
	p.raw("<table class=\"places\">\n<caption class=\"away\">")
	p.raw(w.DataGroups)
	p.raw("</caption>\n")
	p.columns(w.DataGroup, w.DataRegion, w.DataRaces)
	p.raw("<tbody>\n")
	for i := range groups {
		g := &groups[i]
		p.raw("<tr><th scope=\"row\"><code>")
		p.text(g.ID)
		p.raw("</code></th><td>")
		p.name(g.Region)
		p.raw("</td><td>")
		p.number(int64(g.Races))
		p.raw("</td></tr>\n")
	}
	p.raw("</tbody>\n</table>\n")
}

// digitsOf appends a number for programs, as in an id.
func (p *page) digitsOf(n int) { p.b = strconv.AppendInt(p.b, int64(n), 10) }
