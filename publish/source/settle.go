package source

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// settle records the outcome of one poll and plans the next.
func (p *Poller) settle(pg *page, ans answer, err error) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	pg.flying = false
	p.answered(pg, ans)
	gone := err != nil && !pg.entry && missing(ans.status)
	switch {
	case gone:
		p.missed(pg, err, now)
	case err != nil:
		p.failed(pg, err)
	default:
		p.succeeded(pg, ans, now)
	}
	if watched := gone || pg.rank != leading && ans.status != 0; watched && pg.host.gaps.note(gone, now) {
		p.cfg.Log.Warn("wanted addresses are left alone", "host", pg.host.name, "why", pg.host.gaps.why, "until", pg.host.gaps.until)
	}
	p.try(pg)
	pause := p.pause(pg, ans.retryAfter)
	if ans.status == http.StatusTooManyRequests || ans.status == http.StatusServiceUnavailable {
		pg.host.silence(now.Add(max(min(pause, p.cfg.MaxBackoff), p.asked(ans.retryAfter))), now)
	} else if err == nil {
		pg.host.speedUp(now)
	}
	if !pg.wanted() { // left while it was fetched
		delete(p.failing, pg)
		p.miss(pg, false)
	}
	p.plan(pg, now, pause)
	p.weigh(now)
	p.tell()
}

// missing reports whether a status says that a name is not there. A bucket that
// may not be listed says 403.
func missing(status int) bool {
	return status == http.StatusNotFound || status == http.StatusGone || status == http.StatusForbidden
}

// answered records who answered what.
func (p *Poller) answered(pg *page, ans answer) {
	st := &pg.status
	st.Status = ans.status
	if ans.remote == "" {
		return
	}
	if pg.entry && st.Remote != "" && st.Remote != ans.remote {
		p.cfg.Log.Info("address answers from another host", "url", st.URL, "was", st.Remote, "is", ans.remote)
	}
	st.Remote = ans.remote
}

// try ends the first poll of a page.
func (p *Poller) try(pg *page) {
	if !pg.tried {
		pg.tried = true
		p.untried--
	}
}

// failed records a poll that brought nothing, and logs the first of a row.
func (p *Poller) failed(pg *page, err error) {
	st := &pg.status
	st.Failures++
	st.LastError = err.Error()
	p.failing[pg] = true
	if errors.Is(err, errRefused) {
		p.state.Refused++
	}
	if st.Failures == 1 && pg.entry {
		p.cfg.Log.Warn("poll brought nothing", "url", st.URL, "error", err)
	}
}

// missed records that a wanted page is not there. What led to it may know
// better by now: it is asked again soon, once for each announcement.
func (p *Poller) missed(pg *page, err error, now time.Time) {
	st := &pg.status
	delete(p.failing, pg)
	if !pg.missing {
		st.Failures = 0
		for _, up := range pg.parents {
			p.hasten(up.page, now)
		}
	}
	st.Failures++
	st.LastError = err.Error()
	p.miss(pg, true)
	if pg.got == pg.asked && !pg.polled() { // it was there in this version, and has been read
		pg.checks = 0
		p.miss(pg, false)
	}
	p.cfg.Log.Debug("wanted address is not there", "url", st.URL, "failures", st.Failures)
}

// soon is the least time between two polls of a page that is hastened.
const soon = time.Second

// hasten polls a page soon instead of when it is due.
func (p *Poller) hasten(pg *page, now time.Time) {
	if pg.flying || !pg.wanted() {
		return
	}
	at := now
	if next := pg.status.LastSuccess.Add(soon); next.After(at) {
		at = next
	}
	if pg.slot < 0 || at.Before(pg.due) {
		p.schedule(pg, at)
	}
}

