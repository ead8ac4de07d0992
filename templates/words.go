package templates

import "github.com/heraldresults/herald/diff/snapshot"

// words are all the words that pages show beside what the source states, in
// one language. They are filled from words/LANGUAGE.toml and from what an
// authority overrides: a table of the file is a struct here, a key the name of
// a field in lower case with "_" between its words.
type words struct {
	pageWords
	raceWords
	placeWords
	findWords
	serviceWords
	scriptWords
	mapWords
	siteWords
}

// sections are the parts of w by the names of their tables.
func (w *words) sections() map[string]any {
	return map[string]any{"page": &w.pageWords, "race": &w.raceWords, "place": &w.placeWords,
		"find": &w.findWords, "service": &w.serviceWords, "script": &w.scriptWords, "map": &w.mapWords, "site": &w.siteWords}
}

// findWords are those of the pages and the script that find a race.
type findWords struct{}

// serviceWords are those of the pages about the publication.
type serviceWords struct{}

// scriptWords are those that the scripts show.
type scriptWords struct{}

// mapWords are those of maps.
type mapWords struct{}

// siteWords are texts that only an authority can write. Each may be missing.
// A blank line divides paragraphs.
type siteWords struct {
	About, Timetable, NotCounted, Contact, Report markup
}

// pageWords are those around and on every page, and of the script.
type pageWords struct {
	Absent, ModeTest, ModeRehearsal, ModeReplay, Skip, Trail, AsOf, AsOfNone, Published      markup
	Checked, Pause, Resume, Stale, Late, Reload, News, Comma, NothingYet, JSON, Home, Signed markup
	Unsigned, LostTitle, LostText                                                            markup

	More, Fraction phrase
}

// raceWords are those of one race.
type raceWords struct {
	NoResult, NoResultMore, SomeMissing, Leading, Level, Most, NotDecided, NotStated         markup
	Elected, Runoff, Passed, Failed, Partial, Full, Certified, Before, TagElected, TagRunoff markup
	TagNotElected, TagPassed, TagFailed, TagSubstitute, Choice, Votes, Share, Number         markup
	Results, RestCaption, Facts, Valid, Blank, Null, Ballots, Electorate, Turnout            markup
	Corrections, Corrected, CorrectedMark, Correction, ReasonSource, ReasonFinal             markup
	ReasonOther, To, WhatVotes, WhatUnits, WhatBallots, WhatValid, WhatOther, Moved          markup
	MovedCaption, MovedAll, Counted, MovedLeaders, Intermediate, IntermediateSome            markup
	IntermediateMark, Final, Channels, ChannelsMore                                          markup

	Seats, ShareValid, ShareVotes, RestSummary, UnitsOf, UnitsIn, UnitsTotal, Axis phrase
}

// placeWords are those of the pages of places.
type placeWords struct {
	AllRaces, Places, Place, PlacesCaption, Reporting, Complete, Last, Nothing, Undecided markup

	RacesSome, RacesDone, PlacesSome phrase
}

// mode is the warning of a publication that is not live, "" when it is. What
// is not known to be live is a test.
func (w *words) mode(m Mode) markup {
	switch m {
	case Live:
		return ""
	case Rehearsal:
		return w.ModeRehearsal
	case Replay:
		return w.ModeReplay
	}
	return w.ModeTest
}

func (w *words) status(s snapshot.Status) markup {
	switch s {
	case snapshot.PreElection:
		return w.Before
	case snapshot.UnofficialPartial:
		return w.Partial
	case snapshot.UnofficialFull:
		return w.Full
	case snapshot.Certified:
		return w.Certified
	}
	return ""
}

// kind names a count that is not an ordinary one.
func (w *words) kind(k snapshot.CountKind) markup {
	switch k {
	case snapshot.IntermediateCount:
		return w.IntermediateMark
	case snapshot.FinalCount:
		return w.Final
	}
	return ""
}

func (w *words) tag(o snapshot.Outcome) markup {
	switch o {
	case snapshot.Elected:
		return w.TagElected
	case snapshot.Runoff:
		return w.TagRunoff
	case snapshot.NotElected:
		return w.TagNotElected
	case snapshot.Substitute:
		return w.TagSubstitute
	case snapshot.Passed:
		return w.TagPassed
	case snapshot.Failed:
		return w.TagFailed
	}
	return ""
}

func (w *words) what(s string) markup {
	switch s {
	case "votes":
		return w.WhatVotes
	case "units_in":
		return w.WhatUnits
	case "ballots":
		return w.WhatBallots
	case "valid":
		return w.WhatValid
	}
	return w.WhatOther
}
