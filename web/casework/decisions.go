package casework

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/decision"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// decisionPages registers the pages about proposals and decisions.
func decisionPages() []ui.PageSpec {
	one := ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{ui.TextCells("x")}}
	act := decisionActView{Options: []ui.Option{{Value: "x", Text: "x"}}, ID: 1}
	return []ui.PageSpec{
		ui.Page("casework/decisions", decisionsView{}, decisionsView{Table: one, File: "x"}),
		ui.Page("casework/client-decisions", clientDecisionsView{}, clientDecisionsView{ID: 1, Decisions: one, Proposals: one}),
		ui.Page("casework/decision", decisionView{}, sampleDecision()),
		ui.Page("casework/decision-sent", decisionActView{}, act), ui.Page("casework/decision-received", decisionActView{}, act),
		ui.Page("casework/decision-appeal", decisionActView{}, act), ui.Page("casework/decision-outcome", decisionActView{}, act),
		ui.Page("casework/decision-correct", decisionActView{}, act), ui.Page("casework/decision-annul", decisionActView{}, act),
		ui.Page("casework/proposal", proposedView{}, sampleProposal()),
		ui.Page("casework/proposal-decide", proposalActView{}, proposalActView{ID: 1, Why: []ui.Calculation{{Caption: "x"}}}),
		ui.Page("casework/proposal-refuse", proposalActView{}), ui.Page("casework/proposal-hear", proposalActView{}, proposalActView{Options: act.Options}),
		ui.Page("casework/proposal-answer", proposalActView{}, proposalActView{Options: act.Options}), ui.Page("casework/proposal-withdraw", proposalActView{}),
	}
}

func (p *Pages) decisionRoutes(work ui.Routes) {
	work.Get("/decisions", access.DecisionMake, p.decisions)
	work.Get("/decisions/file.csv", access.DecisionMake, p.decisionsFile)
	work.About("client").Get("/clients/{client}/decisions", access.DecisionRead, p.clientDecisions)
	const one = "/decisions/{decision}"
	decision := work.About("decision")
	decision.Get(one, access.DecisionRead, p.decision)
	decision.Get(one+"/letter", access.DecisionRead, p.decisionLetter)
	decision.Get(one+"/letter/text", access.DecisionRead, p.decisionText)
	decision.Form(one+"/sent", access.DecisionMake, p.decisionSent)
	decision.Form(one+"/received", access.DecisionMake, p.decisionReceived)
	decision.Form(one+"/appeal", access.DecisionMake, p.decisionAppeal)
	decision.Form(one+"/outcome", access.DecisionMake, p.decisionOutcome)
	decision.Form(one+"/correct", access.DecisionCorrect, p.decisionCorrect)
	decision.Form(one+"/annul", access.DecisionCorrect, p.decisionAnnul)
	p.proposalRoutes(work.About("proposal"))
}

// proposalRoutes are the pages of what is not decided yet.
func (p *Pages) proposalRoutes(proposal ui.Routes) {
	const one = "/proposals/{proposal}"
	proposal.Get(one, access.DecisionRead, p.proposalPage)
	proposal.Get(one+"/hearings/{hearing}", access.DecisionRead, p.hearingLetter)
	proposal.Get(one+"/files/{file}", access.DecisionRead, p.proposalFile)
	proposal.Form(one+"/decide", access.DecisionMake, p.proposalDecide)
	proposal.Form(one+"/refuse", access.DecisionMake, p.proposalRefuse)
	proposal.Form(one+"/hear", access.DecisionMake, p.proposalHear)
	proposal.Form(one+"/answer", access.DecisionMake, p.proposalAnswer)
	proposal.Form(one+"/withdraw", access.DecisionMake, p.proposalWithdraw)
}

