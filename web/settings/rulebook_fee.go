package settings

import (
	"net/http"

	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/web/ui"
)

// rulebookFee edits the fee of the organiser's own service for the same need, which a client is told beside the own share.
func (p *Pages) rulebookFee(w http.ResponseWriter, r *ui.Request) error {
	work, err := p.rulebookWork(r)
	if err != nil {
		return err
	}
	told := work.base(r.Today()).Rules.Comparison
	if f := r.Input(); f.Submitted() && f.Value("act") == "leave_out" {
		in := work.input(r, f)
		in.Rules.Comparison = nil
		err := p.keepDraft(r, in)
		if err == nil {
			return p.Site.SeeOther(w, r, "/settings/services/"+ui.Digits(work.service.ID)+"/rulebook/publish", "settings.rulebook.drafted")
		}
		if !f.Take(err) {
			return err
		}
	}
	chosen := ""
	if told != nil {
		chosen = told.Kind
	}
	return p.fieldsPage(w, r, work, valueView{Fee: true, Path: "fee", Kept: told != nil}, fieldEditor{field: "kind", names: method.FeeKinds(), name: "method.fee.name.", about: "method.fee.about.", chosen: chosen,
		fields: method.FeeFields,
		encode: func() (map[string][]string, error) { return method.EncodeFee(*told) },
		decode: func(form map[string][]string, into *rulebook.Rules) error {
			c, err := method.DecodeFee(form)
			into.Comparison = &c
			return err
		}})
}

// feeTable tells the fee of the own service to who publishes it; nothing when none is told.
func feeTable(r *ui.Request, work rulebookWork, rules rulebook.Rules) (ui.Table, error) {
	if rules.Comparison == nil {
		return ui.Table{}, nil
	}
	filled, err := method.EncodeFee(*rules.Comparison)
	name := r.T("method.fee.name." + rules.Comparison.Kind)
	return toldFields(r, work.service, r.T("settings.own_fee")+": "+name, method.FeeFields(rules.Comparison.Kind), filled), err
}
