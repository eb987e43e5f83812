package event

import (
	"io"
	"iter"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/platform/i18n"
	"seteli/platform/sheet"
)

// WriteTemplate writes an empty file with the headings and one example row in the language.
func WriteTemplate(w io.Writer, texts *i18n.Catalogue, lang i18n.Lang, format sheet.Format, today calendar.Date) error {
	example := []any{"ABC-2345-6789D", calendar.Day(1944, 5, 6), "KH", today - 1, "8:00", "10:00", sheet.Figure("2"), nil, nil, nil, nil, nil, nil}
	rows := func(yield func([]any, error) bool) { yield(example, nil) }
	return write(w, format, texts.Text(lang, "event.file.sheet", nil), columnTexts(texts, lang, FileColumns...), rows)
}

func write(w io.Writer, format sheet.Format, name string, headings []string, rows iter.Seq2[[]any, error]) error {
	if format == sheet.XLSX {
		return sheet.WriteXLSX(w, name, headings, rows)
	}
	return sheet.WriteCSV(w, headings, rows)
}

func columnTexts(texts *i18n.Catalogue, lang i18n.Lang, names ...string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = texts.Text(lang, "event.file.column."+n, nil)
	}
	return out
}

// reported are the columns that WriteErrors adds to the sender's.
var reported = []string{"row", "code", "text", "remedy"}

// foreign finds the columns that recording does not know. Those that an earlier error report has added are left out: a
// corrected report that is sent back as it is must not grow by them each time.
func (p *FilePreview) foreign(headings []string) error {
	texts, err := loadTexts()
	if err != nil {
		return err
	}
	p.headings = headings
	for at, h := range headings {
		ours := func(lang i18n.Lang) bool { return slices.Contains(columnTexts(texts, lang, reported...), h) }
		if h != "" && !slices.Contains(p.Found, at) && !slices.ContainsFunc(i18n.Langs, ours) {
			p.others = append(p.others, at)
		}
	}
	return nil
}

// WriteErrors writes the rows that were not taken: the sender's own columns as they were sent, under the sender's headings and
// in the sender's order, also those that recording does not know; then row, code, reason and what to do. Corrected, the file
// can be sent again as it is.
func (p *FilePreview) WriteErrors(w io.Writer, texts *i18n.Catalogue, lang i18n.Lang) error {
	type column struct{ known, other int } // index into FileRow.Raw or FileRow.others, -1 when it is of the other kind
	var shown []column
	var headings []string
	for at, h := range p.headings {
		c := column{slices.Index(p.Found, at), slices.Index(p.others, at)}
		if c.known >= 0 || c.other >= 0 {
			shown, headings = append(shown, c), append(headings, h)
		}
	}
	headings = append(headings, columnTexts(texts, lang, reported...)...)
	return sheet.WriteCSV(w, headings, func(yield func([]any, error) bool) {
		for _, row := range p.Bad() {
			for _, f := range row.Verdict.Findings {
				if f.Severity() != ToReject {
					continue
				}
				cells := make([]any, 0, len(headings))
				for _, c := range shown {
					if c.known >= 0 {
						cells = append(cells, row.Raw[c.known])
					} else {
						cells = append(cells, row.others[c.other])
					}
				}
				cells = append(cells, row.Row, f.Code, texts.Text(lang, f.TextKey(), f.Args()), texts.Text(lang, f.TextKey()+".remedy", f.Args()))
				if !yield(cells, nil) {
					return
				}
				break // one line a row: the first finding is the gravest
			}
		}
	})
}

// WriteAnswers writes every row with its answer: the receipt of a confirmed file for a program or a spreadsheet.
func (p *FilePreview) WriteAnswers(w io.Writer, texts *i18n.Catalogue, lang i18n.Lang, format sheet.Format) error {
	headings := columnTexts(texts, lang, "row", "number", "date", "quantity", "reference", "state", "event", "accepted", "organiser_share", "own_share", "code", "text")
	return write(w, format, texts.Text(lang, "event.file.sheet", nil), headings, func(yield func([]any, error) bool) {
		for i := range p.Rows {
			r, v := &p.Rows[i], p.Rows[i].Verdict
			code, text := "", ""
			if len(v.Findings) > 0 {
				code, text = v.Findings[0].Code, texts.Text(lang, v.Findings[0].TextKey(), v.Findings[0].Args())
			}
			var date any
			if r.Line.Date > 0 {
				date = r.Line.Date
			}
			var number any = v.Event
			if v.Event == 0 {
				number = nil
			}
			if !yield([]any{r.Row, r.Raw[colNumber], date, figure(v.Quantity), r.Line.Reference, texts.Text(lang, "event.state."+string(v.State), nil), number, figure(v.Accepted), v.Share.Organiser, v.Share.Own, code, text}, nil) {
				return
			}
		}
	})
}

func figure(q money.Quantity) sheet.Figure { return sheet.Figure(q.String()) }
