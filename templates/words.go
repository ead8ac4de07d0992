package templates

import "github.com/heraldresults/herald/diff/snapshot"

// words are all the words that pages show beside what the source states. In a
// phrase, "#1" and "#2" are places of numbers; "{t}" is a place of a time that
// the script fills. A further language is a further function like english.
type words struct {
	lang, dir                          string
	group, decimal, absent, absentCell markup
	months                             [12]markup

	modeTest, modeRehearsal, modeReplay markup

	skip, trail                              markup
	asOf, asOfNone, published, checked       markup
	pause, resume, stale, late, reload, news markup

	noResult, noResultMore, someMissing               markup
	leading, level, most, notDecided, notStated       markup
	elected, runoff, passed, failed, mark             markup
	comma, more                                       markup
	seats                                             markup
	partial, full, certified, before                  markup
	tagElected, tagRunoff, tagNotElected, tagPassed   markup
	tagFailed, tagSubstitute                          markup
	choice, votes, share, number                      markup
	results, nothingYet                               markup
	shareValid, shareVotes                            markup
	restSummary, restCaption                          markup
	unitsOf, unitsIn, unitsTotal                      markup
	facts                                             markup
	valid, blank, null, ballots, electorate, turnout  markup
	corrections, corrected, correctedMark, correction markup
	reasonSource, reasonFinal, reasonOther, to        markup
	whatVotes, whatUnits, whatBallots, whatValid      markup
	whatOther                                         markup
	moved, movedCaption, movedAll, counted            markup
	movedLeaders, axis                                markup
	json, home, signed, unsigned                      markup

	kindWords
	placeWords
}

// kindWords are those of intermediate and final counts, and of channels.
type kindWords struct {
	intermediate, intermediateSome, intermediateMark markup
	final, channels, channelsMore                    markup
}

// placeWords are those of the pages of places.
type placeWords struct {
	allRaces, places, place, placesCaption    markup
	reporting, complete, last                 markup
	racesSome, racesDone, placesSome, nothing markup
	oneRaceSome, onePlaceSome                 markup
	lostTitle, lostText                       markup
	xOfY, undecided                           markup
}

// english is the table of words in English.
func english() words {
	return words{
		lang: "en", dir: "ltr",
		group: ",", decimal: ".", absent: "not stated",
		absentCell: `<span aria-hidden="true">–</span><span class="away">not stated</span>`,
		months: [12]markup{"January", "February", "March", "April", "May", "June", "July",
			"August", "September", "October", "November", "December"},

		modeTest:      "TEST – NOT RESULTS",
		modeRehearsal: "REHEARSAL – NOT RESULTS",
		modeReplay:    "REPLAY OF AN EARLIER COUNT – NOT LIVE RESULTS",

		skip: "Skip to the results", trail: "Places above this one",
		asOf: "Counted as of", asOfNone: "not stated", published: "Published", checked: "Checked",
		pause: "Pause updates", resume: "Resume updates",
		stale:  "No answer since {t}. The numbers below may be old.",
		late:   "The source was last checked at {t}. Newer numbers may exist.",
		reload: "This page has a new form. Reload it to see the latest numbers.",
		news:   "Updated.",

		noResult: "No result yet", noResultMore: "Nothing has been counted yet.",
		someMissing: "Not every choice has a number yet",
		leading:     "Leading: ", level: "Level: ", most: "Most votes: ",
		notDecided: ", not decided", notStated: ". The source has not stated an outcome.",
		elected: "Elected: ", runoff: "Goes to a run-off: ", passed: "Passed: ", failed: "Not passed",
		mark: `<span class="mark" aria-hidden="true">✓</span> `, comma: ", ", more: " and #1 more",
		seats:   "#1 seats",
		partial: "Count under way, unofficial", full: "All counted, unofficial",
		certified: "Certified", before: "Before the count",
		tagElected: "Elected", tagRunoff: "Run-off", tagNotElected: "Not elected", tagPassed: "Passed",
		tagFailed: "Not passed", tagSubstitute: "Substitute",
		choice: "Choice", votes: "Votes", share: "Share", number: "No. ",
		results: "Results", nothingYet: "nothing yet",
		shareValid:  "Share of #1 valid votes.",
		shareVotes:  "Share of the #1 votes listed here.",
		restSummary: "Show #1 more", restCaption: "Results, continued",
		unitsOf: "#1 of #2 counted", unitsIn: "#1 counted", unitsTotal: "Nothing yet of #1",
		facts: "Ballots",
		valid: "Valid votes", blank: "Blank", null: "Null or spoiled", ballots: "Ballots",
		electorate: "Registered voters", turnout: "Turnout",
		corrections: "Corrections", corrected: "A number here was corrected: ", correctedMark: "Corrected",
		correction:   "All corrections",
		reasonSource: "The official source stated less than before.",
		reasonFinal:  "The final count replaced an intermediate one, which may have contained duplicates.",
		reasonOther:  "Reason given: ", to: " → ",
		whatVotes: "votes", whatUnits: "parts counted", whatBallots: "ballots", whatValid: "valid votes",
		whatOther: "another number",
		moved:     "How the count moved", movedCaption: "Published states of this count, newest first",
		movedAll: "All votes", counted: "Counted", movedLeaders: "Most votes",
		axis: "0 to #1 votes",
		json: "Data of this race (JSON)", home: "All results",
		signed:     "Signed: this page belongs to a release that carries a signature.",
		unsigned:   "Not signed: releases of this publication carry no signature.",
		kindWords:  englishKinds(),
		placeWords: englishPlaces(),
	}
}

