package event

import (
	"io"
	"iter"

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

// WriteErrors writes the rows that were not taken: the sender's own columns as they were sent, then row, code, reason and what to do.
// Corrected, the file can be sent again as it is.
func (p *FilePreview) WriteErrors(w io.Writer, texts *i18n.Catalogue, lang i18n.Lang) error {
	var shown []int // columns of the file, in the sender's order
	for place := range 100 {
		for i, at := range p.Found {
			if at == place {
				shown = append(shown, i)
			}
		}
	}
	names := make([]string, 0, len(shown)+4)
	for _, i := range shown {
		names = append(names, FileColumns[i])
	}
	headings := columnTexts(texts, lang, append(names, "row", "code", "text", "remedy")...)
	return sheet.WriteCSV(w, headings, func(yield func([]any, error) bool) {
		for _, row := range p.Bad() {
			for _, f := range row.Verdict.Findings {
				if f.Severity() != ToReject {
					continue
				}
				cells := make([]any, 0, len(headings))
				for _, i := range shown {
					cells = append(cells, row.Raw[i])
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
			r, v := &p.Rows[i], &p.Rows[i].Verdict
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
