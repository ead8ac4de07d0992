// Package czech reads the batches of districts that the Czech Statistical
// Office publishes at volby.cz in an election night: every five minutes one
// with the districts counted since the last.
//
// It promises that the later record of a district replaces the earlier one, in
// whatever order the batches arrive and however often, and that a memory which
// was kept and restored carries on as if nothing had happened. It refuses to
// guess: batches of another election, layouts of elections it does not know,
// and answers that say "no such batch" are refused, batches that have not come
// are named, and the total of a municipality is absent as long as a record does
// not say how many votes it holds. It was learned from the batches of the
// municipal elections of 2022, and for what they do not show (candidates for
// president, the attributes of 2026, the addresses) from public programs that
// read them.
package czech

import (
	"fmt"
	"time"
	_ "time/tzdata" // the authority's zone on machines that have none installed

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/diff/snapshot"
)

// Format is "czech". One feed reads one round of one election.
//
// Stamps: the highest number of a batch read so far, with the time at which it
// was generated. Updates speak of what moved only, in one scope, "kv 20220923".
//
// Keys: units "cz", the code of a municipality or city part, and with "-" and a
// number for a district; contests "obec-554782-1" and "mcmo-500208-1", the
// council and its ward, or "prezident"; choices the number of the list or
// candidate.
func Format() feed.Format {
	return feed.Format{
		Name:   "czech",
		Doc:    "Czech Statistical Office: batches of districts (vysledky_okrsky) of municipal and presidential elections",
		Stamps: "the number of the batch",
		Zone:   "Europe/Prague",
		Settings: []feed.Setting{
			{Name: "districts", Doc: `"yes" also publishes each district as a race of its own; default "no"`},
		},
		New: func(o feed.Options) (feed.Decoder, error) {
			zone, err := time.LoadLocation("Europe/Prague")
			if err != nil {
				return nil, fmt.Errorf("load the zone of Prague: %w", err)
			}
			d := &decoder{opts: o, zone: zone, memory: newMemory()}
			switch v := o.Settings["districts"]; v {
			case "", "no":
			case "yes":
				d.districts = true
			default:
				return nil, fmt.Errorf("setting districts is %q, want yes or no", v)
			}
			return d, nil
		},
	}
}

// decoder remembers every district.
type decoder struct {
	opts      feed.Options
	zone      *time.Location
	districts bool
	memory    *memory
}

// Decode implements feed.Decoder.
func (d *decoder) Decode(p feed.Payload) ([]snapshot.Update, error) {
	b, findings, err := d.read(p)
	if err != nil {
		return nil, err
	}
	m := d.memory
	if m.election != (election{}) && m.election != b.election {
		return nil, p.Refuse("E_IDENTITY", "a batch of election %s, this feed reads %s", b.election, m.election)
	}
	touched := m.take(b)
	u := snapshot.Update{
		Scope:    m.election.String(),
		Stamp:    snapshot.Stamp{Seq: uint64(m.highest()), Time: m.generated},
		Partial:  true,
		Election: m.election.String(),
		Findings: findings,
	}
	d.state(&u, b, touched)
	return []snapshot.Update{u}, nil
}

// State implements feed.Keeper.
func (d *decoder) State() []byte { return d.memory.encode() }

// Restore implements feed.Keeper.
func (d *decoder) Restore(state []byte) error {
	m, err := decodeMemory(state)
	if err != nil {
		d.memory = newMemory()
		return fmt.Errorf("restore the districts: %w", err)
	}
	d.memory = m
	return nil
}
