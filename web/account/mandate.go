package account

import (
	"net/http"
	"slices"
	"strconv"

	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// mandatesView is the page on which one chooses for whom one acts.
type mandatesView struct {
	Form    *ui.Form
	Return  string
	Choices []ui.Option
}

func (p *Pages) mandates(w http.ResponseWriter, r *ui.Request) error {
	v, err := p.choices(r)
	if err != nil {
		return err
	}
	v.Return = ui.LocalReturn(r.URL.Query().Get("return"), "")
	v.Form.Set("mandate", strconv.FormatInt(r.Actor.Mandate, 10))
	return r.Show(w, http.StatusOK, "account/mandates", v)
}

func (p *Pages) choices(r *ui.Request) (mandatesView, error) {
	v := mandatesView{Form: r.Input()}
	var list []access.Mandate
	err := p.DB.ReadNational(r.Context(), func(tx *postgres.Tx) (err error) {
		list, err = access.MandatesOf(r.Context(), tx, r.Actor.Account)
		return err
	})
	if err != nil {
		return v, err
	}
	for _, m := range list {
		whom, err := p.whom(r.Context(), m, r.Actor.Name, r.Lang)
		if err != nil {
			return v, err
		}
		v.Choices = append(v.Choices, ui.Option{Value: strconv.FormatInt(m.ID, 10), Text: whom.name, Hint: r.T("access.role." + string(m.Role))})
	}
	return v, nil
}

var errChoose = fault.New(fault.Invalid, "ACT-002", "account.mandates.choose").At("mandate")

// mandateChoose changes for whom the person acts. Where one was going is kept only at the sign-in: another role may not see the page
// that one stood on.
func (p *Pages) mandateChoose(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	id, err := strconv.ParseInt(f.Value("mandate"), 10, 64)
	if err != nil || id <= 0 {
		v, err := p.choices(r)
		if err != nil {
			return err
		}
		v.Return = ui.LocalReturn(f.Value("return"), "")
		f.Refuse(errChoose)
		return r.Show(w, http.StatusUnprocessableEntity, "account/mandates", v)
	}
	if err := p.Sessions.Switch(r.Request, id); err != nil {
		return err
	}
	var chosen access.Mandate
	err = p.DB.National(r.Context(), func(tx *postgres.Tx) error {
		list, err := access.MandatesOf(r.Context(), tx, r.Actor.Account)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(list, func(m access.Mandate) bool { return m.ID == id }); i >= 0 {
			chosen = list[i]
		}
		return audit.Write(r.Context(), tx, r.Actor, ActSwitched, ref(r.Actor.Account), map[string]any{"mandate": id, "role": string(chosen.Role)})
	})
	if err != nil {
		return err
	}
	if back := ui.LocalReturn(f.Value("return"), ""); back != "" && r.Actor.Mandate == 0 {
		http.Redirect(w, r.Request, back, http.StatusSeeOther)
		return nil
	}
	return r.SeeOther(w, p.landing(chosen.Role), "")
}
