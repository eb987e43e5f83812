package admission

import (
	"context"
	"net/http"
	"slices"

	"seteli/core/fault"
	"seteli/domain/admission"
	"seteli/domain/decision"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// dossierOf reads the application of the address.
func (s site) dossierOf(r *ui.Request, organiser int32) (admission.Dossier, error) {
	application, err := r.PathID("application")
	if err != nil {
		return admission.Dossier{}, err
	}
	var d admission.Dossier
	err = r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		d, err = admission.Get(ctx, tx, r.Actor, organiser, application)
		return err
	})
	return d, err
}

func (s site) mineOf(r *ui.Request) (int32, admission.Dossier, error) {
	organiser, err := r.PathOrganiser()
	if err != nil {
		return 0, admission.Dossier{}, err
	}
	d, err := s.dossierOf(r, organiser)
	return organiser, d, err
}

func keyOf(a admission.Application, version int32) admission.Key {
	return admission.Key{Organiser: a.Organiser, Application: a.ID, RowVersion: version}
}

func partPath(a admission.Application, part string) string {
	return "/applications/" + ui.Digits(a.Organiser) + "/" + ui.Digits(a.ID) + part
}

// tasks is the task list of an application, its summary and its signature.
func (s site) tasks(w http.ResponseWriter, r *ui.Request) error {
	_, d, err := s.mineOf(r)
	if err != nil {
		return err
	}
	f := r.Input()
	if f.Submitted() {
		done, err := s.moveMine(r, f, d.Application)
		if err == nil && !f.Refused() {
			return r.SeeOther(w, partPath(d.Application, ""), done)
		}
		if err != nil && !f.Take(err) {
			return err
		}
	}
	a := d.Application
	p := page{Title: r.T("admission.web.tasks.title"), Caption: d.Company.Name + " · " + d.Service.Names.In(r.Lang),
		Top: stateOf(r, d), Hidden: version(f, a.RowVersion)}
	if a.State.Live() {
		p.Top = append(p.Top, taskLists(r, d)...)
	} else {
		p.Top = append(p.Top, summary(r, d)...)
	}
	p.Buttons, p.Fields = mayMove(r, d)
	p.Bottom = []ui.Component{timeline(r, d)}
	if a.Decision != nil {
		err := r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) error {
			made, err := decision.Get(ctx, tx, r.Actor, a.Organiser, *a.Decision)
			p.Links = append(p.Links, ui.Link{Text: r.T("admission.web.decision_letter", "number", made.Number), Href: r.Path("/letters/{organiser}/{document}", a.Organiser, made.Document)})
			return err
		})
		if err != nil {
			return err
		}
	}
	return show(w, r, p)
}

func (s site) moveMine(r *ui.Request, f *ui.Form, a admission.Application) (done string, err error) {
	key := keyOf(a, seen(f))
	act := f.Choice("act", "request", "take_back", "sign", "withdraw")
	if f.Refused() {
		return "", nil
	}
	if act == "sign" && !f.Bool("sure") {
		f.Refuse(errConfirm.At("sure"))
		return "", nil
	}
	return "admission.web.done." + act, r.DoIn(s.DB, a.Organiser, func(ctx context.Context, tx *postgres.Tx) (err error) {
		switch act {
		case "request":
			_, err = admission.RequestSignature(ctx, tx, r.Actor, key)
		case "take_back":
			_, err = admission.TakeBack(ctx, tx, r.Actor, key)
		case "sign":
			_, err = admission.Sign(ctx, tx, r.Actor, key)
		case "withdraw":
			_, err = admission.Withdraw(ctx, tx, r.Actor, admission.WithdrawInput{Key: key, Reason: f.OptionalText("reason")})
		}
		return err
	})
}

var errConfirm = fault.New(fault.Invalid, "ADW-002", "admission.web.confirm")

