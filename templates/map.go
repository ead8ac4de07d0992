package templates

// What an area of a map shows. The class stands on the area's row of the
// table, since the map says nothing that the table does not.
const (
	mapNothing markup = "n" // nothing has been counted
	mapSome    markup = "s" // some races have a count
	mapDone    markup = "d" // all races are complete
	mapLevel   markup = "l" // the first are level
	mapOther   markup = "o" // a choice without a class of its own leads
)

// mapChoices is how many choices can have a class of their own.
const mapChoices = 5

// mapChoice is the class of the choice in column i of a table, from 0.
func mapChoice(i int) markup {
	if i < 0 || i >= mapChoices {
		return mapOther
	}
	return [mapChoices]markup{"0", "1", "2", "3", "4"}[i]
}

// mapRow appends the attributes of the row of a unit: by these a map finds it
// and knows its class.
func (p *page) mapRow(unit string, class markup) {
	p.raw(` id="u-`)
	p.text(unit)
	p.raw(`" data-c="`)
	p.raw(class)
	p.raw(`"`)
}

// mapSlot appends the button that shows a map, before the table it is about
// and outside of what is swapped. part is that of the table: areas whose rows
// stand on other parts are looked up there. Without a map, or a script to show
// it, there is nothing.
func (p *page) mapSlot(m *MapRef, part Part) {
	if m == nil || p.s.Map.Href == "" {
		return
	}
	p.raw(`<div class="map"><button id="map" type="button" hidden`)
	p.loads(p.s.Map, "click")
	p.href("data-map", m.Href)
	p.attr("data-sum", m.Integrity)
	p.datum(` data-hide="`, p.w.MapHide)
	p.datum(` data-text="`, p.w.MapText)
	p.datum(` data-away="`, p.w.MapAway)
	p.datum(` data-lost="`, p.w.MapLost)
	if part.Of > 1 {
		p.raw(` data-parts="`)
		for i, path := range part.Paths {
			if i+1 == part.Number {
				continue
			}
			p.text(p.s.Base)
			p.text(path)
			p.raw(" ")
		}
		p.raw(`"`)
	}
	p.raw(">")
	p.say(p.w.MapShow, int64(m.Bytes+999)/1000)
	p.raw("</button></div>\n")
}

// mapKey says what the colours of a map mean. It stands in the region that
// holds the table and shows with the map. The last entries are the same on
// every map of its kind.
func (p *page) mapKey(m *MapRef, leaders []string) {
	if m == nil || p.s.Map.Href == "" {
		return
	}
	p.raw(`<div id="map-key" class="map-key" hidden><p>`)
	if leaders == nil {
		p.raw(p.w.MapProgress)
		p.raw("</p><ul>")
		p.mapEntry(mapDone, p.w.MapDone)
		p.mapEntry(mapSome, p.w.MapSome)
	} else {
		p.raw(p.w.MapLeaders)
		p.raw("</p><ul>")
		for i, name := range leaders[:min(mapChoices, len(leaders))] {
			p.raw(`<li data-c="`)
			p.raw(mapChoice(i))
			p.raw(`">`)
			p.name(name)
			p.raw("</li>")
		}
		p.mapEntry(mapOther, p.w.MapOther)
		p.mapEntry(mapLevel, p.w.MapLevel)
	}
	p.mapEntry(mapNothing, p.w.MapNothing)
	p.raw("</ul></div>\n")
}

func (p *page) mapEntry(class, word markup) {
	p.raw(`<li data-c="`)
	p.raw(class)
	p.raw(`">`)
	p.raw(word)
	p.raw("</li>")
}
