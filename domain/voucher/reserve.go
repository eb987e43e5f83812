package voucher

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/ledger"
	"seteli/domain/rulebook"
	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Choice is a unit that may serve one content on a day, with its agreed price.
type Choice struct {
	Provider, Unit         int64
	ProviderName, UnitName string
	AddressLine, Postcode  string
	City, Municipality     string
	Phone, Email           string
	Languages, Areas       []string
	Content                int64
	Price                  money.Cents // per unit of the content
	PriceTo                calendar.Date
	Until                  calendar.Date // first day on which the unit no longer serves, once its leaving is known; else calendar.Forever
}

// ChoicesOn lists who may serve the voucher's contents on a day: approved, not suspended, priced; of a purchased service the
// ordered provider only. In the order of names.
func ChoicesOn(ctx context.Context, tx *postgres.Tx, v Voucher, day calendar.Date) ([]Choice, error) {
	contents := make([]int64, len(v.Lines))
	for i, l := range v.Lines {
		contents[i] = l.Content
	}
	all, err := choicesOn(ctx, tx, v.Organiser, v.Service, contents, 0, day)
	if err != nil || v.Provider == nil {
		return all, err
	}
	return slices.DeleteFunc(all, func(c Choice) bool { return c.Provider != *v.Provider }), nil
}

func choicesOn(ctx context.Context, tx *postgres.Tx, organiser int32, service int64, contents []int64, unit int64, day calendar.Date) ([]Choice, error) {
	rows, err := db.New(tx).ChoicesOn(ctx, db.ChoicesOnParams{OrganiserID: organiser, ServiceID: service, Contents: contents, UnitID: unit, Day: day})
	if err != nil {
		return nil, fmt.Errorf("listing providers of service %d: %w", service, err)
	}
	out := make([]Choice, len(rows))
	for i, r := range rows {
		out[i] = Choice{Provider: r.ProviderID, Unit: r.UnitID, ProviderName: r.ProviderName, UnitName: r.UnitName, AddressLine: r.AddressLine,
			Postcode: r.Postcode, City: r.City, Municipality: r.Municipality, Phone: r.Phone, Email: r.Email, Languages: r.Languages, Areas: r.Areas,
			Content: r.ContentID, Price: r.PriceCents, PriceTo: r.PriceTo, Until: calendar.Forever}
		if r.EndKind != nil {
			out[i].Until = r.ApprovedTo
		}
	}
	return out, nil
}

// ByNumber is what a provider sees of a voucher whose number a client gave: the right, no name. A wrong number and a number
// of a service that the provider is not approved for answer the same (VOU-042): nobody can try numbers.
// Call it under the scope of the organiser that the number's prefix leads to.
func ByNumber(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, number ident.VoucherNumber) (Voucher, []Choice, error) {
	if err := by.May(access.ReservationMake, organiser); err != nil {
		return Voucher{}, nil, err
	}
	r, err := db.New(tx).VoucherByNumber(ctx, db.VoucherByNumberParams{OrganiserID: organiser, Number: number.String()})
	v, err := whole(ctx, tx, r, err)
	if errors.Is(err, errUnknown) {
		return Voucher{}, nil, errTypedNumber
	}
	if err != nil {
		return Voucher{}, nil, err
	}
	day := max(tx.Today(), v.Valid.From)
	choices, err := ChoicesOn(ctx, tx, v, day)
	if err != nil {
		return Voucher{}, nil, err
	}
	choices = slices.DeleteFunc(choices, func(c Choice) bool { return c.Provider != by.Provider || !by.SeesUnit(c.Unit) })
	if by.Role.Side() == access.ProviderSide && len(choices) == 0 {
		return Voucher{}, nil, errTypedNumber
	}
	return v, choices, logSeen(ctx, tx, by, "voucher.number", v)
}

// Reservation is a provider's unit serving one content of a voucher over a period.
type Reservation struct {
	Organiser              int32
	ID, Voucher, Line      int64
	Client, Person         int64
	Provider, Unit         int64
	Content                int64  // 0 when the list did not ask
	UnitName, ProviderName string // likewise ""
	Period                 calendar.Period
	Cancelled              bool
	Plan                   string
	MadeBy, MadeBySide     string
	EndReason, EndedBy     string
	RowVersion             int32
}