func englishKinds() kindWords {
	return kindWords{
		intermediate:     "Intermediate count: it may contain duplicates. The final count replaces it.",
		intermediateSome: "Some counts here are intermediate: they may contain duplicates. The final counts replace them.",
		intermediateMark: "Intermediate", final: "Final count",
		channels: "By channel", channelsMore: "The same votes by the way they were cast.",
	}
}

func englishPlaces() placeWords {
	return placeWords{
		allRaces: "Races", places: "Places", place: "Place", placesCaption: "Places inside",
		reporting: "Reporting", complete: "Complete", last: "Last counted",
		racesSome: "#1 of #2 races have a count", oneRaceSome: "#1 of 1 race has a count",
		racesDone:  ", #1 complete",
		placesSome: "#1 of #2 places have a count", onePlaceSome: "#1 of 1 place has a count",
		nothing:   "Nothing has been counted yet.",
		lostTitle: "No such page", lostText: "There is no page at this address.",
		xOfY: "#1 of #2", undecided: "Not decided",
	}
}

// mode is the warning of a publication that is not live, "" when it is. What
// is not known to be live is a test.
func (w *words) mode(m Mode) markup {
	switch m {
	case Live:
		return ""
	case Rehearsal:
		return w.modeRehearsal
	case Replay:
		return w.modeReplay
	}
	return w.modeTest
}

func (w *words) status(s snapshot.Status) markup {
	switch s {
	case snapshot.PreElection:
		return w.before
	case snapshot.UnofficialPartial:
		return w.partial
	case snapshot.UnofficialFull:
		return w.full
	case snapshot.Certified:
		return w.certified
	}
	return ""
}

// kind names a count that is not an ordinary one.
func (w *words) kind(k snapshot.CountKind) markup {
	switch k {
	case snapshot.IntermediateCount:
		return w.intermediateMark
	case snapshot.FinalCount:
		return w.final
	}
	return ""
}

func (w *words) tag(o snapshot.Outcome) markup {
	switch o {
	case snapshot.Elected:
		return w.tagElected
	case snapshot.Runoff:
		return w.tagRunoff
	case snapshot.NotElected:
		return w.tagNotElected
	case snapshot.Substitute:
		return w.tagSubstitute
	case snapshot.Passed:
		return w.tagPassed
	case snapshot.Failed:
		return w.tagFailed
	}
	return ""
}

func (w *words) what(s string) markup {
	switch s {
	case "votes":
		return w.whatVotes
	case "units_in":
		return w.whatUnits
	case "ballots":
		return w.whatBallots
	case "valid":
		return w.whatValid
	}
	return w.whatOther
}
