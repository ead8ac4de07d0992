package manifest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/heraldresults/herald/publish/shard"
)

// Head names the current release. It is the only commit: what it names is
// readable before it is written. Seq rises with every write of the head,
// Number with every release; readers compare Seq only.
type Head struct {
	V        int         `json:"v"`
	Election string      `json:"election"`
	Mode     string      `json:"mode"`
	Seq      uint64      `json:"seq"`
	Term     uint64      `json:"term"`
	Nonce    string      `json:"nonce"`
	Number   int         `json:"number"`             // of the release
	Release  shard.Hash  `json:"release"`            // E/releases/H.json
	Previous *shard.Hash `json:"previous,omitempty"` // the release before
	Delta    *shard.Hash `json:"delta,omitempty"`    // from the release before
	// Published is when the release was first named, RFC 3339 in UTC.
	Published string `json:"published"`
	// SourceAsOf is the newest stamp of the source, RFC 3339.
	SourceAsOf string `json:"source_as_of,omitempty"`
	// NextUpdateBy is when the head is written again at the latest, RFC 3339
	// in UTC. A head older than that is frozen on its way.
	NextUpdateBy string   `json:"next_update_by"`
	PollAfterS   int      `json:"poll_after_s"` // seconds
	Notices      []string `json:"notices"`
	// Note is a C2SP signed note over Text, or "" when heads are not signed.
	Note string `json:"note"`
}

// MaxHead bounds a head, in bytes, for readers.
const MaxHead = 16 << 10

// Text is what the note signs: every field but Note, one a line.
func (h Head) Text() string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s %s\n", name, value)
		}
	}
	b.WriteString("herald head v" + strconv.Itoa(h.V) + "\n")
	line("election", h.Election)
	line("mode", h.Mode)
	line("seq", strconv.FormatUint(h.Seq, 10))
	line("term", strconv.FormatUint(h.Term, 10))
	line("nonce", h.Nonce)
	line("number", strconv.Itoa(h.Number))
	line("release", h.Release.String())
	if h.Previous != nil {
		line("previous", h.Previous.String())
	}
	if h.Delta != nil {
		line("delta", h.Delta.String())
	}
	line("published", h.Published)
	line("source_as_of", h.SourceAsOf)
	line("next_update_by", h.NextUpdateBy)
	line("poll_after_s", strconv.Itoa(h.PollAfterS))
	for _, n := range h.Notices {
		line("notice", strconv.QuoteToASCII(n))
	}
	return b.String()
}

// Sign fills in Note. A nil signer leaves the head unsigned. What was signed
// is verified before it is returned, since note.Sign takes texts that
// note.Open refuses.
func (h *Head) Sign(s note.Signer, v note.Verifier) error {
	h.Note = ""
	if s == nil {
		return nil
	}
	signed, err := note.Sign(&note.Note{Text: h.Text()}, s)
	if err != nil {
		return fmt.Errorf("sign head %d: %w", h.Seq, err)
	}
	h.Note = string(signed)
	if err := h.Verify(v); err != nil {
		return fmt.Errorf("check the signature just made: %w", err)
	}
	return nil
}

// ErrUnsigned says that a head carries no signature by the key asked for.
var ErrUnsigned = errors.New("head is not signed by this key")

// Verify checks that the head is signed by v and that the signed text says
// the same as the head's fields.
func (h Head) Verify(v note.Verifier) error {
	if h.Note == "" {
		return ErrUnsigned
	}
	n, err := note.Open([]byte(h.Note), note.VerifierList(v))
	if err != nil {
		var unverified *note.UnverifiedNoteError
		if errors.As(err, &unverified) {
			return fmt.Errorf("%w: %w", ErrUnsigned, err)
		}
		return fmt.Errorf("open the note of head %d: %w", h.Seq, err)
	}
	if n.Text != h.Text() {
		return fmt.Errorf("head %d: its fields differ from the signed text", h.Seq)
	}
	return nil
}