// Ref names the reservation in the audit.
func (r Reservation) Ref() audit.Ref {
	return audit.Ref{Kind: "reservation", ID: r.ID, Label: fmt.Sprint(r.ID)}
}

// Shown is the state that people see on a day: coming, valid, ending, ended, cancelled.
func (r Reservation) Shown(day calendar.Date, voucher calendar.Period) string {
	switch {
	case r.Cancelled:
		return "cancelled"
	case day >= r.Period.To:
		return "ended"
	case day < r.Period.From:
		return "coming"
	case r.Period.To < voucher.To:
		return "ending"
	}
	return "valid"
}

// ReserveInput reserves several contents of one voucher for one unit at once.
type ReserveInput struct {
	Organiser int32
	Voucher   int64
	Unit      int64
	Contents  []int64 // all that the unit has a price for when empty
	From      calendar.Date
	Plan      string // free text: when and how the service is given
	Terms     bool   // the terms and the contract between client and provider are accepted
}

// Reserve makes the reservations: by the provider with the voucher's number, by the client online, or by staff with the client's
// consent. The voucher then is open. With a provider who has announced its leaving, or whose approval is revoked from a later day, the
// reservation ends there. Locks: voucher, then the unit's approval (shared).
func Reserve(ctx context.Context, tx *postgres.Tx, by access.Actor, in ReserveInput) ([]Reservation, error) {
	if err := by.May(access.ReservationMake, in.Organiser); err != nil {
		return nil, err
	}
	v, err := lock(ctx, tx, in.Organiser, in.Voucher)
	if err != nil {
		return nil, err
	}
	side, err := sideOf(ctx, tx, by, v)
	if err != nil {
		return nil, err
	}
	if err := v.reservable(in); err != nil {
		return nil, err
	}
	picked, err := pick(ctx, tx, by, v, in)
	if err != nil {
		return nil, err
	}
	var made []Reservation
	for _, c := range picked {
		r, err := reserve(ctx, tx, by, v, in, side, c)
		if err != nil {
			return nil, err
		}
		made = append(made, r)
	}
	if v.State == Granted {
		v.State = Open
		if err := saveState(ctx, tx, &v); err != nil {
			return nil, err
		}
	}
	if err := logSeen(ctx, tx, by, "reservation", v); err != nil {
		return nil, err
	}
	if err := step(ctx, tx, by, v, ActReserved, picked[0].UnitName); err != nil {
		return nil, err
	}
	return made, audit.Write(ctx, tx, by, ActReserved, v.Ref(), in)
}

// sideOf tells on whose behalf the actor reserves, and refuses other clients' vouchers.
func sideOf(ctx context.Context, tx *postgres.Tx, by access.Actor, v Voucher) (string, error) {
	switch by.Role.Side() {
	case access.PersonSide:
		if v.Person != by.Person {
			return "", errUnknown
		}
		return "client", nil
	case access.ProviderSide:
		return "provider", nil
	}
	return "organiser", seesService(ctx, tx, by, v)
}

// reservable refuses what the voucher's own state and the input decide alone.
func (v Voucher) reservable(in ReserveInput) error {
	usable := v.Usable()
	switch {
	case v.State == Closed && in.From >= usable.To:
		return errClosed.With("day", *v.ClosedFrom)
	case !v.Accepted():
		return errNotAccepted
	case !usable.Contains(in.From):
		return errReserveDay.With("from", usable.From).With("to", usable.Last())
	case !in.Terms:
		return errTerms
	}
	return nil
}

