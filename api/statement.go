package api

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/daycare/store"
	"seteli/domain/decision"
	"seteli/domain/event"
	"seteli/domain/settlement"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
	"seteli/platform/sheet"
)

// StatementBody is what one settlement run says to one provider.
type StatementBody struct {
	Statement    string        `json:"statement" example:"TMP-12-7"`
	Number       string        `json:"number" doc:"Number on the statement and the payment"`
	Organiser    string        `json:"organiser"`
	Provider     int64         `json:"provider"`
	Lines        int64         `json:"lines"`
	GrossCents   money.Cents   `json:"gross_cents" doc:"Accepted deliveries"`
	CreditCents  money.Cents   `json:"credit_cents" doc:"Corrections and refunds"`
	CarriedCents money.Cents   `json:"carried_cents" doc:"From earlier runs"`
	NetCents     money.Cents   `json:"net_cents" doc:"gross − credit + carried"`
	Disposition  string        `json:"disposition" enum:"pay,held,carried"`
	HoldCode     string        `json:"hold_code,omitempty"`
	Reference    string        `json:"reference" doc:"Reference number of the payment"`
	DueOn        calendar.Date `json:"due_on" format:"date"`
	State        string        `json:"state" enum:"calculated,settled,paid,returned,undone"`
}

// StatementList is the statements of a provider, newest first.
type StatementList struct {
	Statements []StatementBody `json:"statements"`
}

// StatementLine is one posting of a statement.
type StatementLine struct {
	Event       string         `json:"event" doc:"Empty for a row of a closed month of early education"`
	MonthRow    int64          `json:"month_row,omitempty" doc:"Row of a closed month of early education (list-month-rows), which has no event"`
	Date        calendar.Date  `json:"date" format:"date"`
	Kind        string         `json:"kind" enum:"delivery,correction,refund"`
	Service     int64          `json:"service"`
	Content     int64          `json:"content"`
	Unit        int64          `json:"unit"`
	Quantity    money.Quantity `json:"quantity"`
	PriceCents  money.Cents    `json:"price_cents"`
	ValueCents  money.Cents    `json:"value_cents"`
	Bands       []BandBody     `json:"bands,omitempty" nullable:"false" doc:"Parts by time of day; left out when the price is the same at all times"`
	AmountCents money.Cents    `json:"amount_cents" doc:"Of the organiser; negative for corrections and refunds"`
	Reference   string         `json:"client_reference"`
}

// LineList is the lines of a statement, in the order of their postings, first of events and then of months; their sum is gross − credit.
type LineList struct {
	Lines []StatementLine `json:"lines"`
}

type statementPath struct {
	Statement string `path:"statement" maxLength:"80" example:"TMP-12-7"`
}

func (a *API) statementOps() {
	op := func(id, path string, clients bool) Operation {
		return Operation{ID: id, Method: http.MethodGet, Path: path, Right: access.SettlementRead, ClientData: clients}
	}
	register(a, op("list-statements", "/statements", false), about{tag: "statements", summary: "List a provider's statements", errors: []int{404}}, a.listStatements)
	register(a, op("get-statement", "/statements/{statement}", false), about{tag: "statements", summary: "Read one statement", errors: []int{404}},
		func(ctx context.Context, c *call, in *statementPath) (*struct{ Body StatementBody }, error) {
			out := &struct{ Body StatementBody }{}
			return out, a.statement(ctx, c, in.Statement, func(_ *postgres.Tx, s settlement.Statement) error {
				out.Body = a.statementBody(s)
				return nil
			})
		})
	register(a, op("get-statement-lines", "/statements/{statement}/lines", true), about{tag: "statements", summary: "Read the lines of a statement", errors: []int{404}},
		func(ctx context.Context, c *call, in *statementPath) (*struct{ Body LineList }, error) {
			lines, err := a.lines(ctx, c, in.Statement)
			return &struct{ Body LineList }{LineList{lines}}, err
		})
	register(a, op("get-statement-csv", "/statements/{statement}/lines.csv", true), about{tag: "statements", media: "text/csv", summary: "The lines as CSV", errors: []int{404}}, a.linesCSV)
	register(a, op("get-statement-pdf", "/statements/{statement}/pdf", true), about{tag: "statements", media: "application/pdf", summary: "The statement as PDF/A", errors: []int{404}}, a.statementPDF)
}

func (a *API) statementBody(s settlement.Statement) StatementBody {
	return StatementBody{Statement: a.reach.name(s.Organiser, s.Run, s.Provider), Number: s.Number, Organiser: a.reach.organiser(s.Organiser).Prefix, Provider: s.Provider, Lines: s.Lines,
		GrossCents: s.Gross, CreditCents: s.Credit, CarriedCents: s.Carried, NetCents: s.Net, Disposition: string(s.Disposition), HoldCode: s.HoldCode,
		Reference: s.Reference, DueOn: s.DueOn, State: string(s.State)}
}

func (a *API) listStatements(ctx context.Context, c *call, in *struct {
	Provider int64 `query:"provider" minimum:"1" doc:"Needed by an organiser's key"`
	Limit    int   `query:"limit" minimum:"1" maximum:"500" default:"100"`
}) (*struct{ Body StatementList }, error) {
	payee, org := c.actor.Provider, int32(0)
	if c.actor.Role.Side() == access.OrganiserSide {
		if payee, org = in.Provider, c.actor.Organiser; payee == 0 {
			return nil, errRequired.At("query:provider")
		}
	}
	out := &struct{ Body StatementList }{}
	return out, a.DB.Read(ctx, c.actor, func(tx *postgres.Tx) error {
		list, err := settlement.StatementsOfProvider(ctx, tx, c.actor, org, payee, in.Limit)
		if err != nil {
			return err
		}
		out.Body.Statements = []StatementBody{}
		for _, s := range list {
			out.Body.Statements = append(out.Body.Statements, a.statementBody(s))
		}
		return nil
	})
}

