package admission

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/organiser"
	"seteli/domain/register"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

func (s site) mineCompany(r *ui.Request) (register.Provider, []register.Unit, error) {
	var c register.Provider
	var units []register.Unit
	err := r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if c, err = register.Get(ctx, tx, r.Actor.Provider); err != nil {
			return err
		}
		units, err = register.Units(ctx, tx, r.Actor.Provider)
		return err
	})
	return c, units, err
}

// saved runs a form about the company itself and goes to a page when it was accepted.
func (s site) saved(w http.ResponseWriter, r *ui.Request, to string, use func(ctx context.Context, tx *postgres.Tx) error) (done bool, err error) {
	if r.Input().Refused() {
		return false, nil
	}
	if err = r.Do(s.DB, use); err == nil {
		return true, r.SeeOther(w, to, "admission.web.saved")
	}
	if r.Input().Take(err) {
		return false, nil
	}
	return false, err
}

// company shows and edits what the company tells about itself, and lists its units.
func (s site) company(w http.ResponseWriter, r *ui.Request) error {
	c, units, err := s.mineCompany(r)
	if err != nil {
		return err
	}
	f := r.Input()
	if f.Submitted() {
		in := register.EditInput{Provider: c.ID, RowVersion: seen(f), Contact: register.Contact{Name: f.Text("name"), Email: f.OptionalText("email"),
			Phone: f.OptionalText("phone"), Website: f.OptionalText("website"), AddressLine: f.OptionalText("address"), Postcode: f.OptionalText("postcode"),
			City: f.OptionalText("city"), Language: i18n.Lang(f.Choice("language", "fi", "sv", "en"))}}
		done, err := s.saved(w, r, "/company", func(ctx context.Context, tx *postgres.Tx) error {
			_, err := register.Edit(ctx, tx, r.Actor, in)
			return err
		})
		if done || err != nil {
			return err
		}
	}
	for name, v := range map[string]string{"name": c.Name, "email": c.Email, "phone": c.Phone, "website": c.Website, "address": c.AddressLine,
		"postcode": c.Postcode, "city": c.City, "language": string(c.Language)} {
		f.Set(name, v)
	}
	table := ui.Table{Caption: r.T("admission.web.units.title"), Cards: true, Columns: []ui.Column{{Text: r.T("admission.web.unit")}, {Text: r.T("admission.web.address")}, {Text: r.T("admission.web.state")}},
		Empty: ui.Empty{Title: r.T("admission.web.units.none"), Text: r.T("admission.web.units.none_text"), Links: []ui.Link{{Text: r.T("admission.web.units.add"), Href: r.Path("/company/units/new")}}}}
	for _, u := range units {
		state := r.T("admission.web.unit.active")
		if !u.Active {
			state = r.T("admission.web.unit.passive")
		}
		table.Rows = append(table.Rows, []ui.Cell{{Text: u.Name, Href: r.Path("/company/units/{unit}", u.ID)}, {Text: u.AddressLine, Small: u.Postcode + " " + u.City}, {Text: state}})
	}
	p := page{Title: r.T("admission.web.company.title"), Caption: c.BusinessID.String(), Hidden: version(f, c.RowVersion), Buttons: save("admission.web.save"),
		Fields: append(contactFields(r, "admission.web.company.name"), field{Kind: "select", Name: "language", Label: r.T("admission.web.language"), Options: languages(r)}),
		Bottom: []ui.Component{table}, Links: []ui.Link{{Text: r.T("admission.web.nav.applications"), Href: r.Path("/applications")}, {Text: r.T("admission.web.units.add"), Href: r.Path("/company/units/new")}}}
	if r.Actor.Can(access.PricePropose) {
		p.Links = append(p.Links, ui.Link{Text: r.T("admission.web.prices.title"), Href: r.Path("/prices")})
	}
	if r.Actor.Can(access.BankAccountEdit) {
		p.Links = append(p.Links, ui.Link{Text: r.T("admission.web.account.title"), Href: r.Path("/company/account")})
	}
	if r.Actor.Can(access.ProviderUserManage) {
		p.Links = append(p.Links, ui.Link{Text: r.T("admission.web.users.title"), Href: r.Path("/company/users")})
	}
	if r.Actor.Can(access.APIKeyManage) {
		p.Links = append(p.Links, ui.Link{Text: r.T("settings.keys.title"), Href: r.Path("/settings/keys")})
	}
	return show(w, r, p)
}

