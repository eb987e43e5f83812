package citizen

import (
	"context"
	"net/http"
	"strconv"

	"seteli/core/calendar"
	"seteli/domain/client"
	"seteli/domain/client/household"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// incomePages registers the client's own pages about income.
func incomePages() []ui.PageSpec {
	one := ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{ui.TextCells("x")}}
	return []ui.PageSpec{
		ui.Page("citizen/income", incomeView{}, incomeView{Parts: []incomePart{{Name: "x", Items: one, Consents: one, Reports: one, Report: "/fi"}}}),
		ui.Page("citizen/income-report", reportView{}),
	}
}

type incomeView struct{ Parts []incomePart }

// incomePart is what one organiser has recorded.
type incomePart struct {
	Name                     string
	Items, Consents, Reports ui.Table
	Report                   string // address of the page where a change is told
}

// income shows the client's own recorded income, one part for each organiser. What others of the household live on is not shown.
func (p *Pages) income(w http.ResponseWriter, r *ui.Request) error {
	var view incomeView
	var names map[int32]string
	var clients []client.Client
	err := p.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) error {
		var err error
		if names, err = organisers(r.Context(), tx, r); err != nil {
			return err
		}
		clients, err = client.ByPerson(r.Context(), tx, r.Actor)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range clients {
		h, err := p.ownIncome(r, c.Organiser)
		if err != nil {
			return err
		}
		view.Parts = append(view.Parts, incomePart{Name: names[c.Organiser], Items: incomeItems(r, h), Consents: incomeConsents(r, h), Reports: incomeReports(r, h),
			Report: r.Path("/my/income/report?organiser={organiser}", c.Organiser)})
	}
	return r.Show(w, http.StatusOK, "citizen/income", view)
}

// ownIncome runs under the organiser's scope: the definition of income is the organiser's row. That the income is the person's own is
// checked by the domain.
func (p *Pages) ownIncome(r *ui.Request, org int32) (h household.Household, err error) {
	err = p.DB.Tenant(r.Context(), r.Actor.In(org), func(tx *postgres.Tx) (err error) {
		h, err = household.Own(r.Context(), tx, r.Actor, org)
		return err
	})
	return h, err
}

func incomePeriod(r *ui.Request, p calendar.Period) string {
	if p.To >= calendar.Forever {
		return r.T("household.from_on", "from", p.From)
	}
	return r.Period(p)
}

func incomeItems(r *ui.Request, h household.Household) ui.Table {
	t := ui.Table{Caption: r.T("household.own.items"), Cards: true, Columns: []ui.Column{{Text: r.T("household.kind")}, {Text: r.T("household.amount"), Numeric: true}, {Text: r.T("household.time")}, {Text: r.T("household.source")}},
		Empty: ui.Empty{Title: r.T("household.own.none"), Text: r.T("household.own.none.text")}}
	d := h.Definition(r.Today())
	for _, i := range h.Items {
		kind, amount := ui.Cell{Text: i.Kind, Small: i.Payer}, ui.Cell{Text: r.Cents(i.Cents), Numeric: true}
		if k, known := d.Kind(i.Kind); known {
			kind.Text = k.Names.In(r.Lang)
		}
		if per, known := d.Per(i.Per); known && d.Counts(i.Kind) {
			amount.Small = per.Names.In(r.Lang)
		}
		t.Rows = append(t.Rows, []ui.Cell{kind, amount, {Text: incomePeriod(r, i.Period)}, {Text: r.T("household.own.source." + string(i.Source))}})
	}
	return t
}

func incomeConsents(r *ui.Request, h household.Household) ui.Table {
	t := ui.Table{Caption: r.T("household.own.consents"), Cards: true, Columns: []ui.Column{{Text: r.T("household.consent")}, {Text: r.T("household.consent.given")}, {Text: r.T("household.consent.withdrawn")}}}
	for _, c := range h.Consents {
		end := "–"
		if c.Withdrawn != nil {
			end = r.Date(*c.Withdrawn)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.T("household.consent." + string(c.Kind))}, {Text: r.Date(c.GivenOn)}, {Text: end}})
	}
	return t
}

func incomeReports(r *ui.Request, h household.Household) ui.Table {
	t := ui.Table{Caption: r.T("household.own.reports"), Cards: true, Columns: []ui.Column{{Text: r.T("household.reported")}, {Text: r.T("household.own.words")}, {Text: r.T("household.change.from")}, {Text: r.T("common.state")}}}
	for _, one := range h.Reports {
		state := r.T("household.own.report.open")
		if one.HandledAt != nil {
			state = r.T("household.report.handled")
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.Date(one.ReportedOn)}, {Text: one.Words}, {Text: r.Date(one.From)}, {Text: state}})
	}
	return t
}

type reportView struct {
	Form *ui.Form
	Name string
}

// incomeReport takes the client's news of a change, for the organiser that the form names; somebody with one organiser need not name it.
func (p *Pages) incomeReport(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	org, err := p.reportedTo(r, f.Value("organiser"))
	if err != nil {
		return err
	}
	f.Set("organiser", ui.Digits(org))
	view := reportView{Form: f}
	err = p.DB.Tenant(r.Context(), r.Actor.In(org), func(tx *postgres.Tx) error {
		if _, err := household.Own(r.Context(), tx, r.Actor, org); err != nil {
			return err
		}
		o, err := organiser.Get(r.Context(), tx, org)
		view.Name = o.Names.In(r.Lang)
		return err
	})
	if err != nil {
		return err
	}
	if f.Submitted() {
		in := household.ReportInput{Organiser: org, From: f.Date("from"), Words: f.LongText("words")}
		if !f.Refused() {
			err := p.tell(r.Context(), r.Actor, in)
			if err == nil {
				return r.SeeOther(w, "/my/income", "household.own.told")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "citizen/income-report", view)
}

func (p *Pages) tell(ctx context.Context, by access.Actor, in household.ReportInput) error {
	return p.DB.Tenant(ctx, by.In(in.Organiser), func(tx *postgres.Tx) error { return household.Tell(ctx, tx, by, in) })
}

// reportedTo is the named organiser, or the person's first one; who is nobody's client has nothing to tell.
func (p *Pages) reportedTo(r *ui.Request, named string) (int32, error) {
	if named != "" {
		n, err := strconv.ParseInt(named, 10, 32)
		if err != nil || n <= 0 {
			return 0, ui.ErrNoPage
		}
		return int32(n), nil
	}
	var first int32
	err := p.DB.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) error {
		list, err := client.ByPerson(r.Context(), tx, r.Actor)
		if err == nil && len(list) == 0 {
			return ui.ErrNoPage
		}
		if err == nil {
			first = list[0].Organiser
		}
		return err
	})
	return first, err
}
