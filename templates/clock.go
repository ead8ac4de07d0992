package templates

import (
	"math"
	"time"
)

// zoned is a stretch of time in which the zone of a site keeps its offset, with
// the last day seen in it. A page shows many times of one night.
type zoned struct {
	from, until int64 // Unix seconds, until is the first one outside
	east        int64 // seconds
	name        string
	suffix      []byte // "+01:00"

	day         int64 // since 1970, in the zone
	year, month int
	date        int
	prefix      []byte // "2026-10-11T"
}

const secondsADay = 24 * 60 * 60

// at returns the day of a time in the site's zone and the second in it. It
// leaves that day in p.zoned.
func (p *page) at(t time.Time) (day, second int64) {
	z, u := &p.zoned, t.Unix()
	if u < z.from || u >= z.until {
		z.enter(t.In(p.s.Location))
	}
	second = (u + z.east) % secondsADay
	if second < 0 {
		second += secondsADay
	}
	day = (u + z.east - second) / secondsADay
	if z.prefix == nil || day != z.day {
		l := t.In(p.s.Location)
		z.day, z.prefix = day, l.AppendFormat(z.prefix[:0], "2006-01-02T")
		year, month, date := l.Date()
		z.year, z.month, z.date = year, int(month), date
	}
	return day, second
}

// enter makes z the stretch of time that t is in.
func (z *zoned) enter(t time.Time) {
	*z = zoned{from: math.MinInt64, until: math.MaxInt64}
	start, end := t.ZoneBounds()
	if !start.IsZero() {
		z.from = start.Unix()
	}
	if !end.IsZero() {
		z.until = end.Unix()
	}
	name, east := t.Zone()
	z.name, z.east = name, int64(east)
	if name[0] == '+' || name[0] == '-' {
		z.name = t.Format("UTC-07:00")
	}
	z.suffix = t.AppendFormat(nil, "Z07:00")
}

// moment appends a day and time of day in the site's zone, with the zone.
func (p *page) moment(t time.Time) {
	_, second := p.at(t)
	z := &p.zoned
	p.openTime(second, true)
	for i := range p.s.Lang.date {
		part := &p.s.Lang.date[i]
		p.raw(part.text)
		switch part.place {
		case "day":
			p.digits(int64(z.date), 1)
		case "month":
			p.raw(p.s.Lang.months[z.month-1])
		case "year":
			p.digits(int64(z.year), 4)
		case "time":
			p.time(second)
		case "zone":
			p.text(z.name)
		}
	}
	p.raw("</time>")
}

// clock appends a time of day when other, which stands near it, is of the same
// day, else the whole moment.
func (p *page) clock(t, other time.Time) {
	otherDay, _ := p.at(other)
	otherEast := p.zoned.east
	day, second := p.at(t)
	if p.zoned.east != otherEast || day != otherDay {
		p.moment(t)
		return
	}
	p.openTime(second, false)
	p.time(second)
	p.raw("</time>")
}

// openTime opens an element for a time of the day in p.zoned.
func (p *page) openTime(second int64, exact bool) {
	p.raw(`<time datetime="`)
	p.b = append(p.b, p.zoned.prefix...)
	p.two(second / 3600)
	p.b = append(p.b, ':')
	p.two(second / 60 % 60)
	if exact {
		p.b = append(p.b, ':')
		p.two(second % 60)
	}
	p.b = append(append(p.b, p.zoned.suffix...), `">`...)
}

// two appends two digits as machines read them.
func (p *page) two(n int64) { p.b = append(p.b, byte('0'+n/10), byte('0'+n%10)) }

// time appends a time of day as people read it.
func (p *page) time(second int64) {
	if p.s.Lang.digits.digit[0] == "0" {
		p.two(second / 3600)
		p.b = append(p.b, ':')
		p.two(second / 60 % 60)
		return
	}
	p.digits(second/3600, 2)
	p.raw(":")
	p.digits(second/60%60, 2)
}
