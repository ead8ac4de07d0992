package cdn

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

type countingPurger struct{ empty, purges int }

func (p *countingPurger) Purge(_ context.Context, r Request) error {
	p.purges++
	if len(r.Keys) == 0 {
		p.empty++
	}
	return nil
}

// A request that comes after the dispatcher has taken a token and before it has
// taken what waits leaves a token for which nothing waits any more.
func TestATokenWithoutARequestIsNoPurge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		edge := &countingPurger{}
		d, err := NewDispatcher(DispatcherConfig{Edge: "test", Purger: edge, Deadline: time.Second, MaxKeys: 10, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		d.Submit(Request{Keys: []string{"head"}, Ref: "1-1"})
		synctest.Wait()
		d.wake <- struct{}{}
		synctest.Wait()
		if err := d.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if got := d.Tally(); edge.empty != 0 || edge.purges != 1 || got.Done != 1 {
			t.Errorf("%d purges, %d of them of nothing, tally %+v", edge.purges, edge.empty, got)
		}
	})
}
