package finance

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"seteli/core/fault"
	"seteli/domain/payment"
	"seteli/domain/settlement"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// actView asks before an act that cannot be taken back lightly.
type actView struct {
	Form    *ui.Form
	Run     settlement.Run
	Title   string
	Lead    string
	Facts   ui.Summary
	Warning ui.Warning
	StepUp  *ui.Link // the sign-in is too old for this act
	Reason  bool
	Button  string // text key
	Kind    string
	Back    string
}

// taken is the number of the run that a PAY-005 names.
func taken(err error) (int64, bool) {
	for _, one := range fault.All(err) {
		if run, ok := one.Values["run"].(int64); ok {
			return run, true
		}
	}
	return 0, false
}

// act shows the question, does the act on POST and goes to the run.
func (p *Pages) act(w http.ResponseWriter, r *ui.Request, v actView, done string, do func(ctx context.Context, tx *postgres.Tx, reason string) error) error {
	f := r.Input()
	v.Form, v.Back = f, r.Path(runPath(v.Run.No))
	v.Facts = ui.Summary{Rows: []ui.Row{{Key: r.T("finance.key"), Value: slotText(r, v.Run.Key)}, {Key: r.T("finance.pay"), Value: r.Cents(v.Run.Pay)},
		{Key: r.T("finance.payees"), Value: strconv.Itoa(v.Run.Payees)}, {Key: r.T("finance.prepared_by"), Value: v.Run.PreparedBy}}}
	if !f.Submitted() {
		return p.Site.Show(w, r, http.StatusOK, "finance/act", v)
	}
	reason := ""
	if v.Reason {
		reason = f.LongText("reason")
	}
	if f.Refused() {
		return p.Site.Show(w, r, http.StatusUnprocessableEntity, "finance/act", v)
	}
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error { return do(ctx, tx, reason) })
	switch {
	case err == nil:
		return p.Site.SeeOther(w, r, runPath(v.Run.No), done, "key", slotText(r, v.Run.Key))
	case errors.Is(err, access.ErrStepUp):
		v.StepUp = &ui.Link{Text: r.T("finance.step_up.link"), Href: r.Path("/sign-in") + "?return=" + url.QueryEscape(r.URL.Path)}
		return p.Site.Show(w, r, http.StatusForbidden, "finance/act", v)
	case f.Take(err):
		return p.Site.Show(w, r, http.StatusUnprocessableEntity, "finance/act", v)
	}
	return err
}

func (p *Pages) approve(w http.ResponseWriter, r *ui.Request) error {
	run, err := p.oneRun(r)
	if err != nil {
		return err
	}
	v := actView{Run: run, Title: r.T("finance.approve.title"), Lead: r.T("finance.approve.lead"), Button: "finance.approve.button"}
	if run.PreparedByAccount == r.Actor.Account {
		v.Warning.Text = r.T("settlement.own_run")
	}
	return p.act(w, r, v, "finance.approve.done", func(ctx context.Context, tx *postgres.Tx, _ string) error {
		_, err := settlement.Approve(ctx, tx, r.Actor, run.Organiser, run.No)
		return err
	})
}

func (p *Pages) release(w http.ResponseWriter, r *ui.Request) error {
	run, err := p.oneRun(r)
	if err != nil {
		return err
	}
	v := actView{Run: run, Title: r.T("finance.release.title"), Lead: r.T("finance.release.lead"), Button: "finance.release.button"}
	v.Warning.Text = r.T("finance.release.warning")
	return p.act(w, r, v, "finance.release.done", func(ctx context.Context, tx *postgres.Tx, _ string) error {
		_, err := payment.MakeFile(ctx, tx, r.Actor, p.Writer, run.Organiser, run.No)
		return err
	})
}

func (p *Pages) undo(w http.ResponseWriter, r *ui.Request) error {
	run, err := p.oneRun(r)
	if err != nil {
		return err
	}
	v := actView{Run: run, Title: r.T("finance.undo.title"), Lead: r.T("finance.undo.lead"), Button: "finance.undo.button", Kind: "warning", Reason: true}
	return p.act(w, r, v, "finance.undo.done", func(ctx context.Context, tx *postgres.Tx, reason string) error {
		_, err := settlement.Undo(ctx, tx, r.Actor, settlement.UndoInput{Organiser: run.Organiser, Run: run.No, Reason: reason})
		return err
	})
}