func contactFields(r *ui.Request, name string) []field {
	return []field{{Kind: "input", Name: "name", Label: r.T(name)},
		{Kind: "input", Name: "email", Label: r.T("admission.web.email"), Optional: true}, {Kind: "input", Name: "phone", Label: r.T("admission.web.phone"), Optional: true, Width: 20, Type: "tel"},
		{Kind: "input", Name: "website", Label: r.T("admission.web.website"), Optional: true}, {Kind: "input", Name: "address", Label: r.T("admission.web.address"), Optional: true},
		{Kind: "input", Name: "postcode", Label: r.T("admission.web.postcode"), Optional: true, Width: 5}, {Kind: "input", Name: "city", Label: r.T("admission.web.city"), Optional: true, Width: 20}}
}

func languages(r *ui.Request) []ui.Option {
	var options []ui.Option
	for _, l := range []string{"fi", "sv", "en"} {
		options = append(options, ui.Option{Value: l, Text: r.T("admission.web.spoken." + l)})
	}
	return options
}

// account sets the billing level and the account; the sign-in must be fresh.
func (s site) account(w http.ResponseWriter, r *ui.Request) error {
	c, _, err := s.mineCompany(r)
	if err != nil {
		return err
	}
	f := r.Input()
	if f.Submitted() {
		in := register.BillingInput{Provider: c.ID, RowVersion: seen(f), Level: register.BillingLevel(f.Choice("billing_level", "company", "unit")), Holder: f.OptionalText("iban_holder")}
		in.IBAN, _ = ui.ReadOptional(f, "iban", ident.ParseIBAN)
		done, err := s.saved(w, r, "/company", func(ctx context.Context, tx *postgres.Tx) error {
			_, err := register.SetBilling(ctx, tx, r.Actor, in)
			return err
		})
		if done || err != nil {
			return err
		}
	}
	f.Set("billing_level", string(c.BillingLevel))
	f.Set("iban", c.IBAN.Print())
	f.Set("iban_holder", c.IBANHolder)
	return show(w, r, page{Title: r.T("admission.web.account.title"), Lead: r.T("admission.web.account.lead"), Caption: c.Name, Hidden: version(f, c.RowVersion),
		Fields: []field{{Kind: "radios", Name: "billing_level", Label: r.T("admission.web.billing.level"), Options: levels(r)},
			{Kind: "input", Name: "iban", Label: r.T("admission.web.account"), Optional: true}, {Kind: "input", Name: "iban_holder", Label: r.T("admission.web.account.holder"), Optional: true}},
		Buttons: save("admission.web.save")})
}

// unit adds or edits a unit.
func (s site) unit(w http.ResponseWriter, r *ui.Request) error {
	u := register.Unit{Profile: register.Profile{Active: true, Languages: []string{"fi"}}}
	var towns []organiser.Municipality
	err := r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if towns, err = organiser.Municipalities(ctx, tx); err != nil || r.PathValue("unit") == "" {
			return err
		}
		n, err := r.PathID("unit")
		if err != nil {
			return err
		}
		if u, err = register.GetUnit(ctx, tx, n); err == nil && u.Provider != r.Actor.Provider {
			return ui.ErrNoPage
		}
		return err
	})
	if err != nil {
		return err
	}
	f := r.Input()
	if f.Submitted() {
		profile := readUnit(f, u, towns)
		done, err := s.saved(w, r, "/company", func(ctx context.Context, tx *postgres.Tx) (err error) {
			if u.ID == 0 {
				_, err = register.AddUnit(ctx, tx, r.Actor, register.AddUnitInput{Provider: r.Actor.Provider, Profile: profile})
				return err
			}
			_, err = register.EditUnit(ctx, tx, r.Actor, register.EditUnitInput{Provider: r.Actor.Provider, Unit: u.ID, RowVersion: seen(f), Profile: profile})
			return err
		})
		if done || err != nil {
			return err
		}
	}
	fillUnit(r, f, u, towns)
	p := page{Title: r.T("admission.web.unit.new"), Hidden: version(f, max(u.RowVersion, 1)), Fields: unitFields(r, towns), Buttons: save("admission.web.save")}
	if u.ID != 0 {
		p.Title = u.Name
		p.Fields = append(p.Fields, field{Kind: "tick", Name: "active", Label: r.T("admission.web.unit.in_use")})
	}
	return show(w, r, p)
}

