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
	units unitWords
}

// sections are the parts of w by the names of their tables.
func (w *words) sections() map[string]any {
	return map[string]any{"page": &w.pageWords, "race": &w.raceWords, "place": &w.placeWords,
		"find": &w.findWords, "service": &w.serviceWords, "script": &w.scriptWords, "map": &w.mapWords, "site": &w.siteWords, "units": &w.units}
}

// findWords are those of the pages and the script that find a race.
type findWords struct {
	FindTitle, FindIntro, FindLetters, FindAll markup
}

// serviceWords are those of the pages about the publication.
type serviceWords struct {
	UpdatesSums, UpdatesNone, UpdatesOlder, UpdatesNewest, UpdatesFile, UpdateSame, UpdateWhere                                                 markup
	CorrectionsSums, CorrectionsNone, CorrectionsFile, DataSums, DataWhere, DataWhereMore                                                       markup
	DataAddress, DataHolds, DataFiles, DataShowCondition, DataBegin, EmbedNoHost, DataHead, DataRelease, DataCounts, DataDefinitions, DataIndex markup
	DataDeltas, DataRace, DataUpdates, DataCorrections, DataStatus, DataPoll, DataPollHead                                                      markup
	DataPollWait, DataPollOlder, DataPollRelease, DataPollRace, DataPollError, DataPollLate                                                     markup
	DataShow, DataShowNull, DataShowTime, DataShowStatus, DataShowKind, DataShowMode, DataCheck                                                 markup
	DataSigned, DataUnsigned, DataVerify, DataHash, DataSchemas, DataSchemasMore, DataGroups                                                    markup
	DataGroupsMore, DataGroup, DataRegion, DataRaces, DataTerms, EmbedSums, EmbedAddress                                                        markup
	EmbedTheme, EmbedAuto, EmbedLight, EmbedDark, EmbedLanguage, EmbedCode, EmbedCopyCode                                                       markup
	EmbedCopied, EmbedWrong, EmbedLook, EmbedHow, EmbedFind, EmbedCopy, EmbedForms, EmbedThemes                                                 markup
	EmbedLanguages, EmbedHeight, EmbedPaste, EmbedPromise, EmbedStays, EmbedShows, EmbedQuiet                                                   markup
	StatusSums, StatusPlain, StatusFile, StatusFailed, StatusRelease, StatusThrough, StatusSources                                              markup
	StatusSource, StatusState, StatusRead, StatusChange, StatusMeans, SourceRead, SourceReadMore                                                markup
	SourceWaiting, SourceWaitingMore, SourceLost, SourceLostMore, SourceNever, StatusFixed                                                      markup
	StatusMode, StatusLive, StatusSigned, AboutSums, AboutTimetable, AboutSource, AboutSourceMore                                               markup
	AboutTerms, AboutAsOf, AboutPublished, AboutChecked, AboutNext, AboutNothing, AboutAbsent                                                   markup
	AboutParts, AboutPartsMore, AboutLeading, AboutLeadingMore, AboutUnofficial                                                                 markup
	AboutUnofficialMore, AboutIntermediate, AboutFinal, AboutCertified, AboutCorrected                                                          markup
	AboutWithheld, AboutRecount, AboutRecountMore, AboutRelease, AboutReleaseMore, AboutLive                                                    markup
	AboutLiveMore, AboutCheck, AboutCheckMore, AboutAccess, AboutAccessMore, AboutYou, AboutYouMore                                             markup
	AboutReport, AboutContact                                                                                                                   markup

	UpdateAdded, UpdateChanged, UpdateCompleted, UpdateCorrected, CorrectionsOlder phrase
}

// scriptWords are those that the scripts show.
type scriptWords struct {
	Offline, Older, Waiting, UpdateNow, Next, Check, CheckWorking, CheckSigned   markup
	CheckForged, CheckUnsigned, CheckUnable, CheckInsecure, CheckPage            markup
	CheckPageBad, CheckSeen, CheckSeenBad, CheckData, CheckDataBad, CheckDamaged markup
	CheckBehind, CheckFrozen, CheckFailed, CheckMeans, CheckHashes, FullPage     markup
	FindLabel, FindIn, FindFound, FindNone, FindFailed                           markup
}

// mapWords are those of maps.
type mapWords struct {
	MapHide, MapText, MapAway, MapLost, MapLeaders, MapProgress, MapDone, MapSome, MapOther markup
	MapLevel, MapNothing                                                                    markup

	MapShow phrase
}

// siteWords are texts that only an authority can write. Each may be missing.
// A blank line divides paragraphs.
type siteWords struct {
	About, Timetable, NotCounted, Contact, Report, Terms markup
}

