package publish

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/publish/manifest"
	"github.com/heraldresults/herald/publish/store"
)

// attempt is a release on its way to be committed. A nil state renews the
// head without a new release.
type attempt struct {
	state   *state
	aliases []alias
	report  Report

	head manifest.Head
	obj  store.Object // the head's bytes, the same for every try
}

// headWriter writes the head, at most once in HeadEvery, and knows after each
// write whether it was its own, another's, or not known. It is used by one
// goroutine at a time.
type headWriter struct {
	cfg  *Config
	key  string
	term uint64

	current *manifest.Head // nil before the first
	tag     store.Tag
	wrote   time.Time // monotonic
	unsure  *attempt  // whose answer was lost
}

// commit writes the head that names a's release. It returns the attempt that
// is current now: a, or nil after an error. When the outcome is not known by
// the end of ctx, settle must find it out before the next commit.
func (w *headWriter) commit(ctx context.Context, a *attempt) (landed *attempt, err error) {
	if w.unsure != nil {
		return nil, errors.New("an earlier write of the head is not settled")
	}
	if err := w.await(ctx); err != nil {
		return nil, err
	}
	a.head = w.next(a.state)
	if err := a.head.Sign(w.cfg.Signer, w.cfg.Verifier); err != nil {
		return nil, err
	}
	a.obj = store.Object{Key: w.key, Class: cdn.Head, ContentType: typeJSON, Body: manifest.Append(nil, a.head),
		Meta: map[string]string{"seq": strconv.FormatUint(a.head.Seq, 10), "published": a.head.Published}}
	w.wrote = time.Now()
	tag, err := w.write(ctx, a)
	switch {
	case err == nil:
		w.current, w.tag = &a.head, tag
		return a, nil
	case errors.Is(err, store.ErrRefused):
		return nil, err
	}
	w.cfg.Log.WarnContext(ctx, "the answer to the head is not known, reading it back", "seq", a.head.Seq, "err", err)
	w.unsure = a
	return w.resolve(ctx)
}

// write sends the head once, on the condition that the one before is current.
func (w *headWriter) write(ctx context.Context, a *attempt) (store.Tag, error) {
	if w.current == nil {
		return w.cfg.Store.Create(ctx, a.obj)
	}
	return w.cfg.Store.Swap(ctx, a.obj, w.tag)
}

// turn is how long the next write of the head has to wait.
func (p *Publisher) turn() time.Duration {
	if p.head.wrote.IsZero() {
		return 0
	}
	return p.cfg.HeadEvery - time.Since(p.head.wrote)
}

// await keeps two writes of the head apart.
func (w *headWriter) await(ctx context.Context) error {
	wait := w.cfg.HeadEvery - time.Since(w.wrote)
	if w.wrote.IsZero() || wait <= 0 {
		return ctx.Err()
	}
	return pause(ctx, wait)
}

// next is the head that names s, or the present release again when s is nil.
func (w *headWriter) next(s *state) manifest.Head {
	now := w.cfg.Now().UTC()
	h := manifest.Head{V: manifest.Version, Election: w.cfg.Site.Election, Published: now.Format(time.RFC3339)}
	if w.current != nil {
		h = *w.current
	}
	h.Mode = string(w.cfg.Site.Mode)
	h.Seq++
	h.Term = w.term
	h.Nonce = nonce()
	h.NextUpdateBy = now.Add(w.cfg.NextUpdate).Format(time.RFC3339)
	h.PollAfterS = w.cfg.Site.PollSeconds
	if h.Notices == nil {
		h.Notices = []string{}
	}
	if s != nil {
		h.Number, h.Release, h.Previous = s.release.Number, s.hash, s.release.Previous
		delta := s.release.Delta
		h.Delta = &delta
		h.Published = now.Format(time.RFC3339)
		h.SourceAsOf = rfc3339(s.snap.AsOf)
	}
	return h
}

// due reports whether half of the time promised for the next update is over.
func (w *headWriter) due() bool {
	return w.current != nil && time.Since(w.wrote) > w.cfg.NextUpdate/2
}

// settle finds out what became of a write whose answer was lost, if there is
// one, and returns the attempt when it became current.
func (w *headWriter) settle(ctx context.Context) (*attempt, error) {
	if w.unsure == nil {
		return nil, nil
	}
	return w.resolve(ctx)
}

// resolve reads the head back until it is known whose it is. Mine: the attempt
// is current. Unchanged: the same bytes are sent again under the same
// condition, so that of all tries one lands, and it is mine. Another's:
// ErrFenced, for good.
func (w *headWriter) resolve(ctx context.Context) (*attempt, error) {
	a := w.unsure
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		head, tag, err := readHead(ctx, w.cfg.Store, w.key)
		switch {
		case err == nil && head.Nonce == a.head.Nonce:
			w.unsure, w.current, w.tag = nil, head, tag
			return a, nil
		case errors.Is(err, store.ErrNotFound) && w.current == nil, err == nil && w.current != nil && tag == w.tag:
			if tag, err = w.write(ctx, a); err == nil {
				w.unsure, w.current, w.tag = nil, &a.head, tag
				return a, nil
			}
		case err == nil:
			return nil, fmt.Errorf("%w: the head has seq %d and term %d, this one wrote seq %d and term %d",
				ErrFenced, head.Seq, head.Term, a.head.Seq, a.head.Term)
		}
		if werr := pause(ctx, wait); werr != nil {
			return nil, fmt.Errorf("the outcome of head %d is not known: %w", a.head.Seq, errors.Join(werr, err))
		}
	}
}

// pause waits, or returns the context's error when it ends first.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func readHead(ctx context.Context, s store.Store, key string) (*manifest.Head, store.Tag, error) {
	obj, tag, err := s.Get(ctx, key)
	if err != nil {
		return nil, "", err
	}
	if len(obj.Body) > manifest.MaxHead {
		return nil, "", fmt.Errorf("head has %d bytes, at most %d are taken", len(obj.Body), manifest.MaxHead)
	}
	h, err := manifest.Read[manifest.Head](obj.Body)
	return h, tag, err
}