// errNoTown is one for each name that names no municipality.
var errNoTown = fault.New(fault.Invalid, "ADW-004", "admission.web.areas.unknown").At("areas")

func readUnit(f *ui.Form, u register.Unit, towns []organiser.Municipality) register.Profile {
	p := register.Profile{Name: f.Text("name"), AddressLine: f.OptionalText("address"), Postcode: f.OptionalText("postcode"), City: f.OptionalText("city"),
		Municipality: f.OptionalText("municipality"), Phone: f.OptionalText("phone"), Email: f.OptionalText("email"), Website: f.OptionalText("website"),
		Languages: f.Choices("languages", register.Spoken()...), Opening: f.OptionalText("opening"), ExternalID: f.OptionalText("external_id"), OID: u.OID, Active: u.ID == 0 || f.Bool("active"),
		Descriptions: i18n.Names{Fi: f.OptionalLongText("description_fi"), Sv: f.OptionalLongText("description_sv"), En: f.OptionalLongText("description_en")}}
	served, unknown := organiser.Named(towns, f.OptionalLongText("areas"))
	for _, m := range served {
		p.Areas = append(p.Areas, m.Code)
	}
	for _, name := range unknown {
		f.Refuse(errNoTown.With("name", name))
	}
	return p
}

func fillUnit(r *ui.Request, f *ui.Form, u register.Unit, towns []organiser.Municipality) {
	areas := slices.Clone(u.Areas)
	for i, code := range areas {
		if at := slices.IndexFunc(towns, func(m organiser.Municipality) bool { return m.Code == code }); at >= 0 {
			areas[i] = towns[at].Names.In(r.Lang)
		}
	}
	for name, v := range map[string]string{"name": u.Name, "email": u.Email, "phone": u.Phone, "website": u.Website, "address": u.AddressLine, "postcode": u.Postcode,
		"city": u.City, "municipality": u.Municipality, "opening": u.Opening, "external_id": u.ExternalID, "areas": strings.Join(areas, ", "),
		"description_fi": u.Descriptions.Fi, "description_sv": u.Descriptions.Sv, "description_en": u.Descriptions.En} {
		f.Set(name, v)
	}
	f.Set("languages", u.Languages)
	f.Set("active", u.Active)
}

func unitFields(r *ui.Request, towns []organiser.Municipality) []field {
	var spoken, places []ui.Option
	for _, l := range register.Spoken() {
		spoken = append(spoken, ui.Option{Value: l, Text: r.T("admission.web.spoken." + l)})
	}
	for _, m := range towns {
		places = append(places, ui.Option{Value: m.Code, Text: m.Names.In(r.Lang)})
	}
	return append(contactFields(r, "admission.web.unit.name"),
		field{Kind: "select", Name: "municipality", Label: r.T("admission.web.municipality"), Options: places},
		field{Kind: "textarea", Name: "areas", Label: r.T("admission.web.areas"), Hint: r.T("admission.web.areas.hint"), Optional: true},
		field{Kind: "checkboxes", Name: "languages", Label: r.T("admission.web.service_languages"), Options: spoken},
		field{Kind: "textarea", Name: "description_fi", Label: r.T("admission.web.description.fi"), Optional: true},
		field{Kind: "textarea", Name: "description_sv", Label: r.T("admission.web.description.sv"), Optional: true},
		field{Kind: "textarea", Name: "description_en", Label: r.T("admission.web.description.en"), Optional: true},
		field{Kind: "input", Name: "opening", Label: r.T("admission.web.opening"), Optional: true},
		field{Kind: "input", Name: "external_id", Label: r.T("admission.web.external_id"), Hint: r.T("admission.web.external_id.hint"), Optional: true, Width: 20})
}

