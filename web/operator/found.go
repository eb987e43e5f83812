package operator

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"seteli/domain/organiser"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type foundView struct {
	Form           *ui.Form
	Kinds, Rhythms []ui.Option
}

// found makes an organiser. The domain reads every setting, so that all that is wrong is told at once.
func (p *Pages) found(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	f.Set("rhythm", organiser.Rhythms()[0])
	f.Set("settlement_day", 5)
	f.Set("payment_term_days", 30)
	if f.Submitted() {
		in := organiser.FoundInput{Prefix: strings.ToUpper(f.OptionalText("prefix")), Kind: f.OptionalText("kind"), BusinessID: f.OptionalText("business_id"), Settings: settings(f)}
		if !f.Refused() {
			var o organiser.Organiser
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
				o, err = organiser.Found(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, address(o), "operator.found.done", "name", o.Names.In(r.Lang))
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	v := foundView{Form: f}
	for _, kind := range []string{"municipality", "county", "joint_authority"} {
		v.Kinds = append(v.Kinds, ui.Option{Value: kind, Text: r.T("operator.kind." + kind)})
	}
	for _, rhythm := range organiser.Rhythms() {
		v.Rhythms = append(v.Rhythms, ui.Option{Value: rhythm, Text: r.T("settings.rhythm." + rhythm), Hint: r.T("settings.rhythm." + rhythm + ".hint")})
	}
	return r.Show(w, f.Status(), "operator/found", v)
}

func settings(f *ui.Form) organiser.Settings {
	names := func(prefix string) i18n.Names {
		return i18n.Names{Fi: f.OptionalText(prefix + "_fi"), Sv: f.OptionalText(prefix + "_sv"), En: f.OptionalText(prefix + "_en")}
	}
	return organiser.Settings{Names: names("name"), Email: f.OptionalText("email"), Phone: f.OptionalText("phone"), AddressLine: f.OptionalText("address_line"),
		Postcode: f.OptionalText("postcode"), City: f.OptionalText("city"), RegistryEmail: f.OptionalText("registry_email"), RectificationBody: names("rectification_body"),
		Rhythm: f.OptionalText("rhythm"), SettlementDay: whole(f.OptionalText("settlement_day")), PaymentTermDays: whole(f.OptionalText("payment_term_days")),
		PayerName: f.OptionalText("payer_name"), PayerIBAN: f.OptionalText("payer_iban")}
}

// whole reads a number; what is none is out of every range, and the domain says which the range is.
func whole(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
