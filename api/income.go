package api

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/client/household"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// IncomeRow is one income, deduction or savings of one person of a client's household.
type IncomeRow struct {
	Identity    string         `json:"identity" minLength:"11" maxLength:"11" doc:"Identity code of the client; never answered" example:"060544-9530"`
	Member      string         `json:"member,omitempty" maxLength:"11" doc:"Identity code of the person of the household whose income it is; left out: the client's own"`
	Kind        string         `json:"kind" maxLength:"50" doc:"Kind of the organiser's definition of income" example:"pension"`
	AmountCents int64          `json:"amount_cents" doc:"In one period; gross" example:"145000"`
	Per         string         `json:"per,omitempty" maxLength:"50" doc:"What the amount is for; left out: a month" example:"month"`
	From        calendar.Date  `json:"from" doc:"First day; not in the future" example:"2026-01-01"`
	To          *calendar.Date `json:"to,omitempty" doc:"Last day; left out while it lasts"`
	Source      string         `json:"source" enum:"client,income_register,tax,kela"`
	FetchedOn   *calendar.Date `json:"fetched_on,omitempty" doc:"When it was fetched from a register"`
	Payer       string         `json:"payer,omitempty" maxLength:"200" doc:"Employer or pension institution; tells apart two incomes of one kind"`
	ReportedOn  *calendar.Date `json:"reported_on,omitempty" doc:"When the organiser was told; left out: today"`
}

// IncomeBody is a list of incomes.
type IncomeBody struct {
	Incomes []IncomeRow `json:"incomes" minItems:"1" maxItems:"1000"`
}

// IncomeAnswer tells what became of each row.
type IncomeAnswer struct {
	Added   int           `json:"added"`
	Changed int           `json:"changed"`
	Kept    int           `json:"kept"`
	Refused int           `json:"refused" doc:"Not stored: correct and send again"`
	Waiting int           `json:"waiting" doc:"Clients whose voucher would now have another value: a caseworker sees the proposal"`
	Incomes []IncomeTaken `json:"incomes"`
}

// IncomeTaken is the outcome of one row, in its place.
type IncomeTaken struct {
	Outcome string       `json:"outcome" enum:"add,change,keep,refused"`
	Errors  []FieldError `json:"errors,omitempty" nullable:"false"`
}

func (a *API) incomeOps() {
	register(a, Operation{ID: "put-income", Method: http.MethodPut, Path: "/clients/income", Right: access.IncomeEdit, ClientData: true, Sides: organiserSide},
		about{tag: "clients", body: 2 << 20, errors: []int{400, 409, 413, 415}, summary: "Bring income of clients",
			description: "Up to 1,000 incomes at once. One income is known again by client, person, kind, source, payer and first day: the same rows again change nothing, another amount or last day changes the income. No voucher changes by itself: when a value would be another, the proposal waits for a caseworker."}, a.putIncome)
}

func (a *API) putIncome(ctx context.Context, c *call, in *struct {
	KeyHeader
	Body IncomeBody
}) (*struct{ Body IncomeAnswer }, error) {
	rows, unreadable := readRows(in.Body.Incomes, IncomeRow.row)
	out := &struct{ Body IncomeAnswer }{}
	return out, a.DB.Tenant(ctx, c.actor, func(tx *postgres.Tx) (err error) {
		out.Body, err = once(ctx, tx, c, in.IdempotencyKey, in.Body, func() (IncomeAnswer, error) {
			receipt, plan, err := voucher.ImportIncome(ctx, tx, c.actor, a.means(), a.Keys, c.actor.Organiser, household.FromProgram, rows)
			if err != nil {
				return IncomeAnswer{}, err
			}
			return a.incomeTaken(c, len(in.Body.Incomes), unreadable, receipt, plan), nil
		})
		return err
	})
}

// row reads the identity codes; the domain judges the rest.
func (r IncomeRow) row(i int) (household.IncomeRow, fault.List) {
	var faults fault.List
	row := household.IncomeRow{Line: i + 1, Client: readIdentity(r.Identity, "identity", &faults), Item: household.Item{Kind: r.Kind, Cents: money.Cents(r.AmountCents), Per: r.Per,
		Period: calendar.Period{From: r.From, To: calendar.Forever}, Source: household.Source(r.Source), FetchedOn: r.FetchedOn, Payer: r.Payer}}
	if r.Member != "" {
		row.Owner = readIdentity(r.Member, "member", &faults)
	}
	if row.Per == "" {
		row.Per = "month"
	}
	if r.To != nil {
		row.Period.To = *r.To + 1
	}
	if r.ReportedOn != nil {
		row.ReportedOn = *r.ReportedOn
	}
	return row, faults
}

func (a *API) incomeTaken(c *call, sent int, unreadable map[int]fault.List, receipt voucher.IncomeReceipt, plan household.Plan) IncomeAnswer {
	out := IncomeAnswer{Added: receipt.Added, Changed: receipt.Changed, Kept: receipt.Kept, Refused: receipt.Refused + len(unreadable), Waiting: receipt.Waiting, Incomes: make([]IncomeTaken, sent)}
	next := 0
	for i := range out.Incomes {
		row := IncomeTaken{Outcome: string(household.WillRefuse)}
		faults := unreadable[i]
		if len(faults) == 0 {
			p := plan.Rows[next]
			next++
			row.Outcome, faults = string(p.Outcome), p.Faults
		}
		row.Errors = a.rowErrors(c, "incomes", i, faults)
		out.Incomes[i] = row
	}
	return out
}
