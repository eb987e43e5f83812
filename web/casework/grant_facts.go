package casework

import (
	"context"

	"seteli/core/fault"
	"seteli/domain/catalogue"
	"seteli/domain/client/household"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// asking is what the value method needs of the client, and what is recorded of it.
type asking struct {
	Household *ui.Inset // what the household's records say today, with the way to them
	Fee       bool
	Columns   []ui.Option
	needs     map[int64]rulebook.Needs
}

// asks reads what the service's value depends on. Without a rulebook in force nothing is asked: the use case tells what is missing.
func (p *Pages) asks(ctx context.Context, tx *postgres.Tx, r *ui.Request, s catalogue.Service, clientID int64) (a asking, err error) {
	book, err := rulebook.Current(ctx, tx, s.Organiser, s.ID, tx.Today())
	if fault.KindOf(err) == fault.NotFound {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	a.needs = map[int64]rulebook.Needs{}
	needsHousehold := false
	for _, c := range s.ContentsOn(tx.Today()) {
		n, err := p.Means.Models.Needs(book, c.ID)
		if err != nil {
			return a, err
		}
		a.needs[c.ID] = n
		a.Fee = a.Fee || n.Fee
		needsHousehold = needsHousehold || n.Household
		if len(n.Columns) > 0 && a.Columns == nil {
			a.Columns = named(n.Columns)
			for i, c := range a.Columns {
				if c.Value == "under_3" || c.Value == "over_3" { // the ages of early education, which rulebooks write by code
					a.Columns[i].Text = r.T("casework.facts.column." + c.Value)
				}
			}
		}
	}
	if !needsHousehold {
		return a, nil
	}
	h, err := household.Of(ctx, tx, r.Actor, s.Organiser, clientID)
	if err != nil {
		return a, err
	}
	a.Household = known(r, h.At(tx.Today()), clientID)
	return a, nil
}

// named are names of the main user's own: they have no translation.
func named(names []string) []ui.Option {
	options := make([]ui.Option, len(names))
	for i, n := range names {
		options[i] = ui.Option{Value: n, Text: n}
	}
	return options
}

func known(r *ui.Request, s household.Snapshot, clientID int64) *ui.Inset {
	income := r.T("casework.facts.income_unknown")
	if c := s.Income(); c != nil {
		income = r.T("casework.facts.income", "income", *c)
	}
	return &ui.Inset{Text: r.T("casework.facts.household", "n", s.Size()) + " " + income,
		Link: &ui.Link{Text: r.T("casework.facts.open"), Href: r.Path("/clients/{client}/household", clientID)}}
}

// readAsked adds what was typed for the value method.
func readAsked(f *ui.Form, a asking, in *voucher.GrantInput) {
	if a.Fee && f.Value("own_fee") != "" {
		in.Asked.Fee = new(f.Cents("own_fee"))
	}
	if len(a.Columns) > 0 {
		in.Asked.Column = f.Value("column")
	}
	for i, l := range in.Lines {
		n := a.needs[l.Content]
		if n.Individual && f.Value("individual-"+ui.Digits(l.Content)) != "" {
			in.Lines[i].Individual = new(f.Cents("individual-" + ui.Digits(l.Content)))
		}
		if len(n.Choices) > 0 {
			in.Lines[i].Need = f.Value("need-" + ui.Digits(l.Content))
		}
	}
}
