package casework

import (
	"context"
	"io"
	"net/http"
	"strings"

	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/decision"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

type decisionView struct {
	ID                                                               int64
	Number, Kind, State, Client                                      string
	Newer                                                            *ui.Inset
	Deadline                                                         *ui.Inset
	Facts                                                            ui.Summary
	Reasons                                                          string
	Why                                                              []ui.Calculation
	Delivery                                                         ui.Summary
	History                                                          ui.Timeline
	CanSend, CanReceive, CanAppeal, CanOutcome, CanCorrect, CanAnnul bool
}

func sampleDecision() decisionView {
	return decisionView{ID: 1, Number: "MAA/2026/1", Newer: &ui.Inset{Text: "x"}, Deadline: &ui.Inset{Text: "x"}, Why: []ui.Calculation{{Caption: "x"}},
		CanSend: true, CanReceive: true, CanAppeal: true, CanOutcome: true, CanCorrect: true, CanAnnul: true}
}

// openDecision reads the file of the address, with the name of its client.
func (p *Pages) openDecision(r *ui.Request) (f decision.File, name string, err error) {
	number, err := r.PathID("decision")
	if err != nil {
		return f, "", err
	}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if f, err = decision.Open(ctx, tx, r.Actor, r.Actor.Organiser, number); err != nil || f.Client == nil {
			return err
		}
		c, err := client.Load(ctx, tx, f.Organiser, *f.Client)
		name = c.Name()
		return err
	})
	return f, name, err
}

// decision shows what was decided and why, how it reached the client, until when it can be appealed, and what followed.
func (p *Pages) decision(w http.ResponseWriter, r *ui.Request) error {
	f, name, err := p.openDecision(r)
	if err != nil {
		return err
	}
	v := decisionView{ID: f.ID, Number: f.Number, Kind: r.T("decision.kind." + string(f.Kind)), State: "decision." + string(f.Outcome), Client: name, Reasons: f.Reasons}
	var names map[int64]i18n.Names
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if names, err = serviceNames(ctx, tx, r); err != nil || f.SubjectKind != "voucher" || f.Kind == decision.Purchase || !r.Actor.Can(access.VoucherRead) {
			return err
		}
		x, err := voucher.Get(ctx, tx, r.Actor, f.Organiser, f.SubjectID)
		if err != nil {
			return err
		}
		s, err := catalogue.ServiceAt(ctx, tx, x.Organiser, x.Service, x.Valid.From)
		v.Why = voucherview.Why(r, p.Means.Texts, x, s, x.Valid.From) // the values that were decided are the first ones
		return err
	})
	if err != nil {
		return err
	}
	v.Facts = decisionFacts(r, f, serviceOf(r, names, f.Service))
	if f.Newer != nil {
		v.Newer = &ui.Inset{Strong: r.T("decision.newer." + string(f.Newer.Kind)), Text: r.T("decision.newer.text", "number", f.Newer.RelatedNumber, "day", f.Newer.Day),
			Link: &ui.Link{Text: f.Newer.RelatedNumber, Href: r.Path("/decisions/{decision}", *f.Newer.Related)}}
	}
	v.Delivery, v.Deadline = deliverySummary(r, f)
	for i := len(f.Steps) - 1; i >= 0; i-- {
		v.History.Moments = append(v.History.Moments, decisionMoment(r, f.Steps[i]))
	}
	v.History.Moments = append(v.History.Moments, ui.Moment{Title: r.T("decision.step.made"), By: f.MadeBy, When: i18n.DateTime(r.Lang, f.MadeAt)})
	v.History.Title = r.T("decision.page.history")
	may, open := r.Actor.Can(access.DecisionMake), f.Appeal != nil && f.Appeal.Ended == nil
	v.CanSend, v.CanReceive, v.CanAppeal, v.CanOutcome = may, may && f.Delivery.Sent != nil, may && !open, may && open
	standing := f.Newer == nil || f.Newer.Kind == decision.Replaced
	v.CanCorrect = standing && r.Actor.Can(access.DecisionCorrect)
	v.CanAnnul = v.CanCorrect && decision.Annullable(f.Kind)
	return r.Show(w, http.StatusOK, "casework/decision", v)
}

