package api

import (
	"context"
	"net/http"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// ClosedMonthBody is a closed month of early education as a whole, whatever the page of rows.
type ClosedMonthBody struct {
	Month      string      `json:"month" example:"2026-10"`
	ClosedAt   time.Time   `json:"closed_at"`
	Rows       int         `json:"rows" doc:"How many rows its close posted"`
	TotalCents money.Cents `json:"total_cents" doc:"Sum of them"`
}

// MonthRowBody is what a unit gets, or gives back, for days of one child. It never changes: what becomes otherwise is a row of a later month.
type MonthRowBody struct {
	Row            int64         `json:"row" doc:"Lasting number, growing in the order of posting" example:"117"`
	Month          string        `json:"month" doc:"Month whose close posted the row; its days may be of an earlier one" example:"2026-10"`
	Kind           string        `json:"kind" enum:"ordinary,correction,refund,notice" doc:"ordinary: days of the month; notice: days paid after a family's notice; refund takes a row of an earlier month back, correction puts what is due in its place"`
	AfterNotice    bool          `json:"after_notice,omitempty" doc:"The days are ones after notice, whatever the kind"`
	Refunds        int64         `json:"refunds,omitempty" doc:"Row that a refund takes back"`
	Unit           int64         `json:"unit"`
	UnitName       string        `json:"unit_name"`
	UnitOID        string        `json:"unit_oid,omitempty" doc:"Object identifier of the unit" example:"1.2.246.562.10.20000000041"`
	Child          int64         `json:"child" doc:"Number of the client"`
	ChildReference string        `json:"child_reference,omitempty" doc:"The child in the organiser's client system"`
	ChildName      string        `json:"child_name"`
	Decision       int64         `json:"decision" doc:"Value decision, as in the list of value decisions"`
	DecisionNumber string        `json:"decision_number" doc:"Number of its letter" example:"MAA/2026/3"`
	From           calendar.Date `json:"from" doc:"First day of the row"`
	To             calendar.Date `json:"to" doc:"Last day of the row"`
	Days           int           `json:"days" doc:"Days of care among them"`
	MonthDays      int           `json:"month_days" doc:"Days of care in the whole month of the row"`
	ValueCents     money.Cents   `json:"value_cents" doc:"Value of the voucher in a month"`
	OwnShareCents  money.Cents   `json:"own_share_cents" doc:"The family's own share in a month"`
	AmountCents    money.Cents   `json:"amount_cents" doc:"Of the organiser for these days; negative for a refund"`
}

// MonthRowList is one page of rows.
type MonthRowList struct {
	Months []ClosedMonthBody `json:"months" doc:"The months that the rows of the page are of, and the asked one when it is closed"`
	Rows   []MonthRowBody    `json:"rows"`
	Next   int64             `json:"next,omitempty" doc:"Keep it and give it as after the next time"`
	More   bool              `json:"more" doc:"There are more now"`
}

// mostMonthRows is how many rows of closed months one answer has.
const mostMonthRows = 10_000

func (a *API) daycareMonthOps() {
	register(a, Operation{ID: "list-month-rows", Method: http.MethodGet, Path: "/daycare/month-rows", Right: access.DaycareDecide, ClientData: true, Sides: organiserSide},
		about{tag: "daycare", summary: "List rows of closed months",
			description: "What the closed months of early education have posted for each unit and child, in the order of posting: one month, or everything that is new since the last time. Rows never change, so a reader that keeps next and gives it as after misses none and is told none twice. All rows of a month sum to its total, and those of a unit to the unit's statement. A month that has not been closed has no rows and is not among the months. Each child is noted as read in the access log."}, a.listMonthRows)
}

func (a *API) listMonthRows(ctx context.Context, c *call, in *struct {
	Month string `query:"month" pattern:"^[0-9]{4}-[0-9]{2}$" doc:"Rows of this month's close only" example:"2026-10"`
	After int64  `query:"after" minimum:"0" doc:"next of the answer before"`
	Limit int    `query:"limit" minimum:"1" maximum:"10000" default:"1000"`
}) (*struct{ Body MonthRowList }, error) {
	ask := store.PostedInput{Organiser: c.actor.Organiser, After: in.After, Most: min(in.Limit, mostMonthRows)}
	if in.Month != "" {
		var err error
		if ask.Month, err = calendar.ParseMonth(in.Month); err != nil || ask.Month <= 0 {
			return nil, errValue.At("query:month").Because(err)
		}
	}
	out := &struct{ Body MonthRowList }{}
	return out, a.DB.Tenant(ctx, c.actor, func(tx *postgres.Tx) error {
		rows, months, more, err := store.Posted(ctx, tx, c.actor, ask)
		if err != nil {
			return err
		}
		out.Body = MonthRowList{Months: make([]ClosedMonthBody, len(months)), Rows: make([]MonthRowBody, len(rows)), Next: in.After, More: more}
		for i, m := range months {
			out.Body.Months[i] = ClosedMonthBody{m.Month.String(), m.ClosedAt.UTC(), m.Rows, m.Total}
		}
		for i, r := range rows {
			out.Body.Rows[i] = monthRowBody(r)
			out.Body.Next = r.ID
		}
		return nil
	})
}

func monthRowBody(r store.PostedRow) MonthRowBody {
	return MonthRowBody{Row: r.ID, Month: r.Month.String(), Kind: r.Kind(), AfterNotice: r.Notice, Refunds: r.Refunds, Unit: r.Unit, UnitName: r.UnitName, UnitOID: r.UnitOID,
		Child: r.Child, ChildReference: r.Reference, ChildName: r.ChildName, Decision: r.Decision, DecisionNumber: r.DecisionNumber, From: r.Period.From, To: r.Period.Last(),
		Days: r.Days, MonthDays: r.MonthDays, ValueCents: r.Value, OwnShareCents: r.OwnShare, AmountCents: r.Amount}
}