// users lists who acts for the company, gives roles and makes them passive.
func (s site) users(w http.ResponseWriter, r *ui.Request) error {
	var members []access.Member
	var units []register.Unit
	err := r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if members, err = register.Users(ctx, tx, r.Actor, r.Actor.Provider); err != nil {
			return err
		}
		units, err = register.Units(ctx, tx, r.Actor.Provider)
		return err
	})
	if err != nil {
		return err
	}
	f := r.Input()
	if f.Submitted() {
		done, err := s.saved(w, r, "/company/users", s.userChange(r, f, units))
		if done || err != nil {
			return err
		}
	}
	p := page{Title: r.T("admission.web.users.title"), Lead: r.T("admission.web.users.lead"), Fields: userFields(r, units),
		Buttons: []act{{Key: "admission.web.users.add", Name: "act", Value: "add"}}}
	table := ui.Table{Caption: r.T("admission.web.users.title"), Cards: true, Columns: []ui.Column{{Text: r.T("admission.web.name")}, {Text: r.T("admission.web.role")}, {Text: r.T("admission.web.state")}}}
	for _, m := range members {
		state := r.T("admission.web.user.passive")
		if m.Active {
			state = r.T("admission.web.user.active")
			if m.ID != r.Actor.Mandate {
				p.Buttons = append(p.Buttons, act{Key: "admission.web.users.end", Kind: "secondary", Name: "act", Value: ui.Digits(m.ID),
					Text: r.T("admission.web.users.end_one", "name", m.Name, "role", r.T("admission.web.role."+string(m.Role)))})
			}
		}
		table.Rows = append(table.Rows, []ui.Cell{{Text: m.Name, Small: m.Email}, {Text: r.T("admission.web.role." + string(m.Role))}, {Text: state}})
	}
	p.Top = []ui.Component{table}
	return show(w, r, p)
}

func userFields(r *ui.Request, units []register.Unit) []field {
	var roles, places []ui.Option
	for _, role := range register.UserRoles() {
		roles = append(roles, ui.Option{Value: string(role), Text: r.T("admission.web.role." + string(role)), Hint: r.T("admission.web.role." + string(role) + ".hint")})
	}
	for _, u := range units {
		places = append(places, ui.Option{Value: ui.Digits(u.ID), Text: u.Name})
	}
	return []field{{Kind: "input", Name: "name", Label: r.T("admission.web.name"), Heading: r.T("admission.web.users.add")}, {Kind: "input", Name: "email", Label: r.T("admission.web.email")},
		{Kind: "radios", Name: "role", Label: r.T("admission.web.role"), Options: roles},
		{Kind: "checkboxes", Name: "units", Label: r.T("admission.web.users.units"), Hint: r.T("admission.web.users.units_hint"), Options: places, Optional: true}}
}

func (s site) userChange(r *ui.Request, f *ui.Form, units []register.Unit) func(ctx context.Context, tx *postgres.Tx) error {
	if f.Value("act") != "add" {
		mandate := f.ID("act")
		return func(ctx context.Context, tx *postgres.Tx) error {
			_, err := register.Passivate(ctx, tx, r.Actor, register.PassivateInput{Provider: r.Actor.Provider, Mandate: mandate})
			return err
		}
	}
	in := register.UserInput{Provider: r.Actor.Provider, Name: f.Text("name"), Email: f.Email("email"), Role: access.Role(f.OptionalText("role"))}
	var allowed []string
	for _, u := range units {
		allowed = append(allowed, ui.Digits(u.ID))
	}
	for _, v := range f.Choices("units", allowed...) {
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			in.Units = append(in.Units, n)
		}
	}
	return func(ctx context.Context, tx *postgres.Tx) error {
		_, err := register.AddUser(ctx, tx, r.Actor, in)
		return err
	}
}