// pick finds the wanted contents among what the unit may serve from the day on.
func pick(ctx context.Context, tx *postgres.Tx, by access.Actor, v Voucher, in ReserveInput) ([]Choice, error) {
	contents := in.Contents
	if len(contents) == 0 {
		for _, l := range v.Lines {
			contents = append(contents, l.Content)
		}
	}
	for _, c := range contents {
		if _, ok := v.Line(c); !ok {
			return nil, errPickContent
		}
	}
	_, err := db.New(tx).ApprovalHold(ctx, db.ApprovalHoldParams{OrganiserID: v.Organiser, ServiceID: v.Service, UnitID: in.Unit, Day: in.From})
	if err != nil {
		return nil, fmt.Errorf("voucher %d: holding the approval of unit %d: %w", v.ID, in.Unit, err)
	}
	choices, err := choicesOn(ctx, tx, v.Organiser, v.Service, contents, in.Unit, in.From)
	if err != nil {
		return nil, err
	}
	switch {
	case by.Role.Side() == access.ProviderSide && (len(choices) > 0 && choices[0].Provider != by.Provider || !by.SeesUnit(in.Unit)):
		return nil, errNotApproved.At("unit") // another company's unit: as if it were not approved
	case len(choices) == 0:
		return nil, whyNone(ctx, tx, v, in)
	case v.Provider != nil && *v.Provider != choices[0].Provider:
		return nil, errOtherProvider.At("unit")
	case len(in.Contents) > 0 && len(choices) < len(in.Contents):
		return nil, errNoPrice.At("content")
	}
	for _, c := range choices {
		line, _ := v.Line(c.Content)
		if value, ok := line.ValueOn(in.From); v.OwnShareForbidden && ok && c.Price > value.At(c.Price) {
			return nil, errOwnShare.At("unit").With("unit", c.UnitName).With("price", c.Price).With("value", value.Cents)
		}
	}
	return choices, nil
}

// whyNone tells what is missing: the approval, or only the prices.
func whyNone(ctx context.Context, tx *postgres.Tx, v Voucher, in ReserveInput) error {
	n, err := db.New(tx).ApprovedOn(ctx, db.ApprovedOnParams{OrganiserID: v.Organiser, ServiceID: v.Service, UnitID: in.Unit, Day: in.From})
	if err != nil {
		return fmt.Errorf("voucher %d: looking for the approval of unit %d: %w", v.ID, in.Unit, err)
	}
	switch {
	case len(n) == 0:
		return errNotApproved.At("unit").With("day", in.From)
	case n[0]:
		return errSuspended.At("unit").With("day", in.From)
	}
	return errNoPrice.At("unit")
}

func reserve(ctx context.Context, tx *postgres.Tx, by access.Actor, v Voucher, in ReserveInput, side string, c Choice) (Reservation, error) {
	line, _ := v.Line(c.Content)
	usable := v.Usable()
	r := Reservation{Organiser: v.Organiser, Voucher: v.ID, Line: line.ID, Client: v.Client, Person: v.Person, Provider: c.Provider, Unit: c.Unit,
		Content: c.Content, UnitName: c.UnitName, ProviderName: c.ProviderName, Period: calendar.Period{From: in.From, To: min(usable.To, c.Until)},
		Plan: in.Plan, MadeBy: by.Name, MadeBySide: side, RowVersion: 1}
	id, err := db.New(tx).ReservationAdd(ctx, db.ReservationAddParams{OrganiserID: v.Organiser, VoucherID: v.ID, LineID: line.ID, PersonID: v.Person,
		ClientID: v.Client, ProviderID: c.Provider, UnitID: c.Unit, ValidFrom: r.Period.From, ValidTo: r.Period.To, Plan: in.Plan,
		MadeBy: by.Name, MadeBySide: side, MadeAt: tx.Now()})
	if postgres.ConstraintOf(err) == "reservation_no_overlap" {
		return Reservation{}, errReserveTwice.With("unit", c.UnitName).Because(err)
	}
	if err != nil {
		return Reservation{}, fmt.Errorf("voucher %d: reserving unit %d: %w", v.ID, c.Unit, err)
	}
	r.ID = id
	return r, tx.Outbox(ctx, postgres.Message{Organiser: v.Organiser, Topic: "reservation.made", Dedup: fmt.Sprintf("reservation.made:%d", id),
		Payload: Reserved{Reservation: id, Provider: c.Provider}})
}

// EndInput ends a reservation from Day on.
type EndInput struct {
	Organiser   int32
	Reservation int64
	RowVersion  int32
	Day         calendar.Date // first day without the reservation
	Reason      string
}

