package onetime

import (
	"context"
	"html/template"
	"net/http"

	"seteli/domain/onetime"
	"seteli/platform/access"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/decider"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

type slipView struct {
	ID                     int64
	Service, Number, State string
	Client                 string
	Summary                ui.Summary
	Texts                  ui.Table
	CanPrint, CanText      bool
	CanAnnul, Unnamed      bool
	Phone                  string // to which a text message would go; "" = none is known
	Paper                  template.HTML
}

func sampleSlip() slipView {
	return slipView{ID: 1, Service: "x", Number: "MAA", State: "onetime.unnamed", CanPrint: true, CanText: true, CanAnnul: true, Unnamed: true, Phone: "040"}
}

// slip is the organiser's view: where it stands, what was sent, and what can be done.
func (p *Pages) slip(w http.ResponseWriter, r *ui.Request) error {
	o, err := p.open(r, r.Actor.Organiser)
	if err != nil {
		return err
	}
	state := o.State(r.Today())
	live := state == onetime.Valid || state == onetime.Unnamed
	view := slipView{ID: o.ID, Service: o.service.Names.In(r.Lang), Number: o.Number.Print(), State: "onetime." + string(state), Client: o.ClientName, Summary: p.summary(r, o),
		CanPrint: live, CanAnnul: live && r.Actor.Can(access.VoucherClose), Unnamed: state == onetime.Unnamed, CanText: state == onetime.Valid && r.Actor.Can(access.VoucherGrant)}
	if o.client != nil {
		if phone, ok := onetime.Phone(o.client.Phone); ok {
			view.Phone = phone
		}
	}
	if len(o.texts) > 0 {
		view.Texts = ui.Table{Caption: r.T("onetime.texts"), Cards: true, Columns: []ui.Column{{Text: r.T("onetime.when")}, {Text: r.T("onetime.phone")}, {Text: r.T("common.state")}}}
		for _, t := range o.texts {
			outcome := t.Outcome
			if outcome == "" {
				outcome = "waits"
			}
			view.Texts.Rows = append(view.Texts.Rows, []ui.Cell{{Text: i18n.DateTime(r.Lang, t.At), Small: t.By}, {Text: t.Phone}, {Text: r.T("onetime.text.outcome." + outcome)}})
		}
	}
	if live {
		if view.Paper, err = p.shown(r, o); err != nil {
			return err
		}
	}
	return r.Show(w, http.StatusOK, "onetime/slip", view)
}

// summary says what the slip is good for and where it was used.
func (p *Pages) summary(r *ui.Request, o opened) ui.Summary {
	s := ui.Summary{Rows: []ui.Row{{Key: r.T("onetime.good_for"), Value: o.goodFor(r.Lang)}, {Key: r.T("onetime.value"), Value: r.Cents(o.Value)}, {Key: r.T("onetime.valid"), Value: r.Period(o.Period)}}}
	staff := r.Actor.Role.Side() == access.OrganiserSide
	if staff && o.Client != 0 {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("onetime.client"), Link: &ui.Link{Text: o.ClientName, Href: r.Path("/clients/{client}", o.Client)}, Small: r.T("onetime.named_by", "time", *o.NamedAt, "name", o.NamedBy)},
			ui.Row{Key: r.T("onetime.voucher"), Link: &ui.Link{Text: r.T("onetime.voucher.open"), Href: r.Path("/vouchers/{voucher}", o.Voucher)}})
	}
	if staff {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("onetime.made_by"), Value: o.MadeBy, Small: i18n.DateTime(r.Lang, o.MadeAt), Link: nil},
			ui.Row{Key: r.T("onetime.batch"), Link: &ui.Link{Text: r.T("onetime.batch.of", "n", o.Slips), Href: r.Path("/onetime") + "?batch=" + ui.Digits(o.Batch)}})
	}
	if o.Use != nil {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("onetime.used_where"), Value: o.Use.Name + ", " + o.Use.ProviderName, Small: r.T("onetime.used_when", "day", o.Use.Day, "time", o.Use.At)},
			ui.Row{Key: r.T("onetime.paid"), Value: r.Cents(o.Use.Paid), Small: r.T("onetime.own", "sum", o.Use.Own)})
	}
	if o.Dropped {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("onetime.annulled_why"), Value: o.DropReason, Small: o.DroppedBy})
	}
	return s
}

func (p *Pages) slipPaper(w http.ResponseWriter, r *ui.Request) error {
	o, err := p.open(r, r.Actor.Organiser)
	if err != nil {
		return err
	}
	return p.sendPaper(w, r, o)
}

func (p *Pages) sendPaper(w http.ResponseWriter, r *ui.Request, o opened) error {
	pdf, err := document.PDF(p.letter(r, o), p.Means.Texts)
	if err != nil {
		return err
	}
	return voucherview.PDF(w, "kertaseteli.pdf", pdf)
}

// text queues a text message to the phone that the client has given.
func (p *Pages) text(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("slip")
	if err != nil {
		return err
	}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		_, err := onetime.SendText(ctx, tx, r.Actor, p.Means.Texts, p.Address, r.Actor.Organiser, id)
		return err
	})
	if err != nil {
		return err
	}
	return r.SeeOther(w, "/onetime/"+ui.Digits(id), "onetime.texted")
}

type annulView struct {
	Form   *ui.Form
	Number string
	Named  bool // a decision with its office
	Back   string
}

func (p *Pages) annul(w http.ResponseWriter, r *ui.Request) error {
	o, err := p.open(r, r.Actor.Organiser)
	if err != nil {
		return err
	}
	f := r.Input()
	if err := decider.Office(r, p.DB, f); err != nil {
		return err
	}
	if f.Submitted() {
		in := onetime.AnnulInput{Organiser: o.Organiser, Slip: o.ID, Reason: f.LongText("reason")}
		if o.Client != 0 {
			in.Office = f.Text("office")
		}
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := onetime.Annul(ctx, tx, r.Actor, p.Means, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/onetime/"+ui.Digits(o.ID), "onetime.annulled_done")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "onetime/annul", annulView{Form: f, Number: o.Number.Print(), Named: o.Client != 0, Back: r.Path("/onetime/{slip}", o.ID)})
}

type ownView struct {
	Service, Number, State string
	Summary                ui.Summary
	PDF                    string // "" when the slip can no longer be used
	Paper                  template.HTML
}

// own is the client's slip with its code.
func (p *Pages) own(w http.ResponseWriter, r *ui.Request) error {
	org, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	o, err := p.open(r, org)
	if err != nil {
		return err
	}
	state := o.State(r.Today())
	view := ownView{Service: o.service.Names.In(r.Lang), Number: o.Number.Print(), State: "onetime." + string(state), Summary: p.summary(r, o)}
	if state == onetime.Valid {
		view.PDF = r.Path("/my/onetime/{organiser}/{slip}/paper", org, o.ID)
		if view.Paper, err = p.shown(r, o); err != nil {
			return err
		}
	}
	return r.Show(w, http.StatusOK, "onetime/own", view)
}

func (p *Pages) ownPaper(w http.ResponseWriter, r *ui.Request) error {
	org, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	o, err := p.open(r, org)
	if err != nil {
		return err
	}
	return p.sendPaper(w, r, o)
}
