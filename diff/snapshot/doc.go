// Package snapshot is the model of an election's results at one moment:
// contests, reporting units, races, choices and their counts.
//
// It promises that a number that was not stated is never read as zero, that
// sums are checked, that ids are stable, and that a Snapshot handed out never
// changes afterwards. It refuses to guess: it has no clock, no network, no
// disk, and knows no format. The terms are those of NIST SP 1500-100.
package snapshot
