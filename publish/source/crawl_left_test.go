package source

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// slowFor takes longer for one name.
type slowFor struct {
	direct
	name string
}

func (s slowFor) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, s.name) {
		s.takes = 5 * time.Second
	}
	return s.direct.RoundTrip(r)
}

func TestAnAddressThatIsLeftWhileItIsFetchedIsNeitherMissingNorFailing(t *testing.T) {
	for _, status := range []int{http.StatusInternalServerError, http.StatusNotFound} {
		bubble(t, map[string]string{"top.index": "a.json v1", "b.json": "b"}, func(t *testing.T, x *tree) {
			answers := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "a.json") {
					w.WriteHeader(status)
					return
				}
				x.feed.ServeHTTP(w, r)
			})
			x.begin(slowFor{direct{answers, 20 * time.Millisecond}, "a.json"}, func(c *CrawlerConfig) { c.Every = time.Second })
			x.read(500 * time.Millisecond) // a.json is asked for
			x.put("top.index", "b.json v1")
			x.read(time.Minute)
			x.want("b.json", "b")
			if st := x.crawl.State(); st.Crawl.Missing != 0 || st.Crawl.Failing != 0 {
				t.Errorf("after %d for an address that nobody asks for any more: %+v", status, st.Crawl)
			}
		})
	}
}
