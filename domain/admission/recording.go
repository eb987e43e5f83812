package admission

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/admission/db"
	"seteli/platform/postgres"
)

// AgreedPrice is an approved price of a unit for a content in a period.
type AgreedPrice struct {
	Provider, Unit, Content int64
	Period                  calendar.Period
	Price                   money.Cents // per unit of the content
}

// Admitted is a unit's approval for a service, with the times when it was suspended.
type Admitted struct {
	Provider, Service, Unit int64
	Period                  calendar.Period
	Suspended               []calendar.Period
}

// ForRecording gives the approved prices and the approvals of the payees. Three statements, however many payees and contents.
func ForRecording(ctx context.Context, tx *postgres.Tx, organiser int32, providers, services, contents []int64) ([]AgreedPrice, []Admitted, error) {
	q := db.New(tx)
	prices, err := q.RecordingPrices(ctx, db.RecordingPricesParams{OrganiserID: organiser, Providers: providers, Contents: contents})
	if err != nil {
		return nil, nil, fmt.Errorf("reading agreed prices: %w", err)
	}
	agreed := make([]AgreedPrice, len(prices))
	for i, p := range prices {
		agreed[i] = AgreedPrice{p.ProviderID, p.UnitID, p.ContentID, calendar.Period{From: p.ValidFrom, To: p.ValidTo}, p.PriceCents}
	}
	rows, err := q.RecordingApprovals(ctx, db.RecordingApprovalsParams{OrganiserID: organiser, Providers: providers, Services: services})
	if err != nil {
		return nil, nil, fmt.Errorf("reading approvals: %w", err)
	}
	suspensions, err := q.RecordingSuspensions(ctx, db.RecordingSuspensionsParams{OrganiserID: organiser, Providers: providers})
	if err != nil {
		return nil, nil, fmt.Errorf("reading suspensions: %w", err)
	}
	byApproval := map[int64][]calendar.Period{}
	for _, s := range suspensions {
		byApproval[s.ApprovalID] = append(byApproval[s.ApprovalID], calendar.Period{From: s.SuspendedFrom, To: s.SuspendedTo})
	}
	admitted := make([]Admitted, len(rows))
	for i, a := range rows {
		admitted[i] = Admitted{a.ProviderID, a.ServiceID, a.UnitID, calendar.Period{From: a.ValidFrom, To: a.ValidTo}, byApproval[a.ApprovalID]}
	}
	return agreed, admitted, nil
}
