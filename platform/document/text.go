package document

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"seteli/platform/i18n"
)

// textWidth is the width of a line in characters; mail programs show 72 without breaking.
const textWidth = 72

// Text renders the letter as plain text for e-mail and messages: lines of at most 72 characters (an address or a long
// word may be longer), LF line ends, links written out after their text.
func Text(l Letter, words Words) (string, error) {
	if err := l.Check(); err != nil {
		return "", err
	}
	t := plain{words: words, lang: l.Lang}
	t.line(l.Sender)
	t.line(l.SenderUnit)
	t.line(i18n.Date(l.Lang, l.Date))
	if l.Number != "" {
		t.line(words.Text(l.Lang, l.numberKey(), map[string]any{"number": l.Number}))
	}
	t.line(l.Mark)
	t.gap()
	for _, r := range l.Recipient {
		t.line(r)
	}
	t.gap()
	t.heading(l.Title, "=")
	for _, b := range l.expand(words) {
		t.block(b)
	}
	return strings.TrimRight(t.b.String(), "\n") + "\n", nil
}

type plain struct {
	b     strings.Builder
	words Words
	lang  i18n.Lang
}

func (t *plain) line(s string) {
	if s != "" {
		t.b.WriteString(s + "\n")
	}
}

// gap is one empty line, never two.
func (t *plain) gap() {
	if s := t.b.String(); s != "" && !strings.HasSuffix(s, "\n\n") {
		t.b.WriteString("\n")
	}
}

func (t *plain) heading(s, rule string) {
	t.gap()
	t.wrap(s, "", "")
	if rule != "" {
		t.line(strings.Repeat(rule, min(utf8.RuneCountInString(s), textWidth)))
	}
	t.gap()
}

func (t *plain) block(b Block) {
	switch b := b.(type) {
	case Heading:
		t.heading(b.Text, map[int]string{2: "-"}[b.Level])
	case Paragraph:
		t.wrap(runsText(b), "", "")
		t.gap()
	case Summary:
		t.heading(t.words.Text(t.lang, "document.summary", nil), "-")
		for _, p := range b.Paragraphs {
			t.block(p)
		}
	case List:
		for i, item := range b.Items {
			sign := "- "
			if b.Numbered {
				sign = strconv.Itoa(i+1) + ". "
			}
			t.wrap(runsText(item), sign, strings.Repeat(" ", len(sign)))
		}
		t.gap()
	case Table:
		t.table(b)
	case Signature:
		t.gap()
		t.line(b.Name)
		t.line(b.Office)
		t.line(b.Note)
		t.gap()
	case Square: // its words stand beside it
	case PageBreak:
		t.gap()
	}
}

// runsText joins runs; a link's address follows its text unless the text is the address.
func runsText(p Paragraph) string {
	var b strings.Builder
	for _, r := range p.Runs {
		b.WriteString(r.Text)
		if r.Link != "" && !strings.HasSuffix(r.Link, r.Text) {
			address := strings.TrimPrefix(strings.TrimPrefix(r.Link, "mailto:"), "tel:")
			b.WriteString(" (" + address + ")")
		}
	}
	return b.String()
}

func (t *plain) wrap(s, first, rest string) {
	s = strings.ReplaceAll(s, string(softHyphen), "")
	current, width := first, utf8.RuneCountInString(first)
	empty := true
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }) {
		n := utf8.RuneCountInString(word)
		if !empty && width+1+n > textWidth {
			t.line(current)
			current, width, empty = rest, utf8.RuneCountInString(rest), true
		}
		if !empty {
			current += " "
			width++
		}
		current += word
		width += n
		empty = false
	}
	if !empty {
		t.line(current)
	}
}

// table writes the rows as aligned columns when they fit, otherwise each row as its heading with "column: value" lines.
func (t *plain) table(tab Table) {
	t.gap()
	t.line(tab.Caption)
	widths := make([]int, len(tab.Columns))
	total := 2 * (len(widths) - 1)
	for i, c := range tab.Columns {
		widths[i] = utf8.RuneCountInString(c.Title)
		for _, r := range tab.Rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(r.Cells[i].Text))
		}
		total += widths[i]
	}
	if total > textWidth {
		t.tall(tab)
		return
	}
	titles := make([]string, len(tab.Columns))
	for i, c := range tab.Columns {
		titles[i] = c.Title
	}
	t.columns(tab, widths, Cells(titles...))
	t.line(strings.Repeat("-", total))
	for _, r := range tab.Rows {
		if r.Sum {
			t.line(strings.Repeat("-", total))
		}
		t.columns(tab, widths, r.Cells)
		if r.Sum {
			t.line(strings.Repeat("=", total))
		}
	}
	t.gap()
}

func (t *plain) columns(tab Table, widths []int, cells []Cell) {
	var b strings.Builder
	for i, c := range cells {
		if i > 0 {
			b.WriteString("  ")
		}
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c.Text))
		if tab.Columns[i].Numeric {
			b.WriteString(pad + c.Text)
		} else {
			b.WriteString(c.Text + pad)
		}
	}
	t.line(strings.TrimRight(b.String(), " "))
	for _, c := range cells {
		for _, note := range c.Notes {
			t.wrap(note, "  ", "  ")
		}
	}
}

func (t *plain) tall(tab Table) {
	for _, r := range tab.Rows {
		t.wrap(r.Cells[0].Text, "- ", "  ")
		for i, c := range r.Cells {
			if i > 0 && c.Text != "" {
				t.wrap(tab.Columns[i].Title+": "+c.Text, "  ", "  ")
			}
			for _, note := range c.Notes {
				t.wrap(note, "  ", "  ")
			}
		}
	}
	t.gap()
}
