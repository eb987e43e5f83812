package operator

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type oneView struct {
	ID               int32
	Name             string
	Facts            ui.Summary
	MainUsers        ui.Table
	Serves           ui.Table
	NoMunicipalities bool // the national list is empty: it comes first
}

// one shows an organiser, who are its main users and whom it serves. The rest of its staff is its own matter.
func (p *Pages) one(w http.ResponseWriter, r *ui.Request) error {
	o, err := p.named(r)
	if err != nil {
		return err
	}
	var staff []organiser.Staff
	var serves []organiser.Served
	v := oneView{ID: o.ID, Name: o.Names.In(r.Lang), Facts: facts(r, o)}
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if staff, err = organiser.StaffOf(ctx, tx, r.Actor, o.ID); err != nil {
			return err
		}
		if serves, err = organiser.Serves(ctx, tx, o.ID); err != nil {
			return err
		}
		known, err := organiser.Municipalities(ctx, tx)
		v.NoMunicipalities = len(known) == 0
		return err
	})
	if err != nil {
		return err
	}
	v.MainUsers = ui.Table{Caption: r.T("operator.main_users"), Cards: true, Columns: []ui.Column{{Text: r.T("operator.person")}, {Text: r.T("operator.email")}, {Text: r.T("operator.period")}},
		Empty: ui.Empty{Title: r.T("operator.main_users.none"), Text: r.T("operator.main_users.none_text")}}
	for _, s := range staff {
		if s.Role == access.MainUser && s.Active && r.Today() < s.Valid.To {
			v.MainUsers.Rows = append(v.MainUsers.Rows, []ui.Cell{{Text: s.Name}, {Text: s.Email}, {Text: r.Period(s.Valid)}})
		}
	}
	v.Serves = ui.Table{Caption: r.T("operator.serves"), Cards: true, Columns: []ui.Column{{Text: r.T("operator.municipality")}, {Text: r.T("operator.code")}, {Text: r.T("operator.period")},
		{Text: r.T("operator.action"), Hidden: true}}, Empty: ui.Empty{Title: r.T("operator.serves.none"), Text: r.T("operator.serves.none_text")}}
	for _, s := range serves {
		end := ui.Cell{}
		if s.Period.To == calendar.Forever {
			end = ui.Cell{Text: r.T("operator.serves.end"), Hidden: s.Names.In(r.Lang), Href: r.Path("/operator/{organiser}/serves/end", o.ID) + "?municipality=" + s.Municipality}
		}
		v.Serves.Rows = append(v.Serves.Rows, []ui.Cell{{Text: s.Names.In(r.Lang)}, {Text: s.Municipality}, {Text: r.Period(s.Period)}, end})
	}
	return r.Show(w, http.StatusOK, "operator/one", v)
}

func facts(r *ui.Request, o organiser.Organiser) ui.Summary {
	return ui.Summary{Rows: []ui.Row{{Key: r.T("operator.kind"), Value: r.T("operator.kind." + o.Kind)}, {Key: r.T("operator.business_id"), Value: o.BusinessID},
		{Key: r.T("operator.prefix"), Value: o.Prefix}, {Key: r.T("operator.email"), Value: o.Email}, {Key: r.T("settings.phone"), Value: o.Phone},
		{Key: r.T("settings.address_line"), Value: o.AddressLine, Small: o.Postcode + " " + o.City}, {Key: r.T("settings.registry_email"), Value: o.RegistryEmail},
		{Key: r.T("operator.rectification_body"), Value: o.RectificationBody.In(r.Lang)}, {Key: r.T("settings.rhythm"), Value: r.T("settings.rhythm." + o.Rhythm)},
		{Key: r.T("settings.settlement_day"), Value: strconv.Itoa(o.SettlementDay)}, {Key: r.T("settings.payment_term_days"), Value: strconv.Itoa(o.PaymentTermDays)},
		{Key: r.T("settings.payer_name"), Value: o.PayerName, Small: account(o.PayerIBAN)}}}
}

// account writes an account number in groups, as people read it; one that is none is shown as it is.
func account(written string) string {
	i, err := ident.ParseIBAN(written)
	if err != nil {
		return written
	}
	return i.Print()
}

type mainUserView struct {
	Form *ui.Form
	Name string
}

// mainUser makes somebody who has signed in once a main user of the organiser. The person is named exactly: a list of everybody who
// has signed in would be a list of clients.
func (p *Pages) mainUser(w http.ResponseWriter, r *ui.Request) error {
	o, err := p.named(r)
	if err != nil {
		return err
	}
	f := r.Input()
	if f.Submitted() {
		in := organiser.StaffInput{Organiser: o.ID, Name: f.Text("name"), Email: f.Email("email"), Role: access.MainUser}
		if !f.Refused() {
			err := p.DB.Tenant(r.Context(), r.Actor.In(o.ID), func(tx *postgres.Tx) error {
				_, err := organiser.AddStaff(r.Context(), tx, r.Actor, in)
				return err
			})
			switch {
			case err == nil:
				return r.SeeOther(w, address(o), "operator.main_user.done", "name", in.Name)
			case errors.Is(err, organiser.ErrStaffUnknown): // nobody has signed in with the name: a matter of this form
				f.Refuse(fault.All(err)[0])
			case !f.Take(err):
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "operator/main-user", mainUserView{f, o.Names.In(r.Lang)})
}
