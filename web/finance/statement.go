package finance

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"seteli/core/ident"
	"seteli/domain/decision"
	"seteli/domain/event"
	"seteli/domain/settlement"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

func statementPath(s settlement.Statement) string {
	return fmt.Sprintf("/statements/%d/%d/%d", s.Organiser, s.Run, s.Provider)
}

type statementsView struct {
	Table  ui.Table
	Claims ui.Table // what organisers have asked back; shown when there is any
}

// statements is the payee's own list over all organisers.
func (p *Pages) statements(w http.ResponseWriter, r *ui.Request) error {
	if r.Actor.Role.Side() != access.ProviderSide {
		return p.Site.SeeOther(w, r, "/finance/runs", "")
	}
	var list []settlement.Statement
	var asked []settlement.Claim
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, err = settlement.StatementsOfProvider(ctx, tx, r.Actor, 0, r.Actor.Provider, 120); err != nil {
			return err
		}
		asked, err = settlement.ClaimsOfProvider(ctx, tx, r.Actor)
		return err
	})
	if err != nil {
		return err
	}
	v := statementsView{Claims: claimTable(r, asked), Table: ui.Table{Caption: r.T("finance.statements.title"), Quiet: true, Cards: true,
		Columns: []ui.Column{{Text: r.T("finance.statement")}, {Text: r.T("finance.organiser")}, {Text: r.T("finance.state")}, {Text: r.T("finance.lines"), Numeric: true},
			{Text: r.T("finance.net"), Numeric: true}, {Text: r.T("finance.due")}},
		Empty: ui.Empty{Title: r.T("finance.statements.empty.title"), Text: r.T("finance.statements.empty")}}}
	for _, s := range list {
		due := ui.Cell{Text: r.Date(s.DueOn)}
		if s.Disposition != settlement.Pay {
			due.Text = "–"
		}
		v.Table.Rows = append(v.Table.Rows, []ui.Cell{{Text: s.Number, Href: r.Path(statementPath(s))}, {Text: s.OrganiserNames.In(r.Lang)}, r.TagCell(payeeState(s)),
			{Text: strconv.FormatInt(s.Lines, 10), Numeric: true}, r.CentsCell(s.Net), due})
	}
	return p.Site.Show(w, r, http.StatusOK, "finance/statements", v)
}

// statementView is one statement line by line.
type statementView struct {
	Statement settlement.Statement
	Sum       ui.Calculation
	Facts     ui.Summary
	Hold      ui.Inset
	Lines     ui.Table
	Pages     ui.Pages
	PDF, CSV  string
	Returned  string // marks the payment as returned
	Back      ui.Link
}

const linesPerPage = 100

// load reads a statement and its lines under the organiser's scope; the use case checks whose it is and logs the reading.
func (p *Pages) load(r *ui.Request) (s settlement.Statement, list []settlement.Line, err error) {
	org, err := r.PathOrganiser()
	if err != nil {
		return s, nil, err
	}
	run, err := r.PathID("run")
	if err != nil {
		return s, nil, err
	}
	provider, err := r.PathID("provider")
	if err != nil {
		return s, nil, err
	}
	if err := r.Actor.May(access.SettlementRead, org); err != nil {
		return s, nil, ui.ErrNoPage // another organiser's statement is as if it did not exist
	}
	err = p.DB.Tenant(r.Context(), r.Actor.In(org), func(tx *postgres.Tx) (err error) {
		if s, err = settlement.OneStatement(r.Context(), tx, r.Actor, org, run, provider); err != nil {
			return err
		}
		list, err = settlement.Lines(r.Context(), tx, r.Actor, org, run, provider)
		return err
	})
	return s, list, err
}

func (p *Pages) statement(w http.ResponseWriter, r *ui.Request) error {
	s, list, err := p.load(r)
	if err != nil {
		return err
	}
	path := statementPath(s)
	v := statementView{Statement: s, CSV: r.Path(path + "/csv"), Sum: ui.Calculation{Caption: r.T("finance.statement.sum"), Steps: []ui.Step{
		{Text: r.T("settlement.gross"), Amount: r.Cents(s.Gross)}, {Text: r.T("settlement.credit"), Amount: r.Cents(-s.Credit)},
		{Text: r.T("settlement.carried"), Amount: r.Cents(s.Carried)}, {Text: r.T("settlement.net"), Amount: r.Cents(s.Net), Sum: true}}}}
	if s.Document != 0 {
		v.PDF = r.Path(path + "/pdf")
	}
	if s.HoldCode != "" {
		v.Hold = ui.Inset{Strong: r.T("finance.payee.held"), Text: " " + settlement.HoldText(p.Words, r.Lang, s)}
	}
	v.Facts = statementFacts(r, s)
	if r.Actor.Role.Side() == access.OrganiserSide {
		v.Back = ui.Link{Text: r.T("finance.back_to_run"), Href: r.Path(runPath(s.Run))}
		if r.Actor.Can(access.PaymentMark) && s.Disposition == settlement.Pay && (s.State == settlement.PayeeSettled || s.State == settlement.PayeePaid) {
			v.Returned = r.Path(fmt.Sprintf("%s/returned/%d", runPath(s.Run), s.Provider))
		}
	} else {
		v.Back = ui.Link{Text: r.T("finance.statements.title"), Href: r.Path("/statements")}
	}
	v.Lines, v.Pages = lineTable(r, s, list)
	return p.Site.Show(w, r, http.StatusOK, "finance/statement", v)
}