// succeeded records an answer, and makes it ready when its bytes are new. A
// page that is fetched for its version is asked again: twice when its bytes are
// not new, since the index may be ahead of the file; once when they are, since
// what a cache gave may be behind the index.
func (p *Poller) succeeded(pg *page, ans answer, now time.Time) {
	st := &pg.status
	delete(p.failing, pg)
	if st.Failures > 0 && pg.entry {
		p.cfg.Log.Info("address answers again", "url", st.URL, "failures", st.Failures)
	}
	st.Failures, st.LastError, st.LastSuccess = 0, "", now
	p.miss(pg, false)
	pg.got = pg.asked
	if ans.payload == nil {
		pg.checks--
		return
	}
	pg.etag, pg.modified = ans.etag, ans.modified
	if pg.has && pg.hash == ans.payload.Hash {
		pg.checks--
		return
	}
	pg.has, pg.hash, st.LastChange = true, ans.payload.Hash, now
	pg.sent, pg.kept, pg.checks = false, false, 1
	p.offer(*ans.payload)
}

// plan puts a page into its queue again, if it is to be fetched again.
func (p *Poller) plan(pg *page, now time.Time, pause time.Duration) {
	switch {
	case !pg.wanted():
	case !pg.polled() && pg.asked != pg.version: // announced meanwhile
		p.schedule(pg, now)
	case pg.polled() || pg.status.Failures > 0 && pg.got != pg.version || pg.checks > 0:
		p.schedule(pg, now.Add(pause))
	}
}

// weigh decides from all addresses whether the source is lost: when an entry
// cannot be read, when wanted ones fail again and again, or when so many are
// not there that they are left alone.
func (p *Poller) weigh(now time.Time) {
	why := p.lost(now)
	switch {
	case why == "":
		if p.state.Lost != "" && p.crawl != nil {
			p.cfg.Log.Info("source found again")
		}
		p.state.find(now)
	default:
		if p.state.Lost == "" && p.crawl != nil {
			p.cfg.Log.Error("source lost", "error", why)
		}
		p.state.lose(why, now)
	}
}

func (p *Poller) lost(now time.Time) string {
	for _, pg := range p.entries {
		if pg.status.Failures > 0 {
			return pg.status.URL + ": " + pg.status.LastError
		}
	}
	for _, h := range p.hosts {
		if now.Before(h.gaps.until) {
			return fmt.Sprintf("%s: %s; left alone until %s", h.name, h.gaps.why, h.gaps.until.UTC().Format(time.RFC3339))
		}
	}
	var example *page
	for pg := range p.failing {
		if pg.status.Failures >= persistent && (example == nil || pg.name < example.name) {
			example = pg
		}
	}
	if example == nil {
		return ""
	}
	return fmt.Sprintf("wanted addresses fail (%d): %s", len(p.failing), example.status.LastError)
}

// persistent is how often in a row a wanted page must fail before the source
// counts as lost.
const persistent = 3

// missingBackoff bounds the pause between two tries of one missing page.
const missingBackoff = time.Hour

// pause is the time until the next poll: doubled with each failure in a row,
// at least what the server asked for, both bounded, and never exactly the
// same for all.
func (p *Poller) pause(pg *page, retryAfter time.Duration) time.Duration {
	most := max(p.cfg.MaxBackoff, p.cfg.Every)
	if pg.missing {
		most = max(missingBackoff, p.cfg.Every)
	}
	d, doubled := p.cfg.Every, min(pg.status.Failures, 30)
	if !pg.polled() && pg.checks > 0 {
		doubled = max(doubled, 1) // a cache may hold the old answer for as long as Every
	}
	for range doubled {
		if d = min(2*d, most); d == most {
			break
		}
	}
	return max(time.Duration(float64(d)*(0.9+0.2*rand.Float64())), p.asked(retryAfter))
}

// asked is what a server may ask for, and a little more.
func (p *Poller) asked(retryAfter time.Duration) time.Duration {
	return time.Duration(float64(min(retryAfter, p.cfg.MaxRetryAfter)) * (1 + 0.1*rand.Float64()))
}
