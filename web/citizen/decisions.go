package citizen

import (
	"context"
	"html/template"
	"net/http"

	"seteli/domain/decision"
	"seteli/platform/document"
	"seteli/platform/postgres"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

type ownDecisionsView struct {
	Hearings  *ui.Table // nil when the client was never asked before a decision
	Decisions ui.Table
}

// decisions lists the person's own decisions, refusals and corrections too, of every organiser.
func (p *Pages) decisions(w http.ResponseWriter, r *ui.Request) error {
	var list []decision.Decision
	var hearings []decision.OwnHearing
	var names map[int32]string
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, err = decision.OfPerson(ctx, tx, r.Actor); err != nil {
			return err
		}
		if hearings, err = decision.HearingsOfPerson(ctx, tx, r.Actor); err != nil {
			return err
		}
		names, err = organisers(ctx, tx, r)
		return err
	})
	if err != nil {
		return err
	}
	v := ownDecisionsView{Hearings: hearingTable(r, hearings, names), Decisions: ui.Table{Caption: r.T("decision.page.decisions"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("decision.page.kind")},
		{Text: r.T("decision.page.outcome")}, {Text: r.T("decision.page.made_on")}}, Empty: ui.Empty{Title: r.T("decision.page.decisions.none")}}}
	for _, d := range list {
		v.Decisions.Rows = append(v.Decisions.Rows, []ui.Cell{{Text: r.T("decision.kind." + string(d.Kind)), Small: d.Number,
			Href: r.Path("/my/decisions/{organiser}/{decision}", d.Organiser, d.ID)}, r.TagCell("decision." + string(d.Outcome)), {Text: r.Date(d.MadeOn)}})
	}
	return r.Show(w, http.StatusOK, "citizen/decisions", v)
}

type ownDecisionView struct {
	Title, Number   string
	Newer, Deadline *ui.Inset
	Body            template.HTML // made by the letter renderer, which escapes every text
	PDF             string
}

// ownDecision reads the decision of the address under its organiser's scope; that it is the person's own is checked by the domain.
func (p *Pages) ownDecision(r *ui.Request) (f decision.File, letter decision.Stored, err error) {
	org, err := r.PathOrganiser()
	if err != nil {
		return f, letter, err
	}
	number, err := r.PathID("decision")
	if err != nil {
		return f, letter, err
	}
	err = p.DB.Tenant(r.Context(), r.Actor.In(org), func(tx *postgres.Tx) error {
		return p.openOwn(r.Context(), tx, r, org, number, &f, &letter)
	})
	return f, letter, err
}

func (p *Pages) openOwn(ctx context.Context, tx *postgres.Tx, r *ui.Request, org int32, number int64, f *decision.File, letter *decision.Stored) (err error) {
	if *f, err = decision.Open(ctx, tx, r.Actor, org, number); err != nil {
		return err
	}
	*letter, err = decision.Document(ctx, tx, r.Actor, org, f.Document)
	return err
}

// decision shows the letter with its calculation, what has become of the decision, and until when it can be appealed. The day is told
// only when the day of receipt is known: a deemed day could be wrong, and the letter tells the rule.
func (p *Pages) decision(w http.ResponseWriter, r *ui.Request) error {
	f, letter, err := p.ownDecision(r)
	if err != nil {
		return err
	}
	v := ownDecisionView{Title: letter.Title, Number: f.Number, Body: document.StoredPart(letter.HTML),
		PDF: r.Path("/my/decisions/{organiser}/{decision}/pdf", f.Organiser, f.ID)}
	if f.Newer != nil {
		v.Newer = &ui.Inset{Strong: r.T("decision.newer." + string(f.Newer.Kind)), Text: r.T("decision.newer.text", "number", f.Newer.RelatedNumber, "day", f.Newer.Day),
			Link: &ui.Link{Text: f.Newer.RelatedNumber, Href: r.Path("/my/decisions/{organiser}/{decision}", f.Organiser, *f.Newer.Related)}}
	}
	if d := f.Delivery; d.Deadline != nil && (d.Shown || d.Channel == decision.ByHand) && r.Today() <= *d.Deadline {
		v.Deadline = &ui.Inset{Strong: r.T("decision.page.deadline.open", "last", *d.Deadline)}
	}
	return r.Show(w, http.StatusOK, "citizen/decision", v)
}

func (p *Pages) decisionPDF(w http.ResponseWriter, r *ui.Request) error {
	_, letter, err := p.ownDecision(r)
	if err != nil {
		return err
	}
	return voucherview.PDF(w, ui.Digits(letter.ID)+".pdf", letter.PDF)
}