// pageWords are those around and on every page, and of the script.
type pageWords struct {
	Absent, ModeTest, ModeRehearsal, ModeReplay, Skip, Trail, AsOf, AsOfNone, Published      markup
	Checked, Pause, Resume, Stale, Late, Reload, News, Comma, NothingYet, JSON, Home, Signed markup
	Semicolon, Colon, Stop, End                                                              markup
	FreshMore, Unsigned, LostTitle, LostText                                                 markup

	LanguagesLabel, Describe, NavLabel, NavFind, NavLite, NavUpdates, NavCorrections markup
	NavData, NavEmbed, NavStatus, NavAbout                                           markup

	More, Fraction phrase
}

// raceWords are those of one race.
type raceWords struct {
	NoResult, NoResultMore, SomeMissing, Leading, Level, Most, NotDecided, NotStated             markup
	Elected, Runoff, Passed, Failed, Partial, Full, Certified, Before, TagElected, TagRunoff     markup
	TagNotElected, TagPassed, TagFailed, TagSubstitute, Choice, Votes, Share, Number             markup
	Results, RestCaption, Facts, Valid, Blank, Null, Ballots, Electorate, Turnout                markup
	Corrections, Corrected, CorrectedMark, Correction, ReasonSource, ReasonFinal, ReasonWithheld markup
	ReasonOther, To, WhatVotes, WhatSeats, WhatUnits, WhatBallots, WhatValid, WhatOther, Moved   markup
	MovedCaption, MovedAll, Counted, MovedLeaders, Intermediate, IntermediateSome                markup
	IntermediateMark, Final, Channels, ChannelsMore                                              markup

	Recount, Uncontested, UncontestedMark, Withheld, WithheldMark, Annulled, AnnulledMark markup
	Postponed, PostponedMark, Tie, TagTie, Lot, TagLot, ChoicesTitle, Won, MostSeats      markup
	ProgressTitle, NotCountedTitle, Rounds, RoundsMore, Exhausted, Out, ByPlace           markup
	TakeTitle, PrintHint, EmbedRace, EmbedRaceMore                                        markup

	Seats, ShareValid, ShareVotes, RestSummary, UnitsOf, UnitsIn, UnitsTotal, Axis phrase
	Voters, Round, MostRound, ReleaseLine, AllChoices                              phrase
}

// placeWords are those of the pages of places.
type placeWords struct {
	AllRaces, Places, Place, PlacesCaption, Reporting, Complete, Last, Nothing, NothingToCount, Undecided markup
	Types, Type, TypesCaption, RacesCaption, Race, First, OnThisPage, Parts, PartBefore                   markup
	PartAfter, ByPlaces, WholeRace, Others, OthersMore, LiteTitle                                         markup

	RacesSome, RacesDone, PlacesSome, PartOf, Ahead phrase
}

// unitWords say how far a count is, in each unit that progress is stated in:
// {n} of {of}, or nothing yet of {n}.
type unitWords struct {
	Precinct, PrecinctNone, PollingPlace, PollingPlaceNone, BallotBatch, BallotBatchNone phrase
	Ward, WardNone, Parish, ParishNone, Municipality, MunicipalityNone                   phrase
	County, CountyNone, District, DistrictNone, Round, RoundNone                         phrase
}

// progress are the phrases for a count in units of which some are in, and of
// which none is stated to be in.
func (w *words) progress(u snapshot.CountUnit) (some, none *phrase) {
	switch u {
	case snapshot.Precincts:
		return &w.units.Precinct, &w.units.PrecinctNone
	case snapshot.PollingPlaces:
		return &w.units.PollingPlace, &w.units.PollingPlaceNone
	case snapshot.BallotBatches:
		return &w.units.BallotBatch, &w.units.BallotBatchNone
	case snapshot.Wards:
		return &w.units.Ward, &w.units.WardNone
	case snapshot.Parishes:
		return &w.units.Parish, &w.units.ParishNone
	case snapshot.Municipalities:
		return &w.units.Municipality, &w.units.MunicipalityNone
	case snapshot.Counties:
		return &w.units.County, &w.units.CountyNone
	case snapshot.Districts:
		return &w.units.District, &w.units.DistrictNone
	case snapshot.CountingRounds:
		return &w.units.Round, &w.units.RoundNone
	}
	return &w.UnitsOf, &w.UnitsTotal
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
	case snapshot.Recount:
		return w.Recount
	}
	return ""
}

// condition names what became of a race beside its count.
func (w *words) condition(c snapshot.Condition) markup {
	switch c {
	case snapshot.Uncontested:
		return w.UncontestedMark
	case snapshot.Withheld:
		return w.WithheldMark
	case snapshot.Annulled:
		return w.AnnulledMark
	case snapshot.Postponed:
		return w.PostponedMark
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
	case snapshot.Tie:
		return w.TagTie
	case snapshot.Lot:
		return w.TagLot
	}
	return ""
}

func (w *words) what(s string) markup {
	switch s {
	case "votes":
		return w.WhatVotes
	case "seats":
		return w.WhatSeats
	case "units_in":
		return w.WhatUnits
	case "ballots":
		return w.WhatBallots
	case "valid":
		return w.WhatValid
	}
	return w.WhatOther
}
