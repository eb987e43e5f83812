package document

import (
	"fmt"
	"html"
	"html/template"
	"strconv"
	"strings"

	"seteli/platform/document/qr"
	"seteli/platform/i18n"
)

// HTML renders the letter as a fragment for a page: semantic elements with the classes of the page's style sheet.
// The fragment begins with the only h1; the page around it has none. It holds no script and no style attribute.
func HTML(l Letter, words Words) (template.HTML, error) { return hypertext(l, words, 0) }

// Part renders the letter as a part of a page that has a title of its own: every heading is one level lower.
func Part(l Letter, words Words) (template.HTML, error) { return hypertext(l, words, 1) }

// lower takes every heading one level down; the letter's own markup has no others.
var lower = strings.NewReplacer("<h1 ", "<h2 ", "</h1>", "</h2>", "<h2 ", "<h3 ", "</h2>", "</h3>", "<h3 ", "<h4 ", "</h3>", "</h4>")

// StoredPart is Part of a letter that HTML rendered when it was sent.
func StoredPart(stored string) template.HTML { return template.HTML(lower.Replace(stored)) }

func hypertext(l Letter, words Words, down int) (template.HTML, error) {
	if err := l.Check(); err != nil {
		return "", err
	}
	h := hyper{words: words, lang: l.Lang, down: down}
	h.f(`<article class="letter" lang="%s">`+"\n", string(l.Lang))
	h.head(l)
	h.heading(1, "l", l.Title)
	for _, b := range l.expand(words) {
		h.block(b)
	}
	h.f("</article>\n")
	return template.HTML(h.b.String()), nil
}

// hyper writes markup; every value goes through f, which escapes it.
type hyper struct {
	b     strings.Builder
	words Words
	lang  i18n.Lang
	down  int // levels by which headings are lowered
}

func (h *hyper) heading(level int, size, text string) {
	tag := "h" + strconv.Itoa(level+h.down)
	h.f("<"+tag+` class="govuk-heading-`+size+`">%s</`+tag+">\n", text)
}

func (h *hyper) f(format string, values ...string) {
	escaped := make([]any, len(values))
	for i, v := range values {
		escaped[i] = html.EscapeString(v)
	}
	fmt.Fprintf(&h.b, format, escaped...)
}

func (h *hyper) head(l Letter) {
	h.f(`<header class="letter-head"><p class="govuk-body"><strong>%s</strong>`, l.Sender)
	if l.SenderUnit != "" {
		h.f("<br>%s", l.SenderUnit)
	}
	h.f(`</p><p class="govuk-body"><time datetime="%s">%s</time>`, l.Date.String(), i18n.Date(l.Lang, l.Date))
	if l.Number != "" {
		h.f("<br>%s", h.words.Text(l.Lang, l.numberKey(), map[string]any{"number": l.Number}))
	}
	if l.Mark != "" {
		h.f(`<br><strong class="letter-mark">%s</strong>`, l.Mark)
	}
	h.f("</p>")
	if len(l.Recipient) > 0 {
		h.f(`<address class="govuk-body letter-address">`)
		for i, line := range l.Recipient {
			if i > 0 {
				h.f("<br>")
			}
			h.f("%s", line)
		}
		h.f("</address>")
	}
	h.f("</header>\n")
}

func (h *hyper) block(b Block) {
	switch b := b.(type) {
	case Heading:
		if b.Level == 2 {
			h.heading(2, "m", b.Text)
		} else {
			h.heading(3, "s", b.Text)
		}
	case Paragraph:
		h.f(`<p class="govuk-body">`)
		h.runs(b)
		h.f("</p>\n")
	case Summary:
		h.f(`<section class="govuk-inset-text letter-summary">`)
		h.heading(2, "m", h.words.Text(h.lang, "document.summary", nil))
		for _, p := range b.Paragraphs {
			h.block(p)
		}
		h.f("</section>\n")
	case List:
		open, end := `<ul class="govuk-list govuk-list--bullet">`, "</ul>\n"
		if b.Numbered {
			open, end = `<ol class="govuk-list govuk-list--number">`, "</ol>\n"
		}
		h.f(open)
		for _, item := range b.Items {
			h.f("<li>")
			h.runs(item)
			h.f("</li>")
		}
		h.f(end)
	case Table:
		h.table(b)
	case Square:
		if code, err := qr.Encode(b.Content); err == nil { // Check has tried it
			h.b.WriteString(`<p class="letter-square">` + code.SVG(b.Alt) + "</p>\n")
		}
	case Signature:
		h.f(`<p class="govuk-body letter-signature">`)
		if b.Name != "" {
			h.f("<strong>%s</strong>", b.Name)
		}
		if b.Office != "" {
			h.f("<br>%s", b.Office)
		}
		h.f("</p>\n")
		if b.Note != "" {
			h.f(`<p class="govuk-body-s">%s</p>`+"\n", b.Note)
		}
	}
}

func (h *hyper) runs(p Paragraph) {
	for _, r := range p.Runs {
		end := ""
		if r.Lang != "" && r.Lang != h.lang {
			h.f(`<span lang="%s">`, string(r.Lang))
			end = "</span>"
		}
		if r.Bold {
			h.f("<strong>")
			end = "</strong>" + end
		}
		if r.Link != "" {
			h.f(`<a class="govuk-link" href="%s">`, r.Link)
			end = "</a>" + end
		}
		h.f("%s", r.Text)
		h.f(end)
	}
}

// table is a table where there is room, and on a phone a card for each row: nothing of a letter is cut.
func (h *hyper) table(t Table) {
	h.f(`<section class="app-scroll app-scroll--cards" tabindex="0" aria-label="%s">`, t.Caption)
	h.f(`<table class="govuk-table app-table--cards"><caption class="govuk-table__caption govuk-table__caption--s">%s</caption>`+"\n", t.Caption)
	h.f(`<thead class="govuk-table__head"><tr class="govuk-table__row">`)
	for _, c := range t.Columns {
		h.f(`<th scope="col" class="govuk-table__header%s">%s</th>`, numericClass("header", c.Numeric), c.Title)
	}
	h.f("</tr></thead>\n" + `<tbody class="govuk-table__body">`)
	for _, r := range t.Rows {
		class := ""
		if r.Sum {
			class = " letter-sum"
		}
		h.f(`<tr class="govuk-table__row%s">`, class)
		for i, c := range r.Cells {
			end := "</td>"
			if i == 0 {
				h.f(`<th scope="row" class="govuk-table__header%s">`, numericClass("header", t.Columns[i].Numeric))
				end = "</th>"
			} else {
				h.f(`<td class="govuk-table__cell%s" data-label="%s">`, numericClass("cell", t.Columns[i].Numeric), t.Columns[i].Title)
			}
			if r.Sum && i > 0 {
				h.f("<strong>%s</strong>", c.Text)
			} else {
				h.f("%s", c.Text)
			}
			for _, note := range c.Notes {
				h.f(`<br><span class="govuk-body-s letter-note">%s</span>`, note)
			}
			h.f(end)
		}
		h.f("</tr>\n")
	}
	h.f("</tbody></table></section>\n")
}

func numericClass(part string, numeric bool) string {
	if numeric {
		return " govuk-table__" + part + "--numeric"
	}
	return ""
}
