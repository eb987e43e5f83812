package casework

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	"seteli/domain/decision"
	"seteli/platform/postgres"
	"seteli/web/decider"
	"seteli/web/ui"
)

// decisionActView is a small form about one decision.
type decisionActView struct {
	Form           *ui.Form
	ID             int64
	Number, Client string
	Options        []ui.Option
}

// onDecision reads the decision, lets read make the input of the form, and runs what read gives back.
func (p *Pages) onDecision(w http.ResponseWriter, r *ui.Request, page, done string, options []ui.Option, read func(f *ui.Form, d decision.File) func(context.Context, *postgres.Tx) (int64, error)) error {
	d, name, err := p.openDecision(r)
	if err != nil {
		return err
	}
	f := r.Input()
	f.Set("day", r.Today())
	if err := decider.Office(r, p.DB, f); err != nil {
		return err
	}
	view := decisionActView{Form: f, ID: d.ID, Number: d.Number, Client: name, Options: options}
	if f.Submitted() {
		act := read(f, d)
		if !f.Refused() {
			next := d.ID
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				made, err := act(ctx, tx)
				if made != 0 {
					next = made
				}
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/decisions/"+ui.Digits(next), done)
			}
			if !take(f, err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), page, view)
}

func channelOptions(r *ui.Request) []ui.Option {
	var list []ui.Option
	for _, c := range decision.Channels() {
		list = append(list, ui.Option{Value: string(c), Text: r.T("decision.channel." + string(c)), Hint: r.T("decision.channel." + string(c) + ".hint")})
	}
	return list
}

func (p *Pages) decisionSent(w http.ResponseWriter, r *ui.Request) error {
	return p.onDecision(w, r, "casework/decision-sent", "decision.page.sent.done", channelOptions(r), func(f *ui.Form, d decision.File) func(context.Context, *postgres.Tx) (int64, error) {
		in := decision.SentInput{Organiser: d.Organiser, Decision: d.ID, Channel: decision.Channel(f.Choice("channel", "letter", "electronic", "handed_over", "proof_of_service")),
			Day: f.Date("day"), Note: f.OptionalText("note")}
		if day, given := f.OptionalDate("received"); given {
			in.Received = &day
		}
		return func(ctx context.Context, tx *postgres.Tx) (int64, error) {
			_, err := decision.RecordSent(ctx, tx, r.Actor, in)
			return 0, err
		}
	})
}

func (p *Pages) decisionReceived(w http.ResponseWriter, r *ui.Request) error {
	return p.onDecision(w, r, "casework/decision-received", "decision.page.received.done", nil, func(f *ui.Form, d decision.File) func(context.Context, *postgres.Tx) (int64, error) {
		in := decision.ReceivedInput{Organiser: d.Organiser, Decision: d.ID, Day: f.Date("day"), Note: f.Text("note")}
		return func(ctx context.Context, tx *postgres.Tx) (int64, error) {
			_, err := decision.RecordReceived(ctx, tx, r.Actor, in)
			return 0, err
		}
	})
}

func (p *Pages) decisionAppeal(w http.ResponseWriter, r *ui.Request) error {
	return p.onDecision(w, r, "casework/decision-appeal", "decision.page.appeal.done", nil, func(f *ui.Form, d decision.File) func(context.Context, *postgres.Tx) (int64, error) {
		in := decision.AppealInput{Organiser: d.Organiser, Decision: d.ID, Day: f.Date("day"), Note: f.OptionalLongText("note")}
		return func(ctx context.Context, tx *postgres.Tx) (int64, error) {
			_, err := decision.RecordAppeal(ctx, tx, r.Actor, in)
			return 0, err
		}
	})
}

func (p *Pages) decisionOutcome(w http.ResponseWriter, r *ui.Request) error {
	var options []ui.Option
	var known []string
	for _, o := range decision.AppealOutcomes() {
		known = append(known, string(o))
		options = append(options, ui.Option{Value: string(o), Text: r.T("decision.appeal_outcome." + string(o))})
	}
	return p.onDecision(w, r, "casework/decision-outcome", "decision.page.outcome.done", options, func(f *ui.Form, d decision.File) func(context.Context, *postgres.Tx) (int64, error) {
		in := decision.OutcomeInput{Organiser: d.Organiser, Decision: d.ID, Outcome: decision.AppealOutcome(f.Choice("outcome", known...)), Day: f.Date("day"), Note: f.OptionalLongText("note")}
		return func(ctx context.Context, tx *postgres.Tx) (int64, error) {
			_, err := decision.RecordOutcome(ctx, tx, r.Actor, in)
			return 0, err
		}
	})
}

func (p *Pages) decisionCorrect(w http.ResponseWriter, r *ui.Request) error {
	var options []ui.Option
	for _, g := range []decision.Ground{decision.Clerical, decision.Factual} {
		options = append(options, ui.Option{Value: string(g), Text: r.T("decision.ground." + string(g)), Hint: r.T("decision.ground." + string(g) + ".hint")})
	}
	return p.onDecision(w, r, "casework/decision-correct", "decision.page.corrected.done", options, func(f *ui.Form, d decision.File) func(context.Context, *postgres.Tx) (int64, error) {
		in := decision.CorrectInput{Organiser: d.Organiser, Decision: d.ID, Ground: decision.Ground(f.Choice("ground", "clerical", "factual")), Was: f.OptionalLongText("was"),
			Becomes: f.LongText("becomes"), Reasons: f.LongText("reasons"), Office: f.Text("office"), Against: f.Bool("against"), Consent: f.OptionalText("consent"),
			CausedByThem: f.Bool("caused"), HandedOver: f.Bool("handed"), Texts: p.Means.Texts}
		return func(ctx context.Context, tx *postgres.Tx) (int64, error) {
			made, err := decision.Correct(ctx, tx, r.Actor, in)
			return made.ID, err
		}
	})
}

func (p *Pages) decisionAnnul(w http.ResponseWriter, r *ui.Request) error {
	return p.onDecision(w, r, "casework/decision-annul", "decision.page.annulled.done", nil, func(f *ui.Form, d decision.File) func(context.Context, *postgres.Tx) (int64, error) {
		in := decision.AnnulInput{Organiser: d.Organiser, Decision: d.ID, Reasons: f.LongText("reasons"), Office: f.Text("office"), HandedOver: f.Bool("handed"), Texts: p.Means.Texts}
		return func(ctx context.Context, tx *postgres.Tx) (int64, error) {
			made, err := decision.Annul(ctx, tx, r.Actor, in)
			return made.ID, err
		}
	})
}

// twoWeeks is the usual time for an answer.
func twoWeeks(r *ui.Request) calendar.Date { return calendar.OperationalOnOrAfter(r.Today() + 14) }
