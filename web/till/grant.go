package till

import (
	"context"
	"net/http"
	"slices"

	"seteli/core/calendar"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/purse"
	"seteli/platform/postgres"
	"seteli/web/decider"
	"seteli/web/ui"
)

type grantView struct {
	Form     *ui.Form
	Name     string
	Services []ui.Option // that a balance can be granted from
	Contents []ui.Option
	Refills  []ui.Option
}

func sampleGrant() grantView {
	one := []ui.Option{{Value: "1", Text: "x"}}
	return grantView{Name: "x", Services: one, Contents: one, Refills: one}
}

// grant gives a client a balance: how much, until when and what for. The terms are the rulebook's.
func (p *Pages) grant(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("client")
	if err != nil {
		return err
	}
	org, f := r.Actor.Organiser, r.Input()
	view := grantView{Form: f}
	var contents []purse.Content
	err = r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) error {
		c, err := client.Get(ctx, tx, r.Actor, org, id)
		if err != nil {
			return err
		}
		view.Name = c.Name()
		if contents, err = purse.Spendable(ctx, tx, org, tx.Today()); err != nil {
			return err
		}
		return p.options(ctx, tx, r, org, contents, &view)
	})
	if err != nil {
		return err
	}
	p.defaults(r, f, contents)
	if err := decider.Office(r, p.DB, f); err != nil {
		return err
	}
	if f.Submitted() {
		in := grantInput(f, org, id, contents)
		if !f.Refused() {
			var made purse.Purse
			err := r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) (err error) {
				_, made, err = purse.Grant(ctx, tx, r.Actor, p.Means, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/vouchers/"+ui.Digits(made.Voucher), "till.granted")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "till/grant", view)
}

func (p *Pages) options(ctx context.Context, tx *postgres.Tx, r *ui.Request, org int32, contents []purse.Content, view *grantView) error {
	services, err := catalogue.Services(ctx, tx, org, tx.Today())
	if err != nil {
		return err
	}
	for _, s := range services {
		if !slices.ContainsFunc(contents, func(c purse.Content) bool { return c.Service == s.ID && c.Unit == string(catalogue.Euro) }) {
			continue
		}
		terms, _, err := purse.Offered(ctx, tx, org, s.ID, tx.Today())
		if err != nil {
			return err
		}
		view.Services = append(view.Services, ui.Option{Value: ui.Digits(s.ID), Text: s.Names.In(r.Lang), Hint: purse.Conditions(p.Means.Texts, r.Lang, purse.TermsOf(terms))})
	}
	for _, c := range contents {
		view.Contents = append(view.Contents, ui.Option{Value: ui.Digits(c.ID), Text: c.Names.In(r.Lang), Hint: r.T("unit." + c.Unit + ".one")})
	}
	for _, x := range purse.Refills() {
		view.Refills = append(view.Refills, ui.Option{Value: string(x), Text: r.T("till.refill." + string(x))})
	}
	return nil
}

func (p *Pages) defaults(r *ui.Request, f *ui.Form, contents []purse.Content) {
	f.Set("valid_from", r.Today())
	f.Set("valid_to", r.Today().AddMonths(12)-1)
	f.Set("refill", string(purse.Never))
	f.Set("contact", r.Actor.Name)
	for _, c := range contents {
		if c.Unit == string(catalogue.Euro) {
			f.Set("service", ui.Digits(c.Service))
			break
		}
	}
}

func grantInput(f *ui.Form, org int32, id int64, contents []purse.Content) purse.GrantInput {
	in := purse.GrantInput{Organiser: org, Client: id, Service: f.ID("service"), Balance: f.Cents("balance"), Period: calendar.Period{From: f.Date("valid_from"), To: f.Date("valid_to") + 1}}
	var allowed []string
	for _, c := range contents {
		allowed = append(allowed, ui.Digits(c.ID))
	}
	for _, v := range f.Choices("contents", allowed...) {
		for _, c := range contents {
			if ui.Digits(c.ID) == v {
				in.Contents = append(in.Contents, c.ID)
			}
		}
	}
	in.RefillCents, _ = f.OptionalCents("refill_sum")
	in.Refill = purse.Refill(f.Choice("refill", string(purse.Never), string(purse.Monthly)))
	in.Reasons, in.Contact, in.Office = f.LongText("reasons"), f.Text("contact"), f.Text("office")
	return in
}
