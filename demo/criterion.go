package demo

import (
	"context"

	"seteli/domain/admission"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// conditions are what home services ask of a provider in the demo: two of all, one of which comes up again each year.
var conditions = []rulebook.Criterion{
	{Names: i18n.Names{Fi: "Omavalvontasuunnitelma on ajan tasalla ja julkaistu", Sv: "Planen för egenkontroll är uppdaterad och publicerad", En: "The self-supervision plan is up to date and published"}, Evidence: true, Recheck: 12},
	{Names: i18n.Names{Fi: "Asiakasta palvellaan suomeksi tai ruotsiksi hänen valintansa mukaan", Sv: "Klienten betjänas på finska eller svenska enligt eget val", En: "The client is served in Finnish or Swedish, as the client chooses"}},
}

// confirm gives the company's word on each condition of the rulebook.
func confirm(ctx context.Context, tx *postgres.Tx, by access.Actor, a admission.Application, book rulebook.Rulebook) (admission.Application, error) {
	if len(book.Rules.Criteria) == 0 {
		return a, nil
	}
	in := admission.ConfirmInput{Key: admission.Key{Organiser: a.Organiser, Application: a.ID, RowVersion: a.RowVersion}, Rulebook: book.ID}
	for i, c := range book.Rules.Criteria {
		answer := admission.Confirmation{Number: i, Yes: true}
		if c.Evidence {
			answer.Evidence = "Suunnitelma on yrityksen verkkosivuilla."
		}
		in.Answers = append(in.Answers, answer)
	}
	return admission.ConfirmCriteria(ctx, tx, by, in)
}

// judge is the handler's view: all is met when the application is approved; one that is still being handled lacks the first.
func judge(ctx context.Context, tx *postgres.Tx, h House, key admission.Key, until step) (admission.Key, error) {
	d, err := admission.Get(ctx, tx, h.As(access.ApplicationHandler), key.Organiser, key.Application)
	if err != nil || len(d.Criteria) == 0 {
		return key, err
	}
	in := admission.JudgeInput{Key: key}
	for _, c := range d.Criteria {
		j := admission.Judgement{Number: c.Number, Met: true}
		if until == toHandling && c.Number == 0 {
			j.Met, j.Note = false, "Suunnitelmaa ei löydy verkkosivuilta. Pyydetään toimittamaan se ennen päätöstä."
		}
		in.Judgements = append(in.Judgements, j)
	}
	a, err := admission.JudgeCriteria(ctx, tx, h.As(access.ApplicationHandler), in)
	key.RowVersion = a.RowVersion
	return key, err
}
