package store

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// PostedRow is a row of a closed month for a municipality's own systems. It never changes: what becomes otherwise is a row of a later month.
type PostedRow struct {
	ID             int64          // in the order of posting
	Month          calendar.Month // whose close posted it
	Type           daycare.RowType
	Notice         bool // of days after notice, whatever the type
	Child          int64
	Reference      string // of the child in the municipality's client system
	ChildName      string
	Unit           int64
	UnitName       string
	UnitOID        string // "" = none is known
	Decision       int64
	DecisionNumber string
	Period         calendar.Period
	Days           int // operational, of the period
	MonthDays      int // and of its month
	Value          money.Cents
	OwnShare       money.Cents
	Amount         money.Cents
	Refunds        int64 // row that it takes back
}

// PostedInput asks for rows of a month (0 = of all) behind a row, at most that many.
type PostedInput struct {
	Organiser int32
	Month     calendar.Month
	After     int64
	Most      int
}

// Posted lists rows of closed months in the order of posting and tells whether there are more, with the months that they are of, and logs the
// reading. A reader that goes on from the last row that it has misses none and is told none twice. An asked month that is closed is among the
// months even when nothing was posted for it.
func Posted(ctx context.Context, tx *postgres.Tx, by access.Actor, in PostedInput) (list []PostedRow, months []Month, more bool, err error) {
	if err := mayReadPosted(by, in.Organiser); err != nil {
		return nil, nil, false, err
	}
	q, a := db.New(tx), db.RowsBehindParams{OrganiserID: in.Organiser, AfterID: in.After, Most: int32(in.Most) + 1}
	var named []calendar.Date
	if in.Month != 0 {
		a.Month = in.Month.Period().From
		named = append(named, a.Month)
	}
	rows, err := q.RowsBehind(ctx, a)
	if err != nil {
		return nil, nil, false, fmt.Errorf("reading posted rows: %w", err)
	}
	if more = len(rows) > in.Most; more {
		rows = rows[:in.Most]
	}
	list, seen := make([]PostedRow, len(rows)), map[int64]bool{}
	var views []audit.View
	for i, r := range rows {
		list[i] = PostedRow{ID: r.RowID, Month: calendar.MonthOf(r.Month), Type: daycare.RowType(r.Kind), Notice: r.Notice, Child: r.ChildID, Reference: r.ExternalRef,
			ChildName: listName(r.LastName, r.FirstNames), Unit: r.UnitID, UnitName: r.UnitName, UnitOID: r.UnitOid, Decision: r.ValueDecisionID, DecisionNumber: r.DecisionNumber,
			Period: period(r.ValidFrom, r.ValidTo), Days: int(r.Days), MonthDays: int(r.MonthDays), Value: r.ValueCents, OwnShare: r.OwnCents, Amount: r.RowCents, Refunds: r.RefundsRow}
		if len(named) == 0 || named[len(named)-1] != r.Month {
			named = append(named, r.Month)
		}
		if !seen[r.ChildID] {
			seen[r.ChildID] = true
			views = append(views, audit.View{Organiser: in.Organiser, Person: r.PersonID, Client: r.ChildID, Purpose: client.ForCase, What: "daycare.posted"})
		}
	}
	if months, err = monthsNamed(ctx, q, in.Organiser, named); err != nil {
		return nil, nil, false, err
	}
	return list, months, more, audit.SeenMany(ctx, tx, by, views)
}

// mayReadPosted lets read who decides of the children, and who sees to the months.
func mayReadPosted(by access.Actor, organiser int32) error {
	if by.Can(access.DaycareDecide) {
		return by.May(access.DaycareDecide, organiser)
	}
	return by.May(access.SettlementPreview, organiser)
}

func monthsNamed(ctx context.Context, q *db.Queries, organiser int32, first []calendar.Date) ([]Month, error) {
	rows, err := q.MonthsNamed(ctx, db.MonthsNamedParams{OrganiserID: organiser, Months: first})
	if err != nil {
		return nil, fmt.Errorf("reading %d closed months: %w", len(first), err)
	}
	list := make([]Month, len(rows))
	for i, r := range rows {
		list[i] = Month{calendar.MonthOf(r.Month), int(r.RowCount), r.TotalCents, r.ClosedAt, r.ClosedBy}
	}
	return list, nil
}

// Kind is what the row is in one word of the feeds: a refund or a correction of days after notice is told apart by Notice.
func (r PostedRow) Kind() string {
	switch r.Type {
	case daycare.Refund:
		return "refund"
	case daycare.Correction:
		return "correction"
	case daycare.NoticeRow:
		return "notice"
	default:
		return "ordinary"
	}
}

// UnitsOfRows gives the unit of each row of closed months, for readers whose statement has been checked.
func UnitsOfRows(ctx context.Context, tx *postgres.Tx, organiser int32, rows []int64) (map[int64]int64, error) {
	list, err := db.New(tx).RowUnits(ctx, db.RowUnitsParams{OrganiserID: organiser, Rows: rows})
	if err != nil {
		return nil, fmt.Errorf("reading the units of %d rows: %w", len(rows), err)
	}
	units := make(map[int64]int64, len(list))
	for _, r := range list {
		units[r.RowID] = r.UnitID
	}
	return units, nil
}