// statement finds the statement of a path for its payee or its organiser; for anybody else it is not there.
func (a *API) statement(ctx context.Context, c *call, name string, fn func(*postgres.Tx, settlement.Statement) error) error {
	o, ids, err := a.reach.parse(ctx, name, 2)
	if err != nil {
		return err
	}
	if c.actor.Organiser != 0 && c.actor.Organiser != o.ID || c.actor.Provider != 0 && c.actor.Provider != ids[1] {
		return errNone
	}
	return a.DB.Tenant(ctx, c.actor.In(o.ID), func(tx *postgres.Tx) error {
		s, err := settlement.OneStatement(ctx, tx, c.actor, o.ID, ids[0], ids[1])
		if err != nil {
			return missing(err)
		}
		return fn(tx, s)
	})
}

// lines reads the lines of a statement and logs every client behind them.
func (a *API) lines(ctx context.Context, c *call, name string) (out []StatementLine, err error) {
	prefix, _, _ := strings.Cut(name, "-")
	err = a.statement(ctx, c, name, func(tx *postgres.Tx, s settlement.Statement) error {
		periods, err := settlement.PeriodsOf(ctx, tx, s.Organiser, s.Run, s.Provider)
		if err != nil {
			return err
		}
		list, err := event.LinesOfPeriods(ctx, tx, s.Organiser, s.Provider, periods)
		if err != nil {
			return err
		}
		names := make([]eventName, len(list))
		for i, l := range list {
			names[i] = eventName{s.Organiser, l.Event}
		}
		bands, err := bandsOf(ctx, tx, names)
		if err != nil {
			return err
		}
		purpose := client.ForCase
		if c.actor.Provider != 0 {
			purpose = client.ForService
		}
		seen := map[int64]bool{}
		out = []StatementLine{} // a repeated transaction begins anew
		var views []audit.View
		for i, l := range list {
			kind := "delivery"
			switch {
			case l.Refund:
				kind = "refund"
			case l.Correction:
				kind = "correction"
			}
			out = append(out, StatementLine{Event: prefix + "-" + digits(l.Event), Date: l.Date, Kind: kind, Service: l.Service, Content: l.Content, Unit: l.Unit,
				Quantity: l.Quantity, PriceCents: l.Price, ValueCents: l.Value, Bands: bands[names[i]], AmountCents: l.Amount, Reference: l.Reference})
			if !seen[l.Client] {
				seen[l.Client] = true
				views = append(views, audit.View{Organiser: s.Organiser, Person: l.Person, Client: l.Client, Purpose: purpose, What: "statement"})
			}
		}
		months, err := monthLines(ctx, tx, s, periods)
		if err != nil {
			return err
		}
		out = append(out, months...)
		return audit.SeenMany(ctx, tx, c.actor, views)
	})
	return out, err
}

// monthLines are the rows of closed months on a statement; they name nobody.
func monthLines(ctx context.Context, tx *postgres.Tx, s settlement.Statement, periods []int32) ([]StatementLine, error) {
	rows, err := settlement.MonthRows(ctx, tx, s.Organiser, s.Provider, periods)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.Row
	}
	units, err := store.UnitsOfRows(ctx, tx, s.Organiser, ids)
	if err != nil {
		return nil, err
	}
	out := make([]StatementLine, len(rows))
	for i, r := range rows {
		out[i] = StatementLine{MonthRow: r.Row, Date: r.Date, Kind: string(r.Kind()), Service: r.Service, Content: r.Content, Unit: units[r.Row], Quantity: r.Quantity, AmountCents: r.Amount}
	}
	return out, nil
}

// fileOutput is an answer that is not JSON.
type fileOutput struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition"`
	Body               []byte
}

func (a *API) linesCSV(ctx context.Context, c *call, in *statementPath) (*fileOutput, error) {
	lines, err := a.lines(ctx, c, in.Statement)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = sheet.WriteCSV(&b, []string{"event", "date", "kind", "service", "content", "unit", "quantity", "price_cents", "value_cents", "amount_cents", "client_reference", "month_row", "bands"},
		func(yield func([]any, error) bool) {
			for _, l := range lines {
				monthRow, bands := "", []string{}
				if l.MonthRow != 0 {
					monthRow = digits(l.MonthRow)
				}
				for _, b := range l.Bands {
					bands = append(bands, b.Band)
				}
				row := []any{l.Event, l.Date.String(), l.Kind, digits(l.Service), digits(l.Content), digits(l.Unit), l.Quantity.String(),
					digits(int64(l.PriceCents)), digits(int64(l.ValueCents)), int64(l.AmountCents), l.Reference, monthRow, strings.Join(bands, " ")}
				if !yield(row, nil) {
					return
				}
			}
		})
	if err != nil {
		return nil, err
	}
	return &fileOutput{"text/csv; charset=utf-8", `attachment; filename="` + in.Statement + `.csv"`, b.Bytes()}, nil
}

func (a *API) statementPDF(ctx context.Context, c *call, in *statementPath) (*fileOutput, error) {
	var out *fileOutput
	err := a.statement(ctx, c, in.Statement, func(tx *postgres.Tx, s settlement.Statement) error {
		if s.Document == 0 {
			return errNotMade
		}
		d, err := decision.Document(ctx, tx, c.actor, s.Organiser, s.Document)
		if err != nil {
			return missing(err)
		}
		out = &fileOutput{d.Media, `attachment; filename="` + in.Statement + `.pdf"`, d.PDF}
		return nil
	})
	return out, err
}
