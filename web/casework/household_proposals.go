package casework

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	"seteli/domain/catalogue"
	"seteli/domain/client/household"
	"seteli/domain/voucher"
	"seteli/platform/postgres"
	"seteli/web/ui"
	"seteli/web/voucherview"
)

// mostReports is how many unhandled reports one page lists; the oldest come first.
const mostReports = 200

type reportsView struct{ Table ui.Table }

// incomeReports lists what clients have told and nobody has handled yet.
func (p *Pages) incomeReports(w http.ResponseWriter, r *ui.Request) error {
	view := reportsView{Table: ui.Table{Caption: r.T("household.reports.waiting"), Cards: true, Columns: []ui.Column{{Text: r.T("common.name")}, {Text: r.T("household.reported")}, {Text: r.T("household.change.from")}, {Text: r.T("household.origin")}},
		Empty: ui.Empty{Title: r.T("household.reports.none"), Text: r.T("household.reports.none.text")}}}
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, err := household.Unhandled(ctx, tx, r.Actor, r.Actor.Organiser, mostReports)
		for _, one := range list {
			view.Table.Rows = append(view.Table.Rows, []ui.Cell{{Text: one.Name, Href: r.Path("/clients/{client}/household/reports/{report}", one.Client, one.Report)},
				{Text: r.Date(one.Reported)}, {Text: r.Date(one.From)}, {Text: r.T("household.origin." + string(one.Origin))}})
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "casework/household-reports", view)
}

type proposalsView struct {
	Form      *ui.Form
	ID        int64
	Name      string
	Words     string // of the client's report
	Imported  bool   // the news came with an import: there are no words
	Report    int64  // unhandled; 0 = none
	Essential string
	Asked     bool
	Proposals []proposalView
}

// proposalView is one voucher whose value would change.
type proposalView struct {
	Title   string
	Summary ui.Summary
	Why     ui.Calculation
	Change  string // address of the page where it is changed
}

func sampleProposals() proposalsView {
	return proposalsView{ID: 1, Name: "x", Words: "x", Imported: true, Report: 2, Essential: "x", Asked: true, Proposals: []proposalView{{Title: "x", Change: "/fi"}}}
}

// proposals shows which vouchers a change reaches, from which day, and what each value would be; a client's report is marked handled here.
func (p *Pages) proposals(w http.ResponseWriter, r *ui.Request) error {
	h, c, err := p.home(r)
	if err != nil {
		return err
	}
	f := r.Input()
	view := proposalsView{Form: f, ID: c.ID, Name: c.Name(), Asked: true}
	news := household.Change{From: r.Today(), Reported: r.Today(), Decided: r.Today(), MonthsBack: h.Definition(r.Today()).MonthsBack}
	if r.PathValue("report") != "" {
		if view.Report, err = r.PathID("report"); err != nil {
			return err
		}
		report, known := open(h, view.Report)
		if !known {
			return ui.ErrNoPage
		}
		view.Imported = report.Origin != household.ToldByClient
		view.Words, news.From, news.Reported = report.Words, report.From, report.ReportedOn
	}
	if f.Submitted() {
		return p.homeDone(w, r, "casework/household-proposals", view, c.ID, "household.report.done", func(ctx context.Context, tx *postgres.Tx) error {
			return household.Handle(ctx, tx, r.Actor, r.Actor.Organiser, c.ID, view.Report)
		})
	}
	setAll(f, map[string]any{"since": news.From, "reported": news.Reported})
	news.From, news.Reported, news.WrongData = f.Date("since"), f.Date("reported"), f.Bool("wrong")
	if !f.Refused() && news.Reported > r.Today() {
		news.Reported = r.Today()
	}
	if f.Refused() {
		view.Asked = false
		return r.Show(w, f.Status(), "casework/household-proposals", view)
	}
	before, after := h.At(news.From-1), h.At(max(news.From, r.Today()))
	percent := h.Definition(news.From).EssentialPercent
	view.Essential = r.T("household.essential.no", "percent", percent)
	if household.Essential(before, after, percent) {
		view.Essential = r.T("household.essential.yes", "percent", percent)
	}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		list, err := voucher.Proposals(ctx, tx, r.Actor, p.Means, h, news)
		if err != nil {
			return err
		}
		services, err := catalogue.Services(ctx, tx, r.Actor.Organiser, tx.Today())
		for _, one := range list {
			for _, s := range services {
				if s.ID == one.Voucher.Service {
					view.Proposals = append(view.Proposals, p.proposal(r, s, one))
				}
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.Show(w, http.StatusOK, "casework/household-proposals", view)
}

// open gives a report that nobody has handled.
func open(h household.Household, report int64) (household.Report, bool) {
	for _, one := range h.Reports {
		if one.ID == report && one.HandledAt == nil {
			return one, true
		}
	}
	return household.Report{}, false
}

func (p *Pages) proposal(r *ui.Request, s catalogue.Service, one voucher.Proposal) proposalView {
	content := voucherview.Content(s, one.Line)
	view := proposalView{Title: s.Names.In(r.Lang) + ": " + content.Names.In(r.Lang), Change: r.Path("/vouchers/{voucher}/change", one.Voucher.ID)}
	if one.Wrong == nil && !one.NotEntitled {
		view.Change += "?recompute=yes&from=" + one.From.String()
	}
	effect := r.T("household.proposal.better")
	value := r.Cents(one.New.Cents)
	switch {
	case one.Wrong != nil:
		effect, value = p.Means.Texts.Fault(r.Lang, one.Wrong), "–"
	case one.NotEntitled:
		effect, value = r.T("household.proposal.none"), "–"
	case one.Against:
		effect = r.T("household.proposal.worse")
	}
	view.Summary = ui.Summary{Rows: []ui.Row{{Key: r.T("common.voucher_number"), Value: one.Voucher.Number.Print(), Link: &ui.Link{Text: one.Voucher.Number.Print(), Href: r.Path("/vouchers/{voucher}", one.Voucher.ID)}},
		{Key: r.T("household.proposal.now"), Value: r.Cents(one.Now.Cents)}, {Key: r.T("household.proposal.new"), Value: value, Small: effect},
		{Key: r.T("household.proposal.from"), Value: r.Period(calendar.Period{From: one.From, To: one.Voucher.Valid.To})}}}
	view.Why = voucherview.Calculation(r, p.Means.Texts, r.T("casework.why"), one.New.Explanation)
	return view
}
