package household

import (
	"context"
	"fmt"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/client"
	"seteli/domain/client/household/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// ReportInput is a change in the client's own words.
type ReportInput struct {
	Organiser int32
	From      calendar.Date
	Words     string
}

// Tell takes a client's news of a change. It changes no income: a caseworker records it, with what proves it. The day of telling is
// kept, because it bounds how far back a value may change.
func Tell(ctx context.Context, tx *postgres.Tx, by access.Actor, in ReportInput) error {
	h, err := own(ctx, tx, by, access.IncomeReport, in.Organiser)
	if err != nil {
		return err
	}
	in.Words = strings.TrimSpace(in.Words)
	today := tx.Today()
	var faults fault.List
	if in.Words == "" {
		faults = append(faults, errWords)
	}
	if in.From < today.AddMonths(-yearBack*3) || in.From > today.AddMonths(yearBack) {
		faults = append(faults, errReportDay)
	}
	if err := faults.Err(); err != nil {
		return err
	}
	id, err := db.New(tx).ReportAdd(ctx, db.ReportAddParams{OrganiserID: h.Organiser, ClientID: h.Client, PersonID: h.Person, ChangeFrom: in.From,
		Words: in.Words, ReportedOn: today, ReportedAt: tx.Now(), ReportedBy: by.Name, Origin: string(ToldByClient)})
	if err != nil {
		return fmt.Errorf("taking a report of client %d: %w", h.Client, err)
	}
	return audit.Write(ctx, tx, by, Reported, h.Ref(), map[string]any{"report": id, "from": in.From})
}

// Handle marks a client's report handled. HOU-027 when somebody else has done so.
// Locks: client.
func Handle(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, clientID, report int64) error {
	h, err := open(ctx, tx, by, organiser, clientID)
	if err != nil {
		return err
	}
	now := tx.Now()
	n, err := db.New(tx).ReportHandle(ctx, db.ReportHandleParams{OrganiserID: organiser, ClientID: clientID, ReportID: report, HandledAt: &now, HandledBy: by.Name})
	if err != nil {
		return fmt.Errorf("handling report %d: %w", report, err)
	}
	if n == 0 {
		return errHandled
	}
	return audit.Write(ctx, tx, by, ReportHandled, h.Ref(), map[string]any{"report": report})
}

// Waiting is a report that nobody has handled.
type Waiting struct {
	Report, Client int64
	Name           string // of the client, in the order of lists
	From, Reported calendar.Date
	Origin         Origin
}

// Unhandled lists the organiser's unhandled reports, oldest first, at most that many; each client in it is logged as seen.
func Unhandled(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, most int32) ([]Waiting, error) {
	if err := by.May(access.IncomeEdit, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).ReportsOpen(ctx, db.ReportsOpenParams{OrganiserID: organiser, Most: most})
	if err != nil {
		return nil, fmt.Errorf("listing reports of income: %w", err)
	}
	list, views := make([]Waiting, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		list[i] = Waiting{Report: r.ReportID, Client: r.ClientID, Name: tidy(r.LastName + " " + r.FirstNames), From: r.ChangeFrom, Reported: r.ReportedOn, Origin: Origin(r.Origin)}
		views[i] = audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ClientID, Purpose: client.ForCase, What: "client.list"}
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}

// CountUnhandled tells how many reports wait; it names nobody.
func CountUnhandled(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (int64, error) {
	if err := by.May(access.IncomeEdit, organiser); err != nil {
		return 0, err
	}
	n, err := db.New(tx).ReportsWaiting(ctx, organiser)
	if err != nil {
		return 0, fmt.Errorf("counting reports of income: %w", err)
	}
	return n, nil
}
