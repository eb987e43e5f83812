package guidance

import (
	"context"
	"net/http"

	queue "seteli/domain/daycare/guidance"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// actView is a page of one act: a choice, a reason, or both.
type actView struct {
	Form               *ui.Form
	Name, Title        string
	Lead, Words        string
	Answers            []ui.Option
	Which              string // question above the answers
	Reason             bool   // a text is asked for
	Field, Label, Back string
	Button             string
	Choice, Text       string // as read
}

// act shows the page and runs the work when it is sent.
func (p *Pages) act(w http.ResponseWriter, r *ui.Request, v *actView, page string, work ui.Work, done string) error {
	f := v.Form
	if v.Field == "" {
		v.Field = "reason"
	}
	if f.Submitted() {
		if len(v.Answers) > 0 {
			allowed := make([]string, len(v.Answers))
			for i, o := range v.Answers {
				allowed[i] = o.Value
			}
			v.Choice = f.Choice("choice", allowed...)
		}
		if v.Reason {
			v.Text = f.OptionalLongText(v.Field)
		}
		if !f.Refused() {
			err := r.Do(p.DB, work)
			if err == nil {
				return r.SeeOther(w, local(r, v.Back), done)
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), page, *v)
}

// asked prepares a page of an act on the live proposal.
func (p *Pages) asked(r *ui.Request, v *actView) (a queue.Application, live queue.Proposal, err error) {
	v.Form = r.Input()
	err = p.one(r, func(_ context.Context, _ *postgres.Tx, found queue.Application) error {
		a = found
		live, _ = a.Live()
		v.Name, v.Back, v.Button = a.Child, r.Path(oneApplication, a.ID), r.T("common.save")
		return nil
	})
	return a, live, err
}

// unitAnswer records what a unit said by telephone.
func (p *Pages) unitAnswer(w http.ResponseWriter, r *ui.Request) error {
	v := actView{Title: r.T("guidance.unit_answer"), Which: r.T("guidance.unit_answer.which"), Reason: true, Label: r.T("place.reason"),
		Answers: []ui.Option{{Value: "yes", Text: r.T("place.yes")}, {Value: "no", Text: r.T("place.no")}}}
	a, live, err := p.asked(r, &v)
	if err != nil {
		return err
	}
	v.Lead = live.UnitName
	v.Form.Set("version", ui.Digits(live.RowVersion))
	return p.act(w, r, &v, "guidance/act", func(ctx context.Context, tx *postgres.Tx) error {
		return queue.AnswerProposal(ctx, tx, r.Actor, queue.UnitAnswer{Organiser: a.Organiser, Proposal: live.ID, RowVersion: version(v.Form), Yes: v.Choice == "yes", Words: v.Text})
	}, "guidance.answer.done")
}

// familyAnswer records what a family said by telephone or on paper.
func (p *Pages) familyAnswer(w http.ResponseWriter, r *ui.Request) error {
	v := actView{Title: r.T("guidance.family_answer"), Which: r.T("family.offer.which"), Reason: true, Label: r.T("guidance.note"),
		Answers: []ui.Option{{Value: "yes", Text: r.T("family.offer.yes"), Hint: r.T("guidance.family_answer.yes.hint")}, {Value: "stay", Text: r.T("family.offer.stay")}, {Value: "no", Text: r.T("family.offer.no")}}}
	a, live, err := p.asked(r, &v)
	if err != nil {
		return err
	}
	v.Lead = live.UnitName
	v.Form.Set("version", ui.Digits(live.RowVersion))
	return p.act(w, r, &v, "guidance/act", func(ctx context.Context, tx *postgres.Tx) error {
		return queue.AnswerOffer(ctx, tx, r.Actor, p.Texts, queue.FamilyAnswer{Organiser: a.Organiser, Proposal: live.ID, RowVersion: version(v.Form), Yes: v.Choice == "yes", Stay: v.Choice == "stay", Words: v.Text})
	}, "guidance.answer.done")
}

// cancel takes a proposal or offer back.
func (p *Pages) cancel(w http.ResponseWriter, r *ui.Request) error {
	v := actView{Title: r.T("guidance.cancel"), Reason: true, Label: r.T("guidance.reason")}
	a, live, err := p.asked(r, &v)
	if err != nil {
		return err
	}
	v.Lead, v.Button = live.UnitName, r.T("guidance.cancel")
	v.Form.Set("version", ui.Digits(live.RowVersion))
	return p.act(w, r, &v, "guidance/act", func(ctx context.Context, tx *postgres.Tx) error {
		return queue.CancelProposal(ctx, tx, r.Actor, a.Organiser, live.ID, version(v.Form), v.Text)
	}, "guidance.cancelled")
}

// withdraw ends the application for the family.
func (p *Pages) withdraw(w http.ResponseWriter, r *ui.Request) error {
	v := actView{Title: r.T("guidance.withdraw"), Lead: r.T("guidance.withdraw.lead"), Reason: true, Label: r.T("guidance.reason")}
	a, _, err := p.asked(r, &v)
	if err != nil {
		return err
	}
	v.Button = r.T("guidance.withdraw")
	v.Form.Set("version", ui.Digits(a.RowVersion))
	return p.act(w, r, &v, "guidance/act", func(ctx context.Context, tx *postgres.Tx) error {
		return queue.Withdraw(ctx, tx, r.Actor, a.Organiser, a.ID, version(v.Form), v.Text)
	}, "guidance.withdrawn")
}

type consentView = actView

// consent records a guardian's consent on paper, or why it is not needed.
func (p *Pages) consent(w http.ResponseWriter, r *ui.Request) error {
	adult, err := r.PathID("adult")
	if err != nil {
		return err
	}
	v := actView{Title: r.T("guidance.consent"), Which: r.T("guidance.consent.which"), Reason: true, Label: r.T("guidance.consent.reason"),
		Answers: []ui.Option{{Value: queue.Agreed, Text: r.T("guidance.consent.agreed"), Hint: r.T("guidance.consent.agreed.hint")},
			{Value: queue.NotNeeded, Text: r.T("guidance.consent.not_needed"), Hint: r.T("guidance.consent.not_needed.hint")}}}
	a, _, err := p.asked(r, &v)
	if err != nil {
		return err
	}
	for _, g := range a.Guardians {
		if g.Adult == adult {
			v.Lead = g.Name
		}
	}
	if v.Lead == "" {
		return ui.ErrNoPage
	}
	return p.act(w, r, &v, "guidance/consent", func(ctx context.Context, tx *postgres.Tx) error {
		return queue.Answer(ctx, tx, r.Actor, queue.ConsentInput{Organiser: a.Organiser, ID: a.ID, Adult: adult, Answer: v.Choice, Reason: v.Text})
	}, "guidance.consent.done")
}
