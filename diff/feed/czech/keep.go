package czech

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"

	"github.com/heraldresults/herald/diff/snapshot"
)

// The memory is kept as the version of its form, the election, the time, which
// batches came, and the districts in the order of their keys; all numbers as
// varints, of counts one more than they are, 0 for absent.
const form = 1

var errForm = errors.New("it is not what was kept")

func (m *memory) encode() []byte {
	out := []byte{form, byte(m.election.class)}
	put := func(n uint64) { out = binary.AppendUvarint(out, n) }
	put(uint64(m.election.date))
	put(seconds(m.generated))
	put(uint64(len(m.batches)))
	for _, came := range m.batches {
		out = append(out, flag(came))
	}
	all := m.sorted()
	put(uint64(len(all)))
	for _, rec := range all {
		out = append(out, flag(rec.part))
		for _, n := range []uint32{rec.obec, rec.okrsek, rec.council, rec.ward, uint32(rec.batch), rec.order} {
			put(uint64(n))
		}
		put(uint64(rec.at))
		for _, c := range []snapshot.Count{rec.voters, rec.ballots, rec.valid} {
			put(plus1(c))
		}
		put(uint64(len(rec.votes)))
		for _, v := range rec.votes {
			put(uint64(v.number))
			put(plus1(v.count))
		}
	}
	return out
}

// decodeMemory reads what encode wrote, and nothing else.
func decodeMemory(state []byte) (*memory, error) {
	in := reader{rest: state}
	m := newMemory()
	if in.byte() != form {
		return nil, errForm
	}
	m.election.class = class(in.byte())
	m.election.date = in.uint32()
	if at := in.number(); at != 0 {
		m.generated = time.Unix(int64(at), 0).UTC()
	}
	batches := in.number()
	if m.election.class > presidency || batches > maxBatch+1 || in.bad {
		return nil, errForm
	}
	for range batches {
		m.batches = append(m.batches, in.byte() == 1)
	}
	for n := in.number(); n > 0 && !in.bad; n-- {
		rec := in.record()
		if in.bad || rec.batch >= len(m.batches) {
			return nil, errForm
		}
		m.put(&rec)
	}
	if in.bad || len(in.rest) > 0 || !bytes.Equal(m.encode(), state) {
		return nil, errForm
	}
	return m, nil
}

// reader takes numbers from the front of what was kept.
type reader struct {
	rest []byte
	bad  bool
}

func (in *reader) byte() byte {
	if len(in.rest) == 0 {
		in.bad = true
		return 0
	}
	b := in.rest[0]
	in.rest = in.rest[1:]
	return b
}

func (in *reader) number() uint64 {
	n, size := binary.Uvarint(in.rest)
	if size <= 0 || n > 1<<40 {
		in.bad = true
		return 0
	}
	in.rest = in.rest[size:]
	return n
}

func (in *reader) uint32() uint32 {
	n := in.number()
	in.bad = in.bad || n > 1<<32-1
	return uint32(n)
}

func (in *reader) count() snapshot.Count {
	n := in.number()
	if n == 0 {
		return snapshot.Count{}
	}
	c, err := snapshot.NewCount(int64(n) - 1)
	in.bad = in.bad || err != nil
	return c
}

func (in *reader) record() record {
	rec := record{key: key{part: in.byte() == 1}}
	rec.obec, rec.okrsek, rec.council, rec.ward = in.uint32(), in.uint32(), in.uint32(), in.uint32()
	rec.batch, rec.order, rec.at = int(in.uint32()), in.uint32(), int64(in.number())
	rec.voters, rec.ballots, rec.valid = in.count(), in.count(), in.count()
	for n := in.number(); n > 0 && !in.bad; n-- {
		v := votes{in.uint32(), in.count()}
		if len(rec.votes) > 0 && rec.votes[len(rec.votes)-1].number >= v.number {
			in.bad = true
		}
		rec.votes = append(rec.votes, v)
	}
	return rec
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func plus1(c snapshot.Count) uint64 {
	n, ok := c.Get()
	if !ok {
		return 0
	}
	return uint64(n) + 1
}

func seconds(t time.Time) uint64 {
	if t.IsZero() {
		return 0
	}
	return uint64(t.Unix())
}
