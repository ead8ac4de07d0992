package main

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/heraldresults/herald/cdn"
	"github.com/heraldresults/herald/fixtures/showcase"
	"github.com/heraldresults/herald/publish/shard"
	"github.com/heraldresults/herald/publish/store"
	"github.com/heraldresults/herald/templates"
)

// indexKey is the page that leads to all others of a preview.
const indexKey = "preview/index.html"

var indexPage = template.Must(template.New("preview").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Preview</title>
<link rel="stylesheet" href="{{.Style}}">
<body>
<main>
<h1>Preview</h1>
<p class="lede">Every kind of page of a made election, with the folder's words, colours and pictures. Its numbers are invented.</p>
{{range .Tables}}<h2>{{.Title}}</h2>
<table>
<thead><tr><th scope="col">Page</th>{{range $.Moments}}<th scope="col">{{.}}</th>{{end}}</tr></thead>
<tbody>
{{range .Rows}}<tr><th scope="row">{{.Name}}</th>{{range .Cells}}<td>{{range .}}<a href="{{.Address}}" hreflang="{{.Code}}">{{.Code}}</a> {{end}}</td>{{end}}</tr>
{{end}}</tbody>
</table>
{{end}}{{if .Maps}}<h2>Maps of the folder</h2>
<p>Areas get their colours on the pages of the election they belong to.</p>
{{range .Maps}}<figure><img src="{{.Address}}" alt="Map of {{.Code}}" width="320"><figcaption>{{.Code}}</figcaption></figure>
{{end}}{{end}}</main>
</body>
</html>
`))

type indexLink struct{ Code, Address string }

type indexRow struct {
	Name  string
	Cells [][]indexLink // by moment, then language
}

type indexTable struct {
	Title string
	Rows  []indexRow
}

// index stores the page that leads to all others.
func (v *preview) index(ctx context.Context, st store.Store, o *templates.Overrides) error {
	data := struct {
		Style   string
		Moments []string
		Tables  []indexTable
		Maps    []indexLink
	}{}
	for _, m := range v.moments {
		data.Moments = append(data.Moments, m.title)
	}
	made := showcase.Maps()
	for _, f := range templates.Assets(o) {
		name, ext, _ := strings.Cut(f.Name, ".")
		address := "/" + shard.Asset(name, ext, shard.HashOf(f.Body))
		unit, isMap := strings.CutPrefix(name, "map-")
		switch {
		case f.Name == "herald.css":
			data.Style = address
		case isMap && made["maps/"+unit+".geojson"] == nil:
			data.Maps = append(data.Maps, indexLink{unit, address})
		}
	}
	for _, t := range []struct {
		title string
		pages []showcase.Page
	}{{"Kinds of pages", showcase.Kinds()}, {"Kinds and states of races", showcase.Races()}} {
		table := indexTable{Title: t.title}
		for _, page := range t.pages {
			table.Rows = append(table.Rows, v.row(page))
		}
		data.Tables = append(data.Tables, table)
	}
	var b bytes.Buffer
	if err := indexPage.Execute(&b, data); err != nil {
		return fmt.Errorf("make the list of pages: %w", err)
	}
	_, err := st.Create(ctx, store.Object{Key: indexKey, Class: cdn.Alias, ContentType: "text/html; charset=utf-8", Body: b.Bytes()})
	return err
}

func (v *preview) row(page showcase.Page) indexRow {
	r := indexRow{Name: strings.ReplaceAll(page.Name, "-", " ")}
	for _, m := range v.moments {
		var cell []indexLink
		for n, code := range v.languages {
			address := "/" + m.election + "/" + page.Path
			if n > 0 {
				address = "/" + shard.Segment(code) + address
			}
			cell = append(cell, indexLink{code, address})
		}
		r.Cells = append(r.Cells, slices.Clip(cell))
	}
	return r
}