func (p *Pages) returned(w http.ResponseWriter, r *ui.Request) error {
	run, err := p.oneRun(r)
	if err != nil {
		return err
	}
	provider, err := r.PathID("provider")
	if err != nil {
		return err
	}
	var s settlement.Statement
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		s, err = settlement.OneStatement(ctx, tx, r.Actor, run.Organiser, run.No, provider)
		return err
	})
	if err != nil {
		return err
	}
	v := actView{Run: run, Title: r.T("finance.returned.title", "payee", s.PayeeName), Lead: r.T("finance.returned.lead", "sum", s.Net), Button: "finance.returned.button",
		Kind: "warning", Reason: true}
	return p.act(w, r, v, "finance.returned.done", func(ctx context.Context, tx *postgres.Tx, reason string) error {
		_, err := settlement.Return(ctx, tx, r.Actor, settlement.ReturnInput{Organiser: run.Organiser, Run: run.No, Provider: provider, Reason: reason})
		return err
	})
}

// paidView marks payments as left: all of the run, or the ticked ones.
type paidView struct {
	Form  *ui.Form
	Run   settlement.Run
	Table ui.Table
	Count int
	Back  string
}

func (p *Pages) paid(w http.ResponseWriter, r *ui.Request) error {
	run, err := p.oneRun(r)
	if err != nil {
		return err
	}
	var list []settlement.Statement
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = settlement.Statements(ctx, tx, r.Actor, run.Organiser, run.No)
		return err
	})
	if err != nil {
		return err
	}
	f := r.Input()
	v := paidView{Form: f, Run: run, Back: r.Path(runPath(run.No))}
	v.Table = ui.Table{Caption: r.T("finance.paid.waiting"), Cards: true, Dense: true, Columns: []ui.Column{{Text: r.T("finance.payee")}, {Text: r.T("finance.net"), Numeric: true}, {Text: r.T("finance.paid.tick")}}}
	for _, s := range list {
		if s.Disposition != settlement.Pay || s.State != settlement.PayeeSettled {
			continue
		}
		v.Count++ // all on one page: a tick on another page would be lost
		no := strconv.FormatInt(s.Provider, 10)
		v.Table.Rows = append(v.Table.Rows, []ui.Cell{{Text: s.PayeeName, Small: s.Number}, r.CentsCell(s.Net),
			{Tick: &ui.Tick{Name: "payee", Value: no, Label: s.PayeeName, On: f.Has("payee", no)}}})
	}
	f.Set("on", r.Today())
	f.Set("which", "all")
	if !f.Submitted() {
		return p.Site.Show(w, r, http.StatusOK, "finance/paid", v)
	}
	in := settlement.PaidInput{Organiser: run.Organiser, Run: run.No, On: f.Date("on")}
	if f.Choice("which", "all", "some") == "some" {
		in.Providers = ticked(r)
		if len(in.Providers) == 0 {
			f.Refuse(errNobody)
		}
	}
	if in.On > r.Today() {
		f.Refuse(errFuture)
	}
	if !f.Refused() {
		err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			_, err := settlement.MarkPaid(ctx, tx, r.Actor, in)
			return err
		})
		if err == nil {
			return p.Site.SeeOther(w, r, runPath(run.No), "finance.paid.done", "day", in.On)
		}
		if !f.Take(err) {
			return err
		}
	}
	return p.Site.Show(w, r, http.StatusUnprocessableEntity, "finance/paid", v)
}

var (
	errNobody = fault.New(fault.Invalid, "FIN-002", "finance.paid.nobody").At("which")
	errFuture = fault.New(fault.Invalid, "FIN-003", "finance.paid.future").At("on")
)

func ticked(r *ui.Request) (out []int64) {
	for _, s := range r.PostForm["payee"] {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 {
			out = append(out, n)
		}
	}
	return out
}

// download gives the payment file as it was made.
func (p *Pages) download(w http.ResponseWriter, r *ui.Request) error {
	run, err := p.oneRun(r)
	if err != nil {
		return err
	}
	var file payment.File
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		file, err = payment.ReadFile(ctx, tx, r.Actor, run.Organiser, run.No)
		return err
	})
	if err != nil {
		return err
	}
	attach(w, "application/xml", file.MessageID+".xml")
	_, err = w.Write(file.Bytes)
	return err
}
