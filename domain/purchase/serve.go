package purchase

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/purchase/db"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Served is the client of an order as its provider sees it: who, in which language, what right, until when. Never an identity code.
type Served struct {
	Order, Client, Service int64
	Number                 ident.VoucherNumber
	Name                   string
	BirthDate              calendar.Date
	Language               i18n.Lang
	Valid                  calendar.Period // of the right, its closing counted
}

// ServedBy tells whom the provider's orders in one organiser are about, under that organiser's scope: one statement and one log
// statement, however many. A declined order tells nothing any more.
func ServedBy(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, orders []int64) (map[int64]Served, error) {
	if err := by.May(access.ClientBasics, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).OrdersServed(ctx, db.OrdersServedParams{OrganiserID: organiser, ProviderID: by.Provider, Orders: orders})
	if err != nil {
		return nil, fmt.Errorf("reading clients of %d orders: %w", len(orders), err)
	}
	out, views := make(map[int64]Served, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		number, err := ident.ParseVoucherNumber(r.Number)
		if err != nil {
			return nil, fmt.Errorf("order %d: stored number: %w", r.OrderID, err)
		}
		valid := calendar.Period{From: r.ValidFrom, To: r.ValidTo}
		if r.ClosedFrom != nil {
			valid.To = min(valid.To, *r.ClosedFrom)
		}
		out[r.OrderID] = Served{Order: r.OrderID, Client: r.ClientID, Service: r.ServiceID, Number: number, Name: r.LastName + " " + r.FirstNames,
			BirthDate: r.BirthDate, Language: i18n.Lang(r.Language), Valid: valid}
		views[i] = audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ClientID, Purpose: client.ForService, What: "order"}
	}
	return out, audit.SeenMany(ctx, tx, by, views)
}

// Bought is one content of an order.
type Bought struct {
	voucher.Line
	Price money.Cents // contract price of one unit on the first day
}

// Lines lists what an order buys, for its provider, under the organiser's scope.
func Lines(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, order int64) ([]Bought, error) {
	if err := by.May(access.OrderRead, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).OrderLines(ctx, db.OrderLinesParams{OrganiserID: organiser, ProviderID: by.Provider, OrderID: order})
	if err != nil {
		return nil, fmt.Errorf("reading the contents of order %d: %w", order, err)
	}
	out := make([]Bought, len(rows))
	for i, r := range rows {
		out[i] = Bought{voucher.Line{Content: r.ContentID, Recurrence: voucher.Recurrence(r.Recurrence), Amount: r.AmountQuantity, AmountCents: r.AmountCents,
			Total: r.TotalQuantity}, r.ValueCents}
	}
	return out, nil
}