// ending locks the reservation's voucher and checks that the actor may end this one.
func ending(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Voucher, Reservation, error) {
	if err := by.May(access.ReservationEnd, organiser); err != nil {
		return Voucher{}, Reservation{}, err
	}
	r, err := reservation(ctx, tx, organiser, id)
	if err != nil {
		return Voucher{}, Reservation{}, err
	}
	v, err := lock(ctx, tx, organiser, r.Voucher)
	if err != nil {
		return Voucher{}, Reservation{}, err
	}
	if r, err = reservation(ctx, tx, organiser, id); err != nil { // again: it may have changed while we waited
		return Voucher{}, Reservation{}, err
	}
	switch by.Role.Side() {
	case access.PersonSide:
		if r.Person != by.Person {
			return Voucher{}, Reservation{}, errNotReserved
		}
	case access.ProviderSide:
		if r.Provider != by.Provider || !by.SeesUnit(r.Unit) {
			return Voucher{}, Reservation{}, errNotReserved
		}
	default:
		err = seesService(ctx, tx, by, v)
	}
	return v, r, err
}

func reservation(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Reservation, error) {
	r, err := db.New(tx).ReservationByID(ctx, db.ReservationByIDParams{OrganiserID: organiser, ReservationID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return Reservation{}, errNotReserved
	}
	if err != nil {
		return Reservation{}, fmt.Errorf("reading reservation %d: %w", id, err)
	}
	return Reservation{Organiser: r.OrganiserID, ID: r.ReservationID, Voucher: r.VoucherID, Line: r.LineID, Client: r.ClientID, Person: r.PersonID,
		Provider: r.ProviderID, Unit: r.UnitID, Period: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, Cancelled: r.State == "cancelled",
		Plan: r.Plan, MadeBy: r.MadeBy, MadeBySide: r.MadeBySide, EndReason: r.EndReason, EndedBy: r.EndedBy, RowVersion: r.RowVersion}, nil
}

// EndReservation ends a reservation: client and provider after the rulebook's notice at the earliest, staff also from a past day when
// no delivery was accepted on or after it. What is left of the voucher stays with the client. Locks: voucher, its balances.
func EndReservation(ctx context.Context, tx *postgres.Tx, by access.Actor, in EndInput) (Reservation, error) {
	v, r, err := ending(ctx, tx, by, in.Organiser, in.Reservation)
	if err != nil {
		return Reservation{}, err
	}
	earliest := r.Period.From + 1
	if by.Role.Side() != access.OrganiserSide {
		book, err := rulebook.ByID(ctx, tx, v.Organiser, v.Rulebook)
		if err != nil {
			return Reservation{}, err
		}
		earliest = max(earliest, tx.Today()+calendar.Date(book.Rules.LeaveDays))
	}
	switch {
	case in.RowVersion != 0 && in.RowVersion != r.RowVersion:
		return Reservation{}, errStale
	case r.Cancelled:
		return Reservation{}, errNotReserved
	case in.Day < earliest || in.Day >= r.Period.To:
		return Reservation{}, errEndDay.With("from", earliest).With("to", r.Period.Last())
	}
	if in.Day <= tx.Today() {
		used, err := ledger.UsedOf(ctx, tx, v.Organiser, []int64{r.Line})
		if err != nil {
			return Reservation{}, err
		}
		if last, any := lastUse(used); any && last >= in.Day && inUse(used) {
			return Reservation{}, errEventsAfter.With("day", last)
		}
	}
	n, err := db.New(tx).ReservationEnd(ctx, db.ReservationEndParams{OrganiserID: v.Organiser, ReservationID: r.ID, RowVersion: r.RowVersion,
		ValidTo: in.Day, EndReason: in.Reason, EndedBy: by.Name})
	if err := oneRow(n, err, "ending", r.ID); err != nil {
		return Reservation{}, err
	}
	r.Period.To, r.EndReason, r.EndedBy, r.RowVersion = in.Day, in.Reason, by.Name, r.RowVersion+1
	if err := tellEnded(ctx, tx, v.Organiser, Reserved{Reservation: r.ID, Provider: r.Provider}); err != nil {
		return Reservation{}, err
	}
	if err := step(ctx, tx, by, v, ActEnded, in.Reason); err != nil {
		return Reservation{}, err
	}
	return r, audit.Write(ctx, tx, by, ActEnded, r.Ref(), in)
}

func oneRow(n int64, err error, what string, id int64) error {
	if err != nil {
		return fmt.Errorf("%s reservation %d: %w", what, id, err)
	}
	if n != 1 {
		return errStale
	}
	return nil
}

// CancelReservation undoes a reservation as long as nothing has been delivered on its content since it began (VOU-041).
// With the last one gone the voucher is granted again. Locks: voucher, its balances.
func CancelReservation(ctx context.Context, tx *postgres.Tx, by access.Actor, in EndInput) (Reservation, error) {
	v, r, err := ending(ctx, tx, by, in.Organiser, in.Reservation)
	if err != nil {
		return Reservation{}, err
	}
	if in.RowVersion != 0 && in.RowVersion != r.RowVersion {
		return Reservation{}, errStale
	}
	if r.Cancelled {
		return Reservation{}, errNotReserved
	}
	used, err := ledger.UsedOf(ctx, tx, v.Organiser, []int64{r.Line})
	if err != nil {
		return Reservation{}, err
	}
	if last, any := lastUse(used); any && last >= r.Period.From && inUse(used) {
		return Reservation{}, errReservedUsed.With("day", last)
	}
	q := db.New(tx)
	n, err := q.ReservationCancel(ctx, db.ReservationCancelParams{OrganiserID: v.Organiser, ReservationID: r.ID, RowVersion: r.RowVersion,
		EndReason: in.Reason, EndedBy: by.Name})
	if err := oneRow(n, err, "cancelling", r.ID); err != nil {
		return Reservation{}, err
	}
	r.Cancelled, r.EndReason, r.EndedBy, r.RowVersion = true, in.Reason, by.Name, r.RowVersion+1
	if err := free(ctx, tx, &v); err != nil {
		return Reservation{}, err
	}
	if err := tellEnded(ctx, tx, v.Organiser, Reserved{Reservation: r.ID, Provider: r.Provider}); err != nil {
		return Reservation{}, err
	}
	if err := step(ctx, tx, by, v, ActCancel, in.Reason); err != nil {
		return Reservation{}, err
	}
	return r, audit.Write(ctx, tx, by, ActCancel, r.Ref(), in)
}

// Reservations lists those of a voucher for a page whose own reading has been checked and logged, newest first.
func Reservations(ctx context.Context, tx *postgres.Tx, v Voucher) ([]Reservation, error) {
	rows, err := db.New(tx).ReservationsOfVoucher(ctx, db.ReservationsOfVoucherParams{OrganiserID: v.Organiser, VoucherID: v.ID})
	if err != nil {
		return nil, fmt.Errorf("voucher %d: listing its reservations: %w", v.ID, err)
	}
	out := make([]Reservation, len(rows))
	for i, r := range rows {
		out[i] = Reservation{Organiser: r.OrganiserID, ID: r.ReservationID, Voucher: r.VoucherID, Line: r.LineID, Client: r.ClientID, Person: r.PersonID,
			Provider: r.ProviderID, Unit: r.UnitID, Content: r.ContentID, UnitName: r.UnitName, ProviderName: r.ProviderName,
			Period: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, Cancelled: r.State == "cancelled", Plan: r.Plan, MadeBy: r.MadeBy,
			MadeBySide: r.MadeBySide, EndReason: r.EndReason, EndedBy: r.EndedBy, RowVersion: r.RowVersion}
	}
	return out, nil
}

// Offered lists who may be ordered from in a service on a day, with contract prices, for staff who make orders.
func Offered(ctx context.Context, tx *postgres.Tx, by access.Actor, s catalogue.Service, day calendar.Date) ([]Choice, error) {
	if err := by.May(access.OrderMake, s.Organiser); err != nil {
		return nil, err
	}
	var contents []int64
	for _, c := range s.Contents {
		contents = append(contents, c.ID)
	}
	return choicesOn(ctx, tx, s.Organiser, s.ID, contents, 0, day)
}
