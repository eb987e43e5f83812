package operator

import (
	"context"
	"net/http"
	"strconv"

	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/register"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

var errUnchecked = fault.New(fault.Invalid, "OPR-005", "operator.signatory.unchecked").At("checked")

type providerAddView struct {
	Form      *ui.Form
	Languages []ui.Option
}

// providerAdd takes a company into the register.
func (p *Pages) providerAdd(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	f.Set("language", "fi")
	if f.Submitted() {
		in := register.AddInput{BusinessID: ui.Read(f, "business_id", ident.ParseBusinessID), Contact: register.Contact{Name: f.Text("name"), Email: f.Email("email"),
			Phone: f.OptionalText("phone"), AddressLine: f.OptionalText("address_line"), Postcode: f.OptionalText("postcode"), City: f.OptionalText("city"),
			Language: i18n.Lang(f.Choice("language", "fi", "sv", "en"))}}
		if !f.Refused() {
			var added register.Provider
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
				added, err = register.Add(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, companyAddress(added.ID), "operator.provider.added", "name", added.Name)
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	v := providerAddView{Form: f}
	for _, lang := range []string{"fi", "sv", "en"} {
		v.Languages = append(v.Languages, ui.Option{Value: lang, Text: r.T("operator.provider.language." + lang)})
	}
	return r.Show(w, f.Status(), "operator/provider-add", v)
}

func companyAddress(id int64) string { return "/register/" + strconv.FormatInt(id, 10) }

type providerView struct {
	Form        *ui.Form
	Name        string
	Facts       ui.Summary
	Signatories ui.Table
}

// provider shows a company with those who sign for it, and names another. The rest of its users is its own matter.
func (p *Pages) provider(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("provider")
	if err != nil {
		return err
	}
	var c register.Provider
	var users []access.Member
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if c, err = register.Get(ctx, tx, id); err != nil {
			return err
		}
		users, err = access.MembersOf(ctx, tx, 0, id)
		return err
	})
	if err != nil {
		return err
	}
	f := r.Input()
	if f.Submitted() {
		in := register.UserInput{Provider: id, Name: f.Text("name"), Email: f.Email("email")}
		if !f.Bool("checked") {
			f.Refuse(errUnchecked)
		}
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := register.NameSignatory(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, companyAddress(id), "operator.signatory.done", "name", in.Name)
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	v := providerView{Form: f, Name: c.Name, Facts: ui.Summary{Rows: []ui.Row{{Key: r.T("operator.business_id"), Value: c.BusinessID.String()}, {Key: r.T("operator.email"), Value: c.Email},
		{Key: r.T("settings.phone"), Value: c.Phone}, {Key: r.T("settings.address_line"), Value: c.AddressLine, Small: c.Postcode + " " + c.City}}}}
	v.Signatories = ui.Table{Caption: r.T("operator.signatories"), Cards: true, Columns: []ui.Column{{Text: r.T("operator.person")}, {Text: r.T("operator.email")}, {Text: r.T("operator.period")}},
		Empty: ui.Empty{Title: r.T("operator.signatories.none"), Text: r.T("operator.signatories.none_text")}}
	for _, u := range users {
		if u.Role == access.Signatory && u.Active && r.Today() < u.Valid.To {
			v.Signatories.Rows = append(v.Signatories.Rows, []ui.Cell{{Text: u.Name}, {Text: u.Email}, {Text: r.Period(u.Valid)}})
		}
	}
	return r.Show(w, f.Status(), "operator/provider", v)
}
