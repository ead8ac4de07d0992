package source

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heraldresults/herald/diff/feed"
	"github.com/heraldresults/herald/fixtures/feedserver"
)

// TestTransportAndFileSystem is what may go wrong between the officials' server
// or share and a payload, one row each. X2, a signature that is missing or
// wrong, belongs to the formats that have one: diff/feed/tse.
func TestTransportAndFileSystem(t *testing.T) {
	for _, row := range []struct {
		id, what string
		test     func(*testing.T)
	}{
		{"X1", "an expired certificate is refused", func(t *testing.T) { refusedCertificate(t, expired, "expired") }},
		{"X1", "a certificate of another host is refused", func(t *testing.T) { refusedCertificate(t, otherHost, "valid for 192.0.2.7") }},
		{"X1", "a certificate of an unknown authority is refused", func(t *testing.T) { refusedCertificate(t, stranger, "unknown authority") }},
		{"X1", "a redirect away from https is refused", downgrade},
		{"X1", "a redirect to another host is refused", elsewhere},
		{"X3", "304 for ever shows in the age of what is read, not of the answer", unchangedForEver},
		{"X4", "the same ETag cannot hide new bytes for ever", sameETag},
		{"X5", "a body shorter than its Content-Length is not handed over", func(t *testing.T) { poll(t, nil).breaks(feedserver.Trouble{Fault: feedserver.HalfBody}, "cut off") }},
		{"X5", "a body cut between chunks is not handed over", func(t *testing.T) { poll(t, nil).breaks(feedserver.Trouble{Fault: feedserver.HalfChunks}, "cut off") }},
		{"X5", "a body longer than its Content-Length is refused when it is read", longBody},
		{"X6", "a 429 is obeyed for as long as it asks", func(t *testing.T) { busyHost(t, feedserver.TooMany, "300", 300*time.Second, 330*time.Second) }},
		{"X6", "a 503 is obeyed for as long as it asks", func(t *testing.T) { busyHost(t, feedserver.Busy, "300", 300*time.Second, 330*time.Second) }},
		{"X6", "what asks for an hour is tried again after ten minutes", func(t *testing.T) { busyHost(t, feedserver.Busy, "3600", 10*time.Minute, 11*time.Minute) }},
		{"X6", "a 429 that asks for nothing is given twice the time", func(t *testing.T) { busyHost(t, feedserver.TooMany, "", 18*time.Second, 22*time.Second) }},
		{"X6", "a 429 that asks for no time at all is given twice the time", func(t *testing.T) { busyHost(t, feedserver.TooMany, "0", 18*time.Second, 22*time.Second) }},
		{"X7", "links, pipes, sockets and hidden files are passed over and named once", notPayloads},
		{"X7", "a device is passed over", device},
		{"X7", "a folder that is called like a file is passed over", folderLikeAFile},
		{"X7", "a file replaced by a link before it is opened is not followed", replacedByLink},
		{"X7", "a file replaced by a pipe before it is opened is not waited for", replacedByPipe},
		{"X8", "a file deleted before it is opened is no loss", deletedBeforeOpen},
		{"X8", "a file replaced before it is opened is read as it is then", replacedBeforeOpen},
		{"X9", "a share without events is read by listing it", withoutEvents},
		{"X10", "lost events are healed by listing the folder", overflowInjected},
		{"X10", "a real overflow of the system's queue is healed", overflow},
		{"X11", "files from 1970 and 2099 are read in the order of their names", oddTimes},
		{"X12", "twenty thousand files at once need no more memory than a batch", manyFiles},
		{"X13", "a folder that vanishes is lost and found again", vanishes},
		{"X13", "a folder that is suddenly empty is lost", suddenlyEmpty},
		{"X13", "a folder that is not there yet is lost, not empty", notThereYet},
		{"X13", "a folder below what turns out to be a file is lost", belowAFile},
		{"X13", "a file that may not be read makes the source lost", mayNotBeRead},
		{"X14", "a server that answers from another address is logged", otherAddress},
	} {
		t.Run(row.id+" "+row.what, row.test)
	}
}

// refusedCertificate polls a server whose certificate is good first.
func refusedCertificate(t *testing.T, bad func(*authority) *authority, reason string) {
	ours := newAuthority(t)
	web := sealed(t, ours)
	web.feed.Put("a.json", []byte("one"), noon)
	s := poll(t, func(c *PollerConfig) { c.URLs, c.TLS = []string{web.url + "/a.json"}, ours.trusted() })
	s.feed = web.feed
	s.want("one")
	web.show(bad(ours))
	web.feed.Put("a.json", []byte("two"), noon)
	s.failing(reason)
	web.show(ours)
	s.want("two")
}