// decisionStates are the tags of proposals and decisions.
func decisionStates() map[string]ui.State {
	return map[string]ui.State{
		"proposal.open": {Key: "proposal.state.open", Colour: "blue"}, "proposal.hearing": {Key: "proposal.state.hearing", Colour: "orange"},
		"proposal.decided": {Key: "proposal.state.decided", Colour: "green"}, "proposal.refused": {Key: "proposal.state.refused", Colour: "red"},
		"proposal.withdrawn": {Key: "proposal.state.withdrawn", Colour: "grey"},
		"decision.granted":   {Key: "decision.outcome.granted", Colour: "green"}, "decision.approved": {Key: "decision.outcome.approved", Colour: "green"},
		"decision.rejected": {Key: "decision.outcome.rejected", Colour: "red"}, "decision.revoked": {Key: "decision.outcome.revoked", Colour: "red"},
		"decision.ended": {Key: "decision.outcome.ended", Colour: "grey"}, "decision.annulled": {Key: "decision.outcome.annulled", Colour: "red"},
		"decision.corrected": {Key: "decision.outcome.corrected", Colour: "orange"},
		"decision.unsent":    {Key: "decision.stage.unsent", Colour: "blue"}, "decision.appealed": {Key: "decision.stage.appealed", Colour: "orange"},
	}
}

func orDash(r *ui.Request, c *money.Cents) string {
	if c == nil {
		return "–"
	}
	return r.Cents(*c)
}

func serviceNames(ctx context.Context, tx *postgres.Tx, r *ui.Request) (map[int64]i18n.Names, error) {
	names := map[int64]i18n.Names{}
	services, err := catalogue.Services(ctx, tx, r.Actor.Organiser, tx.Today())
	for _, s := range services {
		names[s.ID] = s.Names
	}
	return names, err
}

type clientDecisionsView struct {
	ID                   int64
	Name                 string
	Decisions, Proposals ui.Table
}

// clientDecisions lists everything that has been decided or proposed about a client.
func (p *Pages) clientDecisions(w http.ResponseWriter, r *ui.Request) error {
	number, err := r.PathID("client")
	if err != nil {
		return err
	}
	v := clientDecisionsView{ID: number}
	var made []decision.Decision
	var proposed []decision.Proposal
	var names map[int64]i18n.Names
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		c, err := client.Get(ctx, tx, r.Actor, r.Actor.Organiser, number)
		if err != nil {
			return err
		}
		v.Name = c.Name()
		if made, err = decision.OfClient(ctx, tx, r.Actor.Organiser, number); err != nil {
			return err
		}
		if proposed, err = decision.ProposalsOfClient(ctx, tx, r.Actor.Organiser, number); err != nil {
			return err
		}
		names, err = serviceNames(ctx, tx, r)
		return err
	})
	if err != nil {
		return err
	}
	v.Decisions = ui.Table{Caption: r.T("decision.page.decisions"), Cards: true, Columns: []ui.Column{{Text: r.T("decision.page.number")}, {Text: r.T("decision.page.kind")},
		{Text: r.T("decision.page.outcome")}, {Text: r.T("decision.page.made_on")}, {Text: r.T("decision.page.made_by")}}, Empty: ui.Empty{Title: r.T("decision.page.decisions.none")}}
	for _, d := range made {
		v.Decisions.Rows = append(v.Decisions.Rows, []ui.Cell{{Text: d.Number, Href: r.Path("/decisions/{decision}", d.ID)},
			{Text: r.T("decision.kind." + string(d.Kind)), Small: serviceOf(r, names, d.Service)}, r.TagCell("decision." + string(d.Outcome)), {Text: r.Date(d.MadeOn)}, {Text: d.MadeBy, Small: d.MadeByTitle}})
	}
	v.Proposals = ui.Table{Caption: r.T("decision.page.proposals"), Cards: true, Columns: []ui.Column{{Text: r.T("casework.service")}, {Text: r.T("common.state")},
		{Text: r.T("proposal.page.prepared_by")}}, Empty: ui.Empty{Title: r.T("decision.page.proposals.none")}}
	for _, x := range proposed {
		v.Proposals.Rows = append(v.Proposals.Rows, []ui.Cell{{Text: names[x.Service].In(r.Lang), Href: r.Path("/proposals/{proposal}", x.ID)}, r.TagCell("proposal." + string(x.State)),
			{Text: x.PreparedBy, Small: i18n.DateTime(r.Lang, x.ChangedAt)}})
	}
	return r.Show(w, http.StatusOK, "casework/client-decisions", v)
}

func serviceOf(r *ui.Request, names map[int64]i18n.Names, service *int64) string {
	if service == nil {
		return ""
	}
	return names[*service].In(r.Lang)
}

func dayOrUnknown(r *ui.Request, d *calendar.Date) string {
	if d == nil {
		return r.T("decision.page.not_known")
	}
	return r.Date(*d)
}