func statementFacts(r *ui.Request, s settlement.Statement) ui.Summary {
	rows := []ui.Row{{Key: r.T("finance.payee"), Value: s.PayeeName}, {Key: r.T("finance.state"), Tag: r.Tag(payeeState(s)), Small: dayText(r, s.StateNote)}}
	if s.Disposition == settlement.Pay {
		rows = append(rows, ui.Row{Key: r.T("finance.due"), Value: r.Date(s.DueOn)})
		if account, err := ident.ParseIBAN(s.PayeeIBAN); err == nil {
			rows = append(rows, ui.Row{Key: r.T("finance.account"), Value: account.Print()})
		}
		if ref, err := ident.ParseReference(s.Reference); err == nil {
			rows = append(rows, ui.Row{Key: r.T("finance.reference"), Value: ref.Print()})
		}
	}
	return ui.Summary{Rows: rows}
}

func lineTable(r *ui.Request, s settlement.Statement, list []settlement.Line) (ui.Table, ui.Pages) {
	t := ui.Table{Caption: r.T("settlement.letter.lines"), Cards: true, Dense: true, Columns: []ui.Column{{Text: r.T("settlement.line.date")}, {Text: r.T("settlement.line.what")},
		{Text: r.T("settlement.line.voucher")}, {Text: r.T("settlement.line.quantity"), Numeric: true}, {Text: r.T("settlement.line.settled"), Numeric: true}},
		Empty: ui.Empty{Text: r.T("settlement.letter.no_lines")}}
	n, err := strconv.Atoi(r.Input().Value("page"))
	if err != nil || n < 1 || (n-1)*linesPerPage >= len(list) {
		n = 1
	}
	from, to := (n-1)*linesPerPage, min(n*linesPerPage, len(list))
	var pages ui.Pages
	if len(list) > linesPerPage {
		here := r.Path(statementPath(s)) + "?page="
		pages.Summary = r.T("finance.page", "from", from+1, "to", to, "of", len(list))
		if n > 1 {
			pages.Previous = here + strconv.Itoa(n-1)
		}
		if to < len(list) {
			pages.Next = here + strconv.Itoa(n+1)
		}
	}
	for _, l := range list[from:to] {
		what := ui.Cell{Text: l.Content.In(r.Lang)}
		if l.Kind != settlement.Delivery {
			what.Small = r.T("settlement.line." + string(l.Kind))
		}
		if times := event.TimesText(r.Lang, l.Times); times != "" {
			what.Small = strings.TrimPrefix(what.Small+", "+times, ", ")
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: r.Date(l.Date)}, what, {Text: ident.PrintVoucher(l.Voucher)}, {Text: i18n.Quantity(r.Lang, l.Quantity, l.Unit), Numeric: true}, r.CentsCell(l.Amount)})
	}
	return t, pages
}

func (p *Pages) statementCSV(w http.ResponseWriter, r *ui.Request) error {
	s, list, err := p.load(r)
	if err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", s.Number+".csv")
	return settlement.WriteCSV(w, p.Words, r.Lang, s, list)
}

// statementPDF gives the letter as it was sent.
func (p *Pages) statementPDF(w http.ResponseWriter, r *ui.Request) error {
	s, _, err := p.load(r)
	if err != nil {
		return err
	}
	if s.Document == 0 {
		return ui.ErrNoPage
	}
	var paper decision.Stored
	err = p.DB.Tenant(r.Context(), r.Actor.In(s.Organiser), func(tx *postgres.Tx) (err error) {
		paper, err = decision.Document(r.Context(), tx, r.Actor, s.Organiser, s.Document)
		return err
	})
	if err != nil {
		return err
	}
	attach(w, paper.Media, s.Number+".pdf")
	_, err = w.Write(paper.PDF)
	return err
}