// mayMove gives the buttons that lead on from the state.
func mayMove(r *ui.Request, d admission.Dossier) ([]act, []field) {
	var buttons []act
	var fields []field
	state, whole := d.Application.State, len(d.Missing()) == 0
	signs := r.Actor.Can(access.ApplicationSign)
	if whole && signs && (state == admission.Draft || state == admission.AwaitingSignature || state == admission.Completing) {
		fields = append(fields, field{Kind: "tick", Name: "sure", Label: r.T("admission.web.sign.sure"), Heading: r.T("admission.web.sign.heading")})
		buttons = append(buttons, act{Key: "admission.web.sign", Name: "act", Value: "sign"})
	}
	if !r.Actor.Can(access.ApplicationPrepare) {
		return buttons, fields
	}
	if whole && !signs && state == admission.Draft {
		buttons = append(buttons, act{Key: "admission.web.request", Name: "act", Value: "request"})
	}
	if state == admission.AwaitingSignature {
		buttons = append(buttons, act{Key: "admission.web.take_back", Kind: "secondary", Name: "act", Value: "take_back"})
	}
	if state.Live() {
		buttons = append(buttons, act{Key: "admission.web.withdraw", Kind: "warning", Name: "act", Value: "withdraw"})
	}
	return buttons, fields
}

// stateOf tells where the application is, what is asked and how long the answer may take.
func stateOf(r *ui.Request, d admission.Dossier) []ui.Component {
	a := d.Application
	rows := []ui.Row{{Key: r.T("admission.web.state"), Tag: r.Tag("application." + string(a.State))}}
	if d.Clock.Running {
		rows = append(rows, ui.Row{Key: r.T("admission.web.sent_on"), Value: r.Date(d.Clock.SentOn)})
		if a.State == admission.Sent {
			rows = append(rows, ui.Row{Key: r.T("admission.web.take_up_by"), Value: r.Date(d.Clock.TakeUpBy)})
		}
		rows = append(rows, ui.Row{Key: r.T("admission.web.decide_by"), Value: r.Date(d.Clock.DecideBy)})
	}
	if a.Handler != "" {
		rows = append(rows, ui.Row{Key: r.T("admission.web.handler"), Value: a.Handler})
	}
	out := []ui.Component{ui.Summary{Rows: rows}}
	if a.State == admission.Completing && a.CompleteBy != nil {
		out = append(out, ui.Inset{Strong: r.T("admission.web.complete_by", "day", *a.CompleteBy), Text: lastNote(d)})
	}
	return out
}

func lastNote(d admission.Dossier) string {
	for _, s := range slices.Backward(d.Steps) {
		if s.State == admission.Completing {
			return s.Note
		}
	}
	return ""
}

// taskLists shows the parts with what is missing in each; a part that is not open has no link and says why.
func taskLists(r *ui.Request, d admission.Dossier) []ui.Component {
	missing := d.Missing()
	task := func(part admission.Part, path string) ui.Task {
		t := ui.Task{Text: r.T("admission.web.part." + string(part)), Status: r.T("admission.web.task.done")}
		if d.Application.Open(part) {
			t.Href = r.Path("/applications/{organiser}/{application}"+path, d.Application.Organiser, d.Application.ID)
		} else {
			t.Hint = r.T("admission.web.part_closed")
		}
		if part == admission.PartPrices && len(d.Prices) == 0 && len(d.Service.Contents) > 0 { // without units there is nobody to miss a price
			t.Status, t.Colour = r.T("admission.web.task.missing"), "blue"
		}
		for _, m := range missing {
			if m.Field == string(part) {
				t.Status, t.Colour = r.T("admission.web.task.missing"), "blue"
				if m.Code == "ADM-036" {
					t.Status, t.Colour = r.T("admission.web.task.expired"), "red"
				}
				t.Hint = r.T(m.Key, pairs(m)...)
				break
			}
		}
		return t
	}
	first := []ui.Task{task(admission.PartRulebook, "/rulebook")}
	if len(d.Criteria) > 0 {
		first = append(first, task(admission.PartCriteria, "/criteria"))
	}
	return []ui.Component{
		ui.TaskList{Title: r.T("admission.web.tasks.company"), Tasks: append(first, task(admission.PartUnits, "/units"), task(admission.PartBilling, "/billing"))},
		ui.TaskList{Title: r.T("admission.web.tasks.prices"), Tasks: []ui.Task{task(admission.PartPrices, "/prices")}},
		ui.TaskList{Title: r.T("admission.web.tasks.attachments"), Tasks: []ui.Task{task(admission.PartAttachments, "/attachments")}},
	}
}

