package settings

import (
	"context"
	"net/http"

	"seteli/domain/organiser"
	"seteli/domain/settlement"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// organiserView is the organiser's own settings.
type organiserView struct {
	Form      *ui.Form
	Rhythms   []ui.Option
	Languages []ui.Option // of the organiser's own notices
}

func (p *Pages) organiser(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	if f.Submitted() {
		in := organiser.EditInput{Organiser: r.Actor.Organiser, RowVersion: f.Int("row_version", 1, 1_000_000), Settings: readSettings(f)}
		demand := f.Bool("supplier_numbers")
		if !f.Refused() {
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				if _, err := organiser.Edit(ctx, tx, r.Actor, in); err != nil {
					return err
				}
				needed, err := settlement.SupplierNumbersDemanded(ctx, tx, in.Organiser)
				if err != nil || needed == demand {
					return err
				}
				return settlement.DemandSupplierNumbers(ctx, tx, r.Actor, in.Organiser, demand)
			})
			if err == nil {
				return p.Site.SeeOther(w, r, "/settings/organiser", "settings.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	if !f.Submitted() || f.Stale() {
		err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			o, err := organiser.Get(ctx, tx, r.Actor.Organiser)
			if err != nil {
				return err
			}
			fillSettings(f, o)
			needed, err := settlement.SupplierNumbersDemanded(ctx, tx, r.Actor.Organiser)
			f.Set("supplier_numbers", needed)
			return err
		})
		if err != nil {
			return err
		}
	}
	v := organiserView{Form: f}
	for _, rhythm := range organiser.Rhythms() {
		v.Rhythms = append(v.Rhythms, ui.Option{Value: rhythm, Text: r.T("settings.rhythm." + rhythm), Hint: r.T("settings.rhythm." + rhythm + ".hint")})
	}
	for _, lang := range i18n.Langs {
		v.Languages = append(v.Languages, ui.Option{Value: string(lang), Text: r.T("settings.notice_languages." + string(lang))})
	}
	return p.Site.Show(w, r, f.Status(), "settings/organiser", v)
}

func fillSettings(f *ui.Form, o organiser.Organiser) {
	f.Set("row_version", o.RowVersion)
	var languages []string
	for _, lang := range o.NoticeLanguages {
		languages = append(languages, string(lang))
	}
	f.Set("notice_languages", languages)
	setNames(f, "name", o.Names)
	setNames(f, "rectification_body", o.RectificationBody)
	for name, value := range map[string]any{"email": o.Email, "phone": o.Phone, "address_line": o.AddressLine, "postcode": o.Postcode, "city": o.City,
		"registry_email": o.RegistryEmail, "rhythm": o.Rhythm, "settlement_day": o.SettlementDay, "payment_term_days": o.PaymentTermDays,
		"payer_name": o.PayerName, "payer_iban": o.PayerIBAN} {
		f.Set(name, value)
	}
}

// readSettings leaves the judging to the use case, which tells all faults of all fields at once.
func readSettings(f *ui.Form) organiser.Settings {
	optional := func(prefix string) i18n.Names {
		return i18n.Names{Fi: f.OptionalText(prefix + "_fi"), Sv: f.OptionalText(prefix + "_sv"), En: f.OptionalText(prefix + "_en")}
	}
	languages := []i18n.Lang{}
	for _, lang := range f.Choices("notice_languages", "fi", "sv", "en") {
		languages = append(languages, i18n.Lang(lang))
	}
	return organiser.Settings{NoticeLanguages: languages, Names: optional("name"), Email: f.OptionalText("email"), Phone: f.OptionalText("phone"), AddressLine: f.OptionalText("address_line"),
		Postcode: f.OptionalText("postcode"), City: f.OptionalText("city"), RegistryEmail: f.OptionalText("registry_email"), RectificationBody: optional("rectification_body"),
		Rhythm: f.Choice("rhythm", organiser.Rhythms()...), SettlementDay: f.Int("settlement_day", 1, 28), PaymentTermDays: f.Int("payment_term_days", 0, 90),
		PayerName: f.OptionalText("payer_name"), PayerIBAN: f.OptionalText("payer_iban")}
}
