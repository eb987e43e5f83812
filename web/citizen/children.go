package citizen

import (
	"context"

	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/store"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// childrenAsk tells what the applications of the person's children wait for from the person: an offer with its last day, the consent to
// the other guardian's application, a draft that has not been sent. Each child's municipality is read under its own scope.
func (p *Pages) childrenAsk(r *ui.Request) ([]*ui.Inset, error) {
	var wards []guidance.Ward
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		wards, err = guidance.Wards(ctx, tx, r.Actor)
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []*ui.Inset
	for _, ward := range wards {
		err := r.DoIn(p.DB, ward.Organiser, func(ctx context.Context, tx *postgres.Tx) error {
			a, ask, err := guidance.Asked(ctx, tx, r.Actor, store.Of{Organiser: ward.Organiser, Child: ward.Child})
			if err == nil && ask != guidance.AskNothing {
				out = append(out, childAsks(r, a, ask))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func childAsks(r *ui.Request, a guidance.Application, ask guidance.Ask) *ui.Inset {
	const one = "/my/applications/{organiser}/{application}"
	b := &ui.Inset{Strong: r.T("family.asked." + string(ask))}
	switch ask {
	case guidance.AskAnswer:
		offer, _ := a.Live()
		b.Text = r.T("family.asked.offer.text", "name", a.Child, "day", *offer.AnswerBy)
		b.Link = &ui.Link{Text: r.T("family.offer.answer"), Href: r.Path(one+"/offer", a.Organiser, a.ID)}
	case guidance.AskConsent:
		b.Text = r.T("family.asked.consent.text", "name", a.Child)
		b.Link = &ui.Link{Text: r.T("family.consent.open"), Href: r.Path(one, a.Organiser, a.ID)}
	default:
		b.Text = r.T("family.asked.draft.text", "name", a.Child)
		b.Link = &ui.Link{Text: r.T("family.apply.go_on"), Href: r.Path(one+"/time", a.Organiser, a.ID)}
	}
	return b
}