// pairs gives the values of a fault as the text function wants them.
func pairs(f *fault.Fault) []any {
	var out []any
	for name, v := range f.Values {
		out = append(out, name, v)
	}
	return out
}

func timeline(r *ui.Request, d admission.Dossier) ui.Timeline {
	t := ui.Timeline{Title: r.T("admission.web.history")}
	for _, s := range slices.Backward(d.Steps) {
		t.Moments = append(t.Moments, ui.Moment{Title: r.T("admission.web.state." + string(s.State)), By: s.ByName, When: r.T("admission.web.when", "at", s.At), Text: s.Note})
	}
	return t
}

// summary shows the whole application to read: to its own people and to the handler.
func summary(r *ui.Request, d admission.Dossier) []ui.Component {
	a := d.Application
	account := r.T("admission.web.billing." + string(a.BillingLevel))
	rows := []ui.Row{{Key: r.T("admission.web.company"), Value: d.Company.Name, Small: d.Company.BusinessID.String()},
		{Key: r.T("admission.web.part.billing"), Value: account, Small: a.ContractNumber}}
	if a.RulebookAcceptedAt != nil {
		rows = append(rows, ui.Row{Key: r.T("admission.web.part.rulebook"), Value: r.T("admission.web.accepted", "by", a.RulebookAcceptedBy, "at", *a.RulebookAcceptedAt)})
	}
	for _, u := range d.Units {
		rows = append(rows, ui.Row{Key: r.T("admission.web.unit"), Value: u.Name, Small: u.AddressLine + ", " + u.Postcode + " " + u.City})
	}
	prices := ui.Table{Caption: r.T("admission.web.part.prices"), Cards: true, Columns: []ui.Column{{Text: r.T("admission.web.unit")}, {Text: r.T("admission.web.content")},
		{Text: r.T("admission.web.from")}, {Text: r.T("admission.web.price"), Numeric: true}}, Empty: ui.Empty{Title: r.T("admission.web.no_prices")}}
	for _, line := range d.Prices {
		prices.Rows = append(prices.Rows, []ui.Cell{{Text: unitName(d, line.Unit)}, {Text: contentName(r, d, line.Content)}, {Text: r.Date(line.From)}, r.CentsCell(line.Price)})
	}
	files := ui.Table{Caption: r.T("admission.web.part.attachments"), Cards: true, Columns: []ui.Column{{Text: r.T("admission.web.file")}, {Text: r.T("admission.web.purpose")},
		{Text: r.T("admission.web.expires")}}, Empty: ui.Empty{Title: r.T("admission.web.no_files")}}
	for _, at := range d.Attachments {
		files.Rows = append(files.Rows, fileCells(r, d, at))
	}
	return append(append([]ui.Component{ui.Summary{Rows: rows}}, criteriaTable(r, d)...), prices, files)
}

func unitName(d admission.Dossier, id int64) string {
	for _, u := range d.Units {
		if u.ID == id {
			return u.Name
		}
	}
	return d.Company.Name
}

func contentName(r *ui.Request, d admission.Dossier, id int64) string {
	c, ok := d.Service.Content(id)
	if !ok {
		return ui.Digits(id)
	}
	return r.T("admission.letter.content", "content", c.Names.In(r.Lang), "unit", r.T("admission.per."+string(c.Unit)))
}

func fileCells(r *ui.Request, d admission.Dossier, at admission.Attachment) []ui.Cell {
	purpose, expires := "", ""
	for _, s := range d.Slots {
		if s.ID == at.Slot {
			purpose = s.Names.In(r.Lang)
		}
	}
	if at.ExpiresOn != nil {
		expires = r.Date(*at.ExpiresOn)
	}
	cells := []ui.Cell{{Text: at.Name, Href: r.Path("/attachments/{organiser}/{attachment}", d.Application.Organiser, at.ID)}, {Text: purpose, Small: unitName(d, at.Unit)}, {Text: expires}}
	if at.Expired(r.Today()) {
		cells[2] = ui.Cell{Text: expires, Tag: &ui.Tag{Text: r.T("admission.web.task.expired"), Colour: "red"}}
	}
	return cells
}
