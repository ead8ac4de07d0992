package templates

import "strings"

// The reader's scripts. herald.js is on every page; the others are loaded when
// they are wanted, by an element that names one (see loads).
//
// What herald.js goes by:
//
//   - #page: data-release, data-poll, data-status and the words of scripted;
//     data-final where the count is certified, so that nobody asks again;
//     data-slow on lists, which ask half as often.
//   - [data-live] with an id: regions that are put in place when a later
//     release has arrived. Every page of one kind has the same ones, empty if
//     need be; another set means that the page has a new form.
//   - tr[id] in them: rows whose order stays while the reader is inside.
//   - #progress and #outcome are said to screen readers, where they exist.
//   - After a swap the event "herald:swap" happens on document. What another
//     script adds to a region stands in an element with data-added.

// SetAsset puts the address of a file of Assets where pages look for it.
func (s *Site) SetAsset(name string, a Asset) {
	switch name {
	case "herald.css":
		s.Style = a
	case "herald.js":
		s.Script = a
	case "herald.svg":
		s.Icon = a
	case "find.js":
		s.Find = a
	case "check.js":
		s.Check = a
	case "service.js":
		s.Service = a
	case "embed.js":
		s.Embed = a
	case "map.js":
		s.Map = a
	}
}

// scripted appends the attributes of <main> that herald.js goes by: how often
// to ask, which release is shown, and its words.
func (p *page) scripted(sh shell) {
	if sh.changed == 0 || p.s.PollSeconds == 0 {
		return
	}
	p.attrInt("data-release", sh.changed)
	if sh.slow {
		p.raw(" data-slow")
	}
	if sh.final {
		p.raw(" data-final")
	}
	p.add(p.around.live)
}

// locale appends what makes browsers write times and numbers as the page does,
// where the language alone does not: in other digits, and the day before the
// month.
func (p *page) locale() {
	l := p.s.Lang
	systems := map[markup]string{"٠": "arab", "۰": "arabext", "०": "deva", "০": "beng"}
	if nu := systems[l.digits.digit[0]]; nu != "" {
		p.attr("data-locale", l.Code+"-u-nu-"+nu)
	} else if l.Code == "en" {
		p.attr("data-locale", "en-GB")
	}
}

// liveWords appends what scripted says alike on every page.
func (p *page) liveWords() {
	p.attrInt("data-poll", p.s.PollSeconds)
	p.file("data-status", StatusFile)
	p.attr("data-zone", zoneName(p.s.Location))
	for _, d := range [...]struct{ name, word markup }{
		{` data-pause="`, p.w.Pause}, {` data-resume="`, p.w.Resume}, {` data-stale="`, p.w.Stale},
		{` data-offline="`, p.w.Offline}, {` data-older="`, p.w.Older}, {` data-waiting="`, p.w.Waiting},
		{` data-late="`, p.w.Late}, {` data-reload="`, p.w.Reload}, {` data-news="`, p.w.News},
	} {
		p.datum(d.name, d.word)
	}
}

// loads appends the attributes of an element that wants another script: when
// it is clicked (on is "click"), when focus enters it ("focusin"), or at once
// (""). The element should be hidden; herald.js shows it.
func (p *page) loads(a Asset, on markup) {
	if a.Href == "" {
		return
	}
	p.href("data-script", a.Href)
	p.attr("data-integrity", a.Integrity)
	if on != "" {
		p.datum(` data-on="`, on)
	}
}

// findSlot appends the field of the type-ahead, which find.js fills.
func (p *page) findSlot() {
	if p.s.Find.Href == "" {
		return
	}
	p.raw("<div id=\"find\" hidden")
	p.loads(p.s.Find, "focusin")
	p.file("data-search", SearchFile)
	p.path("data-base", "")
	p.datum(` data-found="`, p.w.FindFound)
	p.datum(` data-none="`, p.w.FindNone)
	p.datum(` data-failed="`, p.w.FindFailed)
	p.raw(">\n<label for=\"find-text\">")
	p.raw(p.w.FindLabel)
	p.raw("</label>\n<input id=\"find-text\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\">\n<p hidden><label for=\"find-in\">")
	p.raw(p.w.FindIn)
	p.raw("</label> <select id=\"find-in\"><option value=\"\">–</option></select></p>\n<p id=\"find-says\" role=\"status\"></p>\n" +
		"<ul id=\"find-list\" class=\"find\"></ul>\n</div>\n")
}

// targets are the fragments that make an embed of a page: with them in its
// address, a page shows the results alone, and in the colours that they name.
const targets markup = `<i class="embed" id="embed"></i><i class="embed" id="embed-light"></i><i class="embed" id="embed-dark"></i>` + "\n"

// framed appends what stands under a race in other people's pages alone: the
// way to the page itself.
func (p *page) framed(sh shell) {
	if sh.json == "" {
		return
	}
	p.raw("<p class=\"framed\"><a target=\"_blank\" rel=\"noopener\"")
	p.path("href", sh.path)
	p.raw(">")
	p.raw(p.w.FullPage)
	p.raw("</a> · ")
	p.name(p.s.Name)
	p.raw("</p>\n")
}

// verification appends the button with which readers check what they see, and
// the place where check.js says what it found. It stands beside the sentence
// that says whether releases are signed.
func (p *page) verification(sh shell) {
	// The name of a key verifies nothing.
	if sh.changed > 0 && p.s.Check.Href != "" && (p.s.Key == "" || strings.Count(p.s.Key, "+") > 1) {
		p.add(p.around.check)
	}
}

func (p *page) checkButton() {
	s := p.s
	p.raw("<button id=\"check\" type=\"button\" hidden")
	p.loads(s.Check, "click")
	p.file("data-root", "")
	p.attr("data-key", s.Key)
	p.attr("data-zone", zoneName(s.Location))
	p.path("data-words", AboutPath)
	p.datum(` data-working="`, p.w.CheckWorking)
	p.datum(` data-failed="`, p.w.CheckFailed)
	p.raw(">")
	p.raw(p.w.Check)
	p.raw("</button>\n<div role=\"status\"><ul id=\"checked-list\" class=\"check\"></ul></div>\n")
}

// checkWords appends, on the page at AboutPath, what check.js can say. Every
// page would be a fifth heavier with these words, and few readers check.
func (p *page) checkWords() {
	p.raw("<div id=\"check-words\" hidden")
	for _, d := range [...]struct{ name, word markup }{
		{` data-signed="`, p.w.CheckSigned}, {` data-forged="`, p.w.CheckForged},
		{` data-unsigned="`, p.w.CheckUnsigned}, {` data-unable="`, p.w.CheckUnable}, {` data-insecure="`, p.w.CheckInsecure},
		{` data-page="`, p.w.CheckPage}, {` data-page-bad="`, p.w.CheckPageBad},
		{` data-seen="`, p.w.CheckSeen}, {` data-seen-bad="`, p.w.CheckSeenBad},
		{` data-json="`, p.w.CheckData}, {` data-json-bad="`, p.w.CheckDataBad},
		{` data-damaged="`, p.w.CheckDamaged}, {` data-behind="`, p.w.CheckBehind}, {` data-frozen="`, p.w.CheckFrozen},
		{` data-means="`, p.w.CheckMeans}, {` data-hashes="`, p.w.CheckHashes},
	} {
		p.datum(d.name, d.word)
	}
	p.raw("></div>\n")
}
