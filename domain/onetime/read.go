package onetime

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/onetime/db"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// slips reads them in one statement, newest first.
func slips(ctx context.Context, tx *postgres.Tx, p db.SlipsParams) ([]Slip, error) {
	p.Today, p.Vouchers, p.Services = tx.Today(), append([]int64{}, p.Vouchers...), append([]int64{}, p.Services...) // an empty array, not null
	rows, err := db.New(tx).Slips(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("reading one-time vouchers: %w", err)
	}
	out := make([]Slip, len(rows))
	for i, r := range rows {
		if out[i], err = slipOf(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func slipOf(r db.SlipsRow) (Slip, error) {
	number, err := ident.ParseVoucherNumber(r.Number)
	if err != nil {
		return Slip{}, fmt.Errorf("one-time voucher %d: stored number: %w", r.SlipID, err)
	}
	s := Slip{Organiser: r.OrganiserID, ID: r.SlipID, Batch: r.BatchID, Number: number, Service: r.ServiceID, Content: r.ContentID, Quantity: r.Quantity, Value: r.ValueCents,
		Individual: r.IndividualCents, Period: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, Contact: r.Contact, Reasons: r.Reasons, Office: r.Office,
		MadeAt: r.MadeAt, MadeBy: r.MadeBy, Slips: int(r.Slips), Voucher: r.VoucherID, Client: r.ClientID, Person: r.PersonID, ClientName: r.ClientName,
		NamedAt: r.NamedAt, NamedBy: r.NamedBy, RowVersion: r.RowVersion, Dropped: r.DroppedAt != nil, DropReason: r.DropReason, DroppedBy: r.DroppedBy}
	switch voucher.Reason(r.CloseReason) {
	case voucher.AnnulReason, voucher.Refused, voucher.Lapsed:
		s.gone = true
	}
	s.closed = r.VoucherState == string(voucher.Closed)
	if r.EventID != 0 {
		s.Use = &Use{Event: r.EventID, Provider: r.ProviderID, Unit: r.UnitID, ProviderName: r.ProviderName, Name: r.UnitName, Day: r.ServiceDate, At: r.RecordedAt,
			Total: money.Cents(r.TotalCents), Paid: money.Cents(r.OrganiserCents), Own: money.Cents(r.OwnCents), Review: r.EventState == "review", reference: r.Reference}
	}
	return s, nil
}

func one(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Slip, error) {
	list, err := slips(ctx, tx, db.SlipsParams{OrganiserID: organiser, SlipID: id, Most: 1})
	if err != nil {
		return Slip{}, err
	}
	if len(list) == 0 {
		return Slip{}, errUnknown
	}
	return list[0], nil
}

// locked reads a slip that is about to change, for staff whose teams reach its service.
func locked(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Slip, error) {
	_, err := db.New(tx).SlipLock(ctx, db.SlipLockParams{OrganiserID: organiser, SlipID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return Slip{}, errUnknown
	}
	if err != nil {
		return Slip{}, fmt.Errorf("one-time voucher %d: locking: %w", id, err)
	}
	s, err := one(ctx, tx, organiser, id)
	if err != nil {
		return Slip{}, err
	}
	return s, reaches(ctx, tx, by, s)
}

// reaches hides slips of services that the teams of staff do not reach.
func reaches(ctx context.Context, tx *postgres.Tx, by access.Actor, s Slip) error {
	seen, err := voucher.SeenServices(ctx, tx, by, s.Organiser)
	if err == nil && !seen[s.Service] {
		err = errUnknown
	}
	return err
}

// Get reads a slip for staff, its client, or the provider that used it, and logs the reading; another's is as unknown as none.
func Get(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Slip, error) {
	right := access.VoucherRead
	if by.Role.Side() == access.ProviderSide {
		right = access.EventRecord
	}
	if err := by.May(right, organiser); err != nil {
		return Slip{}, err
	}
	s, err := one(ctx, tx, organiser, id)
	if err != nil {
		return Slip{}, err
	}
	purpose := client.ForCase
	switch by.Role.Side() {
	case access.PersonSide:
		if s.Person == 0 || s.Person != by.Person {
			return Slip{}, errUnknown
		}
		purpose = client.ForSelf
	case access.ProviderSide:
		if s.Use == nil || s.Use.Provider != by.Provider || !by.SeesUnit(s.Use.Unit) {
			return Slip{}, errUnknown
		}
		purpose = client.ForService
		s.ClientName = "" // who is served is read with the reservation
	default:
		if err := reaches(ctx, tx, by, s); err != nil {
			return Slip{}, err
		}
	}
	if s.Person == 0 {
		return s, nil
	}
	return s, audit.Seen(ctx, tx, by, audit.View{Organiser: organiser, Person: s.Person, Client: s.Client, Purpose: purpose, What: "onetime"})
}

// ListInput narrows a list of slips; what is 0 or empty is not asked.
type ListInput struct {
	Organiser int32
	Batch     int64
	Client    int64
	Service   int64
	State     State
	Number    ident.VoucherNumber
	Before    int64 // slip of the page before
	Most      int32
}

// List gives an organiser's slips, newest first, of the services that the actor's teams reach. The clients' log tells of it. Right: VoucherRead.
func List(ctx context.Context, tx *postgres.Tx, by access.Actor, in ListInput) ([]Slip, error) {
	if err := by.May(access.VoucherRead, in.Organiser); err != nil {
		return nil, err
	}
	if by.Role.Side() != access.OrganiserSide {
		return nil, errUnknown
	}
	seen, err := voucher.SeenServices(ctx, tx, by, in.Organiser)
	if err != nil {
		return nil, err
	}
	p := db.SlipsParams{OrganiserID: in.Organiser, BatchID: in.Batch, ClientID: in.Client, Shown: string(in.State), Number: in.Number.String(), BeforeSlip: in.Before, Most: in.Most}
	for id, sees := range seen {
		if sees && (in.Service == 0 || in.Service == id) {
			p.Services = append(p.Services, id)
		}
	}
	if len(p.Services) == 0 {
		return nil, nil
	}
	slices.Sort(p.Services)
	list, err := slips(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	var views []audit.View
	for _, s := range list {
		if s.Person != 0 {
			views = append(views, audit.View{Organiser: in.Organiser, Person: s.Person, Client: s.Client, Purpose: client.ForSearch, What: "onetime"})
		}
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}

// Of tells which of the vouchers are slips; for pages whose own reading has been checked and logged.
func Of(ctx context.Context, tx *postgres.Tx, organiser int32, vouchers []int64) (map[int64]Slip, error) {
	out := map[int64]Slip{}
	if len(vouchers) == 0 {
		return out, nil
	}
	list, err := slips(ctx, tx, db.SlipsParams{OrganiserID: organiser, Vouchers: vouchers, Most: int32(len(vouchers))})
	for _, s := range list {
		out[s.Voucher] = s
	}
	return out, err
}

// Printable gives the slips of a batch that can still be used, in the order in which they were made. ONE-023 when none can. Right: VoucherGrant.
func Printable(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, batch int64) ([]Slip, error) {
	if err := by.May(access.VoucherGrant, organiser); err != nil {
		return nil, err
	}
	list, err := List(ctx, tx, by, ListInput{Organiser: organiser, Batch: batch, Most: MostPrinted})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errUnknown
	}
	slices.Reverse(list)
	list = slices.DeleteFunc(list, func(s Slip) bool { state := s.State(tx.Today()); return state != Valid && state != Unnamed })
	if len(list) == 0 {
		return nil, errNothing
	}
	return list, nil
}
