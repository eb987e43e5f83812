package recording

import (
	"bytes"
	"fmt"
	"net/http"

	"seteli/core/calendar"
	"seteli/domain/event"
	"seteli/platform/i18n"
	"seteli/platform/sheet"
	"seteli/web/ui"
)

// mostRows is how many rows the check page lists; all are counted and all are in the file of errors.
const mostRows = 200

// files takes a new file and lists the earlier ones. Structural errors come all at once, with row and column.
func (s *Pages) files(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	p := page{Title: r.T("recording.import.title"), Lead: r.T("recording.import.lead"), Form: f, Files: true,
		Fields: []field{{Kind: "upload", Name: "file", Label: r.T("recording.import.file"), Hint: r.T("recording.import.file.hint")}}, Buttons: []act{{Key: "recording.import.check"}},
		Links: []ui.Link{{Text: r.T("recording.import.template", "format", "CSV"), Href: r.Path("/import-template/{format}", "csv")}, {Text: r.T("recording.import.template", "format", "XLSX"), Href: r.Path("/import-template/{format}", "xlsx")}}}
	if f.Submitted() {
		up := f.File("file", event.FileBytes)
		if !f.Refused() {
			id, err := event.Upload(r.Context(), s.DB, r.Actor, r.Actor.Provider, up.Name, up.Data)
			if err == nil {
				return r.SeeOther(w, fmt.Sprintf("/import/%d", id), "")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	list, err := event.Files(r.Context(), s.DB, r.Actor, r.Actor.Provider, pageSize)
	if err != nil {
		return err
	}
	t := ui.Table{Caption: r.T("recording.import.earlier"), Cards: true, Columns: []ui.Column{{Text: r.T("recording.import.file")}, {Text: r.T("recording.import.when")}, {Text: r.T("recording.state")},
		{Text: r.T("recording.import.rows"), Numeric: true}, {Text: r.T("recording.organiser_share"), Numeric: true}}, Empty: ui.Empty{Title: r.T("recording.import.none")}}
	for _, x := range list {
		row := []ui.Cell{{Text: x.Name, Href: r.Path("/import/{file}", x.ID)}, {Text: i18n.DateTime(r.Lang, x.UploadedAt), Small: x.UploadedBy}, r.TagCell("file." + x.State), {}, {}}
		if x.Receipt != nil {
			row[3], row[4] = ui.Cell{Text: ui.Digits(x.Receipt.Counts.Rows), Numeric: true}, r.CentsCell(x.Receipt.Counts.Organiser)
		}
		t.Rows = append(t.Rows, row)
	}
	p.Bottom = []ui.Component{t}
	return s.show(w, r, p)
}

// template sends an empty file with the headings in the reader's language.
func (s *Pages) template(w http.ResponseWriter, r *ui.Request) error {
	format := sheet.Format(r.PathValue("format"))
	if format != sheet.CSV && format != sheet.XLSX {
		return ui.ErrNoPage
	}
	return send(w, r, format, r.T("recording.import.template.name"), func(out *bytes.Buffer) error {
		return event.WriteTemplate(out, s.Texts, r.Lang, format, r.Today())
	})
}

// file is the check of one file: what is good, what is not and why, what a spreadsheet has damaged; then the confirmation.
func (s *Pages) file(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("file")
	if err != nil {
		return err
	}
	f := r.Input()
	if f.Submitted() {
		if err := s.fileAct(r, f, id); err != nil {
			if !f.Take(err) {
				return err
			}
		} else if f.Value("act") == "drop" {
			return r.SeeOther(w, "/import", "recording.import.dropped")
		} else {
			return r.SeeOther(w, fmt.Sprintf("/import/%d", id), "")
		}
	}
	v, err := event.PreviewFile(r.Context(), s.DB, r.Actor, r.Actor.Provider, id)
	if err != nil {
		return err
	}
	return s.show(w, r, s.filePage(r, f, v))
}

func (s *Pages) fileAct(r *ui.Request, f *ui.Form, id int64) error {
	switch f.Choice("act", "confirm", "accept", "refuse", "drop") {
	case "confirm":
		_, err := event.ConfirmFile(r.Context(), s.DB, r.Actor, r.Actor.Provider, id, nil)
		return err
	case "accept":
		return event.Answer(r.Context(), s.DB, r.Actor, r.Actor.Provider, id, sheet.Damage(f.Value("kind")), true)
	case "refuse":
		return event.Answer(r.Context(), s.DB, r.Actor, r.Actor.Provider, id, sheet.Damage(f.Value("kind")), false)
	case "drop":
		return event.DropFile(r.Context(), s.DB, r.Actor, r.Actor.Provider, id)
	}
	return f.Err()
}

func (s *Pages) filePage(r *ui.Request, f *ui.Form, v *event.FilePreview) page {
	good := v.Counts.Rows - v.Counts.Rejected
	p := page{Caption: r.T("recording.import.caption", "name", v.File.Name, "when", v.File.UploadedAt), Form: f, Wide: true,
		Title: r.T("recording.import.checked", "n", v.Counts.Rejected),
		Top: []ui.Component{ui.Tiles{{Label: r.T("recording.import.rows"), Figure: ui.Digits(v.Counts.Rows)}, {Label: r.T("recording.import.good"), Figure: ui.Digits(int64(v.Counts.Accepted + v.Counts.Partial)), Note: r.Cents(v.Counts.Organiser)},
			{Label: r.T("event.state.review"), Figure: ui.Digits(v.Counts.Review)}, {Label: r.T("recording.import.errors"), Figure: ui.Digits(v.Counts.Rejected)}}},
		Bottom: []ui.Component{s.rows(r, v)}}
	if v.Counts.Repeated > 0 {
		p.Texts = append(p.Texts, r.T("recording.import.repeated", "n", v.Counts.Repeated))
	}
	if len(v.Unknown) > 0 {
		p.Top = append(p.Top, ui.Details{Summary: r.T("recording.import.unknown", "n", len(v.Unknown)), Text: fmt.Sprint(v.Unknown)})
	}
	if len(v.HiddenAt)+len(v.Hidden) > 0 {
		p.Top = append(p.Top, ui.Inset{Strong: r.T("recording.import.hidden"), Text: r.T("recording.import.hidden.text", "n", len(v.HiddenAt))})
	}
	switch {
	case v.File.State == "confirmed":
		p.Title = r.T("recording.import.receipt")
		p.Top = append([]ui.Component{ui.Banner{Kind: "success", Title: r.T("recording.import.confirmed", "n", v.File.Receipt.Counts.Rows-v.File.Receipt.Counts.Rejected),
			Text: r.T("recording.import.receipt.text", "sum", v.File.Receipt.Counts.Organiser, "when", v.File.Receipt.ConfirmedAt, "name", v.File.Receipt.ConfirmedBy)}}, p.Top...)
		p.Links = append(p.Links, ui.Link{Text: r.T("recording.import.answers"), Href: r.Path("/import/{file}/answers", v.File.ID)})
	case v.File.State == "dropped":
		p.Top = append([]ui.Component{ui.Inset{Text: r.T("event.file.dropped")}}, p.Top...)
	case len(v.Undecided) > 0: // one kind at a time, one click each
		kind := v.Undecided[0]
		p.Inside = []ui.Component{ui.Inset{Strong: r.T("recording.import.damage", "n", v.Damages[kind]), Text: r.T("sheet.damage." + string(kind))}, s.examples(r, v, kind)}
		p.Hidden = []hidden{{"kind", string(kind)}}
		p.Buttons = []act{{Key: "recording.import.accept", Name: "act", Value: "accept"}, {Key: "recording.import.refuse", Name: "act", Value: "refuse", Kind: "secondary"}}
	default:
		will := r.T("recording.import.will", "n", good, "bad", v.Counts.Rejected)
		if good == 0 {
			will = r.T("recording.import.none_good")
		}
		p.Inside = []ui.Component{ui.Inset{Strong: r.T("recording.import.nothing_yet"), Text: will}}
		if good > 0 {
			p.Buttons = append(p.Buttons, act{Key: "recording.import.confirm", Text: r.T("recording.import.confirm", "n", good), Name: "act", Value: "confirm"})
		}
		p.Buttons = append(p.Buttons, act{Key: "recording.import.drop", Name: "act", Value: "drop", Kind: "secondary"})
	}
	if v.Counts.Rejected > 0 {
		p.Links = append(p.Links, ui.Link{Text: r.T("recording.import.errors.file"), Href: r.Path("/import/{file}/errors", v.File.ID)})
	}
	p.Links = append(p.Links, ui.Link{Text: r.T("recording.import.title"), Href: r.Path("/import")})
	return p
}

// examples shows the first damaged values of a kind with their proposals.
func (s *Pages) examples(r *ui.Request, v *event.FilePreview, kind sheet.Damage) ui.Component {
	t := ui.Table{Caption: r.T("recording.import.proposals"), Dense: true, Cards: true, Columns: []ui.Column{{Text: r.T("recording.import.row")}, {Text: r.T("recording.import.column")}, {Text: r.T("recording.import.value")}, {Text: r.T("recording.import.proposal")}}}
	for _, row := range v.Rows {
		for _, x := range row.Verdict.Findings {
			if x.Code == "ENV-07" && len(t.Rows) < 10 && row.Damaged(x.Field) == kind {
				proposal := fmt.Sprint(x.Values["proposal"])
				if d, ok := x.Values["proposal"].(calendar.Date); ok {
					proposal = r.Date(d)
				}
				t.Rows = append(t.Rows, ui.TextCells(ui.Digits(row.Row), r.T("event.file.column."+x.Field), fmt.Sprint(x.Values["given"]), proposal))
			}
		}
	}
	return t
}

// rows lists what has to be mended or looked at: row, column, value, what is wrong and what to do.
func (s *Pages) rows(r *ui.Request, v *event.FilePreview) ui.Component {
	t := ui.Table{Caption: r.T("recording.import.attention"), Cards: true, Columns: []ui.Column{{Text: r.T("recording.import.row")}, {Text: r.T("recording.state")}, {Text: r.T("recording.import.value")},
		{Text: r.T("recording.import.wrong")}, {Text: r.T("recording.import.remedy")}}, Empty: ui.Empty{Title: r.T("recording.import.all_good")}}
	tags := map[event.Severity]string{event.ToReject: "row.error", event.ToReview: "row.warning", event.Warn: "row.warning"}
	for pass := range 2 { // errors first: they are what is cut when the list is long
		for i := range v.Rows {
			for _, x := range v.Rows[i].Verdict.Findings {
				if (x.Severity() == event.ToReject) != (pass == 0) || len(t.Rows) >= mostRows {
					continue
				}
				wrong, remedy := s.findingText(r, x)
				t.Rows = append(t.Rows, []ui.Cell{{Text: ui.Digits(int64(v.Rows[i].Row))}, r.TagCell(tags[x.Severity()]), {Text: v.Rows[i].Cell(x.Field)}, {Text: wrong, Small: x.Code}, {Text: remedy}})
			}
		}
	}
	return t
}

// fileErrors sends the rows that were not taken, in the sender's own columns with code, reason and remedy.
func (s *Pages) fileErrors(w http.ResponseWriter, r *ui.Request) error {
	v, err := s.preview(r)
	if err != nil {
		return err
	}
	return send(w, r, sheet.CSV, fmt.Sprint("virheet-", v.File.ID), func(out *bytes.Buffer) error { return v.WriteErrors(out, s.Texts, r.Lang) })
}

// fileAnswers sends every row with its answer.
func (s *Pages) fileAnswers(w http.ResponseWriter, r *ui.Request) error {
	v, err := s.preview(r)
	if err != nil {
		return err
	}
	return send(w, r, sheet.CSV, fmt.Sprint("kuittaus-", v.File.ID), func(out *bytes.Buffer) error { return v.WriteAnswers(out, s.Texts, r.Lang, sheet.CSV) })
}

func (s *Pages) preview(r *ui.Request) (*event.FilePreview, error) {
	id, err := r.PathID("file")
	if err != nil {
		return nil, err
	}
	return event.PreviewFile(r.Context(), s.DB, r.Actor, r.Actor.Provider, id)
}
