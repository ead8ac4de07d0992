package main

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/heraldresults/herald/publish"
)

// collector shows the loop's counts to Prometheus.
type collector struct {
	loop     *publish.Loop
	metrics  []metric
	refusals *prometheus.Desc
	findings *prometheus.Desc
}

type metric struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(publish.Stats) float64
}

func newCollector(x *parts) *collector {
	c := &collector{loop: x.loop}
	add := func(kind prometheus.ValueType, name, help string, value func(publish.Stats) float64) {
		c.metrics = append(c.metrics, metric{prometheus.NewDesc("herald_"+name, help, nil, nil), kind, value})
	}
	n, g := prometheus.CounterValue, prometheus.GaugeValue
	add(n, "payloads_total", "Payloads read from feeds.", func(s publish.Stats) float64 { return float64(s.Payloads) })
	add(n, "payload_bytes_total", "Bytes of payloads read.", func(s publish.Stats) float64 { return float64(s.Bytes) })
	add(n, "updates_old_total", "Updates ignored because something newer was known.", func(s publish.Stats) float64 { return float64(s.Old) })
	add(n, "releases_total", "Releases committed.", func(s publish.Stats) float64 { return float64(s.Releases) })
	add(n, "races_changed_total", "Races published with another result or definition.", func(s publish.Stats) float64 { return float64(s.Changed) })
	add(n, "corrections_total", "Races published with a number that fell.", func(s publish.Stats) float64 { return float64(s.Corrections) })
	add(n, "publish_failures_total", "Publishes that did not commit.", func(s publish.Stats) float64 { return float64(s.Failures) })
	add(n, "puts_total", "Objects stored under new names.", func(s publish.Stats) float64 { return float64(s.Puts) })
	add(n, "put_bytes_total", "Stored bytes of these objects.", func(s publish.Stats) float64 { return float64(s.PutBytes) })
	add(g, "release", "Number of the current release.", func(s publish.Stats) float64 { return float64(s.Release) })
	add(g, "races", "Races known.", func(s publish.Stats) float64 { return float64(s.Races) })
	add(g, "races_reporting", "Races with any count.", func(s publish.Stats) float64 { return float64(s.Reporting) })
	add(g, "races_complete", "Races with all units in.", func(s publish.Stats) float64 { return float64(s.Complete) })
	add(g, "last_read_timestamp_seconds", "When a feed was last read.", func(s publish.Stats) float64 { return stamp(s.LastRead) })
	add(g, "last_published_timestamp_seconds", "When a release was last committed.", func(s publish.Stats) float64 { return stamp(s.LastPublished) })
	add(g, "last_publish_seconds", "How long the last publish took up to its commit.", func(s publish.Stats) float64 { return s.LastTook.Seconds() })
	add(n, "moments_total", "Moments that feeds delivered.", func(s publish.Stats) float64 { return float64(s.Moments) })
	add(n, "moments_published_total", "Of these, how many the current release takes into account.", func(s publish.Stats) float64 { return float64(s.MomentsPublished) })
	add(g, "aliases_through", "Release up to which all stable addresses are fresh.", func(publish.Stats) float64 { return float64(x.publisher.AliasesThrough()) })
	c.refusals = prometheus.NewDesc("herald_refusals_total", "Payloads refused, by code and feed.", []string{"code", "feed"}, nil)
	c.findings = prometheus.NewDesc("herald_findings_total", "Findings in payloads, by code.", []string{"code"}, nil)
	return c
}

func stamp(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, m := range c.metrics {
		out <- m.desc
	}
	out <- c.refusals
	out <- c.findings
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	s := c.loop.Stats()
	for _, m := range c.metrics {
		out <- prometheus.MustNewConstMetric(m.desc, m.kind, m.value(s))
	}
	for by, n := range s.RefusedBy {
		out <- prometheus.MustNewConstMetric(c.refusals, prometheus.CounterValue, float64(n), by.Code, by.Feed)
	}
	for code, n := range s.Findings {
		out <- prometheus.MustNewConstMetric(c.findings, prometheus.CounterValue, float64(n), code)
	}
}