func decisionFacts(r *ui.Request, f decision.File, service string) ui.Summary {
	s := ui.Summary{Title: r.T("decision.page.facts")}
	add := func(key, value string) {
		if value != "" {
			s.Rows = append(s.Rows, ui.Row{Key: r.T(key), Value: value})
		}
	}
	add("decision.page.number", f.Number)
	add("casework.service", service)
	add("decision.page.made_on", r.Date(f.MadeOn))
	s.Rows = append(s.Rows, ui.Row{Key: r.T("decision.page.made_by"), Value: f.MadeBy, Small: f.MadeByTitle})
	add("decision.page.basis", strings.TrimSpace(f.LegalAct+" "+f.LegalSection))
	if f.Ground != "" {
		add("decision.page.ground", r.T("decision.ground."+string(f.Ground)))
	}
	if f.Amount != nil {
		add("proposal.page.amount", r.Cents(*f.Amount))
	}
	if f.SubjectKind == "voucher" {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("decision.page.subject"), Link: &ui.Link{Text: r.T("decision.page.voucher"), Href: r.Path("/vouchers/{voucher}", f.SubjectID)}})
	}
	if f.SubjectKind == "proposal" {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("decision.page.subject"), Link: &ui.Link{Text: r.T("proposal.page.title"), Href: r.Path("/proposals/{proposal}", f.SubjectID)}})
	}
	return s
}

// deliverySummary tells how the decision reached its party; officers see the computed last day of appeal, which the letter does not print.
func deliverySummary(r *ui.Request, f decision.File) (ui.Summary, *ui.Inset) {
	s := ui.Summary{Title: r.T("decision.page.delivery")}
	d := f.Delivery
	if d.Sent == nil {
		s.Rows = append(s.Rows, ui.Row{Key: r.T("decision.page.sent"), Value: r.T("decision.page.not_sent")})
		return s, nil
	}
	received := ui.Row{Key: r.T("decision.page.received"), Value: dayOrUnknown(r, d.Received)}
	switch {
	case d.Shown:
		received.Small = r.T("decision.page.received.shown")
	case d.Received != nil && d.Channel != decision.ByHand:
		received.Small = r.T("decision.page.received.deemed")
	}
	s.Rows = append(s.Rows, ui.Row{Key: r.T("decision.page.sent"), Value: r.T("decision.channel." + string(d.Channel)), Small: r.Date(*d.Sent)}, received,
		ui.Row{Key: r.T("decision.page.deadline"), Value: dayOrUnknown(r, d.Deadline), Small: r.T("decision.page.deadline.rule", "n", f.Terms.Days)})
	if a := f.Appeal; a != nil {
		row := ui.Row{Key: r.T("decision.page.appeal"), Value: r.Date(a.On), Small: r.T("decision.page.appeal.unknown")}
		switch {
		case a.Known && a.Late:
			row.Small = r.T("decision.page.appeal.late")
		case a.Known:
			row.Small = r.T("decision.page.appeal.in_time")
		}
		s.Rows = append(s.Rows, row)
		if a.Ended != nil {
			s.Rows = append(s.Rows, ui.Row{Key: r.T("decision.page.appeal.outcome"), Value: r.T("decision.appeal_outcome." + string(a.Outcome)), Small: r.Date(*a.Ended)})
		}
	}
	if d.Deadline == nil {
		return s, &ui.Inset{Text: r.T("decision.page.deadline.waits")}
	}
	if r.Today() > *d.Deadline {
		return s, &ui.Inset{Text: r.T("decision.page.deadline.past", "last", *d.Deadline)}
	}
	return s, &ui.Inset{Strong: r.T("decision.page.deadline.open", "last", *d.Deadline)}
}

func decisionMoment(r *ui.Request, s decision.Step) ui.Moment {
	m := ui.Moment{Title: r.T("decision.step."+string(s.Kind), "day", s.Day), By: s.By, When: i18n.DateTime(r.Lang, s.At), Text: s.Note}
	switch {
	case s.Channel != "":
		m.Text = strings.TrimSpace(r.T("decision.channel."+string(s.Channel)) + ". " + s.Note)
	case s.Outcome != "":
		m.Text = strings.TrimSpace(r.T("decision.appeal_outcome."+string(s.Outcome)) + ". " + s.Note)
	case s.Related != nil:
		m.Text, m.Href = s.RelatedNumber, r.Path("/decisions/{decision}", *s.Related)
	}
	return m
}

// decisionLetter is the letter as it was sent.
func (p *Pages) decisionLetter(w http.ResponseWriter, r *ui.Request) error {
	d, err := p.storedLetter(r)
	if err != nil {
		return err
	}
	return voucherview.PDF(w, ui.Digits(d.ID)+".pdf", d.PDF)
}

// decisionText is the same letter as plain text, for reading aloud and for a message.
func (p *Pages) decisionText(w http.ResponseWriter, r *ui.Request) error {
	d, err := p.storedLetter(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err = io.WriteString(w, d.Plain)
	return err
}

func (p *Pages) storedLetter(r *ui.Request) (d decision.Stored, err error) {
	number, err := r.PathID("decision")
	if err != nil {
		return d, err
	}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		f, err := decision.Open(ctx, tx, r.Actor, r.Actor.Organiser, number)
		if err != nil {
			return err
		}
		d, err = decision.Document(ctx, tx, r.Actor, f.Organiser, f.Document)
		return err
	})
	return d, err
}
