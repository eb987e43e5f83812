package settings

import (
	"net/http"
	"slices"

	"seteli/domain/catalogue"
	"seteli/domain/purse"
	"seteli/domain/rulebook"
	"seteli/web/ui"
)

// purseView edits the terms of a service's euro balances.
type purseView struct {
	Form      *ui.Form
	Service   int64
	Name      string
	Begun     bool // texts and rules exist, so that terms can be kept with them
	Contents  []ui.Option
	LeftOvers []ui.Option
}

func samplePurse() purseView {
	one := []ui.Option{{Value: "1", Text: "x"}}
	return purseView{Service: 1, Name: "Kotisaldo", Begun: true, Contents: one, LeftOvers: one}
}

// pursed reports a service whose vouchers can be balances: it has a content counted in euros.
func pursed(s catalogue.Service) bool {
	return slices.ContainsFunc(s.Contents, func(c catalogue.Content) bool { return c.Unit == catalogue.Euro })
}

func (p *Pages) rulebookPurse(w http.ResponseWriter, r *ui.Request) error {
	work, err := p.rulebookWork(r)
	if err != nil {
		return err
	}
	f, base := r.Input(), work.base(r.Today())
	v := purseView{Form: f, Service: work.service.ID, Name: work.service.Names.In(r.Lang), Begun: base.Texts.Fi != "" && pursed(work.service)}
	for _, c := range work.spendable {
		v.Contents = append(v.Contents, ui.Option{Value: ui.Digits(c.ID), Text: c.Names.In(r.Lang), Hint: r.T("unit." + c.Unit + ".one")})
	}
	for _, x := range rulebook.LeftOvers() {
		v.LeftOvers = append(v.LeftOvers, ui.Option{Value: x, Text: r.T("settings.purse.left_over." + x)})
	}
	if f.Submitted() && v.Begun {
		in := work.input(r, f)
		in.Rules.Purse = readPurse(f, work.spendable)
		if !f.Refused() {
			err := p.keepDraft(r, in)
			if err == nil {
				return p.Site.SeeOther(w, r, "/settings/services/"+ui.Digits(v.Service)+"/rulebook/publish", "settings.rulebook.drafted")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	work.seen(f)
	terms := base.Rules.PurseTerms()
	var contents []string
	for _, id := range terms.Contents {
		contents = append(contents, ui.Digits(id))
	}
	f.Set("contents", contents)
	f.Set("hold_days", terms.HoldDays)
	f.Set("purse_grace_days", terms.GraceDays)
	f.Set("left_over", terms.LeftOver)
	f.Set("whole_units", terms.WholeUnits)
	f.Set("client_adds", terms.ClientAdds)
	f.Set("balance_shown", terms.BalanceShown)
	return p.Site.Show(w, r, f.Status(), "settings/rulebook-purse", v)
}

func readPurse(f *ui.Form, spendable []purse.Content) *rulebook.Purse {
	allowed := make([]string, len(spendable))
	for i, c := range spendable {
		allowed[i] = ui.Digits(c.ID)
	}
	return &rulebook.Purse{Contents: numbers(f.Choices("contents", allowed...)), HoldDays: f.Int("hold_days", 1, 90), GraceDays: f.Int("purse_grace_days", 0, 90),
		LeftOver: f.Choice("left_over", rulebook.LeftOvers()...), WholeUnits: f.Bool("whole_units"), ClientAdds: f.Bool("client_adds"), BalanceShown: f.Bool("balance_shown")}
}

// purseFacts tells the terms in words; nothing where the service has no balances.
func purseFacts(r *ui.Request, work rulebookWork, rules rulebook.Rules) []ui.Row {
	if !pursed(work.service) {
		return nil
	}
	terms := rules.PurseTerms()
	yes := map[bool]string{true: r.T("settings.yes"), false: r.T("settings.no")}
	names := ""
	for _, c := range work.spendable {
		if !slices.Contains(terms.Contents, c.ID) {
			continue
		}
		if names != "" {
			names += ", "
		}
		names += c.Names.In(r.Lang)
	}
	if len(terms.Contents) == 0 {
		names = r.T("settings.purse.contents.all")
	}
	return []ui.Row{
		{Key: r.T("settings.purse.contents"), Value: names},
		{Key: r.T("settings.purse.left_over"), Value: r.T("settings.purse.left_over." + terms.LeftOver)},
		{Key: r.T("settings.purse.grace_days"), Value: r.T("settings.days", "n", terms.GraceDays)},
		{Key: r.T("settings.purse.hold_days"), Value: r.T("settings.days", "n", terms.HoldDays)},
		{Key: r.T("settings.purse.client_adds"), Value: yes[terms.ClientAdds]},
		{Key: r.T("settings.purse.whole_units"), Value: yes[terms.WholeUnits]},
		{Key: r.T("settings.purse.balance_shown"), Value: yes[terms.BalanceShown]},
	}
}