func downgrade(t *testing.T) {
	ours := newAuthority(t)
	web := sealed(t, ours)
	web.feed.Put("a.json", []byte("one"), noon)
	s := poll(t, func(c *PollerConfig) { c.URLs, c.TLS = []string{web.url + "/a.json"}, ours.trusted() })
	s.feed = web.feed
	s.breaks(feedserver.Trouble{Fault: feedserver.Elsewhere, Location: strings.Replace(web.url, "https", "http", 1) + "/a.json"}, "redirect away from https")
}

func elsewhere(t *testing.T) {
	asked := make(chan struct{}, 100)
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{} }))
	defer other.Close()
	poll(t, nil).breaks(feedserver.Trouble{Fault: feedserver.Elsewhere, Location: other.URL + "/a.json"}, "redirect to another host")
	if len(asked) > 0 {
		t.Errorf("the other host was asked %d times", len(asked))
	}
}

func unchangedForEver(t *testing.T) {
	s := poll(t, nil)
	s.want("one")
	first := s.poller.State()
	s.until("many answers", func() bool { return len(s.feed.Seen("a.json")) >= 10 })
	st := s.poller.State()
	if a := st.Addresses[0]; a.Status != http.StatusNotModified || !a.LastSuccess.After(first.Addresses[0].LastSuccess) ||
		a.LastChange != first.Addresses[0].LastChange || st.LastNew != first.LastNew || st.LastRead == first.LastRead {
		t.Errorf("state = %+v, after the first answer %+v", st, first)
	}
}

func sameETag(t *testing.T) {
	s := poll(t, func(c *PollerConfig) { c.Revalidate = 4 })
	s.want("one")
	s.feed.Fail("a.json", feedserver.Trouble{Fault: feedserver.SameETag})
	s.feed.Put("a.json", []byte("two"), noon)
	before := len(s.feed.Seen("a.json"))
	s.want("two")
	if asked := len(s.feed.Seen("a.json")) - before; asked > 5 {
		t.Errorf("it took %d polls, want at most 4", asked)
	}
}

func longBody(t *testing.T) {
	whole := `{"votes": [1, 2, 3, 4, 5, 6, 7, 8]}`
	s := poll(t, nil)
	s.want("one")
	s.feed.Fail("a.json", feedserver.Trouble{Fault: feedserver.Short})
	s.feed.Put("a.json", []byte(whole), noon)
	p := s.want(whole[:len(whole)/2]) // HTTP itself cannot tell
	r, err := feed.OpenJSON(feed.Payload{Name: p.Name, Body: p.Body}, feed.Options{})
	if err == nil {
		r.Skip()
		_, err = r.Finish("")
	}
	var refusal *feed.Refusal
	if !errors.As(err, &refusal) || refusal.Code != "E_TRUNCATED" {
		t.Errorf("read as %v, want E_TRUNCATED", err)
	}
}

// busyHost expects the host to be left alone between least and most after its
// answer, though each of its two pages is due every ten seconds.
func busyHost(t *testing.T, fault feedserver.Fault, retryAfter string, least, most time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		server := feedserver.New()
		server.Put("a.json", []byte("a"), noon)
		server.Put("b.json", []byte("b"), noon)
		p, err := newPoller(PollerConfig{Feed: "test", URLs: []string{"http://feed.test/a.json", "http://feed.test/b.json"}, Every: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		p.client.Transport = direct{handler: server}
		p.start()
		defer p.Close()
		if rest(t.Context(), time.Minute) != nil {
			t.Fatal(t.Context().Err())
		}
		server.FailAll(feedserver.Trouble{Fault: fault, RetryAfter: retryAfter})
		before := len(server.Log())
		for len(server.Log()) == before && rest(t.Context(), time.Millisecond) == nil {
		}
		server.FailAll(feedserver.Trouble{})
		if rest(t.Context(), 30*time.Minute) != nil {
			t.Fatal(t.Context().Err())
		}
		log := server.Log()[before:]
		if pause := log[1].At.Sub(log[0].At); pause < least || pause > most {
			t.Errorf("the host was left alone for %v, want %v to %v", pause, least, most)
		}
		if st := p.State(); st.Lost != "" {
			t.Errorf("lost = %q", st.Lost)
		}
	})
}
